//! First steps: from an empty installation to the first release, with what is done and what is next.

use super::products::new_fields;
use super::releases::release_fields;
use super::view::start::{StartStep, StartView, start};
use super::visit::{Page, Refused, Sent, Signed, go};
use super::words;
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Field, act, form_with};
use crate::ui::parts::Btn;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::processes::ProcessSummary;
use roadbook_app::sites::SiteListFilter;
use roadbook_app::{Error, PageAsk, ReleaseFilter};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::process::template::Subject;
use serde::Deserialize;

/// The process for those who have none of their own yet.
pub(super) const STARTER: &str = "starter/release";

/// Where the forms of this page come back to.
const HERE: &str = "/start";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let publish = Access::Grant(Action::Create, Kind::Process);
    vec![
        get("/start", "show_start", show).page(),
        post("/start/process", "send_start_process", take).access(publish).page(),
    ]
}

#[derive(Deserialize, Default)]
struct Chosen {
    #[serde(default)]
    process: String,
}

async fn show(signed: Signed, Query(chosen): Query<Chosen>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let found = found(&web, &caller, &chosen).await.map_err(fail)?;
    let steps = vec![
        product(&ctx, &caller, &found),
        sites(&ctx, &caller, &found),
        process(&ctx, &caller, &found),
        release(&ctx, &web, &caller, &found).await,
    ];
    Ok(start(&ctx, &StartView { steps }).into_response())
}

/// What is there already.
struct Found {
    product: Option<(roadbook_core::ids::ProductId, String)>,
    sites: Vec<String>,
    more_sites: bool,
    processes: Vec<ProcessSummary>,
    process: Option<ProcessSummary>,
    release: Option<(String, String)>,
    place: Resource,
}

async fn found(web: &Web, caller: &Caller, chosen: &Chosen) -> Result<Found, Error> {
    let session = &caller.session;
    let products = web.app.product_list(&session.scope, &PageAsk::first(1)).await?;
    let any = SiteListFilter::default();
    let sites = web.app.site_list(&session.scope, &any, &PageAsk::first(3)).await?;
    let mut processes = web.app.process_list(&session.call()).await.or_else(empty_if_denied)?;
    processes.retain(|it| it.template.subject == Subject::Release);
    let wanted = if chosen.process.is_empty() { STARTER } else { chosen.process.as_str() };
    let process = processes.iter().find(|it| it.id == wanted).or(processes.first()).cloned();
    let all = ReleaseFilter::default();
    let releases = web.app.release_list(&session.scope, &all, &PageAsk::first(1)).await?;
    let release = releases.rows.first();
    Ok(Found {
        product: products.rows.first().map(|it| (it.id.clone(), it.name.clone())),
        more_sites: sites.next.is_some(),
        sites: sites.rows.into_iter().map(|it| it.site.name).collect(),
        processes,
        process,
        release: release.map(|it| (it.row.id.to_string(), it.row.title.clone())),
        place: web.app.unit_resource(&session.person.unit).await?,
    })
}

/// Whoever holds no role yet sees no process; the page says who can help.
fn empty_if_denied<T>(error: Error) -> Result<Vec<T>, Error> {
    match error {
        Error::Denied { .. } | Error::NotFound { .. } => Ok(Vec::new()),
        other => Err(other),
    }
}

fn may(caller: &Caller, found: &Found, kind: Kind) -> bool {
    allowed(&caller.session.actor, Action::Create, kind, &found.place)
}

fn not_you(ctx: &PageCtx) -> Markup {
    html! { p.m { (ctx.t("start-not-you")) } }
}

fn product(ctx: &PageCtx, caller: &Caller, found: &Found) -> StartStep {
    let acts = match &found.product {
        Some(_) => html! {},
        None if may(caller, found, Kind::Product) => {
            // The short name is made from the name; the product's own page can say more.
            let fields = new_fields(ctx).into_iter().filter(|it| it.0 != "key").map(|it| it.1);
            let fields: Vec<Field> = fields.collect();
            form_with(ctx, "/products", &[("back", HERE)], &fields, &ctx.t("start-product"))
        }
        None => not_you(ctx),
    };
    StartStep {
        id: "product",
        done: found.product.is_some(),
        title: ctx.t("start-product").into_owned(),
        text: ctx.t("start-product-text").into_owned(),
        found: html! { @if let Some((id, name)) = &found.product { a href={ "/products/" (id) } { (name) } } },
        acts,
    }
}

fn sites(ctx: &PageCtx, caller: &Caller, found: &Found) -> StartStep {
    let done = !found.sites.is_empty();
    let acts = html! {
        @if !may(caller, found, Kind::Site) { @if !done { (not_you(ctx)) } }
        @else { div.acts {
            @let open = Btn::link(ctx.t("start-sites-open"), "/sites/import");
            @if done || found.product.is_none() { (open) } @else { (open.primary()) }
        } }
    };
    StartStep {
        id: "sites",
        done,
        title: ctx.t("setup-next-sites").into_owned(),
        text: ctx.t("start-sites-text").into_owned(),
        found: html! { @if done { a href="/sites" { (found.sites.join(", ")) @if found.more_sites { " …" } } } },
        acts,
    }
}

fn process(ctx: &PageCtx, caller: &Caller, found: &Found) -> StartStep {
    let acts = html! {
        @if found.process.is_none() {
            @if may(caller, found, Kind::Process) {
                div.acts { (act(ctx, "/start/process", Btn::button(ctx.t("start-process-publish")).primary(), &[])) }
            } @else { (not_you(ctx)) }
        }
    };
    let chosen = found.process.as_ref().map(|it| it.id.as_str());
    let list = html! { @if found.process.is_some() { ul.list.pair { @for it in &found.processes {
        @let (name, lang) = it.template.title.show(ctx.lang);
        li {
            span { a href={ "/processes/" (it.id) } lang=(lang.tag()) { (name) } br;
                span.m.s { (ctx.tn("start-process-steps", it.template.steps().count() as i64)) ", " (ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())])) } }
            @if chosen == Some(it.id.as_str()) { span.chipf aria-current="true" { (ctx.t("start-process-chosen")) } }
            @else {
                @let name = format!("{}: {name}", ctx.t("start-process-choose"));
                (Btn::link(ctx.t("start-process-choose"), format!("{HERE}?process={}#release", it.id)).small().aria(name))
            }
        }
    } } } };
    StartStep {
        id: "process",
        done: found.process.is_some(),
        title: ctx.t("start-process").into_owned(),
        text: ctx.t("start-process-text").into_owned(),
        found: list,
        acts,
    }
}

async fn release(ctx: &PageCtx, web: &Web, caller: &Caller, found: &Found) -> StartStep {
    let open = match (&found.release, &found.product, &found.process) {
        (Some((id, title)), _, _) => html! { a href={ "/releases/" (id) } { (title) } },
        (None, Some((product, name)), Some(process)) => {
            let (hidden, fields) =
                release_fields(ctx, web, &caller.session, product, process).await;
            let hidden: Vec<(&str, &str)> = hidden.iter().map(|it| (it.0, it.1.as_str())).collect();
            let about = format!("{name} · {}", words::show(ctx, &process.template.title));
            html! {
                p { b { (about) } }
                (form_with(ctx, "/releases/new", &hidden, &fields, &ctx.t("release-new-submit")))
            }
        }
        _ => html! { p.m { (ctx.t("start-release-first")) } },
    };
    StartStep {
        id: "release",
        done: found.release.is_some(),
        title: ctx.t("start-release").into_owned(),
        text: ctx.t("start-release-text").into_owned(),
        found: html! {},
        acts: open,
    }
}

/// Publishes the starter process where it is not in force.
async fn take(State(web): State<Web>, sent: Sent) -> Page {
    let fail = |error: Error| Refused::new(sent.ctx.clone(), error.into());
    let builtin = web.app.ports().processes.builtin();
    let starter = builtin.into_iter().find(|it| it.0 == STARTER);
    let (_, text) = starter.ok_or_else(|| fail(Error::NotFound { what: "process" }))?;
    match web.app.process_publish(&sent.call, &text, "built in").await {
        // It is in force already: what was asked for is true.
        Ok(_) | Err(Error::Exists { .. }) => Ok(go(HERE)),
        Err(error) => Err(fail(error)),
    }
}
