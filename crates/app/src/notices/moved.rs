//! Who would be told when a go-live moves: asked before the move, nothing is written.

use super::channel;
use crate::App;
use crate::error::Result;
use crate::releases::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::notice;
use roadbook_core::process::template::StepKind;
use roadbook_core::run::Slot;
use roadbook_core::text::Text;
use roadbook_store::notices::Delivery;
use std::collections::BTreeSet;

/// Names that are shown of one notice; the rest is counted.
const NAMES_MAX: usize = 20;

/// What a move means for one notice of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldIfMoved {
    /// Step of the notice.
    pub step: String,
    /// Title of the step.
    pub title: Text,
    /// True when they know the old date: they get a correction at once. False when they have
    /// heard nothing yet: only the day on which they will hear moves.
    pub correction: bool,
    /// The date that was told.
    pub told: Option<Timestamp>,
    /// How many hear it.
    pub recipients: usize,
    /// Their names, the first of them.
    pub names: Vec<String>,
    /// Latest moment of the notice today.
    pub latest: Option<Timestamp>,
    /// Latest moment after the move.
    pub latest_after: Option<Timestamp>,
}

impl App {
    /// Who hears of it when the go-live of a release moves to this slot.
    pub(crate) async fn told_if_moved(
        &self,
        loaded: &LoadedRelease,
        slot: Slot,
    ) -> Result<Vec<ToldIfMoved>> {
        let mut after = loaded.clone();
        after.release.run.slot = Some(slot);
        let calendar = self.working_calendar().await?;
        let latest = |loaded: &LoadedRelease, step: &roadbook_core::process::template::Step| {
            let anchors = crate::releases::anchors(&loaded.release);
            let opened = loaded.release.run.steps.get(&step.id).and_then(|it| it.ready_at);
            notice::window(step.due.as_ref(), opened, &anchors, &calendar).ok().map(|it| it.latest)
        };
        let mut list = Vec::new();
        for (_, step) in loaded.template.steps() {
            let StepKind::Notice(spec) = &step.kind else { continue };
            let past = self.notice_past(loaded, &step.id).await?;
            let told = past.told();
            let (before, then) = (latest(loaded, step), latest(&after, step));
            let correction =
                told.begun && told.slot.is_some_and(|it| it != slot.start) && !told.retracted;
            let later = !told.begun
                && !loaded.release.run.step_state(&step.id).is_terminal()
                && before != then;
            if !correction && !later {
                continue;
            }
            let (recipients, names) = if correction {
                self.names_of(&past.told_deliveries()).await?
            } else {
                let all = self.audience(loaded, &spec.audience).await?;
                let names = all.iter().take(NAMES_MAX).map(|it| it.name.clone()).collect();
                (all.len(), names)
            };
            list.push(ToldIfMoved {
                step: step.id.clone(),
                title: step.title.clone(),
                correction,
                told: told.slot,
                recipients,
                names,
                latest: before,
                latest_after: then,
            });
        }
        // Whoever was told a wrong date comes first.
        list.sort_by_key(|it| !it.correction);
        Ok(list)
    }

    /// How many people are behind deliveries, each once whatever the channel, and the first names.
    async fn names_of(&self, deliveries: &[&Delivery]) -> Result<(usize, Vec<String>)> {
        let mut seen = BTreeSet::new();
        let mut names = Vec::new();
        for it in deliveries.iter().filter(|it| it.channel != channel::WEBSITE) {
            let who = (it.recipient_kind.as_str(), it.recipient_id.as_str());
            if seen.insert(who) && names.len() < NAMES_MAX {
                names.push(self.recipient_of(it).await?.name);
            }
        }
        names.sort();
        Ok((seen.len(), names))
    }
}
