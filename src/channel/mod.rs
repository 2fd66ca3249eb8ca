//! How events travel: the shared arena, its rings, the control page, the collector.
//!
//! Every thread of the program has a ring of its own in memory that all processes of the run
//! share, and writes its events there without a lock, a system call or a wait. One thread of the
//! viewer, the collector, drains all rings in consistent cuts, so that what it hands on is sorted,
//! final, and never tells an effect without its cause.
//!
//! Reading order: [`clock`], [`arena`] (the memory and who owns which ring of it), [`control`]
//! (the words that everybody reads: pace, gate, counters of ids), [`ring`] (how an event gets
//! in), [`collector`] (how events get out), [`voice`] (events from elsewhere). [`futex`] and [`fork_word`] are small tools for
//! processes that share memory. What else a program wants of the stage (to join it, a pipe for what
//! a subprocess prints) it asks for at the [`desk`], which answers by [`passing`] descriptors.
//!
//! What stands in the shared memory is a stranger's input: its writer may have been killed
//! anywhere, or may be broken. Nothing that it can contain makes this room panic.

pub mod arena;
pub mod clock;
pub mod collector;
pub mod control;
mod cut;
pub mod desk;
mod ends;
pub mod fork_word;
pub mod futex;
pub mod passing;
pub mod ring;
mod source;
mod sys;
pub mod voice;

pub use arena::{Arena, ArenaError, Slot};
pub use collector::{Batch, Collector, CollectorError, CollectorHandle, Tally};
pub use control::Control;
pub use fork_word::ForkWord;
pub use ring::{Published, RingWriter};
pub use voice::{Moment, Told, Voice};
