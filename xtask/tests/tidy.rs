//! The house rules, over the whole tree.

use xtask::{requirements, root, tidy};

#[test]
fn the_tree_keeps_the_house_rules() {
    let report = tidy::run(&root()).expect("the tree can be read");
    println!("{}", report.summary());
    assert!(report.files > 50, "only {} files were read", report.files);
    report.into_result().unwrap_or_else(|error| panic!("{error:#}"));
}

#[test]
fn the_page_of_requirements_is_up_to_date() {
    requirements::check(&root()).unwrap_or_else(|error| panic!("{error:#}"));
}
