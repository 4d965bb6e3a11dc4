//! Two revisions over a release that is closed: what would have been different, in words.

use super::process::differences;
use crate::i18n::fmt;
use crate::pages::words;
use crate::ui::form::{Choice, Field, Kind as Input};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Col, Row, Sum, Table, card, sums};
use crate::ui::{PageCtx, State};
use maud::{Markup, html};
use roadbook_app::processes::ProcessSummary;
use roadbook_app::simulation::ComparisonView;
use roadbook_core::process::template::Template;

/// Two revisions and a release to choose.
pub fn form(
    ctx: &PageCtx,
    id: &str,
    history: &[ProcessSummary],
    (from, to): (u32, u32),
    (release, wrong): (&str, Option<&str>),
) -> Markup {
    let choices: Vec<Choice> = history
        .iter()
        .map(|it| {
            let label = ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())]);
            Choice::new(it.revision.to_string(), label)
        })
        .collect();
    let pick = |name: &str, key: &str, value: u32| {
        Field::new(Input::Select(choices.clone()), name, ctx.t(key)).value(value.to_string())
    };
    let number = Field::text("release", ctx.t("compare-release"))
        .value(release)
        .hint(ctx.t("compare-release-hint"))
        .error(wrong.map(|key| ctx.t(key)));
    card(
        "compare",
        &ctx.t("processes-compare"),
        html! {},
        html! { div.cb { form.form method="get" action={ "/processes/" (id) "/compare" } {
            div.pair { (pick("from", "plan-before", from).render(ctx)) (pick("to", "plan-after", to).render(ctx)) }
            (number.render(ctx))
            div.acts { button.btn.p type="submit" { (ctx.t("processes-compare")) } }
        } } },
    )
}

/// The answer.
pub fn result(ctx: &PageCtx, found: &ComparisonView) -> Markup {
    html! {
        (summary(ctx, found))
        (card("gates", &ctx.t("compare-gates"), html! {}, html! { div.cb { (gates(ctx, found)) } }))
        (steps(ctx, found))
        (roles(ctx, found))
        (card("changes", &ctx.t("processes-diff"), html! {}, html! { div.cb { (differences(ctx, &found.made.changes)) } }))
    }
}

fn summary(ctx: &PageCtx, found: &ComparisonView) -> Markup {
    let made = &found.made;
    let name = |n: u32| ctx.ta("processes-revision", &[("n", i64::from(n).into())]).into_owned();
    let (from, to) = (name(found.from.0), name(found.to.0));
    let label = ctx.t("compare-longer");
    let longer = match made.longer {
        0 => ctx.t("compare-as-long").into_owned(),
        it => super::plan::shift_words(ctx, it),
    };
    let ran = name(found.ran_on);
    let at = ctx.date_time(found.closed);
    let args = [
        ("release", found.number.as_str().into()),
        ("revision", ran.as_str().into()),
        ("at", at.as_str().into()),
    ];
    let side = |it: &roadbook_core::process::simulate::Simulation| {
        (fmt::duration(ctx.lang, it.lead_minutes()), ctx.date_time(it.finish))
    };
    let (before, after) = (side(&made.before), side(&made.after));
    html! {
        (sums(&[
            Sum { label: &from, value: before.0, rest: before.1, state: None },
            Sum { label: &to, value: after.0, rest: after.1, state: None },
            Sum { label: &label, value: longer, rest: String::new(), state: (made.longer > 0).then_some(State::AtRisk) },
        ]))
        p { a.t href={ "/releases/" (found.release) } { (found.title) } ": " (ctx.ta("compare-ran", &args)) " " (ctx.t("compare-how")) }
    }
}

fn gates(ctx: &PageCtx, found: &ComparisonView) -> Markup {
    let line = |key: &str, template: &Template, step: &str| {
        let title = words::step_title(ctx, template, step);
        ctx.ta(key, &[("step", title.as_str().into())]).into_owned()
    };
    let made = &found.made;
    html! {
        @if made.gates_more.is_empty() && made.gates_less.is_empty() { p.m { (ctx.t("compare-gates-same")) } }
        ul.list {
            @for it in &made.gates_more { li { (state_text(State::AtRisk, &line("compare-gate-more", &found.to.1, it))) } }
            @for it in &made.gates_less { li { (state_text(State::Done, &line("compare-gate-less", &found.from.1, it))) } }
        }
    }
}

fn steps(ctx: &PageCtx, found: &ComparisonView) -> Markup {
    let made = &found.made;
    let name = |step: &str| match found.to.1.step(step) {
        Some(_) => words::step_title(ctx, &found.to.1, step),
        None => words::step_title(ctx, &found.from.1, step),
    };
    let rows: Vec<Row> = made
        .steps
        .iter()
        .map(|it| {
            let did = found.did.get(&it.step).into_iter().flatten();
            let who: Vec<&str> =
                did.filter_map(|id| found.names.get(id)).map(String::as_str).collect();
            let by = match (it.before, it.after, it.by) {
                (None, Some(_), _) => state_text(State::AtRisk, &ctx.t("compare-only-after")),
                (Some(_), None, _) => state_text(State::Done, &ctx.t("compare-only-before")),
                (_, _, by) => html! { (super::plan::shift_words(ctx, by.unwrap_or_default())) },
            };
            let names = who.join(", ");
            Row::Cells(vec![
                html! { (name(&it.step)) @if !who.is_empty() { br; span.m.s { (ctx.ta("compare-did", &[("names", names.as_str().into())])) } } },
                html! { @if let Some(it) = it.before { (ctx.date_time(it.0)) br; (ctx.date_time(it.1)) } },
                html! { @if let Some(it) = it.after { (ctx.date_time(it.0)) br; (ctx.date_time(it.1)) } },
                by,
            ])
        })
        .collect();
    let caption = ctx.t("compare-steps");
    let cols = ["work-step", "plan-before", "plan-after", "plan-difference"];
    let body = html! { @if rows.is_empty() { p.cb.m { (ctx.t("compare-steps-same")) } } @else {
        (Table { caption: &caption, cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(), rows })
    } };
    card("steps", &caption, html! {}, body)
}

fn roles(ctx: &PageCtx, found: &ComparisonView) -> Markup {
    let name = |role: &str| match found.to.1.role(role) {
        Some(_) => words::role_title(ctx, &found.to.1, role),
        None => words::role_title(ctx, &found.from.1, role),
    };
    let rows: Vec<Row> = found
        .made
        .roles
        .iter()
        .map(|it| {
            let key = match it.after.cmp(&it.before) {
                std::cmp::Ordering::Greater => "compare-more",
                std::cmp::Ordering::Less => "compare-less",
                std::cmp::Ordering::Equal => "compare-same-work",
            };
            let by = fmt::hours(ctx.lang, (it.after - it.before).abs());
            let side = |minutes: i64, steps: usize| {
                html! { (fmt::hours(ctx.lang, minutes)) br; span.m.s { (ctx.tn("compare-n-steps", steps as i64)) } }
            };
            Row::Cells(vec![
                html! { (name(&it.role)) },
                side(it.before, it.steps_before),
                side(it.after, it.steps_after),
                html! { (ctx.ta(key, &[("by", by.as_str().into())])) },
            ])
        })
        .collect();
    let caption = ctx.t("compare-roles");
    let cols = ["people-roles", "plan-before", "plan-after", "plan-difference"];
    let body = html! { @if rows.is_empty() { p.cb.m { (ctx.t("compare-roles-same")) } } @else {
        (Table { caption: &caption, cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(), rows })
    } };
    card("roles", &caption, html! {}, body)
}
