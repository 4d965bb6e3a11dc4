//! Quiet hours: nobody's telephone rings at night for something that can wait until morning.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Hours in which mails wait, in the recipient's own zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First quiet hour, 0…23.
    pub from: i8,
    /// First hour that is not quiet any more.
    pub until: i8,
}

impl Default for QuietHours {
    fn default() -> Self {
        QuietHours { from: 21, until: 7 }
    }
}

/// When a mail to somebody in this zone goes out: now, or at the end of the quiet hours, unless
/// that would be after the latest moment.
pub fn mail_time(
    quiet: QuietHours,
    zone: &str,
    now: Timestamp,
    latest: Option<Timestamp>,
) -> Timestamp {
    let Ok(zone) = TimeZone::get(zone) else { return now };
    let wall = now.to_zoned(zone.clone());
    let hour = wall.hour();
    let over_night = quiet.from > quiet.until;
    let silent = if over_night {
        hour >= quiet.from || hour < quiet.until
    } else {
        hour >= quiet.from && hour < quiet.until
    };
    if !silent || quiet.from == quiet.until {
        return now;
    }
    let day = if over_night && hour >= quiet.from {
        wall.date().tomorrow().unwrap_or_else(|_| wall.date())
    } else {
        wall.date()
    };
    let Ok(end) = Time::new(quiet.until.clamp(0, 23), 0, 0, 0) else { return now };
    let Ok(end) = day.to_datetime(end).to_zoned(zone) else { return now };
    let end = end.timestamp();
    if end <= now || latest.is_some_and(|latest| latest < end) { now } else { end }
}
