//! Inputs of the charts: one release, 24 sites, a month.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use roadbook_web::i18n::fmt;
use roadbook_web::ui::chart::{gantt, heat, lanes, load, month, waves};
use roadbook_web::ui::{PageCtx, State};

pub fn at(s: &str) -> Timestamp {
    let civil: jiff::civil::DateTime = s.parse().unwrap();
    civil.to_zoned(TimeZone::get("Asia/Seoul").unwrap()).unwrap().timestamp()
}

pub fn item(shape: lanes::Shape, label: &str, start: &str, end: &str, state: State) -> lanes::Item {
    let start = at(start);
    let end = if end.is_empty() { start } else { at(end) };
    lanes::Item {
        shape,
        label: label.into(),
        start,
        end,
        state,
        part: None,
        href: Some("/steps/1".into()),
    }
}

pub fn the_lanes() -> lanes::Lanes {
    use State::{AtRisk, Done, Foreseen, Running, Waiting};
    use lanes::Shape::{Bar, Gate, Notice};
    let mut sites =
        item(Bar, "17 of 24 have decided", "2026-11-10T00:00", "2026-11-24T15:00", Running);
    sites.part = Some(17.0 / 24.0);
    let lane =
        |role: &str, who: &str, items| lanes::Lane { role: role.into(), who: who.into(), items };
    let band = |s: &str, e: &str, label: &str| lanes::Band {
        start: at(s),
        end: at(e),
        label: label.into(),
    };
    lanes::Lanes {
        title: "Role lanes of V3.3.0".into(),
        summary: "Waiting: user test report. Go-live on 26 November at 20:00.".into(),
        from: date(2026, 11, 2),
        days: 40,
        zone: TimeZone::get("Asia/Seoul").unwrap(),
        now: at("2026-11-17T09:40"),
        go_live: Some(at("2026-11-26T20:00")),
        windows: [
            "2026-11-12",
            "2026-11-26",
            "2026-12-10",
            "2026-11-07",
            "2026-11-14",
            "2026-11-21",
            "2026-11-28",
            "2026-12-05",
        ]
        .iter()
        .map(|d| band(&format!("{d}T20:00"), &format!("{d}T23:30"), "Window"))
        .collect(),
        freezes: vec![band("2026-11-29T06:00", "2026-12-02T23:00", "Month-end")],
        lanes: vec![
            lane(
                "Release lead",
                "Kim Seo-yeon",
                vec![
                    item(Gate, "Release decision", "2026-11-03T14:00", "", Done),
                    item(Bar, "Rollback plan", "2026-11-09T00:00", "2026-11-12T00:00", Done),
                    item(Gate, "Go / no-go", "2026-11-24T15:00", "", Foreseen),
                    item(Bar, "Close", "2026-12-08T00:00", "2026-12-11T00:00", Foreseen),
                ],
            ),
            lane(
                "Development",
                "Lê Minh Quân",
                vec![
                    item(Bar, "Build rc.1", "2026-11-02T00:00", "2026-11-05T12:00", Done),
                    item(Bar, "Fixes, rc.2", "2026-11-09T00:00", "2026-11-12T18:00", Done),
                    item(
                        Bar,
                        "Merge patches, 2 of 3",
                        "2026-11-12T09:00",
                        "2026-11-18T18:00",
                        AtRisk,
                    ),
                    item(Bar, "rc.3, sign", "2026-11-19T09:00", "2026-11-20T18:00", Foreseen),
                    item(Bar, "On call", "2026-11-26T20:00", "2026-11-29T00:00", Foreseen),
                ],
            ),
            lane(
                "Quality",
                "Choi Eun-ji",
                vec![
                    item(Bar, "Test rc.1", "2026-11-05T12:00", "2026-11-09T00:00", Done),
                    item(Bar, "Test rc.2", "2026-11-12T18:00", "2026-11-16T11:00", Done),
                    item(Bar, "User test report", "2026-11-16T11:00", "2026-11-17T18:00", Waiting),
                    item(Bar, "Smoke rc.3", "2026-11-20T18:00", "2026-11-24T12:00", Foreseen),
                    item(Bar, "Verify sites", "2026-11-26T23:00", "2026-12-01T10:00", Foreseen),
                ],
            ),
            lane(
                "Notices",
                "Yoon Ha-rin",
                vec![
                    item(Notice, "First notice, 38 of 41 read", "2026-11-06T09:00", "", Done),
                    item(Notice, "Reminder to 3", "2026-11-17T10:00", "", Running),
                    item(Notice, "T−2 d", "2026-11-24T09:00", "", Foreseen),
                    item(Notice, "T−24 h", "2026-11-25T20:00", "", Foreseen),
                    item(Notice, "It is done", "2026-11-26T23:30", "", Foreseen),
                    item(Notice, "Ask for feedback", "2026-12-03T09:00", "", Foreseen),
                ],
            ),
            lane(
                "Customer sites",
                "24 sites",
                vec![
                    sites,
                    item(Bar, "Trial run", "2026-12-06T00:00", "2026-12-10T00:00", Foreseen),
                ],
            ),
            lane(
                "Deployment",
                "Nguyễn Thu Hà",
                vec![
                    item(Bar, "Trial, 3 sites", "2026-11-14T20:00", "2026-11-15T02:00", Done),
                    item(Bar, "Rehearsal", "2026-11-19T14:00", "2026-11-19T17:00", Foreseen),
                    item(Bar, "Wave 1, 6", "2026-11-26T20:00", "2026-11-26T23:30", Foreseen),
                    item(Bar, "Wave 2, 9", "2026-11-28T22:00", "2026-11-29T05:00", Foreseen),
                    item(Bar, "Wave 3, 9", "2026-12-05T22:00", "2026-12-06T05:00", Foreseen),
                ],
            ),
        ],
    }
}

pub fn the_waves(ctx: &PageCtx) -> Vec<waves::Wave> {
    use waves::Part::{In, Open, Promise, Result};
    let slice = |part, n: u32, key: &str| waves::Slice {
        part,
        n,
        label: ctx.tn(key, i64::from(n)).into_owned(),
    };
    let wave = |name: &str, when: &str, slices, halted| waves::Wave {
        name: name.into(),
        when: when.into(),
        slices,
        stop_at: Some(1),
        rule: ctx.tn("waves-stops-at", 1).into_owned(),
        halted,
    };
    vec![
        wave("Trial environment", "Sat 14 Nov", vec![slice(Result, 3, "waves-installed")], false),
        wave(
            "Wave 1, first sites",
            "Thu 26 Nov, 20:00",
            vec![slice(Promise, 6, "waves-accepted")],
            false,
        ),
        wave(
            "Wave 2",
            "Sat 28 Nov, 22:00",
            vec![
                slice(Promise, 6, "waves-accepted"),
                slice(In(State::Waiting), 1, "waves-later"),
                slice(Open, 2, "waves-no-answer"),
            ],
            false,
        ),
        wave(
            "Wave 3",
            "Sat 5 Dec, 22:00",
            vec![
                slice(Result, 3, "waves-verified"),
                slice(In(State::Failed), 1, "waves-failed"),
                slice(In(State::Held), 2, "waves-held"),
            ],
            true,
        ),
    ]
}

pub fn the_load(ctx: &PageCtx) -> load::Load {
    let planned = [96, 180, 270, 0, 120, 0, 210, 300, 240, 570, 180, 120, 0, 120];
    let days = planned.iter().enumerate().map(|(i, m)| {
        let d: Date = date(2026, 11, 17).saturating_add(jiff::Span::new().days(i as i64));
        let leave = i == 3;
        let off = leave || d.weekday().to_monday_zero_offset() > 4;
        load::Day {
            date: d,
            planned: *m,
            capacity: (!off).then_some(360),
            off: if leave { ctx.t("load-leave").into_owned() } else { String::new() },
        }
    });
    load::Load { title: ctx.tn("home-load", 14).into_owned(), days: days.collect() }
}

pub fn the_heat(ctx: &PageCtx) -> heat::Heat {
    use heat::Support::{Ended, Ending, Newest, Open};
    let column = |v: &str, n: i64, text: &str, support| heat::Column {
        version: v.into(),
        count: ctx.tn("heat-sites", n).into_owned(),
        support_text: text.into(),
        support,
    };
    let site = |name: &str, column: usize, behind: u32, sure: bool| heat::Site {
        name: name.into(),
        href: "/sites/1".into(),
        column: Some(column),
        behind,
        sure,
        source: if sure {
            (State::Done, ctx.t("source-agent").into_owned())
        } else {
            (State::Foreseen, ctx.t("source-person").into_owned())
        },
        age: fmt::duration(ctx.lang, if sure { 2 } else { 6 * 1440 }),
        next: if behind > 190 {
            (Some(State::Held), ctx.t("site-decision-declined").into_owned())
        } else {
            (None, "V3.3.0, Thu 26 Nov".into())
        },
    };
    heat::Heat {
        title: "Narae MES".into(),
        summary: "7 of 24".into(),
        columns: vec![
            column(
                "V3.0.4",
                1,
                &ctx.ta(
                    "heat-support-ended",
                    &[("date", fmt::day_month(ctx.lang, date(2026, 7, 31)).into())],
                ),
                Ended,
            ),
            column(
                "V3.1.0",
                2,
                &ctx.ta(
                    "heat-support-ended",
                    &[("date", fmt::day_month(ctx.lang, date(2026, 10, 31)).into())],
                ),
                Ended,
            ),
            column(
                "V3.1.5",
                5,
                &ctx.ta(
                    "heat-support-until",
                    &[("date", fmt::day_month(ctx.lang, date(2026, 12, 6)).into())],
                ),
                Ending,
            ),
            column("V3.2.0", 9, &ctx.ta("heat-support-until", &[("date", "2027".into())]), Open),
            column("V3.2.1", 7, &ctx.t("heat-newest"), Newest),
        ],
        groups: vec![
            heat::Group {
                name: "대한민국".into(),
                note: "2/5".into(),
                sites: vec![
                    site("미래디스플레이부품 1공장", 4, 0, true),
                    site("Daeryuk Precision", 3, 5, true),
                    site("Sorae Bio Packaging", 3, 5, false),
                    site("Cheonghae Plastics", 2, 89, true),
                    site("Ongojin Paper", 1, 197, false),
                ],
            },
            heat::Group {
                name: "Việt Nam".into(),
                note: "1/2".into(),
                sites: vec![
                    site("Red River Tools", 4, 0, true),
                    site("Cửu Long Rice", 0, 288, false),
                ],
            },
        ],
    }
}

pub fn the_gantt() -> gantt::Gantt {
    let bar =
        |label: &str, s: &str, e: &str, critical: bool, state, after: Vec<usize>| gantt::Bar {
            label: label.into(),
            who: "Lê Minh Quân".into(),
            start: at(s),
            end: at(e),
            baseline: Some((at(s), at(e))),
            slack_until: (!critical)
                .then(|| at(e).saturating_add(jiff::SignedDuration::from_hours(40)).unwrap()),
            critical,
            state,
            after,
            href: Some("/steps/1".into()),
        };
    gantt::Gantt {
        title: "Plan of V3.3.0".into(),
        from: date(2026, 11, 9),
        days: 30,
        zone: TimeZone::get("Asia/Seoul").unwrap(),
        now: at("2026-11-17T09:40"),
        go_live: Some(at("2026-11-26T20:00")),
        freezes: vec![(at("2026-11-29T06:00"), at("2026-12-02T23:00"))],
        bars: vec![
            bar("Fixes, rc.2", "2026-11-09T09:00", "2026-11-12T18:00", true, State::Done, vec![]),
            bar(
                "사용자 시험 보고서",
                "2026-11-16T11:00",
                "2026-11-17T18:00",
                true,
                State::Waiting,
                vec![0],
            ),
            bar(
                "Second notice",
                "2026-11-20T09:00",
                "2026-11-20T12:00",
                false,
                State::Foreseen,
                vec![1],
            ),
            bar(
                "Wave 1",
                "2026-11-26T20:00",
                "2026-11-26T23:30",
                true,
                State::Foreseen,
                vec![1, 2],
            ),
        ],
    }
}

pub fn the_month() -> month::Month {
    let entry = |kind, from: Date, to: Date, label: &str| month::Entry {
        kind,
        from,
        to,
        label: label.into(),
        href: Some("/releases/V3.3.0".into()),
    };
    month::Month {
        month: date(2026, 11, 1),
        today: date(2026, 11, 17),
        days: vec![(date(2026, 11, 20), "개교기념일".into(), true)],
        entries: vec![
            entry(month::Kind::Window, date(2026, 11, 12), date(2026, 11, 12), "20:00 – 23:30"),
            entry(month::Kind::Window, date(2026, 11, 26), date(2026, 11, 26), "20:00 – 23:30"),
            entry(month::Kind::GoLive, date(2026, 11, 26), date(2026, 11, 26), "20:00 V3.3.0"),
            entry(month::Kind::Clash, date(2026, 11, 26), date(2026, 11, 26), "WMS V2.9.0"),
            entry(month::Kind::Freeze, date(2026, 11, 29), date(2026, 12, 2), "월말 마감"),
            entry(month::Kind::Notice, date(2026, 11, 24), date(2026, 11, 24), "09:00 T−2 d"),
        ],
    }
}

/// Charts with words that both the drawing and the table must hold.
pub fn charts(ctx: &PageCtx) -> Vec<(&'static str, String, Vec<String>)> {
    let tr = ctx.tr();
    let words = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    // The phone list of the lanes has a fold of its own; the table is the last one.
    let waves = waves::waves(tr, &the_waves(ctx)).into_string();
    let heat = heat::heat(tr, &the_heat(ctx)).into_string();
    let gantt = gantt::gantt(tr, &the_gantt()).into_string();
    let lanes = lanes::lanes(tr, &the_lanes()).into_string();
    vec![
        ("waves", waves, words(&["Wave 2", "Trial environment"])),
        ("heat", heat, words(&["Cửu Long Rice", "V3.1.0"])),
        ("gantt", gantt, words(&["사용자 시험 보고서", "Second notice"])),
        ("lanes", lanes, words(&["Merge patches, 2 of 3", "Trial run", "Nguyễn Thu Hà"])),
    ]
}
