//! Moving a release onto the revision of its process that is in force: what changes for whom, and
//! the form that does it.

use super::release::{ReleaseTab, load, page};
use super::view::migration as look;
use super::visit::{Page, Refused, Sent, Signed, go};
use crate::api::migration::LEAD;
use crate::routes::{Endpoint, get, post};
use crate::server::Web;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use roadbook_app::Error;
use roadbook_app::releases::MigrateRelease;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/releases/{release}/migration", "show_release_migration", show).access(LEAD).page(),
        post("/releases/{release}/migration", "send_release_migration", send).access(LEAD).page(),
    ]
}

async fn show(signed: Signed, Path(release): Path<String>) -> Page {
    let view = load(&signed, &release).await?;
    let call = signed.caller.session.call();
    let found = signed.web.app.release_migrate_preview(&call, &view.release.id, None).await;
    let ctx = signed.ctx;
    let body = match found {
        Ok(found) => look::preview(&ctx, view.release.id.as_str(), &found),
        Err(Error::NotMigrated(list)) => look::refused(&ctx, &view, &list),
        Err(error) => return Err(Refused::of_release(ctx, error.into(), &view)),
    };
    Ok(page(&ctx, &view, ReleaseTab::Overview, body).into_response())
}

async fn send(State(web): State<Web>, Path(release): Path<String>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.release_find(&caller.session.actor, &release).await.map_err(fail)?;
    let wanted = MigrateRelease {
        revision: fields.text("revision").parse().ok(),
        reason: fields.text("reason"),
        preview: fields.text("preview"),
    };
    if let Err(error) = web.app.release_migrate(&call, &id, wanted).await {
        let view = web.app.release(&caller.session.actor, &id).await.map_err(fail)?;
        return Err(Refused::of_release(ctx, error.into(), &view));
    }
    Ok(go(&format!("/releases/{id}")))
}
