//! The REST client: one request at a time, and every change under a key that survives a crash.

use crate::args::Global;
use crate::exit::{Code, Failure};
use crate::ports::OsRandom;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::{Client as Http, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use roadbook_app::ports::Random as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A server that says nothing for so long is as good as gone.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Answers larger than this are not read into memory.
const ANSWER_BYTES_MAX: usize = 256 << 20;

/// Lists that come whole.
const PLAIN: [&str; 4] = ["/todo", "/processes", "/process-drafts", "/units"];

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Body as JSON; null when it is something else.
    pub json: Value,
    /// Body.
    pub bytes: Bytes,
    /// File name that the server gives to a download.
    pub name: Option<String>,
}

/// Talks to one server.
pub struct Client {
    http: Http<HttpConnector, Full<Bytes>>,
    base: String,
    token: Option<String>,
    key: Option<String>,
}

/// Directory of ours below one of the XDG places.
pub fn place(variable: &str, below_home: &str) -> Result<PathBuf, Failure> {
    std::env::var_os(variable)
        .filter(|it| !it.is_empty())
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(below_home)))
        .map(|dir| dir.join("roadbook"))
        .ok_or_else(|| {
            Failure::new(Code::Usage, format!("neither {variable} nor HOME is set"))
                .hint(format!("set {variable} to a directory of yours"))
        })
}

fn token_path() -> Result<PathBuf, Failure> {
    Ok(place("XDG_CONFIG_HOME", ".config")?.join("tokens.json"))
}

fn tokens() -> Result<serde_json::Map<String, Value>, Failure> {
    let path = token_path()?;
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(serde_json::Map::new()) };
    let open = std::fs::metadata(&path).is_ok_and(|it| it.permissions().mode() & 0o077 != 0);
    if open {
        let what = format!("`{}` can be read by others", path.display());
        return Err(Failure::new(Code::NotAllowed, what)
            .hint(format!("chmod 600 {0}; or remove it and sign in again", path.display())));
    }
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(Code::Failed, format!("`{}`: {error}", path.display()))
            .hint("remove the file and sign in again: `roadbook login`")
    })
}

/// Keeps a token where only its owner can read it.
pub fn keep_token(server: &str, token: &str) -> Result<PathBuf, Failure> {
    let path = token_path()?;
    let mut all = tokens()?;
    all.insert(server.to_owned(), Value::String(token.to_owned()));
    write_private(&path, &serde_json::to_vec_pretty(&all).unwrap_or_default())?;
    Ok(path)
}

/// Writes a file of its owner: whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(dir) = path.parent() {
        crate::config::make_private(dir)?;
    }
    let temporary = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    Ok(())
}

impl Client {
    /// The server and token that the command line and the stored sign-in name.
    pub fn new(global: &Global) -> Result<Client, Failure> {
        let base = base_url(global);
        if !base.starts_with("http://") {
            return Err(Failure::new(Code::Usage, format!("`{base}` is no http:// address"))
                .hint("run the command on the server itself, or through a tunnel to it"));
        }
        let token = match &global.token_file {
            Some(path) => Some(crate::offline::read(path)?.trim().to_owned()),
            None => tokens()?.get(&base).and_then(Value::as_str).map(str::to_owned),
        };
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(Duration::from_secs(5)));
        let http = Http::builder(TokioExecutor::new()).build(connector);
        Ok(Client { http, base, token, key: global.idempotency_key.clone() })
    }

    /// Where the server is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Reads something.
    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.send(Method::GET, path, Bytes::new(), "application/json", None).await
    }

    /// Reads all pages of a list.
    pub async fn all(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            if PLAIN.contains(&path) {
                return Ok(self.get(path).await?.json.as_array().cloned().unwrap_or_default());
            }
            let join = if path.contains('?') { '&' } else { '?' };
            let more = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
            let answer = self.get(&format!("{path}{join}limit=200{more}")).await?.json;
            match answer["rows"].as_array().or_else(|| answer["items"].as_array()) {
                Some(items) => rows.extend(items.iter().cloned()),
                None => rows.extend(answer.as_array().into_iter().flatten().cloned()),
            }
            match answer["next"].as_str() {
                Some(next) if !next.is_empty() => cursor = crate::local::encode(next),
                _ => return Ok(rows),
            }
        }
    }

    /// Changes something with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.change(Method::POST, path, Bytes::from(body.to_string()), "application/json").await
    }

    /// Puts something in its place with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.change(Method::PUT, path, Bytes::from(body.to_string()), "application/json").await
    }

    /// Changes something.
    pub async fn change(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        media_type: &str,
    ) -> Result<Answer, Failure> {
        let pending = Pending::take(self.key.as_deref(), &self.base, &method, path, &body)?;
        let result = self.send(method, path, body, media_type, Some(&pending.key)).await;
        match &result {
            // Only an unknown end keeps the key: the same command then repeats the same change.
            Err(failure) if failure.code == Code::Unreachable => {}
            _ => pending.settled(),
        }
        result
    }

    /// Proving who one is changes nothing that could be doubled: the key is not kept on disk.
    pub async fn post_bare(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        let body = Bytes::from(body.to_string());
        self.send(Method::POST, path, body, "application/json", Some(&new_key())).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        media_type: &str,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let changing = key.is_some();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.base))
            .header("accept", "application/json")
            .header("content-type", media_type)
            .header("user-agent", concat!("roadbook/", env!("CARGO_PKG_VERSION")));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request
            .body(Full::new(body))
            .map_err(|error| Failure::new(Code::Usage, format!("`{path}`: {error}")))?;
        let (status, name, bytes) = self.exchange(request, changing).await?;
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(Answer { json, bytes, name });
        }
        Err(problem(status, &json))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        changing: bool,
    ) -> Result<(StatusCode, Option<String>, Bytes), Failure> {
        let gone = |error: String| {
            let failure =
                Failure::new(Code::Unreachable, format!("no answer from {}: {error}", self.base));
            if changing {
                failure.hint("repeat the command: the same key is used, nothing happens twice")
            } else {
                failure.hint("is it running? `roadbook serve`; another address: --server URL")
            }
        };
        let talk = async {
            let answer = self.http.request(request).await.map_err(|error| gone(reason(&error)))?;
            let status = answer.status();
            let name = answer
                .headers()
                .get("content-disposition")
                .and_then(|it| it.to_str().ok())
                .and_then(|it| it.split("filename=").nth(1))
                .map(|it| it.split(';').next().unwrap_or(it).trim_matches('"').to_owned());
            let body = http_body_util::Limited::new(answer.into_body(), ANSWER_BYTES_MAX);
            let bytes = body.collect().await.map_err(|error| gone(error.to_string()))?.to_bytes();
            Ok((status, name, bytes))
        };
        match tokio::time::timeout(TIMEOUT, talk).await {
            Ok(result) => result,
            Err(_) => Err(gone("it took too long".to_owned())),
        }
    }
}

/// The address of the server.
pub fn base_url(global: &Global) -> String {
    let base = global.server.clone();
    let base = base.unwrap_or_else(|| format!("http://{}", crate::config::LISTEN_DEFAULT));
    base.trim_end_matches('/').to_owned()
}

fn reason(error: &hyper_util::client::legacy::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = inner.to_string();
        source = inner.source();
    }
    text
}

fn new_key() -> String {
    let mut bytes = [0; 16];
    OsRandom.fill(&mut bytes);
    format!("cli-{}", hex::encode(bytes))
}

/// A change that was begun: its key lies on disk until the end is known.
struct Pending {
    key: String,
    path: Option<PathBuf>,
}

impl Pending {
    fn take(
        given: Option<&str>,
        base: &str,
        method: &Method,
        path: &str,
        body: &Bytes,
    ) -> Result<Pending, Failure> {
        if let Some(key) = given {
            return Ok(Pending { key: key.to_owned(), path: None });
        }
        let mut hash = Sha256::new();
        for part in [base.as_bytes(), method.as_str().as_bytes(), path.as_bytes(), body] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let file = format!("{}.key", hex::encode(hash.finalize()));
        let file = place("XDG_STATE_HOME", ".local/state")?.join("pending").join(file);
        if let Ok(key) = std::fs::read_to_string(&file)
            && !key.is_empty()
        {
            eprintln!("this change was sent before and its end is not known: sending it again");
            return Ok(Pending { key, path: Some(file) });
        }
        let key = new_key();
        write_private(&file, key.as_bytes())?;
        Ok(Pending { key, path: Some(file) })
    }

    fn settled(&self) {
        if let Some(path) = &self.path {
            // A key that stays behind only repeats an answer.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A problem document as people read it.
fn problem(status: StatusCode, json: &Value) -> Failure {
    let code = json["code"].as_str().unwrap_or_default();
    let exit = match (status.as_u16(), code) {
        (_, "unknown_outcome") | (429 | 502..=504, _) => Code::Unreachable,
        (_, "stale") | (412 | 428, _) => Code::Stale,
        (_, "four_eyes" | "one_party" | "already_voted" | "not_your_turn" | "slot_blocked") => {
            Code::Refused
        }
        (404 | 410, _) => Code::NotFound,
        (401 | 403, _) => Code::NotAllowed,
        (_, "invalid" | "key_reused" | "bad_request") | (400 | 413 | 415, _) => Code::Failed,
        (409 | 422 | 423, _) => Code::Refused,
        _ => Code::Failed,
    };
    let detail = json["detail"].as_str().filter(|it| !it.is_empty());
    let mut what = match detail {
        Some(detail) => detail.to_owned(),
        None => format!("the server answered {status}"),
    };
    if !code.is_empty() {
        what = format!("{what} [{code}]");
    }
    let mut failure = Failure::new(exit, what);
    let errors = json["errors"].as_array().into_iter().flatten();
    // What was said already is not said twice.
    for it in errors.filter(|it| it["message"].as_str() != detail) {
        failure = failure.detail(fault_text(it));
    }
    for it in json["waiting"].as_array().into_iter().flatten() {
        failure = failure.detail(format!("waits for {}", waiting_text(it)));
    }
    match (what_now(status, code, exit), json["lift"].as_str()) {
        (Some(text), _) => failure = failure.hint(text),
        (None, Some(lift)) => failure = failure.hint(lift),
        (None, None) => {}
    }
    if let Some(number) = json["trace"].as_str() {
        failure = failure.hint(format!("the server's log tells more about {number}"));
    }
    failure
}

/// A wrong field, or a wrong cell of a list by its line.
fn fault_text(it: &Value) -> String {
    let (field, message) = (it["field"].as_str().unwrap_or_default(), it["message"].as_str());
    let message = message.unwrap_or_default();
    let cell = field.strip_prefix("rows[").and_then(|rest| rest.split_once("]."));
    match cell {
        Some((line, column)) => format!("line {line}, {column}: {message}"),
        None => format!("{field}: {message}"),
    }
}

/// What to do now on the command line, where the server's own word speaks of the API.
fn what_now(status: StatusCode, code: &str, exit: Code) -> Option<&'static str> {
    Some(match code {
        "step_up_required" => "a signature asks for your password: --password-file FILE",
        "sign_in_failed" => return None,
        "not_yet" | "not_closable" => "`roadbook release plan` shows who does what is open",
        "slot_blocked" => "`roadbook freeze why` names the next free times",
        "choice_required" => "choose on the release's page: roll back or remedy",
        "review_required" => {
            "save it with `roadbook process draft save FILE --note TEXT`, then `roadbook process \
             draft submit NAME`; somebody else approves it"
        }
        "content_changed" => "look again with `roadbook release show`, then repeat",
        "stale" => "somebody was faster: look again, then repeat",
        "key_reused" => "leave --idempotency-key out, or give a new one",
        "denied" => "an administrator gives out the role; `roadbook people list` names who is here",
        "reason_required" => "say why: --reason TEXT",
        "not_found" => "check the name; what you may not see is not found either",
        _ if status == StatusCode::UNAUTHORIZED => "sign in: `roadbook login NAME`",
        _ if exit == Code::Unreachable => "repeat the command: nothing happens twice",
        _ => return None,
    })
}

/// What something waits for, in a line.
pub fn waiting_text(it: &Value) -> String {
    let name = ["on", "code", "kind"].iter().find_map(|key| it[*key].as_str());
    let (on, it) = match (name, it.as_object().and_then(|map| map.iter().next())) {
        (None, Some((key, inner))) => (key.as_str(), inner),
        (name, _) => (name.unwrap_or_default(), it),
    };
    let on = on.replace('_', " ");
    let mut facts = Vec::new();
    for (key, value) in it.as_object().into_iter().flatten() {
        if matches!(key.as_str(), "on" | "code" | "people" | "since") {
            continue;
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(true) => key.replace('_', " "),
            Value::Number(number) => format!("{key} {number}"),
            Value::Array(list) if !list.is_empty() => {
                list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            _ => continue,
        };
        if !text.is_empty() {
            facts.push(text);
        }
    }
    if facts.is_empty() { on } else { format!("{on} ({})", facts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_problem_ends_with_its_code() {
        for (status, code, exit) in [
            (404, "not_found", Code::NotFound),
            (401, "unauthenticated", Code::NotAllowed),
            (403, "denied", Code::NotAllowed),
            (403, "four_eyes", Code::Refused),
            (409, "four_eyes", Code::Refused),
            (409, "stale", Code::Stale),
            (412, "stale", Code::Stale),
            (422, "slot_blocked", Code::Refused),
            (422, "invalid", Code::Failed),
            (409, "key_reused", Code::Failed),
            (503, "unknown_outcome", Code::Unreachable),
            (429, "too_many", Code::Unreachable),
            (507, "disk_full", Code::Failed),
            (500, "internal", Code::Failed),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let failure = problem(status, &json!({ "code": code, "detail": "x" }));
            assert_eq!(failure.code, exit, "{status} {code}");
        }
    }

    #[test]
    fn a_refusal_tells_all_that_is_missing() {
        let body = json!({
            "code": "not_yet", "detail": "step `close` still waits for 2 thing(s)",
            "waiting": [
                { "on": "deliverable", "document": "rollback_plan", "role": null, "sections": [] },
                { "on": "sites", "have": 3, "need": 24 },
            ],
            "lift": "hand it in",
        });
        let failure = problem(StatusCode::CONFLICT, &body);
        let expected =
            ["waits for deliverable (rollback_plan)", "waits for sites (have 3, need 24)"];
        assert_eq!(failure.details, expected);
        assert_eq!(failure.hints, ["`roadbook release plan` shows who does what is open"]);
    }
}
