//! Gray release inside a site: a part of its people gets the version first, on an instance of their
//! own. What goes wrong there reaches nobody else, and what goes well reaches everybody.

use crate::office::Office;
use crate::place::{self, Client};
use crate::world::UNCHECKED;
use roadbook_testkit::postgres::Postgres;
use serde_json::{Value, json};

const OLD: &str = "V3.0.0.0000";
const NEW: &str = "V3.0.0.0001";
const WHO: &str = "project_manager";

/// Each site decides; then pilot users, then everybody.
fn process() -> String {
    let t = r#"{ en = "Title", ko = "제목", vi = "Tiêu đề", zh = "标题" }"#;
    let step = |id: &str, more: &str| {
        format!(
            "\n  [[phase.step]]\n  id = \"{id}\"\n  title = {t}\n  description = {t}\n  \
             effort = \"1h\"\n  {more}\n"
        )
    };
    let phase = |id: &str| format!("\n[[phase]]\nid = \"{id}\"\ntitle = {t}\n");
    let asked = format!(
        "kind = \"decision\"\n  ask = {t}\n  role = [\"site.contact(admin)\", \"release_lead\"]\n  \
         each = \"site\"\n  joins = \"all_or_reason\"\n  outcome.accept = {{ go = [\"update\"] }}\n  \
         outcome.postpone = {{ ask_again = \"answer.date\" }}\n  \
         outcome.decline = {{ skip = [\"update\"], reason = true }}"
    );
    let waves = "kind = \"rollout\"\n  role = \"release_lead\"\n  due = \"T..Tend\"\n    \
        [[phase.step.wave]]\n    name = \"pilot users\"\n    of = \"user_group\"\n    \
        sites = 'has_tag(site, \"pilot\")'\n    soak = \"1h\"\n    \
        [[phase.step.wave]]\n    name = \"everybody\"\n    of = \"site\"\n    share = \"100%\"";
    format!(
        "{UNCHECKED}\nformat = 1\nid = \"test/gray\"\nsubject = \"release\"\ntitle = {t}\n\
         description = {t}\ncontrol = {{ number = \"T-4\", owner = \"release_lead\", \
         confidentiality = \"internal\", effective = \"2026-01-01\", note = \"first\" }}\n\
         go_live = \"update\"\n\n[[role]]\nid = \"release_lead\"\ntitle = {t}\nduty = {t}\n{}{}{}{}{}{}",
        phase("decisions"),
        step("site_decision", &asked),
        phase("live"),
        step("update", waves),
        phase("closing"),
        step("close", "kind = \"archive\"\n  role = \"release_lead\"\n  always = true"),
    )
}

fn whole(key: &str, tags: &[&str]) -> Value {
    let name = format!("{}{}", key[..1].to_uppercase(), &key[1..]);
    json!({
        "key": key, "name": name, "zone": "Asia/Ho_Chi_Minh", "lang": "vi", "tags": tags,
        "customer": "Hanbit", "class": "bank",
    })
}

fn part(of: &str, key: &str, name: &str, tags: &[&str]) -> Value {
    json!({ "key": key, "name": name, "part_of": of, "part": "user_group", "tags": tags })
}

struct Story {
    office: Office,
    release: String,
}

impl Story {
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/releases/{}/{rest}", self.release)
    }

    async fn get(&self, path: &str) -> Value {
        self.office.must(WHO, "GET", path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.office.must(WHO, "POST", path, body).await
    }

    async fn report(&self, site: &str, outcome: &str) {
        let detail = self.get(&format!("/api/v1/sites/{site}")).await;
        let generation = detail["releases"][0]["generation"].clone();
        let body = json!({
            "site": site, "outcome": outcome, "evidence": "about box", "generation": generation,
            "note": "seen",
        });
        self.post(&self.path("deployments"), body).await;
        self.office.settle().await;
    }

    /// How each place of the newest rollout stands.
    async fn stand(&self) -> Vec<(String, i64, String)> {
        let page = self.get(&self.path("rollout/sites")).await;
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let rows = page["rows"].as_array().unwrap().iter();
        let mut list: Vec<_> = rows
            .map(|it| (text(&it["name"]), it["wave"].as_i64().unwrap(), text(&it["at"])))
            .collect();
        list.sort();
        list
    }

    async fn state(&self) -> (String, i64) {
        let rollout = self.get(&self.path("rollout")).await;
        (rollout["state"].as_str().unwrap().to_owned(), rollout["wave"].as_i64().unwrap())
    }

    async fn step(&self, id: &str) -> String {
        let detail = self.get(&format!("/api/v1/releases/{}", self.release)).await;
        let steps = detail["steps"].as_array().unwrap();
        steps.iter().find(|it| it["id"] == id).unwrap()["state"].as_str().unwrap().to_owned()
    }
}

fn keys(sites: &Value) -> Vec<&str> {
    let mut list: Vec<&str> =
        sites.as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
    list.sort_unstable();
    list
}

/// Sites and their parts; what is no part of a site is refused with the field that is wrong.
async fn places(office: &Office) {
    for body in [whole("hanoi", &[]), whole("seoul", &["pilot"]), whole("busan", &["pilot"])] {
        office.must(WHO, "POST", "/api/v1/sites", body).await;
    }
    for body in [
        part("hanoi", "hanoi-pilot", "Pilot users", &["pilot"]),
        part("hanoi", "hanoi-rest", "Everybody else", &[]),
        // Its site has the tag: so has the part.
        part("busan", "busan-pilot", "Pilot users", &[]),
    ] {
        office.must(WHO, "POST", "/api/v1/sites", body).await;
    }
    let with = |mut body: Value, field: &str, value: &str| {
        body[field] = json!(value);
        body
    };
    let fine = || part("hanoi", "hanoi-x", "X", &[]);
    let invalid = [
        (with(fine(), "part_of", "nowhere"), "part_of", "unknown"),
        (with(fine(), "zone", "Asia/Seoul"), "zone", "of_site"),
        (with(fine(), "lang", "ko"), "lang", "of_site"),
        (with(fine(), "customer", "Other"), "customer", "of_site"),
        (with(fine(), "update_authority", "vendor"), "update_authority", "of_site"),
        (with(fine(), "part", "floor"), "part", "unknown"),
        (with(fine(), "part", "site"), "part", "required"),
        (with(whole("hue", &[]), "part", "environment"), "part_of", "required"),
    ];
    for (body, field, code) in invalid {
        let told = office.refused(WHO, "POST", "/api/v1/sites", body, (422, "invalid")).await;
        let wrong = &told["errors"][0];
        assert_eq!((&wrong["field"], &wrong["code"]), (&json!(field), &json!(code)), "{told}");
    }
    let deeper = with(fine(), "part_of", "hanoi-pilot");
    office.refused(WHO, "POST", "/api/v1/sites", deeper, (409, "part_of_part")).await;
    let contact = json!({ "name": "A", "lang": "vi", "kind": "admin", "active": true });
    let path = "/api/v1/sites/hanoi-pilot/contacts";
    office.refused(WHO, "POST", path, contact, (409, "part_of_site")).await;

    // What goes for a site goes for its parts, now and when it changes.
    let mut moved = whole("hanoi", &[]);
    moved["zone"] = json!("Asia/Seoul");
    moved["lang"] = json!("ko");
    moved["update_authority"] = json!("customer");
    office.must(WHO, "PUT", "/api/v1/sites/hanoi", moved).await;
    let one = office.must(WHO, "GET", "/api/v1/sites/hanoi-pilot", Value::Null).await;
    for (field, value) in [
        ("zone", "Asia/Seoul"),
        ("lang", "ko"),
        ("customer", "Hanbit"),
        ("class", "bank"),
        ("part", "user_group"),
        ("part_of_key", "hanoi"),
    ] {
        assert_eq!(one[field], value, "{one}");
    }
    let whole = office.must(WHO, "GET", "/api/v1/sites/hanoi", Value::Null).await;
    assert_eq!(keys(&whole["parts"]), ["hanoi-pilot", "hanoi-rest"], "{whole}");
    let listed = office.must(WHO, "GET", "/api/v1/sites?part_of=hanoi", Value::Null).await;
    assert_eq!(keys(&listed["rows"]), ["hanoi-pilot", "hanoi-rest"], "{listed}");
    // A part keeps its site, and is changed without naming it.
    let other = part("seoul", "hanoi-rest", "Everybody else", &[]);
    let told =
        office.refused(WHO, "PUT", "/api/v1/sites/hanoi-rest", other, (422, "invalid")).await;
    assert_eq!(told["errors"][0]["code"], "fixed", "{told}");
    let named = json!({ "key": "hanoi-rest", "name": "All others" });
    office.must(WHO, "PUT", "/api/v1/sites/hanoi-rest", named).await;
}

/// A release is for whole sites, and their parts come along.
async fn opened(url: Option<String>) -> Story {
    let office = Office::open(url, &["release_lead", WHO]).await;
    places(&office).await;
    for site in ["hanoi-pilot", "hanoi-rest", "seoul", "busan-pilot"] {
        let since = json!({
            "product": "erp", "version": OLD, "since": "2026-01-01T00:00:00Z", "evidence": "seen",
        });
        office.must(WHO, "POST", &format!("/api/v1/sites/{site}/versions"), since).await;
    }
    let owner = office.world.person(
        "owner",
        &office.world.root,
        &[("process_owner", roadbook_core::access::Scope::All)],
    );
    let owner = office.world.call_of(&owner.await).await;
    office.world.app.process_publish(&owner, &process(), "first").await.unwrap();
    let new = |sites: &[&str]| {
        json!({
            "product": "erp", "process": "test/gray", "version": NEW, "title": "Spring",
            "kind": "", "sites": sites, "lead": "release_lead",
            "items": [{ "title": { "en": "Export" }, "kind": "code", "purpose": "feature" }],
        })
    };
    let alone = new(&["hanoi-pilot"]);
    let told = office.refused(WHO, "POST", "/api/v1/releases", alone, (422, "invalid")).await;
    assert_eq!(told["errors"][0]["code"], "part_of_site", "{told}");
    let made =
        office.must(WHO, "POST", "/api/v1/releases", new(&["hanoi", "seoul", "busan"])).await;
    let release = made["id"].as_str().unwrap().to_owned();
    place::ships_a_file(&office, &release, NEW).await;
    Story { office, release }
}

async fn story(url: Option<String>) {
    let mut story = Box::pin(opened(url)).await;
    let detail = story.get(&format!("/api/v1/releases/{}", story.release)).await;
    assert_eq!(detail["sites"], 3, "whole sites are counted: {detail}");
    let client = Client::enroll(&story.office, "hanoi-pilot").await;
    let lead = "release_lead";
    story.office.must(lead, "POST", &story.path("start"), json!({})).await;
    let slot = json!({ "start": "2026-02-14T12:00:00Z", "end": "2026-02-24T15:00:00Z" });
    story.office.must(lead, "PUT", &story.path("slot"), slot).await;

    // The site decides, and its decision goes for its parts.
    let answer = |site: &str| format!("/api/v1/sites/{site}/releases/{}/decision", story.release);
    let yes = json!({ "decision": "accept", "reason": "" });
    let office = &story.office;
    let refused = (409, "part_of_site");
    office.refused(WHO, "POST", &answer("hanoi-pilot"), yes.clone(), refused).await;
    for site in ["hanoi", "seoul"] {
        office.must(WHO, "POST", &answer(site), yes.clone()).await;
    }
    assert_ne!(story.step("site_decision").await, "done", "a third site has not answered");
    let no = json!({ "decision": "decline", "reason": "year end" });
    office.must(WHO, "POST", &answer("busan"), no).await;
    office.settle().await;
    assert_eq!(story.step("site_decision").await, "done", "three sites, three answers");

    let preview = story.get(&story.path("rollout/preview")).await;
    let waves = preview["waves"].as_array().unwrap();
    assert_eq!((&waves[0]["of"], &waves[1]["of"]), (&json!("user_group"), &json!("site")));
    assert_eq!(keys(&waves[0]["sites"]), ["hanoi-pilot"], "{preview}");
    assert_eq!(keys(&waves[1]["sites"]), ["hanoi-rest", "seoul"], "{preview}");
    assert_eq!(keys(&preview["declined"]), ["busan-pilot"], "{preview}");
    assert_eq!(waves[0]["sites"][0]["name"], "Hanoi › Pilot users");
    story.office.at("2026-02-14T12:30:00Z").await;
    story.office.settle().await;
    let stands = |pilot: &str, others: &str| {
        [("Hanoi › All others", 2, others), ("Hanoi › Pilot users", 1, pilot), ("Seoul", 2, others)]
            .map(|(name, wave, at)| (name.to_owned(), wave, at.to_owned()))
    };
    // The site agreed: the agent of its part need not be asked again.
    assert_eq!(story.stand().await, stands("ordered", "scheduled"));
    client.is_ordered(&story.office).await;

    // Nothing is reported of the site as a whole.
    let body = json!({ "site": "hanoi", "outcome": "installed", "evidence": "about box" });
    let told = (409, "site_has_parts");
    story.office.refused(WHO, "POST", &story.path("deployments"), body, told).await;

    // The pilot users have trouble: nobody else gets anything.
    story.report("hanoi-pilot", "failed").await;
    assert_eq!(story.state().await, ("halted".to_owned(), 1));
    story.office.at("2026-02-15T12:30:00Z").await;
    story.office.settle().await;
    assert_eq!(story.stand().await, stands("failed", "held"));
    let back = json!({ "wave": 1, "reason": "the export is empty" });
    story.post(&story.path("rollout/rollback"), back).await;
    story.report("hanoi-pilot", "rolled_back").await;
    let runs = story.get("/api/v1/sites/hanoi-pilot").await;
    assert_eq!(runs["versions"][0]["version"], OLD, "{runs}");

    // Round two: it goes well, and widens.
    let why = |site: &str| json!({ "site": site, "reason": "the fix is in" });
    let lift = json!({ "reason": "the fix is in" });
    story.post(&story.path("rollout/retry"), why("hanoi-pilot")).await;
    story.post(&story.path("rollout/lift"), lift).await;
    story.report("hanoi-pilot", "installed").await;
    assert_eq!(story.state().await, ("soaking".to_owned(), 1));
    story.office.at("2026-02-15T18:30:00Z").await;
    story.office.settle().await;
    assert_eq!(story.stand().await, stands("installed", "by_hand"));
    assert_eq!(story.step("update").await, "active");
    for site in ["hanoi-rest", "seoul"] {
        story.report(site, "installed").await;
    }
    assert_eq!(story.state().await, ("finished".to_owned(), 2));
    // The site that declined and the roofs of parts hold nothing open.
    assert_eq!(story.step("update").await, "done");
    let hanoi = story.get("/api/v1/sites/hanoi").await;
    for part in hanoi["parts"].as_array().unwrap() {
        assert_eq!(part["versions"][0]["version"], NEW, "{hanoi}");
        assert_eq!(part["outcome"], "installed", "{hanoi}");
    }
    let feedback = json!({ "success": "yes", "problems": "", "ideas": "", "rating": 5 });
    let give = |site: &str| format!("/api/v1/sites/{site}/releases/{}/feedback", story.release);
    story.office.refused(WHO, "POST", &give("hanoi-pilot"), feedback.clone(), refused).await;
    story.post(&give("hanoi"), feedback).await;
    let checkup = story.office.world.app.health(&story.office.world.admin().await).await.unwrap();
    assert!(checkup.findings.is_empty(), "{:?}", checkup.findings);
}

// proves: S4h-06/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_reaches_some_users_first_on_sqlite() {
    story(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_reaches_some_users_first_on_postgres() {
    story(Some(Postgres::shared().database())).await;
}
