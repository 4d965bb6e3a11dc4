//! From the text of a step and the frozen facts to what one recipient reads.
//!
//! Texts are minijinja, strict: a name that does not exist is an error and never an empty place.
//! Each rendering has fuel, so that no text can keep the server busy.

use super::words::{Word, moment, word};
use super::{FactWork, Facts, Recipient, RecipientKind};
use minijinja::{Environment, UndefinedBehavior, context};
use roadbook_core::notice::{NoticeKind, Stage};
use roadbook_core::text::{Lang, Text};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Steps that one text may take.
const FUEL: u64 = 50_000;

/// A notice as one recipient reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Subject, one line.
    pub subject: String,
    /// Body, plain text.
    pub body: String,
}

/// Links that are made for one recipient.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    pub receipt: String,
    pub site: String,
    pub unsubscribe: String,
}

/// What is asked to be written.
pub(crate) struct Letter<'a> {
    pub facts: &'a Facts,
    pub kind: NoticeKind,
    pub recipient: &'a Recipient,
    pub links: &'a Links,
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn bullets<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

impl Letter<'_> {
    fn lang(&self) -> Lang {
        self.recipient.lang
    }

    fn date(&self, at: Option<jiff::Timestamp>) -> String {
        at.map_or_else(
            || word(Word::NoDate, self.lang()).to_owned(),
            |at| moment(at, &self.recipient.zone, self.lang()),
        )
    }

    fn items(&self, wanted: impl Fn(&str) -> bool) -> String {
        let lang = self.lang();
        let list = self.facts.items.iter().filter(|it| wanted(&it.purpose));
        let text = bullets(list.map(|it| it.title.get(lang).unwrap_or_default()));
        if text.is_empty() { word(Word::Nothing, lang).to_owned() } else { text }
    }

    /// Preparations of the recipient's own units; nobody outside sees any.
    fn prepare(&self) -> String {
        let lang = self.lang();
        let mine = self.facts.prepare.iter().filter(|it| self.recipient.units.contains(&it.unit));
        bullets(mine.filter_map(|it| it.text.get(lang)))
    }

    fn requirements(&self) -> String {
        let lang = self.lang();
        let text = self.facts.requirements.get(lang).unwrap_or_default().trim();
        if text.is_empty() { word(Word::Nothing, lang).to_owned() } else { text.to_owned() }
    }

    /// Answers to the fields of the process, lengths of time in the reader's words.
    fn fields(&self) -> BTreeMap<&str, serde_json::Value> {
        let lang = self.lang();
        let read = |it: &serde_json::Value| match it.as_str().and_then(|it| length(it, lang)) {
            Some(words) => serde_json::Value::String(words),
            None => it.clone(),
        };
        self.facts.fields.iter().map(|(name, it)| (name.as_str(), read(it))).collect()
    }

    /// Writes subject and body, or says why they cannot be written.
    pub(crate) fn write(&self) -> Result<Rendered, String> {
        if self.kind == NoticeKind::Work {
            return Ok(self.work());
        }
        if self.kind == NoticeKind::Again {
            let mut asked = self.again();
            self.close(&mut asked.body);
            return Ok(asked);
        }
        let base = self.base()?;
        let lang = self.lang();
        let facts = self.facts;
        let subject = |which: Word| fill(word(which, lang), &[("subject", &base.subject)]);
        let mut rendered = match self.kind {
            NoticeKind::Notice | NoticeKind::Work | NoticeKind::Again => base,
            NoticeKind::Correction => {
                let new = match facts.go_live {
                    None => word(Word::CorrectionNoDate, lang).to_owned(),
                    at => self.date(at),
                };
                let old = self.date(facts.old_go_live);
                let head = fill(word(Word::CorrectionBody, lang), &[("old", &old), ("new", &new)]);
                let body = format!("{head}\n\n----\n{}", base.body);
                Rendered { subject: subject(Word::CorrectionSubject), body }
            }
            NoticeKind::Retraction => {
                let values = [("product", facts.product.as_str()), ("version", &facts.version)];
                let body = fill(word(Word::RetractionBody, lang), &values);
                Rendered { subject: subject(Word::RetractionSubject), body }
            }
            NoticeKind::Reminder => {
                let body = format!("{}\n\n----\n{}", word(Word::ReminderBody, lang), base.body);
                Rendered { subject: subject(Word::ReminderSubject), body }
            }
        };
        self.close(&mut rendered.body);
        Ok(rendered)
    }

    /// A letter to a person about their own work: the most urgent first, dates in their zone.
    fn work(&self) -> Rendered {
        let lang = self.lang();
        let facts = self.facts;
        let release = format!("{} {}", facts.product, facts.version);
        let of = |stage: Stage| facts.work.iter().filter(move |it| it.stage == stage);
        let title = |it: &FactWork| it.title.show(lang).0.to_owned();
        let Some(first) = facts.work.iter().min_by_key(|it| it.stage) else {
            let values = [("release", release.as_str()), ("number", &facts.number)];
            return Rendered {
                subject: fill(word(Word::WorkOffSubject, lang), &values),
                body: fill(word(Word::WorkOffBody, lang), &values) + "\n",
            };
        };
        let which = match first.stage {
            Stage::Overdue => Word::OverdueSubject,
            Stage::Turn => Word::TurnSubject,
            Stage::Soon => Word::SoonSubject,
            Stage::Unanswered => Word::UnansweredSubject,
            Stage::Ahead if facts.work.iter().any(|it| it.moved) => Word::MovedSubject,
            Stage::Ahead => Word::AheadSubject,
        };
        let subject = fill(word(which, lang), &[("step", &title(first)), ("release", &release)]);
        let mut body = format!("{}: {}\n{release}\n", facts.number, facts.title);
        let sections = [
            (Stage::Overdue, Word::OverdueHead),
            (Stage::Turn, Word::TurnHead),
            (Stage::Soon, Word::SoonHead),
            (Stage::Unanswered, Word::UnansweredHead),
            (Stage::Ahead, Word::AheadHead),
        ];
        for (stage, head) in sections {
            if of(stage).next().is_none() {
                continue;
            }
            let _ = write!(body, "\n{}\n", word(head, lang));
            for it in of(stage) {
                let _ = writeln!(body, "- {}", title(it));
                for line in self.work_lines(it) {
                    let _ = writeln!(body, "  {line}");
                }
            }
        }
        let link = fill(word(Word::WorkLink, lang), &[("url", &facts.notes)]);
        let _ = write!(body, "\n{link}\n");
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        Rendered { subject, body }
    }

    /// A question to a site whose date has come.
    fn again(&self) -> Rendered {
        let lang = self.lang();
        let facts = self.facts;
        let date = self.date(facts.old_go_live);
        let paper = facts.asked_paper.as_ref();
        let (title, revision) = match paper {
            Some(it) => (it.title.show(lang).0, it.revision.as_str()),
            None => ("", ""),
        };
        let values = [
            ("paper", title),
            ("revision", revision),
            ("product", facts.product.as_str()),
            ("version", &facts.version),
            ("site", &facts.asked_site),
            ("date", &date),
        ];
        let contact = self.recipient.kind == RecipientKind::Contact;
        let asks = if paper.is_some() { Word::ChangedBody } else { Word::AgainBody };
        let mut body = fill(word(asks, lang), &values);
        if !contact {
            let link = fill(word(Word::WorkLink, lang), &[("url", &facts.notes)]);
            let lead = fill(word(Word::AgainLead, lang), &values);
            body = format!("{body}\n\n{lead}\n{link}");
        }
        Rendered { subject: fill(word(Word::AgainSubject, lang), &values), body }
    }

    fn work_lines(&self, it: &FactWork) -> Vec<String> {
        let lang = self.lang();
        let mut lines = Vec::new();
        let mut line = |which: Word, name: &str, value: &str| {
            lines.push(fill(word(which, lang), &[(name, value)]));
        };
        if it.stage == Stage::Ahead
            && let Some(at) = it.begins
        {
            line(Word::WorkBegins, "date", &self.date(Some(at)));
        }
        if let Some(at) = it.due {
            line(Word::WorkDue, "date", &self.date(Some(at)));
        }
        if it.minutes > 0 && it.stage == Stage::Ahead {
            let hours = (it.minutes as f64 / 60.0 * 10.0).ceil() / 10.0;
            line(Word::WorkHours, "hours", &hours.to_string());
        }
        if !it.people.is_empty() {
            line(Word::WorkSilent, "people", &it.people.join(", "));
        }
        lines
    }

    /// What stands under every text: where to confirm, the site's page, how to stop.
    fn close(&self, body: &mut String) {
        let lang = self.lang();
        let mut line = |which: Word, url: &str| {
            if !url.is_empty() && !body.contains(url) {
                let _ = write!(body, "\n\n{}", fill(word(which, lang), &[("url", url)]));
            }
        };
        if self.kind != NoticeKind::Retraction {
            if self.facts.acknowledge {
                line(Word::Acknowledge, &self.links.receipt);
            }
            line(Word::SitePage, &self.links.site);
        }
        if self.recipient.kind == RecipientKind::Subscriber {
            line(Word::Unsubscribe, &self.links.unsubscribe);
        }
        body.push('\n');
    }

    fn base(&self) -> Result<Rendered, String> {
        let lang = self.lang();
        let facts = self.facts;
        let subject = if facts.subject.is_empty() {
            let values = [
                ("product", facts.product.as_str()),
                ("version", &facts.version),
                ("title", &facts.title),
            ];
            fill(word(Word::DefaultSubject, lang), &values)
        } else {
            self.template("subject", &facts.subject)?
        };
        let body =
            if facts.body.is_empty() { self.blocks() } else { self.template("body", &facts.body)? };
        // One line: a name with a line break in it must not add a header.
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Rendered { subject, body: body.trim().to_owned() })
    }

    /// A body from the content blocks alone; an empty block is left out.
    fn blocks(&self) -> String {
        let lang = self.lang();
        let mut text = String::new();
        for block in &self.facts.content {
            let (title, body) = match block.as_str() {
                "schedule" => (Word::Schedule, self.date(self.facts.go_live)),
                "new_features" => (Word::NewFeatures, self.items(|it| it == "feature")),
                "improvements" | "changes" | "main_changes" => {
                    let all = block != "improvements";
                    (Word::Improvements, self.items(|it| all || it != "feature"))
                }
                "requirements" => (Word::Requirements, self.requirements()),
                "prepare" => (Word::Prepare, self.prepare()),
                "upgrade_guide" | "how_to_upgrade" => {
                    (Word::Upgrade, self.facts.upgrade_guide.clone().unwrap_or_default())
                }
                "notes" | "release_notes" => (Word::Notes, self.facts.notes.clone()),
                _ => continue,
            };
            if !body.is_empty() {
                let _ = write!(text, "{}\n{body}\n\n", word(title, lang));
            }
        }
        text
    }

    fn template(&self, name: &'static str, text: &Text) -> Result<String, String> {
        let lang = self.lang();
        let source = text
            .get(lang)
            .filter(|it| !it.trim().is_empty())
            .ok_or_else(|| format!("missing_translation:{name}:{}", lang.code()))?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        let facts = self.facts;
        let site = self.recipient.site.as_ref().map(|it| it.1.as_str()).unwrap_or_default();
        let guide = facts.upgrade_guide.as_deref().unwrap_or_default();
        let stopped = facts.downtime.and_then(|it| length(&format!("{it}min"), lang));
        environment
            .render_str(
                source,
                context! {
                    release => context! {
                        number => facts.number,
                        product => facts.product,
                        version => facts.version,
                        title => facts.title,
                        go_live => self.date(facts.go_live),
                        go_live_end => self.date(facts.go_live_end),
                        downtime => stopped.unwrap_or_default(),
                    },
                    changes => self.items(|_| true),
                    new_features => self.items(|it| it == "feature"),
                    improvements => self.items(|it| it != "feature"),
                    requirements => self.requirements(),
                    prepare => self.prepare(),
                    upgrade_guide_url => guide,
                    notes_url => facts.notes,
                    field => self.fields(),
                    recipient => context! { name => self.recipient.name },
                    site => context! { name => site },
                    site_url => self.links.site,
                    receipt_url => self.links.receipt,
                    correction => context! {
                        old => self.date(facts.old_go_live),
                        new => self.date(facts.go_live),
                    },
                },
            )
            .map_err(|error| format!("text:{name}:{}: {error}", lang.code()))
    }
}

/// `40min`, `2h` or `3d` in words.
fn length(text: &str, lang: Lang) -> Option<String> {
    let at = text.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
    let (number, unit) = text.split_at(at);
    let unit = match (unit, lang) {
        ("min", Lang::En) => " minutes",
        ("min", Lang::Ko) => "분",
        ("min", Lang::Vi) => " phút",
        ("min", Lang::Zh) => " 分钟",
        ("h", Lang::En) => " h",
        ("h", Lang::Ko) => "시간",
        ("h", Lang::Vi) => " giờ",
        ("h", Lang::Zh) => " 小时",
        ("d", Lang::En) => " days",
        ("d", Lang::Ko) => "일",
        ("d", Lang::Vi) => " ngày",
        ("d", Lang::Zh) => " 天",
        _ => return None,
    };
    Some(format!("{number}{unit}"))
}

/// What is missing before a notice can go out in these languages, in stable words.
pub(crate) fn gaps(facts: &Facts, langs: &[Lang]) -> Vec<String> {
    let mut gaps = Vec::new();
    let uses = |block: &str, name: &str| {
        facts.content.iter().any(|it| it == block)
            || langs.iter().any(|lang| facts.body.get(*lang).is_some_and(|it| it.contains(name)))
    };
    let mut translated = |name: &str, text: &Text| {
        if text.is_empty() {
            return;
        }
        let missing =
            langs.iter().filter(|lang| text.get(**lang).is_none_or(|it| it.trim().is_empty()));
        gaps.extend(missing.map(|lang| format!("missing_translation:{name}:{}", lang.code())));
    };
    translated("subject", &facts.subject);
    translated("body", &facts.body);
    if uses("requirements", "requirements") {
        translated("requirements", &facts.requirements);
    }
    if uses("prepare", "prepare") {
        for it in &facts.prepare {
            translated("prepare", &it.text);
        }
    }
    let tells_changes = ["changes", "new_features", "improvements", "main_changes"];
    if tells_changes.iter().any(|name| uses(name, name)) {
        for it in &facts.items {
            translated("changes", &it.title);
        }
    }
    let guide = ["upgrade_guide", "how_to_upgrade"].iter().any(|it| uses(it, "upgrade_guide_url"));
    for (field, answer) in &facts.fields {
        let name = format!("field.{field}");
        let texts = langs.iter().flat_map(|it| [facts.subject.get(*it), facts.body.get(*it)]);
        if answer.is_null() && texts.flatten().any(|it| mentions(it, &name)) {
            gaps.push(format!("missing_field:{field}"));
        }
    }
    if guide && facts.upgrade_guide.is_none() {
        gaps.push("missing_upgrade_guide".to_owned());
    }
    gaps.sort();
    gaps.dedup();
    gaps
}

/// The text names this, and not only something that begins like it.
fn mentions(text: &str, name: &str) -> bool {
    let ends =
        |at: usize| !text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    text.match_indices(name).any(|(at, _)| ends(at))
}

/// What a careful writer would add, without being held up by it (S0-04).
pub(crate) fn warnings(facts: &Facts) -> Vec<String> {
    let mut list = Vec::new();
    let wants = |block: &str| facts.content.iter().any(|it| it == block);
    if wants("requirements") && facts.requirements.is_empty() {
        list.push("empty_block:requirements".to_owned());
    }
    if wants("schedule") && facts.go_live.is_none() {
        list.push("empty_block:schedule".to_owned());
    }
    if wants("new_features") && !facts.items.iter().any(|it| it.purpose == "feature") {
        list.push("empty_block:new_features".to_owned());
    }
    if wants("prepare") && facts.prepare.is_empty() {
        list.push("empty_block:prepare".to_owned());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::{FactItem, Variable};

    fn text(word: &str) -> Text {
        let of = |lang: &str| Some(format!("{word} {lang}"));
        Text { en: of("en"), ko: of("ko"), vi: of("vi"), zh: of("zh") }
    }

    fn facts() -> Facts {
        let item = |title: &str, purpose: &str| FactItem {
            title: text(title),
            purpose: purpose.to_owned(),
        };
        Facts {
            number: "R-2027-0001".into(),
            product: "Ledger".into(),
            version: "V4.2.0.0001".into(),
            title: "Spring".into(),
            go_live: "2027-04-20T09:00:00Z".parse().ok(),
            items: vec![item("Search", "feature"), item("Speed", "performance")],
            requirements: text("Disk"),
            notes: "http://x/public/R-2027-0001".into(),
            content: ["schedule", "new_features", "improvements", "requirements"]
                .map(str::to_owned)
                .to_vec(),
            ..Facts::default()
        }
    }

    fn reader(lang: Lang) -> Recipient {
        Recipient {
            kind: RecipientKind::Contact,
            id: "con".into(),
            name: "Lan".into(),
            address: None,
            lang,
            zone: "Asia/Ho_Chi_Minh".into(),
            units: Vec::new(),
            site: None,
        }
    }

    fn write(facts: &Facts, kind: NoticeKind, lang: Lang) -> Result<Rendered, String> {
        let (recipient, links) = (reader(lang), Links::default());
        Letter { facts, kind, recipient: &recipient, links: &links }.write()
    }

    // proves: S0-04/U
    #[test]
    fn a_full_release_fills_the_four_blocks_and_an_empty_one_is_named() {
        let full = facts();
        for lang in Lang::ALL {
            let body = write(&full, NoticeKind::Notice, lang).expect("it is written").body;
            for part in ["Search", "Speed", "Disk"] {
                assert!(body.contains(&format!("{part} {}", lang.code())), "{part} {body}");
            }
            for block in [Word::Schedule, Word::NewFeatures, Word::Improvements, Word::Requirements]
            {
                assert!(body.contains(word(block, lang)), "{block:?} {body}");
            }
        }
        assert!(warnings(&full).is_empty());
        let bare = Facts { requirements: Text::default(), ..full };
        assert_eq!(warnings(&bare), ["empty_block:requirements"]);
    }

    // proves: S0-17/U
    #[test]
    fn a_missing_upgrade_guide_is_an_error_before_sending() {
        let mut facts = facts();
        facts.content.push("how_to_upgrade".into());
        assert_eq!(gaps(&facts, &Lang::ALL), ["missing_upgrade_guide"]);
        facts.upgrade_guide = Some("http://x/guide".into());
        assert!(gaps(&facts, &Lang::ALL).is_empty());
        let body = write(&facts, NoticeKind::Notice, Lang::En).expect("it is written").body;
        assert!(body.contains("http://x/guide"));
    }

    #[test]
    fn a_text_is_strict_bounded_and_never_adds_a_line_to_the_subject() {
        for (subject, body, expected) in [
            ("{{ release.product }}\nBcc: x", "ok", Ok("Ledger Bcc: x")),
            ("{{ release.nothing }}", "ok", Err("text:subject:en")),
            ("a", "{{ nothing }}", Err("text:body:en")),
            ("a", "{% for i in range(100000) %}{{ i }}{% endfor %}", Err("text:body:en")),
            ("a", "{{ unclosed", Err("text:body:en")),
            ("a", "{{ release.go_live }} {{ correction.old }} {{ site.name }}", Ok("a")),
        ] {
            let facts = Facts {
                subject: Text::of(Lang::En, subject),
                body: Text::of(Lang::En, body),
                ..facts()
            };
            match (write(&facts, NoticeKind::Notice, Lang::En), expected) {
                (Ok(got), Ok(expected)) => assert_eq!(got.subject, expected),
                (Err(got), Err(expected)) => assert!(got.starts_with(expected), "{got}"),
                (got, expected) => panic!("{subject} {body}: {got:?}, not {expected:?}"),
            }
            let ko = write(&facts, NoticeKind::Notice, Lang::Ko);
            assert_eq!(ko, Err("missing_translation:subject:ko".to_owned()));
        }
    }

    #[test]
    fn every_variable_that_is_documented_exists() {
        for variable in Variable::ALL {
            let facts = Facts {
                body: Text::of(Lang::En, format!("{{{{ {} }}}}", variable.name)),
                ..facts()
            };
            let written = write(&facts, NoticeKind::Correction, Lang::En);
            assert!(written.is_ok(), "{}: {written:?}", variable.name);
        }
    }

    #[test]
    fn correction_and_retraction_say_so_in_every_language() {
        let facts = Facts { old_go_live: "2027-04-18T09:00:00Z".parse().ok(), ..facts() };
        for lang in Lang::ALL {
            let base = write(&facts, NoticeKind::Notice, lang).expect("a notice");
            for kind in [NoticeKind::Correction, NoticeKind::Retraction, NoticeKind::Reminder] {
                let got = write(&facts, kind, lang).expect("a further notice");
                assert!(got.subject.contains(&base.subject) && got.subject != base.subject);
                assert_ne!(got.body, base.body);
            }
            let got = write(&facts, NoticeKind::Correction, lang).expect("a correction");
            for at in [facts.old_go_live, facts.go_live] {
                let date = moment(at.expect("a date"), "Asia/Ho_Chi_Minh", lang);
                assert!(got.body.contains(&date), "{date}");
            }
        }
    }
}
