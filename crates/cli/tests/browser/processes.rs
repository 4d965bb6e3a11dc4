//! A process is written, reviewed, tried out and given to a release under way, by clicking; each page
//! on this way is looked at by the accessibility checker.

use crate::axe::Inspection;
use crate::path::{PROCESS, sign_in, workshop};
use crate::screen::{Home, PASSWORD, Screen};
use roadbook_testkit::browser::View;
use serde_json::json;

const ID: &str = "workshop/release";

fn ask(home: &Home, args: &[&str]) -> String {
    home.run(&[&["--server", home.url.as_str()], args].concat())
}

/// A release under way, and a draft that its author sent to review.
fn under_way(home: &Home) -> String {
    ask(home, &["product", "new", "loom", "--name", "Loom"]);
    let new = ["release", "new", "--product", "loom", "--version", "V1.0.0.0001"];
    ask(home, &[&new[..], &["--title", "Faster loom", "--process", ID]].concat());
    let release = ask(home, &["release", "list", "-q"]).trim().to_owned();
    ask(home, &["release", "start", &release]);
    let longer = PROCESS.replacen("effort = \"1h\"", "effort = \"3h\"", 1);
    assert_ne!(longer, PROCESS);
    std::fs::write(home.folder.join("longer.toml"), longer).unwrap();
    ask(home, &["process", "draft", "save", "longer.toml", "--note", "Writing takes longer"]);
    ask(home, &["process", "draft", "submit", ID]);
    release
}

/// What stands in the text of the editor, and whether it can be changed.
fn fixed(screen: &mut Screen) -> bool {
    let script = "const at = document.querySelector('textarea[name=text]'); \
                  return at.value.includes('workshop/release') && at.readOnly";
    screen.session.run(script, json!([])).as_bool().unwrap()
}

// proves: S2-01/E S2-02/E
#[test]
fn a_revision_goes_from_its_draft_into_a_release_under_way() {
    let home = workshop();
    let release = under_way(&home);
    let mut screen = Screen::new(&home.url, View::DESK);
    let mut inspection = Inspection::new();
    screen.open("/sign-in");
    sign_in(&mut screen, "jimin", PASSWORD);
    screen.sees("Review a revision of “Release of the workshop”");
    inspection.open(&mut screen, "/processes", 200);
    screen.sees("Writing takes longer");

    // In review the text stands still; taken back it is written again.
    let edit = format!("/processes/{ID}/edit");
    inspection.open(&mut screen, &edit, 200);
    screen.sees("In review, the text stays as it is");
    assert!(fixed(&mut screen));
    screen.send("Take it back");
    screen.sees("Send to review");
    assert!(!fixed(&mut screen));
    inspection.look(&mut screen, "a draft");
    screen.send("Send to review");
    screen.sees("In review, the text stays as it is");
    screen.send("Put into force");
    screen.sees("Revision 2");

    // The release stays on its revision until somebody has read what changes and moves it.
    screen.open(&format!("/releases/{release}"));
    let migration = format!("/releases/{release}/migration");
    inspection.open(&mut screen, &migration, 200);
    screen.sees("“Write the plan” stays as it stands, under other conditions.");
    screen.fill("Move to revision 2", "Reason", "The plan needs its time");
    screen.send("Move to revision 2");
    screen.sees("Write the plan");
    inspection.open(&mut screen, &migration, 200);
    screen.sees("This release cannot be moved now");

    // What is wrong in a question is said at its field, and what was written stays.
    let simulate = format!("/processes/{ID}/simulate");
    inspection.open(&mut screen, &simulate, 200);
    screen.send("Simulate");
    screen.sees("Can it be kept?");
    inspection.look(&mut screen, "a simulated process");
    inspection.open(&mut screen, &format!("{simulate}?go_live=soon&hours=3&seed=7"), 422);
    screen.sees("Enter a date and a time.");
    let compare = format!("/processes/{ID}/compare");
    inspection.open(&mut screen, &compare, 200);
    inspection.open(&mut screen, &format!("{compare}?from=1&to=2&release={release}"), 422);
    screen.sees("This release is not closed.");
    inspection.open(&mut screen, "/processes/publish", 200);
    assert!(!home.log().contains("text is missing"), "{}", home.log());
    inspection.done("pages of processes");
}
