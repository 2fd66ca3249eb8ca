//! `Process`: a function that runs in a process of its own.

use super::context::{StartMethod, start_method};
use super::error::{Error, Result};
use super::exit::Target;
use super::fork::{self, ForkSpec, Forked};
use super::fork_local::ForkLocal;
use super::time::Deadline;
use super::{io, probe, sys};
use crate::event::words::{Method, Operation, Outcome};
use crate::event::{ActorId, Kind, Text};
use rustix::process::{Pid, PidfdFlags, Signal};
use serde::{Deserialize, Serialize};
use std::os::fd::OwnedFd;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Who this process is.
static CURRENT: ForkLocal<OnceLock<Identity>> = ForkLocal::new(OnceLock::new);

/// This process's children that nobody has reaped yet.
static CHILDREN: ForkLocal<Mutex<Vec<Arc<Child>>>> = ForkLocal::new(Default::default);

/// Children of bare forks, by pid: `multiprocessing` knows nothing of them.
static FORKED: ForkLocal<Mutex<Vec<(u32, ActorId)>>> = ForkLocal::new(Default::default);

struct Identity {
    name: String,
    /// The numbers in the default name: `Process-1:2` is the second child of the first.
    numbers: Vec<u32>,
    daemon: bool,
    made: AtomicU32,
}

/// What a process knows of itself or tells of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessInfo {
    /// Its name.
    pub name: String,
    /// Its pid, once it has one.
    pub pid: Option<u32>,
    /// Whether it ends with its parent.
    pub daemon: bool,
}

fn identity() -> &'static Identity {
    CURRENT.get().get_or_init(|| Identity {
        name: "MainProcess".to_owned(),
        numbers: Vec::new(),
        daemon: false,
        made: AtomicU32::new(0),
    })
}

/// Returns who this process is: `multiprocessing.current_process()`.
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
pub(super) struct Parentage {
    name: String,
    numbers: Vec<u32>,
    daemon: bool,
}

impl Parentage {
    /// Returns what a child of this process will be.
    pub(super) fn of_child(spec: &ForkSpec) -> Parentage {
        Parentage {
            name: spec.name.to_string(),
            numbers: spec.numbers.clone(),
            daemon: spec.daemon,
        }
    }

    /// Makes a child who it is.
    pub(super) fn child_begin(self) {
        let _ = CURRENT.get().set(Identity {
            name: self.name,
            numbers: self.numbers,
            daemon: self.daemon,
            made: AtomicU32::new(0),
        });
    }
}

/// A function that runs in a process of its own: `multiprocessing.Process`.
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
}

/// A process that was started, as its parent knows it.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) actor: ActorId,
    pub(super) pid: u32,
    daemon: bool,
    /// Whether it is another program, whose output the stage captures.
    is_program: bool,
    /// Readable once the process has ended: CPython's `sentinel`.
    pub(super) pidfd: OwnedFd,
    end: Mutex<Option<End>>,
}

/// How a child ended: its exit code, −N for signal N.
#[derive(Clone, Copy, Debug)]
struct End {
    code: i32,
}

impl Default for Process {
    #[track_caller]
    fn default() -> Process {
        Process::new()
    }
}

impl Process {
    /// Makes a process with the default name, `Process-1` and so on. Nothing runs yet.
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
        let me = identity();
        let mut numbers = me.numbers.clone();
        numbers.push(me.made.fetch_add(1, Ordering::Relaxed) + 1);
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
        }
    }

    /// Sets whether it ends with its parent, which otherwise joins it at its own end.
    #[must_use]
    pub fn daemon(mut self, daemon: bool) -> Process {
        self.daemon = daemon;
        self
    }

    /// Starts it: forks, and runs `target` in the child.
    ///
    /// An `Err` or a panic of the target is printed to stderr and gives exit code 1.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] if it was started before or if this process is daemonic, and
    /// [`Error::System`] if the system has no process left.
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
        self.begin(Method::Fork, |spec| match fork::fork(spec)? {
            Forked::Child => fork::run_child(target),
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
        reap_ended();
        let spec = ForkSpec {
            actor: self.actor,
            name: Text::from(&self.name),
            numbers: self.numbers.clone(),
            method,
            daemon: self.daemon,
        };
        let pid = make(&spec)?;
        self.child = Some(Child::adopt(self.actor, pid, self.daemon)?);
        Ok(self)
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its pid; `None` before it was started.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(|child| child.pid)
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] before it was started, or in another process than its parent.
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.child("join")?
            .wait(Operation::Join, Deadline::NEVER)
            .map(|_| ())
    }

    /// Waits until it has ended, or until the time is over: see [`Process::is_alive`] for which.
    ///
    /// # Errors
    ///
    /// As [`Process::join`].
    #[track_caller]
    pub fn join_timeout(&self, timeout: Duration) -> Result<()> {
        probe::enter(Location::caller());
        self.child("join")?
            .wait(Operation::Join, Deadline::after(Some(timeout)))
            .map(|_| ())
    }

    /// Returns how it ended: `None` while it lives, −N if signal N ended it.
    ///
    /// # Errors
    ///
    /// As [`Process::join`], but before the start it is `None`.
    pub fn exitcode(&self) -> Result<Option<i32>> {
        match &self.child {
            None => Ok(None),
            Some(_) => self.child("ask after")?.poll(),
        }
    }

    /// Returns whether it was started and has not ended.
    ///
    /// # Errors
    ///
    /// As [`Process::exitcode`].
    pub fn is_alive(&self) -> Result<bool> {
        Ok(self.child.is_some() && self.exitcode()?.is_none())
    }

    /// Ends it by SIGTERM. Its children become orphans, what it holds stays held.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] before it was started. After its end this does nothing.
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.child("terminate")?.signal(Signal::TERM)
    }

    /// Ends it by SIGKILL, which no process can ignore.
    ///
    /// # Errors
    ///
    /// As [`Process::terminate`].
    #[track_caller]
    pub fn kill(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.child("kill")?.signal(Signal::KILL)
    }

    fn child(&self, verb: &str) -> Result<&Arc<Child>> {
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

impl Child {
    /// Takes charge of a process that was just forked.
    pub(super) fn adopt(actor: ActorId, pid: u32, daemon: bool) -> Result<Arc<Child>> {
        let child = Child::watch(actor, pid, daemon)?;
        CHILDREN
            .get()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::clone(&child));
        Ok(child)
    }

    /// Opens a pidfd for a child. Until it is reaped its pid names no other.
    pub(super) fn watch(actor: ActorId, pid: u32, daemon: bool) -> Result<Arc<Child>> {
        Ok(Arc::new(Child::open(actor, pid, daemon)?))
    }

    /// As [`Child::watch`], of a child that has become another program.
    pub(super) fn watch_program(actor: ActorId, pid: u32) -> Result<Arc<Child>> {
        let mut child = Child::open(actor, pid, false)?;
        child.is_program = true;
        Ok(Arc::new(child))
    }

    fn open(actor: ActorId, pid: u32, daemon: bool) -> Result<Child> {
        let attempt = || format!("cannot watch process {pid}");
        let raw = Pid::from_raw(pid.cast_signed())
            .ok_or_else(|| Error::system(attempt(), std::io::ErrorKind::InvalidInput))?;
        let pidfd = rustix::process::pidfd_open(raw, PidfdFlags::empty())
            .map_err(|error| Error::system(attempt(), error))?;
        Ok(Child {
            actor,
            pid,
            daemon,
            is_program: false,
            pidfd,
            end: Mutex::new(None),
        })
    }

    /// Reaps it if it has ended; returns its exit code then.
    pub(super) fn poll(&self) -> Result<Option<i32>> {
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
                tell_reaped(self.actor, Some(code));
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

    /// Returns its exit code if that was seen before.
    pub(super) fn known_code(&self) -> Option<i32> {
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        end.map(|end| end.code)
    }

    fn leave(&self) {
        let mut children = CHILDREN
            .get()
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        children.retain(|child| child.pid != self.pid);
    }

    /// Waits until it has ended and reaps it; returns its exit code, `None` if the time was over.
    pub(super) fn wait(&self, operation: Operation, deadline: Deadline) -> Result<Option<i32>> {
        let ended = self.poll();
        if !matches!(ended, Ok(None)) {
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
    pub(super) fn signal(&self, signal: Signal) -> Result<()> {
        if self.poll()?.is_some() {
            return Ok(());
        }
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

fn tell_reaped(child: ActorId, code: Option<i32>) {
    probe::say_about(child, || Kind::ProcessExited { code });
    probe::say(|| Kind::ProcessReaped { child, code });
}

fn children() -> Vec<Arc<Child>> {
    CHILDREN
        .get()
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Reaps every child that has ended, as each start does.
fn reap_ended() {
    for child in children() {
        // One that somebody else has reaped has left the list by now.
        let _ = child.poll();
    }
}

/// Ends this process's children at its own end: daemonic ones by SIGTERM, then joins all.
pub(super) fn end_children() {
    for child in children().iter().filter(|child| child.daemon) {
        let _ = child.signal(Signal::TERM);
    }
    for child in children() {
        let _ = child.wait(Operation::Join, Deadline::NEVER);
    }
}

/// Which process returned from [`fork`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fork {
    /// The child.
    Child,
    /// The parent, which is told the child's pid.
    Parent {
        /// The child's pid.
        pid: u32,
    },
}

/// Makes a copy of this process; both go on from here: `os.fork()`.
///
/// # Errors
///
/// [`Error::System`] if the system has no process left.
#[track_caller]
pub fn fork() -> Result<Fork> {
    probe::enter(Location::caller());
    let me = identity();
    let spec = ForkSpec {
        actor: probe::next_actor(),
        name: Text::from("child"),
        numbers: me.numbers.clone(),
        method: Method::BareFork,
        daemon: false,
    };
    Ok(match fork::fork(&spec)? {
        Forked::Child => Fork::Child,
        Forked::Parent(pid) => {
            let mut forked = FORKED.get().lock().unwrap_or_else(PoisonError::into_inner);
            forked.push((pid, spec.actor));
            Fork::Parent { pid }
        }
    })
}

/// Waits until a child of [`fork`] has ended, and reaps it: `os.waitpid(pid, 0)`.
///
/// Returns its exit code, −N if signal N ended it.
///
/// # Errors
///
/// [`Error::System`] if there is no such child.
#[track_caller]
pub fn waitpid(pid: u32) -> Result<i32> {
    probe::enter(Location::caller());
    let known = {
        let mut forked = FORKED.get().lock().unwrap_or_else(PoisonError::into_inner);
        let at = forked.iter().position(|&(known, _)| known == pid);
        at.map(|at| forked.swap_remove(at).1)
    };
    let attempt = || format!("cannot wait for process {pid}");
    let actor = known.ok_or_else(|| Error::system(attempt(), rustix::io::Errno::CHILD))?;
    let child = Child::watch(actor, pid, false)?;
    let ended = child.wait(Operation::Wait, Deadline::NEVER)?;
    ended.ok_or_else(|| Error::system(attempt(), rustix::io::Errno::CHILD))
}
