//! Rollouts, their waves, and the orders to agents.

use crate::Store;
use crate::commit::{Expect, Miss, Write};
use crate::error::StoreError;
use crate::table::{self, Table as _, row, select, select_one};
use crate::value::Cell;
use jiff::Timestamp;
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};

row! {
    /// A rollout.
    pub struct Rollout in "rollout" key (id) {
        /// Id.
        id: RolloutId,
        /// Release.
        release_id: ReleaseId,
        /// Step of its process.
        step_id: String,
        /// `install` or `rollback`.
        kind: String,
        /// Which of its kind in this step, from 1.
        round: i64,
        /// The rollout of which it is the way back.
        origin: Option<RolloutId>,
        /// `all`, `wave` or `site`: how far it reaches.
        reach: String,
        /// State.
        state: String,
        /// The wave that was started last, from 1; 0 before the first.
        wave: i64,
        /// Why it stands.
        reason: Option<String>,
        /// The same as a stable word.
        reason_code: Option<String>,
        /// Who changed it last.
        changed_by: String,
        /// Digest over the members in order.
        members: String,
        /// Begin.
        started_at: Timestamp,
        /// End.
        ended_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A wave.
    pub struct RolloutWave in "rollout_wave" key (rollout_id, wave) {
        /// Rollout.
        rollout_id: RolloutId,
        /// From 1.
        wave: i64,
        /// Name.
        name: String,
        /// State.
        state: String,
        /// Sites.
        total: i64,
        /// Sites where the version runs.
        installed: i64,
        /// Failed.
        failed: i64,
        /// Went back.
        rolled_back: i64,
        /// Left out.
        skipped: i64,
        /// Ordered and not heard of.
        silent: i64,
        /// Failures that a person let pass.
        passed_failed: i64,
        /// Silent sites that a person let pass.
        passed_silent: i64,
        /// How long it must be quiet afterwards.
        soak_seconds: i64,
        /// Share of failures above which it halts, in percent.
        halt_failed: i64,
        /// Share of silent sites above which it halts, in percent.
        halt_silent: i64,
        /// Begin.
        started_at: Option<Timestamp>,
        /// When the last site was through.
        through_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// A site's place in a rollout.
    pub struct RolloutSite in "rollout_site" key (rollout_id, site_id) {
        /// Rollout.
        rollout_id: RolloutId,
        /// Site.
        site_id: SiteId,
        /// Wave, from 1.
        wave: i64,
        /// What came of it, in this rollout.
        outcome: Option<String>,
        /// The version it goes back to.
        version: Option<String>,
    }
}

row! {
    /// An order to the agent of a site.
    pub struct Action in "action" key (id) {
        /// Number, below 2^31.
        id: i64,
        /// Rollout.
        rollout_id: RolloutId,
        /// Release.
        release_id: ReleaseId,
        /// Site.
        site_id: SiteId,
        /// Generation of the deployment it was ordered for.
        generation: i64,
        /// `install` or `rollback`.
        kind: String,
        /// Wave, from 1.
        wave: i64,
        /// `confirming`, `ordered`, `running`, `canceling` or `closed`.
        state: String,
        /// `installed`, `failed`, `rolled_back`, `skipped` or `canceled`, once closed.
        outcome: Option<String>,
        /// Where the agent is, in its own word.
        stage: String,
        /// How far that is; it never goes back.
        rank: i64,
        /// What it said last.
        note: Option<String>,
        /// When it said so, by the site's clock.
        told_at: Option<Timestamp>,
        /// Not begun before.
        not_before: Option<Timestamp>,
        /// Not begun after.
        until: Option<Timestamp>,
        /// When it was ordered.
        ordered_at: Timestamp,
        /// When the agent last said something about it.
        heard_at: Option<Timestamp>,
        /// When it ended.
        closed_at: Option<Timestamp>,
        /// Revision.
        revision: i64,
    }
}

row! {
    /// What an agent said about an order.
    pub struct ActionReport in "action_report" key (action_id, digest) {
        /// Order.
        action_id: i64,
        /// SHA-256 of what makes the message the same message.
        digest: Vec<u8>,
        /// DDI's word.
        execution: String,
        /// DDI's word.
        finished: String,
        /// A number of the client.
        code: Option<i64>,
        /// Messages, a JSON list.
        details: String,
        /// By the site's clock.
        client_at: Option<Timestamp>,
        /// When it came.
        at: Timestamp,
    }
}

impl Rollout {
    /// Nothing happens in it any more.
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "finished" | "ended")
    }

    /// It waits for a person.
    pub fn stands(&self) -> bool {
        matches!(self.state.as_str(), "halted" | "held")
    }
}

/// One rollout.
pub async fn get(store: &Store, id: &RolloutId) -> Result<Option<Rollout>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// The rollouts of a release, oldest first.
pub async fn of_release(store: &Store, release: &ReleaseId) -> Result<Vec<Rollout>, StoreError> {
    select(store, "WHERE release_id = $1 ORDER BY started_at, id", vec![release.put()]).await
}

/// Enters a rollout.
pub fn insert(rollout: &Rollout) -> Write {
    table::insert(rollout)
}

/// Changes a rollout that still has `rollout.revision`.
pub fn update(rollout: &Rollout) -> Write {
    table::update(rollout)
}

/// The waves of a rollout, in order.
pub async fn waves(store: &Store, id: &RolloutId) -> Result<Vec<RolloutWave>, StoreError> {
    select(store, "WHERE rollout_id = $1 ORDER BY wave", vec![id.put()]).await
}

/// Enters a wave.
pub fn insert_wave(wave: &RolloutWave) -> Write {
    table::insert(wave)
}

/// Changes a wave that still has `wave.revision`.
pub fn update_wave(wave: &RolloutWave) -> Write {
    table::update(wave)
}

/// One order.
pub async fn action(store: &Store, id: i64) -> Result<Option<Action>, StoreError> {
    select_one(store, "WHERE id = $1", vec![id.put()]).await
}

/// Orders of a release on which agents are at work, the last heard of first.
pub async fn at_work(
    store: &Store,
    release: &ReleaseId,
    limit: i64,
) -> Result<Vec<Action>, StoreError> {
    const REST: &str = "WHERE rollout_id IN (SELECT id FROM rollout WHERE release_id = $1) \
         AND state = 'running' ORDER BY heard_at DESC, id LIMIT $2";
    select(store, REST, vec![release.put(), limit.put()]).await
}

/// Enters an order.
pub fn insert_action(action: &Action) -> Write {
    table::insert(action)
}

/// Changes an order that still has `action.revision`.
pub fn update_action(action: &Action) -> Write {
    table::update(action)
}

/// What was said about an order, oldest first.
pub async fn reports(store: &Store, id: i64) -> Result<Vec<ActionReport>, StoreError> {
    select(store, "WHERE action_id = $1 ORDER BY at, digest", vec![id.put()]).await
}

/// The orders to a site that are not over, oldest first.
pub async fn open_of_site(store: &Store, site: &SiteId) -> Result<Vec<Action>, StoreError> {
    let rest = "WHERE site_id = $1 AND state <> 'closed' ORDER BY id";
    select(store, rest, vec![site.put()]).await
}

/// The orders to a site, newest first.
pub async fn of_site(store: &Store, site: &SiteId, limit: i64) -> Result<Vec<Action>, StoreError> {
    let rest = "WHERE site_id = $1 ORDER BY id DESC LIMIT $2";
    select(store, rest, vec![site.put(), limit.put()]).await
}

/// What was said last about an order, newest first.
pub async fn reports_newest(
    store: &Store,
    id: i64,
    limit: i64,
) -> Result<Vec<ActionReport>, StoreError> {
    let rest = "WHERE action_id = $1 ORDER BY at DESC, digest LIMIT $2";
    select(store, rest, vec![id.put(), limit.put()]).await
}

/// How many messages there are about an order.
pub async fn report_count(store: &Store, id: i64) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM action_report WHERE action_id = $1";
    store.first(sql, vec![id.put()]).await?.map_or(Ok(0), |row| row.get(0))
}

/// Keeps what an agent said. The same message again is the same row.
pub fn keep_report(report: &ActionReport) -> Write {
    const SQL: &str = "INSERT INTO action_report (action_id, digest, execution, finished, code, \
         details, client_at, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    Write::new(SQL, report.values(), Expect::Any)
}

/// As [`heard`], for an order of this site that is under way and was not told about too often:
/// nothing has to be read before. A miss says that one has to look.
pub fn heard_under_way(
    site: &SiteId,
    report: &ActionReport,
    stage: &str,
    rank: i64,
    note: Option<&String>,
    most: i64,
) -> Write {
    let mut write = heard(report, stage, rank, note);
    write.sql = HEARD_UNDER_WAY.into();
    write.params.extend([site.put(), most.put()]);
    write
}

/// What a message changes of its order.
macro_rules! heard_sql {
    ($guard:literal) => {
        concat!(
            "UPDATE action SET \
             state = CASE WHEN state = 'ordered' THEN 'running' ELSE state END, \
             stage = CASE WHEN rank <= $1 THEN $2 ELSE stage END, \
             rank = CASE WHEN rank <= $1 THEN $1 ELSE rank END, \
             note = CASE WHEN told_at IS NULL OR told_at <= $3 THEN $4 ELSE note END, \
             told_at = CASE WHEN told_at IS NULL OR told_at <= $3 THEN $3 ELSE told_at END, \
             heard_at = CASE WHEN heard_at IS NULL OR heard_at < $5 THEN $5 ELSE heard_at END, \
             revision = revision + 1 WHERE id = $6 AND ",
            $guard
        )
    };
}
const HEARD: &str = heard_sql!("state <> 'closed'");
const HEARD_UNDER_WAY: &str =
    heard_sql!("site_id = $7 AND revision <= $8 AND state IN ('ordered', 'running', 'canceling')");

/// Notes what an agent said about an order that is not over. A message that comes late or twice
/// never takes it back: the stage only moves on, the note is the newest by the site's clock.
pub fn heard(report: &ActionReport, stage: &str, rank: i64, note: Option<&String>) -> Write {
    let miss = Miss::Stale { what: "action".into(), id: report.action_id.to_string() };
    let params = vec![
        rank.put(),
        stage.to_owned().put(),
        report.client_at.unwrap_or(report.at).put(),
        note.cloned().put(),
        report.at.put(),
        report.action_id.put(),
    ];
    Write::new(HEARD, params, Expect::One(miss))
}

/// Forgets all orders: for measurements only.
#[doc(hidden)]
pub fn forget_actions() -> Write {
    Write::new("DELETE FROM action", Vec::new(), Expect::Any)
}

/// Notes that a site fetched an order. Misses when it was fetched before, is over, or its rollout
/// does not dispatch any more.
pub fn dispatch(id: i64, at: Timestamp) -> Write {
    const SQL: &str = "UPDATE action SET state = 'running', heard_at = $1, \
         revision = revision + 1 WHERE id = $2 AND state = 'ordered' AND EXISTS \
         (SELECT 1 FROM rollout r WHERE r.id = rollout_id AND r.state IN ('running', 'soaking'))";
    let miss = Miss::Stale { what: "action".into(), id: id.to_string() };
    Write::new(SQL, vec![at.put(), id.put()], Expect::One(miss))
}

/// Ends an order that is not over yet. Messages may have come since it was read.
pub fn close_action(after: &Action) -> Write {
    const SQL: &str = "UPDATE action SET state = 'closed', outcome = $1, stage = $2, rank = $3, \
         note = $4, told_at = $5, heard_at = $6, closed_at = $7, revision = revision + 1 \
         WHERE id = $8 AND state <> 'closed'";
    let miss = Miss::Stale { what: "action".into(), id: after.id.to_string() };
    let params = vec![
        after.outcome.put(),
        after.stage.put(),
        after.rank.put(),
        after.note.put(),
        after.told_at.put(),
        after.heard_at.put(),
        after.closed_at.put(),
        after.id.put(),
    ];
    Write::new(SQL, params, Expect::One(miss))
}

/// Orders for one wave, made in one statement: for every member that has an agent, is not left out
/// and did not decline.
#[derive(Clone, Debug)]
pub struct WaveOrders {
    /// Rollout.
    pub rollout: RolloutId,
    /// Release.
    pub release: ReleaseId,
    /// Wave, from 1.
    pub wave: i64,
    /// `install` or `rollback`.
    pub kind: String,
    /// Not begun before; a site's own slot counts when it is set.
    pub not_before: Option<Timestamp>,
    /// Not begun after.
    pub until: Option<Timestamp>,
    /// Sites that decide themselves and did not accept yet are asked first.
    pub ask: bool,
    /// Only these sites of the wave; empty means all of it.
    pub sites: Vec<SiteId>,
    /// Which programs there is something to fetch for.
    pub takers: Takers,
    /// Now.
    pub at: Timestamp,
}

/// For which programs at sites a release has files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takers {
    /// For all.
    All,
    /// For clients of another kind only.
    Others,
    /// For none: people report every site.
    Nobody,
}

impl Takers {
    /// Whether an agent gets orders; `ours` when it is our own program.
    pub const fn include(self, ours: bool) -> bool {
        match self {
            Takers::All => true,
            Takers::Others => !ours,
            Takers::Nobody => false,
        }
    }
}

/// Members of a wave with an agent, and what is deployed at them.
const MEMBERS: &str = "FROM rollout_site rs \
     JOIN agent a ON a.site_id = rs.site_id AND a.revoked_at IS NULL \
     JOIN deployment d ON d.release_id = $2 AND d.site_id = rs.site_id";

/// Sites that decided so. They are few, so they are gathered once and not looked up for each member;
/// what a site decides goes for its parts.
macro_rules! who {
    ($decided:literal) => {
        concat!(
            "(SELECT sd.site_id FROM site_decision sd \
             WHERE sd.release_id = $2 AND sd.decision = '",
            $decided,
            "' UNION ALL SELECT q.id FROM site q JOIN site_decision sd \
             ON sd.site_id = q.part_of AND sd.release_id = $2 AND sd.decision = '",
            $decided,
            "' WHERE q.part_of IS NOT NULL)"
        )
    };
}

/// Members that get an order now: without one under way, and not declined.
const FIT: &str = concat!(
    "WHERE rs.rollout_id = $1 AND rs.wave = $3 AND rs.outcome IS NULL \
     AND rs.site_id NOT IN (SELECT o.site_id FROM action o WHERE o.rollout_id = $1 \
     AND o.wave = $3 AND o.state IN ('confirming', 'ordered', 'running', 'canceling')) \
     AND ($4 = 'rollback' OR rs.site_id NOT IN ",
    who!("declined"),
    ")"
);

/// A site that decides itself is asked first, unless it agreed or agrees to everything.
const ASKED: &str = concat!(
    "CASE WHEN a.auto_confirm = 0 AND s.update_authority = 'customer' AND rs.site_id NOT IN ",
    who!("accepted"),
    " THEN 'confirming' ELSE 'ordered' END"
);

/// The writes of a wave's orders, for the commit that starts it. Numbers come from the counter,
/// which the first write reserves.
pub fn order_wave(orders: &WaveOrders) -> Vec<Write> {
    let takers = match orders.takers {
        Takers::All => "",
        Takers::Others => " AND a.public_key = ''",
        Takers::Nobody => return Vec::new(),
    };
    let mut some = String::new();
    if !orders.sites.is_empty() {
        // Ids are checked texts of our own alphabet, so they may stand in the statement.
        let list: Vec<String> = orders.sites.iter().map(|it| format!("'{it}'")).collect();
        some = format!(" AND rs.site_id IN ({})", list.join(", "));
    }
    // Numbers are reserved for all who might get one: counting who does would look at each twice.
    let reserve = format!(
        "INSERT INTO counter (name, value) SELECT 'action', count(*) FROM rollout_site rs \
         WHERE rs.rollout_id = $1 AND rs.wave = $2{some} \
         ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value"
    );
    let (asked, site) =
        if orders.ask { (ASKED, " JOIN site s ON s.id = rs.site_id") } else { ("'ordered'", "") };
    let insert = format!(
        "INSERT INTO action (id, rollout_id, release_id, site_id, generation, kind, wave, state, \
         outcome, stage, rank, note, told_at, not_before, until, ordered_at, heard_at, closed_at, \
         revision) \
         SELECT m.number + (SELECT c.value FROM counter c WHERE c.name = 'action') \
         - (SELECT count(*) FROM rollout_site rs WHERE rs.rollout_id = $1 AND rs.wave = $3{some}), \
         $1, $2, m.site_id, m.generation, $4, $3, m.state, \
         NULL, 'ordered', 0, NULL, NULL, m.not_before, $6, $7, NULL, NULL, 1 \
         FROM (SELECT rs.site_id, d.generation, COALESCE(d.slot_at, $5) AS not_before, \
         {asked} AS state, row_number() OVER (ORDER BY rs.site_id) AS number \
         {MEMBERS}{site} {FIT}{takers}{some}) m"
    );
    let (rollout, wave) = (orders.rollout.put(), orders.wave.put());
    let all = vec![
        rollout.clone(),
        orders.release.put(),
        wave.clone(),
        orders.kind.put(),
        orders.not_before.put(),
        orders.until.put(),
        orders.at.put(),
    ];
    vec![
        Write::new(reserve, vec![rollout, wave], Expect::Any),
        Write::new(insert, all, Expect::Any),
    ]
}

/// Tells the other nodes what to read anew; one row, however many sites it touches. The counter's
/// row is locked until the commit, so that numbers become visible in their order.
pub fn changed(what: &FleetChange, at: Timestamp) -> Vec<Write> {
    const ROW: &str = "INSERT INTO fleet_change (seq, kind, ref, at) \
         SELECT value, $1, $2, $3 FROM counter WHERE name = 'fleet'";
    let (kind, name) = match what {
        FleetChange::Site(site) => ("site", site.to_string()),
        FleetChange::Wave(rollout, wave) => ("wave", format!("{rollout}/{wave}")),
        FleetChange::Rollout(rollout) => ("rollout", rollout.to_string()),
    };
    let params = vec![kind.to_owned().put(), name.put(), at.put()];
    vec![crate::counters::bump("fleet"), Write::new(ROW, params, Expect::Any)]
}

/// What changed for agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FleetChange {
    /// One site.
    Site(SiteId),
    /// The orders of a wave.
    Wave(RolloutId, i64),
    /// Everything of a rollout.
    Rollout(RolloutId),
}

/// The number of the newest change.
pub async fn change_head(store: &Store) -> Result<i64, StoreError> {
    crate::counters::value(store, "fleet").await
}

/// The changes behind a number, with theirs.
pub async fn changes_after(store: &Store, seq: i64) -> Result<Vec<(i64, FleetChange)>, StoreError> {
    let sql = "SELECT seq, kind, ref FROM fleet_change WHERE seq > $1 ORDER BY seq LIMIT 1000";
    let rows = store.query(sql, vec![seq.put()]).await?;
    rows.iter()
        .map(|row| {
            let (kind, name): (String, String) = (row.get(1)?, row.get(2)?);
            let bad = || StoreError::Corrupt(format!("the change `{kind} {name}` names nothing"));
            let rollout = |text: &str| RolloutId::parse(text).map_err(|_| bad());
            let change = match kind.as_str() {
                "site" => FleetChange::Site(SiteId::parse(&name).map_err(|_| bad())?),
                "rollout" => FleetChange::Rollout(rollout(&name)?),
                _ => {
                    let (id, wave) = name.split_once('/').ok_or_else(bad)?;
                    FleetChange::Wave(rollout(id)?, wave.parse().map_err(|_| bad())?)
                }
            };
            Ok((row.get(0)?, change))
        })
        .collect()
}

/// Clears away changes that every node has read long ago.
pub fn forget_changes(before: Timestamp) -> Write {
    Write::new("DELETE FROM fleet_change WHERE at < $1", vec![before.put()], Expect::Any)
}

/// Which sites to read for polls.
#[derive(Clone, Debug)]
pub enum Among {
    /// All, after this site, at most so many.
    After(Option<SiteId>, i64),
    /// What a change names.
    Changed(FleetChange),
}

/// What a poll of one site needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Site.
    pub site: SiteId,
    /// Its key, which stands in addresses.
    pub key: String,
    /// SHA-256 of its token; `None` when the agent was revoked.
    pub token: Option<Vec<u8>>,
    /// It shall tell its facts.
    pub wants_facts: bool,
    /// The order at hand and its state.
    pub order: Option<(i64, String)>,
    /// The order that was done last.
    pub done: Option<i64>,
}

/// The orders of a wave that are not over, with their states: what a node that knows the sites has
/// to learn when the wave starts.
pub async fn open_in_wave(
    store: &Store,
    rollout: &RolloutId,
    wave: i64,
) -> Result<Vec<(SiteId, i64, String)>, StoreError> {
    const SQL: &str = "SELECT site_id, id, state FROM action WHERE rollout_id = $1 AND wave = $2 \
         AND state IN ('canceling', 'confirming', 'ordered', 'running')";
    let rows = store.query(SQL, vec![rollout.put(), wave.put()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The rank of the first stage in which a site changes something.
pub const BEGUN_RANK: i64 = 5;

/// What polls of these sites need to know, by site. An order that was not fetched yet is hidden
/// while its rollout does not dispatch.
pub async fn standings(store: &Store, among: &Among) -> Result<Vec<Standing>, StoreError> {
    // Another kind of client names no stages: once it says anything it may have begun.
    let begun = format!(
        "(y.rank >= {BEGUN_RANK} OR (y.rank = 0 AND a.public_key = '' AND EXISTS \
         (SELECT 1 FROM action_report w WHERE w.action_id = y.id)))"
    );
    let (rest, params) = match among {
        Among::After(after, limit) => {
            let after = after.as_ref().map_or_else(String::new, ToString::to_string);
            ("a.site_id > $1 ORDER BY a.site_id LIMIT $2", vec![after.put(), limit.put()])
        }
        Among::Changed(FleetChange::Site(site)) => ("a.site_id = $1", vec![site.put()]),
        Among::Changed(FleetChange::Wave(rollout, wave)) => (
            "a.site_id IN (SELECT site_id FROM rollout_site WHERE rollout_id = $1 AND wave = $2)",
            vec![rollout.put(), wave.put()],
        ),
        Among::Changed(FleetChange::Rollout(rollout)) => (
            "a.site_id IN (SELECT site_id FROM rollout_site WHERE rollout_id = $1)",
            vec![rollout.put()],
        ),
    };
    let sql = format!(
        "SELECT a.site_id, s.key, a.token_hash, a.revoked_at, a.wants_facts, \
         x.id, x.state, (SELECT max(z.id) FROM action z WHERE z.site_id = a.site_id \
         AND z.state = 'closed' AND z.outcome IN ('installed', 'rolled_back')) \
         FROM agent a JOIN site s ON s.id = a.site_id \
         LEFT JOIN action x ON x.id = (SELECT min(y.id) FROM action y \
         JOIN rollout r ON r.id = y.rollout_id WHERE y.site_id = a.site_id \
         AND y.state IN ('canceling', 'confirming', 'ordered', 'running') \
         AND (y.state = 'canceling' OR r.state IN ('running', 'soaking') \
         OR (y.state = 'running' AND {begun}))) \
         WHERE {rest}"
    );
    let rows = store.query(sql, params).await?;
    rows.iter()
        .map(|row| {
            let revoked: Option<Timestamp> = row.get(3)?;
            let order: (Option<i64>, Option<String>) = (row.get(5)?, row.get(6)?);
            Ok(Standing {
                site: row.get(0)?,
                key: row.get(1)?,
                token: if revoked.is_some() { None } else { Some(row.get(2)?) },
                wants_facts: row.get(4)?,
                order: order.0.zip(order.1),
                done: row.get(7)?,
            })
        })
        .collect()
}
