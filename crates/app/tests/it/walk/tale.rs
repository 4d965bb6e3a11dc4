//! The story of a release, as a release manager can read it.

use super::acts::Act;
use super::town::Town;
use super::voice::Voice;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use roadbook_app::releases::ReleaseView;
use roadbook_app::sites::SiteDecision;
use roadbook_core::ids::{NoticeId, ReleaseId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Step, Template};
use roadbook_core::run::{Answer, Command, MemberAct, StepState};
use roadbook_core::text::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A story.
pub struct Tale {
    zone: TimeZone,
    lang: Lang,
    pub voice: Voice,
    text: String,
    day: String,
    head: String,
    told: BTreeSet<NoticeId>,
    worked: BTreeSet<String>,
}

impl Tale {
    pub fn new(zone: TimeZone, lang: Lang, voice: Voice) -> Tale {
        Tale {
            zone,
            lang,
            voice,
            text: String::new(),
            day: String::new(),
            head: String::new(),
            told: BTreeSet::new(),
            worked: BTreeSet::new(),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Somebody did something in a step.
    pub fn work(&mut self, step: &str) {
        self.worked.insert(step.to_owned());
    }

    pub fn worked_on(&self, step: &str) -> bool {
        self.worked.contains(step)
    }

    fn stamp(&mut self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone.clone());
        let day = self.voice.day(&at);
        if day != self.day {
            let _ = write!(self.text, "\n{day}\n");
            self.day = day;
            self.head.clear();
        }
        at.strftime("%H:%M").to_string()
    }

    /// What follows belongs to this step.
    pub fn head(&mut self, at: Timestamp, step: &Step) {
        self.stamp(at);
        if self.head == step.id {
            return;
        }
        self.head.clone_from(&step.id);
        let head = self.voice.head(step, self.lang);
        let _ = writeln!(self.text, "  ── {head}");
    }

    /// Who takes part.
    pub fn cast(&mut self, template: &Template, town: &Town) {
        self.text += &self.voice.cast(template, town);
    }

    pub fn line(&mut self, at: Timestamp, who: &str, what: &str) {
        let stamp = self.stamp(at);
        let who = self.voice.column(who, 24);
        let _ = writeln!(self.text, "  {stamp}  {who} {what}");
    }

    pub fn refused(&mut self, at: Timestamp, who: &str, what: &str, why: &str) {
        let stamp = self.stamp(at);
        let who = self.voice.column(who, 24);
        let _ = writeln!(self.text, "  {stamp}  {who} ✗ {what} — {why}");
    }

    /// Tells of notices that went out since the last time.
    pub async fn notices(&mut self, town: &Town, template: &Template, release: &ReleaseId) {
        let voice = self.voice;
        let admin = town.world.admin().await;
        let app = &town.world.app;
        for plan in app.notices_of(&admin.actor, release).await.unwrap() {
            for (row, _) in &plan.rows {
                let Some(at) = row.sent_at.filter(|_| !self.told.contains(&row.id)) else {
                    continue;
                };
                self.told.insert(row.id.clone());
                let view = app.notice(&admin, &row.id).await.unwrap();
                let texts = &view.texts;
                let text = texts.iter().find(|it| it.0 == self.lang).or(texts.first());
                let subject = text.map(|it| it.1.subject.clone()).unwrap_or_default();
                let mut by: BTreeMap<&str, Vec<String>> = BTreeMap::new();
                for it in &view.deliveries {
                    let site =
                        town.sites.iter().position(|at| at.id.as_str() == it.delivery.recipient_id);
                    let name = match site {
                        Some(site) => town.site_name(site),
                        None if it.name.is_empty() => voice.phrase("everybody"),
                        None => &it.name,
                    };
                    by.entry(&it.delivery.channel).or_default().push(name.to_owned());
                }
                let mut told = Vec::new();
                for (channel, mut names) in by {
                    names.sort();
                    let list = match names.len() {
                        n @ 7.. => voice.say("{0} people", &[&n.to_string()]),
                        _ => names.join(", "),
                    };
                    told.push(format!("{}: {list}", voice.phrase(channel)));
                }
                let plain = |it: &&str| voice.is_plain() || !it.starts_with("reminder ");
                let late = row.reason.as_deref().filter(plain);
                let late = late.map(|it| format!(" [{it}]")).unwrap_or_default();
                let step = voice.step(template, &plan.step);
                let stamp = self.stamp(at);
                let _ = writeln!(
                    self.text,
                    "  {stamp}  ✉ {} ({}){late} “{subject}” → {}",
                    step,
                    voice.phrase(&row.kind),
                    told.join("; ")
                );
            }
        }
    }

    /// How each step ended.
    pub fn states(&mut self, template: &Template, view: &ReleaseView) {
        let _ = writeln!(self.text, "\n{}", self.voice.phrase("How each step ended"));
        for (_, step) in template.steps() {
            let state = view.release.run.step_state(&step.id);
            let why = match state {
                StepState::Skipped(why) | StepState::NotTaken(why) if self.voice.is_plain() => {
                    format!(": {why}")
                }
                _ => String::new(),
            };
            let step = self.voice.column(&self.voice.step(template, &step.id), 28);
            let _ = writeln!(self.text, "  {step} {}{why}", self.voice.phrase(state.name()));
        }
    }
}

fn value(value: &Value, voice: Voice) -> String {
    match value {
        Value::Bool(yes) => voice.phrase(if *yes { "yes" } else { "no" }).to_owned(),
        Value::Int(n) => n.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(list) => {
            list.iter().map(|it| self::value(it, voice)).collect::<Vec<_>>().join(", ")
        }
        Value::Null => "–".to_owned(),
    }
}

fn answer(answer: &Answer, voice: Voice) -> String {
    match answer {
        Answer::YesNo(yes) => voice.phrase(if *yes { "yes" } else { "no" }).to_owned(),
        Answer::Found(text) => text.clone(),
        Answer::Meeting { date, minutes } => {
            voice.say("met on {0}, {1}", &[&date.clone(), minutes])
        }
        Answer::Count(n) => n.to_string(),
        Answer::NotApplicable => voice.phrase("does not apply").to_owned(),
    }
}

/// An act in words; ids of people and units by their names.
pub fn words(act: &Act, town: &Town, template: &Template, voice: Voice) -> String {
    let site = |index: &usize| town.site_name(*index);
    let text = match act {
        Act::Run(command) => command_words(command, town, template, voice),
        Act::Write { document, .. } => {
            voice.say("writes {0}", &[&voice.document(template, document)])
        }
        Act::Sign { document, role } => voice.say(
            "signs {0} as {1}",
            &[&voice.document(template, document), &voice.role(template, role)],
        ),
        Act::Vote { step, verdict, .. } => {
            let said = format!("{verdict:?} {{0}}").to_lowercase();
            voice.say(&said, &[&voice.step(template, step)])
        }
        Act::Talk { with, .. } => voice.say("tells {0}", &[with]),
        Act::Decide { site: at, decision } => match decision {
            SiteDecision::Accept { .. } => voice.say("{0} accepts", &[site(at)]),
            SiteDecision::Postpone { until, .. } => {
                voice.say("{0} postpones to {1}", &[site(at), &until.to_string()])
            }
            SiteDecision::Decline { reason } => voice.say("{0} declines: {1}", &[site(at), reason]),
        },
        Act::Read { site: at } => voice.say("{0} has read the release notes", &[site(at)]),
        Act::Feedback { site: at } => voice.say("{0} gives feedback", &[site(at)]),
        Act::Install { site: at, outcome } => {
            voice.say("{0}: {1}", &[site(at), voice.phrase(outcome.name())])
        }
    };
    town.named(text)
}

fn member_words(step: &str, act: &MemberAct, template: &Template, voice: Voice) -> String {
    match act {
        MemberAct::Answer { check, answer: it, .. } => {
            let check = voice.check(template, check, step);
            voice.say("{0}: {1}", &[&check, &answer(it, voice)])
        }
        MemberAct::Done { .. } => voice.phrase("done").to_owned(),
        MemberAct::Decide { outcome, .. } => {
            voice.say("decides: {0}", &[&voice.outcome(template, step, outcome)])
        }
        MemberAct::LeaveOut { reason } => format!("left out: {reason}"),
        MemberAct::Reopen { reason } => format!("again: {reason}"),
    }
}

fn command_words(command: &Command, town: &Town, template: &Template, voice: Voice) -> String {
    let step_title = |id: &str| voice.step(template, id);
    match command {
        Command::Start => voice.phrase("starts").to_owned(),
        Command::SetSlot { slot, reason, .. } => {
            let at = |it: Timestamp| {
                let at = it.to_zoned(town.zone.clone());
                if voice.is_plain() {
                    at.strftime("%a %F %H:%M").to_string()
                } else {
                    format!("{} {}", voice.day(&at), at.strftime("%H:%M"))
                }
            };
            let why = if reason.is_empty() {
                String::new()
            } else {
                voice.say(", because {0}", &[reason])
            };
            let said = "plans the go-live for {0} to {1}{2}";
            voice.say(said, &[&at(slot.start), &at(slot.end), &why])
        }
        Command::SetField { field, value: to } => {
            let to = match to {
                Value::Text(text) => voice.value(template, field, text),
                other => value(other, voice),
            };
            voice.say("{0}: {1}", &[&voice.field(template, field), &to])
        }
        Command::Begin { step } => voice.say("begins {0}", &[&step_title(step)]),
        Command::Answer { step, check, answer: it, .. } => {
            voice.say("{0}: {1}", &[&voice.check(template, check, step), &answer(it, voice)])
        }
        Command::Done { step, .. } => voice.say("done: {0}", &[&step_title(step)]),
        Command::Opine { stance, text, .. } => {
            voice.say(&format!("{stance:?}: {{0}}").to_lowercase(), &[text])
        }
        Command::Decide { step, outcome, .. } => voice
            .say("decides {0}: {1}", &[&step_title(step), &voice.outcome(template, step, outcome)]),
        Command::Delegate { to, .. } => {
            voice.say("hands it to {0}", &[town.called(&town.name(to))])
        }
        Command::Sheet { step, line, act, .. } => {
            let said = format!("{{0}}: {act:?}").to_lowercase();
            voice.say(&said, &[&voice.line(template, step, line)])
        }
        Command::Member { step, member, act } => {
            let what = member_words(step, act, template, voice);
            voice.say("{0}/{1} {2}", &[&step_title(step), member, &what])
        }
        Command::Happened { event, what } => {
            let event = if voice.is_plain() { event } else { voice.phrase(event) };
            voice.say("reports {0}: {1}", &[event, what])
        }
        Command::Hold { reason } => voice.say("holds: {0}", &[reason]),
        Command::Close { code, .. } => voice.say("closes as {0}", &[voice.phrase(code.name())]),
        other => plain_words(other),
    }
}

/// What only stories in English tell of.
fn plain_words(command: &Command) -> String {
    match command {
        Command::Override { step, reason } => format!("passes {step}: {reason}"),
        Command::Choose { choice, .. } => format!("chooses {choice:?}").to_lowercase(),
        Command::Fail { step, reason } => format!("{step} failed: {reason}"),
        Command::Extend { step, check } => format!("adds {} to {step}", check.id),
        Command::Resume { reason } => format!("goes on: {reason}"),
        Command::Cancel { reason } => format!("cancels: {reason}"),
        other => format!("{other:?}"),
    }
}
