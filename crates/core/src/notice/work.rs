//! What people are written to about their own work: their turn, what comes near, what is late,
//! what nobody answered, and what lies ahead of them (S4i-07).
//!
//! One pure question over the pieces of work of a release and what was told already. Whoever was
//! told is told again only when something new is true for them.

use crate::ids::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A piece of work comes near that long before it is due.
pub const SOON: SignedDuration = SignedDuration::from_hours(24);
/// A foreseen date that moves by less is no news.
pub const MOVES: SignedDuration = SignedDuration::from_hours(24);

/// Why somebody is written to. In the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It should be done already.
    Overdue,
    /// It can be done now.
    Turn,
    /// Its date comes near.
    Soon,
    /// Somebody else has not answered in time.
    Unanswered,
    /// It will come, and when.
    Ahead,
}

/// A step that a person has to do, now or later.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Who.
    pub person: PersonId,
    /// Step.
    pub step: String,
    /// Round of the step.
    pub round: u32,
    /// It can be done now; false when it lies ahead.
    pub open: bool,
    /// Due.
    pub due: Option<Timestamp>,
    /// Foreseen begin.
    pub begins: Option<Timestamp>,
}

/// What a person was told about a step.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldOf {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub stage: Stage,
    /// Step.
    pub step: String,
    /// Round of the step.
    pub round: u32,
    /// When.
    pub at: Timestamp,
    /// The begin that was named.
    pub begins: Option<Timestamp>,
    /// The go-live that held then.
    pub slot: Option<Timestamp>,
}

/// An approval that nobody gave in time, and who hears of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unanswered {
    /// Step.
    pub step: String,
    /// Round.
    pub round: u32,
    /// Who is asked to see to it.
    pub people: Vec<PersonId>,
}

/// Where a release stands, as far as its people's work goes.
#[derive(Clone, Debug, Default)]
pub struct WorkCase {
    /// Work of everybody.
    pub pieces: Vec<Piece>,
    /// Approvals that expired.
    pub unanswered: Vec<Unanswered>,
    /// Key nodes of a run sheet that nobody confirmed yet, with the moment the plan gives them
    /// (S3-32).
    pub key_nodes: Vec<Piece>,
    /// What was told.
    pub told: Vec<ToldOf>,
    /// The go-live.
    pub slot: Option<Timestamp>,
    /// A hold order is in force: nobody is asked for anything.
    pub held: bool,
}

/// Something to write to somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// To whom.
    pub person: PersonId,
    /// Why.
    pub stage: Stage,
    /// About which step.
    pub step: String,
    /// Its round.
    pub round: u32,
    /// They were told another date before.
    pub moved: bool,
}

impl WorkCase {
    fn told(&self, person: &PersonId, step: &str) -> impl Iterator<Item = &ToldOf> {
        self.told.iter().filter(move |it| it.person == *person && it.step == step)
    }

    /// What is to be written now, by person and urgency.
    pub fn due(&self, now: Timestamp) -> Vec<Ask> {
        if self.held {
            return Vec::new();
        }
        let mut list = Vec::new();
        for piece in &self.pieces {
            let stage = if piece.open { self.open(piece, now) } else { self.ahead(piece) };
            list.extend(stage.map(|(stage, moved)| Ask {
                person: piece.person.clone(),
                stage,
                step: piece.step.clone(),
                round: piece.round,
                moved,
            }));
        }
        for it in &self.unanswered {
            for person in &it.people {
                let known = self
                    .told(person, &it.step)
                    .any(|told| told.stage == Stage::Unanswered && told.round == it.round);
                if !known {
                    list.push(Ask {
                        person: person.clone(),
                        stage: Stage::Unanswered,
                        step: it.step.clone(),
                        round: it.round,
                        moved: false,
                    });
                }
            }
        }
        list.extend(self.late_key_nodes(now));
        list.sort();
        list.dedup();
        list
    }

    fn late_key_nodes(&self, now: Timestamp) -> impl Iterator<Item = Ask> {
        let known = |it: &Piece| {
            self.told(&it.person, &it.step)
                .any(|told| told.stage == Stage::Overdue && told.round == it.round)
        };
        let late = move |it: &&Piece| it.due.is_some_and(|due| now >= due) && !known(it);
        self.key_nodes.iter().filter(late).map(|it| Ask {
            person: it.person.clone(),
            stage: Stage::Overdue,
            step: it.step.clone(),
            round: it.round,
            moved: false,
        })
    }

    fn open(&self, piece: &Piece, now: Timestamp) -> Option<(Stage, bool)> {
        let of = |stage: Stage| {
            self.told(&piece.person, &piece.step)
                .find(|it| it.stage == stage && it.round == piece.round)
        };
        // Nobody is reminded of what they have not heard of.
        let Some(turn) = of(Stage::Turn) else { return Some((Stage::Turn, false)) };
        let due = piece.due?;
        if now >= due {
            // Whoever got it when it was late already knows.
            return (of(Stage::Overdue).is_none() && turn.at < due)
                .then_some((Stage::Overdue, false));
        }
        let near = now >= due.saturating_sub(SOON).unwrap_or(due);
        let long_ago = turn.at <= now.saturating_sub(SOON).unwrap_or(now);
        (near && long_ago && of(Stage::Soon).is_none()).then_some((Stage::Soon, false))
    }

    fn ahead(&self, piece: &Piece) -> Option<(Stage, bool)> {
        let last = self
            .told(&piece.person, &piece.step)
            .filter(|it| matches!(it.stage, Stage::Ahead | Stage::Turn))
            .last();
        let Some(last) = last else { return Some((Stage::Ahead, false)) };
        // The date of work that is late creeps on day by day; only a moved go-live is news.
        if last.slot == self.slot {
            return None;
        }
        let moved = match (last.begins, piece.begins) {
            (Some(before), Some(now)) => now.duration_since(before).abs() >= MOVES,
            (None, Some(_)) => true,
            _ => false,
        };
        moved.then_some((Stage::Ahead, true))
    }

    /// The next moment at which time alone makes something due.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let dues = self.pieces.iter().filter(|it| it.open).filter_map(|it| it.due);
        let nodes = self.key_nodes.iter().filter_map(|it| it.due);
        dues.flat_map(|due| [due.saturating_sub(SOON).unwrap_or(due), due])
            .chain(nodes)
            .filter(|at| *at > now)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::IdSeed;

    fn at(text: &str) -> Timestamp {
        format!("2027-03-{text}:00Z").parse().expect("a moment")
    }

    fn person(n: u128) -> PersonId {
        PersonId::new(IdSeed { millis: 1, random: n })
    }

    fn piece(open: bool, due: Option<&str>, begins: Option<&str>) -> Piece {
        Piece {
            person: person(1),
            step: "test".into(),
            round: 1,
            open,
            due: due.map(at),
            begins: begins.map(at),
        }
    }

    fn told(stage: Stage, when: &str, begins: Option<&str>, slot: Option<&str>) -> ToldOf {
        ToldOf {
            person: person(1),
            stage,
            step: "test".into(),
            round: 1,
            at: at(when),
            begins: begins.map(at),
            slot: slot.map(at),
        }
    }

    // proves: S4i-07/U
    #[test]
    fn a_person_is_told_once_of_what_is_new_for_them() {
        use Stage::{Ahead, Overdue, Soon, Turn};
        let open = |due: Option<&str>| piece(true, due, None);
        let ahead = |begins: &str| piece(false, None, Some(begins));
        let slot = Some("20T09:00");
        let turn = told(Turn, "01T09:00", None, slot);
        // (what, piece, told, now, what is written)
        let cases: [(&str, Piece, Vec<ToldOf>, &str, Option<(Stage, bool)>); 13] = [
            ("its turn", open(None), vec![], "01T09:00", Some((Turn, false))),
            ("told", open(None), vec![turn.clone()], "05T09:00", None),
            (
                "foreseen is not asked",
                open(None),
                vec![told(Ahead, "01T09:00", None, slot)],
                "05T09:00",
                Some((Turn, false)),
            ),
            ("not near", open(Some("10T09:00")), vec![turn.clone()], "09T08:59", None),
            ("near", open(Some("10T09:00")), vec![turn.clone()], "09T09:00", Some((Soon, false))),
            ("near, but fresh", open(Some("02T08:00")), vec![turn.clone()], "01T10:00", None),
            (
                "near, told",
                open(Some("10T09:00")),
                vec![turn.clone(), told(Soon, "09T09:00", None, slot)],
                "09T10:00",
                None,
            ),
            (
                "late",
                open(Some("10T09:00")),
                vec![turn.clone()],
                "10T09:00",
                Some((Overdue, false)),
            ),
            ("late from the first", open(Some("01T08:00")), vec![turn.clone()], "10T09:00", None),
            ("ahead", ahead("12T09:00"), vec![], "01T09:00", Some((Ahead, false))),
            (
                "creeps on",
                ahead("14T09:00"),
                vec![told(Ahead, "01T09:00", Some("12T09:00"), slot)],
                "02T09:00",
                None,
            ),
            (
                "moved with the go-live",
                ahead("14T09:00"),
                vec![told(Ahead, "01T09:00", Some("12T09:00"), Some("18T09:00"))],
                "02T09:00",
                Some((Ahead, true)),
            ),
            (
                "hardly moved",
                ahead("12T19:00"),
                vec![told(Ahead, "01T09:00", Some("12T09:00"), Some("18T09:00"))],
                "02T09:00",
                None,
            ),
        ];
        for (what, piece, told, now, wanted) in cases {
            let case =
                WorkCase { pieces: vec![piece], told, slot: slot.map(at), ..WorkCase::default() };
            let found: Vec<_> =
                case.due(at(now)).into_iter().map(|it| (it.stage, it.moved)).collect();
            assert_eq!(found, wanted.into_iter().collect::<Vec<_>>(), "{what}");
            let held = WorkCase { held: true, ..case };
            assert_eq!(held.due(at(now)), [], "{what}, held");
        }
    }

    #[test]
    fn a_new_round_is_a_new_turn_and_an_expired_approval_is_told_once() {
        let mut again = piece(true, None, None);
        again.round = 2;
        let mut case = WorkCase {
            pieces: vec![again],
            told: vec![told(Stage::Turn, "01T09:00", None, None)],
            unanswered: vec![Unanswered {
                step: "approve".into(),
                round: 1,
                people: vec![person(1), person(2)],
            }],
            ..WorkCase::default()
        };
        let stages = |case: &WorkCase| -> Vec<_> {
            case.due(at("02T09:00")).into_iter().map(|it| (it.person, it.stage)).collect()
        };
        assert_eq!(
            stages(&case),
            [
                (person(1), Stage::Turn),
                (person(1), Stage::Unanswered),
                (person(2), Stage::Unanswered)
            ]
        );
        case.told.push(ToldOf {
            step: "approve".into(),
            ..told(Stage::Unanswered, "02T08:00", None, None)
        });
        assert_eq!(stages(&case), [(person(1), Stage::Turn), (person(2), Stage::Unanswered)]);
    }

    #[test]
    fn it_looks_again_when_a_date_comes_near_and_when_it_is_there() {
        let case = WorkCase {
            pieces: vec![piece(true, Some("10T09:00"), None), piece(false, Some("05T09:00"), None)],
            ..WorkCase::default()
        };
        assert_eq!(case.next(at("01T09:00")), Some(at("09T09:00")));
        assert_eq!(case.next(at("09T09:00")), Some(at("10T09:00")));
        assert_eq!(case.next(at("10T09:00")), None);
    }
}
