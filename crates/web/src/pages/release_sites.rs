//! The sites of a release: decisions, deployments, talks; reported one by one or together.

use super::release::{ReleaseTab, page};
use super::site::report_of;
use super::talks;
use super::view::site::{decide_form, decision_words, outcome_words, outcomes, report_form};
use super::visit::{Page, Refused, Sent, Signed, go};
use super::words::encoded;
use crate::routes::{Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Field, Kind, hidden};
use crate::ui::glyph::{pill, state_text};
use crate::ui::parts::{Btn, pager, text_card};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::sites::{ReleaseSite, ReleaseSiteFilter};
use roadbook_app::{Error, PageAsk};
use roadbook_core::run::asked_now;
use serde::Deserialize;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/releases/{release}/sites", "show_release_sites", show).page(),
        post("/releases/{release}/sites/report", "send_reports", report).page(),
    ]
}

fn fail(ctx: &PageCtx) -> impl Fn(Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

/// What the list is narrowed to, and where its page begins.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    q: String,
    outcome: String,
    cursor: Option<String>,
}

impl Ask {
    fn next(&self, release: &str, cursor: &str) -> String {
        let all = [("q", self.q.as_str()), ("outcome", &self.outcome), ("cursor", cursor)];
        let parts: Vec<String> = all
            .iter()
            .filter(|it| !it.1.is_empty())
            .map(|(name, it)| format!("{name}={}", encoded(it)))
            .collect();
        format!("/releases/{release}/sites?{}", parts.join("&"))
    }
}

async fn show(signed: Signed, Path(text): Path<String>, Query(ask): Query<Ask>) -> Page {
    let Signed { mut ctx, caller, web } = signed;
    let fail = fail(&ctx);
    let call = caller.session.call();
    let id = web.app.release_find(&call.actor, &text).await.map_err(&fail)?;
    ctx.live = Some(format!("release/{id}"));
    let some = |it: &str| Some(it.trim().to_owned()).filter(|it| !it.is_empty());
    let filter = ReleaseSiteFilter { text: some(&ask.q), outcome: some(&ask.outcome) };
    let at = PageAsk { cursor: ask.cursor.clone(), limit: 100 };
    let (found, count) = web.app.release_sites(&call, &id, &filter, &at).await.map_err(&fail)?;
    let list = found.rows;
    let next = found.next.map(|at| ask.next(&text, &at));
    let told = web.app.talks(&call, &id).await.map_err(&fail)?;
    let view = web.app.release(&call.actor, &id).await.map_err(&fail)?;
    let title = ctx.t("sites-title");
    let asking = asked_now(&view.template, &view.release.run);
    let shown = asking.and_then(|it| view.context.digests.get(&it.id)).map(String::as_str);
    let body = html! {
        (narrow(&ctx, &ask, &text))
        @if list.is_empty() && ask.q.is_empty() && ask.outcome.is_empty() { p { (ctx.t("release-sites-empty")) } }
        @else if list.is_empty() { p { (ctx.t("release-sites-none")) } }
        @else { (text_card("sites", &title, html! {}, html! { ul { @for it in &list { (line(&ctx, it, &text, (id.as_str(), shown))) } } (pager(&ctx, &count.to_string(), None, next.as_deref())) })) }
        @if list.iter().any(|it| it.deployment.as_ref().is_some_and(|row| row.outcome.is_none())) { (text_card("bulk", &ctx.t("release-sites-bulk"), html! {}, bulk(&ctx, &list, &text))) }
        @if !told.is_empty() { (text_card("talks", &ctx.t("release-sites-talks"), html! {}, talks::list(&ctx, &told, &format!("/releases/{text}/sites")))) }
    };
    Ok(page(&ctx, &view, ReleaseTab::Sites, body).into_response())
}

/// The form that narrows the list: by name, and by what came of it.
fn narrow(ctx: &PageCtx, ask: &Ask, release: &str) -> Markup {
    let states = outcomes(ctx).into_iter().map(|it| (it.value, it.label));
    let open = ("open".to_owned(), outcome_words(ctx, None).1);
    let states: Vec<(String, String)> =
        [(String::new(), ctx.t("release-sites-all").into_owned()), open]
            .into_iter()
            .chain(states)
            .collect();
    html! { form.filters method="get" role="search" action={ "/releases/" (release) "/sites" } {
        label.vh for="n-q" { (ctx.t("nav-search")) }
        input.in type="search" id="n-q" name="q" value=(ask.q) placeholder=(ctx.t("nav-search"));
        label.vh for="n-outcome" { (ctx.t("report-outcome")) }
        select.in id="n-outcome" name="outcome" {
            @for (value, words) in &states { option value=(value) selected[*value == ask.outcome] { (words) } }
        }
        button.btn.sm type="submit" { (ctx.t("action-filter")) }
    } }
}

fn line(
    ctx: &PageCtx,
    it: &ReleaseSite,
    release: &str,
    (id, shown): (&str, Option<&str>),
) -> Markup {
    let back = format!("/releases/{release}/sites");
    let (decided, words) = decision_words(ctx, it.decision.as_ref().map(|it| it.decision.as_str()));
    let outcome = it.deployment.as_ref().and_then(|it| it.outcome.as_deref());
    let (state, told) = outcome_words(ctx, outcome);
    html! { li.sec {
        p { a.t href={ "/sites/" (it.site.key) } { (it.name) } " " (pill(decided, &words)) " " @if it.has_parts { (ctx.t("site-has-parts")) } @else { (state_text(state, &told)) }
            @if it.read { " · " (ctx.t("release-sites-read")) } }
        @if let Some(reason) = it.decision.as_ref().and_then(|it| it.reason.as_ref()) { p.s.m { "“" (reason) "”" } }
        @for one in &it.feedback { p.s { (ctx.t("site-feedback")) ": " (one.problems) " " (one.ideas)
            @if let Some(n) = one.rating { " (" (n) "/5)" } } }
        @if let Some(row) = &it.deployment {
            @if !it.has_parts { details { summary { (ctx.t("report-title")) } (report_form(ctx, &it.site.key, id, row.generation, &back)) } }
            @if outcome.is_none() && it.site.part_of.is_none() { details { summary { (ctx.t("site-decide-for")) } (decide_form(ctx, &it.site.key, (id, shown), &back)) } }
        }
    } }
}

fn bulk(ctx: &PageCtx, list: &[ReleaseSite], release: &str) -> Markup {
    let open = list.iter().filter_map(|it| Some((it, it.deployment.as_ref()?)));
    html! { form.form method="post" action={ "/releases/" (release) "/sites/report" } {
        (hidden(ctx))
        @for (it, row) in open.filter(|it| it.1.outcome.is_none() && !it.0.has_parts) {
            label.choice { input type="checkbox" name="site" value={ (it.site.id) ":" (row.generation) }; span { (it.name) } }
        }
        (Field::new(Kind::Select(outcomes(ctx)), "outcome", ctx.t("report-outcome")).render(ctx))
        (Field::text("evidence", ctx.t("report-evidence")).optional().hint(ctx.t("report-evidence-hint")).render(ctx))
        (Field::text("note", ctx.t("form-remark")).optional().render(ctx))
        div.acts { (Btn::button(ctx.t("release-sites-bulk")).primary().submit()) }
    } }
}

async fn report(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    // Each site is a change of its own; told twice, a report changes nothing.
    let call = sent.caller.session.call();
    let release = web.app.release_find(&call.actor, &text).await.map_err(&fail)?;
    for one in sent.fields.all("site") {
        let (site, generation) = one.split_once(':').unwrap_or((&one, "0"));
        let scope = &sent.caller.session.scope;
        let site = web.app.site_find(scope, site).await.map_err(&fail)?;
        let mut fields = sent.fields.clone();
        fields.0.push(("generation".to_owned(), generation.to_owned()));
        let report = report_of(site, release.clone(), &fields, &sent.ctx.zone, web.app.now())
            .map_err(|problem| Refused::new(sent.ctx.clone(), problem))?;
        web.app.deployment_report(&call, report).await.map_err(&fail)?;
    }
    Ok(go(&format!("/releases/{text}/sites")))
}
