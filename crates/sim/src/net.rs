//! The wire between sites and server: what is sent is lost, doubled, late and overtaken.

use crate::dice::Dice;
use crate::history::{Counts, Log, Seen};
use crate::server::{Answer, Packet, Server};
use hyper::{Method, StatusCode};
use roadbook_agent::ports::{NetError, Server as Port};
use roadbook_core::ids::RolloutId;
use roadbook_core::rollout::Outcome;
use roadbook_store::rollouts;
use roadbook_wire::ddi::{ConfigData, Confirmation, DeploymentBase, Feedback, Poll, STAGE};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io;

const HOST: &str = "http://127.0.0.1:8080";
/// Of a thousand messages so many are lost on the way there, lost on the way back, late, doubled.
const LOST: u64 = 25;
const ANSWER_LOST: u64 = 25;
const LATE: u64 = 25;
const DOUBLED: u64 = 30;
/// Downloads that break off.
const BROKEN_OFF: u64 = 150;

/// What is known of an order on the wire.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its rollout.
    pub rollout: RolloutId,
    /// A way back.
    pub back: bool,
    /// Wave, from 1.
    pub wave: usize,
}

/// The wire.
pub struct Net<'g> {
    /// The server at its end.
    pub server: Server<'g>,
    /// Whether faults strike.
    pub storm: bool,
    /// What will come later: after so many milliseconds.
    pub later: Vec<(i64, Packet)>,
    /// The server took a message that may have moved its rollouts.
    pub moved: bool,
    /// The server has just died.
    pub died: bool,
    /// Faults.
    pub counts: Counts,
    /// Orders that were handed out.
    pub orders: BTreeMap<u32, Known>,
    dice: Dice,
    log: Log,
    numbers: Vec<u64>,
    newest: Vec<u64>,
    /// Time of the server's clock.
    pub server_time: i64,
}

impl<'g> Net<'g> {
    /// A wire to a server.
    pub fn new(server: Server<'g>, dice: Dice, log: Log) -> Net<'g> {
        let sites = server.ground().sites.len();
        Net {
            server,
            storm: true,
            later: Vec::new(),
            moved: false,
            died: false,
            counts: Counts::default(),
            orders: BTreeMap::new(),
            dice,
            log,
            numbers: vec![0; sites],
            newest: vec![0; sites],
            server_time: 0,
        }
    }

    /// The end of the wire at a site.
    pub fn line(&mut self, site: usize) -> Line<'_, 'g> {
        Line { net: self, site }
    }

    /// Carries a packet to the server, now.
    pub fn deliver(&mut self, packet: &Packet) -> Option<Answer> {
        let newest = &mut self.newest[packet.site];
        if packet.number < *newest {
            self.counts.add("overtaken");
        }
        *newest = packet.number.max(*newest);
        if !self.server.is_up() {
            self.counts.add("met no server");
            return None;
        }
        let answer = self.server.answer(packet);
        if answer.is_none() {
            self.died = true;
        }
        if let Some(told) = Message::of(packet) {
            self.told(packet.site, &told, answer.as_ref());
        } else if let (Some(action), Some(answer)) = (order_of(packet), &answer) {
            if answer.status == StatusCode::OK {
                self.handed(packet.site, action);
            } else {
                let status = answer.status.as_u16();
                self.log.note(Seen::Withheld { site: packet.site, action, status });
            }
        }
        if answer.as_ref().is_some_and(|it| it.status != StatusCode::UNAUTHORIZED) {
            self.log.note(Seen::Called { site: packet.site, at: self.server_time });
        }
        answer
    }

    fn known(&mut self, action: u32) -> Option<Known> {
        if let Some(known) = self.orders.get(&action) {
            return Some(known.clone());
        }
        let found = self.server.look(rollouts::action(self.server.store(), i64::from(action)));
        let row = found.ok().flatten()?;
        let known = Known {
            rollout: row.rollout_id,
            back: row.kind == "rollback",
            wave: row.wave as usize,
        };
        self.orders.insert(action, known.clone());
        Some(known)
    }

    fn handed(&mut self, site: usize, action: u32) {
        if let Some(known) = self.known(action) {
            let rollout = known.rollout.to_string();
            let (back, wave) = (known.back, known.wave);
            self.log.note(Seen::Handed { site, action, rollout, back, wave });
        }
    }

    /// A message about an order: did the server take it?
    fn told(&mut self, site: usize, told: &Message, answer: Option<&Answer>) {
        self.moved |= told.closed;
        let Some(known) = self.known(told.action) else { return };
        let taken = match answer {
            Some(answer) => answer.status.is_success(),
            // It died over it: what it had kept by then counts as taken.
            None => {
                let id = i64::from(told.action);
                let kept = self.server.look(rollouts::reports(self.server.store(), id));
                kept.is_ok_and(|all| all.iter().any(|it| told.is(it)))
            }
        };
        if !taken {
            return;
        }
        let end = (told.closed && !told.cancel).then(|| told.outcome(known.back));
        self.log.note(Seen::Told { site, action: told.action, message: told.hash, end });
    }
}

/// A message about an order, read from its packet.
struct Message {
    action: u32,
    cancel: bool,
    closed: bool,
    body: Feedback,
    hash: u64,
}

impl Message {
    fn of(packet: &Packet) -> Option<Message> {
        let path = packet.path.strip_suffix("/feedback")?;
        if packet.method != Method::POST || path.contains("/confirmationBase/") {
            return None;
        }
        let action = path.rsplit('/').next()?.parse().ok()?;
        let body: Feedback = serde_json::from_str(&packet.body).ok()?;
        let sum = Sha256::digest(packet.body.as_bytes());
        let mut hash = [0; 8];
        hash.copy_from_slice(&sum[..8]);
        Some(Message {
            action,
            cancel: path.contains("/cancelAction/"),
            closed: body.status.execution == "closed",
            body,
            hash: u64::from_le_bytes(hash),
        })
    }

    fn outcome(&self, back: bool) -> Outcome {
        let status = &self.body.status;
        let stage = status.details.iter().rev().find_map(|it| it.strip_prefix(STAGE));
        match (status.result.finished.as_str(), back) {
            ("failure", _) if stage == Some("rolled_back") => Outcome::RolledBack,
            ("failure", _) => Outcome::Failed,
            (_, true) => Outcome::RolledBack,
            (_, false) => Outcome::Installed,
        }
    }

    fn is(&self, row: &rollouts::ActionReport) -> bool {
        let status = &self.body.status;
        row.execution == status.execution
            && row.code == status.code
            && row.client_at.map(jiff::Timestamp::as_millisecond) == self.body.timestamp
            && serde_json::from_str::<Vec<String>>(&row.details)
                .is_ok_and(|it| it == status.details)
    }
}

/// The order that a packet fetches.
fn order_of(packet: &Packet) -> Option<u32> {
    let path = packet.path.split('?').next()?;
    let (before, number) = path.rsplit_once('/')?;
    if packet.method != Method::GET || !before.ends_with("/deploymentBase") {
        return None;
    }
    number.parse().ok()
}

/// The port of one agent.
pub struct Line<'a, 'g> {
    net: &'a mut Net<'g>,
    site: usize,
}

fn lost() -> NetError {
    NetError::Unreachable("no answer".to_owned())
}

impl Line<'_, '_> {
    fn packet(&mut self, method: Method, path: String) -> Packet {
        let number = &mut self.net.numbers[self.site];
        *number += 1;
        Packet { site: self.site, method, path, body: String::new(), range: None, number: *number }
    }

    fn base(&self) -> String {
        format!("/DEFAULT/controller/v1/{}", self.net.server.ground().sites[self.site].key)
    }

    fn send(&mut self, packet: Packet) -> Result<Answer, NetError> {
        let net = &mut *self.net;
        if net.storm {
            if net.dice.hits(LOST) {
                net.counts.add("lost");
                return Err(lost());
            }
            if net.dice.hits(LATE) {
                net.counts.add("late");
                let delay = net.dice.span(1_000, 1_800_000);
                net.later.push((delay, packet));
                return Err(lost());
            }
            if net.dice.hits(DOUBLED) {
                net.counts.add("doubled");
                let delay = net.dice.span(1, 900_000);
                net.later.push((delay, packet.clone()));
            }
        }
        let answer = net.deliver(&packet).ok_or_else(lost)?;
        if net.storm && net.dice.hits(ANSWER_LOST) {
            net.counts.add("answers lost");
            return Err(lost());
        }
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(NetError::Denied),
            StatusCode::NOT_FOUND => Err(NetError::Missing),
            StatusCode::GONE => Err(NetError::Gone),
            status if status.is_success() => Ok(answer),
            status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                net.counts.add("sent away");
                Err(NetError::Unreachable(status.to_string()))
            }
            status => {
                net.counts.add("not understood");
                Err(NetError::Strange(status.to_string()))
            }
        }
    }

    fn get<T: DeserializeOwned>(&mut self, path: String) -> Result<T, NetError> {
        let packet = self.packet(Method::GET, path);
        let answer = self.send(packet)?;
        serde_json::from_slice(&answer.body).map_err(|it| NetError::Strange(it.to_string()))
    }

    fn put(&mut self, method: Method, rest: &str, body: &impl Serialize) -> Result<(), NetError> {
        let path = format!("{}/{rest}", self.base());
        let mut packet = self.packet(method, path);
        packet.body =
            serde_json::to_string(body).map_err(|it| NetError::Strange(it.to_string()))?;
        self.send(packet).map(|_| ())
    }
}

fn path(href: &str) -> String {
    href.strip_prefix(HOST).unwrap_or(href).to_owned()
}

impl Port for Line<'_, '_> {
    fn poll(&mut self) -> Result<Poll, NetError> {
        let base = self.base();
        self.get(base)
    }

    fn order(&mut self, href: &str) -> Result<DeploymentBase, NetError> {
        self.get(path(href))
    }

    fn feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError> {
        self.put(Method::POST, &format!("deploymentBase/{action}/feedback"), body)
    }

    fn cancel_feedback(&mut self, action: u32, body: &Feedback) -> Result<(), NetError> {
        self.put(Method::POST, &format!("cancelAction/{action}/feedback"), body)
    }

    fn confirm(&mut self, action: u32, body: &Confirmation) -> Result<(), NetError> {
        self.put(Method::POST, &format!("confirmationBase/{action}/feedback"), body)
    }

    fn config_data(&mut self, body: &ConfigData) -> Result<(), NetError> {
        self.put(Method::PUT, "configData", body)
    }

    fn download(
        &mut self,
        href: &str,
        from: u64,
        most: u64,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), NetError> {
        let mut packet = self.packet(Method::GET, path(href));
        packet.range = Some((from, from + most - 1));
        let answer = self.send(packet)?;
        let mut bytes = &answer.body[..];
        let breaks = self.net.storm && self.net.dice.hits(BROKEN_OFF);
        if breaks {
            self.net.counts.add("downloads broken off");
            bytes = &bytes[..self.net.dice.below(bytes.len() as u64) as usize];
        }
        for piece in bytes.chunks(1024) {
            take(piece).map_err(|error| NetError::Disk(error.to_string()))?;
        }
        if breaks { Err(lost()) } else { Ok(()) }
    }
}
