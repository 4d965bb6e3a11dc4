//! Errors as RFC 9457 problems: a stable code, every wrong field, every reason.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roadbook_app::{Error, StoredResponse};
use roadbook_core::run::{Refusal, WaitingOn};
use roadbook_wire::api::problem::{FieldProblem, Problem as Body};

/// An error on its way out. Use cases answer with [`Error`]; this is its only mapping to HTTP.
#[derive(Debug)]
pub struct Problem {
    /// Status.
    pub status: StatusCode,
    /// Body.
    pub body: Box<Body>,
    replay: Option<StoredResponse>,
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem with a code and a text.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            body: Box::new(Body {
                kind: format!("urn:roadbook:problem:{code}"),
                title: status.canonical_reason().unwrap_or("Error").to_owned(),
                status: status.as_u16(),
                detail: detail.into(),
                code: code.to_owned(),
                ..Body::default()
            }),
            replay: None,
            retry_after: None,
        }
    }

    /// One wrong field.
    pub fn field(field: &str, code: &str, message: impl Into<String>) -> Problem {
        let message = message.into();
        let mut problem =
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "1 field(s) are wrong");
        problem.body.errors.push(FieldProblem {
            field: field.to_owned(),
            code: code.to_owned(),
            message,
        });
        problem
    }

    /// The answer that was given to this key before.
    pub fn replay(response: StoredResponse) -> Problem {
        let mut problem = Problem::new(StatusCode::OK, "replay", "");
        problem.replay = Some(response);
        problem
    }
}

fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Denied { .. } => StatusCode::FORBIDDEN,
        Error::Invalid(_) | Error::NotAdmitted(_) | Error::KeyReused => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::Refused(refusal) => match refusal {
            Refusal::NotYours { .. }
            | Refusal::FourEyes { .. }
            | Refusal::OneParty { .. }
            | Refusal::StepUpRequired => StatusCode::FORBIDDEN,
            Refusal::UnknownStep { .. } => StatusCode::NOT_FOUND,
            Refusal::Unknown { .. }
            | Refusal::ReasonRequired
            | Refusal::WrongType { .. }
            | Refusal::SlotBackwards => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        },
        Error::Rule { code: "sign_in_failed" | "setup_code", .. } => StatusCode::UNAUTHORIZED,
        Error::Rule { code: "link_gone", .. } => StatusCode::NOT_FOUND,
        Error::Rule { code: "password_wrong" | "not_the_owner", .. } => StatusCode::FORBIDDEN,
        // With If-Match it is 412; only the layer around all routes knows whether there was one.
        Error::NotMigrated(_) | Error::Rule { .. } | Error::Exists { .. } | Error::Stale { .. } => {
            StatusCode::CONFLICT
        }
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Replay(_) => StatusCode::OK,
        Error::Unknown | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Full => StatusCode::INSUFFICIENT_STORAGE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The waiting reasons that a refusal carries.
pub fn waiting_of(refusal: &Refusal) -> &[WaitingOn] {
    match refusal {
        Refusal::NotYet { waiting, .. } | Refusal::NotClosable { waiting } => waiting,
        Refusal::SlotBlocked { blocks, .. } => blocks,
        _ => &[],
    }
}

/// What would lift a refusal, in one sentence.
fn lift(refusal: &Refusal) -> Option<String> {
    let text = match refusal {
        Refusal::NotYet { .. } | Refusal::NotClosable { .. } => {
            "everything in `waiting` is done".to_owned()
        }
        Refusal::NotYours { roles, .. } => format!("{} does it", roles.join(" or ")),
        Refusal::FourEyes { because } => {
            format!("somebody else approves; you count as {because} here")
        }
        Refusal::OneParty { signed } => {
            format!("somebody of the other party signs; you signed as {signed}")
        }
        Refusal::NotYourTurn { role } => format!("{role} approves first"),
        Refusal::ContentChanged { current } => {
            format!("read it again and sign or answer digest {current}")
        }
        Refusal::ContentNotNamed { current } => {
            format!("read what stands now, then send its `digest`: {current}")
        }
        Refusal::ReasonRequired => "give a `reason`".to_owned(),
        Refusal::StepUpRequired => {
            "give your password again: POST /api/v1/session/step-up".to_owned()
        }
        Refusal::SlotBlocked { may_pass: true, .. } => {
            "choose another slot, or pass the blocks with `pass_blocks` and a `reason`".to_owned()
        }
        Refusal::SlotBlocked { .. } => {
            "choose another slot: GET /api/v1/calendar/why names the next free ones".to_owned()
        }
        Refusal::Held { .. } => "the release is resumed".to_owned(),
        Refusal::ChoiceRequired { .. } => "choose `roll_back` or `remedy`".to_owned(),
        Refusal::NoWayBack { .. } => "choose `remedy`".to_owned(),
        Refusal::NotExtensible { .. } => {
            "a revision of the process with `extensible = true` for this step".to_owned()
        }
        _ => return None,
    };
    Some(text)
}

/// A problem that says "it changed": 412 for a caller who said what they saw.
#[derive(Clone)]
pub(crate) struct Changed(Box<Body>);

impl Changed {
    /// The same as 412.
    pub(crate) fn precondition(self) -> Response {
        let mut problem =
            Problem::new(StatusCode::PRECONDITION_FAILED, &self.0.code, self.0.detail.clone());
        problem.body.waiting = self.0.waiting;
        problem.into_response()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let mut problem = Problem::new(status_of(&error), error.code(), error.to_string());
        match error {
            Error::Invalid(fields) => {
                problem.body.errors = fields
                    .into_iter()
                    .map(|it| FieldProblem {
                        field: it.field,
                        code: it.code.to_owned(),
                        message: it.message,
                    })
                    .collect();
            }
            Error::Refused(refusal) => {
                problem.body.lift = lift(&refusal).unwrap_or_default();
                problem.body.waiting = waiting_of(&refusal)
                    .iter()
                    .filter_map(|it| serde_json::to_value(it).ok())
                    .collect();
            }
            Error::NotAdmitted(list) => {
                problem.body.errors = list
                    .iter()
                    .map(|it| FieldProblem {
                        field: "release".to_owned(),
                        code: it.code().to_owned(),
                        message: it.to_string(),
                    })
                    .collect();
            }
            Error::NotMigrated(list) => {
                problem.body.errors = list
                    .iter()
                    .map(|it| FieldProblem {
                        field: "revision".to_owned(),
                        code: it.code().to_owned(),
                        message: it.to_string(),
                    })
                    .collect();
            }
            Error::Rule { code: "review_required", .. } => {
                problem.body.lift = "save it with PUT /api/v1/processes/{process}/draft and send \
                                     it with …/draft/submit; somebody else approves it"
                    .to_owned();
            }
            Error::Replay(response) => problem.replay = Some(response),
            Error::TooMany { seconds } => problem.retry_after = Some(seconds),
            Error::Unknown => problem.retry_after = Some(1),
            Error::Unavailable(text) => {
                tracing::error!(text, "the database does not answer");
                problem.retry_after = Some(5);
            }
            Error::Internal(text) if text.contains("the cursor is not one of this list") => {
                return Problem::field("cursor", "cursor", "is not one of this list; leave it out");
            }
            Error::Internal(text) => {
                // The caller gets a number, the log gets the text.
                let trace = format!("{:016x}", fingerprint(&text));
                tracing::error!(trace, text, "internal fault");
                problem.body.trace = trace;
            }
            _ => {}
        }
        problem
    }
}

fn fingerprint(text: &str) -> u64 {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = std::hash::DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A stored answer, given again.
fn again(stored: StoredResponse) -> Response {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut response = (status, stored.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    for (name, value) in stored.headers {
        let name = header::HeaderName::try_from(name);
        let value = HeaderValue::try_from(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    response
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Some(stored) = self.replay {
            return again(stored);
        }
        let changed = (self.body.code == "stale").then(|| Changed(self.body.clone()));
        let mut response = (self.status, Json(*self.body)).into_response();
        if let Some(changed) = changed {
            response.extensions_mut().insert(changed);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            let realm = HeaderValue::from_static("Bearer realm=\"roadbook\"");
            headers.insert(header::WWW_AUTHENTICATE, realm);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What handlers of the API answer with.
pub type Answer<T = Response> = Result<T, Problem>;
