//! What runs, but is not what a release manager would want: mostly warnings, step by step.

use crate::process::due::Span;
use crate::process::finding::Finding;
use crate::process::kind::bare_kinds;
use crate::process::template::{
    Action, ApprovalSpec, CheckKind, Each, NoticeSpec, OperateSpec, Quorum, RoleRef, Step,
    StepKind, Subject, Template, Wave, Who,
};
use std::collections::BTreeSet;

/// Findings about single parts.
pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut list = unused_roles(template);
    list.extend(go_live(template));
    for phase in template.phases.iter().filter(|it| it.steps.is_empty()) {
        let message = format!("phase `{}` has no step", phase.id);
        let fix = "add `[[phase.step]]`, or remove it";
        list.push(Finding::warning("empty_phase", format!("phase.{}", phase.id), message, fix));
    }
    for (_, step) in template.steps() {
        list.extend(twice(step));
        list.extend(lengths(step));
        list.extend(always(step));
        list.extend(stands_in(template, step));
        list.extend(contact(step));
        list.extend(outcomes(template, step));
        if matches!(step.kind, StepKind::Watch { lasts: None }) {
            let message = format!("nobody knows how long `{}` lasts", step.id);
            list.push(warn("watch_endless", step, "", message, "add for example `lasts = \"2w\"`"));
        }
        match &step.kind {
            StepKind::Approval(spec) => list.extend(approval(template, step, spec)),
            StepKind::Notice(spec) => list.extend(notice(step, spec)),
            StepKind::Operate(spec) => list.extend(operate(step, spec)),
            StepKind::Rollout(waves) => list.extend(rollout(template, step, waves)),
            StepKind::Checklist
                if step.checks.is_empty() && step.on.is_none() && !step.extensible =>
            {
                let message = format!("checklist `{}` checks nothing", step.id);
                let fix = "add `[[phase.step.check]]`, or make it a task";
                list.push(warn("empty_checklist", step, "", message, fix));
            }
            _ => {}
        }
    }
    list
}

fn at(step: &Step, key: &str) -> String {
    if key.is_empty() { format!("step.{}", step.id) } else { format!("step.{}.{key}", step.id) }
}

fn warn(code: &str, step: &Step, key: &str, message: String, fix: &str) -> Finding {
    Finding::warning(code, at(step, key), message, fix)
}

/// Every role that something in the template names.
fn roles_used(template: &Template) -> BTreeSet<&str> {
    let mut used: BTreeSet<&str> = template.slot_by.iter().map(String::as_str).collect();
    let plain = |it: &'_ RoleRef| matches!(it, RoleRef::Role(_));
    for document in &template.documents {
        used.extend(document.role.iter().chain(&document.signed_by).map(String::as_str));
    }
    for who in template.audiences.iter().flat_map(|it| &it.who) {
        if let Who::Role(role) = who {
            used.insert(role);
        }
    }
    used.extend(template.control.owner.as_deref());
    for (_, step) in template.steps() {
        used.extend(step.not_by.iter().map(String::as_str));
        used.extend(step.override_by.iter().map(|it| it.by.as_str()));
        for check in &step.checks {
            used.extend(check.role.as_deref());
            if let CheckKind::Evidence { signed_by, .. } = &check.kind {
                used.extend(signed_by.iter().map(String::as_str));
            }
        }
        match &step.kind {
            StepKind::Decision(spec) => used.extend(spec.opinions.iter().map(String::as_str)),
            StepKind::Operate(spec) => {
                let lines = spec.sheet.iter().chain(&spec.rollback);
                used.extend(lines.filter_map(|it| it.role.as_deref()));
            }
            StepKind::Approval(_)
            | StepKind::Notice(_)
            | StepKind::Contact { .. }
            | StepKind::Rollout(_)
            | StepKind::Watch { .. }
            | StepKind::Receipt { .. }
            | StepKind::Call { .. }
            | bare_kinds!() => {}
        }
        for role in step.role_refs().filter(|it| plain(it)) {
            if let RoleRef::Role(name) = role {
                used.insert(name);
            }
        }
    }
    used
}

/// A role with a duty of its own is there for whoever reads the process.
fn unused_roles(template: &Template) -> Vec<Finding> {
    let used = roles_used(template);
    let plain = template.roles.iter().filter(|it| it.duty.is_empty() && !it.external);
    let idle = plain.filter(|it| !used.contains(it.id.as_str()));
    idle.map(|it| {
        let message = format!("role `{}` is declared, and nothing is asked of it", it.id);
        let fix = "name it in a step, say its `duty`, or remove it";
        Finding::warning("unused_role", format!("role.{}", it.id), message, fix)
    })
    .collect()
}

/// T is the hour in which production changes.
fn go_live(template: &Template) -> Option<Finding> {
    let changes = |it: &Step| it.kind.changes_production();
    let named = template.step(template.go_live.as_deref()?)?;
    let other = template.steps().map(|(_, it)| it).find(|it| changes(it))?;
    if changes(named) {
        return None;
    }
    let message = format!("`go_live` names `{}`, but `{}` changes production", named.id, other.id);
    let fix = format!("write `go_live = \"{}\"`", other.id);
    Some(Finding::warning("go_live_elsewhere", "go_live", message, fix))
}

/// Names that stand twice in one list.
fn twice(step: &Step) -> Option<Finding> {
    let roles: Vec<String> = step.roles.iter().map(|it| format!("{it:?}")).collect();
    let made: Vec<String> = step.produces.iter().map(|it| it.document.clone()).collect();
    let mut lists: Vec<(&str, Vec<String>)> = vec![
        ("role", roles),
        ("produces", made),
        ("needs", step.needs.clone()),
        ("asks", step.asks.clone()),
        ("not_by", step.not_by.clone()),
        ("stands_in_for", step.stands_in_for.clone()),
        ("after", step.after.iter().map(|it| it.join(" or ")).collect()),
    ];
    match &step.kind {
        StepKind::Approval(spec) => {
            let of = |it: &crate::process::template::Approver| format!("{:?}", it.role);
            lists.push(("approver", spec.approvers.iter().map(of).collect()));
            let checks = spec.approvers.iter().flat_map(|it| it.checks.clone()).collect();
            lists.push(("approver", checks));
        }
        StepKind::Notice(spec) => {
            let channels = spec.channels.iter().map(|it| format!("{it:?}").to_lowercase());
            lists.push(("channels", channels.collect()));
            lists.push(("content", spec.content.clone()));
        }
        StepKind::Decision(spec) => {
            lists.push(("opinions", spec.opinions.clone()));
            for outcome in &spec.outcomes {
                if let Action::Go(named) | Action::Skip(named) = &outcome.action {
                    lists.push(("outcome", named.clone()));
                }
            }
        }
        StepKind::Contact { .. }
        | StepKind::Operate(_)
        | StepKind::Rollout(_)
        | StepKind::Watch { .. }
        | StepKind::Receipt { .. }
        | StepKind::Call { .. }
        | bare_kinds!() => {}
    }
    for (key, list) in lists {
        let mut seen = BTreeSet::new();
        if list.iter().any(|it| !seen.insert(it)) {
            let message = format!("`{key}` of `{}` names something twice", step.id);
            return Some(warn("named_twice", step, key, message, "name each once"));
        }
    }
    None
}

fn minutes(span: Option<&Span>) -> Option<i64> {
    span.map(|it| it.nominal_minutes())
}

/// Lengths of time that cannot all be true.
fn lengths(step: &Step) -> Option<Finding> {
    let takes = minutes(step.takes.as_ref())?;
    let (what, least) = match &step.kind {
        StepKind::Watch { lasts } => ("lasts", minutes(lasts.as_ref())?),
        StepKind::Operate(spec) if !spec.sheet.is_empty() => {
            ("sheet", spec.sheet.iter().map(|it| i64::from(it.minutes)).sum())
        }
        _ => match step.effort? {
            // Days of work are working hours; a clock day holds at most one.
            Span::Days(n) | Span::WorkingDays(n) => ("effort", i64::from(n) * 480),
            Span::Weeks(n) => ("effort", i64::from(n) * 2_400),
            other => ("effort", other.nominal_minutes()),
        },
    };
    if least <= takes {
        return None;
    }
    let message = format!("step `{}` takes less than its `{what}` needs", step.id);
    let fix = "lengthen `takes`; it is the time from beginning to end";
    Some(warn("takes_too_short", step, "takes", message, fix))
}

/// A run that was ended does what is `always` done, and nothing else.
fn always(step: &Step) -> Option<Finding> {
    match &step.kind {
        StepKind::Archive if !step.always => {
            let message = format!("a run that is ended early never comes to `{}`", step.id);
            Some(warn("archive_skipped", step, "", message, "add `always = true`"))
        }
        StepKind::Operate(_)
        | StepKind::Rollout(_)
        | StepKind::Approval(_)
        | StepKind::Decision(_)
            if step.always =>
        {
            let message = format!("`{}` is `always` done, even after the run was ended", step.id);
            let fix = "take `always` away; it is for what closes a run";
            Some(Finding::error("always_misplaced", at(step, "always"), message, fix))
        }
        _ => None,
    }
}

/// The contact of a site is somebody only where a site is meant.
fn contact(step: &Step) -> Option<Finding> {
    let asked = step.roles.iter().any(|it| matches!(it, RoleRef::SiteContact(_)));
    if !asked || matches!(step.each, Some(Each::Site | Each::Customer)) {
        return None;
    }
    let message = format!("`{}` is performed by the contact of a site, and of no site", step.id);
    let fix = "add `each = \"site\"`, or name a role";
    Some(warn("contact_without_site", step, "role", message, fix))
}

/// Outcomes that name a step which they cannot start.
fn outcomes(template: &Template, step: &Step) -> Option<Finding> {
    let StepKind::Decision(spec) = &step.kind else { return None };
    let goes = spec.outcomes.iter().any(|it| matches!(it.action, Action::Go(_)));
    if step.each == Some(Each::Site) && !goes {
        let message = format!("no outcome of `{}` lets a site take part", step.id);
        let fix = "add for example `outcome.accept = { go = [\"<step>\"] }`";
        return Some(warn("never_goes_on", step, "outcome", message, fix));
    }
    for outcome in &spec.outcomes {
        let (Action::Go(named) | Action::Skip(named)) = &outcome.action else { continue };
        let waits =
            |id: &&String| **id == step.id || template.step(id).is_some_and(|it| it.on.is_some());
        if let Some(id) = named.iter().find(waits) {
            let message = format!("outcome `{}` of `{}` cannot start `{id}`", outcome.id, step.id);
            let fix = "name a step that waits for this decision, not itself and none that an event starts";
            let path = at(step, &format!("outcome.{}", outcome.id));
            return Some(Finding::error("outcome_without_followup", path, message, fix));
        }
    }
    None
}

/// What a signature stands in for has to be there.
fn stands_in(template: &Template, step: &Step) -> Vec<Finding> {
    let missing = |what: &&String| {
        let Some((target, part)) = what.split_once('.') else { return false };
        let Some(target) = template.step(target) else { return false };
        let check = target.checks.iter().any(|it| it.id == part);
        !check && !target.hands_in(part)
    };
    let list = step.stands_in_for.iter().filter(missing);
    list.map(|what| {
        let message =
            format!("`{}` stands in for `{what}`, which is no part of that step", step.id);
        let fix = "name `<step>.<check>` or `<step>.<document>`";
        Finding::error("unknown_part", at(step, "stands_in_for"), message, fix)
    })
    .collect()
}

fn approval(template: &Template, step: &Step, spec: &ApprovalSpec) -> Vec<Finding> {
    let mut list = Vec::new();
    if step.rejected.is_none() {
        let message = format!("a rejection of `{}` sends nothing back for correction", step.id);
        let fix = "add `rejected = \"<step>\"`, the step that corrects it";
        list.push(warn("rejection_stays", step, "", message, fix));
    }
    let assigned: BTreeSet<&String> = spec.approvers.iter().flat_map(|it| &it.checks).collect();
    for check in step.checks.iter().filter(|it| !assigned.is_empty() && !assigned.contains(&it.id))
    {
        let message = format!("no approver of `{}` answers check `{}`", step.id, check.id);
        let fix = "name it in `checks` of an approver";
        list.push(warn("check_unassigned", step, &format!("check.{}", check.id), message, fix));
    }
    let writes = |it: &&Step| {
        step.rejected.as_ref() == Some(&it.id)
            || it.produces.iter().any(|made| step.needs.contains(&made.document))
    };
    let authors: Vec<&RoleRef> =
        template.steps().map(|(_, it)| it).filter(writes).flat_map(|it| &it.roles).collect();
    let own = spec.approvers.iter().map(|it| &it.role).find(|it| authors.contains(it));
    let barred = step.not_by.iter().any(|it| it == "author");
    if let Some(role) = own
        && (!barred || spec.quorum == Quorum::All)
    {
        let name = crate::run::role_name(role);
        let message = format!("`{name}` judges in `{}` what the same role wrote", step.id);
        let fix = "let another role approve, or add `not_by = [\"author\"]` and a further approver";
        list.push(warn("four_eyes", step, "", message, fix));
    }
    list
}

fn notice(step: &Step, spec: &NoticeSpec) -> Vec<Finding> {
    let mut list = Vec::new();
    if spec.channels.is_empty() {
        let message = format!("notice `{}` goes out on no channel", step.id);
        let fix = "write for example `channels = [\"board\", \"email\"]`";
        list.push(warn("no_channel", step, "channels", message, fix));
    }
    if spec.remind.is_some() && !spec.acknowledge {
        let message = format!("`{}` reminds of a notice that nobody has to acknowledge", step.id);
        let fix = "add `acknowledge = true`, or take `remind` away";
        list.push(warn("remind_idle", step, "remind", message, fix));
    }
    if !spec.body.is_empty() {
        for block in &spec.content {
            let wanted: &[&str] = match block.as_str() {
                "changes" | "main_changes" | "new_features" | "improvements" => {
                    &["changes", "new_features", "improvements"]
                }
                "schedule" => &["release.go_live"],
                "requirements" => &["requirements"],
                "prepare" => &["prepare"],
                "how_to_upgrade" => &["upgrade_guide_url"],
                _ => continue,
            };
            let body = spec.body.en.as_ref().or(spec.body.zh.as_ref()).or(spec.body.ko.as_ref());
            let body = body.or(spec.body.vi.as_ref()).map(String::as_str).unwrap_or_default();
            let told = super::texts::variables(body);
            if !wanted.iter().any(|it| told.contains(it)) {
                let message =
                    format!("`content` of `{}` promises `{block}`, and no text tells it", step.id);
                let fix = format!("write `{{{{ {} }}}}` in the body, or take it out", wanted[0]);
                list.push(warn("content_untold", step, "content", message, &fix));
            }
        }
    }
    list
}

fn operate(step: &Step, spec: &OperateSpec) -> Option<Finding> {
    if !spec.sheet.is_empty() || spec.plan.is_some() {
        return None;
    }
    let message = format!("`{}` has no run sheet", step.id);
    let fix = "add `[[phase.step.sheet]]`, or `plan = \"<document>\"`";
    Some(warn("no_run_sheet", step, "", message, fix))
}

fn rollout(template: &Template, step: &Step, waves: &[Wave]) -> Vec<Finding> {
    let mut list = Vec::new();
    if matches!(template.subject, Subject::Issue | Subject::Change | Subject::Cycle) {
        let message =
            format!("`{}` takes a release to the sites, but the subject is no release", step.id);
        let fix = "write `subject = \"release\"`, or call a process that is about one";
        list.push(warn("rollout_elsewhere", step, "", message, fix));
    }
    for wave in waves.iter().filter(|it| it.share == Some(0)) {
        let message = format!("wave `{}` of `{}` takes no site", wave.name, step.id);
        list.push(warn("empty_wave", step, "wave", message, "give it a share, or remove it"));
    }
    for wave in waves {
        let never = |it: Option<u8>| it == Some(100);
        if never(wave.halt_failed) || never(wave.halt_silent) {
            let message = format!("wave `{}` of `{}` never halts by itself", wave.name, step.id);
            let fix = "lower the share at which it halts, for example `failed = \"2%\"`";
            list.push(warn("never_halts", step, "wave", message, fix));
        }
    }
    if let Some(last) = waves.last()
        && (last.sites.is_some() || last.share.is_some_and(|it| it < 100))
    {
        let message =
            format!("`{}` leaves sites out: its last wave does not take the rest", step.id);
        let fix = "let the last wave have `share = \"100%\"`, without `sites`";
        list.push(warn("sites_left_out", step, "wave", message, fix));
    }
    list
}
