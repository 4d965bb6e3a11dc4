//! What is to be done next in an open step, and by whom: learned from what the step waits for.

use super::Walk;
use super::acts::{Act, Acts, Who};
use roadbook_app::releases::ReleaseView;
use roadbook_core::ids::PersonId;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{
    Channel, Check, CheckKind, Each, FieldType, RoleRef, Step, StepKind,
};
use roadbook_core::run::{
    Answer, Command, MemberAct, OpinionStance, SheetAct, SheetState, StepState, Verdict, WaitingOn,
    checks_of, has_members,
};

/// A piece of work.
#[derive(Debug)]
pub struct Work {
    pub who: Who,
    pub act: Act,
    /// Somebody who must not do it.
    pub stranger: Who,
    /// With it the step is answered or ended: it is tried by a stranger first.
    pub begins: bool,
    /// Nothing else can be done in the step.
    pub last: bool,
}

impl Work {
    /// Work on the way to the step's answer.
    fn part(who: Who, act: Act) -> Option<Work> {
        Some(Work { who, act, stranger: Who::person("outsider"), begins: false, last: false })
    }

    /// The answer of the step.
    pub(super) fn whole(who: Who, act: Act) -> Option<Work> {
        Some(Work { who, act, stranger: Who::person("outsider"), begins: true, last: true })
    }
}

impl<A: Acts> Walk<A> {
    pub(super) async fn work(&self, view: &ReleaseView, step: &Step) -> Option<Work> {
        if let Some(work) = self.field(view, step) {
            return Some(work);
        }
        if matches!(step.kind, StepKind::Call { .. }) {
            // The called run is walked for itself.
            return None;
        }
        if has_members(step) {
            return self.member(view, step);
        }
        let none = Vec::new();
        let waiting = view.waiting.iter().find(|it| it.0 == step.id).map_or(&none, |it| &it.1);
        let mut barred = false;
        for it in waiting {
            let work = match it {
                WaitingOn::Deliverable { document, role, .. } => {
                    self.write(view, step, document, role.as_deref())
                }
                WaitingOn::Signature { document, role } => {
                    let act = Act::Sign { document: document.clone(), role: role.clone() };
                    Work::part(self.holder(view, &RoleRef::Role(role.clone())), act)
                }
                WaitingOn::Check { check, .. } if check != "run_sheet" => {
                    self.answer(view, step, check)
                }
                WaitingOn::Sites { .. } => self.site_work(view, step).await,
                WaitingOn::Contacts { .. } => self.talk(step).await,
                WaitingOn::Approval { people, .. } => self.vote(step, people),
                WaitingOn::Opinion { people, .. } => self.opine(step, people),
                WaitingOn::Person { people, .. } if !barred => self.end(view, step, people),
                WaitingOn::Unassigned { role } => panic!("nobody holds {role} of {}", step.id),
                WaitingOn::Choice { .. } => panic!("a line failed in {}", step.id),
                _ => {
                    barred = true;
                    None
                }
            };
            if work.is_some() {
                return work;
            }
        }
        if let StepKind::Notice(spec) = &step.kind {
            if spec.channels.contains(&Channel::Task)
                && let Some(work) = self.told(view, step).await
            {
                return Some(work);
            }
            return self.nobody_ticks_it_off(step);
        }
        None
    }

    /// What people write where nothing depends on it.
    fn said(&self, english: &str) -> String {
        self.script.voice.phrase(english).to_owned()
    }

    /// Who holds a role reference: the first, by the name of the town.
    fn holder(&self, view: &ReleaseView, role: &RoleRef) -> Who {
        if let RoleRef::SiteContact(_) = role {
            return Who::Contact { site: 0, kind: super::sites::contact_kind(role) };
        }
        let people = view.context.holders_of(role);
        let one = self.acts.town().one_of(&people);
        Who::Person(one.unwrap_or_else(|| panic!("nobody holds {role:?}")))
    }

    fn first(&self, people: &[PersonId]) -> Who {
        Who::Person(self.acts.town().one_of(people).unwrap())
    }

    fn performer(&self, view: &ReleaseView, step: &Step) -> Who {
        match step.roles.first() {
            Some(role) => self.holder(view, role),
            None => Who::person(self.script.lead),
        }
    }

    /// A field that is asked for in this step.
    fn field(&self, view: &ReleaseView, step: &Step) -> Option<Work> {
        let asked = |id: &String, by: &Option<String>| {
            by.as_deref() == Some(&step.id) || step.asks.contains(id)
        };
        let field = self.template.fields.iter().find(|it| {
            asked(&it.id, &it.required_by) && !view.release.run.fields.contains_key(&it.id)
        })?;
        let told = self.script.fields.iter().find(|it| it.0 == field.id).map(|it| it.1.clone());
        let value = told.unwrap_or_else(|| match &field.kind {
            FieldType::Bool => Value::Bool(false),
            FieldType::Enum(values) => Value::Text(values[0].clone()),
            FieldType::Number => Value::Int(1),
            FieldType::Date => Value::Text("2026-02-01".to_owned()),
            FieldType::Duration => Value::Text("30min".to_owned()),
            FieldType::Text => Value::Text(match &field.pattern {
                Some(pattern) if !pattern.starts_with("product.") => pattern.replace("[n]", "7"),
                _ => self.said("as agreed"),
            }),
            FieldType::Run(_) => Value::Null,
            FieldType::Person => Value::Text("@person:deputy".to_owned()),
            FieldType::Unit => Value::Text("@unit:sales".to_owned()),
            FieldType::Rows(_) if self.template.names_units(field) => {
                Value::List(vec![Value::Text("@unit:sales".to_owned())])
            }
            FieldType::Rows(columns) => {
                let row = columns.iter().map(|it| Value::Text(it.clone())).collect();
                Value::List(vec![Value::List(row)])
            }
        });
        let value = self.acts.town().resolve(&value);
        let set = Command::SetField { field: field.id.clone(), value };
        Work::part(self.performer(view, step), Act::Run(set))
    }

    fn write(
        &self,
        view: &ReleaseView,
        step: &Step,
        document: &str,
        role: Option<&str>,
    ) -> Option<Work> {
        let who = match role {
            Some(role) => self.holder(view, &RoleRef::Role(role.to_owned())),
            None => self.performer(view, step),
        };
        let told = self.script.papers.iter().find(|it| it.0 == document).map(|it| it.1.to_owned());
        let text = told.unwrap_or_else(|| self.paper(document));
        Work::part(who, Act::Write { document: document.to_owned(), text })
    }

    /// A document with all its sections, and a full row in each of its tables.
    pub fn paper(&self, document: &str) -> String {
        let declared = self.template.document(document).unwrap();
        let lang = self.script.lang;
        let some = self.said("Text.");
        let cell = if self.script.voice.is_plain() { "x".to_owned() } else { self.said("Row") };
        let mut text = format!("# {}\n\n{some}\n", declared.title.show(lang).0);
        for section in &declared.sections {
            text.push_str(&format!("\n## {}\n\n{some}\n", section.title.show(lang).0));
            let titles: Vec<&str> =
                section.columns.iter().map(|it| it.title.show(lang).0).collect();
            if !titles.is_empty() {
                text.push_str(&format!("\n| {} |\n", titles.join(" | ")));
                text.push_str(&format!("|{}\n", " --- |".repeat(titles.len())));
                text.push_str(&format!("|{}\n", format!(" {cell} |").repeat(titles.len())));
            }
        }
        text
    }

    fn answer(&self, view: &ReleaseView, step: &Step, check: &str) -> Option<Work> {
        let item = checks_of(&view.release.run, step).find(|it| it.id == check)?.clone();
        if matches!(item.kind, CheckKind::Fact { .. }) {
            // The product sees it by itself.
            return None;
        }
        let role = match (&item.role, &step.kind) {
            (Some(role), _) => RoleRef::Role(role.clone()),
            (None, StepKind::Approval(spec)) => spec
                .approvers
                .iter()
                .find(|it| it.checks.contains(&item.id))
                .or(spec.approvers.first())
                .map(|it| it.role.clone())?,
            (None, _) => step.roles.first()?.clone(),
        };
        let answer = self.answer_of(step, &item);
        let command = Command::Answer {
            step: step.id.clone(),
            check: item.id,
            answer,
            remark: String::new(),
        };
        Work::part(self.holder(view, &role), Act::Run(command))
    }

    fn answer_of(&self, step: &Step, item: &Check) -> Answer {
        let name = format!("{}.{}", step.id, item.id);
        if let Some(told) = self.script.answers.iter().find(|it| it.0 == name) {
            return told.1.clone();
        }
        match &item.kind {
            CheckKind::YesNo
            | CheckKind::Evidence { .. }
            | CheckKind::RelatedReleases
            | CheckKind::Fact { .. } => Answer::YesNo(item.pass.unwrap_or(true)),
            CheckKind::Value { required, .. } => Answer::Found(required.clone()),
            CheckKind::Meeting => {
                let minutes = self.said("all agreed");
                Answer::Meeting { date: "2026-01-06".to_owned(), minutes }
            }
            CheckKind::Count { at_least } => Answer::Count(*at_least),
        }
    }

    fn vote(&self, step: &Step, people: &[PersonId]) -> Option<Work> {
        if people.is_empty() {
            return None;
        }
        let act = Act::Vote {
            step: step.id.clone(),
            verdict: Verdict::Approve,
            comment: self.said("read"),
        };
        let mut work = Work::whole(self.first(people), act)?;
        work.last = false;
        Some(work)
    }

    fn opine(&self, step: &Step, people: &[PersonId]) -> Option<Work> {
        let command = Command::Opine {
            step: step.id.clone(),
            stance: OpinionStance::For,
            text: self.said("ready"),
        };
        Work::whole(self.first(people), Act::Run(command))
    }

    /// What ends a step on which nothing is missing.
    fn end(&self, view: &ReleaseView, step: &Step, people: &[PersonId]) -> Option<Work> {
        let id = step.id.clone();
        let command = match &step.kind {
            StepKind::Decision(_) => Command::Decide {
                step: id,
                outcome: self.outcome(step, None),
                reason: self.said("as agreed"),
                slot: None,
            },
            StepKind::Operate(_) => self.sheet(view, step),
            _ => Command::Done { step: id, remark: String::new() },
        };
        Work::whole(self.first(people), Act::Run(command))
    }

    fn sheet(&self, view: &ReleaseView, step: &Step) -> Command {
        let id = step.id.clone();
        let run = &view.release.run;
        if matches!(run.step_state(&id), StepState::Ready | StepState::Returned) {
            return Command::Begin { step: id };
        }
        let line = run.steps[&id].sheet.iter().find(|it| it.state != SheetState::Done);
        match line {
            None => Command::Done { step: id, remark: String::new() },
            Some(line) => {
                let open = line.state == SheetState::Open;
                let act = if open { SheetAct::Begin } else { SheetAct::Done };
                let found = if open { String::new() } else { self.said("as planned") };
                Command::Sheet { step: id, line: line.id.clone(), act, found }
            }
        }
    }

    /// The next act on a member of a step.
    fn member(&self, view: &ReleaseView, step: &Step) -> Option<Work> {
        let state = view.release.run.steps.get(&step.id)?;
        let (id, member) = state.members.iter().find(|it| it.1.state.is_open())?;
        let who = match step.each {
            Some(Each::RoleHolder) => {
                Who::Person(self.acts.town().name(&PersonId::parse(id).ok()?))
            }
            _ => self.performer(view, step),
        };
        let act = |act| {
            let member = id.clone();
            Act::Run(Command::Member { step: step.id.clone(), member, act })
        };
        let open =
            checks_of(&view.release.run, step).find(|it| !member.answers.contains_key(&it.id));
        if let Some(check) = open {
            let answer = self.answer_of(step, check);
            let given =
                MemberAct::Answer { check: check.id.clone(), answer, remark: String::new() };
            return Work::part(who, act(given));
        }
        let last = match &step.kind {
            StepKind::Decision(_) => MemberAct::Decide {
                outcome: self.outcome(step, Some(&member.label)),
                reason: self.said("as agreed"),
                again: None,
            },
            _ => MemberAct::Done { remark: String::new() },
        };
        Work::whole(who, act(last))
    }

    /// A notice goes out by itself; nobody says in its place that people know.
    fn nobody_ticks_it_off(&self, step: &Step) -> Option<Work> {
        let done = Command::Done { step: step.id.clone(), remark: String::new() };
        Work::whole(Who::person(self.script.lead), Act::Run(done))
    }
}
