//! Home: what must I do, when, how much, and who do I wait for?

use super::view::home::{HomeView, home};
use super::visit::{Page, Refused, Signed};
use crate::routes::{Endpoint, get};
use axum::response::IntoResponse;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/", "show_home", show).page()]
}

async fn show(signed: Signed) -> Page {
    let Signed { mut ctx, caller, web } = signed;
    ctx.live = Some("home".to_owned());
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let todo = web.app.todo(&caller.session.actor).await.map_err(fail)?;
    let ready = todo.iter().filter(|it| it.ready).count();
    let view = HomeView {
        today: ready as u64,
        next: None,
        nothing_until: None,
        also: Vec::new(),
        load: None,
        load_sum: (0, 0),
        work: Vec::new(),
        work_count: (0, todo.len()),
        waiting: Vec::new(),
        clashes: Vec::new(),
        board: Vec::new(),
        may_create: true,
    };
    Ok(home(&ctx, &view).into_response())
}
