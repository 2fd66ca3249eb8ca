//! Python on the stage: how a program that knows nothing of mpviz comes to tell what it does.
//!
//! A shim of pure Python (`assets/shim`) is put before everything else on PYTHONPATH. It writes raw
//! facts into files of the run's private directory, and from these the vocabulary's events are made.
//! Nothing behind the collector knows that the program was Python.
//!
//! Reading order: [`home`] (the directory) with [`shim`] (what is unpacked there),
//! `compile` and [`interpreter`] (which Python it is going to be). Then how it is read: `slot` (one fact, as it
//! stands in a ring), `ring` (a process's ring file), `rings` (all of them), `log` (what is told
//! once), `translate` (from facts to events), and [`voice`], which does it all at each cut of the
//! collector; [`link`] is what the stage is to know of it.
//!
//! All that is read here is a stranger's: a program may scribble over its own memory. Nothing that
//! stands in a file makes this room panic, and none makes its memory grow without a bound.

mod compile;
pub mod home;
pub mod interpreter;
pub mod link;
mod log;
mod ring;
mod rings;
pub mod shim;
mod slot;
mod translate;
pub mod voice;

pub use home::{Home, HomeError, Options};
pub use link::Link;
pub use voice::PythonVoice;
