//! Python on the stage: how a program that knows nothing of mpviz comes to tell what it does.
//!
//! A shim of pure Python (`assets/shim`) is put before everything else on PYTHONPATH. It writes raw
//! facts into files of the run's private directory, and from these the vocabulary's events are made.
//! Nothing behind the collector knows that the program was Python.
//!
//! Reading order: [`home`] (the directory) with [`shim`] (what is unpacked there),
//! `compile` and [`interpreter`] (which Python it is going to be). Then how it is read: `slot` (one fact, as it
//! stands in a ring), `ring` (a process's ring file), `rings` (all of them), `process` (whether a process has ended), `plain` (files that a program names), `log` (what is told
//! once), `translate` (from facts to events), and [`voice`], which does it all at each cut of the
//! collector; [`link`] is what the stage is to know of it.
//!
//! # The contract with the shim
//!
//! Both sides say it: this room and `assets/shim/_mpviz_shim` (`kinds.py`, `ring.py`, `log.py`).
//!
//! The directory, made before the launch and gone after the run:
//!
//! | place | what stands there |
//! | --- | --- |
//! | `shim/` | first on PYTHONPATH: `sitecustomize.py` and the package, compiled beforehand where that can be |
//! | `options` | one JSON object, such as `{"values": false}`; a missing one means the defaults |
//! | `namespace` | a link with the name of mpviz's namespace of pids, as `/proc/self/ns/pid` has it: a Python in another tells nothing, as its numbers mean other processes here |
//! | `rings/PID.T` | a ring for each process image, `T` its making in ns of `CLOCK_MONOTONIC`: an exec or a pid that is used again has another. Made at the first event under a name with a dot, then renamed: what is seen is whole. Removed by the reader once its process is gone and it is read |
//! | `log` | lines of JSON, each by one write: an interpreter's start, a file before its first use, why a process fell silent, a mistake of the shim's own |
//!
//! A slot's words are in `slot`, the ring's header and the rules of loss in `ring`. What holds for all:
//!
//! - A *cause* is stamped and written before its operation, an effect after it. RECV is written before the
//!   read lock is given back, so receives of a pipe stand in the order in which they were.
//! - `P` is a pid; an inode is that of the descriptor; a lock's key is the crc32 of its name or, where it
//!   has none, of a text made up once and inherited; a pool's key is the inode of its inqueue.
//! - A put pairs with its feeder's send by the item's number in the buffer, a send with its receive by
//!   order, length and the crc32 of the first 256 bytes, a connect with its accept by the crc32 of the
//!   address and the client's port or pid, else by order. A number that is told again is another thing's
//!   from there on.
//! - Locks inside queues and pools are told only where they are really waited for; the program's own each
//!   time.
//!
//! All that is read here is a stranger's: a program may scribble over its own memory. Nothing that
//! stands in a file makes this room panic, and none makes its memory grow without a bound.

mod compile;
pub mod home;
pub mod interpreter;
pub mod link;
mod log;
pub(crate) mod plain;
mod process;
mod ring;
mod rings;
pub mod shim;
mod slot;
mod translate;
pub mod voice;

pub use home::{Home, HomeError, Options};
pub use link::Link;
pub use voice::PythonVoice;
