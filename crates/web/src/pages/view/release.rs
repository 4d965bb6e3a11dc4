//! A release: where are we, what is next, who holds it?

use jiff::Timestamp;
use maud::{Markup, html};

use crate::ui::chart::{lanes, waves};
use crate::ui::flow::{Banner, Readiness, banner, next_line, readiness};
use crate::ui::glyph::pill;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, Tab, card, empty, head, tabs};
use crate::ui::{PageCtx, State};

/// The head that all pages of a release share.
#[derive(Debug)]
pub struct ReleaseHead {
    /// Way to the page.
    pub crumbs: Vec<(String, Option<String>)>,
    /// The version, or the title before a version is chosen.
    pub version: String,
    /// One line.
    pub title: String,
    /// State and its words.
    pub state: (State, String),
    /// The go-live.
    pub go_live: Option<Timestamp>,
    /// Words beside it: kind, lead.
    pub words: Vec<String>,
    /// Tabs.
    pub tabs: Vec<Tab>,
    /// Buttons at the right.
    pub acts: Markup,
}

/// What the overview shows.
#[derive(Debug)]
pub struct ReleaseView {
    /// The shared head.
    pub head: ReleaseHead,
    /// The viewer's own next action: what, due, button.
    pub mine: Option<(String, String, Btn)>,
    /// What is waited for or why it stopped.
    pub banner: Option<Banner>,
    /// How far it is from its gate.
    pub readiness: Option<Readiness>,
    /// Lanes by role.
    pub lanes: Option<lanes::Lanes>,
    /// Waves with the decisions of the sites.
    pub waves: Vec<waves::Wave>,
    /// A later revision of the process is in force: words and address.
    pub newer: Option<(String, String)>,
    /// For a draft: what is missing to plan, with addresses.
    pub missing: Vec<(String, String)>,
}

/// Crumbs, version, state, go-live and tabs.
pub fn release_head(ctx: &PageCtx, h: &ReleaseHead) -> Markup {
    let top = Head {
        crumbs: h.crumbs.clone(),
        title: &h.version,
        sub: &h.title,
        version: true,
        ..Head::default()
    };
    html! {
        (head(ctx, &top, h.acts.clone()))
        div.meta data-live-id="meta" {
            (pill(h.state.0, &h.state.1))
            @if let Some(at) = h.go_live {
                span { b { (ctx.ta("release-go-live", &[("at", ctx.date_time(at).into())])) } " " span.m { (ctx.place) ", " (ctx.relative(at)) } }
            } @else { span.m { (ctx.t("release-no-go-live")) } }
            @for w in &h.words { span.m { (w) } }
        }
        (tabs(&ctx.t("release-tabs"), &h.tabs))
    }
}

/// The whole page.
pub fn release(ctx: &PageCtx, v: &ReleaseView) -> Markup {
    let tr = ctx.tr();
    layout(
        ctx,
        &format!("{} {}", v.head.version, v.head.title),
        html! {
            (release_head(ctx, &v.head))
            @if let Some((words, href)) = &v.newer { p.m { a.t href=(href) { (words) } } }
            @if let Some((what, due, button)) = &v.mine { (next_line(ctx, what, due, button.clone())) }
            @if !v.missing.is_empty() {
                section.card { (empty(&ctx.t("release-draft-missing"), &ctx.t("plan-empty"), html! {
                    @for (what, href) in &v.missing { (Btn::link(what, href)) }
                })) }
            }
            @if let Some(b) = &v.banner { (banner(ctx, b)) }
            @if let Some(r) = &v.readiness { (readiness(ctx, r)) }
            @if let Some(l) = &v.lanes { (card("lanes", &ctx.t("release-lanes"), lanes::legend(tr), lanes::lanes(tr, l))) }
            @if !v.waves.is_empty() { (card("waves", &ctx.t("waves-title"), waves::legend(tr), waves::waves(tr, &v.waves))) }
        },
    )
}
