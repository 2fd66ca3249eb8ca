//! A run on the screen: where its events come from, what is known of it, and who writes it down.

use super::lines::Lines;
use super::piece::Piece;
use super::recorder::{RecordError, Recorder};
use super::session::Session;
use crate::channel::Batch;
use crate::event::{Event, Kind, Span, Time};
use crate::history::History;
use crate::ui::origin::Origin;
use crate::view::Feed;
use std::collections::VecDeque;

/// A recording of a run that goes on.
pub(super) struct Recording {
    pub(super) recorder: Recorder,
    /// Since when it goes on, by the viewer's clock; `None` while it pauses.
    pub(super) since: Option<Time>,
    /// How much of it there was before.
    pub(super) before: Span,
}

/// A run on the screen, its history with it. An ended one stays until the next.
pub(super) struct Run {
    pub(super) session: Session,
    pub(super) history: History,
    /// What the viewer did with it.
    pub(super) lines: Lines,
    pub(super) recording: Option<Recording>,
    /// What records it from its first event on.
    pub(super) recorder: Option<Recorder>,
    /// What is run, where it can be run again.
    pub(super) piece: Option<Piece>,
    /// Whether batches may still come.
    pub(super) is_open: bool,
    /// What came and is not taken in yet, and up to when everything is known then.
    rest: VecDeque<Event>,
    horizon: Time,
}

/// So many events are taken in before it is looked for a key again: that takes about a millisecond.
const SLICE: usize = 4096;

impl Run {
    /// Returns a run of which nothing is known yet.
    pub(super) fn of(session: Session, piece: Option<Piece>) -> Run {
        Run {
            lines: Lines::new(session.clock()),
            session,
            history: History::default(),
            recording: None,
            recorder: None,
            piece,
            is_open: true,
            rest: VecDeque::new(),
            horizon: Time::ZERO,
        }
    }

    /// Returns where its events come from.
    pub(super) fn feed(&self) -> Feed {
        if self.session.is_live() {
            Feed::Live
        } else {
            Feed::Replay
        }
    }

    /// Returns what can't be done with it.
    pub(super) fn origin(&self) -> Origin {
        match self.piece {
            None => Origin::Trace,
            Some(Piece::Attached(_)) => Origin::Attached,
            Some(_) => Origin::Started,
        }
    }

    /// Keeps a batch until it is taken in.
    pub(super) fn put(&mut self, batch: Batch) {
        match self.rest.is_empty() {
            true => self.rest = batch.events.into(),
            false => self.rest.extend(batch.events),
        }
        self.horizon = batch.horizon;
    }

    /// Returns whether a part of what came is not taken in yet.
    pub(super) fn is_behind(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Takes in what came, of much the next part: any first part of the log makes sense. Returns what
    /// a viewer did in the trace that is replayed.
    pub(super) fn take(&mut self) -> Vec<Event> {
        let events: Vec<Event> = match self.rest.len() {
            0..=SLICE => std::mem::take(&mut self.rest).into(),
            _ => self.rest.drain(..SLICE).collect(),
        };
        let last = events.last().filter(|_| self.is_behind());
        let horizon = last.map_or(self.horizon, |last| last.t);
        self.take_in(Batch { events, horizon })
    }

    fn take_in(&mut self, mut batch: Batch) -> Vec<Event> {
        self.session.follow(&mut batch.events);
        for event in &batch.events {
            self.history.apply(event);
        }
        self.history.advance(batch.horizon);
        let viewers = match self.session.is_live() {
            true => Vec::new(),
            false => {
                let is_viewers = |event: &mut Event| event.kind.viewers().is_some();
                batch.events.extract_if(.., is_viewers).collect()
            }
        };
        if let Some(recording) = &self.recording {
            recording.recorder.take(batch.events, batch.horizon);
        }
        viewers
    }

    /// Keeps what the viewer did.
    pub(super) fn keep(&mut self, kind: impl FnOnce(Time) -> Kind) {
        let event = self.lines.push(&self.history, kind(self.lines.now()));
        if let Some(recording) = &self.recording {
            recording.recorder.take(vec![event], self.history.now());
        }
    }

    /// Returns whether its end is known.
    pub(super) fn is_ended(&self) -> bool {
        self.history.run().ended.is_some()
    }

    /// Returns how a program ended that mpviz does not bring.
    pub(super) fn foreign_code(&self) -> Option<i32> {
        let Some(Piece::Foreign(_)) = self.piece else {
            return None;
        };
        // Where nobody saw it, it was no success.
        let ended = self.history.run().ended.as_ref()?;
        Some(ended.code.unwrap_or(1))
    }
}

impl Run {
    /// Leaves it; returns why what is recorded of it is not whole, if that is so.
    pub(super) fn leave(mut self) -> Option<String> {
        let error = self.close()?;
        Some(super::reasons(&error))
    }

    fn close(&mut self) -> Option<RecordError> {
        if let Some(Piece::Attached(_)) = self.piece.take() {
            // The program goes on, so its trace has an end only if it is told that it was left.
            self.session.stop();
            while let Ok(batch) = self.session.batches().recv() {
                self.put(batch);
                self.take();
                while self.is_behind() {
                    self.take();
                }
            }
        }
        self.finish_recording()?.err()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Left before its end: what was not told by now, nobody is left to be told.
        let _ = self.close();
    }
}
