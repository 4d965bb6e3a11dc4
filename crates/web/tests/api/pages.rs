//! Pages as people meet them: every page in four languages, forms that work, forms that are refused.

use crate::world::{Reply, World};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use roadbook_web::http::session::csrf_of;

/// A visitor with a session cookie and a chosen language.
pub async fn page(world: &World, who: &str, path: &str, lang: &str) -> Reply {
    let token = &world.people[who].token;
    let request = Request::get(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::COOKIE, format!("roadbook={token}; lang={lang}"));
    world.send(request.body(Body::empty()).unwrap()).await
}

fn encoded(text: &str) -> String {
    text.bytes().map(|it| format!("%{it:02X}")).collect()
}

/// A form as a browser without scripts sends it.
pub async fn send(world: &World, who: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
    let token = &world.people[who].token;
    let csrf = csrf_of(token);
    let pairs = fields.iter().copied().chain([("csrf", csrf.as_str())]);
    let body: Vec<String> =
        pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let request = Request::post(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("roadbook={token}; lang=en"));
    world.send(request.body(Body::from(body.join("&"))).unwrap()).await
}

/// Where a form led.
pub fn location(reply: &Reply) -> &str {
    reply.headers.get("location").and_then(|it| it.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn every_page_speaks_four_languages_and_is_one_document() {
    let world = World::new().await;
    // A page and what it says, in the order of the languages.
    let pages = [
        ("/start", ["First steps", "첫걸음", "Những bước đầu tiên", "入门步骤"]),
        ("/settings", ["Outbox", "발송함", "Hàng đợi gửi", "发送队列"]),
        (
            "/search",
            ["What are you looking for?", "무엇을 찾으시나요?", "Bạn tìm gì?", "您要查找什么？"],
        ),
        ("/search?q=own", ["own release", "own release", "own release", "own release"]),
        ("/documents", ["Confidentiality", "비밀 등급", "Mức độ bảo mật", "密级"]),
        ("/account", ["Your roles", "내 역할", "Vai trò của bạn", "我的角色"]),
    ];
    for (path, titles) in pages {
        for (lang, title) in ["en", "ko", "vi", "zh"].into_iter().zip(titles) {
            let reply = page(&world, "admin", path, lang).await;
            assert_eq!(reply.status, StatusCode::OK, "{path} {lang}: {reply:?}");
            assert!(reply.text.contains(title), "{path} {lang}: {}", reply.text);
            assert_eq!(reply.text.matches("<h1").count(), 1, "{path} {lang}");
            assert!(!reply.text.contains("style="), "{path} {lang}: the policy forbids it");
        }
    }
}

#[tokio::test]
async fn a_newcomer_comes_from_nothing_to_a_release_with_few_fields() {
    let world = World::empty().await;
    let required = |it: &Reply| it.text.matches(" required").count();
    let home = page(&world, "admin", "/", "en").await;
    assert!(home.text.contains("href=\"/start\""), "{home:?}");
    let first = page(&world, "admin", "/start", "en").await;
    assert!(first.text.contains("0 of 4") || first.text.contains("1 of 4"), "{first:?}");
    assert_eq!(required(&first), 1, "a product needs its name: {first:?}");

    let wrong = send(&world, "admin", "/products", &[("name", " "), ("back", "/start")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("This field is required."), "{wrong:?}");

    let made =
        send(&world, "admin", "/products", &[("name", "생산 관리 MES"), ("back", "/start")]).await;
    assert_eq!((made.status, location(&made)), (StatusCode::SEE_OTHER, "/start"), "{made:?}");
    let second = page(&world, "admin", "/start", "en").await;
    assert!(second.text.contains("생산 관리 MES"), "{second:?}");
    assert!(second.text.contains("value=\"V1.0.0.0000\""), "{second:?}");
    assert_eq!(required(&second), 2, "version and title: {second:?}");

    let product = second.text.split("name=\"product\" value=\"").nth(1).unwrap();
    let product = product.split('"').next().unwrap();
    let fields = [
        ("product", product),
        ("process", "starter/release"),
        ("version", "V1.0.0.0000"),
        ("title", "First"),
    ];
    let opened = send(&world, "admin", "/releases/new", &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{opened:?}");
    assert!(location(&opened).starts_with("/releases/rel_"), "{opened:?}");
    let last = page(&world, "admin", "/start", "en").await;
    assert!(last.text.contains("3 of 4"), "sites may come later: {last:?}");
    let home = page(&world, "admin", "/", "en").await;
    assert!(!home.text.contains("href=\"/start\""), "there is a release now");
}

#[tokio::test]
async fn the_starter_process_is_published_by_who_may() {
    let world = World::new().await;
    let denied = send(&world, "member", "/start/process", &[]).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
    // It is in force already; the button does no harm.
    let again = send(&world, "admin", "/start/process", &[]).await;
    assert_eq!((again.status, location(&again)), (StatusCode::SEE_OTHER, "/start"), "{again:?}");
}

#[tokio::test]
async fn search_finds_what_the_viewer_may_see_and_nothing_else() {
    let world = World::new().await;
    let own = &world.own;
    let admin = page(&world, "admin", "/search?q=canary", "en").await;
    for href in [
        format!("/releases/{}", world.foreign.release),
        "/sites/canary-site".to_owned(),
        format!("/products/{}", world.foreign.product),
        format!("/people/{}", world.foreign.person),
    ] {
        assert!(admin.text.contains(&format!("href=\"{href}\"")), "{href}: {admin:?}");
    }
    let none = page(&world, "manager", "/search?q=canary", "en").await;
    assert!(none.text.contains("Nothing found for"), "{none:?}");
    assert!(!none.text.contains("canary-site") && !none.text.contains("canary release"));
    let some = page(&world, "manager", "/search?q=own", "en").await;
    assert!(some.text.contains(&format!("/releases/{}", own.release)), "{some:?}");
    for (kind, seen) in [("sites", "/sites/own-site"), ("products", "/products/prod_")] {
        let only = page(&world, "manager", &format!("/search?q=own&kind={kind}"), "en").await;
        assert!(only.text.contains(seen), "{kind}: {only:?}");
        assert!(!only.text.contains(&format!("href=\"/releases/{}\"", own.release)), "{kind}");
    }
    // Signs of the pattern are text.
    let percent = page(&world, "manager", "/search?q=%25", "en").await;
    assert!(percent.text.contains("Nothing found for"), "{percent:?}");
    let strange = page(&world, "manager", "/search?q=a&kind=sites&cursor=abc", "en").await;
    assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY, "{strange:?}");
}

#[tokio::test]
async fn documents_stand_in_one_list_with_filters() {
    let world = World::new().await;
    let all = page(&world, "manager", "/documents", "en").await;
    let own = format!("/releases/{}/documents/release_plan", world.own.release);
    assert!(all.text.contains(&own), "{all:?}");
    assert!(all.text.contains("Not written yet") && !all.text.contains("canary"), "{all:?}");
    let admin = page(&world, "admin", "/documents?q=canary", "en").await;
    assert!(admin.text.contains("canary release") && !admin.text.contains(&own), "{admin:?}");
    for (query, found) in [
        ("state=missing", true),
        ("state=controlled", false),
        ("level=internal", true),
        ("level=public", false),
        ("q=release_plan", true),
        ("q=nothing+like+it", false),
    ] {
        let some = page(&world, "manager", &format!("/documents?{query}"), "en").await;
        assert_eq!(some.text.contains(&own), found, "{query}: {some:?}");
    }
    let nobody = page(&world, "nobody", "/documents", "en").await;
    assert!(!nobody.text.contains(&own), "{nobody:?}");
}

#[tokio::test]
async fn pages_with_form_tokens_are_never_compressed() {
    let world = World::new().await;
    let token = &world.people["admin"].token;
    for (path, compressed) in [("/account", false), ("/search?q=own", false), ("/releases", false)]
    {
        let request = Request::get(path)
            .header(header::ACCEPT_ENCODING, "gzip")
            .header(header::COOKIE, format!("roadbook={token}"));
        let reply = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert_eq!(reply.headers.contains_key("content-encoding"), compressed, "{path}");
    }
    let request = Request::get("/api/v1/openapi.json").header(header::ACCEPT_ENCODING, "gzip");
    let reply = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.headers["content-encoding"], "gzip", "what holds no token still is");
}
