//! Tables and properties of the schemes.

use super::*;
use jiff::civil::{Date, date};
use proptest::prelude::*;

const DAY: Date = date(2027, 3, 1);

fn four() -> Scheme {
    Scheme::default()
}

fn next(scheme: &Scheme, current: &str, level: Level) -> Result<Explained, VersionRefusal> {
    let current = scheme.parse(current).expect("the current version of the table");
    scheme.next(&Request {
        current: Some(&current),
        raise: Raise::Level(level),
        tag: None,
        today: DAY,
        taken: &[],
    })
}

// proves: S3-47/U S3-50/U S3-51/U S3-52/U S3-53/U
#[test]
fn each_level_raises_its_part_resets_the_lower_ones_and_carries() {
    let scheme = four();
    for (current, level, expected, roadmap) in [
        ("V1.2.3.0004", Level::Major, "V2.0.0.0000", true),
        ("V1.2.3.0004", Level::Minor, "V1.3.0.0000", true),
        ("V1.2.3.0004", Level::Revision, "V1.2.4.0000", true),
        ("V1.2.3.0004", Level::Build, "V1.2.3.0005", false),
        ("V1.99.5.0", Level::Minor, "V2.0.0.0000", true),
        ("V1.2.99.7", Level::Revision, "V1.3.0.0000", true),
        ("V1.99.99.7", Level::Revision, "V2.0.0.0000", true),
        ("V98.99.99.7", Level::Revision, "V99.0.0.0000", true),
        ("V1.2.3.9999", Level::Build, "V1.2.3.10000", false),
    ] {
        let got = next(&scheme, current, level).unwrap_or_else(|e| panic!("{current}: {e}"));
        assert_eq!(got.text, expected, "{current} {level:?}");
        assert_eq!(got.needs_roadmap, roadmap, "{current} {level:?}");
    }
    for (current, level) in [
        ("V99.0.0.1", Level::Major),
        ("V99.99.0.1", Level::Minor),
        ("V99.99.99.1", Level::Revision),
    ] {
        let refusal = next(&scheme, current, level).expect_err(current);
        assert_eq!(refusal.code(), "version_exhausted", "{current}");
    }
}

// proves: S3-52/U
#[test]
fn a_carry_is_explained_step_by_step() {
    let got = next(&four(), "V1.2.99.7", Level::Revision).expect("a carry");
    assert_eq!(
        got.why,
        [
            Why::Chosen { level: Level::Revision },
            Why::Carried { part: Part::C, max: 99, into: Part::B },
            Why::Raised { part: Part::B, from: 2, to: 3 },
            Why::Reset { part: Part::C, from: 99 },
            Why::Reset { part: Part::D, from: 7 },
        ]
    );
}

// proves: S3-54/U
#[test]
fn every_example_of_a_change_asks_for_its_part() {
    for (name, kind, level) in [
        ("from centralized to distributed", ChangeKind::Architecture, Level::Major),
        ("rewritten from C# in Java", ChangeKind::Platform, Level::Major),
        ("replay added", ChangeKind::Feature, Level::Minor),
        ("alarm masking added", ChangeKind::Feature, Level::Minor),
        ("electronic map added", ChangeKind::Feature, Level::Minor),
        ("more ways of networking", ChangeKind::Feature, Level::Minor),
        ("replay can download", ChangeKind::Specification, Level::Revision),
        ("16 channels instead of 4", ChangeKind::Capacity, Level::Revision),
        ("bug repaired", ChangeKind::BugFix, Level::Build),
        ("internal design changed", ChangeKind::InternalDesign, Level::Build),
        ("DLL exchanged", ChangeKind::Library, Level::Build),
        ("database script changed", ChangeKind::DatabaseScript, Level::Build),
        ("configuration file changed", ChangeKind::ConfigurationFile, Level::Build),
    ] {
        let current = Version::Vabcd([1, 2, 3, 4]);
        let changes = vec![
            Change { name: "small".into(), kind: ChangeKind::BugFix },
            Change { name: name.into(), kind },
        ];
        let got = four()
            .next(&Request {
                current: Some(&current),
                raise: Raise::Changes(changes),
                tag: None,
                today: DAY,
                taken: &[],
            })
            .expect("a number");
        assert_eq!(got.level, Some(level), "{name}");
        let Some(Why::Decided { change, of: 2, .. }) = got.why.first() else {
            panic!("{name}: the deciding change is not named: {:?}", got.why)
        };
        assert_eq!(change, if level == Level::Build { "small" } else { name });
    }
}

// proves: S3-48/U S3-49/U S3-51/U S4c-01/U
#[test]
fn first_planned_and_taken_numbers() {
    let scheme = four();
    let request = Request {
        current: None,
        raise: Raise::Level(Level::Build),
        tag: Some(17),
        today: DAY,
        taken: &[],
    };
    let first = scheme.next(&request).expect("a first number");
    assert_eq!((first.text.as_str(), first.needs_roadmap), ("V1.0.0.0017", false));

    let current = Version::Vabcd([1, 2, 0, 3]);
    let to = |parts| Request {
        current: Some(&current),
        raise: Raise::To(Version::Vabcd(parts)),
        ..request.clone()
    };
    let jump = scheme.next(&to([1, 7, 0, 0])).expect("a planned jump");
    assert_eq!((jump.text.as_str(), jump.needs_roadmap), ("V1.7.0.0000", true));
    let code = |parts| scheme.next(&to(parts)).expect_err("refused").code();
    assert_eq!(code([1, 2, 0, 3]), "version_not_higher");
    assert_eq!(code([100, 0, 0, 0]), "version_part_too_large");

    let taken = [Version::Vabcd([1, 2, 0, 4]), Version::Vabcd([1, 2, 0, 5])];
    let refusal = scheme
        .next(&Request { current: Some(&current), tag: None, taken: &taken, ..request.clone() })
        .expect_err("taken");
    assert_eq!(
        refusal,
        VersionRefusal::Taken { text: "V1.2.0.0004".into(), free: "V1.2.0.0006".into() }
    );
    let nothing = Request { raise: Raise::Changes(Vec::new()), ..request };
    assert_eq!(scheme.next(&nothing).expect_err("nothing").code(), "version_nothing_changed");
}

// proves: S3-53/U
#[test]
fn the_build_can_follow_the_tag_and_then_never_goes_back() {
    let scheme = Scheme::Vabcd(VabcdRules { d_from_tag: true, ..VabcdRules::default() });
    let current = Version::Vabcd([1, 2, 3, 40]);
    let ask = |level, tag| {
        scheme
            .next(&Request {
                current: Some(&current),
                raise: Raise::Level(level),
                tag,
                today: DAY,
                taken: &[],
            })
            .map(|it| it.text)
            .map_err(|it| it.code())
    };
    assert_eq!(ask(Level::Build, Some(57)), Ok("V1.2.3.0057".into()));
    assert_eq!(ask(Level::Minor, Some(58)), Ok("V1.3.0.0058".into()));
    assert_eq!(ask(Level::Build, None), Err("version_tag_missing"));
    assert_eq!(ask(Level::Build, Some(40)), Err("version_tag_not_higher"));
}

#[test]
fn without_the_cascade_only_a_revision_clears_the_build() {
    let scheme = Scheme::Vabcd(VabcdRules { cascade: false, ..VabcdRules::default() });
    for (level, expected) in [
        (Level::Major, "V2.0.0.0007"),
        (Level::Minor, "V1.3.0.0007"),
        (Level::Revision, "V1.2.4.0000"),
    ] {
        assert_eq!(next(&scheme, "V1.2.3.7", level).expect("a number").text, expected);
    }
}

#[test]
fn a_text_that_is_no_number_is_refused_with_an_example() {
    for (text, code) in [
        ("", "version_not_readable"),
        ("V1.2.3", "version_not_readable"),
        ("V1.2.3.4.5", "version_not_readable"),
        ("V1.02.3.4", "version_not_readable"),
        ("V1.2.-3.4", "version_not_readable"),
        ("V1.2.3.99999999999", "version_not_readable"),
        ("Ⅴ1.2.3.4", "version_not_readable"),
        ("V1.100.3.4", "version_part_too_large"),
    ] {
        let refusal = four().parse(text).expect_err(text);
        assert_eq!(refusal.code(), code, "{text}");
    }
    assert!(four().parse("1.2.3.4").is_ok() && four().parse("v1.2.3.0004").is_ok());
}

#[test]
fn semantic_versions_follow_their_own_rules() {
    let scheme = Scheme::SemVer;
    for (current, level, expected) in [
        ("1.2.3", Level::Major, "2.0.0"),
        ("1.2.3", Level::Minor, "1.3.0"),
        ("1.2.3", Level::Revision, "1.3.0"),
        ("1.2.3", Level::Build, "1.2.4"),
        ("0.4.1", Level::Major, "0.5.0"),
        ("2.0.0-rc.1", Level::Build, "2.0.0"),
        ("v1.2.3", Level::Build, "1.2.4"),
    ] {
        assert_eq!(next(&scheme, current, level).expect("a number").text, expected, "{current}");
    }
    assert_eq!(scheme.compare("1.10.0", "1.9.9"), Some(std::cmp::Ordering::Greater));
    assert_eq!(scheme.compare("1.0.0-rc.1", "1.0.0"), Some(std::cmp::Ordering::Less));
    assert_eq!(scheme.compare("1.0", "1.0.0"), None);
}

#[test]
fn dated_versions_follow_the_date_and_count_inside_it() {
    type Case = (&'static str, Date, Option<&'static str>, Result<&'static str, &'static str>);
    let cases: [Case; 9] = [
        ("YYYY.0M.MICRO", DAY, None, Ok("2027.03.0")),
        ("YYYY.0M.MICRO", DAY, Some("2027.03.0"), Ok("2027.03.1")),
        ("YYYY.0M.MICRO", DAY, Some("2026.12.9"), Ok("2027.03.0")),
        ("YY.MM.DD", DAY, Some("27.2.28"), Ok("27.3.1")),
        ("YYYY.0M", DAY, Some("2027.03"), Err("version_date_taken")),
        ("YYYY.0M", DAY, Some("2027.04"), Err("version_clock_behind")),
        // The first of January 2027 is in week 53 of 2026.
        ("YYYY.0W.MICRO", date(2027, 1, 1), None, Ok("2026.53.0")),
        ("MM.YYYY", DAY, None, Err("version_pattern")),
        ("YYYY.0W.0D", DAY, None, Err("version_pattern")),
    ];
    for (pattern, today, current, expected) in cases {
        let scheme = Scheme::CalVer(CalVerRules { pattern: pattern.into() });
        let current = current.map(|text| scheme.parse(text).expect("the current version"));
        let got = scheme.next(&Request {
            current: current.as_ref(),
            raise: Raise::Level(Level::Build),
            tag: None,
            today,
            taken: &[],
        });
        let got = got.as_ref().map(|it| it.text.as_str()).map_err(VersionRefusal::code);
        assert_eq!(got, expected, "{pattern} {today}");
    }
}

fn numbers() -> impl Strategy<Value = [u32; 4]> {
    [0u32..=99, 0u32..=99, 0u32..=99, 0u32..=99_999]
}

fn level() -> impl Strategy<Value = Level> {
    (0usize..4).prop_map(|i| Level::ALL[i])
}

proptest! {
    // proves: S3-47/U
    #[test]
    fn what_is_printed_reads_back(parts in numbers(), digits in 0u8..8) {
        let scheme = Scheme::Vabcd(VabcdRules { d_digits: digits, ..VabcdRules::default() });
        let version = Version::Vabcd(parts);
        prop_assert_eq!(scheme.parse(&scheme.format(&version)), Ok(version));
    }

    #[test]
    fn the_order_is_the_order_of_the_parts(left in numbers(), right in numbers()) {
        let scheme = four();
        let text = |parts| scheme.format(&Version::Vabcd(parts));
        prop_assert_eq!(scheme.compare(&text(left), &text(right)), Some(left.cmp(&right)));
    }

    // proves: S3-50/U S3-51/U S3-52/U
    #[test]
    fn a_raised_number_is_higher_within_the_limits_and_the_least_of_its_level(
        parts in numbers(), level in level(), cascade in any::<bool>(),
    ) {
        let scheme = Scheme::Vabcd(VabcdRules { cascade, ..VabcdRules::default() });
        let current = Version::Vabcd(parts);
        let request = Request {
            current: Some(&current), raise: Raise::Level(level), tag: None, today: DAY, taken: &[],
        };
        match scheme.next(&request) {
            Ok(got) => {
                prop_assert!(got.version > current);
                prop_assert_eq!(scheme.parse(&got.text), Ok(got.version.clone()));
                let Version::Vabcd(after) = got.version else { unreachable!("a four-part number") };
                // Read as one number, the first three parts rise by exactly one unit of the level.
                let whole = |p: [u32; 4]| p[0] * 10_000 + p[1] * 100 + p[2];
                let unit = match level {
                    Level::Build => 0, Level::Revision => 1, Level::Minor => 100, Level::Major => 10_000,
                };
                let before = whole(parts).checked_div(unit).map_or(whole(parts), |n| n * unit);
                prop_assert_eq!(whole(after), before + unit);
                prop_assert_eq!(got.needs_roadmap, level != Level::Build);
            }
            Err(refusal) => {
                prop_assert_eq!(refusal.code(), "version_exhausted");
                prop_assert_eq!(parts[0], 99);
            }
        }
    }

    #[test]
    fn the_reader_of_numbers_never_panics(text in "\\PC{0,16}") {
        let _ = four().parse(&text);
        let _ = Scheme::SemVer.parse(&text);
        let _ = Scheme::CalVer(CalVerRules { pattern: text.clone() }).parse(&text);
    }
}
