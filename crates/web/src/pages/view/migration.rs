//! What moving a release onto another revision changes, as people read it.

use crate::pages::words;
use crate::ui::form::{Confirm, Field, Kind as Input, confirm};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, Col, Row, Table, card, empty};
use crate::ui::{PageCtx, State};
use jiff::Timestamp;
use maud::{Markup, html};
use roadbook_app::releases::{MigrationView, PersonEffect, ReleaseView};
use roadbook_core::run::{MigrationRefusal, PartChange, PartFate, StepChange, StepFate};

/// The whole answer, with the form that carries it out.
pub fn preview(ctx: &PageCtx, release: &str, found: &MigrationView) -> Markup {
    let about = [
        ("from", i64::from(found.from).into()),
        ("to", i64::from(found.to).into()),
        ("note", found.note.as_str().into()),
    ];
    html! {
        p.measure { (ctx.ta("migration-about", &about)) }
        (people(ctx, found))
        (steps(ctx, release, found))
        (parts(ctx, found))
        (dates(ctx, found))
        (form(ctx, release, found))
    }
}

/// Why it cannot be moved.
pub fn refused(ctx: &PageCtx, view: &ReleaseView, list: &[MigrationRefusal]) -> Markup {
    let back = Btn::link(ctx.t("action-back"), format!("/releases/{}", view.release.id));
    let said = |it: &MigrationRefusal| {
        let what = match it {
            MigrationRefusal::KindChanged { step, .. }
            | MigrationRefusal::OutcomeGone { step, .. }
            | MigrationRefusal::UnderWay { step } => words::step_title(ctx, &view.template, step),
            MigrationRefusal::Owed { what } => {
                let step = what.split('.').next().unwrap_or_default();
                words::step_title(ctx, &view.template, step)
            }
            _ => String::new(),
        };
        let text = words::refusal_words(ctx, it.code()).unwrap_or_else(|| it.to_string());
        if what.is_empty() { text } else { format!("{what}: {text}") }
    };
    card(
        "refused",
        &ctx.t("migration-refused"),
        html! {},
        html! { div.cb {
            ul.list { @for it in list { li { (state_text(State::Held, &said(it))) } } }
            (back)
        } },
    )
}

fn title(ctx: &PageCtx, found: &MigrationView, step: &str) -> String {
    let title = found.titles.get(step).map(|it| words::show(ctx, it)).unwrap_or_default();
    if title.is_empty() { step.to_owned() } else { title }
}

fn list(ctx: &PageCtx, found: &MigrationView, steps: &[String]) -> String {
    steps.iter().map(|it| title(ctx, found, it)).collect::<Vec<_>>().join(", ")
}

fn people(ctx: &PageCtx, found: &MigrationView) -> Markup {
    let lines = |it: &PersonEffect| {
        let said = |key: &str, steps: &[String]| {
            let steps = list(ctx, found, steps);
            ctx.ta(key, &[("steps", steps.as_str().into())]).into_owned()
        };
        html! {
            @if !it.comes.is_empty() { p { (state_text(State::Waiting, &said("migration-comes", &it.comes))) } }
            @if !it.again.is_empty() { p { (state_text(State::AtRisk, &said("migration-again", &it.again))) } }
            @if !it.goes.is_empty() { p { (state_text(State::Done, &said("migration-goes", &it.goes))) } }
        }
    };
    card(
        "people",
        &ctx.t("migration-people"),
        html! {},
        html! { div.cb {
            @if found.people.is_empty() && found.unheld.is_empty() {
                (empty(&ctx.t("migration-nobody"), "", html! {}))
            }
            @for it in &found.people { h3 { (it.name) } (lines(it)) }
            @for (step, role) in &found.unheld {
                @let args = [("role", role.as_str().into()), ("step", title(ctx, found, step).into())];
                p { (state_text(State::Failed, &ctx.ta("migration-unheld", &args))) }
            }
        } },
    )
}

const fn state_of(fate: StepFate) -> State {
    match fate {
        StepFate::Added => State::Waiting,
        StepFate::AddedBehind | StepFate::Voided | StepFate::Anew => State::AtRisk,
        StepFate::Removed | StepFate::Ended | StepFate::Changed => State::Done,
        StepFate::Dropped => State::Failed,
        StepFate::Waits => State::Held,
    }
}

fn step_words(ctx: &PageCtx, found: &MigrationView, it: &StepChange) -> String {
    let key = format!("migration-fate-{}", it.fate.name().replace('_', "-"));
    let args = [
        ("step", title(ctx, found, &it.step).into()),
        ("others", list(ctx, found, &it.others).into()),
    ];
    ctx.ta(&key, &args).into_owned()
}

fn steps(ctx: &PageCtx, release: &str, found: &MigrationView) -> Markup {
    let what = Btn::link(
        ctx.t("processes-what-changed"),
        format!("/processes/{}?from={}&to={}#diff", found.process, found.from, found.to),
    );
    let late = !found.against_slot.is_empty();
    card(
        "steps",
        &ctx.t("migration-steps"),
        html! { (what.small().quiet()) },
        html! { div.cb {
            @if found.steps.is_empty() && found.content.is_empty() { p.m { (ctx.t("migration-no-steps")) } }
            ul.list {
                @for it in &found.steps { li { (state_text(state_of(it.fate), &step_words(ctx, found, it))) } }
                @for it in &found.content {
                    @let args = [("step", title(ctx, found, it).into())];
                    li { (state_text(State::AtRisk, &ctx.ta("migration-content", &args))) }
                }
            }
            @if late { p { (state_text(State::Failed, &ctx.t("migration-slot"))) " " a.t href={ "/releases/" (release) "/plan" } { (ctx.t("release-tab-plan")) } } }
        } },
    )
}

fn part_words(ctx: &PageCtx, found: &MigrationView, it: &PartChange) -> String {
    let shown = words::show(ctx, &it.title);
    let shown = if shown.is_empty() { it.id.clone() } else { shown };
    let part = ctx.t(&format!("processes-part-{}", it.part)).into_owned();
    let of_part = |key: &str| {
        let args = [("part", part.as_str().into()), ("title", shown.as_str().into())];
        ctx.ta(key, &args).into_owned()
    };
    match &it.fate {
        PartFate::Added => of_part("processes-added"),
        PartFate::Removed => of_part("processes-removed"),
        PartFate::Changed => of_part("processes-changed"),
        PartFate::Emptied => of_part("migration-emptied"),
        PartFate::Asked(step) => {
            let args = [("step", title(ctx, found, step).into()), ("title", shown.into())];
            ctx.ta("migration-asked", &args).into_owned()
        }
    }
}

fn parts(ctx: &PageCtx, found: &MigrationView) -> Markup {
    html! { @if !found.parts.is_empty() {
        (card("parts", &ctx.t("migration-parts"), html! {}, html! { div.cb {
            ul.list { @for it in &found.parts { li { (part_words(ctx, found, it)) } } }
        } }))
    } }
}

fn dates(ctx: &PageCtx, found: &MigrationView) -> Markup {
    if found.dates.is_empty() {
        return html! {};
    }
    let moment = |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |it| ctx.date_time(it));
    let rows = found.dates.iter().map(|it| {
        Row::Cells(vec![
            html! { (title(ctx, found, &it.step)) },
            html! { (moment(it.before)) },
            html! { (moment(it.after)) },
        ])
    });
    let caption = ctx.t("migration-dates");
    let cols = ["processes-part-step", "plan-before", "plan-after"];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows: rows.collect(),
    };
    card("dates", &caption, html! {}, html! { (table) })
}

fn form(ctx: &PageCtx, release: &str, found: &MigrationView) -> Markup {
    let base = format!("/releases/{release}");
    let to = found.to.to_string();
    let args = [("n", i64::from(found.to).into())];
    let yes = ctx.ta("migration-yes", &args);
    let question = Confirm {
        title: &yes,
        consequence: &ctx.t("migration-consequence"),
        action: &format!("{base}/migration"),
        yes: &yes,
        back: &base,
        danger: false,
        values: &[("revision", &to), ("preview", &found.digest)],
        fields: &[Field::new(Input::Area { rows: 2, code: false }, "reason", ctx.t("form-reason"))],
    };
    confirm(ctx, &question)
}
