//! `Process`: a function that runs in a process of its own.
//!
//! Here is the process object, and in `ending` how it ends. `child` is the process itself as its parent
//! knows it, `identity` who this process is, `bare` what there is beside `multiprocessing`: fork and
//! waitpid.

mod bare;
mod child;
mod ending;
mod identity;

pub use bare::{Fork, fork, waitpid};
pub(super) use child::{Child, end_children, of_sentinel};
pub(super) use identity::Parentage;
pub use identity::{ParentProcess, ProcessInfo, current_process, getpid, getppid, parent_process};

use super::context::{StartMethod, start_method};
use super::error::{Error, Result};
use super::exit::Target;
use super::fork::{self as forking, ForkSpec, Forked};
use super::probe;
use crate::event::words::Method;
use crate::event::{ActorId, Kind, Text};
use identity::identity;
use std::os::fd::{AsFd, BorrowedFd};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A function that runs in a process of its own: `multiprocessing.Process`.
///
/// The target is given to [`Process::start`], not to the constructor: a closure moves what it needs
/// into the child, so there are no `args`. Dropping the object changes nothing for the process; it
/// is joined when this process ends.
///
/// ```
/// use mpviz::runtime::{Process, Result};
///
/// # fn main() -> Result<()> {
/// let hello = Process::named("hello").start(|| println!("Hello from a child"))?;
/// hello.join()?;
/// assert_eq!(hello.exitcode()?, Some(0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Process {
    name: String,
    numbers: Vec<u32>,
    daemon: bool,
    actor: ActorId,
    maker: u32,
    child: Option<Arc<Child>>,
    /// Whether it was closed before it was started; once started, its child knows.
    closed: AtomicBool,
}

impl Default for Process {
    #[track_caller]
    fn default() -> Process {
        Process::new()
    }
}

impl Process {
    /// Makes a process with the default name, `Process-1` and so on; children of that one are
    /// `Process-1:1` and so on. Nothing runs yet.
    #[track_caller]
    pub fn new() -> Process {
        probe::enter(Location::caller());
        Process::make(None, "Process", identity().daemon)
    }

    /// Makes a process with a name. Nothing runs yet.
    #[track_caller]
    pub fn named(name: &str) -> Process {
        probe::enter(Location::caller());
        Process::make(Some(name), "", identity().daemon)
    }

    /// Makes a process; a worker of a pool has another default name and is daemonic.
    pub(super) fn make(name: Option<&str>, prefix: &str, daemon: bool) -> Process {
        let numbers = identity().next_numbers();
        let default = || {
            let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
            format!("{prefix}-{}", numbers.join(":"))
        };
        let name = name.map_or_else(default, str::to_owned);
        let actor = probe::next_actor();
        probe::say(|| Kind::ProcessCreated {
            child: actor,
            name: Text::from(&name),
            daemon,
        });
        Process {
            name,
            numbers,
            daemon,
            actor,
            maker: getpid(),
            child: None,
            closed: AtomicBool::new(false),
        }
    }

    /// Sets whether it ends with its parent, which otherwise joins it at its own end. A process is
    /// made as daemonic as its maker. On one that was started this does nothing; see
    /// [`Process::set_daemon`].
    #[must_use]
    pub fn daemon(mut self, daemon: bool) -> Process {
        let _ = self.set_daemon(daemon);
        self
    }

    /// Sets whether it ends with its parent: `process.daemon = …`.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] (AssertionError) once it was started.
    ///
    /// ```
    /// use mpviz::runtime::{Process, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let mut process = Process::new();
    /// process.set_daemon(true)?;
    /// assert!(process.is_daemon());
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_daemon(&mut self, daemon: bool) -> Result<()> {
        if self.child.is_some() && !self.is_closed() {
            return Err(Error::Misuse("process has already started".into()));
        }
        self.daemon = daemon;
        Ok(())
    }

    /// Returns whether it ends with its parent. Answers after [`Process::close`], too.
    pub fn is_daemon(&self) -> bool {
        self.daemon
    }

    /// Starts it: forks, and runs `target` in the child.
    ///
    /// An `Err` or a panic of the target is printed to stderr and gives exit code 1. The child ends
    /// as soon as its target has returned: threads that it made are not waited for, while CPython
    /// joins those that are not daemonic.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] (AssertionError) if it was started before, if this process is daemonic, or
    /// if the object was made by another process; [`Error::NotSpawnable`] (PicklingError) if the
    /// start method is `spawn`, for a closure can't be found in a program run anew;
    /// [`Error::ClosedProcess`] after
    /// [`Process::close`]; [`Error::System`] if the system has no process left.
    #[track_caller]
    pub fn start<T: Target>(self, target: impl FnOnce() -> T) -> Result<Process> {
        probe::enter(Location::caller());
        self.check_startable()?;
        if start_method() == StartMethod::Spawn {
            return Err(Error::NotSpawnable {
                target: std::any::type_name_of_val(&target).to_owned(),
                reason: "a closure needs a fork; the start method is `spawn`: use `Process::spawn`",
            });
        }
        self.launch(target)
    }

    /// Checks that it may be started here.
    pub(super) fn check_startable(&self) -> Result<()> {
        self.check_open()?;
        if self.child.is_some() {
            return Err(Error::Misuse("cannot start a process twice".into()));
        }
        if self.maker == getpid() && identity().daemon {
            return Err(Error::Misuse(
                "daemonic processes are not allowed to have children".into(),
            ));
        }
        Ok(())
    }

    /// Starts it by a fork, whoever this process is.
    pub(super) fn launch<T: Target>(self, target: impl FnOnce() -> T) -> Result<Process> {
        self.begin(Method::Fork, |spec| match forking::fork(spec)? {
            Forked::Child => forking::run_child(target),
            Forked::Parent(pid) => Ok(pid),
        })
    }

    /// Starts it by `make`, which returns its pid.
    pub(super) fn begin(
        mut self,
        method: Method,
        make: impl FnOnce(&ForkSpec) -> Result<u32>,
    ) -> Result<Process> {
        if self.maker != getpid() {
            return Err(Error::Misuse(
                "can only start a process object made by this process".into(),
            ));
        }
        drop(child::living());
        let spec = ForkSpec {
            actor: self.actor,
            name: Text::from(&self.name),
            numbers: self.numbers.clone(),
            method,
            daemon: self.daemon,
        };
        let pid = make(&spec)?;
        self.child = Some(Child::adopt(self.actor, pid, &self.name, self.daemon)?);
        Ok(self)
    }

    /// Returns its name. Answers after [`Process::close`], too.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives it another name: `process.name = …`. The process itself goes by the name that it was
    /// started with.
    ///
    /// ```
    /// use mpviz::runtime::Process;
    ///
    /// let mut process = Process::new();
    /// assert_eq!(process.name(), "Process-1");
    /// process.set_name("reader");
    /// assert_eq!(process.name(), "reader");
    /// ```
    pub fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    /// Returns its pid; `None` before it was started: `process.pid` and `process.ident`.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedProcess`] after [`Process::close`].
    pub fn pid(&self) -> Result<Option<u32>> {
        self.check_open()?;
        Ok(self.child.as_ref().map(|child| child.pid))
    }

    /// Returns a descriptor that is readable once it has ended, for [`wait`](super::wait) or a
    /// `poll` of one's own: `process.sentinel`. It is a pidfd.
    ///
    /// # Errors
    ///
    /// [`Error::State`] (ValueError) before it was started, [`Error::ClosedProcess`] after
    /// [`Process::close`].
    ///
    /// ```
    /// use mpviz::runtime::{Process, Result, wait};
    ///
    /// # fn main() -> Result<()> {
    /// let process = Process::new().start(|| ())?;
    /// assert_eq!(wait(&[&process.sentinel()?], None)?, [0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sentinel(&self) -> Result<BorrowedFd<'_>> {
        self.check_open()?;
        let child = self.child.as_ref();
        let child = child.ok_or_else(|| Error::State("process not started".into()))?;
        Ok(child.pidfd.as_fd())
    }

    fn closed_word(&self) -> &AtomicBool {
        self.child
            .as_ref()
            .map_or(&self.closed, |child| &child.closed)
    }

    fn is_closed(&self) -> bool {
        self.closed_word().load(Ordering::Relaxed)
    }

    fn check_open(&self) -> Result<()> {
        if self.is_closed() {
            return Err(Error::ClosedProcess);
        }
        Ok(())
    }

    fn child_to(&self, verb: &str) -> Result<&Arc<Child>> {
        self.check_open()?;
        if self.maker != getpid() {
            return Err(Error::Misuse(format!("can only {verb} a child process")));
        }
        let started = || Error::Misuse(format!("can only {verb} a started process"));
        self.child.as_ref().ok_or_else(started)
    }

    /// Returns the child, once started.
    pub(super) fn started(&self) -> Option<&Arc<Child>> {
        self.child.as_ref()
    }
}

/// Returns this process's children that have not ended, having reaped those that have:
/// `multiprocessing.active_children()`. In the order of their starts.
///
/// ```
/// use mpviz::runtime::{Process, Result, active_children, sleep};
///
/// # fn main() -> Result<()> {
/// let sleeper = Process::named("sleeper").start(|| sleep(60.0))?;
/// assert_eq!(active_children()[0].name(), "sleeper");
/// active_children()[0].kill()?;
/// sleeper.join()?;
/// assert!(active_children().is_empty());
/// # Ok(())
/// # }
/// ```
pub fn active_children() -> Vec<Process> {
    let handle = |child: Arc<Child>| Process {
        name: child.name.clone(),
        numbers: Vec::new(),
        daemon: child.daemon,
        actor: child.actor,
        maker: getpid(),
        closed: AtomicBool::new(false),
        child: Some(child),
    };
    child::living().into_iter().map(handle).collect()
}
