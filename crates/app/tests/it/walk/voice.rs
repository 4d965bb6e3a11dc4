//! The language in which a story is told. In English it names things as files do; in the others
//! as their readers call them.

use super::town::Town;
use super::words::WORDS;
use roadbook_core::process::template::{Step, StepKind, Template};
use roadbook_core::text::{Lang, Text};

/// Who tells the story, and in which language.
#[derive(Clone, Copy)]
pub struct Voice {
    pub lang: Lang,
}

impl Voice {
    pub const ENGLISH: Voice = Voice { lang: Lang::En };

    /// Things are called by their short names.
    pub fn is_plain(self) -> bool {
        self.lang == Lang::En
    }

    /// A phrase; `{}` are filled in their order, or `{0}` by their number.
    pub fn say(self, english: &str, parts: &[&str]) -> String {
        let mut text = self.phrase(english).to_owned();
        for (index, part) in parts.iter().enumerate() {
            text = text.replace(&format!("{{{index}}}"), part);
        }
        text
    }

    /// A phrase without parts.
    pub fn phrase(self, english: &str) -> &str {
        let at = match self.lang {
            Lang::En => return english,
            Lang::Ko => 0,
            Lang::Vi => 1,
            Lang::Zh => 2,
        };
        let found = WORDS.iter().find(|it| it.0 == english);
        found.map_or_else(|| panic!("nobody said `{english}` in {:?}", self.lang), |it| it.1[at])
    }

    fn title(self, id: &str, found: Option<&Text>) -> String {
        if self.is_plain() {
            return id.to_owned();
        }
        let title = found.map(|it| it.show(self.lang).0).filter(|it| !it.is_empty());
        title.unwrap_or(id).to_owned()
    }

    pub fn step(self, template: &Template, id: &str) -> String {
        self.title(id, template.step(id).map(|it| &it.title))
    }

    pub fn document(self, template: &Template, id: &str) -> String {
        self.title(id, template.document(id).map(|it| &it.title))
    }

    pub fn role(self, template: &Template, id: &str) -> String {
        let found = template.roles.iter().find(|it| it.id == id).map(|it| &it.title);
        match (self.is_plain(), found) {
            (false, None) => self.of_place(template, id),
            _ => self.title(id, found),
        }
    }

    /// `head_of(applicant.unit)` and its like.
    fn of_place(self, template: &Template, id: &str) -> String {
        match id.split_once('(') {
            Some(("head_of" | "heads_of", _)) => self.phrase("the head of the department"),
            Some(("authorizer", _)) => self.phrase("whoever authorizes the product"),
            _ => {
                return id
                    .strip_prefix("role:")
                    .map_or(id.to_owned(), |it| self.role(template, it));
            }
        }
        .to_owned()
    }

    pub fn field(self, template: &Template, id: &str) -> String {
        self.title(id, template.fields.iter().find(|it| it.id == id).map(|it| &it.ask))
    }

    /// What the process calls an answer.
    pub fn value(self, template: &Template, field: &str, text: &str) -> String {
        let found = template.fields.iter().find(|it| it.id == field);
        self.title(text, found.and_then(|it| it.word(text)))
    }

    pub fn check(self, template: &Template, id: &str, step: &str) -> String {
        let found = template.step(step).and_then(|it| it.checks.iter().find(|at| at.id == id));
        self.title(id, found.map(|it| &it.ask))
    }

    pub fn outcome(self, template: &Template, step: &str, id: &str) -> String {
        let found = template.step(step).and_then(|it| match &it.kind {
            StepKind::Decision(spec) => spec.outcomes.iter().find(|it| it.id == id),
            _ => None,
        });
        self.title(id, found.map(|it| &it.title))
    }

    pub fn line(self, template: &Template, step: &str, id: &str) -> String {
        let found = template.step(step).and_then(|it| match &it.kind {
            StepKind::Operate(spec) => spec.sheet.iter().find(|it| it.id == id),
            _ => None,
        });
        self.title(id, found.map(|it| &it.title))
    }

    /// The head of what belongs to a step.
    pub fn head(self, step: &Step, lang: Lang) -> String {
        let number = step.number.as_ref().map(|it| format!("{it} ")).unwrap_or_default();
        let title = step.title.show(lang).0;
        let id = if self.is_plain() { format!(" ({})", step.id) } else { String::new() };
        format!("{number}{title}{id}")
    }

    /// A day.
    pub fn day(self, at: &jiff::Zoned) -> String {
        let date = at.strftime("%Y-%m-%d").to_string();
        format!("{date} {}", self.phrase(&at.strftime("%a").to_string()))
    }

    /// Why something was refused. Roles are called by their names.
    pub fn refusal(self, template: &Template, code: &str, why: &str) -> String {
        if self.is_plain() {
            return format!("{code}: {why}");
        }
        let only = why.split_once("only ").and_then(|it| it.1.split_once(" may do this"));
        match (code, only) {
            ("not_yours", Some((roles, _))) => {
                let roles: Vec<String> =
                    roles.split(", ").map(|it| self.role(template, it)).collect();
                self.say("only {0} may do this", &[&roles.join(", ")])
            }
            _ => self.phrase(code).to_owned(),
        }
    }

    /// Fills a column: letters of East Asia take the place of two.
    pub fn column(self, who: &str, width: usize) -> String {
        let wide =
            |it: char| matches!(it as u32, 0x1100..=0x11ff | 0x2e80..=0xd7ff | 0xff00..=0xff60);
        let taken: usize = who.chars().map(|it| if wide(it) { 2 } else { 1 }).sum();
        format!("{who}{}", " ".repeat(width.saturating_sub(taken)))
    }

    /// Who takes part, and as what.
    pub fn cast(self, template: &Template, town: &Town) -> String {
        if self.is_plain() {
            return String::new();
        }
        let mut text = format!("{}\n", self.phrase("Who takes part"));
        for (login, name) in &town.names {
            let mut roles: Vec<String> = template
                .roles
                .iter()
                .filter(|it| town.holds(login, &it.id))
                .map(|it| it.title.show(self.lang).0.to_owned())
                .collect();
            for (alias, phrase) in [
                ("applicant", "applies"),
                ("deputy", "stands in"),
                ("outsider", "is not part of it"),
            ] {
                if town.login(alias) == login && !town.holds(login, alias) {
                    roles.push(self.phrase(phrase).to_owned());
                }
            }
            if !roles.is_empty() {
                text += &format!("  {} {}\n", self.column(name, 22), roles.join(", "));
            }
        }
        text
    }
}
