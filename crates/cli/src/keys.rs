//! `roadbook key`: release keys and the sets of keys that sites trust. Nothing here needs a server
//! or a network; secret keys stay in their files.

use crate::args::{KeyCommand, SetArgs};
use crate::exit::{Code, Failure, Outcome};
use crate::offline;
use crate::output::Output;
use crate::ports::OsRandom;
use roadbook_app::ports::Random as _;
use roadbook_core::package::{Refusal, TrustRoot, judge_root};
use roadbook_wire::minisign::{PublicKey, SecretKey, Signature, signers};
use roadbook_wire::package::{PackageError, read_root, write_root};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Runs a sub-command.
pub fn run(command: KeyCommand, output: &Output) -> Outcome {
    match command {
        KeyCommand::New { name } => new(&name, output),
        KeyCommand::Show { file } => show(&file, output),
        KeyCommand::Trust { file, set, product } => trust(&file, &set, product, output),
        KeyCommand::Rotate { present, next, set, sign } => {
            rotate(&present, &next, &set, &sign, output)
        }
    }
}

fn at(path: &Path, error: &impl std::fmt::Display) -> Failure {
    Failure::new(Code::Failed, format!("`{}`: {error}", path.display()))
}

/// With an ending behind the whole name: `v1.2` becomes `v1.2.key`.
fn with(name: &Path, ending: &str) -> PathBuf {
    let mut text = name.as_os_str().to_owned();
    text.push(ending);
    PathBuf::from(text)
}

/// A new file, never over an old one, complete or not there.
pub fn write_new(path: &Path, text: &str, secret: bool) -> Outcome {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| at(path, &error);
    // Its file is readable by its owner only, from the first byte.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    if !secret {
        readable(file.as_file()).map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::new(Code::Refused, format!("`{}` is there already", path.display()))
                .hint("take another name; a key that is overwritten is lost for good")
        }
        _ => at(path, &error.error),
    })?;
    std::fs::File::open(folder).and_then(|it| it.sync_all()).map_err(failed)
}

/// Files for others get the rights that people expect.
pub fn readable(file: &std::fs::File) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        file.set_permissions(mode)?;
    }
    Ok(())
}

fn new(name: &Path, output: &Output) -> Outcome {
    let mut random = [0; 40];
    OsRandom.fill(&mut random);
    let key = SecretKey::make(&random);
    random.fill(0);
    let (secret, public) = (with(name, ".key"), with(name, ".pub"));
    if public.exists() {
        return Err(Failure::new(
            Code::Refused,
            format!("`{}` is there already", public.display()),
        )
        .hint("take another name; the public half of another key would be lost"));
    }
    write_new(&secret, &key.file(), true)?;
    write_new(&public, &key.public().file(), false)?;
    describe(&key.public(), Some(&secret), output)?;
    output.say(&format!(
        "made {} (secret) and {} (for everybody)",
        secret.display(),
        public.display()
    ));
    output.say(
        "WARNING: the secret key has NO password. Whoever can read its file can sign packages in \
         your name. Keep it on a machine without a network or on a stick in a safe, keep a second \
         copy elsewhere, and never put it on the server or into a build machine that others use.",
    );
    Ok(())
}

fn describe(key: &PublicKey, file: Option<&Path>, output: &Output) -> Outcome {
    let file = file.map(|it| it.display().to_string());
    let value = json!({ "id": key.id(), "public": key.to_string(), "file": file });
    output.object(&[("id", "id"), ("public key", "public"), ("secret file", "file")], &value)
}

fn show(file: &Path, output: &Output) -> Outcome {
    let text = offline::read(file)?;
    if let Ok(key) = PublicKey::parse(&text) {
        return describe(&key, None, output);
    }
    let key = SecretKey::parse(&text).map_err(|error| at(file, &error))?;
    describe(&key.public(), Some(file), output)
}

/// A secret key from its file.
pub fn secret(file: &Path, output: &Output) -> Result<SecretKey, Failure> {
    let text = offline::read(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = std::fs::metadata(file).is_ok_and(|it| it.permissions().mode() & 0o077 != 0);
        if open {
            output.say(&format!(
                "WARNING: others on this machine can read `{0}`; run `chmod 600 {0}`",
                file.display()
            ));
        }
    }
    SecretKey::parse(&text).map_err(|error| at(file, &error))
}

/// A public key, as its line or as a file.
pub fn public(given: &str) -> Result<PublicKey, Failure> {
    if let Ok(key) = PublicKey::parse(given) {
        return Ok(key);
    }
    let path = Path::new(given);
    if !path.exists() {
        let what = format!("`{given}` is neither a public key (one line, RW…) nor a file with one");
        return Err(Failure::new(Code::NotFound, what)
            .hint("`roadbook key show FILE` prints the public key of a key file"));
    }
    PublicKey::parse(&offline::read(path)?).map_err(|error| at(path, &error))
}

/// A set of trusted keys from its file.
pub fn root(file: &Path) -> Result<TrustRoot, Failure> {
    read_root(offline::read(file)?.as_bytes()).map_err(|error| at(file, &error))
}

fn set(product: String, version: u64, args: &SetArgs) -> Result<TrustRoot, Failure> {
    let keys: Vec<String> =
        args.key.iter().map(|key| Ok(public(key)?.to_string())).collect::<Result<_, Failure>>()?;
    let root = TrustRoot { format: 1, product, version, keys, threshold: args.threshold };
    read_root(&write_root(&root)).map_err(|error| Failure::new(Code::Usage, error.to_string()))
}

fn trust(file: &Path, args: &SetArgs, product: String, output: &Output) -> Outcome {
    let root = set(product, 1, args)?;
    write_new(file, &text_of(&write_root(&root)), false)?;
    tell_set(&root, file, output)
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn tell_set(root: &TrustRoot, file: &Path, output: &Output) -> Outcome {
    let ids: Vec<String> =
        root.keys.iter().filter_map(|key| PublicKey::parse(key).ok()).map(|key| key.id()).collect();
    let value = json!({
        "id": file.display().to_string(), "product": root.product, "version": root.version,
        "threshold": root.threshold, "keys": ids,
    });
    let columns = [
        ("set", "id"),
        ("product", "product"),
        ("version", "version"),
        ("must sign", "threshold"),
        ("keys", "keys"),
    ];
    output.object(&columns, &value)
}

fn rotate(
    present: &Path,
    next: &Path,
    args: &SetArgs,
    sign: &[PathBuf],
    output: &Output,
) -> Outcome {
    let old = root(present)?;
    let new = set(old.product.clone(), old.version.saturating_add(1), args)?;
    let bytes = write_root(&new);
    if next.exists() {
        // Another holder adds a signature; it must be over the very same set.
        if std::fs::read(next)? != bytes {
            let what = format!("`{}` is there already and holds another set", next.display());
            return Err(Failure::new(Code::Refused, what)
                .hint("give the same keys in the same order, or another file"));
        }
    } else {
        write_new(next, &text_of(&bytes), false)?;
    }
    let both = [&old.keys[..], &new.keys[..]].concat();
    for file in sign {
        let key = secret(file, output)?;
        if !both.contains(&key.public().to_string()) {
            let what = format!("the key {} is in neither set", key.public().id());
            return Err(Failure::new(Code::Refused, what));
        }
        let path = with(next, &format!(".{}.minisig", key.public().id()));
        let remark = format!("set of trusted keys, version {}", new.version);
        let text = key.sign(&bytes, &remark).to_string();
        // ed25519 gives the same signature again; a repeated call changes nothing.
        if std::fs::read_to_string(&path).is_ok_and(|known| known == text) {
            continue;
        }
        write_new(&path, &text, false)?;
    }
    let made = signatures_beside(next, &both);
    tell_set(&new, next, output)?;
    match judge_root(&old, &new, &signers(&bytes, &made, &both)) {
        Ok(()) => output.say("enough keys of the old and of the new set have signed: it is valid"),
        Err(refusal @ (Refusal::RootOldKeys { .. } | Refusal::RootNewKeys { .. })) => {
            output.say(&format!("NOT VALID YET: {refusal}"));
            output.say("repeat this command with `--sign` and another secret key");
        }
        Err(refusal) => return Err(Failure::from(PackageError::from(refusal))),
    }
    Ok(())
}

/// The signatures in the files beside a set of keys.
fn signatures_beside(file: &Path, keys: &[String]) -> Vec<Signature> {
    let ids = keys.iter().filter_map(|key| PublicKey::parse(key).ok()).map(|key| key.id());
    ids.map(|id| with(file, &format!(".{id}.minisig")))
        .filter_map(|path| Signature::parse(&std::fs::read_to_string(path).ok()?).ok())
        .collect()
}

/// A set of keys, exact text, with the signatures in the files beside it: `FILE.<KEY ID>.minisig`.
pub fn signed_set(file: &Path) -> Result<(String, Vec<String>), Failure> {
    let text = offline::read(file)?;
    read_root(text.as_bytes()).map_err(|error| at(file, &error))?;
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut beside = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let rest = own.strip_prefix(&name).and_then(|it| it.strip_prefix('.'));
        if rest.is_some_and(|it| it.ends_with(".minisig")) {
            beside.push(path);
        }
    }
    beside.sort();
    let signatures: Result<Vec<String>, Failure> =
        beside.iter().map(|path| offline::read(path)).collect();
    Ok((text, signatures?))
}
