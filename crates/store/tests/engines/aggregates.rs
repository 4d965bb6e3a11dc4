//! Every aggregate is written, guarded, listed within a scope and paged, on both engines.

use crate::common::{Place, at, commit};
use roadbook_core::ids::*;
use roadbook_core::text::Lang;
use roadbook_store::deployments::{self, Deployment, Feedback, SiteDecision};
use roadbook_store::notices::{self, ContactTask, Delivery, Notice, Subscriber};
use roadbook_store::people::{self, Absence, Grant, Person, PersonFilter};
use roadbook_store::products::{self, ProductRow};
use roadbook_store::releases::{self, ReleaseFilter, ReleasePerson, ReleaseRow, Task};
use roadbook_store::sessions::{self, Link, Session};
use roadbook_store::sites::{self, Contact, Site, SiteFilter};
use roadbook_store::units::{self, Unit};
use roadbook_store::versions::{self, SiteVersion, VersionFilter};
use roadbook_store::{
    CommitError, PageAsk, Scope, Store, Write, blobs, calendar, counters, facts, processes,
};

crate::common::stories!(
    people_are_found_within_a_scope,
    a_scope_narrows_every_list_of_releases_and_sites,
    a_late_report_finds_its_place_in_the_history,
    sessions_and_links_end,
    notices_go_to_each_recipient_once,
    a_place_in_a_window_has_one_winner,
    process_revisions_keep_their_text,
    files_are_kept_by_their_digest,
);

fn seed(n: u128) -> IdSeed {
    IdSeed { millis: 1_000, random: n }
}

async fn all(store: &Store, writes: Vec<Write>) {
    let mut wanted = commit(0);
    wanted.writes = writes;
    store.commit(wanted).await.unwrap();
}

fn unit(n: u128, parent: Option<u128>) -> Unit {
    Unit {
        id: UnitId::new(seed(n)),
        parent_id: parent.map(|n| UnitId::new(seed(n))),
        kind: "department".into(),
        name: format!("unit {n}"),
        head_person_id: None,
        zone: "Asia/Seoul".into(),
        revision: 1,
    }
}

fn person(n: u128, unit: u128) -> Person {
    Person {
        id: PersonId::new(seed(n)),
        login: Some(format!("login{n}")),
        name: format!("Person {n:03}"),
        email: Some(format!("p{n}@example.org")),
        lang: Lang::Vi,
        zone: "Asia/Ho_Chi_Minh".into(),
        unit_id: UnitId::new(seed(unit)),
        active: true,
        password_hash: None,
        weekly_hours: 40,
        revision: 1,
    }
}

fn site(n: u128, unit: u128) -> Site {
    Site {
        id: SiteId::new(seed(n)),
        key: format!("S-{n:03}"),
        name: format!("부산 {n}"),
        unit_id: UnitId::new(seed(unit)),
        customer: Some("Hafen".into()),
        zone: "Asia/Seoul".into(),
        lang: Lang::Ko,
        address: "河内".into(),
        class: "b".into(),
        update_authority: "site".into(),
        active: true,
        revision: 1,
        part_of: None,
        part: "site".to_owned(),
    }
}

fn release(n: u128, product: u128, unit: u128) -> ReleaseRow {
    ReleaseRow {
        id: ReleaseId::new(seed(n)),
        number: format!("R-{n:03}"),
        product_id: ProductId::new(seed(product)),
        version: Some(format!("V1.0.0.{n}")),
        title: format!("Title {n}"),
        kind: "upgrade".into(),
        mode: "planned".into(),
        state: "running".into(),
        go_live_at: n.is_multiple_of(2).then(|| at(n as i64)),
        lead_id: None,
        unit_id: UnitId::new(seed(unit)),
        process_id: "s2".into(),
        process_revision: 1,
        waiting: String::new(),
        next_due_at: None,
        updated_at: at(n as i64),
        subject: "release".into(),
    }
}

fn deployment(release: u128, site: u128) -> Deployment {
    Deployment {
        release_id: ReleaseId::new(seed(release)),
        site_id: SiteId::new(seed(site)),
        generation: 1,
        state: "planned".into(),
        outcome: None,
        slot_at: Some(at(9)),
        wave: 0,
        evidence: None,
        source: None,
        reported_by: None,
        at: at(0),
        revision: 1,
    }
}

async fn people_are_found_within_a_scope(place: Place) {
    let store = place.open().await;
    let units_made = [unit(1, None), unit(2, Some(1)), unit(3, Some(2)), unit(4, None)];
    let mut writes: Vec<Write> = units_made.iter().map(units::insert).collect();
    writes.extend((0..30).map(|n| people::insert(&person(n, 1 + n % 4))));
    all(&store, writes).await;

    let below = units::with_descendants(&store, &[UnitId::new(seed(2))]).await.unwrap();
    assert_eq!(below, [UnitId::new(seed(2)), UnitId::new(seed(3))]);
    let scope = Scope { units: below, person: Some(PersonId::new(seed(3))), ..Scope::none() };
    let none = PersonFilter::default();
    assert_eq!(people::count(&store, &scope, &none).await.unwrap(), 8 + 7 + 1);
    assert_eq!(people::count(&store, &Scope::none(), &none).await.unwrap(), 0);
    assert_eq!(people::count(&store, &Scope::all(), &none).await.unwrap(), 30);

    let mut ask = PageAsk::first(7);
    let mut seen = Vec::new();
    loop {
        let page = people::list(&store, &Scope::all(), &none, &ask).await.unwrap();
        seen.extend(page.rows.iter().map(|person| person.name.clone()));
        let Some(next) = page.next else { break };
        ask.cursor = Some(next);
    }
    assert_eq!(seen.len(), 30);
    assert!(seen.is_sorted());
    let bad = PageAsk { cursor: Some("00ff".into()), limit: 0 };
    assert!(people::list(&store, &scope, &none, &bad).await.is_err());

    let text = PersonFilter { text: Some("PERSON 01".into()), ..PersonFilter::default() };
    assert_eq!(people::count(&store, &Scope::all(), &text).await.unwrap(), 10);
    let wild = PersonFilter { text: Some("%".into()), ..PersonFilter::default() };
    assert_eq!(people::count(&store, &Scope::all(), &wild).await.unwrap(), 0);

    let mut found = people::by_login(&store, "login5").await.unwrap().unwrap();
    assert_eq!(
        people::by_ids(&store, &[found.id.clone()]).await.unwrap(),
        std::slice::from_ref(&found)
    );
    found.name = "New name".into();
    all(&store, vec![people::update(&found)]).await;
    let stale = store.commit(commit(1).write(people::update(&found))).await;
    assert!(matches!(stale, Err(CommitError::Stale { .. })));
    found.revision = 2;
    found.login = Some("login6".into());
    let taken = store.commit(commit(1).write(people::update(&found))).await;
    assert!(matches!(taken, Err(CommitError::Exists { .. })), "{taken:?}");
    let again = store.commit(commit(1).write(people::insert(&person(7, 1)))).await;
    assert!(matches!(again, Err(CommitError::Exists { .. })));

    let grant = Grant {
        person_id: found.id.clone(),
        role: "manager".into(),
        scope_kind: "unit".into(),
        scope_id: UnitId::new(seed(2)).to_string(),
        from_at: at(0),
        to_at: None,
        delegated_by: Some(PersonId::new(seed(1))),
    };
    let absence = Absence {
        id: "a1".into(),
        person_id: found.id.clone(),
        from_day: "2026-11-20".parse().unwrap(),
        to_day: "2026-11-25".parse().unwrap(),
        reason: None,
    };
    all(&store, vec![people::grant(&grant), people::add_absence(&absence)]).await;
    assert_eq!(people::grants_of(&store, &found.id).await.unwrap(), std::slice::from_ref(&grant));
    assert_eq!(people::grants_in(&store, "unit", &grant.scope_id).await.unwrap().len(), 1);
    assert_eq!(people::grants_at(&store, at(5)).await.unwrap().len(), 1);
    all(&store, vec![people::end_grant(&grant, at(5))]).await;
    assert!(people::grants_at(&store, at(5)).await.unwrap().is_empty());
    let day = "2026-11-25".parse().unwrap();
    assert_eq!(people::absences(&store, None, day, day).await.unwrap(), [absence]);
    all(&store, vec![people::remove_absence("a1")]).await;
    assert!(people::absences(&store, Some(&found.id), day, day).await.unwrap().is_empty());
}

async fn a_scope_narrows_every_list_of_releases_and_sites(place: Place) {
    let store = place.open().await;
    let mut writes: Vec<Write> =
        (0..20).map(|n| releases::insert(&release(n, n % 2, n % 5))).collect();
    writes.extend((0..6).map(|n| sites::insert(&site(n, n % 3))));
    writes.extend((0..2).map(|n| {
        products::insert(&ProductRow {
            id: ProductId::new(seed(n)),
            key: format!("prod{n}"),
            name: "x".into(),
            unit_id: UnitId::new(seed(9)),
            revision: 1,
        })
    }));
    writes.push(deployments::insert(&deployment(7, 4)));
    let member = ReleasePerson {
        release_id: ReleaseId::new(seed(3)),
        person_id: PersonId::new(seed(1)),
        role: "tester".into(),
    };
    writes.extend(releases::replace_people(&[], std::slice::from_ref(&member)));
    let task = Task {
        release_id: member.release_id.clone(),
        step_id: "test".into(),
        round: 1,
        person_id: member.person_id.to_string(),
        role: "tester".into(),
        kind: "task".into(),
        state: "ready".into(),
        due_at: Some(at(3)),
        start_at: None,
        effort_minutes: 90,
    };
    writes.extend(releases::replace_tasks(&[], std::slice::from_ref(&task)));
    writes.extend(sites::replace_tags(&SiteId::new(seed(4)), &["ring=0".into(), "x".into()]));
    all(&store, writes).await;

    let none = ReleaseFilter::default();
    let cases = [
        (Scope::all(), 20, 6, 2),
        (Scope::none(), 0, 0, 0),
        (Scope { units: vec![UnitId::new(seed(1))], ..Scope::none() }, 4, 2, 2),
        (Scope { products: vec![ProductId::new(seed(1))], ..Scope::none() }, 10, 0, 1),
        (Scope { releases: vec![ReleaseId::new(seed(7))], ..Scope::none() }, 1, 1, 1),
        (Scope { sites: vec![SiteId::new(seed(4))], ..Scope::none() }, 1, 1, 1),
        (Scope { person: Some(PersonId::new(seed(1))), ..Scope::none() }, 1, 0, 1),
    ];
    for (scope, want_releases, want_sites, want_products) in cases {
        let page = releases::list(&store, &scope, &none, &PageAsk::first(0)).await.unwrap();
        assert_eq!(page.rows.len(), want_releases, "{scope:?}");
        let count = releases::count(&store, &scope, &none).await.unwrap();
        assert_eq!(count, want_releases as i64);
        let found = sites::count(&store, &scope, &SiteFilter::default()).await.unwrap();
        assert_eq!(found, want_sites, "{scope:?}");
        assert_eq!(products::count(&store, &scope).await.unwrap(), want_products, "{scope:?}");
        let seventh = releases::get(&store, &scope, &ReleaseId::new(seed(7))).await.unwrap();
        assert_eq!(seventh.is_some(), page.rows.iter().any(|row| row.number == "R-007"));
    }

    let everything = Scope::all();
    let first = releases::list(&store, &everything, &none, &PageAsk::first(15)).await.unwrap();
    let ask = PageAsk { cursor: first.next, limit: 15 };
    let second = releases::list(&store, &everything, &none, &ask).await.unwrap();
    assert_eq!((first.rows[0].number.as_str(), second.rows.len()), ("R-019", 5));
    let calendar = releases::by_go_live(&store, &everything, &none, &PageAsk::first(3)).await;
    assert_eq!(calendar.unwrap().rows[1].number, "R-002");
    let narrow = ReleaseFilter {
        about: releases::About::Releases,
        states: vec!["running".into(), "held".into(), "x".into()],
        product_id: Some(ProductId::new(seed(0))),
        unit_id: Some(UnitId::new(seed(2))),
        text: Some("title".into()),
        from: Some(at(3)),
        to: Some(at(19)),
        person_id: None,
    };
    assert_eq!(releases::count(&store, &everything, &narrow).await.unwrap(), 1);
    let taken = ReleaseRow { id: ReleaseId::new(seed(99)), ..release(1, 1, 1) };
    let taken = store.commit(commit(1).write(releases::insert(&taken))).await;
    assert!(matches!(taken, Err(CommitError::Exists { .. })), "version and number are unique");
    assert!(releases::by_number(&store, &everything, "R-001").await.unwrap().is_some());
    let product = ProductId::new(seed(1));
    assert_eq!(releases::versions_of(&store, &product).await.unwrap().len(), 10);
    assert_eq!(releases::people_of(&store, &member.release_id).await.unwrap().len(), 1);
    let person = PersonId::new(seed(1));
    let todo = releases::tasks_of_person(&store, &person, &["ready", "ahead"], 9).await.unwrap();
    assert_eq!(todo, [task]);
    assert_eq!(releases::tasks_due(&store, at(4), 9).await.unwrap().len(), 1);
    assert_eq!(releases::tasks_of(&store, &member.release_id).await.unwrap().len(), 1);

    let tagged = SiteFilter {
        tags: vec!["x".into(), "ring=0".into()],
        text: Some("부산".into()),
        active: Some(true),
        unit_id: Some(UnitId::new(seed(1))),
        ..SiteFilter::default()
    };
    let page = sites::list(&store, &everything, &tagged, &PageAsk::first(0)).await.unwrap();
    assert_eq!(page.rows, [site(4, 1)]);
    assert_eq!(sites::tags(&store, &[site(4, 1).id]).await.unwrap().len(), 2);
    assert!(sites::by_key(&store, &Scope::none(), "S-004").await.unwrap().is_none());
    assert_eq!(sites::by_ids(&store, &everything, &[site(4, 1).id]).await.unwrap().len(), 1);
    let contact = Contact {
        id: ContactId::new(seed(1)),
        site_id: site(4, 1).id,
        name: "Lan".into(),
        email: None,
        lang: Lang::Zh,
        kind: "operations".into(),
        active: true,
        revision: 1,
    };
    all(&store, vec![sites::insert_contact(&contact)]).await;
    assert_eq!(
        sites::contacts(&store, &[site(4, 1).id]).await.unwrap(),
        std::slice::from_ref(&contact)
    );
    assert!(sites::contact(&store, &contact.id).await.unwrap().is_some());
    all(&store, vec![sites::update_contact(&contact), sites::delete_contact(&contact.id, 2)]).await;

    let (rel, at_site) = (ReleaseId::new(seed(7)), SiteId::new(seed(4)));
    let decision = SiteDecision {
        release_id: rel.clone(),
        site_id: at_site.clone(),
        decision: "postponed".into(),
        wished_at: Some(at(50)),
        reason: Some("audit".into()),
        decided_by: "con_x".into(),
        digest: Some("blake3:00".into()),
        paper: Some("plan".into()),
        at: at(1),
        revision: 1,
    };
    let feedback = Feedback {
        id: "f1".into(),
        release_id: rel.clone(),
        site_id: at_site.clone(),
        success: 2,
        problems: String::new(),
        ideas: "faster".into(),
        rating: Some(4),
        given_by: "con_x".into(),
        at: at(2),
    };
    let done = Deployment { state: "done".into(), outcome: Some("ok".into()), ..deployment(7, 4) };
    all(
        &store,
        vec![
            deployments::insert_decision(&decision),
            deployments::update_decision(&decision),
            deployments::insert_feedback(&feedback),
            deployments::update(&done),
        ],
    )
    .await;
    assert_eq!(deployments::get(&store, &rel, &at_site).await.unwrap().unwrap().revision, 2);
    assert_eq!(deployments::all_of(&store, &rel).await.unwrap().len(), 1);
    assert_eq!(deployments::of_site(&store, &at_site).await.unwrap().len(), 1);
    let own = Scope { sites: vec![at_site.clone()], ..Scope::none() };
    let foreign = Scope { sites: vec![SiteId::new(seed(5))], ..Scope::none() };
    for (scope, wanted) in [(own, 1), (foreign, 0)] {
        let page = deployments::list(&store, &scope, &rel, &PageAsk::first(0)).await.unwrap();
        assert_eq!(page.rows.len(), wanted);
        assert_eq!(deployments::counts(&store, &scope, &rel).await.unwrap().len(), wanted);
        assert_eq!(deployments::decisions(&store, &scope, &rel).await.unwrap().len(), wanted);
        assert_eq!(deployments::feedback(&store, &scope, &rel).await.unwrap().len(), wanted);
    }
    assert_eq!(deployments::decision(&store, &rel, &at_site).await.unwrap().unwrap().revision, 2);
    assert_eq!(deployments::decisions_of_site(&store, &at_site).await.unwrap().len(), 1);
}

async fn a_late_report_finds_its_place_in_the_history(place: Place) {
    let store = place.open().await;
    all(&store, vec![sites::insert(&site(1, 1)), sites::insert(&site(2, 1))]).await;
    let report = |n, since, version: &str| SiteVersion {
        site_id: SiteId::new(seed(n)),
        product_id: ProductId::new(seed(1)),
        since: at(since),
        until: None,
        version: version.into(),
        sort_key: version.into(),
        source: "person".into(),
        reported_by: "per_x".into(),
        evidence: None,
        at: at(since),
    };
    for (n, since, version) in [(1, 10, "V1"), (1, 30, "V3"), (1, 20, "V2"), (2, 15, "V2")] {
        all(&store, versions::enter(&report(n, since, version)).into()).await;
    }
    all(&store, versions::enter(&report(1, 30, "V4")).into()).await;
    let (one, product) = (SiteId::new(seed(1)), ProductId::new(seed(1)));
    let history = versions::history(&store, &one, &product).await.unwrap();
    let seen: Vec<_> =
        history.iter().map(|row| (row.version.as_str(), row.since, row.until)).collect();
    let wanted = [("V1", at(10), Some(at(20))), ("V2", at(20), Some(at(30))), ("V4", at(30), None)];
    assert_eq!(seen, wanted, "no gap, no overlap, the correction replaced V3");
    assert_eq!(versions::of_site(&store, &one).await.unwrap().len(), 1);

    let everything = Scope::all();
    let cases = [
        (VersionFilter::default(), vec!["V4", "V2"]),
        (VersionFilter { as_of: Some(at(20)), ..VersionFilter::default() }, vec!["V2", "V2"]),
        (VersionFilter { as_of: Some(at(12)), ..VersionFilter::default() }, vec!["V1"]),
        (
            VersionFilter {
                older_than: Some("V4".into()),
                product_id: Some(product.clone()),
                as_of: None,
            },
            vec!["V2"],
        ),
    ];
    for (filter, wanted) in cases {
        let page = versions::list(&store, &everything, &filter, &PageAsk::first(0)).await.unwrap();
        let found: Vec<_> = page.rows.iter().map(|row| row.version.as_str()).collect();
        assert_eq!(found, wanted, "{filter:?}");
    }
    let spread = versions::spread(&store, &everything, &VersionFilter::default()).await.unwrap();
    assert_eq!(spread, [("V2".to_owned(), 1), ("V4".to_owned(), 1)]);
    assert_eq!(
        versions::not_reported_since(&store, &everything, at(16), 9).await.unwrap().len(),
        1
    );
    let filter = VersionFilter::default();
    let none = versions::list(&store, &Scope::none(), &filter, &PageAsk::first(9)).await;
    assert!(none.unwrap().rows.is_empty());
}

async fn sessions_and_links_end(place: Place) {
    let store = place.open().await;
    let session = |n: u8| Session {
        id: SessionId::new(seed(u128::from(n))),
        token_hash: vec![n; 32],
        person_id: PersonId::new(seed(1)),
        created_at: at(0),
        last_seen_at: at(0),
        expires_at: at(10),
        step_up_at: None,
    };
    let link = |n: u8, single_use| Link {
        id: LinkId::new(seed(u128::from(n))),
        token_hash: vec![n; 32],
        kind: "site".into(),
        person_id: None,
        contact_id: Some(ContactId::new(seed(1))),
        site_id: Some(SiteId::new(seed(1))),
        notice_id: None,
        release_id: None,
        expires_at: at(10),
        single_use,
        used_at: None,
    };
    let mut writes: Vec<Write> = (1..4).map(|n| sessions::insert(&session(n))).collect();
    writes.extend([sessions::insert_link(&link(1, true)), sessions::insert_link(&link(2, false))]);
    all(&store, writes).await;
    assert_eq!(sessions::by_token(&store, &[1; 32], at(9)).await.unwrap(), Some(session(1)));
    assert!(sessions::by_token(&store, &[1; 32], at(10)).await.unwrap().is_none());
    let id = session(1).id;
    all(&store, vec![sessions::touch(&id, at(5), at(20)), sessions::step_up(&id, at(5))]).await;
    let seen = sessions::by_token(&store, &[1; 32], at(15)).await.unwrap().unwrap();
    assert_eq!(seen.step_up_at, Some(at(5)));
    all(&store, vec![sessions::end(&session(2).id), sessions::end_expired(at(12))]).await;
    assert_eq!(sessions::of_person(&store, &seen.person_id).await.unwrap().len(), 1);
    all(&store, vec![sessions::end_others(&seen.person_id, None)]).await;
    assert!(sessions::of_person(&store, &seen.person_id).await.unwrap().is_empty());

    for (n, uses) in [(1, 1), (2, 3)] {
        let mut worked = 0;
        for minute in 1..4 {
            let used = commit(minute).write(sessions::use_link(&link(n, n == 1).id, at(minute)));
            worked += usize::from(store.commit(used).await.is_ok());
        }
        assert_eq!(worked, uses, "link {n}");
    }
    assert!(sessions::link_by_token(&store, &[1; 32], at(5)).await.unwrap().is_none());
    assert!(sessions::link_by_token(&store, &[2; 32], at(5)).await.unwrap().is_some());
    all(&store, vec![sessions::end_links_of_contact(&ContactId::new(seed(1)), at(4))]).await;
    assert!(sessions::link_by_token(&store, &[2; 32], at(5)).await.unwrap().is_none());
}

async fn notices_go_to_each_recipient_once(place: Place) {
    let store = place.open().await;
    let notice = Notice {
        id: NoticeId::new(seed(1)),
        release_id: ReleaseId::new(seed(1)),
        step_id: "announce".into(),
        audience: "sites".into(),
        kind: "notice".into(),
        state: "planned".into(),
        earliest: Some(at(5)),
        latest: Some(at(9)),
        generation: 1,
        subject: "{}".into(),
        body: "{}".into(),
        facts: "{}".into(),
        slot_at: None,
        reason: None,
        sent_at: None,
        revision: 1,
    };
    let delivery = |n: u8| Delivery {
        notice_id: notice.id.clone(),
        recipient_kind: "contact".into(),
        recipient_id: format!("con_{n}"),
        channel: "mail".into(),
        address: "a@example.org".into(),
        lang: Lang::Ko,
        state: "queued".into(),
        attempts: 0,
        next_at: Some(at(6)),
        message_id: format!("m{n}@example.org"),
        sent_at: None,
        opened_at: None,
        acked_at: None,
        last_error: None,
        revision: 1,
    };
    let mut writes = vec![releases::insert(&release(1, 1, 1)), notices::insert(&notice)];
    writes.extend([1, 2, 1].map(|n| notices::queue(&delivery(n))));
    all(&store, writes).await;
    assert_eq!(notices::deliveries(&store, &notice.id).await.unwrap().len(), 2, "twice is once");
    assert!(notices::due(&store, &["planned"], at(4), 9).await.unwrap().is_empty());
    assert_eq!(notices::due(&store, &["planned", "due"], at(5), 9).await.unwrap().len(), 1);
    let sent = Delivery { state: "sent".into(), sent_at: Some(at(6)), ..delivery(1) };
    all(&store, vec![notices::update_delivery(&sent), notices::update(&notice)]).await;
    assert_eq!(notices::deliveries_due(&store, at(6), 9).await.unwrap(), [delivery(2)]);
    assert_eq!(notices::deliveries_in(&store, "sent", "", 9).await.unwrap().len(), 1);
    let counts = notices::delivery_counts(&store, &notice.id).await.unwrap();
    assert_eq!(counts, [("queued".to_owned(), 1), ("sent".to_owned(), 1)]);
    let board = notices::deliveries_to(&store, "contact", "con_1", Some("mail"), 9).await.unwrap();
    assert_eq!(board.len(), 1);
    let found = notices::delivery(&store, &notice.id, "contact", "con_1", "mail").await.unwrap();
    assert_eq!(found.unwrap().revision, 2);
    for (scope, wanted) in [(Scope::all(), 1), (Scope::none(), 0)] {
        let page = notices::list(&store, &scope, &["planned".into()], &PageAsk::first(0)).await;
        assert_eq!(page.unwrap().rows.len(), wanted);
    }
    assert_eq!(notices::of_release(&store, &notice.release_id).await.unwrap()[0].revision, 2);
    assert!(notices::get(&store, &notice.id).await.unwrap().is_some());

    let subscriber = Subscriber {
        id: "s1".into(),
        address: "a@example.org".into(),
        product_id: String::new(),
        lang: Lang::En,
        token_hash: vec![1; 32],
        confirmed_at: None,
        at: at(0),
    };
    all(&store, vec![notices::put_subscriber(&subscriber)]).await;
    assert!(notices::subscribers(&store, "prod").await.unwrap().is_empty());
    let confirmed = Subscriber { confirmed_at: Some(at(1)), ..subscriber };
    all(&store, vec![notices::put_subscriber(&confirmed)]).await;
    assert_eq!(notices::subscribers(&store, "prod").await.unwrap(), [confirmed]);
    assert!(notices::subscriber_by_token(&store, &[1; 32]).await.unwrap().is_some());
    all(&store, vec![notices::remove_subscriber("s1")]).await;

    let task = ContactTask {
        id: "t1".into(),
        release_id: notice.release_id.clone(),
        target_kind: "site".into(),
        target_id: "site_x".into(),
        person_id: PersonId::new(seed(1)),
        due_at: at(8),
        done_at: None,
        channel: "phone".into(),
        notes: String::new(),
        readiness: None,
        revision: 1,
    };
    all(&store, vec![notices::insert_contact_task(&task)]).await;
    let mine = notices::contact_tasks_of_person(&store, &task.person_id).await.unwrap();
    assert_eq!(mine, std::slice::from_ref(&task));
    let told = ContactTask { done_at: Some(at(7)), notes: "ready".into(), ..task };
    all(&store, vec![notices::update_contact_task(&told)]).await;
    assert!(notices::contact_tasks_of_person(&store, &told.person_id).await.unwrap().is_empty());
    assert_eq!(notices::contact_tasks(&store, &told.release_id).await.unwrap().len(), 1);
    assert_eq!(notices::contact_task(&store, "t1").await.unwrap().unwrap().notes, "ready");
}

async fn a_place_in_a_window_has_one_winner(place: Place) {
    let store = place.open().await;
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            let store = store.clone();
            let booking = calendar::Booking {
                window_id: "thursday".into(),
                slot_at: at(100),
                place: 1,
                release_id: ReleaseId::new(seed(n)),
            };
            tokio::spawn(async move {
                store.commit(commit(0).write(calendar::book(&booking))).await.is_ok()
            })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += usize::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
    let booked = calendar::bookings(&store, "thursday", at(0), at(200)).await.unwrap();
    let winner = booked[0].release_id.clone();
    assert_eq!(calendar::bookings_of(&store, &winner).await.unwrap().len(), 1);
    all(&store, vec![calendar::unbook(&winner), counters::bump("calendar")]).await;
    assert!(calendar::bookings(&store, "thursday", at(0), at(200)).await.unwrap().is_empty());
    assert_eq!(counters::value(&store, "release").await.unwrap(), 0);
    all(&store, vec![counters::advance("release", 0), counters::advance("release", 1)]).await;
    let late = store.commit(commit(0).write(counters::advance("release", 1))).await;
    assert!(matches!(late, Err(CommitError::Stale { .. })));
    assert_eq!(counters::value(&store, "release").await.unwrap(), 2);
}

async fn process_revisions_keep_their_text(place: Place) {
    let store = place.open().await;
    let draft = |revision, text: &str| processes::ProcessRevision {
        id: "s2".into(),
        revision,
        state: "draft".into(),
        text: text.into(),
        digest: roadbook_store::canonical::digest(text.as_bytes()),
        author: "per_x".into(),
        note: "first".into(),
        at: at(0),
    };
    all(&store, vec![processes::insert(&draft(1, "a")), processes::insert(&draft(2, "b"))]).await;
    assert!(processes::effective(&store, "s2").await.unwrap().is_none());
    all(&store, processes::publish("s2", 1).into()).await;
    let old = draft(2, "b").digest;
    all(&store, vec![processes::replace_draft(&draft(2, "c"), &old)]).await;
    all(&store, processes::publish("s2", 2).into()).await;
    let effective = processes::effective(&store, "s2").await.unwrap().unwrap();
    assert_eq!((effective.revision, effective.text.as_slice()), (2, b"c".as_slice()));
    assert_eq!(processes::get(&store, "s2", 1).await.unwrap().unwrap().state, "superseded");
    assert_eq!(processes::all_effective(&store).await.unwrap().len(), 1);
    assert_eq!(processes::newest(&store).await.unwrap()[0].revision, 2);
    assert_eq!(processes::revisions(&store, "s2").await.unwrap().len(), 2);
    let fixed = store.commit(commit(1).write(processes::replace_draft(&draft(1, "x"), &old))).await;
    assert!(matches!(fixed, Err(CommitError::Stale { .. })), "what was published stays");
    assert!(facts::between(&store, at(0), at(9), 9).await.unwrap().is_empty());
    assert!(facts::of_run(&store, "r").await.unwrap().is_empty());
}

// proves: S3-06/U
async fn files_are_kept_by_their_digest(place: Place) {
    let store = place.open().await;
    let bytes = vec![7_u8; 200_000];
    let received = blobs::receive(&store, bytes.as_slice(), 1 << 20, "t1").await.unwrap();
    assert_eq!(received.sha256, roadbook_store::canonical::digest(&bytes));
    let row = blobs::Blob {
        sha256: received.sha256.clone(),
        size: received.size,
        name: "plan.pdf".into(),
        media_type: "application/pdf".into(),
        at: at(0),
    };
    assert!(blobs::open(&store, &row.sha256).await.unwrap().is_none(), "not listed yet");
    all(&store, vec![blobs::insert(&row), blobs::insert(&row)]).await;
    assert_eq!(blobs::read(&store, &row.sha256).await.unwrap(), Some(bytes.clone()));
    let large = blobs::receive(&store, bytes.as_slice(), 1_000, "t2").await;
    assert!(large.unwrap_err().to_string().contains("larger than 1000 bytes"));
    let incoming = std::fs::read_dir(store.dir().join("blobs/incoming")).unwrap();
    assert_eq!(incoming.count(), 0, "nothing half is left");
    let path = store.dir().join("blobs").join(&row.sha256[..2]).join(&row.sha256);
    std::fs::write(path, b"tampered").unwrap();
    assert!(blobs::read(&store, &row.sha256).await.is_err());
    assert!(blobs::get(&store, "../../etc/passwd").await.unwrap().is_none());
}
