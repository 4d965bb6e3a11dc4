//! Signing in and out, the proof for signatures, and who one is.

use crate::http::input::Command;
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use roadbook_app::auth::{Session, SignInContext};
use roadbook_core::access::Scope;
use roadbook_wire::api::session::{Me, SignIn, StepUp, Token};
use roadbook_wire::api::{Empty, session};

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

async fn sign_in(State(web): State<Web>, body: Bytes) -> Answer<Json<Token>> {
    if body.len() > 4096 {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "too large"));
    }
    let input: SignIn = crate::http::input::parse(&body)?;
    let from = SignInContext::default();
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
