//! Printing: what a program says, in its true place among the events.

use super::probe::{self, Said};
use crate::event::words::Stream;
use crate::event::{Kind, Text};
use std::fmt::Arguments;
use std::io::Write;
use std::panic::Location;

/// An event carries at most this many bytes of text; a longer text comes in several.
const PIECE: usize = 4000;

/// Prints a line, as std's `println!` does; on a stage it is an event.
#[macro_export]
macro_rules! println {
    () => { $crate::runtime::print::line(::core::format_args!("")) };
    ($($arg:tt)*) => { $crate::runtime::print::line(::core::format_args!($($arg)*)) };
}

/// Prints a part of a line, as std's `print!` does, and flushes it; on a stage it is an event.
/// Another process may print before the rest of the line.
///
/// ```
/// use mpviz::runtime::{print, println};
///
/// print!("one ");
/// println!("line");
/// ```
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => { $crate::runtime::print::text(::core::format_args!($($arg)*)) };
}

/// Prints a part of a line to stdout. `print!` calls this.
#[track_caller]
pub fn text(arguments: Arguments<'_>) {
    probe::enter(Location::caller());
    write(Stream::Stdout, &arguments.to_string());
}

/// Prints a line to stdout. `println!` calls this.
#[track_caller]
pub fn line(arguments: Arguments<'_>) {
    probe::enter(Location::caller());
    write(Stream::Stdout, &format!("{arguments}\n"));
}

/// Writes a text to a standard stream: as an event for each line on a stage, where a captured copy
/// would stand twice; to the descriptor if nobody listens or its ring is full.
pub(super) fn write(stream: Stream, text: &str) {
    let is_told = probe::is_stages(stream);
    for mut rest in text.split_inclusive('\n') {
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(piece_end(rest));
            let said = is_told.then(|| {
                probe::say(|| Kind::Output {
                    stream,
                    text: Text::from(piece),
                    captured: false,
                })
            });
            if said != Some(Said::Published) {
                write_raw(stream, piece);
            }
            rest = after;
        }
    }
}

fn piece_end(text: &str) -> usize {
    if text.len() <= PIECE {
        return text.len();
    }
    (1..=PIECE)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(text.len())
}

fn write_raw(stream: Stream, text: &str) {
    // As with `print` in a program whose reader is gone, there is nobody left to tell.
    let _ = match stream {
        Stream::Stdout => {
            let mut stdout = std::io::stdout();
            let written = stdout.write_all(text.as_bytes());
            // A line is flushed by its end.
            match text.ends_with('\n') {
                true => written,
                false => written.and_then(|()| stdout.flush()),
            }
        }
        Stream::Stderr => std::io::stderr().write_all(text.as_bytes()),
    };
}
