//! What a run must know about the world: people, sites, windows, bytes.

use super::waiting::WaitingOn;
use crate::ids::{PersonId, UnitId};
use crate::process::expr::Value;
use crate::process::template::RoleRef;
use crate::rollout::Code;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Who asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Actor {
    /// A person.
    Person(PersonId),
    /// A reconciler of the product itself.
    System,
}

/// Somebody stands in for somebody, between two dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Deputy {
    /// For whom.
    pub of: PersonId,
    /// Who.
    pub deputy: PersonId,
    /// From.
    pub from: Timestamp,
    /// To.
    pub until: Timestamp,
}

/// Counts over the sites of a release; they are rows, so the run sees only sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteCounts {
    /// Whole sites in scope.
    pub total: u32,
    /// Places to be updated beyond one at each site: a site may be updated part by part.
    pub more_places: u32,
    /// The same of the sites that declined.
    pub more_declined: u32,
    /// Accepted.
    pub accepted: u32,
    /// Asked for another date.
    pub postponed: u32,
    /// Declined.
    pub declined: u32,
    /// Release notes read.
    pub informed: u32,
    /// Running the version, verified.
    pub succeeded: u32,
    /// Tried and failed, not resolved.
    pub failed: u32,
    /// Back on the former version.
    pub rolled_back: u32,
    /// Left out with a reason.
    pub skipped: u32,
    /// Feedback given.
    pub feedback: u32,
    /// Contact talks planned.
    pub contacts: u32,
    /// Contact talks not recorded yet.
    pub contacts_open: u32,
    /// The rollout stands still: why, and in which wave.
    pub stands: Option<(Code, u32)>,
}

impl SiteCounts {
    /// Sites that have given no answer.
    pub fn undecided(&self) -> u32 {
        self.total.saturating_sub(self.accepted + self.postponed + self.declined)
    }

    /// Places where the version is to run: each site, or each part of it.
    pub fn places(&self) -> u32 {
        self.total.saturating_add(self.more_places)
    }

    /// Places that have neither the version nor a reason why not.
    pub fn unreported(&self) -> u32 {
        let declined = self.declined + self.more_declined;
        self.places().saturating_sub(self.succeeded + self.rolled_back + self.skipped + declined)
    }
}

/// One of the things that a step may fan out over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is known by; stays the same while it is edited.
    pub id: String,
    /// As people call it.
    pub label: String,
}

/// Everything that a decision may depend on besides template and run.
#[derive(Clone, Debug)]
pub struct Context {
    /// Now.
    pub now: Timestamp,
    /// Who asks.
    pub actor: Actor,
    /// Holders of each declared role, for this run.
    pub holders: BTreeMap<String, Vec<PersonId>>,
    /// Who applied, and for which unit.
    pub applicant: PersonId,
    /// Unit of the applicant.
    pub applicant_unit: Option<UnitId>,
    /// Head of the applicant's unit, found through the organization tree.
    pub applicant_head: Option<PersonId>,
    /// Heads of the units named in fields, by field.
    pub heads_of: BTreeMap<String, Vec<PersonId>>,
    /// Leads of the modules named in fields, by field.
    pub leads: BTreeMap<String, Vec<PersonId>>,
    /// Persons named in fields, by field.
    pub field_persons: BTreeMap<String, PersonId>,
    /// Who may authorize releases of the product, by its list.
    pub authorizers: Vec<PersonId>,
    /// The person who leads the release.
    pub lead: PersonId,
    /// People who wrote or changed the release's content.
    pub editors: Vec<PersonId>,
    /// Deputies in force or planned.
    pub deputies: Vec<Deputy>,
    /// True when the actor may pass blocks of windows and freezes and lead times.
    pub may_pass_blocks: bool,
    /// What stands against the slot in question: the asked one for `SetSlot`, else the planned one.
    pub slot_blocks: Vec<WaitingOn>,
    /// What stands against working in production at this moment (freeze, closed window).
    pub now_blocks: Vec<WaitingOn>,
    /// Sums over the sites.
    pub sites: SiteCounts,
    /// Related releases that are not closed, by number.
    pub related_open: Vec<String>,
    /// Runs that steps of this round called, by step and instance (empty: the step itself).
    pub calls: BTreeMap<String, BTreeMap<String, super::calls::Called>>,
    /// Open issues that block the go-live.
    pub blocking_issues: u32,
    /// Lists that steps fan out over: `change_item`, `issue`, `customer`.
    pub lists: BTreeMap<String, Vec<Member>>,
    /// Facts of the release for conditions: `release.kind`, `release.mode`, …
    pub facts: BTreeMap<String, Value>,
    /// SHA-256 (hex) of what each approval step would sign at this moment, and of what each step
    /// asks sites to confirm.
    pub digests: BTreeMap<String, String>,
    /// How many sites, of those that have to decide, said yes to which of these bytes.
    pub yes_to: BTreeMap<String, u32>,
    /// Run sheet of the release's own action plan, by step.
    pub sheets: BTreeMap<String, Vec<super::state::SheetLine>>,
    /// Earliest and latest moments of steps, resolved from their time forms.
    pub opens_at: BTreeMap<String, Timestamp>,
    /// When each step is due.
    pub due_at: BTreeMap<String, Timestamp>,
    /// When open approvals that nobody gives are escalated.
    pub expires_at: BTreeMap<String, Timestamp>,
}

impl Context {
    /// A context in which nothing is known yet but the moment and who asks.
    pub fn bare(now: Timestamp, actor: Actor, lead: PersonId) -> Context {
        Context {
            now,
            actor,
            holders: BTreeMap::new(),
            applicant: lead.clone(),
            applicant_unit: None,
            applicant_head: None,
            heads_of: BTreeMap::new(),
            leads: BTreeMap::new(),
            field_persons: BTreeMap::new(),
            authorizers: Vec::new(),
            lead,
            editors: Vec::new(),
            deputies: Vec::new(),
            may_pass_blocks: false,
            slot_blocks: Vec::new(),
            now_blocks: Vec::new(),
            sites: SiteCounts::default(),
            related_open: Vec::new(),
            calls: BTreeMap::new(),
            blocking_issues: 0,
            lists: BTreeMap::new(),
            facts: BTreeMap::new(),
            digests: BTreeMap::new(),
            yes_to: BTreeMap::new(),
            sheets: BTreeMap::new(),
            opens_at: BTreeMap::new(),
            due_at: BTreeMap::new(),
            expires_at: BTreeMap::new(),
        }
    }

    /// Who may perform in this role reference.
    pub fn holders_of(&self, role: &RoleRef) -> Vec<PersonId> {
        match role {
            RoleRef::Role(id) => self.holders.get(id).cloned().unwrap_or_default(),
            RoleRef::HeadOfApplicant => self.applicant_head.iter().cloned().collect(),
            RoleRef::Authorizer => self.authorizers.clone(),
            RoleRef::HeadsOf(field) => self.heads_of.get(field).cloned().unwrap_or_default(),
            RoleRef::FieldPerson(field) => {
                self.field_persons.get(field).cloned().into_iter().collect()
            }
            RoleRef::Lead(field) => self.leads.get(field).cloned().unwrap_or_default(),
            // Contacts answer on their own page through links.
            RoleRef::SiteContact(_) => Vec::new(),
        }
    }

    /// People for whom this person may act now: themselves, and whom they stand in for.
    pub fn acts_for(&self, person: &PersonId) -> Vec<PersonId> {
        let mut people = vec![person.clone()];
        people.extend(
            self.deputies
                .iter()
                .filter(|it| it.deputy == *person && it.from <= self.now && self.now < it.until)
                .map(|it| it.of.clone()),
        );
        people
    }

    /// The holder in whose place this person acts in a role: themselves first, else as a deputy.
    pub fn acting_as(&self, person: &PersonId, role: &RoleRef) -> Option<PersonId> {
        let holders = self.holders_of(role);
        self.acts_for(person).into_iter().find(|it| holders.contains(it))
    }
}

/// How a role reference is written in messages and stored confirmations.
pub fn role_name(role: &RoleRef) -> String {
    match role {
        RoleRef::Role(id) => id.clone(),
        RoleRef::HeadOfApplicant => "head_of(applicant.unit)".to_owned(),
        RoleRef::HeadsOf(field) => format!("heads_of(field.{field})"),
        RoleRef::SiteContact(kind) => format!("site.contact({kind})"),
        RoleRef::Lead(module) => format!("lead({module})"),
        RoleRef::FieldPerson(field) => format!("field.{field}"),
        RoleRef::Authorizer => "authorizer(product)".to_owned(),
    }
}
