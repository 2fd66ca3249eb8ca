//! A run on the screen: where its events come from, what is known of it, and who writes it down.

use super::piece::Piece;
use super::recorder::Recorder;
use super::session::Session;
use crate::channel::Batch;
use crate::history::History;
use crate::view::Feed;

/// A run on the screen, its history with it. An ended one stays until the next.
pub(super) struct Run {
    pub(super) session: Session,
    pub(super) history: History,
    pub(super) recorder: Option<Recorder>,
    /// What is run, where it can be run again.
    pub(super) piece: Option<Piece>,
    /// Whether batches may still come.
    pub(super) is_open: bool,
}

impl Run {
    /// Returns a run of which nothing is known yet.
    pub(super) fn of(session: Session, piece: Option<Piece>) -> Run {
        Run {
            session,
            history: History::default(),
            recorder: None,
            piece,
            is_open: true,
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

    /// Takes a batch in; returns what is to be told.
    pub(super) fn take(&mut self, batch: &mut Batch) -> Option<String> {
        self.session.follow(&mut batch.events);
        for event in &batch.events {
            self.history.apply(event);
        }
        self.history.advance(batch.horizon);
        self.recorder
            .as_mut()
            .and_then(|recorder| recorder.take(batch))
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

    /// Writes the end of the trace, if one is written; returns what is to be told.
    pub(super) fn close_record(&mut self) -> Option<String> {
        let error = self.recorder.take()?.finish().err()?;
        Some(super::reasons(&error))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Left before its end: what was not told by now, nobody is left to be told.
        let _ = self.close_record();
    }
}
