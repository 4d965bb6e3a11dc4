//! A rollout at the screen: previewed, halted by the first failure, taken back, let go on, closed.

use crate::path::{approve, go, plan, prepare, refused, workshop};
use crate::screen::Screen;
use roadbook_testkit::browser::View;

/// The site that is drawn first in a wave: short name and name.
fn first_of(screen: &mut Screen, wave: u32) -> (&'static str, &'static str) {
    let row = format!(
        "//tr[contains(@class,'grp')][contains(normalize-space(.),'Wave {wave},')]/following-sibling::tr[1]//th/a"
    );
    let name = screen.session.text(&row);
    if name.contains("Busan") { ("busan", "Busan plant") } else { ("hanoi", "Hà Nội plant") }
}

fn report(screen: &mut Screen, key: &str, outcome: &str) {
    let button = "Report the outcome";
    screen.open(&format!("/sites/{key}"));
    screen.press("Report a deployment");
    screen.choose(button, outcome);
    screen.fill(button, "Evidence", "Seen on the screen");
    screen.send(button);
}

fn order(screen: &mut Screen, press: &str, yes: &str, reason: &str) {
    screen.press(press);
    screen.fill(yes, "Reason", reason);
    screen.send(yes);
}

// proves: S4h-08/E S4h-12/E
#[test]
fn a_wave_halts_is_taken_back_goes_on_and_is_closed() {
    let home = workshop();
    let mut screen = Screen::new(&home.url, View::DESK);
    prepare(&mut screen);
    let release = screen.path();
    let rollout = format!("{release}/rollout");
    screen.open(&rollout);
    screen.sees("Nothing has begun.");
    let first = first_of(&mut screen, 1);
    let second = first_of(&mut screen, 2);
    assert_ne!(first, second);
    plan(&mut screen);
    refused(&mut screen, &release);
    approve(&mut screen, &release);
    go(&mut screen, &release);

    // What was previewed is what begins.
    screen.open(&rollout);
    screen.comes("//*[contains(normalize-space(.),'A wave is being installed')]");
    assert_eq!(first_of(&mut screen, 1), first);
    report(&mut screen, first.0, "Failed");
    screen.open(&rollout);
    screen.sees("Wave 1 halted itself");
    screen.sees("1 of 1 sites of the wave failed");
    screen.sees(first.1);
    screen.sees("Nobody acts");
    screen.open("/");
    screen.sees("Decide how a halted rollout goes on");
    screen.press("Go to the rollout");
    screen.sees("Wave 1 halted itself");

    // What the way back takes is said before anybody confirms it.
    screen.press("Approve the rollback to V0.9.0.0001…");
    screen.sees("What is lost");
    screen.fill("Roll back", "Reason", "The line must run tonight");
    screen.send("Roll back");
    report(&mut screen, first.0, "Rolled back");
    screen.open(&rollout);
    order(&mut screen, "Let it go on by itself again", "Lift the hold", "A cable was loose");
    screen.comes("//tr[contains(@class,'grp')][contains(normalize-space(.),'Wave 2,')][contains(normalize-space(.),'running')]");
    order(&mut screen, "Hold the rollout…", "Hold", "The shift changes");
    screen.sees("A person holds the rollout");
    order(&mut screen, "Continue…", "Continue", "The shift is there");
    screen.sees("A wave is being installed");
    report(&mut screen, second.0, "Installed");
    screen.open(&rollout);
    screen.sees("All waves are through");

    screen.open(&release);
    screen.press("Close the release");
    screen.choose("Close the release", "Successful with issues");
    screen.send("Close the release");
    screen.sees("Closed");
    assert!(!home.log().contains("text is missing"), "{}", home.log());
}
