//! A site's own page, opened by a link: what changes for us, when, and can we move it?

use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use crate::i18n::fmt;
use crate::ui::form::{Choice, Field, Kind, act, hidden};
use crate::ui::glyph::{Glyph, glyph, pill};
use crate::ui::layout::{Solo, solo};
use crate::ui::parts::Btn;
use crate::ui::{PageCtx, State};

/// What the site has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    None,
    /// Yes.
    Accepted,
    /// Another time, please.
    Postponed,
    /// Not this time.
    Declined,
    /// It is installed.
    Installed,
}

/// A planned change.
#[derive(Debug)]
pub struct Planned {
    /// Product.
    pub product: String,
    /// New version.
    pub version: String,
    /// One or two sentences for the site.
    pub lead: String,
    /// Start at the site, once planned.
    pub start: Option<Timestamp>,
    /// End of the downtime, if it is known.
    pub end: Option<Timestamp>,
    /// What does not work meanwhile.
    pub downtime: String,
    /// End of the reserve.
    pub reserve: Option<Timestamp>,
    /// Answer by.
    pub answer_by: Option<Timestamp>,
    /// The answer may be changed until then.
    pub change_until: Option<Timestamp>,
    /// The answer.
    pub answer: Answer,
    /// Other times to choose from, with a note.
    pub slots: Vec<(Timestamp, String)>,
    /// Why some days are missing in the list.
    pub slots_note: String,
    /// Changes: kind key of the catalogue, title, text.
    pub changes: Vec<(&'static str, String, String)>,
    /// What to prepare.
    pub prepare: Vec<String>,
    /// How it goes: time, words, state.
    pub night: Vec<(String, String, Option<State>)>,
    /// How long the way back takes, in minutes.
    pub back: Option<i64>,
    /// Guide, notes and calendar file: words, address, kind.
    pub guide: Vec<(String, String, String)>,
}

/// An update that stands ready at the site and waits for its consent, or runs there now.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Number of the order.
    pub action: i64,
    /// The version.
    pub version: String,
    /// It waits for the consent of the site.
    pub asks: bool,
    /// Where the agent is, in its own word.
    pub stage: String,
    /// From when to when it may begin.
    pub window: (Option<Timestamp>, Option<Timestamp>),
    /// What going back would lose, in the words of the package.
    pub loses: String,
}

/// What the site is asked to confirm.
#[derive(Debug)]
pub struct Asked {
    /// What the answer names.
    pub digest: String,
    /// The question.
    pub question: String,
    /// The documents that it is about.
    pub papers: Vec<AskedPaper>,
    /// It changed between the reading and the answer.
    pub changed: bool,
}

/// A document that the site is asked about.
#[derive(Debug)]
pub struct AskedPaper {
    /// Title.
    pub title: String,
    /// Revision.
    pub revision: String,
    /// Since when it stands.
    pub at: Timestamp,
    /// Its contents as sanitized HTML, if they are text.
    pub html: Option<String>,
    /// The file, if its contents may be read: name and address.
    pub file: Option<(String, String)>,
}

/// What the page shows.
#[derive(Debug)]
pub struct SiteOwnView {
    /// The vendor.
    pub organization: String,
    /// The site.
    pub site: String,
    /// The contact's name.
    pub contact: String,
    /// The version that runs.
    pub runs: String,
    /// The planned change, if any.
    pub planned: Option<Planned>,
    /// What the site is asked to confirm.
    pub asked: Option<Asked>,
    /// An update that stands ready.
    pub ready: Option<Ready>,
    /// Somebody here has read the release notes; `None` when there are none to read.
    pub read: Option<bool>,
    /// The site said how it went.
    pub thanked: bool,
    /// Person to ask, with hours and phone.
    pub ask: Option<(String, String, String)>,
    /// Address of the page; answers are posted below it.
    pub base: String,
    /// Last day of the link.
    pub open_until: Timestamp,
}

/// The documents behind the question, before the answer.
fn asked(ctx: &PageCtx, it: &Asked) -> Markup {
    html! { section.card aria-labelledby="asked" {
        h2 #asked { (it.question) }
        @if it.changed { p role="alert" { b { (ctx.t("own-asked-changed")) } } }
        @for paper in &it.papers {
            @let at = ctx.date_time(paper.at);
            h3 { (paper.title) }
            p.s.m { (ctx.ta("own-asked-revision", &[("revision", paper.revision.as_str().into()), ("at", at.as_str().into())])) }
            @if let Some(html) = &paper.html { div.prose { (PreEscaped(html.clone())) } }
            @match &paper.file {
                Some((name, href)) => { p { a href=(href) { (name) } } }
                None => { p.m { (ctx.t("own-asked-closed")) } }
            }
        }
    } }
}

fn answers(ctx: &PageCtx, v: &SiteOwnView, p: &Planned) -> Markup {
    let shown = v.asked.as_ref().map(|it| it.digest.as_str());
    let hidden = |ctx: &PageCtx| html! { (hidden(ctx)) @if let Some(it) = shown { input type="hidden" name="digest" value=(it); } };
    // After a change the yes before it is no answer to what stands now.
    let changed = v.asked.as_ref().is_some_and(|it| it.changed);
    let yes = ctx.t(if shown.is_some() { "own-asked-yes" } else { "own-accept" });
    let post = |part: &str| format!("{}/{part}", v.base);
    let times: Vec<Choice> = p
        .slots
        .iter()
        .map(|(at, note)| Choice::new(at.to_string(), ctx.date_time(*at)).note(note))
        .collect();
    let first = times.first().map(|c| c.value.clone()).unwrap_or_default();
    html! { div.ans {
        @if p.answer != Answer::Accepted || changed { form method="post" action=(post("accept")) { (hidden(ctx)) (Btn::button(yes).primary()) } }
        details.o open[p.answer == Answer::Postponed] {
            summary { (ctx.t("own-propose")) }
            form.inner method="post" action=(post("postpone")) {
                (hidden(ctx))
                @if !times.is_empty() { (Field::new(Kind::Radio(times), "time", ctx.t("own-propose-times")).value(first).render(ctx)) }
                @else { (Field::new(Kind::Input("datetime-local"), "time", ctx.t("own-propose-times")).render(ctx)) }
                @if !p.slots_note.is_empty() { p.s.m { (p.slots_note) } }
                (Field::text("message", ctx.t("own-message")).optional().render(ctx))
                (Btn::button(ctx.t("own-propose-submit")))
            }
        }
        details.o open[p.answer == Answer::Declined] {
            summary { (ctx.t("own-decline")) }
            form.inner method="post" action=(post("decline")) {
                (hidden(ctx))
                p { (ctx.ta("own-decline-text", &[("version", v.runs.as_str().into())])) }
                (Field::new(Kind::Area { rows: 2, code: false }, "reason", ctx.t("form-reason")).render(ctx))
                (Btn::button(ctx.t("own-decline-submit")))
            }
        }
    } }
}

fn ready(ctx: &PageCtx, v: &SiteOwnView, it: &Ready) -> Markup {
    let path = format!("{}/consent", v.base);
    let number = it.action.to_string();
    let at = |at: Timestamp| fmt::date_time(ctx.lang, at, &ctx.zone);
    let span = match it.window {
        (Some(from), Some(until)) => Some((at(from), at(until))),
        _ => None,
    };
    let answer = |say: &'static str, button: Btn| {
        act(ctx, &path, button, &[("action", number.as_str()), ("answer", say)])
    };
    let stage = super::rollout::stage_words(ctx, &it.stage);
    let version = [("version", it.version.as_str().into())];
    html! { section.card.when aria-labelledby="consent" data-live-id="consent" {
        div.top2 { h2 #consent { (ctx.ta("own-ready", &version)) }
            @if it.asks { (pill(State::Waiting, &ctx.t("own-waits"))) } @else { (pill(State::Running, &stage)) } }
        p { (ctx.t(if it.asks { "own-ready-text" } else { "own-ready-running" })) }
        @if let Some((from, until)) = &span { p { (ctx.ta("own-ready-window", &[("from", from.as_str().into()), ("until", until.as_str().into())])) } }
        p.back { (glyph(Glyph::Shield)) span { b { (ctx.t("own-back")) } " "
            @if it.loses.is_empty() { (ctx.t("rollout-loses-nothing")) } @else { (ctx.ta("own-ready-loses", &[("what", it.loses.as_str().into())])) } } }
        @if it.asks { div.ans {
            (answer("confirm", Btn::button(ctx.t("own-ready-yes")).primary()))
            (answer("later", Btn::button(ctx.t("own-ready-later"))))
        } }
    } }
}

fn when(ctx: &PageCtx, v: &SiteOwnView, p: &Planned) -> Markup {
    let (s, key) = match p.answer {
        Answer::None => (State::Waiting, "own-waits"),
        Answer::Accepted => (State::Done, "own-accepted"),
        Answer::Postponed => (State::Waiting, "own-postponed"),
        Answer::Declined => (State::Held, "own-declined"),
        Answer::Installed => (State::Done, "own-installed"),
    };
    html! { section.card.when aria-labelledby="when" data-live-id="when" {
        div.top2 { h2 #when { (ctx.t("own-when")) } (pill(s, &ctx.t(key))) }
        @if let Some(at) = p.start {
            p.d { span { (fmt::date_words(ctx.lang, at.to_zoned(ctx.zone.clone()).date())) }
                span { (fmt::time(at, &ctx.zone)) @if let Some(end) = p.end { " – " (fmt::time(end, &ctx.zone)) } } }
        } @else { p { (ctx.t("own-no-date")) } }
        dl {
            @if !p.downtime.is_empty() { dt { (ctx.t("own-downtime")) } dd { (p.downtime) } }
            @if let Some(at) = p.reserve { dt { (ctx.t("own-reserve")) } dd { (ctx.ta("own-reserve-until", &[("at", ctx.date_time(at).into()), ("place", ctx.place.as_str().into())])) } }
            @if let (Some(at), Answer::None) = (p.answer_by, p.answer) { dt { (ctx.t("own-answer-by")) } dd { (ctx.date_time(at)) } }
        }
        @if p.answer != Answer::Installed {
            (answers(ctx, v, p))
            @if let Some(at) = p.change_until { p.s.m.sec { (ctx.ta("own-change-until", &[("at", ctx.date_time(at).into())])) } }
        }
    } }
}

fn planned(ctx: &PageCtx, v: &SiteOwnView, p: &Planned) -> Markup {
    html! {
        @if let Some(it) = v.asked.as_ref().filter(|_| p.answer != Answer::Installed) { (asked(ctx, it)) }
        (when(ctx, v, p))
        @if p.answer == Answer::Installed { (feedback(ctx, v)) }
        @if !p.changes.is_empty() { section.card { h2 { (ctx.t("own-changes")) } ul.chg { @for (kind, title, text) in &p.changes {
            li { span.k { (ctx.t(kind)) } b { (title) } (text) }
        } } } }
        @if !p.prepare.is_empty() { section.card { h2 { (ctx.t("own-prepare")) } ul { @for x in &p.prepare {
            li { label.choice { input type="checkbox"; span { (x) } } }
        } } } }
        @if !p.night.is_empty() { section.card { h2 { (ctx.t("own-night")) }
            ol.tl { @for (time, what, s) in &p.night {
                li class=[match s { Some(State::Done) => Some("on"), Some(_) => Some("off"), None => None }] { span { (time) } i {} span { (what) } }
            } }
            @if let Some(minutes) = p.back { p.back { (glyph(Glyph::Shield)) span { b { (ctx.t("own-back")) } " " (ctx.ta("own-back-text", &[("version", v.runs.as_str().into()), ("span", fmt::duration(ctx.lang, minutes).into())])) } } }
        } }
    }
}

fn feedback(ctx: &PageCtx, v: &SiteOwnView) -> Markup {
    if v.thanked {
        return html! { section.card { h2 { (ctx.t("own-feedback")) } p { (ctx.t("own-feedback-thanks")) } } };
    }
    let choices = vec![
        Choice::new("yes", ctx.t("own-feedback-good")),
        Choice::new("partly", ctx.t("own-feedback-partly")),
        Choice::new("no", ctx.t("own-feedback-problem")),
    ];
    let marks = (0..=5).map(|n| match n {
        0 => Choice::new("", "–"),
        n => Choice::new(n.to_string(), n.to_string()),
    });
    html! { section.card { h2 { (ctx.t("own-feedback")) } form.form.ans method="post" action={ (v.base) "/feedback" } {
        (hidden(ctx))
        (Field::new(Kind::Radio(choices), "outcome", ctx.t("own-feedback")).render(ctx))
        (Field::new(Kind::Area { rows: 3, code: false }, "problems", ctx.t("own-feedback-problems")).optional().render(ctx))
        (Field::new(Kind::Area { rows: 2, code: false }, "ideas", ctx.t("own-feedback-ideas")).optional().render(ctx))
        (Field::new(Kind::Select(marks.collect()), "rating", ctx.t("own-feedback-rating")).optional().render(ctx))
        (Btn::button(ctx.t("own-feedback-submit")).primary())
    } } }
}

fn receipt(ctx: &PageCtx, v: &SiteOwnView) -> Markup {
    html! { @if let Some(read) = v.read { section.card {
        h2 { (ctx.t("own-receipt-title")) }
        @if read { (pill(State::Done, &ctx.t("own-read"))) }
        @else { (act(ctx, &format!("{}/read", v.base), Btn::button(ctx.t("own-receipt-submit")), &[])) }
    } } }
}

fn questions(ctx: &PageCtx, v: &SiteOwnView) -> Markup {
    let nothing = v.ask.is_none() && v.planned.as_ref().is_none_or(|it| it.guide.is_empty());
    html! { @if !nothing { section.card {
        h2 { (ctx.t("own-questions")) }
        @if let Some((name, hours, phone)) = &v.ask {
            p { (name) " " span.m { (hours) } }
            div.two {
                @if !phone.is_empty() { (Btn::link(ctx.t("own-call"), format!("tel:{phone}"))) }
                (Btn::link(ctx.t("own-write"), format!("{}/question", v.base)))
            }
        }
        @if let Some(p) = &v.planned { ul.ln { @for (label, href, kind) in &p.guide { li { a href=(href) { (label) " " span { (kind) } } } } } }
    } } }
}

/// The whole page.
pub fn site_own(ctx: &PageCtx, v: &SiteOwnView) -> Markup {
    let footer = ctx.ta(
        "own-footer",
        &[("site", v.site.as_str().into()), ("date", ctx.date(v.open_until).into())],
    );
    let to =
        ctx.ta("own-to", &[("name", v.contact.as_str().into()), ("site", v.site.as_str().into())]);
    let title = match &v.planned {
        Some(p) => ctx.ta(
            "own-title",
            &[("product", p.product.as_str().into()), ("version", p.version.as_str().into())],
        ),
        None => ctx.t("own-nothing-title"),
    };
    let page = Solo { title: &title, from: &v.organization, wide: false, footer: Some(&footer) };
    solo(
        ctx,
        &page,
        html! {
            p.m.s { (to) }
            h1 { (title) }
            @if let Some(it) = &v.ready { (ready(ctx, v, it)) }
            @if let Some(p) = &v.planned { p.lead { (p.lead) } (planned(ctx, v, p)) (receipt(ctx, v)) }
            @else { p.lead { (ctx.ta("own-nothing-text", &[("version", v.runs.as_str().into())])) } }
            (questions(ctx, v))
        },
    )
}
