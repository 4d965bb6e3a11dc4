//! A release of a packaged product, from its application to its last site.

use crate::office::{Office, Organization, Row};
use roadbook_testkit::mail::Mail;
use roadbook_testkit::postgres::Postgres;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const HANBIT: Organization = Organization {
    name: "hanbit",
    lang: "ko",
    zone: "Asia/Seoul",
    products: [("hb-care", "한빛 케어", "four-part"), ("hb-gate", "한빛 게이트", "four-part")],
    version: "V3.1.0.1210",
};
const SAOMAI: Organization = Organization {
    name: "saomai",
    lang: "vi",
    zone: "Asia/Ho_Chi_Minh",
    products: [("sm-pos", "Sao Mai POS", "semver"), ("sm-kho", "Sao Mai Kho", "semver")],
    version: "5.4.0",
};
const HUADONG: Organization = Organization {
    name: "huadong",
    lang: "zh",
    zone: "Asia/Shanghai",
    products: [("hd-mes", "华东制造执行", "four-part"), ("hd-oa", "华东办公", "YYYY.0M")],
    version: "V4.3.0.2060",
};

const LEAD: &str = "release.manager";

fn code_of(lang: &str) -> &str {
    if lang.starts_with("zh") { "zh" } else { lang }
}

/// What the mail says in each language; a subject of the right language holds its word.
fn subject_word(step: &str, lang: &str) -> &'static str {
    match (step, code_of(lang)) {
        ("internal", "ko") => "배포 예정",
        ("internal", "vi") => "phát hành lúc",
        ("internal", "zh") => "发布安排",
        ("internal", _) => "release on",
        ("community", "ko") => "업데이트 안내",
        ("community", "vi") => "sẽ ra mắt",
        ("community", "zh") => "将于",
        ("community", _) => "is coming on",
        (_, "ko") => "업그레이드 결과",
        (_, "vi") => "diễn ra thế nào",
        (_, "zh") => "升级情况如何",
        _ => "how did the upgrade go",
    }
}

/// Everything the lists hold comes in through the command line; a wrong row keeps all out.
fn lists(office: &mut Office) {
    let units = office.list("units");
    office.ok("admin", &["unit", "import", &units]);
    for (key, name, scheme) in office.is.products {
        office.ok("admin", &["product", "new", key, "--name", name, "--scheme", scheme]);
    }
    for (noun, list) in [("people", "people"), ("site", "sites"), ("contact", "contacts")] {
        let file = office.list(list);
        let text = std::fs::read_to_string(&file).expect("a list");
        let zone = text.replacen("Asia/Shanghai", "Asia/Nowhere", 1);
        let bad = if zone == text {
            format!("{text}no-such-site,x,y@z.example,ko,admin\n")
        } else {
            zone
        };
        let bad = office.file("bad.csv", &bad);
        office.refused("admin", &[noun, "import", &bad], 1, &["line "]);
        office.ok("admin", &[noun, "import", &file, "--dry-run"]);
        if noun == "site" {
            assert!(!office.run("admin", &["site", "list"]).out.contains("Asia/"), "nothing kept");
        }
        office.ok("admin", &[noun, "import", &file]);
        let again: Value =
            serde_json::from_str(&office.ok("admin", &[noun, "import", &file, "-o", "json"]))
                .expect("json");
        assert_eq!((&again["made"], &again["changed"]), (&json!(0), &json!(0)), "{again}");
    }
    let sites: Value =
        serde_json::from_str(&office.ok("admin", &["site", "list", "-o", "json"])).expect("json");
    let sites = sites.as_array().expect("sites");
    let zones: BTreeSet<&str> = sites.iter().filter_map(|it| it["zone"].as_str()).collect();
    assert_eq!((sites.len(), zones.len()), (200, 3));
}

/// The sites of the first product that go first.
pub fn scope(office: &Office) -> Vec<Row> {
    let product = office.is.products[0].0;
    let mut rows = office.rows("sites");
    rows.retain(|it| it["product"] == product && it["tags"].split(';').any(|tag| tag == "pilot"));
    assert!(rows.len() >= 4, "{} sites", rows.len());
    rows
}

fn application(office: &mut Office, sites: &[Row]) -> String {
    let four =
        |en: &str, ko: &str, vi: &str, zh: &str| json!({ "en": en, "ko": ko, "vi": vi, "zh": zh });
    let item = |kind: &str, title: Value| json!({ "title": title, "kind": kind, "purpose": kind });
    let new = json!({
        "product": office.is.products[0].0,
        "process": "vendor/release",
        "version": office.is.version,
        "title": "2026-10",
        "purposes": ["feature", "fix"],
        "content": "Autumn release for the pilot sites",
        "items": [
            item("feature", four("Export to a file", "파일로 내보내기", "Xuất ra tệp", "导出到文件")),
            item("code", four("Totals are right again", "합계 오류 수정", "Sửa lỗi tổng số", "修复合计错误")),
        ],
        "requirements": four("8 GB memory", "메모리 8GB", "Bộ nhớ 8 GB", "内存 8 GB"),
        "lead": LEAD,
        "roles": {
            "release_lead": [LEAD], "developer": ["dev1"], "project_manager": ["pm1"],
            "quality_manager": ["qa.head"], "marketing": ["marketing.head"],
            "support": ["support.head"],
        },
        "sites": sites.iter().map(|it| it["key"].clone()).collect::<Vec<_>>(),
    });
    let file = office.file("release.json", &new.to_string());
    office.refused("dev1", &["release", "new", "--file", &file], 5, &["[denied]"]);
    let product = &office.is.products[0].0;
    let bare = json!({ "product": product, "process": "vendor/release", "title": "Spring" });
    let bare = office.file("bare.json", &bare.to_string());
    office.refused(LEAD, &["release", "new", "--file", &bare], 1, &["version", "[invalid]"]);
    let made = office.ok(LEAD, &["release", "new", "--file", &file, "-o", "json"]);
    let made: Value = serde_json::from_str(&made).expect("json");
    let number = made["label"].as_str().expect("a number").to_owned();
    let slot = json!({ "start": "2031-10-11T12:00:00Z", "end": "2031-10-11T16:00:00Z" });
    let path = format!("/releases/{number}/slot");
    office.must(LEAD, "PUT", &path, slot);
    office.ok(LEAD, &["release", "start", &number]);
    let plan = office.run(LEAD, &["release", "plan", &number]);
    assert!(plan.err.contains("held at ") && !plan.err.contains("by nobody"), "{plan:?}");
    let process = office.ok(LEAD, &["process", "export", "vendor/release"]);
    for text in ["owner = \"quality_manager\"", "effective = \"2026-01-01\"", "3.0"] {
        assert!(process.contains(text), "{text}");
    }
    number
}

/// Test, papers, opinions, and the decision: no notice before it, all notices from it.
fn decision(office: &mut Office, number: &str) {
    let path = |rest: &str| format!("/releases/{number}/{rest}");
    let report = json!({ "text": "# Test report\n\nAll cases passed.\n" });
    office.must("qa.head", "PUT", &path("documents/test_report"), report);
    office.ok("qa.head", &["done", number, "tests"]);
    for lang in ["en", "ko", "vi", "zh"] {
        let draft = path(&format!("documents/release_notes/draft?lang={lang}"));
        let draft = office.must("dev1", "GET", &draft, Value::Null);
        assert_eq!(draft["text"].as_str().expect("text").matches("\n- ").count(), 2, "{draft}");
    }
    let notes = path("documents/release_notes/draft?lang=en");
    let notes = office.must("dev1", "GET", &notes, Value::Null);
    let notes = json!({ "text": notes["text"], "note": "from the changes" });
    office.must("dev1", "PUT", &path("documents/release_notes"), notes);
    for document in ["update_guide", "rollback_plan"] {
        let text = json!({ "text": "# Paper\n\nInternal: restore the backup of the night.\n" });
        office.must("dev1", "PUT", &path(&format!("documents/{document}")), text);
    }
    uploads(office, number);
    office.ok("dev1", &["done", number, "papers"]);
    let decide = ["release", "decide", number, "release_decision", "--outcome", "go"];
    office.refused(LEAD, &decide, 3, &["waits for"]);
    let opinion = json!({ "stance": "for", "text": "ready" });
    for who in ["dev1", "pm1", "qa.head"] {
        office.must(who, "POST", &path("steps/opinions/opinion"), opinion.clone());
    }
    let listed = office.ok(LEAD, &["notice", "list", number, "-o", "json"]);
    assert!(!listed.contains("\"sending\"") && !listed.contains("\"sent\""), "{listed}");
    office.refused("dev1", &decide, 5, &[]);
    office.ok(LEAD, &decide);
}

/// What no upload may be: empty, of a kind that could run, with a path for a name.
fn uploads(office: &mut Office, number: &str) {
    let path = format!("/releases/{number}/documents/update_guide");
    for (name, media, body) in [
        ("guide.exe", "application/x-msdownload", &b"MZ"[..]),
        ("guide.pdf", "application/pdf", &b""[..]),
        ("guide.pdf", "application/pdf", &b"MZ no pdf"[..]),
        ("..%2F..%2Fetc%2Fpasswd", "text/markdown", &b"# x\n"[..]),
    ] {
        let key = format!("upload-{}", body.len());
        let head = [("idempotency-key", key.as_str()), ("content-type", media)];
        let to = format!("/api/v1{path}/file?name={name}");
        let answer = office.send("dev1", ("POST", &to), &head, body);
        if answer.status < 300 {
            let guide = office.must("dev1", "GET", &path, Value::Null);
            let names = guide["revisions"].to_string();
            assert!(!names.contains("..") && !names.contains("exe"), "{name}: {names}");
        } else {
            assert!((400..500).contains(&answer.status), "{name}: {}", answer.text());
        }
    }
}

/// What somebody else did meanwhile, and what is not for one's eyes.
fn refusals(office: &mut Office, number: &str) {
    let path = format!("/api/v1/releases/{number}/hold");
    let head = |key: &'static str, seen: &'static str| {
        [("idempotency-key", key), ("if-match", seen), ("content-type", "application/json")]
    };
    let body = br#"{"reason":"check"}"#;
    let stale = office.send(LEAD, ("POST", &path), &head("s1", "\"1\""), body);
    assert_eq!(stale.status, 412, "{}", stale.text());
    let hold = office.send(LEAD, ("POST", &path), &head("s2", "*"), body);
    assert_eq!(hold.status, 200, "{}", hold.text());
    let again = office.send(LEAD, ("POST", &path), &head("s2", "*"), body);
    assert_eq!((again.status, again.json()), (200, hold.json()), "the same answer");
    let other = office.send(LEAD, ("POST", &path), &head("s2", "*"), br#"{"reason":"other"}"#);
    assert_eq!((other.status, other.json()["code"].clone()), (422, json!("key_reused")));
    let hold = ["release", "hold", number, "--reason", "x", "--idempotency-key", "s2"];
    office.refused(LEAD, &hold, 1, &["[key_reused]", "hint:"]);
    office.ok(LEAD, &["release", "resume", number, "--reason", "checked"]);
    office.refused(LEAD, &["site", "show", "zz-404"], 4, &["[not_found]"]);
}

const REMINDERS: [&str; 4] = ["Reminder", "[다시 알림]", "Nhắc lại", "提醒"];

/// One mail per recipient and notice, in the reader's language, under an id of its own.
fn letters(office: &mut Office, step: &str, expected: &BTreeMap<String, String>) -> Vec<Mail> {
    let words: Vec<&str> =
        ["ko", "vi", "zh", "en"].iter().map(|lang| subject_word(step, lang)).collect();
    let subject = |it: &Mail| it.subject.clone().unwrap_or_default();
    let mails = office.mails(expected.len(), |it| {
        let text = subject(it);
        words.iter().any(|word| text.contains(word))
            && !REMINDERS.iter().any(|it| text.starts_with(it))
    });
    let mut told = BTreeMap::new();
    for mail in &mails {
        assert_eq!(mail.to.len(), 1, "{:?}", mail.to);
        let lang = expected.get(&mail.to[0]).unwrap_or_else(|| panic!("not asked: {:?}", mail.to));
        assert!(subject(mail).contains(subject_word(step, lang)), "{lang}: {}", subject(mail));
        assert!(told.insert(mail.to[0].clone(), mail.message_id.clone()).is_none(), "twice");
    }
    let missing: Vec<_> = expected.keys().filter(|it| !told.contains_key(*it)).collect();
    assert!(missing.is_empty(), "{step}: nobody told {missing:?}");
    let ids: BTreeSet<_> = told.values().collect();
    assert_eq!(ids.len(), told.len(), "each has an id of its own");
    mails
}

fn readers(rows: &[Row]) -> BTreeMap<String, String> {
    let told = rows.iter().filter(|it| !it["email"].is_empty());
    told.map(|it| (it["email"].clone(), it["lang"].clone())).collect()
}

/// The company is told although the mail server was down: visible first, then once to each.
fn company(office: &mut Office, number: &str) {
    let people = readers(&office.rows("people"));
    let number = number.to_owned();
    let notice = office.until("the internal notice is tried", |office| {
        let list = office.must(LEAD, "GET", &format!("/releases/{number}/notices"), Value::Null);
        let found = list.as_array()?.iter().find(|it| it["step"] == "internal_notice")?.clone();
        let id = found["id"].as_str().filter(|it| !it.is_empty())?.to_owned();
        let detail = office.must(LEAD, "GET", &format!("/notices/{id}"), Value::Null);
        let all = detail["deliveries"].as_array()?;
        let retried = all.iter().any(|it| it["error"].is_string() && it["next_try"].is_string());
        retried.then_some(id)
    });
    let board = office.must("dev1", "GET", "/board", Value::Null);
    assert!(board.to_string().contains(&number), "the board does not wait for mail: {board}");
    office.mail_up();
    office.at("2031-09-08T03:00:00Z");
    let sent = letters(office, "internal", &people);
    let of_admin = sent.iter().find(|it| it.to[0].starts_with("admin@")).expect("a mail");
    assert!(of_admin.text().contains("http://"), "a link to confirm: {}", of_admin.text());
    let body = json!({});
    office.must("dev1", "POST", &format!("/notices/{notice}/acknowledge"), body);
}

/// Customers and the community hear of it; nothing internal leaves the house.
fn community(office: &mut Office, number: &str, sites: &[Row]) -> Vec<Mail> {
    let keys: BTreeSet<&str> = sites.iter().map(|it| it["key"].as_str()).collect();
    let mut contacts = office.rows("contacts");
    contacts.retain(|it| keys.contains(it["site"].as_str()));
    let expected = readers(&contacts);
    let people = readers(&office.rows("people"));
    office.at("2031-09-21T03:00:00Z");
    let sent = letters(office, "community", &expected);
    for mail in &sent {
        assert!(!people.contains_key(&mail.to[0]), "only people outside");
        assert!(!mail.raw.contains("backup of the night"), "nothing internal");
        assert!(mail.text().contains(&format!("/public/{number}")), "{}", mail.text());
    }
    let page = office.send(LEAD, ("GET", &format!("/public/{number}")), &[], b"").text();
    assert!(page.contains("Export to a file") && page.contains("New features"), "{page}");
    assert!(!page.contains("backup of the night"), "nothing internal");
    let feed = office.send(LEAD, ("GET", "/public/feed.atom"), &[], b"");
    assert!(feed.text().contains(office.is.version), "{}", feed.text());
    sent
}

/// The link to the site's own page in a mail.
fn own_page(mail: &Mail) -> String {
    let text = mail.text();
    let at = text.find("/p/").unwrap_or_else(|| panic!("no link: {text}"));
    text[at..].split_whitespace().next().expect("a path").to_owned()
}

/// Sites answer by their links; a link opens one site and nothing else.
fn answers(office: &mut Office, letters: &[Mail], sites: &[Row], number: &str) -> Vec<String> {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let mut accepted = Vec::new();
    for (index, site) in sites.iter().enumerate() {
        let from = format!(".{}@", site["key"]);
        let Some(mail) = letters.iter().find(|it| it.to[0].contains(&format!("admin{from}")))
        else {
            let body = json!({ "decision": "accept" });
            let path = format!("/sites/{}/releases/{number}/decision", site["key"]);
            office.must(LEAD, "POST", &path, body);
            accepted.push(site["key"].clone());
            continue;
        };
        let page = own_page(mail);
        let shown = office.send(LEAD, ("GET", &page), &[], b"");
        assert_eq!(shown.status, 200, "{}", shown.text());
        // Letters may have come in decomposed; the name is kept in one form.
        let kept = office.must(LEAD, "GET", &format!("/sites/{}", site["key"]), Value::Null);
        let name = kept["name"].as_str().expect("a name");
        assert!(shown.text().contains(name), "{name}: {}", shown.text());
        let read = office.send(LEAD, ("POST", &format!("{page}/read")), &form, b"");
        assert!(read.status < 400, "{}", read.text());
        let (what, body) = if index == 1 { ("decline", "reason=year+end") } else { ("accept", "") };
        let done = office.send(LEAD, ("POST", &format!("{page}/{what}")), &form, body.as_bytes());
        assert!(done.status < 400, "{what}: {}", done.text());
        if what == "accept" {
            accepted.push(site["key"].clone());
        }
    }
    let wrong = format!("{}x", own_page(&letters[0]));
    assert_eq!(office.send(LEAD, ("GET", &wrong), &[], b"").status, 404);
    accepted
}

/// Support talks to everybody who needs it; then the sites are upgraded and told about.
fn upgrade(office: &mut Office, number: &str, accepted: &[String], declined: Option<&str>) {
    office.at("2031-10-11T12:30:00Z");
    let report = ["site", "report", number, &accepted[0], "--outcome", "succeeded"];
    office.refused("support.head", &report, 2, &["--evidence"]);
    for site in accepted {
        let report =
            ["site", "report", number, site, "--outcome", "succeeded", "--evidence", "about box"];
        office.ok("support.head", &report);
    }
    if let Some(site) = declined {
        let report =
            ["site", "report", number, site, "--outcome", "succeeded", "--evidence", "about box"];
        office.refused("support.head", &report, 3, &["[site_declined]"]);
    }
    let product = office.is.products[0].0;
    let old =
        ["site", "list", "--product", product, "--older-than", office.is.version, "-o", "csv"];
    let old = office.ok("support.head", &old);
    assert!(!old.contains(&format!("{},", accepted[0])), "{old}");
}

/// After the upgrade the sites are asked, answer by their links, and the release is closed.
fn closing(office: &mut Office, number: &str, sites: &[Row], accepted: &[String]) {
    office.at("2031-10-26T03:00:00Z");
    office.until("the sites are verified", |office| {
        let state = office.step_state(LEAD, number, "applied");
        matches!(state.as_str(), "ready" | "active").then_some(())
    });
    for step in ["applied", "site_versions"] {
        office.ok("support.head", &["done", number, step]);
    }
    let mut contacts = office.rows("contacts");
    contacts.retain(|it| accepted.contains(&it["site"]));
    let expected = readers(&contacts);
    let asked = letters(office, "feedback", &expected);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = b"outcome=partly&problems=slow+start&ideas=dark+mode&rating=4";
    let page = own_page(&asked[0]);
    let told = office.send(LEAD, ("POST", &format!("{page}/feedback")), &form, body);
    assert!(told.status < 400, "{}", told.text());
    office.until("feedback is taken note of", |office| {
        (office.step_state(LEAD, number, "feedback") == "done").then_some(())
    });
    let listed = office.page(LEAD, &format!("/releases/{number}/sites"));
    assert!(listed.contains("slow start") && listed.contains("dark mode"), "{listed}");
    // A mail is read before the server has noted that it went out.
    office.until("the letters are known as sent", |office| {
        (office.step_state(LEAD, number, "feedback_request") == "done").then_some(())
    });
    let site = sites.iter().find(|it| asked[0].to[0].contains(&it["key"])).expect("a site");
    let site = office.must(LEAD, "GET", &format!("/sites/{}", site["key"]), Value::Null);
    assert!(site.to_string().contains("installed"), "{site}");
    office.ok(LEAD, &["done", number, "archive"]);
    office.ok(LEAD, &["release", "close", number, "--code", "success", "--remark", "pilot sites"]);
    let bundle = office.file("bundle.zip", "");
    office.ok(LEAD, &["release", "evidence", number, "--to", &bundle]);
    office.ok(LEAD, &["record", "verify", &bundle]);
    let closed = office.ok(LEAD, &["release", "list", "--state", "closed", "-o", "csv"]);
    assert!(closed.contains(number), "{closed}");
}

fn story(is: Organization, database: Option<String>) {
    let mut office = Office::open(is, database);
    lists(&mut office);
    let sites = scope(&office);
    let number = application(&mut office, &sites);
    decision(&mut office, &number);
    refusals(&mut office, &number);
    company(&mut office, &number);
    let told = community(&mut office, &number, &sites);
    office.talk_to_sites("support.head", &number);
    let accepted = answers(&mut office, &told, &sites, &number);
    let declined = sites.iter().map(|it| &it["key"]).find(|it| !accepted.contains(it)).cloned();
    upgrade(&mut office, &number, &accepted, declined.as_deref());
    closing(&mut office, &number, &sites, &accepted);
    office.close();
}

// proves: S0-13/A S0-13/C S0-16/A S0-21/A S0-28/C S3-81/A S4i-02/A
#[test]
fn a_korean_vendor_on_sqlite() {
    story(HANBIT, None);
}

#[test]
fn a_vietnamese_vendor_on_postgres() {
    let postgres = Postgres::shared();
    story(SAOMAI, Some(postgres.database()));
}

#[test]
fn a_chinese_vendor_on_sqlite() {
    story(HUADONG, None);
}

// proves: S2-32/A S2-45/A
#[test]
fn a_planned_upgrade_on_postgres() {
    let postgres = Postgres::shared();
    let mut office = Office::open(HUADONG, Some(postgres.database()));
    lists(&mut office);
    crate::upgrade::planned(&mut office, HUADONG.version);
    office.close();
}

#[test]
fn a_planned_upgrade_on_sqlite() {
    let mut office = Office::open(HANBIT, None);
    lists(&mut office);
    crate::upgrade::planned(&mut office, HANBIT.version);
    office.close();
}

#[test]
fn an_emergency_upgrade_on_sqlite() {
    let mut office = Office::open(SAOMAI, None);
    lists(&mut office);
    crate::upgrade::emergency(&mut office, SAOMAI.version);
    office.close();
}
