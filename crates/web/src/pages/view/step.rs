//! A step as its person sees it: what I need and from whom, what I give and to whom, what to do now.

use maud::{Markup, html};

use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Head, card, head};
use crate::ui::{PageCtx, State};

/// Something that comes in or goes out.
#[derive(Debug)]
pub struct Flow {
    /// The deliverable, document or result.
    pub what: String,
    /// Its address.
    pub href: Option<String>,
    /// Who gives or receives it.
    pub who: String,
    /// Its state in words.
    pub state: (State, String),
}

/// What the page of a step shows.
#[derive(Debug)]
pub struct StepView {
    /// Way to the page.
    pub crumbs: Vec<(String, Option<String>)>,
    /// Name of the step.
    pub name: String,
    /// Role and person.
    pub who: String,
    /// State in words.
    pub state: (State, String),
    /// Number, activity, matters, deliverables, role: label and value.
    pub facts: Vec<(String, String)>,
    /// The guide, as sanitized markup.
    pub guide: Markup,
    /// What the person needs.
    pub inputs: Vec<Flow>,
    /// What the person gives.
    pub outputs: Vec<Flow>,
    /// The form or the buttons to act with.
    pub act: Markup,
    /// What happened so far: when and what.
    pub history: Vec<(String, String)>,
}

fn flows(ctx: &PageCtx, list: &[Flow], words: &str, none: &str) -> Markup {
    html! {
        @if list.is_empty() { p.cb.m { (ctx.t(none)) } }
        ul.list.pair { @for f in list { li data-row {
            div {
                @if let Some(href) = &f.href { a.t href=(href) { (f.what) } } @else { b { (f.what) } }
                br; span.m.s { (ctx.ta(words, &[("name", f.who.as_str().into())])) }
            }
            (state_text(f.state.0, &f.state.1))
        } } }
    }
}

/// The whole page.
pub fn step(ctx: &PageCtx, v: &StepView) -> Markup {
    let title = Head { crumbs: v.crumbs.clone(), title: &v.name, sub: &v.who, ..Head::default() };
    layout(
        ctx,
        &v.name,
        html! {
            (head(ctx, &title, state_text(v.state.0, &v.state.1)))
            div.cols {
                div.stack {
                    section.card data-live-id="act" { div.cb {
                        @if !v.facts.is_empty() { dl.dl { @for (k, x) in &v.facts { dt { (k) } dd { (x) } } } }
                        (v.act)
                    } }
                    @if !v.guide.0.is_empty() { (card("guide", &ctx.t("step-guide"), html! {}, html! { div.cb.prose { (v.guide) } })) }
                    @if !v.history.is_empty() { (card("history", &ctx.t("step-history"), html! {}, html! { ul.lst.wide1 { @for (at, what) in &v.history { li { span { (at) } span { (what) } } } } })) }
                }
                div.stack {
                    (card("inputs", &ctx.t("step-inputs"), html! {}, flows(ctx, &v.inputs, "step-from", "step-inputs-empty")))
                    (card("outputs", &ctx.t("step-outputs"), html! {}, flows(ctx, &v.outputs, "step-for", "step-outputs-empty")))
                }
            }
        },
    )
}
