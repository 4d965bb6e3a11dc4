//! Notices, their deliveries, subscribers, and tasks of people who tell somebody.

use crate::Store;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk};
use crate::scope::{Scope, Sql};
use crate::table::{self, row, select, select_one};
use crate::value::{Cell, Value};
use jiff::Timestamp;
use roadbook_core::ids::{NoticeId, PersonId, ReleaseId};
use roadbook_core::text::Lang;

row! {
    /// A notice of a release to one audience.
    pub struct Notice in "notice" key (id) {
        /// Id.
        id: NoticeId,
        /// Release.
        release_id: ReleaseId,
        /// The step that wants it.
        step_id: String,
        /// Audience.
        audience: String,
        /// `notice`, `correction`, `retraction` or `reminder`.
        kind: String,
        /// `planned`, `due`, `sending`, `sent`, `superseded`, `retracted`, `skipped`, `blocked`.
        state: String,
        /// Not before.
        earliest: Option<Timestamp>,
        /// Not after.
        latest: Option<Timestamp>,
        /// Goes up with a correction.
        generation: i64,
        /// Subject per language, JSON.
        subject: String,
        /// Body per language, JSON.
        body: String,
        /// What the texts are filled with, JSON: as it was when sending began.
        facts: String,
        /// The go-live that it names.
        slot_at: Option<Timestamp>,
        /// Why it is blocked, late or not sent.
        reason: Option<String>,
        /// When sending ended.
        sent_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A notice on its way to one recipient over one channel.
    pub struct Delivery in "delivery" key (notice_id, recipient_kind, recipient_id, channel) {
        /// Notice.
        notice_id: NoticeId,
        /// `person`, `contact` or `subscriber`.
        recipient_kind: String,
        /// Id of the recipient.
        recipient_id: String,
        /// `mail`, `board`, `feed`, …
        channel: String,
        /// Where it goes.
        address: String,
        /// Language of the recipient.
        lang: Lang,
        /// `queued`, `sent`, `failed`, `dead`, `read` or `acknowledged`.
        state: String,
        /// Tries so far.
        attempts: i64,
        /// When the next try is due.
        next_at: Option<Timestamp>,
        /// Deterministic, unique.
        message_id: String,
        /// When it was taken over by the channel.
        sent_at: Option<Timestamp>,
        /// When it was opened.
        opened_at: Option<Timestamp>,
        /// When it was acknowledged.
        acked_at: Option<Timestamp>,
        /// What went wrong the last time.
        last_error: Option<String>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// Somebody who wants to hear about a product.
    pub struct Subscriber in "subscriber" key (id) {
        /// Id.
        id: String,
        /// E-mail address.
        address: String,
        /// Product; empty for all.
        product_id: String,
        /// Language.
        lang: Lang,
        /// SHA-256 of the token that confirms and ends it.
        token_hash: Vec<u8>,
        /// When the address was confirmed.
        confirmed_at: Option<Timestamp>,
        /// When it was entered.
        at: Timestamp,
    }
}

row! {
    /// Somebody has to talk to somebody.
    pub struct ContactTask in "contact_task" key (id) {
        /// Id.
        id: String,
        /// Release.
        release_id: ReleaseId,
        /// `site`, `contact`, `unit` or `person`.
        target_kind: String,
        /// Id of the target.
        target_id: String,
        /// Who does it.
        person_id: PersonId,
        /// Until when.
        due_at: Timestamp,
        /// When it was done.
        done_at: Option<Timestamp>,
        /// Phone, visit, …
        channel: String,
        /// What was said.
        notes: String,
        /// What the target said about being ready.
        readiness: Option<String>,
        /// Revision.
        revision: i64,
    }
}

/// One notice.
pub async fn get(store: &Store, id: &NoticeId) -> Result<Option<Notice>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// Notices of a release in the order of their times.
pub async fn of_release(store: &Store, id: &ReleaseId) -> Result<Vec<Notice>, StoreError> {
    select(store, "WHERE release_id = $1 ORDER BY earliest, id", vec![id.put()]).await
}

/// Notices of visible releases, by id.
pub async fn list(
    store: &Store,
    scope: &Scope,
    states: &[String],
    ask: &PageAsk,
) -> Result<Page<Notice>, StoreError> {
    let mut sql = Sql::new("WHERE n.release_id IN (SELECT r.id FROM release r WHERE ");
    sql.release_visible(scope).push(")");
    if !states.is_empty() {
        sql.push(" AND ").is_in("n.state", states);
    }
    let order = Order { columns: &["id"], descending: true };
    page::read(store, "n", sql, &order, ask).await
}

/// Notices in one of the states whose time has come.
pub async fn due(
    store: &Store,
    states: &[&str],
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Notice>, StoreError> {
    let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
    let mut sql = Sql::new("WHERE ");
    sql.is_in("state", &states).push(" AND earliest <= ").bind(&now);
    sql.push(" ORDER BY earliest, id LIMIT ").bind_value(Value::Int(limit as i64));
    select(store, &sql.text, sql.params).await
}

/// Makes a notice.
pub fn insert(notice: &Notice) -> Write {
    table::insert(notice)
}

/// Changes a notice that still has `notice.revision`.
pub fn update(notice: &Notice) -> Write {
    table::update(notice)
}

/// Deliveries of a notice.
pub async fn deliveries(store: &Store, id: &NoticeId) -> Result<Vec<Delivery>, StoreError> {
    let rest = "WHERE notice_id = $1 ORDER BY recipient_kind, recipient_id, channel";
    select(store, rest, vec![id.put()]).await
}

/// Deliveries to one recipient, over one channel if given, newest notice first: the board.
pub async fn deliveries_to(
    store: &Store,
    recipient_kind: &str,
    recipient_id: &str,
    channel: Option<&str>,
    limit: usize,
) -> Result<Vec<Delivery>, StoreError> {
    let mut sql = Sql::new("WHERE recipient_kind = ");
    sql.bind(&recipient_kind.to_owned());
    sql.push(" AND recipient_id = ").bind(&recipient_id.to_owned());
    if let Some(channel) = channel {
        sql.push(" AND channel = ").bind(&channel.to_owned());
    }
    sql.push(" ORDER BY notice_id DESC, channel LIMIT ").bind_value(Value::Int(limit as i64));
    select(store, &sql.text, sql.params).await
}

/// One delivery.
pub async fn delivery(
    store: &Store,
    notice: &NoticeId,
    recipient_kind: &str,
    recipient_id: &str,
    channel: &str,
) -> Result<Option<Delivery>, StoreError> {
    let rest = "WHERE notice_id = $1 AND recipient_kind = $2 AND recipient_id = $3 \
                AND channel = $4";
    let params = vec![
        notice.put(),
        recipient_kind.to_owned().put(),
        recipient_id.to_owned().put(),
        channel.to_owned().put(),
    ];
    select_one(store, rest, params).await
}

/// The delivery with a message id.
pub async fn delivery_by_message(
    store: &Store,
    message_id: &str,
) -> Result<Option<Delivery>, StoreError> {
    select_one(store, "WHERE message_id = $1", vec![message_id.to_owned().put()]).await
}

/// Queued deliveries whose time has come.
pub async fn deliveries_due(
    store: &Store,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Delivery>, StoreError> {
    let rest = "WHERE state = 'queued' AND next_at <= $1 ORDER BY next_at, message_id LIMIT $2";
    select(store, rest, vec![now.put(), Value::Int(limit as i64)]).await
}

/// Deliveries in a state, by message id, after `after`: what was given up, for a person to see.
pub async fn deliveries_in(
    store: &Store,
    state: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<Delivery>, StoreError> {
    let rest = "WHERE state = $1 AND message_id > $2 ORDER BY message_id LIMIT $3";
    let params = vec![state.to_owned().put(), after.to_owned().put(), Value::Int(limit as i64)];
    select(store, rest, params).await
}

/// How many deliveries of a notice are in each state.
pub async fn delivery_counts(
    store: &Store,
    id: &NoticeId,
) -> Result<Vec<(String, i64)>, StoreError> {
    const SQL: &str =
        "SELECT state, count(*) FROM delivery WHERE notice_id = $1 GROUP BY state ORDER BY state";
    let rows = store.query(SQL, vec![id.put()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Queues a delivery. The same one twice is one: the first stays.
pub fn queue(delivery: &Delivery) -> Write {
    let mut write = table::insert(delivery);
    write.expect = Expect::Any;
    write
}

/// Changes a delivery that still has `delivery.revision`.
pub fn update_delivery(delivery: &Delivery) -> Write {
    table::update(delivery)
}

/// Confirmed subscribers of a product, and of all products.
pub async fn subscribers(store: &Store, product_id: &str) -> Result<Vec<Subscriber>, StoreError> {
    let rest = "WHERE confirmed_at IS NOT NULL AND product_id IN ($1, '') ORDER BY address, id";
    select(store, rest, vec![product_id.to_owned().put()]).await
}

/// One subscriber.
pub async fn subscriber(store: &Store, id: &str) -> Result<Option<Subscriber>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.to_owned().put()]).await
}

/// The subscriber of a token.
pub async fn subscriber_by_token(
    store: &Store,
    token_hash: &[u8],
) -> Result<Option<Subscriber>, StoreError> {
    select_one(store, "WHERE token_hash = $1", vec![token_hash.to_vec().put()]).await
}

/// Enters or confirms a subscriber.
pub fn put_subscriber(subscriber: &Subscriber) -> Write {
    table::put(subscriber)
}

/// Ends a subscription.
pub fn remove_subscriber(id: &str) -> Write {
    let sql = "DELETE FROM subscriber WHERE id = $1";
    Write::new(sql, vec![id.to_owned().put()], Expect::Any)
}

/// Open contact tasks of a person, most urgent first.
pub async fn contact_tasks_of_person(
    store: &Store,
    person: &PersonId,
) -> Result<Vec<ContactTask>, StoreError> {
    let rest = "WHERE person_id = $1 AND done_at IS NULL ORDER BY due_at, id";
    select(store, rest, vec![person.put()]).await
}

/// Contact tasks of a release.
pub async fn contact_tasks(
    store: &Store,
    release: &ReleaseId,
) -> Result<Vec<ContactTask>, StoreError> {
    select(store, "WHERE release_id = $1 ORDER BY due_at, id", vec![release.put()]).await
}

/// One contact task.
pub async fn contact_task(store: &Store, id: &str) -> Result<Option<ContactTask>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.to_owned().put()]).await
}

/// Makes a contact task.
pub fn insert_contact_task(task: &ContactTask) -> Write {
    table::insert(task)
}

/// Changes a contact task that still has `task.revision`.
pub fn update_contact_task(task: &ContactTask) -> Write {
    table::update(task)
}
