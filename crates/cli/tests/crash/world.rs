//! An installation that lives through many crashes: data, database, mailbox, and the people in it.

use crate::client::{Answer, Ask, send};
use crate::gate::Epoch;
use roadbook_store::Location;
use roadbook_testkit::mail::MailSink;
use roadbook_testkit::postgres::Postgres;
use roadbook_testkit::process::{READY, Running};
use roadbook_testkit::temp::Scratch;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Clients that write at the same time.
pub const CLIENTS: usize = 4;
/// Contacts of each site: so many mails go out for each release.
pub const CONTACTS: usize = 2;

const PASSWORD: &str = "quiet harbor lamp";

/// Which database.
#[derive(Clone)]
pub enum Db {
    Sqlite,
    Postgres(Arc<Postgres>),
}

/// The installation.
pub struct World {
    pub scratch: Scratch,
    pub data: PathBuf,
    pub url: Option<String>,
    pub token: String,
    epoch: u64,
}

/// What a server is started with.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// `POINT:HIT`, or empty.
    pub armed: String,
    /// Broken variants, or empty.
    pub broken: String,
}

impl World {
    /// Sets an installation up over HTTP, as people would. `data` lies elsewhere for some faults.
    pub fn new(db: &Db, data: Option<&Path>, mail_port: u16) -> World {
        let scratch = Scratch::new("crash");
        let url = match db {
            Db::Sqlite => None,
            Db::Postgres(server) => Some(server.database()),
        };
        let data = data.map_or_else(|| scratch.join("data"), Path::to_owned);
        let config = format!(
            "[mail]\nurl = 'smtp://127.0.0.1:{mail_port}'\nfrom = 'Roadbook <crash@roadbook.example>'\n"
        );
        std::fs::write(scratch.join("config.toml"), config).unwrap();
        std::fs::write(scratch.join("password"), PASSWORD).unwrap();
        let mut world = World { scratch, data, url, token: String::new(), epoch: 0 };
        let password = world.scratch.join("password").display().to_string();
        let args = ["--organization", "Crash", "--login", "admin", "--password-file", &password];
        let made = world.command("init").args(args).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        world.people();
        world
    }

    /// A sub-command that opens this installation.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roadbook"));
        command.arg(name).arg("--data").arg(&self.data);
        command.arg("--config").arg(self.scratch.join("config.toml"));
        if let Some(url) = &self.url {
            command.args(["--database", url]);
        }
        command.env_clear().env("HOME", self.scratch.path());
        command
    }

    /// Where the store lies.
    pub fn location(&self) -> Location {
        match &self.url {
            None => Location::Sqlite(self.data.clone()),
            Some(url) => Location::Postgres(url.clone(), self.data.clone()),
        }
    }

    /// Starts a server; it may die before it says where it listens.
    pub fn spawn(&mut self, faults: &Faults) -> Running {
        let mut command = self.command("serve");
        command.args(["--listen", "127.0.0.1:0", "--base-url", "http://roadbook.example"]);
        command.env("RUST_LOG", "warn");
        if !faults.armed.is_empty() {
            command.env("ROADBOOK_FAIL", &faults.armed);
        }
        if !faults.broken.is_empty() {
            command.env("ROADBOOK_UNSAFE", &faults.broken);
        }
        self.epoch += 1;
        Running::spawn(command)
    }

    /// Waits until a spawned server listens.
    pub fn listens(&self, running: &mut Running, limit: Duration) -> Option<Epoch> {
        loop {
            let line = running.next_line(limit)?;
            if let Some(address) = line.strip_prefix("listening on http://") {
                return Some(Epoch {
                    number: self.epoch,
                    address: address.trim().parse().unwrap(),
                });
            }
        }
    }

    /// Starts a server that must come up.
    pub fn serve(&mut self, faults: &Faults) -> (Running, Epoch) {
        let mut running = self.spawn(faults);
        match self.listens(&mut running, READY) {
            Some(epoch) => (running, epoch),
            None => panic!("the server does not come up: {}", running.log()),
        }
    }

    /// A call of the set-up, which must go well.
    fn must(&self, to: SocketAddr, method: &'static str, path: &str, body: Value) -> Answer {
        let ask = Ask { method, path: path.into(), body, key: set_up_key() };
        let answer = send(to, &self.token, &ask).unwrap();
        assert!(answer.good(), "{method} {path}: {} {}", answer.status, answer.body);
        answer
    }

    fn people(&mut self) {
        let (running, Epoch { address, .. }) = self.serve(&Faults::default());
        let login = json!({ "login": "admin", "password": PASSWORD });
        let signed = self.must(address, "POST", "/api/v1/session", login);
        self.token = signed.body["token"].as_str().unwrap().to_owned();
        let process = json!({ "text": include_str!("line.toml"), "note": "First edition" });
        self.must(address, "POST", "/api/v1/processes", process);
        let me = signed.body["me"]["id"].as_str().unwrap();
        let role = json!({ "role": "lead", "scope": "all" });
        self.must(address, "POST", &format!("/api/v1/people/{me}/roles"), role);
        for client in 0..CLIENTS {
            let product = json!({ "key": format!("p{client}"), "name": format!("P{client}") });
            self.must(address, "POST", "/api/v1/products", product);
            let site = json!({ "key": format!("s{client}"), "name": "S", "zone": zone_at_noon(), "lang": "en" });
            self.must(address, "POST", "/api/v1/sites", site);
            for contact in 0..CONTACTS {
                let email = Self::address(client, contact);
                let body = json!({ "name": "C", "email": email, "lang": "en", "kind": "admin" });
                self.must(address, "POST", &format!("/api/v1/sites/s{client}/contacts"), body);
            }
        }
        assert!(running.terminate().success());
    }

    /// The address of a contact.
    pub fn address(client: usize, contact: usize) -> String {
        format!("c{contact}@s{client}.example")
    }
}

/// A zone where it is about noon now: mails wait out the night of whoever gets them, and the rig
/// runs at any hour.
fn zone_at_noon() -> String {
    let hour = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).hour();
    // The names of these zones count westward.
    format!("Etc/GMT{:+}", hour - 12)
}

fn set_up_key() -> String {
    static KEYS: AtomicU64 = AtomicU64::new(0);
    format!("set-up-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}

/// A mailbox that stays while servers come and go.
pub fn mailbox() -> MailSink {
    MailSink::start()
}
