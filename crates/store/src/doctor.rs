//! The oracle: looks whether what is stored can be true. Reads only; `reindex` is apart.

use crate::blobs;
use crate::classes::{Class, TableInfo};
use crate::commit::{Expect, Write};
use crate::documents::{self, Doc};
use crate::error::StoreError;
use crate::open::{Engine, Store};
use crate::record;
use crate::scope::Sql;
use crate::snapshot::Sink;
use crate::value::Row;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How long something may be overdue before it counts as forgotten.
const GRACE: SignedDuration = SignedDuration::from_mins(60);
/// Findings per check at most.
const FINDINGS_MAX: i64 = 50;

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Invariant {
    /// Every remembered answer is complete.
    I1,
    /// No key was used twice.
    I2,
    /// The record is whole, and every state has its entries.
    I3,
    /// No delivery twice, none forgotten.
    I4,
    /// Nothing is under way that nobody will continue.
    I5,
    /// The version history of a site has neither gaps nor overlaps.
    I7,
    /// No approval stands on a document that was changed.
    I8,
    /// Every listed file is what its name says.
    I9,
    /// The database itself is in order.
    I10,
    /// Lists say what the documents say.
    Index,
}

/// Something that cannot be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which promise is broken.
    pub invariant: Invariant,
    /// Where.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

impl Finding {
    /// A finding.
    pub fn new(invariant: Invariant, place: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding { invariant, place: place.into(), what: what.into() }
    }
}

/// What the doctor did and found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// Things examined per promise.
    pub examined: BTreeMap<Invariant, u64>,
    /// What is wrong; empty when all is well.
    pub findings: Vec<Finding>,
}

impl Checkup {
    fn examined(&mut self, invariant: Invariant, number: usize) {
        *self.examined.entry(invariant).or_default() += number as u64;
    }
}

/// What only the use cases know about documents.
pub trait Inspector: Sync {
    /// The index rows that belong to a document.
    fn index(&self, kind: &str, doc: &Doc) -> Result<Vec<Write>, StoreError>;
    /// What cannot be true within a document (promise I8 among others).
    fn inspect(&self, kind: &str, doc: &Doc) -> Vec<Finding>;
}

/// Checks everything.
pub async fn examine(
    store: &Store,
    now: Timestamp,
    inspector: &dyn Inspector,
) -> Result<Checkup, StoreError> {
    let mut checkup = Checkup::default();
    database(store, &mut checkup).await?;
    record_whole(store, &mut checkup).await?;
    for check in CHECKS {
        run(store, check, now, &mut checkup).await?;
    }
    let mut cursor = None;
    while let Some(page) = documents::any_after(store, cursor.as_ref()).await? {
        for (kind, doc) in &page {
            checkup.examined(Invariant::I8, 1);
            checkup.findings.extend(inspector.inspect(kind, doc));
        }
        cursor = page.into_iter().next_back();
    }
    files(store, &mut checkup).await?;
    Ok(checkup)
}

/// A check that is one query: each row it gives is a finding, named by its first column.
struct Check {
    invariant: Invariant,
    /// Counts what is looked at.
    all: &'static str,
    /// Finds what is wrong. `{late}` stands for the time before which things are overdue.
    wrong: &'static str,
    what: &'static str,
}

const CHECKS: &[Check] = &[
    Check {
        invariant: Invariant::I1,
        all: "SELECT count(*) FROM idempotency",
        wrong: "SELECT scope || ' ' || key FROM idempotency \
                WHERE status < 100 OR status > 599 OR length(body_hash) = 0",
        what: "the remembered answer is incomplete",
    },
    Check {
        invariant: Invariant::I2,
        all: "SELECT count(*) FROM idempotency",
        wrong: "SELECT scope || ' ' || key FROM idempotency GROUP BY scope, key HAVING count(*) > 1",
        what: "the key was applied twice",
    },
    Check {
        invariant: Invariant::I3,
        all: "SELECT count(*) FROM release",
        wrong: "SELECT r.number FROM release r WHERE NOT EXISTS \
                (SELECT 1 FROM record_stream s WHERE s.stream = 'release/' || r.id AND s.seq > 0)",
        what: "the release has no entry in the record",
    },
    Check {
        invariant: Invariant::I4,
        all: "SELECT count(*) FROM delivery",
        wrong: "SELECT message_id FROM delivery \
                WHERE state IN ('sent', 'read', 'acknowledged') AND sent_at IS NULL",
        what: "the delivery counts as sent and was not",
    },
    Check {
        invariant: Invariant::I4,
        all: "SELECT count(*) FROM notice",
        wrong: "SELECT id FROM notice WHERE state IN ('planned', 'due') AND latest < {late}",
        what: "the notice should have gone out and did not",
    },
    Check {
        invariant: Invariant::I4,
        all: "SELECT count(*) FROM outbox",
        wrong: "SELECT id FROM outbox WHERE state = 'pending' AND due_at < {late} AND attempts = 0",
        what: "the effect is overdue and was never tried",
    },
    Check {
        invariant: Invariant::I4,
        all: "SELECT count(*) FROM delivery",
        wrong: "SELECT d.message_id FROM delivery d WHERE d.channel = 'email' \
                AND d.state IN ('queued', 'sending') AND NOT EXISTS (SELECT 1 FROM outbox o \
                WHERE o.id = d.message_id AND o.state IN ('pending', 'quarantined'))",
        what: "the mail waits and nothing will send it",
    },
    Check {
        invariant: Invariant::I5,
        all: "SELECT count(*) FROM delivery",
        wrong: "SELECT message_id FROM delivery \
                WHERE state IN ('queued', 'failed') AND next_at IS NULL",
        what: "the delivery waits and no further try is planned",
    },
    Check {
        invariant: Invariant::I5,
        all: "SELECT count(*) FROM notice",
        wrong: "SELECT n.id FROM notice n WHERE n.state = 'sending' AND NOT EXISTS \
                (SELECT 1 FROM delivery d WHERE d.notice_id = n.id AND d.state = 'queued') \
                AND n.earliest < {late}",
        what: "the notice is being sent and nothing is left to send",
    },
    Check {
        invariant: Invariant::I7,
        all: "SELECT count(*) FROM site_version",
        wrong: "SELECT v.site_id || ' ' || v.product_id FROM site_version v WHERE \
                COALESCE(v.until, 0) <> COALESCE((SELECT min(n.since) FROM site_version n \
                WHERE n.site_id = v.site_id AND n.product_id = v.product_id \
                AND n.since > v.since), 0)",
        what: "the version history has a gap or an overlap",
    },
];

async fn run(
    store: &Store,
    check: &Check,
    now: Timestamp,
    checkup: &mut Checkup,
) -> Result<(), StoreError> {
    let all = store.first(check.all, Vec::new()).await?;
    checkup.examined(check.invariant, all.map_or(Ok(0), |row| row.get::<i64>(0))? as usize);
    let late = now.saturating_sub(GRACE).unwrap_or(Timestamp::MIN);
    let mut sql = Sql::new("");
    let mut parts = check.wrong.split("{late}");
    sql.push(parts.next().unwrap_or_default());
    for part in parts {
        sql.bind(&late).push(part);
    }
    sql.push(&format!(" LIMIT {FINDINGS_MAX}"));
    for row in store.query(sql.text, sql.params).await? {
        checkup.findings.push(Finding::new(check.invariant, row.get::<String>(0)?, check.what));
    }
    Ok(())
}

async fn database(store: &Store, checkup: &mut Checkup) -> Result<(), StoreError> {
    checkup.examined(Invariant::I10, 1);
    let queries: &[&'static str] = match store.engine() {
        Engine::Sqlite(_) => &["PRAGMA integrity_check", "PRAGMA foreign_key_check"],
        Engine::Postgres(_) => {
            &["SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
               WHERE NOT i.indisvalid"]
        }
    };
    for sql in queries {
        for row in store.query(*sql, Vec::new()).await? {
            let text: String = row.get(0)?;
            if text != "ok" {
                checkup.findings.push(Finding::new(Invariant::I10, "database", text));
            }
        }
    }
    Ok(())
}

async fn record_whole(store: &Store, checkup: &mut Checkup) -> Result<(), StoreError> {
    let report = record::verify(store).await?;
    checkup.examined(Invariant::I3, report.entries as usize);
    let faults = report.faults.into_iter();
    checkup
        .findings
        .extend(faults.map(|fault| Finding::new(Invariant::I3, fault.place, fault.what)));
    Ok(())
}

async fn files(store: &Store, checkup: &mut Checkup) -> Result<(), StoreError> {
    let rows = store.query("SELECT sha256, size FROM blob ORDER BY sha256", Vec::new()).await?;
    for row in &rows {
        let (sha256, size): (String, i64) = (row.get(0)?, row.get(1)?);
        checkup.examined(Invariant::I9, 1);
        let path = blobs::path_of(store.dir(), &sha256)?;
        let what = match blobs::digest_file(&path).await {
            Ok(found) if found != sha256 => "the file was changed".to_owned(),
            Ok(_) if std::fs::metadata(&path).is_ok_and(|meta| meta.len() != size as u64) => {
                "the file has another size than its row says".to_owned()
            }
            Ok(_) => continue,
            Err(error) => error.to_string(),
        };
        checkup.findings.push(Finding::new(Invariant::I9, sha256, what));
    }
    Ok(())
}

#[derive(Default)]
struct Collected(BTreeMap<&'static str, BTreeSet<Vec<String>>>);

impl Sink for Collected {
    fn take(&mut self, table: &TableInfo, _: &[String], rows: &[Row]) -> Result<(), StoreError> {
        let lines = self.0.entry(table.name).or_default();
        lines.extend(rows.iter().map(|row| row.0.iter().map(|cell| format!("{cell:?}")).collect()));
        Ok(())
    }
}

/// Makes all index rows anew from the documents, in one commit; gives what was different before.
/// The store should not be in use.
pub async fn reindex(
    store: &Store,
    now: Timestamp,
    inspector: &dyn Inspector,
) -> Result<Vec<Finding>, StoreError> {
    let index = |class| class == Class::Index;
    let before = store.snapshot(index, Collected::default()).await?;
    let mut writes: Vec<Write> = crate::classes::TABLES
        .iter()
        .filter(|table| table.class == Class::Index)
        .map(|table| Write::new(format!("DELETE FROM {}", table.name), Vec::new(), Expect::Any))
        .collect();
    let mut cursor = None;
    while let Some(page) = documents::any_after(store, cursor.as_ref()).await? {
        for (kind, doc) in &page {
            writes.extend(inspector.index(kind, doc)?);
        }
        cursor = page.into_iter().next_back();
    }
    crate::backup::write(store, now, writes).await?;
    let after = store.snapshot(index, Collected::default()).await?;
    let mut findings = Vec::new();
    for (table, rows) in &after.0 {
        let old = before.0.get(table).cloned().unwrap_or_default();
        let place = |row: &Vec<String>| format!("{table} {}", row.first().map_or("", |v| v));
        let missing = rows.difference(&old).map(|row| (place(row), "was missing or different"));
        let surplus = old.difference(rows).map(|row| (place(row), "was out of date"));
        let found = missing.chain(surplus);
        findings.extend(found.map(|(place, what)| Finding::new(Invariant::Index, place, what)));
    }
    Ok(findings)
}

/// An inspector that knows no documents.
pub struct Nothing;

impl Inspector for Nothing {
    fn index(&self, _: &str, _: &Doc) -> Result<Vec<Write>, StoreError> {
        Ok(Vec::new())
    }

    fn inspect(&self, _: &str, _: &Doc) -> Vec<Finding> {
        Vec::new()
    }
}
