//! An asciicast: a film as what a terminal is told to show it, for `asciinema` and its player.
//!
//! Version 3 has intervals, version 2 times since the beginning; both in milliseconds, so that
//! rounding does not add up. Only what changes from frame to frame is written ([`escape`](super::escape)). Marks are
//! markers; captions and keys stand in the frames. There is no timestamp, no environment and no
//! exit code: a film has none of these, and the same film gives the same bytes.
//!
//! A cast has frames of one ground, the dark one where both are there. No marks of synchronized
//! updates: each event is a whole frame, and players apply an event at once.

use super::colour::{hex, rgb};
use super::escape::{Listener, Screen};
use super::shot::{Frames, Named, Paper};
use crate::event::Span;
use serde_json::Value;

use std::io::{self, Write};

/// A version of the format.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Version {
    /// For players older than asciinema 3.0 and its player 3.10.
    V2,
    /// The current one.
    #[default]
    V3,
}

/// Before the first frame: no cursor, and nothing of what stood there before.
const BEGIN: &str = "\u{1b}[?25l\u{1b}[m\u{1b}[H\u{1b}[2J";

/// The colours of a terminal that are named by number. Frames use none of them, but the format
/// wants them: these are xterm's.
const PALETTE: &str = "#000000:#cd0000:#00cd00:#cdcd00:#0000ee:#cd00cd:#00cdcd:#e5e5e5:\
                       #7f7f7f:#ff0000:#00ff00:#ffff00:#5c5cff:#ff00ff:#00ffff:#ffffff";

/// Writes a film as an asciicast.
///
/// # Errors
///
/// What the writer fails with.
pub fn cast(film: &mut dyn Frames, version: Version, out: &mut dyn Write) -> io::Result<()> {
    let told = film.told();
    let (columns, rows) = told.size;
    let length = told.length;
    let mut marks: Vec<Named> = told.marks.clone();
    marks.sort_by_key(|mark| mark.at);
    let mut marks = marks.into_iter().peekable();
    writeln!(
        out,
        "{}",
        header(version, told.size, &told.title, told.paper)
    )?;
    let mut events = Events {
        out,
        version,
        told_ms: 0,
    };
    let mut screen = Screen::new(columns, rows, Listener::Json);
    let mut begin = BEGIN;
    while let Some(shot) = film.next() {
        // A mark comes behind the frame of its moment: a player that pauses there shows it.
        while let Some(mark) = marks.next_if(|mark| mark.at < shot.at) {
            events.write(mark.at, "m", &mark.text)?;
        }
        let drawn = screen.draw(&shot.frame);
        if !begin.is_empty() {
            events.write(shot.at, "o", &format!("{begin}{drawn}"))?;
            begin = "";
        } else if !drawn.is_empty() {
            events.write(shot.at, "o", drawn)?;
        }
    }
    for mark in marks {
        events.write(mark.at.min(length), "m", &mark.text)?;
    }
    // Holds the last frame to the film's end, and gives a terminal its cursor back, where the next
    // thing that is written there spoils nothing.
    let end = format!("\u{1b}[m\u{1b}[{rows};{columns}H\u{1b}[?25h");
    events.write(length, "o", &end)
}

/// Returns the first line.
fn header(version: Version, (columns, rows): (u16, u16), title: &str, paper: Paper) -> String {
    let theme = match (rgb(paper.text), rgb(paper.ground)) {
        (Some(text), Some(ground)) => format!(
            ",\"theme\":{{\"fg\":\"{}\",\"bg\":\"{}\",\"palette\":\"{PALETTE}\"}}",
            hex(text),
            hex(ground)
        ),
        // The player's own ground, then.
        _ => String::new(),
    };
    let title = match title {
        "" => String::new(),
        title => format!(",\"title\":{}", quoted(title)),
    };
    match version {
        Version::V2 => {
            format!("{{\"version\":2,\"width\":{columns},\"height\":{rows}{title}{theme}}}")
        }
        Version::V3 => {
            let term = format!("{{\"cols\":{columns},\"rows\":{rows}{theme}}}");
            format!("{{\"version\":3,\"term\":{term}{title}}}")
        }
    }
}

/// Writes the lines after the first.
struct Events<'a> {
    out: &'a mut dyn Write,
    version: Version,
    /// When the last one came.
    told_ms: u64,
}

impl Events<'_> {
    fn write(&mut self, at: Span, code: &str, data: &str) -> io::Result<()> {
        let at_ms = (at.0.saturating_add(500_000) / 1_000_000).max(self.told_ms);
        let time_ms = match self.version {
            Version::V2 => at_ms,
            Version::V3 => at_ms - self.told_ms,
        };
        self.told_ms = at_ms;
        let (seconds, millis) = (time_ms / 1000, time_ms % 1000);
        let data = quoted(data);
        writeln!(self.out, "[{seconds}.{millis:03}, \"{code}\", {data}]")
    }
}

/// Returns a text as JSON writes it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
