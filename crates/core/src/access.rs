//! Who may do what: one small table, judged grant by grant.
//!
//! A right never comes from the maximum over several grants: each grant is asked on its own,
//! inside its own scope. What somebody may not view does not exist for them.

use crate::ids::{ContactId, PersonId, ProductId, ReleaseId, SiteId, UnitId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Roles that the product itself knows. Roles of processes are data of the process; whoever holds
/// one in a release takes part in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation: people, roles, settings.
    Admin,
    /// Plans and leads releases.
    Manager,
    /// Owns processes and calendars.
    ProcessOwner,
    /// Takes part in releases through roles of the process.
    Member,
    /// Reads, also the record.
    Auditor,
    /// A contact of a site, through a link.
    SiteContact,
}

impl Role {
    /// All roles, in the order of the table.
    pub const ALL: [Role; 6] = [
        Role::Admin,
        Role::Manager,
        Role::ProcessOwner,
        Role::Member,
        Role::Auditor,
        Role::SiteContact,
    ];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::ProcessOwner => "process_owner",
            Role::Member => "member",
            Role::Auditor => "auditor",
            Role::SiteContact => "site_contact",
        }
    }

    /// Reads a short name; `None` is a role of a process.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == text)
    }
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// See that it exists, and read it.
    View,
    /// Make a new one.
    Create,
    /// Change its content.
    Edit,
    /// Do work in it: steps, opinions, documents, approvals. The process narrows it to roles.
    Act,
    /// Give orders: plan, start, hold, resume, cancel, close.
    Lead,
    /// Answer for a site: accept, postpone, decline, feedback.
    Answer,
    /// Take it away as a file.
    Export,
    /// Give and take roles, change settings.
    Administer,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 8] = [
        Action::View,
        Action::Create,
        Action::Edit,
        Action::Act,
        Action::Lead,
        Action::Answer,
        Action::Export,
        Action::Administer,
    ];
}

/// Kinds of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// People, units, roles.
    People,
    /// Settings, backup, outbox.
    Settings,
    /// Windows, freezes, holidays.
    Calendar,
    /// Products and versions.
    Product,
    /// Processes.
    Process,
    /// Releases with their documents and notices.
    Release,
    /// Sites, their versions and contacts.
    Site,
    /// The record.
    Record,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 8] = [
        Kind::People,
        Kind::Settings,
        Kind::Calendar,
        Kind::Product,
        Kind::Process,
        Kind::Release,
        Kind::Site,
        Kind::Record,
    ];
}

/// Where a grant holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Scope {
    /// Everywhere.
    All,
    /// In a unit and the units below it.
    Unit(UnitId),
    /// For a product.
    Product(ProductId),
    /// For a release.
    Release(ReleaseId),
    /// For a site.
    Site(SiteId),
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// A role of the product or of a process.
    pub role: String,
    /// Where.
    pub scope: Scope,
    /// From; `None` is always.
    pub from: Option<Timestamp>,
    /// Until; `None` is for good.
    pub until: Option<Timestamp>,
}

impl Grant {
    /// In force at this moment.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|it| it <= now) && self.until.is_none_or(|it| now < it)
    }
}

/// Who is acting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A signed-in person.
    Person(PersonId),
    /// A contact of a site through a link.
    Contact(ContactId, SiteId),
    /// The program that installs at a site, with its own token.
    Agent(SiteId),
    /// Nobody is signed in.
    Anonymous,
    /// The product's own reconcilers.
    System,
}

/// Who is acting, with what they were granted; only grants in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// Grants in force.
    pub grants: Vec<Grant>,
    /// Releases in which the person holds a role or is the lead.
    pub takes_part: Vec<ReleaseId>,
}

impl Actor {
    /// The product itself.
    pub fn system() -> Actor {
        Actor { who: Who::System, grants: Vec::new(), takes_part: Vec::new() }
    }

    /// Nobody.
    pub fn anonymous() -> Actor {
        Actor { who: Who::Anonymous, grants: Vec::new(), takes_part: Vec::new() }
    }

    /// The signed-in person.
    pub fn person(&self) -> Option<&PersonId> {
        match &self.who {
            Who::Person(id) => Some(id),
            _ => None,
        }
    }

    /// How the actor stands in the record.
    pub fn name(&self) -> String {
        match &self.who {
            Who::Person(id) => id.to_string(),
            Who::Contact(id, _) => id.to_string(),
            Who::Agent(site) => format!("agent/{site}"),
            Who::Anonymous => "anonymous".to_owned(),
            Who::System => "system".to_owned(),
        }
    }
}

/// A thing, with what places it in scopes.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Resource {
    /// Unit and all units above it.
    pub units: Vec<UnitId>,
    /// Product.
    pub product: Option<ProductId>,
    /// Release.
    pub release: Option<ReleaseId>,
    /// Site.
    pub site: Option<SiteId>,
    /// The site that it is a part of: whoever reaches that one reaches its parts.
    pub part_of: Option<SiteId>,
    /// Public by its nature, e.g. a published release page.
    pub public: bool,
}

impl Resource {
    /// The installation as a whole.
    pub fn whole() -> Resource {
        Resource::default()
    }
}

/// The table: what a role may do with a kind of thing, inside its scope.
pub const fn may(role: Role, action: Action, kind: Kind) -> bool {
    use Action as A;
    use Kind as K;
    match (role, action, kind) {
        // The administrator runs the installation and does not thereby approve or lead releases.
        (Role::Admin, A::View | A::Export, _) => true,
        (Role::Admin, A::Administer, K::People | K::Settings) => true,
        (
            Role::Admin,
            A::Create | A::Edit,
            K::People | K::Settings | K::Calendar | K::Product | K::Site,
        ) => true,
        (Role::Admin, _, _) => false,

        (Role::Manager, A::View, K::Settings) => false,
        (Role::Manager, A::View, _) => true,
        (Role::Manager, A::Create | A::Edit, K::Release | K::Product | K::Site) => true,
        (Role::Manager, A::Act | A::Lead | A::Answer | A::Export, K::Release | K::Site) => true,
        (Role::Manager, A::Export, K::Record) => true,
        (Role::Manager, _, _) => false,

        (Role::ProcessOwner, A::View, K::Settings) => false,
        (Role::ProcessOwner, A::View, _) => true,
        (Role::ProcessOwner, A::Create | A::Edit | A::Export, K::Process | K::Calendar) => true,
        (Role::ProcessOwner, A::Act, K::Release) => true,
        (Role::ProcessOwner, _, _) => false,

        (Role::Member, A::View, K::Settings | K::Record) => false,
        (Role::Member, A::View, _) => true,
        (Role::Member, A::Act, K::Release) => true,
        (Role::Member, _, _) => false,

        (Role::Auditor, A::View | A::Export, K::Settings) => false,
        (Role::Auditor, A::View | A::Export, _) => true,
        (Role::Auditor, _, _) => false,

        (Role::SiteContact, A::View | A::Answer, K::Site) => true,
        (Role::SiteContact, _, _) => false,
    }
}

/// Does this scope hold the resource?
fn inside(scope: &Scope, resource: &Resource) -> bool {
    match scope {
        Scope::All => true,
        Scope::Unit(unit) => resource.units.contains(unit),
        Scope::Product(product) => resource.product.as_ref() == Some(product),
        Scope::Release(release) => resource.release.as_ref() == Some(release),
        Scope::Site(site) => at_site(resource, site),
    }
}

/// At this site, or at a part of it.
fn at_site(resource: &Resource, site: &SiteId) -> bool {
    [&resource.site, &resource.part_of].into_iter().flatten().any(|it| it == site)
}

/// The one question. Deny by default.
pub fn allowed(actor: &Actor, action: Action, kind: Kind, resource: &Resource) -> bool {
    match &actor.who {
        Who::System => true,
        Who::Anonymous => resource.public && action == Action::View,
        Who::Contact(_, site) => at_site(resource, site) && may(Role::SiteContact, action, kind),
        // It sees its own site and reports what came of its orders, and nothing else.
        Who::Agent(site) => {
            resource.site.as_ref() == Some(site)
                && kind == Kind::Site
                && matches!(action, Action::View | Action::Answer)
        }
        Who::Person(_) => {
            // Things that stand in no scope (processes, the calendar, the list of people) belong
            // to the whole installation: reading them needs any grant, changing them a wide one.
            let placed = *resource != Resource::default();
            let by_grant = actor.grants.iter().any(|grant| {
                let Some(role) = Role::parse(&grant.role) else { return false };
                let reach = inside(&grant.scope, resource)
                    || (!placed && action == Action::View && role != Role::SiteContact);
                reach && may(role, action, kind)
            });
            let by_part = resource.release.as_ref().is_some_and(|it| actor.takes_part.contains(it))
                && kind == Kind::Release
                && matches!(action, Action::View | Action::Act);
            by_grant || by_part
        }
    }
}

/// The table as text, for people: one block a kind, a row a role.
pub fn table() -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        text.push_str(&format!("{kind:?}\n  {:<14}", ""));
        for action in Action::ALL {
            text.push_str(&format!("{:<11}", format!("{action:?}").to_lowercase()));
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
        for role in Role::ALL {
            text.push_str(&format!("  {:<14}", role.name()));
            for action in Action::ALL {
                let mark = if may(role, action, kind) { "yes" } else { "-" };
                text.push_str(&format!("{mark:<11}"));
            }
            let trimmed = text.trim_end_matches(' ').len();
            text.truncate(trimmed);
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::IdSeed;

    fn site(n: u128) -> SiteId {
        SiteId::new(IdSeed { millis: 1, random: n })
    }

    #[test]
    fn a_grant_reaches_its_own_scope_only() {
        let person = PersonId::new(IdSeed { millis: 1, random: 1 });
        let grant = |role: &str, site: SiteId| Grant {
            role: role.to_owned(),
            scope: Scope::Site(site),
            from: None,
            until: None,
        };
        // Manager at one site, auditor at another: the rights never mix.
        let actor = Actor {
            who: Who::Person(person),
            grants: vec![grant("manager", site(1)), grant("auditor", site(2))],
            takes_part: vec![],
        };
        let at = |n| Resource { site: Some(site(n)), ..Resource::default() };
        assert!(allowed(&actor, Action::Edit, Kind::Site, &at(1)));
        assert!(allowed(&actor, Action::View, Kind::Site, &at(2)));
        assert!(!allowed(&actor, Action::Edit, Kind::Site, &at(2)));
        assert!(!allowed(&actor, Action::View, Kind::Site, &at(3)));
    }

    #[test]
    fn a_site_contact_sees_one_site() {
        let contact = ContactId::new(IdSeed { millis: 1, random: 1 });
        let actor =
            Actor { who: Who::Contact(contact, site(1)), grants: vec![], takes_part: vec![] };
        let at = |n| Resource { site: Some(site(n)), ..Resource::default() };
        assert!(allowed(&actor, Action::Answer, Kind::Site, &at(1)));
        assert!(!allowed(&actor, Action::View, Kind::Site, &at(2)));
        // A part of the site is seen with it; a part of another is not.
        let part = |of| Resource { part_of: Some(site(of)), ..at(3) };
        assert!(allowed(&actor, Action::Answer, Kind::Site, &part(1)));
        assert!(!allowed(&actor, Action::View, Kind::Site, &part(2)));
        assert!(!allowed(&actor, Action::View, Kind::Release, &at(1)));
        assert!(!allowed(&actor, Action::View, Kind::People, &Resource::whole()));
    }

    // proves: S4h-01/U
    #[test]
    fn an_agent_answers_for_its_own_site_only() {
        let actor = Actor { who: Who::Agent(site(1)), ..Actor::anonymous() };
        let at = |n| Resource { site: Some(site(n)), ..Resource::default() };
        for kind in Kind::ALL {
            for action in Action::ALL {
                let own = kind == Kind::Site && matches!(action, Action::View | Action::Answer);
                assert_eq!(allowed(&actor, action, kind, &at(1)), own, "{action:?} {kind:?}");
                assert!(!allowed(&actor, action, kind, &at(2)));
                let part = Resource { part_of: Some(site(1)), ..at(2) };
                assert!(!allowed(&actor, action, kind, &part), "a part has an agent of its own");
                assert!(!allowed(&actor, action, kind, &Resource::whole()));
            }
        }
    }

    #[test]
    fn nobody_who_is_not_signed_in_sees_anything_that_is_not_public() {
        for kind in Kind::ALL {
            for action in Action::ALL {
                assert!(!allowed(&Actor::anonymous(), action, kind, &Resource::whole()));
            }
        }
    }

    #[test]
    fn the_table_is_the_golden_file() {
        insta::assert_snapshot!("access", table());
    }
}
