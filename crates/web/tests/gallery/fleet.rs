//! Sample pages of rollouts, agents, packages and run logs.

use crate::inputs::at;
use jiff::SignedDuration;
use maud::{Markup, html};
use roadbook_core::rollout::Part;
use roadbook_web::pages::view::action::{ActionPage, Message, action, log, stages};
use roadbook_web::pages::view::agent::{
    ActionLine, AgentView, ParameterLine, ParameterSet, SiteAgent, actions_card, agent_card,
    parameters_card,
};
use roadbook_web::pages::view::keys::{KeyLine, KeysPage, SetLine, keys};
use roadbook_web::pages::view::package::{
    DeclaredLine, HookLine, ManifestView, PackageLine, PackagesPage, package_page, packages,
};
use roadbook_web::pages::view::rollout::{
    Ask, At, Filter, Loss, RolloutPage, SiteLine, Trouble, WaveView, rollout,
};
use roadbook_web::pages::view::site_own::{Ready, SiteOwnView};
use roadbook_web::ui::layout::layout;
use roadbook_web::ui::{PageCtx, State};

fn wave(number: i64, name: &str, state: &str, counts: &[(At, i64)]) -> WaveView {
    WaveView {
        number,
        name: name.into(),
        of: Part::Site,
        state: state.into(),
        counts: counts.to_vec(),
        soak: SignedDuration::from_hours(24),
        halt_failed: Some(if number == 1 { 0 } else { 5 }),
        halt_silent: Some(20),
        started: (state != "waiting").then(|| at("2026-11-16T22:00")),
        finished: (state == "done").then(|| at("2026-11-16T23:10")),
    }
}

fn line(key: &str, name: &str, wave: i64, now: At, remark: &str) -> SiteLine {
    SiteLine {
        key: key.into(),
        name: name.into(),
        wave,
        at: now,
        stage: (now == At::Running).then(|| "migrate".into()),
        runs: if now == At::Installed { "V3.2.1" } else { "V3.2.0" }.into(),
        agent: now != At::ByHand,
        heard: (now != At::Silent).then(|| at("2026-11-17T09:37")),
        since: Some(at("2026-11-17T09:37")),
        remark: remark.into(),
        action: (now == At::Failed || now == At::Installed).then_some(17),
        slot: Some(at("2026-11-21T22:00")),
    }
}

fn failed() -> SiteLine {
    line(
        "busan-02",
        "Hanmaru Foods, Sasang",
        2,
        At::Failed,
        "check “function” failed: printer 4 gave no answer",
    )
}

fn page(ctx: &PageCtx) -> RolloutPage {
    RolloutPage {
        base: "/releases/1/rollout".into(),
        id: Some("r1".into()),
        rollback: false,
        version: "V3.2.1".into(),
        state: "halted".into(),
        since: Some(at("2026-11-16T22:41")),
        code: "failed".into(),
        wave: 2,
        next: vec![
            (ctx.t("work-you").into_owned(), ctx.t("rollout-next-decide").into_owned()),
            (ctx.t("release-nobody-acts").into_owned(), ctx.t("rollout-next-stays").into_owned()),
        ],
        trouble: Some(Trouble {
            site: failed(),
            stages: stages(ctx, &messages()),
            former: "V3.2.0".into(),
        }),
        may_act: true,
        waves: vec![
            wave(1, "trial", "done", &[(At::Installed, 3)]),
            wave(2, "first six", "halted", &[(At::Failed, 1), (At::Held, 2), (At::Installed, 3)]),
            wave(3, "rest", "waiting", &[(At::Scheduled, 8), (At::Silent, 1), (At::ByHand, 1)]),
        ],
        sites: vec![
            failed(),
            line("hp-1", "Bạch Đằng Port Works", 2, At::Held, ""),
            line("ul-1", "Seojin Marine Parts", 2, At::Running, ""),
            line("bn-1", "Sao Mai Electronics", 2, At::Installed, "9 of 9 checks"),
            line("dn-1", "Phú Thịnh Textile", 3, At::Silent, ""),
            line("wx-1", "Qinghe Valves 清河", 3, At::ByHand, ""),
            line("gw-1", "Bitgoeul Motors", 3, At::Scheduled, ""),
        ],
        found: 1600,
        before: 100,
        step: 100,
        filter: Filter { wave: Some(2), at: "attention".into(), q: "한마루".into() },
        runs: vec![
            (ctx.t("rollout-run-install").into_owned(), "/releases/1/rollout".into(), true),
            ("2".into(), "/releases/1/rollout?run=2".into(), false),
        ],
        lines: Some(("Hanmaru".into(), log(ctx, &messages()))),
        ..RolloutPage::default()
    }
}

fn asked(ctx: &PageCtx, command: &str) -> RolloutPage {
    RolloutPage {
        ask: Some(Ask {
            command: command.into(),
            site: Some(("busan-02".into(), "Hanmaru Foods, Sasang".into())),
            wave: None,
            losses: vec![Loss {
                site: "Hanmaru Foods, Sasang".into(),
                since: Some(at("2026-11-16T22:03")),
                loses: "orders entered since the update".into(),
            }],
            more: 12,
        }),
        to_lift: command == "lift",
        ..page(ctx)
    }
}

fn messages() -> Vec<Message> {
    let one = |time: &str, stage: &str, state, text: &str| Message {
        at: at(time),
        client_at: Some(at("2026-11-16T22:00")),
        stage: stage.into(),
        state,
        text: vec![text.into(), "a second line".into()],
    };
    vec![
        one("2026-11-16T22:03", "backup", State::Running, "kept 41 MB"),
        one("2026-11-16T22:23", "migrate", State::Running, "814 rows, sums agree"),
        one("2026-11-16T22:41", "verify", State::Failed, "printer 4: no answer in 5 s"),
    ]
}

fn order(outcome: Option<&str>, messages: Vec<Message>) -> ActionPage {
    ActionPage {
        id: 17,
        rollback: outcome.is_none(),
        state: if outcome.is_some() { "closed" } else { "running" }.into(),
        outcome: outcome.map(str::to_owned),
        stage: "verify".into(),
        site: ("busan-02".into(), "Hanmaru Foods, Sasang".into()),
        release: ("REL-7".into(), "V3.2.1".into()),
        wave: 2,
        window: (Some(at("2026-11-16T22:00")), None),
        ordered: at("2026-11-16T21:00"),
        heard: Some(at("2026-11-16T22:41")),
        closed: None,
        messages,
    }
}

fn site_agent(ctx: &PageCtx, bare: bool) -> Markup {
    let agent = AgentView {
        program: "roadbook-agent 0.3.0".into(),
        enrolled: Some(at("2026-10-01T10:00")),
        seen: Some(at("2026-11-17T09:37")),
        silent: false,
        revoked: None,
        auto_confirm: false,
        facts: vec![("disk.free".into(), "41 GB".into(), at("2026-11-17T09:00"))],
        drift: vec!["config/ledger.ini".into()],
        checked: Some(at("2026-11-17T09:00")),
    };
    let value = |name: &str, value: Option<&str>, required, secret| ParameterLine {
        name: name.into(),
        title: "Port".into(),
        value: value.map(str::to_owned),
        default: None,
        required,
        secret,
    };
    let full = SiteAgent {
        site: "busan-02".into(),
        agent: Some(agent),
        parameters: vec![ParameterSet {
            product: "1".into(),
            name: "Ledger".into(),
            list: vec![
                value("port", Some("8091"), true, false),
                value("password", None, true, true),
                value("title", None, true, false),
                value("color", None, false, false),
            ],
        }],
        actions: vec![ActionLine {
            id: 17,
            rollback: false,
            state: "closed".into(),
            outcome: Some("failed".into()),
            version: "V3.2.1".into(),
            at: at("2026-11-16T22:00"),
        }],
        enroll: None,
        may_edit: true,
    };
    let none = SiteAgent {
        site: "busan-02".into(),
        enroll: Some("roadbook-agent enroll https://releases.example --token abc".into()),
        may_edit: true,
        ..SiteAgent::default()
    };
    let v = if bare { none } else { full };
    layout(
        ctx,
        "Site",
        html! { h1 { "Site" } (agent_card(ctx, &v)) (actions_card(ctx, &v)) (parameters_card(ctx, &v)) },
    )
}

fn packages_page(bare: bool) -> PackagesPage {
    let key = |id: &str, retired| KeyLine {
        id: id.into(),
        public: "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3".into(),
        comment: "Release desk".into(),
        at: at("2026-10-01T10:00"),
        by: "Kim Seo-yeon".into(),
        retired,
    };
    let package = PackageLine {
        sha256: "9f3c".repeat(16),
        name: "ledger-2.0.0.rbpkg".into(),
        version: "2.0.0".into(),
        size: 41_000,
        verified: true,
        keys: vec![("E7620F1842B4E81F".into(), "Release desk".into(), true)],
        at: at("2026-11-10T10:00"),
        by: "Kim Seo-yeon".into(),
        expires: Some(at("2026-11-12T10:00")),
        manifest: Some(ManifestView {
            from: vec!["1.0.0".into(), "none".into()],
            platform: "linux/any".into(),
            counter: 2,
            threshold: 1,
            files: vec![("service.py".into(), 40_000, "ab".repeat(32))],
            hooks: ["safe", "ask", "never"].map(hook).to_vec(),
            parameters: vec![
                parameter("port", Some("8741"), true, false),
                parameter("locale", None, true, false),
                parameter("folder", None, false, false),
                parameter("password", None, true, true),
            ],
            loses: "entries booked since the update".into(),
        }),
        papers: vec![("sbom".into(), "ledger.cdx.json".into(), "/x".into())],
    };
    PackagesPage {
        base: "/products/1".into(),
        product: "Ledger".into(),
        packages: if bare { Vec::new() } else { vec![package] },
        keys: if bare {
            Vec::new()
        } else {
            vec![
                key("E7620F1842B4E81F", None),
                key("A7620F1842B4E81F", Some(at("2026-11-01T10:00"))),
            ]
        },
        may_edit: true,
        wrong: bare.then(|| "wrong digest".into()),
    }
}

fn keys_page(bare: bool) -> KeysPage {
    let named = |comment: &str, id: &str| (comment.to_owned(), id.to_owned());
    let set = |version: i64, signed: Vec<(String, String)>| SetLine {
        version,
        threshold: 1,
        everything: version == 1,
        keys: vec![named("Release desk", "E7620F1842B4E81F"), named("", "B7620F1842B4E81F")],
        signed,
        at: at("2026-11-01T10:00"),
        by: "Kim Seo-yeon".into(),
    };
    let sets = vec![set(2, vec![named("Release desk", "E7620F1842B4E81F")]), set(1, Vec::new())];
    KeysPage {
        base: "/products/1".into(),
        product: "Ledger".into(),
        short: "ledger".into(),
        keys: packages_page(bare).keys,
        sets: if bare { Vec::new() } else { sets },
        director: "RWQ-director".into(),
        director_id: "C7620F1842B4E81F".into(),
        may_edit: !bare,
    }
}

/// The page of the site while an update waits there for its consent.
pub fn own_ready(view: SiteOwnView) -> SiteOwnView {
    let ready = Ready {
        action: 17,
        version: "V3.3.0".into(),
        asks: true,
        stage: "waiting".into(),
        window: (Some(at("2026-11-28T22:00")), Some(at("2026-11-29T02:00"))),
        loses: "22:00 이후 입력한 전표".into(),
    };
    SiteOwnView { ready: Some(ready), ..view }
}

fn hook(again: &str) -> HookLine {
    let runs = "python3 hooks/backup.py".to_owned();
    HookLine { stage: "backup".to_owned(), runs, seconds: 60, again: again.to_owned() }
}

fn parameter(name: &str, default: Option<&str>, required: bool, secret: bool) -> DeclaredLine {
    let default = default.map(str::to_owned);
    DeclaredLine { name: name.to_owned(), title: "Port".to_owned(), default, required, secret }
}

fn one_package(ctx: &PageCtx) -> Markup {
    let page = packages_page(false);
    let one = page.packages.first().expect("the page has a package");
    package_page(ctx, &page, one)
}

/// All of them.
pub fn all(ctx: &PageCtx) -> Vec<(&'static str, Markup)> {
    let shown =
        |p: RolloutPage| layout(ctx, "Rollout", html! { h1 { "Rollout" } (rollout(ctx, &p)) });
    let preview = RolloutPage {
        id: None,
        state: String::new(),
        trouble: None,
        lines: None,
        by_people: 4,
        ..page(ctx)
    };
    vec![
        ("rollout-halted", shown(page(ctx))),
        ("rollout-preview", shown(preview)),
        ("rollout-none", shown(RolloutPage::default())),
        ("rollout-ask-rollback", shown(asked(ctx, "rollback"))),
        ("rollout-ask-hold", shown(asked(ctx, "hold"))),
        ("rollout-ask-resume", shown(asked(ctx, "resume"))),
        ("rollout-ask-skip", shown(asked(ctx, "skip"))),
        ("rollout-ask-retry", shown(asked(ctx, "retry"))),
        ("rollout-ask-lift", shown(asked(ctx, "lift"))),
        ("action", action(ctx, &order(Some("failed"), messages()))),
        ("action-silent", action(ctx, &order(None, Vec::new()))),
        ("site-agent", site_agent(ctx, false)),
        ("site-agent-none", site_agent(ctx, true)),
        ("packages", packages(ctx, &packages_page(false))),
        ("packages-empty", packages(ctx, &packages_page(true))),
        ("package", one_package(ctx)),
        ("keys", keys(ctx, &keys_page(false))),
        ("keys-empty", keys(ctx, &keys_page(true))),
    ]
}

/// A page of the list keeps its filter, in every script.
#[test]
fn the_list_is_paged_with_its_filter() {
    let filter = Filter { wave: Some(2), at: "failed".into(), q: "한".into() };
    let table = [
        (filter.clone(), Some(100), "/r?wave=2&at=failed&q=%ED%95%9C&after=100#sites"),
        (filter, None, "/r?wave=2&at=failed&q=%ED%95%9C#sites"),
        (Filter::default(), None, "/r#sites"),
    ];
    for (filter, after, expected) in table {
        assert_eq!(filter.href("/r", after), expected);
    }
}

/// Who reads the page learns that silence is no failure, and what a rollback takes, before the button.
#[test]
fn silence_and_losses_are_said() {
    let ctx = crate::samples::ctx(roadbook_web::i18n::Lang::En);
    let text = rollout(&ctx, &page(&ctx)).into_string();
    assert!(text.contains("Not a failure"), "silent is shown apart");
    let text = rollout(&ctx, &asked(&ctx, "rollback")).into_string();
    let loses = text.find("orders entered since the update").expect("what is lost");
    let button = text.find("class=\"btn d\"").expect("the button");
    assert!(loses < button, "the loss stands before the button");
}
