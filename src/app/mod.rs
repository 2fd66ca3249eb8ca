//! The one loop: terminal, input, batches, drawing; and the same run as text.
//!
//! Reading order: [`piece`] (what can be run), [`session`] (a run, live or from a trace, as a stream of batches), [`screen`]
//! (the loop), [`text`] (`--plain` and `--json`), then what they stand on: `terminal`, `input`,
//! [`play`] (what MainProcess does).

mod input;
pub mod piece;
pub mod play;
mod recorder;
mod replay;
pub mod screen;
pub mod session;
mod terminal;
pub mod text;

pub use terminal::TerminalError;

use crate::view::words::shown;

/// Returns an error with its chain of reasons on one line. What a stranger wrote into a trace may
/// be quoted there: a terminal obeys none of it.
pub fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        // Some libraries repeat their cause's text in their own.
        if !text.ends_with(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = error.source();
    }
    shown(&text).into_owned()
}
