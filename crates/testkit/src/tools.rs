//! Finds what `scripts/setup.sh` installed for the tests.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the source tree.
pub fn root() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates.and_then(Path::parent).expect("testkit lies in crates/").to_owned()
}

/// Where `scripts/setup.sh` keeps what it installs.
pub fn cache() -> PathBuf {
    let own = env::var_os("ROADBOOK_CACHE").map(PathBuf::from);
    let shared = || env::var_os("XDG_CACHE_HOME").map(|dir| PathBuf::from(dir).join("roadbook"));
    let home = || env::var_os("HOME").map(|dir| PathBuf::from(dir).join(".cache/roadbook"));
    own.or_else(shared).or_else(home).expect("HOME is set")
}

/// The Python with the packages of `tests/requirements.txt`.
pub fn python() -> PathBuf {
    let path = env::var_os("ROADBOOK_TEST_PYTHON")
        .map_or_else(|| cache().join("python/bin/python"), PathBuf::from);
    assert!(path.exists(), "`{}` does not exist: run `make setup`", path.display());
    path
}

/// The folder `node_modules` with the packages of `tests/browser/package.json`.
pub fn node_modules() -> PathBuf {
    let path = env::var_os("ROADBOOK_TEST_NODE_MODULES")
        .map_or_else(|| cache().join("node/node_modules"), PathBuf::from);
    assert!(path.exists(), "`{}` does not exist: run `make setup`", path.display());
    path
}
