//! Programs written on the runtime, one file each, and their catalogue.
//!
//! Each file is a lesson: its text stands on the screen while it runs, so it says what it teaches
//! at its top and does nothing that the lesson does not need. `catalogue` finds them by name;
//! `stand_in` is the program that `call` and `communicate` run where `nslookup` is missing;
//! `twins` has each of them in Python.
//!
//! Those of trouble have a fault on purpose, and the knob `--fixed`, which runs the remedy.
//!
//! Not here: how they are put on (`stage`).

mod catalogue;
pub mod stand_in;

mod call;
mod communicate;
mod fork;
mod pipe;
mod pool;
mod pool_timed;
mod process;
mod processes;
mod queue;
mod queue_fan_in;
mod queue_limits;
mod twins;

mod backpressure;
mod join_full_queue;
mod join_only_last;
mod killed_reader;
mod killed_worker;
mod orphan;
mod pipe_no_eof;
mod swallowed_exception;
mod two_locks;
mod zombie;

use catalogue::FIXED;
pub use catalogue::{ALL, PROGRAMS, Scenario, default_knobs, find, nearest};
pub use twins::{Imported, STAND_IN_TWIN, TWINS};
