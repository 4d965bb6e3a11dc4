//! What is no package is refused with its reason, and nothing reaches the sink unchecked.

use super::*;
use crate::minisign::{SecretKey, Signature};
use proptest::prelude::*;
use roadbook_core::package::{FileEntry, Manifest, Order, Place, TrustRoot};

const FILES: [(&str, &[u8], bool); 3] = [
    ("app/main.py", b"print('hello')\n", true),
    ("app/empty", b"", false),
    ("notes", &[7; 600], false),
];

fn key(seed: u8) -> SecretKey {
    SecretKey::make(&[seed; 40])
}

fn manifest_text() -> String {
    let files: Vec<String> = FILES
        .iter()
        .map(|(path, bytes, executable)| {
            let (size, sum) = (bytes.len(), digest(bytes));
            format!(
                r#"{{"path":"{path}","size":{size},"sha256":"{sum}","executable":{executable}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"format":1,"product":"ledger","version":"2.0.0","from":["none"],
        "platform":{{"os":"any","arch":"any"}},"counter":2,"expires":"2030-01-01T00:00:00Z",
        "keys":["{}"],"threshold":1,"files":[{}],
        "hooks":{{"install":{{"argv":["app/main.py","x"],"timeout":9,"retry":"safe"}}}}}}"#,
        key(1).public().id(),
        files.join(",")
    )
}

fn packed_with(manifest: &[u8], signatures: &[Signature]) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), manifest, signatures).expect("a manifest");
    for (_, bytes, _) in FILES {
        writer.file(bytes).expect("a file");
    }
    writer.finish().expect("an end")
}

fn packed() -> Vec<u8> {
    let text = manifest_text();
    packed_with(text.as_bytes(), &[key(1).sign(text.as_bytes(), "timestamp:1")])
}

/// Keeps what was said to be done.
#[derive(Default)]
struct Kept {
    open: Vec<u8>,
    done: Vec<(String, Vec<u8>)>,
}

impl Sink for Kept {
    fn file(&mut self, _: &FileEntry) -> std::io::Result<()> {
        self.open.clear();
        Ok(())
    }
    fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.open.extend_from_slice(bytes);
        Ok(())
    }
    fn done(&mut self, entry: &FileEntry) -> std::io::Result<()> {
        self.done.push((entry.path.clone(), std::mem::take(&mut self.open)));
        Ok(())
    }
}

fn read(bytes: &[u8]) -> Result<Kept, PackageError> {
    let mut kept = Kept::default();
    Reader::open(bytes)?.files(&mut kept)?;
    Ok(kept)
}

fn place() -> Place<'static> {
    Place {
        product: "ledger",
        os: "linux",
        arch: "x86_64",
        installed: None,
        counter: 0,
        now: "2026-12-01T00:00:00Z".parse().expect("a moment"),
    }
}

fn trust(keys: &[&SecretKey], threshold: u32) -> TrustRoot {
    let keys = keys.iter().map(|key| key.public().to_string()).collect();
    TrustRoot { format: 1, product: "*".to_owned(), version: 1, keys, threshold }
}

#[test]
fn what_was_packed_is_read_back_whole_and_believed_by_its_key() {
    let package = packed();
    let kept = read(&package).expect("a package");
    let want: Vec<(String, Vec<u8>)> =
        FILES.iter().map(|(path, bytes, _)| ((*path).to_owned(), bytes.to_vec())).collect();
    assert_eq!(kept.done, want);
    let reader = Reader::open(&package[..]).expect("a package");
    assert_eq!(reader.manifest_bytes(), manifest_text().as_bytes());
    assert_eq!(reader.manifest_digest(), digest(manifest_text().as_bytes()));
    assert_eq!(reader.judge(&trust(&[&key(1)], 1), &place()), Ok(()));
    let stranger = reader.judge(&trust(&[&key(2)], 1), &place());
    assert_eq!(stranger.map_err(|it| it.code()), Err("signatures"));
    assert_eq!(package, packed(), "the same input gives the same bytes");
    // Reading byte by byte gives the same.
    struct Drip<'a>(&'a [u8]);
    impl std::io::Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let count = into.len().min(1);
            self.0.read(&mut into[..count])
        }
    }
    assert!(Reader::open(Drip(&package)).and_then(|it| it.files(&mut Discard)).is_ok());
}

#[test]
fn other_programs_can_list_a_package() {
    // Names above 100 bytes use the second field of the header.
    let long = format!("files/{}/{}", "d".repeat(90), "f".repeat(90));
    let head = tar::header(&long, 5, true).expect("a header");
    assert_eq!(tar::name_and_size(&head), (long, Some(5)));
    assert_eq!(tar::header(&"x".repeat(101), 1, false), None);
    assert_eq!(tar::header("x", 1 << 33, false), None);
    let mut out = std::process::Command::new("tar")
        .args(["-t", "-v", "-f", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("tar runs");
    let mut input = out.stdin.take().expect("its input");
    std::io::Write::write_all(&mut input, &packed()).expect("written");
    drop(input);
    let out = out.wait_with_output().expect("it ends");
    let text = String::from_utf8(out.stdout).expect("text");
    assert!(out.status.success(), "{text}");
    let names: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next_back()).collect();
    let signature = format!("signatures/{}.minisig", key(1).public().id());
    assert_eq!(
        names,
        ["manifest.json", &signature, "files/app/main.py", "files/app/empty", "files/notes"]
    );
    assert!(text.contains("-rwxr-xr-x"), "{text}");
}

/// A change to the bytes of a good package, by the byte where an entry's header begins.
fn damage(change: impl FnOnce(&mut Vec<u8>, &dyn Fn(&str) -> usize)) -> Vec<u8> {
    let good = packed();
    let at = |name: &str| {
        let blocks = good.chunks(512).position(|block| block.starts_with(name.as_bytes()));
        blocks.expect("an entry") * 512
    };
    let mut bytes = good.clone();
    change(&mut bytes, &at);
    bytes
}

fn head(name: &str, size: u64, flag: u8, link: &str) -> Vec<u8> {
    let mut block = tar::header(name, size, false).expect("a header").to_vec();
    block[156] = flag;
    block[157..157 + link.len()].copy_from_slice(link.as_bytes());
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

#[test]
fn what_does_not_belong_is_refused_with_its_reason() {
    let splice = |name: &'static str, entry: Vec<u8>| {
        damage(move |bytes, at| drop(bytes.splice(at(name)..at(name), entry)))
    };
    let replace = |name: &'static str, entry: Vec<u8>| {
        damage(move |bytes, at| drop(bytes.splice(at(name)..at(name) + 512, entry)))
    };
    let foot = packed().len() - 1024;
    let manifest = |from: &str, to: &str| {
        let text = manifest_text().replace(from, to);
        let mut bytes = tar::header("manifest.json", text.len() as u64, false).unwrap().to_vec();
        bytes.extend(text.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes.extend([0; 1024]);
        bytes
    };
    let again = |name: &str| {
        damage(|bytes, at| {
            let from = at(name);
            let copy = bytes[from..from + 1024].to_vec();
            drop(bytes.splice(from..from, copy));
        })
    };
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("no_package", Vec::new()),
        ("no_package", b"PK\x03\x04".to_vec()),
        ("no_package", vec![0; 2048]),
        ("no_package", packed()[512..].to_vec()),
        ("truncated", packed()[..700].to_vec()),
        ("truncated", packed()[..foot + 512].to_vec()),
        ("truncated", packed()[..foot - 1].to_vec()),
        ("trailing", [packed(), vec![0]].concat()),
        ("trailing", [packed(), packed()].concat()),
        // Links, devices, folders, pipes, extensions: in front of, and in the place of a file.
        ("entry", splice("files/notes", head("files/notes", 0, b'2', "/etc/passwd"))),
        ("entry", replace("files/app/empty", head("files/app/empty", 0, b'2', "/etc/passwd"))),
        ("entry", replace("files/app/empty", head("files/app/empty", 0, b'1', "app/main.py"))),
        ("entry", replace("files/app/empty", head("files/app/empty", 0, b'3', ""))),
        ("entry", replace("files/app/empty", head("files/app/empty", 0, b'6', ""))),
        ("entry", splice("files/notes", head("files/app", 0, b'5', ""))),
        ("entry", splice("files/notes", head("x", 0, b'x', ""))),
        ("entry", splice("files/notes", head("x", 0, b'L', ""))),
        // Paths that leave the folder, files that nobody promised, doubled, swapped, other modes.
        ("entry", replace("files/app/empty", head("files/../../evil", 0, b'0', ""))),
        ("entry", replace("files/app/empty", head("/etc/cron.d/evil", 0, b'0', ""))),
        ("entry", splice("files/notes", head("files/extra", 0, b'0', ""))),
        ("entry", damage(|bytes, _| drop(bytes.splice(foot..foot, head("x", 0, b'0', ""))))),
        ("entry", again("files/app/main.py")),
        ("entry", again("signatures/")),
        ("entry", replace("signatures/", head("signatures/X.minisig", 9, b'0', ""))),
        ("entry", damage(|bytes, at| bytes[at("files/app/main.py") + 106] = b'4')),
        ("entry", damage(|bytes, at| bytes[at("files/notes") + 265] = b'r')),
        ("entry", damage(|bytes, at| bytes[at("files/app/main.py") + 512 + 100] = 1)),
        ("missing", damage(|bytes, at| drop(bytes.drain(at("files/notes")..foot)))),
        ("digest", damage(|bytes, at| bytes[at("files/notes") + 600] = 8)),
        ("digest", damage(|bytes, at| bytes[at("files/app/main.py") + 512] = b'q')),
        ("digest", replace("files/app/empty", head("files/app/empty", 512, b'0', ""))),
        ("digest", replace("files/notes", head("files/notes", (1 << 33) - 1, b'0', ""))),
        // Bombs: a size above the limit is refused before anything is read of it.
        ("too_large", head("manifest.json", 5 << 20, b'0', "")),
        (
            "too_large",
            replace("signatures/", head("signatures/0000000000000000.minisig", 4096, b'0', "")),
        ),
        ("json", manifest("\"format\"", "\"fromat\"")),
        ("json", manifest("{\"format\":1", "{\"format\":1,\"format\":1")),
        ("json", manifest("\"threshold\":1", "\"threshold\":1,\"more\":{}")),
        ("json", manifest("\"size\":600", "\"size\":-600")),
        ("json", manifest("\"format\":1", &"[".repeat(100_000))),
        ("form", manifest("\"format\":1", "\"format\":2")),
        ("form", manifest("\"app/empty\"", "\"../../evil\"")),
        ("form", manifest("\"app/empty\"", "\"notes\"")),
        ("form", manifest("\"notes\"", &format!("\"{}\"", "n".repeat(120)))),
    ];
    for (index, (want, bytes)) in table.into_iter().enumerate() {
        let mut kept = Kept::default();
        let got = Reader::open(&bytes[..]).and_then(|it| it.files(&mut kept));
        let error = got.expect_err("refused");
        assert_eq!(error.code(), want, "row {index}: {error}");
        assert!(error.to_string().len() > 30, "row {index}: {error}");
        for (path, bytes) in &kept.done {
            let promised = FILES.iter().find(|(known, ..)| known == path).expect("a known file");
            assert_eq!(promised.1, bytes, "only what was promised is ever done");
        }
    }
}

#[test]
fn a_signature_under_another_name_or_for_another_manifest_counts_nothing() {
    let text = manifest_text();
    let foreign = key(2).sign(text.as_bytes(), "timestamp:1");
    let stale = key(1).sign(b"another manifest", "timestamp:1");
    for signatures in [vec![], vec![foreign], vec![stale]] {
        let package = packed_with(text.as_bytes(), &signatures);
        let reader = Reader::open(&package[..]).expect("well formed");
        let judged = reader.judge(&trust(&[&key(1)], 1), &place());
        assert_eq!(judged.map_err(|it| it.code()), Err("signatures"));
    }
    let renamed = damage(|bytes, at| {
        let from = at("signatures/");
        let size = tar::name_and_size(bytes[from..from + 512].try_into().unwrap()).1.unwrap();
        let other = head("signatures/0000000000000000.minisig", size, b'0', "");
        drop(bytes.splice(from..from + 512, other));
    });
    assert_eq!(read(&renamed).map(|_| ()).map_err(|it| it.code()), Err("entry"));
    let broken = damage(|bytes, at| bytes[at("signatures/") + 512] = b'!');
    assert_eq!(read(&broken).map(|_| ()).map_err(|it| it.code()), Err("key"));
}

#[test]
fn an_order_is_read_only_under_the_directors_signature() {
    let order = r#"{"format":1,"action":7,"kind":"install","site":"hanoi","product":"ledger",
        "version":"2.0.0","manifest":"DIGEST","not_before":null,
        "until":"2030-01-01T00:00:00Z","counter":3,"signed_at":"2026-01-01T00:00:00Z"}"#;
    let order = order.replace("DIGEST", &"a".repeat(64));
    let director = key(9);
    let signed = |text: &str, by: &SecretKey| {
        read_order(order.as_bytes(), &by.sign(text.as_bytes(), "").to_string(), &director.public())
    };
    let read: Order = signed(&order, &director).expect("an order");
    let bytes = write_order(&read);
    let signature = director.sign(&bytes, "").to_string();
    assert_eq!(read_order(&bytes, &signature, &director.public()).expect("an order"), read);
    for (got, want) in [
        (signed(&order, &key(1)), "key"),
        (signed("other", &director), "key"),
        (read_order(b"{}", &director.sign(b"{}", "").to_string(), &director.public()), "json"),
        (read_order(&vec![b' '; 20_000], "", &director.public()), "too_large"),
        (read_order(order.as_bytes(), "", &director.public()), "key"),
    ] {
        assert_eq!(got.expect_err("refused").code(), want);
    }
}

#[test]
fn a_new_set_of_keys_needs_both_sets() {
    let (old, new) = (key(1), key(2));
    let present = trust(&[&old], 1);
    let next = TrustRoot { version: 2, ..trust(&[&new], 1) };
    let bytes = write_root(&next);
    assert_eq!(read_root(&bytes).expect("its own text"), next);
    let by = |keys: &[&SecretKey]| -> Vec<String> {
        keys.iter().map(|key| key.sign(&bytes, "").to_string()).collect()
    };
    assert_eq!(next_root(&present, &bytes, &by(&[&old, &new])).expect("both"), next);
    for (signatures, want) in [
        (by(&[&new]), "root_old_keys"),
        (by(&[&old]), "root_new_keys"),
        (by(&[&old, &old]), "root_new_keys"),
        (vec![String::new()], "key"),
    ] {
        let got = next_root(&present, &bytes, &signatures).expect_err("refused");
        assert_eq!(got.code(), want);
    }
    let twice = TrustRoot { keys: vec![old.public().to_string(); 2], ..next.clone() };
    assert_eq!(read_root(&write_root(&twice)).expect_err("refused").code(), "form");
    let nonsense = TrustRoot { keys: vec!["RWQ".to_owned()], ..next };
    assert_eq!(read_root(&write_root(&nonsense)).expect_err("refused").code(), "key");
}

#[test]
fn a_writer_takes_only_what_the_manifest_says() {
    let text = manifest_text();
    let begin = || Writer::begin(Vec::new(), text.as_bytes(), &[]).expect("a manifest");
    assert_eq!(begin().finish().expect_err("refused").code(), "missing");
    assert_eq!(begin().file(&b"short"[..]).expect_err("refused").code(), "digest");
    assert_eq!(begin().file(std::io::repeat(0)).expect_err("refused").code(), "digest");
    let changed = b"print('HELLO')\n";
    assert_eq!(begin().file(&changed[..]).expect_err("refused").code(), "digest");
    let mut full = begin();
    for (_, bytes, _) in FILES {
        full.file(bytes).expect("a file");
    }
    assert_eq!(full.file(&b""[..]).expect_err("refused").code(), "trailing");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn a_damaged_package_never_makes_the_reader_panic_and_is_never_believed(
        at in any::<prop::sample::Index>(), bit in 0..8_u32, cut in any::<bool>(),
    ) {
        let mut bytes = packed();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
        let believed = Reader::open(&bytes[..]).is_ok_and(|reader| {
            reader.judge(&trust(&[&key(1)], 1), &place()).is_ok()
                && reader.files(&mut Discard).is_ok()
        });
        // The first line of a signature is a comment that nobody signs.
        let comment = packed().windows(9).position(|it| it == b"untrusted").expect("a comment");
        let harmless = !cut && (comment..comment + 60).contains(&at);
        prop_assert!(!believed || harmless, "byte {at}");
    }

    #[test]
    fn no_manifest_makes_the_reader_panic(text in "\\PC{0,60}", at in any::<prop::sample::Index>()) {
        let mut damaged = manifest_text();
        let at = at.index(damaged.len());
        if damaged.is_char_boundary(at) { damaged.insert_str(at, &text) }
        for text in [&text, &damaged] {
            let read: Result<Manifest, _> = read_manifest(text.as_bytes());
            if let Ok(read) = read {
                prop_assert_eq!(read_manifest(&write_manifest(&read)).expect("its own text"), read);
            }
            let _ = read_root(text.as_bytes());
        }
    }
}

#[test]
fn every_code_of_a_refusal_stands_on_its_page() {
    let page = include_str!("../../../../docs/packages.md");
    let sources = [include_str!("mod.rs"), include_str!("../../../core/src/package/refusal.rs")];
    let mut codes = 0;
    for line in sources.iter().flat_map(|text| text.lines()) {
        let Some(code) = line.split("=> \"").nth(1).and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        codes += 1;
        assert!(page.contains(&format!("`{code}`")), "`{code}` is not told");
    }
    assert_eq!(codes, 30);
}
