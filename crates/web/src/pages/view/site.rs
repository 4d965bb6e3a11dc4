//! A site: what is true at this customer?

use crate::i18n::fmt;
use crate::pages::view::agent::{SiteAgent, actions_card, agent_card, parameters_card};
use crate::pages::view::sites::source_words;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind, act, form_with};
use crate::ui::glyph::{State, pill, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, head, text_card};
use jiff::Timestamp;
use maud::{Markup, html};
use roadbook_app::releases::UNDER_WAY;
use roadbook_app::sites::{Outcome, SiteReleaseView, SiteView};
use roadbook_core::ids::ReleaseId;
use std::collections::BTreeMap;

/// What the page shows.
#[derive(Debug)]
pub struct SitePage {
    /// The site.
    pub site: SiteView,
    /// What an answer of the site names, by release, where it is asked about documents.
    pub asked: BTreeMap<ReleaseId, String>,
    /// Its agent.
    pub agent: SiteAgent,
    /// Versions over time, newest first: product, version, from, until, source.
    pub history: Vec<(String, String, Timestamp, Option<Timestamp>, String)>,
    /// The history is narrowed to this moment.
    pub as_of: Option<Timestamp>,
    /// Freezes that reach it: until, reason.
    pub freezes: Vec<(Timestamp, String)>,
    /// Next windows: title, start.
    pub windows: Vec<(String, Timestamp)>,
    /// A link that was just made; it is shown once.
    pub link: Option<String>,
    /// Whether contacts may be changed.
    pub may_edit: bool,
    /// Whether the viewer may answer and report for the site.
    pub may_answer: bool,
}

/// The state and words of an outcome.
pub fn outcome_words(ctx: &PageCtx, outcome: Option<&str>) -> (State, String) {
    let (state, key) = match outcome {
        Some("installed") => (State::Done, "report-installed"),
        Some("failed") => (State::Failed, "report-failed"),
        Some("rolled_back") => (State::Held, "report-rolled-back"),
        Some("skipped") => (State::Held, "outcome-skipped"),
        _ => (State::Waiting, "outcome-none"),
    };
    (state, ctx.t(key).into_owned())
}

/// The state and words of a decision.
pub fn decision_words(ctx: &PageCtx, decision: Option<&str>) -> (State, String) {
    let (state, key) = match decision {
        Some("accepted") => (State::Done, "site-decision-accepted"),
        Some("postponed") => (State::Waiting, "site-decision-postponed"),
        Some("declined") => (State::Held, "site-decision-declined"),
        _ => (State::Waiting, "site-decision-none"),
    };
    (state, ctx.t(key).into_owned())
}

/// Choices of outcomes.
pub fn outcomes(ctx: &PageCtx) -> Vec<Choice> {
    Outcome::ALL
        .iter()
        .map(|it| Choice::new(it.name(), outcome_words(ctx, Some(it.name())).1))
        .collect()
}

/// The form that reports a deployment.
pub fn report_form(
    ctx: &PageCtx,
    site: &str,
    release: &str,
    generation: i64,
    back: &str,
) -> Markup {
    let fields = [
        Field::new(Kind::Select(outcomes(ctx)), "outcome", ctx.t("report-outcome")),
        Field::text("evidence", ctx.t("report-evidence"))
            .optional()
            .hint(ctx.t("report-evidence-hint")),
        Field::text("note", ctx.t("form-remark")).optional(),
    ];
    let generation = generation.to_string();
    let values = [("release", release), ("generation", generation.as_str()), ("back", back)];
    form_with(ctx, &format!("/sites/{site}/report"), &values, &fields, &ctx.t("report-submit"))
}

/// The form that decides for a site.
pub fn decide_form(
    ctx: &PageCtx,
    site: &str,
    (release, shown): (&str, Option<&str>),
    back: &str,
) -> Markup {
    let choices = ["accepted", "postponed", "declined"].map(|it| {
        let value = match it {
            "accepted" => "accept",
            "postponed" => "postpone",
            _ => "decline",
        };
        Choice::new(value, decision_words(ctx, Some(it)).1)
    });
    let fields = [
        Field::new(Kind::Select(choices.to_vec()), "decision", ctx.t("site-decisions")),
        Field::new(Kind::Input("datetime-local"), "time", ctx.t("own-propose")).optional(),
        Field::text("reason", ctx.t("form-reason")).optional(),
    ];
    let mut values = vec![("release", release), ("back", back)];
    values.extend(shown.map(|it| ("digest", it)));
    form_with(ctx, &format!("/sites/{site}/decide"), &values, &fields, &ctx.t("site-decide-for"))
}

fn release(ctx: &PageCtx, v: &SitePage, it: &SiteReleaseView) -> Markup {
    let key = v.site.site.key.as_str();
    let back = format!("/sites/{key}");
    let (decided, words) = decision_words(ctx, it.decision.as_ref().map(|it| it.decision.as_str()));
    let (state, outcome) = outcome_words(ctx, it.deployment.outcome.as_deref());
    html! { li.sec {
        p { a.t href={ "/releases/" (it.release.number) } { (it.release.number) " " (it.release.title) }
            " " (pill(decided, &words)) " " (state_text(state, &outcome)) }
        p.s.m {
            @if let Some(at) = it.deployment.slot_at.or(it.release.go_live_at) { (ctx.date_time(at)) " " }
            @if let Some(reason) = it.decision.as_ref().and_then(|it| it.reason.as_ref()) { "“" (reason) "” " }
            @if let Some(text) = &it.deployment.evidence { (ctx.t("report-evidence")) ": " (text) }
        }
        @for one in &it.feedback { p { (ctx.t("site-feedback")) ": " (one.problems) " " (one.ideas)
            @if let Some(n) = one.rating { " (" (n) "/5)" } } }
        @if v.may_answer && UNDER_WAY.contains(&it.release.state.as_str()) {
            @if v.site.parts.iter().all(|it| !it.site.active) { details { summary { (ctx.t("report-title")) } (report_form(ctx, key, it.release.id.as_str(), it.deployment.generation, &back)) } }
            @if it.deployment.outcome.is_none() && v.site.of.is_none() {
                details { summary { (ctx.t("site-decide-for")) } (decide_form(ctx, key, (it.release.id.as_str(), v.asked.get(&it.release.id).map(String::as_str)), &back)) }
            }
        }
    } }
}

fn contacts(ctx: &PageCtx, v: &SitePage) -> Markup {
    let key = &v.site.site.key;
    html! {
        @if let Some(link) = &v.link { div.flash.c-done role="status" { div {
            p { (ctx.t("site-link")) ": " a href=(link) { code { (link) } } }
            p.s { (ctx.t("site-link-once")) }
        } } }
        ul { @for it in v.site.contacts.iter().filter(|it| it.active) { li {
            b { (it.name) } " · " (it.lang.own_name())
            @if let Some(mail) = &it.email { " · " a href={ "mailto:" (mail) } { (mail) } }
            @if v.may_edit { (act(ctx, &format!("/sites/{key}/link"), Btn::button(ctx.t("site-link-new")).small(), &[("contact", it.id.as_str())])) }
        } } }
        @if v.may_edit {
            @let langs = roadbook_core::text::Lang::ALL.map(|it| Choice::new(it.code(), it.own_name())).to_vec();
            details { summary { (ctx.t("site-contact-add")) }
                (form_with(ctx, &format!("/sites/{key}/contacts"), &[], &[
                    Field::text("name", ctx.t("calendar-name")),
                    Field::new(Kind::Input("email"), "email", ctx.t("site-mail")).optional(),
                    Field::new(Kind::Select(langs), "lang", ctx.t("site-contact-language")).value(v.site.site.lang.code()),
                ], &ctx.t("site-contact-add")))
            }
        }
    }
}

fn versions(ctx: &PageCtx, v: &SitePage) -> Markup {
    html! {
        @if v.site.versions.is_empty() { p { (ctx.t("source-unknown")) } }
        ul { @for it in &v.site.versions {
            @let (state, words) = source_words(ctx, &it.source);
            li { (it.product_name) " " b { (it.version) } " · " (state_text(state, &words))
                " · " (ctx.t("heat-age")) " " (fmt::duration(ctx.lang, it.age.as_mins().max(0)))
                @if let Some(text) = &it.evidence { " · " span.m { (text) } } }
        } }
        h3 { (ctx.t("site-history")) }
        form.filters method="get" {
            (Field::new(Kind::Input("date"), "at", ctx.t("site-as-of")).optional()
                .value(v.as_of.map(|it| it.to_zoned(ctx.zone.clone()).date().to_string()).unwrap_or_default()).render(ctx))
            div.acts { button.btn type="submit" { (ctx.t("sites-filter")) } }
        }
        ul { @for (product, version, from, until, source) in &v.history { li {
            (product) " " b { (version) } " · " (ctx.date_time(*from)) " – " @if let Some(at) = until { (ctx.date_time(*at)) }
            " · " (source_words(ctx, source).1)
        } } }
    }
}

/// The word of what a place is.
pub fn part_key(part: &str) -> String {
    format!("part-{}", part.replace('_', "-"))
}

/// Parts of the site: each with what it runs and what came of the newest release there.
fn parts(ctx: &PageCtx, v: &SitePage) -> Markup {
    html! {
        p.s.m { (ctx.t("site-parts-hint")) }
        ul { @for it in v.site.parts.iter().filter(|it| it.site.active) { li {
            a.t href={ "/sites/" (it.site.key) } { (it.site.name) } " · " (ctx.t(&part_key(&it.site.part)))
            @for one in &it.versions { " · " (one.product_name) " " b { (one.version) } }
            @if let Some((row, number)) = &it.newest {
                @let (state, words) = outcome_words(ctx, row.outcome.as_deref());
                " · " a href={ "/releases/" (number) } { (number) } " " (state_text(state, &words))
            }
        } } }
    }
}

/// The whole page.
pub fn site(ctx: &PageCtx, v: &SitePage) -> Markup {
    let it = &v.site.site;
    let mut crumbs = vec![
        (ctx.t("sites-title").into_owned(), Some("/sites".to_owned())),
        (it.name.clone(), None),
    ];
    if let Some(of) = &v.site.of {
        crumbs.insert(1, (of.name.clone(), Some(format!("/sites/{}", of.key))));
    }
    let kind = v.site.of.as_ref().map(|_| ctx.t(&part_key(&it.part)).into_owned());
    let mut about = vec![it.key.as_str(), v.site.unit_name.as_str(), it.zone.as_str()];
    about.extend(kind.as_deref());
    about.extend(it.customer.as_deref());
    about.extend(v.site.tags.iter().map(String::as_str));
    about.retain(|it| !it.is_empty());
    let sub = about.join(" · ");
    let none = html! {};
    let body = html! {
        (head(ctx, &Head { title: &it.name, crumbs, sub: &sub, ..Head::default() }, html! {}))
        (text_card("runs", &ctx.t("site-runs"), none.clone(), versions(ctx, v)))
        @if !v.site.parts.is_empty() { (text_card("parts", &ctx.t("site-parts"), none.clone(), parts(ctx, v))) }
        (text_card("releases", &ctx.t("site-decisions"), none.clone(), html! {
            @if v.site.releases.is_empty() { p { (ctx.t("own-nothing-title")) } }
            ul { @for it in &v.site.releases { (release(ctx, v, it)) } }
        }))
        (agent_card(ctx, &v.agent))
        @if v.agent.agent.is_some() || !v.agent.actions.is_empty() { (actions_card(ctx, &v.agent)) }
        @if !v.agent.parameters.is_empty() { (parameters_card(ctx, &v.agent)) }
        @if it.part_of.is_none() { (text_card("contacts", &ctx.t("site-contacts"), none.clone(), contacts(ctx, v))) }
        (text_card("windows", &ctx.t("calendar-windows"), none, html! {
            @for (until, reason) in &v.freezes { p { (pill(State::Frozen, &ctx.t("month-freeze"))) " " (reason) " – " (ctx.date_time(*until)) } }
            ul { @for (title, at) in &v.windows { li { (title) " · " (ctx.date_time(*at)) } } }
        }))
        @if !it.address.is_empty() { p.m { (ctx.t("site-address")) ": " (it.address) } }
    };
    layout(ctx, &it.name, body)
}
