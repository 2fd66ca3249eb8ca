//! Who this process is, and who its parent was.

use super::super::error::{Error, Result};
use super::super::fork::ForkSpec;
use super::super::fork_local::ForkLocal;
use super::super::time::Deadline;
use super::super::{io, probe};
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Kind};
use rustix::process::{Pid, PidfdFlags};
use serde::{Deserialize, Serialize};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::Location;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Who this process is.
static CURRENT: ForkLocal<OnceLock<Identity>> = ForkLocal::new(OnceLock::new);

pub(super) struct Identity {
    pub(super) name: String,
    /// The numbers in the default name: `Process-1:2` is the second child of the first.
    pub(super) numbers: Vec<u32>,
    pub(super) daemon: bool,
    /// How many process objects were made in this process.
    pub(super) made: AtomicU32,
    parent: Option<Parent>,
}

/// The process that started this one.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Parent {
    name: String,
    pid: u32,
    actor: ActorId,
}

pub(super) fn identity() -> &'static Identity {
    CURRENT.get().get_or_init(|| Identity {
        name: "MainProcess".to_owned(),
        numbers: Vec::new(),
        daemon: false,
        made: AtomicU32::new(0),
        parent: None,
    })
}

impl Identity {
    /// Returns the numbers of the next child.
    pub(super) fn next_numbers(&self) -> Vec<u32> {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        self.numbers.iter().copied().chain([number]).collect()
    }
}

/// What a process knows of itself or tells of another.
///
/// ```
/// use mpviz::runtime::{current_process, getpid};
///
/// let me = current_process();
/// assert_eq!(me.name, "MainProcess");
/// assert_eq!(me.pid, Some(getpid()));
/// assert!(!me.daemon);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessInfo {
    /// Its name.
    pub name: String,
    /// Its pid, once it has one.
    pub pid: Option<u32>,
    /// Whether it ends with its parent.
    pub daemon: bool,
}

/// Returns who this process is: `multiprocessing.current_process()`.
///
/// It is a description, not a handle: what CPython's object can beyond that is about other
/// processes. A process can't rename itself here.
///
/// ```
/// assert_eq!(mpviz::runtime::current_process().name, "MainProcess");
/// ```
pub fn current_process() -> ProcessInfo {
    let me = identity();
    ProcessInfo {
        name: me.name.clone(),
        pid: Some(getpid()),
        daemon: me.daemon,
    }
}

/// Returns this process's pid: `os.getpid()`.
pub fn getpid() -> u32 {
    std::process::id()
}

/// Returns the pid of this process's parent: `os.getppid()`. It changes when the parent ends.
pub fn getppid() -> u32 {
    rustix::process::getppid().map_or(0, |pid| Pid::as_raw(Some(pid)).cast_unsigned())
}

/// What a child learns about itself at its start, put together by its parent.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::runtime) struct Parentage {
    name: String,
    numbers: Vec<u32>,
    daemon: bool,
    parent: Parent,
}

impl Parentage {
    /// Returns what a child of this process will be.
    pub(in crate::runtime) fn of_child(spec: &ForkSpec) -> Parentage {
        Parentage {
            name: spec.name.to_string(),
            numbers: spec.numbers.clone(),
            daemon: spec.daemon,
            parent: Parent {
                name: identity().name.clone(),
                pid: getpid(),
                actor: probe::process(),
            },
        }
    }

    /// Makes a child who it is.
    pub(in crate::runtime) fn child_begin(self) {
        let _ = CURRENT.get().set(Identity {
            name: self.name,
            numbers: self.numbers,
            daemon: self.daemon,
            made: AtomicU32::new(0),
            parent: Some(self.parent),
        });
    }
}

/// The process that started this one, as its child knows it: what
/// `multiprocessing.parent_process()` returns.
///
/// ```
/// use mpviz::runtime::{Process, Result, parent_process};
///
/// # fn main() -> Result<()> {
/// assert!(parent_process().is_none());
/// let child = Process::new().start(|| -> Result<()> {
///     let parent = parent_process().expect("a child has a parent");
///     assert_eq!(parent.name(), "MainProcess");
///     assert!(parent.is_alive()?);
///     Ok(())
/// })?;
/// child.join()?;
/// assert_eq!(child.exitcode()?, Some(0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ParentProcess {
    name: String,
    pid: u32,
    actor: ActorId,
    /// `None` if it had ended before it was asked after.
    pidfd: Option<OwnedFd>,
}

/// Returns the process that started this one: `multiprocessing.parent_process()`. MainProcess has
/// none.
pub fn parent_process() -> Option<ParentProcess> {
    let Parent { name, pid, actor } = identity().parent.clone()?;
    // A pid is used again, but not while the kernel calls it our parent's: asked after the pidfd
    // was opened, that shows the pidfd to be the parent's.
    let raw = Pid::from_raw(pid.cast_signed());
    let pidfd = raw.and_then(|raw| rustix::process::pidfd_open(raw, PidfdFlags::empty()).ok());
    let pidfd = pidfd.filter(|_| getppid() == pid);
    Some(ParentProcess {
        name,
        pid,
        actor,
        pidfd,
    })
}

impl ParentProcess {
    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its pid, which may be another process's by now if it has ended.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns whether it has not ended.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the kernel can't tell.
    pub fn is_alive(&self) -> Result<bool> {
        self.ended_by(Deadline::after(Some(Duration::ZERO)))
            .map(|ended| !ended)
    }

    /// Waits until it has ended. Its exit code is nobody's but its parent's.
    ///
    /// # Errors
    ///
    /// As [`ParentProcess::is_alive`].
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.wait(Deadline::NEVER)
    }

    /// Waits until it has ended or the time is over: see [`ParentProcess::is_alive`] for which.
    ///
    /// # Errors
    ///
    /// As [`ParentProcess::is_alive`].
    #[track_caller]
    pub fn join_timeout(&self, timeout: Duration) -> Result<()> {
        probe::enter(Location::caller());
        self.wait(Deadline::after(Some(timeout)))
    }

    /// Returns a descriptor that is readable once it has ended, for [`wait`](crate::runtime::wait).
    ///
    /// # Errors
    ///
    /// [`Error::System`] if it had ended before [`parent_process`] was called: there is nothing to
    /// wait for then. CPython's is there even then.
    pub fn sentinel(&self) -> Result<BorrowedFd<'_>> {
        let gone = || {
            let attempt = format!("cannot watch process {}", self.pid);
            Error::system(attempt, rustix::io::Errno::SRCH)
        };
        self.pidfd.as_ref().map(AsFd::as_fd).ok_or_else(gone)
    }

    fn ended_by(&self, deadline: Deadline) -> Result<bool> {
        match &self.pidfd {
            Some(pidfd) => io::wait_readable(pidfd, deadline),
            None => Ok(true),
        }
    }

    fn wait(&self, deadline: Deadline) -> Result<()> {
        if deadline.is_over() || !self.is_alive()? {
            return Ok(());
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Join,
            object: None,
            on: Some(self.actor),
            timeout: deadline.left().map(Into::into),
        });
        let ended = self.ended_by(deadline);
        let outcome = match ended {
            Ok(true) => Outcome::Done,
            Ok(false) => Outcome::TimedOut,
            Err(_) => Outcome::Failed,
        };
        let waker = (outcome == Outcome::Done).then_some(self.actor);
        probe::say(|| Kind::Unblocked { outcome, waker });
        ended.map(|_| ())
    }
}
