//! Holidays and made-up working days from an `.ics` file.
//!
//! Every event is a row: it becomes days, or a finding with the line it begins on. A wrong row
//! never hides the good ones; a file that is no calendar at all is one finding.

use icalendar::parser::{Component, Property, read_calendar, unfold};
use jiff::ToSpan;
use jiff::civil::Date;
use roadbook_core::calendar::{Calendar, MadeUp};
use roadbook_core::limits::{IMPORT_ROWS_MAX, NAME_CHARS_MAX};
use std::collections::BTreeMap;

/// Days that one event may cover; more is a slip of the pen.
const EVENT_DAYS_MAX: i64 = 62;

/// Words in a title that make a day off a working day in holiday files of the four languages.
const WORK_WORDS: [&str; 12] = [
    "make-up",
    "makeup",
    "made-up",
    "working day",
    "대체 근무",
    "보충 근무",
    "làm bù",
    "补班",
    "上班",
    "调休工作日",
    "(班)",
    "（班）",
];

/// What an event means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Nobody works.
    Holiday,
    /// People work although the week says otherwise.
    MadeUp,
}

/// One good row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line of its `BEGIN:VEVENT`.
    pub line: usize,
    /// First day.
    pub first: Date,
    /// Last day, included.
    pub last: Date,
    /// Title.
    pub name: String,
    /// What it means.
    pub kind: DayKind,
}

/// One wrong row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line of its `BEGIN:VEVENT`, or 1 for the file.
    pub line: usize,
    /// Title, when it has one.
    pub name: Option<String>,
    /// What is wrong and what would be right.
    pub problem: IcsProblem,
}

/// What can be wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IcsProblem {
    /// The file is no calendar.
    #[error("this is not an iCalendar file; export the calendar as .ics and try again")]
    NotACalendar,
    /// More events than one import takes.
    #[error("the file has more than {IMPORT_ROWS_MAX} events; split it")]
    TooMany,
    /// The event has no begin.
    #[error("the event has no DTSTART")]
    NoDate,
    /// The date is not readable.
    #[error("`{0}` is not a date; an all-day event begins with DTSTART;VALUE=DATE:20270301")]
    Date(String),
    /// The event ends before it begins.
    #[error("the event ends before it begins")]
    Backwards,
    /// The event covers too many days.
    #[error("the event covers {0} days; a holiday of more than {EVENT_DAYS_MAX} days is refused")]
    TooLong(i64),
    /// The event repeats by a rule that is not read.
    #[error("the event repeats by `{0}`; only yearly repetition on the same date is read")]
    Repeats(String),
    /// The same date is a holiday and a working day.
    #[error("{0} is a holiday and a made-up working day in one file")]
    Both(Date),
}

impl IcsProblem {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            IcsProblem::NotACalendar => "ics_not_a_calendar",
            IcsProblem::TooMany => "ics_too_many",
            IcsProblem::NoDate => "ics_no_date",
            IcsProblem::Date(_) => "ics_date",
            IcsProblem::Backwards => "ics_backwards",
            IcsProblem::TooLong(_) => "ics_too_long",
            IcsProblem::Repeats(_) => "ics_repeats",
            IcsProblem::Both(_) => "ics_both",
        }
    }
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Good rows in the order of the file.
    pub rows: Vec<Row>,
    /// Wrong rows in the order of the file.
    pub findings: Vec<Finding>,
}

/// Reads a file. Yearly events are written out for the given years.
pub fn read(text: &str, years: std::ops::RangeInclusive<i16>) -> Import {
    let mut import = Import::default();
    let whole = |problem| Finding { line: 1, name: None, problem };
    let text = text.trim_start_matches('\u{feff}');
    // Each event is read on its own: one that breaks the grammar must not take the others along.
    let blocks = blocks(text);
    if !text.trim_start().to_ascii_uppercase().starts_with("BEGIN:VCALENDAR") {
        import.findings.push(whole(IcsProblem::NotACalendar));
        return import;
    }
    if blocks.len() > IMPORT_ROWS_MAX {
        import.findings.push(whole(IcsProblem::TooMany));
        return import;
    }
    let mut seen: BTreeMap<Date, DayKind> = BTreeMap::new();
    for (line, block) in blocks {
        let unfolded = unfold(&block);
        let (name, rows) = match read_calendar(&unfolded) {
            Ok(calendar) if calendar.components.len() == 1 => {
                let event = &calendar.components[0];
                let name = title(event);
                let rows = event_rows(event, line, &name, years.clone());
                (name, rows)
            }
            _ => {
                let shown = block.lines().nth(1).unwrap_or_default().chars().take(64).collect();
                (String::new(), Err(IcsProblem::Date(shown)))
            }
        };
        let rows = rows.and_then(|rows| {
            for row in &rows {
                for day in days(row) {
                    if seen.insert(day, row.kind).is_some_and(|kind| kind != row.kind) {
                        return Err(IcsProblem::Both(day));
                    }
                }
            }
            Ok(rows)
        });
        match rows {
            Ok(rows) => import.rows.extend(rows),
            Err(problem) => {
                let name = (!name.is_empty()).then_some(name);
                import.findings.push(Finding { line, name, problem });
            }
        }
    }
    import
}

impl Import {
    /// Writes the good rows into a calendar; dates that it has already are replaced.
    pub fn apply(&self, calendar: &mut Calendar) {
        for row in &self.rows {
            for day in days(row) {
                match row.kind {
                    DayKind::Holiday => {
                        calendar.made_up.remove(&day);
                        calendar.holidays.insert(day, row.name.clone());
                    }
                    DayKind::MadeUp => {
                        calendar.holidays.remove(&day);
                        let made_up = MadeUp { name: row.name.clone(), hours: Vec::new() };
                        calendar.made_up.insert(day, made_up);
                    }
                }
            }
        }
    }
}

fn days(row: &Row) -> impl Iterator<Item = Date> + use<> {
    let last = row.last;
    row.first.series(1.day()).take_while(move |day| *day <= last)
}

/// The events with the line on which each begins. An event without its end goes up to the next.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines()) {
        let word = line.trim_end().to_ascii_uppercase();
        if word == "BEGIN:VEVENT" {
            if open && let Some((_, block)) = blocks.last_mut() {
                block.push_str("END:VEVENT\r\n");
            }
            blocks.push((number, String::new()));
            open = true;
        }
        if open && let Some((_, block)) = blocks.last_mut() {
            block.push_str(line.trim_end_matches('\r'));
            block.push_str("\r\n");
        }
        if word == "END:VEVENT" {
            open = false;
        }
    }
    if open && let Some((_, block)) = blocks.last_mut() {
        block.push_str("END:VEVENT\r\n");
    }
    blocks
}

fn title(event: &Component<'_>) -> String {
    let text = event.find_prop("SUMMARY").map(|it| it.val.as_str()).unwrap_or_default();
    let mut name = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => name.push(' '),
                Some(escaped) => name.push(escaped),
                None => {}
            },
            letter if letter.is_control() => name.push(' '),
            letter => name.push(letter),
        }
    }
    name.trim().chars().take(NAME_CHARS_MAX).collect()
}

fn event_rows(
    event: &Component<'_>,
    line: usize,
    name: &str,
    years: std::ops::RangeInclusive<i16>,
) -> Result<Vec<Row>, IcsProblem> {
    let start = event.find_prop("DTSTART").ok_or(IcsProblem::NoDate)?;
    let (first, _) = date(start)?;
    let last = match event.find_prop("DTEND") {
        None => match event.find_prop("DURATION") {
            None => first,
            Some(duration) => {
                let days = whole_days(duration.val.as_str())?;
                first.checked_add((days - 1).days()).map_err(|_| IcsProblem::TooLong(days))?
            }
        },
        Some(end) => {
            let (end, exclusive) = date(end)?;
            // The end of an all-day event is the day after; some programs repeat the begin.
            let whole_day = exclusive && end > first;
            if whole_day { end.yesterday().map_err(|_| IcsProblem::Backwards)? } else { end }
        }
    };
    if last < first {
        return Err(IcsProblem::Backwards);
    }
    let count = last.duration_since(first).as_hours() / 24 + 1;
    if count > EVENT_DAYS_MAX {
        return Err(IcsProblem::TooLong(count));
    }
    let kind = kind(event, name);
    let row = |first: Date, last: Date| Row { line, first, last, name: name.to_owned(), kind };
    let Some(rule) = event.find_prop("RRULE") else { return Ok(vec![row(first, last)]) };
    if !yearly(rule.val.as_str(), first) {
        return Err(IcsProblem::Repeats(rule.val.as_str().chars().take(64).collect()));
    }
    let rows = years.filter(|year| *year >= first.year()).filter_map(|year| {
        let first = Date::new(year, first.month(), first.day()).ok()?;
        Some(row(first, first.checked_add((count - 1).days()).ok()?))
    });
    Ok(rows.collect())
}

/// A date, and whether it was written without a time.
fn date(property: &Property<'_>) -> Result<(Date, bool), IcsProblem> {
    let text = property.val.as_str().trim();
    let wrong = || IcsProblem::Date(text.chars().take(64).collect());
    let digits = text.get(..8).ok_or_else(wrong)?;
    if !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Err(wrong());
    }
    let day = Date::strptime("%Y%m%d", digits).map_err(|_| wrong())?;
    if !(1_900..=2_500).contains(&day.year()) {
        return Err(wrong());
    }
    match &text[8..] {
        "" => Ok((day, true)),
        // An event from midnight to midnight is an all-day event of programs that know no dates.
        "T000000" | "T000000Z" => Ok((day, true)),
        time if time.starts_with('T') && time.len() >= 7 => Ok((day, false)),
        _ => Err(wrong()),
    }
}

/// `P3D` or `P1W`.
fn whole_days(text: &str) -> Result<i64, IcsProblem> {
    let wrong = || IcsProblem::Date(text.chars().take(64).collect());
    let rest = text.trim().trim_start_matches('+').strip_prefix('P').ok_or_else(wrong)?;
    let unit = if rest.ends_with('W') { 7 } else { 1 };
    let number = rest.strip_suffix(['D', 'W']).ok_or_else(wrong)?;
    let number: i64 = number.parse().map_err(|_| wrong())?;
    if number < 1 { Err(IcsProblem::Backwards) } else { Ok((number * unit).min(100_000)) }
}

/// Every year on the same date, with nothing else asked for.
fn yearly(rule: &str, first: Date) -> bool {
    let upper = rule.to_ascii_uppercase();
    let same = |value: &str, own: i8| value.parse() == Ok(own);
    upper.contains("FREQ=YEARLY")
        && upper.split(';').filter(|it| !it.is_empty()).all(|part| {
            match part.split_once('=').unwrap_or((part, "")) {
                ("FREQ", value) => value == "YEARLY",
                ("INTERVAL", value) => value == "1",
                ("BYMONTH", value) => same(value, first.month()),
                ("BYMONTHDAY", value) => same(value, first.day()),
                ("WKST", _) => true,
                _ => false,
            }
        })
}

/// A property of our own, a category, or the words of the title.
fn kind(event: &Component<'_>, name: &str) -> DayKind {
    let says = |property: &str, word: &str| {
        event.find_prop(property).is_some_and(|it| it.val.as_str().eq_ignore_ascii_case(word))
    };
    let lower = name.to_lowercase();
    let worked = says("X-ROADBOOK-DAY", "WORK")
        || says("CATEGORIES", "WORK")
        || says("CATEGORIES", "WORKING DAY")
        || WORK_WORDS.iter().any(|word| lower.contains(word));
    if worked && !says("X-ROADBOOK-DAY", "OFF") { DayKind::MadeUp } else { DayKind::Holiday }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    const FILE: &str = "BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTART;VALUE=DATE:20270430\r
DTEND;VALUE=DATE:20270501\r
SUMMARY:Ngày Giải phóng miền Nam\\, thống nhất đất n\r
 ước\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;VALUE=DATE:20270205\r
DTEND;VALUE=DATE:20270209\r
SUMMARY:설날\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:3\r
DTSTART;VALUE=DATE:20270508\r
SUMMARY:劳动节补班\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:4\r
DTSTART;VALUE=DATE:20270231\r
SUMMARY:no such day\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:5\r
SUMMARY:no day at all\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:6\r
DTSTART;VALUE=DATE:20261225\r
RRULE:FREQ=YEARLY\r
SUMMARY:Christmas\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:7\r
DTSTART;VALUE=DATE:20270301\r
RRULE:FREQ=WEEKLY;BYDAY=MO\r
SUMMARY:weekly\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:8\r
DTSTART;VALUE=DATE:20270604\r
DTEND;VALUE=DATE:20270602\r
SUMMARY:backwards\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:9\r
DTSTART;VALUE=DATE:20270101\r
DTEND;VALUE=DATE:20280101\r
SUMMARY:a year off\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:10\r
DTSTART;VALUE=DATE:20270430\r
SUMMARY:made-up working day\r
END:VEVENT\r
BEGIN:VEVENT\r
broken line without colon\r
DTSTART;VALUE=DATE:20270701\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:12\r
DTSTART:20270702T000000\r
DURATION:P2D\r
SUMMARY:two days\r
END:VEVENT\r
END:VCALENDAR\r
";

    // proves: S2-13/U
    #[test]
    fn good_rows_become_days_and_wrong_ones_findings_with_their_line() {
        let import = read(FILE, 2026..=2028);
        let rows: Vec<_> =
            import.rows.iter().map(|it| (it.first, it.last, it.name.as_str(), it.kind)).collect();
        let off = DayKind::Holiday;
        let christmas = |year| (day(year, 12, 25), day(year, 12, 25), "Christmas", off);
        assert_eq!(
            rows,
            [
                (
                    day(2027, 4, 30),
                    day(2027, 4, 30),
                    "Ngày Giải phóng miền Nam, thống nhất đất nước",
                    off
                ),
                (day(2027, 2, 5), day(2027, 2, 8), "설날", off),
                (day(2027, 5, 8), day(2027, 5, 8), "劳动节补班", DayKind::MadeUp),
                christmas(2026),
                christmas(2027),
                christmas(2028),
                (day(2027, 7, 2), day(2027, 7, 3), "two days", off),
            ]
        );
        let findings: Vec<_> =
            import.findings.iter().map(|it| (it.line, it.problem.code())).collect();
        assert_eq!(
            findings,
            [
                (22, "ics_date"),
                (27, "ics_no_date"),
                (37, "ics_repeats"),
                (43, "ics_backwards"),
                (49, "ics_too_long"),
                (55, "ics_both"),
                (60, "ics_date"),
            ]
        );

        let mut calendar = Calendar::ordinary("x", "Asia/Ho_Chi_Minh");
        import.apply(&mut calendar);
        assert!(!calendar.is_working(day(2027, 4, 30)));
        assert!(!calendar.is_working(day(2027, 2, 8)));
        assert!(calendar.is_working(day(2027, 2, 9)));
        // The 8th of May 2027 is a Saturday.
        assert!(calendar.is_working(day(2027, 5, 8)));
        assert_eq!(calendar.add_working_days(day(2027, 4, 29), 1), Ok(day(2027, 5, 3)));
        assert_eq!(calendar.check(), Ok(()));
    }

    #[test]
    fn what_is_no_calendar_is_one_finding() {
        for text in ["", "Date;Holiday\n2027-01-01;New Year\n", "BEGIN:VCARD\r\nEND:VCARD\r\n"] {
            let import = read(text, 2026..=2028);
            assert_eq!(import.rows, []);
            assert_eq!(import.findings.len(), 1);
            assert_eq!(import.findings[0].problem.code(), "ics_not_a_calendar");
        }
        let empty = read("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", 2026..=2028);
        assert_eq!(empty, Import::default());
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(text in "\\PC{0,40}", at in 0usize..1400) {
            let mut file = FILE.to_owned();
            let at = (0..=at).rev().find(|it| file.is_char_boundary(*it)).unwrap_or(0);
            file.insert_str(at, &text);
            let _ = read(&file, 2026..=2028);
            let _ = read(&file[at..], 2026..=2028);
        }
    }
}
