//! What one client writes, and the ledger of what it was told.

use crate::client::{Answer, Ask, send};
use crate::dice::Dice;
use crate::gate::{Epoch, Gate};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How often a call that came too late for its revision is sent again.
const STALE_MAX: u32 = 200;

/// A release as its client knows it.
#[derive(Debug, Default)]
pub struct Written {
    pub id: String,
    pub version: String,
    /// The decision to go was acknowledged, so its notice must arrive.
    pub told: bool,
    /// Acknowledged changes by the kind of their entry in the record.
    pub kinds: BTreeMap<&'static str, u64>,
}

/// What a client was told, and what it found wrong meanwhile.
#[derive(Debug, Default)]
pub struct Ledger {
    pub client: usize,
    pub releases: Vec<Written>,
    pub acked: Vec<(Ask, Answer)>,
    pub wrong: Vec<String>,
    /// Calls sent again because nobody heard the answer.
    pub repeated: u64,
    /// Of these, those that had happened.
    pub found_done: u64,
}

/// One client: a product and a site of its own, so that only the product's reconcilers meet it.
pub struct Client<'a> {
    pub gate: &'a Gate,
    pub token: &'a str,
    pub dice: Dice,
    pub ledger: Ledger,
    /// The newest server that did not answer.
    failed: u64,
    /// The newest server that was asked about the past.
    asked: u64,
    key: u64,
}

impl<'a> Client<'a> {
    pub fn new(number: usize, gate: &'a Gate, token: &'a str, dice: Dice) -> Client<'a> {
        let ledger = Ledger { client: number, ..Ledger::default() };
        Client { gate, token, dice, ledger, failed: 0, asked: 0, key: 0 }
    }

    /// Writes until nothing new is begun.
    pub fn run(mut self) -> Ledger {
        let mut number = 0;
        while !self.gate.finishing() && self.ledger.wrong.is_empty() {
            number += 1;
            // Ends early when the world is lost or something is wrong; both are noted.
            let _ = self.release(number);
        }
        self.ledger
    }

    /// One release from its opening to the feedback of its site.
    pub fn release(&mut self, number: usize) -> Option<()> {
        let client = self.ledger.client;
        let version = format!("V1.{client}.0.{number:04}");
        let open = json!({
            "product": format!("p{client}"), "process": "crash/line", "version": version,
            "title": format!("c{client}-{number}"), "lead": "admin", "sites": [format!("s{client}")],
            "items": [{ "title": { "en": "x" }, "kind": "feature" }],
        });
        let made = self.call("POST", "/api/v1/releases".into(), open, |ledger, answer| {
            let id = answer.body["id"].as_str().unwrap_or_default().to_owned();
            ledger.releases.push(Written { id, version, ..Written::default() });
            "release.opened"
        })?;
        let id = made.body["id"].as_str().unwrap_or_default().to_owned();
        let of = |rest: &str| format!("/api/v1/releases/{id}/{rest}");
        let site = |rest: &str| format!("/api/v1/sites/s{client}/releases/{id}/{rest}");
        self.put(&of("start"), "POST", json!({}), "release.started")?;
        for round in 0..=self.dice.below(3) {
            let text = format!("# Notes\n\n{client}-{number}-{round}\n");
            let kind = "release.document_written";
            self.put(&of("documents/notes"), "PUT", json!({ "text": text }), kind)?;
            let answer = json!({ "field": "remark", "value": format!("{round}") });
            self.put(&of("fields"), "PUT", answer, "release.field_set")?;
        }
        let text = json!({ "text": format!("# Back\n\n{client}-{number}\n") });
        self.put(&of("documents/rollback_plan"), "PUT", text, "release.document_written")?;
        let yes = json!({ "yes": true });
        self.put(&of("steps/papers/checks/tried"), "PUT", yes, "release.check_answered")?;
        if self.dice.below(2) == 0 {
            self.put(&of("hold"), "POST", json!({ "reason": "wait" }), "release.held")?;
            self.put(&of("resume"), "POST", json!({ "reason": "go on" }), "release.resumed")?;
        }
        self.put(&of("steps/papers/done"), "POST", json!({}), "release.step_done")?;
        let view = json!({ "stance": "for", "text": "it is ready" });
        self.put(&of("steps/views/opinion"), "POST", view, "release.opinion_given")?;
        self.call("POST", of("steps/verdict/decide"), json!({ "outcome": "go" }), |ledger, _| {
            if let Some(release) = ledger.releases.last_mut() {
                release.told = true;
            }
            "release.decided"
        })?;
        let accept = json!({ "decision": "accept", "reason": format!("{number}") });
        self.put(&site("decision"), "POST", accept, "site.decided")?;
        for outcome in ["installed", "rolled_back", "installed"] {
            let evidence = format!("seen {}", self.key);
            let report =
                json!({ "site": format!("s{client}"), "outcome": outcome, "evidence": evidence });
            self.put(&of("deployments"), "POST", report, "deployment.reported")?;
        }
        let feedback = json!({ "success": "yes", "rating": 5 });
        self.put(&site("feedback"), "POST", feedback, "site.feedback")?;
        Some(())
    }

    fn put(
        &mut self,
        path: &str,
        method: &'static str,
        body: Value,
        kind: &'static str,
    ) -> Option<Answer> {
        self.call(method, path.to_owned(), body, |_, _| kind)
    }

    /// Sends a call until its answer is heard: the same key, however often the server dies.
    /// `note` writes down what it means and names the entry that the record must have.
    fn call(
        &mut self,
        method: &'static str,
        path: String,
        body: Value,
        note: impl FnOnce(&mut Ledger, &Answer) -> &'static str,
    ) -> Option<Answer> {
        self.key += 1;
        let key = format!("c{}-{}", self.ledger.client, self.key);
        let ask = Ask { method, path, body, key };
        let (mut note, mut stale, mut tries) = (Some(note), 0, 0);
        loop {
            let epoch = self.epoch()?;
            tries += 1;
            self.ledger.repeated += u64::from(tries > 1);
            let answer = match send(epoch.address, self.token, &ask) {
                Ok(answer) => answer,
                Err(_) => {
                    self.failed = epoch.number;
                    continue;
                }
            };
            // Neither is an answer to the call: both say that it may be sent again.
            if answer.code() == "stale" || answer.status == 503 {
                stale += 1;
                if stale < STALE_MAX {
                    continue;
                }
            }
            if !answer.good() {
                if !self.gate.heard(|| ()) {
                    // Said by a process that is going down.
                    self.failed = epoch.number;
                    continue;
                }
                let what =
                    format!("{method} {} {}: {} {}", ask.path, ask.key, answer.status, answer.body);
                self.ledger.wrong.push(format!("try {tries} was refused: {what}"));
                return None;
            }
            let ledger = &mut self.ledger;
            let heard = self.gate.heard(|| {
                if let Some(note) = note.take() {
                    let kind = note(ledger, &answer);
                    if let Some(release) = ledger.releases.last_mut() {
                        *release.kinds.entry(kind).or_default() += 1;
                    }
                }
                ledger.found_done += u64::from(tries > 1 && answer.replayed);
                ledger.acked.push((ask.clone(), answer.clone()));
            });
            if heard {
                self.gate.acknowledged();
                return Some(answer);
            }
            self.failed = epoch.number;
        }
    }

    /// A server that has not failed yet and knows what its predecessors acknowledged.
    fn epoch(&mut self) -> Option<Epoch> {
        loop {
            let epoch = self.gate.server(self.failed)?;
            if epoch.number == self.asked || self.ledger.acked.is_empty() {
                return Some(epoch);
            }
            let newest = self.ledger.acked.len() - 1;
            let older = self.dice.below(newest as u64 + 1) as usize;
            match self.ask_again(epoch, newest).and_then(|()| self.ask_again(epoch, older)) {
                Ok(()) => self.asked = epoch.number,
                Err(_) => self.failed = epoch.number,
            }
        }
    }

    /// What was acknowledged is answered as it was, from memory, and not done again.
    fn ask_again(&mut self, epoch: Epoch, which: usize) -> std::io::Result<()> {
        let (ask, before) = &self.ledger.acked[which];
        let mut after = send(epoch.address, self.token, ask)?;
        // Its database is away for a moment: that is no answer.
        for _ in 0..STALE_MAX {
            if after.status == 503 {
                after = send(epoch.address, self.token, ask)?;
            }
        }
        if !self.gate.heard(|| ()) {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
        let same = after.replayed && after.status == before.status && after.body == before.body;
        if !same {
            let what = format!("{} {} {}", ask.method, ask.path, ask.key);
            let (then, now) = (&before.body, &after.body);
            self.ledger.wrong.push(format!(
                "{what} was acknowledged and is lost: then {} {then}, now {} {now}",
                before.status, after.status
            ));
        }
        Ok(())
    }
}
