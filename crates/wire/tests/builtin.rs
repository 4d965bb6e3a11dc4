//! What the built-in processes carry, and how revisions of them differ.

use roadbook_core::calendar::{Calendar, WorkTable};
use roadbook_core::process::diff::{Difference, diff};
use roadbook_core::process::expr::Value;
use roadbook_core::process::simulate::{Assumed, simulate};
use roadbook_core::process::template::{Action, CheckKind, RoleRef, Step, StepKind, Template, Who};
use roadbook_core::text::Lang;
use roadbook_core::window::Slot;
use roadbook_wire::process::{builtin, parse};
use std::collections::BTreeMap;

fn template(id: &str) -> Template {
    let (_, text) = builtin().iter().find(|(name, _)| *name == id).expect("built in");
    parse(id, text).expect("reads").template
}

fn changed(id: &str, from: &str, to: &str) -> Template {
    let (_, text) = builtin().iter().find(|(name, _)| *name == id).expect("built in");
    assert!(text.contains(from), "{from}");
    parse(id, &text.replacen(from, to, 1)).expect("reads").template
}

fn step<'t>(template: &'t Template, id: &str) -> &'t Step {
    template.step(id).unwrap_or_else(|| panic!("no step {id}"))
}

// proves: S2-04/U
#[test]
fn the_enterprise_processes_have_five_phases_in_order() {
    for id in ["enterprise/new-system", "enterprise/upgrade"] {
        let found = template(id);
        let phases: Vec<&str> = found.phases.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(
            phases,
            ["planning", "preparation", "approval", "implementation", "confirmation"]
        );
    }
}

// proves: S2-05/U
#[test]
fn four_groups_can_be_reported_with_approval_inside_implementation() {
    let found = template("enterprise/upgrade");
    let mut groups: Vec<&str> = found.phases.iter().filter_map(|it| it.group.as_deref()).collect();
    groups.dedup();
    assert_eq!(groups, ["planning", "preparation", "implementation", "confirmation"]);
}

// proves: S2-51/U
#[test]
fn every_approval_of_the_enterprise_says_number_activity_matters_deliverables_and_role() {
    for id in ["enterprise/new-system", "enterprise/upgrade"] {
        let found = template(id);
        for (_, step) in found.steps() {
            let StepKind::Approval(spec) = &step.kind else { continue };
            assert!(step.number.is_some() && step.title.missing().is_empty(), "{}", step.id);
            assert!(step.description.missing().is_empty(), "{}", step.id);
            assert!(!spec.approvers.is_empty(), "{}", step.id);
        }
        let StepKind::Approval(spec) = &step(&found, "countersign").kind else { panic!("kind") };
        assert_eq!(spec.approvers.len(), 3);
        assert!(spec.approvers.iter().all(|it| !it.checks.is_empty()));
        let optional: Vec<bool> =
            spec.approvers[0].documents.iter().map(|it| it.optional).collect();
        assert_eq!(optional, [false, true]);
    }
}

#[test]
fn the_application_has_five_matters_and_six_deliverables() {
    let found = template("enterprise/new-system");
    let application = step(&found, "application");
    assert_eq!((application.checks.len(), application.produces.len()), (5, 6));
    let prerequisites = step(&found, "prerequisites");
    let signed = prerequisites.checks.iter().any(|it| {
        matches!(&it.kind, CheckKind::Evidence { document, signed_by }
            if document == "user_test_report" && signed_by == &["user_representative"])
    });
    assert!(signed);
}

#[test]
fn an_emergency_is_signed_by_the_head_of_the_applicants_department_and_keeps_the_way_back() {
    for id in ["enterprise/new-system", "enterprise/upgrade"] {
        let found = template(id);
        let head = step(&found, "department_head");
        let StepKind::Approval(spec) = &head.kind else { panic!("kind") };
        assert_eq!(spec.approvers[0].role, RoleRef::HeadOfApplicant);
        assert!(head.stands_in_for.iter().all(|it| !it.contains("plan") && !it.contains("verif")));
        let StepKind::Operate(sheet) = &step(&found, "operate").kind else { panic!("kind") };
        assert!(!sheet.rollback.is_empty() && sheet.sheet.iter().any(|it| it.point_of_no_return));
    }
}

#[test]
fn only_planned_upgrades_keep_to_the_window() {
    assert!(template("enterprise/new-system").windows.is_empty());
    let upgrade = template("enterprise/upgrade");
    assert_eq!(upgrade.windows[0].policy, "second-and-fourth-thursday-evening");
    assert_eq!(
        upgrade.windows[0].when.as_ref().map(|it| it.source.as_str()),
        Some("release.mode == \"planned\"")
    );
}

#[test]
fn the_vendor_process_has_the_numbered_steps_in_their_activities() {
    let found = template("vendor/release");
    let numbers: Vec<&str> = found.steps().filter_map(|(_, it)| it.number.as_deref()).collect();
    assert_eq!(numbers, ["11", "12", "13", "14", "15", "21", "22", "23a", "23b", "24", "25"]);
    let StepKind::Decision(spec) = &step(&found, "release_decision").kind else { panic!("kind") };
    assert_eq!(spec.opinions, ["developer", "project_manager", "quality_manager"]);
    let ends =
        spec.outcomes.iter().any(|it| it.id == "no_go" && matches!(it.action, Action::End(_)));
    assert!(ends);
    // The community hears through contacts and subscribers only; nobody inside is in that audience.
    let community = found.audience("community").expect("audience");
    assert!(community.who.iter().all(|it| matches!(it, Who::Contacts(_) | Who::Subscribers)));
}

#[test]
fn notices_are_written_in_every_language_with_the_blocks_they_promise() {
    for (id, _) in builtin() {
        for (_, step) in template(id).steps() {
            let StepKind::Notice(spec) = &step.kind else { continue };
            for lang in Lang::ALL {
                let body = spec.body.get(lang).unwrap_or_default();
                let tells = |blocks: &[&str]| spec.content.iter().any(|it| blocks.contains(&&**it));
                let changes = ["changes", "main_changes", "new_features", "improvements"];
                for (blocks, name) in
                    [(&changes[..], "{{ changes }}"), (&["schedule"], "{{ release.go_live }}")]
                {
                    let kept = !tells(blocks) || body.contains(name);
                    assert!(kept, "{id} {} {lang:?} {name}", step.id);
                }
                assert!(!body.is_empty(), "{id} {} {lang:?}", step.id);
                let prepares = spec.content.iter().any(|it| it == "prepare");
                assert_eq!(prepares, body.contains("{{ prepare }}"), "{id} {} {lang:?}", step.id);
                let guides = spec.content.iter().any(|it| it == "how_to_upgrade");
                assert_eq!(guides, body.contains("{{ upgrade_guide_url }}"), "{id} {}", step.id);
            }
        }
    }
}

// A revision says what it changes; the store keeps the revisions.
#[test]
fn the_difference_of_two_revisions_names_what_was_added_changed_and_removed() {
    let old = template("starter/release");
    assert_eq!(diff(&old, &old), []);
    let new = changed(
        "starter/release",
        "effort = \"2h\"\n    [[phase.step.check]]",
        "effort = \"3h\"\n    [[phase.step.check]]",
    );
    let [Difference::Changed { part, id, fields, .. }] = &diff(&old, &new)[..] else {
        panic!("{:?}", diff(&old, &new))
    };
    assert_eq!((part.as_str(), id.as_str()), ("step", "test"));
    assert_eq!(
        (fields[0].field.as_str(), fields[0].before.as_str(), fields[0].after.as_str()),
        ("effort", "2h", "3h")
    );
    let upgrade = template("enterprise/upgrade");
    let difference = diff(&template("enterprise/new-system"), &upgrade);
    let gone = difference
        .iter()
        .any(|it| matches!(it, Difference::Removed { id, .. } if id == "strategic_approval"));
    assert!(gone, "{difference:?}");
}

#[test]
fn a_process_is_simulated_before_its_first_run() {
    let open = Calendar::ordinary("x", "Asia/Shanghai").open().expect("a calendar");
    let table = WorkTable::new(
        &open,
        "2026-01-01".parse().expect("a day"),
        "2028-01-01".parse().expect("a day"),
    );
    let slot = Slot {
        start: "2026-10-08T10:00:00Z".parse().expect("an instant"),
        end: "2026-10-08T14:00:00Z".parse().expect("an instant"),
    };
    let found = template("enterprise/upgrade");
    for (mode, signed) in [("planned", false), ("emergency", true)] {
        let facts = BTreeMap::from([("release.mode".to_owned(), Value::Text(mode.to_owned()))]);
        let start = "2026-09-01T00:00:00Z".parse().expect("an instant");
        let made = simulate(&found, &Assumed::plain(&table, Some(slot), start, &facts));
        let head = made.lanes.iter().any(|it| it.role == "head_of(applicant.unit)");
        assert_eq!(head, signed, "{mode}");
        let pmo = made.lanes.iter().find(|it| it.role == "pmo").expect("a lane");
        assert_eq!(pmo.minutes, 120, "{mode}");
        assert!(pmo.bars[0].finish < slot.start, "{mode}");
        assert!(made.finish > slot.end && !made.critical_path.is_empty(), "{mode}");
        assert!(made.problems.is_empty(), "{mode}: {:?}", made.problems);
    }
}

// proves: S1-33/U S1-22/U S1-23/U S1-30/U
#[test]
fn the_saas_process_plans_and_upgrades_in_numbered_steps() {
    let (plan, update) = (template("saas/month-plan"), template("saas/update"));
    let mut stages: Vec<(&str, &str)> = [&plan, &update]
        .into_iter()
        .flat_map(|it| it.steps())
        .filter_map(|(phase, step)| Some((step.number.as_deref()?, phase.group.as_deref()?)))
        .collect();
    stages.sort_unstable();
    stages.dedup();
    let expected = [
        ("1", "planning"),
        ("2", "planning"),
        ("3", "upgrade"),
        ("4", "upgrade"),
        ("5", "upgrade"),
    ];
    assert_eq!(stages, expected);
    let made = step(&plan, "month_plan");
    assert_eq!(made.roles.len(), 3);
    assert_eq!(made.due.as_ref().map(ToString::to_string).as_deref(), Some("M-1:24..27"));
    let told = step(&plan, "announce_plan");
    assert_eq!(told.due.as_ref().map(ToString::to_string).as_deref(), Some("M-1:28..29"));
    assert!(told.needs.contains(&"month_plan".to_owned()), "no plan, no announcement");
}

// proves: S1-27/U
#[test]
fn every_step_of_the_saas_process_says_name_description_performer_and_time() {
    for id in ["saas/update", "saas/month-plan"] {
        for (_, step) in template(id).steps() {
            assert!(step.title.missing().is_empty() && step.description.missing().is_empty());
            assert!(!step.roles.is_empty(), "{id} {}", step.id);
            let timed = step.due.is_some() || step.always;
            assert!(timed, "{id} {}", step.id);
        }
    }
}

// proves: S1-06/U S1-07/U S1-08/U S1-19/U S1-20/U S1-24/U S1-25/U S1-26/U
#[test]
fn each_kind_of_update_has_its_own_series_of_notices() {
    let update = template("saas/update");
    let due = |id: &str| step(&update, id).due.as_ref().map(ToString::to_string);
    let series = [
        ("first_notice", "T-20d..T-10d", "marketing"),
        ("web_notice", "T-3d", "product_development"),
        ("customer_notice_3_days", "T-3d", "marketing"),
        ("reminder_2_days", "T-2d", "marketing"),
        ("customer_notice_24_hours", "T-24h", "marketing"),
        ("server_notice_24_hours", "T-24h", "marketing"),
        ("server_notice_30_minutes", "T-30min", "product_development"),
        ("internal_notice", "T-24h", "product_development"),
        ("guides", "T-24h", "product_development"),
    ];
    for (id, when, who) in series {
        assert_eq!(due(id).as_deref(), Some(when), "{id}");
        assert_eq!(step(&update, id).roles, [RoleRef::Role(who.to_owned())], "{id}");
    }
}

// proves: S3-36/U
#[test]
fn the_service_process_has_ten_steps_in_their_order() {
    let found = template("service/release");
    let mut numbers: Vec<u8> =
        found.steps().filter_map(|(_, it)| it.number.as_deref()?.parse().ok()).collect();
    let phases: Vec<&str> = found.phases.iter().map(|it| it.id.as_str()).collect();
    let expected =
        ["scheme", "test", "planning", "people", "deployment", "configuration", "closing", "close"];
    assert_eq!(phases, expected);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, (1..=10).collect::<Vec<u8>>());
    let scheme = found.document("release_scheme").expect("the scheme");
    assert_eq!(scheme.sections.len(), 9);
    assert!(scheme.reserved && scheme.role.as_deref() == Some("process_owner"));
    let schedule = found.document("release_schedule").expect("the schedule");
    assert!(schedule.reserved && schedule.role.as_deref() == Some("release_lead"));
    assert_eq!(found.document("go_live_plan").expect("the plan").sections.len(), 4);
}

#[test]
fn the_issue_process_has_its_numbered_steps_and_both_ways_of_a_defect() {
    let found = template("vendor/issue");
    let mut numbers: Vec<&str> = found.steps().filter_map(|(_, it)| it.number.as_deref()).collect();
    numbers.dedup();
    assert_eq!(numbers, ["31", "32", "33", "34", "41", "42", "43", "44"]);
    let StepKind::Decision(spec) = &step(&found, "triage").kind else { panic!("kind") };
    assert_eq!(spec.outcomes.len(), 2, "defect or not");
    assert!(spec.outcomes.iter().all(|it| it.reason), "with its rationale");
    // What a decision leaves out it names: nothing of the other way is ever done.
    for (outcome, first) in [("now", "hotfix"), ("wait", "queue")] {
        let StepKind::Decision(spec) = &step(&found, "emergency").kind else { panic!("kind") };
        let way = spec.outcomes.iter().find(|it| it.id == outcome).expect("an outcome");
        assert_eq!(way.action, Action::Go(vec![first.to_owned()]));
    }
    // Users hear of a serious defect where it runs, and nowhere else.
    let affected = found.audience("affected").expect("audience");
    assert!(matches!(&affected.who[..], [Who::Contacts(Some(_))]));
}

#[test]
fn a_hotfix_keeps_to_no_window_and_leaves_out_neither_the_way_back_nor_the_verification() {
    let found = template("vendor/hotfix");
    assert!(found.windows.is_empty());
    let accepts = found.accepts.as_ref().expect("accepts");
    assert_eq!(
        (&accepts.kinds[..], &accepts.modes[..]),
        (&["hotfix".to_owned()][..], &["emergency".to_owned()][..])
    );
    for id in ["tests", "approval", "verify"] {
        let step = step(&found, id);
        assert!(step.when.is_none() && step.override_by.is_none(), "{id}");
    }
    let way_back = step(&found, "update").failed.as_deref();
    assert_eq!(way_back, Some("back_out"));
}

#[test]
fn the_windows_of_a_year_are_fixed_before_it_begins() {
    let plan = template("enterprise/window-plan");
    let due = |id: &str| step(&plan, id).due.as_ref().map(ToString::to_string);
    assert_eq!(due("needs").as_deref(), Some("M-2:1..10"));
    assert_eq!(due("approval").as_deref(), Some("M-2:28"));
    assert_eq!(due("announce").as_deref(), Some("M-1:6..15"));
    assert!(step(&plan, "announce").needs.contains(&"window_plan".to_owned()));
}
