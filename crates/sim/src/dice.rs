//! Randomness that is the same in every run.

/// A row of numbers that its seed decides (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed ^ 0x5EED_0F0A_D800)
    }

    /// Other dice, decided by these.
    pub fn split(&mut self) -> Dice {
        Dice(self.next())
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

    /// A time from `from` on, shorter than `until`, in milliseconds.
    pub fn span(&mut self, from: i64, until: i64) -> i64 {
        from + self.below((until - from).max(1) as u64) as i64
    }

    /// True in so many of a thousand.
    pub fn hits(&mut self, of_thousand: u64) -> bool {
        self.below(1000) < of_thousand
    }

    /// One of a list.
    pub fn one<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        if list.is_empty() { None } else { list.get(self.below(list.len() as u64) as usize) }
    }
}
