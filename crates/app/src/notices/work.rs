//! Letters to people about their own work in a release: one per person and activation, with all
//! that is new for them.

use super::reconcile::is_begun;
use super::{FactWork, Facts, facts_of, letter, work_id};
use crate::App;
use crate::error::Result;
use crate::releases::{LoadedRelease, Planner, index};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::Actor;
use roadbook_core::calendar::OpenCalendar;
use roadbook_core::ids::PersonId;
use roadbook_core::notice::{Ask, NoticeKind, Piece, Stage, ToldOf, Unanswered, WorkCase};
use roadbook_core::plan::Plan;
use roadbook_core::process::due::Offset;
use roadbook_core::process::template::{Expiry, Step, StepKind};
use roadbook_core::run::{
    CloseCode, Context, RunState, StepRun, approval_view, comes_by_member, members_in_turn,
};
use roadbook_core::schedule::shift;
use roadbook_core::text::{Lang, Text};
use roadbook_store::notices::{self as rows, Notice};
use roadbook_store::people::Person;
use roadbook_store::releases::Task;
use roadbook_store::{Scope, people, products};
use std::collections::{BTreeMap, BTreeSet};

/// The audience that rows of letters carry.
const AUDIENCE: &str = "own_work";

impl App {
    /// Writes to people about their work in a release; says when to look again.
    pub(super) async fn work_due(&self, loaded: &LoadedRelease) -> Result<Option<Timestamp>> {
        let run = &loaded.release.run;
        let past: Vec<Notice> = rows::of_release(self.store(), &loaded.release.id)
            .await?
            .into_iter()
            .filter(|it| it.kind == NoticeKind::Work.name())
            .collect();
        match &run.state {
            RunState::Draft => return Ok(None),
            RunState::Ended(ended) => {
                if ended.code == CloseCode::Cancelled {
                    self.call_off(loaded, &past).await?;
                }
                return Ok(None);
            }
            _ => {}
        }
        let now = self.now();
        let around = self.surroundings(loaded).await?;
        let ctx = around.context(loaded, &Actor::system(), None);
        let planner = Planner::new(loaded.clone(), ctx, around);
        let (ctx, calendar) = (&planner.context, &planner.around.calendar);
        let tasks = index::tasks(loaded, ctx);
        let mut case = WorkCase {
            pieces: pieces(loaded, &tasks, &planner.standing(), calendar),
            unanswered: self.unanswered(loaded, ctx).await?,
            key_nodes: key_nodes(loaded, ctx),
            told: told(&past)?,
            slot: run.slot.map(|it| it.start),
            held: run.hold.is_some(),
        };
        let addressed = self.addressed(&case).await?;
        // Who has no address sees their work at home; nothing is queued that cannot leave.
        case.pieces.retain(|it| addressed.contains_key(&it.person));
        case.key_nodes.retain(|it| addressed.contains_key(&it.person));
        for it in &mut case.unanswered {
            it.people.retain(|person| addressed.contains_key(person));
        }
        let mut by_person: BTreeMap<PersonId, Vec<Ask>> = BTreeMap::new();
        for ask in case.due(now) {
            by_person.entry(ask.person.clone()).or_default().push(ask);
        }
        for (person, asks) in by_person {
            let work = asks
                .iter()
                .filter_map(|ask| Some(fact(ask, title_of(loaded, &ask.step)?, &case, &tasks)))
                .collect::<Vec<_>>();
            let work = self.name_silent(loaded, ctx, work).await?;
            self.write_letter(loaded, &addressed[&person], &past, work, case.slot).await?;
        }
        Ok(case.next(now))
    }

    /// Approvals that expired: the lead, and the heads above those who are silent, hear of it.
    async fn unanswered(&self, loaded: &LoadedRelease, ctx: &Context) -> Result<Vec<Unanswered>> {
        let run = &loaded.release.run;
        let mut list = Vec::new();
        for (_, step) in loaded.template.steps() {
            let Some(state) = run.steps.get(&step.id) else { continue };
            if state.escalated_at.is_none() || !state.state.is_open() {
                continue;
            }
            let silent = silent(loaded, step, ctx);
            let mut people = BTreeSet::from([loaded.release.lead.clone()]);
            for person in people::by_ids(self.store(), &silent).await? {
                let head = self.head_of(&person.unit_id).await?;
                people.extend(head.filter(|it| *it != person.id));
            }
            list.push(Unanswered {
                step: step.id.clone(),
                round: state.round,
                people: people.into_iter().collect(),
            });
        }
        Ok(list)
    }

    /// Who of all these has an address, with it.
    async fn addressed(&self, case: &WorkCase) -> Result<BTreeMap<PersonId, Person>> {
        let pieces = case.pieces.iter().chain(&case.key_nodes).map(|it| &it.person);
        let asked = case.unanswered.iter().flat_map(|it| &it.people);
        let ids: Vec<PersonId> =
            pieces.chain(asked).cloned().collect::<BTreeSet<_>>().into_iter().collect();
        Ok(people::by_ids(self.store(), &ids)
            .await?
            .into_iter()
            .filter(|it| it.email.as_ref().is_some_and(|email| !email.is_empty()))
            .map(|it| (it.id.clone(), it))
            .collect())
    }

    async fn name_silent(
        &self,
        loaded: &LoadedRelease,
        ctx: &Context,
        mut work: Vec<FactWork>,
    ) -> Result<Vec<FactWork>> {
        for it in work.iter_mut().filter(|it| it.stage == Stage::Unanswered) {
            let Some(step) = loaded.template.step(&it.step) else { continue };
            let found = people::by_ids(self.store(), &silent(loaded, step, ctx)).await?;
            it.people = found.into_iter().map(|it| it.name).collect();
        }
        Ok(work)
    }

    async fn write_letter(
        &self,
        loaded: &LoadedRelease,
        person: &Person,
        past: &[Notice],
        work: Vec<FactWork>,
        slot: Option<Timestamp>,
    ) -> Result<()> {
        let release = &loaded.release;
        let mine = past.iter().filter(|it| it.audience == audience(&person.id)).count() as i64;
        let product = products::get(self.store(), &Scope::all(), &release.product).await?;
        // Work that is due before the quiet hours end cannot wait for the morning.
        let urgent =
            |it: &&FactWork| matches!(it.stage, Stage::Turn | Stage::Overdue | Stage::Soon);
        let latest = work.iter().filter(urgent).filter_map(|it| it.due).min();
        let id = work_id(&release.id, &person.id, mine + 1);
        let what = (NoticeKind::Work, audience(&person.id));
        let mut row = letter(release, id, what, mine + 1, self.now());
        (row.latest, row.slot_at) = (latest, slot);
        let facts = Facts {
            number: release.number.clone(),
            product: product.map(|it| it.name).unwrap_or_default(),
            version: release.version.clone(),
            title: release.title.clone(),
            go_live: slot,
            go_live_end: release.run.slot.map(|it| it.end),
            notes: self.url(&format!("/releases/{}", release.id)),
            work,
            ..Facts::default()
        };
        let recipient = self.person_recipient(person.clone()).await?;
        let delivery = self.mail_delivery(&row, &recipient);
        self.start(row, false, &facts, vec![delivery], Vec::new()).await
    }

    /// The release was cancelled: whoever was written to hears that there is nothing to do.
    async fn call_off(&self, loaded: &LoadedRelease, past: &[Notice]) -> Result<()> {
        let mut newest: BTreeMap<&str, &Notice> = BTreeMap::new();
        for row in past.iter().filter(|it| is_begun(&it.state)) {
            let known = newest.entry(&row.audience).or_insert(row);
            if row.generation > known.generation {
                *known = row;
            }
        }
        for row in newest.into_values() {
            // An empty list of work is the end of it.
            if facts_of(row)?.work.is_empty() {
                continue;
            }
            let id = row.audience.strip_prefix(AUDIENCE).and_then(|it| it.strip_prefix('/'));
            let Some(id) = id.and_then(|it| PersonId::parse(it).ok()) else { continue };
            for person in people::by_ids(self.store(), &[id]).await? {
                if person.email.as_ref().is_some_and(|it| !it.is_empty()) {
                    self.write_letter(loaded, &person, past, Vec::new(), row.slot_at).await?;
                }
            }
        }
        Ok(())
    }
}

/// The work of everybody in a release, with the dates of its plan.
fn pieces(
    loaded: &LoadedRelease,
    tasks: &[Task],
    plan: &Plan,
    calendar: &OpenCalendar,
) -> Vec<Piece> {
    let run = &loaded.release.run;
    let mut list = Vec::new();
    for task in tasks.iter().filter(|it| it.kind != "notice" && it.state != "done") {
        let Ok(person) = PersonId::parse(&task.person_id) else { continue };
        let step = loaded.template.step(&task.step_id);
        // An expiry that only reminds is a date of its own.
        let reminds =
            step.and_then(|it| it.expires.as_ref()).filter(|it| it.then == Expiry::Remind);
        let since = run.steps.get(&task.step_id).and_then(|it| it.ready_at);
        let expires = reminds
            .zip(since)
            .map(|(it, since)| shift(calendar, since, Offset { before: false, span: it.after }));
        let planned = plan.steps.get(&task.step_id);
        let open = task.state == "ready";
        let piece = |name: &str| Piece {
            person: person.clone(),
            step: name.to_owned(),
            round: task.round as u32,
            open,
            due: task.due_at.into_iter().chain(expires).min(),
            begins: task.start_at.or_else(|| planned.map(|it| it.planned_start)),
        };
        // What comes one by one is written about one by one: who is to try a change hears of it
        // when that change is there (S4i-26).
        let single = step.filter(|it| open && comes_by_member(&loaded.template, it));
        match single.and_then(|it| members_in_turn(run, it)) {
            Some(members) => {
                list.extend(members.iter().map(|id| piece(&part(&task.step_id, id))));
            }
            None => list.push(piece(&task.step_id)),
        }
    }
    list
}

/// The name of a part of a step, a member or a line of its sheet, in a letter.
fn part(step: &str, id: &str) -> String {
    format!("{step}/{id}")
}

/// The step that a piece is or is a part of.
fn step_of(piece: &str) -> &str {
    piece.split_once('/').map_or(piece, |(step, _)| step)
}

fn audience(person: &PersonId) -> String {
    format!("{AUDIENCE}/{person}")
}

/// What people were told, from the letters themselves.
fn told(past: &[Notice]) -> Result<Vec<ToldOf>> {
    let mut list = Vec::new();
    for row in past {
        let id = row.audience.strip_prefix(AUDIENCE).and_then(|it| it.strip_prefix('/'));
        let Some(person) = id.and_then(|it| PersonId::parse(it).ok()) else { continue };
        for it in facts_of(row)?.work {
            list.push(ToldOf {
                person: person.clone(),
                stage: it.stage,
                step: it.step,
                round: it.round,
                at: row.earliest.unwrap_or(Timestamp::MIN),
                begins: it.begins,
                slot: row.slot_at,
            });
        }
    }
    Ok(list)
}

/// Who could have given an approval and has not.
fn silent(loaded: &LoadedRelease, step: &Step, ctx: &Context) -> Vec<PersonId> {
    if !matches!(step.kind, StepKind::Approval(_)) {
        let roles = step.roles.iter();
        return roles
            .flat_map(|it| ctx.holders_of(it))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
    }
    let view = approval_view(&loaded.template, &loaded.release.run, step, ctx);
    let open =
        view.into_iter().flat_map(|it| it.approvers).filter(|it| it.asked && it.vote.is_none());
    open.flat_map(|it| it.people).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Key nodes that are not confirmed yet. The plan counts from the begin of the slot; the lead, who
/// runs the sheet and who owns the line hear of one that is late. Its name is `step/line`.
fn key_nodes(loaded: &LoadedRelease, ctx: &Context) -> Vec<Piece> {
    let run = &loaded.release.run;
    let Some(slot) = run.slot else { return Vec::new() };
    let mut list = Vec::new();
    for (_, step) in loaded.template.steps() {
        let open = |it: &&StepRun| it.state.is_open() && !it.rolling_back;
        let Some(state) = run.steps.get(&step.id).filter(open) else { continue };
        let mut due = slot.start;
        for line in &state.sheet {
            due += SignedDuration::from_mins(i64::from(line.minutes));
            if !line.key_node || line.ended_at.is_some() {
                continue;
            }
            let owners = ctx.holders.get(&line.owner).into_iter().flatten().cloned();
            let runs = step.roles.iter().flat_map(|it| ctx.holders_of(it));
            let mut people: BTreeSet<PersonId> = runs.chain(owners).collect();
            people.insert(loaded.release.lead.clone());
            list.extend(people.into_iter().map(|person| Piece {
                person,
                step: part(&step.id, &line.id),
                round: state.round,
                open: true,
                due: Some(due),
                begins: None,
            }));
        }
    }
    list
}

/// The title of a step, of a line of its sheet, or of a member of it.
fn title_of(loaded: &LoadedRelease, piece: &str) -> Option<Text> {
    let Some((step, part)) = piece.split_once('/') else {
        return Some(loaded.template.step(piece)?.title.clone());
    };
    let state = loaded.release.run.steps.get(step)?;
    if let Some(line) = state.sheet.iter().find(|it| it.id == part) {
        return Some(line.title.clone());
    }
    let member = state.members.get(part)?;
    let mut title = loaded.template.step(step)?.title.clone();
    for lang in Lang::ALL {
        let colon = if lang == Lang::Zh { "：" } else { ": " };
        if let Some(text) = title.slot(lang) {
            *text = format!("{text}{colon}{}", member.label);
        }
    }
    Some(title)
}

fn fact(ask: &Ask, title: Text, case: &WorkCase, tasks: &[Task]) -> FactWork {
    let pieces = case.pieces.iter().chain(&case.key_nodes);
    let piece = pieces.into_iter().find(|it| it.person == ask.person && it.step == ask.step);
    let task = tasks.iter().find(|it| it.step_id == step_of(&ask.step));
    FactWork {
        stage: ask.stage,
        step: ask.step.clone(),
        round: ask.round,
        title,
        begins: piece.and_then(|it| it.begins),
        due: piece.and_then(|it| it.due).or_else(|| task.and_then(|it| it.due_at)),
        minutes: task.map_or(0, |it| it.effort_minutes),
        people: Vec::new(),
        moved: ask.moved,
    }
}
