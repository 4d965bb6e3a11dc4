//! The house rules as code. Each rule is a pure function over the files of the tree; `tidy::run` collects
//! every finding at once, so that one run shows all there is to mend.

use std::path::{Path, PathBuf};

pub mod arrows;
pub mod doc_paths;
pub mod files;
pub mod requirements;
pub mod rules;
pub mod scan;
pub mod tidy;

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_owned()
}
