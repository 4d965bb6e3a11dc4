//! The door of the API: people act with tokens of their own; contacts of sites act through their
//! links, which have pages and no API.

use crate::walk::acts::{Act, Acts, Direct, No, Who};
use crate::walk::town::Town;
use crate::world::PASSWORD;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use roadbook_app::auth::SignInContext;
use roadbook_app::releases::NewRelease;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Said;
use roadbook_core::run::{Answer, CloseCode, Command, MemberAct, OpinionStance, SheetAct, Verdict};
use roadbook_web::{WebOptions, router};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt as _;

/// REST, for the people of a town.
pub struct Rest {
    inner: Direct,
    router: Router,
    tokens: Mutex<BTreeMap<String, (String, Timestamp)>>,
    known: Mutex<Vec<String>>,
    calls: AtomicU64,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Rest {
    pub fn new(town: Town) -> Rest {
        let router = router(town.world.app.clone(), WebOptions::default());
        Rest {
            inner: Direct { town },
            router,
            tokens: Mutex::default(),
            known: Mutex::default(),
            calls: AtomicU64::new(0),
        }
    }

    /// The token of somebody, who signs in when they have none; with a fresh proof if needed.
    async fn token(&self, who: &str, proof: bool) -> String {
        let now = self.inner.town.world.app.now();
        let fresh =
            |it: &(String, Timestamp)| now.duration_since(it.1) < SignedDuration::from_mins(10);
        let found = self.tokens.lock().unwrap().get(who).cloned().filter(fresh);
        let (token, since) = match found {
            Some(found) => found,
            None => (self.sign_in(who).await, now),
        };
        self.tokens.lock().unwrap().insert(who.to_owned(), (token.clone(), since));
        if proof {
            let body = json!({ "password": PASSWORD });
            let reply = self.with(&token, "POST", "/api/v1/session/step-up", &body).await;
            assert!(reply.status < 300, "{who}: {reply:?}");
        }
        token
    }

    async fn sign_in(&self, who: &str) -> String {
        let town = &self.inner.town;
        let app = &town.world.app;
        if who != "admin" && !self.known.lock().unwrap().contains(&who.to_owned()) {
            let admin = town.world.admin().await;
            let secret = app.invite(&admin, town.person_id(who)).await.unwrap().secret.unwrap();
            app.password_set(&secret, PASSWORD).await.unwrap();
            self.known.lock().unwrap().push(who.to_owned());
        }
        app.sign_in(who, PASSWORD, SignInContext::default()).await.unwrap().0
    }

    async fn with(&self, token: &str, method: &str, path: &str, body: &Value) -> Reply {
        let key = format!("walk-{}", self.calls.fetch_add(1, Ordering::SeqCst));
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let body = if method == "GET" {
            Body::empty()
        } else {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", key);
            Body::from(body.to_string())
        };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Reply { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// A call of somebody.
    pub async fn call(&self, who: &str, method: &str, path: &str, body: &Value) -> Reply {
        let token = self.token(who, false).await;
        self.with(&token, method, path, body).await
    }

    /// What somebody reads.
    pub async fn get(&self, who: &str, path: &str) -> Value {
        let reply = self.call(who, "GET", path, &Value::Null).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        reply.body
    }

    async fn digest(&self, release: &ReleaseId, step: &str) -> Value {
        let shown = self.get("admin", &format!("/api/v1/releases/{release}")).await;
        let steps = shown["steps"].as_array().unwrap();
        steps.iter().find(|it| it["id"] == step).map_or(Value::Null, |it| it["digest"].clone())
    }
}

fn no(reply: &Reply) -> No {
    let text = |name: &str| reply.body[name].as_str().unwrap_or_default().to_owned();
    No { code: text("code"), text: format!("{} {}", reply.status, text("detail")) }
}

fn plain(value: &Said) -> Value {
    match value {
        Said::Null => Value::Null,
        Said::Bool(yes) => json!(yes),
        Said::Int(number) => json!(number),
        Said::Text(text) => json!(text),
        Said::List(list) => list.iter().map(plain).collect(),
    }
}

fn answer(answer: &Answer, remark: &str) -> Value {
    let mut body = match answer {
        Answer::YesNo(yes) => json!({ "yes": yes }),
        Answer::Found(found) => json!({ "found": found }),
        Answer::Meeting { date, minutes } => json!({ "date": date, "minutes": minutes }),
        Answer::Count(count) => json!({ "count": count }),
        Answer::NotApplicable => json!({ "not_applicable": true }),
    };
    if !remark.is_empty() {
        body["remark"] = json!(remark);
    }
    body
}

/// Method, path below the release and body of a command.
fn request(command: &Command) -> (&'static str, String, Value) {
    let at = |step: &String, what: &str| format!("/steps/{step}/{what}");
    match command {
        Command::Start => ("POST", "/start".to_owned(), json!({})),
        Command::SetField { field, value } => {
            ("PUT", "/fields".to_owned(), json!({ "field": field, "value": plain(value) }))
        }
        Command::SetSlot { slot, reason, pass_blocks } => {
            let (start, end) = (slot.start.to_string(), slot.end.to_string());
            let body =
                json!({ "start": start, "end": end, "reason": reason, "pass_blocks": pass_blocks });
            ("PUT", "/slot".to_owned(), body)
        }
        Command::Begin { step } => ("POST", at(step, "begin"), json!({})),
        Command::Answer { step, check, answer: said, remark } => {
            ("PUT", at(step, &format!("checks/{check}")), answer(said, remark))
        }
        Command::Done { step, remark } => ("POST", at(step, "done"), json!({ "remark": remark })),
        Command::Opine { step, stance, text } => {
            let stance = match stance {
                OpinionStance::For => "for",
                OpinionStance::Against => "against",
                OpinionStance::Conditional => "conditional",
            };
            ("POST", at(step, "opinion"), json!({ "stance": stance, "text": text }))
        }
        Command::Decide { step, outcome, reason, .. } => {
            ("POST", at(step, "decide"), json!({ "outcome": outcome, "reason": reason }))
        }
        Command::Delegate { step, to } => {
            ("POST", at(step, "delegate"), json!({ "to": to.to_string() }))
        }
        Command::Override { step, reason } => {
            ("POST", at(step, "override"), json!({ "reason": reason }))
        }
        Command::Sheet { step, line, act, found } => {
            let act = match act {
                SheetAct::Begin => "begin",
                SheetAct::Done => "done",
                SheetAct::Fail => "fail",
            };
            ("POST", at(step, "sheet"), json!({ "line": line, "act": act, "found": found }))
        }
        Command::Member { step, member, act } => ("POST", at(step, "members"), on(member, act)),
        Command::Fail { step, reason } => ("POST", at(step, "fail"), json!({ "reason": reason })),
        Command::Happened { event, what } => {
            ("POST", "/events".to_owned(), json!({ "event": event, "what": what }))
        }
        Command::Cancel { reason } => ("POST", "/cancel".to_owned(), json!({ "reason": reason })),
        Command::Hold { reason } => ("POST", "/hold".to_owned(), json!({ "reason": reason })),
        Command::Close { code, remark } => (
            "POST",
            "/close".to_owned(),
            json!({ "code": CloseCode::name(*code), "remark": remark }),
        ),
        other => panic!("no request for {other:?}"),
    }
}

fn on(member: &str, act: &MemberAct) -> Value {
    let mut body = match act {
        MemberAct::Answer { check, answer: said, remark } => {
            json!({ "act": "answer", "check": check, "answer": answer(said, ""), "reason": remark })
        }
        MemberAct::Done { remark } => json!({ "act": "done", "reason": remark }),
        MemberAct::Decide { outcome, reason, .. } => {
            json!({ "act": "decide", "outcome": outcome, "reason": reason })
        }
        MemberAct::LeaveOut { reason } => json!({ "act": "leave_out", "reason": reason }),
        MemberAct::Reopen { reason } => json!({ "act": "reopen", "reason": reason }),
    };
    body["member"] = json!(member);
    body
}

impl Acts for Rest {
    fn town(&self) -> &Town {
        &self.inner.town
    }

    async fn open(&self, who: &str, new: NewRelease) -> Result<ReleaseId, No> {
        let items: Vec<Value> = new
            .items
            .iter()
            .map(|it| {
                let facts: serde_json::Map<String, Value> =
                    it.facts.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
                let title = serde_json::to_value(&it.title).unwrap();
                json!({ "title": title, "kind": it.kind, "purpose": it.purpose, "facts": facts })
            })
            .collect();
        let body = json!({
            "product": new.product.unwrap().to_string(),
            "process": new.process,
            "version": new.version,
            "title": new.title,
            "kind": new.kind,
            "mode": new.mode.map(roadbook_core::release::Mode::name),
            "mode_reason": new.mode_reason,
            "content": new.content,
            "items": items,
            "requirements": serde_json::to_value(&new.requirements).unwrap(),
            "lead": new.lead.map(|it| it.to_string()),
        });
        let reply = self.call(who, "POST", "/api/v1/releases", &body).await;
        match reply.body["id"].as_str().and_then(|it| ReleaseId::parse(it).ok()) {
            Some(id) => Ok(id),
            None => Err(no(&reply)),
        }
    }

    async fn act(&self, release: &ReleaseId, who: &Who, act: &Act) -> Result<(), No> {
        let Who::Person(who) = who else { return self.inner.act(release, who, act).await };
        let base = format!("/api/v1/releases/{release}");
        let (method, path, body, proof) = match act {
            Act::Run(command) => {
                let (method, path, body) = request(command);
                (method, format!("{base}{path}"), body, false)
            }
            Act::Write { document, text } => {
                let path = format!("{base}/documents/{document}");
                ("PUT", path, json!({ "text": text, "note": "" }), false)
            }
            Act::Sign { document, role } => {
                let shown = self.get("admin", &format!("{base}/documents/{document}")).await;
                let body =
                    json!({ "role": role, "meaning": "accepted", "digest": shown["digest"] });
                ("POST", format!("{base}/documents/{document}/sign"), body, true)
            }
            Act::Vote { step, verdict, comment } => {
                let approve = *verdict == Verdict::Approve;
                let verdict = if approve { "approve" } else { "reject" };
                let digest = self.digest(release, step).await;
                let body = json!({ "verdict": verdict, "comment": comment, "digest": digest });
                ("POST", format!("{base}/steps/{step}/vote"), body, true)
            }
            Act::Install { site, outcome } => {
                let site = self.inner.town.sites[*site].id.to_string();
                let note = if outcome.name() == "installed" { "" } else { "as agreed" };
                let evidence = "the about page shows it";
                let body = json!({ "site": site, "outcome": outcome.name(), "evidence": evidence, "note": note });
                ("POST", format!("{base}/deployments"), body, false)
            }
            _ => return self.inner.act(release, &Who::Person(who.clone()), act).await,
        };
        let token = self.token(who, proof).await;
        let reply = self.with(&token, method, &path, &body).await;
        if reply.status < 300 { Ok(()) } else { Err(no(&reply)) }
    }

    async fn moved(&mut self) {
        // Sessions end when nobody uses them for so long.
        self.tokens.lock().unwrap().clear();
    }
}
