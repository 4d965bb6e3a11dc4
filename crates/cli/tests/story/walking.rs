//! The built-in processes walked over the API: the same acts and refusals as over the use cases,
//! each an HTTP call with the caller's own token or link.

use crate::http;
use crate::walk::acts::{Act, Acts, No, Who};
use crate::walk::scripts::{HANOI, SHANGHAI, feature, fixes, server, service};
use crate::walk::town::{Place, Town, builtin};
use crate::walk::{Script, Walk, application};
use crate::world::PASSWORD;
use roadbook_app::auth::SignInContext;
use roadbook_app::releases::NewRelease;
use roadbook_app::sites::SiteDecision;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Fact;
use roadbook_core::run::{Answer, Command, MemberAct, SheetAct, Slot, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

/// The API of a town.
pub struct Api {
    town: Town,
    address: SocketAddr,
    /// Tokens of those who are signed in; a proof of identity lasts five minutes.
    tokens: Mutex<BTreeMap<String, String>>,
    /// Who has chosen a password.
    known: Mutex<Vec<String>>,
}

impl Api {
    async fn open(script: &Script, place: Place) -> Api {
        Api::over(Town::found(None, &builtin(script.process), place).await).await
    }

    /// The API of a town that is there.
    pub async fn over(town: Town) -> Api {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router =
            roadbook_web::router(town.world.app.clone(), roadbook_web::WebOptions::default());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Api { town, address, tokens: Mutex::default(), known: Mutex::default() }
    }

    async fn token(&self, who: &Who) -> String {
        let app = &self.town.world.app;
        let admin = self.town.world.admin().await;
        let login = match who {
            Who::Contact { site, kind } => {
                let contact = &self.town.sites[*site].contacts[kind];
                return app.site_link(&admin, contact).await.unwrap().secret.unwrap();
            }
            Who::Person(login) => self.town.login(login).to_owned(),
        };
        let known = self.tokens.lock().unwrap().get(&login).cloned();
        if let Some(token) = known {
            return token;
        }
        if !self.known.lock().unwrap().contains(&login) {
            let person = &self.town.people[&login];
            let secret = app.invite(&admin, person).await.unwrap().secret.unwrap();
            app.password_set(&secret, PASSWORD).await.unwrap();
            self.known.lock().unwrap().push(login.clone());
        }
        let from = SignInContext::default();
        let (token, _) = app.sign_in(&login, PASSWORD, from).await.unwrap();
        self.tokens.lock().unwrap().insert(login, token.clone());
        token
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub async fn call(
        &self,
        who: &Who,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, No> {
        let key = http::key();
        let headers = [("idempotency-key", key.as_str())];
        let body = (method != "GET").then_some(body);
        let token = self.token(who).await;
        let mut answer = http::send(self.address, method, path, Some(&token), &headers, body).await;
        if let (401, Who::Person(login)) = (answer.status, who) {
            // Whoever did nothing for a while signs in again.
            self.tokens.lock().unwrap().remove(self.town.login(login));
            let token = self.token(who).await;
            answer = http::send(self.address, method, path, Some(&token), &headers, body).await;
        }
        if answer.status < 300 {
            return Ok(answer.json());
        }
        let json = answer.json();
        let detail = json["detail"].as_str().unwrap_or_default();
        Err(No { code: answer.code(), text: format!("{} {detail}", answer.status) })
    }

    /// A signature needs a fresh proof.
    async fn prove(&self, who: &Who) {
        let body = json!({ "password": PASSWORD });
        let _ = self.call(who, "POST", "/api/v1/session/step-up", &body).await;
    }

    async fn detail(&self, who: &Who, release: &ReleaseId) -> Value {
        let path = format!("/api/v1/releases/{release}");
        self.call(who, "GET", &path, &Value::Null).await.unwrap_or_default()
    }

    async fn command(&self, release: &ReleaseId, who: &Who, command: &Command) -> Result<(), No> {
        let (method, rest, body) = request(command, &self.town);
        let path = format!("/api/v1/releases/{release}/{rest}");
        self.call(who, method, &path, &body).await.map(|_| ())
    }
}

fn fact(value: &Fact) -> Value {
    match value {
        Fact::Null => Value::Null,
        Fact::Bool(yes) => json!(yes),
        Fact::Int(n) => json!(n),
        Fact::Text(text) => json!(text),
        Fact::List(list) => list.iter().map(fact).collect(),
    }
}

fn answer(answer: &Answer) -> Value {
    match answer {
        Answer::YesNo(yes) => json!({ "yes": yes }),
        Answer::Found(found) => json!({ "found": found }),
        Answer::Meeting { date, minutes } => json!({ "date": date, "minutes": minutes }),
        Answer::Count(count) => json!({ "count": count }),
        Answer::NotApplicable => json!({ "not_applicable": true }),
    }
}

/// A command as the API knows it.
fn request(command: &Command, town: &Town) -> (&'static str, String, Value) {
    match command {
        Command::Start => ("POST", "start".into(), json!({})),
        Command::SetField { field, value } => {
            ("PUT", "fields".into(), json!({ "field": field, "value": fact(value) }))
        }
        Command::SetSlot { slot, reason, pass_blocks } => {
            let (start, end) = (slot.start.to_string(), slot.end.to_string());
            let body =
                json!({ "start": start, "end": end, "reason": reason, "pass_blocks": pass_blocks });
            ("PUT", "slot".into(), body)
        }
        Command::Begin { step } => ("POST", format!("steps/{step}/begin"), json!({})),
        Command::Answer { step, check, answer: it, .. } => {
            ("PUT", format!("steps/{step}/checks/{check}"), answer(it))
        }
        Command::Done { step, remark } => {
            ("POST", format!("steps/{step}/done"), json!({ "remark": remark }))
        }
        Command::Opine { step, text, .. } => {
            let body = json!({ "stance": "for", "text": text });
            ("POST", format!("steps/{step}/opinion"), body)
        }
        Command::Decide { step, outcome, reason, .. } => {
            let body = json!({ "outcome": outcome, "reason": reason });
            ("POST", format!("steps/{step}/decide"), body)
        }
        Command::Delegate { step, to } => {
            ("POST", format!("steps/{step}/delegate"), json!({ "to": town.name(to) }))
        }
        Command::Sheet { step, line, act, found } => {
            let act = match act {
                SheetAct::Begin => "begin",
                SheetAct::Done => "done",
                SheetAct::Fail => "fail",
            };
            let body = json!({ "line": line, "act": act, "found": found });
            ("POST", format!("steps/{step}/sheet"), body)
        }
        Command::Member { step, member, act } => {
            let body = match act {
                MemberAct::Done { .. } => json!({ "member": member, "act": "done" }),
                MemberAct::Decide { outcome, reason, .. } => {
                    json!({ "member": member, "act": "decide", "outcome": outcome, "reason": reason })
                }
                MemberAct::Answer { check, answer: it, .. } => {
                    json!({ "member": member, "act": "answer", "check": check, "answer": answer(it) })
                }
                MemberAct::LeaveOut { reason } => {
                    json!({ "member": member, "act": "leave_out", "reason": reason })
                }
                MemberAct::Reopen { reason } => {
                    json!({ "member": member, "act": "reopen", "reason": reason })
                }
            };
            ("POST", format!("steps/{step}/members"), body)
        }
        Command::Happened { event, what } => {
            ("POST", "events".into(), json!({ "event": event, "what": what }))
        }
        Command::Hold { reason } => ("POST", "hold".into(), json!({ "reason": reason })),
        Command::Close { code, remark } => {
            ("POST", "close".into(), json!({ "code": code.name(), "remark": remark }))
        }
        other => panic!("no story asks for {other:?}"),
    }
}

impl Acts for Api {
    fn town(&self) -> &Town {
        &self.town
    }

    async fn open(&self, who: &str, new: NewRelease) -> Result<ReleaseId, No> {
        let items: Vec<Value> = new
            .items
            .iter()
            .map(|it| {
                let facts: BTreeMap<&String, Value> =
                    it.facts.iter().map(|it| (it.0, fact(it.1))).collect();
                json!({ "title": it.title, "kind": it.kind, "purpose": it.purpose, "facts": facts })
            })
            .collect();
        let mut body = json!({
            "product": new.product.as_ref().unwrap().to_string(), "process": new.process, "version": new.version, "title": new.title,
            "kind": new.kind, "mode": new.mode.map(roadbook_core::release::Mode::name), "mode_reason": new.mode_reason,
            "content": new.content, "items": items, "requirements": new.requirements,
        });
        if let Some(period) = &new.period {
            body["period"] = json!(period.to_string());
        }
        if !new.sites.is_empty() {
            body["sites"] = new.sites.iter().map(|it| json!(it.to_string())).collect();
        }
        if let Some(lead) = &new.lead {
            body["lead"] = json!(self.town.name(lead));
        }
        let made = self.call(&Who::person(who), "POST", "/api/v1/releases", &body).await?;
        Ok(ReleaseId::parse(made["id"].as_str().unwrap()).unwrap())
    }

    async fn act(&self, release: &ReleaseId, who: &Who, act: &Act) -> Result<(), No> {
        let at = |rest: &str| format!("/api/v1/releases/{release}/{rest}");
        let site = |index: &usize, rest: &str| {
            format!("/api/v1/sites/{}/releases/{release}/{rest}", self.town.sites[*index].key)
        };
        let (path, body) = match act {
            Act::Run(command) => return self.command(release, who, command).await,
            Act::Write { document, text } => {
                let path = at(&format!("documents/{document}"));
                let body = json!({ "text": text });
                return self.call(who, "PUT", &path, &body).await.map(|_| ());
            }
            Act::Sign { document, role } => {
                self.prove(who).await;
                let detail = self.detail(who, release).await;
                let digest = &detail["documents"][document]["digest"];
                let body = json!({ "role": role, "meaning": "accepted", "digest": digest });
                (at(&format!("documents/{document}/sign")), body)
            }
            Act::Vote { step, verdict, comment } => {
                self.prove(who).await;
                let detail = self.detail(who, release).await;
                let mut steps = detail["steps"].as_array().into_iter().flatten();
                let digest = steps.find(|it| it["id"] == *step).map(|it| it["digest"].clone());
                let verdict = if *verdict == Verdict::Approve { "approve" } else { "reject" };
                let body = json!({ "verdict": verdict, "comment": comment, "digest": digest });
                (at(&format!("steps/{step}/vote")), body)
            }
            Act::Talk { id, .. } => {
                let id = id.replace('/', "%2F");
                let body = json!({ "channel": "phone", "notes": "told", "readiness": "ready" });
                (format!("/api/v1/talks/{id}/done"), body)
            }
            Act::Decide { site: index, decision } => {
                let (name, reason) = match decision {
                    SiteDecision::Accept { .. } => ("accept", ""),
                    SiteDecision::Postpone { reason, .. } => ("postpone", reason.as_str()),
                    SiteDecision::Decline { reason } => ("decline", reason.as_str()),
                };
                let mut body = json!({ "decision": name, "reason": reason });
                // Where a document is in question, the answer names what was shown.
                let path = site(index, "");
                let shown = self.call(who, "GET", path.trim_end_matches('/'), &json!({})).await;
                if let Some(digest) =
                    shown.ok().and_then(|it| it["asked"]["digest"].as_str().map(str::to_owned))
                {
                    body["digest"] = json!(digest);
                }
                (site(index, "decision"), body)
            }
            Act::Read { site: index } => (site(index, "receipt"), json!({})),
            Act::Feedback { site: index } => {
                (site(index, "feedback"), json!({ "success": "yes", "rating": 5 }))
            }
            Act::Install { site: index, outcome } => {
                let key = self.town.sites[*index].key;
                let body = json!({ "site": key, "outcome": outcome.name(), "evidence": "seen" });
                (at("deployments"), body)
            }
        };
        self.call(who, "POST", &path, &body).await.map(|_| ())
    }

    async fn moved(&mut self) {
        self.tokens.lock().unwrap().clear();
    }
}

async fn walked(script: Script, place: Place) -> String {
    let api = Api::open(&script, place).await;
    let mut walk = Walk::begin(api, script).await;
    walk.to_the_end().await;
    walk.tale.text().to_owned()
}

fn field(field: &str, value: &str) -> Act {
    let value = Fact::Text(value.to_owned());
    Act::Run(Command::SetField { field: field.to_owned(), value })
}

fn done(step: &str) -> Act {
    Act::Run(Command::Done { step: step.to_owned(), remark: String::new() })
}

fn begin(step: &str) -> Act {
    Act::Run(Command::Begin { step: step.to_owned() })
}

fn told(tale: &str, notice: &str) -> bool {
    tale.contains(&format!("✉ {notice} (notice)"))
}

/// A kind is asked for, and what changes decides it.
// proves: S1-01/A S1-03/A S1-28/A S1-21/A S1-26/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_has_its_kind_its_evening_and_its_revision_of_the_process() {
    let api = Api::open(&feature(), HANOI).await;
    for (kind, code) in [("main", "kind_not_accepted"), ("minor", "class_forced")] {
        let script = Script { kind, ..feature() };
        let made = api.open("applicant", application(&script, &api.town)).await;
        assert_eq!(made.unwrap_err().code, code, "{kind}");
    }
    let mut walk = Walk::begin(api, feature()).await;
    let who = Who::person("product_development");
    let slot = |start: &str| {
        let start: jiff::Timestamp = start.parse().unwrap();
        let slot = Slot { start, end: start + jiff::SignedDuration::from_hours(1) };
        Act::Run(Command::SetSlot { slot, reason: String::new(), pass_blocks: false })
    };
    // A Tuesday; the next that is free is the evening of a Saturday.
    walk.must_not(&who, &slot("2026-02-17T13:00:00Z"), "slot_blocked").await;
    let town = walk.acts.town();
    let admin = town.world.admin().await;
    let start: jiff::Timestamp = "2026-02-17T13:00:00Z".parse().unwrap();
    let asked = Slot { start, end: start + jiff::SignedDuration::from_hours(1) };
    let policies = ["weekend-evenings".to_owned()];
    let why = town.world.app.slot_why(&admin, None, &policies, asked).await.unwrap();
    let first = why.next[0].start.to_zoned(town.zone.clone());
    assert_eq!(first.strftime("%a %H").to_string(), "Sat 18");
    // Another revision of the process leaves what runs alone.
    let (_, text) =
        roadbook_wire::process::builtin().iter().find(|it| it.0 == "saas/update").unwrap();
    let text = text.replacen("due = \"T-2d\"", "due = \"T-36h\"", 1);
    town.world.app.process_publish(&admin, &text, "a later reminder").await.unwrap();
    let plans = town.world.app.notices_of(&admin.actor, &walk.release).await.unwrap();
    let reminder = plans.iter().find(|it| it.step == "reminder_2_days").unwrap();
    let two_days = jiff::SignedDuration::from_hours(48);
    let go_live = walk.view().await.release.run.slot.unwrap().start;
    assert_eq!(reminder.latest, Some(go_live - two_days));
    assert_eq!(walk.view().await.release.run.revision, 1);
    // Without the guides nothing goes live, although its hour has come.
    walk.at("2026-02-14T13:00:00Z").await;
    walk.must_not(&who, &begin("update"), "not_yet").await;
    let waiting = walk.view().await.waiting;
    let update = format!("{:?}", waiting.iter().find(|it| it.0 == "update"));
    assert!(update.contains("guides"), "{update}");
}

/// Three kinds of update, each with the notices that belong to it.
// proves: S1-09/A S1-10/A S1-13/A S1-14/A S1-15/A S1-16/A S1-17/A S1-30/A S1-31/A S1-32/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_of_a_service_for_many_customers_over_the_api() {
    let new = walked(feature(), HANOI).await;
    for notice in [
        "first_notice",
        "web_notice",
        "customer_notice_3_days",
        "reminder_2_days",
        "customer_notice_24_hours",
        "internal_notice",
        "success_notice",
    ] {
        assert!(told(&new, notice), "{notice}\n{new}");
    }
    let fixed = walked(fixes(), HANOI).await;
    // The two teams tell the one customer who waits; everybody hears what is important.
    assert!(fixed.contains("task: seoul-1") && !fixed.contains("task: hanoi-1"), "{fixed}");
    assert!(told(&fixed, "important_changes") && !told(&fixed, "first_notice"), "{fixed}");
    assert!(!told(&fixed, "success_notice"), "not this time, with a reason\n{fixed}");
    let api = Api::open(&server(), HANOI).await;
    let mut walk = Walk::begin(api, server()).await;
    let who = Who::person("product_development");
    walk.must(&who, &field("cause", "hardware_maintenance")).await;
    walk.must_not(&who, &field("cause", "bad weather"), "wrong_type").await;
    walk.must(&who, &field("cause", "provider_maintenance")).await;
    walk.to_the_end().await;
    let stopped = walk.tale.text();
    for notice in ["provider_warning", "server_notice_24_hours", "server_notice_30_minutes"] {
        let line = stopped.lines().find(|it| it.contains(&format!("✉ {notice} (notice)")));
        let line = line.unwrap_or_else(|| panic!("{notice}\n{stopped}"));
        // Customers on the host, and no other.
        assert!(line.contains("seoul-1") && !line.contains("suzhou-1"), "{line}");
    }
    let run = walk.view().await.release.run;
    assert!(run.documents.contains_key("provider_notice"), "its source is kept");
}

// proves: S3-05/A S3-12/A S3-13/A S3-14/A S3-15/A S3-17/A S3-18/A S3-19/A S3-25/A S3-26/A S3-29/A
// proves: S3-31/A S3-42/A S3-45/A S3-55/A S3-56/A S3-57/A S3-58/A S3-59/A S3-60/A S3-61/A S3-62/A
// proves: S3-09/E
// proves: S3-63/A S3-64/A S3-65/A S3-66/A S3-67/A S3-68/A S3-69/A S3-70/A S3-71/A S3-77/A S3-79/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_release_over_the_api() {
    let api = Api::open(&service(), SHANGHAI).await;
    let mut walk = Walk::begin(api, service()).await;
    let write = |document: &str, text: &str| Act::Write {
        document: document.to_owned(),
        text: text.to_owned(),
    };
    let (owner, lead) = (Who::person("process_owner"), Who::person("release_lead"));
    // Without the change plan there is no release.
    walk.must_not(&Who::person("release_administrator"), &done("application"), "not_yet").await;
    // The scheme belongs to the process owner, the schedule to the release lead.
    walk.must_not(&lead, &write("release_scheme", "x"), "not_yours").await;
    walk.must_not(&owner, &write("release_schedule", "x"), "not_yours").await;
    walk.until_open("scheme").await;
    // Each of the nine sections is asked for.
    walk.must(&owner, &write("release_scheme", "# Scheme\n")).await;
    let nine = [
        "purpose",
        "impact",
        "participants",
        "communication",
        "work_plan",
        "follow_up",
        "back_out",
        "known_problems",
        "baseline",
    ];
    missing(&walk, "scheme", &nine).await;
    walk.until_open("schedule").await;
    walk.must(&lead, &write("release_schedule", "# Schedule\n")).await;
    missing(&walk, "schedule", &["date", "deliverables", "change_requests"]).await;
    one_timeline(&walk).await;
    walk.until_open("test").await;
    walk.must(&Who::person("tester"), &write("test_report", &walk.paper("test_report"))).await;
    // Nobody goes on before the users have accepted the result.
    walk.must_not(&Who::person("tester"), &done("test"), "not_yet").await;
    walk.until_open("go_live_plan").await;
    let plan = "# Plan\n\n## 预期测试结果\n\nx\n\n## 详细时间安排\n\nx\n\n## 详细工作步骤\n\nx\n";
    walk.must(&lead, &write("go_live_plan", plan)).await;
    missing(&walk, "go_live_plan", &["back_out"]).await;
    walk.must_not(&lead, &done("go_live_plan"), "not_yet").await;
    walk.until_open("trial_run").await;
    walk.must_not(&Who::person("release_staff"), &begin("deploy"), "not_yet").await;
    walk.to_the_end().await;
    let tale = walk.tale.text();
    for line in [
        "ops_head                 approve scheme_review",
        "sales_head               approve scheme_review",
        "business_supervisor of hanoi-1 hanoi-1 accepts",
        "✉ scheme_sent (notice) “Product erp V1.2.0.0001 发布方案” → board: ops_head, sales_head; email: 11",
        "✉ report_sent (notice)",
        "✉ plan_sent (notice)",
        "✉ user_notice (notice)",
    ] {
        assert!(tale.contains(line), "{line}\n{tale}");
    }
    let view = walk.view().await;
    assert_eq!(walk.acts.town().name(&view.release.lead), "release_administrator");
    // A minor release goes by the section of its scheme.
    let mut minor = service();
    minor.fields.retain(|it| it.0 != "category");
    let tale = walked(minor, SHANGHAI).await;
    assert!(tale.contains("go_live_plan                 skipped"), "{tale}");
    assert!(tale.contains("go_live_review               skipped"), "{tale}");
}

/// What is built and what people are told and taught stand in one plan, with its dates.
async fn one_timeline(walk: &Walk<Api>) {
    let who = Who::person("release_lead");
    let path = format!("/api/v1/releases/{}/plan", walk.release);
    let plan = walk.acts.call(&who, "GET", &path, &Value::Null).await.unwrap();
    let steps = &plan["plan"]["steps"];
    let date = |step: &str, end: &str| -> jiff::Timestamp {
        let shown = steps[step][end].as_str();
        shown.unwrap_or_else(|| panic!("{step}: {plan}")).parse().unwrap()
    };
    let go_live = date("deploy", "start");
    for step in ["test", "go_live_plan", "trial_run", "support_training", "user_notice"] {
        assert!(date(step, "finish") <= go_live, "{step}: {plan}");
        assert!(steps[step]["who"].as_array().is_some_and(|it| !it.is_empty()), "{step}");
    }
    for step in ["sites", "verify", "cmdb", "records", "report", "report_to_service"] {
        assert!(date(step, "start") >= go_live, "{step}: {plan}");
    }
}

/// Three releases run: one on time, one late, one that somebody holds.
// proves: S3-21/E
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_sees_which_running_releases_keep_to_their_process() {
    let mut api = Api::open(&service(), SHANGHAI).await;
    let lead = Who::person("release_administrator");
    let seen = async |api: &Api, who: &str| {
        let page = api.call(&Who::person(who), "GET", "/api/v1/conformity", &Value::Null).await;
        let mut rows = page.unwrap()["rows"].as_array().unwrap().clone();
        rows.sort_by_key(|it| it["number"].as_str().unwrap().to_owned());
        rows
    };
    let slots = ["2026-02-12T12:00:00Z", "2026-06-11T12:00:00Z", "2026-06-18T12:00:00Z"];
    let mut ids = Vec::new();
    for (slot, version) in slots.into_iter().zip(["V1.2.0.0001", "V1.2.0.0002", "V1.2.0.0003"]) {
        let new = application(&Script { version, ..service() }, &api.town);
        let id = api.open("applicant", new).await.unwrap();
        api.act(&id, &lead, &Act::Run(Command::Start)).await.unwrap();
        let start: jiff::Timestamp = slot.parse().unwrap();
        let slot = Slot { start, end: start + jiff::SignedDuration::from_hours(3) };
        let set = Command::SetSlot { slot, reason: String::new(), pass_blocks: false };
        api.act(&id, &lead, &Act::Run(set)).await.unwrap();
        ids.push(id);
    }
    let rows = seen(&api, "process_owner").await;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|it| it["conforms"] == true), "{rows:?}");
    assert_eq!(rows[0]["lead"], "release_administrator");
    let hold = Command::Hold { reason: "the supplier is late".to_owned() };
    api.act(&ids[1], &lead, &Act::Run(hold)).await.unwrap();
    // The application of the first was due 25 days before its go-live.
    api.town.world.clock.set("2026-01-20T00:00:00Z".parse().unwrap());
    api.moved().await;
    let rows = seen(&api, "process_owner").await;
    let shown: Vec<Vec<(&str, &str)>> = rows
        .iter()
        .map(|row| {
            let list = row["deviations"].as_array().unwrap().iter();
            list.map(|it| (it["what"].as_str().unwrap(), it["step"].as_str().unwrap())).collect()
        })
        .collect();
    assert_eq!(shown, [vec![("late", "application")], vec![("held", "")], vec![]]);
    assert_eq!(rows[2]["conforms"], true);
}

/// What a step says is missing in its papers.
async fn missing(walk: &Walk<Api>, step: &str, parts: &[&str]) {
    let waiting = walk.view().await.waiting;
    let found = format!("{:?}", waiting.iter().find(|it| it.0 == step));
    for part in parts {
        assert!(found.contains(part), "{part}: {found}");
    }
}
