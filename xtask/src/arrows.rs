//! Which crate may know which. The table here is the one of `ARCHITECTURE.md`; `cargo metadata` is compared with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Crate, the crates of ours it may use, the outside libraries it must never use.
const ARROWS: [(&str, &[&str], &[&str]); 11] = [
    (
        "roadbook-core",
        &[],
        &[
            "tokio",
            "axum",
            "hyper",
            "rusqlite",
            "tokio-postgres",
            "tracing",
            "getrandom",
            "lettre",
            "toml",
            "toml_edit",
            "csv",
            "serde_json",
            "maud",
            "fs4",
            "tempfile",
        ],
    ),
    (
        "roadbook-wire",
        &["roadbook-core"],
        &["tokio", "axum", "hyper", "rusqlite", "tokio-postgres", "maud"],
    ),
    ("roadbook-store", &["roadbook-core"], &["axum", "hyper", "maud", "lettre"]),
    (
        "roadbook-app",
        &["roadbook-core", "roadbook-store"],
        &["axum", "hyper", "maud", "rusqlite", "tokio-postgres"],
    ),
    (
        "roadbook-web",
        &["roadbook-core", "roadbook-wire", "roadbook-app"],
        &["rusqlite", "tokio-postgres"],
    ),
    (
        "roadbook-cli",
        &[
            "roadbook-core",
            "roadbook-wire",
            "roadbook-store",
            "roadbook-app",
            "roadbook-web",
            "roadbook-adapter-git",
        ],
        &[],
    ),
    (
        "roadbook-agent",
        &["roadbook-core", "roadbook-wire"],
        &["axum", "tower-http", "rusqlite", "tokio-postgres", "maud", "lettre"],
    ),
    ("roadbook-adapter-git", &[], &["tokio", "axum", "hyper", "rusqlite", "tokio-postgres"]),
    ("roadbook-testkit", &[], &["axum"]),
    (
        "roadbook-sim",
        &[
            "roadbook-core",
            "roadbook-wire",
            "roadbook-store",
            "roadbook-app",
            "roadbook-web",
            "roadbook-agent",
        ],
        &["axum", "rusqlite", "tokio-postgres", "getrandom"],
    ),
    ("xtask", &[], &["tokio"]),
];
/// The helpers of the tests; a dev-dependency only.
const TESTKIT: &str = "roadbook-testkit";
/// Libraries that one crate alone may name.
const SOLE_USERS: [(&str, &[&str]); 4] = [
    ("rusqlite", &["roadbook-store", "roadbook-cli"]),
    ("tokio-postgres", &["roadbook-store", "roadbook-testkit", "roadbook-cli"]),
    ("axum", &["roadbook-web", "roadbook-cli"]),
    ("cel", &["roadbook-wire"]),
];

/// Reads `cargo metadata` of the tree and checks it.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .context("cannot run `cargo metadata`")?;
    ensure!(
        output.status.success(),
        "`cargo metadata` failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    Ok(findings(&edges(&metadata)))
}

/// Crate → (dependency, only for tests).
pub type Edges = BTreeMap<String, Vec<(String, bool)>>;

fn edges(metadata: &Value) -> Edges {
    let mut edges = Edges::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default().to_owned();
        let used = package["dependencies"].as_array().into_iter().flatten();
        let list =
            used.map(|d| (d["name"].as_str().unwrap_or_default().to_owned(), d["kind"] == "dev"));
        edges.insert(name, list.collect());
    }
    edges
}

/// What contradicts the table.
pub fn findings(edges: &Edges) -> Vec<String> {
    let mut found = Vec::new();
    for (name, used) in edges {
        let Some((_, ours, never)) = ARROWS.iter().find(|(known, ..)| known == name) else {
            found.push(format!("crate `{name}` is not in the table of arrows: add it to xtask/src/arrows.rs and ARCHITECTURE.md"));
            continue;
        };
        for (dependency, dev) in used {
            let house = dependency.starts_with("roadbook-");
            if dependency == TESTKIT && !dev {
                found.push(format!("`{name}` ships `{TESTKIT}`: make it a dev-dependency"));
            } else if house && dependency != TESTKIT && !ours.contains(&dependency.as_str()) && !dev
            {
                found.push(format!("arrow `{name}` -> `{dependency}` points the wrong way"));
            }
            if !dev && never.contains(&dependency.as_str()) {
                found.push(format!("`{name}` must not know `{dependency}`"));
            }
            let sole = SOLE_USERS.iter().find(|(library, _)| library == dependency);
            if let Some((_, users)) =
                sole.filter(|(_, users)| !dev && !users.contains(&name.as_str()))
            {
                found.push(format!(
                    "only {} may name `{dependency}`, not `{name}`",
                    users.join(", ")
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_arrows_are_found() {
        let table: [(&str, &str, bool, bool); 8] = [
            ("roadbook-store", "roadbook-core", false, true),
            ("roadbook-store", "roadbook-wire", false, false),
            ("roadbook-app", "roadbook-wire", false, false),
            ("roadbook-app", "roadbook-testkit", true, true),
            ("roadbook-app", "roadbook-testkit", false, false),
            ("roadbook-core", "tokio", false, false),
            ("roadbook-web", "rusqlite", false, false),
            ("roadbook-new", "roadbook-core", false, false),
        ];
        for (name, dependency, dev, good) in table {
            let edges = Edges::from([(name.to_owned(), vec![(dependency.to_owned(), dev)])]);
            assert_eq!(
                findings(&edges).is_empty(),
                good,
                "{name} -> {dependency}: {:?}",
                findings(&edges)
            );
        }
    }
}
