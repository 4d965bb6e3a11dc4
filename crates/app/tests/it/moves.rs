//! A running release of an enterprise system goes over to later revisions of its process: what was
//! taken out is not asked any more, what is new is, and what was signed otherwise is signed again.

use crate::walk::acts::Direct;
use crate::walk::scripts::SHANGHAI;
use crate::walk::town::{Town, builtin};
use crate::walk::{Script, Walk, application, item};
use roadbook_app::record::StoryFilter;
use roadbook_app::releases::{MigrateRelease, MigrationView};
use roadbook_app::{Call, Error};
use roadbook_core::process::expr::Value;
use roadbook_core::run::{StepFate, StepState};

const PROCESS: &str = "enterprise/upgrade";

fn file() -> String {
    let found = roadbook_wire::process::builtin().iter().find(|it| it.0 == PROCESS);
    found.unwrap().1.to_owned()
}

/// The part of the file from one word to the next other one.
fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("{from}"));
    let end = start + 4 + text[start + 4..].find(to).unwrap_or_else(|| panic!("{to}"));
    &text[start..end]
}

fn swapped(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// The PMO no longer reviews.
fn without_review(text: &str) -> String {
    let review = part(text, "  [[phase.step]]\n  id = \"pmo_review\"", "  [[phase.step]]\n");
    let text = text.replace(review, "");
    swapped(&text, "after = [\"pmo_review\"]", "after = [\"countersign\"]")
}

/// Security is reviewed before the final approval, and the departments are asked less.
fn with_security(text: &str) -> String {
    let t = r#"{ en = "Security review", ko = "보안 심의", vi = "Xét duyệt bảo mật", zh = "安全评审" }"#;
    let step = format!(
        "  [[phase.step]]\n  id = \"security_review\"\n  kind = \"approval\"\n  title = {t}\n  \
         description = {t}\n  role = \"infrastructure\"\n  after = [\"countersign\"]\n  \
         not_by = [\"author\"]\n  rejected = \"application\"\n  effort = \"1h\"\n  \
         due = \"T-4d\"\n  expires = {{ after = \"2d\", then = \"escalate\" }}\n\n"
    );
    let final_approval = "  [[phase.step]]\n  id = \"final_approval\"";
    let text = swapped(text, final_approval, &format!("{step}{final_approval}"));
    let at = text.find(final_approval).unwrap();
    let tail = swapped(&text[at..], "after = [\"countersign\"]", "after = [\"security_review\"]");
    let text = format!("{}{tail}", &text[..at]);
    let check = part(&text, "    [[phase.step.check]]\n    id = \"user_notice_drafted\"", "    [[");
    let text = text.replace(check, "");
    swapped(
        &text,
        "\"knowledge_transferred\", \"user_notice_drafted\"",
        "\"knowledge_transferred\"",
    )
}

struct Moves {
    walk: Walk<Direct>,
}

impl Moves {
    async fn new() -> Moves {
        let script = Script {
            kind: "upgrade",
            lead: "project_manager",
            items: vec![item("Batch genealogy", "feature", "feature", &[])],
            slot: Some(("2026-02-26T11:00:00Z", "2026-02-26T14:00:00Z")),
            fields: vec![("training_needed", Value::Bool(true))],
            ..Script::of(PROCESS)
        };
        let town = Box::pin(Town::found(None, &builtin(PROCESS), SHANGHAI)).await;
        Moves { walk: Box::pin(Walk::begin(Direct { town }, script)).await }
    }

    async fn call(&self, who: &str) -> Call {
        let town = &self.walk.acts.town;
        town.world.call_of(town.person_id(who)).await
    }

    async fn publish(&self, text: &str, note: &str) {
        let world = &self.walk.acts.town.world;
        world.app.process_publish(&world.admin().await, text, note).await.unwrap();
    }

    async fn preview(&self, who: &str) -> Result<MigrationView, Error> {
        self.preview_of(who, None).await
    }

    async fn preview_of(&self, who: &str, to: Option<u32>) -> Result<MigrationView, Error> {
        let call = self.call(who).await;
        let app = &self.walk.acts.town.world.app;
        app.release_migrate_preview(&call, &self.walk.release, to).await
    }

    async fn migrate(&self, who: &str, reason: &str, preview: &str) -> Result<Vec<String>, Error> {
        let call = self.call(who).await;
        let (reason, preview) = (reason.to_owned(), preview.to_owned());
        let input = MigrateRelease { revision: None, reason, preview };
        let app = &self.walk.acts.town.world.app;
        Ok(app.release_migrate(&call, &self.walk.release, input).await?.notes)
    }

    async fn state(&self, step: &str) -> &'static str {
        self.walk.view().await.release.run.step_state(step).name()
    }
}

fn fate(view: &MigrationView, step: &str) -> Option<StepFate> {
    view.steps.iter().find(|it| it.step == step).map(|it| it.fate)
}

// proves: S2-02/U
#[tokio::test]
async fn a_running_release_keeps_its_revision_until_somebody_moves_it() {
    let mut moves = Box::pin(Moves::new()).await;
    Box::pin(moves.walk.until_open("pmo_review")).await;
    let lead = "project_manager";
    let refused = moves.preview(lead).await.unwrap_err();
    assert_eq!(refused.code(), "migration_same_revision");
    let second = without_review(&file());
    moves.publish(&second, "The PMO no longer reviews").await;

    // The release under way still needs the review; one that is opened now does not know it.
    Box::pin(moves.walk.settle(2)).await;
    assert_eq!(
        (moves.state("pmo_review").await, moves.state("final_approval").await),
        ("active", "foreseen")
    );
    let app = moves.walk.acts.town.world.app.clone();
    let mut new = application(&moves.walk.script, &moves.walk.acts.town);
    new.version = "V1.2.0.0002".to_owned();
    let opened = app.release_create(&moves.call("applicant").await, new).await.unwrap();
    let opened = roadbook_core::ids::ReleaseId::parse(&opened.id).unwrap();
    let admin = moves.walk.acts.town.world.admin().await;
    let other = app.release(&admin.actor, &opened).await.unwrap();
    assert_eq!(other.release.run.revision, 2);
    assert!(other.template.step("pmo_review").is_none());
    let used = app.process_cover(&admin, PROCESS).await.unwrap().used_by;
    assert_eq!(used, [(2, 1), (1, 1)], "both are told before anybody publishes a third");

    // Who leads sees what it changes for whom; whoever works in it or only looks on does not.
    assert_eq!(moves.preview("outsider").await.unwrap_err().code(), "denied");
    assert_eq!(moves.preview("pmo").await.unwrap_err().code(), "denied");
    let view = moves.preview(lead).await.unwrap();
    assert_eq!((view.from, view.to, view.note.as_str()), (1, 2, "The PMO no longer reviews"));
    assert_eq!(fate(&view, "pmo_review"), Some(StepFate::Removed));
    let pmo = moves.walk.acts.town.person_id("pmo").clone();
    let effect = view.people.iter().find(|it| it.person == pmo).unwrap();
    assert_eq!(
        (effect.goes.as_slice(), effect.comes.len()),
        (["pmo_review".to_owned()].as_slice(), 0)
    );
    assert_eq!(moves.walk.view().await.release.run.revision, 1, "asking changes nothing");
    assert_eq!(moves.walk.view().await.newer, Some(2), "whoever publishes is told that it waits");

    assert_eq!(moves.migrate(lead, "the new flow", "").await.unwrap_err().code(), "stale");
    assert_eq!(moves.migrate(lead, " ", &view.digest).await.unwrap_err().code(), "invalid");
    assert_eq!(moves.migrate("pmo", "x", &view.digest).await.unwrap_err().code(), "denied");
    assert_eq!(moves.migrate(lead, "the new flow", &view.digest).await.unwrap(), [""; 0]);
    let now = moves.walk.view().await;
    assert_eq!(now.release.run.revision, 2);
    assert_eq!(moves.state("final_approval").await, "active");
    let kept = &now.release.run.moves[0];
    assert_eq!((kept.from, kept.to, kept.reason.as_str()), (1, 2, "the new flow"));
    assert_eq!(kept.by.as_ref(), Some(moves.walk.acts.town.person_id(lead)));
    let countersign = &now.release.run.steps["countersign"];
    assert_eq!(countersign.state, StepState::Done);
    assert!(countersign.votes.iter().all(|it| it.voided_at.is_none()), "nobody signs it again");
    let story = app.story(&admin, &moves.walk.release, &StoryFilter::default(), i64::MAX).await;
    let entry = story.unwrap().0.into_iter().find(|it| it.kind == "release.migrated").unwrap();
    assert_eq!((&entry.facts["from"], &entry.facts["to"]), (&1.into(), &2.into()));
    assert_eq!(entry.facts["reason"], "the new flow");
    assert_eq!(entry.facts["changes"][1][1], "removed", "{}", entry.facts);
    let sound = app.story_check(&admin, &moves.walk.release).await.unwrap();
    assert!(sound.faults.is_empty(), "{sound:?}");

    // Only what is in force is moved to: not what held before, nor what was overtaken.
    let third = with_security(&second);
    moves.publish(&third, "Security is reviewed").await;
    moves.publish(&format!("{third}\n# More.\n"), "A remark").await;
    for (to, code) in [
        (1, "migration_not_in_force"),
        (2, "migration_same_revision"),
        (3, "migration_not_in_force"),
        (9, "migration_no_such_revision"),
    ] {
        assert_eq!(moves.preview_of(lead, Some(to)).await.unwrap_err().code(), code, "{to}");
    }
    assert!(moves.preview_of(lead, Some(4)).await.is_ok());
}

// proves: S2-02/U
#[tokio::test]
async fn what_is_new_is_asked_and_what_was_signed_otherwise_is_signed_again() {
    let mut moves = Box::pin(Moves::new()).await;
    Box::pin(moves.walk.until_open("final_approval")).await;
    let third = with_security(&without_review(&file()));
    moves.publish(&third, "Security is reviewed").await;
    let lead = "project_manager";
    let view = moves.preview(lead).await.unwrap();
    assert_eq!(fate(&view, "pmo_review"), Some(StepFate::Ended));
    assert_eq!(fate(&view, "countersign"), Some(StepFate::Voided));
    assert_eq!(fate(&view, "security_review"), Some(StepFate::Added));
    let waits = view.steps.iter().find(|it| it.fate == StepFate::Waits).unwrap();
    assert_eq!(
        (waits.step.as_str(), waits.others.as_slice()),
        ("final_approval", ["security_review".to_owned()].as_slice())
    );
    let person = moves.walk.acts.town.person_id("infrastructure").clone();
    let effect = view.people.iter().find(|it| it.person == person).unwrap();
    assert_eq!(effect.comes, ["security_review"]);
    assert_eq!(effect.again, ["countersign"]);
    assert_eq!(
        moves.migrate(lead, "security", &view.digest).await.unwrap(),
        ["voided:countersign"]
    );
    for (step, state) in
        [("countersign", "active"), ("security_review", "foreseen"), ("final_approval", "foreseen")]
    {
        assert_eq!(moves.state(step).await, state, "{step}");
    }
    let again = moves.preview(lead).await.unwrap_err();
    assert_eq!(again.code(), "migration_same_revision");
    // Everybody signs what they are asked to, and the release goes on to its end.
    let now = moves.walk.view().await;
    moves.walk.template = (*now.template).clone();
    Box::pin(moves.walk.until("security_review")).await;
    assert_eq!(moves.state("countersign").await, "done");
    Box::pin(moves.walk.to_the_end()).await;
    assert!(moves.walk.view().await.release.run.is_ended());
    let over = moves.preview(lead).await.unwrap_err();
    assert_eq!(over.code(), "migration_over");
}
