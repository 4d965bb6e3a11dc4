//! How the installation is: mail tried now, the self-check; and what the public knows.

use super::releases::receipt;
use super::time;
use crate::http::input::Command;
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::State;
use roadbook_core::access::{Action, Kind};
use roadbook_core::text::Lang;
use roadbook_wire::api::{self, settings as wire};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        post("/api/v1/settings/mail/test", "test_mail", mail)
            .says("Send one mail now, and say what the mail server answered.")
            .access(Access::Grant(Action::Administer, Kind::Settings))
            .takes::<wire::MailTest>()
            .gives::<api::Receipt>(),
        get("/api/v1/settings/self-check", "check_installation", check)
            .says("The self-check: the same as `roadbook doctor`, while the server runs.")
            .access(Access::Grant(Action::View, Kind::Settings))
            .gives::<wire::SelfCheck>(),
        get("/api/v1/feed", "list_feed", feed)
            .says("Releases that were published, last told first; /public/feed.atom for readers.")
            .access(Access::Public)
            .gives::<Vec<wire::FeedLine>>(),
    ]
}

async fn mail(State(web): State<Web>, command: Command<wire::MailTest>) -> Answer {
    let body = &command.body;
    let lang = Lang::from_tag(&body.lang)
        .ok_or_else(|| Problem::field("lang", "unknown", "`en`, `ko`, `vi` or `zh`"))?;
    Ok(receipt(&web.app.mail_test(&command.call, &body.to, lang).await?))
}

async fn check(State(web): State<Web>, caller: Caller) -> Answer<Json<wire::SelfCheck>> {
    let found = web.app.health(&caller.session.call()).await?;
    Ok(Json(wire::SelfCheck { examined: found.examined, findings: found.findings }))
}

async fn feed(State(web): State<Web>) -> Answer<Json<Vec<wire::FeedLine>>> {
    let list = web.app.public_releases().await?.into_iter().map(|it| wire::FeedLine {
        page: format!("/public/{}", it.number),
        number: it.number,
        product: it.product,
        version: it.version,
        published_at: time(it.published_at),
        updated_at: time(it.updated_at),
    });
    Ok(Json(list.collect()))
}
