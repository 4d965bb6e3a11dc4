//! The page of an error: what happened, why, what you can do, and a number to ask with.

use maud::{Markup, html};

use super::glyph::state_text;
use super::layout::{Solo, layout, solo};
use super::parts::Btn;
use super::{PageCtx, State};

/// What went wrong, in words.
#[derive(Debug)]
pub struct ErrorView<'a> {
    /// HTTP status.
    pub status: u16,
    /// Stable code: `window_closed`.
    pub code: &'a str,
    /// What happened.
    pub what: String,
    /// Why.
    pub why: String,
    /// All reasons, when there are several.
    pub reasons: Vec<String>,
    /// What the person can do now.
    pub now: String,
    /// Address to go on, with its words.
    pub way: Option<(String, String)>,
    /// The number that finds the entry in the log.
    pub trace: &'a str,
}

impl ErrorView<'_> {
    /// The general page of a status: 401, 403, 404, 409, 413, 429, 503, 507, else 500.
    pub fn of_status<'a>(
        ctx: &PageCtx,
        status: u16,
        code: &'a str,
        trace: &'a str,
    ) -> ErrorView<'a> {
        let known = match status {
            // Who mistypes a password may do it all the same.
            403 if code == "password_wrong" => 422,
            // A conflict with a rule is not a conflict with another person.
            409 if !matches!(code, "stale" | "stale_revision" | "conflict" | "changed") => 422,
            400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 503 | 507 => status,
            _ => 500,
        };
        let text = |part: &str| ctx.t(&format!("error-{known}-{part}")).into_owned();
        ErrorView {
            status,
            code,
            what: text("what"),
            why: text("why"),
            reasons: Vec::new(),
            now: text("now"),
            way: None,
            trace,
        }
    }
}

/// The three answers, for a page or inside a card.
pub fn error_body(ctx: &PageCtx, e: &ErrorView<'_>) -> Markup {
    html! {
        p.s { (state_text(State::Failed, &ctx.ta("error-kind", &[("status", i64::from(e.status).into())]))) }
        h1 { (e.what) }
        dl.dl.sec {
            @if !e.why.is_empty() { dt { (ctx.t("error-why")) } dd.measure { (e.why) } }
            @if !e.reasons.is_empty() { dt { (ctx.t("refusal-lift")) } dd.measure { ul { @for it in &e.reasons { li { (it) } } } } }
            @if !e.now.is_empty() { dt { (ctx.t("error-now")) } dd.measure { (e.now) } }
            dt { (ctx.t("error-code")) } dd { code { (e.code) } }
            @if !e.trace.is_empty() { dt { (ctx.t("error-trace")) } dd { code { (e.trace) } } }
        }
        div.acts.sec {
            @if let Some((label, href)) = &e.way { (Btn::link(label, href).primary()) }
            (Btn::link(ctx.t("error-home"), "/"))
        }
    }
}

/// A whole page; without navigation for visitors.
pub fn error_page(ctx: &PageCtx, e: &ErrorView<'_>) -> Markup {
    let body = error_body(ctx, e);
    if ctx.viewer.is_some() {
        return layout(ctx, &e.what, body);
    }
    let page = Solo { title: &e.what, from: "Roadbook", wide: true, footer: None };
    solo(ctx, &page, html! { div.card { (body) } })
}
