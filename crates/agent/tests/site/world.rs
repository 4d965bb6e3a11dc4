//! A real site: keys, packages that are scripts, a data directory, the real program.

use crate::server::Ddi;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use roadbook_core::package::*;
use roadbook_wire::ddi::*;
use roadbook_wire::minisign::SecretKey;
use roadbook_wire::package::{Writer, write_manifest, write_order};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program: its data is one word, and a log of the hooks that ran.
pub const SCRIPT: &str = r#"#!/bin/sh
d="$ROADBOOK_DATA"; b="$ROADBOOK_BACKUP"
put() { printf '%s\n' "$1" > "$2.new" && mv "$2.new" "$2"; }
echo "$1" >> "$d/ran"
case "$1" in
backup) if [ -f "$d/state" ]; then cp "$d/state" "$b/state"; fi ;;
install) echo "PARAM_PORT=$PARAM_PORT PARAM_SECRET=$PARAM_SECRET HOME=$HOME" > "$d/env" ;;
migrate) if [ -f "$d/state" ]; then put half "$d/state"; fi; put "$ROADBOOK_VERSION" "$d/state" ;;
rollback) if [ -f "$b/state" ]; then put "$(cat "$b/state")" "$d/state"; else rm -f "$d/state"; fi ;;
function) test ! -f "$d/bad" && test "$(cat "$d/state")" = "$ROADBOOK_VERSION" && test "$(readlink "$ROADBOOK_CURRENT")" = "versions/$ROADBOOK_VERSION" ;;
hang) sleep 987 & sleep 987 ;;
esac
"#;

pub fn key(seed: u8) -> SecretKey {
    SecretKey::make(&std::array::from_fn(|at| seed.wrapping_mul(31).wrapping_add(at as u8)))
}

pub fn sum(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[expect(clippy::disallowed_methods, reason = "the programs here live in real time")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

pub fn hook(name: &str) -> Hook {
    Hook { argv: vec!["run".to_owned(), name.to_owned()], timeout: 60, retry: Retry::Safe }
}

/// Files of a version.
pub fn files(version: &str) -> Vec<(&'static str, Vec<u8>)> {
    let data = format!("data of {version}\n").repeat(2_000);
    vec![("run", SCRIPT.as_bytes().to_vec()), ("lib/data", data.into_bytes())]
}

pub fn manifest(version: &str, counter: u64, key: &SecretKey) -> Manifest {
    Manifest {
        format: 1,
        product: "ledger".into(),
        version: version.into(),
        from: vec!["any".into()],
        platform: Platform { os: "any".into(), arch: "any".into() },
        counter,
        expires: now() + SignedDuration::from_hours(24),
        keys: vec![key.public().id()],
        threshold: 1,
        files: files(version)
            .into_iter()
            .map(|(path, bytes)| FileEntry {
                path: path.into(),
                size: bytes.len() as u64,
                sha256: sum(&bytes),
                executable: path == "run",
            })
            .collect(),
        hooks: Hooks {
            readiness: Some(hook("readiness")),
            backup: Some(hook("backup")),
            install: Some(hook("install")),
            configure: Some(hook("configure")),
            migrate: Some(hook("migrate")),
            verify: vec![Check { aspect: Aspect::Function, hook: hook("function") }],
            rollback: Some(hook("rollback")),
        },
        parameters: vec![],
        needs_disk: 0,
        rollback_loses: roadbook_core::text::Text::default(),
    }
}

pub fn pack(bytes: &[u8], keys: &[&SecretKey], contents: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let signatures: Vec<_> = keys.iter().map(|key| key.sign(bytes, "release")).collect();
    let mut writer = Writer::begin(Vec::new(), bytes, &signatures).expect("begins");
    for (_, content) in contents {
        writer.file(&content[..]).expect("takes the file");
    }
    writer.finish().expect("ends")
}

/// Everything that a server needs to order a version.
#[derive(Clone)]
pub struct Offer {
    pub order: Order,
    pub package: Option<Vec<u8>>,
    pub director: Vec<u8>,
    pub signature: Option<String>,
    pub base: DeploymentBase,
}

pub struct Place {
    pub ddi: Ddi,
    pub release: SecretKey,
    pub director: SecretKey,
    pub dir: tempfile::TempDir,
}

pub fn agent() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_roadbook-agent"))
}

impl Place {
    /// A server, and an agent that is enrolled with it.
    pub fn new() -> Self {
        let place = Self {
            ddi: Ddi::start(),
            release: key(1),
            director: key(2),
            dir: tempfile::tempdir().expect("a directory"),
        };
        place.ddi.state().director = place.director.public().to_string();
        let out = place.call(&[
            "enroll",
            &place.ddi.url,
            "--token",
            "once",
            "--release-key",
            &place.release.public().to_string(),
            "--director-key",
            &place.director.public().to_string(),
        ]);
        assert!(out.status.success(), "{out:?}");
        place
    }

    /// With version 1.0 installed.
    pub fn with_old() -> Self {
        let place = Self::new();
        place.give(&place.offer_of(1, &manifest("1.0", 10, &place.release)));
        place.once();
        assert_eq!(place.current().as_deref(), Some("1.0"), "{:?}", place.ddi.state().heard);
        place.ddi.state().heard.clear();
        let _ = std::fs::remove_file(place.data("ran"));
        place
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(agent());
        command.env("ROADBOOK_AGENT_DATA", self.dir.path()).env("RUST_BACKTRACE", "0");
        command
    }

    pub fn call(&self, args: &[&str]) -> Output {
        self.command().args(args).output().expect("the agent starts")
    }

    /// Runs until there is nothing to do.
    pub fn once(&self) -> Output {
        self.call(&["run", "--once"])
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn data(&self, name: &str) -> PathBuf {
        self.path("apps/ledger/data").join(name)
    }

    pub fn text(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.data(name)).ok().map(|text| text.trim().to_owned())
    }

    pub fn current(&self) -> Option<String> {
        let link = std::fs::read_link(self.path("apps/ledger/current")).ok()?;
        Some(link.file_name()?.to_string_lossy().into_owned())
    }

    pub fn offer(&self, action: u32, version: &str) -> Offer {
        let manifest = manifest(version, u64::from(action), &self.release);
        self.offer_of(action, &manifest)
    }

    pub fn offer_of(&self, action: u32, manifest: &Manifest) -> Offer {
        let bytes = write_manifest(manifest);
        let contents = files(&manifest.version);
        self.offer_with(action, manifest, &bytes, pack(&bytes, &[&self.release], &contents))
    }

    pub fn offer_with(
        &self,
        action: u32,
        manifest: &Manifest,
        bytes: &[u8],
        package: Vec<u8>,
    ) -> Offer {
        let order = Order {
            format: 1,
            action,
            kind: OrderKind::Install,
            site: "site-1".into(),
            product: manifest.product.clone(),
            version: manifest.version.clone(),
            manifest: sum(bytes),
            not_before: None,
            until: now() + SignedDuration::from_hours(1),
            counter: u64::from(action),
            signed_at: now() - SignedDuration::from_mins(1),
        };
        self.sign(order, Some(package))
    }

    /// Signs an order and wraps it as the protocol does.
    pub fn sign(&self, order: Order, package: Option<Vec<u8>>) -> Offer {
        let director = write_order(&order);
        let signature = self.director.sign(&director, "order").to_string();
        let mut offer = Offer {
            base: DeploymentBase {
                id: order.action.to_string(),
                deployment: None,
                confirmation: None,
                action_history: None,
            },
            order,
            package,
            director,
            signature: Some(signature),
        };
        self.wrap(&mut offer);
        offer
    }

    pub fn wrap(&self, offer: &mut Offer) {
        let name = format!("{}.rbpkg", offer.order.action);
        let meta = |key: &str, value: String| Metadata { key: key.to_owned(), value };
        let mut metadata = vec![
            meta(META_ORDER, STANDARD.encode(&offer.director)),
            meta(META_PARAMETERS, r#"{"port":"80"}"#.into()),
        ];
        metadata.extend(offer.signature.clone().map(|text| meta(META_ORDER_SIGNATURE, text)));
        let artifacts = offer.package.iter().map(|bytes| Artifact {
            filename: name.clone(),
            hashes: Hashes { sha1: String::new(), md5: String::new(), sha256: Some(sum(bytes)) },
            size: bytes.len() as u64,
            links: ArtifactLinks {
                download_http: Some(Link { href: format!("{}/files/{name}", self.ddi.url) }),
                ..Default::default()
            },
        });
        offer.base.deployment = Some(Deployment {
            download: "forced".into(),
            update: "forced".into(),
            maintenance_window: None,
            chunks: vec![Chunk {
                part: "bApp".into(),
                version: offer.order.version.clone(),
                name: offer.order.product.clone(),
                artifacts: artifacts.collect(),
                metadata,
            }],
        });
    }

    /// The server shows it.
    pub fn give(&self, offer: &Offer) {
        let mut state = self.ddi.state();
        let action = offer.order.action;
        state.shown = Some(action);
        state.orders.insert(action, offer.base.clone());
        if let Some(package) = &offer.package {
            state.files.insert(format!("{action}.rbpkg"), package.clone());
        }
    }

    /// The version that is current is whole, and its data fit.
    pub fn check(&self, what: &str) -> String {
        let current = self.current().unwrap_or_else(|| panic!("{what}: a version is current"));
        for (path, content) in files(&current) {
            let found = std::fs::read(self.path("apps/ledger/current").join(path)).ok();
            assert!(found == Some(content), "{what}: {path} of {current} is whole");
        }
        assert_eq!(self.text("state").as_deref(), Some(&*current), "{what}: the data fit");
        current
    }
}
