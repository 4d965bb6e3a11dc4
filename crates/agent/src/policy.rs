//! The site's own rules. They beat the server, also when it cannot be reached.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The policy file of a site. Nothing said: everything that both keys signed may be installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `server`: whoever speaks for the site agrees on its page. `ask`: a person agrees here too.
    #[serde(default)]
    pub consent: Consent,
    /// Nothing is begun while this is set; the text is reported.
    #[serde(default)]
    pub veto: Option<String>,
    /// Only this version may be installed.
    #[serde(default)]
    pub pin: Option<String>,
    /// The largest step between versions.
    #[serde(default)]
    pub largest_jump: Jump,
    /// Zone of the hours, as `Asia/Seoul`.
    #[serde(default)]
    pub zone: Option<String>,
    /// When an update may begin: `22:00-05:00`, `sat,sun 08:00-20:00`. None: always.
    #[serde(default)]
    pub hours: Vec<String>,
    /// Rules for one product instead.
    #[serde(default)]
    pub product: BTreeMap<String, Policy>,
}

/// Who agrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// On the site's page.
    #[default]
    Server,
    /// Here: `roadbook-agent consent ACTION yes`.
    Ask,
}

/// The largest step between two versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Jump {
    /// None at all.
    None,
    /// The third number and below.
    Patch,
    /// The second number and below.
    Minor,
    /// Any.
    #[default]
    Major,
}

/// Why nothing is begun now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The time will come by itself.
    Time(String),
    /// A person at the site has to say something.
    Person(String),
    /// The site does not want it.
    Site(String),
}

impl Wait {
    /// The reason.
    pub fn text(&self) -> &str {
        match self {
            Wait::Time(text) | Wait::Person(text) | Wait::Site(text) => text,
        }
    }
}

impl Policy {
    /// Reads a policy file and everything in it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Policy = toml::from_str(text).map_err(|error| error.to_string())?;
        for one in std::iter::once(&read).chain(read.product.values()) {
            one.check()?;
        }
        if read.product.values().any(|one| !one.product.is_empty()) {
            return Err("a product's rules cannot hold rules of products".to_owned());
        }
        Ok(read)
    }

    fn check(&self) -> Result<(), String> {
        self.zone()?;
        for hours in &self.hours {
            Hours::parse(hours)?;
        }
        if !self.hours.is_empty() && self.zone.is_none() {
            return Err("`hours` needs `zone`, such as zone = \"Asia/Seoul\"".to_owned());
        }
        Ok(())
    }

    fn zone(&self) -> Result<TimeZone, String> {
        match &self.zone {
            None => Ok(TimeZone::UTC),
            Some(name) => TimeZone::get(name).map_err(|_| format!("there is no zone `{name}`")),
        }
    }

    /// The rules for a product.
    pub fn of(&self, product: &str) -> &Policy {
        self.product.get(product).unwrap_or(self)
    }

    /// Whether an update may begin now; `from` is none at the first installation.
    pub fn allows(&self, from: Option<&str>, to: &str, now: Timestamp) -> Result<(), Wait> {
        if let Some(reason) = &self.veto {
            return Err(Wait::Site(format!("the site's policy forbids updates: {reason}")));
        }
        if let Some(pin) = &self.pin
            && pin != to
        {
            return Err(Wait::Site(format!("the site's policy is pinned to version {pin}")));
        }
        if let Some(from) = from {
            let step = jump(from, to);
            if step > self.largest_jump {
                return Err(Wait::Site(format!(
                    "from {from} to {to} is a larger step than the site's policy allows"
                )));
            }
        }
        if self.hours.is_empty() {
            return Ok(());
        }
        let local = self.zone().map_err(Wait::Site)?.to_datetime(now);
        let open = self.hours.iter().any(|text| Hours::parse(text).is_ok_and(|h| h.holds(local)));
        if open {
            Ok(())
        } else {
            Err(Wait::Time(format!(
                "outside of the hours that the site's policy allows ({})",
                self.hours.join(", ")
            )))
        }
    }
}

/// The step between two versions, by their numbers; what cannot be read is the largest.
pub fn jump(from: &str, to: &str) -> Jump {
    if from == to {
        return Jump::None;
    }
    let numbers = |text: &str| -> Option<Vec<u64>> {
        let core = text.trim_start_matches(['v', 'V']);
        let core = core.split(['-', '+']).next()?;
        core.split('.').map(|part| part.parse().ok()).collect()
    };
    let (Some(from), Some(to)) = (numbers(from), numbers(to)) else { return Jump::Major };
    let at = |list: &[u64], index: usize| list.get(index).copied().unwrap_or(0);
    if at(&from, 0) != at(&to, 0) {
        Jump::Major
    } else if at(&from, 1) != at(&to, 1) {
        Jump::Minor
    } else {
        Jump::Patch
    }
}

/// Hours of a week.
struct Hours {
    days: [bool; 7],
    from: civil::Time,
    to: civil::Time,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Hours {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("`{text}` is no span of hours; write `22:00-05:00` or `sat,sun 08:00-20:00`")
        };
        let (days, span) = match text.trim().rsplit_once(' ') {
            Some((days, span)) => (Some(days), span),
            None => (None, text.trim()),
        };
        let mut open = [days.is_none(); 7];
        for part in days.into_iter().flat_map(|list| list.split(',')) {
            let day = |name: &str| {
                DAYS.iter().position(|day| *day == name.trim().to_lowercase()).ok_or_else(wrong)
            };
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (day(first)?, day(last)?),
                None => (day(part)?, day(part)?),
            };
            let mut at = first;
            loop {
                open[at] = true;
                if at == last {
                    break;
                }
                at = (at + 1) % 7;
            }
        }
        let time = |text: &str| civil::Time::strptime("%H:%M", text.trim()).map_err(|_| wrong());
        let (from, to) = span.split_once('-').ok_or_else(wrong)?;
        Ok(Self { days: open, from: time(from)?, to: time(to)? })
    }

    /// Whether a local time lies inside. A span over midnight belongs to the day it begins.
    fn holds(&self, local: civil::DateTime) -> bool {
        let day = local.date().weekday().to_monday_zero_offset() as usize;
        let time = local.time();
        if self.from < self.to {
            return self.days[day] && self.from <= time && time < self.to;
        }
        (self.days[day] && time >= self.from) || (self.days[(day + 6) % 7] && time < self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_when_and_what() {
        let night = "zone = \"Asia/Seoul\"\nhours = [\"22:00-05:00\"]";
        let weekend = "zone = \"Europe/Berlin\"\nhours = [\"sat,sun 08:00-20:00\"]";
        // 2026-03-07 is a Saturday.
        for (file, from, to, now, want) in [
            ("", Some("1.0.0"), "9.0.0", "2026-03-07T12:00:00Z", true),
            (night, None, "1.0.0", "2026-03-07T14:00:00Z", true), // 23:00 in Seoul
            (night, None, "1.0.0", "2026-03-07T19:59:00Z", true), // 04:59
            (night, None, "1.0.0", "2026-03-07T20:00:00Z", false), // 05:00
            (weekend, None, "1.0.0", "2026-03-07T07:00:00Z", true), // 08:00
            (weekend, None, "1.0.0", "2026-03-07T06:59:00Z", false),
            (weekend, None, "1.0.0", "2026-03-09T09:00:00Z", false), // Monday
            ("veto = \"stock-taking\"", None, "1.0.0", "2026-03-07T12:00:00Z", false),
            ("pin = \"1.4.2\"", Some("1.4.1"), "1.4.3", "2026-03-07T12:00:00Z", false),
            ("pin = \"1.4.2\"", Some("1.4.1"), "1.4.2", "2026-03-07T12:00:00Z", true),
            ("largest_jump = \"minor\"", Some("1.4.1"), "1.5.0", "2026-03-07T12:00:00Z", true),
            ("largest_jump = \"minor\"", Some("1.4.1"), "2.0.0", "2026-03-07T12:00:00Z", false),
            ("largest_jump = \"patch\"", Some("1.4"), "1.4.1", "2026-03-07T12:00:00Z", true),
            ("largest_jump = \"minor\"", Some("spring"), "summer", "2026-03-07T12:00:00Z", false),
            ("largest_jump = \"patch\"", None, "7.0.0", "2026-03-07T12:00:00Z", true),
        ] {
            let policy = Policy::parse(file).expect("reads");
            let now: Timestamp = now.parse().expect("a moment");
            assert_eq!(policy.allows(from, to, now).is_ok(), want, "{file} {from:?} {to} {now}");
        }
    }

    #[test]
    fn a_policy_that_cannot_be_understood_is_refused() {
        for file in [
            "hours = [\"22:00-05:00\"]",
            "zone = \"Mars/Olympus\"",
            "zone = \"UTC\"\nhours = [\"late\"]",
            "zone = \"UTC\"\nhours = [\"someday 08:00-09:00\"]",
            "concent = \"ask\"",
            "largest_jump = \"huge\"",
            "[product.ledger]\nvetoo = \"x\"",
            "[product.ledger.product.other]\npin = \"1\"",
        ] {
            assert!(Policy::parse(file).is_err(), "{file}");
        }
    }
}
