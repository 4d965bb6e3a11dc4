//! What a stolen server, a thief of one key, or somebody in between may try. Nothing of it is
//! installed, and nothing of it is run.

use crate::world::{Offer, Place, files, key, manifest, now, pack, sum};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use roadbook_core::package::{Manifest, OrderKind, TrustRoot};
use roadbook_wire::ddi::{Link, META_TRUST, META_TRUST_SIGNATURE, Metadata};
use roadbook_wire::minisign::SecretKey;
use roadbook_wire::package::{write_manifest, write_root};

/// One attempt: puts something before the agent as action `n`. Says what the refusal must name.
pub type Attempt = fn(&Place, u32) -> &'static str;

fn next(place: &Place, n: u32) -> Manifest {
    manifest("2.0", u64::from(n), &place.release)
}

/// A package as asked, with an order that fits it.
fn offer(place: &Place, n: u32, manifest: &Manifest, keys: &[&SecretKey]) -> Offer {
    let bytes = write_manifest(manifest);
    place.offer_with(n, manifest, &bytes, pack(&bytes, keys, &files(&manifest.version)))
}

/// A package that is right but for one change of the manifest.
fn changed(place: &Place, n: u32, change: impl FnOnce(&mut Manifest)) {
    let mut manifest = next(place, n);
    change(&mut manifest);
    place.give(&offer(place, n, &manifest, &[&place.release]));
}

/// An order that is right but for one change.
fn ordered(place: &Place, n: u32, change: impl FnOnce(&mut roadbook_core::package::Order)) {
    let right = offer(place, n, &next(place, n), &[&place.release]);
    let mut order = right.order.clone();
    change(&mut order);
    let mut wrong = place.sign(order, right.package);
    wrong.order.action = n;
    wrong.base.id = n.to_string();
    place.give(&wrong);
}

/// A package whose bytes were changed, announced as it is.
fn bytes(place: &Place, n: u32, change: impl FnOnce(&mut Vec<u8>)) {
    let mut right = offer(place, n, &next(place, n), &[&place.release]);
    let mut package = right.package.take().expect("has one");
    change(&mut package);
    right.package = Some(package);
    place.wrap(&mut right);
    place.give(&right);
}

/// Entries of a tar: name, begin of the header, end of the padded content.
pub fn entries(tar: &[u8]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while tar.len() >= at + 512 && tar[at] != 0 {
        let text = |from: usize, to: usize| {
            let part = &tar[at + from..at + to];
            let end = part.iter().position(|byte| *byte == 0).unwrap_or(part.len());
            String::from_utf8_lossy(&part[..end]).trim().to_owned()
        };
        let size = usize::from_str_radix(&text(124, 136), 8).expect("a size");
        let end = at + 512 + size.div_ceil(512) * 512;
        found.push((text(0, 100), at, end));
        at = end;
    }
    found
}

/// Changes a header and makes its sum right again.
fn header(tar: &mut [u8], at: usize, change: impl FnOnce(&mut [u8])) {
    let head = &mut tar[at..at + 512];
    change(head);
    head[148..156].copy_from_slice(b"        ");
    let total: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{total:06o}\0 ").as_bytes());
}

fn find(tar: &[u8], name: &str) -> (usize, usize) {
    let found = entries(tar).into_iter().find(|(entry, _, _)| entry.starts_with(name));
    let (_, from, to) = found.expect("the entry is there");
    (from, to)
}

fn renamed(head: &mut [u8], name: &str) {
    head[..100].fill(0);
    head[..name.len()].copy_from_slice(name.as_bytes());
}

/// A package with a manifest that no honest writer writes.
fn crooked(place: &Place, n: u32, path: &str) {
    let right = next(place, n);
    let mut bytes = pack(&write_manifest(&right), &[&place.release], &files("2.0"));
    let mut wrong = right.clone();
    wrong.files[0].path = path.to_owned();
    let text = write_manifest(&wrong);
    let (from, to) = find(&bytes, "manifest.json");
    let mut head = bytes[from..from + 512].to_vec();
    header(&mut head, 0, |head| {
        head[124..136].copy_from_slice(format!("{:011o}\0", text.len()).as_bytes());
    });
    let mut entry = [head, text.clone()].concat();
    entry.resize(entry.len().div_ceil(512) * 512, 0);
    bytes.splice(from..to, entry);
    let signature = place.release.sign(&text, "release").to_string();
    let (from, to) = find(&bytes, "signatures/");
    let mut entry = bytes[from..from + 512].to_vec();
    header(&mut entry, 0, |head| {
        head[124..136].copy_from_slice(format!("{:011o}\0", signature.len()).as_bytes());
    });
    entry.extend(signature.as_bytes());
    entry.resize(entry.len().div_ceil(512) * 512, 0);
    bytes.splice(from..to, entry);
    place.give(&place.offer_with(n, &wrong, &text, bytes));
}

fn trust(place: &Place, n: u32, version: u64, signer: &SecretKey) {
    let thief = key(9);
    let root = TrustRoot {
        format: 1,
        product: "*".into(),
        version,
        keys: vec![thief.public().to_string()],
        threshold: 1,
    };
    let text = write_root(&root);
    let mut manifest = next(place, n);
    manifest.keys = vec![thief.public().id()];
    let mut wrong = offer(place, n, &manifest, &[&thief]);
    let chunk = &mut wrong.base.deployment.as_mut().expect("has one").chunks[0];
    let signatures = [signer.sign(&text, "root"), thief.sign(&text, "root")];
    chunk.metadata.push(Metadata { key: META_TRUST.into(), value: STANDARD.encode(&text) });
    chunk.metadata.extend(
        signatures
            .iter()
            .map(|one| Metadata { key: META_TRUST_SIGNATURE.into(), value: one.to_string() }),
    );
    place.give(&wrong);
}

/// Attempts that only a check of signatures stops: with that check off, they must get through.
pub const UNSIGNED: [(&str, Attempt); 4] = [
    ("a package of a key that nobody trusts", |place, n| {
        let thief = key(9);
        let mut manifest = next(place, n);
        manifest.keys = vec![thief.public().id()];
        place.give(&offer(place, n, &manifest, &[&thief]));
        "signatures"
    }),
    ("a package without a signature", |place, n| {
        place.give(&offer(place, n, &next(place, n), &[]));
        "signatures"
    }),
    ("the director alone makes a package", |place, n| {
        let mut manifest = next(place, n);
        manifest.keys = vec![place.director.public().id()];
        place.give(&offer(place, n, &manifest, &[&place.director]));
        "signatures"
    }),
    ("the release key alone gives an order", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.signature = Some(place.release.sign(&wrong.director, "order").to_string());
        place.wrap(&mut wrong);
        place.give(&wrong);
        "key"
    }),
];

/// The other attempts.
pub const OTHERS: [(&str, Attempt); 37] = [
    ("an order of another director", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.signature = Some(key(9).sign(&wrong.director, "order").to_string());
        place.wrap(&mut wrong);
        place.give(&wrong);
        "key"
    }),
    ("an order without a signature", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.signature = None;
        place.wrap(&mut wrong);
        place.give(&wrong);
        "order_unsigned"
    }),
    ("an order changed after it was signed", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        let text = String::from_utf8(wrong.director.clone()).expect("is text");
        wrong.director = text.replace("site-1", "site-2").into_bytes();
        place.wrap(&mut wrong);
        place.give(&wrong);
        "key"
    }),
    ("no order at all", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.base.deployment.as_mut().expect("has one").chunks[0].metadata.clear();
        place.give(&wrong);
        "order_unsigned"
    }),
    ("no part at all", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.base.deployment.as_mut().expect("has one").chunks.clear();
        place.give(&wrong);
        "order_parts"
    }),
    ("two parts", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        let chunks = &mut wrong.base.deployment.as_mut().expect("has one").chunks;
        chunks.push(chunks[0].clone());
        place.give(&wrong);
        "order_parts"
    }),
    ("an order for another site", |place, n| {
        ordered(place, n, |order| order.site = "site-2".into());
        "site"
    }),
    ("an order that is over", |place, n| {
        ordered(place, n, |order| order.until = now() - SignedDuration::from_secs(1));
        "order_expired"
    }),
    ("an order whose number was used", |place, n| {
        ordered(place, n, |order| order.counter = 1);
        "order_older"
    }),
    ("an order of another action", |place, n| {
        ordered(place, n, |order| order.action = n + 1_000);
        "order_action"
    }),
    ("an order for another product than said", |place, n| {
        ordered(place, n, |order| order.product = "other".into());
        "product"
    }),
    ("an order of a future format", |place, n| {
        ordered(place, n, |order| order.format = 2);
        "form"
    }),
    ("an order that may never begin", |place, n| {
        ordered(place, n, |order| order.not_before = Some(order.until));
        "order_times"
    }),
    ("an order for other bytes of the same version", |place, n| {
        ordered(place, n, |order| order.manifest = sum(b"other"));
        "manifest"
    }),
    ("an order for another version than the package", |place, n| {
        ordered(place, n, |order| order.version = "3.0".into());
        "version"
    }),
    ("going back to a version that never ran", |place, n| {
        ordered(place, n, |order| {
            order.kind = OrderKind::Rollback;
            order.version = "0.9".into();
        });
        "no_former"
    }),
    ("what is said and what is signed differ", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.base.deployment.as_mut().expect("has one").chunks[0].version = "1.9".into();
        place.give(&wrong);
        "order_mixed"
    }),
    ("no file", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.base.deployment.as_mut().expect("has one").chunks[0].artifacts.clear();
        place.give(&wrong);
        "artifact_parts"
    }),
    ("a file without end, by its size", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        wrong.base.deployment.as_mut().expect("has one").chunks[0].artifacts[0].size = u64::MAX;
        place.give(&wrong);
        "artifact_size"
    }),
    ("a file with another digest than announced", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        let chunk = &mut wrong.base.deployment.as_mut().expect("has one").chunks[0];
        chunk.artifacts[0].hashes.sha256 = Some(sum(b"other"));
        place.give(&wrong);
        "digest"
    }),
    ("a file without a digest", |place, n| {
        let mut wrong = offer(place, n, &next(place, n), &[&place.release]);
        let chunk = &mut wrong.base.deployment.as_mut().expect("has one").chunks[0];
        chunk.artifacts[0].hashes.sha256 = None;
        place.give(&wrong);
        "artifact_digest"
    }),
    ("an older package", |place, n| {
        changed(place, n, |manifest| manifest.counter = 5);
        "older"
    }),
    ("a package that has expired", |place, n| {
        changed(place, n, |manifest| manifest.expires = now() - SignedDuration::from_secs(1));
        "expired"
    }),
    ("a package of another platform", |place, n| {
        changed(place, n, |manifest| manifest.platform.os = "plan9".into());
        "platform"
    }),
    ("a package that does not come from this version", |place, n| {
        changed(place, n, |manifest| manifest.from = vec!["0.5".into()]);
        "from"
    }),
    ("one key twice for a threshold of two", |place, n| {
        let other = key(3).public().id();
        changed(place, n, |manifest| {
            manifest.keys.push(other);
            manifest.keys.sort();
            manifest.threshold = 2;
        });
        "signatures"
    }),
    ("the same signature twice in the file", |place, n| {
        bytes(place, n, |tar| {
            let (from, to) = find(tar, "signatures/");
            let twice = tar[from..to].to_vec();
            tar.splice(to..to, twice);
        });
        "entry"
    }),
    ("a changed file", |place, n| {
        bytes(place, n, |tar| {
            let (from, _) = find(tar, "files/run");
            tar[from + 512 + 20] ^= 1;
        });
        "digest"
    }),
    ("a changed manifest", |place, n| {
        bytes(place, n, |tar| {
            let (from, to) = find(tar, "manifest.json");
            let at = tar[from..to].windows(8).position(|part| part == b"\"backup\"");
            tar[from + at.expect("is there") + 1] = b'B';
        });
        "json"
    }),
    ("half a package", |place, n| {
        bytes(place, n, |tar| tar.truncate(tar.len() / 2));
        "truncated"
    }),
    ("something behind the end", |place, n| {
        bytes(place, n, |tar| tar.extend([7; 512]));
        "trailing"
    }),
    ("a link in the place of a file", |place, n| {
        bytes(place, n, |tar| {
            let (from, _) = find(tar, "files/run");
            header(tar, from, |head| head[156] = b'2');
        });
        "entry"
    }),
    ("a device in the place of a file", |place, n| {
        bytes(place, n, |tar| {
            let (from, _) = find(tar, "files/run");
            header(tar, from, |head| head[156] = b'3');
        });
        "entry"
    }),
    ("a name that leads out of the folder", |place, n| {
        bytes(place, n, |tar| {
            let (from, _) = find(tar, "files/run");
            header(tar, from, |head| renamed(head, "files/../../../../evil"));
        });
        "entry"
    }),
    ("a signed path that leads out of the folder", |place, n| {
        crooked(place, n, "../../evil");
        "form"
    }),
    ("a new set of keys by a thief", |place, n| {
        trust(place, n, 2, &key(9));
        "root_old_keys"
    }),
    ("a set of keys that skips one", |place, n| {
        trust(place, n, 3, &place.release);
        "root_version"
    }),
];

/// Puts every attempt before one agent, in one life. Returns how many got through.
pub fn attempt(
    place: &Place,
    attempts: &[(&str, Attempt)],
    unsafe_variant: Option<&str>,
) -> Vec<String> {
    attempt_from(place, attempts, unsafe_variant, 20)
}

/// As [`attempt`], with actions from `first` on.
pub fn attempt_from(
    place: &Place,
    attempts: &[(&str, Attempt)],
    unsafe_variant: Option<&str>,
    first: u32,
) -> Vec<String> {
    let mut through = Vec::new();
    for (at, (name, attempt)) in attempts.iter().enumerate() {
        place.ddi.state().heard.clear();
        let code = attempt(place, first + at as u32);
        let mut command = place.command();
        command.args(["run", "--once"]);
        if let Some(variant) = unsafe_variant {
            command.env("ROADBOOK_UNSAFE", variant);
        }
        for _ in 0..4 {
            let _ = command.output().expect("the agent starts");
            if place.ddi.closed().is_some() {
                break;
            }
        }
        let hooks = place.text("ran");
        let versions: Vec<String> = std::fs::read_dir(place.path("apps/ledger/versions"))
            .expect("is there")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.') && name != "1.0")
            .collect();
        if hooks.is_some() || !versions.is_empty() || place.current().as_deref() != Some("1.0") {
            through.push(format!("{name}: hooks {hooks:?}, versions {versions:?}"));
            if unsafe_variant.is_some() {
                return through;
            }
            continue;
        }
        let said = place.ddi.closed().map(|body| body.status.details.join(" ")).unwrap_or_default();
        if !said.contains(code) {
            through.push(format!("{name}: refused, but not as {code}: {said}"));
        }
    }
    through
}

/// Attempts that need more than an order.
pub fn tricks(place: &Place) {
    // Data without end.
    place.give(&place.offer(100, "2.0"));
    place.ddi.state().endless = true;
    place.once();
    place.ddi.state().endless = false;
    let said = place.ddi.closed().expect("closed").status.details.join(" ");
    assert!(said.contains("too_much"), "{said}");
    // An order that was carried out long ago, shown again.
    let first = place.ddi.state().orders[&1].clone();
    place.ddi.state().heard.clear();
    place.ddi.state().shown = Some(1);
    place.once();
    assert_eq!(place.text("ran"), None, "an order is obeyed once");
    // The same order under another number.
    place.ddi.state().orders.insert(101, first);
    place.ddi.state().shown = Some(101);
    place.once();
    assert_eq!(place.text("ran"), None);
    // The file comes from elsewhere: the token goes nowhere but to this server.
    let mut wrong = place.offer(102, "2.0");
    let chunk = &mut wrong.base.deployment.as_mut().expect("has one").chunks[0];
    let link = Link { href: "http://127.0.0.1:9/files/102.rbpkg".into() };
    chunk.artifacts[0].links.download_http = Some(link);
    place.give(&wrong);
    place.once();
    place.ddi.state().shown = None;
    // Polls that are no polls.
    for body in [b"[]".to_vec(), vec![b'['; 3 << 20], vec![0xff; 64], b"{\"config\":1}".to_vec()] {
        place.ddi.state().poll_body = Some(body);
        assert_eq!(place.once().status.code(), Some(1));
    }
    place.ddi.state().poll_body = None;
    assert_eq!(place.text("ran"), None);
    assert_eq!(place.check("after all tricks"), "1.0");
}

/// The package is right and waits; somebody changes a file of it before it runs.
pub fn swapped(place: &Place) {
    std::fs::write(place.path("policy.toml"), "consent = \"ask\"").expect("writes");
    place.give(&place.offer(200, "2.0"));
    place.once();
    let file = place.path("apps/ledger/versions/2.0/run");
    assert!(file.exists(), "it was verified and waits: {:?}", place.ddi.state().heard);
    std::fs::write(&file, "#!/bin/sh\necho evil >> \"$ROADBOOK_DATA/ran\"\n").expect("writes");
    assert!(place.call(&["consent", "200", "yes"]).status.success());
    place.once();
    assert_eq!(place.text("ran"), None, "what was changed is not run");
    let said = place.ddi.closed().expect("closed").status.details.join(" ");
    assert!(said.contains("not as they were signed"), "{said}");
}
