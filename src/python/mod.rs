//! Python programs that nobody has changed: what they do, read from what their shim leaves behind.
//!
//! The shim (`assets/shim/`, pure Python) writes raw facts into a ring file of each process, in a
//! directory of the run. Here they are read and become events of the vocabulary, so that nobody
//! behind the collector knows that it was Python.
//!
//! Reading order: [`slot`] (one fact, as it stands in a ring), [`ring`] (a process's ring file),
//! [`rings`] (all of them), [`log`] (what is told once), [`translate`] (from facts to events), and
//! [`voice`], which does it all at each cut of the collector.
//!
//! All that is read here is a stranger's: a program may scribble over its own memory. Nothing that
//! stands in a file makes this room panic, and none makes its memory grow without a bound.

pub mod link;
mod log;
mod ring;
mod rings;
mod slot;
mod translate;
pub mod voice;

pub use link::Link;
pub use voice::PythonVoice;
