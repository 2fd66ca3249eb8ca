//! Python's resource trackers, at the end of a run.
//!
//! A start method other than fork gives semaphores and shared memory names, which stay in `/dev/shm`
//! when their processes are killed. Python has a process for that: once nobody has the other end of its
//! pipe any more it removes what is left, and ends. So it is killed last, and has a moment for it.

use super::{Supervisor, timespec};
use crate::stage::control::{Word, tell};
use crate::stage::kernel::Stat;
use crate::stage::tree::{self, number_of};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Signal, getpid, kill_process};
use std::os::fd::AsFd;
use std::time::Duration;

/// So long trackers have when everybody else has been killed, in ns. They are done in some 30 ms; one
/// that has only just been started, on a machine with much else to do, takes half a second. The watcher
/// is told, which gives a supervisor less than that to end a run.
const CLEAN_UP_WITHIN: u64 = 5_000_000_000;

impl Supervisor<'_> {
    /// Kills everybody but trackers, if there are any, and waits until those have ended.
    pub(super) fn end_all_but_trackers(&mut self) {
        let own = number_of(getpid());
        let deadline = self.arena.now().0 + CLEAN_UP_WITHIN;
        // As orphans move while they are counted, two looks must agree that no tracker is there.
        let mut looks_without = 0;
        let mut is_told = false;
        while looks_without < 2 && self.arena.now().0 < deadline {
            let mut living = tree::descendants_of(own);
            living.retain(|p| !p.is_dead() && !self.reaper.keepers.contains(&p.pid));
            let (trackers, others): (Vec<Stat>, Vec<Stat>) =
                living.into_iter().partition(|p| tree::is_tracker(p.pid));
            if trackers.is_empty() {
                looks_without += 1;
                continue;
            }
            looks_without = 0;
            if !is_told {
                let within = CLEAN_UP_WITHIN;
                // If mpviz is gone nobody ends this sooner.
                let _ = tell(self.control.as_fd(), &Word::CleansUp { within }, &[]);
                is_told = true;
            }
            others.iter().for_each(tree::kill_same);
            // One that was stopped with its program would not see that it is alone.
            for pid in trackers.iter().filter_map(|p| tree::pid_of(p.pid)) {
                let _ = kill_process(pid, Signal::CONT);
            }
            self.reap();
            self.say_lines();
            let mut child = [PollFd::new(&self.signals, PollFlags::IN)];
            // Interrupted or not: the next round looks.
            let _ = poll(&mut child, Some(&timespec(Duration::from_millis(2))));
            while let Ok(Some(_)) = self.signals.read_signal() {}
        }
    }
}
