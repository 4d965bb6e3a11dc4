//! Where a product is installed at a site is recorded and compared before an order goes out; what
//! was deployed can be looked up afterwards; what is still open holds up the end.

use crate::http::{self, Answer};
use crate::office::Office;
use serde_json::{Value, json};

/// The release ships a file for clients of any kind.
pub async fn ships_a_file(office: &Office, release: &str, version: &str) {
    let world = &office.world;
    let product =
        roadbook_store::products::by_key(world.app.store(), "erp").await.unwrap().unwrap();
    let admin = world.admin().await;
    let file = world.keep(&admin, &product.id, version, "erp.swu", None).await;
    let named = json!({ "packages": [{ "name": file.name, "sha256": file.sha256 }] });
    office.must("project_manager", "PUT", &format!("/api/v1/releases/{release}"), named).await;
}

/// A client at a site, as anybody may write one.
pub struct Client {
    site: &'static str,
    token: String,
}

impl Client {
    /// Comes in with a token that works once.
    pub async fn enroll(office: &Office, site: &'static str) -> Client {
        let path = format!("/api/v1/sites/{site}/agent-token");
        let made = office.must("project_manager", "POST", &path, json!({})).await;
        let come = json!({ "token": made["secret"], "program": "a client 1" });
        let told = office.must("project_manager", "POST", "/api/v1/agents/enroll", come).await;
        Client { site, token: told["token"].as_str().unwrap().to_owned() }
    }

    async fn ask(&self, office: &Office, method: &str, rest: &str, body: Option<&Value>) -> Answer {
        let path = if rest.starts_with("http") {
            rest.split_once("/DEFAULT").map(|(_, path)| format!("/DEFAULT{path}")).unwrap()
        } else {
            format!("/DEFAULT/controller/v1/{}{rest}", self.site)
        };
        let token = format!("TargetToken {}", self.token);
        let head = [("authorization", token.as_str())];
        http::send(office.address, method, &path, None, &head, body).await
    }

    /// An order waits for it.
    pub async fn is_ordered(&self, office: &Office) {
        let poll = self.ask(office, "GET", "", None).await.json();
        assert!(poll["_links"]["deploymentBase"]["href"].is_string(), "{poll}");
    }

    async fn tells(&self, office: &Office, path: &str) {
        let facts = json!({ "mode": "merge", "data": { "path.erp": path } });
        let answer = self.ask(office, "PUT", "/configData", Some(&facts)).await;
        assert_eq!(answer.status, 200, "{}", answer.head);
    }
}

/// Where the product lies is said once and kept.
pub async fn is_recorded(office: &Office, site: &str) {
    let manager = "project_manager";
    let path = format!("/api/v1/sites/{site}/parameters");
    let set = |value: &str| json!({ "product": "erp", "name": "path", "value": value });
    office.must(manager, "PUT", &path, set("/srv/old")).await;
    office.must(manager, "PUT", &path, set("/srv/erp")).await;
    office.refused("support", "PUT", &path, set("/tmp"), (403, "denied")).await;
    let shown = office.must(manager, "GET", &path, Value::Null).await;
    let rows = shown["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{shown}");
    assert_eq!((&rows[0]["name"], &rows[0]["value"]), (&json!("path"), &json!("/srv/erp")));
    let site = office.must(manager, "GET", &format!("/api/v1/sites/{site}"), Value::Null).await;
    let stream = format!("site/{}", site["id"].as_str().unwrap());
    let entries =
        roadbook_store::record::stream_page(office.world.app.store(), &stream, 0, 1_000).await;
    let entries = entries.unwrap();
    let said = |text: &str| {
        entries.iter().filter(|it| String::from_utf8_lossy(&it.bytes).contains(text)).count()
    };
    assert_eq!((said("/srv/old"), said("/srv/erp")), (1, 1), "the former one stays on record");
}

/// Before anything is handed out, the site is compared with its record.
pub async fn is_compared(office: &Office, client: &Client) {
    client.tells(office, "/opt/erp").await;
    let poll = client.ask(office, "GET", "", None).await.json();
    let link = poll["_links"]["deploymentBase"]["href"].as_str();
    let link = link.unwrap_or_else(|| panic!("nothing is ordered: {poll}")).to_owned();
    let refused = client.ask(office, "GET", &link, None).await;
    assert_eq!(refused.status, 404, "{}", refused.json());
    let path = format!("/api/v1/sites/{}/agent", client.site);
    let shown = office.must("project_manager", "GET", &path, Value::Null).await;
    let note = shown["orders"][0]["note"].as_str().unwrap_or_default();
    assert!(note.contains("/opt/erp") && note.contains("/srv/erp"), "{shown}");
    client.tells(office, "/srv/erp").await;
    let order = client.ask(office, "GET", &link, None).await;
    assert_eq!(order.status, 200, "{}", order.json());
}

/// An open issue holds up the verification, and with it the end.
pub async fn an_issue_holds_up_the_end(office: &Office, release: &str) {
    let path = |rest: &str| format!("/api/v1/releases/{release}/{rest}");
    let raised = json!({ "event": "issue.raised", "what": "nobody can sign in at hanoi-1" });
    office.must("support", "POST", &path("events"), raised).await;
    let done = path("steps/applied/done");
    let held = office.refused("support", "POST", &done, json!({}), (409, "not_yet")).await;
    let open = json!({ "on": "issues", "open": 1 });
    assert!(held["waiting"].as_array().unwrap().contains(&open), "{held}");
    let close = json!({ "code": "success" });
    office.refused("release_lead", "POST", &path("close"), close, (409, "not_closable")).await;
    let solved = json!({ "member": "0001", "act": "done", "reason": "the time of the server" });
    office.must("support", "POST", &path("steps/trouble/members"), solved).await;
}

/// What was deployed is found by site, product, version, time and result.
pub async fn is_looked_up(office: &Office, release: &str) {
    let who = "project_manager";
    let seoul = [("seoul-1", "installed")];
    let both = [("hanoi-1", "installed"), ("seoul-1", "installed")];
    for (query, found) in [
        ("product=erp&version=V3.0.0.0001&outcome=installed", &both[..]),
        ("site=seoul-1", &seoul[..]),
        ("site=seoul-1&version=V2.0.0.0001", &[]),
        ("outcome=failed", &[]),
        ("outcome=installed&since=2026-02-14T00:00:00Z&until=2026-02-15T00:00:00Z", &both[..]),
        ("outcome=installed&since=2026-02-15T00:00:00Z", &[]),
        ("outcome=installed&until=2026-02-14T00:00:00Z", &[]),
    ] {
        let path = format!("/api/v1/deployments?{query}");
        let page = office.must(who, "GET", &path, Value::Null).await;
        let rows = page["rows"].as_array().unwrap();
        let mut told: Vec<(&str, &str)> = rows
            .iter()
            .map(|it| (it["site_key"].as_str().unwrap(), it["outcome"].as_str().unwrap()))
            .collect();
        told.sort_unstable();
        assert_eq!(told, found, "{query}: {page}");
        assert!(rows.iter().all(|it| it["release"] == release && it["source"] == "person"));
    }
    let page = office.must(who, "GET", "/api/v1/deployments?limit=1", Value::Null).await;
    let next = format!("/api/v1/deployments?limit=5&cursor={}", page["next"].as_str().unwrap());
    let rest = office.must(who, "GET", &next, Value::Null).await;
    assert_eq!(rest["rows"].as_array().unwrap().len(), 2, "{rest}");
    office
        .refused(who, "GET", "/api/v1/deployments?outcome=fine", Value::Null, (422, "invalid"))
        .await;
}

/// What the go-live is for, when it is, and which sites it reaches, before it begins.
pub async fn is_planned(office: &Office, release: &str) {
    let path = format!("/api/v1/releases/{release}");
    let shown = office.must("support", "GET", &path, Value::Null).await;
    assert_eq!(shown["go_live"], "2026-02-14T12:00:00Z", "the time: {shown}");
    assert_eq!(shown["sites"], 3, "the scope: {shown}");
    assert_eq!(shown["purposes"], json!(["feature", "security"]), "the goal: {shown}");
    let items = shown["items"].as_array().unwrap();
    assert_eq!(items[0]["title"]["en"], "Export", "what changes: {shown}");
    let preview = format!("{path}/rollout/preview");
    let waves = office.must("project_manager", "GET", &preview, Value::Null).await;
    let scope = waves["waves"].to_string();
    assert!(scope.contains("seoul-1") && scope.contains("hanoi-1"), "the scope: {waves}");
    assert!(waves["declined"].to_string().contains("suzhou-1"), "{waves}");
}
