//! Small parts: buttons, heads, cards, tables, facts, tabs, pages of lists, empty states.

use maud::{Markup, Render, html};

use super::PageCtx;

/// The weight of a button. A page has one filled button in its top area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Filled.
    Primary,
    /// Outlined.
    Plain,
    /// Words only.
    Quiet,
    /// Outlined in the color of failure.
    Danger,
}

/// A button or a link that looks like one.
#[derive(Debug, Clone)]
pub struct Btn {
    label: String,
    href: Option<String>,
    weight: Weight,
    small: bool,
    key: Option<&'static str>,
    aria: Option<String>,
    name: Option<(String, String)>,
}

impl Btn {
    /// A link.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Btn {
        Btn { href: Some(href.into()), ..Btn::button(label) }
    }

    /// A button that submits its form.
    pub fn button(label: impl Into<String>) -> Btn {
        Btn {
            label: label.into(),
            href: None,
            weight: Weight::Plain,
            small: false,
            key: None,
            aria: None,
            name: None,
        }
    }

    /// Filled.
    pub fn primary(mut self) -> Btn {
        self.weight = Weight::Primary;
        self
    }

    /// Words only.
    pub fn quiet(mut self) -> Btn {
        self.weight = Weight::Quiet;
        self
    }

    /// In the color of failure.
    pub fn danger(mut self) -> Btn {
        self.weight = Weight::Danger;
        self
    }

    /// Less high.
    pub fn small(mut self) -> Btn {
        self.small = true;
        self
    }

    /// Its single-key shortcut, also printed.
    pub fn key(mut self, key: &'static str) -> Btn {
        self.key = Some(key);
        self
    }

    /// A fuller name for readers who do not see the row.
    pub fn aria(mut self, text: impl Into<String>) -> Btn {
        self.aria = Some(text.into());
        self
    }

    /// A name and value that the form sends when this button was used.
    pub fn sends(mut self, name: impl Into<String>, value: impl Into<String>) -> Btn {
        self.name = Some((name.into(), value.into()));
        self
    }

    fn class(&self) -> String {
        let weight = match self.weight {
            Weight::Primary => " p",
            Weight::Plain => "",
            Weight::Quiet => " q",
            Weight::Danger => " d",
        };
        format!("btn{weight}{}", if self.small { " sm" } else { "" })
    }

    /// As a submit button, whatever it was.
    pub fn submit(mut self) -> Btn {
        self.href = None;
        self
    }
}

impl Render for Btn {
    fn render(&self) -> Markup {
        let aria = self.aria.as_deref();
        let inner = html! { (self.label) @if let Some(k) = self.key { " " kbd aria-hidden="true" { (k) } } };
        match &self.href {
            Some(href) => {
                html! { a class=(self.class()) href=(href) aria-label=[aria] data-key=[self.key] { (inner) } }
            }
            None => {
                html! { button class=(self.class()) type="submit" aria-label=[aria] data-key=[self.key]
                name=[self.name.as_ref().map(|n| &n.0)] value=[self.name.as_ref().map(|n| &n.1)] { (inner) } }
            }
        }
    }
}

/// The head of a page.
#[derive(Debug, Default)]
pub struct Head<'a> {
    /// Way to the page: label and address; the last without address.
    pub crumbs: Vec<(String, Option<String>)>,
    /// A line above the title.
    pub over: &'a str,
    /// The only `h1`.
    pub title: &'a str,
    /// Beside the title, or below it if `version` is false.
    pub sub: &'a str,
    /// The title is a version and larger.
    pub version: bool,
}

/// Title and acts of a page.
pub fn head(ctx: &PageCtx, h: &Head<'_>, acts: Markup) -> Markup {
    html! {
        @if !h.crumbs.is_empty() { (crumbs(ctx, &h.crumbs)) }
        div class={ "head" @if h.version { " tight" } @else { " low" } } {
            div {
                @if !h.over.is_empty() { p.over { (h.over) } }
                @if h.version {
                    div.title { h1.v { (h.title) } @if !h.sub.is_empty() { span.sub { (h.sub) } } }
                } @else {
                    h1 { (h.title) }
                    @if !h.sub.is_empty() { p.m { (h.sub) } }
                }
            }
            div.acts { (acts) }
        }
    }
}

/// The way to a page.
pub fn crumbs(ctx: &PageCtx, list: &[(String, Option<String>)]) -> Markup {
    html! { nav.crumb aria-label=(ctx.t("nav-path")) { @for (i, (label, href)) in list.iter().enumerate() {
        @if i > 0 { span aria-hidden="true" { "/" } }
        @if let Some(href) = href { a href=(href) { (label) } } @else { span { (label) } }
    } } }
}

/// One tab.
#[derive(Debug)]
pub struct Tab {
    /// Words, with a count if it helps.
    pub label: String,
    /// Address.
    pub href: String,
    /// Whether it is this page.
    pub current: bool,
}

/// Tabs as links; the keys 1 to 9 open them.
pub fn tabs(label: &str, list: &[Tab]) -> Markup {
    html! { nav.tabs aria-label=(label) { @for (i, t) in list.iter().enumerate() {
        a href=(t.href) aria-current=[t.current.then_some("page")] data-key=[(i < 9).then(|| (i + 1).to_string())] { (t.label) }
    } } }
}

/// A card with a title.
pub fn card(id: &str, title: &str, aside: Markup, body: Markup) -> Markup {
    html! {
        section.card.sec aria-labelledby=(id) data-live-id=(id) {
            div.ch { h2 id=(id) { (title) } @if !aside.0.is_empty() { div.m.s { (aside) } } }
            (body)
        }
    }
}

/// A card of text, lists and forms, with room at its edges.
pub fn text_card(id: &str, title: &str, aside: Markup, body: Markup) -> Markup {
    card(id, title, aside, html! { div.cb { (body) } })
}

/// Facts beside each other: since, effort, if late.
pub fn facts(list: &[(&str, &str)]) -> Markup {
    html! { dl.facts { @for (k, v) in list { div { dt { (k) } dd { (v) } } } } }
}

/// Facts below each other.
pub fn details(list: &[(&str, Markup)]) -> Markup {
    html! { dl.dl { @for (k, v) in list { dt { (k) } dd { (v) } } } }
}

/// A counted result in a row of four.
#[derive(Debug)]
pub struct Sum<'a> {
    /// What is counted.
    pub label: &'a str,
    /// The number.
    pub value: String,
    /// The rest of the sentence.
    pub rest: String,
    /// Its state; only failed and at risk have a color.
    pub state: Option<super::State>,
}

/// A row of counted results.
pub fn sums(list: &[Sum<'_>]) -> Markup {
    html! { dl.sum { @for s in list { div {
        dt { (s.label) }
        dd class=[s.state.map(|x| format!("c-{}", x.code()))] { (s.value) " " span { (s.rest) } }
    } } } }
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Col {
    label: String,
    num: bool,
    full: bool,
    labeled: bool,
}

impl Col {
    /// A column of words.
    pub fn new(label: impl Into<String>) -> Col {
        Col { label: label.into(), num: false, full: false, labeled: false }
    }

    /// A column of numbers.
    pub fn num(label: impl Into<String>) -> Col {
        Col { num: true, ..Col::new(label) }
    }

    /// On a phone it takes the whole width of its card.
    pub fn full(mut self) -> Col {
        self.full = true;
        self
    }

    /// On a phone its label stands before the value.
    pub fn labeled(mut self) -> Col {
        self.labeled = true;
        self
    }
}

/// A row, or the head of a group of rows.
#[derive(Debug)]
pub enum Row {
    /// Cells in the order of the columns.
    Cells(Vec<Markup>),
    /// Cells of a row that needs attention.
    Bad(Vec<Markup>),
    /// A group's name and a remark.
    Group(Markup),
}

/// A table that becomes a list of cards on a phone.
#[derive(Debug)]
pub struct Table<'a> {
    /// What it lists, for readers who do not see it.
    pub caption: &'a str,
    /// Columns.
    pub cols: Vec<Col>,
    /// Rows.
    pub rows: Vec<Row>,
}

fn cells(cols: &[Col], list: &[Markup]) -> Markup {
    html! { @for (i, cell) in list.iter().enumerate() {
        @let col = cols.get(i);
        @let class = col.map(|c| [c.num.then_some("num"), c.full.then_some("full")].into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|c| !c.is_empty());
        @let label = col.filter(|c| c.labeled).map(|c| &c.label);
        @if i == 0 { th scope="row" class=[class] { (cell) } } @else { td class=[class] data-label=[label] { (cell) } }
    } }
}

impl Render for Table<'_> {
    fn render(&self) -> Markup {
        html! {
            div.scroll tabindex="0" role="group" aria-label=(self.caption) { table.cards {
                caption.vh { (self.caption) }
                thead { tr { @for c in &self.cols { th scope="col" class=[c.num.then_some("num")] { (c.label) } } } }
                tbody { @for row in &self.rows { @match row {
                    Row::Cells(list) => { tr data-row { (cells(&self.cols, list)) } }
                    Row::Bad(list) => { tr.bad data-row { (cells(&self.cols, list)) } }
                    Row::Group(name) => { tr.grp { th colspan=(self.cols.len()) scope="rowgroup" { (name) } } }
                } } }
            } }
        }
    }
}

/// Steps through a long list by cursors.
pub fn pager(ctx: &PageCtx, shown: &str, previous: Option<&str>, next: Option<&str>) -> Markup {
    html! { nav.pager aria-label=(ctx.t("list-pages")) {
        span { (shown) }
        span.acts {
            @if let Some(href) = previous { a.btn.sm rel="prev" href=(href) { (ctx.t("list-previous")) } }
            @if let Some(href) = next { a.btn.sm rel="next" href=(href) { (ctx.t("list-next")) } }
        }
    } }
}

/// What stands where nothing is yet: what belongs here and how it comes.
pub fn empty(title: &str, text: &str, acts: Markup) -> Markup {
    html! { div.empty { h2 { (title) } p.m.measure { (text) } @if !acts.0.is_empty() { div.acts { (acts) } } } }
}

/// A filter or grouping as a link.
#[derive(Debug)]
pub struct Chip {
    /// Words.
    pub label: String,
    /// Address with the filter.
    pub href: String,
    /// Whether it is chosen.
    pub current: bool,
}

/// Chips in a row, with a label before them.
pub fn chips(label: &str, list: &[Chip]) -> Markup {
    html! {
        span.m.s { (label) }
        @for c in list { a.chipf href=(c.href) aria-current=[c.current.then_some("true")] { (c.label) } }
    }
}

/// One of a few views as a joined row of links.
pub fn seg(label: &str, list: &[Chip]) -> Markup {
    html! { span.seg role="group" aria-label=(label) { @for c in list {
        a href=(c.href) aria-current=[c.current.then_some("true")] { (c.label) }
    } } }
}

/// A part of a page that is fetched again when its topic changes. `id` must be unique and stable.
pub fn live(id: &str, body: Markup) -> Markup {
    html! { div data-live-id=(id) { (body) } }
}

/// Data that is not fresh: since when, and how to try again.
pub fn stale(ctx: &PageCtx, since: &str, retry: &str) -> Markup {
    html! { p.stale role="status" { (super::glyph::state_text(super::State::Waiting, &ctx.ta("live-stale", &[("since", since.into())]))) " " a href=(retry) { (ctx.t("action-retry")) } } }
}

/// A running countdown; the script moves it, without it the words stay true for the moment of the page.
pub fn countdown(ctx: &PageCtx, until: jiff::Timestamp, label: &str) -> Markup {
    let minutes = until.duration_since(ctx.now).as_secs().max(0) / 60;
    html! { p { span.m { (label) } " " time.timer role="timer" datetime=(until.to_string()) data-countdown=(until.as_second()) data-now=(ctx.now.as_second()) {
        (crate::i18n::fmt::duration(ctx.lang, minutes))
    } } }
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffLine {
    /// In both.
    Same(String),
    /// Only in the newer.
    Added(String),
    /// Only in the older.
    Removed(String),
}

/// The difference of two texts, line by line; signs and words carry it, color only helps.
pub fn diff(ctx: &PageCtx, lines: &[DiffLine]) -> Markup {
    if lines.iter().all(|l| matches!(l, DiffLine::Same(_))) {
        return html! { p.cb.m { (ctx.t("diff-none")) } };
    }
    html! { pre.diff tabindex="0" { @for l in lines { @match l {
        DiffLine::Same(t) => { "  " (t) "\n" }
        DiffLine::Added(t) => { ins { span.vh { (ctx.t("diff-added")) ": " } "+ " (t) } "\n" }
        DiffLine::Removed(t) => { del { span.vh { (ctx.t("diff-removed")) ": " } "− " (t) } "\n" }
    } } } }
}
