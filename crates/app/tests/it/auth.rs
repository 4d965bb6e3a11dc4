//! Set-up, signing in, sessions, links.

use crate::world::{PASSWORD, World, bare, setup_input};
use jiff::SignedDuration;
use roadbook_app::Error;
use roadbook_app::auth::{LinkKind, NewLink, SetupInput, SetupState, SignInContext};
use roadbook_core::run::Assurance;

fn ip(text: &str) -> SignInContext {
    SignInContext { ip: text.to_owned() }
}

#[tokio::test]
async fn nobody_gets_in_before_set_up_and_the_code_works_once() {
    let (app, clock, _, _dir) = bare().await;
    assert_eq!(app.setup_state().await.unwrap(), SetupState::Needed);
    for (login, password) in [("admin", "admin"), ("admin", "admin1234567"), ("root", "")] {
        let refused = app.sign_in(login, password, ip("a")).await.unwrap_err();
        assert_eq!(refused.code(), "sign_in_failed");
    }
    assert_eq!(app.setup("guess", setup_input()).await.unwrap_err().code(), "setup_code");

    let late = app.setup_code().await.unwrap().unwrap();
    clock.advance(SignedDuration::from_mins(31));
    assert_eq!(app.setup(&late, setup_input()).await.unwrap_err().code(), "setup_code");

    let code = app.setup_code().await.unwrap().unwrap();
    assert!(code.len() >= 22, "128 bits at least");
    let wrong = SetupInput {
        organization: " ".to_owned(),
        zone: "Seoul".to_owned(),
        lang: "xx".to_owned(),
        password: "short".to_owned(),
        ..setup_input()
    };
    let Error::Invalid(fields) = app.setup(&code, wrong).await.unwrap_err() else {
        panic!("fields are named")
    };
    let named: Vec<&str> = fields.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(named, ["organization", "zone", "lang", "password"]);

    app.setup(&code, setup_input()).await.unwrap();
    assert_eq!(app.setup_state().await.unwrap(), SetupState::Done);
    assert_eq!(app.setup(&code, setup_input()).await.unwrap_err().code(), "setup_code");
    assert_eq!(app.setup_code().await.unwrap(), None);
    let (_, session) = app.sign_in(" ADMIN ", PASSWORD, ip("a")).await.unwrap();
    let roles: Vec<&str> = session.actor.grants.iter().map(|it| it.role.as_str()).collect();
    assert_eq!(roles, ["admin", "manager", "process_owner"]);
    assert!(session.scope.all);
}

#[tokio::test]
async fn a_session_ends_when_idle_at_twelve_hours_and_when_its_person_leaves() {
    let world = World::new().await;
    let (token, _) = world.app.sign_in("admin", PASSWORD, ip("a")).await.unwrap();
    assert!(world.app.authenticate("rbs_invented").await.unwrap().is_none());
    // Used every twenty minutes it lasts, but not longer than twelve hours.
    let mut minutes = 0;
    while world.app.authenticate(&token).await.unwrap().is_some() {
        world.advance(SignedDuration::from_mins(20));
        minutes += 20;
    }
    assert_eq!(minutes, 720);

    let (token, session) = world.app.sign_in("admin", PASSWORD, ip("a")).await.unwrap();
    world.advance(SignedDuration::from_mins(29));
    assert!(world.app.authenticate(&token).await.unwrap().is_some());
    world.advance(SignedDuration::from_mins(30));
    assert!(world.app.authenticate(&token).await.unwrap().is_none(), "idle");

    let (token, _) = world.app.sign_in("admin", PASSWORD, ip("a")).await.unwrap();
    assert_eq!(world.app.sessions(&session.call()).await.unwrap().len(), 1);
    let live = world.app.authenticate(&token).await.unwrap().unwrap();
    world.app.sign_out(&live).await.unwrap();
    assert!(world.app.authenticate(&token).await.unwrap().is_none(), "signed out");
}

#[tokio::test]
async fn a_signature_asks_for_the_password_again_after_five_minutes() {
    let world = World::new().await;
    let (token, session) = world.app.sign_in("admin", PASSWORD, ip("a")).await.unwrap();
    assert_eq!(world.app.assurance(&session), Assurance::Password);
    world.advance(SignedDuration::from_mins(5));
    let session = world.app.authenticate(&token).await.unwrap().unwrap();
    assert_eq!(world.app.assurance(&session), Assurance::Session);
    let refused = world.app.step_up(&session, "not my password").await.unwrap_err();
    assert_eq!(refused.code(), "password_wrong");
    world.app.step_up(&session, PASSWORD).await.unwrap();
    let session = world.app.authenticate(&token).await.unwrap().unwrap();
    assert_eq!(world.app.assurance(&session), Assurance::Password);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_says_when_to_come_back() {
    let world = World::new().await;
    let mut refused = Vec::new();
    for _ in 0..7 {
        refused.push(world.app.sign_in("admin", "a wrong guess", ip("b")).await.unwrap_err());
    }
    assert!(matches!(refused.last(), Some(Error::TooMany { seconds: 1 })), "{refused:?}");
    // An unknown name is answered alike.
    for _ in 0..6 {
        let unknown = world.app.sign_in("nobody", "a wrong guess", ip("b")).await.unwrap_err();
        assert_eq!(unknown.to_string(), refused[0].to_string());
    }
    let unknown = world.app.sign_in("nobody", "a wrong guess", ip("b")).await.unwrap_err();
    assert_eq!(unknown.to_string(), refused[6].to_string());
    world.advance(SignedDuration::from_secs(2));
    world.app.sign_in("admin", PASSWORD, ip("b")).await.unwrap();
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_the_old_sessions() {
    let world = World::new().await;
    let (token, session) = world.app.sign_in("admin", PASSWORD, ip("a")).await.unwrap();
    let id = session.person.id.clone();
    let secret = world.app.invite(&session.call(), &id).await.unwrap().secret.unwrap();
    let link = world.app.link(&secret).await.unwrap().unwrap();
    assert_eq!(link.kind, LinkKind::Password);
    assert!(link.actor.grants.is_empty(), "a link brings no rights of its own");
    let weak = world.app.password_set(&secret, "Password1234").await.unwrap_err();
    assert_eq!(weak.code(), "invalid");
    world.app.password_set(&secret, "seven green bicycles").await.unwrap();
    let used = world.app.password_set(&secret, "another long secret").await.unwrap_err();
    assert_eq!(used.code(), "link_gone");
    assert!(world.app.authenticate(&token).await.unwrap().is_none());
    assert!(world.app.sign_in("admin", PASSWORD, ip("a")).await.is_err());
    world.app.sign_in("admin", "seven green bicycles", ip("a")).await.unwrap();

    let once = NewLink {
        person: Some(id),
        ..NewLink::new(LinkKind::SignIn, SignedDuration::from_hours(1), true)
    };
    let (_, secret) = world.app.link_create(once).await.unwrap();
    let (_, session) = world.app.sign_in_by_link(&secret).await.unwrap();
    assert_eq!(world.app.assurance(&session), Assurance::Session, "a link is no password");
    assert_eq!(world.app.sign_in_by_link(&secret).await.unwrap_err().code(), "link_gone");
}
