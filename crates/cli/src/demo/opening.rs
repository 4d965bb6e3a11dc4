//! What is under way when an example organization is opened: its people apply for a release and
//! carry out its first steps, each by those who should, through the doors that they use every day.
//!
//! Like the lists of the organization it knows nothing of the demo.

use super::example::{Files, GoLive, Opening, Organization, Trouble};
use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};
use roadbook_app::documents::outline;
use roadbook_app::releases::{NewRelease, NewReleaseItem, ReleaseView};
use roadbook_app::{App, Call, Error};
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Check, CheckKind, FieldType, RoleRef, Step, StepKind};
use roadbook_core::run::{
    Answer, Assurance, Command, OpinionStance, Slot, Verdict, WaitingOn, checks_of,
};
use roadbook_core::text::{Lang, Text};
use std::collections::BTreeMap;

/// Acts after which a release that has not come as far as it should goes in circles.
const ACTS_MAX: usize = 200;
/// What goes by itself needs so many looks at most: a notice is made, sent, and known to be sent.
const WAITS_MAX: usize = 3;

impl Files {
    /// Opens the releases that the organization has under way.
    pub async fn open_releases(
        &self,
        app: &App,
        organization: &Organization,
    ) -> Result<Vec<ReleaseId>, Trouble> {
        let mut opened = Vec::new();
        for it in &organization.release {
            let mut begun = Begun::apply(self, app, organization, it).await?;
            begun.carry_out().await?;
            opened.push(begun.release);
        }
        // Notices that are due go out, and lists of work are as they will be shown.
        app.tick().await?;
        Ok(opened)
    }
}

/// A release on its first way.
struct Begun<'a> {
    files: &'a Files,
    app: &'a App,
    opening: &'a Opening,
    lang: Lang,
    release: ReleaseId,
    lead: PersonId,
    fields: BTreeMap<String, Value>,
    /// Why the last person who tried could not do it.
    refused: String,
}

impl<'a> Begun<'a> {
    /// Somebody applies, whoever leads it sets its go-live and starts it.
    async fn apply(
        files: &'a Files,
        app: &'a App,
        organization: &Organization,
        opening: &'a Opening,
    ) -> Result<Begun<'a>, Trouble> {
        let applicant = app.person_find(&opening.applicant).await?;
        let lead = match &opening.lead {
            Some(login) => Some(app.person_find(login).await?),
            None => None,
        };
        let call = called(app, &applicant).await?;
        let items = opening.change.iter().map(|it| NewReleaseItem {
            title: alike(&it.title),
            kind: it.kind.clone(),
            purpose: it.purpose.clone(),
            facts: it.facts.iter().map(|it| (it.0.clone(), Value::Bool(*it.1))).collect(),
        });
        let new = NewRelease {
            product: Some(app.product_find(&call.actor, &opening.product).await?),
            process: opening.process.clone(),
            version: opening.version.clone(),
            title: opening.title.clone(),
            kind: opening.kind.clone(),
            mode_reason: opening.says.clone(),
            content: opening.says.clone(),
            items: items.collect(),
            requirements: alike(&opening.says),
            lead,
            ..NewRelease::default()
        };
        let made = app.release_create(&call, new).await?;
        let release = ReleaseId::parse(&made.id)
            .map_err(|_| files.wrong("organization.toml", made.id.clone()))?;
        // Some processes say who answers for their releases.
        let lead = app.release(&call.actor, &release).await?.release.lead;
        let lang = Lang::from_tag(&organization.lang).unwrap_or(Lang::En);
        let theirs = called(app, &lead).await?;
        let slot = slot(app, &theirs, files, organization, &opening.go_live).await?;
        let fields = facts(app, &opening.fields).await?;
        let refused = String::new();
        let begun = Begun { files, app, opening, lang, release, lead, fields, refused };
        begun.command(&begun.lead, Command::Start).await?;
        // What is known from the beginning is not asked for again.
        let given = begun.view().await?.template.fields.clone();
        for field in given.iter().filter(|it| it.default.is_some()) {
            if let Some(value) = begun.fields.get(&field.id).cloned() {
                let set = Command::SetField { field: field.id.clone(), value };
                begun.command(&begun.lead, set).await?;
            }
        }
        let set = Command::SetSlot { slot, reason: String::new(), pass_blocks: false };
        begun.command(&begun.lead, set).await?;
        Ok(begun)
    }

    /// Does what the file says is over, and nothing else.
    async fn carry_out(&mut self) -> Result<(), Trouble> {
        let mut waited = 0;
        for _ in 0..ACTS_MAX {
            self.app.release_tick(&self.release).await?;
            let view = self.view().await?;
            let over = |step: &String| view.release.run.step_state(step).is_terminal();
            let left: Vec<&String> = self.opening.done.iter().filter(|it| !over(it)).collect();
            let Some(first) = left.first() else { return Ok(()) };
            let mut acted = false;
            for id in &left {
                if let Some(step) = view.template.step(id)
                    && view.release.run.step_state(id).is_open()
                    && Box::pin(self.act(&view, step)).await?
                {
                    acted = true;
                    break;
                }
            }
            if acted {
                waited = 0;
            } else if waited < WAITS_MAX {
                // A notice may have to go out first.
                waited += 1;
                self.app.tick().await?;
            } else {
                let number = &view.release.number;
                let why = format!("{number}: `{first}` is not over: {}", self.refused);
                return Err(self.files.wrong("organization.toml", why));
            }
        }
        let why = format!("{}: it goes in circles", self.opening.version);
        Err(self.files.wrong("organization.toml", why))
    }

    /// The next act on a step; false when nobody can do anything.
    async fn act(&mut self, view: &ReleaseView, step: &Step) -> Result<bool, Trouble> {
        if let Some((field, value)) = self.asked(view, step) {
            let set = Command::SetField { field, value };
            return self.one_of(&performers(view, step), &set).await;
        }
        let waiting = view.waiting.iter().filter(|it| it.0 == step.id).flat_map(|it| &it.1);
        for it in waiting {
            let acted = match it {
                WaitingOn::Deliverable { document, role, .. } => {
                    self.write(view, step, document, role.as_deref()).await?
                }
                WaitingOn::Signature { document, role } => self.sign(view, document, role).await?,
                WaitingOn::Check { check, .. } => self.answer(view, step, check).await?,
                WaitingOn::Approval { people, .. } => {
                    let vote = Command::Vote {
                        step: step.id.clone(),
                        verdict: Verdict::Approve,
                        comment: self.opening.says.clone(),
                        digest: view.context.digests.get(&step.id).cloned().unwrap_or_default(),
                        assurance: Assurance::Password,
                    };
                    self.one_of(people, &vote).await?
                }
                WaitingOn::Opinion { people, .. } => {
                    let opine = Command::Opine {
                        step: step.id.clone(),
                        stance: OpinionStance::For,
                        text: self.opening.says.clone(),
                    };
                    self.one_of(people, &opine).await?
                }
                WaitingOn::Person { people, .. } => {
                    let end = self.end(step);
                    self.one_of(people, &end).await?
                }
                _ => false,
            };
            if acted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A fact that the step asks for and nobody has told.
    fn asked(&self, view: &ReleaseView, step: &Step) -> Option<(String, Value)> {
        let asked = |by: &Option<String>, id: &String| {
            by.as_deref() == Some(&step.id) || step.asks.contains(id)
        };
        let field = view.template.fields.iter().find(|it| {
            asked(&it.required_by, &it.id) && !view.release.run.fields.contains_key(&it.id)
        })?;
        let says = || Value::Text(self.opening.says.clone());
        let usual = || match &field.kind {
            FieldType::Bool => Value::Bool(false),
            FieldType::Number => Value::Int(1),
            FieldType::Enum(values) => values.first().cloned().map_or_else(says, Value::Text),
            FieldType::Rows(columns) => {
                Value::List(vec![Value::List(columns.iter().map(|_| says()).collect())])
            }
            _ => says(),
        };
        Some((field.id.clone(), self.fields.get(&field.id).cloned().unwrap_or_else(usual)))
    }

    /// Writes a document: all its sections, and a row in each of its tables.
    async fn write(
        &mut self,
        view: &ReleaseView,
        step: &Step,
        document: &str,
        role: Option<&str>,
    ) -> Result<bool, Trouble> {
        let says = &self.opening.says;
        let mut text = String::new();
        for line in outline(&view.template, document, self.lang).lines() {
            text += &format!("{}\n", line.replace("|  ", &format!("| {says} ")));
            if line.starts_with('#') {
                text += &format!("\n{says}\n");
            }
        }
        let people = match role {
            Some(role) => view.context.holders_of(&RoleRef::Role(role.to_owned())),
            None => performers(view, step),
        };
        for person in &people {
            let call = called(self.app, person).await?;
            let written = self.app.document_write(&call, &self.release, document, &text, "").await;
            if self.went(document, written) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn sign(
        &mut self,
        view: &ReleaseView,
        document: &str,
        role: &str,
    ) -> Result<bool, Trouble> {
        let Some(found) = view.release.run.documents.get(document) else { return Ok(false) };
        let sign = Command::Sign {
            document: document.to_owned(),
            role: role.to_owned(),
            meaning: self.opening.says.clone(),
            digest: found.digest.clone(),
            assurance: Assurance::Password,
        };
        let people = view.context.holders_of(&RoleRef::Role(role.to_owned()));
        self.one_of(&people, &sign).await
    }

    async fn answer(
        &mut self,
        view: &ReleaseView,
        step: &Step,
        check: &str,
    ) -> Result<bool, Trouble> {
        let found = checks_of(&view.release.run, step).find(|it| it.id == check).cloned();
        let Some(item) = found else { return Ok(false) };
        let answer = Command::Answer {
            step: step.id.clone(),
            check: check.to_owned(),
            answer: self.answer_to(&item),
            remark: String::new(),
        };
        let role = item.role.clone().map(RoleRef::Role);
        let carries = || match &step.kind {
            StepKind::Approval(spec) => {
                let own = spec.approvers.iter().find(|it| it.checks.contains(&item.id));
                own.or(spec.approvers.first()).map(|it| it.role.clone())
            }
            _ => None,
        };
        let people = match role.or_else(carries) {
            Some(role) => view.context.holders_of(&role),
            None => performers(view, step),
        };
        self.one_of(&people, &answer).await
    }

    fn answer_to(&self, item: &Check) -> Answer {
        match &item.kind {
            CheckKind::Value { required, .. } => Answer::Found(required.clone()),
            CheckKind::Meeting => Answer::Meeting {
                date: self.app.now().strftime("%Y-%m-%d").to_string(),
                minutes: self.opening.says.clone(),
            },
            CheckKind::Count { at_least } => Answer::Count(*at_least),
            _ => Answer::YesNo(item.pass.unwrap_or(true)),
        }
    }

    /// What ends a step on which nothing is missing; of a decision it is the first outcome.
    fn end(&self, step: &Step) -> Command {
        match &step.kind {
            StepKind::Decision(spec) => Command::Decide {
                step: step.id.clone(),
                outcome: spec.outcomes.first().map(|it| it.id.clone()).unwrap_or_default(),
                reason: self.opening.says.clone(),
                slot: None,
            },
            _ => Command::Done { step: step.id.clone(), remark: String::new() },
        }
    }

    /// The first of these people who may.
    async fn one_of(&mut self, people: &[PersonId], command: &Command) -> Result<bool, Trouble> {
        for person in people {
            let call = called(self.app, person).await?;
            let done = self.app.release_do(&call, &self.release, command.clone()).await;
            if self.went(&format!("{command:?}"), done) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether it went well; why not is remembered.
    fn went<T>(&mut self, what: &str, result: Result<T, Error>) -> bool {
        if let Err(error) = &result {
            self.refused = format!("{what}: {error}");
        }
        result.is_ok()
    }

    async fn command(&self, person: &PersonId, command: Command) -> Result<(), Trouble> {
        let call = called(self.app, person).await?;
        self.app.release_do(&call, &self.release, command).await?;
        Ok(())
    }

    async fn view(&self) -> Result<ReleaseView, Trouble> {
        let call = called(self.app, &self.lead).await?;
        Ok(self.app.release(&call.actor, &self.release).await?)
    }
}

/// A call of somebody with the rights of this moment.
async fn called(app: &App, person: &PersonId) -> Result<Call, Error> {
    Ok(Call::of(app.actor_of(person).await?.0))
}

fn performers(view: &ReleaseView, step: &Step) -> Vec<PersonId> {
    let mut people: Vec<PersonId> =
        step.roles.iter().flat_map(|it| view.context.holders_of(it)).collect();
    people.push(view.release.lead.clone());
    people
}

/// An organization writes in one language.
fn alike(text: &str) -> Text {
    let mut all = Text::default();
    for lang in Lang::ALL {
        *all.slot(lang) = Some(text.to_owned());
    }
    all
}

/// The go-live that a file asks for.
async fn slot(
    app: &App,
    call: &Call,
    files: &Files,
    organization: &Organization,
    wish: &GoLive,
) -> Result<Slot, Trouble> {
    let wrong = |why: String| files.wrong("organization.toml", why);
    let lasts = SignedDuration::from_hours(wish.hours);
    let zone = TimeZone::get(&organization.zone).map_err(|error| wrong(error.to_string()))?;
    let first = app.now().to_zoned(zone.clone()).date();
    let mut day = first.saturating_add(Span::new().weeks(wish.weeks));
    while wish.window.is_none() && day.weekday().to_monday_one_offset() != wish.weekday.clamp(1, 7)
    {
        day = day.saturating_add(Span::new().days(1));
    }
    let start = day.at(wish.hour, 0, 0, 0).to_zoned(zone);
    let start: Timestamp = start.map_err(|error| wrong(error.to_string()))?.timestamp();
    let Some(window) = &wish.window else { return Ok(Slot { start, end: start + lasts }) };
    let asked = Slot { start, end: start + lasts };
    let answer = app.slot_why(call, None, &[window.clone()], asked).await?;
    let free = answer.next.iter().find(|it| it.start >= start);
    let free = free.ok_or_else(|| wrong(format!("`{window}`: no place is free")))?;
    Ok(Slot { start: free.start, end: free.end })
}

/// Values of fields as the file writes them.
async fn facts(
    app: &App,
    told: &BTreeMap<String, toml::Value>,
) -> Result<BTreeMap<String, Value>, Trouble> {
    let mut keys = Vec::new();
    told.values().for_each(|it| named(it, &mut keys));
    let mut units = BTreeMap::new();
    for key in keys {
        units.insert(format!("@unit:{key}"), app.unit_find(&key).await?.to_string());
    }
    Ok(told.iter().map(|(id, value)| (id.clone(), fact(value, &units))).collect())
}

/// The units that a value names.
fn named(value: &toml::Value, keys: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => keys.extend(text.strip_prefix("@unit:").map(str::to_owned)),
        toml::Value::Array(list) => list.iter().for_each(|it| named(it, keys)),
        _ => {}
    }
}

fn fact(value: &toml::Value, units: &BTreeMap<String, String>) -> Value {
    match value {
        toml::Value::Boolean(it) => Value::Bool(*it),
        toml::Value::Integer(it) => Value::Int(*it),
        toml::Value::Array(list) => Value::List(list.iter().map(|it| fact(it, units)).collect()),
        toml::Value::String(text) => Value::Text(units.get(text).unwrap_or(text).clone()),
        other => Value::Text(other.to_string()),
    }
}
