//! Every sub-command that asks a server, against a real one.

use crate::team::Team;
use serde_json::{Value, json};

const ROLES: [&str; 3] = ["release_lead", "tester", "approver"];

/// Column positions of a table: where each heading begins, counted as shown.
fn starts(line: &str) -> Vec<usize> {
    let mut at = 0;
    let (mut found, mut blanks) = (Vec::new(), 2);
    for letter in line.chars() {
        if letter == ' ' {
            blanks += 1;
        } else {
            if blanks >= 2 {
                found.push(at);
            }
            blanks = 0;
        }
        let wide = matches!(letter, '가'..='힣' | '一'..='鿿');
        at += if wide { 2 } else { 1 };
    }
    found
}

fn aligned(table: &str) {
    let mut lines = table.lines();
    let heads = starts(lines.next().expect("a heading"));
    assert_eq!(heads[0], 0, "tables begin at the margin:\n{table}");
    for line in lines {
        for at in starts(line) {
            assert!(heads.contains(&at), "{at} is no column of\n{table}");
        }
    }
}

fn places(team: &Team) {
    for (key, name, zone, lang) in [
        ("busan", "부산 항만", "Asia/Seoul", "ko"),
        ("hanoi", "Hà Nội", "Asia/Ho_Chi_Minh", "vi"),
        ("suzhou", "苏州中心", "Asia/Shanghai", "zh"),
    ] {
        let site = json!({ "key": key, "name": name, "zone": zone, "lang": lang, "tags": ["a"] });
        team.ask("admin", "POST", "/sites", &site);
        let runs = json!({
            "product": "crm", "version": "V1.0.0.0001", "since": "2026-01-01T00:00:00Z",
            "evidence": "phone call",
        });
        team.ask("admin", "POST", &format!("/sites/{key}/versions"), &runs);
        let contact =
            json!({ "name": "담당", "email": "a@x.example", "lang": lang, "kind": "admin" });
        team.ask("admin", "POST", &format!("/sites/{key}/contacts"), &contact);
    }
}

#[test]
fn products_sites_and_processes_are_listed_in_every_format() {
    let team = Team::start(&[]);
    for (key, name, scheme) in [
        ("crm", "고객 관리", "four-part"),
        ("shop", "商城", "semver"),
        ("kho", "Kho", "YYYY.0M.MICRO"),
    ] {
        team.ok("admin", &["product", "new", key, "--name", name, "--scheme", scheme]);
    }
    team.refused("admin", &["product", "new", "crm", "--name", "x"], 1, &["key: belongs to"]);
    let bad = ["product", "new", "y", "--name", "x", "--scheme", "odd"];
    team.refused("admin", &bad, 1, &["scheme: `odd` is not a pattern"]);
    let table = team.ok("admin", &["product", "list"]);
    aligned(&table);
    assert!(table.contains("crm") && table.contains("한바다"), "{table}");
    let ids = team.ok("admin", &["product", "list", "-q"]);
    assert_eq!(ids.lines().filter(|it| it.starts_with("prod_")).count(), 3, "{ids}");
    let csv = team.ok("admin", &["product", "list", "-o", "csv"]);
    assert!(csv.starts_with("key,name,unit\n") && csv.contains("crm,고객 관리,한바다"), "{csv}");
    let lines = team.ok("admin", &["product", "list", "-o", "jsonl"]);
    assert!(lines.lines().all(|it| serde_json::from_str::<Value>(it).is_ok()), "{lines}");
    let shown = team.ok("admin", &["product", "show", "crm"]);
    assert!(shown.contains("four-part"), "{shown}");
    team.refused(
        "admin",
        &["product", "show", "crmm"],
        4,
        &["[not_found]", "hint: check the name"],
    );
    places(&team);
    let sites = team.ok("admin", &["site", "list"]);
    aligned(&sites);
    assert_eq!(sites.lines().count(), 4, "{sites}");
    let old = ["site", "list", "--product", "crm", "--older-than", "V1.0.0.0002", "-q"];
    assert_eq!(team.ok("admin", &old).lines().count(), 3);
    assert!(
        team.ok("admin", &["site", "list", "--search", "부산", "-o", "csv"]).contains("busan,")
    );
    let site = team.ok("admin", &["site", "show", "hanoi"]);
    assert!(site.contains("Hà Nội") && site.contains("V1.0.0.0001"), "{site}");
    let text = team.ok("admin", &["process", "export", "starter/release"]);
    let own = text.replace("id = \"starter/release\"", "id = \"starter/own\"");
    let file = team.file("admin", "own.toml", &own);
    team.ok("admin", &["process", "check", &file]);
    team.ok("admin", &["process", "publish", &file, "--note", "우리 방식"]);
    let processes = team.ok("admin", &["process", "list"]);
    aligned(&processes);
    assert!(processes.contains("starter/own"), "{processes}");
    team.ok("admin", &["process", "diff", "starter/release", &file]);
    team.ok("admin", &["process", "simulate", &file]);
    let broken =
        team.file("admin", "broken.toml", &own.replace("kind = \"test\"", "kind = \"tset\""));
    team.refused("admin", &["process", "publish", &broken, "--note", "x"], 8, &[]);
}

fn plan(team: &Team, release: &str, back_out: &str) {
    let text = format!("# Plan\n\n## Changes\n\nA\n\n## The way back\n\n{back_out}\n");
    let path = format!("/releases/{release}/documents/release_plan");
    team.ask("release_lead", "PUT", &path, &json!({ "text": text }));
    team.ok("release_lead", &["done", release, "plan", "--remark", "첫 계획"]);
    let check = format!("/releases/{release}/steps/test/checks/works");
    team.ask("tester", "PUT", &check, &json!({ "yes": true }));
    team.ok("tester", &["done", release, "test"]);
}

/// The process is revised while the release runs; it is looked at first, then moved.
fn revised(team: &Team, release: &str) {
    team.refused("admin", &["release", "migrate", release], 3, &["[migration_same_revision]"]);
    let text = team.ok("admin", &["process", "export", "starter/release"]);
    let longer = team.file("admin", "longer.toml", &text.replacen("\"2h\"", "\"3h\"", 1));
    team.ok("admin", &["process", "publish", &longer, "--note", "시험이 길어졌습니다"]);
    let own = team.ok("admin", &["process", "export", "starter/release"]);
    assert!(own.contains("\"3h\""), "the one in force, not the one that the program brings along");
    let told = team.ok("admin", &["release", "migrate", release]);
    aligned(&told);
    assert!(told.contains("test") && told.contains("effort"), "{told}");
    let shown = team.json("admin", &["release", "migrate", release, "--to", "2"]);
    assert_eq!((&shown[0]["what"], &shown[0]["then"]), (&json!("test"), &json!("other: effort")));
    let wrong = ["release", "migrate", release, "--to", "7"];
    team.refused("admin", &wrong, 3, &["[migration_no_such_revision]"]);
    team.refused("tester", &["release", "migrate", release], 5, &["[denied]"]);
    team.ok("admin", &["release", "migrate", release, "--reason", "새 개정"]);
    team.refused("admin", &["release", "migrate", release], 3, &["[migration_same_revision]"]);
}

#[test]
fn a_release_goes_from_new_to_closed_on_the_command_line() {
    let team = Team::start(&ROLES);
    team.ok("admin", &["product", "new", "crm", "--name", "고객 관리"]);
    places(&team);
    let changes = json!({ "items": [
        { "title": { "en": "Pay by card" }, "kind": "feature", "purpose": "feature" },
    ] });
    let changes = team.file("admin", "changes.json", &changes.to_string());
    let new =
        ["release", "new", "--product", "crm", "--version", "V1.0.0.0002", "--title", "봄 배포"];
    team.refused("tester", &new, 5, &["[denied]"]);
    let odd = team.file("admin", "odd.json", "[]");
    let with_odd = [&new[..], &["--changes", &odd]].concat();
    team.refused("admin", &with_odd, 2, &["package changes --items"]);
    let wrong = team.file("admin", "wrong.json", r#"{"items": [{"titel": {"en": "x"}}]}"#);
    let with_wrong = [&new[..], &["--changes", &wrong]].concat();
    team.refused("admin", &with_wrong, 1, &["titel"]);
    let made = team.json("admin", &[&new[..], &["--changes", &changes]].concat());
    let release = made["label"].as_str().expect("a number").to_owned();
    let release = release.as_str();
    let listed = team.ok("admin", &["release", "list", "--product", "crm", "--state", "draft"]);
    aligned(&listed);
    assert!(listed.contains("봄 배포"), "{listed}");
    team.refused("admin", &["release", "list", "--state", "odd"], 2, &["running"]);
    team.ok("admin", &["release", "start", release]);
    let shown = team.ok("admin", &["release", "show", release]);
    assert!(shown.contains("approve") && shown.contains("foreseen"), "{shown}");
    revised(&team, release);
    team.ok("admin", &["release", "plan", release]);
    let todo = team.json("release_lead", &["todo"]);
    assert_eq!(todo[0]["step"], "plan", "{todo}");
    team.refused("release_lead", &["done", release, "plan"], 3, &["waits for deliverable"]);
    team.refused("release_lead", &["done", release, "plam"], 4, &["did you mean `plan`?"]);
    plan(&team, release, "Restore the backup.");
    let own = team.password("release_lead");
    let approve = ["approve", release, "approve", "--password-file", &own];
    team.refused("release_lead", &approve, 5, &["[not_yours]"]);
    let own = team.password("approver");
    let no = ["reject", release, "approve", "--reason", "얇습니다", "--password-file", &own];
    let told = team.run("approver", &no);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.err.contains("고객 관리 V1.0.0.0002"), "what is signed is shown: {told:?}");
    plan(&team, release, "Stop, restore the backup, tell the sites.");
    team.ok("approver", &["delegate", release, "approve", "--to", "admin"]);
    team.refused("approver", &["delegate", release, "approve", "--to", "x"], 4, &["[not_found]"]);
    let own = team.password("admin");
    let yes = ["approve", release, "approve", "--comment", "좋습니다", "--password-file", &own];
    team.ok("admin", &yes);
    team.refused("admin", &yes, 3, &[]);
    team.ok("admin", &["release", "hold", release, "--reason", "점검"]);
    team.refused("admin", &["release", "close", release, "--code", "success"], 3, &["waits for"]);
    team.ok("admin", &["release", "resume", release, "--reason", "끝"]);
    notices(&team, release);
    rest(&team, release);
}

fn notices(team: &Team, release: &str) {
    let listed = team.ok("admin", &["notice", "list", release]);
    aligned(&listed);
    assert!(listed.contains("tell"), "{listed}");
    team.refused("admin", &["notice", "preview", release], 2, &["notice list"]);
    let preview = team.run("admin", &["notice", "preview", release, "tell", "--language", "vi"]);
    assert!(matches!(preview.code, 0 | 8), "{preview:?}");
    let from = ["--from", "2030-01-09T00:00Z", "--until", "2030-01-12T00:00Z"];
    let mut add = vec!["freeze", "add", "--name", "연말", "--reason", "결산"];
    add.extend(from);
    let freeze = team.json("admin", &add);
    let id = freeze["id"].as_str().expect("an id");
    let at = ["freeze", "why", release, "--at", "2030-01-10T22:00+09:00"];
    team.refused("admin", &at, 3, &["연말", "stands against"]);
    team.ok("admin", &["freeze", "lift", id]);
    team.ok("admin", &at);
    team.refused("admin", &["freeze", "why", release, "--at", "soon"], 2, &["write it as"]);
}

/// Both revisions side by side over a release that is over, and not over one that is not.
fn compared(team: &Team, release: &str, is_over: bool) {
    let compare = ["process", "compare", "starter/release", "--release", release];
    let compare = [&compare[..], &["--from", "1", "--to", "2"]].concat();
    if !is_over {
        return team.refused("admin", &compare, 1, &["only a closed release can be replayed"]);
    }
    let told = team.run("admin", &compare);
    assert_eq!(told.code, 0, "{told:?}");
    for word in ["ran on revision 2", "revision 1  critical path", "lasts  "] {
        assert!(told.err.contains(word), "{word}: {told:?}");
    }
    let found = team.json("admin", &compare);
    assert_eq!((&found["ran_on"], &found["after"]["revision"]), (&json!(2), &json!(2)), "{found}");
}

fn rest(team: &Team, release: &str) {
    compared(team, release, false);
    let slot = json!({ "start": soon(1), "end": soon(120) });
    team.ask("admin", "PUT", &format!("/releases/{release}/slot"), &slot);
    let report = ["site", "report", release, "busan", "--outcome", "succeeded"];
    team.refused("admin", &report, 2, &["--evidence"]);
    let decide = ["release", "decide", release, "approve", "--outcome", "go"];
    team.refused("admin", &decide, 3, &[]);
    team.refused(
        "admin",
        &["release", "decide", release, "approv", "--outcome", "go"],
        4,
        &["did you mean `approve`?"],
    );
    let evidence = team.file("admin", "bundle.zip", "");
    team.ok("admin", &["release", "evidence", release, "--to", &evidence]);
    team.ok("admin", &["record", "verify", &evidence]);
    let mut bytes = std::fs::read(&evidence).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&evidence, bytes).expect("written");
    let changed = team.run("admin", &["record", "verify", &evidence]);
    assert!(matches!(changed.code, 1 | 8), "{changed:?}");
    team.refused("admin", &["release", "close", release, "--code", "odd"], 2, &["success"]);
    let why = json!({ "reason": "다음 버전으로" });
    team.ask("admin", "POST", &format!("/releases/{release}/cancel"), &why);
    compared(team, release, true);
}

/// So many minutes from now.
fn soon(minutes: i64) -> String {
    let now = std::process::Command::new("date").args(["-u", "+%s"]).output().expect("date runs");
    let now: i64 = String::from_utf8_lossy(&now.stdout).trim().parse().expect("seconds");
    jiff::Timestamp::from_second(now + minutes * 60).expect("in range").to_string()
}
