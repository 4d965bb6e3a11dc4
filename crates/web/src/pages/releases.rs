//! Releases: the list and the form of a new one.

use super::visit::{Fields, Page, Refused, Sent, Signed, go};
use super::words::{self, encoded};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, form_with};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Chip, Col, Head, Row, Table, card, chips, empty, head, pager};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::auth::Session;
use roadbook_app::people::PersonFilter;
use roadbook_app::processes::ProcessSummary;
use roadbook_app::products::VersionAsk;
use roadbook_app::releases::{NewRelease, ReleaseListItem};
use roadbook_app::{PageAsk, ReleaseFilter};
use roadbook_core::ids::{PersonId, ProductId};
use roadbook_core::process::template::{Role, Subject};
use roadbook_core::release::Mode;
use roadbook_core::text::Text;
use roadbook_core::version::Level;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) fn endpoints() -> Vec<Endpoint> {
    // Who may create depends on the product; the use case asks.
    let create = Access::SignedIn;
    vec![
        get("/releases", "show_releases", list).page(),
        get("/releases/new", "show_new_release", new).access(create).page(),
        post("/releases/new", "send_new_release", create_release).access(create).page(),
    ]
}

/// Releases of one page of the list.
const PAGE: usize = 50;

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    state: String,
    cursor: Option<String>,
}

fn states(asked: &str) -> Vec<String> {
    let names: &[&str] = match asked {
        "closed" => &["closed"],
        "all" => &[],
        _ => &["draft", "running", "held", "ending"],
    };
    names.iter().map(|it| (*it).to_owned()).collect()
}

async fn list(signed: Signed, Query(asked): Query<Asked>) -> Page {
    let Signed { mut ctx, caller, web } = signed;
    ctx.live = Some("releases".to_owned());
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let text = asked.text.trim();
    let filter = ReleaseFilter {
        states: states(&asked.state),
        text: (!text.is_empty()).then(|| text.to_owned()),
        ..ReleaseFilter::default()
    };
    let ask = PageAsk { cursor: asked.cursor.clone(), limit: PAGE as _ };
    let found = web.app.release_list(&caller.session.scope, &filter, &ask).await.map_err(fail)?;
    let address = |state: &str, cursor: Option<&str>| {
        let cursor = cursor.map(|it| format!("&cursor={}", encoded(it))).unwrap_or_default();
        format!("/releases?state={state}&text={}{cursor}", encoded(text))
    };
    let chip = |state: &str, key: &str| Chip {
        label: ctx.t(key).into_owned(),
        href: address(state, None),
        current: asked.state == state || (asked.state.is_empty() && state == "open"),
    };
    let filters = [
        chip("open", "releases-open"),
        chip("closed", "releases-closed"),
        chip("all", "releases-all"),
    ];
    let shown = found.rows.len().to_string();
    let total = found.total.to_string();
    let shown =
        ctx.ta("list-shown", &[("shown", shown.as_str().into()), ("all", total.as_str().into())]);
    let next = found.next.as_deref().map(|it| address(&asked.state, Some(it)));
    let title = ctx.t("releases-title");
    let sub = ctx.t("releases-sub");
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &sub, ..Head::default() }, html! {
            (Btn::link(ctx.t("home-new-release"), "/releases/new").primary().key("n"))
        }))
        section.card data-live-id="releases" {
            div.ch {
                form.filters method="get" action="/releases" role="search" {
                    input type="hidden" name="state" value=(asked.state);
                    label.vh for="f-text" { (ctx.t("nav-search")) }
                    input.in type="search" id="f-text" name="text" value=(text) placeholder=(ctx.t("nav-search"));
                    button.btn.sm type="submit" { (ctx.t("action-filter")) }
                }
                div.acts { (chips(&ctx.t("work-state"), &filters)) }
            }
            @if found.rows.is_empty() {
                @if text.is_empty() && asked.state != "closed" { (empty(&ctx.t("releases-empty-title"), &ctx.t("releases-empty-text"), html! { (Btn::link(ctx.t("home-new-release"), "/releases/new").primary()) })) }
                @else { (empty(&ctx.t("list-empty-filter"), "", html! { (Btn::link(ctx.t("list-clear-filter"), "/releases")) })) }
            } @else {
                (table(&ctx, &found.rows))
                (pager(&ctx, &shown, None, next.as_deref()))
            }
        }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn table(ctx: &PageCtx, rows: &[ReleaseListItem]) -> Markup {
    let title = ctx.t("releases-title");
    let line = |item: &ReleaseListItem| {
        let row = &item.row;
        let (state, words) = words::release_state(ctx, &row.state);
        let version = row.version.clone().unwrap_or_default();
        Row::Cells(vec![
            html! { a.t href={ "/releases/" (row.id) } { (version) " " (row.title) } br; span.m.s { (row.number) " · " (item.product) } },
            state_text(state, &words),
            html! { @if let Some(at) = row.go_live_at { (ctx.date_time(at)) " " span.m.s { (ctx.relative(at)) } } @else { span.m { (ctx.t("release-no-go-live")) } } },
            html! { (item.lead) },
            html! { @if let Some(at) = row.next_due_at { @if at < ctx.now { (state_text(Glyph::AtRisk, &ctx.moment(at))) } @else { (ctx.moment(at)) } } },
        ])
    };
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("releases-version")),
            Col::new(ctx.t("work-state")),
            Col::new(ctx.t("releases-go-live")),
            Col::new(ctx.t("release-new-lead")).labeled(),
            Col::new(ctx.t("work-due")).labeled(),
        ],
        rows: rows.iter().map(line).collect(),
    };
    html! { (table) }
}

#[derive(Deserialize, Default)]
struct Chosen {
    #[serde(default)]
    product: String,
    #[serde(default)]
    process: String,
}

async fn new(signed: Signed, Query(chosen): Query<Chosen>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let body = new_form(&ctx, &web, &caller.session, &chosen).await.map_err(fail)?;
    let title = ctx.t("release-new-title");
    let crumbs = vec![(ctx.t("nav-releases").into_owned(), Some("/releases".to_owned()))];
    let top = head(&ctx, &Head { crumbs, title: &title, ..Head::default() }, html! {});
    Ok(layout(&ctx, &title, html! { (top) (body) }).into_response())
}

async fn new_form(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    chosen: &Chosen,
) -> Result<Markup, roadbook_app::Error> {
    let call = session.call();
    let ask = PageAsk { cursor: None, limit: 200 };
    let products = web.app.product_list(&session.scope, &ask).await?.rows;
    let processes: Vec<_> = web
        .app
        .process_list(&call)
        .await?
        .into_iter()
        .filter(|it| it.template.subject == Subject::Release)
        .collect();
    if products.is_empty() {
        let add = Btn::link(ctx.t("products-add"), "/products").primary();
        return Ok(
            html! { section.card { (empty(&ctx.t("products-empty"), "", html! { (add) })) } },
        );
    }
    let product = products
        .iter()
        .find(|it| it.id.as_str() == chosen.product || it.key == chosen.product)
        .unwrap_or(&products[0]);
    let process = processes.iter().find(|it| it.id == chosen.process).or(processes.first());
    let pick = html! { section.card { div.cb {
        form.form method="get" action="/releases/new" {
            (Field::new(Input::Select(products.iter().map(|it| Choice::new(it.id.as_str(), &it.name)).collect()), "product", ctx.t("release-new-product")).value(product.id.as_str()).render(ctx))
            (Field::new(Input::Select(processes.iter().map(|it| Choice::new(&it.id, words::show(ctx, &it.template.title))).collect()), "process", ctx.t("release-new-process")).value(process.map_or("", |it| it.id.as_str())).render(ctx))
            div.acts { button.btn type="submit" { (ctx.t("release-new-choose")) } }
        }
    } } };
    let Some(process) = process else {
        return Ok(
            html! { (pick) section.card { (empty(&ctx.t("processes-empty"), "", html! {})) } },
        );
    };
    let (hidden, fields) = release_fields(ctx, web, session, &product.id, process).await;
    let hidden: Vec<(&str, &str)> = hidden.iter().map(|it| (it.0, it.1.as_str())).collect();
    let submit = ctx.t("release-new-submit");
    let title = format!("{} · {}", product.name, words::show(ctx, &process.template.title));
    Ok(html! {
        (pick)
        (card("new", &title, html! {}, html! { div.cb { (form_with(ctx, "/releases/new", &hidden, &fields, &submit)) } }))
    })
}

/// The fields of a new release: values that nobody sees, then what a person fills in.
pub(super) async fn release_fields(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    product: &ProductId,
    process: &ProcessSummary,
) -> (Vec<(&'static str, String)>, Vec<Field>) {
    // The smallest step is the usual one; where it cannot be taken, the person writes the number.
    let ask = VersionAsk { level: Some(Level::Build), ..VersionAsk::default() };
    let next = web.app.version_next(&session.call(), product, ask).await.ok();
    let version = next.map(|it| it.explained.text).unwrap_or_default();
    let hint = if version.is_empty() {
        String::new()
    } else {
        ctx.ta("release-new-version-hint", &[("version", version.as_str().into())]).into_owned()
    };
    let mut fields = vec![
        Field::text("version", ctx.t("releases-version")).value(version).hint(hint),
        Field::text("title", ctx.t("release-new-title-field")),
    ];
    let accepts = process.template.accepts.clone().unwrap_or_default();
    let mut hidden = vec![("product", product.to_string()), ("process", process.id.clone())];
    match accepts.kinds.as_slice() {
        [] => {}
        [only] => hidden.push(("kind", only.clone())),
        many => {
            let list = many.iter().map(|it| Choice::new(it, kind_words(ctx, it))).collect();
            fields.push(
                Field::new(Input::Select(list), "kind", ctx.t("release-new-kind")).value(&many[0]),
            );
        }
    }
    match accepts.modes.as_slice() {
        [] => {}
        [only] => hidden.push(("mode", only.clone())),
        many => {
            let list = many
                .iter()
                .map(|it| Choice::new(it, ctx.t(&format!("release-mode-{it}"))))
                .collect();
            fields.push(
                Field::new(Input::Select(list), "mode", ctx.t("release-new-mode")).value(&many[0]),
            );
            fields.push(Field::text("mode_reason", ctx.t("release-new-mode-reason")));
        }
    }
    fields.push(
        Field::new(Input::Area { rows: 3, code: false }, "content", ctx.t("release-new-content"))
            .optional(),
    );
    fields.extend(holders(ctx, web, session, product, process).await);
    (hidden, fields)
}

/// Somebody for each role that nobody holds, or the release would wait for ever.
async fn holders(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    product: &ProductId,
    process: &ProcessSummary,
) -> Vec<Field> {
    let open = web.app.roles_unheld(product, &process.template).await.unwrap_or_default();
    let filter = PersonFilter { active: Some(true), ..PersonFilter::default() };
    let ask = PageAsk { cursor: None, limit: 200 };
    let people = web.app.person_list(&session.scope, &filter, &ask).await;
    let people = people.map(|it| it.rows).unwrap_or_default();
    let me = session.person.id.as_str();
    let field = |role: Role| {
        let list = people.iter().map(|it| Choice::new(it.id.as_str(), &it.name)).collect();
        Field::new(
            Input::Select(list),
            format!("{HOLDER}{}", role.id),
            words::show(ctx, &role.title),
        )
        .value(me)
        .hint(ctx.t("release-new-holder-hint"))
    };
    if people.is_empty() { Vec::new() } else { open.into_iter().map(field).collect() }
}

/// Begins the names of the fields that say who holds a role.
const HOLDER: &str = "holder-";

fn named(fields: &Fields) -> BTreeMap<String, Vec<PersonId>> {
    let of = |it: &(String, String)| {
        Some((it.0.strip_prefix(HOLDER)?.to_owned(), vec![PersonId::parse(&it.1).ok()?]))
    };
    fields.0.iter().filter_map(of).collect()
}

fn kind_words(ctx: &PageCtx, kind: &str) -> String {
    let key = format!("release-kind-{}", kind.replace('_', "-"));
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { kind.replace('_', " ") }
}

async fn create_release(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, call, fields, .. } = sent;
    let product = ProductId::parse(&fields.text("product")).map_err(|_| {
        let problem = Problem::field("product", "required", "choose a product");
        Refused::new(ctx.clone(), problem)
    })?;
    let input = NewRelease {
        product: Some(product),
        process: fields.text("process"),
        version: fields.text("version"),
        title: fields.text("title"),
        kind: fields.text("kind"),
        mode: Mode::parse(&fields.text("mode")),
        mode_reason: fields.text("mode_reason"),
        content: fields.text("content"),
        requirements: Text::default(),
        roles: named(&fields),
        ..NewRelease::default()
    };
    let made = web.app.release_create(&call, input).await;
    let made = made.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    Ok(go(&format!("/releases/{}", made.id)))
}
