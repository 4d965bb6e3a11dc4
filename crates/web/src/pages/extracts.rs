//! Documents that nobody writes: tables drawn from the record of a release, to read, to print and
//! to open in a spreadsheet.

use super::files::attachment;
use super::release::{CLOSE_CODES, ReleaseTab, VIEW, page};
use super::view::site::outcome_words;
use super::visit::{Page, Refused, Signed};
use super::words;
use crate::routes::{Endpoint, get};
use crate::ui::PageCtx;
use crate::ui::parts::{Btn, Col, Row, Table, card, empty};
use axum::extract::Path;
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::releases::Drawn;
use roadbook_core::extract::Cell;
use roadbook_core::process::template::Extract;
use roadbook_core::run::CloseCode;
use roadbook_wire::api::extracts::{ExtractColumn, ExtractTable};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/releases/{release}/extracts/{extract}", "show_release_extract", show)
            .access(VIEW)
            .page(),
        get("/releases/{release}/extracts/{extract}/csv", "take_release_extract", take)
            .access(VIEW)
            .page(),
    ]
}

fn key(family: &str, name: &str) -> String {
    format!("{family}-{name}").replace('_', "-")
}

/// Title of an extract.
pub fn title(ctx: &PageCtx, extract: Extract) -> String {
    ctx.t(&key("extract", extract.name())).into_owned()
}

/// A table in the words of a reader.
pub fn in_words(ctx: &PageCtx, drawn: &Drawn) -> ExtractTable {
    let release = &drawn.view.release;
    let column = |id: &&str| ExtractColumn {
        id: (*id).to_owned(),
        title: ctx.t(&key("extract-col", id)).into_owned(),
    };
    let cells = |row: &Vec<Cell>| row.iter().map(|it| cell(ctx, drawn, it)).collect();
    ExtractTable {
        extract: drawn.table.extract.name().to_owned(),
        title: title(ctx, drawn.table.extract),
        release: release.number.clone(),
        version: format!("{} {}", drawn.view.product.1, release.version),
        at: ctx.now.to_string(),
        columns: drawn.table.columns.iter().map(column).collect(),
        rows: drawn.table.rows.iter().map(cells).collect(),
    }
}

fn cell(ctx: &PageCtx, drawn: &Drawn, it: &Cell) -> String {
    match it {
        Cell::Empty => String::new(),
        Cell::Plain(text) => text.clone(),
        Cell::Words(text) => words::show(ctx, text),
        Cell::Word("outcome", name) => outcome_words(ctx, Some(name)).1,
        Cell::Word("contact_kind", name) => {
            words::role_title(ctx, &drawn.view.template, &format!("site.contact({name})"))
        }
        Cell::Word("close_code", name) => close_words(ctx, name),
        // How somebody was spoken with is said in their own words when it is none of ours.
        Cell::Word("talk_channel", name) if !ctx.tr().has(&key("talk-channel", name)) => {
            name.clone()
        }
        Cell::Word(family, name) => ctx.t(&key(&family.replace('_', "-"), name)).into_owned(),
        Cell::Person(id) => {
            drawn.names.get(id).cloned().unwrap_or_else(|| ctx.t("work-nobody").into_owned())
        }
        Cell::Role(id) => words::role_title(ctx, &drawn.view.template, id),
        Cell::At(at) => ctx.date_time(*at),
        Cell::Minutes(minutes) => {
            ctx.ta("extract-minutes", &[("n", (*minutes).into())]).into_owned()
        }
        Cell::Number(number) => number.to_string(),
        Cell::Lines(lines) => {
            let lines: Vec<String> = lines.iter().map(|it| cell(ctx, drawn, it)).collect();
            lines.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n")
        }
    }
}

/// How a release ended, as its page says it.
fn close_words(ctx: &PageCtx, code: &str) -> String {
    let found = CloseCode::parse(code).and_then(|it| CLOSE_CODES.iter().find(|row| row.0 == it));
    found.map_or_else(|| code.to_owned(), |row| ctx.t(row.1).into_owned())
}

async fn drawn(signed: &Signed, release: &str, extract: &str) -> Result<Drawn, Refused> {
    let fail = |error: roadbook_app::Error| Refused::new(signed.ctx.clone(), error.into());
    let call = signed.caller.session.call();
    let id = signed.web.app.release_find(&call.actor, release).await.map_err(fail)?;
    let extract = Extract::parse(extract)
        .ok_or_else(|| fail(roadbook_app::Error::NotFound { what: "extract" }))?;
    signed.web.app.release_extract(&call, &id, extract).await.map_err(fail)
}

/// Links to all extracts of a release.
pub(super) fn links(ctx: &PageCtx, base: &str) -> Markup {
    let body = html! { div.cb {
        p.m.measure { (ctx.t("extract-question")) }
        ul.list { @for it in Extract::ALL {
            li { a.t href={ (base) "/extracts/" (it.name()) } { (title(ctx, it)) } }
        } }
    } };
    card("extracts", &ctx.t("extract-title"), html! {}, body)
}

async fn show(signed: Signed, Path((release, extract)): Path<(String, String)>) -> Page {
    let found = drawn(&signed, &release, &extract).await?;
    let ctx = &signed.ctx;
    let table = in_words(ctx, &found);
    let base = format!("/releases/{}", found.view.release.id);
    let acts = html! {
        (Btn::link(ctx.t("extract-csv"), format!("{base}/extracts/{}/csv", table.extract)).small())
    };
    let lines = |cell: &String| html! { @for line in cell.lines() { (line) br; } };
    let rows = table.rows.iter().map(|row| Row::Cells(row.iter().map(lines).collect())).collect();
    let at = ctx.date_time(ctx.now);
    let shown = Table {
        caption: &table.title,
        cols: table.columns.iter().map(|it| Col::new(it.title.clone()).labeled()).collect(),
        rows,
    };
    let body = html! {
        (card("extract", &table.title, acts, html! {
            p.cb.m.s { (table.release) " · " (table.version) " · " (ctx.ta("extract-drawn", &[("at", at.as_str().into())])) }
            @if table.rows.is_empty() { (empty(&ctx.t("extract-empty"), "", html! {})) }
            @else { (shown) }
        }))
    };
    Ok(page(ctx, &found.view, ReleaseTab::Documents, body).into_response())
}

async fn take(signed: Signed, Path((release, extract)): Path<(String, String)>) -> Page {
    let found = drawn(&signed, &release, &extract).await?;
    let table = in_words(&signed.ctx, &found);
    Ok(as_csv(&table).into_response())
}

/// The file with its name.
pub fn as_csv(table: &ExtractTable) -> impl IntoResponse + use<> {
    let name = format!("{}-{}.csv", table.release, table.extract);
    let head = attachment("text/csv; charset=utf-8", &name);
    (head, table.csv())
}
