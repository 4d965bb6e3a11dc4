//! The protocol of agents, as another client would speak it.

use crate::world::{Reply, World};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

/// A client at a site.
pub struct Client<'a> {
    world: &'a World,
    base: String,
    token: String,
}

impl<'a> Client<'a> {
    /// Comes in at the site `own`.
    pub async fn enroll(world: &'a World, public_key: &str) -> Client<'a> {
        let path = format!("/api/v1/sites/{}/agent-token", world.own.site);
        let made = world.call(Some("manager"), "POST", &path, &json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let body = json!({
            "token": made.json()["secret"], "public_key": public_key, "program": "test 1",
        });
        let reply = world.call(None, "POST", "/api/v1/agents/enroll", &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        // It works once.
        let again = world.call(None, "POST", "/api/v1/agents/enroll", &body).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{again:?}");
        let told = reply.json();
        assert!(told["director_key"].as_str().is_some_and(|it| it.starts_with("RW")));
        Client {
            world,
            base: format!("/DEFAULT/controller/v1/{}", told["site"].as_str().unwrap()),
            token: told["token"].as_str().unwrap().to_owned(),
        }
    }

    pub async fn ask(&self, method: &str, rest: &str, body: Option<Value>) -> Reply {
        self.send(method, rest, body.map(|it| it.to_string()), &[]).await
    }

    pub async fn send(
        &self,
        method: &str,
        rest: &str,
        body: Option<String>,
        heads: &[(header::HeaderName, &str)],
    ) -> Reply {
        let path = if rest.starts_with("http") {
            rest.trim_start_matches("http://site.example:8080").to_owned()
        } else {
            format!("{}{rest}", self.base)
        };
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(path)
            .header(header::HOST, "site.example:8080")
            .header(header::AUTHORIZATION, format!("TargetToken {}", self.token));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in heads {
            request = request.header(name, *value);
        }
        let body = body.map_or_else(Body::empty, Body::from);
        self.world.send(request.body(body).unwrap()).await
    }
}

// proves: S4h-01/E S3-78/E
#[tokio::test]
async fn an_agent_comes_in_tells_its_facts_and_is_shut_out() {
    let world = World::new().await;
    let client = Client::enroll(&world, "").await;
    let poll = client.ask("GET", "", None).await;
    assert_eq!(poll.status, StatusCode::OK, "{poll:?}");
    assert_eq!(poll.json()["config"]["polling"]["sleep"], "00:05:00");
    let link = poll.json()["_links"]["configData"]["href"].as_str().unwrap().to_owned();
    assert_eq!(link, "http://site.example:8080/DEFAULT/controller/v1/own-site/configData");

    // What nobody knows is ignored; what is too long is not.
    let facts = json!({ "mode": "merge", "id": "7", "data": { "os": "linux", "disk.free": "9" } });
    assert_eq!(client.ask("PUT", &link, Some(facts)).await.status, StatusCode::OK);
    for (bad, status) in [
        ("{", 400),
        (r#"{"mode":"sometimes","data":{"a":"b"}}"#, 400),
        (r#"{"data":{"":"b"}}"#, 400),
    ] {
        let reply = client.send("PUT", "/configData", Some(bad.to_owned()), &[]).await;
        assert_eq!(reply.status.as_u16(), status, "{bad} {reply:?}");
    }
    let many: serde_json::Map<String, Value> =
        (0..101).map(|it| (format!("fact{it}"), json!("x"))).collect();
    let reply = client.ask("PUT", "/configData", Some(json!({ "data": many }))).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "{reply:?}");
    let large = format!(r#"{{"data":{{"a":"{}"}}}}"#, "x".repeat(1 << 20));
    let reply = client.send("PUT", "/configData", Some(large), &[]).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{reply:?}");

    // Nothing to do: no links, and 304 for who has that answer already.
    let idle = client.ask("GET", "", None).await;
    assert_eq!(idle.text, r#"{"config":{"polling":{"sleep":"00:05:00"}}}"#);
    let tag = idle.headers["etag"].to_str().unwrap().to_owned();
    let known = client.send("GET", "", None, &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!((known.status, known.text.as_str()), (StatusCode::NOT_MODIFIED, ""));

    let path = format!("/api/v1/sites/{}/agent", world.own.site);
    let shown = world.call(Some("manager"), "GET", &path, &Value::Null).await.json();
    assert_eq!(shown["facts"][1]["value"], "linux", "{shown}");
    assert!(shown["seen_at"].is_string(), "{shown}");

    let body = json!({ "reason": "stolen" });
    let gone = world.call(Some("manager"), "POST", &format!("{path}/revoke"), &body).await;
    assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
    let reply = client.ask("GET", "", None).await;
    assert_eq!((reply.status, reply.text.as_str()), (StatusCode::UNAUTHORIZED, ""));
}

// proves: S4h-01/A
#[tokio::test]
async fn a_token_opens_its_own_site_only() {
    let world = World::new().await;
    let client = Client::enroll(&world, "").await;
    let foreign = "/DEFAULT/controller/v1/foreign-site";
    for (path, token, status) in [
        (client.base.as_str(), format!("TargetToken {}", client.token), 200),
        (client.base.as_str(), format!("GatewayToken {}", client.token), 401),
        (client.base.as_str(), format!("targettoken {}", client.token), 401),
        (client.base.as_str(), format!("TargetToken {}x", client.token), 401),
        (client.base.as_str(), "TargetToken ".to_owned(), 401),
        (foreign, format!("TargetToken {}", client.token), 401),
        (foreign, "TargetToken ".to_owned(), 401),
        ("/DEFAULT/controller/v1/nobody", format!("TargetToken {}", client.token), 401),
        ("/OTHER/controller/v1/own-site", format!("TargetToken {}", client.token), 404),
    ] {
        let request = Request::builder().uri(path).header(header::AUTHORIZATION, &token);
        let reply = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status.as_u16(), status, "{path} {token}");
        if status == 401 {
            assert_eq!(reply.text, "", "{path}");
            assert!(reply.headers.get("www-authenticate").is_none(), "{path}");
        }
    }
    // It is no session either.
    let request = Request::builder()
        .uri("/api/v1/sites")
        .header(header::AUTHORIZATION, format!("Bearer {}", client.token));
    let reply = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

/// A file as it is brought over the API.
pub async fn bring(world: &World, path: &str, bytes: Vec<u8>) -> Reply {
    static KEYS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let key = KEYS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let token = &world.people["manager"].token;
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header("idempotency-key", format!("file-{key}"))
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CONTENT_LENGTH, bytes.len());
    world.send(request.body(Body::from(bytes)).unwrap()).await
}

// proves: S4c-10/A S4c-14/A S3-06/A
#[tokio::test]
async fn a_file_is_kept_once_with_its_digests_and_papers_and_not_given_out_when_it_was_altered() {
    let world = World::new().await;
    let path = format!("/api/v1/products/{}/artifacts", world.own.product);
    let upload = format!("{path}?name=app.swu&version=1.0.0");
    let made = bring(&world, &upload, b"abc".to_vec()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let again = bring(&world, &upload, b"abc".to_vec()).await;
    assert_eq!(again.json()["notes"][0], "known", "{again:?}");
    let other = bring(&world, &format!("{path}?name=b&version=2.0.0"), b"abc".to_vec()).await;
    assert_eq!(other.code(), "artifact_known", "{other:?}");

    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let list = world.call(Some("manager"), "GET", &path, &Value::Null).await.json();
    assert_eq!(list["rows"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["rows"][0]["sha256"], sha256);
    let one = format!("/api/v1/artifacts/{sha256}");
    for (query, status) in [
        ("kind=sbom&name=parts.json", 201),
        ("kind=sbom&name=parts.json", 200),
        ("kind=x&name=a", 422),
    ] {
        let reply = bring(&world, &format!("{one}/papers?{query}"), b"{}".to_vec()).await;
        assert_eq!(reply.status.as_u16(), status, "{query} {reply:?}");
    }
    let shown = world.call(Some("manager"), "GET", &one, &Value::Null).await.json();
    assert_eq!(shown["papers"][0]["kind"], "sbom", "{shown}");

    // What is no package is refused with a reason, and a package needs a key that is known.
    let package = format!("{path}?name=app-1.0.0.rbpkg");
    let reply = bring(&world, &package, b"abc".to_vec()).await;
    assert_eq!(reply.code(), "no_release_key", "{reply:?}");
    let keys = format!("/api/v1/products/{}/keys", world.own.product);
    let key = json!({ "public_key": "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3" });
    let added = world.call(Some("manager"), "POST", &keys, &key).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let reply = bring(&world, &package, b"abc".to_vec()).await;
    assert_eq!(reply.code(), "package_no_package", "{reply:?}");
    let id = added.json()["id"].as_str().unwrap().to_owned();
    let retire = format!("{keys}/{id}/retire");
    let body = json!({ "reason": "lost" });
    let gone = world.call(Some("manager"), "POST", &retire, &body).await;
    assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
    assert_eq!(bring(&world, &package, b"abc".to_vec()).await.code(), "no_release_key");

    let file = format!("{one}/file");
    let whole = world.call(Some("manager"), "GET", &file, &Value::Null).await;
    assert_eq!((whole.status, whole.text.as_str()), (StatusCode::OK, "abc"));
    let blob = world.app.store().dir().join("blobs").join(&sha256[..2]).join(sha256);
    std::fs::write(&blob, b"abd!").unwrap();
    let altered = world.call(Some("manager"), "GET", &file, &Value::Null).await;
    assert_eq!(altered.status, StatusCode::INTERNAL_SERVER_ERROR, "{altered:?}");
}

/// Sets of release keys, each signed by the one before.
fn sets() -> Vec<(String, Vec<String>)> {
    use roadbook_wire::minisign::SecretKey;
    let keys: Vec<SecretKey> = (1..4).map(|seed| SecretKey::make(&[seed; 40])).collect();
    let mut sets = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        let root = roadbook_core::package::TrustRoot {
            format: 1,
            product: "*".to_owned(),
            version: at as u64 + 1,
            keys: vec![key.public().to_string()],
            threshold: 1,
        };
        let bytes = roadbook_wire::package::write_root(&root);
        let signers = keys[at.saturating_sub(1)..=at].iter();
        let signatures = signers.map(|it| it.sign(&bytes, "keys").to_string()).collect();
        sets.push((String::from_utf8(bytes).unwrap(), signatures));
    }
    sets
}

#[tokio::test]
async fn a_set_of_keys_is_published_only_after_the_one_that_signed_it() {
    let world = World::new().await;
    let path = format!("/api/v1/products/{}/key-sets", world.own.product);
    let sets = sets();
    let publish = async |at: usize, signatures: &[String]| {
        let body = json!({ "body": sets[at].0, "signatures": signatures });
        world.call(Some("manager"), "POST", &path, &body).await
    };
    let other = sets[0].0.replace("\"*\"", "\"other\"");
    let body = json!({ "body": other });
    let foreign = world.call(Some("manager"), "POST", &path, &body).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY, "{foreign:?}");
    let nonsense = world.call(Some("manager"), "POST", &path, &json!({ "body": "{}" })).await;
    assert_eq!(nonsense.code(), "package_json", "{nonsense:?}");
    assert_eq!(publish(1, &sets[1].1).await.code(), "trust_order", "the first one first");
    assert_eq!(publish(0, &[]).await.status, StatusCode::CREATED);
    // Not without the key of the present set, not by the new one alone, not with a gap.
    for (at, signatures) in
        [(1, &sets[1].1[..0]), (1, &sets[1].1[1..]), (1, &sets[1].1[..1]), (2, &sets[2].1[..])]
    {
        let reply = publish(at, signatures).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{at}: {reply:?}");
        assert!(reply.code().starts_with("package_root"), "{at}: {reply:?}");
    }
    let many = vec![sets[1].1[0].clone(); 100];
    assert_eq!(publish(1, &many).await.code(), "invalid", "bounded");
    for at in [1, 2] {
        let reply = publish(at, &sets[at].1).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    }
    let list = world.call(Some("manager"), "GET", &path, &Value::Null).await.json();
    let versions: Vec<_> =
        list["rows"].as_array().unwrap().iter().map(|it| it["version"].clone()).collect();
    assert_eq!(versions, [1, 2, 3], "{list}");
    assert_eq!(list["rows"][1]["body"], sets[1].0, "the very bytes that were signed");
}
