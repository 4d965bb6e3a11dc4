//! What pages, API and command line read of notices.

use super::reconcile::Wanted;
use super::render::{Letter, Links, gaps, warnings};
use super::words::{Word, in_all};
use super::{
    FactItem, FactPreparation, Facts, Recipient, RecipientKind, Rendered, delivery, facts_of,
    languages, state,
};
use crate::App;
use crate::boxed;
use crate::call::Call;
use crate::error::{Error, Result};
use crate::releases::LoadedRelease;
use jiff::Timestamp;
use roadbook_core::access::Actor;
use roadbook_core::ids::{NoticeId, ReleaseId};
use roadbook_core::notice::NoticeKind;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{Channel, StepKind};
use roadbook_core::text::{Lang, Text};
use roadbook_store::notices::{self as rows, Delivery, Notice};
use roadbook_store::{PageAsk, Scope, products, units};
use std::collections::BTreeMap;

/// A line of the list of notices.
#[derive(Clone, Debug)]
pub struct NoticeListItem {
    /// The row.
    pub notice: Notice,
    /// Number of the release.
    pub number: String,
    /// Title of the step.
    pub title: Text,
    /// Deliveries by state.
    pub counts: BTreeMap<String, i64>,
}

/// What is planned, blocked, on its way or out for one step of a release.
#[derive(Clone, Debug)]
pub struct NoticePlan {
    /// Step.
    pub step: String,
    /// Title of the step.
    pub title: Text,
    /// Audience.
    pub audience: String,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Recipients acknowledge.
    pub acknowledge: bool,
    /// State of the notice, or `planned`.
    pub state: String,
    /// Not before.
    pub earliest: Option<Timestamp>,
    /// Not after.
    pub latest: Option<Timestamp>,
    /// What its time waits for, e.g. `waits_for_slot`.
    pub waits: Option<&'static str>,
    /// Why it is blocked, late or not sent.
    pub reason: Option<String>,
    /// What is missing in the content: `missing_translation:body:vi`.
    pub gaps: Vec<String>,
    /// What a careful writer would add: `empty_block:requirements`.
    pub warnings: Vec<String>,
    /// Languages of the recipients.
    pub languages: Vec<Lang>,
    /// How many recipients.
    pub recipients: usize,
    /// Told and not acknowledged.
    pub unacknowledged: usize,
    /// All rows of the step, oldest first, with deliveries by state.
    pub rows: Vec<(Notice, BTreeMap<String, i64>)>,
}

/// A delivery with the name of its recipient.
#[derive(Clone, Debug)]
pub struct DeliveryView {
    /// The row.
    pub delivery: Delivery,
    /// Name.
    pub name: String,
    /// Site of a contact.
    pub site: Option<String>,
}

/// A notice with its texts and its log.
#[derive(Clone, Debug)]
pub struct NoticeView {
    /// The row.
    pub notice: Notice,
    /// Number of the release.
    pub number: String,
    /// Title of the step.
    pub title: Text,
    /// The text in each language in which it can be written.
    pub texts: Vec<(Lang, Rendered)>,
    /// Deliveries.
    pub deliveries: Vec<DeliveryView>,
    /// Share of recipients who acknowledged, in percent; none when nobody is asked.
    pub acknowledged: Option<u8>,
}

fn counts(list: &[Delivery]) -> BTreeMap<String, i64> {
    list.iter().fold(BTreeMap::new(), |mut map, it| {
        *map.entry(it.state.clone()).or_default() += 1;
        map
    })
}

impl App {
    /// Notices of releases that this reader may see, newest first.
    #[boxed]
    pub async fn notice_list(
        &self,
        scope: &Scope,
        states: &[String],
        ask: &PageAsk,
    ) -> Result<(Vec<NoticeListItem>, Option<String>)> {
        let page = rows::list(self.store(), scope, states, ask).await?;
        let mut loaded: BTreeMap<ReleaseId, LoadedRelease> = BTreeMap::new();
        let mut list = Vec::new();
        for notice in page.rows {
            if !loaded.contains_key(&notice.release_id) {
                let found = self.release_load(&notice.release_id).await?;
                loaded.insert(notice.release_id.clone(), found);
            }
            let release = &loaded[&notice.release_id];
            let title = title_of(release, &notice);
            let counts = rows::delivery_counts(self.store(), &notice.id).await?;
            list.push(NoticeListItem {
                number: release.release.number.clone(),
                title,
                counts: counts.into_iter().collect(),
                notice,
            });
        }
        Ok((list, page.next))
    }

    /// All notice steps of a release: when, to how many, and what holds them up.
    #[boxed]
    pub async fn notices_of(&self, actor: &Actor, id: &ReleaseId) -> Result<Vec<NoticePlan>> {
        let loaded = self.release_for(actor, id).await?;
        let mut list = Vec::new();
        for (_, step) in loaded.template.steps() {
            let StepKind::Notice(spec) = &step.kind else { continue };
            let wanted = Wanted { loaded: &loaded, step, spec };
            let past = self.notice_past(&loaded, &step.id).await?;
            let recipients = self.audience(&loaded, &spec.audience).await?;
            let facts = self.notice_facts(&wanted).await?;
            let languages = languages(&recipients);
            let window = self.notice_window(&loaded, step).await?;
            let newest = past
                .rows
                .iter()
                .rev()
                .find(|(row, _)| row.kind != NoticeKind::Reminder.name())
                .map(|(row, _)| row);
            list.push(NoticePlan {
                step: step.id.clone(),
                title: step.title.clone(),
                audience: spec.audience.clone(),
                channels: spec.channels.clone(),
                acknowledge: spec.acknowledge,
                state: newest.map_or(state::PLANNED, |it| it.state.as_str()).to_owned(),
                earliest: window.as_ref().ok().and_then(|it| it.earliest),
                latest: window.as_ref().ok().map(|it| it.latest),
                waits: window.as_ref().err().map(roadbook_core::schedule::Unresolved::code),
                reason: newest.and_then(|it| it.reason.clone()),
                gaps: gaps(&facts, &languages),
                warnings: warnings(&facts),
                languages,
                recipients: recipients.len(),
                unacknowledged: past.unacknowledged().len(),
                rows: past.rows.iter().map(|(row, list)| (row.clone(), counts(list))).collect(),
            });
        }
        Ok(list)
    }

    /// Exactly who is told by a step, as it stands now.
    #[boxed]
    pub async fn notice_recipients(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        step: &str,
    ) -> Result<Vec<Recipient>> {
        let loaded = self.release_for(actor, id).await?;
        let declared = loaded.template.step(step).ok_or(Error::NotFound { what: "notice step" })?;
        let StepKind::Notice(spec) = &declared.kind else {
            return Err(Error::NotFound { what: "notice step" });
        };
        self.audience(&loaded, &spec.audience).await
    }

    /// The notice of a step as a reader of a language would get it now, and what is missing.
    #[boxed]
    pub async fn notice_preview(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        step: &str,
        lang: Lang,
    ) -> Result<(Option<Rendered>, Vec<String>)> {
        let loaded = self.release_for(actor, id).await?;
        let declared = loaded.template.step(step).ok_or(Error::NotFound { what: "notice step" })?;
        let StepKind::Notice(spec) = &declared.kind else {
            return Err(Error::NotFound { what: "notice step" });
        };
        let wanted = Wanted { loaded: &loaded, step: declared, spec };
        let facts = self.notice_facts(&wanted).await?;
        let recipients = self.audience(&loaded, &spec.audience).await?;
        let mut reader = match recipients.into_iter().find(|it| it.lang == lang) {
            Some(found) => found,
            None => self.sample_reader(lang).await?,
        };
        reader.lang = lang;
        let links = Links {
            receipt: self.url("/n/…"),
            site: if reader.site.is_some() { self.url("/p/…") } else { String::new() },
            unsubscribe: self.url("/public/unsubscribe/…"),
        };
        let letter =
            Letter { facts: &facts, kind: NoticeKind::Notice, recipient: &reader, links: &links };
        let mut missing = gaps(&facts, &[lang]);
        match letter.write() {
            Ok(text) => Ok((Some(text), missing)),
            Err(reason) => {
                if !missing.contains(&reason) {
                    missing.push(reason);
                }
                Ok((None, missing))
            }
        }
    }

    async fn sample_reader(&self, lang: Lang) -> Result<Recipient> {
        let zone = self.home_zone().await?;
        Ok(Recipient {
            kind: RecipientKind::Person,
            id: String::new(),
            name: "…".to_owned(),
            address: None,
            lang,
            zone,
            units: Vec::new(),
            site: None,
        })
    }

    /// A notice with its texts and its delivery log.
    #[boxed]
    pub async fn notice(&self, call: &Call, id: &NoticeId) -> Result<NoticeView> {
        let missing = || Error::NotFound { what: "notice" };
        let notice = rows::get(self.store(), id).await?.ok_or_else(missing)?;
        let loaded = self
            .release_for(&call.actor, &notice.release_id)
            .await
            .map_err(|error| if error.code() == "not_found" { missing() } else { error })?;
        let found = rows::deliveries(self.store(), id).await?;
        let mut deliveries = Vec::new();
        for delivery in found {
            let recipient = self.recipient_of(&delivery).await?;
            deliveries.push(DeliveryView {
                name: recipient.name,
                site: recipient.site.map(|it| it.1),
                delivery,
            });
        }
        let texts = self.texts_of(&notice, &deliveries).await?;
        Ok(NoticeView {
            number: loaded.release.number.clone(),
            title: title_of(&loaded, &notice),
            acknowledged: acknowledged(&notice, &deliveries),
            notice,
            texts,
            deliveries,
        })
    }

    /// The text in each language that somebody got; before sending there is none yet.
    async fn texts_of(
        &self,
        notice: &Notice,
        deliveries: &[DeliveryView],
    ) -> Result<Vec<(Lang, Rendered)>> {
        if facts_of(notice).is_err() {
            return Ok(Vec::new());
        }
        let mut texts: Vec<(Lang, Rendered)> = Vec::new();
        for lang in Lang::ALL {
            let Some(one) = deliveries.iter().find(|it| it.delivery.lang == lang) else { continue };
            let recipient = self.recipient_of(&one.delivery).await?;
            if let Ok(text) = App::text_for(notice, &recipient) {
                texts.push((lang, text));
            }
        }
        Ok(texts)
    }

    /// What the texts of a step would be filled with now.
    pub(super) async fn notice_facts(&self, wanted: &Wanted<'_>) -> Result<Facts> {
        let Wanted { loaded, spec, .. } = wanted;
        let release = &loaded.release;
        let product = products::get(self.store(), &Scope::all(), &release.product).await?;
        let names: BTreeMap<_, _> =
            units::all(self.store()).await?.into_iter().map(|it| (it.id, it.name)).collect();
        let notes = self.url(&format!("/public/{}", release.number));
        let guide = ["upgrade_guide", "update_guide", "user_guide"]
            .iter()
            .any(|it| release.run.documents.contains_key(*it));
        Ok(Facts {
            number: release.number.clone(),
            product: product.map(|it| it.name).unwrap_or_default(),
            version: release.version.clone(),
            title: release.title.clone(),
            go_live: release.run.slot.map(|it| it.start),
            go_live_end: release.run.slot.map(|it| it.end),
            downtime: roadbook_core::run::downtime(&loaded.template, &release.run).actual(),
            old_go_live: None,
            items: release
                .items
                .iter()
                .map(|it| FactItem { title: it.title.clone(), purpose: it.purpose.clone() })
                .collect(),
            requirements: release.requirements.clone(),
            prepare: release
                .prepare
                .iter()
                .map(|it| FactPreparation {
                    unit: it.unit.clone(),
                    name: names.get(&it.unit).cloned().unwrap_or_default(),
                    text: it.text.clone(),
                })
                .collect(),
            upgrade_guide: guide.then(|| format!("{notes}#upgrade")),
            notes,
            content: spec.content.clone(),
            subject: spec.subject.clone(),
            body: spec.body.clone(),
            acknowledge: spec.acknowledge,
            at_most_once: spec.at_most_once,
            fields: loaded
                .template
                .fields
                .iter()
                .map(|it| (it.id.clone(), answer(release.run.fields.get(&it.id))))
                .collect(),
            work: Vec::new(),
            asked_site: String::new(),
            asked_paper: None,
        })
    }
}

/// An answer as texts read it.
fn answer(value: Option<&Value>) -> serde_json::Value {
    match value {
        Some(Value::Bool(yes)) => serde_json::Value::Bool(*yes),
        Some(Value::Int(n)) => serde_json::Value::from(*n),
        Some(Value::Text(text)) => serde_json::Value::String(text.clone()),
        Some(Value::List(list)) => list.iter().map(|it| answer(Some(it))).collect(),
        Some(Value::Null) | None => serde_json::Value::Null,
    }
}

/// The title of the step; letters about somebody's own work have none.
fn title_of(loaded: &LoadedRelease, notice: &Notice) -> Text {
    if notice.kind == NoticeKind::Work.name() {
        return in_all(Word::WorkTitle);
    }
    if notice.kind == NoticeKind::Again.name() {
        return in_all(Word::AgainTitle);
    }
    loaded.template.step(&notice.step_id).map(|it| it.title.clone()).unwrap_or_default()
}

fn acknowledged(notice: &Notice, list: &[DeliveryView]) -> Option<u8> {
    let asked = facts_of(notice).is_ok_and(|it| it.acknowledge);
    let mut people: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for it in list.iter().map(|it| &it.delivery) {
        if it.channel == super::channel::EMAIL || it.channel == super::channel::BOARD {
            let known =
                people.entry((it.recipient_kind.as_str(), it.recipient_id.as_str())).or_default();
            *known |= it.acked_at.is_some() || it.state == delivery::ACKNOWLEDGED;
        }
    }
    if !asked || people.is_empty() {
        return None;
    }
    let done = people.values().filter(|it| **it).count();
    Some((done * 100 / people.len()) as u8)
}
