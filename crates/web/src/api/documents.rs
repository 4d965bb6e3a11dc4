//! Documents of a release: reading, taking away, uploading.

use super::{attached, time};
use crate::api::releases::{control_name, receipt};
use crate::http::input::{Asked, Incoming};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::TryStreamExt as _;
use roadbook_app::documents::Upload;
use roadbook_core::access::{Action, Kind};
use roadbook_core::limits::UPLOAD_BYTES_MAX;
use roadbook_core::text::Lang;
use roadbook_wire::api::{self, documents as wire};
use serde::Deserialize;
use tokio_util::io::StreamReader;

const VIEW: Access = Access::Grant(Action::View, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/releases/{release}/documents/{document}", "get_document", one)
            .says("A document with its revisions and signatures.")
            .access(VIEW)
            .asks(&["revision"])
            .gives::<wire::Document>(),
        get(
            "/api/v1/releases/{release}/documents/{document}/revisions/{revision}",
            "download_document",
            download,
        )
        .says("The bytes of a revision.")
        .access(VIEW)
        .streams("*/*"),
        get("/api/v1/releases/{release}/documents/{document}/draft", "draft_document", first)
            .says("What a writer begins with: required headings; in release notes every change.")
            .access(VIEW)
            .asks(&["lang"])
            .gives::<wire::Draft>(),
        post("/api/v1/releases/{release}/documents/{document}/file", "upload_document", upload)
            .says("Upload a file as a new revision; its bytes are the body.")
            .access(Access::Grant(Action::Act, Kind::Release))
            .asks(&["name", "note"])
            .uploads()
            .gives::<api::Receipt>()
            .creates(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AtRevision {
    revision: Option<String>,
}

async fn one(
    State(web): State<Web>,
    caller: Caller,
    Path((release, kind)): Path<(String, String)>,
    Asked(query): Asked<AtRevision>,
) -> Answer<Json<wire::Document>> {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let view = web.app.document(actor, &id, &kind, query.revision.as_deref()).await?;
    let revisions = view.document.revisions.iter().zip(0..).map(|(it, number)| wire::Revision {
        label: it.label.clone(),
        control: control_name(view.state.control_of(number)).to_owned(),
        sections: it.sections.clone(),
        digest: it.digest.clone(),
        size: it.size,
        media_type: it.media_type.clone(),
        name: it.name.clone(),
        by: it.by.to_string(),
        at: time(it.at),
        note: it.note.clone(),
    });
    let signatures = view.state.signatures.iter().map(|it| wire::Signature {
        person: it.person.to_string(),
        role: it.role.clone(),
        at: time(it.at),
        meaning: it.meaning.clone(),
        digest: it.digest.clone(),
    });
    Ok(Json(wire::Document {
        id: view.document.id.to_string(),
        kind,
        number: view.document.number.clone(),
        confidentiality: view.document.confidentiality.clone(),
        controlled: view.state.controlled.as_ref().map(|it| wire::InForce {
            label: format!("A{}", it.revision),
            by: it.by.to_string(),
            at: time(it.at),
        }),
        digest: view.state.digest.clone(),
        revisions: revisions.collect(),
        signatures: signatures.collect(),
        text: view.text,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLang {
    lang: Option<String>,
}

async fn first(
    State(web): State<Web>,
    caller: Caller,
    Path((release, kind)): Path<(String, String)>,
    Asked(query): Asked<InLang>,
) -> Answer<Json<wire::Draft>> {
    let actor = &caller.session.actor;
    let lang = match query.lang.as_deref() {
        None => caller.session.person.lang,
        Some(text) => Lang::from_tag(text)
            .ok_or_else(|| Problem::field("lang", "unknown", "`en`, `ko`, `vi` or `zh`"))?,
    };
    let id = web.app.release_find(actor, &release).await?;
    let text = web.app.document_draft(actor, &id, &kind, lang).await?;
    Ok(Json(wire::Draft { lang: lang.code().to_owned(), text }))
}

async fn download(
    State(web): State<Web>,
    caller: Caller,
    Path((release, kind, label)): Path<(String, String, String)>,
) -> Answer<Response> {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let (revision, bytes) = web.app.document_bytes(actor, &id, &kind, &label).await?;
    // Nothing in a file that people uploaded runs in the name of this server.
    let sandbox = (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    let media = [(header::CONTENT_TYPE, revision.media_type.as_str()), sandbox];
    Ok((media, attached(&revision.name), bytes).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileQuery {
    name: String,
    #[serde(default)]
    note: String,
}

async fn upload(
    State(web): State<Web>,
    Path((release, kind)): Path<(String, String)>,
    Asked(query): Asked<FileQuery>,
    incoming: Incoming,
) -> Answer {
    let Incoming { call, caller, media_type, bytes, length } = incoming;
    if length.is_some_and(|it| it > UPLOAD_BYTES_MAX) {
        let detail = format!("a file has at most {UPLOAD_BYTES_MAX} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail));
    }
    let id = web.app.release_find(&caller.session.actor, &release).await?;
    let reader = StreamReader::new(bytes.map_err(std::io::Error::other));
    let upload = Upload { bytes: reader, name: query.name, media_type };
    Ok(receipt(&web.app.document_upload(&call, &id, &kind, upload, &query.note).await?))
}
