//! Forms of a step for one instance at a time: members of a list, times it happened; and the forms
//! that lengthen a list, report an event or say that something did not succeed.

use super::gates::{answer_words, area, check_fields};
use super::release::act_path;
use super::words;
use crate::ui::form::{Choice, Field, Kind as Input, form_with};
use crate::ui::glyph::state_text;
use crate::ui::{PageCtx, State};
use maud::{Markup, html};
use roadbook_app::releases::ReleaseView;
use roadbook_core::process::template::{Action, Step, StepKind};
use roadbook_core::run::{MemberRun, StepState, checks_of, has_members};

/// All instances of an open step, each with its forms.
pub(super) fn list(ctx: &PageCtx, view: &ReleaseView, step: &Step, back: &str) -> Markup {
    let Some(run) = view.release.run.steps.get(&step.id).filter(|_| has_members(step)) else {
        return html! {};
    };
    html! {
        h3 { (ctx.t("members-title")) }
        ul.list { @for (id, member) in &run.members { li {
            (one(ctx, view, step, (id, member), back))
        } } }
    }
}

fn one(
    ctx: &PageCtx,
    view: &ReleaseView,
    step: &Step,
    (id, member): (&str, &MemberRun),
    back: &str,
) -> Markup {
    let (state, word) = words::step_state(ctx, &member.state);
    let label = words::member_label(view, id);
    let open = member.state.is_open();
    let asked = member.again_at.map(|at| ctx.moment(at)).unwrap_or_default();
    html! {
        details data-member=(id) {
            summary { b { (label) } " " (state_text(state, &word)) " " span.m.s { (member.remark) " " (asked) } }
            @if open { (act_of(ctx, view, step, (id, member), back)) }
            @if member.state.is_terminal() {
                (send(ctx, view, step, (id, "reopen", back), &[area("reason", ctx.t("form-reason"))], "member-reopen"))
            }
        }
    }
}

/// One form about a member.
fn send(
    ctx: &PageCtx,
    view: &ReleaseView,
    step: &Step,
    (id, act, back): (&str, &str, &str),
    fields: &[Field],
    submit: &str,
) -> Markup {
    let values = [
        ("command", "member"),
        ("step", step.id.as_str()),
        ("member", id),
        ("act", act),
        ("back", back),
    ];
    form_with(ctx, &act_path(view), &values, fields, &ctx.t(submit))
}

fn act_of(
    ctx: &PageCtx,
    view: &ReleaseView,
    step: &Step,
    (id, member): (&str, &MemberRun),
    back: &str,
) -> Markup {
    let checks = checks_of(&view.release.run, step).map(|check| {
        let ask = words::show(ctx, &check.ask);
        if let Some(given) = member.answers.get(&check.id) {
            return html! { p { (state_text(State::Done, &ask)) " " b { (answer_words(ctx, &given.answer)) } " " span.m.s { (given.remark) } } };
        }
        let Some(fields) = check_fields(ctx, view, check) else { return html! {} };
        let values = [
            ("command", "member"),
            ("step", step.id.as_str()),
            ("member", id),
            ("act", "answer"),
            ("check", check.id.as_str()),
            ("back", back),
        ];
        form_with(ctx, &act_path(view), &values, &fields, &ctx.t("action-answer"))
    });
    let checks: Vec<Markup> = checks.collect();
    let reason = || area("reason", ctx.t("form-reason"));
    html! {
        @for check in checks { (check) }
        @match &step.kind {
            StepKind::Decision(spec) => {
                @let list = spec.outcomes.iter().map(|it| Choice::new(&it.id, words::show(ctx, &it.title))).collect();
                @let again = spec.outcomes.iter().any(|it| matches!(it.action, Action::AskAgain | Action::Move));
                @let when = Field::new(Input::Input("datetime-local"), "again", ctx.t("member-again")).optional();
                @let mut fields = vec![Field::new(Input::Radio(list), "outcome", ctx.t("decide-outcome")), reason().optional()];
                @if again { @let () = fields.push(when); }
                (send(ctx, view, step, (id, "decide", back), &fields, "action-save"))
            }
            _ => { (send(ctx, view, step, (id, "done", back), &[area("reason", ctx.t("form-remark")).optional()], "action-done")) }
        }
        (send(ctx, view, step, (id, "leave_out", back), &[reason()], "member-leave-out"))
    }
}

/// What else a process allows at this step: a longer list, a failure, another event.
pub(super) fn more(ctx: &PageCtx, view: &ReleaseView, step: &Step, back: &str) -> Markup {
    let path = act_path(view);
    let values =
        |command: &'static str| [("command", command), ("step", step.id.as_str()), ("back", back)];
    let open = view.release.run.step_state(&step.id).is_open();
    html! {
        @if open && step.extensible { details { summary { (ctx.t("item-add")) }
            (form_with(ctx, &path, &values("extend"), &[
                Field::text("ask", ctx.t("item-ask")),
                Field::text("required", ctx.t("item-required")).optional(),
            ], &ctx.t("item-add")))
        } }
        @if open && (step.failed.is_some() || step.rejected.is_some()) && step.kind.takes_fail() {
            details { summary { (ctx.t("step-fail")) }
                (form_with(ctx, &path, &values("fail"), &[area("reason", ctx.t("form-reason"))], &ctx.t("step-fail")))
            }
        }
        (raise(ctx, view, step, back))
    }
}

/// The form that reports the event by which a step begins.
fn raise(ctx: &PageCtx, view: &ReleaseView, step: &Step, back: &str) -> Markup {
    let run = &view.release.run;
    let running = run.started.is_some() && !run.is_ended();
    let Some(event) = step.on.as_deref().filter(|_| running) else { return html! {} };
    if matches!(run.step_state(&step.id), StepState::Cancelled) {
        return html! {};
    }
    let values = [("command", "happened"), ("event", event), ("back", back)];
    html! { details { summary { (ctx.t("event-raise")) }
        (form_with(ctx, &act_path(view), &values, &[Field::text("what", ctx.t("event-what"))], &ctx.t("event-raise")))
    } }
}
