//! Turns that speak with the server: reports, polls, orders, consent, facts.

use crate::journal::{Fetch, Installed, Journal, Report, Run, Stage};
use crate::machine::{Agent, Turn, World, refusal, remember, say};
use crate::policy::Consent;
use crate::ports::{NetError, Refused};
use crate::{fail, tree};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roadbook_core::package::{Order, OrderKind, OrderPlace, judge_order};
use roadbook_wire::ddi::{
    Chunk, ConfigData, Confirmation, DeploymentBase, Feedback, META_ORDER, META_ORDER_SIGNATURE,
    META_PARAMETERS, META_TRUST, META_TRUST_SIGNATURE, PollLinks, ResultOf, Status,
};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

/// Facts are told again after so long, with what has drifted.
const FACTS_EVERY: Duration = Duration::from_hours(1);
/// The longest wait after failures of the net.
const LONGEST: Duration = Duration::from_mins(5);
/// A package larger than this is not fetched.
const LARGEST: u64 = 64 << 30;

impl Agent {
    /// Tells the oldest report. It is forgotten only after the server has it.
    pub(crate) fn deliver(&mut self, world: &mut World<'_>) -> io::Result<Turn> {
        let report = self.journal.reports[0].clone();
        fail::point("report.before");
        let body = feedback(&report);
        let told = if report.cancel {
            world.server.cancel_feedback(report.action, &body)
        } else {
            world.server.feedback(report.action, &body)
        };
        fail::point("report.after");
        match told {
            Ok(()) | Err(NetError::Gone | NetError::Missing) => {}
            Err(NetError::Strange(why)) => self.last_error = Some(why),
            Err(error) => {
                let wait = self.backoff(&error);
                self.report_at = world.clock.ticks() + wait;
                return Ok(Turn::Worked);
            }
        }
        self.failures = 0;
        let mut next = self.journal.clone();
        next.reports.remove(0);
        self.keep(world.disk, next)?;
        Ok(Turn::Worked)
    }

    fn backoff(&mut self, error: &NetError) -> Duration {
        self.last_error = Some(error.to_string());
        self.failures = (self.failures + 1).min(10);
        Duration::from_secs(1 << self.failures).min(LONGEST)
    }

    /// Asks whether there is something to do.
    pub(crate) fn poll(&mut self, world: &mut World<'_>) -> io::Result<Turn> {
        let poll = match world.server.poll() {
            Ok(poll) => poll,
            Err(error) => {
                let wait = self.backoff(&error).min(self.sleep);
                self.poll_at = world.clock.ticks() + wait;
                return Ok(Turn::Idle(wait));
            }
        };
        self.failures = 0;
        self.last_error = None;
        let sleep = span(&poll.config.polling.sleep);
        self.sleep = self.every.map_or(sleep, |every| every.min(sleep));
        self.poll_at = world.clock.ticks() + self.sleep;
        if let Some(turn) = self.cancelled(world, &poll.links)? {
            return Ok(turn);
        }
        if let Some(turn) = self.ordered(world, &poll.links)? {
            return Ok(turn);
        }
        if let Some(turn) = self.asked(world, &poll.links)? {
            return Ok(turn);
        }
        let due = world.clock.ticks() >= self.facts_at || self.wants_facts;
        if poll.links.config_data.is_some() || due {
            return self.tell_facts(world, poll.links.config_data.is_some());
        }
        Ok(Turn::Idle(self.sleep))
    }

    fn cancelled(&mut self, world: &mut World<'_>, links: &PollLinks) -> io::Result<Option<Turn>> {
        let Some(action) = links.cancel_action.as_ref().and_then(|link| number(&link.href)) else {
            return Ok(None);
        };
        let run = self.journal.run.as_ref().filter(|run| run.order.action == action);
        let busy = run.is_some_and(|run| !run.stage.untouched());
        let details =
            vec![if busy {
            "it is being installed already; it ends by itself, well or with the former version"
        } else {
            "stopped, nothing was changed"
        }
        .to_owned()];
        let report = Report {
            action,
            execution: if busy { "rejected" } else { "closed" }.to_owned(),
            finished: if busy { "none" } else { "success" }.to_owned(),
            code: None,
            details,
            at: world.clock.now(),
            cancel: true,
        };
        let mut next = self.journal.clone();
        if busy {
            say(&mut next, report);
        } else if let Some(run) = next.run.take_if(|run| run.order.action == action) {
            remember(&mut next, &run.order.product, &run.order.version, report);
        } else {
            say(&mut next, report);
        }
        self.keep(world.disk, next)?;
        self.untidy = true;
        Ok(Some(Turn::Worked))
    }

    fn ordered(&mut self, world: &mut World<'_>, links: &PollLinks) -> io::Result<Option<Turn>> {
        let Some(link) = &links.deployment_base else { return Ok(None) };
        let Some(action) = number(&link.href) else {
            self.last_error = Some(format!("the link `{}` names no action", link.href));
            return Ok(None);
        };
        if let Some(run) = &self.journal.run {
            if run.order.action == action || !run.stage.untouched() {
                return Ok(None);
            }
            // Another order takes the place of one that has not begun.
            let mut next = self.journal.clone();
            next.run = None;
            self.keep(world.disk, next)?;
            self.untidy = true;
        }
        if let Some(past) = self.journal.closed(action) {
            // It is over here, and the server did not hear it, or was set back: say it again.
            let mut next = self.journal.clone();
            say(&mut next, past.last.clone());
            self.keep(world.disk, next)?;
            return Ok(Some(Turn::Worked));
        }
        let base = match world.server.order(&link.href) {
            Ok(base) => base,
            Err(error) => {
                self.last_error = Some(error.to_string());
                return Ok(None);
            }
        };
        self.accept(world, action, &link.href, &base).map(Some)
    }

    /// Looks at an order, and takes it or says why not.
    fn accept(
        &mut self,
        world: &mut World<'_>,
        action: u32,
        href: &str,
        base: &DeploymentBase,
    ) -> io::Result<Turn> {
        let mut next = self.journal.clone();
        let taken = self.believe(world, &mut next, action, href, base);
        match taken {
            Ok(run) => {
                let text =
                    format!("order {action} taken: {} {}", run.order.product, run.order.version);
                let report = crate::machine::progress(&run, world.clock.now(), vec![text]);
                next.order_counter = run.order.counter;
                next.order_action = action;
                next.signed_at = next.signed_at.max(Some(run.order.signed_at));
                next.run = Some(run);
                say(&mut next, report);
                self.keep(world.disk, next)?;
                fail::point("order.accepted");
                self.confirm_at = Duration::ZERO;
                Ok(Turn::Worked)
            }
            Err(refused) => {
                let chunk = base.deployment.as_ref().and_then(|order| order.chunks.first());
                let what = chunk.map_or(("", ""), |chunk| (&*chunk.name, &*chunk.version));
                self.refuse(world, action, what, &refused)
            }
        }
    }

    fn believe(
        &self,
        world: &mut World<'_>,
        next: &mut Journal,
        action: u32,
        href: &str,
        base: &DeploymentBase,
    ) -> Result<Run, Refused> {
        let deployment = base
            .deployment
            .as_ref()
            .ok_or_else(|| Refused::new("order_missing", "the server sent no order"))?;
        let [chunk] = deployment.chunks.as_slice() else {
            return Err(Refused::new("order_parts", "an order has exactly one part"));
        };
        new_keys(world, next, chunk)?;
        let order = signed_order(world, chunk)?;
        if order.action != action || base.id != action.to_string() {
            return Err(Refused::new(
                "order_action",
                format!(
                    "the order is for action {}, and the server calls it {action}",
                    order.action
                ),
            ));
        }
        self.fresh(&order)?;
        if chunk.name != order.product || chunk.version != order.version {
            return Err(Refused::new(
                "order_mixed",
                "what the server says and what the director signed are different things",
            ));
        }
        let installed = self.journal.installed.get(&order.product);
        // A way back may come where its way there was withdrawn in time: the former version is the
        // one that runs.
        let is_back = installed.filter(|one| one.digest == order.manifest);
        let former = is_back.or_else(|| installed.and_then(|one| one.former.as_deref()));
        let place = OrderPlace {
            site: world.site_key,
            product: &order.product,
            former: former.map(|one| one.version.as_str()),
            counter: self.journal.order_counter,
            now: self.now(world.clock),
        };
        judge_order(&order, &place)
            .map_err(|refusal| Refused::new(refusal.code(), refusal.to_string()))?;
        let fetch = fetch_of(&order, chunk, former)?;
        Ok(Run {
            href: href.to_owned(),
            parameters: parameters(chunk)?,
            stage: if fetch.is_some() { Stage::Downloading } else { Stage::Waiting },
            fetch,
            hook: None,
            tries: 0,
            manifest: None,
            from: installed.map(|one| one.version.clone()),
            failure: None,
            waits: None,
            question: None,
            began: None,
            order,
        })
    }

    /// An order is obeyed once. One that was withdrawn before it began is not used up.
    fn fresh(&self, order: &Order) -> Result<(), Refused> {
        let last = self.journal.order_counter;
        let again = order.counter == last && order.action == self.journal.order_action;
        if order.counter > last || again {
            return Ok(());
        }
        Err(Refused::new(
            "order_older",
            format!(
                "the order's number {} was used before (the last one is {last}); an order is never \
                 obeyed twice",
                order.counter
            ),
        ))
    }

    fn asked(&mut self, world: &mut World<'_>, links: &PollLinks) -> io::Result<Option<Turn>> {
        let action = links.confirmation_base.as_ref().and_then(|link| number(&link.href));
        let wants = world.site.policy().is_ok_and(|policy| policy.consent == Consent::Ask);
        let action = action.filter(|_| wants);
        if self.journal.asked != action {
            let mut next = self.journal.clone();
            next.asked = action;
            self.keep(world.disk, next)?;
        }
        let Some(action) = action else { return Ok(None) };
        let Some(answer) = world.site.answer(&action.to_string()) else { return Ok(None) };
        let body = Confirmation {
            confirmation: if answer { "confirmed" } else { "denied" }.to_owned(),
            code: None,
            details: vec!["said at the site".to_owned()],
        };
        if let Err(error) = world.server.confirm(action, &body) {
            self.last_error = Some(error.to_string());
            return Ok(None);
        }
        self.poll_at = world.clock.ticks() + Duration::from_secs(1);
        Ok(None)
    }

    fn tell_facts(&mut self, world: &mut World<'_>, wanted: bool) -> io::Result<Turn> {
        self.wants_facts = false;
        self.facts_at = world.clock.ticks() + FACTS_EVERY;
        let mut facts = world.facts.facts();
        for (product, installed) in &self.journal.installed {
            facts.insert(format!("installed.{product}"), installed.version.clone());
            let drift = tree::drift(world.disk, &installed.manifest)?;
            let text = match drift.as_slice() {
                [] => "none".to_owned(),
                [one] => one.clone(),
                [first, rest @ ..] => format!("{first}, and {} more", rest.len()),
            };
            facts.insert(format!("drift.{product}"), text);
        }
        let facts: BTreeMap<String, String> =
            facts.into_iter().map(|(key, value)| (plain(&key), plain(&value))).collect();
        if !wanted && self.journal.facts_sent.as_ref() == Some(&facts) {
            return Ok(Turn::Worked);
        }
        let body = ConfigData {
            mode: Some("replace".to_owned()),
            data: facts.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect(),
        };
        if let Err(error) = world.server.config_data(&body) {
            self.last_error = Some(error.to_string());
            self.wants_facts = true;
            return Ok(Turn::Idle(self.sleep));
        }
        let mut next = self.journal.clone();
        next.facts_sent = Some(facts);
        self.keep(world.disk, next)?;
        Ok(Turn::Worked)
    }

    /// Just before something is changed: does the server still want it? A halt that was decided
    /// after the order was taken is heard here.
    pub(crate) fn still_wanted(&mut self, world: &mut World<'_>) -> io::Result<Wanted> {
        let Some(run) = &self.journal.run else { return Ok(Wanted::No) };
        match world.server.order(&run.href) {
            Ok(base) => {
                let Some(deployment) = base.deployment else { return Ok(Wanted::No) };
                let fresh = match deployment.chunks.as_slice() {
                    [chunk] => signed_order(world, chunk).ok(),
                    _ => None,
                };
                let Some(fresh) = fresh.filter(|fresh| same(fresh, &run.order)) else {
                    return Ok(Wanted::No);
                };
                if deployment.update == "skip" {
                    return Ok(Wanted::Later("the server says: not yet".to_owned()));
                }
                if fresh.not_before != run.order.not_before || fresh.until < run.order.until {
                    // The window was moved: what is signed last counts.
                    let next = self.with_run(|run| run.order = fresh);
                    self.keep(world.disk, next)?;
                    return Ok(Wanted::Later("the window was moved".to_owned()));
                }
                Ok(Wanted::Yes)
            }
            Err(NetError::Missing | NetError::Gone) => Ok(Wanted::No),
            Err(error) => {
                self.last_error = Some(error.to_string());
                Ok(Wanted::Later(
                    "the server must say once more that it is wanted, and cannot be reached"
                        .to_owned(),
                ))
            }
        }
    }

    /// Forgets a run that is not wanted any more; nothing was changed.
    pub(crate) fn withdraw(&mut self, world: &mut World<'_>) -> io::Result<Turn> {
        let mut next = self.journal.clone();
        next.run = None;
        self.keep(world.disk, next)?;
        self.untidy = true;
        self.poll_at = Duration::ZERO;
        Ok(Turn::Worked)
    }

    /// A refusal of what a run fetched: nothing of it was run.
    pub(crate) fn refuse_run(
        &mut self,
        world: &mut World<'_>,
        refused: &Refused,
    ) -> io::Result<Turn> {
        let action = self.journal.run.as_ref().map_or(0, |run| run.order.action);
        let report = refusal(action, refused, world.clock.now());
        self.close(world, |_, _| {}, report)
    }
}

/// Whether an order still stands.
pub(crate) enum Wanted {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Perhaps later.
    Later(String),
}

/// The same order, signed anew: times may differ.
fn same(one: &Order, other: &Order) -> bool {
    let key = |it: &Order| {
        let (site, product) = (it.site.clone(), it.product.clone());
        (it.action, it.kind, site, product, it.version.clone(), it.manifest.clone(), it.counter)
    };
    key(one) == key(other)
}

fn feedback(report: &Report) -> Feedback {
    Feedback {
        timestamp: Some(report.at.as_millisecond()),
        status: Status {
            execution: report.execution.clone(),
            result: ResultOf { finished: report.finished.clone() },
            code: report.code,
            details: report.details.clone(),
        },
    }
}

/// Number of the action in a link: its last step, without the query.
fn number(href: &str) -> Option<u32> {
    href.split(['?', '#']).next()?.rsplit('/').next()?.parse().ok().filter(|n| *n < 1 << 31)
}

/// `HH:MM:SS`, held between one second and a day.
fn span(text: &str) -> Duration {
    let mut seconds = 0_u64;
    for part in text.split(':') {
        let Ok(number) = part.parse::<u32>() else { return Duration::from_mins(5) };
        seconds = seconds.saturating_mul(60).saturating_add(u64::from(number));
    }
    Duration::from_secs(seconds.clamp(1, 86_400))
}

fn meta<'a>(chunk: &'a Chunk, key: &str) -> Option<&'a str> {
    chunk.metadata.iter().find(|one| one.key == key).map(|one| one.value.as_str())
}

fn signed_order(world: &World<'_>, chunk: &Chunk) -> Result<Order, Refused> {
    let (Some(bytes), Some(signature)) =
        (meta(chunk, META_ORDER), meta(chunk, META_ORDER_SIGNATURE))
    else {
        return Err(Refused::new(
            "order_unsigned",
            "the director of this server has signed no order; without one nothing is installed",
        ));
    };
    let bytes = STANDARD
        .decode(bytes)
        .map_err(|_| Refused::new("order_form", "the order cannot be read (base64)"))?;
    world.trust.order(&bytes, signature)
}

/// Believes newer sets of keys, each signed by the one before, in the order in which they come.
fn new_keys(world: &World<'_>, next: &mut Journal, chunk: &Chunk) -> Result<(), Refused> {
    let mut at = 0;
    while at < chunk.metadata.len() {
        let one = &chunk.metadata[at];
        at += 1;
        if one.key != META_TRUST {
            continue;
        }
        let bytes = STANDARD
            .decode(&one.value)
            .map_err(|_| Refused::new("root_form", "a set of keys cannot be read (base64)"))?;
        let mut signatures = Vec::new();
        while chunk.metadata.get(at).is_some_and(|meta| meta.key == META_TRUST_SIGNATURE) {
            signatures.push(chunk.metadata[at].value.clone());
            at += 1;
        }
        // Sets that are known already come along for sites that lag behind.
        let known = serde_json::from_slice::<roadbook_core::package::TrustRoot>(&bytes)
            .is_ok_and(|root| root.version <= next.trust.version);
        if !known {
            next.trust = world.trust.root(&next.trust, &bytes, &signatures)?;
        }
    }
    Ok(())
}

/// What has to be fetched for an order: nothing for a way back, but then the version must be the
/// very one that ran here before.
fn fetch_of(
    order: &Order,
    chunk: &Chunk,
    former: Option<&Installed>,
) -> Result<Option<Fetch>, Refused> {
    match order.kind {
        OrderKind::Install => fetch(chunk).map(Some),
        OrderKind::Rollback if former.is_some_and(|one| one.digest == order.manifest) => Ok(None),
        OrderKind::Rollback => Err(Refused::new(
            "manifest",
            "the version that ran before is not the one that the order names",
        )),
    }
}

fn fetch(chunk: &Chunk) -> Result<Fetch, Refused> {
    let [artifact] = chunk.artifacts.as_slice() else {
        return Err(Refused::new("artifact_parts", "an order names exactly one package file"));
    };
    let links = &artifact.links;
    let link = links.download.as_ref().or(links.download_http.as_ref());
    let link = link.ok_or_else(|| Refused::new("artifact_link", "the package has no address"))?;
    let sha256 = artifact.hashes.sha256.clone().filter(|sum| sum.len() == 64);
    let sha256 = sha256.ok_or_else(|| Refused::new("artifact_digest", "it has no SHA-256"))?;
    if artifact.size == 0 || artifact.size > LARGEST {
        return Err(Refused::new("artifact_size", format!("{} bytes", artifact.size)));
    }
    Ok(Fetch { href: link.href.clone(), size: artifact.size, sha256 })
}

fn parameters(chunk: &Chunk) -> Result<BTreeMap<String, String>, Refused> {
    let Some(text) = meta(chunk, META_PARAMETERS) else { return Ok(BTreeMap::new()) };
    serde_json::from_str(text)
        .map_err(|error| Refused::new("parameters", format!("they cannot be read: {error}")))
}

/// A fact in the letters and the length that the protocol takes.
fn plain(text: &str) -> String {
    const MARKS: &str = "_-!@#$%^&*()+=[]{}|;:'\",.<>/\\?";
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || MARKS.contains(c) { c } else { ' ' })
        .take(128)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_spans_are_read() {
        for (href, want) in [
            ("http://h/DEFAULT/controller/v1/s/deploymentBase/11?c=-21", Some(11)),
            ("http://h/x/12", Some(12)),
            ("http://h/x/", None),
            ("http://h/x/4294967295", None),
            ("http://h/x/-1", None),
        ] {
            assert_eq!(number(href), want);
        }
        for (text, want) in
            [("00:05:00", 300), ("00:00:00", 1), ("99:00:00", 86_400), ("soon", 300), ("", 300)]
        {
            assert_eq!(span(text), Duration::from_secs(want));
        }
    }
}
