//! mpviz's end of both nets: the supervisor, the control socket, the lifeline.
//!
//! Invariant: when a [`Net`] is dropped, on whatever way, nothing of its run lives any more and
//! mpviz has reaped what it adopted. Processes that mpviz started for other reasons are told from
//! adopted ones by their session: the supervisor began one of its own.

use super::tree;
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions};
use std::collections::BTreeSet;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often it is looked whether all are gone.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// How many looks: after that, what still lives can't be killed.
const LOOKS_MAX: usize = 5_000;

/// The supervisors that have a run. What they have adopted is theirs.
static SUPERVISORS: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn supervisors() -> MutexGuard<'static, BTreeSet<u32>> {
    SUPERVISORS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What holds a run's processes.
#[derive(Debug)]
pub(super) struct Net {
    supervisor: Child,
    pidfd: OwnedFd,
    control: OwnedFd,
    /// The one write end. Nobody writes into it; that it closes is what counts.
    lifeline: Option<OwnedFd>,
    is_cut: bool,
}

impl Net {
    /// Takes the supervisor over.
    pub(super) fn new(supervisor: Child, control: OwnedFd, lifeline: OwnedFd) -> io::Result<Net> {
        supervisors().insert(supervisor.id());
        let pidfd = open_pidfd(supervisor.id());
        match pidfd {
            Ok(pidfd) => Ok(Net {
                supervisor,
                pidfd,
                control,
                lifeline: Some(lifeline),
                is_cut: false,
            }),
            Err(error) => {
                // It has not been told anything yet, and ends when its socket closes.
                let mut supervisor = supervisor;
                let _ = supervisor.kill();
                let _ = supervisor.wait();
                supervisors().remove(&supervisor.id());
                Err(error)
            }
        }
    }

    /// Returns the supervisor's pid.
    pub(super) fn pid(&self) -> u32 {
        self.supervisor.id()
    }

    /// Returns what tells that the supervisor has ended.
    pub(super) fn pidfd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// Returns the control socket.
    pub(super) fn control(&self) -> BorrowedFd<'_> {
        self.control.as_fd()
    }

    /// Kills the supervisor, however it is.
    pub(super) fn kill_supervisor(&self) {
        // It may have ended by itself.
        let _ = rustix::process::pidfd_send_signal(&self.pidfd, Signal::KILL);
    }

    /// Ends all that is left of the run, and reaps it; `reaped` is told each pid and status.
    /// Returns whether nothing is left.
    pub(super) fn cut(&mut self, mut reaped: impl FnMut(u32, i32)) -> bool {
        if self.is_cut {
            return true;
        }
        self.kill_supervisor();
        // The kernel kills the group now, before the supervisor's children become ours.
        self.lifeline = None;
        let _ = self.supervisor.wait();
        supervisors().remove(&self.supervisor.id());
        let own_group = nix::unistd::getpgrp().as_raw().cast_unsigned();
        let nobody_left = (0..LOOKS_MAX).any(|_| {
            // Who was adopted a moment ago is killed before it can fork again: no look at the
            // whole machine, which takes as long as a short life.
            for _ in 0..32 {
                let strays = strays();
                if strays.is_empty() {
                    return true;
                }
                tree::kill_children(&strays);
                for pid in strays {
                    if let Some(status) = reap(pid) {
                        reaped(pid, status);
                    }
                }
            }
            tree::kill(&strays(), own_group);
            std::thread::sleep(LOOK_EVERY);
            false
        });
        self.is_cut = nobody_left;
        nobody_left
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.cut(|_, _| {});
    }
}

/// Returns a pidfd of a child that was not reaped, so it is no other process's.
fn open_pidfd(pid: u32) -> io::Result<OwnedFd> {
    let pid = tree::pid_of(pid).ok_or(rustix::io::Errno::SRCH)?;
    Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}

/// Returns the children of mpviz that came to it by a supervisor's death.
fn strays() -> Vec<u32> {
    // It is 0 where its leader stands outside of the pid namespace, as in many a container, and
    // so may the group's number be; rustix knows no such pid.
    let own_session = nix::unistd::getsid(None).map_or(0, |sid| sid.as_raw().cast_unsigned());
    let supervisors = supervisors().clone();
    let children = tree::children_of(std::process::id());
    let is_stray = |pid: &u32| {
        !supervisors.contains(pid)
            && super::kernel::stat(*pid).is_some_and(|stat| stat.session != own_session)
    };
    children.into_iter().filter(is_stray).collect()
}

/// Reaps a child if it has ended; returns its status as `wait` tells it.
fn reap(pid: u32) -> Option<i32> {
    let pid: Pid = tree::pid_of(pid)?;
    // A look first: `waitpid` would take it for gone if another thread were to reap it.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    rustix::process::waitid(WaitId::Pid(pid), options).ok()??;
    let (_, status) = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG).ok()??;
    Some(status.as_raw())
}
