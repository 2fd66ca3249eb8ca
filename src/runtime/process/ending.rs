//! How a process ends and who learns of it: joining, exit codes, signals, closing.

use super::Process;
use super::identity::getpid;
use crate::event::Kind;
use crate::event::words::Operation;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::time::Deadline;
use rustix::process::Signal;
use std::panic::Location;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Process {
    /// Waits until it has ended. May be called any number of times.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] (AssertionError) before it was started, or in another process than its
    /// parent; [`Error::ClosedProcess`] after [`Process::close`].
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.join_until(Deadline::NEVER)
    }

    /// Waits until it has ended, or until the time is over: see [`Process::exitcode`] for which.
    ///
    /// # Errors
    ///
    /// As [`Process::join`].
    ///
    /// ```
    /// use mpviz::runtime::{Process, Result, sleep};
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<()> {
    /// let sleeper = Process::new().start(|| sleep(60.0))?;
    /// sleeper.join_timeout(Duration::from_millis(10))?;
    /// assert_eq!(sleeper.exitcode()?, None);
    /// sleeper.terminate()?;
    /// sleeper.join()?;
    /// assert_eq!(sleeper.exitcode()?, Some(-15));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn join_timeout(&self, timeout: Duration) -> Result<()> {
        probe::enter(Location::caller());
        self.join_until(Deadline::after(Some(timeout)))
    }

    fn join_until(&self, deadline: Deadline) -> Result<()> {
        let ended = self.child_to("join")?.wait(Operation::Join, deadline);
        unless_reaped(ended).map(|_| ())
    }

    /// Returns how it ended: `None` before its start and while it lives, −N if signal N ended it.
    ///
    /// A target that returned gives 0, [`exit(n)`](fn@crate::runtime::exit) gives n modulo 256, an `Err` or a
    /// panic 1. In another process than its parent it is `None`, and so it is if something else has
    /// reaped it.
    ///
    /// ```
    /// use mpviz::runtime::{Process, Result, sleep};
    ///
    /// # fn main() -> Result<()> {
    /// let child = Process::new().start(|| sleep(60.0))?;
    /// assert_eq!(child.exitcode()?, None);
    /// child.terminate()?;
    /// child.join()?;
    /// assert_eq!(child.exitcode()?, Some(-15));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::ClosedProcess`] after [`Process::close`].
    #[track_caller]
    pub fn exitcode(&self) -> Result<Option<i32>> {
        probe::enter(Location::caller());
        let code = self.code()?;
        if let (Some(child), Some(code)) = (&self.child, code) {
            let child = child.actor;
            probe::say(|| Kind::ExitCodeRead { child, code });
        }
        Ok(code)
    }

    /// Returns how it ended, and tells nobody that this was asked.
    fn code(&self) -> Result<Option<i32>> {
        self.check_open()?;
        match &self.child {
            None => Ok(None),
            Some(child) if self.maker != getpid() => Ok(child.known_code()),
            Some(child) => unless_reaped(child.poll()),
        }
    }

    /// Returns whether it was started and has not ended.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] (AssertionError) in another process than its parent,
    /// [`Error::ClosedProcess`] after [`Process::close`].
    pub fn is_alive(&self) -> Result<bool> {
        self.check_open()?;
        if self.maker != getpid() {
            return Err(Error::Misuse("can only test a child process".into()));
        }
        Ok(self.child.is_some() && self.code()?.is_none())
    }

    /// Ends it by SIGTERM. Its children become orphans, what it holds stays held. Once it has ended
    /// this does nothing. Processes other than its parent may do so, too.
    ///
    /// # Errors
    ///
    /// [`Error::NotStarted`] (CPython: AttributeError) before it was started,
    /// [`Error::ClosedProcess`] after [`Process::close`].
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.signal("terminate", Signal::TERM)
    }

    /// Ends it by SIGKILL, which no process can ignore.
    ///
    /// # Errors
    ///
    /// As [`Process::terminate`].
    #[track_caller]
    pub fn kill(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.signal("kill", Signal::KILL)
    }

    /// Sends it SIGINT, as Ctrl-C does (CPython has it from 3.14 on).
    ///
    /// A Python child gets KeyboardInterrupt and ends with 1 if nobody catches it. Rust has no such
    /// exception: unless the child has a handler for SIGINT, it is ended by it, which is −2.
    ///
    /// # Errors
    ///
    /// As [`Process::terminate`].
    #[track_caller]
    pub fn interrupt(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.signal("interrupt", Signal::INT)
    }

    fn signal(&self, verb: &'static str, signal: Signal) -> Result<()> {
        self.check_open()?;
        let child = self.child.as_ref().ok_or(Error::NotStarted(verb))?;
        if self.maker == getpid() {
            child.signal(signal)
        } else {
            child.signal_unreaped(signal)
        }
    }

    /// Lets go of a process that has ended: `process.close()`. Afterwards only its name and whether
    /// it is daemonic can be asked; a second time it does nothing.
    ///
    /// # Errors
    ///
    /// [`Error::State`] (ValueError) while it is still running.
    ///
    /// ```
    /// use mpviz::runtime::{Process, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let process = Process::new().start(|| ())?;
    /// process.join()?;
    /// process.close()?;
    /// assert_eq!(process.exitcode().expect_err("closed").kind(), "ValueError");
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&self) -> Result<()> {
        if !self.is_closed() && self.child.is_some() && self.exitcode()?.is_none() {
            return Err(Error::State(
                "cannot close a process while it is still running; you should first call join() \
                 or terminate()"
                    .into(),
            ));
        }
        self.closed_word().store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// A child that something else has reaped has no exit code that anybody here could know.
fn unless_reaped(ended: Result<Option<i32>>) -> Result<Option<i32>> {
    match ended {
        Err(Error::System { source, .. })
            if source.raw_os_error() == Some(rustix::io::Errno::CHILD.raw_os_error()) =>
        {
            Ok(None)
        }
        ended => ended,
    }
}
