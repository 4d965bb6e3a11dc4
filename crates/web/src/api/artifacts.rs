//! Files that sites install: bringing them, looking at them, their papers, release keys.

use super::{attached, time};
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command, Incoming};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::TryStreamExt as _;
use roadbook_app::Call;
use roadbook_app::artifacts::{Arrived, Artifact, Facts, KeyInput, TrustInput};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::ProductId;
use roadbook_core::limits::TRUST_SET_BYTES_MAX;
use roadbook_core::package::{Manifest, TrustRoot};
use roadbook_wire::api::agents::Because;
use roadbook_wire::api::{self, artifacts as wire};
use roadbook_wire::minisign::PublicKey;
use roadbook_wire::package::{Discard, PackageError, Reader, digest, next_root, read_root};
use serde::Deserialize;
use std::io::BufReader;
use tokio_util::io::{ReaderStream, StreamReader};

const VIEW: Access = Access::Grant(Action::View, Kind::Product);
const EDIT: Access = Access::Grant(Action::Edit, Kind::Product);
const BRING: Access = Access::Grant(Action::Act, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut list = looking();
    list.extend(changing());
    list
}

fn looking() -> Vec<Endpoint> {
    vec![
        get("/api/v1/products/{product}/artifacts", "list_artifacts", list)
            .says("The files of a product that sites install, newest first.")
            .access(VIEW)
            .gives::<wire::ArtifactList>(),
        get("/api/v1/artifacts/{sha256}", "get_artifact", one)
            .says("A file that sites install, with its manifest and its papers.")
            .access(VIEW)
            .gives::<wire::ArtifactDetail>(),
        get("/api/v1/artifacts/{sha256}/file", "download_artifact", download)
            .says("Its bytes; a file that was altered on disk is not given out.")
            .access(VIEW)
            .streams("application/octet-stream"),
        get("/api/v1/artifacts/{sha256}/papers/{paper}", "download_paper", paper)
            .says("The bytes of a paper.")
            .access(VIEW)
            .streams("application/octet-stream"),
        get("/api/v1/products/{product}/keys", "list_release_keys", keys)
            .says("The keys with which packages of a product are signed.")
            .access(VIEW)
            .gives::<wire::KeyList>(),
        get("/api/v1/products/{product}/key-sets", "list_key_sets", key_sets)
            .says("The sets of keys that agents may believe, oldest first.")
            .access(VIEW)
            .gives::<wire::TrustSetList>(),
    ]
}

fn changing() -> Vec<Endpoint> {
    vec![
        post("/api/v1/products/{product}/artifacts", "upload_artifact", upload)
            .says("Bring a file; a package is read to its end and refused unless its keys and digests are right.")
            .access(BRING)
            .asks(&["name", "kind", "version"])
            .uploads()
            .gives::<api::Receipt>()
            .creates(),
        post("/api/v1/artifacts/{sha256}/papers", "attach_paper", attach)
            .says("Attach what says something about a file: its parts, how it was built, what changed.")
            .access(BRING)
            .asks(&["name", "kind"])
            .uploads()
            .gives::<api::Receipt>()
            .creates(),
        post("/api/v1/products/{product}/keys", "add_release_key", key_add)
            .says("Add the public half of a key with which packages may be signed.")
            .access(EDIT)
            .takes::<wire::KeyInput>()
            .gives::<api::Receipt>()
            .creates(),
        post("/api/v1/products/{product}/keys/{key}/retire", "retire_release_key", key_retire)
            .says("Believe a key no more.")
            .access(EDIT)
            .takes::<Because>()
            .gives::<api::Receipt>(),
        post("/api/v1/products/{product}/key-sets", "publish_key_set", key_set_publish)
            .says("Publish the next set of keys; agents believe it when the one before signed it.")
            .access(EDIT)
            .takes::<wire::TrustSetInput>()
            .gives::<api::Receipt>()
            .creates(),
    ]
}

fn line(it: &Artifact) -> wire::Artifact {
    wire::Artifact {
        sha256: it.sha256.clone(),
        name: it.name.clone(),
        size: it.size,
        kind: it.kind.clone(),
        product: it.product_id.to_string(),
        version: it.version.clone(),
        keys: it.key_ids.split_whitespace().map(str::to_owned).collect(),
        manifest_digest: it.manifest.as_ref().map(|it| digest(it.as_bytes())),
        uploaded_by: it.uploaded_by.clone(),
        at: time(it.at),
        expires_at: it.expires_at.map(time),
    }
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(product): Path<String>,
) -> Answer<Json<wire::ArtifactList>> {
    let actor = &caller.session.actor;
    let id = web.app.product_find(actor, &product).await?;
    let rows = web.app.artifact_list(actor, &id).await?;
    Ok(Json(wire::ArtifactList { rows: rows.iter().map(line).collect() }))
}

async fn one(
    State(web): State<Web>,
    caller: Caller,
    Path(sha256): Path<String>,
) -> Answer<Json<wire::ArtifactDetail>> {
    let (artifact, papers) = web.app.artifact_view(&caller.session.actor, &sha256).await?;
    let papers = papers.into_iter().map(|it| wire::Paper {
        sha256: it.sha256,
        kind: it.kind,
        name: it.name,
        uploaded_by: it.uploaded_by,
        at: time(it.at),
    });
    Ok(Json(wire::ArtifactDetail {
        manifest: artifact.manifest.as_deref().and_then(|it| serde_json::from_str(it).ok()),
        papers: papers.collect(),
        artifact: line(&artifact),
    }))
}

fn streamed(name: &str, size: Option<i64>, file: tokio::fs::File) -> Response {
    let body = Body::from_stream(ReaderStream::with_capacity(file, 64 << 10));
    let sandbox = (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    let media = [(header::CONTENT_TYPE, "application/octet-stream"), sandbox];
    let mut response = (media, attached(name), body).into_response();
    response.headers_mut().extend(size.map(|it| (header::CONTENT_LENGTH, it.into())));
    response
}

async fn download(
    State(web): State<Web>,
    caller: Caller,
    Path(sha256): Path<String>,
) -> Answer<Response> {
    let (artifact, file) = web.app.artifact_bytes(&caller.session.actor, &sha256).await?;
    Ok(streamed(&artifact.name, Some(artifact.size), file))
}

async fn paper(
    State(web): State<Web>,
    caller: Caller,
    Path((sha256, paper)): Path<(String, String)>,
) -> Answer<Response> {
    let (row, file) = web.app.paper_bytes(&caller.session.actor, &sha256, &paper).await?;
    Ok(streamed(&row.name, None, file))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileQuery {
    name: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    version: Option<String>,
}

/// What a package says of itself, when all of it is right.
struct Looked {
    manifest: Manifest,
    text: String,
    key_ids: Vec<String>,
}

/// Reads a package to its end: its keys, its form, the digest of every file.
fn look(file: std::fs::File, root: &TrustRoot, now: jiff::Timestamp) -> Result<Looked, Problem> {
    let refused = |error: PackageError| {
        let code = format!("package_{}", error.code());
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, &code, error.to_string())
    };
    let rule =
        |code: &str, detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
    let reader = Reader::open(BufReader::with_capacity(256 << 10, file)).map_err(refused)?;
    let manifest = reader.manifest();
    let signers = reader.signers(&root.keys);
    // Where it is installed, the site judges by the same rules; here nothing is installed yet.
    let place = roadbook_core::package::Place {
        product: &root.product,
        os: &manifest.platform.os,
        arch: &manifest.platform.arch,
        installed: manifest.from.first().filter(|it| *it != "none").map(String::as_str),
        counter: 0,
        now,
    };
    roadbook_core::package::judge(manifest, &signers, root, &place)
        .map_err(|it| refused(it.into()))?;
    let text = String::from_utf8(reader.manifest_bytes().to_vec());
    let text = text.map_err(|_| rule("package_form", "its manifest is no text".to_owned()))?;
    let key_ids = signers.into_iter().map(|it| it.id).collect();
    let manifest = reader.files(&mut Discard).map_err(refused)?;
    Ok(Looked { manifest, text, key_ids })
}

async fn upload(
    State(web): State<Web>,
    Path(product): Path<String>,
    Asked(query): Asked<FileQuery>,
    incoming: Incoming,
) -> Answer {
    let Incoming { call, caller, bytes, length, .. } = incoming;
    let actor = &caller.session.actor;
    let id = web.app.product_find(actor, &product).await?;
    let package = match query.kind.as_deref() {
        Some("package") => true,
        Some("file") => false,
        None => query.name.ends_with(".rbpkg"),
        Some(_) => return Err(Problem::field("kind", "unknown", "is `package` or `file`")),
    };
    if !package && query.version.is_none() {
        let message = "say which version it installs; a package says so itself";
        return Err(Problem::field("version", "required", message));
    }
    let reader = StreamReader::new(bytes.map_err(std::io::Error::other));
    let arrived = web.app.artifact_receive(&call, &id, &query.name, length, reader).await?;
    let facts = if package {
        let facts = package_facts(&web, &call, &id, &arrived).await?;
        if query.version.as_deref().is_some_and(|it| it != facts.version) {
            let message = format!("the package installs {}", facts.version);
            return Err(Problem::field("version", "differs", message));
        }
        facts
    } else {
        Facts {
            kind: "file",
            version: query.version.unwrap_or_default(),
            manifest: None,
            key_ids: Vec::new(),
            expires_at: None,
        }
    };
    Ok(receipt(&web.app.artifact_keep(&call, &id, arrived, facts).await?))
}

/// What a package says of itself, after it was read to its end and judged by the product's keys.
async fn package_facts(
    web: &Web,
    call: &Call,
    product: &ProductId,
    arrived: &Arrived,
) -> Answer<Facts> {
    let root = trusted(web, &call.actor, product).await?;
    let file = web.app.artifact_arrived(arrived).await?;
    let now = web.app.now();
    let looked = tokio::task::spawn_blocking(move || look(file, &root, now)).await;
    let looked = looked.map_err(|it| roadbook_app::Error::Internal(it.to_string()))??;
    Ok(Facts {
        kind: "package",
        version: looked.manifest.version,
        manifest: Some(looked.text),
        key_ids: looked.key_ids,
        expires_at: Some(looked.manifest.expires),
    })
}

/// Lists a package that came in, after a look into it.
pub(crate) async fn keep_package(
    web: &Web,
    call: &Call,
    product: &ProductId,
    arrived: Arrived,
) -> Answer<()> {
    let facts = package_facts(web, call, product, &arrived).await?;
    web.app.artifact_keep(call, product, arrived, facts).await?;
    Ok(())
}

/// The keys of a product that are believed now, as a set of which one must sign.
async fn trusted(
    web: &Web,
    actor: &roadbook_core::access::Actor,
    product: &roadbook_core::ids::ProductId,
) -> Answer<TrustRoot> {
    let keys = web.app.key_list(actor, product).await?;
    let keys: Vec<String> =
        keys.into_iter().filter(|it| it.retired_at.is_none()).map(|it| it.public_key).collect();
    if keys.is_empty() {
        let detail = "no release key of the product is known here; add its public half first, \
                      with `roadbook artifact add-key`";
        return Err(Problem::new(StatusCode::CONFLICT, "no_release_key", detail));
    }
    let product = web.app.product_short(product).await?;
    Ok(TrustRoot { format: 1, product, version: 1, keys, threshold: 1 })
}

async fn attach(
    State(web): State<Web>,
    Path(sha256): Path<String>,
    Asked(query): Asked<FileQuery>,
    incoming: Incoming,
) -> Answer {
    let Incoming { call, caller, bytes, length, .. } = incoming;
    let kind = query.kind.unwrap_or_default();
    let (artifact, _) = web.app.artifact_view(&caller.session.actor, &sha256).await?;
    let reader = StreamReader::new(bytes.map_err(std::io::Error::other));
    let product = &artifact.product_id;
    let arrived = web.app.artifact_receive(&call, product, &query.name, length, reader).await?;
    Ok(receipt(&web.app.paper_attach(&call, &sha256, &kind, arrived).await?))
}

async fn keys(
    State(web): State<Web>,
    caller: Caller,
    Path(product): Path<String>,
) -> Answer<Json<wire::KeyList>> {
    let actor = &caller.session.actor;
    let id = web.app.product_find(actor, &product).await?;
    let rows = web.app.key_list(actor, &id).await?.into_iter().map(|it| wire::ReleaseKey {
        id: it.key_id,
        public_key: it.public_key,
        comment: it.comment,
        added_by: it.added_by,
        at: time(it.at),
        retired_at: it.retired_at.map(time),
        revision: it.revision,
    });
    Ok(Json(wire::KeyList { rows: rows.collect() }))
}

async fn key_add(
    State(web): State<Web>,
    Path(product): Path<String>,
    input: Command<wire::KeyInput>,
) -> Answer {
    let id = web.app.product_find(&input.call.actor, &product).await?;
    // The whole file may be pasted; its last line is the key.
    let text = input.body.public_key.trim();
    let last = text.lines().last().unwrap_or_default().trim().to_owned();
    let key = PublicKey::parse(&last)
        .map_err(|it| Problem::field("public_key", "key", it.to_string()))?;
    let new = KeyInput { id: key.id(), public_key: last, comment: input.body.comment };
    Ok(receipt(&web.app.key_add(&input.call, &id, new).await?))
}

async fn key_retire(
    State(web): State<Web>,
    Path((product, key)): Path<(String, String)>,
    input: Command<Because>,
) -> Answer {
    let id = web.app.product_find(&input.call.actor, &product).await?;
    Ok(receipt(&web.app.key_retire(&input.call, &id, &key, &input.body.reason).await?))
}

async fn key_sets(
    State(web): State<Web>,
    caller: Caller,
    Path(product): Path<String>,
) -> Answer<Json<wire::TrustSetList>> {
    let actor = &caller.session.actor;
    let id = web.app.product_find(actor, &product).await?;
    let rows = web.app.trust_list(actor, &id).await?.into_iter().map(|it| wire::TrustSet {
        version: it.version,
        signatures: serde_json::from_str(&it.signatures).unwrap_or_default(),
        body: it.body,
        published_by: it.published_by,
        at: time(it.at),
    });
    Ok(Json(wire::TrustSetList { rows: rows.collect() }))
}

/// The set is judged as an agent will judge it, so that nothing is published that no agent takes.
async fn key_set_publish(
    State(web): State<Web>,
    Path(product): Path<String>,
    input: Command<wire::TrustSetInput>,
) -> Answer {
    let actor = &input.call.actor;
    let id = web.app.product_find(actor, &product).await?;
    let known = web.app.trust_list(actor, &id).await?;
    let wire::TrustSetInput { body, signatures } = input.body;
    let bytes = body.len() + signatures.iter().map(String::len).sum::<usize>();
    if bytes > TRUST_SET_BYTES_MAX {
        let message = format!("has {bytes} bytes with its signatures; {TRUST_SET_BYTES_MAX} fit");
        return Err(Problem::field("body", "too_large", message));
    }
    let refused = |error: PackageError| {
        let code = format!("package_{}", error.code());
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, &code, error.to_string())
    };
    let set = match known.last() {
        Some(last) => {
            let present = read_root(last.body.as_bytes()).map_err(refused)?;
            next_root(&present, body.as_bytes(), &signatures).map_err(refused)?
        }
        None => read_root(body.as_bytes()).map_err(refused)?,
    };
    let key = web.app.product_short(&id).await?;
    if set.product != key && set.product != "*" {
        let message = format!("is a set for `{}`, not for `{key}`", set.product);
        return Err(Problem::field("body", "product", message));
    }
    let new = TrustInput { version: set.version, body, signatures };
    Ok(receipt(&web.app.trust_publish(&input.call, &id, new).await?))
}
