//! The main path, by clicking and typing: sign in, plan, see what is missing, approve and be refused, go, operate, hold,
//! resume, report the sites, close.

use crate::screen::{Home, PASSWORD, Screen};
use roadbook_core::process::template::RoleRef;
use roadbook_core::text::Lang;
use roadbook_testkit::browser::View;
use serde_json::json;
use std::collections::BTreeSet;

const SITES: &str = "key\tname\tzone\tproduct\tversion\nbusan\tBusan plant\tAsia/Seoul\tloom\tV0.9.0.0001\nhanoi\tHà Nội plant\tAsia/Ho_Chi_Minh\tloom\tV0.9.0.0001";
pub const PROCESS: &str = include_str!("workshop.toml");

/// An installation whose first person signs in with a password, with a process of its own.
pub fn workshop() -> Home {
    let mut home = Home::empty();
    std::fs::write(home.folder.join("password"), format!("{PASSWORD}\n")).unwrap();
    std::fs::write(home.folder.join("workshop.toml"), PROCESS).unwrap();
    home.run(&[
        "init",
        "--organization",
        "Hanbit Tools",
        "--login",
        "jimin",
        "--name",
        "Park Jimin",
        "--password-file",
        "password",
    ]);
    home.serve();
    let server = home.url.clone();
    home.run(&["--server", &server, "login", "jimin", "--password-file", "password"]);
    home.run(&[
        "--server",
        &server,
        "process",
        "publish",
        "workshop.toml",
        "--note",
        "First edition",
    ]);
    home
}

pub fn sign_in(screen: &mut Screen, login: &str, password: &str) {
    screen.fill("Sign in", "E-mail or user name", login);
    screen.fill("Sign in", "Password", password);
    screen.send("Sign in");
}

fn sign_out(screen: &mut Screen) {
    screen.session.click("//details[contains(@class,'me')]/summary");
    screen.send("Sign out");
    screen.sees("E-mail or user name");
}

/// Everything up to the draft, without scripts: what a page does, it does by itself.
pub fn prepare(screen: &mut Screen) {
    screen.session.scripts(false);
    screen.open("/releases");
    sign_in(screen, "jimin", "not the password");
    screen.sees("Name or password is wrong.");
    sign_in(screen, "jimin", PASSWORD);
    screen.sees("No release yet");

    screen.open("/products");
    screen.fill("Add a product", "Name", "Loom");
    screen.fill("Add a product", "Short name", "loom");
    screen.send("Add a product");
    screen.open("/sites/import");
    screen.fill("Check the rows", "Rows", &SITES.replace('\t', ","));
    screen.send("Check the rows");
    screen.send("Import 2 rows");
    screen.sees("Hà Nội plant");

    screen.open("/people");
    screen.fill("Add a person", "Name", "Lee Seoyeon");
    screen.fill("Add a person", "User name", "seoyeon");
    screen.send("Add a person");
    let link = screen.session.text("//main//code");
    sign_out(screen);
    screen.open(&link);
    screen.fill("Continue", "New password", PASSWORD);
    screen.send("Continue");
    screen.sees("E-mail or user name");
    sign_in(screen, "jimin", PASSWORD);

    screen.open("/releases/new");
    screen.choose("Take this product and process", "Release of the workshop");
    screen.send("Take this product and process");
    screen.fill("Create the release", "Version", "V1.0.0.0001");
    screen.fill("Create the release", "Title, one line", "Faster loom");
    screen.choose("Create the release", "Lee Seoyeon");
    screen.send("Create the release");
    screen.sees("Draft");
    screen.session.scripts(true);
}

/// The dates, seen before they are saved.
pub fn plan(screen: &mut Screen) {
    screen.press("Start");
    screen.sees("Write the plan");
    screen.press("Plan");
    screen.sees("No go-live is chosen yet");
    screen.set_time("Compute, without saving", "Go-live begins", 2, "UTC");
    screen.set_time("Compute, without saving", "Go-live ends", 120, "UTC");
    screen.send("Compute, without saving");
    screen.sees("The time is free.");
    screen.send("Move the go-live…");
    screen.sees("Saved.");
    screen.sees("Go-live ");
}

/// Done too early, reported too early, signed by the wrong person, signed with the wrong password: refused in words.
pub fn refused(screen: &mut Screen, release: &str) {
    screen.press("Readiness");
    screen.sees("is missing");
    screen.send("Mark as done");
    screen.sees("Something is still missing. Here is all of it:");
    screen.sees("Plan of the release and the way back");

    screen.open(&format!("{release}/sites"));
    let report = "Report several sites at once";
    screen.choose(report, "Busan plant");
    screen.fill(report, "Evidence", "Seen on the screen");
    screen.send(report);
    screen.sees("Nothing is deployed before it is.");

    screen.open(&format!("{release}/documents/rollback_plan"));
    let text = "# Plan\n\n## What changes\n\nThe loom runs faster.\n";
    screen.paste("Save as a new revision", "Text", text);
    screen.send("Save as a new revision");
    screen.sees("The loom runs faster.");
    screen.open(&format!("{release}/readiness"));
    screen.send("Mark as done");

    screen.open(&format!("{release}/steps/approve"));
    screen.choose("Read and sign", "Approve");
    screen.fill("Read and sign", "Your password", "not the password");
    screen.send("Read and sign");
    screen.sees("The password is wrong.");
    screen.open(&format!("{release}/steps/approve"));
    screen.choose("Read and sign", "Approve");
    screen.fill("Read and sign", "Your password", PASSWORD);
    screen.send("Read and sign");
    screen.sees("You do not hold the role that does this.");
}

/// What the approver reads on one page: number, activity, matters, deliverables, role; giver and receiver of each thing.
pub fn approve(screen: &mut Screen, release: &str) {
    sign_out(screen);
    sign_in(screen, "seoyeon", PASSWORD);
    screen.sees("Approve the plan");
    screen.open(&format!("{release}/steps/approve"));
    for words in [
        "P2",
        "Preparation",
        "Was the way back tried?",
        "Plan of the release and the way back",
        "Head of quality",
    ] {
        screen.sees(words);
    }
    for words in ["Release lead", "Park Jimin", "Decide on the go-live"] {
        screen.sees(words);
    }
    screen.choose("Answer", "Yes");
    screen.send("Answer");
    screen.choose("Read and sign", "Approve");
    screen.fill("Read and sign", "Your password", PASSWORD);
    screen.send("Read and sign");
    screen.sees("Lee Seoyeon: Approve");
    // Nobody has to ask around: the state of the whole is one press away.
    screen.open(release);
    screen.sees("Decide on the go-live");
    screen.sees("Park Jimin");
    sign_out(screen);
    sign_in(screen, "jimin", PASSWORD);
}

pub fn go(screen: &mut Screen, release: &str) {
    screen.open(&format!("{release}/steps/decide"));
    screen.sees("Do we go live?");
    screen.choose("Save", "Go");
    screen.send("Save");
    screen.open(&format!("{release}/live"));
    screen.sees("Back up the data");
    screen.comes("//form//button[normalize-space(.)='Begin']");
    screen.send("Begin");
    screen.fill("Mark as done", "What was found", "It can be read");
    screen.send("Mark as done");
    screen.sees("Switch to the new version");

    screen.press("Hold");
    screen.fill("Hold", "Reason", "The line is being repaired");
    screen.send("Hold");
    screen.sees("Held");
    screen.press("Resume");
    screen.fill("Resume", "Reason", "It is repaired");
    screen.send("Resume");
    screen.sees("Running");

    screen.open(&format!("{release}/live"));
    screen.send("Begin");
    screen.send("Mark as done");
    screen.sees("All lines are done.");
    screen.send("Mark as done");
}

fn sites(screen: &mut Screen, release: &str) {
    screen.open(&format!("{release}/sites"));
    let report = "Report several sites at once";
    screen.choose(report, "Busan plant");
    screen.fill(report, "Evidence", "Seen on the screen");
    screen.send(report);
    screen.sees("Installed");
    screen.choose(report, "Hà Nội plant");
    screen.fill(report, "Evidence", "Seen on the screen");
    screen.send(report);
    screen.sees("Installed");
    screen.open("/sites");
    screen.sees("V1.0.0.0001");
    screen.open(release);
    screen.press("Close the release");
    screen.send("Close the release");
    screen.sees("Closed");
    assert_eq!(screen.session.count("//a[normalize-space(.)='Close the release']"), 0);
}

/// Each step of the drawing with the role of the lane in which it is seen, by where both stand.
const DRAWN: &str = r#"
const rows = [...document.querySelectorAll('svg.swim > text.md')].map(it =>
    [it.querySelector('title').textContent, it.getBoundingClientRect()]);
const middle = it => it.top + it.height / 2;
return [...document.querySelectorAll('svg.swim a[data-step]')].map(it => {
    const own = middle(it.querySelector('.sw').getBoundingClientRect());
    const near = rows.map(([role, box]) => [Math.abs(middle(box) - own), role]).sort((a, b) => a[0] - b[0])[0];
    return [it.dataset.step, near[0] < 15 ? near[1] : 'no lane'];
});"#;

/// The drawing of the built-in process for a packaged product: every step in the lane of its roles.
fn lanes(screen: &mut Screen) {
    screen.open("/processes/vendor/release");
    let drawn = screen.session.run(DRAWN, json!([]));
    let drawn: BTreeSet<(String, String)> = serde_json::from_value(drawn).unwrap();
    let found = roadbook_wire::process::builtin().iter().find(|it| it.0 == "vendor/release");
    let template = roadbook_wire::process::parse("vendor/release", found.unwrap().1).unwrap();
    let template = template.template;
    let mut seen = 0;
    for (_, step) in template.steps() {
        assert!(drawn.iter().any(|it| it.0 == step.id), "{} is not drawn", step.id);
        for role in &step.roles {
            let RoleRef::Role(role) = role else { continue };
            let role = template.roles.iter().find(|it| it.id == *role).unwrap();
            let title = role.title.show(Lang::En).0.to_owned();
            let lane = (step.id.clone(), title);
            assert!(drawn.contains(&lane), "{lane:?} in {drawn:?}");
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

// proves: S2-51/E S4i-04/E S4i-06/E S0-41/E
#[test]
fn a_release_is_carried_from_sign_in_to_closing_by_hand() {
    let home = workshop();
    let mut screen = Screen::new(&home.url, View::DESK);
    prepare(&mut screen);
    let release = screen.path();
    plan(&mut screen);
    refused(&mut screen, &release);
    approve(&mut screen, &release);
    go(&mut screen, &release);
    sites(&mut screen, &release);
    lanes(&mut screen);
    assert!(!home.log().contains("text is missing"), "{}", home.log());
}
