//! Trouble that is no crash: a full disk, a mail server that is away. Reading goes on, nothing is
//! lost, people can see it, and it ends by itself when its cause does.

use crate::client::{Answer, Ask, send};
use crate::dice::Dice;
use crate::disk::{Disk, skipped};
use crate::gate::Gate;
use crate::oracle;
use crate::rig::Outcome;
use crate::work::Client;
use crate::world::{Db, Faults, World, mailbox};
use roadbook_testkit::mail::MailSink;
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

fn call(to: SocketAddr, token: &str, ask: &Ask) -> Answer {
    send(to, token, ask).unwrap()
}

fn open(n: usize) -> Ask {
    let body = json!({
        "product": "p0", "process": "crash/line", "version": format!("V1.0.0.{n:04}"),
        "title": format!("c0-{n}"), "lead": "admin", "sites": ["s0"],
        "items": [{ "title": { "en": "x".repeat(900) }, "kind": "feature" }],
    });
    Ask { method: "POST", path: "/api/v1/releases".into(), body, key: format!("full-{n}") }
}

/// Writes until nothing fits any more.
fn fill(path: &std::path::Path) {
    let mut file = std::fs::File::create(path).unwrap();
    for size in [1 << 20, 1 << 12] {
        let block = vec![1_u8; size];
        while file.write_all(&block).is_ok() {}
    }
    // Whether the last bytes are on the disk matters to nobody.
    let _ = file.sync_all();
}

#[test]
fn a_full_disk_refuses_changes_and_nothing_else() {
    let disk = match Disk::new(24) {
        Ok(disk) => disk,
        Err(why) => return skipped("a full disk", &why),
    };
    let sink = mailbox();
    let mut world = World::new(&Db::Sqlite, Some(&disk.path().join("data")), sink.port());
    let (running, epoch) = world.serve(&Faults::default());
    let to = epoch.address;
    let token = world.token.clone();
    let first = call(to, &token, &open(1));
    assert_eq!(first.status, 201, "{}", first.body);
    let filler = disk.path().join("filler");
    fill(&filler);
    // What is reserved already may still take some.
    let (mut n, mut good) = (1, vec![(open(1), first)]);
    let refused = loop {
        n += 1;
        let answer = call(to, &token, &open(n));
        if !answer.good() {
            break answer;
        }
        good.push((open(n), answer));
        assert!(n < 3_000, "a full disk takes everything");
    };
    let mut refusals = 0;
    for again in [refused, call(to, &token, &open(n)), document(to, &token, &good[0].1)] {
        let about = (again.status, again.code(), again.media.as_str());
        assert_eq!(about, (507, "disk_full", "application/problem+json"), "{}", again.body);
        refusals += 1;
    }
    for path in ["/api/v1/releases", "/api/v1/todo", "/api/v1/sites", "/api/v1/me"] {
        let read = call(to, &token, &Ask::get(path));
        assert!(read.good(), "{path}: {} {}", read.status, read.body);
    }
    std::fs::remove_file(&filler).unwrap();
    let after = call(to, &token, &open(n));
    assert_eq!(after.status, 201, "the same call, with room again: {}", after.body);
    assert_eq!(document(to, &token, &good[0].1).status, 200);
    for (ask, before) in &good {
        let again = call(to, &token, ask);
        assert!(again.replayed && again.body == before.body, "{}", again.body);
    }
    assert!(running.terminate().success());
    let mut outcome = Outcome::default();
    oracle::doctor(&world, &mut outcome);
    assert!(outcome.wrong.is_empty(), "{:?}", outcome.wrong);
    println!("inputs: {refusals} changes on a full disk, after {} that still fitted", good.len());
}

fn document(to: SocketAddr, token: &str, release: &Answer) -> Answer {
    let id = release.body["id"].as_str().unwrap();
    let ask = Ask {
        method: "PUT",
        path: format!("/api/v1/releases/{id}/documents/notes"),
        body: json!({ "text": "# Notes\n\n".to_owned() + &"text ".repeat(20_000) }),
        key: "full-document".into(),
    };
    call(to, token, &ask)
}

/// A mail server that can be away: a port of its own before the mailbox.
struct Away {
    port: u16,
    there: Arc<AtomicBool>,
}

impl Away {
    fn before(sink: &MailSink) -> Away {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let there = Arc::new(AtomicBool::new(false));
        let (open, behind) = (Arc::clone(&there), sink.port());
        // Lives as long as the test's process; it only waits.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if open.load(Ordering::SeqCst)
                    && let Ok(server) = TcpStream::connect(("127.0.0.1", behind))
                {
                    pipe(&client, &server);
                    pipe(&server, &client);
                }
            }
        });
        Away { port, there }
    }
}

fn pipe(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}

/// What people see of a mail that waits.
const SEEN: &str = "queued, will be tried, it failed";

#[test]
fn a_mail_server_that_is_away_is_seen_and_asked_again() {
    let mut sink = mailbox();
    let away = Away::before(&sink);
    let mut world = World::new(&Db::Sqlite, None, away.port);
    let (running, epoch) = world.serve(&Faults::default());
    let (to, token, gate) = (epoch.address, world.token.clone(), Gate::default());
    gate.open(epoch);
    let mut client = Client::new(0, &gate, &token, Dice::new(1, 1));
    client.release(1).expect("work goes on without a mail server");
    let release = &client.ledger.releases[0].id;
    let look = |path: &str| call(to, &token, &Ask::get(path)).body;
    let states = || -> Vec<String> {
        let notices = look(&format!("/api/v1/releases/{release}/notices"));
        let id = notices[0]["id"].as_str().unwrap_or_default().to_owned();
        let notice = look(&format!("/api/v1/notices/{id}"));
        let list = notice["deliveries"].as_array().cloned().unwrap_or_default();
        let email = list.iter().filter(|it| it["channel"] == "email");
        let next = |it: &Value| if it["next_try"].is_string() { "will be tried" } else { "" };
        let why = |it: &Value| if it["error"].is_string() { "it failed" } else { "" };
        let state = |it: &Value| it["state"].as_str().unwrap_or_default().to_owned();
        email.map(|it| format!("{}, {}, {}", state(it), next(it), why(it))).collect()
    };
    // The product ticks on its own; nothing arrives meanwhile.
    assert!(sink.wait_for(1, Duration::from_secs(2)).is_empty());
    assert_eq!(states(), [SEEN, SEEN], "{}", look(&format!("/api/v1/releases/{release}/notices")));
    away.there.store(true, Ordering::SeqCst);
    // The second try comes after a minute.
    let mails = sink.wait_for(2, Duration::from_secs(100));
    assert_eq!(mails.len(), 2, "{}", running.log());
    let ids: std::collections::BTreeSet<_> = mails.iter().map(|it| &it.message_id).collect();
    assert_eq!(ids.len(), 2, "each contact has a mail of its own");
    assert!(running.terminate().success());
    println!("inputs: 2 mails to a server that was away");
}
