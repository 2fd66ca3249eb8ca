//! Samples: what the kernel says of each process that is watched, now and then.
//!
//! Invariant: sampling stays below 1 % of a core, whatever comes. The time that a round took decides
//! when the next one may be; a quick round comes again after [`EVERY`], and later and later, up to
//! [`CALM`], while nothing is another than before. Who is new is looked at soon: of few all are then,
//! of a crowd the new ones alone, for a share of their own.

use super::ends::Ends;
use super::kernel::{self, code_of_status};
use super::sys;
use super::teller::Teller;
use super::tree;
use super::waits::Waits;
use crate::channel::{Arena, clock};
use crate::event::{ActorId, Kind, Span};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::PidfdFlags;
use std::collections::BTreeMap;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// How often processes are sampled at most, in ns.
const EVERY: u64 = 250_000_000;
/// How often they are sampled at least, in ns.
const CALM: u64 = 2_000_000_000;
/// How soon it is looked after something came, in ns.
const SOON: u64 = EVERY / 10;
/// A round of all may take this share of the time until the next,
const SHARE: u64 = 200;
/// and a look at new ones this share.
const NEW_SHARE: u64 = 500;
/// So many descriptors are left to the rest of mpviz.
const FDS_SPARED: u64 = 64;

/// A process that is watched.
pub(super) struct Watched {
    pub(super) actor: ActorId,
    pub(super) pidfd: OwnedFd,
    /// Its `stat`, which pins the identity.
    stat: OwnedFd,
    pid: u32,
    /// Whether it runs as our user, or we are root.
    is_ours: bool,
    /// Its `stat` when it was sampled last. Who has not run since says the same again, and is asked
    /// no more: of a crowd most sleep.
    seen: Vec<u8>,
    last: Option<Kind>,
    /// What it did when it was sampled last, and how many threads it had.
    state: u8,
    threads: u32,
}

/// How it is known that a process is of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Belongs {
    /// It lives below the supervisor that has this pid.
    Below(u32),
    /// It was found, and started then, in clock ticks since the machine did.
    Since(u64),
}

/// What else is looked at with a sample, and where it is said.
pub(super) struct Facts<'a> {
    pub(super) ends: &'a mut Ends,
    pub(super) waits: &'a mut Waits,
    pub(super) arena: &'a Arena,
    pub(super) tell: &'a mut Teller,
}

impl Watched {
    /// Opens what is needed to watch a process. `None` if it is gone, if the
    /// pid is another's by now, or if descriptors run short.
    pub(super) fn open(pid: u32, actor: ActorId, belongs: Belongs) -> Option<Watched> {
        let pidfd = rustix::process::pidfd_open(tree::pid_of(pid)?, PidfdFlags::empty()).ok()?;
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let number = u64::try_from(pidfd.as_raw_fd()).ok()?;
        if limit.is_some_and(|limit| number + FDS_SPARED > limit) {
            return None;
        }
        let stat = kernel::open(pid, "stat").ok()?;
        // Between the two opens the pid could have become another's; then the first is dead, and
        // the second is not.
        let has_ended = has_ended(pidfd.as_fd());
        let now = kernel::stat_by(stat.as_fd())?;
        if has_ended && !now.is_dead() {
            return None;
        }
        let is_it = match belongs {
            Belongs::Below(supervisor) => is_below(&now, supervisor),
            Belongs::Since(start) => now.start == start,
        };
        if !is_it {
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
            seen: Vec::new(),
            last: None,
            state: 0,
            threads: 0,
        })
    }

    /// Returns whether it can be waiting for one thing alone: it slept when it was sampled last,
    /// and has one thread.
    pub(super) fn may_wait(&self) -> bool {
        self.state == b'S' && self.threads == 1
    }

    /// Returns whether the kernel says that it is stopped.
    pub(super) fn is_stopped(&self) -> bool {
        let stat = kernel::stat_by(self.stat.as_fd());
        stat.is_some_and(|stat| stat.other_thread().unwrap_or(stat).state == b'T')
    }

    /// Returns whether it runs as our user, or we are root.
    pub(super) fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// Returns the exit code of a process that has ended, if the kernel tells it: as long as it is
    /// a zombie by its `stat`, after its reap by its pidfd.
    pub(super) fn code(&self) -> Option<i32> {
        // Asked before: the `stat` that is read after it says that the pid was still its own.
        let is_told = kernel::tells_status(self.pid).unwrap_or(self.is_ours);
        let zombie = kernel::stat_by(self.stat.as_fd()).filter(kernel::Stat::is_dead);
        match zombie {
            Some(stat) if is_told => Some(code_of_status(stat.status)),
            _ => sys::reaped_status(self.pidfd.as_fd())
                .ok()
                .flatten()
                .map(code_of_status),
        }
    }

    /// Tells what the kernel says, if that is another than the last time; returns whether it is.
    fn tell_sample(&mut self, tell: &mut Teller) -> bool {
        let sample = self.sample();
        let is_other = sample.is_some() && self.last != sample;
        if let Some(sample) = sample.filter(|_| is_other) {
            tell.say(self.actor, Some(ActorId::MPVIZ), sample.clone());
            self.last = Some(sample);
        }
        is_other
    }

    /// Returns what the kernel says, unless that is the same as the last time.
    fn sample(&mut self) -> Option<Kind> {
        let mut buffer = [0; 1024];
        let text = kernel::read(self.stat.as_fd(), &mut buffer).ok()?;
        if text == self.seen {
            return None;
        }
        let stat = kernel::Stat::parse(text).filter(|stat| !stat.is_dead())?;
        let other = stat.other_thread();
        let thread = other.unwrap_or(stat);
        (self.state, self.threads) = (thread.state, stat.threads);
        self.seen.clear();
        self.seen.extend_from_slice(text);
        let ticks = rustix::param::clock_ticks_per_second().max(1);
        let statm = match other {
            Some(thread) => format!("task/{}/statm", thread.pid),
            None => "statm".to_owned(),
        };
        let statm = kernel::open(self.pid, &statm).ok()?;
        let memory = kernel::anonymous_by(statm.as_fd())?;
        let schedstat = kernel::open(self.pid, "schedstat").ok();
        Some(Kind::Sampled {
            state: thread.kernel_state(),
            cpu: Span(stat.cpu_ticks.saturating_mul(1_000_000_000 / ticks)),
            memory,
            run_delay: schedstat.and_then(|fd| kernel::run_delay_by(fd.as_fd())),
        })
    }
}

/// Returns whether the process of a pidfd has ended.
pub(super) fn has_ended(pidfd: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(pidfd, PollFlags::IN)];
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
    /// Before this moment a round would take more than its share.
    rested: u64,
    /// Who was not looked at yet.
    new: Vec<u32>,
    new_due: u64,
    new_rested: u64,
}

impl Sampler {
    pub(super) fn new() -> Sampler {
        Sampler {
            due: u64::MAX,
            every: EVERY,
            rested: 0,
            new: Vec::new(),
            new_due: u64::MAX,
            new_rested: 0,
        }
    }

    /// Returns when the next look is due, by the clock.
    pub(super) fn due(&self) -> u64 {
        self.due.min(self.new_due)
    }

    /// Something has changed: the next look is soon, not at once.
    pub(super) fn hurry(&mut self) {
        let soon = clock::monotonic() + SOON;
        self.every = EVERY;
        self.due = self.due.min(soon.max(self.rested));
    }

    /// Somebody new is watched.
    pub(super) fn came(&mut self, pid: u32) {
        self.hurry();
        self.new.push(pid);
        let soon = clock::monotonic() + SOON;
        self.new_due = self.new_due.min(soon.max(self.new_rested));
    }

    /// Samples those whose time has come, and tells what is another than the last time.
    pub(super) fn sample(
        &mut self,
        now: u64,
        processes: &mut BTreeMap<u32, Watched>,
        facts: Facts<'_>,
    ) {
        if now >= self.due {
            self.sample_all(processes, facts);
        } else if now >= self.new_due {
            self.sample_new(processes, facts.tell);
        }
    }

    fn sample_new(&mut self, processes: &mut BTreeMap<u32, Watched>, tell: &mut Teller) {
        let before = clock::thread_cpu();
        for pid in self.new.drain(..) {
            if let Some(watched) = processes.get_mut(&pid) {
                watched.tell_sample(tell);
            }
        }
        let cost = clock::thread_cpu().saturating_sub(before);
        self.new_due = u64::MAX;
        self.new_rested = clock::monotonic() + cost.saturating_mul(NEW_SHARE);
    }

    fn sample_all(&mut self, processes: &mut BTreeMap<u32, Watched>, facts: Facts<'_>) {
        let Facts {
            ends,
            waits,
            arena,
            tell,
        } = facts;
        let before = clock::thread_cpu();
        let mut is_calm = true;
        for watched in processes.values_mut() {
            is_calm &= !watched.tell_sample(tell);
        }
        self.new.clear();
        self.new_due = u64::MAX;
        self.every = if is_calm {
            (self.every * 2).min(CALM)
        } else {
            EVERY
        };
        let aside = ends.sample(processes, arena, tell);
        waits.look(processes, ends, tell);
        let cost = clock::thread_cpu().saturating_sub(before);
        let cost = cost.saturating_sub(aside);
        let now = clock::monotonic();
        self.rested = now + cost.saturating_mul(SHARE);
        self.due = match processes.len() {
            0 => u64::MAX,
            _ => self.rested.max(now + self.every),
        };
    }
}
