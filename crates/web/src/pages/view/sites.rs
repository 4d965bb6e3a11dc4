//! Sites: which version runs where, and how we know.

use crate::ui::PageCtx;
use crate::ui::chart::heat::{Heat, heat, legend};
use crate::ui::form::{Choice, Field, Kind, form_with};
use crate::ui::glyph::{State, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Chip, Col, Head, Row, Table, card, empty, head, pager, seg};
use maud::{Markup, html};

/// What the list is narrowed to, as it stands in the address.
#[derive(Debug, Clone, Default)]
pub struct SitesAsk {
    /// Text.
    pub q: String,
    /// Tag.
    pub tag: String,
    /// Product, by key.
    pub product: String,
    /// Older than this version.
    pub older: String,
    /// `list` or the matrix.
    pub view: String,
}

/// A line of the list.
#[derive(Debug)]
pub struct SiteLine {
    /// Where it leads.
    pub href: String,
    /// Name.
    pub name: String,
    /// Customer and tags.
    pub about: String,
    /// Product and version, source, age.
    pub versions: Vec<(String, String, String, String)>,
}

/// What the page shows.
#[derive(Debug)]
pub struct SitesView {
    /// Filter.
    pub ask: SitesAsk,
    /// Products to choose from: key and name.
    pub products: Vec<(String, String)>,
    /// Sites in all.
    pub all: i64,
    /// Matrix of one product.
    pub heat: Option<Heat>,
    /// Sites by version where there are too many to draw: version, sites.
    pub spread: Vec<(String, i64)>,
    /// Lines.
    pub lines: Vec<SiteLine>,
    /// Address of the next lines.
    pub next: Option<String>,
    /// Whether sites may be imported.
    pub may_import: bool,
}

/// What came of checked rows.
#[derive(Debug, Default)]
pub struct ImportView {
    /// `sites` or `contacts`.
    pub kind: String,
    /// The rows as pasted.
    pub rows: String,
    /// Rows, new, changed, unchanged.
    pub counts: Option<[usize; 4]>,
    /// What is wrong: where, and what.
    pub errors: Vec<(String, String)>,
}

/// The words of a source of knowledge.
pub fn source_words(ctx: &PageCtx, source: &str) -> (State, String) {
    let (state, key) = match source {
        "agent" => (State::Done, "source-agent"),
        "person" => (State::Running, "source-person"),
        "import" => (State::Foreseen, "source-import"),
        _ => (State::Waiting, "source-unknown"),
    };
    (state, ctx.t(key).into_owned())
}

fn filters(ctx: &PageCtx, v: &SitesView) -> Markup {
    let mut products = vec![Choice::new("", ctx.t("sites-any-product"))];
    products.extend(v.products.iter().map(|(key, name)| Choice::new(key, name)));
    let fields = [
        Field::new(Kind::Input("search"), "q", ctx.t("sites-text")).value(&v.ask.q).optional(),
        Field::text("tag", ctx.t("site-tags")).value(&v.ask.tag).optional(),
        Field::new(Kind::Select(products), "product", ctx.t("sites-product"))
            .value(&v.ask.product)
            .optional(),
        Field::text("older", ctx.t("sites-older")).value(&v.ask.older).optional(),
    ];
    html! { form.filters method="get" action="/sites" role="search" {
        @if !v.ask.view.is_empty() { input type="hidden" name="view" value=(v.ask.view); }
        @for it in &fields { (it.render(ctx)) }
        div.acts {
            button.btn type="submit" { (ctx.t("sites-filter")) }
            a.btn.q href="/sites" { (ctx.t("list-clear-filter")) }
        }
    } }
}

fn lines(ctx: &PageCtx, v: &SitesView) -> Markup {
    let cols = ["heat-site", "sites-about", "heat-version"];
    let rows = v.lines.iter().map(|it| {
        Row::Cells(vec![
            html! { a.t href=(it.href) { (it.name) } },
            html! { (it.about) },
            html! {
                @if it.versions.is_empty() { "–" }
                @for (product, version, source, age) in &it.versions {
                    @let (state, words) = source_words(ctx, source);
                    p { span.chip { (product) " " b { (version) } } " " (state_text(state, &words)) " " span.m.s { (age) } }
                }
            },
        ])
    });
    let title = ctx.t("sites-title");
    let table = Table {
        caption: &title,
        cols: cols.iter().map(|key| Col::new(ctx.t(key)).full()).collect(),
        rows: rows.collect(),
    };
    html! { (table) (pager(ctx, &ctx.ta("list-shown", &[("shown", (v.lines.len() as i64).into()), ("all", v.all.into())]), None, v.next.as_deref())) }
}

/// The fields of the import.
pub fn import_form(ctx: &PageCtx, v: &ImportView) -> Markup {
    let kinds = vec![
        Choice::new("sites", ctx.t("sites-title")),
        Choice::new("contacts", ctx.t("site-contacts")),
    ];
    let kind = if v.kind.is_empty() { "sites" } else { v.kind.as_str() };
    let fields = [
        Field::new(Kind::Radio(kinds), "kind", ctx.t("sites-import-kind")).value(kind),
        Field::new(Kind::Area { rows: 8, code: true }, "rows", ctx.t("sites-import-rows"))
            .value(&v.rows)
            .hint(ctx.t("sites-import-hint")),
    ];
    html! {
        p.s.m { (ctx.t("sites-title")) ": " code { "key name customer unit zone lang tags product version part_of part" } }
        p.s.m { (ctx.t("site-contacts")) ": " code { "site name email lang kind" } }
        (form_with(ctx, "/sites/import", &[("step", "check")], &fields, &ctx.t("sites-import-check")))
    }
}

/// The page of an import: what is wrong, or what would be kept.
pub fn import_page(ctx: &PageCtx, v: &ImportView) -> Markup {
    let title = ctx.t("sites-import");
    let crumbs = vec![
        (ctx.t("sites-title").into_owned(), Some("/sites".to_owned())),
        (title.clone().into_owned(), None),
    ];
    let words = ["sites-import-new", "sites-import-changed", "sites-import-same"];
    let body = html! {
        (head(ctx, &Head { title: &title, crumbs, ..Head::default() }, html! {}))
        @if !v.errors.is_empty() {
            div.flash.c-fail role="alert" { div {
                p { b { (ctx.tn("sites-import-errors", v.errors.len() as i64)) } }
                ul { @for (at, what) in &v.errors { li { code { (at) } " " (what) } } }
            } }
        }
        @if let Some([rows, new, changed, same]) = v.counts {
            section.card { div.cb {
                ul { @for (key, n) in words.iter().zip([new, changed, same]) { li { (ctx.t(key)) ": " b { (n) } } } }
                (form_with(ctx, "/sites/import", &[("step", "take"), ("kind", &v.kind), ("rows", &v.rows)], &[],
                    &ctx.ta("sites-import-take", &[("n", (rows as i64).into())])))
            } }
        }
        section.card { div.cb { (import_form(ctx, v)) } }
    };
    layout(ctx, &title, body)
}

/// The whole page.
pub fn sites(ctx: &PageCtx, v: &SitesView) -> Markup {
    let title = ctx.t("sites-title");
    let sub = ctx.t("sites-question");
    let views =
        [("", "sites-view-versions"), ("list", "sites-view-list")].map(|(view, key)| Chip {
            label: ctx.t(key).into_owned(),
            href: if view.is_empty() { "/sites".to_owned() } else { format!("/sites?view={view}") },
            current: v.ask.view == view,
        });
    let acts = html! { @if v.may_import { (Btn::link(ctx.t("sites-import"), "/sites/import")) } };
    let filtered =
        [&v.ask.q, &v.ask.tag, &v.ask.product, &v.ask.older].iter().any(|it| !it.is_empty());
    let body = html! {
        (head(ctx, &Head { title: &title, sub: &sub, ..Head::default() }, acts))
        @if v.all == 0 && !filtered {
            (empty(&ctx.t("sites-empty-title"), &ctx.t("sites-empty-text"), html! {
                @if v.may_import { (Btn::link(ctx.t("sites-import"), "/sites/import").primary()) }
            }))
        } @else {
            (seg(&ctx.t("sites-columns"), &views))
            (filters(ctx, v))
            @if v.all == 0 { p { (ctx.t("list-empty-filter")) } }
            @else if v.ask.view == "list" { (lines(ctx, v)) }
            @else {
                @if let Some(chart) = &v.heat {
                    (card("matrix", &chart.title, legend(crate::i18n::Tr::new(ctx.lang)), heat(crate::i18n::Tr::new(ctx.lang), chart)))
                }
                @if !v.spread.is_empty() {
                    (card("spread", &ctx.t("heat-version"), html! {}, html! {
                        ul { @for (version, n) in &v.spread { li { b { (version) } " · " (ctx.tn("heat-sites", *n)) } } }
                    }))
                }
                @if v.heat.is_none() { (lines(ctx, v)) }
            }
        }
    };
    layout(ctx, &title, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    #[test]
    fn every_language_has_the_page_with_sites_and_without() {
        for lang in Lang::ALL {
            let ctx = PageCtx::visitor(lang, TimeZone::UTC, Timestamp::UNIX_EPOCH, "/sites");
            let mut view = SitesView {
                ask: SitesAsk::default(),
                products: vec![("mes".into(), "MES".into())],
                all: 0,
                heat: None,
                spread: Vec::new(),
                lines: Vec::new(),
                next: None,
                may_import: true,
            };
            let none = sites(&ctx, &view).into_string();
            assert!(none.contains(&*ctx.t("sites-empty-title")), "{lang:?}");
            view.all = 1;
            view.lines.push(SiteLine {
                href: "/sites/busan".into(),
                name: "부산 <1>".into(),
                about: String::new(),
                versions: vec![("MES".into(), "V1.0".into(), "import".into(), "2 d".into())],
            });
            let some = sites(&ctx, &view).into_string();
            assert!(some.contains("부산 &lt;1&gt;") && some.contains("V1.0"), "{lang:?}");
            assert!(some.contains(&*ctx.t("source-import")), "{lang:?}");
            let wrong = ImportView {
                errors: vec![("rows[2].zone".into(), "is no time zone".into())],
                ..ImportView::default()
            };
            let page = import_page(&ctx, &wrong).into_string();
            assert!(page.contains("rows[2].zone") && !page.contains("value=\"take\""), "{lang:?}");
        }
    }
}
