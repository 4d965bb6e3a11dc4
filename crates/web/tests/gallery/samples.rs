//! Sample pages: a vendor in Seoul on Tuesday 17 November 2026, 09:40.

use crate::fleet;
use crate::inputs::{at, the_gantt, the_heat, the_lanes, the_load, the_month, the_waves};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use roadbook_web::i18n::{Lang, fmt};
use roadbook_web::pages::view::home::{Also, Clash, HomeView, WaitFor, WorkDay, WorkItem, home};
use roadbook_web::pages::view::release::{ReleaseHead, ReleaseView, release};
use roadbook_web::pages::view::site_own::{Answer, Planned, SiteOwnView, site_own};
use roadbook_web::pages::view::step::{Flow, StepView, step};
use roadbook_web::ui::chart::{gantt, heat, lanes, load, month, waves};
use roadbook_web::ui::error::{ErrorView, error_page};
use roadbook_web::ui::flow::{
    Banner, Link, NextAction, OpenItem, Readiness, banner, chain, phases, steps, what_next,
};
use roadbook_web::ui::form::{Choice, Confirm, Field, Kind, confirm, form};
use roadbook_web::ui::glyph::{pill, state};
use roadbook_web::ui::layout::layout;
use roadbook_web::ui::parts::{
    Btn, Chip, Col, DiffLine, Head, Row, Sum, Tab, Table, card, chips, countdown, details, diff,
    empty, head, pager, seg, stale, sums,
};
use roadbook_web::ui::{Flash, NavCounts, PageCtx, State, Viewer};

pub fn ctx(lang: Lang) -> PageCtx {
    let zone = TimeZone::get("Asia/Seoul").unwrap();
    let mut ctx = PageCtx::visitor(lang, zone, at("2026-11-17T09:40"), "/releases/V3.3.0");
    ctx.viewer = Some(Viewer::new("Kim Seo-yeon"));
    ctx.counts = NavCounts { home: 3, releases: 7, sites: 24, notices: 0 };
    ctx.csrf = "token".into();
    ctx.form_key = "key".into();
    ctx
}

fn release_view(ctx: &PageCtx) -> ReleaseView {
    let link = |state, what: &str, when: &str| Link {
        state,
        what: what.into(),
        note: String::new(),
        when: when.into(),
    };
    let tabs = [
        "release-tab-overview",
        "release-tab-plan",
        "release-tab-readiness",
        "release-tab-rollout",
        "release-tab-notices",
        "release-tab-documents",
        "release-tab-record",
    ];
    let mut items = vec![State::Done; 11];
    items.extend([State::Waiting, State::Waiting, State::Waiting, State::AtRisk, State::Foreseen]);
    let open = |what: &str, who: &str, s, text: &str| OpenItem {
        what: what.into(),
        href: Some("/x".into()),
        who: who.into(),
        state: (s, text.into()),
    };
    ReleaseView {
        head: ReleaseHead {
            crumbs: vec![(ctx.t("nav-releases").into_owned(), Some("/releases".into())), ("Narae MES".into(), Some("/products/1".into())), ("vendor/release@7".into(), None)],
            version: "V3.3.0".into(),
            title: "Faster printing and a new receiving page".into(),
            state: (State::Waiting, ctx.t("waiting-person").into_owned()),
            go_live: Some(at("2026-11-26T20:00")),
            words: vec![ctx.t("release-kind-main").into_owned(), ctx.ta("release-lead", &[("name", "Kim Seo-yeon".into())]).into_owned()],
            tabs: tabs.iter().enumerate().map(|(i, k)| Tab { label: ctx.t(k).into_owned(), href: format!("/t/{i}"), current: i == 0 }).collect(),
            acts: html! { (Btn::link(ctx.t("release-act-hold"), "/hold").key("h")) (Btn::link(ctx.t("release-act-what-if"), "/what-if")) },
        },
        mine: Some(("Sign a notice text".into(), ctx.moment(at("2026-11-17T15:00")), Btn::link(ctx.t("action-sign"), "/sign").primary().small().key("a"))),
        banner: Some(Banner {
            state: State::Waiting,
            kind: ctx.tn("waiting-signature", 1).into_owned(),
            title: "User test report, Choi Eun-ji, Quality management".into(),
            text: "All 214 cases passed on Monday.".into(),
            facts: vec![
                (ctx.t("work-waiting-since").into_owned(), ctx.moment(at("2026-11-16T11:20"))),
                (ctx.t("work-told").into_owned(), ctx.ta("work-told-opened", &[("at", "13:05".into())]).into_owned()),
                (ctx.t("work-due").into_owned(), ctx.moment(at("2026-11-17T18:00"))),
            ],
            if_late: "The decision of 24 Nov falls away; the next window is Thu 10 Dec, and 24 sites hear of it.".into(),
            middle: html! {},
            acts: html! { (Btn::button(ctx.t("action-remind-now"))) (Btn::link(ctx.t("action-reassign"), "/r").quiet()) },
            right: Some((ctx.t("release-who-holds-it").into_owned(), chain(&[
                link(State::Foreseen, "Go-live", "Thu 26 Nov"),
                link(State::Foreseen, "Go / no-go", "Tue 24 Nov"),
                link(State::Waiting, "Readiness gate, 11 of 16", "Mon 23 Nov"),
                link(State::Waiting, "User test report", "18:00"),
                Link { state: State::Waiting, what: "Choi Eun-ji".into(), note: ctx.ta("work-deputy", &[("name", "Ryu Min-jae".into())]).into_owned(), when: ctx.ta("work-slack", &[("span", fmt::duration(ctx.lang, 200).into())]).into_owned() },
            ]))),
        }),
        readiness: Some(Readiness {
            items,
            closes: ctx.ta("release-gate-closes", &[("at", ctx.date_time(at("2026-11-23T18:00")).into())]).into_owned(),
            kinds: [("ready-documents", "6/7"), ("ready-approvals", "2/3"), ("ready-tests", "2/2"), ("ready-notices", "1/2")].iter().map(|(k, v)| (ctx.t(k).into_owned(), (*v).to_owned())).collect(),
            open: vec![
                open("User test report signed", "Choi Eun-ji", State::Waiting, &ctx.moment(at("2026-11-17T18:00"))),
                open("V3.1.5 merged, last of 3 patches", "Lê Minh Quân", State::AtRisk, &ctx.date(at("2026-11-18T18:00"))),
                open("Rehearsal of the go-live", "Nguyễn Thu Hà", State::Foreseen, &ctx.date(at("2026-11-19T18:00"))),
            ],
        }),
        lanes: Some(the_lanes()),
        waves: the_waves(ctx),
        newer: Some((ctx.ta("migration-newer", &[("n", 8.into())]).into_owned(), "/migration".into())),
        missing: vec![],
    }
}

fn home_view(ctx: &PageCtx) -> HomeView {
    let work = |when: &str, what: &str, effort: i64, s| WorkItem {
        when: when.into(),
        what: what.into(),
        about: "V3.3.0".into(),
        href: "/w".into(),
        effort: fmt::duration(ctx.lang, effort),
        state: (s, ctx.t(State::key(s)).into_owned()),
    };
    let day = |d: Date, minutes: i64, over: &str, items| WorkDay {
        day: fmt::date(ctx.lang, d),
        hours: fmt::duration(ctx.lang, minutes),
        over: over.into(),
        items,
    };
    let wait = |name: &str, role: &str, what: &str, s| WaitFor {
        name: name.into(),
        role: role.into(),
        what: what.into(),
        since: ctx
            .ta("home-since", &[("at", ctx.moment(at("2026-11-16T11:20")).into())])
            .into_owned(),
        due: (
            s,
            ctx.ta("home-due", &[("at", ctx.moment(at("2026-11-17T18:00")).into())]).into_owned(),
        ),
        remind: Some("/remind/1".into()),
    };
    HomeView {
        start: false,
        today: 3,
        next: Some(NextAction {
            about: "Narae MES V3.2.1".into(),
            mark: Some((State::Failed, "Wave 2".into())),
            title: "Approve the way back for Sasang".into(),
            why: "Scanner 2 lost its connection after the update. The site works by hand since then and wants its former version. A rehearsal took 12 minutes.".into(),
            due: ctx.moment(at("2026-11-17T12:00")),
            effort: fmt::duration(ctx.lang, 10),
            if_late: "Packing goes on by hand. From Thu 18:00 on, 12 sites lose their slot of Sat 21 Nov".into(),
            acts: html! { (Btn::link(ctx.t("action-approve"), "/a").primary().key("a")) (Btn::link(ctx.t("action-delegate"), "/d").key("d")) },
        }),
        nothing_until: None,
        also: vec![
            Also { what: "Sign a notice text".into(), about: "V3.3.0".into(), href: "/s".into(), due: ctx.ta("work-by", &[("time", "15:00".into())]).into_owned(), button: ctx.t("action-sign").into_owned() },
            Also { what: "Answer a site that asks for Sunday".into(), about: "V3.3.0".into(), href: "/s2".into(), due: ctx.ta("work-by", &[("time", "18:00".into())]).into_owned(), button: ctx.t("action-answer").into_owned() },
        ],
        load: Some(the_load(ctx)),
        load_sum: (2400, 3240),
        work: vec![
            day(date(2026, 11, 18), 180, "", vec![work("09:30–11:00", "Review readiness", 90, State::Foreseen), work("18:00", "Draft the order for wave 3", 90, State::Waiting)]),
            day(date(2026, 11, 26), 570, &ctx.ta("home-over", &[("span", fmt::duration(ctx.lang, 210).into())]), vec![work("19:00–22:00", "Run sheet of go-live", 180, State::AtRisk)]),
        ],
        work_count: (13, 17),
        waiting: vec![wait("Choi Eun-ji", "Quality", "User test report, V3.3.0", State::Waiting), wait("陈思远", "Site", "Accept or move V3.3.0", State::AtRisk)],
        clashes: vec![Clash {
            when: fmt::relative(ctx.lang, at("2026-11-26T20:00"), &ctx.zone, ctx.now),
            found: "16 Nov 17:02".into(),
            text: "Two go-lives need you on Thu 26 Nov between 20:00 and 22:00.".into(),
            ways: vec![
                ("Let Han Do-yun lead V2.9.0".into(), "No date moves.".into(), "/c1".into()),
                ("Take Sat 28 Nov for V2.9.0".into(), "Two sites answer again.".into(), "/c2".into()),
            ],
        }],
        board: vec![("08:55".into(), "One mail server answers slowly.".into(), "/notices".into())],
        may_create: true,
    }
}

fn empty_home() -> HomeView {
    HomeView {
        start: false,
        today: 0,
        next: None,
        nothing_until: Some((at("2026-11-26T20:00"), "Go-live".into())),
        also: vec![],
        load: None,
        load_sum: (0, 0),
        work: vec![],
        work_count: (0, 0),
        waiting: vec![],
        clashes: vec![],
        board: vec![],
        may_create: false,
    }
}

fn own_view(answer: Answer) -> SiteOwnView {
    SiteOwnView {
        organization: "나래시스템즈".into(),
        site: "한마루식품 기장공장".into(),
        contact: "이정민".into(),
        runs: "V3.2.1".into(),
        read: Some(false),
        thanked: false,
        asked: None,
        ready: None,
        planned: Some(Planned {
            product: "나래 MES".into(),
            version: "V3.3.0".into(),
            lead: "입고 화면이 바뀌고 출력이 빨라집니다. 가능한 시간을 알려 주세요.".into(),
            start: Some(at("2026-11-28T22:00")),
            end: Some(at("2026-11-28T22:40")),
            downtime: "약 40분, 모든 화면".into(),
            reserve: Some(at("2026-11-29T02:00")),
            answer_by: Some(at("2026-11-24T15:00")),
            change_until: Some(at("2026-11-27T22:00")),
            answer,
            slots: vec![
                (at("2026-12-05T22:00"), String::new()),
                (at("2026-12-10T20:00"), "야간 작업 시간입니다.".into()),
            ],
            slots_note: "월말 마감 기간은 제외했습니다.".into(),
            changes: vec![
                (
                    "own-change-feature",
                    "입고 내역을 한눈에 봅니다".into(),
                    "검색 조건을 저장할 수 있습니다.".into(),
                ),
                (
                    "own-change-better",
                    "출력이 빨라집니다".into(),
                    "출력 시간이 4분의 1로 줄었습니다.".into(),
                ),
            ],
            prepare: vec!["업데이트 가이드 읽기".into(), "라벨 프린터 4대 모두 켜 두기".into()],
            night: vec![
                ("21:30".into(), "작업지시 마감".into(), None),
                ("22:00".into(), "중단 시작, 백업".into(), Some(State::Waiting)),
                ("22:40".into(), "사용 재개".into(), Some(State::Done)),
            ],
            back: Some(12),
            guide: vec![("업데이트 가이드".into(), "/g".into(), "PDF".into())],
        }),
        ask: Some(("한도윤".into(), "평일 09:00 ~ 18:00".into(), "+8225550177".into())),
        base: "/p/abc".into(),
        open_until: at("2026-12-12T00:00"),
    }
}

fn sites_page(ctx: &PageCtx) -> Markup {
    let chip = |key: &str, current| Chip {
        label: ctx.t(key).into_owned(),
        href: "/sites?x".into(),
        current,
    };
    let sum = |label: String, value: &str, state| (label, value.to_owned(), state);
    let list = [
        sum(ctx.ta("sites-on-newest", &[("version", "V3.2.1".into())]).into_owned(), "7", None),
        sum(ctx.t("sites-without-support").into_owned(), "3", Some(State::Failed)),
        sum(
            ctx.ta("sites-support-ends", &[("date", "6 Dec".into())]).into_owned(),
            "5",
            Some(State::AtRisk),
        ),
        sum(ctx.t("sites-confirmed-today").into_owned(), "18", None),
    ];
    let list: Vec<Sum<'_>> = list
        .iter()
        .map(|(label, value, state)| Sum {
            label,
            value: value.clone(),
            rest: ctx.tn("sites-of", 24).into_owned(),
            state: *state,
        })
        .collect();
    layout(
        ctx,
        &ctx.t("sites-title"),
        html! {
            (head(ctx, &Head { title: &ctx.t("sites-title"), sub: &ctx.t("sites-question"), ..Head::default() }, html! { (Btn::link(ctx.t("sites-import"), "/sites/import")) (Btn::link(ctx.tn("sites-plan-for", 3), "/releases/new").primary().key("r")) }))
            (sums(&list))
            div.filters { (seg(&ctx.t("sites-columns"), &[chip("sites-view-versions", true), chip("sites-view-list", false)])) (chips(&ctx.t("sites-group-by"), &[chip("sites-group-country", true), chip("site-tags", false)])) }
            (card("heat", "Narae MES", heat::legend(ctx.tr()), heat::heat(ctx.tr(), &the_heat(ctx))))
        },
    )
}

fn rollout_page(ctx: &PageCtx) -> Markup {
    let stop = Banner {
        state: State::Failed,
        kind: ctx
            .ta(
                "rollout-wave-halted",
                &[("wave", "Wave 2".into()), ("at", ctx.moment(at("2026-11-16T22:41")).into())],
            )
            .into_owned(),
        title: "A check failed in Sasang".into(),
        text: "Scanner 2 did not reply in time.".into(),
        facts: vec![],
        if_late: String::new(),
        middle: steps(&[
            (State::Done, "Backup".into(), "22:03, 6 min".into()),
            (State::Done, "Apply".into(), "22:09, 14 min".into()),
            (State::Failed, "Verify".into(), "22:41, 8 of 9 checks".into()),
        ]),
        acts: html! { (Btn::button(ctx.ta("live-roll-back", &[("version", "V3.2.0".into())])).primary().key("a")) (Btn::button(ctx.t("rollout-skip-site"))) },
        right: Some((
            ctx.t("release-what-next").into_owned(),
            what_next(&[
                (
                    ctx.t("work-you").into_owned(),
                    "Decide; at 12:00 the site returns to V3.2.0.".into(),
                ),
                ("12:15".into(), "The other sites keep V3.2.0.".into()),
                (ctx.t("release-nobody-acts").into_owned(), "The deputy is called at noon.".into()),
            ]),
        )),
    };
    let row = |name: &str, s| {
        vec![
            html! { a.t href="/sites/1" { (name) } },
            state(ctx.tr(), s),
            html! { "V3.2.1" },
            html! { "22:31, 9 of 9" },
        ]
    };
    let table = Table {
        caption: &ctx.t("sites-title"),
        cols: vec![
            Col::new(ctx.t("heat-site")),
            Col::new(ctx.t("work-state")),
            Col::new(ctx.t("site-runs")).labeled(),
            Col::new(ctx.t("form-remark")).full(),
        ],
        rows: vec![
            Row::Group(html! { "Wave 2" span { "Mon 16 Nov, 22:00" } }),
            Row::Bad(row("Hanmaru Foods, Sasang", State::Failed)),
            Row::Cells(row("Bạch Đằng Port Works", State::Held)),
            Row::Cells(row("Qinghe Valves 清河", State::Done)),
        ],
    };
    layout(
        ctx,
        &ctx.ta("rollout-title", &[("version", "V3.2.1".into())]),
        html! {
            (head(ctx, &Head { title: &ctx.ta("rollout-title", &[("version", "V3.2.1".into())]), sub: "Patch for double labels", version: true, ..Head::default() }, html! { (Btn::button(ctx.t("rollout-hold")).key("h")) (Btn::button(ctx.t("rollout-continue")).key("c")) }))
            div.meta { (pill(State::Failed, &ctx.t("rollout-halted"))) b { (ctx.ta("rollout-verified", &[("n", 6.into()), ("all", 21.into())])) } }
            (banner(ctx, &stop))
            (card("waves", &ctx.t("waves-title"), waves::legend(ctx.tr()), waves::waves(ctx.tr(), &the_waves(ctx))))
            (card("sites", &ctx.t("sites-title"), html! { (ctx.t("rollout-attention-first")) }, html! { (table.render()) (pager(ctx, "1–50", None, Some("/x?after=1"))) }))
            section.card.sec.console { p.m { (ctx.t("live-now")) } p.now { "Migrate" } (countdown(ctx, at("2026-11-17T12:00"), &ctx.t("live-window-ends"))) div.acts { (Btn::button(ctx.t("action-done")).primary()) } }
        },
    )
}

fn parts_page(ctx: &PageCtx, errors: bool) -> Markup {
    let wrong = |key: &str| errors.then(|| ctx.t(key).into_owned());
    let fields = [
        Field::text("name", ctx.t("setup-your-name"))
            .autocomplete("name")
            .error(wrong("form-required")),
        Field::new(Kind::Input("password"), "password", ctx.t("sign-in-password"))
            .hint(ctx.t("sign-in-password-hint"))
            .error(wrong("sign-in-wrong")),
        Field::new(
            Kind::Select(vec![Choice::new("a", "A"), Choice::new("b", "B")]),
            "process",
            ctx.t("release-new-process"),
        )
        .value("b"),
        Field::new(
            Kind::Radio(vec![
                Choice::new("yes", ctx.t("live-go")),
                Choice::new("no", ctx.t("live-no-go")).note(ctx.t("plan-question")),
            ]),
            "go",
            ctx.t("ready-question"),
        ),
        Field::new(Kind::Check, "checked", ctx.t("sign-check")),
        Field::new(Kind::Area { rows: 4, code: true }, "file", ctx.t("processes-file"))
            .optional()
            .error(wrong("refusal-title")),
        Field::new(Kind::File(".csv"), "csv", ctx.t("action-upload")).optional(),
    ];
    let mut ctx = ctx.clone();
    ctx.demo = true;
    ctx.live = Some("release:1".into());
    ctx.flash = Some(Flash {
        state: if errors { State::Failed } else { State::Done },
        text: ctx.t(if errors { "refusal-changed" } else { "sign-done" }).into_owned(),
    });
    let ask = Confirm {
        title: &ctx.t("release-act-cancel"),
        consequence: &ctx.tn("plan-diff-told", 24),
        action: "/cancel",
        yes: &ctx.t("release-act-cancel"),
        back: "/",
        danger: true,
        values: &[("revision", "4")],
        fields: &[Field::new(Kind::Area { rows: 2, code: false }, "reason", ctx.t("form-reason"))],
    };
    layout(
        &ctx,
        "Parts",
        html! {
            (head(&ctx, &Head { title: "Parts", ..Head::default() }, html! {}))
            (stale(&ctx, "09:31", "/"))
            div.card { div.cb { (form(&ctx, "/x", &fields, &ctx.t("action-save"))) } }
            (confirm(&ctx, &ask))
            (card("states", &ctx.t("work-state"), html! {}, html! { div.cb { @for s in State::ALL { p { (state(ctx.tr(), s)) " " (pill(s, &ctx.t(s.key()))) } } } }))
            (card("facts", "Facts", html! {}, html! { div.cb { (details(&[("a", html! { "b" })])) (phases(&[(State::Done, "1".into()), (State::Running, "2".into())], "1/2")) } }))
        },
    )
}

fn plan_page(ctx: &PageCtx) -> Markup {
    layout(
        ctx,
        &ctx.t("plan-title"),
        html! {
            (head(ctx, &Head { title: &ctx.t("plan-title"), sub: &ctx.t("plan-question"), ..Head::default() }, html! {}))
            (card("gantt", "V3.3.0", gantt::legend(ctx.tr()), gantt::gantt(ctx.tr(), &the_gantt())))
            (card("month", &fmt::month(ctx.lang, date(2026, 11, 1)), html! {}, month::month(ctx.tr(), &the_month())))
            (card("agenda", &ctx.t("calendar-agenda"), html! {}, month::agenda(ctx.tr(), &the_month())))
        },
    )
}

fn empty_page(ctx: &PageCtx) -> Markup {
    let none =
        heat::Heat { title: "–".into(), summary: "–".into(), columns: vec![], groups: vec![] };
    layout(
        ctx,
        &ctx.t("releases-title"),
        html! {
            (head(ctx, &Head { title: &ctx.t("releases-title"), ..Head::default() }, html! {}))
            section.card { (empty(&ctx.t("releases-empty-title"), &ctx.t("releases-empty-text"), html! { (Btn::link(ctx.t("home-new-release"), "/releases/new").primary()) })) }
            (card("heat", "–", html! {}, heat::heat(ctx.tr(), &none)))
            (card("waves", "–", html! {}, waves::waves(ctx.tr(), &[])))
            (card("load", "–", html! {}, load::load_strip(ctx.tr(), &load::Load { title: "–".into(), days: vec![] })))
            (card("lanes", "–", html! {}, lanes::lanes(ctx.tr(), &lanes::Lanes { lanes: vec![], ..the_lanes() })))
            (card("gantt", "–", html! {}, gantt::gantt(ctx.tr(), &gantt::Gantt { bars: vec![], ..the_gantt() })))
            (card("month", "–", html! {}, month::agenda(ctx.tr(), &month::Month { entries: vec![], ..the_month() })))
        },
    )
}

/// All sample pages of a language.
/// A process for a small team that keeps its go-live, and one begun too late.
fn simulate_page(ctx: &PageCtx) -> Markup {
    use roadbook_app::simulation::{SimulationInput, SimulationView};
    use roadbook_core::calendar::{Calendar, WorkTable};
    use roadbook_core::process::simulate::{Assumed, last_begin, simulate};
    use roadbook_core::process::team::Team;
    use roadbook_core::window::Slot;
    use roadbook_web::pages::view::simulate::{Asked, form, result};
    let (_, text) =
        roadbook_wire::process::builtin().iter().find(|it| it.0 == "enterprise/upgrade").unwrap();
    let template = roadbook_wire::process::parse("x", text).unwrap().template;
    let open = Calendar::ordinary("main", "Asia/Seoul").open().unwrap();
    let table = WorkTable::around(&open, ctx.now);
    let begin = if ctx.path == "/late" { "2026-12-04T09:00" } else { "2026-11-18T09:00" };
    let (start, slot) =
        (at(begin), Slot { start: at("2026-12-10T22:00"), end: at("2026-12-11T02:00") });
    let counts = template.roles.iter().map(|it| (it.id.clone(), 1)).collect();
    let (team, facts) = (Team::counted(&counts, 50), std::collections::BTreeMap::new());
    let plain = Assumed::plain(&table, Some(slot), start, &facts);
    let assumed = Assumed { team: Some(&team), ..plain };
    let found = SimulationView {
        made: simulate(&template, &assumed),
        last_begin: last_begin(&template, &assumed),
        revision: 1,
        zone: "Asia/Seoul".into(),
        people: Some(team.seats.len()),
        template: std::sync::Arc::new(template),
    };
    let input =
        SimulationInput { go_live: Some((slot.start, slot.end)), ..SimulationInput::default() };
    let title = ctx.t("simulate-title");
    let body = html! {
        (head(ctx, &Head { title: &title, ..Head::default() }, html! {}))
        div.stack {
            (form(ctx, "enterprise/upgrade", &found.template, &[], &Asked::default(), &[]))
            (result(ctx, &found, &input))
        }
    };
    layout(ctx, &title, body)
}

pub fn all(ctx: &PageCtx) -> Vec<(&'static str, String)> {
    let mut visitor = ctx.clone();
    visitor.viewer = None;
    let home_ctx = PageCtx { path: "/".into(), ..ctx.clone() };
    let sites_ctx = PageCtx { path: "/sites".into(), ..ctx.clone() };
    let mut out = vec![
        ("home", home(&home_ctx, &home_view(ctx))),
        ("home-empty", home(&home_ctx, &empty_home())),
        ("release", release(ctx, &release_view(ctx))),
        (
            "release-draft",
            release(
                ctx,
                &ReleaseView {
                    mine: None,
                    banner: None,
                    readiness: None,
                    lanes: None,
                    waves: vec![],
                    missing: vec![(ctx.t("releases-go-live").into_owned(), "/plan".into())],
                    ..release_view(ctx)
                },
            ),
        ),
        ("sites", sites_page(&sites_ctx)),
        ("rollout", rollout_page(ctx)),
        ("site-own", site_own(&visitor, &own_view(Answer::None))),
        ("site-own-ready", site_own(&visitor, &fleet::own_ready(own_view(Answer::Accepted)))),
        ("site-own-installed", site_own(&visitor, &own_view(Answer::Installed))),
        (
            "site-own-nothing",
            site_own(&visitor, &SiteOwnView { planned: None, ..own_view(Answer::None) }),
        ),
        ("plan", plan_page(ctx)),
        ("migration", crate::moves::page(ctx)),
        ("simulate", simulate_page(ctx)),
        ("simulate-late", simulate_page(&PageCtx { path: "/late".into(), ..ctx.clone() })),
        ("compare", crate::compare::page(ctx)),
        ("compare-wrong", crate::compare::page(&PageCtx { path: "/wrong".into(), ..ctx.clone() })),
        ("step", step_page(ctx, false)),
        ("step-empty", step_page(ctx, true)),
        ("parts", parts_page(ctx, false)),
        ("parts-errors", parts_page(ctx, true)),
        ("empty", empty_page(ctx)),
        ("error", error_page(ctx, &ErrorView::of_status(ctx, 409, "stale_revision", "7f3a"))),
        (
            "error-visitor",
            error_page(&visitor, &ErrorView::of_status(ctx, 404, "not_found", "7f3a")),
        ),
    ];
    out.extend(fleet::all(ctx));
    out.extend(crate::editor::all(ctx));
    out.drain(..).map(|(n, m)| (n, m.into_string())).collect()
}

fn step_page(ctx: &PageCtx, bare: bool) -> Markup {
    let flow = |what: &str, who: &str, s: State| Flow {
        what: what.into(),
        href: Some("/d/1".into()),
        who: who.into(),
        state: (s, ctx.t(s.key()).into_owned()),
    };
    let lines =
        [DiffLine::Same("a".into()), DiffLine::Added("b".into()), DiffLine::Removed("c".into())];
    step(
        ctx,
        &StepView {
            crumbs: vec![("V3.3.0".into(), Some("/releases/V3.3.0".into()))],
            name: "사용자 시험 보고서".into(),
            who: "Quality, Choi Eun-ji".into(),
            state: (State::Waiting, ctx.t("waiting-you").into_owned()),
            facts: vec![
                (ctx.t("step-number").into_owned(), "6.4.1".into()),
                (ctx.t("step-deliverables").into_owned(), "User test report".into()),
            ],
            guide: if bare {
                html! {}
            } else {
                html! { p { "Run all cases." } (diff(ctx, &lines)) (diff(ctx, &lines[..1])) }
            },
            inputs: if bare { vec![] } else { vec![flow("rc.2", "Lê Minh Quân", State::Done)] },
            outputs: if bare {
                vec![]
            } else {
                vec![flow("User test report", "Kim Seo-yeon", State::Waiting)]
            },
            act: html! { div.acts { (Btn::link(ctx.t("action-sign"), "/sign").primary().key("a")) } },
            history: if bare {
                vec![]
            } else {
                vec![("2026-11-16T11:20+09:00".into(), "Choi Eun-ji".into())]
            },
        },
    )
}
