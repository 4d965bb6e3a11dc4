//! Sessions of people, and tokened links. Only hashes of tokens are kept.

use crate::Store;
use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::table::{self, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::{ContactId, LinkId, NoticeId, PersonId, ReleaseId, SessionId, SiteId};

row! {
    /// A session.
    pub struct Session in "session" key (id) {
        /// Id.
        id: SessionId,
        /// SHA-256 of the token.
        token_hash: Vec<u8>,
        /// Whose it is.
        person_id: PersonId,
        /// Since when.
        created_at: Timestamp,
        /// Last used.
        last_seen_at: Timestamp,
        /// Ends at.
        expires_at: Timestamp,
        /// When the password was last asked for again.
        step_up_at: Option<Timestamp>,
    }
}

row! {
    /// A link that opens one thing for somebody without a session.
    pub struct Link in "link" key (id) {
        /// Id.
        id: LinkId,
        /// SHA-256 of the token.
        token_hash: Vec<u8>,
        /// What it is for.
        kind: String,
        /// For this person.
        person_id: Option<PersonId>,
        /// For this contact.
        contact_id: Option<ContactId>,
        /// Opens this site.
        site_id: Option<SiteId>,
        /// Came with this notice.
        notice_id: Option<NoticeId>,
        /// Opens this release.
        release_id: Option<ReleaseId>,
        /// Ends at.
        expires_at: Timestamp,
        /// Works once.
        single_use: bool,
        /// First used.
        used_at: Option<Timestamp>,
    }
}

/// The session of a token that has not ended.
pub async fn by_token(
    store: &Store,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let params = vec![token_hash.to_vec().put(), now.put()];
    select_one(store, "WHERE token_hash = $1 AND expires_at > $2", params).await
}

/// Sessions of a person.
pub async fn of_person(store: &Store, person: &PersonId) -> Result<Vec<Session>, StoreError> {
    select(store, "WHERE person_id = $1 ORDER BY created_at, id", vec![person.put()]).await
}

/// Begins a session.
pub fn insert(session: &Session) -> Write {
    table::insert(session)
}

/// Notes that a session was used, and until when it lasts now.
pub fn touch(id: &SessionId, seen: Timestamp, expires: Timestamp) -> Write {
    const SQL: &str = "UPDATE session SET last_seen_at = $1, expires_at = $2 WHERE id = $3";
    Write::new(SQL, vec![seen.put(), expires.put(), id.put()], Expect::Any)
}

/// Notes that the password was asked for again.
pub fn step_up(id: &SessionId, at: Timestamp) -> Write {
    const SQL: &str = "UPDATE session SET step_up_at = $1 WHERE id = $2";
    let miss = Miss::Stale { what: "session".into(), id: id.to_string() };
    Write::new(SQL, vec![at.put(), id.put()], Expect::One(miss))
}

/// Ends a session.
pub fn end(id: &SessionId) -> Write {
    Write::new("DELETE FROM session WHERE id = $1", vec![id.put()], Expect::Any)
}

/// Ends all sessions of a person but one.
pub fn end_others(person: &PersonId, keep: Option<&SessionId>) -> Write {
    let keep = keep.map_or_else(String::new, ToString::to_string);
    let sql = "DELETE FROM session WHERE person_id = $1 AND id <> $2";
    Write::new(sql, vec![person.put(), keep.put()], Expect::Any)
}

/// Clears away what has ended.
pub fn end_expired(now: Timestamp) -> Write {
    Write::new("DELETE FROM session WHERE expires_at <= $1", vec![now.put()], Expect::Any)
}

/// The link of a token that has not ended and, if it works once, was not used.
pub async fn link_by_token(
    store: &Store,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    let rest = "WHERE token_hash = $1 AND expires_at > $2 \
                AND (single_use = 0 OR used_at IS NULL)";
    select_one(store, rest, vec![token_hash.to_vec().put(), now.put()]).await
}

/// Makes a link.
pub fn insert_link(link: &Link) -> Write {
    table::insert(link)
}

/// Uses a link; one that works once misses the second time.
pub fn use_link(id: &LinkId, at: Timestamp) -> Write {
    const SQL: &str = "UPDATE link SET used_at = COALESCE(used_at, $1) WHERE id = $2 \
         AND expires_at > $1 AND (single_use = 0 OR used_at IS NULL)";
    let miss = Miss::Stale { what: "link".into(), id: id.to_string() };
    Write::new(SQL, vec![at.put(), id.put()], Expect::One(miss))
}

/// Ends all links that open a site for a contact: the contact left.
pub fn end_links_of_contact(contact: &ContactId, at: Timestamp) -> Write {
    const SQL: &str = "UPDATE link SET expires_at = $1 WHERE contact_id = $2 AND expires_at > $1";
    Write::new(SQL, vec![at.put(), contact.put()], Expect::Any)
}

/// Ends the unused links of a kind that open a site.
pub fn end_links_of_site(site: &SiteId, kind: &str, at: Timestamp) -> Write {
    const SQL: &str = "UPDATE link SET expires_at = $1 \
         WHERE site_id = $2 AND kind = $3 AND used_at IS NULL AND expires_at > $1";
    Write::new(SQL, vec![at.put(), site.put(), kind.to_owned().put()], Expect::Any)
}
