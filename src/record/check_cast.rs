//! Whether a cast is right: what is wrong at which line, and what there is in it.
//!
//! Versions 2 and 3 of asciicast, whoever wrote them. What players ignore is no fault: blank lines,
//! a code or a field that is not known. After a fault it goes on with the next line, so that all are
//! told at once. The bytes are a stranger's: a line is never read further than [`LINE_MAX`].

mod header;

use crate::event::Span;
use crate::trace::reader::LINE_MAX;
pub use header::HeaderFault;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

/// So many faults are named; the others are counted.
const NAMED_MAX: usize = 20;
/// The most characters that a message quotes.
const QUOTED: usize = 60;
/// A cast is no longer than this.
const LONGEST_S: f64 = 1e9;

/// What was found of a cast.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CastReport {
    /// The version of the format; 0 if the header does not tell one.
    pub version: u64,
    /// Columns and rows at the beginning.
    pub size: Option<(u16, u16)>,
    /// What it is called.
    pub title: String,
    /// How long it is.
    pub length: Span,
    /// How many times the terminal is told something.
    pub outputs: u64,
    /// The names of the marks; some may be empty.
    pub marks: Vec<String>,
    /// How many lines there are of other codes.
    pub others: BTreeMap<String, u64>,
    /// The first faults, in order.
    pub faults: Vec<CastError>,
    /// How many faults there are.
    pub fault_count: u64,
}

/// What is wrong with a line of a cast.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct CastError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: CastFault,
}

/// What can be wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CastFault {
    /// There are no bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The first line is wrong.
    #[error(transparent)]
    Header(#[from] HeaderFault),
    /// It ends in the middle.
    #[error("it is cut")]
    Cut,
    /// It is no JSON.
    #[error("it is no JSON: {reason} at column {column}")]
    NoJson {
        /// What a parser says.
        reason: String,
        /// Where, from 1.
        column: usize,
    },
    /// It is JSON, but no event.
    #[error("it is no list of a time, a code and a text")]
    NoEvent,
    /// Its time is no number of seconds.
    #[error("`{time}` is no time: seconds, 0 or more")]
    Time {
        /// What stands there.
        time: String,
    },
    /// In version 2 times don't go back.
    #[error("`{time}` s is before the line above it, at {} s", seconds(*.before_ms))]
    Order {
        /// What stands there.
        time: String,
        /// When the line before it comes, in milliseconds.
        before_ms: u64,
    },
    /// Its code is no single letter.
    #[error("`{code}` is no code: one letter")]
    Code {
        /// What stands there.
        code: String,
    },
    /// A size is none.
    #[error("`{size}` is no size: `80x24`, from 1x1 to 65535x65535")]
    Size {
        /// What stands there.
        size: String,
    },
    /// An exit code is none.
    #[error("`{code}` is no exit code: a whole number")]
    Exit {
        /// What stands there.
        code: String,
    },
    /// It is not UTF-8.
    #[error("it is not UTF-8 from byte {byte} on")]
    NotUtf8 {
        /// The byte in the line, from 1.
        byte: usize,
    },
    /// It is longer than any line should be.
    #[error("it is longer than {LINE_MAX} bytes")]
    TooLong,
}

/// Returns whether the first bytes of a file are those of a cast, right or wrong.
pub fn is_cast(first: &[u8]) -> bool {
    let line = first
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let has = |name: &[u8]| line.windows(name.len()).any(|bytes| bytes == name);
    line.trim_ascii_start().starts_with(b"{") && has(b"\"version\"") && !has(b"\"mpviz\"")
}

/// Looks at a cast up to its end.
///
/// # Errors
///
/// If it can't be read further.
pub fn check(mut input: impl BufRead) -> io::Result<CastReport> {
    let mut report = CastReport::default();
    let mut bytes = Vec::new();
    let mut number = 0;
    let mut now_ms = 0.0;
    loop {
        number += 1;
        bytes.clear();
        let limit = LINE_MAX as u64 + 1;
        if (&mut input).take(limit).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let is_whole = bytes.ends_with(b"\n");
        if !is_whole && bytes.len() > LINE_MAX {
            report.fault(number, CastFault::TooLong);
            break;
        }
        let fault = match std::str::from_utf8(&bytes) {
            Err(error) if is_whole || error.error_len().is_some() => Some(CastFault::NotUtf8 {
                byte: error.valid_up_to() + 1,
            }),
            Err(_) => Some(CastFault::Cut),
            Ok(line) if number == 1 => report.header(line, is_whole).err(),
            Ok(line) => report.line(line, is_whole, &mut now_ms).err(),
        };
        if let Some(fault) = fault {
            report.fault(number, fault);
        }
        if report.version == 0 {
            // Nothing below means anything.
            return Ok(report);
        }
    }
    if number == 1 {
        report.fault(1, CastFault::Empty);
    }
    report.length = span(now_ms);
    Ok(report)
}

impl CastReport {
    fn fault(&mut self, line: u64, fault: CastFault) {
        self.fault_count += 1;
        if self.faults.len() < NAMED_MAX {
            self.faults.push(CastError { line, fault });
        }
    }

    fn header(&mut self, line: &str, is_whole: bool) -> Result<(), CastFault> {
        header::check(self, &parse(line, is_whole)?)
    }

    /// Looks at a line after the first. `now_ms` is when the one before it comes.
    fn line(&mut self, line: &str, is_whole: bool, now_ms: &mut f64) -> Result<(), CastFault> {
        let is_comment = self.version > 2 && line.starts_with('#');
        if line.trim().is_empty() || is_comment {
            return Ok(());
        }
        let event = parse(line, is_whole)?;
        let [time, code, data] = event.as_array().map_or(&[][..], Vec::as_slice) else {
            return Err(CastFault::NoEvent);
        };
        let at_ms = self.time(time, *now_ms)?;
        *now_ms = at_ms;
        let Some(letter) = code.as_str().filter(|code| code.chars().count() == 1) else {
            return Err(CastFault::Code { code: quoted(code) });
        };
        let Some(text) = data.as_str() else {
            return Err(CastFault::NoEvent);
        };
        match letter {
            "o" => self.outputs += 1,
            "m" => self.marks.push(text.to_owned()),
            _ => *self.others.entry(letter.to_owned()).or_default() += 1,
        }
        match letter {
            "r" if size(text).is_none() => Err(CastFault::Size { size: quoted(data) }),
            "x" if self.version > 2 && text.parse::<i64>().is_err() => {
                Err(CastFault::Exit { code: quoted(data) })
            }
            _ => Ok(()),
        }
    }

    /// Returns when a line comes, in milliseconds.
    fn time(&self, time: &Value, now_ms: f64) -> Result<f64, CastFault> {
        let told = time.as_f64().filter(|s| (0.0..LONGEST_S).contains(s));
        let Some(told) = told else {
            let time = quoted(time);
            return Err(CastFault::Time { time });
        };
        let ms = told * 1000.0;
        match self.version {
            2 if ms < now_ms => Err(CastFault::Order {
                time: quoted(time),
                before_ms: span(now_ms).0 / 1_000_000,
            }),
            2 => Ok(ms),
            _ => Ok(now_ms + ms),
        }
    }
}

fn parse(line: &str, is_whole: bool) -> Result<Value, CastFault> {
    serde_json::from_str(line.trim_end()).map_err(|error| {
        if !is_whole && error.is_eof() {
            return CastFault::Cut;
        }
        let reason = error.to_string();
        // It says where itself, and of which line: the only one.
        let reason = reason.split(" at line ").next().unwrap_or_default();
        CastFault::NoJson {
            reason: reason.to_owned(),
            column: error.column(),
        }
    })
}

/// Returns a value as a message quotes it: its beginning.
fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Returns a size as casts write it.
fn size(text: &str) -> Option<(u16, u16)> {
    let (columns, rows) = text.split_once('x')?;
    let side = |text: &str| text.parse::<u16>().ok().filter(|&side| side > 0);
    Some((side(columns)?, side(rows)?))
}

fn span(ms: f64) -> Span {
    std::time::Duration::try_from_secs_f64(ms / 1000.0).map_or(Span::ZERO, Span::from)
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests;
