//! Parts that speak of work: next action, who is waited for, who holds it, readiness, steps.

use maud::{Markup, html};

use super::glyph::{glyph, pill, state_glyph, state_text};
use super::parts::{Btn, facts};
use super::{PageCtx, State};

/// The one thing to do next.
#[derive(Debug)]
pub struct NextAction {
    /// Release or product it belongs to.
    pub about: String,
    /// A state that explains the urgency.
    pub mark: Option<(State, String)>,
    /// What to do, verb first.
    pub title: String,
    /// Why, in one or two sentences.
    pub why: String,
    /// Due when.
    pub due: String,
    /// How much work.
    pub effort: String,
    /// What follows if late, as dates and counts.
    pub if_late: String,
    /// Buttons; the first is filled.
    pub acts: Markup,
}

/// The card of the next action.
pub fn next_action(ctx: &PageCtx, n: &NextAction) -> Markup {
    let labels = ["work-due", "work-effort", "work-if-late"].map(|key| ctx.t(key));
    let values = [&n.due, &n.effort, &n.if_late];
    let known: Vec<(&str, &str)> = labels
        .iter()
        .zip(values)
        .filter(|it| !it.1.is_empty())
        .map(|(label, value)| (label.as_ref(), value.as_str()))
        .collect();
    html! {
        section.card.next aria-labelledby="next" data-live-id="next-action" {
            div.k { b { (ctx.t("home-next-action")) } span { (n.about) } @if let Some((s, text)) = &n.mark { (pill(*s, text)) } }
            h2 #next { (n.title) }
            @if !n.why.is_empty() { p.why { (n.why) } }
            @if !known.is_empty() { (facts(&known)) }
            div.acts { (n.acts) }
        }
    }
}

/// The same in one line, for a release page.
pub fn next_line(ctx: &PageCtx, title: &str, due: &str, button: Btn) -> Markup {
    html! {
        section.card.mine aria-label=(ctx.t("release-your-next")) {
            b { (ctx.t("release-your-next")) } span { (title) } span.m.s { (due) } (button)
        }
    }
}

/// One link of the chain from the go-live down to a person.
#[derive(Debug)]
pub struct Link {
    /// State of this link.
    pub state: State,
    /// What it is, or the person at the end.
    pub what: String,
    /// A second line: availability, deputy.
    pub note: String,
    /// When, or how much slack.
    pub when: String,
}

/// Who holds it: from the go-live down to one name, the last link.
pub fn chain(list: &[Link]) -> Markup {
    html! { ol.chain { @for (i, l) in list.iter().enumerate() {
        @let last = i + 1 == list.len();
        li.end[last] {
            @if last { svg class={ "g c-" (l.state.code()) } viewBox="0 0 16 16" aria-hidden="true" { circle cx="8" cy="8" r="5" fill="currentColor" {} } }
            @else { (state_glyph(l.state)) }
            span { @if last { b { (l.what) } } @else { (l.what) } @if !l.note.is_empty() { br; span.m.s { (l.note) } } }
            span.m.s { (l.when) }
        }
    } } }
}

/// What a release waits for, or why it stopped.
#[derive(Debug)]
pub struct Banner {
    /// Sets the color: waiting, failed, frozen, at risk, done, …
    pub state: State,
    /// The short line above: "Waits for one signature".
    pub kind: String,
    /// Document and person, or what failed.
    pub title: String,
    /// One or two sentences.
    pub text: String,
    /// Since, told, due.
    pub facts: Vec<(String, String)>,
    /// What follows if nobody acts.
    pub if_late: String,
    /// Between text and buttons: steps of a site, for example.
    pub middle: Markup,
    /// Buttons.
    pub acts: Markup,
    /// A title and a list at the right: who holds it, or what happens next.
    pub right: Option<(String, Markup)>,
}

/// The banner. It is the only large colored ground of a page.
pub fn banner(ctx: &PageCtx, b: &Banner) -> Markup {
    let tone = match b.state {
        State::Failed => " halt",
        State::Frozen => " frz",
        State::Emergency => " emg",
        State::AtRisk => " risk",
        State::Done => " good",
        State::Running => " run",
        State::Foreseen | State::Held => " calm",
        State::Waiting => "",
    };
    let pairs: Vec<(&str, &str)> = b.facts.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    html! {
        section class={ "card banner" (tone) @if b.right.is_none() { " one" } } aria-labelledby="waiting" data-live-id="banner" {
            div.l {
                p.s { (state_text(b.state, &b.kind)) }
                h2 #waiting { (b.title) }
                @if !b.text.is_empty() { p.m { (b.text) } }
                @if !pairs.is_empty() { (facts(&pairs)) }
                @if !b.if_late.is_empty() { p.late { b { (ctx.t("work-if-late")) } (b.if_late) } }
                (b.middle)
                div.acts { (b.acts) }
            }
            @if let Some((title, list)) = &b.right { div.r { h3 { (title) } (list) } }
        }
    }
}

/// What happens next, with and without an act: when and what; the last line is "nobody acts".
pub fn what_next(list: &[(String, String)]) -> Markup {
    html! { ol.plan { @for (i, (when, what)) in list.iter().enumerate() {
        li.end[i + 1 == list.len()] { span { (when) } span { (what) } }
    } } }
}

/// Steps of one run in a row: state, name, time.
pub fn steps(list: &[(State, String, String)]) -> Markup {
    html! { ol.run { @for (s, name, time) in list {
        li class={ "c-" (s.code()) } { b { (glyph(s.glyph())) (name) } span.m { (time) } }
    } } }
}

/// Small boxes for the phases of a release, with words for readers who do not see them.
pub fn phases(list: &[(State, String)], words: &str) -> Markup {
    html! { span.dots aria-hidden="true" { @for (s, name) in list { i class={ "c-" (s.code()) } title=(name) {} } } " " span.s.m { (words) } }
}

/// An open item of the readiness gate.
#[derive(Debug)]
pub struct OpenItem {
    /// What is missing.
    pub what: String,
    /// Where to do it.
    pub href: Option<String>,
    /// Who has it.
    pub who: String,
    /// State and date.
    pub state: (State, String),
}

/// How far a release is from its gate.
#[derive(Debug)]
pub struct Readiness {
    /// Items by state in the order done, waiting, at risk, not started.
    pub items: Vec<State>,
    /// When the gate closes.
    pub closes: String,
    /// Kinds with their counts: "Documents", "6 of 7".
    pub kinds: Vec<(String, String)>,
    /// What is still open.
    pub open: Vec<OpenItem>,
}

/// The readiness card: boxes, counts by kind, and who has what is open.
pub fn readiness(ctx: &PageCtx, r: &Readiness) -> Markup {
    let count = |s: State| r.items.iter().filter(|x| **x == s).count();
    let counts = [
        (State::Done, "ready-done"),
        (State::Waiting, "ready-waiting"),
        (State::AtRisk, "ready-at-risk"),
        (State::Failed, "ready-failed"),
        (State::Foreseen, "ready-not-started"),
    ];
    let title = ctx
        .ta("ready-title", &[("done", count(State::Done).into()), ("all", r.items.len().into())]);
    html! {
        section.card.sec.ready aria-labelledby="ready" data-live-id="readiness" {
            div.bar {
                div { h2 #ready { (title) } span.m.s { (r.closes) } }
                div.segs aria-hidden="true" { @for s in &r.items { span class={ "c-" (s.code()) } { (glyph(s.glyph())) } } }
                p.leg { @for (s, key) in counts { @if count(s) > 0 { (state_text(s, &ctx.tn(key, count(s) as i64))) } } }
                @if !r.kinds.is_empty() { dl.kinds { @for (k, v) in &r.kinds { div { dt { (k) } dd { (v) } } } } }
            }
            div.open.scroll tabindex="0" role="group" aria-label=(ctx.t("ready-still-open")) { @if r.open.is_empty() { p.cb.m { (ctx.t("ready-nothing-open")) } } @else { table.cards {
                caption.vh { (ctx.t("ready-still-open")) }
                thead { tr { th scope="col" { (ctx.t("ready-still-open")) } th scope="col" { (ctx.t("work-who")) } th scope="col" { (ctx.t("work-state")) } } }
                tbody { @for o in &r.open { tr data-row {
                    td { @if let Some(href) = &o.href { a.t href=(href) { (o.what) } } @else { (o.what) } }
                    td { (o.who) }
                    td.full { (state_text(o.state.0, &o.state.1)) }
                } } }
            } } }
        }
    }
}
