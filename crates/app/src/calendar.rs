//! Windows, freezes and working calendars: one small document with a generation.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use roadbook_core::access::{Action, Grant, Kind, Resource, Scope as AccessScope};
use roadbook_core::calendar::Calendar;
use roadbook_core::ids::{FreezeId, ProductId, ReleaseId};
use roadbook_core::release::Release;
use roadbook_core::run::{Slot, WaitingOn};
use roadbook_core::window::{
    self, Block, Freeze, OpenPolicy, Question, Scope, SlotVerdict, Target, WindowPolicy,
};
use roadbook_store::Write;
use roadbook_store::calendar as rows;
use roadbook_store::documents::{self, Loaded, Stored};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The calendar of the installation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarBook {
    /// Working calendars; the first is the usual one.
    pub calendars: Vec<Calendar>,
    /// Window policies.
    pub policies: Vec<WindowPolicy>,
    /// Freezes, lifted ones removed.
    pub freezes: Vec<Freeze>,
}

impl Stored for CalendarBook {
    const KIND: &'static str = "calendar";
    const V: u32 = 1;
}

const BOOK: &str = "main";

/// Bookings further ahead than this are not looked at: windows are approved a year at a time.
const BOOKED_DAYS_AHEAD: i64 = 800;

/// What stands at a slot, for `freeze why` and pages.
#[derive(Clone, Debug)]
pub struct SlotAnswer {
    /// The verdict.
    pub verdict: SlotVerdict,
    /// Slots that are free, earliest first.
    pub next: Vec<window::Slot>,
}

/// A new freeze.
#[derive(Clone, Debug)]
pub struct NewFreeze {
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
    /// What it reaches.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Role that may override it.
    pub override_by: Option<String>,
}

/// A change of one window policy; what is `None` or empty stays.
#[derive(Clone, Debug, Default)]
pub struct WindowChange {
    /// Opens at this time.
    pub start: Option<Time>,
    /// Stays open for so many minutes.
    pub minutes: Option<u32>,
    /// Releases per window; 0 lifts the limit.
    pub capacity: Option<u32>,
    /// Windows added to the rule, with the reason.
    pub added: BTreeMap<Date, String>,
    /// Dates of the rule taken out, with the reason.
    pub dropped: BTreeMap<Date, String>,
    /// Years whose plan is approved.
    pub approved: Vec<i16>,
}

impl App {
    /// The calendar book; an installation without one has the presets in UTC.
    #[boxed]
    pub async fn calendar_book(&self) -> Result<Loaded<CalendarBook>> {
        let found = documents::load::<CalendarBook>(self.store(), BOOK).await?;
        Ok(found.unwrap_or_else(|| Loaded { value: presets("UTC"), revision: 0 }))
    }

    /// Lays the first calendar in the organization's zone: working week and preset windows.
    #[boxed]
    pub async fn calendar_seed(&self, zone: &str) -> Result<()> {
        if documents::load::<CalendarBook>(self.store(), BOOK).await?.is_some() {
            return Ok(());
        }
        let call = Call::system();
        self.save_book(
            &call,
            &presets(zone),
            0,
            None,
            ("calendar.seeded", json!({ "zone": zone })),
        )
        .await?;
        Ok(())
    }

    /// The first calendar of an installation, to be kept with it: its windows open by its clocks.
    pub(crate) async fn calendar_first(&self, zone: &str) -> Result<Option<Write>> {
        if documents::load::<CalendarBook>(self.store(), BOOK).await?.is_some() {
            return Ok(None);
        }
        Ok(Some(documents::insert_typed(BOOK, &presets(zone), self.now())))
    }

    async fn save_book(
        &self,
        call: &Call,
        book: &CalendarBook,
        revision: i64,
        made: Option<String>,
        (kind, facts): (&str, serde_json::Value),
    ) -> Result<Receipt> {
        let now = self.now();
        let write = if revision == 0 {
            documents::insert_typed(BOOK, book, now)
        } else {
            documents::update_typed(BOOK, book, revision, now)
        };
        let commit = self.begin(call).write(write).entry("calendar/main", kind, facts);
        let receipt = Receipt {
            created: made.is_some(),
            id: made.unwrap_or_else(|| BOOK.to_owned()),
            revision: revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Changes the book: policies (only by who owns calendars, S2-20), holidays, working days.
    pub async fn calendar_edit(
        &self,
        call: &Call,
        what: &str,
        change: impl FnOnce(&mut CalendarBook) -> Result<()>,
    ) -> Result<Receipt> {
        self.calendar_change(call, what, None, change).await
    }

    async fn calendar_change(
        &self,
        call: &Call,
        what: &str,
        made: Option<String>,
        change: impl FnOnce(&mut CalendarBook) -> Result<()>,
    ) -> Result<Receipt> {
        call.authorize(Action::Edit, Kind::Calendar, &Resource::whole(), "calendar")?;
        let Loaded { value: mut book, revision } = self.calendar_book().await?;
        call.check_revision(revision, "calendar")?;
        change(&mut book)?;
        for calendar in &book.calendars {
            calendar
                .check()
                .map_err(|error| Error::field("calendar", "calendar", error.to_string()))?;
        }
        for policy in &book.policies {
            policy.open().map_err(|error| Error::field("policy", "window", error.to_string()))?;
        }
        let told = ("calendar.changed", json!({ "what": what }));
        self.save_book(call, &book, revision, made, told).await
    }

    /// Changes a window policy, or approves its year. Each policy has one owner role, and only who
    /// holds that role may do it, whatever else they may (S2-20).
    #[boxed]
    pub async fn window_change(
        &self,
        call: &Call,
        key: &str,
        change: WindowChange,
    ) -> Result<Receipt> {
        call.authorize(Action::View, Kind::Calendar, &Resource::whole(), "calendar")?;
        let Loaded { value: mut book, revision } = self.calendar_book().await?;
        call.check_revision(revision, "calendar")?;
        let policy = book
            .policies
            .iter_mut()
            .find(|it| it.key == key)
            .ok_or(Error::NotFound { what: "window" })?;
        let owns = |it: &Grant| it.role == policy.owner_role && it.scope == AccessScope::All;
        if !call.actor.grants.iter().any(owns) {
            let message = format!(
                "this window belongs to the role `{}`; ask somebody who holds it for the whole organization",
                policy.owner_role
            );
            return Err(Error::Rule { code: "not_the_owner", message });
        }
        change.apply(policy);
        policy.open().map_err(|error| Error::field("window", error.code(), error.to_string()))?;
        let told = ("calendar.changed", json!({ "what": format!("window {key} changed") }));
        self.save_book(call, &book, revision, None, told).await
    }

    /// Lays a freeze.
    #[boxed]
    pub async fn freeze_add(&self, call: &Call, new: NewFreeze) -> Result<Receipt> {
        if new.until <= new.from {
            return Err(Error::field("until", "backwards", "a freeze ends after it begins"));
        }
        if new.reason.trim().is_empty() {
            return Err(Error::field(
                "reason",
                "required",
                "say why; people read it where it bites",
            ));
        }
        let id = FreezeId::new(self.seed());
        let freeze = Freeze {
            id: id.clone(),
            range: window::Slot { start: new.from, end: new.until },
            scope: new.scope,
            reason: new.reason,
            override_by: new.override_by,
        };
        self.calendar_change(call, &format!("freeze {id} laid"), Some(id.to_string()), |book| {
            book.freezes.push(freeze);
            Ok(())
        })
        .await
    }

    /// Lifts a freeze. Dates that it pushed flow back, since they are derived.
    #[boxed]
    pub async fn freeze_lift(&self, call: &Call, id: &FreezeId) -> Result<Receipt> {
        self.calendar_edit(call, &format!("freeze {id} lifted"), |book| {
            let before = book.freezes.len();
            book.freezes.retain(|it| it.id != *id);
            if book.freezes.len() == before {
                return Err(Error::NotFound { what: "freeze" });
            }
            Ok(())
        })
        .await
    }

    /// What stands at a slot, and which slots are free.
    #[boxed]
    pub async fn slot_why(
        &self,
        call: &Call,
        product: Option<&ProductId>,
        policies: &[String],
        slot: Slot,
    ) -> Result<SlotAnswer> {
        call.authorize(Action::View, Kind::Calendar, &Resource::whole(), "calendar")?;
        let book = self.calendar_book().await?.value;
        let open = open_policies(&book, policies);
        let bookings = self.bookings(&book).await?;
        let question = Question {
            target: Target { product, ..Target::default() },
            release: None,
            policies: &open,
            freezes: &book.freezes,
            bookings: &bookings,
            now: self.now(),
        };
        let verdict = window::explain(&window_slot(slot), &question);
        let length = slot.end.duration_since(slot.start);
        let next = window::next_slots(self.now(), length.as_mins(), 5, &question);
        Ok(SlotAnswer { verdict, next })
    }

    /// Bookings of windows that lie ahead.
    pub(crate) async fn bookings(&self, book: &CalendarBook) -> Result<Vec<window::Booking>> {
        let mut list = Vec::new();
        for policy in &book.policies {
            let from = self.now();
            let to = from + jiff::SignedDuration::from_hours(24 * BOOKED_DAYS_AHEAD);
            for row in rows::bookings(self.store(), &policy.key, from, to).await? {
                let end = row.slot_at + jiff::SignedDuration::from_mins(i64::from(policy.minutes));
                list.push(window::Booking {
                    release: row.release_id,
                    policy: policy.key.clone(),
                    slot: window::Slot { start: row.slot_at, end },
                });
            }
        }
        Ok(list)
    }

    /// The calendar and its bookings, read once for all slots of one question.
    pub(crate) async fn slot_judge(&self) -> Result<Judge> {
        let book = self.calendar_book().await?.value;
        let bookings = self.bookings(&book).await?;
        Ok(Judge { book, bookings })
    }
}

impl WindowChange {
    fn apply(self, policy: &mut WindowPolicy) {
        policy.start = self.start.unwrap_or(policy.start);
        policy.minutes = self.minutes.unwrap_or(policy.minutes);
        if let Some(capacity) = self.capacity {
            policy.capacity = (capacity > 0).then_some(capacity);
        }
        for day in self.dropped.keys() {
            policy.added.remove(day);
        }
        for day in self.added.keys() {
            policy.dropped.remove(day);
        }
        policy.added.extend(self.added);
        policy.dropped.extend(self.dropped);
        policy.approved.extend(self.approved);
    }
}

/// Judges slots by the calendar as it was read.
pub(crate) struct Judge {
    pub(crate) book: CalendarBook,
    pub(crate) bookings: Vec<window::Booking>,
}

impl Judge {
    /// What stands against a slot of a release under these policies.
    pub(crate) fn verdict(
        &self,
        release: &Release,
        keys: &[String],
        slot: Slot,
        now: Timestamp,
    ) -> SlotVerdict {
        let open = open_policies(&self.book, keys);
        let question = Question {
            target: Target { product: Some(&release.product), ..Target::default() },
            release: Some(&release.id),
            policies: &open,
            freezes: &self.book.freezes,
            bookings: &self.bookings,
            now,
        };
        window::explain(&window_slot(slot), &question)
    }

    /// Free slots of so many minutes for a release, the earliest first.
    pub(crate) fn free(
        &self,
        release: &Release,
        keys: &[String],
        minutes: i64,
        count: usize,
        (after, now): (Timestamp, Timestamp),
    ) -> Vec<window::Slot> {
        let open = open_policies(&self.book, keys);
        let question = Question {
            target: Target { product: Some(&release.product), ..Target::default() },
            release: Some(&release.id),
            policies: &open,
            freezes: &self.book.freezes,
            bookings: &self.bookings,
            now,
        };
        window::next_slots(after, minutes, count, &question)
    }
}

fn window_slot(slot: Slot) -> window::Slot {
    window::Slot { start: slot.start, end: slot.end }
}

fn open_policies(book: &CalendarBook, keys: &[String]) -> Vec<OpenPolicy> {
    book.policies
        .iter()
        .filter(|it| keys.contains(&it.key))
        .filter_map(|it| it.open().ok())
        .collect()
}

fn presets(zone: &str) -> CalendarBook {
    CalendarBook {
        calendars: vec![Calendar::ordinary("main", zone)],
        policies: window::presets(zone),
        freezes: Vec::new(),
    }
}

/// True when this actor may pass every block, by a role that the rule names.
pub(crate) fn may_pass(blocks: &[Block], roles: &[String]) -> bool {
    !blocks.is_empty()
        && blocks.iter().all(|block| {
            let by = block.override_roles();
            by.iter().any(|role| roles.contains(role))
        })
}

/// A block in the words of the run.
pub fn waiting_of(block: &Block) -> WaitingOn {
    match block {
        Block::Empty => WaitingOn::Slot,
        Block::InThePast { now } => WaitingOn::Past { start: *now },
        Block::OutsideWindow { policies, next_opens, .. } => WaitingOn::Window {
            policy: policies.join(", "),
            opens: next_opens.as_ref().map(|it| it.start),
        },
        Block::TooLong { policy, window, .. } => {
            WaitingOn::Window { policy: policy.clone(), opens: Some(window.start) }
        }
        Block::YearNotApproved { policy, .. } => {
            WaitingOn::Window { policy: policy.clone(), opens: None }
        }
        Block::Full { policy, booked_by, .. } => WaitingOn::Capacity {
            policy: policy.clone(),
            taken_by: booked_by.iter().map(ReleaseId::to_string).collect(),
        },
        Block::Frozen { freeze, reason, until, override_by } => WaitingOn::Freeze {
            freeze: freeze.to_string(),
            reason: reason.clone(),
            until: *until,
            override_by: override_by.clone().unwrap_or_default(),
        },
    }
}
