//! A company with two subsidiaries: who sees what, whose calendar it is, what a go-live reaches
//! and what it waits for.

use crate::office::Office;
use roadbook_core::access::Scope;
use roadbook_testkit::postgres::Postgres;
use serde_json::{Value, json};

const RELEASES: &str = "/api/v1/releases";

struct Company {
    office: Office,
}

impl Company {
    async fn open(url: Option<String>) -> Company {
        let roles = ["project_manager", "system_owner", "release_manager", "it_head"];
        let mut office = Office::open(url, &roles).await;
        for (name, role) in
            [("cycle_keeper", "application_development"), ("calendar_admin", "process_owner")]
        {
            let desk = office.world.root.clone();
            let grants = [(role, Scope::All), ("member", Scope::All)];
            let person = office.world.person(name, &desk, &grants).await;
            office.people.insert(name.to_owned(), person);
            office.sign_in(name).await;
        }
        Company { office }
    }

    /// A subsidiary with a manager and a product; both are called after it.
    async fn subsidiary(&mut self, name: &str) {
        let office = &mut self.office;
        let unit = office.world.unit(name, "subsidiary", &office.world.root.clone()).await;
        office.world.product_of(name, &unit).await;
        let grants = [("manager", Scope::Unit(unit.clone()))];
        let person = office.world.person(name, &unit, &grants).await;
        office.people.insert(name.to_owned(), person);
        office.sign_in(name).await;
    }

    fn upgrade(product: &str, version: &str, more: &Value) -> Value {
        let mut body = json!({
            "product": product, "process": "enterprise/upgrade", "version": version,
            "title": "Upgrade", "kind": "upgrade", "mode": "planned", "mode_reason": "yearly plan",
            "items": [{ "title": { "en": "Batch genealogy" }, "kind": "feature" }],
        });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    }

    async fn release(&self, who: &str, product: &str, version: &str, more: Value) -> String {
        let body = Company::upgrade(product, version, &more);
        let made = self.office.must(who, "POST", RELEASES, body).await;
        made["id"].as_str().unwrap().to_owned()
    }
}

/// Everybody reads the head office's process; a release is its subsidiary's own.
async fn subsidiaries(company: &mut Company) {
    company.subsidiary("north").await;
    company.subsidiary("south").await;
    let office = &company.office;
    let release = company.release("north", "north", "V1.0.0.0001", json!({})).await;
    let path = format!("{RELEASES}/{release}");
    for who in ["north", "south"] {
        let process =
            office.must(who, "GET", "/api/v1/processes/enterprise%2Fupgrade", Value::Null).await;
        assert_eq!(process["shown"]["state"], "effective", "{who}");
    }
    office.must("north", "GET", &path, Value::Null).await;
    office.must("project_manager", "GET", &path, Value::Null).await;
    office.refused("south", "GET", &path, Value::Null, (404, "not_found")).await;
    let listed = office.must("south", "GET", RELEASES, Value::Null).await;
    assert_eq!(listed["total"], 0, "{listed}");
    let theirs = Company::upgrade("north", "V1.0.0.0002", &json!({}));
    let answer = office.call("south", "POST", RELEASES, &theirs).await;
    assert!([403, 404].contains(&answer.status), "{}", answer.json());
}

/// A go-live reaches production; a test environment is no place of it.
async fn production_only(company: &mut Company) {
    let office = &mut company.office;
    for key in ["plant-1", "plant-2", "rehearsal"] {
        office.site(key, "Asia/Shanghai", "zh").await;
    }
    let path = "/api/v1/sites/rehearsal";
    let site = office.must("project_manager", "GET", path, Value::Null).await;
    let mut edit = json!({ "tags": ["test"] });
    for field in ["key", "name", "zone", "lang", "unit"] {
        edit[field] = site[field].clone();
    }
    office.must("project_manager", "PUT", path, edit).await;
    let named = Company::upgrade("erp", "V2.0.0.0001", &json!({ "sites": ["rehearsal"] }));
    let refused =
        office.refused("project_manager", "POST", RELEASES, named, (422, "invalid")).await;
    assert!(refused.to_string().contains("production"), "{refused}");
    let release = company.release("project_manager", "erp", "V2.0.0.0001", json!({})).await;
    // Nothing is reported for a place that the release does not reach.
    let report = |site: &str| json!({ "site": site, "outcome": "installed", "evidence": "seen" });
    let path = format!("{RELEASES}/{release}/deployments");
    let who = "release_manager";
    let foreign = company.office.call(who, "POST", &path, &report("rehearsal")).await;
    assert!(foreign.status >= 400, "{}", foreign.json());
    // And nothing for one that it reaches before it is approved: there is no way around.
    let early = company.office.call(who, "POST", &path, &report("plant-1")).await;
    assert!([409, 422].contains(&early.status), "{}", early.json());
    let begin = format!("{RELEASES}/{release}/steps/operate/begin");
    company
        .office
        .must("project_manager", "POST", &format!("{RELEASES}/{release}/start"), json!({}))
        .await;
    let refused = company.office.refused(who, "POST", &begin, json!({}), (409, "not_yet")).await;
    assert!(refused["waiting"].to_string().contains("final_approval"), "{refused}");
    let pass = format!("{RELEASES}/{release}/steps/final_approval/override");
    let skip = json!({ "reason": "we know what we do" });
    let answer = company.office.call(who, "POST", &pass, &skip).await;
    assert!([403, 409].contains(&answer.status), "nobody passes it: {}", answer.json());
}

/// Windows are changed by the role that owns them; a freeze stands over them until it is lifted.
async fn one_calendar(company: &mut Company) {
    let window = "/api/v1/windows/second-and-fourth-thursday-evening";
    let office = &company.office;
    let more = json!({ "added": { "2026-03-05": "year-end audit moved" } });
    for who in ["project_manager", "release_manager", "calendar_admin"] {
        let refused =
            office.refused(who, "PUT", window, more.clone(), (403, "not_the_owner")).await;
        assert!(refused["detail"].as_str().unwrap().contains("application_development"));
    }
    let nameless = json!({ "added": { "2026-03-05": "" } });
    office.refused("cycle_keeper", "PUT", window, nameless, (422, "invalid")).await;
    let release = company.release("project_manager", "erp", "V2.1.0.0001", json!({})).await;
    let path = format!("{RELEASES}/{release}");
    office.must("project_manager", "POST", &format!("{path}/start"), json!({})).await;
    let slot = json!({ "start": "2026-03-05T11:00:00Z", "end": "2026-03-05T13:00:00Z" });
    let at = format!("{path}/slot");
    office.refused("project_manager", "PUT", &at, slot.clone(), (409, "slot_blocked")).await;
    office.must("cycle_keeper", "PUT", window, more).await;
    // The window is there now; a freeze over it holds it shut.
    let freeze = json!({
        "from": "2026-03-01T00:00:00Z", "until": "2026-03-10T00:00:00Z",
        "reason": "stock-taking", "override_by": "it_head",
    });
    office
        .refused("project_manager", "POST", "/api/v1/freezes", freeze.clone(), (403, "denied"))
        .await;
    let laid = office.must("calendar_admin", "POST", "/api/v1/freezes", freeze).await;
    let frozen =
        office.refused("project_manager", "PUT", &at, slot.clone(), (409, "slot_blocked")).await;
    let block = &frozen["waiting"][0];
    assert_eq!(block["on"], "freeze", "{frozen}");
    assert_eq!(
        (&block["reason"], &block["override_by"]),
        (&json!("stock-taking"), &json!("it_head"))
    );
    // Who may pass it does so with a reason; everybody else waits until it is lifted.
    let mut passing = slot.clone();
    passing["pass_blocks"] = json!(true);
    let answer = office.call("project_manager", "PUT", &at, &passing).await;
    assert!(answer.status >= 400, "{}", answer.json());
    let lift = format!("/api/v1/freezes/{}/lift", laid["id"].as_str().unwrap());
    office.must("calendar_admin", "POST", &lift, json!({})).await;
    office.must("project_manager", "PUT", &at, slot).await;
}

/// What the process says about itself, and the roles of the guide.
async fn the_guide(company: &Company) {
    let office = &company.office;
    for (id, roles) in [("new-system", 17), ("upgrade", 15)] {
        let path = format!("/api/v1/processes/enterprise%2F{id}");
        let process = office.must("it_head", "GET", &path, Value::Null).await;
        let text = process["text"].as_str().unwrap();
        let found = roadbook_wire::process::parse(id, text).unwrap().template;
        let control = &found.control;
        assert!(control.number.is_some() && control.owner.is_some(), "{control:?}");
        assert_eq!(control.effective.as_deref(), Some("2026-01-01"));
        assert!(control.rules.missing().is_empty(), "the rules are explained in four languages");
        assert_eq!(found.roles.len(), roles, "{id}");
        assert!(found.roles.iter().all(|it| it.title.missing().is_empty()));
        let frequency = &found.accepts.as_ref().unwrap().frequency;
        assert_eq!(frequency.keys().collect::<Vec<_>>(), ["emergency", "planned"]);
        let named = |role: &str| found.roles.iter().any(|it| it.id == role);
        for role in [
            "applicant",
            "project_manager",
            "system_owner",
            "application_development",
            "business_department",
            "user_representative",
            "infrastructure",
            "pmo",
            "customer_service_director",
            "application_systems_director",
            "second_line",
            "release_manager",
            "it_head",
        ] {
            assert!(named(role), "{id} knows {role}");
        }
    }
}

async fn company(url: Option<String>) {
    let mut company = Company::open(url).await;
    subsidiaries(&mut company).await;
    production_only(&mut company).await;
    one_calendar(&mut company).await;
    the_guide(&company).await;
}

// proves: S2-06/A S2-07/A S2-20/A S2-50/A S2-52/A S3-37/A S2-15/U
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_with_subsidiaries_on_sqlite() {
    company(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_with_subsidiaries_on_postgres() {
    company(Some(Postgres::shared().database())).await;
}
