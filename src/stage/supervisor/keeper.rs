//! The keeper, as the supervisor holds it: a process that leads the program's group and has the
//! lifeline (`child` is what runs in it).

use crate::stage::child::child_keeper;
use crate::stage::sys::{self, Forked};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// `__WALL`: waits also for a child whose end raises no signal.
const WALL: u32 = 0x4000_0000;

/// A keeper, which only its pidfd reaps.
pub(super) struct Keeper {
    pub(super) pid: Pid,
    pub(super) pidfd: OwnedFd,
}

impl Keeper {
    /// Forks a keeper, which leads a group of its own or joins `group`, and waits until it holds
    /// the lifeline.
    pub(super) fn start(lifeline: &OwnedFd, group: Option<Pid>) -> io::Result<Keeper> {
        let (ready, ready_end) = pipe_with(PipeFlags::CLOEXEC)?;
        let pid = match sys::fork_unseen()? {
            Forked::Child => child_keeper(lifeline.as_fd(), ready_end.as_fd(), group),
            Forked::Parent(pid) => pid,
        };
        drop(ready_end);
        let keeper = Keeper {
            pid,
            pidfd: pidfd_open(pid, PidfdFlags::empty())?,
        };
        let stands = rustix::io::retry_on_intr(|| rustix::io::read(&ready, &mut [0; 1]))?;
        if stands == 0 {
            keeper.end();
            return Err(rustix::io::Errno::PIPE.into());
        }
        Ok(keeper)
    }

    /// Kills and reaps it.
    pub(super) fn end(&self) {
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
        let options = WaitIdOptions::EXITED | WaitIdOptions::from_bits_retain(WALL);
        let _ = rustix::io::retry_on_intr(|| waitid(WaitId::PidFd(self.pidfd.as_fd()), options));
    }
}
