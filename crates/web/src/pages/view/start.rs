//! First steps: what is done, what is next, and the form of the next thing right here.

use maud::{Markup, html};

use crate::ui::glyph::{state_glyph, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Head, head};
use crate::ui::{PageCtx, State};

/// One step of the way.
#[derive(Debug)]
pub struct StartStep {
    /// Anchor of the step.
    pub id: &'static str,
    /// Done or not.
    pub done: bool,
    /// What to do.
    pub title: String,
    /// Why, and what it needs.
    pub text: String,
    /// What is there already; empty before.
    pub found: Markup,
    /// What can be done: a form or links.
    pub acts: Markup,
}

/// The page.
#[derive(Debug)]
pub struct StartView {
    /// Steps in order.
    pub steps: Vec<StartStep>,
}

impl StartView {
    fn next(&self) -> Option<usize> {
        self.steps.iter().position(|it| !it.done)
    }
}

/// The whole page.
pub fn start(ctx: &PageCtx, v: &StartView) -> Markup {
    let title = ctx.t("start-title");
    let done = v.steps.iter().filter(|it| it.done).count();
    let counted = ctx.ta(
        "start-count",
        &[("done", (done as i64).into()), ("all", (v.steps.len() as i64).into())],
    );
    let sub = if v.next().is_none() { ctx.t("start-all-done") } else { ctx.t("start-sub") };
    layout(
        ctx,
        &title,
        html! {
            (head(ctx, &Head { over: &counted, title: &title, sub: &sub, ..Head::default() }, html! {}))
            ol.stack.steps { @for (i, step) in v.steps.iter().enumerate() {
                li { (one(ctx, i, step, v.next())) }
            } }
        },
    )
}

fn one(ctx: &PageCtx, at: usize, step: &StartStep, next: Option<usize>) -> Markup {
    let now = next == Some(at);
    let heading = format!("s-{}", step.id);
    html! {
        section class=(if now { "card next" } else { "card" }) id=(step.id) aria-labelledby=(heading) {
            div class=(if now { "k" } else { "ch" }) {
                @if now { b { (ctx.t("start-now")) } }
                h2 id=(heading) { @if step.done { (state_glyph(State::Done)) " " } (at + 1) ". " (step.title) }
                @if step.done { div.s { (state_text(State::Done, &ctx.t("state-done"))) } }
            }
            div class=[(!now).then_some("cb")] {
                p.why.m.measure { (step.text) }
                @if !step.found.0.is_empty() { div { (step.found) } }
                (step.acts)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    fn step(id: &'static str, done: bool) -> StartStep {
        let (title, text) = (id.to_owned(), String::new());
        StartStep { id, done, title, text, found: html! {}, acts: html! {} }
    }

    #[test]
    fn the_first_open_step_is_the_next_one() {
        for lang in Lang::ALL {
            let ctx = PageCtx::visitor(lang, TimeZone::UTC, Timestamp::UNIX_EPOCH, "/start");
            let view =
                StartView { steps: vec![step("a", true), step("b", false), step("c", false)] };
            let page = start(&ctx, &view).into_string();
            assert_eq!(page.matches("card next").count(), 1, "{lang:?}");
            assert!(page.contains("class=\"card next\" id=\"b\""), "{lang:?}");
            let all = StartView { steps: vec![step("a", true)] };
            let page = start(&ctx, &all).into_string();
            assert!(page.contains(&*ctx.t("start-all-done")), "{lang:?}");
            assert!(!page.contains("card next"), "{lang:?}");
        }
    }
}
