//! Lines of extracts that reach beyond one release: what was told, and what ended in a period.

use crate::App;
use crate::call::Call;
use crate::error::{Error, Result};
use crate::releases::ReleaseView;
use jiff::Timestamp;
use roadbook_core::extract::{Cell, ClosedLine, ToldLine, TroubleKind, troubles_of};
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value;
use roadbook_core::process::start;
use roadbook_core::process::template::{Channel, Template};
use roadbook_core::release::Release;
use roadbook_core::run::RunState;
use roadbook_store::releases::{self as rows, ReleaseFilter};
use roadbook_store::{PageAsk, Scope};

/// Releases that one report counts; a period with more is reported in parts.
const CLOSED_MAX: usize = 1000;
/// Releases read in one go.
const READ: usize = 100;
/// The field in which a process asks for the category of a release.
pub(super) const CATEGORY: &str = "category";

impl App {
    /// Notices that went out or are planned, and talks.
    pub(super) async fn told(&self, call: &Call, view: &ReleaseView) -> Result<Vec<ToldLine>> {
        let mut lines = Vec::new();
        for plan in self.notices_of(&call.actor, &view.release.id).await? {
            let audience = view.template.audience(&plan.audience).map(|it| it.title.clone());
            let to = audience.map_or(Cell::Plain(plan.audience.clone()), Cell::Words);
            let channels = plan.channels.iter().map(|it| channel(*it)).collect();
            let line = |at: Option<Timestamp>, count: i64, state: &str| ToldLine {
                at,
                step: plan.step.clone(),
                channel: Cell::Lines(Vec::clone(&channels)),
                to: to.clone(),
                count,
                by: String::new(),
                said: Cell::Word("extract_told", state.to_owned()),
            };
            let sent = plan.rows.iter().filter(|it| it.0.sent_at.is_some());
            let before = lines.len();
            lines
                .extend(sent.map(|(row, states)| line(row.sent_at, states.values().sum(), "sent")));
            if lines.len() == before && !view.release.run.step_state(&plan.step).is_terminal() {
                lines.push(line(None, plan.recipients as i64, "planned"));
            }
        }
        for talk in self.talks(call, &view.release.id).await? {
            let readiness = talk.task.readiness.clone();
            let said = readiness.map(|it| Cell::Word("talk_readiness", it));
            let notes = Some(talk.task.notes.clone()).filter(|it| !it.is_empty());
            let step = talk.task.id.split('/').nth(1).unwrap_or_default().to_owned();
            lines.push(ToldLine {
                at: talk.task.done_at,
                step,
                channel: Cell::Word("talk_channel", talk.task.channel.clone()),
                to: Cell::Plain(talk.target),
                count: 1,
                by: talk.person,
                said: Cell::Lines(said.into_iter().chain(notes.map(Cell::Plain)).collect()),
            });
        }
        Ok(lines)
    }

    /// Releases of the product that ended in the time that a report looks back on, and that the
    /// reader may see.
    pub(super) async fn closed_in_period(
        &self,
        call: &Call,
        view: &ReleaseView,
    ) -> Result<Vec<ClosedLine>> {
        let Some(period) = view.release.run.period else { return Ok(Vec::new()) };
        let clock = self.working_calendar().await?;
        let Some((from, to)) = start::looks_back_on(&view.template, period, &clock) else {
            return Ok(Vec::new());
        };
        let filter = ReleaseFilter {
            states: vec!["closed".to_owned()],
            product_id: Some(view.release.product.clone()),
            ..ReleaseFilter::default()
        };
        let mut ask = PageAsk::first(READ);
        let mut lines = Vec::new();
        loop {
            let page = rows::list(self.store(), &Scope::all(), &filter, &ask).await?;
            // Last changed first: what was changed last before the period ended before it.
            let over = page.rows.last().is_some_and(|it| it.updated_at < from);
            for row in page.rows.into_iter().filter(|it| it.updated_at >= from) {
                lines.extend(self.closed_line(call, &row.id, (from, to)).await?);
            }
            match page.next.filter(|_| !over && lines.len() < CLOSED_MAX) {
                Some(next) => ask.cursor = Some(next),
                None => return Ok(lines),
            }
        }
    }

    async fn closed_line(
        &self,
        call: &Call,
        id: &ReleaseId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Option<ClosedLine>> {
        let loaded = match self.release_for(&call.actor, id).await {
            Ok(loaded) => loaded,
            Err(Error::Denied { .. } | Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let RunState::Ended(ended) = &loaded.release.run.state else { return Ok(None) };
        if ended.at < from || ended.at >= to {
            return Ok(None);
        }
        let release = &loaded.release;
        let run = &release.run;
        let count = |kind| troubles_of(&loaded.template, run, kind).len() as u32;
        Ok(Some(ClosedLine {
            number: release.number.clone(),
            version: release.version.clone(),
            title: release.title.clone(),
            category: category(&loaded.template, release),
            at: ended.at,
            code: ended.code,
            promised: run.baseline_steps.values().max().copied(),
            incidents: count(TroubleKind::Incident),
            problems: count(TroubleKind::Problem),
        }))
    }
}

/// The category of a release: what its process asks for by that name, else its kind.
pub(crate) fn category(template: &Template, release: &Release) -> String {
    let declared = template.fields.iter().find(|it| it.id == CATEGORY);
    let said = declared.and_then(|it| release.run.fields.get(&it.id).or(it.default.as_ref()));
    match said {
        Some(Value::Text(category)) => category.clone(),
        _ => release.kind.clone(),
    }
}

fn channel(channel: Channel) -> Cell {
    let name = match channel {
        Channel::Board => "board",
        Channel::Email => "mail",
        Channel::Website => "public",
        Channel::Task => "task",
    };
    Cell::Word("notices_channel", name.to_owned())
}
