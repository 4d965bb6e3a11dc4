//! Tokened links: one thing is opened for somebody without a session.

use super::{Session, token_hash};
use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::{Action, Actor, Kind, Who};
use roadbook_core::ids::{ContactId, LinkId, NoticeId, PersonId, ReleaseId, SiteId};
use roadbook_store::sessions::{self, Link};
use roadbook_store::{Scope, Write, people, sites};

/// So long a link to set a password holds.
pub(crate) const PASSWORD_LASTS: SignedDuration = SignedDuration::from_hours(72);

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Sets a password.
    Password,
    /// Opens a site's own page for its contact.
    Site,
    /// Says that a notice was read.
    Notice,
    /// Signs in without a password: only the demo makes such links.
    SignIn,
    /// Lets the agent of a site in.
    Agent,
}

impl LinkKind {
    /// All kinds.
    pub const ALL: [LinkKind; 5] =
        [LinkKind::Password, LinkKind::Site, LinkKind::Notice, LinkKind::SignIn, LinkKind::Agent];

    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            LinkKind::Password => "password",
            LinkKind::Site => "site",
            LinkKind::Notice => "notice",
            LinkKind::SignIn => "sign_in",
            LinkKind::Agent => "agent",
        }
    }

    /// Reads a short name.
    pub fn parse(text: &str) -> Option<LinkKind> {
        LinkKind::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// A link to be made.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// What for.
    pub kind: LinkKind,
    /// For this person.
    pub person: Option<PersonId>,
    /// For this contact.
    pub contact: Option<ContactId>,
    /// Opens this site.
    pub site: Option<SiteId>,
    /// Came with this notice.
    pub notice: Option<NoticeId>,
    /// Opens this release.
    pub release: Option<ReleaseId>,
    /// How long it holds.
    pub lasts: SignedDuration,
    /// Works once.
    pub single_use: bool,
}

impl NewLink {
    /// A link of a kind that opens nothing yet.
    pub fn new(kind: LinkKind, lasts: SignedDuration, single_use: bool) -> NewLink {
        NewLink {
            kind,
            person: None,
            contact: None,
            site: None,
            notice: None,
            release: None,
            lasts,
            single_use,
        }
    }
}

/// What a valid link opens.
#[derive(Clone, Debug)]
pub struct LinkSession {
    /// Id of the link.
    pub id: LinkId,
    /// What for.
    pub kind: LinkKind,
    /// Who acts through it; a contact acts for one site only.
    pub actor: Actor,
    /// What lists are filtered by.
    pub scope: Scope,
    /// Person.
    pub person: Option<PersonId>,
    /// Contact.
    pub contact: Option<ContactId>,
    /// Site.
    pub site: Option<SiteId>,
    /// Notice.
    pub notice: Option<NoticeId>,
    /// Release.
    pub release: Option<ReleaseId>,
    /// Ends at.
    pub expires_at: Timestamp,
    /// Works once.
    pub single_use: bool,
}

impl LinkSession {
    /// A call through this link.
    pub fn call(&self) -> Call {
        Call::of(self.actor.clone())
    }
}

impl App {
    /// A link as a write for a bigger commit (a notice, a release that starts), and its secret.
    pub(crate) fn link_write(&self, new: &NewLink) -> (LinkId, String, Write) {
        let secret = format!("rbl_{}", self.ports().secret());
        let link = Link {
            id: LinkId::new(self.seed()),
            token_hash: token_hash(&secret),
            kind: new.kind.name().to_owned(),
            person_id: new.person.clone(),
            contact_id: new.contact.clone(),
            site_id: new.site.clone(),
            notice_id: new.notice.clone(),
            release_id: new.release.clone(),
            expires_at: self.now() + new.lasts,
            single_use: new.single_use,
            used_at: None,
        };
        let write = sessions::insert_link(&link);
        (link.id, secret, write)
    }

    /// Makes a link at the product's own wish. Links of persons act with their rights, so nobody
    /// outside of this crate's use cases and the demo calls it.
    #[boxed]
    pub async fn link_create(&self, new: NewLink) -> Result<(LinkId, String)> {
        let (id, secret, write) = self.link_write(&new);
        let commit = self.begin(&Call::system()).write(write);
        let commit = commit.entry(
            format!("link/{id}"),
            "link.made",
            serde_json::json!({
                "kind": new.kind.name(),
                "person": new.person.as_ref().map(PersonId::as_str),
                "contact": new.contact.as_ref().map(ContactId::as_str),
                "site": new.site.as_ref().map(SiteId::as_str),
                "notice": new.notice.as_ref().map(NoticeId::as_str),
                "release": new.release.as_ref().map(ReleaseId::as_str),
            }),
        );
        self.store().commit(commit).await?;
        Ok((id, secret))
    }

    /// Makes a link to a site's own page for one of its contacts.
    #[boxed]
    pub async fn site_link(&self, call: &Call, contact: &ContactId) -> Result<Receipt> {
        let found = sites::contact(self.store(), contact).await?.filter(|it| it.active);
        let found = found.ok_or(Error::NotFound { what: "contact" })?;
        let resource = self.site_resource(&found.site_id).await?;
        call.authorize(Action::Edit, Kind::Site, &resource, "contact")?;
        let new = NewLink {
            contact: Some(found.id.clone()),
            site: Some(found.site_id.clone()),
            ..NewLink::new(LinkKind::Site, SignedDuration::from_hours(24 * 90), false)
        };
        let (id, secret, write) = self.link_write(&new);
        let facts = serde_json::json!({ "link": id.as_str(), "contact": contact.as_str() });
        let commit = self.begin(call).write(write).entry(
            format!("site/{}", found.site_id),
            "site.link_made",
            facts,
        );
        let receipt = Receipt {
            id: id.to_string(),
            created: true,
            secret: Some(secret),
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// What a link opens, if it is valid. A link that works once is not used up by looking.
    #[boxed]
    pub async fn link(&self, secret: &str) -> Result<Option<LinkSession>> {
        let found =
            sessions::link_by_token(self.store(), &token_hash(secret.trim()), self.now()).await?;
        let Some(link) = found else { return Ok(None) };
        let Some(kind) = LinkKind::parse(&link.kind) else { return Ok(None) };
        let Some(who) = self.who_of(&link).await? else { return Ok(None) };
        let scope = match &who {
            Who::Contact(_, site) => Scope { sites: vec![site.clone()], ..Scope::none() },
            _ => Scope::none(),
        };
        Ok(Some(LinkSession {
            id: link.id,
            kind,
            actor: Actor { who, ..Actor::anonymous() },
            scope,
            person: link.person_id,
            contact: link.contact_id,
            site: link.site_id,
            notice: link.notice_id,
            release: link.release_id,
            expires_at: link.expires_at,
            single_use: link.single_use,
        }))
    }

    /// Who acts through a link; `None` when the person or contact is gone.
    async fn who_of(&self, link: &Link) -> Result<Option<Who>> {
        if let Some(id) = &link.contact_id {
            let contact = sites::contact(self.store(), id).await?.filter(|it| it.active);
            return Ok(contact.map(|it| Who::Contact(it.id, it.site_id)));
        }
        if let Some(id) = &link.person_id {
            let person = people::get(self.store(), id).await?.filter(|it| it.active);
            return Ok(person.map(|it| Who::Person(it.id)));
        }
        Ok(Some(Who::Anonymous))
    }

    /// Makes a link with which a person sets a password: for a new account or a forgotten one.
    #[boxed]
    pub async fn invite(&self, call: &Call, person: &PersonId) -> Result<Receipt> {
        let found = self.person_of(person).await?;
        let resource = self.unit_resource(&found.unit_id).await?;
        call.authorize(Action::Administer, Kind::People, &resource, "person")?;
        if found.login.is_none() || !found.active {
            return Err(Error::Rule {
                code: "cannot_sign_in",
                message: "this person has no name to sign in with or is not active; change that \
                          first"
                    .to_owned(),
            });
        }
        let new = NewLink {
            person: Some(person.clone()),
            ..NewLink::new(LinkKind::Password, PASSWORD_LASTS, true)
        };
        let (id, secret, write) = self.link_write(&new);
        let commit = self.begin(call).write(write).entry(
            format!("person/{person}"),
            "person.invited",
            serde_json::json!({ "link": id.as_str() }),
        );
        let receipt = Receipt {
            id: person.to_string(),
            label: found.login.unwrap_or_default(),
            revision: found.revision,
            created: true,
            secret: Some(secret),
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Sets a password through a link; the link is used up and all sessions end.
    #[boxed]
    pub async fn password_set(&self, secret: &str, password: &str) -> Result<Receipt> {
        let link = self.link(secret).await?.filter(|it| it.kind == LinkKind::Password);
        let link = link.ok_or_else(link_gone)?;
        let id = link.person.clone().ok_or_else(link_gone)?;
        let person = self.person_of(&id).await?;
        self.password_store(&link.call(), person, password, None, Some(&link.id)).await
    }

    /// Signs in through a link that works once: the demo's way in.
    #[boxed]
    pub async fn sign_in_by_link(&self, secret: &str) -> Result<(String, Session)> {
        let link = self.link(secret).await?.filter(|it| it.kind == LinkKind::SignIn);
        let link = link.ok_or_else(link_gone)?;
        let id = link.person.clone().ok_or_else(link_gone)?;
        let person = self.person_of(&id).await?;
        let commit = self.begin(&link.call()).write(sessions::use_link(&link.id, self.now()));
        self.store().commit(commit).await?;
        self.session_begin(&person, "link").await
    }
}

fn link_gone() -> Error {
    Error::Rule {
        code: "link_gone",
        message: "this link was used or has ended; ask for a new one".to_owned(),
    }
}
