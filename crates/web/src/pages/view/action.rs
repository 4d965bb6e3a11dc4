//! The run log of one order to an agent: its stages, and what the agent said, line by line.

use crate::pages::view::rollout::stage_words;
use crate::ui::glyph::{pill, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Head, card, details, head, live};
use crate::ui::{PageCtx, State};
use jiff::Timestamp;
use maud::{Markup, html};

/// A message of an agent.
#[derive(Clone, Debug)]
pub struct Message {
    /// When it came.
    pub at: Timestamp,
    /// By the clock of the site, if it differs.
    pub client_at: Option<Timestamp>,
    /// Where the agent was, in its own word.
    pub stage: String,
    /// Whether it ended well, badly, or went on.
    pub state: State,
    /// What it said.
    pub text: Vec<String>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct ActionPage {
    /// Number.
    pub id: i64,
    /// Whether it goes back.
    pub rollback: bool,
    /// `confirming`, `ordered`, `running`, `canceling` or `closed`.
    pub state: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// Where the agent is.
    pub stage: String,
    /// The site: key, name.
    pub site: (String, String),
    /// The release: number, version.
    pub release: (String, String),
    /// Wave.
    pub wave: i64,
    /// Its window.
    pub window: (Option<Timestamp>, Option<Timestamp>),
    /// When it was ordered.
    pub ordered: Timestamp,
    /// When the agent last spoke of it.
    pub heard: Option<Timestamp>,
    /// When it ended.
    pub closed: Option<Timestamp>,
    /// Messages, oldest first.
    pub messages: Vec<Message>,
}

/// State and words of an order.
pub fn action_state(ctx: &PageCtx, state: &str, outcome: Option<&str>) -> (State, String) {
    let (glyph, word) = match (outcome, state) {
        (Some("installed"), _) => (State::Done, "installed"),
        (Some("failed"), _) => (State::Failed, "failed"),
        (Some("rolled_back"), _) => (State::Held, "rolled-back"),
        (Some("skipped"), _) => (State::Held, "skipped"),
        (Some("canceled"), _) | (_, "canceling") => (State::Held, "canceled"),
        (_, "confirming") => (State::Waiting, "confirming"),
        (_, "running") => (State::Running, "running"),
        _ => (State::Waiting, "ordered"),
    };
    (glyph, ctx.t(&format!("rollout-at-{word}")).into_owned())
}

/// The lines as they came: when, where, what.
pub fn log(ctx: &PageCtx, list: &[Message]) -> Markup {
    let time = |at: Timestamp| at.to_zoned(ctx.zone.clone()).strftime("%H:%M:%S").to_string();
    html! { pre.log tabindex="0" { @for it in list {
        @for (i, text) in it.text.iter().enumerate() {
            @if i == 0 { (time(it.at)) } @else { "        " }
            "  " (format!("{:<12}", it.stage)) "  " (text) "\n"
        }
        @if it.text.is_empty() { (time(it.at)) "  " (it.stage) "\n" }
    } } }
}

/// Stages with their state and the moment they were first heard of.
pub fn stages(ctx: &PageCtx, list: &[Message]) -> Vec<(State, String, String)> {
    let mut found: Vec<(String, State, Timestamp)> = Vec::new();
    for it in list.iter().filter(|it| !it.stage.is_empty()) {
        // What is downloaded is one step, not two.
        let stage = if it.stage == "downloaded" { "downloading" } else { &it.stage };
        match found.iter_mut().find(|one| one.0 == stage) {
            Some(one) => one.1 = it.state,
            None => found.push((stage.to_owned(), it.state, it.at)),
        }
    }
    let last = found.len();
    let show = |(i, (stage, state, at)): (usize, (String, State, Timestamp))| {
        // What was followed by another stage is over.
        let state = if i + 1 < last && state == State::Running { State::Done } else { state };
        (state, stage_words(ctx, &stage), crate::i18n::fmt::time(at, &ctx.zone))
    };
    found.into_iter().enumerate().map(show).collect()
}

/// The whole page.
pub fn action(ctx: &PageCtx, p: &ActionPage) -> Markup {
    let kind = ctx.t(if p.rollback { "action-kind-rollback" } else { "action-kind-install" });
    let title = format!("{} {} · {}", p.site.1, p.release.1, kind);
    let crumbs = vec![
        (ctx.t("sites-title").into_owned(), Some("/sites".to_owned())),
        (p.site.1.clone(), Some(format!("/sites/{}", p.site.0))),
        (ctx.tn("action-number", p.id).into_owned(), None),
    ];
    let (state, word) = action_state(ctx, &p.state, p.outcome.as_deref());
    let labels = ["waves-wave", "action-window", "action-ordered", "action-heard", "action-closed"]
        .map(|key| ctx.t(key));
    let at = |it: Option<Timestamp>| it.map_or_else(|| "–".to_owned(), |it| ctx.date_time(it));
    let facts = [
        (&*labels[0], html! { (p.wave) }),
        (&*labels[1], html! { (at(p.window.0)) " – " (at(p.window.1)) }),
        (&*labels[2], html! { (ctx.date_time(p.ordered)) }),
        (&*labels[3], html! { (at(p.heard)) }),
        (&*labels[4], html! { (at(p.closed)) }),
    ];
    let stages = stages(ctx, &p.messages);
    let body = html! {
        (head(ctx, &Head { crumbs, title: &title, ..Head::default() }, html! {}))
        div.meta data-live-id="action-meta" {
            (pill(state, &word))
            @if !p.stage.is_empty() && p.outcome.is_none() { b { (stage_words(ctx, &p.stage)) } }
            a href={ "/releases/" (p.release.0) "/rollout" } { (p.release.0) " " (p.release.1) }
        }
        // There before the first word, so that it comes by itself.
        (live("action-stages", html! { @if !stages.is_empty() {
            (card("stages", &ctx.t("action-stages"), html! {}, html! { div.cb { (crate::ui::flow::steps(&stages)) } }))
        } }))
        (card("log", &ctx.t("action-log"), html! { (ctx.zone_name()) }, html! {
            @if p.messages.is_empty() { p.cb.m { (ctx.t("action-silent")) } } @else { (log(ctx, &p.messages)) }
        }))
        (card("facts", &ctx.t("action-about"), html! {}, html! { div.cb { (details(&facts))
            // On the fast clock of the demo the way of a message alone takes minutes.
            @if !ctx.demo && p.messages.iter().any(skewed) { p { (state_text(State::AtRisk, &ctx.t("action-clock"))) } }
        } }))
    };
    layout(ctx, &title, body)
}

/// The clock of the site is more than five minutes off.
fn skewed(it: &Message) -> bool {
    it.client_at.is_some_and(|at| it.at.duration_since(at).as_mins().abs() > 5)
}
