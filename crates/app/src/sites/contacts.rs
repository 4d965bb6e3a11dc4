//! Contacts of sites: who is told and who answers without an account.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{ContactId, SiteId};
use roadbook_core::text::Lang;
use roadbook_store::sites::{self, Contact};
use roadbook_store::{Commit, sessions};
use serde_json::json;

/// Contacts of one site.
const CONTACTS_MAX: usize = 100;

/// What a contact is made or changed with.
#[derive(Clone, Debug, Default)]
pub struct ContactInput {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Language.
    pub lang: String,
    /// What the contact is for: `admin`, `user`, …
    pub kind: String,
    /// Still there.
    pub active: bool,
}

impl App {
    /// Adds a contact to a site.
    #[boxed]
    pub async fn contact_add(
        &self,
        call: &Call,
        site: &SiteId,
        input: ContactInput,
    ) -> Result<Receipt> {
        let place = self.site_resource(site).await?;
        call.authorize(Action::Edit, Kind::Site, &place, "site")?;
        self.whole(&self.site_row(site).await?).await?;
        if sites::contacts(self.store(), std::slice::from_ref(site)).await?.len() >= CONTACTS_MAX {
            return Err(Error::field(
                "site",
                "too_many",
                "has as many contacts as a site can have",
            ));
        }
        let mut contact = new_contact(ContactId::new(self.seed()), site.clone());
        let mut check = Check::new();
        fill(&mut check, &mut contact, &input);
        check.done()?;
        let mut commit = self.begin(call);
        write_contact(&mut commit, &contact, true);
        let receipt = Receipt {
            id: contact.id.to_string(),
            label: contact.name,
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Changes a contact. One that is no longer there loses every link at once.
    #[boxed]
    pub async fn contact_edit(
        &self,
        call: &Call,
        id: &ContactId,
        input: ContactInput,
    ) -> Result<Receipt> {
        let found = sites::contact(self.store(), id).await?;
        let mut contact = found.ok_or(Error::NotFound { what: "contact" })?;
        let place = self.site_resource(&contact.site_id).await?;
        call.authorize(Action::Edit, Kind::Site, &place, "contact")?;
        call.check_revision(contact.revision, "contact")?;
        let mut check = Check::new();
        fill(&mut check, &mut contact, &input);
        check.done()?;
        let mut commit = self.begin(call);
        write_contact(&mut commit, &contact, false);
        if !contact.active {
            commit.writes.push(sessions::end_links_of_contact(id, commit.at));
        }
        let receipt = Receipt {
            id: id.to_string(),
            label: contact.name,
            revision: contact.revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }
}

/// A contact without content.
pub(crate) fn new_contact(id: ContactId, site: SiteId) -> Contact {
    Contact {
        id,
        site_id: site,
        name: String::new(),
        email: None,
        lang: Lang::En,
        kind: String::new(),
        active: true,
        revision: 1,
    }
}

/// Takes over what was given.
pub(crate) fn fill(check: &mut Check, contact: &mut Contact, input: &ContactInput) {
    contact.name = check.name("name", &input.name);
    contact.email = check.email("email", input.email.as_deref());
    contact.lang = check.lang("lang", &input.lang);
    contact.active = input.active;
    let kind = input.kind.trim().to_lowercase();
    contact.kind = if kind.is_empty() { "admin".to_owned() } else { check.key("kind", &kind) };
}

/// Writes a contact. The record knows the id, never the name.
pub(crate) fn write_contact(commit: &mut Commit, contact: &Contact, new: bool) {
    commit.writes.push(if new {
        sites::insert_contact(contact)
    } else {
        sites::update_contact(contact)
    });
    commit.entries.push(roadbook_store::Entry {
        stream: format!("site/{}", contact.site_id),
        kind: if new { "contact.added" } else { "contact.changed" }.to_owned(),
        body: json!({
            "contact": contact.id.as_str(),
            "kind": contact.kind,
            "active": contact.active,
        }),
    });
}
