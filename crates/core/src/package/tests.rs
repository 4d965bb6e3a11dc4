//! Who is believed, and why not: tables.

use super::*;
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn id(letter: char) -> String {
    letter.to_string().repeat(16)
}

fn signer(letter: char) -> Signer {
    Signer { key: format!("RW{letter}"), id: id(letter) }
}

fn signers(letters: &str) -> Vec<Signer> {
    letters.chars().map(signer).collect()
}

fn root(version: u64, letters: &str, threshold: u32) -> TrustRoot {
    TrustRoot {
        format: 1,
        product: "ledger".to_owned(),
        version,
        keys: letters.chars().map(|letter| signer(letter).key).collect(),
        threshold,
    }
}

fn manifest() -> Manifest {
    let program = FileEntry {
        path: "hooks/run".to_owned(),
        size: 3,
        sha256: "0".repeat(64),
        executable: true,
    };
    Manifest {
        format: 1,
        product: "ledger".to_owned(),
        version: "2.0.0".to_owned(),
        from: vec!["1.0.0".to_owned(), "none".to_owned()],
        platform: Platform { os: "linux".to_owned(), arch: "any".to_owned() },
        counter: 5,
        expires: at("2027-01-01T00:00:00Z"),
        keys: vec![id('A'), id('B'), id('C')],
        threshold: 1,
        files: vec![program, FileEntry { path: "app".to_owned(), executable: false, ..file() }],
        hooks: Hooks {
            install: Some(Hook {
                argv: vec!["hooks/run".to_owned(), "install".to_owned()],
                timeout: 60,
                retry: Retry::Safe,
            }),
            ..Hooks::default()
        },
        parameters: vec![Parameter {
            name: "port".to_owned(),
            title: crate::text::Text::default(),
            required: false,
            default: Some("8080".to_owned()),
            secret: false,
        }],
        needs_disk: 0,
        rollback_loses: crate::text::Text::default(),
    }
}

fn file() -> FileEntry {
    FileEntry { path: "f".to_owned(), size: 1, sha256: "a".repeat(64), executable: false }
}

fn place() -> Place<'static> {
    Place {
        product: "ledger",
        os: "linux",
        arch: "x86_64",
        installed: Some("1.0.0"),
        counter: 5,
        now: at("2026-12-01T00:00:00Z"),
    }
}

fn order() -> Order {
    Order {
        format: 1,
        action: 7,
        kind: OrderKind::Install,
        site: "hanoi".to_owned(),
        product: "ledger".to_owned(),
        version: "2.0.0".to_owned(),
        manifest: "b".repeat(64),
        not_before: Some(at("2026-12-01T02:00:00Z")),
        until: at("2026-12-02T00:00:00Z"),
        counter: 9,
        signed_at: at("2026-11-30T00:00:00Z"),
    }
}

fn order_place() -> OrderPlace<'static> {
    OrderPlace {
        site: "hanoi",
        product: "ledger",
        former: Some("1.0.0"),
        counter: 9,
        now: at("2026-12-01T03:00:00Z"),
    }
}

fn code<T: std::fmt::Debug>(judged: Result<T, Refusal>) -> String {
    match judged {
        Ok(_) => "ok".to_owned(),
        Err(refusal) => {
            let text = refusal.to_string();
            assert!(text.len() > 30 && !text.ends_with('.'), "what, why, what now: {text}");
            let stored = serde_json::to_value(&refusal).expect("JSON");
            assert_eq!(stored["code"], refusal.code(), "one code everywhere");
            refusal.code().to_owned()
        }
    }
}

#[test]
fn a_package_is_believed_only_when_everything_fits() {
    type Change = fn(&mut Manifest, &mut TrustRoot, &mut Place<'static>, &mut Vec<Signer>);
    let table: Vec<(&str, Change)> = vec![
        ("ok", |_, _, _, _| {}),
        ("ok", |_, t, _, _| t.product = "*".to_owned()),
        ("ok", |_, _, p, _| p.installed = None),
        ("ok", |m, _, p, _| (m.from, p.installed) = (vec!["any".to_owned()], Some("0.1"))),
        ("ok", |m, _, _, _| m.counter = 6),
        ("ok", |m, _, _, _| m.platform.os = "any".to_owned()),
        ("ok", |_, t, _, s| (t.threshold, *s) = (2, signers("AB"))),
        ("ok", |_, _, _, s| *s = signers("XA")),
        ("format", |m, _, _, _| m.format = 2),
        ("format", |_, t, _, _| t.format = 9),
        ("signatures", |_, _, _, s| s.clear()),
        ("signatures", |_, _, _, s| *s = signers("X")),
        // The same signature twice, and the same key under another id, count once.
        ("signatures", |_, t, _, s| (t.threshold, *s) = (2, signers("AAAA"))),
        ("signatures", |_, t, _, s| {
            t.threshold = 2;
            *s = vec![signer('A'), Signer { id: id('B'), ..signer('A') }];
        }),
        ("signatures", |_, t, _, s| {
            t.threshold = 2;
            *s = vec![signer('A'), Signer { id: id('A'), ..signer('B') }];
        }),
        ("signatures", |_, t, _, s| (t.threshold, *s) = (2, signers("AX"))),
        // The signer asks for more than the site does.
        ("signatures", |m, _, _, _| m.threshold = 2),
        // A trusted key that the manifest does not name.
        ("signatures", |m, _, _, _| m.keys = vec![id('B')]),
        ("signatures", |m, _, _, s| (m.threshold, *s) = (0, Vec::new())),
        ("root", |_, t, _, _| t.threshold = 0),
        ("root", |_, t, _, _| t.threshold = 3),
        ("root", |_, t, _, s| {
            (t.keys, t.threshold) = (vec!["RWA".to_owned(), "RWA".to_owned()], 2);
            *s = signers("AA");
        }),
        ("product", |m, _, _, _| m.product = "other".to_owned()),
        ("product", |_, _, p, _| p.product = "other"),
        ("product", |_, t, _, _| t.product = "other".to_owned()),
        ("expired", |_, _, p, _| p.now = at("2027-01-01T00:00:00Z")),
        ("older", |m, _, _, _| m.counter = 4),
        ("platform", |_, _, p, _| p.os = "macos"),
        ("platform", |m, _, _, _| m.platform.arch = "aarch64".to_owned()),
        ("from", |_, _, p, _| p.installed = Some("0.9.0")),
        ("from", |m, _, p, _| (m.from, p.installed) = (vec!["1.0.0".to_owned()], None)),
        ("from", |m, _, _, _| m.from.clear()),
    ];
    for (index, (want, change)) in table.into_iter().enumerate() {
        let (mut m, mut t, mut p, mut s) = (manifest(), root(1, "AB", 1), place(), signers("A"));
        change(&mut m, &mut t, &mut p, &mut s);
        assert_eq!(code(judge(&m, &s, &t, &p)), want, "row {index}");
    }
}

#[test]
fn an_order_is_obeyed_only_here_and_in_its_time() {
    type Change = fn(&mut Order, &mut OrderPlace<'static>);
    let table: Vec<(&str, Change)> = vec![
        ("ok", |_, _| {}),
        ("ok", |o, _| o.counter = 10),
        ("ok", |o, _| (o.kind, o.version) = (OrderKind::Rollback, "1.0.0".to_owned())),
        ("format", |o, _| o.format = 2),
        ("site", |o, _| o.site = "seoul".to_owned()),
        ("product", |o, _| o.product = "other".to_owned()),
        ("order_older", |o, _| o.counter = 8),
        ("order_expired", |_, p| p.now = at("2026-12-02T00:00:00Z")),
        ("order_times", |o, _| o.not_before = Some(o.until)),
        ("no_former", |o, _| o.kind = OrderKind::Rollback),
        ("no_former", |o, p| (o.kind, p.former) = (OrderKind::Rollback, None)),
    ];
    for (index, (want, change)) in table.into_iter().enumerate() {
        let (mut o, mut p) = (order(), order_place());
        change(&mut o, &mut p);
        assert_eq!(code(judge_order(&o, &p)), want, "row {index}");
    }
    let early = OrderPlace { now: at("2026-12-01T00:00:00Z"), ..order_place() };
    assert_eq!(judge_order(&order(), &early), Ok(When::From(at("2026-12-01T02:00:00Z"))));
    let open = Order { not_before: None, ..order() };
    assert_eq!(judge_order(&open, &early), Ok(When::Now));
}

#[test]
fn an_order_fits_one_package_only() {
    let digest = "b".repeat(64);
    let other = |version: &str, product: &str| Manifest {
        version: version.to_owned(),
        product: product.to_owned(),
        ..manifest()
    };
    for (package, digest, want) in [
        (manifest(), digest.as_str(), "ok"),
        (manifest(), "c", "manifest"),
        (other("2.0.1", "ledger"), digest.as_str(), "version"),
        (other("2.0.0", "other"), digest.as_str(), "product"),
    ] {
        assert_eq!(code(judge_fit(&order(), &package, digest)), want);
    }
}

#[test]
fn keys_change_only_when_the_old_and_the_new_ones_say_so() {
    let table = [
        ("ok", root(2, "BC", 1), "AC"),
        ("ok", root(2, "BC", 1), "B"),
        ("ok", root(2, "CD", 2), "ACD"),
        ("root_old_keys", root(2, "CD", 1), "CD"),
        ("root_new_keys", root(2, "CD", 2), "ABC"),
        ("root_new_keys", root(2, "C", 1), "A"),
        ("root_version", root(3, "BC", 1), "AC"),
        ("root_version", root(1, "BC", 1), "AC"),
        ("root", root(2, "BC", 0), "AC"),
        ("root", root(2, "BC", 3), "ABC"),
        ("format", TrustRoot { format: 2, ..root(2, "BC", 1) }, "AC"),
        ("product", TrustRoot { product: "*".to_owned(), ..root(2, "BC", 1) }, "AC"),
    ];
    for (want, new, signed) in table {
        let judged = judge_root(&root(1, "AB", 1), &new, &signers(signed));
        assert_eq!(code(judged), want, "{new:?} signed by {signed}");
    }
    let two = judge_root(&root(1, "AB", 2), &root(2, "AB", 1), &signers("AA"));
    assert_eq!(code(two), "root_old_keys");
}

#[test]
fn the_form_of_a_manifest_is_checked_field_by_field() {
    type Change = fn(&mut Manifest);
    let table: Vec<(&str, Change)> = vec![
        ("", |_| {}),
        ("format", |m| m.format = 0),
        ("product", |m| m.product = "a b".to_owned()),
        ("product", |m| m.product = "../x".to_owned()),
        ("version", |m| m.version = "any".to_owned()),
        ("version", |m| m.version.clear()),
        ("from", |m| m.from.clear()),
        ("platform.os", |m| m.platform.os.clear()),
        ("keys", |m| m.keys.clear()),
        ("keys", |m| m.keys = vec![id('a')]),
        ("keys", |m| m.keys = vec![id('A'), id('A')]),
        ("threshold", |m| m.threshold = 0),
        ("threshold", |m| m.threshold = 4),
        ("files[0].path", |m| m.files[0].path = "../x".to_owned()),
        ("files[0].path", |m| m.files[0].path = "/x".to_owned()),
        ("files[1].path", |m| m.files[1].path = "a//b".to_owned()),
        ("files[1].path", |m| m.files[1].path = "./b".to_owned()),
        ("files[1].path", |m| m.files[1].path = "a\\b".to_owned()),
        ("files[1].path", |m| m.files[1].path = "a\0b".to_owned()),
        ("files[1].path", |m| m.files[1].path = "hooks/run".to_owned()),
        ("files", |m| m.files[1].path = "hooks".to_owned()),
        ("files[1].sha256", |m| m.files[1].sha256 = "A".repeat(64)),
        ("files", |m| m.files[1].size = u64::MAX),
        ("hooks.install.argv", |m| m.hooks.install.as_mut().unwrap().argv.clear()),
        // Not a file of the package, and a file that may not be run.
        ("hooks.install.argv", |m| m.hooks.install.as_mut().unwrap().argv[0] = "/bin/sh".into()),
        ("hooks.install.argv", |m| m.hooks.install.as_mut().unwrap().argv[0] = "app".into()),
        ("hooks.install.timeout", |m| m.hooks.install.as_mut().unwrap().timeout = 0),
        ("parameters[0].name", |m| m.parameters[0].name = "PORT=1".to_owned()),
        ("parameters[0].default", |m| m.parameters[0].secret = true),
        ("parameters[1].name", |m| m.parameters.push(m.parameters[0].clone())),
    ];
    for (index, (want, change)) in table.into_iter().enumerate() {
        let mut m = manifest();
        change(&mut m);
        let got = form_of(&m).err().map(|fault| fault.place).unwrap_or_default();
        assert_eq!(got, want, "row {index}");
    }
    assert!(form_of_order(&order()).is_ok());
    assert!(form_of_order(&Order { action: 1 << 31, ..order() }).is_err());
    assert!(form_of_root(&root(1, "AB", 2)).is_ok());
    for bad in [root(0, "A", 1), root(1, "", 0), root(1, "A", 2), root(1, "AA", 1)] {
        assert!(form_of_root(&bad).is_err(), "{bad:?}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_path_makes_the_check_panic(path in "\\PC{0,40}|[./a\\\\:]{0,20}") {
            if is_clean_path(&path) {
                let inside = std::path::Path::new(&path)
                    .components()
                    .all(|part| matches!(part, std::path::Component::Normal(_)));
                prop_assert!(inside, "{path} is clean");
            }
        }

        #[test]
        fn fewer_keys_than_the_threshold_are_never_enough(
            held in "[A-D]{0,8}", threshold in 1..5_u32, asked in 1..4_u32,
        ) {
            let mut m = manifest();
            m.threshold = asked;
            let judged = judge(&m, &signers(&held), &root(1, "ABCD", threshold), &place());
            let letters: std::collections::BTreeSet<char> = held.chars().collect();
            let named = letters.iter().filter(|it| **it != 'D').count();
            let enough = letters.len() >= threshold as usize && named >= asked as usize;
            prop_assert_eq!(judged.is_ok(), enough);
        }
    }
}
