//! How often it is looked who is there.
//!
//! Invariant: looking stays below 1 % of a core. While processes come, it is looked every few
//! milliseconds; the rest of the time the question is only whether the machine has a newer pid, or
//! another number of processes.

use crate::channel::clock;
use crate::stage::kernel::{self, Population};
use std::fs::File;
use std::os::fd::AsFd;

/// How often it is looked while processes come, in ns.
const EVERY: u64 = 4_000_000;
/// How often otherwise, in ns.
const CALM: u64 = 25_000_000;
/// So long after the last new one processes are said to come, in ns.
const COMING: u64 = 500_000_000;
/// How often it is looked although the machine's processes seem the same, in ns.
const AT_LEAST: u64 = 100_000_000;
/// A look may take this share of the time until the next: half of what all may take,
/// because waking up costs too.
const SHARE: u64 = 200;

pub(super) struct Pace {
    due: u64,
    /// When somebody was found.
    found: u64,
    /// When the children were asked for.
    searched: u64,
    /// The machine's processes at that time.
    machine: Population,
    /// `/proc/loadavg`; without it every look is a search.
    loadavg: Option<File>,
}

impl Pace {
    pub(super) fn new() -> Pace {
        Pace {
            due: 0,
            found: clock::monotonic(),
            searched: 0,
            machine: Population::default(),
            loadavg: File::open("/proc/loadavg").ok(),
        }
    }

    /// Returns when the next look is due.
    pub(super) fn due(&self) -> u64 {
        self.due
    }

    /// Returns whether it is time for a look.
    pub(super) fn begins(&self) -> bool {
        clock::monotonic() >= self.due
    }

    /// Returns whether a search may find something, and takes it for done.
    pub(super) fn is_promising(&mut self, now: u64) -> bool {
        let loadavg = self.loadavg.as_ref();
        let machine = loadavg.and_then(|file| kernel::population_by(file.as_fd()));
        let machine = machine.unwrap_or_default();
        let is_same = machine == self.machine && machine != Population::default();
        if is_same && now.saturating_sub(self.searched) < AT_LEAST {
            return false;
        }
        self.machine = machine;
        self.searched = now;
        true
    }

    /// Somebody was found.
    pub(super) fn found(&mut self) {
        self.found = clock::monotonic();
    }

    /// Somebody has ended: the next look is a search, and it is due.
    pub(super) fn hurry(&mut self) {
        self.due = self.due.min(clock::monotonic() + EVERY);
        self.searched = 0;
    }

    /// A look is over, and took so much CPU time.
    pub(super) fn ends(&mut self, cost: u64) {
        let now = clock::monotonic();
        let is_coming = now.saturating_sub(self.found) < COMING;
        let every = if is_coming { EVERY } else { CALM };
        self.due = now + every.max(cost.saturating_mul(SHARE));
    }
}
