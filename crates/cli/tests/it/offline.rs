//! What needs no server: files, configuration, help.

use crate::roadbook::{Home, mode};

#[test]
fn each_kind_of_failure_has_its_code_and_says_what_now() {
    let home = Home::new();
    let data = home.data();
    let broken = home.write("broken.toml", "format = 1\nid = \"x\"\nsubjct = \"release\"\n");
    let text = home.write("no.zip", "this is no bundle");
    for (args, code, says) in [
        (vec!["nonsense"], 2, "unrecognized subcommand"),
        (vec!["release", "hold", "R-1"], 2, "--reason"),
        (vec!["process", "check", &broken], 8, "broken.toml:3:"),
        (vec!["process", "check", "missing.toml"], 4, "built in are: starter/release"),
        (vec!["record", "verify", &text], 8, "not what was signed"),
        (vec!["record", "verify", "missing.zip"], 4, "cannot read `missing.zip`"),
        (vec!["doctor", "--data", &data], 4, "roadbook init"),
        (vec!["serve", "--data", &data, "--listen", "0.0.0.0:0"], 2, "--insecure-http"),
        (vec!["init", "--data", &data, "--zone", "Mars/Olympus"], 2, "no time zone"),
        (vec!["version", "next", "1.0"], 3, "looks like"),
        (vec!["todo", "--server", "http://127.0.0.1:1"], 7, "roadbook serve"),
        (vec!["release", "start", "R-1", "--server", "http://127.0.0.1:1"], 7, "the same key"),
        (vec!["todo", "--server", "https://x.example"], 2, "tunnel"),
    ] {
        let ended = home.run(&args);
        assert_eq!(ended.code, code, "{args:?}: {ended:?}");
        let all = format!("{}{}", ended.out, ended.err);
        assert!(all.contains(says), "{args:?}: {ended:?}");
        assert!(!ended.err.contains("panicked"), "{ended:?}");
    }
}

#[test]
fn a_key_stays_until_the_end_of_a_change_is_known() {
    let home = Home::new();
    let keys = || {
        let dir = home.path(".local/state/roadbook/pending");
        let mut list: Vec<String> = std::fs::read_dir(dir)
            .expect("the directory")
            .map(|it| std::fs::read_to_string(it.expect("an entry").path()).expect("a key"))
            .collect();
        list.sort();
        list
    };
    let hold = ["release", "start", "R-1", "--server", "http://127.0.0.1:1"];
    assert_eq!(home.run(&hold).code, 7);
    let first = keys();
    assert_eq!(first.len(), 1);
    let again = home.run(&hold);
    assert!(again.err.contains("sending it again"), "{again:?}");
    assert_eq!(keys(), first);
    home.run(&["release", "start", "R-2", "--server", "http://127.0.0.1:1"]);
    assert_eq!(keys().len(), 2);
}

#[test]
fn a_flag_wins_over_the_environment_the_environment_over_the_file() {
    let home = Home::new();
    home.write(".config/roadbook/config.toml", "listen = '127.0.0.1:1001'\n");
    let show = |args: &[&str], env: &[(&str, &str)]| {
        let mut all = vec!["config", "show"];
        all.extend(args);
        home.run_with(&all, env).out
    };
    let env = [("ROADBOOK_LISTEN", "127.0.0.1:1002")];
    assert!(show(&[], &[]).contains("listen = 127.0.0.1:1001  # file"));
    assert!(show(&[], &env).contains("listen = 127.0.0.1:1002  # flag or environment"));
    assert!(show(&["--listen", "127.0.0.1:1003"], &env).contains("127.0.0.1:1003"));
    let file = "base_url = 'http://a.example'\ntrusted_proxies = ['127.0.0.1']\n";
    let file = home.write("proxied.toml", file);
    let proxied = |env: &[(&str, &str)]| show(&["--config", &file], env);
    let shown = proxied(&[]);
    assert!(shown.contains("base_url = http://a.example  # file"), "{shown}");
    assert!(shown.contains("trusted_proxies = 127.0.0.1/32  # file"), "{shown}");
    let shown = proxied(&[
        ("ROADBOOK_BASE_URL", "https://b.example/"),
        ("ROADBOOK_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
    ]);
    assert!(shown.contains("base_url = https://b.example  # flag or environment"), "{shown}");
    assert!(shown.contains("trusted_proxies = 10.0.0.0/8, ::1/128  # flag"), "{shown}");
    for (flag, wrong) in [("--base-url", "roadbook.example"), ("--trusted-proxies", "10.0.0.0/99")]
    {
        let ended = home.run(&["config", "show", flag, wrong]);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.err.contains(wrong), "{ended:?}");
    }
    let other = home.write("other.toml", "listne = '127.0.0.1:1'\n");
    let ended = home.run(&["config", "show", "--config", &other]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("did you mean `listen`?"), "{ended:?}");
}

#[test]
fn help_completions_and_manual_are_made_from_one_tree() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let ended = home.run(&["completion", shell]);
        assert_eq!(ended.code, 0);
        assert!(ended.out.contains("roadbook") && ended.out.contains("doctor"), "{shell}");
    }
    let man = home.run(&["man"]).out;
    assert!(man.contains(".TH roadbook 1"), "{man}");
    let help = home.run(&["--help"]);
    assert_eq!(help.code, 0);
    for word in ["serve", "demo", "init", "backup", "restore", "approve", "release", "site"] {
        assert!(help.out.contains(word), "{word}");
    }
}

#[test]
fn built_in_processes_pass_and_can_be_exported_changed_and_compared() {
    let home = Home::new();
    let all = ["starter/release", "vendor/release", "enterprise/new-system", "enterprise/upgrade"];
    for name in all {
        let text = home.run(&["process", "export", "--builtin", name]);
        assert_eq!(text.code, 0);
        let path = home.write("mine.toml", &text.out);
        assert_eq!(home.run(&["process", "check", &path]).code, 0, "{name}");
        let same = home.run(&["process", "diff", name, &path, "-o", "json"]);
        assert_eq!(same.out.trim(), "[]", "{name}");
        let dates = home.run(&["process", "simulate", &path, "--go-live", "2030-06-13T18:00"]);
        assert_eq!(dates.code, 0, "{dates:?}");
        assert!(dates.err.contains("critical path"), "{dates:?}");
    }
}

#[test]
fn a_process_is_simulated_for_a_team_and_against_another_revision() {
    let home = Home::new();
    let text = home.run(&["process", "export", "--builtin", "starter/release"]).out;
    let mine = home.write("mine.toml", &text);
    let longer = home.write("longer.toml", &text.replace("effort = \"2h\"", "effort = \"6h\""));
    let when = ["--begin", "2030-06-10T09:00", "--go-live", "2030-06-13T22:00"];
    let run = |more: &[&str]| {
        let mut all = vec!["process", "simulate", mine.as_str()];
        all.extend(when.iter().chain(more));
        home.run(&all)
    };
    let plain = run(&[]);
    assert!(plain.err.contains("every date is kept"), "{plain:?}");
    assert!(plain.err.contains("begin by  2030-06-13"), "{plain:?}");
    let half = run(&["--team", "tester=1", "--week", "20"]);
    assert!(half.err.contains("busiest week 2030-06-10: 120 of 1200 min"), "{half:?}");
    assert!(half.err.contains("nobody  approver"), "{half:?}");
    let seeds: Vec<String> = ["1", "2", "3", "1"].map(|it| run(&["--seed", it]).out).to_vec();
    assert_eq!(seeds[0], seeds[3], "the same number, the same dates");
    assert!(seeds[0] != seeds[1] || seeds[1] != seeds[2], "another number, other dates");
    let other = run(&["--against", &longer]);
    assert!(other.err.contains("role  tester: +240 min, 1 → 1 steps"), "{other:?}");
    assert!(other.err.contains("file  ~ step test effort 2h → 6h"), "{other:?}");
    assert!(other.out.contains("test") && other.out.contains("+240 min"), "{other:?}");
    for (more, says) in [
        (["--team", "nobody=1"], "its roles are"),
        (["--team", "tester=x"], "tester=2"),
        (["--fact", "soon"], "release.mode=emergency"),
    ] {
        let refused = run(&more);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.err.contains(says), "{refused:?}");
    }
}

const TEAM: &str = r#"
[[person]]
name = "한지우"
roles = ["release_lead", "approver"]
unit = "management"

[[person]]
name = "Trần Bảo"
roles = ["tester"]
unit = "quality"
week = 20
away = ["2030-06-10..2030-06-12"]

[calendar]
zone = "Asia/Seoul"
holidays = "days.ics"
"#;

#[test]
fn a_team_comes_from_a_file_with_its_units_its_days_away_and_its_calendar() {
    let home = Home::new();
    let day =
        "BEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20300613\nSUMMARY:Founding day\nEND:VEVENT\n";
    home.write("days.ics", &format!("BEGIN:VCALENDAR\nVERSION:2.0\n{day}END:VCALENDAR\n"));
    let team = home.write("team.toml", TEAM);
    let when = ["--begin", "2030-06-10T09:00", "--go-live", "2030-06-20T22:00"];
    let run = |more: &[&str]| {
        let mut all = vec!["process", "simulate", "starter/release", "-o", "json"];
        all.extend(when.iter().chain(more));
        home.run(&all)
    };
    let finish = |ended: &crate::roadbook::Ended| {
        assert_eq!(ended.code, 0, "{ended:?}");
        let made: serde_json::Value = serde_json::from_str(&ended.out).expect("json");
        let steps = made["steps"].as_array().expect("steps").clone();
        let it = steps.into_iter().find(|it| it["step"] == "test").expect("a test");
        it["finish"].as_str().expect("a moment").to_owned()
    };
    let tested = |more: &[&str]| finish(&run(more));
    let free = tested(&["--zone", "Asia/Seoul"]);
    let away = tested(&["--team", &team]);
    assert!(free < away, "somebody is away and has half the hours: {free} {away}");
    let at_home = home.write("home.toml", &TEAM.replace("away = [\"2030-06-10..2030-06-12\"]", ""));
    assert!(tested(&["--team", &at_home]) < away, "the same, with nobody away");
    let alone = run(&["--team", &team, "--unit", "quality"]);
    assert!(alone.out.contains("\"unheld\"") && alone.out.contains("\"approver\""), "{alone:?}");
    // Everybody has the day off: what would begin on it is over later.
    let days = home.path("days.ics").display().to_string();
    let on = |more: &[&str]| {
        let begin = ["--begin", "2030-06-13T09:00", "--go-live", "2030-06-20T22:00"];
        let mut all = vec!["process", "simulate", "starter/release", "-o", "json"];
        all.extend(begin.iter().chain(more));
        finish(&home.run(&all))
    };
    assert!(on(&[]) < on(&["--holidays", &days]), "nobody works on a day off");
    let wrong = |text: &str| home.write("wrong.toml", text);
    for (more, says) in [
        (vec!["--team", &wrong("[roles]\ntester = ")], "line 2"),
        (vec!["--team", &team, "--team", "tester=1"], "one file, or numbers"),
        (vec!["--team", "tester"], "no number of people and no file"),
        (vec!["--team", &team, "--unit", "sales"], "its units are: management, quality"),
        (vec!["--team", "tester=1", "--unit", "sales"], "--team team.toml"),
    ] {
        let refused = run(&more);
        assert_eq!(refused.code, 2, "{more:?}: {refused:?}");
        assert!(refused.err.contains(says), "{says}: {refused:?}");
    }
    let unknown = home.write("unknown.toml", "[roles]\nbaker = 1");
    let refused = run(&["--team", &unknown]);
    assert!(refused.code == 2 && refused.err.contains("nobody acts as `baker`"), "{refused:?}");
    let missing = run(&["--team", "nowhere.toml"]);
    assert_eq!(missing.code, 4, "{missing:?}");
}

#[test]
fn the_next_number_comes_with_its_reasons() {
    let home = Home::new();
    let next = home.run(&["version", "next", "V1.0.0.0099", "--explain"]);
    assert_eq!(next.out.lines().next(), Some("V1.0.0.0100"));
    assert!(next.out.contains("the fourth part rises from 99 to 100"), "{next:?}");
    let json = home.run(&["version", "next", "V1.0.0.0099", "-o", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).expect("json");
    assert_eq!(value["id"], "V1.0.0.0100");
}

#[test]
fn a_data_directory_belongs_to_its_owner_and_survives_backup_and_restore() {
    let home = Home::new();
    let (data, copy) = (home.data(), home.path("copy").display().to_string());
    let made = home.run(&["init", "--data", &data]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.out.contains("/setup?token="), "{made:?}");
    assert_eq!(mode(&home.path("data")), 0o700);
    assert_eq!(home.run(&["doctor", "--data", &data]).code, 0);
    let backup = home.path("backup").display().to_string();
    let kept = home.run(&["backup", "--data", &data, &backup]);
    assert_eq!(kept.code, 0, "{kept:?}");
    assert_ne!(home.run(&["backup", "--data", &data, &backup]).code, 0, "not into a full folder");
    let back = home.run(&["restore", "--data", &copy, &backup]);
    assert_eq!(back.code, 0, "{back:?}");
    let table = home.path("backup/tables/document.jsonl");
    let record = home.path("backup/tables/record.jsonl");
    let victim = if record.exists() { record } else { table };
    let mut bytes = std::fs::read(&victim).expect("a table");
    bytes[10] ^= 1;
    std::fs::write(&victim, bytes).expect("written");
    let third = home.path("third").display().to_string();
    let refused = home.run(&["restore", "--data", &third, &backup]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("was changed"), "{refused:?}");
}
