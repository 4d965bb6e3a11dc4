//! Behind a proxy each visitor has their own allowance; without one nobody talks their way out.

use crate::world::World;
use axum::body::Body;
use axum::http::{Request, header};
use roadbook_web::{WebOptions, router};

/// True when somebody who says they are `client` may still try to sign in.
async fn may_try(world: &World, client: &str, tries: usize) -> bool {
    // An account slows down on its own; each try is for another one.
    let body = format!(r#"{{ "login": "nobody-{client}-{tries}", "password": "" }}"#);
    let request = Request::post("/api/v1/session")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", client)
        .body(Body::from(body))
        .unwrap();
    let reply = world.send(request).await;
    assert!(reply.status.is_client_error(), "{reply:?}");
    reply.status.as_u16() != 429
}

#[tokio::test]
async fn tries_to_sign_in_count_by_the_real_client() {
    // The router is called without a connection, which counts as this machine.
    for (trusted, other_may) in
        [(vec!["127.0.0.1"], true), (vec!["10.0.0.0/8"], false), (vec![], false)]
    {
        let mut world = World::empty().await;
        let options = WebOptions {
            trusted_proxies: trusted.iter().map(|it| it.parse().unwrap()).collect(),
            ..WebOptions::default()
        };
        world.router = router(world.app.clone(), options);
        let mut tries = 0;
        while may_try(&world, "203.0.113.9", tries).await {
            tries += 1;
            assert!(tries < 1_000, "no limit");
        }
        assert_eq!(may_try(&world, "203.0.113.10", 0).await, other_may, "{trusted:?}");
    }
}
