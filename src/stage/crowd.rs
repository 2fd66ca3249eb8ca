//! How many processes of a run live, and whether that is too many.
//!
//! The machine's own count is one small file, read often; counting a run's processes is a look at
//! every process of the machine. So the first decides when to do the second, and as others come
//! and go too, the second is done now and then wherever a process was made at all, for less than
//! 0.2 % of a core.

use super::kernel::{self, Population};
use super::tree;
use crate::channel::clock;
use std::fs::File;
use std::os::fd::AsFd;

/// The least time between two counts that nothing has asked for, in ns.
const COUNT_EVERY: u64 = 1_000_000_000;
/// The time between two counts, in times of what a count costs.
const SHARE: u64 = 500;

/// What is known of the number of processes.
pub(super) struct Crowd {
    /// `/proc/loadavg`; without it every count is done that is due.
    loadavg: Option<File>,
    pub(super) live_max: usize,
    /// The machine's processes at the last count.
    machine: Population,
    /// The run's processes at the last count.
    live: usize,
    next: u64,
}

impl Crowd {
    pub(super) fn new(live_max: usize) -> Crowd {
        Crowd {
            loadavg: File::open("/proc/loadavg").ok(),
            live_max,
            machine: Population::default(),
            live: 0,
            next: clock::monotonic() + COUNT_EVERY,
        }
    }

    /// Returns how many processes live below a supervisor, if these are too many.
    pub(super) fn too_many(&mut self, supervisor: u32) -> Option<usize> {
        let loadavg = self.loadavg.as_ref();
        let machine = loadavg.and_then(|file| kernel::population_by(file.as_fd()));
        let machine = machine.unwrap_or_default();
        let may_be = machine.threads + self.live > self.machine.threads + self.live_max;
        let is_same = machine != Population::default() && machine.newest == self.machine.newest;
        if !may_be && (is_same || clock::monotonic() < self.next) {
            return None;
        }
        let before = clock::thread_cpu();
        let below = tree::descendants_of(supervisor);
        let live = below.iter().filter(|process| !process.is_dead()).count();
        let cost = clock::thread_cpu().saturating_sub(before);
        self.next = clock::monotonic() + COUNT_EVERY.max(cost.saturating_mul(SHARE));
        self.machine = machine;
        // One of them is the keeper.
        self.live = live.saturating_sub(1);
        (self.live > self.live_max).then_some(self.live)
    }
}
