//! The schemes, the numbers, and how they are read, printed and compared.

use super::calver::CalVerRules;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// How a product numbers its versions (D-13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Main, sub, revision and build: `V1.0.0.0042` (S3-47).
    Vabcd(VabcdRules),
    /// Semantic versioning 2.0.
    #[serde(rename = "semver")]
    SemVer,
    /// Numbers made from the date.
    #[serde(rename = "calver")]
    CalVer(CalVerRules),
}

impl Default for Scheme {
    fn default() -> Self {
        Scheme::Vabcd(VabcdRules::default())
    }
}

/// Rules of the four-part scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VabcdRules {
    /// What is printed before the number.
    pub label: String,
    /// Greatest `a`; above it there is no number.
    pub a_max: u32,
    /// Greatest `b`; above it `a` rises.
    pub b_max: u32,
    /// Greatest `c`; above it `b` rises.
    pub c_max: u32,
    /// Greatest `d`; `None` is without limit (D-12).
    pub d_max: Option<u32>,
    /// `d` is printed with at least so many digits.
    pub d_digits: u8,
    /// A rise of `a` or `b` also sets `d` to zero; a rise of `c` always does (D-12).
    pub cascade: bool,
    /// `d` is the order number of the tag in version control and is never set to zero (S3-53).
    pub d_from_tag: bool,
}

impl Default for VabcdRules {
    fn default() -> Self {
        VabcdRules {
            label: "V".to_owned(),
            a_max: 99,
            b_max: 99,
            c_max: 99,
            d_max: None,
            d_digits: 4,
            cascade: true,
            d_from_tag: false,
        }
    }
}

/// A number under a scheme. Numbers of one scheme have a total order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    /// `a`, `b`, `c`, `d`.
    Vabcd([u32; 4]),
    /// A semantic version.
    #[serde(rename = "semver")]
    SemVer(#[serde(with = "semver_text")] semver::Version),
    /// The numbers of the pattern from left to right.
    #[serde(rename = "calver")]
    CalVer(Vec<u32>),
}

mod semver_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(version: &semver::Version, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(version)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<semver::Version, D::Error> {
        let text = String::deserialize(from)?;
        semver::Version::parse(&text).map_err(D::Error::custom)
    }
}

/// Why there is no such number. Each says what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionRefusal {
    /// The text is not a number of the scheme.
    #[error("`{text}` is not a version of this product; write it like {example}")]
    NotReadable {
        /// What was given, cut to 64 characters.
        text: String,
        /// A number that would be read.
        example: String,
    },
    /// A part is above its limit.
    #[error("part {part} of `{text}` is above {max}")]
    PartTooLarge {
        /// What was given.
        text: String,
        /// `a`, `b`, `c` or `d`.
        part: char,
        /// The limit.
        max: u32,
    },
    /// No number is left above the current one.
    #[error(
        "after {current} the part {part} would exceed {max}; raise a higher part, or widen the \
         limit in the version scheme of the product"
    )]
    Exhausted {
        /// The current number.
        current: String,
        /// The part that cannot rise.
        part: char,
        /// The limit.
        max: u32,
    },
    /// The number is already reserved or released.
    #[error("{text} is already taken; the next free number is {free}")]
    Taken {
        /// The number.
        text: String,
        /// A free one.
        free: String,
    },
    /// The number is not above the current one.
    #[error("{text} is not above the current version {current}")]
    NotHigher {
        /// The number.
        text: String,
        /// The current number.
        current: String,
    },
    /// The scheme takes the build from the tag, and no tag was given.
    #[error("the build number comes from the tag in version control; name the tag's number first")]
    TagMissing,
    /// The tag's number is not above the one of the current version.
    #[error("the tag number {tag} is not above {current}, the build of the current version")]
    TagNotHigher {
        /// The tag's number.
        tag: u32,
        /// The current build.
        current: u32,
    },
    /// No changes and no level were given.
    #[error("nothing says how far the number should rise; list the changes or choose a level")]
    NothingChanged,
    /// The number belongs to another scheme.
    #[error("the current version was numbered by another scheme; plan the first number by hand")]
    OtherScheme,
    /// The pattern of the scheme is wrong.
    #[error("`{pattern}` is not a pattern for dated versions: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A number of this date exists and the pattern cannot tell two apart.
    #[error("{current} is already the version of this date; add MICRO to the pattern")]
    DateTaken {
        /// The current number.
        current: String,
    },
    /// The current number lies in the future.
    #[error("the current version {current} is dated after today")]
    ClockBehind {
        /// The current number.
        current: String,
    },
}

impl VersionRefusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            VersionRefusal::NotReadable { .. } => "version_not_readable",
            VersionRefusal::PartTooLarge { .. } => "version_part_too_large",
            VersionRefusal::Exhausted { .. } => "version_exhausted",
            VersionRefusal::Taken { .. } => "version_taken",
            VersionRefusal::NotHigher { .. } => "version_not_higher",
            VersionRefusal::TagMissing => "version_tag_missing",
            VersionRefusal::TagNotHigher { .. } => "version_tag_not_higher",
            VersionRefusal::NothingChanged => "version_nothing_changed",
            VersionRefusal::OtherScheme => "version_other_scheme",
            VersionRefusal::Pattern { .. } => "version_pattern",
            VersionRefusal::DateTaken { .. } => "version_date_taken",
            VersionRefusal::ClockBehind { .. } => "version_clock_behind",
        }
    }
}

impl Scheme {
    /// A number as this scheme writes it, for messages and empty fields.
    pub fn example(&self) -> String {
        match self {
            Scheme::Vabcd(_) => self.format(&Version::Vabcd([1, 0, 0, 1])),
            Scheme::SemVer => "1.0.0".to_owned(),
            Scheme::CalVer(rules) => rules.example(),
        }
    }

    /// Reads a number. The label may be missing or in the other case.
    pub fn parse(&self, text: &str) -> Result<Version, VersionRefusal> {
        let text = text.trim();
        let cut = || text.chars().take(64).collect::<String>();
        let wrong = || VersionRefusal::NotReadable { text: cut(), example: self.example() };
        match self {
            Scheme::Vabcd(rules) => {
                let bare = strip_label(text, &rules.label);
                let mut parts = [0; 4];
                let mut given = bare.split('.');
                for (i, part) in parts.iter_mut().enumerate() {
                    let digits = given.next().ok_or_else(wrong)?;
                    // Only the build is padded: `V1.02.0.1` would be a second spelling of a number.
                    let padded = i < 3 && digits.len() > 1 && digits.starts_with('0');
                    if padded || !is_number(digits) {
                        return Err(wrong());
                    }
                    *part = digits.parse().map_err(|_| wrong())?;
                }
                if given.next().is_some() {
                    return Err(wrong());
                }
                for (value, (part, max)) in parts.iter().zip(rules.limits()) {
                    if *value > max {
                        return Err(VersionRefusal::PartTooLarge { text: cut(), part, max });
                    }
                }
                Ok(Version::Vabcd(parts))
            }
            Scheme::SemVer => {
                let bare = strip_label(text, "v");
                semver::Version::parse(bare).map(Version::SemVer).map_err(|_| wrong())
            }
            Scheme::CalVer(rules) => {
                rules.tokens()?;
                rules.parse(text).map(Version::CalVer).ok_or_else(wrong)
            }
        }
    }

    /// Prints a number; [`Scheme::parse`] reads it back.
    pub fn format(&self, version: &Version) -> String {
        match (self, version) {
            (Scheme::Vabcd(rules), Version::Vabcd([a, b, c, d])) => {
                let width = usize::from(rules.d_digits);
                format!("{}{a}.{b}.{c}.{d:0width$}", rules.label)
            }
            (Scheme::CalVer(rules), Version::CalVer(parts)) => rules.format(parts),
            // A number of a former scheme keeps its plain form.
            (_, Version::Vabcd([a, b, c, d])) => format!("{a}.{b}.{c}.{d}"),
            (_, Version::SemVer(version)) => version.to_string(),
            (_, Version::CalVer(parts)) => {
                parts.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
            }
        }
    }

    /// Compares two written numbers; `None` when one is not a number of this scheme.
    pub fn compare(&self, left: &str, right: &str) -> Option<Ordering> {
        Some(self.parse(left).ok()?.cmp(&self.parse(right).ok()?))
    }
}

impl VabcdRules {
    pub(super) fn limits(&self) -> [(char, u32); 4] {
        [
            ('a', self.a_max),
            ('b', self.b_max),
            ('c', self.c_max),
            ('d', self.d_max.unwrap_or(u32::MAX)),
        ]
    }
}

pub(super) fn is_number(digits: &str) -> bool {
    !digits.is_empty() && digits.len() <= 10 && digits.bytes().all(|b| b.is_ascii_digit())
}

fn strip_label<'a>(text: &'a str, label: &str) -> &'a str {
    match text.get(..label.len()) {
        Some(head) if head.eq_ignore_ascii_case(label) => &text[label.len()..],
        _ => text,
    }
}
