//! The agent of a site: is it alive, what does it know, what may it do; and what the site sets.

use crate::i18n::fmt;
use crate::pages::view::action::action_state;
use crate::ui::PageCtx;
use crate::ui::form::{Field, act, form_with};
use crate::ui::glyph::{State, state_text};
use crate::ui::parts::{Btn, card, details, text_card};
use jiff::Timestamp;
use maud::{Markup, html};

/// The agent of a site.
#[derive(Clone, Debug, Default)]
pub struct AgentView {
    /// Name and version of the program.
    pub program: String,
    /// Since when.
    pub enrolled: Option<Timestamp>,
    /// Last heard of.
    pub seen: Option<Timestamp>,
    /// Heard of too long ago.
    pub silent: bool,
    /// Its token is good no more.
    pub revoked: Option<Timestamp>,
    /// Orders do not wait for consent.
    pub auto_confirm: bool,
    /// Facts about the machine: name, value, as of.
    pub facts: Vec<(String, String, Timestamp)>,
    /// Files that are not as installed.
    pub drift: Vec<String>,
    /// Whether drift was looked for.
    pub checked: Option<Timestamp>,
}

/// What a site sets for one product.
#[derive(Clone, Debug, Default)]
pub struct ParameterSet {
    /// Id of the product.
    pub product: String,
    /// Its name.
    pub name: String,
    /// Values: name, title, value, set at, required, default.
    pub list: Vec<ParameterLine>,
}

/// A parameter of a package, with what the site set.
#[derive(Clone, Debug, Default)]
pub struct ParameterLine {
    /// Name.
    pub name: String,
    /// For people.
    pub title: String,
    /// What is set.
    pub value: Option<String>,
    /// What holds when nothing is set.
    pub default: Option<String>,
    /// It must be set.
    pub required: bool,
    /// It lives at the site alone.
    pub secret: bool,
}

/// An order in the history of a site.
#[derive(Clone, Debug)]
pub struct ActionLine {
    /// Number.
    pub id: i64,
    /// Whether it goes back.
    pub rollback: bool,
    /// State.
    pub state: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// Version.
    pub version: String,
    /// When it was ordered.
    pub at: Timestamp,
}

/// What the site page shows of its agent.
#[derive(Clone, Debug, Default)]
pub struct SiteAgent {
    /// Key of the site.
    pub site: String,
    /// The agent, if there is one.
    pub agent: Option<AgentView>,
    /// What the site sets.
    pub parameters: Vec<ParameterSet>,
    /// Orders, newest first.
    pub actions: Vec<ActionLine>,
    /// The line that enrolls an agent; it is shown once.
    pub enroll: Option<String>,
    /// Whether the viewer may enroll, revoke and set.
    pub may_edit: bool,
}

fn health(ctx: &PageCtx, it: &AgentView) -> (State, String) {
    if it.revoked.is_some() {
        return (State::Held, ctx.t("agent-revoked").into_owned());
    }
    let Some(at) = it.seen else { return (State::Waiting, ctx.t("agent-never").into_owned()) };
    let span = fmt::duration(ctx.lang, ctx.now.duration_since(at).as_mins().max(0));
    let heard = ctx.ta("agent-heard", &[("span", span.as_str().into())]).into_owned();
    if it.silent {
        (State::Waiting, format!("{}, {heard}", ctx.t("rollout-at-silent")))
    } else {
        (State::Done, heard)
    }
}

fn about(ctx: &PageCtx, v: &SiteAgent, it: &AgentView) -> Markup {
    let (state, word) = health(ctx, it);
    let labels =
        ["agent-health", "agent-program", "agent-enrolled", "agent-token", "agent-consent"]
            .map(|key| ctx.t(key));
    let at = |it: Option<Timestamp>| it.map_or_else(|| "–".to_owned(), |it| ctx.date_time(it));
    let token = match it.revoked {
        Some(at) => state_text(
            State::Held,
            &ctx.ta("agent-token-revoked", &[("at", ctx.date_time(at).as_str().into())]),
        ),
        None => state_text(State::Done, &ctx.t("agent-token-good")),
    };
    let consent = ctx.t(if it.auto_confirm { "agent-consent-no" } else { "agent-consent-asks" });
    let list = [
        (&*labels[0], state_text(state, &word)),
        (&*labels[1], html! { code { (it.program) } }),
        (&*labels[2], html! { (at(it.enrolled)) }),
        (&*labels[3], token),
        (&*labels[4], html! { (consent) }),
    ];
    html! {
        (details(&list))
        @if it.silent && it.revoked.is_none() { p.m { (ctx.t("agent-silent-text")) } }
        @if !it.drift.is_empty() {
            p { (state_text(State::AtRisk, &ctx.tn("agent-drift", it.drift.len() as i64))) }
            ul { @for file in &it.drift { li { code { (file) } } } }
        } @else if let Some(at) = it.checked {
            p { (state_text(State::Done, &ctx.ta("agent-no-drift", &[("at", ctx.moment(at).as_str().into())]))) }
        }
        @if !it.facts.is_empty() { details { summary { (ctx.t("agent-facts")) }
            dl.dl { @for (name, value, _) in &it.facts { dt { code { (name) } } dd { (value) } } }
            @if let Some(at) = it.facts.iter().map(|it| it.2).max() { p.m.s { (ctx.t("site-as-of")) " " (ctx.moment(at)) } }
        } }
        @if v.may_edit && it.revoked.is_none() { details { summary { (ctx.t("agent-revoke")) }
            p { (ctx.t("agent-revoke-text")) }
            (form_with(ctx, &format!("/sites/{}/agent/revoke", v.site), &[], &[Field::text("reason", ctx.t("form-reason"))], &ctx.t("agent-revoke")))
        } }
    }
}

fn enroll(ctx: &PageCtx, v: &SiteAgent) -> Markup {
    let known = v.agent.as_ref().is_some_and(|it| it.revoked.is_none());
    html! {
        @if let Some(line) = &v.enroll { div.flash.c-done role="status" { div {
            p { (ctx.t("agent-enroll-paste")) }
            pre tabindex="0" { (line) }
            p.s { (ctx.t("agent-enroll-once")) }
        } } }
        @else if v.may_edit {
            @if !known { p.m { (ctx.t("agent-enroll-text")) } }
            (act(ctx, &format!("/sites/{}/agent", v.site), Btn::button(ctx.t(if known { "agent-enroll-again" } else { "agent-enroll" })), &[]))
        }
    }
}

/// The card of the agent.
pub fn agent_card(ctx: &PageCtx, v: &SiteAgent) -> Markup {
    text_card(
        "agent",
        &ctx.t("agent-title"),
        html! {},
        html! {
            @match &v.agent {
                Some(it) => { (about(ctx, v, it)) }
                None => { p { (state_text(State::Foreseen, &ctx.t("agent-none"))) } }
            }
            (enroll(ctx, v))
        },
    )
}

/// The card of the orders, newest first.
pub fn actions_card(ctx: &PageCtx, v: &SiteAgent) -> Markup {
    card(
        "actions",
        &ctx.t("agent-actions"),
        html! { (v.actions.len()) },
        html! {
            @if v.actions.is_empty() { p.cb.m { (ctx.t("agent-actions-none")) } }
            ul.list.pair { @for it in &v.actions { li {
                @let (state, word) = action_state(ctx, &it.state, it.outcome.as_deref());
                @let kind = ctx.t(if it.rollback { "action-kind-rollback" } else { "action-kind-install" });
                span { a.t href={ "/actions/" (it.id) } { (kind) " " (it.version) } " " span.m.s { (ctx.date_time(it.at)) } }
                (state_text(state, &word))
            } } }
        },
    )
}

fn parameter(ctx: &PageCtx, v: &SiteAgent, set: &ParameterSet, it: &ParameterLine) -> Markup {
    let path = format!("/sites/{}/parameters", v.site);
    let unset = ctx.t("parameter-unset");
    let remove = || {
        let label = ctx.t("action-remove");
        let button = Btn::button(label.clone()).small().aria(format!("{label}: {}", it.name));
        act(ctx, &path, button, &[("product", &set.product), ("name", &it.name), ("remove", "1")])
    };
    html! { li {
        span {
            code { (it.name) } @if !it.title.is_empty() { " " (it.title) }
            br;
            @if it.secret { span.m { (ctx.t("parameter-secret")) } }
            @else { @match (&it.value, &it.default) {
                (Some(value), _) => { b { (value) } }
                (None, Some(value)) => { span.m { (ctx.ta("parameter-default", &[("value", value.as_str().into())])) } }
                (None, None) if it.required => { (state_text(State::AtRisk, &ctx.t("parameter-missing"))) }
                (None, None) => { span.m { (unset) } }
            } }
        }
        @if v.may_edit && it.value.is_some() && !it.secret { div.acts { (remove()) } }
    } }
}

/// The card of what the site sets, product by product.
pub fn parameters_card(ctx: &PageCtx, v: &SiteAgent) -> Markup {
    let path = format!("/sites/{}/parameters", v.site);
    text_card(
        "parameters",
        &ctx.t("parameter-title"),
        html! {},
        html! {
            @if v.parameters.is_empty() { p.m { (ctx.t("parameter-none")) } }
            @for set in &v.parameters {
                h3 { (set.name) }
                ul.list.pair { @for it in &set.list { (parameter(ctx, v, set, it)) } }
                @if v.may_edit { details { summary { (ctx.t("parameter-set")) }
                    (form_with(ctx, &path, &[("product", &set.product)], &[
                        Field::text("name", ctx.t("parameter-name")),
                        Field::text("value", ctx.t("parameter-value")),
                    ], &ctx.t("parameter-set")))
                } }
            }
            p.hint { (ctx.t("parameter-hint")) }
        },
    )
}
