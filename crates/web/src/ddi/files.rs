//! Files of an order: the list, whole and in parts, and their checksums.

use super::answer::{Agent, Answer, Refusal, number, shown};
use crate::api::attached;
use crate::server::Web;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use roadbook_app::fleet::ArtifactRow;
use roadbook_app::fleet::ServedFile;
use roadbook_wire::ddi;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// Bytes read at once: more makes many downloads at a time slower.
const CHUNK: usize = 64 << 10;

fn encoded(name: &str) -> String {
    let keep = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
    name.bytes()
        .map(|it| if keep(it) { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect()
}

/// A file in the words of the protocol.
pub fn listed(agent: &Agent, action: i64, it: &ArtifactRow) -> ddi::Artifact {
    let name = encoded(&it.name);
    let href = format!("{}/softwaremodules/{action}/artifacts/{name}", agent.base);
    let link = |href: String| Some(ddi::Link { href });
    let (file, sum) = (link(href.clone()), link(format!("{href}.MD5SUM")));
    ddi::Artifact {
        filename: it.name.clone(),
        hashes: ddi::Hashes {
            sha1: it.sha1.clone(),
            md5: it.md5.clone(),
            sha256: Some(it.sha256.clone()),
        },
        size: u64::try_from(it.size).unwrap_or(0),
        links: if agent.secure {
            ddi::ArtifactLinks { download: file, md5sum: sum, ..ddi::ArtifactLinks::default() }
        } else {
            ddi::ArtifactLinks {
                download_http: file,
                md5sum_http: sum,
                ..ddi::ArtifactLinks::default()
            }
        },
    }
}

/// The files of an order.
pub async fn list(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let id = number(&action)?;
    let files = web.app.agent_files(&agent.site, id).await?;
    let list: Vec<ddi::Artifact> = files.iter().map(|it| listed(&agent, id, it)).collect();
    shown(&headers, &list)
}

/// A file of an order, or its checksum.
pub async fn download(
    State(web): State<Web>,
    agent: Agent,
    Path((_, action, name)): Path<(String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Answer {
    let id = number(&action)?;
    match web.app.agent_file(&agent.site, id, &name).await {
        Ok(file) => served(file, &method, &headers).await,
        Err(error) => {
            let Some(of) = name.strip_suffix(".MD5SUM") else { return Err(error.into()) };
            let files = web.app.agent_files(&agent.site, id).await?;
            let file = files.into_iter().find(|it| it.name == of).ok_or(error)?;
            let text = format!("{}  {}", file.md5, file.name);
            let kind = [(header::CONTENT_TYPE, "text/plain")];
            Ok((kind, attached(&name), text).into_response())
        }
    }
}

/// What part of a file is wanted.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    From(u64, u64),
    Outside,
}

/// Reads `bytes=first-last`, `bytes=first-` and `bytes=-last`; several parts at once are answered
/// with the whole, which every client must accept.
fn part(range: Option<&str>, size: u64) -> Part {
    let Some(text) = range.and_then(|it| it.trim().strip_prefix("bytes=")) else {
        return Part::Whole;
    };
    let Some((first, last)) = text.split_once('-').filter(|_| !text.contains(',')) else {
        return Part::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let (from, to) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to),
        (Ok(from), Err(_)) if last.is_empty() => (from, u64::MAX),
        (Err(_), Ok(count)) if first.is_empty() => {
            if count == 0 {
                return Part::Outside;
            }
            (size.saturating_sub(count), u64::MAX)
        }
        _ => return Part::Whole,
    };
    if from >= size { Part::Outside } else { Part::From(from, to.min(size - 1)) }
}

async fn served(it: ServedFile, method: &Method, headers: &HeaderMap) -> Answer {
    let ServedFile { artifact, mut file } = it;
    let tag = format!("\"{}\"", artifact.sha256);
    let text = |name: header::HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
    let fits = |it: &str| it.split(',').any(|one| one.trim() == tag || one.trim() == "*");
    if text(header::IF_MATCH).is_some_and(|it| !fits(it)) {
        return Err(Refusal::bare(StatusCode::PRECONDITION_FAILED));
    }
    if text(header::IF_NONE_MATCH).is_some_and(fits) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let size = u64::try_from(artifact.size).unwrap_or(0);
    let unchanged = text(header::IF_RANGE).is_none_or(|it| it == tag);
    let part = part(text(header::RANGE).filter(|_| unchanged), size);
    let fault = |it: std::io::Error| roadbook_app::Error::Internal(it.to_string());
    let (status, from, length) = match part {
        Part::Whole => (StatusCode::OK, 0, size),
        Part::From(from, to) => (StatusCode::PARTIAL_CONTENT, from, to - from + 1),
        Part::Outside => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            let value = HeaderValue::try_from(format!("bytes */{size}"));
            response.headers_mut().extend(value.ok().map(|it| (header::CONTENT_RANGE, it)));
            return Ok(response);
        }
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        if from > 0 {
            file.seek(std::io::SeekFrom::Start(from)).await.map_err(fault)?;
        }
        Body::from_stream(ReaderStream::with_capacity(file.take(length), CHUNK))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let answer = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    answer.insert(header::CONTENT_TYPE, kind);
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    answer.extend(HeaderValue::try_from(tag).ok().map(|it| (header::ETAG, it)));
    let [(name, value)] = attached(&artifact.name);
    answer.extend(HeaderValue::try_from(value).ok().map(|it| (name, it)));
    if status == StatusCode::PARTIAL_CONTENT {
        let value = format!("bytes {from}-{}/{size}", from + length - 1);
        answer.extend(HeaderValue::try_from(value).ok().map(|it| (header::CONTENT_RANGE, it)));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::{Part, part};

    #[test]
    fn parts_of_a_file_are_read_as_the_standard_says() {
        for (range, want) in [
            (None, Part::Whole),
            (Some("bytes=0-3"), Part::From(0, 3)),
            (Some("bytes=4-"), Part::From(4, 9)),
            (Some("bytes=-4"), Part::From(6, 9)),
            (Some("bytes=-400"), Part::From(0, 9)),
            (Some("bytes=9-400"), Part::From(9, 9)),
            (Some("bytes=10-"), Part::Outside),
            (Some("bytes=-0"), Part::Outside),
            (Some("bytes=5-2"), Part::Whole),
            (Some("bytes=0-1,4-5"), Part::Whole),
            (Some("bytes=x-y"), Part::Whole),
            (Some("lines=1-2"), Part::Whole),
        ] {
            assert_eq!(part(range, 10), want, "{range:?}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::Outside);
    }
}
