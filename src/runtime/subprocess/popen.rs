//! `Popen`: a program that was started.

use super::communicate::{self, Talk};
use super::completed::Expired;
use super::program::Program;
use super::start;
use super::streams::{PipeReader, PipeWriter, Streams};
use crate::event::words::{Class, Operation};
use crate::event::{Kind, ObjectId};
use crate::runtime::created::tell_created;
use crate::runtime::error::{Error, Result};
use crate::runtime::fork_local::ForkLocal;
use crate::runtime::process::Child;
use crate::runtime::time::Deadline;
use crate::runtime::{probe, sys};
use rustix::process::Signal;
use std::os::fd::AsFd;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Programs that were still running when their `Popen` was dropped: the next start reaps those
/// that have ended since. CPython's `_active`.
static LEFT: ForkLocal<Mutex<Vec<Arc<Child>>>> = ForkLocal::new(Default::default);

/// A started program: `subprocess.Popen`.
///
/// Dropped, it closes its pipes and does not wait for the program; one that ends later is reaped
/// when the next is started, and is a zombie until then, as in CPython.
///
/// ```
/// use mpviz::runtime::subprocess::{Popen, Program};
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// let mut cat = Popen::start(Program::new(["cat"]).piped())?;
/// let (output, errors) = cat.communicate(b"hello")?;
/// assert_eq!((output.as_slice(), errors.as_slice()), (&b"hello"[..], &b""[..]));
/// assert_eq!(cat.returncode(), Some(0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Popen {
    pub(super) object: ObjectId,
    pub(super) child: Arc<Child>,
    args: Vec<String>,
    /// The writing end of its stdin, if that is a pipe: write to it, and set it to `None` so that
    /// the program learns that no more will come.
    pub stdin: Option<PipeWriter>,
    /// The reading end of its stdout, if that is a pipe.
    pub stdout: Option<PipeReader>,
    /// The reading end of its stderr, if that is a pipe of its own.
    pub stderr: Option<PipeReader>,
    /// What `communicate` has done so far.
    pub(super) talk: Option<Talk>,
}

impl Popen {
    /// Starts a program: `Popen(argv, …)`.
    ///
    /// # Errors
    ///
    /// As [`call`](super::call), but for the timeout.
    #[track_caller]
    pub fn start(program: impl Into<Program>) -> Result<Popen> {
        probe::enter(Location::caller());
        Popen::open(&program.into())
    }

    pub(super) fn open(program: &Program) -> Result<Popen> {
        reap_left();
        program.validate()?;
        let object = tell_created(Class::Popen, program.name(), None, None);
        let actor = probe::next_actor();
        let mut command = start::command(program);
        let mut streams = Streams::open(program, object, actor, &mut command)?;
        let child = start::spawn(&mut command, program, actor)?;
        streams.tell_ends(actor);
        let args = program.argv.iter();
        let args = args.map(|arg| arg.to_string_lossy().into_owned());
        Ok(Popen {
            object,
            child,
            args: args.collect(),
            stdin: streams.stdin,
            stdout: streams.stdout,
            stderr: streams.stderr,
            talk: None,
        })
    }

    /// Returns the pid: `popen.pid`.
    pub fn pid(&self) -> u32 {
        self.child.pid
    }

    /// Returns what was started, its arguments included: `popen.args`.
    pub fn args(&self) -> &[String] {
        &self.args
    }

    /// Returns how it ended, as far as that was asked before: `popen.returncode`. Only
    /// [`Popen::poll`], a wait, [`Popen::communicate`] or a signal looks.
    ///
    /// ```
    /// use mpviz::runtime::subprocess::Popen;
    ///
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let program = Popen::start(["true"])?;
    /// assert_eq!(program.returncode(), None);
    /// program.wait()?;
    /// assert_eq!(program.returncode(), Some(0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn returncode(&self) -> Option<i32> {
        self.child.known_code()
    }

    /// Waits until it has ended; returns its exit code, −N if signal N ended it: `popen.wait()`.
    ///
    /// If its output is a pipe that nobody reads, and that is full, this waits for ever, as in
    /// CPython: [`Popen::communicate`] reads meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::System`] (ChildProcessError) if somebody else has reaped it; CPython makes up an
    /// exit code of 0 then.
    #[track_caller]
    pub fn wait(&self) -> Result<i32> {
        probe::enter(Location::caller());
        self.wait_until(None)
    }

    /// Waits until it has ended, at most so long: `popen.wait(timeout=…)`. A `Duration` can't be
    /// negative; CPython takes a negative timeout for 0.
    ///
    /// # Errors
    ///
    /// [`Error::TimeoutExpired`], and it goes on; else as [`Popen::wait`].
    ///
    /// ```
    /// use mpviz::runtime::subprocess::Popen;
    /// use std::time::Duration;
    ///
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let program = Popen::start(["sleep", "60"])?;
    /// let error = program.wait_timeout(Duration::ZERO).unwrap_err();
    /// assert_eq!(error.kind(), "subprocess.TimeoutExpired");
    /// assert_eq!(program.poll()?, None);
    /// program.kill()?;
    /// assert_eq!(program.wait()?, -9);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Result<i32> {
        probe::enter(Location::caller());
        self.wait_until(Some(timeout))
    }

    pub(super) fn wait_until(&self, timeout: Option<Duration>) -> Result<i32> {
        self.child
            .wait(Operation::Wait, Deadline::after(timeout))?
            .ok_or_else(|| self.expired(timeout))
    }

    pub(super) fn expired(&self, timeout: Option<Duration>) -> Error {
        let so_far = |bytes: &[u8]| Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty());
        let talk = self.talk.as_ref();
        Error::TimeoutExpired(Box::new(Expired {
            args: self.args.clone(),
            timeout: timeout.unwrap_or_default(),
            stdout: talk.and_then(|talk| so_far(&talk.stdout)),
            stderr: talk.and_then(|talk| so_far(&talk.stderr)),
        }))
    }

    /// Returns how it ended; `None` while it runs: `popen.poll()`.
    ///
    /// # Errors
    ///
    /// As [`Popen::wait`].
    pub fn poll(&self) -> Result<Option<i32>> {
        self.child.poll()
    }

    /// Writes `input` to its stdin and closes it, reads both outputs until their ends, and waits:
    /// `popen.communicate(input)`. Returns stdout and stderr, each empty where it was not piped
    /// (CPython's `None`). Asked again it returns the same.
    ///
    /// # Errors
    ///
    /// [`Error::State`] (ValueError) if it was begun before and there is an input: it was given
    /// then; or if `stdin` was closed before. [`Error::System`] if a pipe fails. A program that
    /// closes its stdin early is no error.
    #[track_caller]
    pub fn communicate(&mut self, input: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
        probe::enter(Location::caller());
        communicate::communicate(self, input, None)?;
        Ok(self.outputs())
    }

    /// As [`Popen::communicate`], at most so long: `popen.communicate(input, timeout=…)`.
    ///
    /// When the time is over the program goes on, and nothing is lost: asked again, without an
    /// input, it goes on where it was. (CPython loses one thing: what was not written of the input.)
    ///
    /// # Errors
    ///
    /// [`Error::TimeoutExpired`] with what came so far; else as [`Popen::communicate`].
    ///
    /// ```
    /// use mpviz::runtime::Error;
    /// use mpviz::runtime::subprocess::{PIPE, Popen, Program};
    /// use std::time::Duration;
    ///
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let cat = Program::new(["sh", "-c", "echo first; sleep 0.2; cat"]);
    /// let mut cat = Popen::start(cat.stdin(PIPE).stdout(PIPE))?;
    /// let late = cat.communicate_timeout(b"then", Duration::from_millis(1)).unwrap_err();
    /// assert!(matches!(late, Error::TimeoutExpired(_)));
    /// assert_eq!(cat.communicate(b"")?.0, b"first\nthen");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn communicate_timeout(
        &mut self,
        input: &[u8],
        timeout: Duration,
    ) -> Result<(Vec<u8>, Vec<u8>)> {
        probe::enter(Location::caller());
        communicate::communicate(self, input, Some(timeout))?;
        Ok(self.outputs())
    }

    fn outputs(&self) -> (Vec<u8>, Vec<u8>) {
        let talk = self.talk.as_ref();
        talk.map(|talk| (talk.stdout.clone(), talk.stderr.clone()))
            .unwrap_or_default()
    }

    /// Returns what came out of the streams that are pipes, once.
    pub(super) fn take_outputs(&mut self) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let Some(talk) = self.talk.take() else {
            return (None, None);
        };
        let [had_stdout, had_stderr] = talk.had;
        (
            had_stdout.then_some(talk.stdout),
            had_stderr.then_some(talk.stderr),
        )
    }

    /// Sends it a signal, unless it has ended: `popen.send_signal(signal)`. 0 only looks whether
    /// it may be signalled.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if there is no such signal, or if it may not be signalled.
    ///
    /// ```
    /// use mpviz::runtime::subprocess::Popen;
    ///
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let program = Popen::start(["sleep", "60"])?;
    /// program.send_signal(2)?; // SIGINT
    /// assert_eq!(program.wait()?, -2);
    /// program.send_signal(2)?; // It has ended: nothing happens.
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn send_signal(&self, signal: i32) -> Result<()> {
        probe::enter(Location::caller());
        if self.child.poll()?.is_some() {
            return Ok(());
        }
        let to = self.child.actor;
        probe::say(|| Kind::SignalSent { to, signal });
        match sys::send_signal(self.child.pidfd.as_fd(), signal) {
            Err(error) if error.raw_os_error() != Some(libc::ESRCH) => Err(Error::system(
                format!("cannot send signal {signal} to process {}", self.child.pid),
                error,
            )),
            _ => Ok(()),
        }
    }

    /// Ends it by SIGTERM: `popen.terminate()`.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if it may not be signalled. After its end this does nothing.
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.child.signal(Signal::TERM)
    }

    /// Ends it by SIGKILL, which it can't ignore: `popen.kill()`.
    ///
    /// # Errors
    ///
    /// As [`Popen::terminate`].
    #[track_caller]
    pub fn kill(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.kill_now()
    }

    pub(super) fn kill_now(&self) -> Result<()> {
        self.child.signal(Signal::KILL)
    }
}

impl Drop for Popen {
    fn drop(&mut self) {
        if self.child.known_code().is_none() {
            lock_left().push(Arc::clone(&self.child));
        }
    }
}

fn lock_left() -> std::sync::MutexGuard<'static, Vec<Arc<Child>>> {
    LEFT.get().lock().unwrap_or_else(PoisonError::into_inner)
}

fn reap_left() {
    // One that can't be waited for any more is somebody else's.
    lock_left().retain(|child| matches!(child.poll(), Ok(None)));
}
