//! What a rollout is, what may happen to it, and why something may not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a rollout brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The new version.
    Install,
    /// The former version.
    Rollback,
}

/// Where a rollout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A wave is under way.
    Running,
    /// A wave is through and has to stay quiet.
    Soaking,
    /// It stopped itself.
    Halted,
    /// A person stopped it.
    Held,
    /// Every site has what it was to have, or a reason why not.
    Finished,
    /// Given up: nothing more comes of it.
    Ended,
}

/// Where a wave stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaveState {
    /// Not begun.
    Waiting,
    /// Its sites have their orders.
    Running,
    /// Through; it has to stay quiet.
    Soaking,
    /// Over.
    Done,
}

/// Why a rollout stands still, as a stable word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Too many sites failed.
    Failed,
    /// Too many sites are silent.
    Silent,
    /// A person holds it.
    Held,
    /// A person rolled sites back: nothing goes on by itself until a person lifts that.
    RolledBack,
    /// The release is held; it goes on with it.
    Release,
}

/// What a place is that is updated on its own: a whole site, or a part of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A whole site.
    #[default]
    Site,
    /// An environment inside a site, e.g. its test system.
    Environment,
    /// People of a site who use an instance or a route of their own.
    UserGroup,
}

impl Part {
    /// All kinds.
    pub const ALL: [Part; 3] = [Part::Site, Part::Environment, Part::UserGroup];

    /// Whether a wave of this kind takes such a place. A wave of sites takes whatever is left, so
    /// that no part of a site is forgotten.
    pub fn takes(self, place: Part) -> bool {
        self == Part::Site || self == place
    }
}

/// What came of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The version runs there, verified.
    Installed,
    /// It was tried and does not run.
    Failed,
    /// The former version runs again.
    RolledBack,
    /// Left out, with a reason.
    Skipped,
}

macro_rules! words {
    ($kind:ident { $($name:ident = $word:literal),+ $(,)? }) => {
        impl $kind {
            /// Short name.
            pub const fn name(self) -> &'static str {
                match self { $($kind::$name => $word),+ }
            }

            /// Reads a short name.
            pub fn parse(text: &str) -> Option<$kind> {
                match text { $($word => Some($kind::$name),)+ _ => None }
            }
        }
    };
}
words!(Kind { Install = "install", Rollback = "rollback" });
words!(State {
    Running = "running",
    Soaking = "soaking",
    Halted = "halted",
    Held = "held",
    Finished = "finished",
    Ended = "ended",
});
words!(WaveState { Waiting = "waiting", Running = "running", Soaking = "soaking", Done = "done" });
words!(Code {
    Failed = "failed",
    Silent = "silent",
    Held = "held",
    RolledBack = "rolled_back",
    Release = "release",
});
words!(Part { Site = "site", Environment = "environment", UserGroup = "user_group" });
words!(Outcome {
    Installed = "installed",
    Failed = "failed",
    RolledBack = "rolled_back",
    Skipped = "skipped",
});

/// A wave: only sums, the sites are rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// State.
    pub state: WaveState,
    /// Sites.
    pub total: u32,
    /// Sites where the version runs.
    pub installed: u32,
    /// Sites where it was tried and does not run.
    pub failed: u32,
    /// Sites that went back.
    pub rolled_back: u32,
    /// Sites left out.
    pub skipped: u32,
    /// Sites that were ordered and are not heard of, as last looked at.
    pub silent: u32,
    /// Failures that a person has seen and let pass.
    pub passed_failed: u32,
    /// Silent sites that a person has seen and let pass.
    pub passed_silent: u32,
    /// How long it must be quiet afterwards.
    pub soak_seconds: i64,
    /// Failures above this share halt, in percent.
    pub halt_failed: u8,
    /// Silent sites above this share halt, in percent.
    pub halt_silent: u8,
    /// Begin.
    pub started_at: Option<Timestamp>,
    /// When the last site was through.
    pub through_at: Option<Timestamp>,
}

impl Wave {
    /// Sites without an outcome.
    pub fn open(&self) -> u32 {
        let known = self.installed + self.failed + self.rolled_back + self.skipped;
        self.total.saturating_sub(known)
    }

    /// Sites at which it went wrong.
    pub fn harmed(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Install => self.failed + self.rolled_back,
            Kind::Rollback => self.failed,
        }
    }

    /// Nobody is waited for: each site has an outcome, or its silence is known.
    pub fn is_through(&self) -> bool {
        self.open() <= self.silent
    }

    /// Moves a site from one outcome to another.
    pub fn count(&mut self, from: Option<Outcome>, to: Option<Outcome>) {
        if let Some(from) = from {
            let sum = self.sum(from);
            *sum = sum.saturating_sub(1);
        }
        if let Some(to) = to {
            *self.sum(to) += 1;
        }
    }

    fn sum(&mut self, outcome: Outcome) -> &mut u32 {
        match outcome {
            Outcome::Installed => &mut self.installed,
            Outcome::Failed => &mut self.failed,
            Outcome::RolledBack => &mut self.rolled_back,
            Outcome::Skipped => &mut self.skipped,
        }
    }
}

/// A rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// What it brings.
    pub kind: Kind,
    /// State.
    pub state: State,
    /// Why it stands still.
    pub code: Option<Code>,
    /// The wave that was started last, from 1; 0 before the first.
    pub wave: u32,
    /// Waves, in order.
    pub waves: Vec<Wave>,
}

impl Rollout {
    /// Nothing more happens to it.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Finished | State::Ended)
    }

    /// The wave that was started last.
    pub fn current(&self) -> Option<&Wave> {
        self.wave.checked_sub(1).and_then(|it| self.waves.get(it as usize))
    }
}

/// The moment a rollout is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    /// Now.
    pub now: Timestamp,
    /// Its step is open: a wave may begin.
    pub open: bool,
    /// The release is held: no order is handed out.
    pub held: bool,
}

/// How far something reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// One site.
    Site,
    /// One wave.
    Wave,
    /// Every site.
    All,
}

/// What happens to a rollout. Waves count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its step is open: the first wave begins. Also whenever time may have changed something.
    Tick,
    /// A site was reported.
    Reported {
        /// Its wave.
        wave: u32,
        /// What was known before.
        from: Option<Outcome>,
        /// What is known now.
        to: Outcome,
    },
    /// So many sites of a wave are ordered and silent now.
    Silence {
        /// Wave.
        wave: u32,
        /// How many.
        silent: u32,
    },
    /// A person stops it.
    Hold,
    /// A person lets it go on; what failed so far was seen.
    Resume,
    /// A person leaves a site out.
    Skip {
        /// Its wave.
        wave: u32,
        /// What was known before.
        from: Option<Outcome>,
    },
    /// A person has a site tried again.
    Retry {
        /// Its wave.
        wave: u32,
        /// What was known before.
        from: Option<Outcome>,
        /// An order to it is under way, or none could go to it. A site that got none, because it
        /// had no agent when its wave began, may get one now.
        ordered: bool,
    },
    /// A person rolls sites back.
    RollBack,
    /// A person lets automation go on after a way back.
    Lift,
    /// The release is over.
    End,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The sites of this wave get their orders.
    StartWave(u32),
    /// No order is handed out any more.
    Withhold,
    /// Orders are handed out again.
    Offer,
    /// The site gets a new order.
    OrderAgain,
    /// It is over.
    Finish,
}

/// The next rollout, and what has to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The rollout afterwards.
    pub rollout: Rollout,
    /// What has to be done, in order.
    pub effects: Vec<Effect>,
}

/// Why a rollout stopped itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// `failed` or `silent`.
    pub code: Code,
    /// Wave.
    pub wave: u32,
    /// Sites that failed, or are silent.
    pub sites: u32,
    /// Sites of the wave.
    pub total: u32,
    /// Above this share it halts, in percent.
    pub limit: u8,
}

/// What happens if nobody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// Nothing: it is over.
    Nothing,
    /// Sites that have not begun keep what they have; whoever has begun comes to an end.
    Stays {
        /// Sites that keep the version they have.
        keep: u32,
    },
    /// The next wave begins by itself.
    NextWave {
        /// Wave.
        wave: u32,
        /// Not before.
        at: Timestamp,
        /// Sites of it.
        sites: u32,
    },
    /// Sites of the wave that is under way are waited for.
    Waits {
        /// Wave.
        wave: u32,
        /// Sites without an outcome.
        open: u32,
    },
    /// Sites that failed or are silent need somebody; nothing else is left.
    Left {
        /// How many.
        sites: u32,
    },
}

/// Why a person's order is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is over.
    #[error("the rollout is over; nothing changes any more")]
    Over,
    /// It stands still already.
    #[error("the rollout stands still already; resume it, or roll back")]
    Stands,
    /// It does not stand still.
    #[error("the rollout is under way; there is nothing to resume")]
    Moves,
    /// A way back holds it.
    #[error("somebody rolled sites back; lift that first, with a reason")]
    MustLift,
    /// The release itself is held.
    #[error("the release is held; let the release go on first")]
    ReleaseHeld,
    /// No way back holds it.
    #[error("nobody rolled anything back here; there is nothing to lift")]
    NothingToLift,
    /// No such wave.
    #[error("the rollout has no such wave; look at its preview")]
    UnknownWave,
    /// The version runs there.
    #[error("the version runs at this site already; roll the site back instead")]
    Installed,
    /// The site's wave has not begun.
    #[error("the wave of this site has not begun; it gets its order then")]
    NotBegun,
    /// The site is being worked on.
    #[error("this site has not failed; it can be tried again only after it has")]
    NotFailed,
}

impl Refusal {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Refusal::Over => "rollout_over",
            Refusal::Stands => "rollout_stands",
            Refusal::Moves => "rollout_moves",
            Refusal::MustLift => "rollout_must_lift",
            Refusal::ReleaseHeld => "rollout_release_held",
            Refusal::NothingToLift => "rollout_nothing_to_lift",
            Refusal::UnknownWave => "rollout_wave_unknown",
            Refusal::Installed => "rollout_installed",
            Refusal::NotBegun => "rollout_not_begun",
            Refusal::NotFailed => "rollout_not_failed",
        }
    }
}
