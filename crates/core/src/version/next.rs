//! The next number, with every reason for it.

use super::classify::{Change, ChangeKind, Level, deciding};
use super::scheme::{Scheme, VabcdRules, Version, VersionRefusal};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How far the number should rise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Raise {
    /// By a level that a person chose.
    Level(Level),
    /// As far as the changes ask for.
    Changes(Vec<Change>),
    /// To exactly this number, as planned (S3-51).
    To(Version),
}

/// What the decision needs to know.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The newest number of the product; `None` before the first.
    pub current: Option<&'a Version>,
    /// How far.
    pub raise: Raise,
    /// Order number of the tag, when the scheme takes the build from it.
    pub tag: Option<u32>,
    /// Today in the zone of the product; only dated schemes read it.
    pub today: Date,
    /// Numbers that are reserved or released (S4c-01).
    pub taken: &'a [Version],
}

/// A part of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// `a`, or MAJOR.
    A,
    /// `b`, or MINOR.
    B,
    /// `c`, or PATCH.
    C,
    /// `d`.
    D,
    /// MICRO of a dated scheme.
    Micro,
}

/// One reason for a number. Together they retell how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The product has no version yet.
    First,
    /// A person chose the level.
    Chosen {
        /// The level.
        level: Level,
    },
    /// This change asks for the highest level of all.
    Decided {
        /// Name of the change.
        change: String,
        /// Its kind.
        kind: ChangeKind,
        /// What it asks for.
        level: Level,
        /// How many changes were looked at.
        of: usize,
    },
    /// The number was planned.
    Planned,
    /// A part rose.
    Raised {
        /// Which.
        part: Part,
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// A part was full, so that the next higher one rises instead.
    Carried {
        /// The full part.
        part: Part,
        /// Its limit.
        max: u32,
        /// The part that rises.
        into: Part,
    },
    /// A lower part went back to zero.
    Reset {
        /// Which.
        part: Part,
        /// Before.
        from: u32,
    },
    /// A lower part stays, by a setting of the scheme.
    Kept {
        /// Which.
        part: Part,
        /// Its value.
        value: u32,
    },
    /// The build is the order number of the tag.
    FromTag {
        /// The number.
        tag: u32,
    },
    /// The date makes the number.
    Dated {
        /// The date.
        date: Date,
    },
    /// Before 1.0.0 an incompatible change raises the second part.
    Unstable,
    /// A pre-release becomes the version it announced.
    Finished,
}

/// A number and why it is this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explained {
    /// The number.
    pub version: Version,
    /// The number as it is shown.
    pub text: String,
    /// The part that was asked to rise; `None` for a first or dated number.
    pub level: Option<Level>,
    /// A main, sub or revision number needs an entry in the roadmap, or its owner's approval (S3-48).
    pub needs_roadmap: bool,
    /// The reasons, in order.
    pub why: Vec<Why>,
}

impl Scheme {
    /// The next number of a product.
    pub fn next(&self, request: &Request<'_>) -> Result<Explained, VersionRefusal> {
        let mut why = Vec::new();
        let (version, level) = match &request.raise {
            Raise::To(version) => (self.planned(version, request, &mut why)?, None),
            raise => {
                let level = level_of(raise, &mut why)?;
                let version = match (self, request.current) {
                    (Scheme::CalVer(_), _) => self.dated(request, &mut why)?,
                    (_, None) => self.first(request, &mut why)?,
                    (Scheme::Vabcd(rules), Some(Version::Vabcd(current))) => {
                        self.raise_four(rules, *current, level, request.tag, &mut why)?
                    }
                    (Scheme::SemVer, Some(Version::SemVer(current))) => {
                        raise_semantic(current, level, &mut why)?
                    }
                    _ => return Err(VersionRefusal::OtherScheme),
                };
                (version, Some(level))
            }
        };
        self.unused(&version, request)?;
        let needs_roadmap = needs_roadmap(request.current, &version);
        let text = self.format(&version);
        Ok(Explained { version, text, level, needs_roadmap, why })
    }

    fn first(&self, request: &Request<'_>, why: &mut Vec<Why>) -> Result<Version, VersionRefusal> {
        why.push(Why::First);
        Ok(match self {
            Scheme::Vabcd(rules) if rules.d_from_tag => {
                let tag = request.tag.ok_or(VersionRefusal::TagMissing)?;
                why.push(Why::FromTag { tag });
                Version::Vabcd([1, 0, 0, tag])
            }
            Scheme::Vabcd(_) => Version::Vabcd([1, 0, 0, request.tag.unwrap_or(0)]),
            _ => Version::SemVer(semver::Version::new(1, 0, 0)),
        })
    }

    /// A planned number must be of the scheme and above the current one.
    fn planned(
        &self,
        version: &Version,
        request: &Request<'_>,
        why: &mut Vec<Why>,
    ) -> Result<Version, VersionRefusal> {
        let text = self.format(version);
        // Reading it back applies the limits of the scheme and refuses numbers of another one.
        if self.parse(&text)? != *version {
            return Err(VersionRefusal::OtherScheme);
        }
        if let Some(current) = request.current
            && version <= current
        {
            return Err(VersionRefusal::NotHigher { text, current: self.format(current) });
        }
        why.push(Why::Planned);
        Ok(version.clone())
    }

    fn unused(&self, version: &Version, request: &Request<'_>) -> Result<(), VersionRefusal> {
        if !request.taken.contains(version) {
            return Ok(());
        }
        let highest = request.taken.iter().chain(request.current).max().unwrap_or(version);
        let retry = Request { current: Some(highest), taken: &[], ..request.clone() };
        let retry = match &request.raise {
            Raise::To(_) => Request { raise: Raise::Level(Level::Build), ..retry },
            _ => retry,
        };
        let free = self.next(&retry).map(|it| it.text).unwrap_or_default();
        Err(VersionRefusal::Taken { text: self.format(version), free })
    }

    fn dated(&self, request: &Request<'_>, why: &mut Vec<Why>) -> Result<Version, VersionRefusal> {
        let Scheme::CalVer(rules) = self else { return Err(VersionRefusal::OtherScheme) };
        let mut parts = rules.dated(request.today)?;
        why.push(Why::Dated { date: request.today });
        let Some(current) = request.current else {
            why.insert(0, Why::First);
            return Ok(Version::CalVer(parts));
        };
        let Version::CalVer(before) = current else { return Err(VersionRefusal::OtherScheme) };
        if before.len() != parts.len() {
            return Err(VersionRefusal::OtherScheme);
        }
        let places = if rules.has_micro() { parts.len() - 1 } else { parts.len() };
        let text = || self.format(current);
        match parts[..places].cmp(&before[..places]) {
            std::cmp::Ordering::Greater => Ok(Version::CalVer(parts)),
            std::cmp::Ordering::Less => Err(VersionRefusal::ClockBehind { current: text() }),
            std::cmp::Ordering::Equal if rules.has_micro() => {
                let from = before[places];
                let to = from.checked_add(1).ok_or_else(|| VersionRefusal::Exhausted {
                    current: text(),
                    part: 'm',
                    max: u32::MAX,
                })?;
                why.push(Why::Raised { part: Part::Micro, from, to });
                parts[places] = to;
                Ok(Version::CalVer(parts))
            }
            std::cmp::Ordering::Equal => Err(VersionRefusal::DateTaken { current: text() }),
        }
    }

    fn raise_four(
        &self,
        rules: &VabcdRules,
        current: [u32; 4],
        level: Level,
        tag: Option<u32>,
        why: &mut Vec<Why>,
    ) -> Result<Version, VersionRefusal> {
        const PARTS: [Part; 4] = [Part::A, Part::B, Part::C, Part::D];
        let limits = rules.limits();
        let exhausted = |at: usize| VersionRefusal::Exhausted {
            current: self.format(&Version::Vabcd(current)),
            part: limits[at].0,
            max: limits[at].1,
        };
        let mut at = match level {
            Level::Major => 0,
            Level::Minor => 1,
            Level::Revision => 2,
            Level::Build => 3,
        };
        let mut next = current;
        if at == 3 && rules.d_from_tag {
            next[3] = self.tag_build(current[3], tag, why)?;
            return Ok(Version::Vabcd(next));
        }
        while current[at] >= limits[at].1 {
            // A build without room is not carried: nothing in the specification changed.
            if at == 0 || at == 3 {
                return Err(exhausted(at));
            }
            why.push(Why::Carried { part: PARTS[at], max: limits[at].1, into: PARTS[at - 1] });
            at -= 1;
        }
        let asked = match level {
            Level::Major => 0,
            Level::Minor => 1,
            Level::Revision => 2,
            Level::Build => 3,
        };
        next[at] += 1;
        why.push(Why::Raised { part: PARTS[at], from: current[at], to: next[at] });
        for lower in at + 1..3 {
            next[lower] = 0;
            if current[lower] > 0 {
                why.push(Why::Reset { part: PARTS[lower], from: current[lower] });
            }
        }
        if at < 3 {
            if rules.d_from_tag {
                next[3] = self.tag_build(current[3], tag, why)?;
            } else if rules.cascade || asked == 2 {
                next[3] = 0;
                if current[3] > 0 {
                    why.push(Why::Reset { part: Part::D, from: current[3] });
                }
            } else {
                why.push(Why::Kept { part: Part::D, value: current[3] });
            }
        }
        Ok(Version::Vabcd(next))
    }

    fn tag_build(
        &self,
        current: u32,
        tag: Option<u32>,
        why: &mut Vec<Why>,
    ) -> Result<u32, VersionRefusal> {
        let tag = tag.ok_or(VersionRefusal::TagMissing)?;
        if tag <= current {
            return Err(VersionRefusal::TagNotHigher { tag, current });
        }
        if let Scheme::Vabcd(VabcdRules { d_max: Some(max), .. }) = self
            && tag > *max
        {
            return Err(VersionRefusal::PartTooLarge {
                text: tag.to_string(),
                part: 'd',
                max: *max,
            });
        }
        why.push(Why::FromTag { tag });
        Ok(tag)
    }
}

fn level_of(raise: &Raise, why: &mut Vec<Why>) -> Result<Level, VersionRefusal> {
    match raise {
        Raise::Level(level) => {
            why.push(Why::Chosen { level: *level });
            Ok(*level)
        }
        Raise::Changes(changes) => {
            let change = deciding(changes).ok_or(VersionRefusal::NothingChanged)?;
            let level = change.kind.level();
            why.push(Why::Decided {
                change: change.name.clone(),
                kind: change.kind,
                level,
                of: changes.len(),
            });
            Ok(level)
        }
        Raise::To(_) => Err(VersionRefusal::NothingChanged),
    }
}

/// Semantic versions have three parts: what changes a specification is a new minor version.
fn raise_semantic(
    current: &semver::Version,
    level: Level,
    why: &mut Vec<Why>,
) -> Result<Version, VersionRefusal> {
    let mut next = semver::Version::new(current.major, current.minor, current.patch);
    let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    if !current.pre.is_empty() && level == Level::Build {
        why.push(Why::Finished);
        return Ok(Version::SemVer(next));
    }
    let unstable = current.major == 0 && level == Level::Major;
    if unstable {
        why.push(Why::Unstable);
    }
    let (part, value) = match level {
        Level::Major if !unstable => (Part::A, &mut next.major),
        Level::Build => (Part::C, &mut next.patch),
        _ => (Part::B, &mut next.minor),
    };
    let from = *value;
    *value = from.checked_add(1).ok_or_else(|| VersionRefusal::Exhausted {
        current: current.to_string(),
        part: 'x',
        max: u32::MAX,
    })?;
    why.push(Why::Raised { part, from: small(from), to: small(*value) });
    if part == Part::A && next.minor > 0 {
        why.push(Why::Reset { part: Part::B, from: small(next.minor) });
        next.minor = 0;
    }
    if part != Part::C && next.patch > 0 {
        why.push(Why::Reset { part: Part::C, from: small(next.patch) });
        next.patch = 0;
    }
    Ok(Version::SemVer(next))
}

/// Only the four-part scheme ties its first three parts to the roadmap.
fn needs_roadmap(current: Option<&Version>, next: &Version) -> bool {
    match (current, next) {
        (Some(Version::Vabcd(before)), Version::Vabcd(after)) => before[..3] != after[..3],
        (None, Version::Vabcd(parts)) => parts[..3] != [1, 0, 0],
        _ => false,
    }
}
