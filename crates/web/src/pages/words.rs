//! Waiting reasons and refusals in the words of the page's language: the same on every page.

use crate::ui::chart::lanes::Shape;
use crate::ui::{PageCtx, State};
use jiff::Timestamp;
use roadbook_app::releases::ReleaseView;
use roadbook_core::ids::PersonId;
use roadbook_core::process::template::{StepKind, Template};
use roadbook_core::rollout::Code;
use roadbook_core::run::{StepState, WaitingOn, checks_of};
use roadbook_core::text::Text;

/// A text of the process in the page's language, or in the nearest one there is.
pub fn show(ctx: &PageCtx, text: &Text) -> String {
    text.show(ctx.lang).0.to_owned()
}

fn or_id(ctx: &PageCtx, text: Option<&Text>, id: &str) -> String {
    text.map(|it| show(ctx, it)).filter(|it| !it.is_empty()).unwrap_or_else(|| id.to_owned())
}

/// What a kind of step looks like in lanes: work has a length, an answer is a moment.
pub const fn shape(kind: &StepKind) -> Shape {
    match kind {
        StepKind::Approval(_) | StepKind::Decision(_) => Shape::Gate,
        StepKind::Notice(_) => Shape::Notice,
        StepKind::Task
        | StepKind::Checklist
        | StepKind::Document
        | StepKind::Test
        | StepKind::Training
        | StepKind::Review
        | StepKind::Opinion
        | StepKind::Contact { .. }
        | StepKind::Trial
        | StepKind::Build
        | StepKind::Operate(_)
        | StepKind::Rollout(_)
        | StepKind::Verify
        | StepKind::Watch { .. }
        | StepKind::Configure
        | StepKind::Archive
        | StepKind::Report
        | StepKind::Feedback
        | StepKind::Receipt { .. }
        | StepKind::Call { .. } => Shape::Bar,
    }
}

/// Title of a step.
pub fn step_title(ctx: &PageCtx, template: &Template, id: &str) -> String {
    or_id(ctx, template.step(id).map(|it| &it.title), id)
}

/// Title of a role.
pub fn role_title(ctx: &PageCtx, template: &Template, id: &str) -> String {
    // Roles that the process does not declare are found through the organization or the site.
    if id.starts_with("site.contact(") {
        return ctx
            .t(match id {
                "site.contact(user)" => "role-site-contact-user",
                "site.contact(admin)" => "role-site-contact-admin",
                _ => "role-site-contact",
            })
            .into_owned();
    }
    if id == "head_of(applicant.unit)" {
        return ctx.t("role-head-of-unit").into_owned();
    }
    if id == "authorizer(product)" {
        return ctx.t("role-authorizer").into_owned();
    }
    or_id(ctx, template.role(id).map(|it| &it.title), id)
}

/// A value as it stands in an address.
pub fn encoded(text: &str) -> String {
    let sign = |it: u8| match it {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(it).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(sign).collect()
}

/// A role of the product in words; a role of a process keeps its id.
pub fn grant_role(ctx: &PageCtx, role: &str) -> String {
    let key = format!("grant-{}", role.replace('_', "-"));
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { role.to_owned() }
}

/// Title of a document.
pub fn document_title(ctx: &PageCtx, template: &Template, id: &str) -> String {
    or_id(ctx, template.document(id).map(|it| &it.title), id)
}

/// Names of people, or the word for nobody.
pub fn people(ctx: &PageCtx, view: &ReleaseView, list: &[PersonId]) -> String {
    let names: Vec<&str> =
        list.iter().filter_map(|it| view.names.get(it)).map(String::as_str).collect();
    if names.is_empty() { ctx.t("work-nobody").into_owned() } else { names.join(", ") }
}

/// Glyph and word of a step's state.
pub fn step_state(ctx: &PageCtx, state: &StepState) -> (State, String) {
    let glyph = match state {
        StepState::Foreseen => State::Foreseen,
        StepState::Ready | StepState::Submitted => State::Waiting,
        StepState::Active => State::Running,
        StepState::Returned => State::AtRisk,
        StepState::Blocked(_) => State::Failed,
        StepState::Done => State::Done,
        StepState::Skipped(_) | StepState::NotTaken(_) | StepState::Cancelled => State::Held,
    };
    let key = format!("step-state-{}", state.name().replace('_', "-"));
    (glyph, ctx.t(&key).into_owned())
}

/// Glyph and word of a release's state.
pub fn release_state(ctx: &PageCtx, state: &str) -> (State, String) {
    let glyph = match state {
        "running" => State::Running,
        "held" => State::Held,
        "ending" => State::Waiting,
        "closed" => State::Done,
        _ => State::Foreseen,
    };
    (glyph, ctx.t(&format!("release-state-{state}")).into_owned())
}

/// The names that stand behind ids; without a release the ids stand for themselves.
/// What a member of a step is called: its own words, or the name of a person.
pub(super) fn member_label(view: &ReleaseView, id: &str) -> String {
    let person = roadbook_core::ids::PersonId::parse(id).ok();
    if let Some(name) = person.and_then(|it| view.names.get(&it)) {
        return name.clone();
    }
    let all = view.release.run.steps.values().filter_map(|it| it.members.get(id));
    all.map(|it| it.label.clone()).find(|it| !it.is_empty()).unwrap_or_else(|| id.to_owned())
}

struct Names<'a> {
    ctx: &'a PageCtx,
    view: Option<&'a ReleaseView>,
}

/// More names than this are counted, not listed.
const MEMBERS_NAMED: usize = 8;

impl Names<'_> {
    /// Members as people call them.
    fn members(&self, open: &[String]) -> String {
        let name = |id: &String| match self.view {
            Some(view) => member_label(view, id),
            None => id.clone(),
        };
        let mut named: Vec<String> = open.iter().take(MEMBERS_NAMED).map(name).collect();
        if open.len() > MEMBERS_NAMED {
            named.push(format!("+{}", open.len() - MEMBERS_NAMED));
        }
        named.join(", ")
    }

    fn step(&self, id: &str) -> String {
        self.view.map_or_else(|| id.to_owned(), |it| step_title(self.ctx, &it.template, id))
    }

    fn role(&self, id: &str) -> String {
        self.view.map_or_else(|| id.to_owned(), |it| role_title(self.ctx, &it.template, id))
    }

    fn document(&self, id: &str) -> String {
        self.view.map_or_else(|| id.to_owned(), |it| document_title(self.ctx, &it.template, id))
    }

    fn people(&self, list: &[PersonId]) -> String {
        self.view.map_or_else(|| list.len().to_string(), |it| people(self.ctx, it, list))
    }

    fn check(&self, id: &str) -> String {
        let found = self.view.and_then(|view| {
            let mut steps = view.template.steps().map(|(_, step)| step);
            steps.find_map(|step| checks_of(&view.release.run, step).find(|it| it.id == id))
        });
        or_id(self.ctx, found.map(|it| &it.ask), id)
    }

    fn field(&self, id: &str) -> String {
        let found = self.view.and_then(|it| it.template.fields.iter().find(|it| it.id == id));
        or_id(self.ctx, found.map(|it| &it.ask), id)
    }

    fn sections(&self, document: &str, ids: &[String]) -> String {
        let declared = self.view.and_then(|it| it.template.document(document));
        let name = |id: &String| {
            let found = declared.and_then(|it| it.part_title(id));
            or_id(self.ctx, found, id)
        };
        ids.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.ctx.ta(key, &args).into_owned()
    }

    fn at(&self, at: Timestamp) -> String {
        self.ctx.moment(at)
    }
}

/// What is waited for, as glyph and sentence. `view` gives the names behind the ids.
pub fn waiting_words(ctx: &PageCtx, view: Option<&ReleaseView>, on: &WaitingOn) -> (State, String) {
    let n = Names { ctx, view };
    let waits = |key: &str, args: &[(&str, &str)]| (State::Waiting, n.say(key, args));
    match on {
        WaitingOn::Start => (State::Foreseen, n.say("why-start", &[])),
        WaitingOn::Hold { by, reason } => {
            let who = n.people(std::slice::from_ref(by));
            (State::Held, n.say("why-hold", &[("who", &who), ("reason", reason)]))
        }
        WaitingOn::Step { step } => waits("why-step", &[("what", &n.step(step))]),
        WaitingOn::Person { role, people, .. } => {
            waits("why-person", &[("who", &n.people(people)), ("role", &n.role(role))])
        }
        WaitingOn::Unassigned { role } => {
            (State::AtRisk, n.say("why-unassigned", &[("role", &n.role(role))]))
        }
        WaitingOn::Approval { role, people, .. } => {
            waits("why-approval", &[("who", &n.people(people)), ("role", &n.role(role))])
        }
        WaitingOn::Opinion { role, people } => {
            waits("why-opinion", &[("who", &n.people(people)), ("role", &n.role(role))])
        }
        WaitingOn::Deliverable { document, role, sections } if sections.is_empty() => {
            let role = role.as_deref().map(|it| n.role(it));
            let role = role.unwrap_or_else(|| ctx.t("work-nobody").into_owned());
            waits("why-document", &[("what", &n.document(document)), ("role", &role)])
        }
        WaitingOn::Deliverable { document, sections, .. } => {
            let sections = n.sections(document, sections);
            waits("why-sections", &[("what", &n.document(document)), ("sections", &sections)])
        }
        WaitingOn::Changed { document, revision, sites } => {
            let (what, n_sites) = (n.document(document), sites.to_string());
            waits("why-changed", &[("what", &what), ("revision", revision), ("n", &n_sites)])
        }
        WaitingOn::Signature { document, role } => {
            waits("why-signature", &[("what", &n.document(document)), ("role", &n.role(role))])
        }
        WaitingOn::Check { check, failed: false } => {
            waits("why-check", &[("what", &n.check(check))])
        }
        WaitingOn::Check { check, failed: true } => {
            (State::Failed, n.say("why-check-failed", &[("what", &n.check(check))]))
        }
        WaitingOn::Field { field } => waits("why-field", &[("what", &n.field(field))]),
        WaitingOn::Release { number } => waits("why-release", &[("what", number)]),
        WaitingOn::Run { number: Some(what), .. } => waits("why-run", &[("what", what)]),
        WaitingOn::Run { process: what, .. } => waits("why-run-begins", &[("what", what)]),
        WaitingOn::Gate { condition } => waits("why-gate", &[("what", condition)]),
        WaitingOn::Debt { what, owner } => {
            (State::AtRisk, n.say("why-debt", &[("what", what), ("role", &n.role(owner))]))
        }
        WaitingOn::Choice { line } => (State::Failed, n.say("why-choice", &[("what", line)])),
        WaitingOn::Notice => waits("why-notice", &[]),
        WaitingOn::Issues { open } => {
            (State::Failed, n.say("why-issues", &[("n", &open.to_string())]))
        }
        WaitingOn::Rollout { code, wave } => rollout_words(&n, *code, *wave),
        WaitingOn::Contacts { .. } | WaitingOn::Members { .. } | WaitingOn::Sites { .. } => {
            (State::Waiting, sum_words(&n, on))
        }
        WaitingOn::Slot
        | WaitingOn::Window { .. }
        | WaitingOn::Capacity { .. }
        | WaitingOn::Freeze { .. }
        | WaitingOn::Past { .. }
        | WaitingOn::LeadTime { .. }
        | WaitingOn::NotBefore { .. } => time_words(&n, on),
    }
}

/// Reasons that are a number of many.
fn sum_words(n: &Names<'_>, on: &WaitingOn) -> String {
    match on {
        WaitingOn::Contacts { open } => n.say("why-contacts", &[("n", &open.to_string())]),
        WaitingOn::Members { have, need, open } => {
            let (have, need) = (have.to_string(), need.to_string());
            let what = n.members(open);
            n.say("why-members", &[("have", &have), ("need", &need), ("what", &what)])
        }
        WaitingOn::Sites { have, need } => {
            n.say("why-sites", &[("have", &have.to_string()), ("need", &need.to_string())])
        }
        _ => String::new(),
    }
}

/// Why a rollout stands still.
fn rollout_words(n: &Names<'_>, code: Code, wave: u32) -> (State, String) {
    let key = match code {
        Code::Failed => "why-rollout-failed",
        Code::Silent => "why-rollout-silent",
        Code::Held => "why-rollout-held",
        Code::RolledBack => "why-rollout-rolled-back",
        Code::Release => "why-rollout-release",
    };
    (State::Held, n.say(key, &[("n", &wave.to_string())]))
}

/// Reasons that lie in the calendar.
fn time_words(n: &Names<'_>, on: &WaitingOn) -> (State, String) {
    let waits = |key: &str, args: &[(&str, &str)]| (State::Waiting, n.say(key, args));
    match on {
        WaitingOn::Window { opens: Some(at), .. } => {
            waits("why-window-opens", &[("at", &n.at(*at))])
        }
        WaitingOn::Window { policy, opens: None } => waits("why-window", &[("what", policy)]),
        WaitingOn::Capacity { taken_by, .. } => {
            waits("why-capacity", &[("who", &taken_by.join(", "))])
        }
        WaitingOn::Freeze { reason, until, override_by, .. } => {
            let at = n.at(*until);
            let role = n.role(override_by);
            let key = if role.is_empty() { "why-freeze" } else { "why-freeze-by" };
            let mut args = vec![("at", at.as_str()), ("reason", reason.as_str())];
            if !role.is_empty() {
                args.push(("role", role.as_str()));
            }
            (State::Frozen, n.say(key, &args))
        }
        WaitingOn::Past { start } => (State::Failed, n.say("why-past", &[("at", &n.at(*start))])),
        WaitingOn::LeadTime { step, latest } => {
            let args = [("what", n.step(step)), ("at", n.at(*latest))];
            (
                State::AtRisk,
                n.say("why-lead-time", &[(args[0].0, &args[0].1), (args[1].0, &args[1].1)]),
            )
        }
        WaitingOn::NotBefore { at } => {
            (State::Foreseen, n.say("why-not-before", &[("at", &n.at(*at))]))
        }
        _ => waits("why-slot", &[]),
    }
}

/// The sentence of a refusal by its stable code, if the code is one of a run.
pub fn refusal_words(ctx: &PageCtx, code: &str) -> Option<String> {
    let key = format!("no-{}", code.replace('_', "-"));
    ctx.tr().has(&key).then(|| ctx.t(&key).into_owned())
}
