//! Every route × everybody × {own, foreign, none}. A route that is not known here breaks the test.

use crate::world::{Reply, World};
use axum::http::StatusCode;
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_web::routes::{self, Access, Endpoint};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Own,
    Foreign,
    Nobodys,
}

/// A path with its names filled in; a name that is not known here is a route nobody looked at.
fn filled(world: &World, route: &Endpoint, whose: Whose) -> String {
    let side = if whose == Whose::Foreign { &world.foreign } else { &world.own };
    let pick = |prefix: &str, id: &str| match whose {
        Whose::Nobodys => format!("{prefix}_00000000000000000000000000"),
        _ => id.to_owned(),
    };
    let parts = route.path.split('/').map(|part| {
        let Some(name) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) else {
            return part.to_owned();
        };
        match name {
            "release" => pick("rel", &side.release),
            "product" => pick("prod", side.product.as_str()),
            "unit" => pick("unit", side.unit.as_str()),
            "person" => pick("per", side.person.as_str()),
            "id" if route.path.starts_with("/releases/") => pick("rel", &side.release),
            "id" if route.path.starts_with("/notices/") => {
                pick("ntc", "ntc_00000000000000000000000001")
            }
            "answer" => "accept".to_owned(),
            "process" => "starter%2Frelease".to_owned(),
            "family" => "starter".to_owned(),
            "name" => "release".to_owned(),
            "step" | "check" | "document" | "revision" | "delivery" | "talk" | "absence"
            | "sha256" | "digest" => "nothing".to_owned(),
            "role" => "approver".to_owned(),
            "extract" => "tasks".to_owned(),
            "deputy" => pick("per", side.person.as_str()),
            "number" => "1.2.3".to_owned(),
            "setting" => "four_eyes".to_owned(),
            "window" => "weekend-evenings".to_owned(),
            "freeze" => pick("frz", "frz_00000000000000000000000001"),
            "session" => pick("ses", "ses_00000000000000000000000001"),
            "notice" => pick("ntc", "ntc_00000000000000000000000001"),
            "site" => pick("site", &side.site),
            "contact" => pick("con", &side.contact),
            "token" => "rbl_invented".to_owned(),
            "*file" => "nothing.css".to_owned(),
            "action" => "1".to_owned(),
            "key" => "0123456789ABCDEF".to_owned(),
            "paper" => "nothing".to_owned(),
            "file" => "nothing.rbpkg".to_owned(),
            other => panic!("{} {}: who may see `{{{other}}}`?", route.method, route.path),
        }
    });
    let path = parts.collect::<Vec<_>>().join("/");
    let query = match route.id {
        "explain_slot" => "?start=2026-02-01T00:00:00Z&end=2026-02-01T01:00:00Z",
        "diff_process" => "?from=1&to=1",
        "compare_process" => "?from=1&to=1&release=nothing",
        "upload_document" => "?name=a.pdf",
        "upload_artifact" => "?name=a.tar&kind=file&version=1",
        "attach_paper" => "?name=a.json&kind=sbom",
        "ask_what_if" => "?start=2026-02-01T00:00:00Z&end=2026-02-01T01:00:00Z",
        "list_events" => "?topic=nothing",
        _ => "",
    };
    format!("{path}{query}")
}

/// A body that can be read, so that the answer is about access.
fn body(world: &World, route: &Endpoint, whose: Whose) -> Value {
    let side = if whose == Whose::Foreign { &world.foreign } else { &world.own };
    let slot = json!({ "start": "2026-02-01T00:00:00Z", "end": "2026-02-01T01:00:00Z" });
    match route.id {
        "set_release_slot" => slot,
        "close_release" => json!({ "code": "success" }),
        "set_release_field" => json!({ "field": "nothing", "value": true }),
        "answer_check" => json!({ "yes": true }),
        "vote_step" => json!({ "verdict": "approve", "digest": "00" }),
        "give_opinion" => json!({ "stance": "for", "text": "fine" }),
        "decide_step" => json!({ "outcome": "go" }),
        "delegate_step" => json!({ "to": "nobody" }),
        "act_on_sheet" => json!({ "line": "one", "act": "begin" }),
        "act_on_member" => json!({ "member": "one", "act": "done" }),
        "add_item" => json!({ "id": "one", "ask": "Is it there?" }),
        "raise_event" => json!({ "event": "issue.raised", "what": "trouble" }),
        "choose_way" => json!({ "choice": "remedy", "reason": "why" }),
        "write_document" => json!({ "text": "# Text" }),
        "sign_document" => json!({ "role": "lead", "digest": "00" }),
        "create_release" => json!({
            "product": side.product.as_str(), "process": "starter/release", "version": "9.9.9",
            "title": "Another", "kind": "upgrade",
        }),
        "sign_in" => json!({ "login": "nobody-at-all", "password": "not the password" }),
        "step_up" => json!({ "password": "not the password" }),
        "change_password" => json!({ "old": "not the password", "new": "seven green bicycles" }),
        "set_password" => json!({ "link": "rbl_x", "password": "seven green bicycles" }),
        "set_up" => json!({
            "code": "guess", "organization": "A", "zone": "Asia/Seoul", "lang": "en",
            "name": "B", "login": "b", "password": "seven green bicycles",
        }),
        "check_process" => json!({ "text": "id = 1" }),
        "publish_process" => json!({ "text": "id = 1", "note": "a note" }),
        "set_process_setting" => json!({ "value": "true" }),
        "edit_window" => json!({ "capacity": 2 }),
        "add_freeze" => json!({
            "from": "2026-12-24T00:00:00Z", "until": "2026-12-26T00:00:00Z", "reason": "holidays",
        }),
        "create_unit" | "edit_unit" => json!({
            "name": "New", "kind": "team", "parent": side.unit.as_str(), "zone": "Asia/Seoul",
        }),
        "create_person" | "edit_person" => json!({
            "name": "New", "lang": "en", "zone": "Asia/Seoul", "unit": side.unit.as_str(),
        }),
        "set_person_active" => json!({ "active": true }),
        "grant_role" | "revoke_role" => json!({
            "role": "member", "scope": "unit", "scope_id": side.unit.as_str(),
        }),
        "add_absence" => json!({ "from": "2026-03-02", "to": "2026-03-03" }),
        "create_product" | "edit_product" => json!({
            "key": "new", "name": "New", "unit": side.unit.as_str(),
        }),
        "set_branches" => json!({ "pattern": "release/[version]" }),
        "set_authorizers" => json!({ "people": [side.person.as_str()] }),
        "add_roadmap_entry" => json!({ "number": "2.0.0", "theme": "More" }),
        "explain_next_version" => json!({ "level": "minor" }),
        "create_site" | "edit_site" => json!({
            "key": "new", "name": "New", "zone": "Asia/Seoul", "lang": "ko",
            "unit": side.unit.as_str(),
        }),
        "add_contact" | "edit_contact" => json!({ "name": "New", "lang": "ko" }),
        "set_site_version" => json!({
            "product": side.product.as_str(), "version": "1.0.0", "since": "2026-01-01T00:00:00Z",
        }),
        "report_deployment" => {
            json!({ "site": side.site, "outcome": "installed", "evidence": "seen" })
        }
        "decide_site" => json!({ "decision": "accept" }),
        "give_feedback" => json!({ "success": "yes" }),
        "name_deputy" => {
            json!({ "deputy": side.person.as_str(), "until": "2026-03-03T00:00:00Z" })
        }
        "test_mail" => json!({ "to": "anna@hanbit.example", "lang": "en" }),
        "edit_release" => json!({ "title": "Another" }),
        "enroll_agent" => json!({ "token": "rbl_invented", "program": "agent 1" }),
        "revoke_agent" | "cancel_action" | "retire_release_key" => json!({ "reason": "because" }),
        "add_release_key" => json!({
            "public_key": "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
        }),
        "set_site_parameter" => {
            json!({ "product": side.product.as_str(), "name": "path", "value": "/srv/app" })
        }
        "publish_key_set" => json!({
            "body": roadbook_wire::package::write_root(&roadbook_core::package::TrustRoot {
                format: 1,
                product: "*".to_owned(),
                version: 1,
                keys: vec![
                    "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3".to_owned(),
                ],
                threshold: 1,
            })
            .iter()
            .map(|it| char::from(*it))
            .collect::<String>(),
        }),
        "set_participants" => json!({ "people": [side.person.as_str()] }),
        "report_site_deployment" => json!({ "outcome": "installed", "evidence": "seen" }),
        "migrate_release" => json!({ "reason": "because", "preview": "00" }),
        "finish_talk" => json!({ "channel": "phone" }),
        _ => json!({ "reason": "because" }),
    }
}

/// Inputs without fields refuse the usual reason.
fn fitting(route: &Endpoint, body: Value) -> Value {
    let only_reason = body == json!({ "reason": "because" });
    let reason = ["hold_release", "resume_release", "cancel_release", "override_step"];
    let also = ["discard_delivery", "revoke_agent", "cancel_action", "retire_release_key"];
    if only_reason && !reason.contains(&route.id) && !also.contains(&route.id) {
        json!({})
    } else {
        body
    }
}

async fn ask(world: &World, who: Option<&str>, route: &Endpoint, whose: Whose) -> Reply {
    let path = filled(world, route, whose);
    let body = fitting(route, body(world, route, whose));
    world.call(who, route.method, &path, &body).await
}

fn place(world: &World, route: &Endpoint, whose: Whose) -> Resource {
    let side = if whose == Whose::Foreign { &world.foreign } else { &world.own };
    let mut place = Resource { units: vec![side.unit.clone()], ..Resource::default() };
    let named = |name: &str| route.path.contains(name);
    if named("{release}") {
        place.release = roadbook_core::ids::ReleaseId::parse(&side.release).ok();
        place.product = Some(side.product.clone());
    } else if named("{product}") {
        place.product = Some(side.product.clone());
    }
    if named("{site}") || named("{contact}") {
        place.site = roadbook_core::ids::SiteId::parse(&side.site).ok();
    }
    place
}

/// A route that names a thing which stands in one unit.
fn placed(route: &Endpoint) -> bool {
    ["{release}", "{product}", "{unit}", "{person}", "{site}", "{contact}"]
        .iter()
        .any(|it| route.path.contains(it))
}

#[tokio::test]
async fn nobody_reaches_what_the_table_does_not_give() {
    let world = World::new().await;
    let mut checks = 0;
    for route in routes::all() {
        // Ending one's own session ends this test's too.
        if matches!(route.id, "sign_out" | "send_sign_out" | "list_events") {
            continue;
        }
        let label = format!("{} {}", route.method, route.path);
        let stranger = ask(&world, None, &route, Whose::Own).await;
        match route.access {
            // Without the token of a site there is nothing, and nothing says why.
            Access::Agent => {
                assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{label} {stranger:?}");
                assert_eq!(stranger.text, "", "{label}");
            }
            Access::Public | Access::Link => {
                assert!(
                    stranger.status.as_u16() < 500 || stranger.status == 503,
                    "{label} {stranger:?}"
                );
            }
            _ if route.page => {
                let to = stranger.headers.get("location").and_then(|it| it.to_str().ok());
                assert!(to.is_some_and(|it| it.starts_with("/sign-in")), "{label} {stranger:?}");
            }
            _ => assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{label} {stranger:?}"),
        }
        checks += 1;
        for who in world.people.keys() {
            for whose in [Whose::Own, Whose::Foreign, Whose::Nobodys] {
                let reply = ask(&world, Some(who), &route, whose).await;
                judge(&world, &route, who, whose, &reply).await;
                checks += 1;
            }
        }
    }
    assert!(checks > 600, "only {checks}");
}

async fn judge(world: &World, route: &Endpoint, who: &str, whose: Whose, reply: &Reply) {
    let told = format!("{} {} as {who}, {whose:?}: {reply:?}", route.method, route.path);
    assert!(reply.status.as_u16() < 500, "{told}");
    if route.access == Access::Agent {
        // A session is no token of an agent, whoever holds it.
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{told}");
        assert_eq!(reply.text, "", "{told}");
        return;
    }
    let known = reply.status != StatusCode::UNAUTHORIZED
        || matches!(route.access, Access::Public | Access::Link);
    assert!(known, "{told}");
    let actor = &world.people[who].actor;
    if who != "admin" {
        // Nothing of the other unit is told, in no list and in no error.
        assert!(!reply.text.contains("canary"), "{told}");
    }
    let Access::Grant(action, kind) = route.access else { return };
    let there = place(world, route, whose);
    if route.page || !placed(route) {
        let anywhere = !matches!(action, Action::View)
            && !allowed(actor, action, kind, &place(world, route, Whose::Own))
            && !allowed(actor, action, kind, &Resource::whole());
        if anywhere && !personal(kind, action) {
            assert!(!reply.status.is_success(), "{told}");
        }
        return;
    }
    let sees = allowed(actor, Action::View, kind, &there);
    if whose != Whose::Nobodys && !sees {
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{told}");
        let missing = ask(world, Some(who), route, Whose::Nobodys).await;
        assert_eq!(reply.text, missing.text, "{told}: a foreign thing is like none at all");
    }
    let denied = !allowed(actor, action, kind, &there) && !personal(kind, action);
    if whose == Whose::Nobodys || denied {
        assert!(!reply.status.is_success(), "{told}");
    }
}

/// What somebody may do about themselves or as the lead of a release is no matter of the table.
fn personal(kind: Kind, action: Action) -> bool {
    kind == Kind::Release && matches!(action, Action::Lead)
}
