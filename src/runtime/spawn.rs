//! `spawn`: a process that is the program run anew, for one of its functions.
//!
//! A forked child has everything that its parent had; a spawned one has its arguments. The parent
//! writes down what the child is to be, the name of a function and the arguments as bytes, runs
//! its own file again, and the child finds the function by that name.
//!
//! CPython imports the main module anew in the child, and therefore needs the guard
//! `if __name__ == "__main__":` around what the child must not do. Here [`spawnable!`] is both the
//! list of functions and the guard: in a spawned process it never returns, so what stands before
//! it is done by each of them and what stands after it by MainProcess alone. A program that
//! forgets it gets an error where it spawns, not processes without end.
//!
//! `target` is what a target is, `preparation` what is written down, `child` what a spawned process
//! does with it, [`handover`] how descriptors get there.
//!
//! A pool always forks its workers, whatever the start method.
//!
//! [`spawnable!`]: crate::spawnable

mod child;
pub(in crate::runtime) mod handover;
mod preparation;
mod target;

pub use target::{Argument, Arguments, Registered, Spawnable};

use super::error::{Error, Result};
use super::fork::ForkSpec;
use super::process::{Parentage, Process};
use super::{probe, program};
use crate::event::words::Method;
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawn};
use preparation::Preparation;
pub(super) use preparation::VARIABLE;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::panic::Location;
use std::sync::OnceLock;

/// What may be spawned.
static TARGETS: OnceLock<Vec<Registered>> = OnceLock::new();

/// Names the functions that may run in a spawned process, and runs them there. It stands at the
/// beginning of `main`, once: in a spawned process it does not return.
///
/// ```
/// use mpviz::runtime::{Process, Result, spawnable};
///
/// fn greet(name: String, times: u32) {
///     assert_eq!("hello ".repeat(times as usize) + &name, "hello hello world");
/// }
///
/// fn main() -> Result<()> {
///     spawnable!(greet);
///     let child = Process::named("greeter").spawn(greet, ("world", 2))?;
///     child.join()?;
///     assert_eq!(child.exitcode()?, Some(0));
///     Ok(())
/// }
/// ```
///
/// # Panics
///
/// If it is said twice, if a function is named twice, or if a closure is named, which has no name.
#[macro_export]
macro_rules! spawnable {
    ($($target:path),* $(,)?) => {
        $crate::runtime::spawn::begin(vec![
            $($crate::runtime::spawn::Registered::new($target)),*
        ])
    };
}

/// Registers targets. In a spawned process, runs the one it was made for and ends it.
/// [`spawnable!`](crate::spawnable) calls this.
///
/// # Panics
///
/// As [`spawnable!`](crate::spawnable).
pub fn begin(targets: Vec<Registered>) {
    for (at, target) in targets.iter().enumerate() {
        let twice = targets[..at].iter().any(|other| other.name == target.name);
        assert!(!twice, "`{}` is named twice in `spawnable!`", target.name);
    }
    assert!(
        TARGETS.set(targets).is_ok(),
        "`spawnable!` stands once in a program"
    );
    if let Some(preparation) = preparation::found() {
        child::run(preparation);
    }
}

/// Returns the target of this name.
fn registered(name: &str) -> Option<&'static Registered> {
    TARGETS.get()?.iter().find(|target| target.name == name)
}

impl Process {
    /// Starts it: runs the program anew, and there the function `target` with these arguments:
    /// `Process(target=…, args=…)` of `multiprocessing.get_context("spawn")`.
    ///
    /// The function must be named in [`spawnable!`](crate::spawnable). Arguments are serde values,
    /// as messages are, or references to them; and connections, and queues, locks and the like that
    /// were made after `set_start_method(StartMethod::Spawn)`. Each is encoded here and now: the
    /// child has copies, but of the runtime's objects it has the same ones.
    ///
    /// In the child the start method is `spawn`. It has this process's command line, environment,
    /// directory and standard streams, and no other descriptors. An `Err` or a panic of the target gives exit code 1, as under fork.
    ///
    /// # Errors
    ///
    /// [`Error::NotSpawnable`] (PicklingError) if the function is not registered,
    /// [`Error::Message`] (PicklingError) if an argument can't be encoded, [`Error::Runtime`] if
    /// one is an object that was made under fork, [`Error::System`] if the program can't be run;
    /// else as [`Process::start`].
    ///
    /// ```
    /// use mpviz::runtime::{Process, Result, current_process, spawnable};
    ///
    /// fn add(a: u32, b: u32) -> Result<()> {
    ///     assert_eq!(current_process().name, "Process-1");
    ///     mpviz::runtime::exit((a + b) as i32)
    /// }
    ///
    /// fn main() -> Result<()> {
    ///     spawnable!(add);
    ///     let child = Process::new().spawn(add, (3, 4))?;
    ///     child.join()?;
    ///     assert_eq!(child.exitcode()?, Some(7));
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn spawn<A, F: Spawnable<A>>(
        self,
        target: F,
        arguments: impl Arguments<A>,
    ) -> Result<Process> {
        probe::enter(Location::caller());
        let _ = target;
        self.check_startable()?;
        let name = Registered::name_of::<F>();
        if registered(name).is_none() {
            return Err(Error::NotSpawnable {
                target: name.to_owned(),
                reason: "it is not named in `spawnable!` at the beginning of `main`",
            });
        }
        let (encoded, given) = handover::giving(|| arguments.encode());
        let encoded = encoded.map_err(|source| {
            handover::failure().unwrap_or_else(|| Error::Message {
                verb: "encode",
                object: format!("the arguments of {name}"),
                source,
            })
        })?;
        self.begin(Method::Spawn, |spec| launch(spec, name, &encoded, &given))
    }
}

/// Runs this program anew; returns the pid.
fn launch(spec: &ForkSpec, target: &str, arguments: &[u8], given: &[OwnedFd]) -> Result<u32> {
    let raw = given.iter().map(AsRawFd::as_raw_fd).collect();
    let preparation = Preparation {
        target: target.to_owned(),
        parentage: Parentage::of_child(spec),
        descriptors: raw,
    };
    let attempt = "cannot write down what a process is to be spawned with";
    let written = preparation
        .write(arguments)
        .map_err(|error| Error::system(attempt, error))?;
    let word = preparation::word(&written)?;
    let passed = given.iter().map(AsRawFd::as_raw_fd);
    let passed: Vec<RawFd> = passed.chain([written.as_raw_fd()]).collect();
    program::start(spec, "cannot run this program anew", |birth| {
        run_anew(&program::environment(birth, word), &passed)
    })
}

/// `posix_spawn(3)` of this process's own file with its own arguments; the descriptors keep their
/// numbers there.
fn run_anew(environment: &[CString], passed: &[RawFd]) -> io::Result<u32> {
    let arguments = std::env::args_os().map(|word| CString::new(word.into_vec()));
    let arguments: Vec<CString> = arguments.collect::<std::result::Result<_, _>>()?;
    let mut actions = PosixSpawnFileActions::init()?;
    for &fd in passed {
        // Onto itself: that clears its close-on-exec flag, in the child alone.
        actions.add_dup2(fd, fd)?;
    }
    let attributes = PosixSpawnAttr::init()?;
    let pid = posix_spawn(
        c"/proc/self/exe",
        &actions,
        &attributes,
        &arguments,
        environment,
    )?;
    Ok(pid.as_raw().cast_unsigned())
}
