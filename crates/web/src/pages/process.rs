//! One process: its lanes, findings, revisions and file.

use super::files::attachment;
use super::view::process as look;
use super::view::settings::settings_card;
use super::visit::{Page, Refused, Sent, Signed, go};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, head};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use maud::html;
use roadbook_app::processes::ProcessView;
use roadbook_app::{Error, PageAsk};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::{PersonId, ProductId};
use roadbook_core::process::diff::{Difference, diff};
use roadbook_wire::process::check_among;
use serde::Deserialize;

const FILE: &str = "process.toml";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Process);
    vec![
        get("/processes/{family}/{name}", "show_process", one).access(view).page(),
        get("/processes/{family}/{name}/file", "show_process_file", file).access(view).page(),
        // Who sets for a product edits that product; the use case asks.
        post("/processes/{family}/{name}/settings", "send_process_setting", set)
            .access(view)
            .page(),
    ]
}

#[derive(Deserialize)]
struct Which {
    revision: Option<u32>,
    from: Option<u32>,
    to: Option<u32>,
}

async fn load(
    signed: &Signed,
    family: &str,
    name: &str,
    revision: Option<u32>,
) -> Page<(String, ProcessView)> {
    let id = format!("{family}/{name}");
    let call = signed.caller.session.call();
    let view = signed.web.app.process_view(&call, &id, revision).await;
    Ok((id, view.map_err(|error| Refused::new(signed.ctx.clone(), error.into()))?))
}

async fn one(
    Path((family, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    signed: Signed,
) -> Page {
    let (id, view) = load(&signed, &family, &name, which.revision).await?;
    let fail = |error: Error| Refused::new(signed.ctx.clone(), error.into());
    let asked = match (which.from, which.to) {
        (Some(from), Some(to)) => Some((from, to, between(&view, from, to).map_err(fail)?)),
        _ => None,
    };
    let call = signed.caller.session.call();
    let cover = signed.web.app.process_cover(&call, &id).await.map_err(fail)?;
    let people = view.history.iter().map(|it| &it.author).chain(cover.reviewers());
    let people = people.filter_map(|it| PersonId::parse(it).ok()).collect();
    let names = signed.web.app.names(people).await.map_err(fail)?;
    let known = signed.web.app.process_check_among(&call).await.map_err(fail)?;
    let settings = match view.summary.state.as_str() {
        "effective" => signed.web.app.process_settings(&call, &id).await.map_err(fail)?,
        _ => Vec::new(),
    };
    let ask = PageAsk { cursor: None, limit: 200 };
    let products = signed.web.app.product_list(&signed.caller.session.scope, &ask).await;
    let products = products.map_err(fail)?.rows;
    let products: Vec<_> = products.into_iter().map(|it| (it.id, it.name)).collect();
    let Signed { ctx, caller, .. } = signed;
    let template = &view.summary.template;
    let title = template.title.show(ctx.lang).0.to_owned();
    let about = template.description.show(ctx.lang).0.to_owned();
    let may = allowed(&caller.session.actor, Action::Create, Kind::Process, &Resource::whole());
    let crumbs = vec![
        (ctx.t("processes-title").into_owned(), Some("/processes".to_owned())),
        (id.clone(), None),
    ];
    let revision = view.summary.revision;
    let checked = check_among(FILE, &view.text, &known);
    let acts = html! {
        (Btn::link(ctx.t("processes-simulate"), format!("/processes/{id}/simulate?revision={revision}")))
        (Btn::link(ctx.t("action-export"), format!("/processes/{id}/file?revision={revision}")))
        @if may { (Btn::link(ctx.t("processes-new-revision"), format!("/processes/{id}/edit"))) }
    };
    let body = html! {
        (head(&ctx, &Head { crumbs, title: &title, sub: &about, ..Head::default() }, acts))
        (look::facts(&ctx, &view.summary, &cover, &names))
        (look::lanes(&ctx, template))
        (look::steps(&ctx, template))
        @if !settings.is_empty() {
            (settings_card(&ctx, &id, &settings, &products))
        }
        (look::findings(&ctx, &checked.findings, checked.file_order, look::Lines::File))
        (look::revisions(&ctx, (&id, &view.history), &cover, &names))
        (look::compare(&ctx, &id, &view.history, asked))
        (look::file(&ctx, &id, revision, &view.text))
    };
    Ok(layout(&ctx, &title, body).into_response())
}

async fn set(
    Path((family, name)): Path<(String, String)>,
    State(web): State<Web>,
    sent: Sent,
) -> Page {
    let Sent { ctx, call, fields, .. } = sent;
    let fail = |problem: Problem| Refused::new(ctx.clone(), problem);
    let id = format!("{family}/{name}");
    let product =
        match fields.text("product").as_str() {
            "" => None,
            text => Some(ProductId::parse(text).map_err(|_| {
                fail(Problem::field("product", "unknown", "choose one of the list"))
            })?),
        };
    let (setting, value) = (fields.text("setting"), fields.text("value"));
    let done =
        web.app.process_setting_set(&call, &id, &setting, product.as_ref(), Some(&value)).await;
    done.map_err(|error| fail(error.into()))?;
    Ok(go(&format!("/processes/{id}#settings")))
}

fn between(view: &ProcessView, from: u32, to: u32) -> Result<Vec<Difference>, Error> {
    let find = |revision: u32| {
        let found = view.history.iter().find(|it| it.revision == revision);
        found.ok_or(Error::NotFound { what: "process" })
    };
    Ok(diff(&find(from)?.template, &find(to)?.template))
}

async fn file(
    Path((family, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    signed: Signed,
) -> Page {
    let (_, view) = load(&signed, &family, &name, which.revision).await?;
    let name = format!("{family}-{name}-{}.toml", view.summary.revision);
    let headers = attachment("application/toml", &name);
    Ok((headers, view.text).into_response())
}
