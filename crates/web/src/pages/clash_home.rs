//! Clashes and bulletins on home: hours against capacity, and what was told to everybody.

use super::view::home::Clash as ClashCard;
use super::words;
use crate::i18n::fmt;
use crate::ui::PageCtx;
use crate::ui::chart::load::{Day, Load};
use jiff::civil::Date;
use roadbook_app::notices::BoardItem;
use roadbook_app::releases::{ClashPart, ClashView, Workload};
use roadbook_core::plan::Clash;

/// Clashes that are shown; the plans name the others.
const CLASHES_MAX: usize = 3;
/// Bulletins that are shown; the board has all.
const BULLETINS_MAX: usize = 6;

/// The strip of planned hours against the hours there are.
pub(super) fn strip(ctx: &PageCtx, work: &Workload) -> Load {
    let days = work.days.iter().map(|it| Day {
        date: it.date,
        planned: it.planned,
        capacity: it.capacity,
        off: if it.away { ctx.t("home-away").into_owned() } else { it.holiday.clone() },
    });
    Load { title: ctx.tn("home-load", work.days.len() as i64).into_owned(), days: days.collect() }
}

/// The nearest clashes with their ways out.
pub(super) fn cards(ctx: &PageCtx, list: &[ClashView]) -> Vec<ClashCard> {
    list.iter().take(CLASHES_MAX).map(|it| card(ctx, it)).collect()
}

fn card(ctx: &PageCtx, it: &ClashView) -> ClashCard {
    let day = |day: Date| fmt::date(ctx.lang, day);
    let start = |day: Date| day.to_zoned(ctx.zone.clone()).map_or(ctx.now, |it| it.timestamp());
    let what = names(ctx, &it.parts);
    let say = |key: &str, args: &[(&str, &str)]| {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        ctx.ta(key, &args).into_owned()
    };
    let (at, text) = match &it.clash {
        Clash::TooMuch { day: on, minutes, capacity, .. } => {
            let (planned, hours) =
                (fmt::hours(ctx.lang, *minutes), fmt::hours(ctx.lang, *capacity));
            let date = day(*on);
            let args = [
                ("date", date.as_str()),
                ("planned", planned.as_str()),
                ("hours", hours.as_str()),
                ("what", what.as_str()),
            ];
            (start(*on), say("clash-too-much", &args))
        }
        Clash::Absent { day: on, .. } => {
            let date = day(*on);
            (start(*on), say("clash-absent", &[("date", date.as_str()), ("what", what.as_str())]))
        }
        Clash::TwoGoLives { at, .. } => {
            let when = ctx.date_time(at.start);
            (at.start, say("clash-two-go-lives", &[("at", when.as_str()), ("what", what.as_str())]))
        }
    };
    ClashCard { when: ctx.relative(at), found: String::new(), text, ways: ways(ctx, it) }
}

fn names(ctx: &PageCtx, parts: &[ClashPart]) -> String {
    let one = |it: &ClashPart| {
        if it.step.is_empty() {
            return format!("{} {}", it.number, it.title);
        }
        let minutes = fmt::duration(ctx.lang, it.minutes);
        format!("{} · {} ({minutes})", words::show(ctx, &it.step_title), it.title)
    };
    parts.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Another go-live of each release that takes part, or somebody who stands in.
fn ways(ctx: &PageCtx, it: &ClashView) -> Vec<(String, String, String)> {
    let mut seen = Vec::new();
    let mut list = Vec::new();
    let deputy = (
        ctx.t("account-deputy-add").into_owned(),
        ctx.t("clash-way-deputy").into_owned(),
        "/account#away".to_owned(),
    );
    if !matches!(it.clash, Clash::TwoGoLives { .. }) {
        list.push(deputy.clone());
    }
    for part in &it.parts {
        if seen.contains(&&part.release) {
            continue;
        }
        seen.push(&part.release);
        let title = ctx.ta("clash-way-move", &[("release", part.title.as_str().into())]);
        let text = ctx.t("clash-way-move-text").into_owned();
        list.push((title.into_owned(), text, format!("/releases/{}/plan#what-if", part.release)));
    }
    if matches!(it.clash, Clash::TwoGoLives { .. }) {
        list.push(deputy);
    }
    list.truncate(3);
    list
}

/// What was told to this person, the newest first; what no longer holds is left out.
pub(super) fn bulletins(ctx: &PageCtx, list: &[BoardItem]) -> Vec<(String, String, String)> {
    list.iter()
        .filter(|it| !it.outdated)
        .take(BULLETINS_MAX)
        .map(|it| {
            let when = it.at.map(|at| ctx.moment(at)).unwrap_or_default();
            (when, it.subject.clone(), format!("/releases/{}/notices", it.release))
        })
        .collect()
}
