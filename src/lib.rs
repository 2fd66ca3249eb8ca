//! Multiprocessing, made visible.
//!
//! [`runtime`] behaves as Python's `multiprocessing` does and tells what it does through an event
//! channel. Around it stands the program `mpviz` (feature `tui`, on by default), which puts such
//! programs on a stage as real processes and shows their processes, timelines and messages in a
//! terminal, live and afterwards.
//!
//! `ARCHITECTURE.md` has the map of the rooms and the way of an event through them.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "mpviz shows Linux processes by Linux means (pidfds, futexes, /proc) and runs on Linux only"
);

pub mod channel;
pub mod event;
pub mod runtime;

#[cfg(feature = "tui")]
pub mod app;
#[cfg(feature = "tui")]
pub mod cli;
#[cfg(feature = "tui")]
pub mod history;
#[cfg(feature = "tui")]
pub mod python;
#[cfg(feature = "tui")]
pub mod record;
#[cfg(feature = "tui")]
pub mod scenario;
#[cfg(feature = "tui")]
pub mod stage;
#[cfg(feature = "tui")]
pub mod trace;
#[cfg(feature = "tui")]
pub mod ui;
#[cfg(feature = "tui")]
pub mod view;
