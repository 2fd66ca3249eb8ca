//! `subprocess`: another program, started, fed, read and waited for.
//!
//! [`call`], [`check_call`], [`check_output`] and [`run`] run a program to its end; [`Popen`] is a
//! program that runs, with which one can talk meanwhile. What is to be run is a [`Program`]: its
//! arguments, and by builder methods what CPython has as keyword arguments. What `call` and the
//! others take beyond that (`input`, `timeout`, `check`, `capture_output`) makes a [`Run`] of it.
//!
//! | Python | here |
//! | --- | --- |
//! | `call(argv)`, `run(argv, …)` | `call(argv)`, `run(Program::new(argv).…)` |
//! | `PIPE`, `DEVNULL`, `STDOUT`, a file | [`PIPE`], [`DEVNULL`], [`STDOUT`], a [`File`](std::fs::File) |
//! | `cwd=`, `env=`, `start_new_session=` | [`Program::cwd`], [`Program::env`], [`Program::new_session`] |
//! | `text=True` | [`text()`] makes a `String` of bytes |
//! | `shell=True` | `["sh", "-c", …]`: which shell, and what it is given, is then to be seen |
//! | `getoutput`, `getstatusoutput` | the same with [`check_output`] and [`text()`] |
//! | `with Popen(…) as p` | [`Popen::communicate`] or [`Popen::wait`]; a drop does not wait |
//! | `close_fds`, `pass_fds` | no descriptor of the runtime's is inherited; hand one over as a stream |
//! | `bufsize`, `preexec_fn`, `user`, … | not there |

mod communicate;
mod completed;
mod popen;
mod program;
mod streams;

pub use completed::{CompletedProcess, Expired, text};
pub use popen::Popen;
pub use program::{DEVNULL, PIPE, Program, Redirect, Run, STDOUT};
pub use streams::{PipeReader, PipeWriter};

use super::error::{Error, Result};
use super::probe;
use std::panic::Location;

/// Runs a program, waits for it and returns its exit code, −N if signal N ended it:
/// `subprocess.call(argv, timeout=…)`.
///
/// With a pipe for its output it deadlocks once the pipe is full, as in CPython: nobody reads.
///
/// ```
/// use mpviz::runtime::subprocess::{Program, call};
/// use std::time::Duration;
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// assert_eq!(call(["true"])?, 0);
/// assert_eq!(call(["sh", "-c", "kill -TERM $$"])?, -15);
/// let late = call(Program::new(["sleep", "60"]).timeout(Duration::from_millis(10)));
/// assert_eq!(late.unwrap_err().kind(), "subprocess.TimeoutExpired");
/// let missing = call(["no-such-program"]).unwrap_err();
/// assert_eq!(missing.kind(), "FileNotFoundError");
/// assert!(missing.to_string().contains("no-such-program"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::System`] with the program's name if it can't be started (FileNotFoundError,
/// PermissionError, …), or with the folder's if it can't be started there; [`Error::Argument`]
/// (ValueError) if an argument has a zero byte or if there is none, where CPython has an
/// IndexError; [`Error::TimeoutExpired`] if the time was over, and the program was killed and
/// reaped then.
#[track_caller]
pub fn call(program: impl Into<Run>) -> Result<i32> {
    probe::enter(Location::caller());
    let run = program.into();
    let popen = Popen::open(&run.program)?;
    wait_or_kill(&popen, &run)
}

fn wait_or_kill(popen: &Popen, run: &Run) -> Result<i32> {
    let waited = popen.wait_until(run.timeout);
    if waited.is_err() {
        popen.kill_now()?;
        popen.wait_until(None)?;
    }
    waited
}

/// As [`call`], but an exit code that is not 0 is an error: `subprocess.check_call(argv)`.
///
/// ```
/// use mpviz::runtime::Error;
/// use mpviz::runtime::subprocess::check_call;
///
/// check_call(["true"]).unwrap();
/// let error = check_call(["sh", "-c", "exit 3"]).unwrap_err();
/// assert!(matches!(&error, Error::CalledProcess(of) if of.returncode == 3));
/// assert!(error.to_string().ends_with("returned non-zero exit status 3"));
/// ```
///
/// # Errors
///
/// [`Error::CalledProcess`] (CalledProcessError) if it is not 0, else as [`call`].
#[track_caller]
pub fn check_call(program: impl Into<Run>) -> Result<()> {
    probe::enter(Location::caller());
    let run = program.into();
    let popen = Popen::open(&run.program)?;
    let returncode = wait_or_kill(&popen, &run)?;
    CompletedProcess::new(popen.args(), returncode).check_returncode()
}

/// Runs a program and returns what it printed to stdout: `subprocess.check_output(argv, …)`.
///
/// ```
/// use mpviz::runtime::subprocess::{Program, check_output, text};
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// assert_eq!(text(check_output(["echo", "hello"])?)?, "hello\n");
/// assert_eq!(check_output(Program::new(["cat"]).input("fed"))?, b"fed");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Argument`] if stdout is redirected; [`Error::CalledProcess`], with the output in it, if
/// the exit code is not 0; else as [`run`].
#[track_caller]
pub fn check_output(program: impl Into<Run>) -> Result<Vec<u8>> {
    probe::enter(Location::caller());
    let mut given = program.into();
    if !matches!(given.program.redirects[1], Redirect::Inherit) {
        return Err(Error::Argument {
            name: "stdout",
            value: "redirected".to_owned(),
            range: "left alone: it is read",
        });
    }
    given.program = given.program.stdout(PIPE);
    let completed = run_now(given.check())?;
    Ok(completed.stdout.unwrap_or_default())
}

/// Runs a program to its end, feeds it its input and reads what it prints into pipes:
/// `subprocess.run(argv, input=…, capture_output=…, timeout=…, check=…)`.
///
/// ```
/// use mpviz::runtime::subprocess::{Program, run};
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// let sort = Program::new(["sort"]).input("b\na\n").capture_output();
/// let done = run(sort)?;
/// assert_eq!(done.returncode, 0);
/// assert_eq!(done.stdout.as_deref(), Some(&b"a\nb\n"[..]));
/// assert_eq!(done.stderr.as_deref(), Some(&b""[..]));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::CalledProcess`] if [`Run::check`] was asked for and the exit code is not 0;
/// [`Error::TimeoutExpired`] if the time was over: the program was killed and reaped, and what came
/// till then is in the error; [`Error::Argument`] if stdin is redirected and there is an input, or
/// an output is redirected and captured; else as [`call`].
#[track_caller]
pub fn run(program: impl Into<Run>) -> Result<CompletedProcess> {
    probe::enter(Location::caller());
    run_now(program.into())
}

fn run_now(mut run: Run) -> Result<CompletedProcess> {
    run.redirect()?;
    let mut popen = Popen::open(&run.program)?;
    let input = run.input.as_deref().unwrap_or_default();
    if let Err(error) = communicate::communicate(&mut popen, input, run.timeout) {
        popen.kill_now()?;
        popen.wait_until(None)?;
        return Err(error);
    }
    let returncode = popen.wait_until(None)?;
    let mut completed = CompletedProcess::new(popen.args(), returncode);
    (completed.stdout, completed.stderr) = popen.take_outputs();
    if run.check {
        completed.check_returncode()?;
    }
    Ok(completed)
}
