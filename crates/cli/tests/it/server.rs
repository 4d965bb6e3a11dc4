//! The server and its client, over real HTTP.

use crate::roadbook::{Home, Serving, mode};

fn installed(home: &Home) -> String {
    let password = home.write("password", "quiet harbor lamp\n");
    let data = home.data();
    let made = home.run(&[
        "init",
        "--data",
        &data,
        "--organization",
        "한바다",
        "--login",
        "admin",
        "--password-file",
        &password,
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    password
}

#[test]
fn a_server_answers_keeps_its_place_and_ends_clean() {
    let home = Home::new();
    let password = installed(&home);
    let serving = Serving::start(&home);
    let server = serving.url.clone();
    let data = home.data();
    let second = home.run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 1);
    assert!(second.err.contains("in use by another roadbook"), "{second:?}");
    let run = |args: &[&str]| {
        let mut all = vec!["--server", server.as_str()];
        all.extend(args);
        home.run(&all)
    };
    assert_eq!(run(&["todo"]).code, 5, "not signed in");
    home.write("wrong", "not the password\n");
    assert_eq!(run(&["login", "admin", "--password-file", "wrong"]).code, 5);
    let signed = run(&["login", "admin", "--password-file", &password]);
    assert_eq!(signed.code, 0, "{signed:?}");
    assert_eq!(mode(&home.path(".config/roadbook/tokens.json")), 0o600);
    let todo = run(&["todo", "-o", "json"]);
    assert_eq!((todo.code, todo.out.trim()), (0, "[]"), "{todo:?}");
    assert_eq!(run(&["release", "show", "R-2030-0001"]).code, 4);
    let new = run(&["release", "new", "--product", "x", "--version", "V1", "--title", "t"]);
    assert_eq!(new.code, 4, "{new:?}");
    assert_eq!(serving.stop(), 0);
    assert_eq!(home.run(&["doctor", "--data", &data]).code, 0);
}

// proves: S0-20/E S2-47/E
#[test]
fn sample_people_carry_all_releases_from_the_decision_to_the_last_site() {
    let home = Home::new();
    // Agents install for real in the suite `demo`; here people do all of it.
    let ended = home.run(&["demo", "--script", "80", "--agent", "none", "-o", "json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&ended.out).expect("json");
    let of = |key: &str| rows.iter().map(|it| it[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("state"), ["closed", "closed", "closed"]);
    // One site of each new version fails its check and is taken back, everybody else runs it; the
    // third brings sites that were behind to the version before.
    assert_eq!(of("sites"), [23, 5, 5]);
    assert_eq!(of("rolled_back"), [1, 1, 0]);
    assert_eq!(of("faults"), [0, 0, 0]);
    assert!(ended.err.contains("demo data removed"), "{ended:?}");
}
