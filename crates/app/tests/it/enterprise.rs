//! The go-live of an enterprise system, planned and in an emergency, with every refusal on its way.

use crate::runs::{Stage, person};
use roadbook_core::ids::PersonId;
use roadbook_core::process::expr::Value;
use roadbook_core::run::{
    Answer, Choice, CloseCode, Command, Refusal, RunState, SheetAct, StepState, Verdict, WaitingOn,
};

const PLANS: [&str; 6] = [
    "overall_plan",
    "action_plan",
    "risk_plan",
    "rollback_plan",
    "verification_plan",
    "trial_run_plan",
];

struct Upgrade(Stage);

impl Upgrade {
    fn new(mode: &str) -> Upgrade {
        let mut stage = Stage::new("enterprise/upgrade");
        stage.facts.insert("release.mode".to_owned(), Value::Text(mode.to_owned()));
        stage.act("project_manager", Command::Start);
        Upgrade(stage)
    }

    fn answer(&mut self, who: &str, step: &str, check: &str, answer: Answer) {
        let command = Command::Answer {
            step: step.to_owned(),
            check: check.to_owned(),
            answer,
            remark: String::new(),
        };
        self.0.act(who, command);
    }

    /// Answers every yes/no item of a step.
    fn all_yes(&mut self, who: &str, step: &str) {
        let checks: Vec<String> =
            self.0.template.step(step).unwrap().checks.iter().map(|it| it.id.clone()).collect();
        for check in checks {
            self.answer(who, step, &check, Answer::YesNo(true));
        }
    }

    fn plan(&mut self) {
        for (field, yes) in [("training_needed", false), ("formal_project", true)] {
            let command = Command::SetField { field: field.to_owned(), value: Value::Bool(yes) };
            self.0.act("project_manager", command);
        }
        self.all_yes("project_manager", "confirm_type");
        self.0.done("project_manager", "confirm_type");
        assert_eq!(self.0.state("confirm_type"), &StepState::Submitted);
        self.0.done("system_owner", "confirm_type");
        self.0.slot("2026-11-26T10:00:00Z");
        self.all_yes("system_owner", "slot_and_scope");
        self.0.done("project_manager", "slot_and_scope");
        self.0.done("system_owner", "slot_and_scope");
    }

    fn prepare_papers(&mut self) {
        self.all_yes("infrastructure", "environment");
        self.0.done("infrastructure", "environment");
        for plan in PLANS {
            self.0.write("project_manager", plan);
        }
        self.0.done("project_manager", "plans");
    }

    fn prerequisites(&mut self) {
        let minutes = "attended by all heads".to_owned();
        let meeting = Answer::Meeting { date: "2026-11-05".to_owned(), minutes };
        self.answer("project_manager", "prerequisites", "review_meeting", meeting);
        self.answer(
            "business_department",
            "prerequisites",
            "departments_agree",
            Answer::YesNo(true),
        );
        for check in ["no_open_problem", "initial_data", "business_data"] {
            self.answer("project_manager", "prerequisites", check, Answer::YesNo(true));
        }
    }

    fn sign(&mut self, who: &str, document: &str) -> Result<(), Refusal> {
        let digest = self.0.run.documents[document].digest.clone();
        let command = Command::Sign {
            document: document.to_owned(),
            role: who.to_owned(),
            meaning: "accepted".to_owned(),
            digest,
            assurance: roadbook_core::run::Assurance::Password,
        };
        self.0.try_as(who, command).map(|_| ())
    }

    fn apply(&mut self, report: bool) {
        for document in
            ["go_live_confirmation", "user_manual", "configuration_manual", "go_live_manual"]
        {
            self.0.write("project_manager", document);
        }
        let checks = ["data_prepared", "related_changes", "hardware", "training_plan"];
        for check in checks {
            self.answer("project_manager", "application", check, Answer::YesNo(true));
        }
        self.answer("project_manager", "application", "tests_finished", Answer::YesNo(report));
        self.0.done("project_manager", "application");
    }

    fn countersign(&mut self) {
        self.0.write("customer_service_director", "service_desk_notice");
        for check in ["knowledge_transferred", "user_notice_drafted"] {
            self.answer("customer_service_director", "countersign", check, Answer::YesNo(true));
        }
        for check in ["systems_prepared", "operators_trained"] {
            self.answer("application_systems_director", "countersign", check, Answer::YesNo(true));
        }
        self.answer(
            "application_systems_director",
            "countersign",
            "calls_interfaces",
            Answer::YesNo(false),
        );
        self.answer("infrastructure", "countersign", "environment_accepted", Answer::YesNo(true));
    }

    fn approve(&mut self, who: &str, step: &str) -> Result<(), Refusal> {
        let vote = self.0.vote(step, Verdict::Approve);
        self.0.try_as(who, vote).map(|_| ())
    }

    fn up_to_final_approval(&mut self) {
        self.countersign();
        for who in ["application_systems_director", "infrastructure"] {
            self.approve(who, "countersign").unwrap();
        }
        assert_eq!(self.0.state("countersign"), &StepState::Active, "all must sign");
        // Whoever wrote one of the papers cannot sign them off; a deputy who wrote nothing can.
        let refused = self.approve("customer_service_director", "countersign").unwrap_err();
        assert!(matches!(refused, Refusal::FourEyes { .. }), "{refused:?}");
        let other = person("customer_service_deputy");
        self.0.holders.get_mut("customer_service_director").unwrap().push(other);
        self.approve("customer_service_deputy", "countersign").unwrap();
        self.answer("pmo", "pmo_review", "plans_reviewed", Answer::YesNo(true));
        self.approve("pmo", "pmo_review").unwrap();
        self.answer("release_manager", "final_approval", "material_complete", Answer::YesNo(true));
        let early = self.approve("it_head", "final_approval").unwrap_err();
        assert!(matches!(&early, Refusal::NotYourTurn { role } if role == "release_manager"));
        self.approve("release_manager", "final_approval").unwrap();
        self.approve("it_head", "final_approval").unwrap();
        assert!(self.0.run.baseline.is_some(), "on-time is measured against the approved slot");
    }

    fn tell(&mut self) {
        for step in ["service_desk_informed", "users_informed"] {
            self.0.act("customer_service_director", Command::NoticeSent { step: step.to_owned() });
        }
        self.0.now = "2026-11-26T10:00:00Z".parse().unwrap();
        self.0.tick();
    }

    fn begin(&mut self) -> Result<(), Refusal> {
        self.0.try_as("release_manager", Command::Begin { step: "operate".to_owned() }).map(drop)
    }

    /// Two weeks that nobody shortens; at their end the decision is asked for.
    fn trial_run(&mut self) {
        let done = Command::Done { step: "trial_run".to_owned(), remark: String::new() };
        let Refusal::NotYet { waiting, .. } = self.0.try_as("project_manager", done).unwrap_err()
        else {
            panic!("refused for another reason");
        };
        assert!(matches!(waiting[0], WaitingOn::NotBefore { .. }), "{waiting:?}");
        self.0.now += jiff::SignedDuration::from_hours(14 * 24);
        self.0.tick();
        assert_eq!(self.0.state("trial_run"), &StepState::Done);
        assert_eq!(self.0.state("trial_end"), &StepState::Ready);
    }

    fn line(&mut self, line: &str, act: SheetAct) -> Result<(), Refusal> {
        let command = Command::Sheet {
            step: "operate".to_owned(),
            line: line.to_owned(),
            act,
            found: "seen".to_owned(),
        };
        self.0.try_as("release_manager", command).map(|_| ())
    }
}

fn ready_for_approval() -> Upgrade {
    let mut upgrade = Upgrade::new("planned");
    upgrade.plan();
    upgrade.prepare_papers();
    upgrade.prerequisites();
    upgrade.0.write("project_manager", "user_test_report");
    upgrade.sign("user_representative", "user_test_report").unwrap();
    upgrade.0.done("project_manager", "prerequisites");
    upgrade.apply(true);
    upgrade
}

// proves: S2-16/U S2-17/U S2-22/U S2-23/U S2-25/U S2-30/U S2-35/U S2-36/U S2-38/U S2-39/U
// proves: S2-40/U S2-41/U S2-42/U S2-43/U S2-47/U S2-48/U S2-34/U S2-04/U S2-05/U
#[test]
fn a_planned_upgrade_goes_through_its_five_phases() {
    let mut upgrade = ready_for_approval();
    upgrade.up_to_final_approval();
    upgrade.tell();
    assert_eq!(upgrade.0.state("operate"), &StepState::Ready);
    upgrade.0.act("release_manager", Command::Begin { step: "operate".to_owned() });
    for line in ["preflight", "backup", "deploy", "smoke_test", "open"] {
        upgrade.line(line, SheetAct::Begin).unwrap();
        upgrade.line(line, SheetAct::Done).unwrap();
    }
    upgrade.0.done("release_manager", "operate");
    upgrade.0.sites.succeeded = 3;
    upgrade.0.tick();
    assert_eq!(upgrade.0.state("sites"), &StepState::Done);
    upgrade.all_yes("system_owner", "confirm");
    upgrade.0.done("system_owner", "confirm");
    upgrade.0.done("user_representative", "confirm");
    upgrade.trial_run();
    let decide = |outcome: &str| Command::Decide {
        step: "trial_end".to_owned(),
        outcome: outcome.to_owned(),
        reason: String::new(),
        slot: None,
    };
    assert_eq!(
        upgrade.0.try_as("project_manager", decide("extend")).unwrap_err(),
        Refusal::ReasonRequired
    );
    upgrade.0.act("project_manager", decide("passed"));
    let close = |code| Command::Close { code, remark: String::new() };
    let early = upgrade.0.try_as("release_manager", close(CloseCode::Success)).unwrap_err();
    assert!(matches!(early, Refusal::NotClosable { .. }));
    upgrade.0.done("release_manager", "configuration");
    upgrade.0.done("release_manager", "archive");
    let wrong = upgrade.0.try_as("release_manager", close(CloseCode::RolledBack)).unwrap_err();
    assert!(matches!(wrong, Refusal::WrongCloseCode { .. }));
    upgrade.0.act("release_manager", close(CloseCode::Success));
}

// proves: S2-22/U S2-25/U
#[test]
fn an_unsigned_test_report_and_a_missing_plan_hold_the_preparation() {
    let mut upgrade = Upgrade::new("planned");
    upgrade.plan();
    upgrade.prerequisites_before_environment();
    upgrade.prepare_papers();
    upgrade.prerequisites();
    upgrade.0.write("project_manager", "user_test_report");
    let done = Command::Done { step: "prerequisites".to_owned(), remark: String::new() };
    let Refusal::NotYet { waiting, .. } =
        upgrade.0.try_as("project_manager", done.clone()).unwrap_err()
    else {
        panic!("refused for another reason");
    };
    assert!(
        waiting.iter().any(
            |it| matches!(it, WaitingOn::Signature { role, .. } if role == "user_representative")
        ),
        "{waiting:?}"
    );
    // The wrong signer.
    let wrong = {
        let digest = upgrade.0.run.documents["user_test_report"].digest.clone();
        let command = Command::Sign {
            document: "user_test_report".to_owned(),
            role: "user_representative".to_owned(),
            meaning: "accepted".to_owned(),
            digest,
            assurance: roadbook_core::run::Assurance::Password,
        };
        upgrade.0.try_as("pmo", command).unwrap_err()
    };
    assert!(matches!(wrong, Refusal::NotYours { .. }));
    upgrade.sign("user_representative", "user_test_report").unwrap();
    // An edit after the signature voids it.
    upgrade.0.write("project_manager", "user_test_report");
    assert!(upgrade.0.run.documents["user_test_report"].signatures[0].voided_at.is_some());
    assert!(upgrade.0.try_as("project_manager", done.clone()).is_err());
    upgrade.sign("user_representative", "user_test_report").unwrap();
    upgrade.0.act("project_manager", done);
}

impl Upgrade {
    /// Before the environment is ready nobody can finish the prerequisites.
    fn prerequisites_before_environment(&mut self) {
        let done = Command::Done { step: "prerequisites".to_owned(), remark: String::new() };
        let refused = self.0.try_as("project_manager", done).unwrap_err();
        assert!(matches!(refused, Refusal::NotYet { .. }), "{refused:?}");
    }
}

#[test]
fn a_moment_that_has_come_needs_no_tick_before_the_command() {
    let mut upgrade = ready_for_approval();
    upgrade.up_to_final_approval();
    for step in ["service_desk_informed", "users_informed"] {
        let sent = Command::NoticeSent { step: step.to_owned() };
        upgrade.0.act("customer_service_director", sent);
    }
    let early = upgrade.begin().unwrap_err();
    assert!(
        matches!(&early, Refusal::NotYet { waiting, .. } if matches!(waiting[..], [WaitingOn::NotBefore { .. }])),
        "{early:?}"
    );
    upgrade.0.now = "2026-11-26T10:00:00Z".parse().unwrap();
    upgrade.begin().unwrap();
    assert_eq!(upgrade.0.state("operate"), &StepState::Active);
}

// proves: S3-40/U S3-32/U
#[test]
fn a_failed_line_leaves_two_ways_and_no_third() {
    let mut upgrade = ready_for_approval();
    upgrade.up_to_final_approval();
    upgrade.tell();
    upgrade.0.act("release_manager", Command::Begin { step: "operate".to_owned() });
    assert!(matches!(upgrade.line("deploy", SheetAct::Begin), Err(Refusal::NotYet { .. })));
    for line in ["preflight", "backup"] {
        upgrade.line(line, SheetAct::Begin).unwrap();
        upgrade.line(line, SheetAct::Done).unwrap();
    }
    upgrade.line("deploy", SheetAct::Begin).unwrap();
    upgrade.line("deploy", SheetAct::Fail).unwrap();
    assert!(matches!(upgrade.line("deploy", SheetAct::Done), Err(Refusal::ChoiceRequired { .. })));
    let done = Command::Done { step: "operate".to_owned(), remark: String::new() };
    assert!(matches!(
        upgrade.0.try_as("release_manager", done),
        Err(Refusal::ChoiceRequired { .. })
    ));
    let choose = |reason: &str| Command::Choose {
        step: "operate".to_owned(),
        choice: Choice::RollBack,
        reason: reason.to_owned(),
    };
    assert_eq!(
        upgrade.0.try_as("release_manager", choose("")).unwrap_err(),
        Refusal::ReasonRequired
    );
    upgrade.0.act("release_manager", choose("the schema does not fit"));
    let open: Vec<String> = upgrade.0.run.steps["operate"]
        .sheet
        .iter()
        .filter(|it| it.state == roadbook_core::run::SheetState::Open)
        .map(|it| it.id.clone())
        .collect();
    assert!(!open.is_empty(), "the way back is laid out");
    for line in open {
        upgrade.line(&line, SheetAct::Begin).unwrap();
        upgrade.line(&line, SheetAct::Done).unwrap();
    }
    upgrade.0.done("release_manager", "operate");
    assert_eq!(upgrade.0.run.state, RunState::Ending("rolled_back".to_owned()));
    assert_eq!(upgrade.0.state("sites"), &StepState::Cancelled);
    upgrade.0.done("release_manager", "archive");
    let close = |code| Command::Close { code, remark: String::new() };
    assert!(upgrade.0.try_as("release_manager", close(CloseCode::Success)).is_err());
    upgrade.0.act("release_manager", close(CloseCode::RolledBack));
}

// proves: S2-14/U
#[test]
fn an_emergency_shortens_and_what_it_skipped_is_owed() {
    let mut upgrade = Upgrade::new("emergency");
    upgrade.plan();
    // Another manager's signature does not count.
    let other = upgrade.approve("it_head", "department_head").unwrap_err();
    assert!(matches!(other, Refusal::NotYours { .. }));
    upgrade.approve("head", "department_head").unwrap();
    upgrade.prepare_papers();
    upgrade.prerequisites();
    upgrade.0.done("project_manager", "prerequisites");
    let owed: Vec<&str> = upgrade.0.run.open_debts().map(|it| it.what.as_str()).collect();
    assert!(owed.iter().any(|it| it.starts_with("prerequisites.")), "{owed:?}");
    upgrade.apply(false);
    upgrade.up_to_final_approval();
    upgrade.tell();
    upgrade.0.act("release_manager", Command::Begin { step: "operate".to_owned() });
    for line in ["preflight", "backup", "deploy", "smoke_test", "open"] {
        upgrade.line(line, SheetAct::Begin).unwrap();
        upgrade.line(line, SheetAct::Done).unwrap();
    }
    upgrade.0.done("release_manager", "operate");
    upgrade.0.sites.succeeded = 3;
    upgrade.0.tick();
    upgrade.all_yes("system_owner", "confirm");
    upgrade.0.done("system_owner", "confirm");
    upgrade.0.done("user_representative", "confirm");
    upgrade.trial_run();
    let command = Command::Decide {
        step: "trial_end".to_owned(),
        outcome: "passed".to_owned(),
        reason: String::new(),
        slot: None,
    };
    upgrade.0.act("project_manager", command);
    upgrade.0.done("release_manager", "configuration");
    upgrade.0.done("release_manager", "archive");
    let close = Command::Close { code: CloseCode::Success, remark: String::new() };
    let Refusal::NotClosable { waiting } =
        upgrade.0.try_as("release_manager", close.clone()).unwrap_err()
    else {
        panic!("debts block closing");
    };
    assert!(waiting.iter().all(|it| matches!(it, WaitingOn::Debt { .. })), "{waiting:?}");
    // The debt is paid by doing what was skipped.
    upgrade.0.write("project_manager", "user_test_report");
    upgrade.sign("user_representative", "user_test_report").unwrap();
    upgrade.answer("project_manager", "application", "tests_finished", Answer::YesNo(true));
    upgrade.0.tick();
    let left: Vec<&str> = upgrade.0.run.open_debts().map(|it| it.what.as_str()).collect();
    assert!(left.is_empty(), "{left:?}");
    upgrade.0.act("release_manager", close);
}

// proves: S2-14/U
#[test]
fn a_planned_release_asks_no_department_head() {
    let mut upgrade = Upgrade::new("planned");
    upgrade.plan();
    assert!(matches!(upgrade.0.state("department_head"), StepState::Skipped(_)));
}

// proves: S2-38/U
#[test]
fn a_rejection_in_the_countersign_returns_to_the_applicant() {
    let mut upgrade = ready_for_approval();
    let vote = upgrade.0.vote("countersign", Verdict::Reject);
    upgrade.0.act("infrastructure", vote);
    assert_eq!(upgrade.0.state("application"), &StepState::Returned);
    assert_eq!(upgrade.0.state("countersign"), &StepState::Foreseen);
    assert_eq!(upgrade.0.state("prerequisites"), &StepState::Done, "what came before stays");
    let _: PersonId = person("infrastructure");
}
