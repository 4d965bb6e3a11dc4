//! Drafts of processes on the command line: written, reviewed, returned, put into force by somebody
//! else; and no way past it where four eyes are asked for.

use crate::team::Team;
use serde_json::json;

const ID: &str = "starter/release";
const FOUR_EYES: &str = "zone=Asia%2FSeoul&lang=ko&process_four_eyes=true";

fn draft<'a>(act: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["process", "draft", act], rest].concat()
}

fn revision(team: &Team) -> u64 {
    let rows = team.json("admin", &["process", "list"]);
    let row = rows.as_array().expect("rows").iter().find(|it| it["id"] == ID);
    row.expect("the process")["revision"].as_u64().expect("a number")
}

#[test]
fn a_draft_is_reviewed_and_put_into_force_by_somebody_else() {
    let team = Team::start(&["process_owner", "tester"]);
    team.form("admin", "/settings", FOUR_EYES);
    let own = "process_owner";
    let starter = team.ok(own, &["process", "export", ID]);
    let text = starter.replace("effort = \"1h\"", "effort = \"2h\"");
    let longer = team.file(own, "longer.toml", &text);
    // Alone nobody publishes, whichever way; what it would change can be seen.
    let publish = ["process", "publish", longer.as_str(), "--note", "longer"];
    let lift = ["[review_required]", "process draft save", "process draft submit"];
    team.refused(own, &publish, 3, &lift);
    team.refused(own, &["apply", "-f", &longer], 3, &lift);
    assert_eq!(team.run(own, &["apply", "-f", &longer, "--diff"]).code, 9);

    // What cannot be read is kept, once it is said whose it is; it goes nowhere.
    let broken = team.file(own, "broken.toml", "format = 1\n[[");
    team.refused(own, &draft("save", &[&broken]), 2, &["--process NAME"]);
    team.refused(own, &draft("show", &[ID]), 4, &["[not_found]"]);
    let kept = team.json(own, &draft("save", &[&broken, "--process", ID]));
    assert_eq!(kept["label"], "starter/release@2");
    team.refused(own, &draft("submit", &[ID]), 1, &["say what this revision changes"]);
    team.refused("admin", &draft("approve", &[ID]), 3, &["[not_in_review]"]);
    team.ok(own, &draft("save", &[&longer, "--note", "계획에 시간이 더 걸립니다"]));
    team.ok(own, &draft("submit", &[ID]));

    let rows = team.json("admin", &draft("list", &[]));
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    let told = (&rows[0]["state"], &rows[0]["author"], &rows[0]["note"]);
    let expected = (json!("review"), json!("김 process_owner"), json!("계획에 시간이 더 걸립니다"));
    assert_eq!(told, (&expected.0, &expected.1, &expected.2));
    assert_eq!(team.ok("admin", &draft("show", &[ID, "--text"])), text);
    team.refused(own, &draft("approve", &[ID]), 3, &["[four_eyes]"]);
    team.refused(own, &draft("save", &[&longer]), 3, &["[in_review]"]);
    team.refused("tester", &draft("list", &[]), 5, &["[denied]"]);
    team.refused("admin", &draft("return", &[ID]), 1, &["say what has to change"]);
    team.ok("admin", &draft("return", &[ID, "--remark", "이유를 적어 주세요"]));
    let shown = team.ok("admin", &draft("show", &[ID]));
    assert!(shown.contains("draft") && shown.contains("김 process_owner"), "{shown}");

    // Its author takes it back without a reason; somebody else puts it into force.
    team.ok(own, &draft("submit", &[ID]));
    team.ok(own, &draft("return", &[ID]));
    team.ok(own, &draft("submit", &[ID]));
    assert_eq!(revision(&team), 1);
    team.ok("admin", &draft("approve", &[ID, "--remark", "좋습니다"]));
    assert_eq!(revision(&team), 2);
    let rows = team.json("admin", &draft("list", &[]));
    assert_eq!(rows, json!([]));
    // What is in force already asks for nobody's agreement.
    team.ok(own, &["apply", "-f", &longer]);
    team.ok(own, &draft("save", &[&team.file(own, "first.toml", &starter)]));
    team.ok(own, &draft("drop", &[ID]));
    team.refused(own, &draft("drop", &[ID]), 4, &["[not_found]"]);
}
