//! Multiprocessing, instrumented: behaves as Python's `multiprocessing` does, and says so.
//!
//! The parts are the same as CPython's, because the lessons are about them: a queue is a buffer, a
//! feeder thread, two locks and one pipe, and a process that dies inside `get` takes the lock
//! along. The forms are Rust's: [`Result`] for exceptions, `Option<Duration>` for timeouts, serde
//! values for messages.
//!
//! Reading order: [`process`] and [`queue`] are what programs use first; [`mod@pipe`], [`pool`],
//! [`subprocess`], [`sync`], [`shared_value`], [`time`] and [`print`](mod@print) the rest. Beneath them [`probe`] is the one
//! place that says events, `fork` the one that forks, `message` the form of a message in a pipe.
//!
//! Not here: who watches. Without mpviz around it the probe costs a branch.

pub mod context;
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

pub use crate::{println, spawnable};
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
