//! What the processes for products, readiness and development carry: their lists, stages and
//! deliverables, and what only they ask of a run.

#[path = "stage/release.rs"]
mod release;
mod stage;

use crate::stage::{Stage, person, read};
use roadbook_core::extract::{self, Cell, ContactLine, SiteLine, Source, Table};
use roadbook_core::ids::{DocumentId, IdSeed};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{
    CheckKind, Each, Extract, FieldType, ReportClass, RoleRef, Step, StepKind, Subject, Template,
};
use roadbook_core::release::{ChangeItem, Release, admit};
use roadbook_core::run::{Answer, Assurance, Command, Decision, Refusal};
use roadbook_core::text::{Lang, Text};
use roadbook_wire::process::builtin;
use std::collections::{BTreeMap, BTreeSet};

fn template(id: &str) -> Template {
    let (_, text) = builtin().iter().find(|(name, _)| *name == id).expect("built in");
    read(text)
}

fn step<'t>(template: &'t Template, id: &str) -> &'t Step {
    template.step(id).unwrap_or_else(|| panic!("no step {id}"))
}

fn checks<'t>(template: &'t Template, id: &str) -> Vec<&'t str> {
    step(template, id).checks.iter().map(|it| it.id.as_str()).collect()
}

fn produces<'t>(template: &'t Template, id: &str) -> Vec<&'t str> {
    step(template, id).produces.iter().map(|it| it.document.as_str()).collect()
}

// proves: S4a-07/U S4a-08/U S4a-09/U S4a-10/U S4a-11/U S4a-12/U S4a-13/U S4a-14/U
// proves: S4a-15/U S4a-16/U S4a-17/U S4a-18/U S4a-19/U S4a-20/U S4a-21/U S4a-22/U
#[test]
fn the_environment_list_has_sixteen_items_in_order_and_grows() {
    let found = template("readiness/production");
    assert_eq!(
        checks(&found, "environment"),
        [
            "architecture",
            "machine_room",
            "power",
            "network_lines",
            "operating_system",
            "host_names",
            "storage",
            "backup",
            "environment_parameters",
            "database",
            "middleware",
            "redundancy",
            "communication",
            "operators",
            "environment_variables",
            "clients",
        ]
    );
    assert!(step(&found, "environment").extensible);
    // The same list stands where a product comes to a site.
    assert_eq!(checks(&template("product/site"), "environment"), checks(&found, "environment"));
}

// proves: S4a-28/U S4a-29/U S4a-30/U S4a-31/U S4a-32/U S4a-33/U S4a-34/U S4a-35/U
#[test]
fn nine_documents_are_demanded_before_production_and_passwords_are_restricted() {
    let found = template("readiness/production");
    assert_eq!(
        produces(&found, "documents"),
        [
            "installation_manual",
            "parameter_manual",
            "backup_instruction",
            "failure_manual",
            "directory_list",
            "log_description",
            "password_description",
            "cleanup_plan",
            "address_book",
        ]
    );
    assert!(step(&found, "documents").produces.iter().all(|it| !it.optional));
    let restricted = |id: &str| found.document(id).and_then(|it| it.confidentiality.clone());
    assert_eq!(restricted("password_description").as_deref(), Some("confidential"));
    assert_eq!(checks(&found, "training"), ["use", "install", "maintain"]);
    assert_eq!(
        checks(&found, "program_and_data"),
        ["program", "versions", "parameters", "initial_data"]
    );
}

impl Stage {
    /// A started run; every role is held by a person of its name.
    fn new(id: &str) -> Stage {
        let mut stage = Stage::set(template(id));
        stage.try_as("lead", Command::Start).expect("started");
        stage
    }

    fn act(&mut self, who: &str, command: Command) {
        self.act_as(who, command);
    }

    fn field(&mut self, who: &str, field: &str, value: Value) {
        self.act(who, Command::SetField { field: field.to_owned(), value });
    }

    fn write(&mut self, who: &str, document: &str) {
        let id = DocumentId::new(IdSeed { millis: 1, random: document.len() as u128 });
        let (document, digest) = (document.to_owned(), format!("{document}-1"));
        let missing_sections = Vec::new();
        self.act(who, Command::DocumentWritten { document, id, digest, missing_sections });
    }

    fn sign(&mut self, who: &str, document: &str, role: &str) -> Result<Decision, Refusal> {
        let digest = self.run.documents[document].digest.clone();
        let command = Command::Sign {
            document: document.to_owned(),
            role: role.to_owned(),
            meaning: "accepted".to_owned(),
            digest,
            assurance: Assurance::Password,
        };
        self.try_as(who, command)
    }

    fn done(&mut self, who: &str, step: &str) -> Result<Decision, Refusal> {
        self.try_as(who, Command::Done { step: step.to_owned(), remark: String::new() })
    }
}

// proves: S4a-23/U
#[test]
fn less_hardware_than_required_does_not_pass() {
    let mut stage = Stage::new("readiness/production");
    let items = [
        ("host_connection", "two lines", "Two lines", true),
        ("host_model", "R740", "R640", false),
        ("processor", "64 GHz", "51.2 GHz", false),
        ("memory", "256 GB", "256 GB", true),
        ("disk", "4000", "8000", true),
        ("network_cards", "2 x 10G", "2 x 10G", true),
        ("fibre_channel", "none", "none", true),
        ("other_cards", "none", "one encryption card", false),
    ];
    assert_eq!(checks(&stage.template, "hardware"), items.map(|it| it.0));
    for (item, required, ..) in items {
        let value = Value::Text(required.to_owned());
        stage.field("project_manager", &format!("required_{item}"), value);
    }
    stage.field("project_manager", "migration_needed", Value::Bool(false));
    stage.done("project_manager", "sizing").expect("said");
    for (item, _, found, _) in items {
        let command = Command::Answer {
            step: "hardware".to_owned(),
            check: item.to_owned(),
            answer: Answer::Found(found.to_owned()),
            remark: String::new(),
        };
        stage.act("system_operator", command);
    }
    let Err(Refusal::NotYet { waiting, .. }) = stage.done("system_operator", "hardware") else {
        panic!("too little hardware passed");
    };
    let short: BTreeSet<String> = waiting.iter().map(|it| format!("{it:?}")).collect();
    for (item, _, _, passes) in items {
        let named = short.iter().any(|it| it.contains(&format!("\"{item}\"")));
        assert_eq!(named, !passes, "{item}: {short:?}");
    }
}

// proves: S4g-08/U
#[test]
fn each_stage_of_development_names_who_does_it_and_what_it_takes() {
    let found = template("development/project");
    for id in [
        "requirements",
        "plan",
        "designing",
        "design_review",
        "coding",
        "test_rounds",
        "user_acceptance",
        "switch_over",
        "verify",
        "upkeep",
    ] {
        let step = step(&found, id);
        assert!(!step.roles.is_empty(), "{id}: nobody does it");
        let told = |lang: &Lang| step.tools.get(*lang).is_some_and(|it| !it.is_empty());
        assert!(Lang::ALL.iter().all(told), "{id}: {:?}", step.tools);
    }
}

// proves: S4f-16/U S4f-28/U
#[test]
fn nobody_signs_for_both_parties() {
    let mut stage = Stage::new("development/project");
    // One person with both roles may sign for one of the parties only.
    stage.ctx.holders.insert(
        "user_representative".to_owned(),
        vec![person("project_manager"), person("user_representative")],
    );
    stage.write("project_manager", "initiation_report");
    stage.sign("project_manager", "initiation_report", "project_manager").expect("signed");
    assert_eq!(
        stage.sign("project_manager", "initiation_report", "user_representative"),
        Err(Refusal::OneParty { signed: "project_manager".to_owned() })
    );
    stage.sign("user_representative", "initiation_report", "user_representative").expect("both");
    let report = &stage.run.documents["initiation_report"];
    assert!(report.signed_by("project_manager") && report.signed_by("user_representative"));
    // The acceptance is signed in the same way, and the project cannot go on without it.
    let acceptance = stage.template.document("acceptance_report").expect("declared");
    assert!(acceptance.two_parties && acceptance.signed_by.len() == 2);
}

/// Documents by the stage that hands them in.
fn stages(found: &Template) -> Vec<(&str, Vec<&str>)> {
    let of = |phase: &'_ roadbook_core::process::template::Phase| {
        phase.steps.iter().flat_map(|it| &it.produces).map(|it| it.document.clone()).collect()
    };
    let mut list = Vec::new();
    for phase in &found.phases {
        let made: Vec<String> = of(phase);
        let known = |id: &String| found.document(id).map(|it| it.id.as_str());
        list.push((phase.id.as_str(), made.iter().filter_map(known).collect()));
    }
    list
}

// proves: S4f-07/U S4f-08/U S4f-09/U S4f-10/U S4f-11/U S4f-12/U S4f-13/U S4f-14/U S4f-05/U
// proves: S4e-08/U
#[test]
fn each_stage_of_a_project_has_its_deliverables() {
    let found = template("development/project");
    let stages: BTreeMap<&str, Vec<&str>> = stages(&found).into_iter().collect();
    for (stage, wanted) in [
        ("initiation", vec!["project_application", "initiation_report", "task_assignment"]),
        ("requirements", vec!["business_requirements", "development_plan"]),
        ("design", vec!["design", "database_design", "unit_test_plan"]),
        ("coding", vec!["code_description", "business_changes", "problem_report"]),
        ("test", vec!["test_report", "user_manual"]),
        (
            "release",
            vec!["rollback_plan", "training_report", "migration_report", "switch_over_report"],
        ),
        ("maintenance", vec!["feedback_record"]),
        ("summary", vec!["acceptance_report", "project_summary"]),
    ] {
        assert_eq!(stages[stage], wanted, "{stage}");
    }
    let order: Vec<&str> = found.phases.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(
        order,
        [
            "initiation",
            "requirements",
            "design",
            "coding",
            "test",
            "release",
            "maintenance",
            "summary",
            "closing"
        ]
    );
}

// proves: S4f-15/U S4f-17/U S4f-19/U S4f-20/U S4f-25/U
#[test]
fn each_deliverable_says_stage_form_duty_who_answers_and_what_for() {
    let found = template("development/project");
    let table = |id: &str| {
        let it = found.document(id).unwrap_or_else(|| panic!("no document {id}"));
        let format = it.format.clone().unwrap_or_default();
        (format, it.role.clone().unwrap_or_default(), it.report)
    };
    use ReportClass::{Acceptance, Process, Summary};
    for (id, format, role, class) in [
        ("initiation_report", "Word", "project_manager", Acceptance),
        ("business_requirements", "Word", "requirement_analyst", Acceptance),
        ("development_plan", "Project", "project_manager", Acceptance),
        ("design", "Word, Visio", "architect", Acceptance),
        ("database_design", "PowerDesigner", "architect", Acceptance),
        ("task_assignment", "Word", "project_manager", Process),
        ("problem_report", "Word", "project_manager", Process),
        ("business_changes", "Word", "requirement_analyst", Process),
        ("test_report", "Word", "tester", Acceptance),
        ("user_manual", "Word", "tester", Acceptance),
        ("switch_over_report", "Word", "project_manager", Process),
        ("training_report", "Word", "project_manager", Process),
        ("acceptance_report", "Word", "project_manager", Acceptance),
        ("project_summary", "Word, PowerPoint", "project_manager", Summary),
    ] {
        assert_eq!(table(id), (format.to_owned(), role.to_owned(), Some(class)), "{id}");
        let document = found.document(id).expect("declared");
        assert!(document.about.missing().is_empty(), "{id} says what it is for");
        assert!(document.volume.is_some() && document.number.is_some(), "{id} is filed");
    }
    let meeting = &step(&found, "designing").checks[0];
    assert_eq!(meeting.kind, CheckKind::Meeting);
}

// proves: S4e-02/U S4e-03/U S4e-07/U S4f-04/U S4f-31/U
#[test]
fn a_project_is_a_new_system_or_a_major_rework_in_one_of_three_modes() {
    let found = template("development/project");
    let accepts = found.accepts.as_ref().expect("kinds");
    assert_eq!(accepts.kinds, ["new_system", "major_rework"]);
    let mode = found.fields.iter().find(|it| it.id == "development_mode").expect("asked");
    let modes = ["in_house", "cooperative", "outsourced"].map(str::to_owned).to_vec();
    assert_eq!(mode.kind, FieldType::Enum(modes));
    // Who belongs into the IT group follows the mode.
    let guards: Vec<(&str, String)> = step(&found, "team")
        .checks
        .iter()
        .filter_map(|it| Some((it.id.as_str(), it.when.as_ref()?.source.clone())))
        .collect();
    assert_eq!(guards.len(), 3, "{guards:?}");
    // Management around engineering: initiation, plan and control, cooperation, closing.
    let groups: Vec<&str> = found.phases.iter().filter_map(|it| it.group.as_deref()).collect();
    assert_eq!((groups[0], groups[groups.len() - 1]), ("management", "management"));
    assert!(groups.iter().filter(|it| **it == "engineering").count() == 6);
    for role in ["requirement_analyst", "developer", "tester", "architect", "project_manager"] {
        assert!(found.role(role).is_some(), "{role}");
    }
}

fn departments(found: &Template) -> BTreeSet<String> {
    found.steps().flat_map(|(_, it)| roles_of(it)).collect()
}

fn roles_of(step: &Step) -> Vec<String> {
    let own = step.roles.iter();
    let approvers = match &step.kind {
        StepKind::Approval(spec) => spec.approvers.iter().map(|it| &it.role).collect(),
        _ => Vec::new(),
    };
    own.chain(approvers).map(roadbook_core::run::role_name).collect()
}

fn gates(found: &Template) -> usize {
    let gate = |it: &&Step| {
        matches!(it.kind, StepKind::Approval(_) | StepKind::Review | StepKind::Decision(_))
            || it.key_node
    };
    found.steps().map(|(_, it)| it).filter(gate).count()
}

// proves: S4i-23/U S4i-24/U
#[test]
fn a_main_version_has_more_departments_participations_and_gates_than_a_patch() {
    let (main, patch) = (template("product/main"), template("product/patch"));
    assert!(departments(&main).len() > departments(&patch).len());
    let part = |it: &Template| it.steps().map(|(_, it)| roles_of(it).len()).sum::<usize>();
    assert!(part(&main) > part(&patch), "{} {}", part(&main), part(&patch));
    assert!(gates(&main) > gates(&patch), "{} {}", gates(&main), gates(&patch));
}

#[test]
fn every_finished_change_is_tried_by_customers_before_the_others_are_finished() {
    let main = template("product/main");
    let steps =
        [("develop", "design_review"), ("trial_build", "develop"), ("trial", "trial_build")];
    for (id, after) in steps {
        let step = step(&main, id);
        assert_eq!(step.each, Some(Each::ChangeItem), "{id}");
        let before: Vec<&str> = step.after.iter().flatten().map(String::as_str).collect();
        assert_eq!(before.join(""), after, "{id}");
    }
    assert_eq!(step(&main, "trial").kind, StepKind::Trial);
    assert_eq!(step(&main, "trial").roles[0], RoleRef::Role("customer".to_owned()));
    assert_eq!(template("product/site").subject, Subject::Site);
}

fn patch(answers: [bool; 3]) -> Release {
    let facts = ["with_customers", "great_effect", "cannot_wait"].map(str::to_owned);
    let item = ChangeItem {
        id: "c1".to_owned(),
        title: Text::of(Lang::En, "Totals are wrong"),
        kind: "fix".to_owned(),
        purpose: String::new(),
        facts: facts.into_iter().zip(answers.map(Value::Bool)).collect(),
    };
    Release {
        version: "2.1.1".to_owned(),
        title: "Totals".to_owned(),
        ..release::of("product/patch", "patch", item)
    }
}

// proves: S4i-20/U
#[test]
fn three_yes_make_a_patch_and_any_no_waits_for_the_next_main_version() {
    let found = template("product/patch");
    for (answers, codes) in [
        ([true, true, true], vec![]),
        ([false, true, true], vec!["class_forced"]),
        ([true, false, true], vec!["class_forced"]),
        ([true, true, false], vec!["class_forced"]),
    ] {
        let list: Vec<&str> = admit(&found, &patch(answers))
            .iter()
            .map(roadbook_core::release::ReleaseRefusal::code)
            .collect();
        assert_eq!(list, codes, "{answers:?}");
    }
    assert_eq!(found.classify[0].process.as_deref(), Some("product/main"));
    // Where it is kept is asked for, and any other place is refused.
    let path = found.fields.iter().find(|it| it.id == "storage_path").expect("asked");
    assert_eq!(path.required_by.as_deref(), Some("build"));
    assert!(
        Lang::ALL.iter().all(|it| path.ask.get(*it).is_some_and(|it| it.contains("Patch/[n]")))
    );
    let mut stage = Stage::new("product/patch");
    for (kept, right) in [
        ("Patch/12", true),
        ("Patch/", false),
        ("Patch/x", false),
        ("patches/12", false),
        ("trunk/Patch/12", false),
    ] {
        let (field, value) = ("storage_path".to_owned(), Value::Text(kept.to_owned()));
        let set = stage.try_as("lead", Command::SetField { field: field.clone(), value });
        let expected = "Patch/[n]".to_owned();
        assert_eq!(set.err(), (!right).then_some(Refusal::WrongType { field, expected }), "{kept}");
    }
}

/// A project's run as an extract sees it.
fn drawn(stage: &Stage, extract: Extract) -> Table {
    let release =
        Release { run: stage.run.clone(), kind: "new_system".to_owned(), ..patch([true; 3]) };
    let contacts = [ContactLine {
        site: "busan Busan".to_owned(),
        kind: "admin".to_owned(),
        name: "Lan".to_owned(),
        email: "lan@example.com".to_owned(),
    }];
    let sites = [SiteLine {
        site: "busan Busan".to_owned(),
        from: Some("2.1.0".to_owned()),
        outcome: Some("installed".to_owned()),
        at: Some(stage.ctx.now),
        by: "Lan".to_owned(),
        evidence: "about page".to_owned(),
    }];
    extract::draw(
        extract,
        &Source {
            release: &release,
            template: &stage.template,
            dates: &BTreeMap::new(),
            holders: &stage.ctx.holders,
            addresses: &BTreeMap::from([(person("tester"), "tester@example.com".to_owned())]),
            sites: &sites,
            contacts: &contacts,
            told: &[],
            closed: &[],
        },
    )
}

// proves: S4f-21/U S4f-26/U S4f-27/U S4a-36/U
#[test]
fn documents_are_drawn_from_the_record_with_a_cell_for_every_column() {
    let mut stage = Stage::new("development/project");
    stage.write("project_manager", "initiation_report");
    stage.sign("project_manager", "initiation_report", "project_manager").expect("signed");
    for extract in Extract::ALL {
        let table = drawn(&stage, extract);
        assert!(table.rows.iter().all(|it| it.len() == table.columns.len()), "{extract:?}");
    }
    // Every person finds each step that is theirs, with its number.
    let tasks = drawn(&stage, Extract::Tasks).rows;
    let manager: Vec<&Vec<Cell>> =
        tasks.iter().filter(|it| it[0] == Cell::Person(person("project_manager"))).collect();
    assert!(manager.len() > 8, "{}", manager.len());
    assert!(manager.iter().all(|it| it[1] == Cell::Role("project_manager".to_owned())));
    // Every deliverable stands in the table, with its stage and who signed it.
    let table = drawn(&stage, Extract::Deliverables).rows;
    assert_eq!(table.len(), stage.template.documents.len());
    let report = &table[1];
    assert_eq!(report[2], Cell::Plain("Word".to_owned()));
    assert_eq!(report[6], Cell::Plain("DV-02 / 02".to_owned()));
    let Cell::Lines(signed) = &report[8] else { panic!("unsigned: {report:?}") };
    assert_eq!(signed[1], Cell::Person(person("project_manager")));
    // The address book equals who holds the roles, and the contacts of the sites.
    let book = drawn(&stage, Extract::AddressBook).rows;
    assert_eq!(book.len(), stage.template.roles.len() + 1);
    let mails: Vec<&Cell> = book.iter().map(|it| &it[2]).filter(|it| **it != Cell::Empty).collect();
    assert_eq!(mails.len(), 2, "{mails:?}");
    let upgrade = &drawn(&stage, Extract::Upgrades).rows[0];
    assert_eq!(upgrade[1..3], [Cell::Plain("2.1.0".to_owned()), Cell::Plain("2.1.1".to_owned())]);
}

/// What a change does to a system or a service in operation.
// proves: S3-11/U
#[test]
fn a_change_of_a_service_adds_removes_or_modifies() {
    let found = template("service/release");
    let item = |action: &str| ChangeItem {
        id: "c1".to_owned(),
        title: Text::of(Lang::En, "Replay"),
        kind: "feature".to_owned(),
        purpose: String::new(),
        facts: BTreeMap::from([("action".to_owned(), Value::Text(action.to_owned()))]),
    };
    for (action, codes) in [
        ("add", vec![]),
        ("remove", vec![]),
        ("modify", vec![]),
        ("replace", vec!["answer_unknown"]),
    ] {
        let release = release::of("service/release", "", item(action));
        let found: Vec<&str> = admit(&found, &release).iter().map(|it| it.code()).collect();
        assert_eq!(found, codes, "{action}");
    }
}
