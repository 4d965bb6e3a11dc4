//! Extracts over releases: what ended in the period of a report, and how that compares with what
//! the organization set itself as a goal.

use super::{Cell, Source};
use crate::process::expr::Value;
use crate::run::CloseCode;
use jiff::Timestamp;
use std::collections::BTreeMap;

pub(super) const RELEASES: &[&str] = &[
    "number",
    "version",
    "title",
    "category",
    "at",
    "outcome",
    "on_time",
    "incidents",
    "problems",
];
pub(super) const MEASURES: &[&str] =
    &["measure", "category", "count", "of", "share", "target", "state"];

/// Setting of a report's process that holds the goal for the share of successful closings.
const TARGET_SUCCESS: &str = "target_success";
/// As [`TARGET_SUCCESS`], for the share that was closed when it was promised.
const TARGET_ON_TIME: &str = "target_on_time";

/// A release that ended in the time a report looks back on.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedLine {
    /// Number.
    pub number: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// Its category, as its process declares it; else its kind.
    pub category: String,
    /// When it was closed.
    pub at: Timestamp,
    /// How.
    pub code: CloseCode,
    /// When it was to be over, as approved; none without an approved plan.
    pub promised: Option<Timestamp>,
    /// Incidents that it caused.
    pub incidents: u32,
    /// Problems that it caused.
    pub problems: u32,
}

impl ClosedLine {
    fn on_time(&self) -> Option<bool> {
        self.promised.map(|it| self.at <= it)
    }
}

/// The releases, oldest first.
pub(super) fn releases(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut list: Vec<&ClosedLine> = source.closed.iter().collect();
    list.sort_by(|a, b| (a.at, &a.number).cmp(&(b.at, &b.number)));
    let row = |it: &ClosedLine| {
        let on_time = it.on_time().map(|yes| if yes { "yes" } else { "no" });
        vec![
            Cell::plain(&it.number),
            Cell::plain(&it.version),
            Cell::plain(&it.title),
            Cell::plain(&it.category),
            Cell::At(it.at),
            Cell::Word("close_code", it.code.name().to_owned()),
            on_time.map_or(Cell::Empty, |it| Cell::Word("answer", it.to_owned())),
            Cell::Number(i64::from(it.incidents)),
            Cell::Number(i64::from(it.problems)),
        ]
    };
    list.into_iter().map(row).collect()
}

/// The key measures, with the goals that the organization set.
pub(super) fn measures(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let goal = |name: &str| {
        let declared = source.template.settings.iter().find(|it| it.id == name);
        let set = source.release.run.settings.get(name);
        match set.or(declared.map(|it| &it.default)) {
            Some(Value::Int(goal)) => Some(*goal),
            _ => None,
        }
    };
    let goals = Goals { success: goal(TARGET_SUCCESS), on_time: goal(TARGET_ON_TIME) };
    measured(source.closed, goals)
}

/// Shares in percent that are to be reached.
#[derive(Clone, Copy)]
struct Goals {
    success: Option<i64>,
    on_time: Option<i64>,
}

/// Releases per category, share of successes, share on time, and what they caused. A measure with
/// a goal says whether it is met.
fn measured(closed: &[ClosedLine], goals: Goals) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    let mut per_category: BTreeMap<&str, i64> = BTreeMap::new();
    for it in closed {
        *per_category.entry(&it.category).or_default() += 1;
    }
    let plain = |measure: &str, category: &str, count: i64| {
        let name = Cell::Word("extract_measure", measure.to_owned());
        let mut row = vec![name, Cell::plain(category), Cell::Number(count)];
        row.resize(MEASURES.len(), Cell::Empty);
        row
    };
    rows.extend(per_category.iter().map(|it| plain("releases", it.0, *it.1)));
    let success = closed.iter().filter(|it| it.code == CloseCode::Success).count();
    rows.push(share("success", (success, closed.len()), goals.success));
    let known: Vec<bool> = closed.iter().filter_map(ClosedLine::on_time).collect();
    let on_time = known.iter().filter(|it| **it).count();
    rows.push(share("on_time", (on_time, known.len()), goals.on_time));
    rows.push(plain("incidents", "", closed.iter().map(|it| i64::from(it.incidents)).sum()));
    rows.push(plain("problems", "", closed.iter().map(|it| i64::from(it.problems)).sum()));
    rows
}

/// A share in percent, rounded down, beside its goal.
fn share(measure: &str, (count, of): (usize, usize), goal: Option<i64>) -> Vec<Cell> {
    let is = (of > 0).then(|| (count * 100 / of) as i64);
    let met = is.zip(goal).map(|(is, goal)| if is >= goal { "met" } else { "missed" });
    let percent = |it: Option<i64>| it.map_or(Cell::Empty, |it| Cell::Plain(format!("{it}%")));
    vec![
        Cell::Word("extract_measure", measure.to_owned()),
        Cell::Empty,
        Cell::Number(count as i64),
        Cell::Number(of as i64),
        percent(is),
        percent(goal),
        met.map_or(Cell::Empty, |it| Cell::Word("extract_measure", it.to_owned())),
    ]
}

#[cfg(test)]
mod tests {

    use super::*;

    fn closed(category: &str, code: CloseCode, late: i64) -> ClosedLine {
        let at: Timestamp = "2026-04-10T08:00:00Z".parse().unwrap();
        ClosedLine {
            number: "R-2026-0001".to_owned(),
            version: "1.0.0".to_owned(),
            title: "Spring".to_owned(),
            category: category.to_owned(),
            at,
            code,
            promised: Some(at - jiff::SignedDuration::from_hours(late)),
            incidents: 2,
            problems: 1,
        }
    }

    fn shown(row: &[Cell]) -> String {
        let cell = |it: &Cell| match it {
            Cell::Plain(text) | Cell::Word(_, text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            _ => "-".to_owned(),
        };
        row.iter().map(cell).collect::<Vec<_>>().join(" ")
    }

    // proves: S3-33/U S3-34/U
    #[test]
    fn releases_are_counted_per_category_with_the_shares_of_successes_and_of_those_on_time() {
        use CloseCode::{Cancelled, Partial, RolledBack, Success};
        let list = [
            closed("major", Success, 0),
            closed("minor", Success, 3),
            closed("minor", Partial, -5),
            closed("minor", RolledBack, 1),
            closed("patch", Cancelled, 0),
        ];
        let goals = Goals { success: Some(95), on_time: Some(60) };
        let rows: Vec<String> = measured(&list, goals).iter().map(|it| shown(it)).collect();
        assert_eq!(
            rows,
            [
                "releases major 1 - - - -",
                "releases minor 3 - - - -",
                "releases patch 1 - - - -",
                "success - 2 5 40% 95% missed",
                "on_time - 3 5 60% 60% met",
                "incidents - 10 - - - -",
                "problems - 5 - - - -",
            ]
        );
        // Nothing closed: no share, and nothing met or missed; a release without an approved plan
        // was never promised for a day.
        let none = measured(&[], goals);
        assert_eq!(shown(&none[0]), "success - 0 0 - 95% -");
        let open = ClosedLine { promised: None, ..closed("minor", Success, 0) };
        let rows = measured(&[open], Goals { success: None, on_time: None });
        assert_eq!(shown(&rows[1]), "success - 1 1 100% - -");
        assert_eq!(shown(&rows[2]), "on_time - 0 0 - - -");
    }
}
