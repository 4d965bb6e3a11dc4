//! `package build`: from a folder with a `package.toml` to a package. The same folder gives the
//! same bytes, on every machine.

use super::{file_digest, open, replace};
use crate::args::BuildArgs;
use crate::exit::{Code, Failure, Outcome};
use crate::keys;
use crate::offline;
use crate::output::Output;
use roadbook_core::package::{FileEntry, Hooks, Manifest, Parameter, Platform, form_of, is_key_id};
use roadbook_core::text::Text;
use roadbook_wire::package::{EXTENSION, PackageError, Writer, write_manifest};
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The file that says what a package is.
const PAPER: &str = "package.toml";

/// What its author writes; the rest of the manifest is found in the folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    product: String,
    version: String,
    #[serde(default = "anything")]
    from: Vec<String>,
    #[serde(default = "anywhere")]
    platform: Platform,
    counter: u64,
    expires: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default = "one")]
    threshold: u32,
    #[serde(default)]
    needs_disk: u64,
    #[serde(default)]
    rollback_loses: Text,
    /// Files that must be there, so that nothing is forgotten (S4c-11).
    #[serde(default)]
    must_hold: Vec<String>,
    /// Left out: `*.ending`, `folder/` at any depth, or one path.
    #[serde(default)]
    leave_out: Vec<String>,
    #[serde(default)]
    hooks: Hooks,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

fn anything() -> Vec<String> {
    vec!["any".to_owned()]
}

fn anywhere() -> Platform {
    Platform { os: "any".to_owned(), arch: "any".to_owned() }
}

const fn one() -> u32 {
    1
}

/// Builds a package and tells about it.
pub fn run(args: &BuildArgs, output: &Output) -> Outcome {
    let (manifest, target) = pack(args)?;
    let (sum, size) = file_digest(&target)?;
    let value = json!({
        "id": target.display().to_string(), "product": manifest.product,
        "version": manifest.version, "files": manifest.files.len(), "bytes": size, "sha256": sum,
    });
    let columns = [
        ("package", "id"),
        ("product", "product"),
        ("version", "version"),
        ("files", "files"),
        ("bytes", "bytes"),
        ("sha-256", "sha256"),
    ];
    output.object(&columns, &value)?;
    output.say("not signed yet: `roadbook package sign`");
    Ok(())
}

/// Builds a package; gives what it says of itself and its file.
pub fn pack(args: &BuildArgs) -> Result<(Manifest, PathBuf), Failure> {
    let path = args.dir.join(PAPER);
    let wrong = |what: String| Failure::new(Code::Failed, format!("`{}`: {what}", path.display()));
    let text = offline::read(&path).map_err(|failure| {
        failure.hint(format!(
            "a package is built from a folder with a `{PAPER}`; see docs/packages.md"
        ))
    })?;
    let paper: Paper = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let manifest = manifest(args, paper)?;
    form_of(&manifest).map_err(|fault| {
        wrong(fault.to_string()).hint("see docs/packages.md for what each field means")
    })?;
    let name = format!("{}-{}.{EXTENSION}", manifest.product, manifest.version);
    let target = args.file.clone().unwrap_or_else(|| PathBuf::from(name));
    let bytes = write_manifest(&manifest);
    replace(&target, |out| {
        let mut writer = Writer::begin(out, &bytes, &[])?;
        for file in &manifest.files {
            // It was read a moment ago; should it have changed since, the writer refuses it.
            let source = open(&args.dir.join(&file.path))
                .map_err(|failure| PackageError::Read(std::io::Error::other(failure.what)))?;
            writer.file(source)?;
        }
        writer.finish().map(drop)
    })
    .map_err(|failure| {
        failure.hint("nothing was written; build again when nobody changes the folder")
    })?;
    Ok((manifest, target))
}

fn manifest(args: &BuildArgs, paper: Paper) -> Result<Manifest, Failure> {
    let expires = args.expires.as_ref().or(paper.expires.as_ref()).ok_or_else(|| {
        Failure::new(Code::Failed, "nothing says until when it may be installed")
            .hint("write `expires = \"2030-12-31\"` into package.toml, or give `--expires`")
    })?;
    let given = if args.key.is_empty() { &paper.keys } else { &args.key };
    if given.is_empty() {
        return Err(Failure::new(Code::Failed, "nothing says which release keys will sign it")
            .hint("write `keys = [\"RW…\"]` into package.toml, or give `--key`; `roadbook key new` makes one"));
    }
    let keys = given.iter().map(|key| key_id(key, &args.dir)).collect::<Result<_, _>>()?;
    let mut files = Vec::new();
    collect(&args.dir, "", &paper.leave_out, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let missing: Vec<&String> = paper
        .must_hold
        .iter()
        .filter(|path| !files.iter().any(|file| file.path == **path))
        .collect();
    if !missing.is_empty() {
        let mut failure = Failure::new(Code::Findings, "the package is not complete")
            .hint("put the files there, or take them out of `must_hold` in package.toml");
        failure.details = missing.iter().map(|path| format!("missing: {path}")).collect();
        return Err(failure);
    }
    Ok(Manifest {
        format: 1,
        product: paper.product,
        version: paper.version,
        from: paper.from,
        platform: paper.platform,
        counter: args.counter.unwrap_or(paper.counter),
        expires: moment(expires)?,
        keys,
        threshold: paper.threshold,
        files,
        hooks: paper.hooks,
        parameters: paper.parameters,
        needs_disk: paper.needs_disk,
        rollback_loses: paper.rollback_loses,
    })
}

/// A day ends with its last second in UTC.
fn moment(text: &str) -> Result<jiff::Timestamp, Failure> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(moment);
    }
    let day = text.parse::<jiff::civil::Date>().ok();
    day.and_then(|day| day.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|end| end.timestamp())
        .ok_or_else(|| {
            Failure::new(Code::Failed, format!("`{text}` is no day: write it as 2030-12-31"))
        })
}

/// An id, a public key, or a file with one (also beside the package.toml).
fn key_id(given: &str, dir: &Path) -> Result<String, Failure> {
    if is_key_id(given) {
        return Ok(given.to_owned());
    }
    let beside = dir.join(given);
    let given = if beside.is_file() { beside.display().to_string() } else { given.to_owned() };
    Ok(keys::public(&given)?.id())
}

fn left_out(path: &str, rules: &[String]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    rules.iter().any(|rule| match (rule.strip_prefix('*'), rule.strip_suffix('/')) {
        (Some(ending), _) => name.ends_with(ending),
        (_, Some(folder)) => {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                || name == folder
        }
        _ => path == rule,
    })
}

/// All files of a folder and what is below it, with their digests.
fn collect(
    dir: &Path,
    inside: &str,
    leave_out: &[String],
    files: &mut Vec<FileEntry>,
) -> Result<(), Failure> {
    let here = dir.join(inside);
    let unreadable = |error: std::io::Error| {
        Failure::new(Code::Failed, format!("cannot read `{}`: {error}", here.display()))
    };
    for entry in std::fs::read_dir(&here).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().into_string().map_err(|name| {
            Failure::new(Code::Failed, format!("the name {name:?} is no UTF-8"))
                .hint("rename the file; other machines could not write this name")
        })?;
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if path == PAPER || left_out(&path, leave_out) {
            continue;
        }
        // The entry itself, not what a link points to.
        let about = entry.metadata().map_err(unreadable)?;
        if about.is_dir() {
            collect(dir, &path, leave_out, files)?;
        } else if about.is_file() {
            let (sha256, size) = file_digest(&entry.path())?;
            files.push(FileEntry { path, size, sha256, executable: executable(&about) });
        } else {
            let what = format!(
                "`{path}` is neither a file nor a folder, and a package holds nothing else"
            );
            return Err(Failure::new(Code::Refused, what).hint(
                "put a copy of the file in the place of the link, or name it in `leave_out` of package.toml",
            ));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn executable(about: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_: &std::fs::Metadata) -> bool {
    false
}
