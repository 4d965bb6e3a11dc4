//! Every path that a page names must exist: in `code` marks and as targets of links.

use std::path::Path;

use crate::files::File;

/// The paths named in one Markdown page that do not exist, with their lines.
pub fn missing(root: &Path, page: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in page.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        let named = code_marks(line).into_iter().filter(|token| looks_like_path(root, token));
        for path in named.chain(link_targets(line)) {
            if !exists(root, &page.path, &path) {
                found.push((index + 1, path));
            }
        }
    }
    found
}

fn code_marks(line: &str) -> Vec<String> {
    line.split('`').skip(1).step_by(2).map(|token| token.trim().to_owned()).collect()
}

fn link_targets(line: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for part in line.split("](").skip(1) {
        let target = part.split(')').next().unwrap_or_default();
        let target = target.split(['#', ' ']).next().unwrap_or_default();
        let outside =
            target.contains("://") || target.starts_with("mailto:") || target.starts_with('/');
        if !target.is_empty() && !outside {
            targets.push(target.to_owned());
        }
    }
    targets
}

/// Only what begins with something at the root counts: `text/html` and `release/plan` are no paths.
fn looks_like_path(root: &Path, token: &str) -> bool {
    let plain = token.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    if !plain || token.starts_with('/') || token.starts_with("..") {
        return false;
    }
    match token.split_once('/') {
        Some((first, _)) => {
            ["crates", "docs", "xtask", "scripts", "tests", ".ci", ".cargo", "examples"]
                .contains(&first)
                || (root.join(first).is_dir() && first != "target")
        }
        None => {
            token.rsplit_once('.').is_some_and(|(_, kind)| kind == "md")
                || ["Makefile", "clippy.toml", "deny.toml", "Cargo.toml"].contains(&token)
        }
    }
}

fn exists(root: &Path, page: &str, path: &str) -> bool {
    let beside = root.join(page).parent().map(|dir| dir.join(path));
    root.join(path).exists() || beside.is_some_and(|full| full.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_do_not_exist_are_found() {
        let page = File {
            path: "docs/page.md".to_owned(),
            text: "see `xtask/src/lib.rs`, `xtask/gone.rs`, `text/html`, [a](gone.md), [b](https://example.org)\n\
                   ```\n`docs/in-a-fence.md`\n```\n`docs/style.md` `docs/gone-too.md`\n"
                .to_owned(),
        };
        let found: Vec<String> =
            missing(&crate::root(), &page).into_iter().map(|(_, path)| path).collect();
        assert_eq!(found, ["xtask/gone.rs", "gone.md", "docs/gone-too.md"]);
    }
}
