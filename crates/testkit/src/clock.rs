//! Moments worth testing. The clock itself is a port of `app` and has its own hand-moved version there; this is the list
//! of instants at which arithmetic with dates goes wrong, as text, so that this crate needs no library of time.

/// A local time that exists twice, never, or at an edge.
pub struct Moment {
    /// Zone.
    pub zone: &'static str,
    /// Local time.
    pub local: &'static str,
    /// What is special.
    pub why: &'static str,
}

const fn moment(zone: &'static str, local: &'static str, why: &'static str) -> Moment {
    Moment { zone, local, why }
}

/// The list. Every function that takes a local time should live through all of it.
pub const MOMENTS: [Moment; 12] = [
    moment("Asia/Seoul", "2024-02-29T18:00", "leap day"),
    moment("Asia/Shanghai", "2027-02-28T23:30", "end of February in a year without a leap day"),
    moment("Asia/Ho_Chi_Minh", "2026-12-31T23:59", "end of the year"),
    moment("Europe/Berlin", "2026-03-29T02:30", "does not exist: clocks go forward"),
    moment("Europe/Berlin", "2026-10-25T02:30", "exists twice: clocks go back"),
    moment("America/New_York", "2026-03-08T02:15", "does not exist: clocks go forward"),
    moment("America/New_York", "2026-11-01T01:15", "exists twice: clocks go back"),
    moment(
        "Australia/Lord_Howe",
        "2026-10-04T02:15",
        "does not exist: half an hour of daylight saving",
    ),
    moment("Pacific/Apia", "2011-12-30T12:00", "a whole day that does not exist"),
    moment("Asia/Kathmandu", "2026-05-31T20:00", "offset of five hours and three quarters"),
    moment("Pacific/Kiritimati", "2026-01-01T00:00", "fourteen hours ahead"),
    moment("Etc/UTC", "2026-01-29T12:00", "plus one month is the end of February"),
];
