//! Dividing sites into waves: by condition and share, in an order that nobody can guess at.

use super::{HALT_FAILED, HALT_SILENT, Part};
use crate::ids::SiteId;
use crate::process::template::Wave as Declared;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Name of the wave that takes whom no declared wave takes.
pub const REST: &str = "rest";

/// A wave as declared, with what it leaves open filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Name.
    pub name: String,
    /// What its members are.
    #[serde(default)]
    pub of: Part,
    /// Share of those that are left and match, in percent.
    pub share: u8,
    /// How long it must be quiet afterwards.
    pub soak_seconds: i64,
    /// Failures above this share halt, in percent.
    pub halt_failed: u8,
    /// Silent sites above this share halt, in percent.
    pub halt_silent: u8,
}

impl Rule {
    fn rest(index: usize) -> Rule {
        Rule {
            name: REST.to_owned(),
            of: Part::Site,
            share: 100,
            soak_seconds: 0,
            halt_failed: if index == 0 { 0 } else { HALT_FAILED },
            halt_silent: HALT_SILENT,
        }
    }
}

/// A site, or a part of one, that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Site.
    pub site: SiteId,
    /// What it is.
    pub part: Part,
    /// Whether it meets the condition of each declared wave, in their order.
    pub matches: Vec<bool>,
}

/// A wave with its sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its rule.
    pub rule: Rule,
    /// Its sites, in the order in which they were drawn.
    pub sites: Vec<SiteId>,
}

/// The rules of a rollout step; a step without waves has one for everybody.
pub fn rules(declared: &[Declared]) -> Vec<Rule> {
    let rule = |(index, wave): (usize, &Declared)| Rule {
        name: wave.name.clone(),
        of: Part::parse(&wave.of).unwrap_or_default(),
        share: wave.share.unwrap_or(100).min(100),
        soak_seconds: wave.soak.map_or(0, |it| it.nominal_minutes().max(0) * 60),
        halt_failed: wave.halt_failed.unwrap_or(if index == 0 { 0 } else { HALT_FAILED }),
        halt_silent: wave.halt_silent.unwrap_or(HALT_SILENT),
    };
    if declared.is_empty() {
        return vec![Rule { name: "all".to_owned(), ..Rule::rest(0) }];
    }
    declared.iter().enumerate().map(rule).collect()
}

/// Puts every member into exactly one wave. The same seed, rules and members give the same waves,
/// whatever the order of the members; whom no rule takes is in a last wave of its own.
pub fn divide(seed: &str, rules: &[Rule], members: &[Member]) -> Vec<Share> {
    let mut left: Vec<([u8; 32], &Member)> =
        members.iter().map(|it| (place(seed, &it.site), it)).collect();
    left.sort_by(|a, b| (a.0, &a.1.site).cmp(&(b.0, &b.1.site)));
    left.dedup_by(|a, b| a.1.site == b.1.site);
    let mut waves = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let fits =
            |it: &Member| rule.of.takes(it.part) && it.matches.get(index).copied().unwrap_or(true);
        let fitting = left.iter().filter(|(_, it)| fits(it)).count();
        let mut room = (fitting * usize::from(rule.share.min(100))).div_ceil(100);
        let mut sites = Vec::with_capacity(room);
        left.retain(|(_, it)| {
            let taken = room > 0 && fits(it);
            if taken {
                room -= 1;
                sites.push(it.site.clone());
            }
            !taken
        });
        waves.push(Share { rule: rule.clone(), sites });
    }
    if !left.is_empty() {
        let sites = left.into_iter().map(|(_, it)| it.site.clone()).collect();
        waves.push(Share { rule: Rule::rest(rules.len()), sites });
    }
    waves
}

/// SHA-256 over all waves and their sites, hexadecimal: what the record keeps of a membership.
pub fn digest(waves: &[Share]) -> String {
    let mut hash = Sha256::new();
    for (index, wave) in waves.iter().enumerate() {
        for site in &wave.sites {
            hash.update(format!("{} {site}\n", index + 1));
        }
    }
    hash.finalize().iter().map(|it| format!("{it:02x}")).collect()
}

fn place(seed: &str, site: &SiteId) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.as_bytes());
    hash.update([0]);
    hash.update(site.as_str().as_bytes());
    hash.finalize().into()
}
