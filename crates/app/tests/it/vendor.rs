//! The release of a packaged product: opinions, decision, notices, talks, sites, feedback.

use crate::runs::Stage;
use roadbook_core::run::{CloseCode, Command, OpinionStance, Refusal, StepState, WaitingOn};

fn decide(outcome: &str, reason: &str) -> Command {
    Command::Decide {
        step: "release_decision".to_owned(),
        outcome: outcome.to_owned(),
        reason: reason.to_owned(),
        slot: None,
    }
}

fn opinion(text: &str) -> Command {
    Command::Opine {
        step: "opinions".to_owned(),
        stance: OpinionStance::For,
        text: text.to_owned(),
    }
}

fn up_to_decision() -> Stage {
    let mut stage = Stage::new("vendor/release");
    stage.act("release_lead", Command::Start);
    stage.slot("2026-12-05T12:00:00Z");
    stage.write("quality_manager", "test_report");
    stage.done("quality_manager", "tests");
    for document in ["release_notes", "update_guide", "rollback_plan"] {
        stage.write("developer", document);
    }
    stage.done("developer", "papers");
    stage
}

// proves: S0-11/U S0-12/U S0-13/U
#[test]
fn nothing_is_told_before_the_decision_and_no_decision_without_the_opinions() {
    let mut stage = up_to_decision();
    assert_eq!(stage.state("internal_notice"), &StepState::Foreseen);
    let early = stage.try_as("release_lead", decide("go", "")).unwrap_err();
    let Refusal::NotYet { waiting, .. } = early else { panic!("{early:?}") };
    assert!(
        waiting
            .iter()
            .any(|it| matches!(it, WaitingOn::Opinion { role, .. } if role == "quality_manager"))
    );
    for who in ["developer", "project_manager", "quality_manager"] {
        stage.act(who, opinion("tests passed"));
    }
    assert!(matches!(stage.try_as("developer", decide("go", "")), Err(Refusal::NotYours { .. })));
    stage.act("release_lead", decide("go", ""));
    assert_eq!(stage.state("internal_notice"), &StepState::Active);
    assert_eq!(stage.state("community_notice"), &StepState::Active);
    assert!(matches!(stage.state("contacts"), StepState::Skipped(_)), "nobody to talk to");
}

// proves: S0-12/U
#[test]
fn the_lead_may_override_a_missing_opinion_with_a_reason_on_the_record() {
    let mut stage = up_to_decision();
    let pass = |reason: &str| Command::Override {
        step: "release_decision".to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(stage.try_as("release_lead", pass("")).unwrap_err(), Refusal::ReasonRequired);
    stage.act("release_lead", pass("quality is on leave, the report is clean"));
    stage.act("release_lead", decide("go", ""));
    assert!(stage.run.steps["release_decision"].overridden.is_some());
}

// proves: S0-18/U S0-19/U S0-22/U
#[test]
fn sites_are_talked_to_decide_and_are_reported_before_it_ends() {
    let mut stage = up_to_decision();
    stage.sites.contacts = 2;
    stage.sites.contacts_open = 1;
    for who in ["developer", "project_manager", "quality_manager"] {
        stage.act(who, opinion("fine"));
    }
    stage.act("release_lead", decide("go", ""));
    for step in ["internal_notice", "community_notice"] {
        stage.act("release_lead", Command::NoticeSent { step: step.to_owned() });
    }
    let done = Command::Done { step: "contacts".to_owned(), remark: String::new() };
    assert!(matches!(stage.try_as("support", done), Err(Refusal::NotYet { .. })));
    stage.sites.contacts_open = 0;
    stage.tick();
    assert_eq!(stage.state("contacts"), &StepState::Done);
    stage.sites.informed = 1;
    stage.tick();
    assert_eq!(stage.state("receipt"), &StepState::Done);
    stage.sites.accepted = 2;
    stage.tick();
    assert_eq!(stage.state("site_decision"), &StepState::Active);
    stage.sites.declined = 1;
    stage.tick();
    assert_eq!(stage.state("site_decision"), &StepState::Done);
    assert_eq!(stage.state("update"), &StepState::Foreseen, "the slot has not begun");
    stage.now = "2026-12-05T12:00:00Z".parse().unwrap();
    stage.tick();
    assert_eq!(stage.state("update"), &StepState::Active);
    stage.sites.succeeded = 2;
    stage.tick();
    assert_eq!(stage.state("update"), &StepState::Done, "a site that declined is no open site");
    for step in ["applied", "site_versions"] {
        let checks: Vec<String> =
            stage.template.step(step).unwrap().checks.iter().map(|it| it.id.clone()).collect();
        for check in checks {
            let command = Command::Answer {
                step: step.to_owned(),
                check,
                answer: roadbook_core::run::Answer::YesNo(true),
                remark: String::new(),
            };
            stage.act("support", command);
        }
        stage.done("support", step);
    }
    stage.act("release_lead", Command::NoticeSent { step: "feedback_request".to_owned() });
    stage.sites.feedback = 1;
    stage.tick();
    stage.done("release_lead", "archive");
    stage.act("release_lead", Command::Close { code: CloseCode::Success, remark: String::new() });
}

#[test]
fn no_go_ends_the_run_and_says_so() {
    let mut stage = up_to_decision();
    assert_eq!(
        stage.try_as("release_lead", decide("no_go", "")).unwrap_err(),
        Refusal::ReasonRequired
    );
    stage.act("release_lead", decide("no_go", "a blocking defect"));
    assert_eq!(stage.state("update"), &StepState::Cancelled);
    stage.done("release_lead", "archive");
    let close = |code| Command::Close { code, remark: String::new() };
    assert!(stage.try_as("release_lead", close(CloseCode::Success)).is_err());
    stage.act("release_lead", close(CloseCode::Cancelled));
}

#[test]
fn postponing_asks_for_a_new_slot_and_asks_again() {
    let mut stage = up_to_decision();
    let without = stage.try_as("release_lead", decide("postpone", "rc.3 first")).unwrap_err();
    assert!(matches!(without, Refusal::Unknown { .. }));
    let start: jiff::Timestamp = "2026-12-12T12:00:00Z".parse().unwrap();
    let slot = roadbook_core::run::Slot { start, end: start + jiff::SignedDuration::from_hours(2) };
    let Command::Decide { step, outcome, reason, .. } = decide("postpone", "rc.3 first") else {
        unreachable!()
    };
    let decision =
        stage.act("release_lead", Command::Decide { step, outcome, reason, slot: Some(slot) });
    assert!(decision.slot_moved, "who was told the old date is told the new one");
    assert_eq!(stage.state("release_decision"), &StepState::Ready);
}
