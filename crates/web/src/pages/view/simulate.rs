//! A simulated process as people read it: whether it can be kept, who does what when, how much it
//! is and where the time goes.

use crate::i18n::fmt;
use crate::pages::words;
use crate::ui::chart::lanes::{Item, Lane, Lanes, Shape, lanes};
use crate::ui::form::{Choice, Field, Kind as Input};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Col, Row, Sum, Table, card, sums};
use crate::ui::{PageCtx, State};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use roadbook_app::processes::ProcessSummary;
use roadbook_app::simulation::{SimulationInput, SimulationView};
use roadbook_app::units::UnitView;
use roadbook_core::plan::PlanProblem;
use roadbook_core::process::settings;
use roadbook_core::process::simulate::{Bar, Simulation, Waits, performers};
use roadbook_core::process::template::{self, FieldType, Template};
use std::collections::BTreeMap;

/// What was asked for, and where it cannot be read.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The fields of the form.
    pub values: BTreeMap<String, String>,
    /// Field and message.
    pub wrong: Vec<(String, &'static str)>,
}

impl Asked {
    fn get(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Something is wrong in a field of this group.
    fn wrong_in(&self, group: &[&str]) -> bool {
        self.wrong.iter().any(|it| group.iter().any(|name| it.0.starts_with(name)))
    }

    fn field(&self, ctx: &PageCtx, kind: Input, name: &str, label: &str) -> Field {
        let wrong = self.wrong.iter().find(|it| it.0 == name).map(|it| ctx.t(it.1));
        Field::new(kind, name, label).value(self.get(name)).error(wrong).optional()
    }
}

/// The questions.
pub fn form(
    ctx: &PageCtx,
    id: &str,
    template: &Template,
    history: &[ProcessSummary],
    asked: &Asked,
    units: &[UnitView],
) -> Markup {
    let number = || Input::Input("number");
    let field = |kind: Input, name: &str, key: &str| asked.field(ctx, kind, name, &ctx.t(key));
    let revisions = history.iter().map(|it| {
        let label = ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())]);
        Choice::new(it.revision.to_string(), label)
    });
    let mut team = vec![
        Choice::new("", ctx.t("simulate-team-all")),
        Choice::new("counted", ctx.t("simulate-team-counted")),
    ];
    team.extend(units.iter().map(|it| Choice::new(it.id.as_str(), it.name.clone())));
    let hours = field(number(), "hours", "simulate-hours");
    let hours = if asked.get("hours").is_empty() { hours.value("2") } else { hours };
    let title = ctx.t("simulate-form");
    card(
        "assume",
        &title,
        html! {},
        html! { div.cb {
            form.form method="get" action={ "/processes/" (id) "/simulate" } {
                div.pair {
                    (field(Input::Input("datetime-local"), "go_live", "plan-slot-start").hint(ctx.place.clone()).render(ctx))
                    (hours.render(ctx))
                }
                div.pair {
                    (field(Input::Input("datetime-local"), "begin", "simulate-begin").hint(ctx.t("simulate-begin-hint")).render(ctx))
                    (field(Input::Select(revisions.collect()), "revision", "documents-revision").render(ctx))
                }
                div.pair {
                    (field(Input::Select(team), "team", "simulate-team").hint(ctx.t("simulate-team-hint")).render(ctx))
                    (field(number(), "seed", "simulate-seed").hint(ctx.t("simulate-seed-hint")).render(ctx))
                }
                details open[asked.get("team") == "counted" || asked.wrong_in(&["week", "n."])] {
                    summary { (ctx.t("simulate-counts")) }
                    (field(number(), "week", "people-hours").hint("40").render(ctx))
                    @for role in roles_of(template) {
                        (asked.field(ctx, number(), &format!("n.{role}"), &words::role_title(ctx, template, &role)).render(ctx))
                    }
                }
                details open[asked.wrong_in(&["set.", "fact."])] { summary { (ctx.t("simulate-facts")) } (facts(ctx, template, asked)) }
                div.acts { button.btn.p type="submit" { (ctx.t("processes-simulate")) } }
            }
        } },
    )
}

fn roles_of(template: &Template) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    for role in template.steps().flat_map(|(_, it)| performers(it)) {
        let outside = template.role(&role).is_some_and(|it| it.external);
        if !roles.contains(&role) && !outside && !role.starts_with("site.") {
            roles.push(role);
        }
    }
    roles
}

/// Kind and mode of the release, settings, and questions with few answers.
fn facts(ctx: &PageCtx, template: &Template, asked: &Asked) -> Markup {
    let choices = |values: &[String], say: &dyn Fn(&str) -> String| {
        let mut list = vec![Choice::new("", ctx.t("simulate-unknown"))];
        list.extend(values.iter().map(|it| Choice::new(it.as_str(), say(it))));
        Input::Select(list)
    };
    let word = |family: &str, id: &str| {
        let key = format!("{family}-{}", id.replace('_', "-"));
        if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { id.replace('_', " ") }
    };
    let plain = |it: &str| match it {
        "true" => ctx.t("answer-yes").into_owned(),
        "false" => ctx.t("answer-no").into_owned(),
        other => other.replace('_', " "),
    };
    let kind = |kind: &FieldType| match kind {
        FieldType::Bool => Some(choices(&["true".to_owned(), "false".to_owned()], &plain)),
        FieldType::Enum(values) => Some(choices(values, &plain)),
        FieldType::Number => Some(Input::Input("number")),
        _ => None,
    };
    let of_field = |it: &template::Field| match &it.kind {
        FieldType::Enum(values) => {
            let called =
                |id: &str| it.word(id).map_or_else(|| plain(id), |it| words::show(ctx, it));
            Some(choices(values, &called))
        }
        other => kind(other),
    };
    let accepts = template.accepts.clone().unwrap_or_default();
    let usual = |it: &roadbook_core::process::expr::Value| {
        let value = settings::write(it).unwrap_or_default();
        let value = plain(&value);
        ctx.ta("processes-settings-default", &[("value", value.as_str().into())])
    };
    html! {
        @if accepts.modes.len() > 1 { (asked.field(ctx, choices(&accepts.modes, &|it| word("release-mode", it)), "fact.release.mode", &ctx.t("simulate-mode")).render(ctx)) }
        @if accepts.kinds.len() > 1 { (asked.field(ctx, choices(&accepts.kinds, &|it| word("release-kind", it)), "fact.release.kind", &ctx.t("simulate-kind")).render(ctx)) }
        @for it in &template.settings { @if let Some(input) = kind(&it.kind) {
            (asked.field(ctx, input, &format!("set.{}", it.id), &words::show(ctx, &it.ask)).hint(usual(&it.default)).render(ctx))
        } }
        @for it in &template.fields { @if let Some(input) = of_field(it) {
            (asked.field(ctx, input, &format!("fact.field.{}", it.id), &words::show(ctx, &it.ask)).render(ctx))
        } }
    }
}

/// The answer.
pub fn result(ctx: &PageCtx, found: &SimulationView, input: &SimulationInput) -> Markup {
    let (made, template) = (&found.made, &*found.template);
    html! {
        (summary(ctx, found))
        (card("verdict", &ctx.t("simulate-verdict"), html! {}, html! { div.cb { (verdict(ctx, template, made, input)) } }))
        (drawing(ctx, template, made, input))
        (steps(ctx, template, made))
        (load(ctx, template, made))
        (waits(ctx, template, made))
        (left_out(ctx, template, made))
    }
}

fn summary(ctx: &PageCtx, found: &SimulationView) -> Markup {
    let made = &found.made;
    let labels = ["plan-fact-go-live", "simulate-last-begin", "plan-fact-finish", "simulate-lead"]
        .map(|key| ctx.t(key));
    let go_live = made.go_live.map(|it| it.start);
    let kept = if made.kept() { "simulate-is-kept" } else { "simulate-is-not-kept" };
    let begin = match (found.last_begin, made.go_live) {
        (Some(day), _) => fmt::date(ctx.lang, day),
        (None, Some(_)) => ctx.t("simulate-last-begin-none").into_owned(),
        (None, None) => "–".to_owned(),
    };
    html! { (sums(&[
        Sum {
            label: &labels[0],
            value: go_live.map_or_else(|| "–".to_owned(), |it| ctx.date_time(it)),
            rest: if go_live.is_some() { ctx.t(kept).into_owned() } else { String::new() },
            state: (!made.kept()).then_some(State::Failed),
        },
        Sum { label: &labels[1], value: begin, rest: String::new(), state: None },
        Sum {
            label: &labels[2],
            value: ctx.date_time(made.finish),
            rest: ctx.relative(made.finish),
            state: None,
        },
        Sum {
            label: &labels[3],
            value: fmt::duration(ctx.lang, made.lead_minutes()),
            rest: String::new(),
            state: None,
        },
    ])) }
}

fn verdict(
    ctx: &PageCtx,
    template: &Template,
    made: &Simulation,
    input: &SimulationInput,
) -> Markup {
    let say = |key: &str, step: &str, by: i64| {
        let step = words::step_title(ctx, template, step);
        let by = fmt::duration(ctx.lang, by);
        ctx.ta(key, &[("step", step.as_str().into()), ("by", by.as_str().into())]).into_owned()
    };
    let path: Vec<String> =
        made.critical_path.iter().map(|it| words::step_title(ctx, template, it)).collect();
    let unheld: Vec<String> =
        made.unheld.iter().map(|it| words::role_title(ctx, template, it)).collect();
    // What the plan cannot keep is said once: with what would really come of it, where there is that.
    let unkept = made.problems.iter().filter_map(|it| match it {
        PlanProblem::Conflict(it) if !made.late.iter().any(|late| late.0 == it.step) => Some(it),
        _ => None,
    });
    html! {
        @if input.go_live.is_none() { p { (state_text(State::Waiting, &ctx.t("plan-no-slot"))) } }
        @else if made.kept() { p { (state_text(State::Done, &ctx.t("simulate-kept"))) } }
        @if made.go_live_late > 0 { p { b { (state_text(State::Failed, &say("simulate-go-live-late", "", made.go_live_late))) } } }
        @for it in unkept { p { (state_text(State::Failed, &say("plan-conflict", &it.step, it.by))) } }
        @if !made.late.is_empty() { ul.list { @for (step, by) in &made.late { li { (state_text(State::AtRisk, &say("simulate-late", step, *by))) } } } }
        @if !unheld.is_empty() {
            p { (state_text(State::AtRisk, &ctx.t("simulate-unheld"))) br; (unheld.join(", ")) }
        }
        h3 { (ctx.t("simulate-path")) }
        p { (path.join(" → ")) }
    }
}

/// Lanes by role. A step of the critical path has a sign before its name.
fn drawing(
    ctx: &PageCtx,
    template: &Template,
    made: &Simulation,
    input: &SimulationInput,
) -> Markup {
    let item = |bar: &Bar| {
        let name = words::step_title(ctx, template, &bar.step);
        let late = made.late.iter().any(|it| it.0 == bar.step);
        let step = template.step(&bar.step);
        let shape = step.map_or(Shape::Bar, |it| words::shape(&it.kind));
        Item {
            shape,
            label: if on_path(made, bar) { format!("! {name}") } else { name },
            start: bar.start,
            end: if shape == Shape::Bar { bar.finish } else { bar.start },
            state: if late { State::AtRisk } else { State::Foreseen },
            part: None,
            href: Some(format!("#s-{}", bar.step)),
        }
    };
    let mut rows: Vec<Lane> = made
        .lanes
        .iter()
        .map(|it| Lane {
            role: words::role_title(ctx, template, &it.role),
            who: match it.people {
                0 => String::new(),
                n => ctx.tn("simulate-people", n as i64).into_owned(),
            },
            items: it.bars.iter().map(item).collect(),
        })
        .collect();
    let own: Vec<Item> = made.steps.iter().filter(|it| it.roles.is_empty()).map(item).collect();
    if !own.is_empty() {
        rows.push(Lane {
            role: ctx.t("processes-by-roadbook").into_owned(),
            who: String::new(),
            items: own,
        });
    }
    let title = ctx.t("simulate-lanes");
    let days = made.finish.duration_since(made.start).as_hours() / 24;
    let drawn = Lanes {
        title: title.clone().into_owned(),
        summary: ctx.t("simulate-lanes-summary").into_owned(),
        from: made.start.to_zoned(ctx.zone.clone()).date(),
        days: u32::try_from(days.clamp(7, 500) + 2).unwrap_or(14),
        zone: TimeZone::clone(&ctx.zone),
        now: ctx.now,
        go_live: input.go_live.map(|it| it.0),
        windows: Vec::new(),
        freezes: Vec::new(),
        lanes: rows,
    };
    let note = html! { span.m.s { (ctx.t("simulate-lanes-summary")) } };
    card("lanes", &title, note, lanes(ctx.tr(), &drawn))
}

fn on_path(made: &Simulation, bar: &Bar) -> bool {
    made.critical_path.contains(&bar.step)
}

fn steps(ctx: &PageCtx, template: &Template, made: &Simulation) -> Markup {
    let rows = made.steps.iter().map(|bar| {
        let who: Vec<String> =
            bar.roles.iter().map(|it| words::role_title(ctx, template, it)).collect();
        let late = made.late.iter().find(|it| it.0 == bar.step);
        let slack = match bar.slack {
            it if it < 0 => format!("−{}", fmt::duration(ctx.lang, -it)),
            it => fmt::duration(ctx.lang, it),
        };
        let cells = vec![
            html! { span id={ "s-" (bar.step) } { (words::step_title(ctx, template, &bar.step)) } @if !who.is_empty() { br; span.m.s { (who.join(", ")) } } },
            html! { (ctx.date_time(bar.start)) },
            html! { (ctx.date_time(bar.finish)) },
            html! { @if bar.minutes > 0 { (fmt::hours(ctx.lang, bar.minutes)) } },
            html! { @if on_path(made, bar) { b { "! " (ctx.t("gantt-critical")) } br; } (slack) },
        ];
        if late.is_some() { Row::Bad(cells) } else { Row::Cells(cells) }
    });
    let caption = ctx.t("plan-steps");
    let cols = ["work-step", "work-start", "work-end", "waits-work", "plan-slack"];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows: rows.collect(),
    };
    card("steps", &caption, html! {}, html! { (table) })
}

fn load(ctx: &PageCtx, template: &Template, made: &Simulation) -> Markup {
    let mut rows = Vec::new();
    for lane in made.lanes.iter().filter(|it| it.minutes > 0) {
        let people = match lane.people {
            0 => String::new(),
            n => ctx.tn("simulate-people", n as i64).into_owned(),
        };
        rows.push(Row::Group(html! {
            (words::role_title(ctx, template, &lane.role)) " " span.m { (people) " " (fmt::hours(ctx.lang, lane.minutes)) }
        }));
        for (week, minutes, room) in &lane.weeks {
            let date = fmt::date(ctx.lang, *week);
            let share = room.filter(|it| *it > 0).map(|it| minutes * 100 / it);
            let cells = vec![
                html! { (ctx.ta("simulate-week", &[("date", date.as_str().into())])) },
                html! { (fmt::hours(ctx.lang, *minutes)) },
                html! { @if let Some(room) = room { (fmt::hours(ctx.lang, *room)) } },
                html! { @match share {
                    Some(it) if it > 100 => { (state_text(State::AtRisk, &format!("{it} %"))) }
                    Some(it) => { (it) " %" }
                    None => {}
                } },
            ];
            rows.push(if share.is_some_and(|it| it > 100) {
                Row::Bad(cells)
            } else {
                Row::Cells(cells)
            });
        }
    }
    let caption = ctx.t("simulate-load");
    let cols =
        ["simulate-load-week", "simulate-load-work", "simulate-load-there", "simulate-load-share"];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows,
    };
    card("load", &caption, html! {}, html! { (table) })
}

fn waits(ctx: &PageCtx, template: &Template, made: &Simulation) -> Markup {
    let row = |name: Markup, it: &Waits| {
        let part = |part: i64| match part {
            0 => html! {},
            _ => {
                html! { (it.percent(part)) " %" br; span.m.s { (fmt::hours(ctx.lang, part)) } }
            }
        };
        Row::Cells(vec![name, part(it.work), part(it.person), part(it.window), part(it.site)])
    };
    let mut rows = vec![row(html! { b { (ctx.t("simulate-all")) } }, &made.waits)];
    rows.extend(
        made.lanes
            .iter()
            .filter(|it| it.waits.total() > 0)
            .map(|lane| row(html! { (words::role_title(ctx, template, &lane.role)) }, &lane.waits)),
    );
    let caption = ctx.t("simulate-waits");
    let cols = [
        "people-roles",
        "simulate-load-work",
        "simulate-wait-person",
        "simulate-wait-window",
        "simulate-wait-site",
    ];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows,
    };
    card("waits", &caption, html! {}, html! { (table) p.cb.m.s { (ctx.t("simulate-waits-how")) } })
}

fn left_out(ctx: &PageCtx, template: &Template, made: &Simulation) -> Markup {
    if made.skipped.is_empty() {
        return html! {};
    }
    card(
        "left-out",
        &ctx.t("simulate-left-out"),
        html! {},
        html! { div.cb { ul.list { @for (step, why) in &made.skipped { li {
            (words::step_title(ctx, template, step)) " " code { (why) }
        } } } } },
    )
}
