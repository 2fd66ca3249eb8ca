//! Counts: the few numbers that are always shown.

/// How many there are at a moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Counts {
    /// Processes of the program that live.
    pub alive: u32,
    /// Processes of the program so far.
    pub processes: u32,
    /// Processes that have ended and were not reaped.
    pub zombies: u32,
    /// Living processes whose parent has ended.
    pub orphans: u32,
    /// Messages so far.
    pub messages: u64,
    /// Events that are missing so far.
    pub lost: u64,
}
