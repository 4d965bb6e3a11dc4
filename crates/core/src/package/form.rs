//! What a manifest, an order and a set of keys must look like before anything else is asked.

use super::{Hook, Manifest, Order, Parameter, TrustRoot};
use crate::limits as max;
use std::collections::BTreeSet;

/// What is wrong with the form, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Fault {
    /// Where: `files[3].path`.
    pub place: String,
    /// What is wrong, and how it should be.
    pub what: String,
}

fn fault<T>(place: impl Into<String>, what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { place: place.into(), what: what.into() })
}

fn need(good: bool, place: impl Into<String>, what: impl Into<String>) -> Result<(), Fault> {
    if good { Ok(()) } else { fault(place, what) }
}

/// 16 hexadecimal digits in capitals, as minisign prints them.
pub fn is_key_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
}

/// A path that stays inside the folder it is put in, and is written in one way only.
pub fn is_clean_path(path: &str) -> bool {
    let clean = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.len() <= max::PACKAGE_PATH_BYTES_MAX
        && path.split('/').all(clean)
        && !path.chars().any(|c| c.is_control() || c == '\\' || c == ':')
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// A word without white space that may stand in a file name.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._+".contains(&b))
        && !text.starts_with(['.', '-'])
}

/// Checks the form of a manifest; the first fault is named.
pub fn form_of(manifest: &Manifest) -> Result<(), Fault> {
    need(manifest.format == 1, "format", "only format 1 is known; update the program")?;
    need(is_word(&manifest.product), "product", NAME)?;
    need(is_word(&manifest.version), "version", NAME)?;
    let reserved = ["any", "none"].contains(&manifest.version.as_str());
    need(!reserved, "version", "`any` and `none` are no versions")?;
    let from = &manifest.from;
    need(
        !from.is_empty()
            && from.len() <= max::FROM_VERSIONS_MAX
            && from.iter().all(|it| is_word(it)),
        "from",
        "name the versions it may come from, or `none`, or `any`",
    )?;
    for (place, word) in
        [("platform.os", &manifest.platform.os), ("platform.arch", &manifest.platform.arch)]
    {
        need(is_word(word), place, "a word such as `linux` or `x86_64`, or `any`")?;
    }
    keys_and_threshold(&manifest.keys, manifest.threshold)?;
    files(manifest)?;
    hooks(manifest)?;
    need(
        manifest.parameters.len() <= max::PARAMETERS_MAX,
        "parameters",
        format!("at most {}", max::PARAMETERS_MAX),
    )?;
    let mut names = BTreeSet::new();
    for (index, parameter) in manifest.parameters.iter().enumerate() {
        parameter_form(&format!("parameters[{index}]"), parameter)?;
        need(names.insert(&parameter.name), format!("parameters[{index}].name"), "given twice")?;
    }
    Ok(())
}

const NAME: &str = "up to 100 letters, digits and - . _ +, not beginning with a dot or dash";

fn keys_and_threshold(keys: &[String], threshold: u32) -> Result<(), Fault> {
    need(
        !keys.is_empty()
            && keys.len() <= max::SIGNATURES_MAX
            && keys.iter().all(|it| is_key_id(it)),
        "keys",
        "ids of the release keys, 16 hexadecimal digits in capitals each",
    )?;
    let different = keys.iter().collect::<BTreeSet<_>>().len();
    need(different == keys.len(), "keys", "a key is named twice")?;
    need(
        threshold >= 1 && threshold as usize <= different,
        "threshold",
        format!("between 1 and the {different} keys"),
    )
}

fn files(manifest: &Manifest) -> Result<(), Fault> {
    let files = &manifest.files;
    need(
        files.len() <= max::PACKAGE_FILES_MAX,
        "files",
        format!("at most {}", max::PACKAGE_FILES_MAX),
    )?;
    let (mut paths, mut folders, mut total) = (BTreeSet::new(), BTreeSet::new(), 0_u64);
    for (index, file) in files.iter().enumerate() {
        let place = |field: &str| format!("files[{index}].{field}");
        need(
            is_clean_path(&file.path),
            place("path"),
            format!("`{}` must stay inside the package: no `..`, no `/` at either end", file.path),
        )?;
        need(is_digest(&file.sha256), place("sha256"), "64 small hexadecimal digits")?;
        need(paths.insert(file.path.as_str()), place("path"), format!("`{}` twice", file.path))?;
        let parts = file.path.match_indices('/').map(|(at, _)| &file.path[..at]);
        folders.extend(parts);
        total = total.saturating_add(file.size);
    }
    let both = paths.intersection(&folders).next();
    if let Some(path) = both {
        return fault("files", format!("`{path}` is a file and a folder"));
    }
    need(
        total <= max::PACKAGE_BYTES_MAX && i64::try_from(manifest.needs_disk).is_ok(),
        "files",
        format!("together at most {} GiB", max::PACKAGE_BYTES_MAX >> 30),
    )
}

fn hooks(manifest: &Manifest) -> Result<(), Fault> {
    let hooks = &manifest.hooks;
    let single = [
        ("readiness", &hooks.readiness),
        ("backup", &hooks.backup),
        ("install", &hooks.install),
        ("configure", &hooks.configure),
        ("migrate", &hooks.migrate),
        ("rollback", &hooks.rollback),
    ];
    for (name, hook) in single {
        if let Some(hook) = hook {
            hook_form(&format!("hooks.{name}"), hook, manifest)?;
        }
    }
    need(hooks.verify.len() <= max::CHECKS_MAX, "hooks.verify", "too many")?;
    for (index, check) in hooks.verify.iter().enumerate() {
        hook_form(&format!("hooks.verify[{index}]"), &check.hook, manifest)?;
    }
    Ok(())
}

/// Only what was signed is run: the program is a file of the package itself.
fn hook_form(place: &str, hook: &Hook, manifest: &Manifest) -> Result<(), Fault> {
    let argv = format!("{place}.argv");
    let Some(program) = hook.argv.first() else {
        return fault(argv, "name the program, then its arguments");
    };
    let word =
        |word: &String| word.chars().count() <= max::HOOK_WORD_CHARS_MAX && !word.contains('\0');
    need(
        hook.argv.len() <= max::HOOK_WORDS_MAX && hook.argv.iter().all(word),
        argv.as_str(),
        "too many words, or one too long",
    )?;
    let known = manifest.files.iter().any(|file| file.path == *program && file.executable);
    need(
        known,
        argv,
        format!(
            "`{program}` is no executable file of this package; a hook runs only what is signed with it"
        ),
    )?;
    need(
        (1..=max::HOOK_SECONDS_MAX).contains(&hook.timeout),
        format!("{place}.timeout"),
        format!("between 1 and {} seconds", max::HOOK_SECONDS_MAX),
    )
}

fn parameter_form(place: &str, parameter: &Parameter) -> Result<(), Fault> {
    let name = &parameter.name;
    let good = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    need(good, format!("{place}.name"), "small letters, digits and _, beginning with a letter")?;
    let default = parameter.default.as_deref().unwrap_or_default();
    need(
        default.chars().count() <= max::REMARK_CHARS_MAX && !default.contains('\0'),
        format!("{place}.default"),
        "too long",
    )?;
    need(
        !(parameter.secret && parameter.default.is_some()),
        format!("{place}.default"),
        "a secret has no default: everybody with the package could read it",
    )
}

/// Checks the form of an order.
pub fn form_of_order(order: &Order) -> Result<(), Fault> {
    need(order.format == 1, "format", "only format 1 is known; update the program")?;
    need(order.action < 1 << 31, "action", "below 2147483648")?;
    need(!order.site.is_empty() && order.site.len() <= 200, "site", "the key of a site")?;
    need(is_word(&order.product), "product", NAME)?;
    need(is_word(&order.version), "version", NAME)?;
    need(is_digest(&order.manifest), "manifest", "64 small hexadecimal digits")
}

/// Checks the form of a set of keys; the keys themselves are read elsewhere.
pub fn form_of_root(root: &TrustRoot) -> Result<(), Fault> {
    need(root.format == 1, "format", "only format 1 is known; update the program")?;
    need(root.product == "*" || is_word(&root.product), "product", NAME)?;
    need(root.version >= 1, "version", "from 1")?;
    need(
        !root.keys.is_empty() && root.keys.len() <= max::TRUSTED_KEYS_MAX,
        "keys",
        format!("between 1 and {}", max::TRUSTED_KEYS_MAX),
    )?;
    let different = root.keys.iter().collect::<BTreeSet<_>>().len();
    need(different == root.keys.len(), "keys", "a key is named twice")?;
    need(
        root.threshold >= 1 && root.threshold as usize <= different,
        "threshold",
        format!("between 1 and the {different} keys"),
    )
}
