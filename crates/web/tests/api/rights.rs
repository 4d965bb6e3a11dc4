//! Who may do what, over the API: only the authorized let a release go, rights follow the tree of
//! the organization, and whoever holds a release is named.

use crate::world::{PASSWORD, Reply, World};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

struct Desk {
    world: World,
    tokens: BTreeMap<String, String>,
}

impl Desk {
    async fn open() -> Desk {
        Desk { world: World::new().await, tokens: BTreeMap::new() }
    }

    async fn call(&self, who: &str, method: &str, path: &str, body: Value) -> Reply {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let key = KEYS.fetch_add(1, Ordering::SeqCst);
        let token = self.tokens.get(who).or_else(|| Some(&self.world.people[who].token)).unwrap();
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("rights-{key}"))
            .body(if method == "GET" { Body::empty() } else { Body::from(body.to_string()) });
        self.world.send(request.unwrap()).await
    }

    async fn must(&self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let reply = self.call(who, method, path, body).await;
        assert!(reply.status.is_success(), "{who} {method} {path}: {reply:?}");
        reply.json()
    }

    async fn refused(&self, who: &str, path: &str, body: Value, expected: (u16, &str)) {
        let reply = self.call(who, "POST", path, body).await;
        let got = (reply.status.as_u16(), reply.code());
        assert_eq!((got.0, got.1.as_str()), expected, "{who} {path}: {reply:?}");
    }

    /// Somebody with roles in a unit, signed in over the API.
    async fn person(&mut self, login: &str, unit: &str, roles: &[&str]) {
        let body = json!({
            "name": format!("{login} Kim"), "login": login, "lang": "ko",
            "zone": "Asia/Seoul", "unit": unit,
        });
        let made = self.must("admin", "POST", "/people", body).await;
        let person = made["id"].as_str().unwrap();
        for role in roles {
            let grant = json!({ "role": role, "scope": "unit", "scope_id": unit });
            self.must("admin", "POST", &format!("/people/{person}/roles"), grant).await;
        }
        let link = self.must("admin", "POST", &format!("/people/{person}/invite"), json!({})).await;
        let set = json!({ "link": link["secret"], "password": PASSWORD });
        self.must("admin", "POST", "/password", set).await;
        let sign_in = json!({ "login": login, "password": PASSWORD });
        let token = self.must("admin", "POST", "/session", sign_in).await;
        self.tokens.insert(login.to_owned(), token["token"].as_str().unwrap().to_owned());
    }

    /// A release of the starter process in the unit `own`, under way, held by three people.
    async fn release(&mut self) -> String {
        let unit = self.world.own.unit.to_string();
        self.person("lead", &unit, &["manager", "release_lead"]).await;
        self.person("tester", &unit, &["member", "tester"]).await;
        self.person("approver", &unit, &["member", "approver"]).await;
        let new = json!({
            "product": self.world.own.product.as_str(), "process": "starter/release",
            "version": "2.0.0", "title": "Spring", "kind": "upgrade", "lead": "lead",
        });
        let made = self.must("lead", "POST", "/releases", new).await;
        let path = format!("/releases/{}", made["id"].as_str().unwrap());
        self.must("lead", "POST", &format!("{path}/start"), json!({})).await;
        path
    }

    async fn plan(&self, path: &str) {
        let text = "# Plan\n\n## What changes\n\nExport.\n\n## The way back\n\nRestore.\n";
        let paper = format!("{path}/documents/release_plan");
        self.must("lead", "PUT", &paper, json!({ "text": text })).await;
        self.must("lead", "POST", &format!("{path}/steps/plan/done"), json!({})).await;
    }

    async fn test(&self, path: &str) {
        let check = format!("{path}/steps/test/checks/works");
        self.must("tester", "PUT", &check, json!({ "yes": true })).await;
        self.must("tester", "POST", &format!("{path}/steps/test/done"), json!({})).await;
    }

    async fn ballot(&self, path: &str) -> Value {
        let detail = self.must("lead", "GET", path, Value::Null).await;
        let steps = detail["steps"].as_array().unwrap();
        let step = steps.iter().find(|it| it["id"] == "approve").unwrap();
        json!({ "verdict": "approve", "comment": "read", "digest": step["digest"] })
    }
}

// proves: S4c-09/A
#[tokio::test]
async fn only_who_is_authorized_lets_a_release_go_and_only_after_its_test() {
    let mut desk = Desk::open().await;
    let path = desk.release().await;
    let vote = format!("{path}/steps/approve/vote");
    let ballot = json!({ "verdict": "approve", "comment": "", "digest": "00" });
    desk.must("approver", "POST", "/session/step-up", json!({ "password": PASSWORD })).await;
    desk.refused("approver", &vote, ballot, (409, "not_yet")).await;
    desk.plan(&path).await;
    desk.test(&path).await;
    let ballot = desk.ballot(&path).await;
    for who in ["tester", "lead"] {
        desk.must(who, "POST", "/session/step-up", json!({ "password": PASSWORD })).await;
        desk.refused(who, &vote, ballot.clone(), (403, "not_yours")).await;
    }
    let site = json!({
        "site": desk.world.own.site, "outcome": "installed", "evidence": "seen",
    });
    let early = desk.call("lead", "POST", &format!("{path}/deployments"), site).await;
    assert_eq!(early.status.as_u16(), 409, "nothing goes out before it is let go: {early:?}");
    desk.must("approver", "POST", &vote, ballot).await;
    let detail = desk.must("lead", "GET", &path, Value::Null).await;
    let steps = detail["steps"].as_array().unwrap();
    assert!(steps.iter().any(|it| it["id"] == "approve" && it["state"] == "done"), "{detail}");
}

// proves: S4i-05/A
#[tokio::test]
async fn who_holds_a_release_is_found_through_everything_that_waits() {
    let mut desk = Desk::open().await;
    let path = desk.release().await;
    for (step, name) in [("plan", "lead Kim"), ("test", "tester Kim"), ("approve", "approver Kim")]
    {
        let detail = desk.must("lead", "GET", &path, Value::Null).await;
        let chain = detail["holders"].as_array().unwrap();
        assert_eq!(chain[0]["step"], "go_live", "it begins with what is wanted: {chain:?}");
        let last = chain.last().unwrap();
        assert_eq!((&last["step"], &last["people"]), (&json!(step), &json!([name])), "{chain:?}");
        assert_eq!(detail["waiting"], step, "the list names the same step");
        match step {
            "plan" => desk.plan(&path).await,
            "test" => desk.test(&path).await,
            _ => {}
        }
    }
}

// proves: S2-06/A
#[tokio::test]
async fn rights_follow_the_tree_of_the_organization() {
    let mut desk = Desk::open().await;
    let own = desk.world.own.unit.to_string();
    let branch = json!({
        "name": "Branch", "kind": "subsidiary", "parent": own, "zone": "Asia/Seoul",
    });
    let branch = desk.must("admin", "POST", "/units", branch).await;
    let branch = branch["id"].as_str().unwrap().to_owned();
    desk.person("branch-lead", &branch, &["manager", "release_lead"]).await;
    let product = json!({ "key": "branch-erp", "name": "Branch ERP", "unit": branch });
    desk.must("branch-lead", "POST", "/products", product).await;
    let new = json!({
        "product": "branch-erp", "process": "starter/release", "version": "V1.0.0.0001",
        "title": "Branch release", "kind": "upgrade", "lead": "branch-lead",
    });
    let made = desk.must("branch-lead", "POST", "/releases", new).await;
    let made = made["id"].as_str().unwrap().to_owned();
    // The head office's process is there for everybody below it.
    desk.must("branch-lead", "GET", "/processes/starter%2Frelease", Value::Null).await;
    let seen = |who: &'static str| {
        let desk = &desk;
        async move {
            let list = desk.must(who, "GET", "/releases", Value::Null).await;
            let rows = list["rows"].as_array().unwrap().clone();
            assert_eq!(list["total"], rows.len(), "counts know who asks too");
            let mut titles: Vec<String> =
                rows.iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect();
            titles.sort();
            titles
        }
    };
    assert_eq!(seen("branch-lead").await, ["Branch release"]);
    assert_eq!(seen("manager").await, ["Branch release", "own release"], "above the branch");
    assert_eq!(seen("admin").await, ["Branch release", "canary release", "own release"]);
    for (who, release, status) in [
        ("manager", made.as_str(), 200),
        ("branch-lead", desk.world.own.release.as_str(), 404),
        ("branch-lead", desk.world.foreign.release.as_str(), 404),
        ("manager", desk.world.foreign.release.as_str(), 404),
    ] {
        let reply = desk.call(who, "GET", &format!("/releases/{release}"), Value::Null).await;
        assert_eq!(reply.status.as_u16(), status, "{who} {release} {reply:?}");
    }
}
