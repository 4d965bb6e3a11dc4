//! Rollouts under a seeded scheduler: the real decisions, sites that lose, double, delay and
//! reorder messages, that die and wake again, and clocks that jump. Checkers of their own look on.

mod check;
mod world;

pub use check::Broken;
pub use world::{Faults, Report, Twin, run};

/// Randomness that is the same in every run (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed ^ 0x5EED_0F0A_D800)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// True in so many of a thousand.
    pub fn hits(&mut self, of_thousand: u64) -> bool {
        self.below(1000) < of_thousand
    }
}

#[cfg(test)]
mod tests {
    use super::{Broken, Twin, run};

    // proves: S4h-06/U
    #[test]
    fn seeds_keep_every_promise_replay_exactly_and_broken_twins_are_caught() {
        for seed in 0..5 {
            let report = run(seed, Twin::Sound);
            assert_eq!(report.broken, [], "seed {seed}");
            assert!(report.events >= 5_000, "seed {seed}: {}", report.events);
            assert_eq!(run(seed, Twin::Sound), report, "seed {seed} replays");
        }
        let caught = |twin| (0..20).flat_map(move |seed| run(seed, twin).broken);
        assert!(caught(Twin::IgnoresHalt).any(|it| matches!(it, Broken::AfterHalt(_))));
        assert!(caught(Twin::CountsTwice).any(|it| matches!(it, Broken::Miscounted(_))));
    }
}
