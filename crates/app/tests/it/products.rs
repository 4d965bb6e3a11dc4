//! Products: numbers, roadmap, authorizers.

use crate::world::{World, product_input};
use roadbook_app::Error;
use roadbook_app::products::{ProductInput, VersionAsk};
use roadbook_app::releases::NewRelease;
use roadbook_app::sites::SiteInput;
use roadbook_core::access::Scope as Where;
use roadbook_core::version::{Change, ChangeKind, Level};

// proves: S4c-08/U
#[tokio::test]
async fn authorizers_are_named_by_who_edits_the_product() {
    let world = World::new().await;
    let app = &world.app;
    let product = world.product("gate").await;
    let member = world.person("member", &world.root, &[("member", Where::All)]).await;
    let gone = world.person("gone", &world.root, &[]).await;
    app.person_set_active(&world.admin().await, &gone, false).await.unwrap();
    let call = world.call_of(&member).await;
    let refused = app.product_authorizers_set(&call, &product, vec![member.clone()]).await;
    assert_eq!(refused.unwrap_err().code(), "denied");
    let admin = world.admin().await;
    assert!(app.product_authorizers_set(&admin, &product, vec![gone]).await.is_err());
    app.product_authorizers_set(&admin, &product, vec![member.clone(), member.clone()])
        .await
        .unwrap();
    let (_, scope) = app.actor_of(&member).await.unwrap();
    let view = app.product_view(&scope, &product).await.unwrap();
    assert_eq!(view.product.authorizers, [member]);
    assert_eq!(view.revision, 2);
}

// proves: S3-48/U S3-49/U S3-54/U
#[tokio::test]
async fn the_next_number_is_explained_and_the_roadmap_has_its_say() {
    let world = World::new().await;
    let app = &world.app;
    let admin = world.admin().await;
    let input = ProductInput {
        owner_role: "system_owner".to_owned(),
        ..product_input("gate", &world.root)
    };
    let made = app.product_create(&admin, input.clone()).await.unwrap();
    let product = roadbook_core::ids::ProductId::parse(&made.id).unwrap();
    let again = app.product_create(&admin, input).await.unwrap_err();
    assert!(matches!(&again, Error::Invalid(list) if list[0].code == "taken"));

    let level = |level| VersionAsk { level: Some(level), ..VersionAsk::default() };
    let first = app.version_next(&admin, &product, level(Level::Build)).await.unwrap();
    assert_eq!((first.explained.text.as_str(), first.may_be_taken), ("V1.0.0.0000", true));
    let planned =
        |text: &str| VersionAsk { planned: Some(text.to_owned()), ..VersionAsk::default() };
    let jump = app.version_next(&admin, &product, planned("V2.3.0.0001")).await.unwrap();
    assert!(
        jump.explained.needs_roadmap && !jump.may_be_taken,
        "the roadmap says nothing of 2.3.0"
    );
    let refused = app.roadmap_add(&admin, &product, "2.3.0", "Replay", None).await.unwrap_err();
    assert_eq!(refused.code(), "not_roadmap_owner");
    let owner = world
        .person("owner", &world.root, &[("system_owner", Where::Product(product.clone()))])
        .await;
    let owner = world.call_of(&owner).await;
    app.roadmap_add(&owner, &product, "V2.3.0", "Replay", None).await.unwrap();
    assert!(app.roadmap_add(&owner, &product, "2.3.0.0", "Replay", None).await.is_err(), "twice");
    let jump = app.version_next(&admin, &product, planned("V2.3.0.0001")).await.unwrap();
    assert_eq!(jump.roadmap.map(|it| it.theme).as_deref(), Some("Replay"));
    assert!(jump.may_be_taken);

    let changes = vec![
        Change { name: "bug 12".to_owned(), kind: ChangeKind::BugFix },
        Change { name: "map".to_owned(), kind: ChangeKind::Feature },
    ];
    let asked = VersionAsk { changes, ..VersionAsk::default() };
    let next = app.version_next(&admin, &product, asked).await.unwrap();
    assert_eq!(next.explained.level, Some(Level::Minor));
    let nothing = app.version_next(&admin, &product, VersionAsk::default()).await.unwrap_err();
    assert_eq!(nothing.code(), "version_nothing_changed");
    let wrong = app.version_next(&admin, &product, planned("2.x")).await.unwrap_err();
    assert_eq!(wrong.code(), "version_not_readable");

    // What a release takes is checked the same way, once something runs somewhere.
    app.process_seed().await.unwrap();
    let site = SiteInput {
        key: "a".to_owned(),
        name: "A".to_owned(),
        unit: Some(world.root.clone()),
        zone: "Asia/Seoul".to_owned(),
        lang: "ko".to_owned(),
        active: true,
        ..SiteInput::default()
    };
    let site = app.site_create(&admin, site).await.unwrap();
    let site = roadbook_core::ids::SiteId::parse(&site.id).unwrap();
    app.site_version_set(&admin, &site, &product, "V2.0.0.0007", app.now(), "").await.unwrap();
    let cases = [
        ("V2.1.0.0001", Some("roadmap_missing")),
        ("V2.0.0.0008", None),
        ("V2.3.0.0001", None),
        ("V2.3.0.1", Some("invalid")),
        ("2.x", Some("invalid")),
    ];
    for (version, expected) in cases {
        let new = NewRelease {
            product: Some(product.clone()),
            process: "starter/release".to_owned(),
            version: version.to_owned(),
            title: "Next".to_owned(),
            kind: "upgrade".to_owned(),
            ..NewRelease::default()
        };
        let made = app.release_create(&admin, new).await;
        assert_eq!(made.err().as_ref().map(Error::code), expected, "{version}");
    }
}
