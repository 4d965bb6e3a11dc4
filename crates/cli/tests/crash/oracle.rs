//! What must be true after everything: ledgers against the record, the mailbox and the doctor.

use crate::rig::Outcome;
use crate::work::Ledger;
use crate::world::{CONTACTS, World};
use roadbook_store::{OpenOptions, PageAsk, Scope, Store, notices, record, releases};
use roadbook_testkit::mail::MailSink;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// So long nothing may arrive before what is missing counts as lost.
const SILENCE: Duration = Duration::from_secs(8);

/// Every notice has arrived at every contact, under one Message-ID.
pub fn mails(sink: &mut MailSink, ledgers: &[Ledger], outcome: &mut Outcome) {
    let mut expected = BTreeSet::new();
    for ledger in ledgers {
        for release in ledger.releases.iter().filter(|it| it.told) {
            for contact in 0..CONTACTS {
                let to = World::address(ledger.client, contact);
                expected.insert((to, format!("P{} {}", ledger.client, release.version)));
            }
        }
    }
    let mut arrived: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    loop {
        let messages = sink.messages();
        for mail in &messages {
            let subject = mail.subject.clone().unwrap_or_default();
            let id = mail.message_id.clone().unwrap_or_default();
            for to in &mail.to {
                arrived.entry((to.clone(), subject.clone())).or_default().insert(id.clone());
            }
        }
        let missing = expected.iter().any(|it| !arrived.contains_key(it));
        if !missing || sink.wait_for(messages.len() + 1, SILENCE).len() == messages.len() {
            break;
        }
    }
    outcome.mails += arrived.values().map(BTreeSet::len).sum::<usize>();
    for (to, subject) in expected.iter().filter(|it| !arrived.contains_key(*it)) {
        outcome.wrong.push(format!("the notice `{subject}` to {to} is lost"));
    }
    for ((to, subject), ids) in &arrived {
        if ids.len() != 1 {
            let what = format!("the notice `{subject}` to {to} came under {} ids", ids.len());
            outcome.wrong.push(what);
        }
        if !expected.contains(&(to.clone(), subject.clone())) {
            outcome.wrong.push(format!("the notice `{subject}` to {to} belongs to no release"));
        }
    }
}

/// What is stored is what was acknowledged, each thing once.
pub fn stored(world: &World, ledgers: &[Ledger], outcome: &mut Outcome) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let random = Arc::new(|_: &mut [u8]| panic!("the installation has its key"));
        let options = OpenOptions::new(jiff::Timestamp::UNIX_EPOCH, random);
        match Store::open(&world.location(), &options).await {
            Ok(store) => compare(&store, ledgers, &mut outcome.wrong).await,
            Err(error) => outcome.wrong.push(format!("the store does not open: {error}")),
        }
    });
}

async fn compare(store: &Store, ledgers: &[Ledger], wrong: &mut Vec<String>) {
    let mut written: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut after = -1;
    loop {
        let page = record::page(store, after, 500).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.position.unwrap_or(after);
        for entry in page {
            // The product's own entries follow from those of people and are judged by the doctor.
            // So does the halt of a rollout, which is in the commit of the report that it follows
            // from: a site that went back halts a rollout that had no time to end before a death.
            let own = entry.actor == "system" || entry.kind == "rollout.halted";
            if entry.stream.starts_with("release/") && !own {
                let kinds = written.entry(entry.stream).or_default();
                *kinds.entry(entry.kind).or_default() += 1;
            }
        }
    }
    let known = ledgers.iter().flat_map(|it| &it.releases);
    for release in known {
        let found = written.remove(&format!("release/{}", release.id)).unwrap_or_default();
        let expected: BTreeMap<String, u64> =
            release.kinds.iter().map(|(kind, n)| ((*kind).to_owned(), *n)).collect();
        if found != expected {
            let (id, version) = (&release.id, &release.version);
            wrong.push(format!(
                "{id} {version}: acknowledged {expected:?}, on the record {found:?}"
            ));
        }
    }
    for (stream, kinds) in written {
        wrong.push(format!("{stream} was acknowledged to nobody: {kinds:?}"));
    }
    let total = releases::count(store, &Scope::all(), &releases::ReleaseFilter::default()).await;
    let known: usize = ledgers.iter().map(|it| it.releases.len()).sum();
    if total.as_ref().ok() != Some(&(known as i64)) {
        wrong.push(format!("{known} releases were acknowledged, {total:?} are stored"));
    }
    delivered(store, wrong).await;
    match record::verify(store).await {
        Ok(report) if report.is_clean() => {}
        Ok(report) => wrong.push(format!("the record is broken: {:?}", report.faults)),
        Err(error) => wrong.push(format!("the record cannot be read: {error}")),
    }
}

/// One row for each delivery, and each is settled.
async fn delivered(store: &Store, wrong: &mut Vec<String>) {
    let mut ask = PageAsk::first(100);
    loop {
        let page = notices::list(store, &Scope::all(), &[], &ask).await.unwrap();
        for notice in &page.rows {
            let rows = notices::deliveries(store, &notice.id).await.unwrap();
            let mails: Vec<_> = rows.iter().filter(|it| it.channel == "email").collect();
            let sent = mails.iter().filter(|it| it.state == "sent").count();
            if (mails.len(), sent) != (CONTACTS, CONTACTS) {
                let states: Vec<_> = mails.iter().map(|it| (&it.state, &it.last_error)).collect();
                wrong.push(format!("notice {} of {}: {states:?}", notice.id, notice.release_id));
            }
        }
        match page.next {
            Some(next) => ask.cursor = Some(next),
            None => break,
        }
    }
}

/// The product's own oracle.
pub fn doctor(world: &World, outcome: &mut Outcome) {
    let ended = world.command("doctor").output().unwrap();
    if !ended.status.success() {
        let text = String::from_utf8_lossy(&ended.stderr);
        outcome.wrong.push(format!("the doctor finds: {text}"));
    }
}
