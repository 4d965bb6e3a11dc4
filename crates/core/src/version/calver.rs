//! Numbers made from the date, after a pattern such as `YYYY.0M.MICRO`.

use super::scheme::{VersionRefusal, is_number};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Rules of a dated scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalVerRules {
    /// Tokens separated by dots: `YYYY`, `YY`, `0Y`, `MM`, `0M`, `WW`, `0W`, `DD`, `0D`, `MICRO`.
    pub pattern: String,
}

/// A place of the pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// The year: digits shown of it and whether it is padded.
    Year {
        /// Counted from the year 2000.
        short: bool,
        /// Printed with two digits.
        padded: bool,
    },
    /// Month 1…12.
    Month {
        /// Printed with two digits.
        padded: bool,
    },
    /// Week 1…53 of the ISO year.
    Week {
        /// Printed with two digits.
        padded: bool,
    },
    /// Day 1…31.
    Day {
        /// Printed with two digits.
        padded: bool,
    },
    /// Counts the versions of one date, from 0.
    Micro,
}

impl Token {
    fn read(text: &str) -> Option<Token> {
        Some(match text {
            "YYYY" => Token::Year { short: false, padded: false },
            "YY" => Token::Year { short: true, padded: false },
            "0Y" => Token::Year { short: true, padded: true },
            "MM" => Token::Month { padded: false },
            "0M" => Token::Month { padded: true },
            "WW" => Token::Week { padded: false },
            "0W" => Token::Week { padded: true },
            "DD" => Token::Day { padded: false },
            "0D" => Token::Day { padded: true },
            "MICRO" => Token::Micro,
            _ => return None,
        })
    }

    /// Order in which tokens must stand, or numbers would not rise with the date.
    const fn rank(self) -> u8 {
        match self {
            Token::Year { .. } => 0,
            Token::Month { .. } | Token::Week { .. } => 1,
            Token::Day { .. } => 2,
            Token::Micro => 3,
        }
    }

    const fn padded(self) -> bool {
        match self {
            Token::Year { padded, .. }
            | Token::Month { padded }
            | Token::Week { padded }
            | Token::Day { padded } => padded,
            Token::Micro => false,
        }
    }

    const fn max(self) -> u32 {
        match self {
            Token::Year { short: false, .. } => 9_999,
            Token::Year { short: true, .. } => 999,
            Token::Month { .. } => 12,
            Token::Week { .. } => 53,
            Token::Day { .. } => 31,
            Token::Micro => u32::MAX,
        }
    }

    const fn min(self) -> u32 {
        match self {
            Token::Year { .. } | Token::Micro => 0,
            Token::Month { .. } | Token::Week { .. } | Token::Day { .. } => 1,
        }
    }
}

impl CalVerRules {
    /// The places of the pattern, or what is wrong with it.
    pub fn tokens(&self) -> Result<Vec<Token>, VersionRefusal> {
        let wrong = |reason: &str| VersionRefusal::Pattern {
            pattern: self.pattern.chars().take(64).collect(),
            reason: reason.to_owned(),
        };
        let tokens: Vec<Token> = self
            .pattern
            .split('.')
            .map(|text| Token::read(text).ok_or_else(|| wrong("a token is not known")))
            .collect::<Result<_, _>>()?;
        if !matches!(tokens.first(), Some(Token::Year { .. })) {
            return Err(wrong("it must begin with the year"));
        }
        if tokens.windows(2).any(|pair| pair[0].rank() >= pair[1].rank()) {
            return Err(wrong("year, month or week, day and MICRO must stand in this order"));
        }
        if tokens.iter().any(|token| matches!(token, Token::Week { .. }))
            && tokens.iter().any(|token| matches!(token, Token::Day { .. }))
        {
            return Err(wrong("a week and a day of the month do not go together"));
        }
        Ok(tokens)
    }

    pub(super) fn example(&self) -> String {
        self.dated(jiff::civil::date(2027, 3, 1))
            .map_or_else(|_| "2027.3.0".to_owned(), |parts| self.format(&parts))
    }

    /// The first number of a date; MICRO is 0.
    pub(super) fn dated(&self, today: Date) -> Result<Vec<u32>, VersionRefusal> {
        let tokens = self.tokens()?;
        let by_week = tokens.iter().any(|token| matches!(token, Token::Week { .. }));
        // The days around New Year belong to the ISO year of their week.
        let iso = today.iso_week_date();
        let year = u32::try_from(if by_week { iso.year() } else { today.year() }).unwrap_or(0);
        Ok(tokens
            .into_iter()
            .map(|token| match token {
                Token::Year { short: false, .. } => year,
                Token::Year { short: true, .. } => year.saturating_sub(2_000),
                Token::Month { .. } => today.month().unsigned_abs().into(),
                Token::Week { .. } => iso.week().unsigned_abs().into(),
                Token::Day { .. } => today.day().unsigned_abs().into(),
                Token::Micro => 0,
            })
            .collect())
    }

    pub(super) fn has_micro(&self) -> bool {
        self.pattern.ends_with("MICRO")
    }

    pub(super) fn parse(&self, text: &str) -> Option<Vec<u32>> {
        let tokens = self.tokens().ok()?;
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() != tokens.len() {
            return None;
        }
        tokens
            .iter()
            .zip(parts)
            .map(|(token, digits)| {
                let value: u32 = is_number(digits).then(|| digits.parse().ok())??;
                let known = (token.min()..=token.max()).contains(&value);
                (known && print(*token, value) == digits).then_some(value)
            })
            .collect()
    }

    pub(super) fn format(&self, parts: &[u32]) -> String {
        let tokens = self.tokens().unwrap_or_default();
        parts
            .iter()
            .enumerate()
            .map(|(i, value)| {
                tokens.get(i).map_or_else(|| value.to_string(), |t| print(*t, *value))
            })
            .collect::<Vec<_>>()
            .join(".")
    }
}

fn print(token: Token, value: u32) -> String {
    if token.padded() { format!("{value:02}") } else { value.to_string() }
}
