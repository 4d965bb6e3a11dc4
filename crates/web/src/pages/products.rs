//! Products and versions: the list, and a new product.

use super::visit::{Page, Refused, Sent, Signed, go};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, form};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, empty, head};
use axum::extract::State;
use axum::response::IntoResponse;
use maud::html;
use roadbook_app::PageAsk;
use roadbook_app::products::ProductInput;
use roadbook_core::access::{Action, Kind};
use roadbook_core::version::Scheme;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let create = Access::Grant(Action::Create, Kind::Product);
    vec![
        get("/products", "show_products", show).page(),
        post("/products", "send_product", send).access(create).page(),
    ]
}

async fn show(signed: Signed) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let ask = PageAsk { cursor: None, limit: 200 };
    let found = web.app.product_list(&caller.session.scope, &ask).await.map_err(fail)?;
    let call = caller.session.call();
    let mut rows = Vec::new();
    for row in &found.rows {
        let view = web.app.product_view(&caller.session.scope, &row.id).await.map_err(fail)?;
        let next =
            web.app.version_next(&call, &row.id, roadbook_app::products::VersionAsk::default());
        let next = next.await.map(|it| it.explained.text).unwrap_or_default();
        let go = format!("/releases/new?product={}", row.id);
        rows.push(Row::Cells(vec![
            html! { b { (row.name) } br; span.m.s { (row.key) } },
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
    let schemes = vec![
        Choice::new("vabcd", "V1.0.0.0001"),
        Choice::new("semver", "1.0.0"),
        Choice::new("calver", "2026.01.0"),
    ];
    let fields = [
        Field::text("name", ctx.t("products-name")),
        Field::text("key", ctx.t("products-key")).hint(ctx.t("products-key-hint")),
        Field::new(Input::Select(schemes), "scheme", ctx.t("products-scheme")).value("vabcd"),
    ];
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! {}))
        section.card {
            @if found.rows.is_empty() { (empty(&ctx.t("products-empty"), "", html! {})) } @else { (table) }
        }
        (card("add", &ctx.t("products-add"), html! {}, html! { div.cb { (form(&ctx, "/products", &fields, &ctx.t("products-add"))) } }))
    };
    Ok(layout(&ctx, &title, body).into_response())
}

async fn send(State(web): State<Web>, sent: Sent) -> Page {
    let fail = |error: roadbook_app::Error| Refused::new(sent.ctx.clone(), error.into());
    let scheme = match sent.fields.text("scheme").as_str() {
        "semver" => Scheme::SemVer,
        "calver" => Scheme::CalVer(roadbook_core::version::CalVerRules {
            pattern: "YYYY.0M.MICRO".to_owned(),
        }),
        _ => Scheme::default(),
    };
    let input = ProductInput {
        key: sent.fields.text("key"),
        name: sent.fields.text("name"),
        description: String::new(),
        unit: sent.caller.session.person.unit.clone(),
        class: String::new(),
        scheme,
        owner_role: String::new(),
        windows: Vec::new(),
        active: true,
    };
    web.app.product_create(&sent.call, input).await.map_err(fail)?;
    Ok(go("/products"))
}
