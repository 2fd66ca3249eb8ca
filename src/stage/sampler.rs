//! Samples: what the kernel says of each process that is watched, now and then.
//!
//! Invariant: sampling stays below 1 % of a core. The time that a round took decides when the
//! next one is; a quick round comes again after [`EVERY`], and later and later, up to [`CALM`],
//! while nothing is another than before.

use super::ends::Ends;
use super::kernel::{self, code_of_status};
use super::sys;
use super::teller::Teller;
use super::tree;
use crate::channel::{Arena, clock};
use crate::event::{ActorId, Kind, Span};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::PidfdFlags;
use std::collections::BTreeMap;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// How often processes are sampled at most, in ns.
const EVERY: u64 = 250_000_000;
/// How often they are sampled at least, in ns.
const CALM: u64 = 2_000_000_000;
/// A round may take this share of the time until the next.
const SHARE: u64 = 100;
/// So many descriptors are left to the rest of mpviz.
const FDS_SPARED: u64 = 64;

/// A process that is watched.
pub(super) struct Watched {
    pub(super) actor: ActorId,
    pub(super) pidfd: OwnedFd,
    /// Its `stat`, which pins the identity.
    stat: OwnedFd,
    pid: u32,
    /// Whether the kernel tells us its status: it runs as our user, or we are root.
    is_ours: bool,
    last: Option<Kind>,
}

impl Watched {
    /// Opens what is needed to watch a process below `supervisor`. `None` if it is gone, if the
    /// pid is another's by now, or if descriptors run short.
    pub(super) fn open(pid: u32, actor: ActorId, supervisor: u32) -> Option<Watched> {
        let pidfd = rustix::process::pidfd_open(tree::pid_of(pid)?, PidfdFlags::empty()).ok()?;
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let number = u64::try_from(pidfd.as_raw_fd()).ok()?;
        if limit.is_some_and(|limit| number + FDS_SPARED > limit) {
            return None;
        }
        let stat = kernel::open(pid, "stat").ok()?;
        // Between the two opens the pid could have become another's; then the first is dead, and
        // the second is not.
        let has_ended = has_ended(&pidfd);
        let now = kernel::stat_by(stat.as_fd())?;
        if has_ended && !now.is_dead() {
            return None;
        }
        if !is_below(&now, supervisor) {
            return None;
        }
        let us = rustix::process::geteuid();
        let owner = rustix::fs::fstat(&stat).ok()?.st_uid;
        Some(Watched {
            actor,
            pidfd,
            stat,
            pid,
            is_ours: us.is_root() || owner == us.as_raw(),
            last: None,
        })
    }

    /// Returns the exit code of a process that has ended, if the kernel tells it: as long as it is
    /// a zombie by its `stat`, after its reap by its pidfd.
    pub(super) fn code(&self) -> Option<i32> {
        let zombie = kernel::stat_by(self.stat.as_fd()).filter(kernel::Stat::is_dead);
        match zombie {
            Some(stat) if self.is_ours => Some(code_of_status(stat.status)),
            _ => sys::reaped_status(self.pidfd.as_fd())
                .ok()
                .flatten()
                .map(code_of_status),
        }
    }

    fn sample(&self) -> Option<Kind> {
        let stat = kernel::stat_by(self.stat.as_fd()).filter(|stat| !stat.is_dead())?;
        let ticks = rustix::param::clock_ticks_per_second().max(1);
        let statm = kernel::open(self.pid, "statm").ok()?;
        let memory = kernel::anonymous_by(statm.as_fd())?;
        let schedstat = kernel::open(self.pid, "schedstat").ok();
        Some(Kind::Sampled {
            state: stat.kernel_state(),
            cpu: Span(stat.cpu_ticks.saturating_mul(1_000_000_000 / ticks)),
            memory,
            run_delay: schedstat.and_then(|fd| kernel::run_delay_by(fd.as_fd())),
        })
    }
}

fn has_ended(pidfd: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(pidfd, PollFlags::IN)];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut fds, Some(&at_once)).is_ok_and(|count| count > 0)
}

/// Returns whether a process is below the supervisor: in its session, or by its parents.
fn is_below(process: &kernel::Stat, supervisor: u32) -> bool {
    let mut process = *process;
    // No tree of ours is deeper; and parents that end meanwhile do not lead us round.
    for _ in 0..64 {
        if process.session == supervisor || process.parent == supervisor {
            return true;
        }
        match kernel::stat(process.parent) {
            Some(parent) => process = parent,
            None => return false,
        }
    }
    false
}

/// Decides when to sample.
pub(super) struct Sampler {
    due: u64,
    /// How long after a round the next one is, in ns.
    every: u64,
}

impl Sampler {
    pub(super) fn new() -> Sampler {
        Sampler {
            due: u64::MAX,
            every: EVERY,
        }
    }

    /// Returns when the next round is due, by the clock.
    pub(super) fn due(&self) -> u64 {
        self.due
    }

    pub(super) fn is_due(&self, now: u64) -> bool {
        now >= self.due
    }

    /// Somebody new is watched: the first look is soon, not at once.
    pub(super) fn hurry(&mut self) {
        self.every = EVERY;
        self.due = self.due.min(clock::monotonic() + EVERY / 10);
    }

    /// Samples all, and tells what is another than the last time.
    pub(super) fn sample(
        &mut self,
        processes: &mut BTreeMap<u32, Watched>,
        ends: &mut Ends,
        arena: &Arena,
        tell: &mut Teller,
    ) {
        let before = clock::thread_cpu();
        let mut is_calm = true;
        for watched in processes.values_mut() {
            let Some(sample) = watched.sample() else {
                continue;
            };
            if watched.last.as_ref() != Some(&sample) {
                tell.say(watched.actor, Some(ActorId::MPVIZ), sample.clone());
                watched.last = Some(sample);
                is_calm = false;
            }
        }
        self.every = if is_calm {
            (self.every * 2).min(CALM)
        } else {
            EVERY
        };
        ends.sample(processes, arena, tell);
        let cost = clock::thread_cpu().saturating_sub(before);
        self.due = match processes.len() {
            0 => u64::MAX,
            _ => clock::monotonic() + self.every.max(cost.saturating_mul(SHARE)),
        };
    }
}
