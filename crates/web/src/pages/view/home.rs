//! Home: what must I do, when, and how much is it?

use jiff::Timestamp;
use maud::{Markup, html};

use crate::i18n::fmt;
use crate::ui::chart::load::{Load, load_strip};
use crate::ui::flow::{NextAction, next_action};
use crate::ui::glyph::{state_glyph, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, card, empty, head};
use crate::ui::{PageCtx, State};

/// Another thing for today.
#[derive(Debug)]
pub struct Also {
    /// What to do.
    pub what: String,
    /// Its release.
    pub about: String,
    /// Address.
    pub href: String,
    /// "by 15:00, 20 min".
    pub due: String,
    /// Words of its button.
    pub button: String,
}

/// A day of the work ahead.
#[derive(Debug)]
pub struct WorkDay {
    /// "Wed 18 November".
    pub day: String,
    /// Hours of the day.
    pub hours: String,
    /// How much is over capacity; empty if nothing.
    pub over: String,
    /// Items.
    pub items: Vec<WorkItem>,
}

/// One item of work.
#[derive(Debug)]
pub struct WorkItem {
    /// "09:30–11:00" or "by 18:00".
    pub when: String,
    /// What.
    pub what: String,
    /// Its release or product.
    pub about: String,
    /// Address.
    pub href: String,
    /// Effort.
    pub effort: String,
    /// State and its words.
    pub state: (State, String),
}

/// A person or site somebody waits for.
#[derive(Debug)]
pub struct WaitFor {
    /// Name.
    pub name: String,
    /// Role, or the word for site.
    pub role: String,
    /// What they owe.
    pub what: String,
    /// Since when, and whether it was opened.
    pub since: String,
    /// Due, with its state.
    pub due: (State, String),
    /// Where the reminder goes; `None` if it may not be sent again yet.
    pub remind: Option<String>,
}

/// Two things at the same time, and ways out.
#[derive(Debug)]
pub struct Clash {
    /// "in 9 days".
    pub when: String,
    /// When it was found.
    pub found: String,
    /// The sentence.
    pub text: String,
    /// Ways out, best first: title, what follows, address.
    pub ways: Vec<(String, String, String)>,
}

/// What home shows.
#[derive(Debug)]
pub struct HomeView {
    /// There is no release yet: the way to the first one.
    pub start: bool,
    /// Things for today, the next action included.
    pub today: u64,
    /// The next action.
    pub next: Option<NextAction>,
    /// If there is none: the next item and its day.
    pub nothing_until: Option<(Timestamp, String)>,
    /// Other things for today.
    pub also: Vec<Also>,
    /// The load strip.
    pub load: Option<Load>,
    /// Planned and available minutes.
    pub load_sum: (i64, i64),
    /// Work ahead by day.
    pub work: Vec<WorkDay>,
    /// Shown and all items.
    pub work_count: (usize, usize),
    /// Who is waited for.
    pub waiting: Vec<WaitFor>,
    /// Clashes.
    pub clashes: Vec<Clash>,
    /// Bulletins: when, what and where it is read.
    pub board: Vec<(String, String, String)>,
    /// Whether the person may create a release.
    pub may_create: bool,
}

fn also(ctx: &PageCtx, list: &[Also]) -> Markup {
    html! { @if !list.is_empty() {
        section.card data-live-id="also" { h2.vh { (ctx.t("home-also-today")) } ol.then start="2" { @for (i, a) in list.iter().enumerate() {
            li data-row {
                span.no { (i + 2) }
                div { a.t href=(a.href) { (a.what) } " " span.m.nw { (a.about) } }
                span.due.m.s { (a.due) }
                (Btn::link(&a.button, &a.href).small().aria(format!("{}: {}", a.button, a.what)))
            }
        } } }
    } }
}

fn work(ctx: &PageCtx, v: &HomeView) -> Markup {
    let aside = html! { @if v.work_count.1 > 0 {
        (ctx.ta("home-work-shown", &[("shown", v.work_count.0.into()), ("all", v.work_count.1.into())])) " "
        @if v.work_count.0 < v.work_count.1 { a href="/?work=all" { (ctx.t("action-show-all")) } }
    } };
    card(
        "work",
        &ctx.t("home-work"),
        aside,
        html! {
            @if v.work.is_empty() { p.cb.m { (ctx.t("home-work-empty")) } } @else {
                table.work.cards {
                    caption.vh { (ctx.t("home-work")) }
                    thead { tr { th scope="col" { (ctx.t("work-when")) } th scope="col" { (ctx.t("work-what")) } th.num scope="col" { (ctx.t("work-effort")) } th scope="col" { (ctx.t("work-state")) } } }
                    tbody { @for d in &v.work {
                        tr class=(if d.over.is_empty() { "grp" } else { "grp over" }) { th colspan="4" scope="rowgroup" {
                            (d.day) span { (d.hours) } @if !d.over.is_empty() { span.c-risk { (d.over) } }
                        } }
                        @for i in &d.items { tr data-row {
                            td.w.m { (i.when) }
                            td.t1 { a.t href=(i.href) { (i.what) } " " span.m.nw { (i.about) } }
                            td.h.num.nw { (i.effort) }
                            td.z { (state_text(i.state.0, &i.state.1)) }
                        } }
                    } }
                }
            }
        },
    )
}

fn waiting(ctx: &PageCtx, list: &[WaitFor]) -> Markup {
    html! { section.card.who aria-labelledby="who" data-live-id="who" {
        div.ch { h2 #who { (ctx.t("home-waiting-for")) } @if !list.is_empty() { span.m.s { (list.len()) } } }
        @if list.is_empty() { p.cb.m { (ctx.t("home-waiting-for-empty")) } }
        ul { @for w in list { li {
            span.av aria-hidden="true" { (fmt::initials(&w.name)) }
            div {
                b { (w.name) } " " span.m.s { (w.role) } br; (w.what)
                div.s.m { (w.since) }
                div.s { (state_text(w.due.0, &w.due.1)) }
            }
            @if let Some(action) = &w.remind {
                (crate::ui::form::act(ctx, action, Btn::button(ctx.t("action-remind")).small().aria(ctx.ta("action-remind-who", &[("name", w.name.as_str().into())])), &[]))
            }
        } } }
    } }
}

fn clash(ctx: &PageCtx, c: &Clash, first: bool) -> Markup {
    html! { section.card.clash {
        div.ch { h2 { span.st.c-risk { (state_glyph(State::AtRisk)) (ctx.ta("home-clash", &[("when", c.when.as_str().into())])) } } span.m.s { (c.found) } }
        p { (c.text) }
        ol.slots { @for (i, (title, text, href)) in c.ways.iter().enumerate() { li {
            p { b { (title) } } p.s.m { (text) }
            @let button = Btn::link(ctx.t("action-take"), href).small().aria(format!("{}: {title}", ctx.t("action-take")));
            @if first && i == 0 { (button.primary()) } @else { (button) }
        } } }
    } }
}

/// The way to the first release.
fn first(ctx: &PageCtx) -> Markup {
    html! { section.card.next aria-labelledby="first" {
        h2 #first { (ctx.t("home-start-title")) }
        p.why { (ctx.t("home-start-text")) }
        div.acts { (Btn::link(ctx.t("home-start-go"), "/start").primary()) }
    } }
}

/// The whole page.
pub fn home(ctx: &PageCtx, v: &HomeView) -> Markup {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let clock = fmt::time(ctx.now, &ctx.zone);
    let over = ctx.ta(
        "home-date-line",
        &[
            ("date", fmt::date_long(ctx.lang, today).into()),
            ("time", clock.into()),
            ("place", ctx.place.as_str().into()),
        ],
    );
    let title =
        if v.today == 0 { ctx.t("home-title-none") } else { ctx.tn("home-title", v.today as i64) };
    let acts = html! {
        @if v.may_create { (Btn::link(ctx.t("home-new-release"), "/releases/new").key("n")) }
    };
    let nothing = || match &v.nothing_until {
        Some((at, what)) => empty(
            &ctx.ta("home-nothing-until", &[("date", ctx.date(*at).into())]),
            &ctx.ta("home-nothing-next", &[("what", what.as_str().into())]),
            html! {},
        ),
        None => empty(&ctx.t("home-title-none"), &ctx.t("home-nothing-ever"), html! {}),
    };
    let sum = ctx.ta(
        "home-load-sum",
        &[
            ("planned", fmt::hours(ctx.lang, v.load_sum.0).into()),
            ("available", fmt::hours(ctx.lang, v.load_sum.1).into()),
        ],
    );
    layout(
        ctx,
        &title,
        html! {
            (head(ctx, &Head { over: &over, title: &title, ..Head::default() }, acts))
            div.cols {
                div.stack {
                    @if v.start { (first(ctx)) }
                    @if let Some(n) = &v.next { (next_action(ctx, n)) } @else if !v.start { section.card data-live-id="next-action" { (nothing()) } }
                    (also(ctx, &v.also))
                    @if let Some(load) = &v.load { (card("load", &ctx.tn("home-load", load.days.len() as i64), html! { (sum) }, load_strip(ctx.tr(), load))) }
                    (work(ctx, v))
                }
                div.stack {
                    @for (i, c) in v.clashes.iter().enumerate() { (clash(ctx, c, i == 0)) }
                    (waiting(ctx, &v.waiting))
                    section.card aria-labelledby="board" data-live-id="board" {
                        div.ch { h2 #board { (ctx.t("home-board")) } }
                        @if v.board.is_empty() { p.cb.m { (ctx.t("home-board-empty")) } } @else {
                            div.news { @for (when, what, href) in &v.board { span.m { (when) } p { a.t href=(href) { (what) } } } }
                        }
                    }
                }
            }
        },
    )
}
