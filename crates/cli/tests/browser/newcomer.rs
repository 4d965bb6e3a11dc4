//! Somebody with the binary and an empty folder comes to a first real release. Demo data take no part.

use crate::screen::{Home, PASSWORD, Screen};
use roadbook_testkit::browser::View;
use std::time::{Duration, Instant};

const SITES: &str = "key\tname\tcustomer\tzone\n\
    busan\tBusan plant\tHanbit\tAsia/Seoul\n\
    hanoi\tHà Nội plant\tSao Mai\tAsia/Ho_Chi_Minh\n\
    suzhou\t苏州工厂\t华东\tAsia/Shanghai";

const PLAN: &str = "# Release plan\n\n## What changes\n\nThe first version of all.\n\n\
    ## The way back\n\nSwitch it off again.\n";

#[test]
fn a_newcomer_comes_from_an_empty_folder_to_a_first_release() {
    let begun = Instant::now();
    let mut home = Home::empty();
    let link = home.link();
    home.serve();
    let mut screen = Screen::new(&home.url, View::DESK);
    screen.set_up(&link);

    screen.open("/products");
    screen.fill("Add a product", "Name", "Loom");
    screen.fill("Add a product", "Short name", "loom");
    screen.send("Add a product");
    screen.sees("Loom");

    screen.open("/sites");
    screen.press("Paste or import");
    screen.paste("Check the rows", "Rows", SITES);
    screen.send("Check the rows");
    screen.send("Import 3 rows");
    screen.sees("苏州工厂");

    screen.open("/releases");
    screen.press("New release");
    screen.choose("Take this product and process", "Release of a small team");
    screen.send("Take this product and process");
    screen.fill("Create the release", "Version", "V1.0.0.0001");
    screen.fill("Create the release", "Title, one line", "First release");
    screen.send("Create the release");
    screen.press("Start");
    screen.sees("Plan the release");

    let first = (screen.required, screen.to_fill);

    screen.press("Open the step");
    screen.press("Release plan");
    screen.paste("Save as a new revision", "Text", PLAN);
    screen.send("Save as a new revision");
    screen.sees("Switch it off again.");
    screen.press("Readiness");
    screen.send("Mark as done");
    screen.choose("Answer", "Yes");
    screen.send("Answer");
    screen.send("Mark as done");
    screen.choose("Read and sign", "Approve");
    screen.fill("Read and sign", "Your password", PASSWORD);
    screen.send("Read and sign");
    screen.press("Plan");
    screen.set_time("Compute, without saving", "Go-live begins", 1, "Asia/Seoul");
    screen.set_time("Compute, without saving", "Go-live ends", 120, "Asia/Seoul");
    screen.send("Compute, without saving");
    screen.sees("The time is free.");
    screen.send("Move the go-live…");

    screen.press("Readiness");
    screen.comes("//*[@data-live-id='step-go_live']//summary");
    screen.session.click("//nav[contains(@class,'tabs')]/a[normalize-space(.)='Sites']");
    let report = "Report several sites at once";
    screen.choose(report, "Busan plant");
    screen.choose(report, "Hà Nội plant");
    screen.choose(report, "苏州工厂");
    screen.fill(report, "Evidence", "The start page shows the new version.");
    screen.send(report);
    screen.press("Readiness");
    screen.send("Mark as done");
    screen.press("Close the release");
    screen.send("Close the release");
    screen.sees("Closed");
    println!("inputs: {} required fields until a newcomer's first release is under way", first.0);
    println!("inputs: {} of them empty when the form came", first.1);
    println!(
        "until it is closed: {} and {} in {:?}",
        screen.required,
        screen.to_fill,
        begun.elapsed()
    );
    assert!(first.0 <= 12, "{first:?} required fields");
    assert!(begun.elapsed() < Duration::from_mins(5));
    assert!(!home.log().contains("text is missing"), "{}", home.log());
}
