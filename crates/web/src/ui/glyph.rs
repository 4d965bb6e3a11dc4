//! Glyphs of our own and the states they stand for. A color never comes without glyph and word.

use maud::{Markup, PreEscaped, html};

use crate::i18n::Tr;

/// A drawn sign of the sprite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A check mark.
    Done,
    /// A triangle.
    Run,
    /// An hourglass.
    Wait,
    /// An exclamation mark.
    Risk,
    /// A cross.
    Fail,
    /// A flash.
    Emergency,
    /// A snow crystal.
    Freeze,
    /// A ring.
    Idle,
    /// Two bars.
    Hold,
    /// An envelope.
    Mail,
    /// Home.
    Home,
    /// Releases.
    Release,
    /// Calendar.
    Calendar,
    /// Sites.
    Site,
    /// Documents.
    Document,
    /// Products and versions.
    Product,
    /// Processes.
    Process,
    /// People.
    People,
    /// The record.
    Shield,
    /// Settings.
    Settings,
    /// More.
    More,
    /// The outbox of the demo.
    Outbox,
    /// The mark of the product.
    Brand,
}

impl Glyph {
    /// The name in the sprite.
    pub const fn id(self) -> &'static str {
        match self {
            Glyph::Done => "g-done",
            Glyph::Run => "g-run",
            Glyph::Wait => "g-wait",
            Glyph::Risk => "g-risk",
            Glyph::Fail => "g-fail",
            Glyph::Emergency => "g-emg",
            Glyph::Freeze => "g-frz",
            Glyph::Idle => "g-idle",
            Glyph::Hold => "g-hold",
            Glyph::Mail => "g-mail",
            Glyph::Home => "i-home",
            Glyph::Release => "i-rel",
            Glyph::Calendar => "i-cal",
            Glyph::Site => "i-site",
            Glyph::Document => "i-doc",
            Glyph::Product => "i-prod",
            Glyph::Process => "i-proc",
            Glyph::People => "i-people",
            Glyph::Shield => "i-shield",
            Glyph::Settings => "i-set",
            Glyph::More => "i-more",
            Glyph::Outbox => "i-out",
            Glyph::Brand => "brand",
        }
    }
}

/// A glyph in the size of the text.
pub fn glyph(g: Glyph) -> Markup {
    html! { svg.g aria-hidden="true" { use href={ "#" (g.id()) } {} } }
}

/// A glyph of 20 pixels.
pub fn icon(g: Glyph) -> Markup {
    html! { svg.i20 aria-hidden="true" { use href={ "#" (g.id()) } {} } }
}

/// The states that have a color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Finished, verified, accepted.
    Done,
    /// Under way.
    Running,
    /// Waits for a person, a window or a document.
    Waiting,
    /// May miss its date.
    AtRisk,
    /// A check failed.
    Failed,
    /// An emergency release.
    Emergency,
    /// Inside a freeze.
    Frozen,
    /// Foreseen, not begun.
    Foreseen,
    /// Held by a person or a rule.
    Held,
}

impl State {
    /// All states.
    pub const ALL: [State; 9] = [
        State::Done,
        State::Running,
        State::Waiting,
        State::AtRisk,
        State::Failed,
        State::Emergency,
        State::Frozen,
        State::Foreseen,
        State::Held,
    ];

    /// The short code used in classes: `done`, `run`, `wait`, …
    pub const fn code(self) -> &'static str {
        match self {
            State::Done => "done",
            State::Running => "run",
            State::Waiting => "wait",
            State::AtRisk => "risk",
            State::Failed => "fail",
            State::Emergency => "emg",
            State::Frozen => "frz",
            State::Foreseen => "idle",
            State::Held => "hold",
        }
    }

    /// Its glyph.
    pub const fn glyph(self) -> Glyph {
        match self {
            State::Done => Glyph::Done,
            State::Running => Glyph::Run,
            State::Waiting => Glyph::Wait,
            State::AtRisk => Glyph::Risk,
            State::Failed => Glyph::Fail,
            State::Emergency => Glyph::Emergency,
            State::Frozen => Glyph::Freeze,
            State::Foreseen => Glyph::Idle,
            State::Held => Glyph::Hold,
        }
    }

    /// The catalogue's key of its word.
    pub const fn key(self) -> &'static str {
        match self {
            State::Done => "state-done",
            State::Running => "state-running",
            State::Waiting => "state-waiting",
            State::AtRisk => "state-at-risk",
            State::Failed => "state-failed",
            State::Emergency => "state-emergency",
            State::Frozen => "state-frozen",
            State::Foreseen => "state-foreseen",
            State::Held => "state-held",
        }
    }
}

/// A glyph in the color of a state.
pub fn state_glyph(s: State) -> Markup {
    html! { svg class={ "g c-" (s.code()) } aria-hidden="true" { use href={ "#" (s.glyph().id()) } {} } }
}

/// Glyph and own words in the color of a state.
pub fn state_text(s: State, text: &str) -> Markup {
    html! { span class={ "st c-" (s.code()) } { (glyph(s.glyph())) span { (text) } } }
}

/// Glyph and the state's word.
pub fn state(tr: Tr, s: State) -> Markup {
    state_text(s, &tr.t(s.key()))
}

/// Glyph and own words in a pill.
pub fn pill(s: State, text: &str) -> Markup {
    html! { span class={ "pill c-" (s.code()) } { (glyph(s.glyph())) (text) } }
}

/// The signs and hatches, once per page.
pub fn sprite() -> Markup {
    PreEscaped(SPRITE.to_owned())
}

const SPRITE: &str = include_str!("sprite.svg");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_is_drawn_once() {
        let all = [
            Glyph::Home,
            Glyph::Release,
            Glyph::Calendar,
            Glyph::Site,
            Glyph::Document,
            Glyph::Product,
            Glyph::Process,
            Glyph::People,
            Glyph::Shield,
            Glyph::Settings,
            Glyph::More,
            Glyph::Outbox,
            Glyph::Brand,
            Glyph::Mail,
        ];
        for g in all.into_iter().chain(State::ALL.map(State::glyph)) {
            assert_eq!(SPRITE.matches(&format!("id=\"{}\"", g.id())).count(), 1, "{g:?}");
        }
        for hatch in ["h-frz", "h-over", "h-fail", "h-wait", "h-crit"] {
            assert!(SPRITE.contains(&format!("id=\"{hatch}\"")), "{hatch}");
        }
        assert!(!SPRITE.contains("style="), "the content policy refuses inline styles");
    }
}
