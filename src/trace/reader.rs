//! Reads a trace, and says what is wrong with it at which line.
//!
//! Everything before a wrong line is given; after it, nothing. Contents are a stranger's: a line is
//! never read further than [`LINE_MAX`], and nothing in it makes the reader panic.

use super::header::{Header, HeaderError};
use super::pack::PackError;
use crate::event::json::{self, EventError};
use crate::event::{Event, Kind, Time};
use std::io::{self, BufRead, Read};

/// The most bytes that a line may have.
pub const LINE_MAX: usize = 64 << 20;
/// The most events that are given at once.
const CHUNK_MAX: usize = 4096;

/// What is wrong with a trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// It has no bytes at all.
    #[error("not a trace: it is empty")]
    Empty,
    /// Its first line is not a trace's.
    #[error("not a trace: line {line} is no header")]
    NotATrace {
        /// The line, from 1.
        line: u64,
        /// Why not.
        source: HeaderError,
    },
    /// It is a trace of another format. Its text is the reason alone.
    #[error(transparent)]
    Format(super::Unreadable),
    /// Its last line ends in the middle.
    #[error("line {line} is cut")]
    Cut {
        /// The line, from 1.
        line: u64,
    },
    /// A line is no event.
    #[error("line {line} is no event")]
    Event {
        /// The line, from 1.
        line: u64,
        /// Why not.
        source: EventError,
    },
    /// An event is earlier than the one before it.
    #[error("line {line} is out of order: {} ns comes after {} ns", t.0, before.0)]
    Order {
        /// The line, from 1.
        line: u64,
        /// Its time.
        t: Time,
        /// The time of the line before it.
        before: Time,
    },
    /// A line is not UTF-8.
    #[error("line {line} is not UTF-8 from byte {byte} on")]
    NotUtf8 {
        /// The line, from 1.
        line: u64,
        /// The byte in the line, from 1.
        byte: usize,
    },
    /// A line is longer than any that mpviz writes.
    #[error("line {line} is longer than {max} bytes")]
    TooLong {
        /// The line, from 1.
        line: u64,
        /// The most that a line may have.
        max: usize,
    },
    /// It is compressed, and can't be unpacked further.
    #[error("cannot unpack line {line}")]
    Packed {
        /// The line, from 1.
        line: u64,
        /// Why not.
        source: PackError,
    },
    /// It can't be read further.
    #[error("cannot read line {line}")]
    Io {
        /// The line, from 1.
        line: u64,
        /// Why not.
        source: io::Error,
    },
}

impl TraceError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            TraceError::Format(unreadable) => Some(unreadable.hint()),
            TraceError::Empty | TraceError::NotATrace { .. } => Some(
                "a trace is what `mpviz <scenario> --json` prints and `-o FILE.mpt` writes".into(),
            ),
            _ => None,
        }
    }
}

/// Returns why a line can't be read.
fn unreadable(line: u64, source: io::Error) -> TraceError {
    match PackError::of(&source) {
        Some(PackError::Cut) => TraceError::Cut { line },
        Some(source) => TraceError::Packed { line, source },
        None => TraceError::Io { line, source },
    }
}

/// What is given at once: events, and up to when everything is known.
#[derive(Clone, PartialEq, Debug)]
pub struct Chunk {
    /// The events in order, without horizons.
    pub events: Vec<Event>,
    /// Up to here everything is known.
    pub horizon: Time,
}

/// Reads a trace line by line.
pub struct Reader<R> {
    input: R,
    header: Header,
    line: u64,
    bytes: Vec<u8>,
    last: Time,
    /// What is wrong, once everything before it was given.
    pending: Option<TraceError>,
    over: bool,
    unknown: u64,
    line_max: usize,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    pub fn new(input: R) -> Result<Reader<R>, TraceError> {
        Reader::with_line_max(input, LINE_MAX)
    }

    fn with_line_max(input: R, line_max: usize) -> Result<Reader<R>, TraceError> {
        let mut reader = Reader {
            input,
            header: Header::new(""),
            line: 0,
            bytes: Vec::new(),
            last: Time::ZERO,
            pending: None,
            over: false,
            unknown: 0,
            line_max,
        };
        let whole = reader.next_line()?.ok_or(TraceError::Empty)?;
        let number = reader.line;
        let header = Header::parse(reader.text(whole)?);
        reader.header = header.map_err(|source| match source {
            HeaderError::Format(unreadable) => TraceError::Format(unreadable),
            source => TraceError::NotATrace {
                line: number,
                source,
            },
        })?;
        Ok(reader)
    }

    /// Returns the header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the number of the line that was read last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns how many events so far were of kinds that this mpviz does not know.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    /// Returns the next event, horizons among them; `None` at the end and after an error.
    pub fn event(&mut self) -> Result<Option<Event>, TraceError> {
        if self.over {
            return Ok(None);
        }
        let event = self.read_event();
        self.over = !matches!(event, Ok(Some(_)));
        event
    }

    /// Returns the events up to the next horizon, or as many as there are; `None` at the end. An
    /// error comes after everything before it was given.
    pub fn chunk(&mut self) -> Result<Option<Chunk>, TraceError> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let mut events = Vec::new();
        while events.len() < CHUNK_MAX {
            match self.event() {
                Ok(Some(event)) if matches!(event.kind, Kind::Horizon {}) => {
                    let horizon = event.t;
                    return Ok(Some(Chunk { events, horizon }));
                }
                Ok(Some(event)) => events.push(event),
                Ok(None) if events.is_empty() => return Ok(None),
                Err(error) if events.is_empty() => return Err(error),
                Ok(None) => break,
                Err(error) => {
                    self.pending = Some(error);
                    break;
                }
            }
        }
        let horizon = events.last().map_or(self.last, |event: &Event| event.t);
        Ok(Some(Chunk { events, horizon }))
    }

    fn read_event(&mut self) -> Result<Option<Event>, TraceError> {
        let Some(whole) = self.next_line()? else {
            return Ok(None);
        };
        let number = self.line;
        let parsed = json::parse(self.text(whole)?);
        let event = parsed.map_err(|source| match whole {
            Whole::Yes => TraceError::Event {
                line: number,
                source,
            },
            Whole::No => TraceError::Cut { line: number },
        })?;
        if event.t < self.last {
            return Err(TraceError::Order {
                line: number,
                t: event.t,
                before: self.last,
            });
        }
        self.last = event.t;
        self.unknown += u64::from(matches!(event.kind, Kind::Unknown(_)));
        Ok(Some(event))
    }

    /// Reads the next line that is not blank into `bytes`.
    fn next_line(&mut self) -> Result<Option<Whole>, TraceError> {
        loop {
            self.line += 1;
            self.bytes.clear();
            let limit = self.line_max as u64 + 1;
            let mut limited = (&mut self.input).take(limit);
            let read = limited.read_until(b'\n', &mut self.bytes);
            let line = self.line;
            if read.map_err(|source| unreadable(line, source))? == 0 {
                return Ok(None);
            }
            let whole = match self.bytes.last() {
                Some(b'\n') => Whole::Yes,
                _ if self.bytes.len() > self.line_max => {
                    let max = self.line_max;
                    return Err(TraceError::TooLong { line, max });
                }
                _ => Whole::No,
            };
            if !self.bytes.trim_ascii().is_empty() {
                return Ok(Some(whole));
            }
        }
    }

    /// Returns the line as text.
    fn text(&self, whole: Whole) -> Result<&str, TraceError> {
        std::str::from_utf8(&self.bytes).map_err(|error| match (whole, error.error_len()) {
            // It ends in the middle of a character.
            (Whole::No, None) => TraceError::Cut { line: self.line },
            _ => TraceError::NotUtf8 {
                line: self.line,
                byte: error.valid_up_to() + 1,
            },
        })
    }
}

/// Whether a line has its line end.
#[derive(Clone, Copy, PartialEq)]
enum Whole {
    Yes,
    No,
}

#[cfg(test)]
mod tests;
