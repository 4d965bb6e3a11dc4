//! Search: releases, sites, products, people and documents that the viewer may see.

use super::papers_index;
use super::visit::{Page, Refused, Signed};
use super::words::{self, encoded};
use crate::http::session::Caller;
use crate::routes::{Endpoint, get};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Chip, Head, card, empty, head, pager, seg};
use axum::extract::Query;
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::paper_index::PaperFilter;
use roadbook_app::people::PersonFilter;
use roadbook_app::sites::SiteListFilter;
use roadbook_app::{About, Error, PageAsk, ReleaseFilter};
use serde::Deserialize;

/// Hits of each kind when all kinds are shown.
const FEW: usize = 6;
/// Hits of a page when one kind is shown.
const MANY: usize = 50;
/// Nobody looks for more; the rest of the text is left out.
const TEXT_CHARS_MAX: usize = 200;

/// Kinds in the order of the page, with their titles.
const KINDS: [(&str, &str); 5] = [
    ("releases", "nav-releases"),
    ("sites", "nav-sites"),
    ("products", "nav-products"),
    ("documents", "nav-documents"),
    ("people", "search-people"),
];

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![get("/search", "show_search", show).page()]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    q: String,
    kind: String,
    cursor: Option<String>,
}

/// Hits of one kind.
struct Hits {
    kind: &'static str,
    title: &'static str,
    count: usize,
    body: Markup,
    next: Option<String>,
}

async fn show(signed: Signed, Query(asked): Query<Asked>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let text: String = asked.q.trim().chars().take(TEXT_CHARS_MAX).collect();
    let one = KINDS.iter().find(|it| it.0 == asked.kind);
    let mut found = Vec::new();
    if !text.is_empty() {
        let limit = if one.is_some() { MANY } else { FEW };
        let cursor = one.and(asked.cursor.clone());
        for (kind, title) in KINDS.iter().filter(|it| one.is_none_or(|one| one == *it)) {
            let ask = PageAsk { cursor: cursor.clone(), limit };
            let hits = look(&ctx, &web, &caller, &text, kind, &ask).await.map_err(fail)?;
            let Some((count, body, next)) = hits else { continue };
            found.push(Hits { kind, title, count, body, next });
        }
    }
    let title = ctx.t("search-title");
    let body = html! {
        (head(&ctx, &Head { title: &title, ..Head::default() }, html! {}))
        (bar(&ctx, &text, &asked.kind))
        @if text.is_empty() { section.card { (empty(&ctx.t("search-ask"), &ctx.t("search-ask-text"), html! {})) } }
        @else if found.is_empty() { section.card { (empty(&ctx.ta("search-nothing", &[("q", text.as_str().into())]), "", html! {})) } }
        @for it in &found { (part(&ctx, it, &text, one.is_some())) }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn address(text: &str, kind: &str, cursor: Option<&str>) -> String {
    let kind = if kind.is_empty() { String::new() } else { format!("&kind={kind}") };
    let cursor = cursor.map(|it| format!("&cursor={}", encoded(it))).unwrap_or_default();
    format!("/search?q={}{kind}{cursor}", encoded(text))
}

fn bar(ctx: &PageCtx, text: &str, kind: &str) -> Markup {
    let all = std::iter::once(("", "search-all")).chain(KINDS);
    let chip = |(value, key): (&str, &str)| Chip {
        label: ctx.t(key).into_owned(),
        href: address(text, value, None),
        current: kind == value,
    };
    let list: Vec<Chip> = all.map(chip).collect();
    html! {
        form.filters method="get" action="/search" role="search" {
            label.vh for="q" { (ctx.t("nav-search")) }
            input.in #q type="search" name="q" value=(text) maxlength=(TEXT_CHARS_MAX);
            @if !kind.is_empty() { input type="hidden" name="kind" value=(kind); }
            button.btn.p type="submit" { (ctx.t("search-title")) }
        }
        @if !text.is_empty() { div.filters { (seg(&ctx.t("search-kinds"), &list)) } }
    }
}

fn part(ctx: &PageCtx, it: &Hits, text: &str, alone: bool) -> Markup {
    let title = ctx.t(it.title);
    let next = it.next.as_deref();
    let aside = html! { @if !alone && next.is_some() { (Btn::link(ctx.t("action-show-all"), address(text, it.kind, None)).small().aria(format!("{}: {title}", ctx.t("action-show-all")))) } };
    let id = format!("hits-{}", it.kind);
    card(
        &id,
        &title,
        aside,
        html! {
            (it.body)
            @if alone { (pager(ctx, &it.count.to_string(), None, next.map(|at| address(text, it.kind, Some(at))).as_deref())) }
        },
    )
}

type Found = Option<(usize, Markup, Option<String>)>;

/// Hits of a kind, or nothing.
async fn look(
    ctx: &PageCtx,
    web: &Web,
    caller: &Caller,
    text: &str,
    kind: &str,
    ask: &PageAsk,
) -> Result<Found, Error> {
    let scope = &caller.session.scope;
    let some = Some(text.to_owned());
    let (count, body, next) = match kind {
        "releases" => {
            let about = About::Anything;
            let filter = ReleaseFilter { text: some, about, ..ReleaseFilter::default() };
            let page = web.app.release_list(scope, &filter, ask).await?;
            let body = html! { ul.list.pair { @for it in &page.rows {
                @let (state, word) = words::release_state(ctx, &it.row.state);
                li {
                    span { a.t href={ "/releases/" (it.row.id) } { (it.row.version.clone().unwrap_or_default()) " " (it.row.title) } br; span.m.s { (it.row.number) " · " (it.product) } }
                    (state_text(state, &word))
                }
            } } };
            (page.rows.len(), body, page.next)
        }
        "sites" => {
            let filter = SiteListFilter { text: some, ..SiteListFilter::default() };
            let page = web.app.site_list(scope, &filter, ask).await?;
            let body = html! { ul.list.pair { @for it in &page.rows {
                @let runs: Vec<&str> = it.versions.iter().map(|it| it.version.as_str()).collect();
                li {
                    span { a.t href={ "/sites/" (it.site.key) } { (it.site.name) } br; span.m.s { (it.site.key) " · " (it.tags.join(", ")) } }
                    span { (runs.join(", ")) }
                }
            } } };
            (page.rows.len(), body, page.next)
        }
        "products" => {
            let page = web.app.product_search(scope, text, ask).await?;
            let body = html! { ul.list { @for it in &page.rows {
                li { a.t href={ "/products/" (it.id) } { (it.name) } br; span.m.s { (it.key) } }
            } } };
            (page.rows.len(), body, page.next)
        }
        "people" => {
            let filter = PersonFilter { text: some, active: Some(true), ..PersonFilter::default() };
            let page = web.app.person_list(scope, &filter, ask).await?;
            let body = html! { ul.list { @for it in &page.rows {
                li { a.t href={ "/people/" (it.id) } { (it.name) } br; span.m.s { (it.unit_name) @if let Some(login) = &it.login { " · " (login) } } }
            } } };
            (page.rows.len(), body, page.next)
        }
        _ => {
            let filter = PaperFilter { text: some, ..PaperFilter::default() };
            let page = web.app.papers(scope, &filter, ask.cursor.clone()).await?;
            let shown = page.rows.len().min(ask.limit);
            // The first few stand for all of them; alone, the list pages by releases.
            let shown = if ask.limit == MANY { page.rows.len() } else { shown };
            let more = (shown < page.rows.len()).then(String::new);
            let body = papers_index::table(ctx, &page.rows[..shown]);
            (shown, body, page.next.or(more))
        }
    };
    // A page of a filter can be empty and still have one after it.
    Ok((count > 0 || next.is_some()).then_some((count, body, next)))
}
