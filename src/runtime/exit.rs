//! How a process ends: what its target returned, what it still waits for, its last word.

use super::fork_local::ForkLocal;
use super::probe;
use super::process;
use super::{print, sys};
use crate::event::words::Stream;
use crate::event::{Kind, Text};
use std::fmt::Display;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

/// What a target may return: nothing, or a result whose error is printed.
///
/// ```
/// use mpviz::runtime::{Process, Result};
///
/// fn read(path: &str) -> std::io::Result<()> {
///     std::fs::read(path).map(drop)
/// }
///
/// # fn main() -> Result<()> {
/// let child = Process::new().start(|| read("/no/such/file"))?;
/// child.join()?;
/// assert_eq!(child.exitcode()?, Some(1));
/// # Ok(())
/// # }
/// ```
pub trait Target {
    /// Returns the exit code, or the message of an error that nobody handled.
    fn into_exit(self) -> Result<i32, String>;
}

impl Target for () {
    fn into_exit(self) -> Result<i32, String> {
        Ok(0)
    }
}

impl<T: Target, E: Display> Target for Result<T, E> {
    fn into_exit(self) -> Result<i32, String> {
        self.map_or_else(|error| Err(error.to_string()), Target::into_exit)
    }
}

/// The payload of an unwinding that ends the process: `SystemExit`.
struct Exit(i32);

/// Ends this process with an exit code, as `sys.exit(n)` does: what is in scope is dropped, then
/// the process ends in order. The kernel keeps the code modulo 256.
///
/// ```
/// use mpviz::runtime::{Process, Result, exit};
///
/// # fn main() -> Result<()> {
/// let child = Process::new().start(|| -> () { exit(259) })?;
/// child.join()?;
/// assert_eq!(child.exitcode()?, Some(3));
/// # Ok(())
/// # }
/// ```
pub fn exit(code: i32) -> ! {
    resume_unwind(Box::new(Exit(code)))
}

/// Returns whether a panic's payload is [`exit`]'s: no panic, but the process's end.
pub(super) fn is_exit(payload: &(dyn std::any::Any + Send)) -> bool {
    payload.is::<Exit>()
}

/// Ends this process with a text on stderr and code 1, as `sys.exit(text)` does.
///
/// ```
/// use mpviz::runtime::{Process, Result, exit_with};
///
/// # fn main() -> Result<()> {
/// let child = Process::new().start(|| -> () { exit_with("no such file") })?;
/// child.join()?;
/// assert_eq!(child.exitcode()?, Some(1));
/// # Ok(())
/// # }
/// ```
pub fn exit_with(text: &str) -> ! {
    print::write(Stream::Stderr, &format!("{text}\n"));
    exit(1)
}

/// Runs a target to its exit code. An error or panic is told and gives 1, as in CPython.
pub(super) fn run_target<T: Target>(target: impl FnOnce() -> T) -> i32 {
    // The process ends after this, so nobody sees what the panic left half done.
    match catch_unwind(AssertUnwindSafe(target)) {
        Ok(returned) => returned.into_exit().unwrap_or_else(|message| {
            tell_failure("Error", &message);
            1
        }),
        // A panic was told by the hook.
        Err(payload) => payload.downcast::<Exit>().map_or(1, |exit| exit.0 & 0xff),
    }
}

/// Says that an error was handled by nobody, and prints it to stderr.
pub(super) fn tell_failure(kind: &str, message: &str) {
    probe::say(|| Kind::Failed {
        error: Text::from(kind),
        text: Text::from(message),
    });
    let name = process::current_process().name;
    print::write(
        Stream::Stderr,
        &format!("Process {name}: {kind}: {message}\n"),
    );
}

type Finalizer = Box<dyn FnOnce() + Send>;

/// What is to be done at this process's end, newest last. A child begins with none.
static FINALIZERS: ForkLocal<Mutex<Vec<Finalizer>>> = ForkLocal::new(Default::default);

/// Registers something to be done when this process ends in order.
pub(super) fn at_exit(finalizer: impl FnOnce() + Send + 'static) {
    let finalizers = FINALIZERS.get();
    finalizers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Box::new(finalizer));
}

/// Does what CPython does at a process's end: terminates daemonic children, joins the others,
/// then runs the finalizers (a queue's joins its feeder), newest first.
pub(super) fn finish() {
    probe::say(|| Kind::ProcessFinishing {});
    process::end_children();
    loop {
        let finalizer = FINALIZERS
            .get()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        match finalizer {
            Some(finalizer) => finalizer(),
            None => break,
        }
    }
}

/// Ends this process in order, with a code.
pub(super) fn end_process(code: i32) -> ! {
    // A panic in a finalizer must not unwind into the parent's code either.
    let code = catch_unwind(finish).map_or(1, |()| code);
    let _ = std::io::stdout().flush();
    probe::say(|| Kind::ProcessExiting { code });
    sys::exit_now(code)
}

/// Runs a program's main function as MainProcess: ends in order and returns its exit code.
///
/// ```
/// use mpviz::runtime::{Process, Result, run_main};
///
/// fn program() -> Result<()> {
///     // Nobody joins it, so the program's end does.
///     Process::named("late").start(|| println!("still here"))?;
///     Ok(())
/// }
///
/// fn main() -> std::process::ExitCode {
///     (run_main(program) as u8).into()
/// }
/// ```
pub fn run_main<T: Target>(main: impl FnOnce() -> T) -> i32 {
    super::panic::install_hook();
    let code = run_target(main);
    let code = catch_unwind(finish).map_or(1, |()| code);
    let _ = std::io::stdout().flush();
    probe::say(|| Kind::ProcessExiting { code });
    code
}
