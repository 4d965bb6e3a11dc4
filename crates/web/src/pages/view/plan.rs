//! The plan as people read it: what stands, what cannot be kept and the ways out, what a move means.

use crate::i18n::fmt;
use crate::pages::release::step_href;
use crate::pages::words;
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, Col, Row, Sum, Table, card, sums};
use crate::ui::{PageCtx, State};
use jiff::Timestamp;
use maud::{Markup, html};
use roadbook_app::notices::ToldIfMoved;
use roadbook_app::releases::{PlanAnswer, ReleasePlan, ReleaseView};
use roadbook_core::plan::{Conflict, Constraint, Difference, Plan, PlanProblem, WayOut};
use roadbook_core::process::due::Span;

/// A length as the process writes it, in words.
pub fn span_words(ctx: &PageCtx, text: &str) -> String {
    match text.parse::<Span>() {
        Ok(Span::WorkingDays(n)) => ctx.tn("span-working-days", i64::from(n)).into_owned(),
        Ok(Span::Days(n)) => ctx.tn("span-days", i64::from(n)).into_owned(),
        Ok(Span::Weeks(n)) => ctx.tn("span-weeks", i64::from(n)).into_owned(),
        Ok(Span::Hours(n)) => fmt::duration(ctx.lang, i64::from(n) * 60),
        Ok(Span::Minutes(n)) => fmt::duration(ctx.lang, i64::from(n)),
        Err(_) => text.to_owned(),
    }
}

/// Minutes of a difference: "2 h later", "1 d earlier", "as agreed".
pub fn shift_words(ctx: &PageCtx, minutes: i64) -> String {
    let by = fmt::duration(ctx.lang, minutes.abs());
    let key = match minutes {
        0 => return ctx.t("plan-same").into_owned(),
        1.. => "plan-later",
        _ => "plan-earlier",
    };
    ctx.ta(key, &[("by", by.as_str().into())]).into_owned()
}

fn title(ctx: &PageCtx, view: &ReleaseView, step: &str) -> String {
    words::step_title(ctx, &view.template, step)
}

/// The four numbers above the plan.
pub fn summary(ctx: &PageCtx, view: &ReleaseView, found: &ReleasePlan) -> Markup {
    let plan = &found.plan;
    let run = &view.release.run;
    let labels = ["plan-fact-go-live", "plan-fact-agreed", "plan-slack", "plan-fact-finish"]
        .map(|it| ctx.t(it));
    let go_live = run.slot.map(|it| it.start);
    let tightest = plan.steps.values().filter(|it| !it.done).map(|it| it.slack).min();
    let broken = plan.problems.iter().any(|it| matches!(it, PlanProblem::Conflict(_)));
    let agreed = found.baseline.map(|it| it.start);
    let moved = agreed.zip(go_live).map(|(a, b)| b.duration_since(a).as_mins());
    html! { (sums(&[
        Sum {
            label: &labels[0],
            value: go_live.map_or_else(|| "–".to_owned(), |it| ctx.date_time(it)),
            rest: go_live.map(|it| ctx.relative(it)).unwrap_or_default(),
            state: None,
        },
        Sum {
            label: &labels[1],
            value: agreed.map_or_else(|| "–".to_owned(), |it| ctx.date_time(it)),
            rest: moved.map_or_else(|| ctx.t("plan-not-agreed").into_owned(), |it| shift_words(ctx, it)),
            state: moved.is_some_and(|it| it > 0).then_some(State::AtRisk),
        },
        Sum {
            label: &labels[2],
            value: tightest.map_or_else(|| "–".to_owned(), |it| signed(ctx, it)),
            rest: ctx.t("plan-slack-tightest").into_owned(),
            state: broken.then_some(State::Failed),
        },
        Sum {
            label: &labels[3],
            value: ctx.date_time(plan.finish),
            rest: ctx.relative(plan.finish),
            state: None,
        },
    ])) }
}

fn signed(ctx: &PageCtx, minutes: i64) -> String {
    let text = fmt::duration(ctx.lang, minutes.abs());
    if minutes < 0 { format!("−{text}") } else { text }
}

/// Everything that cannot be kept, with the ways out of it.
pub fn problems(ctx: &PageCtx, view: &ReleaseView, plan: &Plan) -> Markup {
    html! { @for it in &plan.problems { @match it {
        PlanProblem::NoSlot => { p { (state_text(State::Waiting, &ctx.t("plan-no-slot"))) } }
        PlanProblem::Conflict(conflict) => { (conflict_card(ctx, view, conflict)) }
        PlanProblem::Cycle { steps } => {
            @let names = steps.iter().map(|it| title(ctx, view, it)).collect::<Vec<_>>().join(", ");
            p { (state_text(State::Failed, &ctx.ta("plan-cycle", &[("steps", names.as_str().into())]))) }
        }
        PlanProblem::DoneLate { step, by } => {
            @let (what, by) = (title(ctx, view, step), fmt::duration(ctx.lang, *by));
            p { (state_text(State::AtRisk, &ctx.ta("plan-done-late", &[("step", what.as_str().into()), ("by", by.as_str().into())]))) }
        }
    } } }
}

fn conflict_card(ctx: &PageCtx, view: &ReleaseView, conflict: &Conflict) -> Markup {
    let step = title(ctx, view, &conflict.step);
    let by = fmt::duration(ctx.lang, conflict.by);
    let args = [("step", step.as_str().into()), ("by", by.as_str().into())];
    html! { div.conflict {
        p { b { (state_text(State::Failed, &ctx.ta("plan-conflict", &args))) } }
        h3 { (ctx.t("plan-impossible-set")) }
        ul.list { @for it in &conflict.constraints { li { (constraint(ctx, view, it)) } } }
        @if !conflict.ways_out.is_empty() {
            h3 { (ctx.t("plan-impossible-ways")) }
            ol.slots { @for it in &conflict.ways_out { li { (way_out(ctx, view, it)) } } }
        }
    } }
}

fn constraint(ctx: &PageCtx, view: &ReleaseView, it: &Constraint) -> String {
    let say = |key: &str, step: &str, at: Option<Timestamp>, form: &str| {
        let step = title(ctx, view, step);
        let at = at.map(|it| ctx.date_time(it)).unwrap_or_default();
        let args =
            [("step", step.as_str().into()), ("at", at.as_str().into()), ("form", form.into())];
        ctx.ta(key, &args).into_owned()
    };
    match it {
        Constraint::Now { at } => say("plan-con-now", "", Some(*at), ""),
        Constraint::RunStart { at } => say("plan-con-start", "", Some(*at), ""),
        Constraint::Actual { step, at } => say("plan-con-actual", step, Some(*at), ""),
        Constraint::NotBefore { step, form, at } => {
            say("plan-con-not-before", step, Some(*at), form)
        }
        Constraint::Takes { step, length } => {
            say("plan-con-takes", step, None, &span_words(ctx, length))
        }
        Constraint::NotAfter { step, form, at } => say("plan-con-not-after", step, Some(*at), form),
        Constraint::Appointed { step, slot } => {
            say("plan-con-appointed", step, Some(slot.start), "")
        }
    }
}

/// A way out is something to do: a link that computes it, or the step where it is done.
fn way_out(ctx: &PageCtx, view: &ReleaseView, it: &WayOut) -> Markup {
    match it {
        WayOut::MoveGoLive { to, by, free } => {
            let (at, by) = (ctx.date_time(to.start), fmt::duration(ctx.lang, *by));
            let text =
                ctx.ta("plan-way-move", &[("at", at.as_str().into()), ("by", by.as_str().into())]);
            let note = ctx.t(if *free { "plan-way-free" } else { "plan-way-unknown" });
            let href = format!(
                "/releases/{}/plan?start={}&end={}#what-if",
                view.release.id, to.start, to.end
            );
            html! { p { b { (text) } br; span.m.s { (note) } } (Btn::link(ctx.t("plan-way-compute"), href).small()) }
        }
        WayOut::Shorten { steps } => {
            html! { div { p { b { (ctx.t("plan-way-shorten")) } } ul.plain { @for it in steps {
                @let by = fmt::duration(ctx.lang, it.by);
                li { a.t href=(step_href(view, &it.step)) { (title(ctx, view, &it.step)) } " " (ctx.ta("plan-way-by", &[("by", by.as_str().into())])) }
            } } } }
        }
        WayOut::DropLeadTime { step, form, by_role } => {
            let what = title(ctx, view, step);
            let role = by_role.as_ref().map(|it| words::role_title(ctx, &view.template, it));
            let args = [("step", what.as_str().into()), ("form", form.as_str().into())];
            html! {
                p { b { (ctx.ta("plan-way-drop", &args)) }
                    @if let Some(role) = role { br; span.m.s { (ctx.ta("plan-way-drop-by", &[("role", role.as_str().into())])) } } }
                (Btn::link(ctx.t("plan-way-step"), step_href(view, step)).small())
            }
        }
    }
}

/// What the asked time changes: dates, and who is told.
pub fn moves(ctx: &PageCtx, view: &ReleaseView, answer: &PlanAnswer) -> Markup {
    let rows: Vec<Row> = view
        .template
        .steps()
        .filter_map(|(_, step)| Some((step, answer.moves.get(&step.id)?)))
        .map(|(step, change)| {
            let end = |plan: &Plan| plan.steps.get(&step.id).map(|it| it.planned_finish);
            let late = matches!(change, Difference::Moved { late: Some(true), .. });
            let by = match change {
                // The dates stay; how much room there is does not.
                Difference::Moved { start: 0, finish: 0, slack, .. } => {
                    let by = fmt::duration(ctx.lang, slack.abs());
                    let key = if *slack > 0 { "plan-more-slack" } else { "plan-less-slack" };
                    ctx.ta(key, &[("by", by.as_str().into())]).into_owned()
                }
                Difference::Moved { finish, .. } => shift_words(ctx, *finish),
                Difference::Added { .. } | Difference::Removed { .. } => String::new(),
            };
            let slack = answer.after.steps.get(&step.id).map(|it| signed(ctx, it.slack));
            let at = |it: Option<Timestamp>| it.map(|it| ctx.date_time(it)).unwrap_or_default();
            let cells = vec![
                html! { a.t href=(step_href(view, &step.id)) { (words::show(ctx, &step.title)) } },
                html! { (at(end(&answer.before))) },
                html! { (at(end(&answer.after))) @if late { " " (state_text(State::AtRisk, &ctx.t("plan-late"))) } },
                html! { (by) },
                html! { (slack.unwrap_or_default()) },
            ];
            if late { Row::Bad(cells) } else { Row::Cells(cells) }
        })
        .collect();
    let moved = |it: &Difference| !matches!(it, Difference::Moved { start: 0, finish: 0, .. });
    let count = answer.moves.values().filter(|it| moved(it)).count();
    let caption = ctx.tn("plan-diff-moves", count as i64);
    let cols = ["work-step", "plan-before", "plan-after", "plan-difference", "plan-slack"];
    html! {
        @if rows.is_empty() { p.m { (ctx.t("plan-nothing-moves")) } } @else {
            h3 { (caption) }
            (Table { caption: &caption, cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(), rows })
        }
        (told(ctx, &answer.told))
    }
}

fn told(ctx: &PageCtx, list: &[ToldIfMoved]) -> Markup {
    html! { @if !list.is_empty() {
        h3 { (ctx.t("plan-told")) }
        ul.list { @for it in list { li {
            @let n = it.recipients as i64;
            @if it.correction {
                (state_text(State::AtRisk, &ctx.tn("plan-told-now", n)))
            } @else {
                @let at = it.latest_after.map(|at| ctx.date_time(at)).unwrap_or_default();
                (state_text(State::Foreseen, &ctx.ta("plan-told-later", &[("n", n.into()), ("at", at.as_str().into())])))
            }
            br; span.m.s {
                (words::show(ctx, &it.title)) @if !it.names.is_empty() { ": " (it.names.join(", ")) @if it.recipients > it.names.len() { " …" } }
            }
        } } }
    } }
}

/// All steps with their dates in both directions.
pub fn table(ctx: &PageCtx, view: &ReleaseView, found: &ReleasePlan) -> Markup {
    let plan = &found.plan;
    let rows =
        view.template.steps().filter_map(|(_, step)| Some((step, plan.steps.get(&step.id)?)));
    let rows = rows.map(|(step, it)| {
        let (glyph, word) = words::step_state(ctx, view.release.run.step_state(&step.id));
        let who: Vec<&str> = it.who.iter().filter_map(|id| found.names.get(id)).map(String::as_str).collect();
        let base = found.baseline_steps.get(&step.id);
        let cells = vec![
            html! { a.t href=(step_href(view, &step.id)) { (words::show(ctx, &step.title)) } @if !who.is_empty() { br; span.m.s { (who.join(", ")) } } },
            html! { (ctx.date_time(it.planned_start)) br; (ctx.date_time(it.planned_finish)) },
            html! { @if !it.done { (ctx.date_time(it.latest_finish)) } },
            html! { @if !it.done { @if it.critical { b { (ctx.t("gantt-critical")) } br; } (signed(ctx, it.slack)) } },
            html! { @if let Some(base) = base { (ctx.date_time(base.finish)) @if let Some(by) = base.by { br; span.m.s { (shift_words(ctx, by)) } } } },
            if it.late && !it.done { state_text(State::AtRisk, &ctx.t("plan-late")) } else { state_text(glyph, &word) },
        ];
        if it.late && !it.done { Row::Bad(cells) } else { Row::Cells(cells) }
    });
    let caption = ctx.t("plan-steps");
    let cols = [
        "work-step",
        "plan-forecast",
        "plan-must-end",
        "plan-slack",
        "plan-baseline",
        "work-state",
    ];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows: rows.collect(),
    };
    card("steps", &caption, html! {}, html! { (table) })
}

/// Where the time went: for each step, how long it was worked on and for whom it waited.
pub fn waits(ctx: &PageCtx, view: &ReleaseView, found: &ReleasePlan) -> Markup {
    let spent = |seconds: i64| match seconds / 60 {
        0 => String::new(),
        minutes => fmt::duration(ctx.lang, minutes),
    };
    let times = view.template.steps().filter_map(|(_, step)| {
        found
            .waits
            .get(&step.id)
            .filter(|it| it.total() >= 60 || it.now.is_some())
            .map(|it| (step, it))
    });
    let rows: Vec<Row> = times
        .map(|(step, it)| {
            let now = it.now.map(|kind| ctx.t(&format!("waits-now-{}", kind.name())));
            Row::Cells(vec![
                html! { a.t href=(step_href(view, &step.id)) { (words::show(ctx, &step.title)) } @if let Some(now) = now { br; span.m.s { (now) } } },
                html! { (spent(it.person)) },
                html! { (spent(it.site)) },
                html! { (spent(it.window)) },
                html! { (spent(it.work)) },
            ])
        })
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    let caption = ctx.t("waits-title");
    let cols = ["work-step", "waits-person", "waits-site", "waits-window", "waits-work"];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows,
    };
    card("waits", &caption, html! {}, html! { (table) })
}
