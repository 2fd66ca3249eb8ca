//! Multiprocessing, instrumented: behaves as Python's `multiprocessing` does, and says so.
//!
//! The parts are the same as CPython's, because the lessons are about them: a queue is a buffer, a
//! feeder thread, two locks and one pipe, and a process that dies inside `get` takes the lock
//! along. The forms are Rust's: [`Result`] for exceptions, methods and a [`Duration`] for arguments
//! that Python leaves out, closures for a target and its arguments, serde values for messages.
//! `docs/python.md` has each of Python's names, what it is called here, what differs, and what is
//! left out.
//!
//! ```
//! use mpviz::runtime::{Lock, Process, Queue, Result, println, run_main};
//!
//! /// Two workers square what they get, until they get `None`.
//! fn program() -> Result<()> {
//!     let jobs = Queue::<Option<u64>>::bounded("jobs", 4)?;
//!     let squares = Queue::<u64>::named("squares")?;
//!     let screen = Lock::named("screen")?;
//!     let work = || -> Result<()> {
//!         while let Some(n) = jobs.get()? {
//!             screen.with(|| println!("{n} squared"));
//!             squares.put(n * n)?;
//!         }
//!         Ok(())
//!     };
//!     let workers: Result<Vec<Process>> = (0..2).map(|_| Process::new().start(work)).collect();
//!     let workers = workers?;
//!     (1..=10).try_for_each(|n| jobs.put(Some(n)))?;
//!     workers.iter().try_for_each(|_| jobs.put(None))?;
//!     // All are taken out before the workers are joined: a worker ends when its squares are gone.
//!     let sum: Result<u64> = (0..10).map(|_| squares.get()).sum();
//!     assert_eq!(sum?, 385);
//!     workers.iter().try_for_each(Process::join)
//! }
//!
//! fn main() {
//!     std::process::exit(run_main(program));
//! }
//! ```
//!
//! Under `mpviz run -- …` such a program is seen; without, it only runs.
//!
//! Reading order: [`process`], [`queue`] and [`mod@pipe`] are what programs use first, then [`pool`],
//! [`sync`] and [`shared_value`]; [`context`] and [`spawn`] are the other way to start a process,
//! [`subprocess`] is other programs, [`time`] and [`print`](mod@print) the rest. What goes wrong is
//! an [`error`]. Beneath them [`probe`] is the one place that says events, `fork` the one that forks
//! and `exit` how a process ends; `shared` is memory that processes share, `locked_pipe` what queues
//! are made of, `io` and `message` how a message goes through a pipe.
//!
//! [`Duration`]: std::time::Duration
//!
//! Not here: who watches. Without mpviz around it the probe costs a branch.

mod ahead;
pub mod context;
mod created;
pub mod error;
mod exit;
mod fork;
mod fork_local;
mod io;
mod label;
mod locked_pipe;
mod message;
mod panic;
pub mod pipe;
pub mod pool;
pub mod print;
pub mod probe;
pub mod process;
mod program;
pub mod queue;
mod shared;
pub mod shared_value;
pub mod spawn;
pub mod subprocess;
pub mod sync;
mod sys;
pub mod time;
mod type_tag;
mod voice;
mod wait;

pub use crate::{print, println, spawnable};
pub use context::{
    StartMethod, force_start_method, set_start_method, start_method, start_method_if_set,
};
pub use error::{Error, Result};
pub use exit::{Target, exit, exit_with, run_main};
pub use pipe::{Connection, Waitable, pipe, pipe_one_way, wait};
pub use pool::{AsyncResult, Pool};
pub use process::{ParentProcess, Process, ProcessInfo, active_children, current_process};
pub use process::{fork, getpid, getppid, parent_process};
pub use queue::{JoinableQueue, Queue, SimpleQueue};
pub use shared_value::{Array, RawArray, RawValue, Value};
pub use sync::{Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore};
pub use time::{random, sleep};
