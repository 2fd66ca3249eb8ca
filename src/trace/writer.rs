//! Writes a trace.

use super::header::Header;
use crate::event::{ActorId, Event, Kind, Span, Time};
use std::io::{self, Write};

/// How long nothing may be said, at most, while time goes on.
const QUIET: Span = Span::millis(100);

/// When lines are handed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flush {
    /// After each: somebody reads along.
    EachLine,
    /// At the end, and whenever the output wants to: it is a file.
    AtEnd,
}

/// Writes events as lines, and horizons between them so that quiet time is there too.
pub struct Writer<W: Write> {
    out: W,
    flush: Flush,
    line: Vec<u8>,
    /// The last time that is in the trace.
    told: Time,
    /// The last horizon that is known.
    horizon: Time,
    horizons: u32,
    ended: bool,
}

impl<W: Write> Writer<W> {
    /// Writes the header.
    pub fn new(out: W, header: &Header, flush: Flush) -> io::Result<Writer<W>> {
        let mut writer = Writer {
            out,
            flush,
            line: Vec::new(),
            told: Time::ZERO,
            horizon: Time::ZERO,
            horizons: 0,
            ended: false,
        };
        serde_json::to_writer(&mut writer.line, header)?;
        writer.end_line()?;
        Ok(writer)
    }

    /// Writes a batch: events, and that everything up to `horizon` is known. A horizon becomes a
    /// line if time has moved on since the last line, after events at once, in quiet at most every
    /// 100 ms; after the end of the run, never.
    pub fn batch(&mut self, events: &[Event], horizon: Time) -> io::Result<()> {
        for event in events {
            self.event(event)?;
        }
        self.horizon = self.horizon.max(horizon);
        let quiet = self.horizon.since(self.told);
        if quiet >= QUIET || (!events.is_empty() && quiet > Span::ZERO) {
            self.horizon_line()?;
        }
        Ok(())
    }

    /// Writes one event.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        self.told = self.told.max(event.t);
        self.ended |= matches!(event.kind, Kind::RunEnded { .. });
        serde_json::to_writer(&mut self.line, event)?;
        self.end_line()
    }

    /// Hands on everything that was written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes the last horizon, if it is not in the trace yet, and hands everything on.
    pub fn finish(mut self) -> io::Result<W> {
        if self.horizon > self.told {
            self.horizon_line()?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn horizon_line(&mut self) -> io::Result<()> {
        if self.ended {
            return Ok(());
        }
        self.horizons = self.horizons.wrapping_add(1);
        self.event(&Event {
            t: self.horizon,
            actor: ActorId::MPVIZ,
            by: None,
            seq: self.horizons,
            line: None,
            file: None,
            kind: Kind::Horizon {},
        })
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.line.push(b'\n');
        let written = self.out.write_all(&self.line);
        self.line.clear();
        written?;
        match self.flush {
            Flush::EachLine => self.out.flush(),
            Flush::AtEnd => Ok(()),
        }
    }
}
