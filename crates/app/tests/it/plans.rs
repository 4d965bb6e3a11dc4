//! The plan of a release, and what a move of its go-live would mean before it is made.

use crate::notices::{Story, TELL, notice};
use jiff::SignedDuration;
use roadbook_core::plan::{Constraint, Difference, PlanProblem, WayOut};
use roadbook_core::run::Slot;

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

#[tokio::test]
async fn a_move_tells_whom_it_concerns_before_it_is_made_and_writes_nothing() {
    let steps = [
        notice("tell", "customers", r#""email""#, TELL),
        notice("tell_team", "team", r#""email""#, r#"due = "T-3d""#),
    ];
    let story = Story::new(&steps.concat()).await;
    story.begin(15).await;
    story.days(1).await;
    let actor = story.manager().await.actor;
    let app = &story.world.app;
    let planned = app.release_plan(&actor, &story.release).await.unwrap();
    let go_live = planned.plan.go_live.unwrap();
    assert!(planned.plan.problems.is_empty(), "{:?}", planned.plan.problems);
    assert!(planned.plan.steps["tell_team"].slack > 0);
    let slot = Slot { start: go_live.start + days(7), end: go_live.start + days(7) + days(1) / 12 };
    let revision = app.release(&actor, &story.release).await.unwrap().revision;
    let asked = app.release_what_if(&actor, &story.release, slot).await.unwrap();
    let told: Vec<(&str, bool, usize)> =
        asked.told.iter().map(|it| (it.step.as_str(), it.correction, it.recipients)).collect();
    assert_eq!(told, [("tell", true, 3), ("tell_team", false, 1)], "those who know come first");
    assert_eq!(asked.told[0].told, Some(go_live.start));
    let moved = asked.told[1].latest_after.unwrap().duration_since(asked.told[1].latest.unwrap());
    assert_eq!(moved, days(7));
    assert_eq!(
        asked.moves["go_live"],
        Difference::Moved { start: 7 * 1440, finish: 7 * 1440, slack: 0, late: None }
    );
    assert!(!asked.moves.contains_key("tell"), "what is over does not move");
    assert_eq!(app.release(&actor, &story.release).await.unwrap().revision, revision);
}

#[tokio::test]
async fn a_go_live_that_leaves_no_lead_time_is_a_conflict_with_ways_out() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, TELL)).await;
    story.begin(40).await;
    let actor = story.manager().await.actor;
    let app = &story.world.app;
    let start = app.now() + days(4);
    let slot = Slot { start, end: start + SignedDuration::from_hours(2) };
    let asked = app.release_what_if(&actor, &story.release, slot).await.unwrap();
    let Some(PlanProblem::Conflict(found)) = asked.after.problems.first() else {
        panic!("{:?}", asked.after.problems)
    };
    assert_eq!(found.step, "tell");
    assert!(matches!(found.constraints[0], Constraint::Now { .. }), "{:?}", found.constraints);
    assert!(found.ways_out.iter().any(|it| matches!(it, WayOut::MoveGoLive { to, .. }
        if to.start > slot.start)));
    assert!(found.ways_out.iter().any(|it| matches!(it, WayOut::DropLeadTime { .. })));
    let backwards = Slot { start, end: start };
    let refused = app.release_what_if(&actor, &story.release, backwards).await.unwrap_err();
    assert_eq!(refused.code(), "invalid");
}

#[tokio::test]
async fn hours_stand_against_capacity_and_absences_clash() {
    let story = Story::new(&notice("tell", "customers", r#""email""#, TELL)).await;
    story.begin(15).await;
    let call = story.manager().await;
    let app = &story.world.app;
    let work = app.workload(&call.actor, 21).await.unwrap();
    assert_eq!(work.days.len(), 21);
    assert!(work.clashes.is_empty(), "{:?}", work.clashes);
    // Saturday and Sunday have no hours; the go-live of an hour stands on its day.
    let weekend = work.days.iter().filter(|it| it.capacity.is_none()).count();
    assert_eq!(weekend, 6, "{:?}", work.days);
    let busy = work.days.iter().find(|it| it.planned >= 60).unwrap().date;
    let me = call.person().unwrap().clone();
    let absence = roadbook_app::roles::AbsenceInput {
        person: me,
        from: busy,
        to: busy,
        reason: String::new(),
    };
    app.absence_add(&call, absence).await.unwrap();
    let work = app.workload(&call.actor, 21).await.unwrap();
    let clash = work.clashes.first().expect("work on a day of absence");
    assert_eq!(clash.clash.code(), "clash_absent");
    assert!(clash.parts.iter().all(|it| it.release == story.release));
    let away = work.days.iter().find(|it| it.date == busy).unwrap();
    assert!(away.away && away.capacity.is_none());
}
