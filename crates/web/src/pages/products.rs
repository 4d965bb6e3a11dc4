//! Products and versions: the list, and a new product.

use super::again::{Again, again};
use super::visit::{Page, Refused, Sent, Signed, go, local};
use super::words::encoded;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind as Input, form};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, empty, head, pager};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::html;
use roadbook_app::PageAsk;
use roadbook_app::products::{ProductInput, VersionAsk};
use roadbook_core::access::{Action, Kind};
use roadbook_core::version::{Level, Scheme};
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let create = Access::Grant(Action::Create, Kind::Product);
    vec![
        get("/products", "show_products", show).page(),
        post("/products", "send_product", send).access(create).page(),
    ]
}

/// Products of one page of the list.
const PAGE: usize = 50;

#[derive(Deserialize, Default)]
struct Asked {
    cursor: Option<String>,
}

async fn show(signed: Signed, Query(asked): Query<Asked>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let ask = PageAsk { cursor: asked.cursor.clone(), limit: PAGE };
    let found = web.app.product_list(&caller.session.scope, &ask).await.map_err(fail)?;
    let call = caller.session.call();
    let mut rows = Vec::new();
    for row in &found.rows {
        let view = web.app.product_view(&caller.session.scope, &row.id).await.map_err(fail)?;
        let ask = VersionAsk { level: Some(Level::Build), ..VersionAsk::default() };
        let next = web
            .app
            .version_next(&call, &row.id, ask)
            .await
            .map(|it| it.explained.text)
            .unwrap_or_default();
        let go = format!("/releases/new?product={}", row.id);
        rows.push(Row::Cells(vec![
            html! { a.t href={ "/products/" (row.id) } { (row.name) } br; span.m.s { (row.key) } },
            html! { (view.newest.unwrap_or_default()) },
            html! { (next) },
            html! { (Btn::link(ctx.t("home-new-release"), go).small()) },
        ]));
    }
    let title = ctx.t("products-title");
    let question = ctx.t("products-question");
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("products-name")),
            Col::new(ctx.t("products-newest")).labeled(),
            Col::new(ctx.t("products-next")).labeled(),
            Col::new(""),
        ],
        rows,
    };
    let fields: Vec<Field> = new_fields(&ctx).into_iter().map(|it| it.1).collect();
    let next = found.next.as_deref().map(|it| format!("/products?cursor={}", encoded(it)));
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! {}))
        section.card {
            @if found.rows.is_empty() { (empty(&ctx.t("products-empty"), "", html! {})) } @else {
                (table)
                (pager(&ctx, &found.rows.len().to_string(), asked.cursor.as_ref().map(|_| "/products"), next.as_deref()))
            }
        }
        (card("add", &ctx.t("products-add"), html! {}, html! { div.cb { (form(&ctx, "/products", &fields, &ctx.t("products-add"))) } }))
    };
    Ok(layout(&ctx, &title, body).into_response())
}

/// Schemes to choose from, each shown by a number it makes.
fn schemes() -> Vec<Choice> {
    vec![
        Choice::new("vabcd", "V1.0.0.0001"),
        Choice::new("semver", "1.0.0"),
        Choice::new("calver", "2026.01.0"),
    ]
}

/// The scheme behind a choice.
pub(super) fn scheme_of(code: &str) -> Scheme {
    match code {
        "semver" => Scheme::SemVer,
        "calver" => Scheme::CalVer(roadbook_core::version::CalVerRules {
            pattern: "YYYY.0M.MICRO".to_owned(),
        }),
        _ => Scheme::default(),
    }
}

/// The choice behind a scheme.
pub(super) fn code_of(scheme: &Scheme) -> &'static str {
    match scheme {
        Scheme::Vabcd(_) => "vabcd",
        Scheme::SemVer => "semver",
        Scheme::CalVer(_) => "calver",
    }
}

/// The field that chooses a scheme.
pub(super) fn scheme_field(ctx: &PageCtx) -> Field {
    Field::new(Input::Select(schemes()), "scheme", ctx.t("products-scheme")).value("vabcd")
}

/// A name is enough; the rest has a usual value.
pub(super) fn new_fields(ctx: &PageCtx) -> Vec<(&'static str, Field)> {
    let key = Field::text("key", ctx.t("products-key")).hint(ctx.t("products-key-made")).optional();
    vec![
        ("name", Field::text("name", ctx.t("products-name"))),
        ("scheme", scheme_field(ctx)),
        ("key", key),
    ]
}

async fn send(State(web): State<Web>, sent: Sent) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(sent.ctx.clone(), error.into());
    let name = sent.fields.text("name");
    let key = match sent.fields.text("key") {
        it if it.is_empty() => web.app.product_key_for(&name).await.map_err(fail)?,
        it => it,
    };
    let input = ProductInput {
        key,
        name,
        description: String::new(),
        unit: sent.caller.session.person.unit.clone(),
        class: String::new(),
        scheme: scheme_of(&sent.fields.text("scheme")),
        owner_role: String::new(),
        windows: Vec::new(),
        active: true,
    };
    let back = sent.fields.text("back");
    let back = if back.is_empty() { "/products" } else { local(&back) };
    match web.app.product_create(&sent.call, input).await {
        Ok(_) => Ok(go(back)),
        Err(error) => {
            let form = Again {
                title: &sent.ctx.t("products-add"),
                crumbs: vec![(sent.ctx.t("products-title").into_owned(), Some("/products".into()))],
                action: "/products",
                hidden: &[("back", back)],
                fields: new_fields(&sent.ctx),
                submit: &sent.ctx.t("products-add"),
            };
            again(&sent.ctx, &sent.fields, error, form)
        }
    }
}
