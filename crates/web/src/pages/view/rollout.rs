//! A rollout: which sites have it, is it healthy, and what happens if nobody acts?

use super::site::part_key;
use crate::i18n::fmt;
use crate::ui::chart::waves::{self, Part, Slice, Wave};
use crate::ui::flow::{Banner, banner, steps, what_next};
use crate::ui::form::{Choice, Confirm, Field, Kind, confirm};
use crate::ui::glyph::{pill, state_text};
use crate::ui::parts::{Btn, Chip, Col, Row, Table, card, chips, empty, live, pager, text_card};
use crate::ui::{PageCtx, State};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, Render, html};
use roadbook_core::rollout::Part as Place;

/// How a site of a rollout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Its wave has not begun.
    Scheduled,
    /// Its wave stopped before its turn.
    Held,
    /// Ordered; it waits for its window.
    Ordered,
    /// Ordered; it waits for the consent of the site.
    Confirming,
    /// Its agent works.
    Running,
    /// People install it here and report.
    ByHand,
    /// Its agent is not heard of. That is no failure.
    Silent,
    /// The new version runs.
    Installed,
    /// A check or a step failed.
    Failed,
    /// It went back.
    RolledBack,
    /// Left out.
    Skipped,
}

impl At {
    /// All of them, those that need attention first.
    pub const ALL: [At; 11] = [
        At::Failed,
        At::Silent,
        At::Confirming,
        At::ByHand,
        At::Running,
        At::Ordered,
        At::Held,
        At::RolledBack,
        At::Scheduled,
        At::Skipped,
        At::Installed,
    ];

    /// Stable word, also of the filter.
    pub const fn code(self) -> &'static str {
        match self {
            At::Scheduled => "scheduled",
            At::Held => "held",
            At::Ordered => "ordered",
            At::Confirming => "confirming",
            At::Running => "running",
            At::ByHand => "by-hand",
            At::Silent => "silent",
            At::Installed => "installed",
            At::Failed => "failed",
            At::RolledBack => "rolled-back",
            At::Skipped => "skipped",
        }
    }

    /// Its word in the store and on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            At::ByHand => "by_hand",
            At::RolledBack => "rolled_back",
            other => other.code(),
        }
    }

    /// The one with this code of the filter.
    pub fn parse_code(code: &str) -> Option<At> {
        At::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The one with this word; an unknown word is work for people.
    pub fn parse(word: &str) -> At {
        At::ALL.into_iter().find(|it| it.word() == word).unwrap_or(At::ByHand)
    }

    /// Glyph and color.
    pub const fn state(self) -> State {
        match self {
            At::Scheduled => State::Foreseen,
            At::Held | At::RolledBack | At::Skipped => State::Held,
            At::Ordered | At::Confirming | At::ByHand | At::Silent => State::Waiting,
            At::Running => State::Running,
            At::Installed => State::Done,
            At::Failed => State::Failed,
        }
    }

    /// Its word.
    pub fn words(self, ctx: &PageCtx) -> String {
        ctx.t(&format!("rollout-at-{}", self.code())).into_owned()
    }
}

/// A wave.
#[derive(Clone, Debug, Default)]
pub struct WaveView {
    /// From 1.
    pub number: i64,
    /// Name.
    pub name: String,
    /// What its members are.
    pub of: Place,
    /// `waiting`, `running`, `soaking`, `halted` or `done`.
    pub state: String,
    /// How many sites stand how.
    pub counts: Vec<(At, i64)>,
    /// How long it must be quiet afterwards.
    pub soak: SignedDuration,
    /// Share of failures that halts, in percent.
    pub halt_failed: Option<i64>,
    /// Share of silent sites that halts, in percent.
    pub halt_silent: Option<i64>,
    /// Begin.
    pub started: Option<Timestamp>,
    /// When its last site was through.
    pub finished: Option<Timestamp>,
}

impl WaveView {
    /// Sites.
    pub fn total(&self) -> i64 {
        self.counts.iter().map(|it| it.1).sum()
    }

    fn count(&self, at: At) -> i64 {
        self.counts.iter().filter(|it| it.0 == at).map(|it| it.1).sum()
    }
}

/// A site in its wave.
#[derive(Clone, Debug)]
pub struct SiteLine {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Wave.
    pub wave: i64,
    /// How it stands.
    pub at: At,
    /// Where its agent is, in its own word.
    pub stage: Option<String>,
    /// What runs there.
    pub runs: String,
    /// Whether it has an agent.
    pub agent: bool,
    /// When the agent was last heard of.
    pub heard: Option<Timestamp>,
    /// Since when it stands so.
    pub since: Option<Timestamp>,
    /// What it said last, why it is left out, its evidence.
    pub remark: String,
    /// Number of the order.
    pub action: Option<i64>,
    /// When its slot begins.
    pub slot: Option<Timestamp>,
}

/// The filter of the list and the page of it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this wave.
    pub wave: Option<i64>,
    /// Only these; empty for all.
    pub at: String,
    /// Part of the name or key.
    pub q: String,
}

impl Filter {
    /// The address of the list under this filter.
    pub fn href(&self, base: &str, after: Option<usize>) -> String {
        let mut parts = Vec::new();
        parts.extend(self.wave.map(|it| format!("wave={it}")));
        if !self.at.is_empty() {
            parts.push(format!("at={}", self.at));
        }
        if !self.q.is_empty() {
            parts.push(format!("q={}", crate::pages::words::encoded(&self.q)));
        }
        parts.extend(after.map(|it| format!("after={it}")));
        if parts.is_empty() {
            format!("{base}#sites")
        } else {
            format!("{base}?{}#sites", parts.join("&"))
        }
    }
}

/// The site for which the rollout halted.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The site.
    pub site: SiteLine,
    /// What it did: state, stage, time.
    pub stages: Vec<(State, String, String)>,
    /// The version it would go back to.
    pub former: String,
}

/// What a rollback takes from a site.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Site.
    pub site: String,
    /// Since when what was done there is lost.
    pub since: Option<Timestamp>,
    /// In the words of the package.
    pub loses: String,
}

/// A question before a command.
#[derive(Clone, Debug)]
pub struct Ask {
    /// `hold`, `resume`, `skip`, `retry`, `rollback` or `lift`.
    pub command: String,
    /// The site it is about.
    pub site: Option<(String, String)>,
    /// The wave it is about.
    pub wave: Option<(i64, String)>,
    /// What it takes, site by site.
    pub losses: Vec<Loss>,
    /// More sites than are listed.
    pub more: usize,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct RolloutPage {
    /// Address of the page.
    pub base: String,
    /// Id of the rollout; `None` for the preview before the start.
    pub id: Option<String>,
    /// Whether it goes back.
    pub rollback: bool,
    /// The version.
    pub version: String,
    /// `running`, `soaking`, `halted`, `held`, `finished` or `ended`; empty in the preview.
    pub state: String,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why it stands, as a stable word.
    pub code: String,
    /// Why it stands, as told by a person or a site.
    pub reason: String,
    /// The wave that was started last.
    pub wave: i64,
    /// What happens next: when and what; the last is when nobody acts.
    pub next: Vec<(String, String)>,
    /// The site that stopped it.
    pub trouble: Option<Trouble>,
    /// Whether a human rolled back and nobody lifted the hold since.
    pub to_lift: bool,
    /// Sites whose agents have nothing to fetch: people report them.
    pub by_people: usize,
    /// Whether the viewer may command it.
    pub may_act: bool,
    /// Waves.
    pub waves: Vec<WaveView>,
    /// Sites that need attention, above the list.
    pub urgent: Vec<SiteLine>,
    /// The sites of this page of the list.
    pub sites: Vec<SiteLine>,
    /// How many sites the filter leaves.
    pub found: usize,
    /// How many stand before this page.
    pub before: usize,
    /// Sites on a page.
    pub step: usize,
    /// The filter.
    pub filter: Filter,
    /// The question that is asked.
    pub ask: Option<Ask>,
    /// Other rollouts of the release: words, address, whether it is this.
    pub runs: Vec<(String, String, bool)>,
    /// Last lines of the site that needs a look.
    pub lines: Option<(String, Markup)>,
}

impl RolloutPage {
    fn count(&self, at: At) -> i64 {
        self.waves.iter().map(|it| it.count(at)).sum()
    }

    fn total(&self) -> i64 {
        self.waves.iter().map(WaveView::total).sum()
    }
}

/// The word of a stage of an agent; one that is not ours stands as it came.
pub fn stage_words(ctx: &PageCtx, stage: &str) -> String {
    let key = format!("stage-{}", stage.replace('_', "-"));
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { stage.to_owned() }
}

/// State and words of a rollout.
pub fn rollout_state(ctx: &PageCtx, state: &str) -> (State, String) {
    let glyph = match state {
        "running" => State::Running,
        "soaking" => State::Waiting,
        "halted" => State::Failed,
        "held" => State::Held,
        "finished" => State::Done,
        _ => State::Foreseen,
    };
    let key = if state.is_empty() {
        "rollout-state-preview".to_owned()
    } else {
        format!("rollout-state-{state}")
    };
    (glyph, ctx.t(&key).into_owned())
}

/// Why a rollout stands, in words; the words of a person win.
pub fn why(ctx: &PageCtx, code: &str, reason: &str) -> String {
    let key = format!("rollout-why-{}", code.replace('_', "-"));
    match (ctx.tr().has(&key), reason.is_empty()) {
        (true, true) => ctx.t(&key).into_owned(),
        (true, false) => format!("{} {reason}", ctx.t(&key)),
        (false, _) => reason.to_owned(),
    }
}

fn part(at: At) -> Part {
    match at {
        At::Installed => Part::Result,
        At::Running => Part::Promise,
        At::Scheduled => Part::Open,
        other => Part::In(other.state()),
    }
}

fn rule(ctx: &PageCtx, it: &WaveView) -> String {
    let mut list = Vec::new();
    if it.of != Place::Site {
        list.push(ctx.t(&part_key(it.of.name())).into_owned());
    }
    if let Some(n) = it.halt_failed {
        list.push(match n {
            0 => ctx.t("rollout-rule-any").into_owned(),
            n => ctx.tn("rollout-rule-failed", n).into_owned(),
        });
    }
    list.extend(it.halt_silent.map(|n| ctx.tn("rollout-rule-silent", n).into_owned()));
    list.join(" · ")
}

fn wave_when(ctx: &PageCtx, it: &WaveView) -> String {
    let state = match it.state.as_str() {
        "" => "waiting",
        "halted" => "halted-since",
        other => other,
    };
    let word = ctx.t(&format!("rollout-wave-{state}"));
    let now = match it.finished.or(it.started) {
        Some(at) => format!("{}, {word}", ctx.moment(at)),
        None => word.into_owned(),
    };
    if it.soak <= SignedDuration::ZERO || it.state == "done" {
        return now;
    }
    let span = fmt::duration(ctx.lang, it.soak.as_mins());
    format!("{now}, {}", ctx.ta("rollout-rule-soak", &[("span", span.as_str().into())]))
}

fn drawn(ctx: &PageCtx, it: &WaveView) -> Wave {
    let u = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let mut counts = it.counts.clone();
    // What is done stands first: a bar is read from the left.
    counts.sort_by_key(|one| std::cmp::Reverse(At::ALL.iter().position(|at| *at == one.0)));
    let slices = counts
        .iter()
        .filter(|one| one.1 > 0)
        .map(|(at, n)| Slice {
            part: part(*at),
            n: u(*n),
            label: ctx
                .ta("rollout-count", &[("n", (*n).into()), ("what", at.words(ctx).as_str().into())])
                .into_owned(),
        })
        .collect();
    let stop = it.halt_failed.map(|share| u(it.total() * share / 100 + 1));
    Wave {
        name: format!("{} {}, {}", ctx.t("waves-wave"), it.number, it.name),
        when: wave_when(ctx, it),
        slices,
        stop_at: stop.filter(|n| i64::from(*n) <= it.total()),
        rule: rule(ctx, it),
        halted: it.state == "halted",
    }
}

fn ask_href(p: &RolloutPage, command: &str, rest: &str) -> String {
    format!("{}?ask={command}{rest}#ask", p.base)
}

fn acts(ctx: &PageCtx, p: &RolloutPage) -> Markup {
    let ask = |command: &str, key: &str| Btn::link(ctx.t(key), ask_href(p, command, ""));
    html! { @if p.may_act && p.id.is_some() {
        @if p.to_lift { (ask("lift", "rollout-lift").primary()) }
        @else { @match p.state.as_str() {
            "running" | "soaking" => { (ask("hold", "rollout-hold").key("h")) }
            "halted" | "held" => { (ask("resume", "rollout-continue").key("c")) }
            _ => {}
        } }
        @if !p.rollback && p.count(At::Installed) + p.count(At::Failed) > 0 { (ask("rollback", "rollout-back-all").quiet()) }
    } }
}

fn top(ctx: &PageCtx, p: &RolloutPage) -> Markup {
    let (state, word) = rollout_state(ctx, &p.state);
    let all = p.total();
    html! {
        div.meta data-live-id="rollout-meta" {
            (pill(state, &word))
            b { (ctx.ta("rollout-verified", &[("n", p.count(At::Installed).into()), ("all", all.into())])) }
            @for at in [At::Failed, At::Silent, At::Running, At::Confirming, At::ByHand, At::Held, At::RolledBack, At::Skipped] {
                @let n = p.count(at);
                @if n > 0 { (state_text(at.state(), &ctx.ta("rollout-count", &[("n", n.into()), ("what", at.words(ctx).as_str().into())]))) }
            }
            @if p.runs.len() > 1 { @for (words, href, current) in &p.runs { a.chipf href=(href) aria-current=[current.then_some("true")] { (words) } } }
        }
        div.acts.rollacts data-live-id="rollout-acts" { (acts(ctx, p)) }
    }
}

fn trouble_acts(ctx: &PageCtx, p: &RolloutPage, it: &Trouble) -> Markup {
    let rest = format!("&site={}", it.site.key);
    html! { @if p.may_act {
        @match it.site.at {
            At::Failed if it.former.is_empty() => { (Btn::link(ctx.t("rollout-back"), ask_href(p, "rollback", &rest)).primary().key("a")) }
            At::Failed => { (Btn::link(ctx.ta("rollout-back-site", &[("version", it.former.as_str().into())]), ask_href(p, "rollback", &rest)).primary().key("a")) }
            // The site went back by itself; the others of its wave have what failed there.
            At::RolledBack => { (Btn::link(ctx.t("rollout-back-wave"), ask_href(p, "rollback", &format!("&wave={}", it.site.wave))).primary().key("a")) }
            _ => {}
        }
        (Btn::link(ctx.t("rollout-retry"), ask_href(p, "retry", &rest)))
        (Btn::link(ctx.t("rollout-skip-site"), ask_href(p, "skip", &rest)))
    }
    @if let Some(n) = it.site.action { (Btn::link(ctx.t("rollout-log"), format!("/actions/{n}")).quiet()) } }
}

/// Why it stands and what happens next, with and without an act.
fn stands(ctx: &PageCtx, p: &RolloutPage) -> Markup {
    let at = p.since.map(|it| ctx.moment(it)).unwrap_or_default();
    let (state, word) = rollout_state(ctx, &p.state);
    let halted = p.state == "halted";
    let wave = p.waves.iter().find(|it| it.number == p.wave);
    let kind = match wave {
        Some(wave) if halted => {
            let name = format!("{} {}", ctx.t("waves-wave"), wave.number);
            let args = [("wave", name.as_str().into()), ("at", at.as_str().into())];
            ctx.ta("rollout-wave-halted", &args).into_owned()
        }
        _ if at.is_empty() => word,
        _ => format!("{word}, {at}"),
    };
    let title = match &p.trouble {
        Some(it) if halted => format!("{}: {}", it.site.name, it.site.at.words(ctx)),
        _ => ctx
            .t(&format!("rollout-now-{}", if p.state.is_empty() { "preview" } else { &p.state }))
            .into_owned(),
    };
    let remark =
        p.trouble.as_ref().filter(|_| halted).map(|it| it.site.remark.as_str()).unwrap_or_default();
    let mut text = why(ctx, &p.code, &p.reason);
    if !remark.is_empty() && !text.contains(remark) {
        text = format!("{text} “{remark}”");
    }
    let shown = Banner {
        state,
        kind,
        title,
        text,
        facts: Vec::new(),
        if_late: String::new(),
        middle: html! { @if let Some(it) = p.trouble.as_ref().filter(|it| !it.stages.is_empty()) { (steps(&it.stages)) } },
        acts: html! { @if let Some(it) = &p.trouble { (trouble_acts(ctx, p, it)) } },
        right: (!p.next.is_empty())
            .then(|| (ctx.t("release-what-next").into_owned(), what_next(&p.next))),
    };
    banner(ctx, &shown)
}

fn losses(ctx: &PageCtx, list: &[Loss], more: usize) -> Markup {
    html! { @if !list.is_empty() {
        h3 { (ctx.t("rollout-loses")) }
        ul.list { @for it in list { li {
            b { (it.site) } ": "
            @match it.since {
                Some(at) => { (ctx.ta("rollout-loses-since", &[("at", ctx.date_time(at).into())])) }
                None => { (ctx.t("rollout-loses-unknown")) }
            }
            @if !it.loses.is_empty() { " " span.m { (it.loses) } }
        } } }
        @if more > 0 { p.m { (ctx.tn("rollout-and-more", more as i64)) } }
    } }
}

/// The question before a command, with what it takes.
fn question(ctx: &PageCtx, p: &RolloutPage, ask: &Ask) -> Markup {
    let name = ask
        .site
        .as_ref()
        .map(|it| it.1.clone())
        .or_else(|| {
            ask.wave.as_ref().map(|it| format!("{} {}, {}", ctx.t("waves-wave"), it.0, it.1))
        })
        .unwrap_or_else(|| ctx.t("rollout-everything").into_owned());
    let what = [("what", name.as_str().into())];
    let title = ctx.ta(&format!("rollout-ask-{}", ask.command), &what);
    let text = ctx.ta(&format!("rollout-then-{}", ask.command), &what);
    let wave = ask.wave.as_ref().map(|it| it.0.to_string()).unwrap_or_default();
    let site = ask.site.as_ref().map(|it| it.0.as_str()).unwrap_or_default();
    let id = p.id.clone().unwrap_or_default();
    let back = p.base.clone();
    let all = [
        ("rollout", id.as_str()),
        ("command", ask.command.as_str()),
        ("site", site),
        ("wave", wave.as_str()),
        ("back", back.as_str()),
    ];
    let values: Vec<(&str, &str)> = all.into_iter().filter(|it| !it.1.is_empty()).collect();
    let reason = Field::new(Kind::Area { rows: 2, code: false }, "reason", ctx.t("form-reason"));
    let danger = ask.command == "rollback";
    let asked = Confirm {
        title: &title,
        consequence: &text,
        action: &format!("{}/act", p.base.split('?').next().unwrap_or_default()),
        yes: &ctx.t(&format!("rollout-yes-{}", ask.command)),
        back: &back,
        danger,
        values: &values,
        fields: &[reason],
    };
    html! { div #ask {
        @if danger { section.card.sec { div.cb { (losses(ctx, &ask.losses, ask.more)) @if ask.losses.is_empty() { p { (ctx.t("rollout-loses-nothing")) } } } } }
        (confirm(ctx, &asked))
    } }
}

fn heard(ctx: &PageCtx, it: &SiteLine) -> String {
    match (it.agent, it.heard) {
        (false, _) => ctx.t("agent-none").into_owned(),
        (true, None) => ctx.t("agent-never").into_owned(),
        (true, Some(at)) => {
            let span = fmt::duration(ctx.lang, ctx.now.duration_since(at).as_mins().max(0));
            ctx.ta("agent-heard", &[("span", span.as_str().into())]).into_owned()
        }
    }
}

fn line(ctx: &PageCtx, p: &RolloutPage, it: &SiteLine) -> Row {
    let rest = format!("&site={}", it.key);
    let state = match (&it.stage, it.at) {
        (Some(stage), At::Running) => format!("{}: {}", it.at.words(ctx), stage_words(ctx, stage)),
        _ => it.at.words(ctx),
    };
    let open = matches!(
        it.at,
        At::Scheduled | At::Held | At::Ordered | At::Confirming | At::Silent | At::ByHand
    );
    let small = |command: &str, key: &str| {
        let label = ctx.t(key);
        Btn::link(label.clone(), ask_href(p, command, &rest))
            .small()
            .quiet()
            .aria(format!("{label}: {}", it.name))
    };
    let cells = vec![
        html! { a.t href={ "/sites/" (it.key) } { (it.name) } },
        state_text(it.at.state(), &state),
        html! { (it.runs) },
        html! { (heard(ctx, it)) },
        html! {
            @if it.at == At::Silent { (ctx.t("rollout-silent-no-failure")) " " }
            (it.remark)
            @if it.remark.is_empty() { @if let Some(at) = it.slot { span.m { (ctx.date_time(at)) } } }
            @if let Some(n) = it.action { " " a.u href={ "/actions/" (n) } aria-label={ (ctx.t("rollout-log")) ": " (it.name) } { (ctx.t("rollout-log")) } }
            @if p.may_act && p.id.is_some() {
                @if it.at == At::Failed { " " (small("rollback", "rollout-back")) (small("retry", "rollout-retry")) }
                @if it.at == At::ByHand && it.agent { " " (small("retry", "rollout-order-now")) }
                @if open { " " (small("skip", "rollout-skip-site")) }
            }
        },
    ];
    if it.at == At::Failed { Row::Bad(cells) } else { Row::Cells(cells) }
}

fn filters(ctx: &PageCtx, p: &RolloutPage) -> Markup {
    let f = &p.filter;
    let waves: Vec<Chip> = std::iter::once((None, ctx.t("rollout-all-waves").into_owned()))
        .chain(
            p.waves
                .iter()
                .map(|it| (Some(it.number), format!("{} {}", ctx.t("waves-wave"), it.number))),
        )
        .map(|(wave, label)| Chip {
            label,
            href: Filter { wave, ..f.clone() }.href(&p.base, None),
            current: f.wave == wave,
        })
        .collect();
    let mut choices = vec![Choice::new("", ctx.t("rollout-any-state"))];
    choices.push(Choice::new("attention", ctx.t("rollout-attention")));
    choices.extend(At::ALL.iter().map(|it| Choice::new(it.code(), it.words(ctx))));
    html! { div.cb {
        form.filters method="get" action=(p.base) {
            @if let Some(n) = f.wave { input type="hidden" name="wave" value=(n); }
            (Field::new(Kind::Select(choices), "at", ctx.t("work-state")).value(&f.at).optional().render(ctx))
            (Field::new(Kind::Input("search"), "q", ctx.t("heat-site")).value(&f.q).optional().render(ctx))
            div.acts { button.btn type="submit" { (ctx.t("action-filter")) } }
        }
        @if p.waves.len() > 1 { p { (chips(&ctx.t("waves-wave"), &waves)) } }
    } }
}

fn sites(ctx: &PageCtx, p: &RolloutPage) -> Markup {
    let mut rows = Vec::new();
    if !p.urgent.is_empty() {
        rows.push(Row::Group(html! { (ctx.t("rollout-attention")) }));
        rows.extend(p.urgent.iter().map(|it| line(ctx, p, it)));
    }
    let mut wave = None;
    for it in &p.sites {
        if wave != Some(it.wave) {
            wave = Some(it.wave);
            let found = p.waves.iter().find(|one| one.number == it.wave);
            rows.push(Row::Group(html! {
                (ctx.t("waves-wave")) " " (it.wave)
                @if let Some(one) = found { ", " (one.name) " " span { (wave_when(ctx, one)) }
                    @if p.may_act && one.state != "waiting" && !p.rollback && p.id.is_some() && one.count(At::Installed) + one.count(At::Failed) > 0 {
                        " " (Btn::link(ctx.t("rollout-back-wave"), ask_href(p, "rollback", &format!("&wave={}", it.wave))).small().quiet().aria(format!("{}: {}", ctx.t("rollout-back-wave"), it.wave)))
                    }
                }
            }));
        }
        rows.push(line(ctx, p, it));
    }
    let caption = ctx.t("nav-sites");
    let cols = vec![
        Col::new(ctx.t("heat-site")),
        Col::new(ctx.t("work-state")),
        Col::new(ctx.t("site-runs")).labeled(),
        Col::new(ctx.t("agent-title")).labeled(),
        Col::new(ctx.t("form-remark")).full(),
    ];
    let table = Table { caption: &caption, cols, rows };
    let last = (p.before + p.sites.len()).min(p.found);
    let range = format!("{}–{last}", (p.before + 1).min(p.found));
    let shown = ctx.ta("list-shown", &[("shown", range.as_str().into()), ("all", p.found.into())]);
    let previous = (p.before > 0).then(|| {
        let after = p.before.saturating_sub(p.step);
        p.filter.href(&p.base, (after > 0).then_some(after))
    });
    let next = (last < p.found).then(|| p.filter.href(&p.base, Some(last)));
    let body = html! {
        (filters(ctx, p))
        @if p.total() == 0 { p.cb { (ctx.t("rollout-no-sites")) } }
        @else if p.sites.is_empty() && p.urgent.is_empty() { p.cb { (ctx.t("list-empty-filter")) " " a href=(p.base) { (ctx.t("list-clear-filter")) } } }
        @else { (table.render()) (pager(ctx, &shown, previous.as_deref(), next.as_deref())) }
    };
    card("sites", &caption, html! { (ctx.t("rollout-attention-first")) }, body)
}

/// The body of the page.
pub fn rollout(ctx: &PageCtx, p: &RolloutPage) -> Markup {
    if p.waves.is_empty() {
        return html! { section.card { (empty(&ctx.t("rollout-none"), &ctx.t("rollout-none-text"), html! {})) } };
    }
    let drawn: Vec<Wave> = p.waves.iter().map(|it| drawn(ctx, it)).collect();
    let title = ctx.t(if p.rollback { "rollout-waves-back" } else { "rollout-waves" });
    html! {
        (top(ctx, p))
        @if let Some(ask) = &p.ask { (question(ctx, p, ask)) }
        (stands(ctx, p))
        @if p.by_people > 0 { p.m #by-people { (ctx.tn("rollout-by-people", i64::try_from(p.by_people).unwrap_or(i64::MAX))) } }
        (card("waves", &title, waves::legend(ctx.tr()), waves::waves(ctx.tr(), &drawn)))
        (sites(ctx, p))
        // There before the halt, so that the lines come by themselves.
        (live("rollout-lines", html! { @if let Some((title, lines)) = &p.lines {
            (text_card("lines", title, html! { (ctx.zone_name()) }, lines.clone()))
        } }))
    }
}
