//! The program at a site as it is: real processes, real directories, a server on loopback.

#[cfg(feature = "failpoints")]
mod crash;
mod hostile;
mod server;
mod world;

use roadbook_core::package::{OrderKind, Parameter};
use std::io::Write;
use std::process::Stdio;
use world::*;

// proves: S0-05/E S0-23/E S4h-01/E S4h-02/E S4h-03/E S4h-04/E S4h-05/E S3-78/E
#[test]
fn a_package_is_installed_step_by_step_and_each_step_is_reported() {
    let place = Place::with_old();
    let mut new = manifest("2.0", 20, &place.release);
    let parameter = |name: &str, secret| Parameter {
        name: name.into(),
        title: roadbook_core::text::Text::default(),
        required: true,
        default: None,
        secret,
    };
    new.parameters = vec![parameter("port", false), parameter("secret", true)];
    // A secret is set at the site.
    let mut set = place
        .command()
        .args(["set", "secret"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    set.stdin.take().expect("open").write_all(b"hush-hush\n").expect("takes it");
    assert!(set.wait().expect("ends").success());
    place.give(&place.offer_of(2, &new));
    let out = place.once();
    assert!(out.status.success(), "{out:?} {:?}", place.ddi.state().heard);
    assert_eq!(place.check("installed"), "2.0");
    assert_eq!(
        place.text("ran").as_deref(),
        Some("readiness\nbackup\ninstall\nconfigure\nmigrate\nfunction")
    );
    assert_eq!(place.text("env").as_deref(), Some("PARAM_PORT=80 PARAM_SECRET=hush-hush HOME="));
    let state = place.ddi.state();
    let said = serde_json::to_string(&(&state.heard, &state.facts)).expect("writes");
    for word in ["backup: done", "migrate: done", "verify 1: function: done", "stage: switch"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(!said.contains("hush-hush"), "a secret never leaves the site");
    let facts = state.facts.as_ref().expect("facts were told").to_string();
    for fact in
        ["os", "platform", "cpu.cores", "memory", "disk.free", "drift.ledger", "installed.ledger"]
    {
        assert!(facts.contains(fact), "{fact} in {facts}");
    }
}

// proves: S0-05/E S4h-04/E S4h-05/E
#[test]
fn a_check_that_fails_brings_the_former_version_and_its_data_back() {
    let place = Place::with_old();
    std::fs::write(place.data("bad"), "").expect("writes");
    place.give(&place.offer(20, "2.0"));
    place.once();
    assert_eq!(place.check("rolled back"), "1.0");
    let closed = place.ddi.closed().expect("closed");
    assert_eq!(closed.status.result.finished, "failure");
    assert!(closed.status.details.contains(&"stage: rolled_back".to_owned()), "{closed:?}");
    std::fs::remove_file(place.data("bad")).expect("was there");
    // The next one is installed, and a person brings the former one back.
    place.give(&place.offer(21, "2.0"));
    place.once();
    assert_eq!(place.check("installed"), "2.0");
    let old = place.offer(22, "1.0");
    let mut back = old.order.clone();
    back.kind = OrderKind::Rollback;
    let journal = std::fs::read_to_string(place.path("journal.json")).expect("reads");
    let journal: serde_json::Value = serde_json::from_str(&journal).expect("is JSON");
    let digest = &journal["installed"]["ledger"]["former"]["digest"];
    back.manifest = digest.as_str().expect("is kept").to_owned();
    place.give(&place.sign(back.clone(), None));
    place.once();
    assert_eq!(place.check("gone back by order"), "1.0");
    assert_eq!(place.ddi.closed().expect("closed").status.result.finished, "success");
    // Where it runs already there is nothing to do, and nothing is done.
    (back.action, back.counter) = (23, back.counter + 1);
    place.give(&place.sign(back, None));
    place.once();
    assert_eq!(place.check("is there already"), "1.0");
    let closed = place.ddi.closed().expect("closed");
    assert_eq!(closed.status.result.finished, "success", "{closed:?}");
    assert!(closed.status.details.iter().any(|it| it.contains("as before")), "{closed:?}");
}

#[test]
fn a_hook_that_hangs_ends_with_everything_it_started() {
    let place = Place::with_old();
    let mut new = manifest("2.0", 20, &place.release);
    let hang = new.hooks.install.as_mut().expect("has one");
    hang.argv[1] = "hang".into();
    hang.timeout = 1;
    place.give(&place.offer_of(2, &new));
    place.once();
    assert_eq!(place.check("hung"), "1.0");
    let said = place.ddi.closed().expect("closed").status.details.join(" ");
    assert!(said.contains("was stopped after 1 s"), "{said}");
    let left = std::process::Command::new("pgrep").args(["-f", "sleep 987"]).output();
    let marked = left.map_or(0, |out| String::from_utf8_lossy(&out.stdout).lines().count());
    assert_eq!(marked, 0, "nothing of the hook is left");
}

#[test]
fn a_download_that_is_cut_off_goes_on_and_a_corrupted_one_is_refused() {
    let place = Place::with_old();
    let offer = place.offer(20, "2.0");
    let whole = offer.package.as_ref().expect("has one").len();
    place.give(&offer);
    place.ddi.state().cut_after = Some(whole / 3);
    for _ in 0..6 {
        place.once();
    }
    assert_eq!(place.check("cut off"), "2.0");
    let parts = place.ddi.state().requests.iter().filter(|it| it.contains("/files/20")).count();
    assert!((3..=5).contains(&parts), "it went on where it was cut: {parts}");
    // Damaged on the way, again and again.
    place.ddi.state().cut_after = None;
    place.give(&place.offer(21, "3.0"));
    place.ddi.state().files.get_mut("21.rbpkg").expect("is there")[3000] ^= 1;
    for _ in 0..4 {
        place.once();
    }
    assert_eq!(place.check("damaged"), "2.0");
    let said = place.ddi.closed().expect("closed").status.details.join(" ");
    assert!(said.contains("digest"), "{said}");
}

#[test]
fn the_site_decides_also_against_the_server() {
    let place = Place::with_old();
    let policy = place.path("policy.toml");
    for rule in
        ["veto = \"stock-taking\"", "largest_jump = \"none\"", "pin = \"1.0\"", "nonsense ="]
    {
        std::fs::write(&policy, rule).expect("writes");
        place.give(&place.offer(20, "2.0"));
        place.once();
        assert_eq!(place.check(rule), "1.0");
        assert_eq!(place.text("ran"), None, "{rule}");
    }
    let check = place.call(&["policy", "check"]);
    assert!(!check.status.success(), "nonsense is named");
    std::fs::write(&policy, "consent = \"ask\"").expect("writes");
    place.once();
    let status = String::from_utf8_lossy(&place.call(&["status"]).stdout).into_owned();
    assert!(status.contains("roadbook-agent consent 20 yes"), "{status}");
    assert!(!place.call(&["consent", "7", "yes"]).status.success(), "nobody asked that");
    assert!(place.call(&["consent", "20", "yes"]).status.success());
    place.once();
    assert_eq!(place.check("agreed"), "2.0");
    let json: serde_json::Value =
        serde_json::from_slice(&place.call(&["status", "--json"]).stdout).expect("is JSON");
    assert_eq!(json["installed"][0]["version"], "2.0");
}

#[test]
fn doctor_names_what_was_changed_and_no_hook_of_it_runs() {
    let place = Place::with_old();
    let good = place.call(&["doctor"]);
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stdout));
    std::fs::write(place.path("apps/ledger/versions/1.0/lib/data"), "changed").expect("writes");
    let bad = place.call(&["doctor"]);
    let said = String::from_utf8_lossy(&bad.stdout).into_owned();
    assert!(said.contains("WRONG files of ledger 1.0: lib/data was changed"), "{said}");
    assert_eq!(bad.status.code(), Some(1));
    // The server hears of it.
    place.give(&place.offer(20, "2.0"));
    place.once();
    assert_eq!(place.current().as_deref(), Some("2.0"), "a new version repairs it");
}

#[test]
fn a_server_with_another_director_key_is_not_believed() {
    let place = Place::new();
    place.ddi.state().director = key(9).public().to_string();
    let dir = tempfile::tempdir().expect("a directory");
    let (release, director) =
        (place.release.public().to_string(), place.director.public().to_string());
    let line = [
        "enroll",
        &place.ddi.url,
        "--token",
        "x",
        "--release-key",
        &release,
        "--director-key",
        &director,
    ];
    let out = place.command().args(line).env("ROADBOOK_AGENT_DATA", dir.path()).output();
    let out = out.expect("starts");
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("another director key"), "{out:?}");
    assert!(!dir.path().join("agent.json").exists());
}

#[test]
fn it_ends_cleanly_when_it_is_told_to_and_two_do_not_share_a_directory() {
    let place = Place::with_old();
    let mut command = place.command();
    command.args(["run"]);
    let mut running = roadbook_testkit::process::Running::spawn(command);
    running.wait_line("idle", roadbook_testkit::process::READY);
    let second = place.once();
    assert!(String::from_utf8_lossy(&second.stderr).contains("another agent"), "{second:?}");
    assert!(running.terminate().success());
}

// proves: S3-04/E
#[test]
fn nothing_of_a_hostile_server_is_installed_or_run() {
    let place = Place::with_old();
    let mut wrong = hostile::attempt(&place, &hostile::UNSIGNED, None);
    wrong.extend(hostile::attempt_from(&place, &hostile::OTHERS, None, 30));
    assert!(wrong.is_empty(), "{wrong:#?}");
    hostile::tricks(&place);
    hostile::swapped(&place);
    let cases = hostile::UNSIGNED.len() + hostile::OTHERS.len() + 9;
    println!("inputs: {cases} attempts of a hostile server");
    assert!(cases >= 44);
    // It was not the agent that was broken.
    std::fs::remove_file(place.path("policy.toml")).expect("was there");
    place.give(&place.offer(300, "2.0"));
    place.once();
    assert_eq!(place.check("an honest order afterwards"), "2.0");
}

#[test]
fn it_becomes_the_new_version_of_itself_and_passes_over_one_that_never_reaches_the_server() {
    let place = Place::with_old();
    let script = b"#!/bin/sh\necho \"$1 $2\" >> \"$ROADBOOK_AGENT_DATA/own-log\"\n".to_vec();
    let mut own = manifest("9.9", 30, &place.release);
    own.product = "roadbook-agent".into();
    own.hooks = roadbook_core::package::Hooks::default();
    own.files = vec![roadbook_core::package::FileEntry {
        path: "roadbook-agent".into(),
        size: script.len() as u64,
        sha256: sum(&script),
        executable: true,
    }];
    let bytes = roadbook_wire::package::write_manifest(&own);
    let package = pack(&bytes, &[&place.release], &[("roadbook-agent", script)]);
    place.give(&place.offer_with(30, &own, &bytes, package));
    assert!(place.once().status.success());
    let started = || std::fs::read_to_string(place.path("own-log")).unwrap_or_default();
    assert_eq!(started(), "run --once\n", "the new version goes on with the same arguments");
    for _ in 0..4 {
        place.once();
    }
    assert_eq!(started().lines().count(), 3, "then the one that was installed by hand goes on");
    assert_eq!(place.ddi.closed().expect("closed").status.result.finished, "success");
    assert_eq!(place.check("the other product is as it was"), "1.0");
}
