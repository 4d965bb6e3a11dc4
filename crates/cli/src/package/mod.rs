//! `roadbook package`: builds, signs, shows and checks packages, without a server.

mod build;
mod changes;

pub use build::pack;

use crate::args::{Format, PackageCommand, VerifyArgs};
use crate::exit::{Code, Failure, Outcome};
use crate::keys;
use crate::output::{Column, Output, table_text};
use roadbook_app::ports::Clock as _;
use roadbook_core::package::{Manifest, Place, TrustRoot};
use roadbook_wire::package::{Discard, PackageError, Reader, Sink, Writer, digest};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Runs a sub-command.
pub fn run(command: PackageCommand, output: &Output) -> Outcome {
    match command {
        PackageCommand::Build(args) => build::run(&args, output),
        PackageCommand::Sign { file, key } => sign(&file, &key, output),
        PackageCommand::Inspect { file } => inspect(&file, output),
        PackageCommand::Verify(args) => verify(&args, output),
        PackageCommand::Changes(args) => changes::run(&args, output),
    }
}

impl From<PackageError> for Failure {
    fn from(error: PackageError) -> Failure {
        let code = if error.is_passing() { Code::Failed } else { Code::Findings };
        Failure::new(code, error.to_string()).detail(format!("code: {}", error.code()))
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => Code::NotFound,
            _ => Code::Failed,
        };
        Failure::new(code, format!("cannot read `{}`: {error}", path.display()))
    })
}

/// A reason with the file it is about.
fn about(path: &Path, error: PackageError) -> Failure {
    let failure = Failure::from(error);
    Failure { what: format!("`{}`: {}", path.display(), failure.what), ..failure }
}

/// Writes a file as a whole: it is the new one or, after whatever happens, the old one.
fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> Result<(), PackageError>,
) -> Outcome {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| {
        Failure::new(Code::Failed, format!("cannot write `{}`: {error}", path.display()))
    };
    let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let mut out = BufWriter::new(file.as_file());
    write(&mut out).map_err(|error| about(path, error))?;
    out.flush().map_err(failed)?;
    drop(out);
    keys::readable(file.as_file()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    File::open(folder).and_then(|it| it.sync_all()).map_err(failed)
}

/// Copies the files of a package into another one; both sides check every digest.
struct Copying<'a, W: std::io::Write> {
    to: &'a mut Writer<W>,
    /// Small parts of one file; large ones go through a temporary file.
    held: File,
}

impl<W: std::io::Write> Sink for Copying<'_, W> {
    fn file(&mut self, _: &roadbook_core::package::FileEntry) -> std::io::Result<()> {
        self.held.rewind()?;
        self.held.set_len(0)
    }
    fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.held.write_all(bytes)
    }
    fn done(&mut self, _: &roadbook_core::package::FileEntry) -> std::io::Result<()> {
        self.held.rewind()?;
        self.to.file(BufReader::new(&self.held)).map_err(std::io::Error::other)
    }
}

/// Signs a package with the secret keys in these files.
pub fn sign(path: &Path, files: &[PathBuf], output: &Output) -> Outcome {
    let reader = Reader::open(BufReader::new(open(path)?)).map_err(|error| about(path, error))?;
    let bytes = reader.manifest_bytes().to_vec();
    let mut signatures = reader.signatures().to_vec();
    let now = crate::ports::SystemClock.now();
    for file in files {
        let key = keys::secret(file, output)?;
        let id = key.public().id();
        if !reader.manifest().keys.contains(&id) {
            let what = format!(
                "the manifest does not name the key {id}, so its signature would count nothing"
            );
            return Err(Failure::new(Code::Refused, what)
                .detail(format!("it names: {}", reader.manifest().keys.join(", ")))
                .hint("build it again with this key in `keys` of package.toml, or sign with another key"));
        }
        let manifest = reader.manifest();
        let remark =
            format!("timestamp:{} {} {}", now.as_second(), manifest.product, manifest.version);
        signatures.retain(|known| known.key_id() != id);
        signatures.push(key.sign(&bytes, &remark));
    }
    let held = tempfile::tempfile()?;
    let mut manifest = None;
    replace(path, |out| {
        let mut writer = Writer::begin(out, &bytes, &signatures)?;
        manifest = Some(reader.files(&mut Copying { to: &mut writer, held })?);
        writer.finish().map(drop)
    })?;
    if let Some(manifest) = manifest {
        let ids: Vec<String> =
            signatures.iter().map(roadbook_wire::minisign::Signature::key_id).collect();
        let missing = manifest.threshold as usize - ids.len().min(manifest.threshold as usize);
        output.say(&format!("signed by {}", ids.join(", ")));
        if missing > 0 {
            output.say(&format!("{missing} more signature(s) are needed before a site takes it"));
        }
    }
    Ok(())
}

/// What a package says of itself, for people and programs.
fn described(manifest: &Manifest, bytes: &[u8], signed: &[String]) -> Value {
    let mut value = serde_json::to_value(manifest).unwrap_or(Value::Null);
    let total: u64 = manifest.files.iter().map(|file| file.size).sum();
    value["id"] = json!(digest(bytes));
    value["signed_by"] = json!(signed);
    value["bytes"] = json!(total);
    value
}

fn hook_rows(manifest: &Manifest) -> Vec<Value> {
    let hooks = &manifest.hooks;
    let row = |when: &str, hook: &roadbook_core::package::Hook| {
        let retry = serde_json::to_value(hook.retry).unwrap_or(Value::Null);
        json!({ "when": when, "runs": hook.argv.join(" "), "seconds": hook.timeout, "cut off": retry })
    };
    let single = [
        ("readiness", &hooks.readiness),
        ("backup", &hooks.backup),
        ("install", &hooks.install),
        ("configure", &hooks.configure),
        ("migrate", &hooks.migrate),
    ];
    let mut rows: Vec<Value> = single
        .into_iter()
        .filter_map(|(when, hook)| hook.as_ref().map(|hook| row(when, hook)))
        .collect();
    for check in &hooks.verify {
        let aspect = serde_json::to_value(check.aspect).unwrap_or(Value::Null);
        let when = format!("verify: {}", aspect.as_str().unwrap_or_default());
        rows.push(row(&when, &check.hook));
    }
    rows.extend(hooks.rollback.as_ref().map(|hook| row("rollback", hook)));
    rows
}

const HEAD: [Column; 12] = [
    ("product", "product"),
    ("version", "version"),
    ("installs over", "from"),
    ("platform", "where"),
    ("counter", "counter"),
    ("expires", "expires"),
    ("must be signed by", "keys"),
    ("how many of them", "threshold"),
    ("signed by", "signed_by"),
    ("going back loses", "rollback_loses"),
    ("bytes", "bytes"),
    ("manifest", "id"),
];

fn inspect(path: &Path, output: &Output) -> Outcome {
    let reader = Reader::open(BufReader::new(open(path)?)).map_err(|error| about(path, error))?;
    let signed: Vec<String> =
        reader.signatures().iter().map(roadbook_wire::minisign::Signature::key_id).collect();
    let mut value = described(reader.manifest(), reader.manifest_bytes(), &signed);
    let manifest = reader.files(&mut Discard).map_err(|error| about(path, error))?;
    if output.format != Format::Table || output.quiet {
        return output.object(&HEAD, &value);
    }
    value["where"] = json!(format!("{}/{}", manifest.platform.os, manifest.platform.arch));
    output.object(&HEAD, &value)?;
    let part = |columns: &[Column], rows: Vec<Value>| {
        if rows.is_empty() {
            Ok(())
        } else {
            crate::output::print(&("\n".to_owned() + &table_text(columns, &rows)))
        }
    };
    let hooks =
        [("hook", "when"), ("runs", "runs"), ("seconds", "seconds"), ("when cut off", "cut off")];
    part(&hooks, hook_rows(&manifest))?;
    let parameters = manifest.parameters.iter().map(|it| json!(it)).collect();
    let columns = [
        ("parameter", "name"),
        ("title", "title"),
        ("required", "required"),
        ("default", "default"),
        ("secret", "secret"),
    ];
    part(&columns, parameters)?;
    let files = manifest.files.iter().map(|it| json!(it)).collect();
    part(
        &[("file", "path"), ("bytes", "size"), ("runs", "executable"), ("sha-256", "sha256")],
        files,
    )?;
    output.say(
        "every file is what the manifest says; whether to trust it: `roadbook package verify`",
    );
    Ok(())
}

fn trusted(args: &VerifyArgs) -> Result<TrustRoot, Failure> {
    if let Some(file) = &args.trust {
        return keys::root(file);
    }
    let mut keys: Vec<String> = Vec::new();
    for given in &args.key {
        let key = keys::public(given)?.to_string();
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(TrustRoot {
        format: 1,
        product: "*".to_owned(),
        version: 1,
        keys,
        threshold: args.threshold,
    })
}

fn verify(args: &VerifyArgs, output: &Output) -> Outcome {
    let path = &args.file;
    let trust = trusted(args)?;
    let reader = Reader::open(BufReader::new(open(path)?)).map_err(|error| about(path, error))?;
    let manifest = reader.manifest().clone();
    let (os, arch) = match args.platform.as_deref() {
        // Not asked: whatever it is for.
        None => (manifest.platform.os.as_str(), manifest.platform.arch.as_str()),
        Some(text) => text.split_once('/').ok_or_else(|| {
            Failure::new(Code::Usage, format!("`{text}` is no platform: write it as linux/x86_64"))
        })?,
    };
    let over = match args.over.as_deref() {
        None => manifest.from.first().map(String::as_str),
        Some(over) => Some(over),
    };
    let place = Place {
        product: args.product.as_deref().unwrap_or(&manifest.product),
        os,
        arch,
        installed: over.filter(|it| *it != "none"),
        counter: args.counter,
        now: crate::ports::SystemClock.now(),
    };
    reader.judge(&trust, &place).map_err(|refusal| about(path, refusal.into()))?;
    let signed: Vec<String> = reader.signers(&trust.keys).into_iter().map(|it| it.id).collect();
    let value = described(&manifest, reader.manifest_bytes(), &signed);
    reader.files(&mut Discard).map_err(|error| about(path, error))?;
    let columns = [
        ("product", "product"),
        ("version", "version"),
        ("signed by", "signed_by"),
        ("expires", "expires"),
        ("manifest", "id"),
    ];
    output.object(&columns, &value)?;
    output.say(&format!("whole and believed: {} file(s) as signed", manifest.files.len()));
    Ok(())
}

/// SHA-256 of a file and its length.
fn file_digest(path: &Path) -> Result<(String, u64), Failure> {
    use sha2::Digest as _;
    let mut source = open(path)?;
    let (mut sum, mut total, mut buffer) = (sha2::Sha256::new(), 0, vec![0; 64 << 10]);
    loop {
        let count = source.read(&mut buffer)?;
        if count == 0 {
            return Ok((hex::encode(sum.finalize()), total));
        }
        sum.update(&buffer[..count]);
        total += count as u64;
    }
}
