//! The one loop: terminal, input, batches, drawing; and the same run as text.
//!
//! Reading order: [`session`] (a run, live or from a trace, as a stream of batches), [`screen`]
//! (the loop), [`text`] (`--plain` and `--json`), then what they stand on: `terminal`, `input`,
//! [`play`] (what MainProcess does).

mod input;
pub mod play;
mod recorder;
mod replay;
pub mod screen;
pub mod session;
mod terminal;
pub mod text;

pub use terminal::TerminalError;
