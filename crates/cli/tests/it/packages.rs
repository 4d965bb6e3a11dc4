//! Packages and keys on the command line, without a server.

use crate::roadbook::{Ended, Home, mode};
use std::path::Path;

const PAPER: &str = r#"
product = "shop"
version = "1.4.0"
from = ["none", "1.3.0"]
counter = 14
expires = "2036-12-31"
keys = ["../alice.pub", "../bob.pub"]
threshold = 2
must_hold = ["guide.md"]
leave_out = ["*.pyc", "cache/"]

[rollback_loses]
en = "orders since the update"

[hooks.install]
argv = ["bin/install", "--quiet"]
timeout = 60
retry = "safe"

[[parameters]]
name = "port"
default = "80"
"#;

fn executable(path: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("set");
}

fn workshop() -> Home {
    let home = Home::new();
    for name in ["alice", "bob", "eve"] {
        assert_eq!(home.run(&["key", "new", name]).code, 0);
    }
    home.write("shop/package.toml", PAPER);
    home.write("shop/guide.md", "# How to update\n");
    home.write("shop/cache/x", "left out");
    home.write("shop/a.pyc", "left out");
    executable(&home.write("shop/bin/install", "#!/bin/sh\nexit 0\n"));
    home
}

fn good(ended: Ended) -> String {
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.out
}

fn bad(ended: &Ended, code: i32, says: &str) {
    assert_eq!(ended.code, code, "{ended:?}");
    assert!(ended.err.contains(says), "`{says}`: {ended:?}");
    assert!(!ended.err.contains("panicked"), "{ended:?}");
}

fn verify(home: &Home, more: &[&str]) -> Ended {
    let mut args = vec!["package", "verify", "shop.rbpkg"];
    args.extend(more);
    home.run(&args)
}

// proves: S4c-10/A S4c-11/A
#[test]
fn a_package_is_built_complete_signed_by_two_and_verified() {
    let home = workshop();
    let build = ["package", "build", "shop", "shop.rbpkg"];
    good(home.run(&build));
    let first = std::fs::read(home.path("shop.rbpkg")).expect("built");
    good(home.run(&build));
    let again = std::fs::read(home.path("shop.rbpkg")).expect("built");
    assert_eq!(first, again, "the same folder gives the same bytes");
    let both = ["--key", "alice.pub", "--key", "bob.pub", "--threshold", "2"];
    bad(&verify(&home, &both), 8, "0 of 2 trusted release keys");
    let signed = home.run(&["package", "sign", "shop.rbpkg", "--key", "alice.key"]);
    assert!(signed.err.contains("1 more signature(s) are needed"), "{signed:?}");
    // The same key again adds nothing.
    good(home.run(&["package", "sign", "shop.rbpkg", "--key", "alice.key"]));
    bad(&verify(&home, &["--key", "alice.pub"]), 8, "1 of 2 trusted release keys");
    let twice = ["--key", "alice.pub", "--key", "alice.pub", "--threshold", "2"];
    bad(&verify(&home, &twice), 8, "protects nothing");
    good(home.run(&["package", "sign", "shop.rbpkg", "--key", "bob.key"]));
    good(verify(&home, &both));
    let shown = good(home.run(&["package", "inspect", "shop.rbpkg", "-o", "json"]));
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let paths: Vec<&str> = shown["files"]
        .as_array()
        .expect("files")
        .iter()
        .filter_map(|it| it["path"].as_str())
        .collect();
    assert_eq!(paths, ["bin/install", "guide.md"]);
    assert_eq!(shown["signed_by"].as_array().map(Vec::len), Some(2));
    assert_eq!(shown["expires"], "2037-01-01T00:00:00Z", "a day counts to its end");
    let table = good(home.run(&["package", "inspect", "shop.rbpkg"]));
    for text in ["orders since the update", "bin/install --quiet", "none, 1.3.0", "guide.md"] {
        assert!(table.contains(text), "{text}\n{table}");
    }
}

// proves: S3-04/A
#[test]
fn what_is_not_the_signed_package_is_refused_with_its_reason() {
    let home = workshop();
    good(home.run(&["package", "build", "shop", "shop.rbpkg"]));
    good(home.run(&["package", "sign", "shop.rbpkg", "--key", "alice.key", "--key", "bob.key"]));
    let keys = ["--key", "alice.pub", "--key", "bob.pub"];
    for (more, says) in [
        (vec!["--product", "till"], "it is for the product `shop`"),
        (vec!["--over", "1.2.0"], "none, 1.3.0"),
        (vec!["--counter", "15"], "its counter 14 is below 15"),
        (vec!["--threshold", "3"], "protects nothing"),
    ] {
        bad(&verify(&home, &[&keys[..], &more[..]].concat()), 8, says);
    }
    bad(&verify(&home, &["--key", "eve.pub"]), 8, "0 of 1 trusted release keys");
    bad(&verify(&home, &["--key", "nobody.pub"]), 4, "neither a public key");
    bad(&verify(&home, &["--key", "alice.key"]), 1, "this is no public key");
    bad(&home.run(&["package", "verify", "shop.rbpkg"]), 2, "--key");
    let whole = std::fs::read(home.path("shop.rbpkg")).expect("built");
    let at = whole.windows(4).position(|it| it == b"#!/b").expect("the hook");
    let mut changed = whole.clone();
    changed[at + 2] = b'!';
    for (bytes, code, says) in [
        (changed, 8, "another digest"),
        (whole[..whole.len() - 600].to_vec(), 1, "ends too early"),
        ([&whole[..], b"more"].concat(), 8, "behind its end"),
        (b"hello".to_vec(), 8, "no Roadbook package"),
    ] {
        std::fs::write(home.path("shop.rbpkg"), bytes).expect("written");
        bad(&verify(&home, &keys), code, says);
        bad(&home.run(&["package", "inspect", "shop.rbpkg"]), code, says);
    }
    bad(&home.run(&["package", "inspect", "none.rbpkg"]), 4, "cannot read");
}

#[test]
fn a_folder_that_makes_no_package_says_what_is_wrong() {
    let change = |from: &'static str, to: &'static str| {
        move |home: &Home| drop(home.write("shop/package.toml", &PAPER.replace(from, to)))
    };
    type Change = Box<dyn Fn(&Home)>;
    let table: Vec<(Change, i32, &str)> = vec![
        (Box::new(change("counter", "cuonter")), 1, "cuonter"),
        (Box::new(change("expires = \"2036-12-31\"", "")), 1, "--expires"),
        (Box::new(change("2036-12-31", "soon")), 1, "2030-12-31"),
        (Box::new(change("keys = [\"../alice.pub\", \"../bob.pub\"]", "")), 1, "roadbook key new"),
        (Box::new(change("threshold = 2", "threshold = 3")), 1, "threshold"),
        (
            Box::new(change("\"bin/install\"", "\"/bin/sh\"")),
            1,
            "no executable file of this package",
        ),
        (Box::new(change("guide.md", "notes.md")), 8, "missing: notes.md"),
        (
            Box::new(|home| {
                std::os::unix::fs::symlink("/etc/passwd", home.path("shop/link")).expect("linked");
            }),
            3,
            "neither a file nor a folder",
        ),
        (
            Box::new(|home| std::fs::remove_file(home.path("shop/package.toml")).expect("removed")),
            4,
            "package.toml",
        ),
    ];
    for (change, code, says) in table {
        let home = workshop();
        change(&home);
        bad(&home.run(&["package", "build", "shop", "shop.rbpkg"]), code, says);
        assert!(!home.path("shop.rbpkg").exists(), "nothing half is left");
    }
    let home = workshop();
    good(home.run(&["package", "build", "shop"]));
    let stranger = home.run(&["package", "sign", "shop-1.4.0.rbpkg", "--key", "eve.key"]);
    bad(&stranger, 3, "does not name the key");
    bad(
        &home.run(&["package", "sign", "shop-1.4.0.rbpkg", "--key", "eve.pub"]),
        1,
        "no secret key",
    );
}

#[test]
fn keys_are_made_once_kept_secret_and_rotated_by_old_and_new() {
    let home = workshop();
    assert_eq!(mode(&home.path("alice.key")), 0o600);
    let loud = home.run(&["key", "new", "carol"]);
    assert!(loud.err.contains("WARNING") && loud.err.contains("NO password"), "{loud:?}");
    let before = std::fs::read(home.path("alice.key")).expect("a key");
    bad(&home.run(&["key", "new", "alice"]), 3, "there already");
    std::fs::rename(home.path("alice.pub"), home.path("kept.pub")).expect("moved");
    bad(&home.run(&["key", "new", "alice"]), 3, "there already");
    std::fs::rename(home.path("kept.pub"), home.path("alice.pub")).expect("moved back");
    assert_eq!(std::fs::read(home.path("alice.key")).expect("a key"), before);
    let shown = good(home.run(&["key", "show", "alice.key", "-o", "json"]));
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let alice = shown["public"].as_str().expect("a line").to_owned();
    assert!(alice.starts_with("RW") && !shown.to_string().contains("secret"));

    good(home.run(&["key", "trust", "trust.json", "--key", &alice, "--product", "shop"]));
    let rotate = |sign: &[&str]| {
        let mut args = vec!["key", "rotate", "trust.json", "next.json", "--key", "bob.pub"];
        args.extend(sign.iter().flat_map(|key| ["--sign", key]));
        home.run(&args)
    };
    let half = rotate(&["alice.key"]);
    assert!(half.code == 0 && half.err.contains("NOT VALID YET"), "{half:?}");
    let whole = rotate(&["bob.key"]);
    assert!(whole.code == 0 && whole.err.contains("it is valid"), "{whole:?}");
    bad(&rotate(&["eve.key"]), 3, "is in neither set");
    let other = ["key", "rotate", "trust.json", "next.json", "--key", "eve.pub"];
    bad(&home.run(&other), 3, "holds another set");
    bad(
        &home.run(&["key", "trust", "t.json", "--key", &alice, "--threshold", "2"]),
        2,
        "threshold",
    );
    good(home.run(&["package", "build", "shop", "shop.rbpkg"]));
    good(home.run(&["package", "sign", "shop.rbpkg", "--key", "alice.key", "--key", "bob.key"]));
    // The package asks for two keys that the site trusts, and after the change there is one.
    bad(&verify(&home, &["--trust", "next.json"]), 8, "1 of 2 trusted release keys");
    home.write("shop/package.toml", &PAPER.replace("threshold = 2", "threshold = 1"));
    good(home.run(&["package", "build", "shop", "shop.rbpkg"]));
    good(home.run(&["package", "sign", "shop.rbpkg", "--key", "bob.key"]));
    good(verify(&home, &["--trust", "next.json"]));
    assert!(Path::new(&home.path("next.json")).exists());
}

/// The tool that gave the format its name reads ours, and we read its files.
#[test]
fn minisign_and_roadbook_read_each_other() {
    let home = workshop();
    good(home.run(&["package", "build", "shop", "shop.rbpkg"]));
    good(home.run(&["package", "sign", "shop.rbpkg", "--key", "alice.key"]));
    let run = |program: &str, args: &[&str]| {
        let mut command = std::process::Command::new(program);
        command.args(args).current_dir(home.path(".")).stdin(std::process::Stdio::null());
        let out = command.output().unwrap_or_else(|error| {
            panic!("{program}: {error}; `scripts/setup.sh test` installs it")
        });
        assert!(out.status.success(), "{program} {args:?}: {out:?}");
    };
    run("tar", &["-xf", "shop.rbpkg"]);
    let signature = std::fs::read_dir(home.path("signatures")).expect("unpacked").next();
    let signature = signature.expect("one").expect("one").path().display().to_string();
    run("minisign", &["-V", "-p", "alice.pub", "-m", "manifest.json", "-x", &signature]);
    run("minisign", &["-G", "-W", "-p", "mini.pub", "-s", "mini.key"]);
    let paper =
        PAPER.replace("../alice.pub", "../mini.pub").replace("threshold = 2", "threshold = 1");
    home.write("shop/package.toml", &paper);
    good(home.run(&["package", "build", "shop", "shop.rbpkg"]));
    good(home.run(&["package", "sign", "shop.rbpkg", "--key", "mini.key"]));
    good(verify(&home, &["--key", "mini.pub"]));
    // A signature that minisign makes with our key is the same kind.
    run("minisign", &["-S", "-s", "alice.key", "-m", "manifest.json", "-x", "m.minisig"]);
    run("minisign", &["-V", "-p", "alice.pub", "-m", "manifest.json", "-x", "m.minisig"]);
}

#[test]
fn changes_come_from_a_repository_as_text_json_and_items() {
    let home = Home::new();
    std::fs::create_dir(home.path("repo")).expect("made");
    let git = |arguments: &[&str]| {
        let out = std::process::Command::new("git")
            .current_dir(home.path("repo"))
            .args(["-c", "user.name=Somebody", "-c", "user.email=s@x.example"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git runs");
        assert!(out.status.success(), "{out:?}");
    };
    git(&["init", "-q"]);
    for (message, tag) in [
        ("Begin", "v1.3.0"),
        ("feat(till): pay by card", ""),
        ("fix!: rounding\n\nBREAKING CHANGE: prices are cents", ""),
        ("docs: a page", "v1.4.0"),
    ] {
        git(&["commit", "-q", "--allow-empty", "-m", message]);
        if !tag.is_empty() {
            git(&["tag", tag]);
        }
    }
    let run = |more: &[&str]| {
        let mut args = vec!["package", "changes", "--repo", "repo"];
        args.extend(more);
        home.run(&args)
    };
    let range = ["--from", "v1.3.0", "--to", "v1.4.0"];
    let text = good(run(&range));
    for part in
        ["You must act\n- rounding", "prices are cents", "New\n- till: pay by card", "a page"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let list = parse(&good(run(&[&range[..], &["-o", "json"]].concat())));
    assert_eq!(list["changes"].as_array().map(Vec::len), Some(3));
    let items = parse(&good(run(&[&range[..], &["--items"]].concat())));
    let items = items["items"].as_array().expect("items").clone();
    let read: Vec<roadbook_wire::api::releases::Item> =
        items.into_iter().map(|it| serde_json::from_value(it).expect("an item")).collect();
    let kinds: Vec<(&str, &str)> =
        read.iter().map(|it| (it.kind.as_str(), it.purpose.as_str())).collect();
    assert_eq!(kinds, [("feature", "feature"), ("spec", "fix")]);
    bad(&run(&["--from", "v9"]), 4, "there is no tag or commit `v9`");
    bad(&run(&["--from=-x"]), 2, "no name of a tag");
    bad(&home.run(&["package", "changes", "--repo", "/"]), 1, "--repo");
}
