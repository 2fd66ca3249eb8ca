//! A child as its parent knows it: how it is watched, reaped, waited for and signalled.
//!
//! Every child has a pidfd, so a signal never meets another process that has got its pid, and a
//! wait for it is a wait for a descriptor.

use super::super::error::{Error, Result};
use super::super::fork_local::ForkLocal;
use super::super::time::Deadline;
use super::super::{io, probe, sys};
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Kind};
use rustix::process::{Pid, PidfdFlags, Signal};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// This process's children that nobody has reaped yet.
static CHILDREN: ForkLocal<Mutex<Vec<Arc<Child>>>> = ForkLocal::new(Default::default);

/// A process that was started, as its parent knows it.
#[derive(Debug)]
pub(in crate::runtime) struct Child {
    pub(in crate::runtime) actor: ActorId,
    pub(in crate::runtime) pid: u32,
    /// Its name at its start; empty where nobody asks.
    pub(super) name: String,
    pub(super) daemon: bool,
    /// Whether it is another program, whose output the stage captures.
    is_program: bool,
    /// Readable once the process has ended: CPython's `sentinel`.
    pub(in crate::runtime) pidfd: OwnedFd,
    /// Whether its process object was closed.
    pub(super) closed: AtomicBool,
    end: Mutex<Option<End>>,
}

/// How a child ended: its exit code, −N for signal N.
#[derive(Clone, Copy, Debug)]
struct End {
    code: i32,
}

impl Child {
    /// Takes charge of a process that was just made.
    pub(super) fn adopt(actor: ActorId, pid: u32, name: &str, daemon: bool) -> Result<Arc<Child>> {
        let mut child = Child::open(actor, pid)?;
        child.name = name.to_owned();
        child.daemon = daemon;
        let child = Arc::new(child);
        list().push(Arc::clone(&child));
        Ok(child)
    }

    /// Opens a pidfd for a child. Until it is reaped its pid names no other.
    pub(super) fn watch(actor: ActorId, pid: u32) -> Result<Arc<Child>> {
        Ok(Arc::new(Child::open(actor, pid)?))
    }

    /// As [`Child::watch`], of a child that has become another program.
    pub(in crate::runtime) fn watch_program(actor: ActorId, pid: u32) -> Result<Arc<Child>> {
        let mut child = Child::open(actor, pid)?;
        child.is_program = true;
        Ok(Arc::new(child))
    }

    fn open(actor: ActorId, pid: u32) -> Result<Child> {
        let attempt = || format!("cannot watch process {pid}");
        let raw = Pid::from_raw(pid.cast_signed())
            .ok_or_else(|| Error::system(attempt(), std::io::ErrorKind::InvalidInput))?;
        let pidfd = rustix::process::pidfd_open(raw, PidfdFlags::empty())
            .map_err(|error| Error::system(attempt(), error))?;
        Ok(Child {
            actor,
            pid,
            name: String::new(),
            daemon: false,
            is_program: false,
            pidfd,
            closed: AtomicBool::new(false),
            end: Mutex::new(None),
        })
    }

    /// Reaps it if it has ended; returns its exit code then.
    pub(in crate::runtime) fn poll(&self) -> Result<Option<i32>> {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(End { code }) = *end {
            return Ok(Some(code));
        }
        match sys::wait_child(self.pid) {
            Ok(None) => Ok(None),
            Ok(Some(code)) => {
                *end = Some(End { code });
                if self.is_program {
                    probe::flush_captured();
                }
                self.tell_reaped(code);
                self.leave();
                Ok(Some(code))
            }
            Err(error) => {
                self.leave();
                Err(Error::system(
                    format!("cannot wait for process {}", self.pid),
                    error,
                ))
            }
        }
    }

    /// Returns the exit code if it was known before: for a process that is not its parent, which
    /// must not wait for a lock that its parent may have held at the fork.
    pub(in crate::runtime) fn known_code(&self) -> Option<i32> {
        let end = self.end.try_lock().ok()?;
        end.map(|End { code }| code)
    }

    fn tell_reaped(&self, code: i32) {
        let (child, code) = (self.actor, Some(code));
        probe::say_about(child, || Kind::ProcessExited { code });
        probe::say(|| Kind::ProcessReaped { child, code });
    }

    fn leave(&self) {
        list().retain(|child| child.pid != self.pid);
    }

    /// Waits until it has ended and reaps it; returns its exit code, `None` if the time was over.
    pub(in crate::runtime) fn wait(
        &self,
        operation: Operation,
        deadline: Deadline,
    ) -> Result<Option<i32>> {
        let ended = self.poll();
        if !matches!(ended, Ok(None)) || deadline.is_over() {
            return ended;
        }
        probe::say(|| Kind::Blocked {
            operation,
            object: None,
            on: Some(self.actor),
            timeout: deadline.left().map(Into::into),
        });
        let ended = io::wait_readable(&self.pidfd, deadline).and_then(|_| self.poll());
        let outcome = match &ended {
            Ok(Some(_)) => Outcome::Done,
            Ok(None) => Outcome::TimedOut,
            Err(_) => Outcome::Failed,
        };
        let waker = (outcome == Outcome::Done).then_some(self.actor);
        probe::say(|| Kind::Unblocked { outcome, waker });
        ended
    }

    /// Sends it a signal, unless it has ended.
    pub(in crate::runtime) fn signal(&self, signal: Signal) -> Result<()> {
        if self.poll()?.is_some() {
            return Ok(());
        }
        self.signal_unreaped(signal)
    }

    /// Sends it a signal, whoever its parent is. If it has ended, nothing happens.
    pub(super) fn signal_unreaped(&self, signal: Signal) -> Result<()> {
        probe::say(|| Kind::SignalSent {
            to: self.actor,
            signal: signal.as_raw(),
        });
        match rustix::process::pidfd_send_signal(&self.pidfd, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(Error::system(
                format!("cannot signal process {}", self.pid),
                error,
            )),
        }
    }
}

fn list() -> MutexGuard<'static, Vec<Arc<Child>>> {
    CHILDREN
        .get()
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Returns the child whose sentinel a descriptor is, if nobody has reaped it.
pub(in crate::runtime) fn of_sentinel(fd: BorrowedFd<'_>) -> Option<ActorId> {
    let children = list();
    let mut children = children.iter();
    let child = children.find(|child| child.pidfd.as_raw_fd() == fd.as_raw_fd());
    child.map(|child| child.actor)
}

/// Reaps every child that has ended, as each start does; returns the others.
pub(super) fn living() -> Vec<Arc<Child>> {
    let children = list().clone();
    // One that somebody else has reaped leaves the list, and is nobody's child any more.
    let mut living = children;
    living.retain(|child| matches!(child.poll(), Ok(None)));
    living
}

/// Ends this process's children at its own end: daemonic ones by SIGTERM, then joins all.
pub(in crate::runtime) fn end_children() {
    let children = list().clone();
    for child in children.iter().filter(|child| child.daemon) {
        let _ = child.signal(Signal::TERM);
    }
    for child in children {
        let _ = child.wait(Operation::Join, Deadline::NEVER);
    }
}
