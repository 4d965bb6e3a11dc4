//! The small program that sites of the demo install: the example `ledger`, packed and signed as two
//! versions of the product. Its files are part of this binary, so that a packaged one has them too.

use crate::args::BuildArgs;
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::{args::Format, keys, package};
use roadbook_app::Call;
use roadbook_app::artifacts::{Facts, KeyInput};
use roadbook_core::ids::ProductId;
use roadbook_core::release::Package;
use roadbook_wire::minisign::SecretKey;
use roadbook_wire::package::{Discard, Reader};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// The version that sites run before the release of the demo, and the one that the release brings.
pub const BEFORE: &str = "V1.4.0.0117";
/// See [`BEFORE`].
pub const AFTER: &str = "V1.5.0.0001";
/// The version of sites that were behind.
pub const OLD: &str = "V1.3.0.0088";

/// Path in the package, content, whether it is run.
type Entry = (&'static str, &'static str, bool);

macro_rules! entry {
    ($from:literal, $path:literal, $run:literal) => {
        ($path, include_str!(concat!("../../../../examples/ledger/", $from, "/", $path)), $run)
    };
}

const COMMON: [Entry; 3] = [
    entry!("common", "service.py", false),
    entry!("common", "GUIDE.md", false),
    entry!("common", "hooks/site", true),
];
const FIRST: [Entry; 2] = [entry!("v1", "package.toml", false), entry!("v1", "book.py", false)];
/// Migrates the data, and fails its check at a site whose `locale` nobody thought of.
const SECOND: [Entry; 3] = [
    entry!("v3", "package.toml", false),
    entry!("v2", "book.py", false),
    entry!("v3", "totals.py", false),
];

/// What was made before the demo begins.
#[derive(Clone, Debug)]
pub struct Made {
    /// Public half of the release key.
    pub public_key: String,
    /// Files of both versions.
    pub before: PathBuf,
    /// See `before`.
    pub after: PathBuf,
    /// The parts of the later one, as CycloneDX says it.
    pub sbom: String,
}

/// Makes a release key as a release manager keeps it, away from the server's files, and signs both
/// versions with it.
pub fn make(dir: &Path, random: &[u8; 40]) -> Result<Made, Failure> {
    let dir = dir.join("release");
    std::fs::create_dir_all(&dir)?;
    let secret = SecretKey::make(random);
    let file = dir.join("release.key");
    keys::write_new(&file, &secret.file(), true)?;
    let public_key = secret.public().to_string();
    let pack = |version: &str, own: &[Entry]| -> Result<PathBuf, Failure> {
        let tree = dir.join(version);
        for (path, content, run) in COMMON.iter().chain(own) {
            put(&tree.join(path), &adapted(path, content, version), *run)?;
        }
        put(&tree.join("VERSION"), &format!("{version}\n"), false)?;
        let target = dir.join(format!("ledger-{version}.rbpkg"));
        let args = BuildArgs {
            dir: tree,
            file: Some(target.clone()),
            key: vec![public_key.clone()],
            expires: None,
            counter: None,
        };
        package::pack(&args)?;
        let silent = Output { format: Format::Table, quiet: true };
        package::sign(&target, std::slice::from_ref(&file), &silent)?;
        Ok(target)
    };
    let before = pack(BEFORE, &FIRST)?;
    let after = pack(AFTER, &SECOND)?;
    Ok(Made { public_key, before, after, sbom: sbom() })
}

/// The paper of the example says the example's version; here it is a version of the demo's product.
fn adapted(path: &str, content: &str, version: &str) -> String {
    if path != "package.toml" {
        return content.to_owned();
    }
    let line = |line: &str| match line.split_once(" = ") {
        Some(("version", _)) => format!("version = \"{version}\"\n"),
        Some(("from", _)) if version == BEFORE => format!("from = [\"none\", \"{OLD}\"]\n"),
        Some(("from", _)) => format!("from = [\"{BEFORE}\"]\n"),
        _ => format!("{line}\n"),
    };
    content.lines().map(line).collect()
}

fn put(path: &Path, content: &str, run: bool) -> Result<(), Failure> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::write(path, content)?;
    #[cfg(unix)]
    if run {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn sbom() -> String {
    let part = |name: &str| serde_json::json!({ "type": "file", "name": name });
    let parts: Vec<_> = COMMON.iter().chain(&SECOND).map(|it| part(it.0)).collect();
    let text = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "application", "name": "ledger", "version": AFTER } },
        "components": parts,
    });
    format!("{text:#}\n")
}

/// Uploads both versions as a release manager does; gives the one of before and the one of after.
pub async fn bring(
    app: &roadbook_app::App,
    call: &Call,
    product: &ProductId,
    made: &Made,
) -> Result<[Package; 2], Failure> {
    let key = roadbook_wire::minisign::PublicKey::parse(&made.public_key)
        .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
    let input = KeyInput {
        id: key.id(),
        public_key: made.public_key.clone(),
        comment: "Ledger releases".to_owned(),
    };
    app.key_add(call, product, input).await?;
    let before = upload(app, call, product, made, &made.before).await?;
    let after = upload(app, call, product, made, &made.after).await?;
    let name = format!("ledger-{AFTER}.cdx.json");
    let paper = app.artifact_receive(call, product, &name, None, made.sbom.as_bytes()).await?;
    app.paper_attach(call, &after.sha256, "sbom", paper).await?;
    Ok([before, after])
}

async fn upload(
    app: &roadbook_app::App,
    call: &Call,
    product: &ProductId,
    made: &Made,
    file: &Path,
) -> Result<Package, Failure> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = tokio::fs::File::open(file).await?;
    let arrived = app.artifact_receive(call, product, &name, None, bytes).await?;
    let reader = Reader::open(BufReader::new(app.artifact_arrived(&arrived).await?))?;
    let signers = reader.signers(std::slice::from_ref(&made.public_key));
    let manifest = String::from_utf8_lossy(reader.manifest_bytes()).into_owned();
    let read = reader.files(&mut Discard)?;
    let facts = Facts {
        kind: "package",
        version: read.version,
        manifest: Some(manifest),
        key_ids: signers.into_iter().map(|it| it.id).collect(),
        expires_at: Some(read.expires),
    };
    let package = Package { name, sha256: arrived.sha256.clone() };
    app.artifact_keep(call, product, arrived, facts).await?;
    Ok(package)
}
