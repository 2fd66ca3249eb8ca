//! The one loop: terminal, input, batches, drawing; and the same run as text.
//!
//! Reading order: [`piece`] (what can be run) with [`twin`], [`session`] (a run, live or from a trace, as a stream
//! of batches), [`screen`] (the loop) with `wake` (what it waits for), `frame` (what it draws), `run` (what is on it) and
//! `pair` (two of them), `lesson` (marks, captions, recordings: `lines` are what the viewer did,
//! `recorder` writes), `pointer` (the mouse, what is pasted and copied), [`text`] (`--plain` and
//! `--json`), [`record`] (a run without a screen, for a film), [`config`] (what a person has settled;
//! `kept`: what they chose), [`looks`] (the theme), then what they stand on: `terminal` with `output`
//! and `link` (how much it takes), `input` with `reader` and `ask` (what the terminal is asked),
//! [`play`] (what MainProcess does).

mod ask;
pub mod config;
mod frame;
mod input;
mod kept;
mod lesson;
mod lines;
mod link;
pub mod looks;
mod output;
mod pair;
pub mod piece;
pub mod play;
mod pointer;
pub mod printer;
mod reader;
pub mod record;
mod recorder;
mod replay;
mod run;
pub mod screen;
pub mod session;
mod terminal;
pub mod text;
pub mod twin;
mod wake;

pub use terminal::TerminalError;

use crate::runtime::error::{errno_name, errno_words};
use crate::view::words::shown;
use std::io;

/// Returns an error with its chain of reasons on one line, the system's errors with their names. What a stranger wrote into a trace may
/// be quoted there: a terminal obeys none of it.
pub fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = match error.downcast_ref::<io::Error>() {
            Some(error) if error.raw_os_error().is_some() => {
                format!("{}: {}", errno_name(error), errno_words(error))
            }
            _ => error.to_string(),
        };
        // Some libraries repeat their cause's text in their own.
        if !text.ends_with(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = error.source();
    }
    shown(&text).into_owned()
}
