//! Processes kept as files: what differs is told, what changed is published, all of it or nothing.

use crate::team::Team;
use serde_json::json;

/// A title in the languages of the file.
const TITLE: &str = r#"{ en = "Other", ko = "다른 절차", vi = "Khác", zh = "其他" }"#;

fn file(team: &Team, name: &str, text: &str) -> String {
    let path = team.file("admin", "here", "");
    let folder = std::path::Path::new(&path).with_file_name("processes");
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(&path, text).expect("written");
    folder.display().to_string()
}

fn revisions(team: &Team, id: &str) -> usize {
    let path = format!("/processes/{}", id.replace('/', "%2F"));
    let it = team.ask("admin", "GET", &path, &json!(null));
    it["history"].as_array().expect("a history").len()
}

#[test]
fn a_folder_of_processes_is_compared_and_published_whole_and_once() {
    let team = Team::start(&["developer"]);
    let starter = team.ok("admin", &["process", "export", "starter/release"]);
    // Two new ones that name each other, in folders of their own, and one that is there.
    let named = |id: &str, other: &str| {
        starter.replace("id = \"starter/release\"", &format!("id = \"{id}\""))
            + &format!("\n[[related]]\ntitle = {TITLE}\nprocess = \"{other}\"\n")
    };
    file(&team, "own/first.toml", &named("own/first", "own/second"));
    file(&team, "own/deep/second.toml", &named("own/second", "own/first"));
    file(&team, ".git/config.toml", "no process");
    file(&team, "notes.txt", "no process either");
    let folder = file(&team, "starter.toml", &starter);
    let look = ["apply", "-f", folder.as_str(), "--diff"];
    let seen = team.run("admin", &look);
    assert_eq!(seen.code, 9, "something differs: {seen:?}");
    for told in ["new        own/first  own/first.toml", "unchanged  starter/release@1"] {
        assert!(seen.out.contains(told), "{told}: {}", seen.out);
    }
    assert_eq!(team.run("admin", &look).code, 9, "looking changes nothing");
    team.refused("developer", &["apply", "-f", &folder], 5, &[]);
    let apply = ["apply", "-f", folder.as_str(), "--note", "from the repository"];
    let done = team.json("admin", &apply);
    let states: Vec<_> = done.as_array().expect("rows").iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["published", "published", "unchanged"]);
    let again = team.json("admin", &apply);
    assert!(again.as_array().expect("rows").iter().all(|it| it["state"] == "unchanged"));
    assert_eq!((revisions(&team, "own/first"), revisions(&team, "starter/release")), (1, 1));
    assert_eq!(team.run("admin", &look).code, 0, "nothing differs any more");
}

#[test]
fn nothing_is_published_while_one_file_is_wrong() {
    let team = Team::start(&[]);
    let starter = team.ok("admin", &["process", "export", "starter/release"]);
    let longer = starter.replace("effort = \"1h\"", "effort = \"2h\"");
    assert_ne!(starter, longer);
    file(&team, "a.toml", &longer);
    let wrong = starter.replace("id = \"starter/release\"", "id = \"own/wrong\"");
    let wrong = wrong.replace("kind = \"test\"", "kind = \"tset\"");
    let folder = file(&team, "b.toml", &wrong);
    let ended = team.run("admin", &["apply", "-f", &folder]);
    assert_eq!(ended.code, 8, "{ended:?}");
    for told in ["effort `1h` → `2h`", "b.toml:", "error[", "fix: "] {
        assert!(ended.out.contains(told), "{told}: {}", ended.out);
    }
    assert!(ended.err.contains("nothing was published"), "{}", ended.err);
    assert_eq!(revisions(&team, "starter/release"), 1);
    // A process that only a file beside calls: the same id twice is refused as well.
    let folder = file(&team, "b.toml", &longer);
    let twice = team.run("admin", &["apply", "-f", &folder]);
    assert_eq!((twice.code, twice.out.contains("comes twice")), (8, true), "{twice:?}");
    let folder = file(&team, "b.toml", &starter.replace("starter/release", "own/release"));
    team.ok("admin", &["apply", "-f", &folder]);
    assert_eq!((revisions(&team, "starter/release"), revisions(&team, "own/release")), (2, 1));
    // A text that differs, with nothing that it says differently.
    let folder = file(&team, "a.toml", &format!("{longer}\n# a remark\n"));
    let seen = team.run("admin", &["apply", "-f", &folder, "--diff"]);
    assert_eq!((seen.code, seen.out.contains("only the text of the file")), (9, true), "{seen:?}");
    team.refused("admin", &["apply", "-f", "/nowhere"], 4, &["/nowhere"]);
}
