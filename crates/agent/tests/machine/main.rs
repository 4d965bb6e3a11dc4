//! The state machine of the agent against ports in memory: killed at every step, every hook run
//! twice, every hook failed.

mod site;

use roadbook_agent::journal::Stage;
use roadbook_core::package::{OrderKind, Retry};
use site::*;
use std::time::Duration;

fn summary(told: &roadbook_wire::ddi::Feedback) -> String {
    told.status.details.join("\n")
}

const HOOKS: [&str; 8] =
    ["readiness", "backup", "install", "configure", "migrate", "function", "stability", "rollback"];

#[test]
fn an_order_runs_every_step_in_its_order_and_reports_each() {
    let mut rig = Rig::with_old();
    rig.give(2, &manifest("2.0", 2), 2);
    assert!(rig.settle());
    assert_eq!(rig.check("installed"), "2.0");
    assert_eq!(rig.program.borrow().ran, &HOOKS[..7]);
    let said: Vec<String> =
        rig.server.heard.iter().flat_map(|(_, body)| body.status.details.clone()).collect();
    for step in
        ["backup: done", "install: done", "migrate: done", "2.0 is current", "ledger 2.0 runs"]
    {
        assert!(said.iter().any(|line| line.starts_with(step)), "{step} in {said:?}");
    }
    assert_eq!(rig.last().expect("closed").status.result.finished, "success");
}

/// Failing hook, whether something was changed by then, and hooks that ran.
#[test]
fn a_hook_that_fails_leaves_the_former_version() {
    for (bad, last) in [
        ("readiness", "readiness"),
        ("backup", "backup"),
        ("install", "rollback"),
        ("configure", "rollback"),
        ("migrate", "rollback"),
        ("function", "rollback"),
        ("stability", "rollback"),
    ] {
        let mut rig = Rig::with_old();
        rig.program.borrow_mut().bad = vec![bad.into()];
        rig.give(2, &manifest("2.0", 2), 2);
        assert!(rig.settle());
        assert_eq!(rig.check(bad), "1.0");
        let program = rig.program.borrow();
        assert_eq!(program.ran.last().map(String::as_str), Some(last), "{bad}");
        // The new version is never installed over data that were not kept.
        assert_eq!(program.ran.iter().any(|name| name == "install"), last == "rollback", "{bad}");
        let closed = rig.last().expect("closed");
        assert_eq!(closed.status.result.finished, "failure");
        assert!(summary(closed).contains("ended with 1"), "{:?}", closed.status);
    }
}

/// Every operation on disk, net and hooks is one place to die; the process is killed there, or the
/// power cut, with hooks that are well, fail once, or run twice.
fn die_everywhere(prepare: impl Fn(&Rig), power: bool, lies: bool, step: u64) -> (u64, u64) {
    let mut deaths = 0;
    let mut operations = 0;
    let mut at = 0;
    loop {
        let mut rig = Rig::with_old();
        prepare(&rig);
        rig.disk.lies = lies;
        rig.give(2, &manifest("2.0", 2), 2);
        rig.fuse.set(Some(at));
        let through = rig.settle();
        operations = operations.max(rig.fuse.count());
        if through {
            return (deaths, operations);
        }
        deaths += 1;
        rig.restart(power);
        assert!(rig.settle(), "one restart is enough, died at {at}");
        rig.check(&format!("died at {at}, power {power}"));
        assert!(rig.journal().run.is_none(), "died at {at}");
        let closed = rig.server.heard.iter().filter(|(_, b)| b.status.execution == "closed");
        assert!(closed.count() >= 1, "died at {at}: the server hears how it ended");
        at += step;
    }
}

#[test]
fn killed_at_every_step_a_site_is_old_or_new_and_whole() {
    let mut all = 0;
    for power in [false, true] {
        all += die_everywhere(|_| {}, power, false, 1).0;
        all += die_everywhere(|rig| rig.program.borrow_mut().twice = true, power, false, 3).0;
        for bad in HOOKS {
            let fail = |rig: &Rig| {
                let mut program = rig.program.borrow_mut();
                program.bad_once = vec![bad.into()];
                if bad == "rollback" {
                    program.bad_once.push("function".into());
                }
            };
            all += die_everywhere(fail, power, false, 4).0;
        }
    }
    println!("inputs: {all} deaths of an agent in memory");
    assert!(all >= 500, "{all}");
}

// A detector that never fired proves nothing.
#[test]
fn a_disk_that_does_not_synchronize_is_caught() {
    let caught = std::panic::catch_unwind(|| die_everywhere(|_| {}, true, true, 1));
    assert!(caught.is_err(), "a power cut on a lying disk must leave something wrong");
}

#[test]
fn two_deaths_in_a_row_are_no_worse_than_one() {
    for first in (0..120).step_by(7) {
        for second in (0..60).step_by(5) {
            let mut rig = Rig::with_old();
            rig.give(2, &manifest("2.0", 2), 2);
            rig.fuse.set(Some(first));
            rig.settle();
            rig.restart(first % 2 == 0);
            rig.fuse.set(Some(second));
            rig.settle();
            rig.restart(second % 2 == 0);
            assert!(rig.settle());
            rig.check(&format!("died at {first} and {second}"));
            assert!(rig.journal().run.is_none());
        }
    }
}

#[test]
fn what_may_not_run_twice_does_not() {
    for (retry, answer, want) in [
        (Retry::Never, None, "1.0"),
        (Retry::Ask, Some(true), "2.0"),
        (Retry::Ask, Some(false), "1.0"),
        (Retry::Safe, None, "2.0"),
    ] {
        let mut rig = Rig::with_old();
        let mut new = manifest("2.0", 2);
        new.hooks.migrate.as_mut().expect("has one").retry = retry;
        rig.give(2, &new, 2);
        rig.program.borrow_mut().cut = true;
        rig.until(|run| run.stage == Stage::Migrate);
        while rig.turn().is_ok() {
            rig.clock.pass(Duration::from_secs(1));
        }
        assert_eq!(rig.journal().run.expect("runs").hook.as_deref(), Some("migrate"));
        rig.restart(true);
        if retry == Retry::Ask {
            rig.settle_in(3);
            let run = rig.journal().run.expect("waits for a person");
            let question = run.question.expect("asks");
            assert_eq!(rig.program.borrow().data, "half");
            rig.site.answers.extend(answer.map(|answer| (question, answer)));
        }
        assert!(rig.settle());
        assert_eq!(rig.check(&format!("{retry:?}")), want);
    }
}

#[test]
fn going_back_by_order_restores_data_and_version() {
    let mut rig = Rig::with_old();
    rig.give(2, &manifest("2.0", 2), 2);
    assert!(rig.settle());
    rig.check("installed");
    let back = order(3, OrderKind::Rollback, &manifest("1.0", 1), 3);
    rig.server.order_now(3, base(&back, None));
    assert!(rig.settle());
    assert_eq!(rig.check("gone back"), "1.0");
    assert_eq!(rig.journal().installed["ledger"].version, "1.0");
    assert_eq!(rig.last().expect("closed").status.result.finished, "success");
}

#[test]
fn an_order_is_obeyed_once_and_only_when_it_is_new_and_signed() {
    type Change = fn(&mut roadbook_core::package::Order);
    let cases: [(&str, Change); 6] = [
        ("order_older", |order| order.counter = 1),
        ("site", |order| order.site = "site-2".into()),
        ("order_expired", |order| order.until = START.parse().expect("a moment")),
        ("order_action", |order| order.action = 9),
        ("no_former", |order| order.kind = OrderKind::Rollback),
        ("format", |order| order.format = 2),
    ];
    for (code, change) in cases {
        let mut rig = Rig::with_old();
        let new = manifest("2.0", 2);
        let bytes = package(&new);
        let mut order = order(2, OrderKind::Install, &new, 2);
        change(&mut order);
        let mut base = base(&order, Some(&bytes));
        base.id = "2".into();
        rig.server.order_now(2, base);
        rig.server.files.insert("mem:/2.0".into(), bytes);
        assert!(rig.settle());
        assert_eq!(rig.check(code), "1.0");
        let closed = rig.last().expect("closed");
        assert!(summary(closed).contains(code), "{code}: {:?}", closed.status);
        assert!(rig.program.borrow().ran.is_empty());
    }
}

#[test]
fn the_site_decides_when() {
    let mut rig = Rig::with_old();
    rig.site.policy =
        roadbook_agent::policy::Policy::parse("veto = \"stock-taking\"").expect("reads");
    rig.give(2, &manifest("2.0", 2), 2);
    rig.settle_in(10);
    assert_eq!(rig.check("vetoed"), "1.0");
    assert!(rig.server.heard.iter().any(|(_, body)| body.status.execution == "rejected"));
    // Also when the server is gone.
    rig.server.down = true;
    rig.settle_in(10);
    assert!(rig.program.borrow().ran.is_empty());
    rig.server.down = false;
    rig.site.policy = roadbook_agent::policy::Policy::parse("consent = \"ask\"").expect("reads");
    rig.settle_in(10);
    assert_eq!(rig.journal().run.expect("waits").question.as_deref(), Some("2"));
    rig.site.answers.insert("2".into(), true);
    assert!(rig.settle());
    assert_eq!(rig.check("agreed"), "2.0");
}

#[test]
fn an_order_that_was_withdrawn_does_not_begin() {
    let mut rig = Rig::with_old();
    rig.site.policy = roadbook_agent::policy::Policy::parse("consent = \"ask\"").expect("reads");
    rig.give(2, &manifest("2.0", 2), 2);
    rig.settle_in(5);
    // Halted: the server shows nothing and answers 404.
    rig.server.links.deployment_base = None;
    rig.server.orders.clear();
    rig.site.answers.insert("2".into(), true);
    assert!(rig.settle());
    assert_eq!(rig.check("withdrawn"), "1.0");
    assert!(rig.program.borrow().ran.is_empty());
}

#[test]
fn downloads_go_on_where_they_were_cut_and_a_full_disk_waits() {
    let mut rig = Rig::with_old();
    rig.server.cut_after = Some(700);
    rig.give(2, &manifest("2.0", 2), 2);
    assert!(rig.settle());
    assert_eq!(rig.check("cut"), "2.0");
    let mut rig = Rig::with_old();
    let room = rig.disk.room;
    rig.disk.room = 2_000;
    rig.give(2, &manifest("2.0", 2), 2);
    let _ = rig.turn();
    rig.disk.room = room;
    assert!(rig.settle());
    assert_eq!(rig.check("room was made"), "2.0");
}

#[test]
fn hooks_get_what_the_manifest_declares_and_secrets_come_from_the_site() {
    use roadbook_core::package::Parameter;
    let parameter = |name: &str, secret| Parameter {
        name: name.into(),
        title: roadbook_core::text::Text::default(),
        required: true,
        default: None,
        secret,
    };
    let mut rig = Rig::with_old();
    let mut new = manifest("2.0", 2);
    new.parameters = vec![parameter("port", false), parameter("db-password", true)];
    rig.give(2, &new, 2);
    assert!(rig.settle());
    let why = summary(rig.last().expect("closed"));
    assert!(why.contains("not set: db-password"), "{why}");
    assert_eq!(rig.check("not set"), "1.0");
    rig.site.secrets.insert("db-password".into(), "hush".into());
    rig.give(3, &new, 3);
    assert!(rig.settle());
    let env = rig.program.borrow().env.clone();
    assert_eq!(env["PARAM_PORT"], "80");
    assert_eq!(env["PARAM_DB_PASSWORD"], "hush");
    assert!(!env.contains_key("PARAM_SPARE"), "what is not declared does not reach a hook");
    let told = serde_json::to_string(&(&rig.server.heard, &rig.server.facts)).expect("writes");
    assert!(!told.contains("hush"), "a secret never reaches the server");
}

#[test]
fn a_file_that_was_changed_after_the_check_is_not_run() {
    let mut rig = Rig::with_old();
    rig.give(2, &manifest("2.0", 2), 2);
    rig.until(|run| run.stage >= Stage::Install);
    rig.disk.overwrite("apps/ledger/versions/2.0/run", b"evil");
    rig.program.borrow_mut().ran.clear();
    assert!(rig.settle());
    assert_eq!(rig.program.borrow().ran, Vec::<String>::new());
    assert_eq!(rig.current().as_deref(), Some("1.0"));
}

#[test]
fn a_clock_that_was_set_back_makes_no_order_young() {
    let mut rig = Rig::with_old();
    rig.clock.now -= jiff::SignedDuration::from_hours(24 * 400);
    let new = manifest("2.0", 2);
    let bytes = package(&new);
    let mut late = order(2, OrderKind::Install, &new, 2);
    late.until =
        START.parse::<jiff::Timestamp>().expect("a moment") - jiff::SignedDuration::from_secs(1);
    rig.server.order_now(2, base(&late, Some(&bytes)));
    assert!(rig.settle());
    assert_eq!(rig.check("late"), "1.0");
    rig.clock.pass(Duration::from_secs(1));
}
