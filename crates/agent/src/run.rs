//! The loop of the program at a site.

use crate::believe::Pinned;
use crate::config::Config;
use crate::journal::Journal;
use crate::machine::{Agent, SELF, Turn, World};
use crate::ports::{Clock, Disk};
use crate::real::{self, HttpServer, RealDisk, RealFacts, RealHooks, RealSite, http};
use crate::tree;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How often an own new version may begin without ever having reached the server.
const STARTS: u32 = 3;
const STARTED: &str = "own-starts";
/// Says to the program that it is the one that `current` points to.
const OWN: &str = "ROADBOOK_AGENT_OWN";

/// How the loop shall be.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// Ends when there is nothing to do.
    pub once: bool,
    /// Asks the server at least so often.
    pub every: Option<Duration>,
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was told to, or there was nothing to do.
    Done,
    /// The server did not answer.
    Silent,
    /// A new version of this very program is current.
    Restart,
}

/// Runs until it is told to end.
pub fn run(disk: &RealDisk, config: &Config, how: How) -> Result<End, String> {
    let fault = |error: std::io::Error| error.to_string();
    let _held = disk.hold().map_err(fault)?;
    let journal = Journal::load(disk).map_err(fault)?.ok_or("the journal is gone")?;
    let mut agent = Agent::new(journal);
    agent.at_least_every(how.every);
    let mut disk = disk.clone();
    let ca = config.ca.as_ref().map(std::fs::read).transpose().map_err(fault)?;
    let client = http::client(ca.as_deref())?;
    let mut server = HttpServer::new(client, &config.poll_url, &config.token, config.insecure_http);
    let mut hooks = RealHooks { disk: disk.clone() };
    hooks.sweep();
    let mut facts = RealFacts { disk: disk.clone(), server: config.poll_url.clone() };
    let site = RealSite { disk: disk.clone(), policy: config.policy.clone() };
    let trust = Pinned::new(&config.director_key)?;
    let (clock, signals) = time_and_signals(config)?;
    let mut world = World {
        site_key: &config.site,
        server: &mut server,
        disk: &mut disk,
        hooks: &mut hooks,
        clock: clock.as_ref(),
        facts: &mut facts,
        site: &site,
        trust: &trust,
    };
    let mut said = String::new();
    // Only the newer version itself shows that it is one that works.
    let mut started = std::env::var_os(OWN).is_some();
    loop {
        let turn = agent.turn(&mut world);
        if let Some(told) = signals.try_iter().next() {
            match told {
                Told::End => return Ok(End::Done),
                Told::Now => agent.ask_now(),
            }
        }
        let line = agent.line();
        if line != said {
            println!("{line}");
            said = line;
        }
        if started && agent.last_error().is_none() {
            started = false;
            let _ = world.disk.remove(STARTED);
        }
        let span = match turn {
            Ok(Turn::Worked) => continue,
            Ok(Turn::Restart) => return Ok(End::Restart),
            Ok(Turn::Idle(_)) if how.once => {
                let silent = agent.last_error().is_some();
                return Ok(if silent { End::Silent } else { End::Done });
            }
            Ok(Turn::Idle(span)) => span,
            Err(error) => {
                eprintln!("roadbook-agent: the disk failed: {error}; trying again");
                if how.once {
                    return Err(error.to_string());
                }
                Duration::from_secs(10)
            }
        };
        match signals.recv_timeout(span) {
            Ok(Told::End) => return Ok(End::Done),
            Ok(Told::Now) => agent.ask_now(),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err("signals are gone".to_owned()),
        }
    }
}

/// A rehearsal has a clock of its own, and ends with whoever began it.
fn time_and_signals(config: &Config) -> Result<(Box<dyn Clock>, Receiver<Told>), String> {
    let (clock, rehearsal) = real::clock(&config.poll_url)?;
    Ok((clock, signals(rehearsal)?))
}

enum Told {
    End,
    Now,
}

/// Words from outside. A rehearsal ends with whoever began it: when its standard input closes.
fn signals(rehearsal: bool) -> Result<Receiver<Told>, String> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut heard = signal_hook::iterator::Signals::new([SIGTERM, SIGINT, SIGHUP])
        .map_err(|error| error.to_string())?;
    let (tell, told) = channel();
    if rehearsal {
        let tell = tell.clone();
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            let _ = tell.send(Told::End);
        });
    }
    std::thread::spawn(move || {
        for signal in heard.forever() {
            let word = if signal == SIGHUP { Told::Now } else { Told::End };
            if tell.send(word).is_err() {
                return;
            }
        }
    });
    Ok(told)
}

/// The program that `current` points to, when the agent was updated by a package of its own.
fn own(disk: &RealDisk) -> Option<PathBuf> {
    let path = disk.path(&tree::current(SELF)).join("roadbook-agent");
    path.is_file().then_some(path)
}

/// Becomes the version of this program that is current. Comes back when there is none, when this
/// is it, or when the newer one never reached the server: then this one goes on.
pub fn become_current(disk: &mut RealDisk, restart: bool) {
    let Some(path) = own(disk) else { return };
    let here = std::env::current_exe().and_then(std::fs::canonicalize).ok();
    let there = std::fs::canonicalize(&path).ok();
    if here == there || (!restart && std::env::var_os(OWN).is_some()) {
        return;
    }
    let starts = disk.read(STARTED).ok().flatten().unwrap_or_default();
    let starts: u32 = String::from_utf8_lossy(&starts).trim().parse().unwrap_or(0);
    if starts >= STARTS && !restart {
        eprintln!(
            "roadbook-agent: the version in {} began {starts} times and never reached the server; \
             this one goes on in its place",
            path.display()
        );
        return;
    }
    let next = if restart { 1 } else { starts + 1 };
    if crate::config::write(disk, STARTED, next.to_string().as_bytes()).is_err() {
        return;
    }
    let error = Command::new(&path).args(std::env::args_os().skip(1)).env(OWN, "1").exec();
    eprintln!("roadbook-agent: {} cannot be started: {error}", path.display());
}
