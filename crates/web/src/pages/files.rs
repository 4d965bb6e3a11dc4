//! Forms with a file: the guards and the words come first, the file is read last and never whole
//! unless it is small.

use super::visit::{Fields, Refused, Signed};
use crate::http::input::keyed;
use crate::http::problem::Problem;
use crate::http::session::{Caller, forged, same_site};
use crate::server::Web;
use crate::ui::PageCtx;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::header::HeaderName;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt as _;
use roadbook_app::Call;
use roadbook_app::artifacts::Arrived;
use roadbook_app::documents::Upload;
use roadbook_core::ids::{ProductId, ReleaseId};
use roadbook_core::limits::{BODY_BYTES_MAX, UPLOAD_BYTES_MAX};
use tokio_util::io::StreamReader;

/// The heads of a file that is saved under its name and not shown. The name is ours to write: what
/// is no plain letter, digit or one of `-_.` is left out of it.
pub(crate) fn attachment(media: &str, name: &str) -> [(HeaderName, String); 2] {
    let safe: String =
        name.chars().filter(|it| it.is_ascii_alphanumeric() || "-_.".contains(*it)).collect();
    [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{safe}\"")),
    ]
}

/// What the words of a form may take beside its file.
const WORDS_BYTES_MAX: u64 = 1 << 20;

/// A form with a file that somebody sent; nothing of it is read yet.
pub struct Parts {
    /// What every page needs to know.
    pub ctx: PageCtx,
    /// Who.
    pub caller: Caller,
    /// The server.
    pub web: Web,
    route: String,
    length: String,
    multipart: Multipart,
}

/// A small file that came with a form.
pub struct SmallFile {
    /// Its name; data, never a path.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// All bytes of a field; more than `max` are refused while they come in.
async fn drain(field: &mut Field<'_>, max: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
        if bytes.len() + chunk.len() > max {
            return Err(too_large(max as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "multipart", "the form could not be read to its end")
}

fn too_large(max: u64) -> Problem {
    let detail = format!("a file has at most {max} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
}

/// The media type of a file: as claimed, or, where the browser knows none, as its name ends.
fn media_type(claimed: &str, name: &str) -> String {
    let claimed = claimed.split(';').next().unwrap_or_default().trim();
    if !claimed.is_empty() && claimed != "application/octet-stream" {
        return claimed.to_ascii_lowercase();
    }
    let end = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    let known = match end.as_str() {
        "md" | "markdown" => "text/markdown",
        "txt" | "log" | "toml" => "text/plain",
        "csv" => "text/csv",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    };
    known.to_owned()
}

impl Parts {
    /// Reads a form with a small file. The form token must stand before the file.
    pub async fn small(
        &mut self,
        max: usize,
    ) -> Result<(Fields, Call, Option<SmallFile>), Problem> {
        let mut words = Fields::default();
        let mut file = None;
        while let Some(mut field) = self.multipart.next_field().await.map_err(|_| broken())? {
            match field.file_name().map(str::to_owned) {
                // An empty choice sends a file without a name.
                Some(name) if name.is_empty() => {}
                Some(name) => {
                    token(&words, &self.caller)?;
                    let bytes = drain(&mut field, max).await?;
                    file = Some(SmallFile { name, bytes });
                }
                None => word(&mut field, &mut words).await?,
            }
        }
        let named = file.as_ref().map_or("", |it| it.name.as_str());
        let call = guard(&self.web, &self.caller, &self.route, &words, named, &self.length).await?;
        Ok((words, call, file))
    }

    /// Streams the file of a form into a document of a release; nothing is held in memory.
    pub async fn into_document(&mut self, release: &str, kind: &str) -> Result<ReleaseId, Problem> {
        let mut words = Fields::default();
        while let Some(mut field) = self.multipart.next_field().await.map_err(|_| broken())? {
            let Some(name) = field.file_name().map(str::to_owned) else {
                word(&mut field, &mut words).await?;
                continue;
            };
            if name.is_empty() {
                break;
            }
            let media_type = media_type(field.content_type().unwrap_or_default(), &name);
            let call =
                guard(&self.web, &self.caller, &self.route, &words, &name, &self.length).await?;
            let id = self.web.app.release_find(&self.caller.session.actor, release).await?;
            let bytes = StreamReader::new(field.map_err(std::io::Error::other));
            let upload = Upload { bytes, name, media_type };
            let note = words.text("note");
            self.web.app.document_upload(&call, &id, kind, upload, &note).await?;
            return Ok(id);
        }
        token(&words, &self.caller)?;
        Err(Problem::field("file", "required", "choose a file"))
    }

    /// Streams the file of a form to disk as one of a product; nothing lists it yet.
    pub async fn into_artifact(
        &mut self,
        product: &ProductId,
    ) -> Result<(Fields, Call, Arrived), Problem> {
        let mut words = Fields::default();
        while let Some(mut field) = self.multipart.next_field().await.map_err(|_| broken())? {
            let Some(name) = field.file_name().map(str::to_owned) else {
                word(&mut field, &mut words).await?;
                continue;
            };
            if name.is_empty() {
                break;
            }
            let call =
                guard(&self.web, &self.caller, &self.route, &words, &name, &self.length).await?;
            let bytes = StreamReader::new(field.map_err(std::io::Error::other));
            let app = &self.web.app;
            let arrived = app.artifact_receive(&call, product, &name, None, bytes).await?;
            return Ok((words, call, arrived));
        }
        token(&words, &self.caller)?;
        Err(Problem::field("file", "required", "choose a file"))
    }
}

/// Reads one word of a form.
async fn word(field: &mut Field<'_>, words: &mut Fields) -> Result<(), Problem> {
    let name = field.name().unwrap_or_default().to_owned();
    let have: usize = words.0.iter().map(|it| it.1.len()).sum();
    let value = drain(field, BODY_BYTES_MAX.saturating_sub(have)).await?;
    words.0.push((name, String::from_utf8_lossy(&value).into_owned()));
    Ok(())
}

fn token(words: &Fields, caller: &Caller) -> Result<(), Problem> {
    if words.get("csrf") == Some(caller.csrf.as_str()) { Ok(()) } else { Err(forged()) }
}

/// The call of a form whose token is right, under the key of the form.
async fn guard(
    web: &Web,
    caller: &Caller,
    route: &str,
    words: &Fields,
    file: &str,
    length: &str,
) -> Result<Call, Problem> {
    token(words, caller)?;
    let key = match words.get("form_key") {
        Some(key) if !key.is_empty() => key.to_owned(),
        _ => web.app.ports().secret(),
    };
    let announced = format!("{:?}\n{file}\n{length}", words.0);
    keyed(web, caller, route, key, announced.as_bytes()).await
}

impl FromRequest<Web> for Parts {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, web).await?;
        let refuse = |problem| Refused::new(signed.ctx.clone(), problem).into_response();
        if !same_site(&parts.headers) {
            return Err(refuse(forged()));
        }
        let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok());
        let length = length.unwrap_or_default().to_owned();
        let max = UPLOAD_BYTES_MAX + WORDS_BYTES_MAX;
        // Refused by what it says about itself, before a byte of it is read.
        if length.parse::<u64>().is_ok_and(|it| it > max) {
            return Err(refuse(too_large(UPLOAD_BYTES_MAX)));
        }
        let route = format!("{} {}", parts.method, parts.uri.path());
        let mut request = Request::from_parts(parts, body);
        DefaultBodyLimit::max(usize::try_from(max).unwrap_or(usize::MAX)).apply(&mut request);
        let multipart = Multipart::from_request(request, web).await;
        let Ok(multipart) = multipart else { return Err(refuse(broken())) };
        let Signed { ctx, caller, web } = signed;
        Ok(Parts { ctx, caller, web, route, length, multipart })
    }
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn a_type_is_as_claimed_or_as_the_name_ends() {
        for (claimed, name, expected) in [
            ("application/pdf", "a.bin", "application/pdf"),
            ("text/plain; charset=utf-8", "a", "text/plain"),
            ("application/octet-stream", "notes.MD", "text/markdown"),
            ("", "list.csv", "text/csv"),
            ("application/octet-stream", "run.exe", "application/octet-stream"),
            ("text/html", "page.html", "text/html"),
        ] {
            assert_eq!(media_type(claimed, name), expected, "{claimed} {name}");
        }
    }
}
