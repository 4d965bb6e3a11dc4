//! Signing in and out, the proof for signatures, and who one is.

use super::releases::receipt;
use crate::http::client::ip;
use crate::http::input::{Command, Open};
use crate::http::problem::Answer;
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::Extensions;
use axum::response::Response;
use roadbook_app::auth::{Session, SetupInput, SetupState, SignInContext};
use roadbook_core::access::Scope;
use roadbook_core::ids::SessionId;
use roadbook_wire::api::session::{Me, SignIn, StepUp, Token};
use roadbook_wire::api::{self, Empty, session};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        post("/api/v1/session", "sign_in", sign_in)
            .says("Sign in and get a token; it is told once.")
            .access(Access::Public)
            .takes::<SignIn>()
            .gives::<Token>(),
        get("/api/v1/me", "get_me", me).says("Who you are.").gives::<Me>(),
        post("/api/v1/session/sign-out", "sign_out", sign_out)
            .says("End this session.")
            .takes::<Empty>()
            .gives::<Empty>(),
        post("/api/v1/session/step-up", "step_up", step_up)
            .says("Prove yourself again for signatures of the next five minutes.")
            .takes::<StepUp>()
            .gives::<Me>(),
        get("/api/v1/session/list", "list_sessions", sessions)
            .says("Your sessions.")
            .gives::<Vec<session::SessionLine>>(),
        post("/api/v1/session/{session}/end", "end_session", end_session)
            .says("End one of your sessions.")
            .takes::<Empty>()
            .gives::<api::Receipt>(),
        post("/api/v1/me/password", "change_password", change_password)
            .says("Change your password; your other sessions end.")
            .takes::<session::PasswordChange>()
            .gives::<api::Receipt>(),
        post("/api/v1/password", "set_password", set_password)
            .says("Set a password through a link.")
            .access(Access::Public)
            .takes::<session::PasswordSet>()
            .gives::<api::Receipt>(),
        get("/api/v1/setup", "get_setup", setup_state)
            .says("Whether somebody has to set the installation up.")
            .access(Access::Public)
            .gives::<session::SetupState>(),
        post("/api/v1/setup", "set_up", set_up)
            .says("Set the installation up, with the code that the server printed.")
            .access(Access::Public)
            .takes::<session::Setup>()
            .gives::<api::Receipt>()
            .creates(),
    ]
}

/// A session as the API shows it.
pub(crate) fn wire_me(session: &Session) -> Me {
    let scope = |it: &Scope| match it {
        Scope::All => "all".to_owned(),
        Scope::Unit(id) => id.to_string(),
        Scope::Product(id) => id.to_string(),
        Scope::Release(id) => id.to_string(),
        Scope::Site(id) => id.to_string(),
    };
    session::Me {
        id: session.person.id.to_string(),
        name: session.person.name.clone(),
        lang: session.person.lang.code().to_owned(),
        zone: session.person.zone.clone(),
        roles: session
            .actor
            .grants
            .iter()
            .map(|it| format!("{}@{}", it.role, scope(&it.scope)))
            .collect(),
    }
}

async fn sign_in(
    State(web): State<Web>,
    extensions: Extensions,
    Open(input): Open<SignIn>,
) -> Answer<Json<Token>> {
    let ip = ip(&extensions);
    if !web.limits.sign_in(ip) {
        return Err(roadbook_app::Error::TooMany { seconds: 2 }.into());
    }
    let from = SignInContext { ip: ip.to_string() };
    let (token, session) = web.app.sign_in(&input.login, &input.password, from).await?;
    let expires_at = super::time(session.expires_at);
    Ok(Json(Token { token, expires_at, me: wire_me(&session) }))
}

async fn me(caller: Caller) -> Json<Me> {
    Json(wire_me(&caller.session))
}

async fn sign_out(State(web): State<Web>, command: Command<Empty>) -> Answer<Json<Empty>> {
    web.app.sign_out(&command.caller.session).await?;
    Ok(Json(Empty {}))
}

async fn step_up(State(web): State<Web>, command: Command<StepUp>) -> Answer<Json<Me>> {
    let session = web.app.step_up(&command.caller.session, &command.body.password).await?;
    Ok(Json(wire_me(&session)))
}

async fn sessions(
    State(web): State<Web>,
    caller: Caller,
) -> Answer<Json<Vec<session::SessionLine>>> {
    let list = web.app.sessions(&caller.session.call()).await?;
    let line = |it: roadbook_app::auth::SessionView| session::SessionLine {
        id: it.id.to_string(),
        created_at: super::time(it.created_at),
        last_seen_at: super::time(it.last_seen_at),
        expires_at: super::time(it.expires_at),
    };
    Ok(Json(list.into_iter().map(line).collect()))
}

async fn end_session(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<Empty>,
) -> Answer {
    let id = super::id(SessionId::parse, &id, "session")?;
    Ok(receipt(&web.app.session_end(&command.call, &id).await?))
}

async fn change_password(
    State(web): State<Web>,
    command: Command<session::PasswordChange>,
) -> Answer {
    let Command { caller, body, .. } = command;
    Ok(receipt(&web.app.password_change(&caller.session, &body.old, &body.new).await?))
}

async fn set_password(
    State(web): State<Web>,
    Open(body): Open<session::PasswordSet>,
) -> Answer<Response> {
    Ok(receipt(&web.app.password_set(&body.link, &body.password).await?))
}

async fn setup_state(State(web): State<Web>) -> Answer<Json<session::SetupState>> {
    let needed = web.app.setup_state().await? == SetupState::Needed;
    Ok(Json(session::SetupState { needed }))
}

async fn set_up(State(web): State<Web>, Open(body): Open<session::Setup>) -> Answer<Response> {
    let input = SetupInput {
        organization: body.organization,
        zone: body.zone,
        lang: body.lang,
        name: body.name,
        login: body.login,
        email: body.email,
        password: body.password,
    };
    Ok(receipt(&web.app.setup(&body.code, input).await?))
}
