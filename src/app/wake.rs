//! What the loop of the screen waits for: keys, what runs, and the time of the next frame.

use super::ask::Answer;
use super::input::Input;
use super::lesson::CLOCK;
use super::output::Written;
use super::pair::Which;
use super::run::Run;
use super::screen::Screen;
use crate::channel::{Batch, clock};
use crate::event::Span;
use crossbeam_channel::{RecvError, after, never, select};

/// Between two frames that events ask for.
const FRAME: Span = Span::millis(33);
/// Between two frames of a program in which nothing happens but time.
const TICK: Span = Span::millis(100);
/// Between two frames of a frozen view, in which only the header says how far live is.
const FROZEN: Span = Span::millis(1000);

/// What the loop woke up for.
pub(super) enum Wake {
    Input(Input),
    Batch(Which, Batch),
    /// There is more of a batch to be taken in.
    Behind(Which),
    /// The program is over.
    Over(Which),
    /// No batch will come any more.
    Closed(Which),
    Time,
    /// A frame is written.
    Written(Written),
    /// The terminal says something of itself, later than it was waited for.
    Said(Answer),
    /// There is more to search.
    Search,
}

impl Wake {
    fn of(which: Which, batch: Result<Batch, RecvError>) -> Wake {
        batch.map_or(Wake::Closed(which), |batch| Wake::Batch(which, batch))
    }
}

impl Screen {
    /// Sleeps until there is something to do. Keys go before everything else; but that a frame is
    /// written is known at once, or keys that do not end would never be seen.
    pub(super) fn wake(&mut self) -> Wake {
        if let Ok(written) = self.terminal.tells_written().try_recv() {
            return Wake::Written(written);
        }
        if let Ok(input) = self.inputs.try_recv() {
            return Wake::Input(input);
        }
        for (which, run) in [(Which::Selected, &self.run), (Which::Other, &self.other)] {
            if run.as_ref().is_some_and(Run::is_behind) {
                return Wake::Behind(which);
            }
        }
        let (no_batches, no_over) = (never(), never());
        let ends = |run: &Option<Run>| match run {
            Some(run) if run.is_open => (run.session.batches().clone(), run.session.over().clone()),
            _ => (no_batches.clone(), no_over.clone()),
        };
        let (batches, over) = ends(&self.run);
        let (others, other_over) = ends(&self.other);
        let time = match self.until_drawing() {
            Some(left) => after(left.into()),
            None => never(),
        };
        // Batches and the search take turns.
        let search = match self.is_searching {
            true => after(std::time::Duration::ZERO),
            false => never(),
        };
        let written = self.terminal.tells_written().clone();
        select! {
            recv(search) -> _ => Wake::Search,
            recv(self.inputs) -> input => Wake::Input(input.unwrap_or(Input::Lost)),
            recv(batches) -> batch => Wake::of(Which::Selected, batch),
            recv(others) -> batch => Wake::of(Which::Other, batch),
            recv(over) -> _ => Wake::Over(Which::Selected),
            recv(other_over) -> _ => Wake::Over(Which::Other),
            recv(self.answers) -> said => said.map_or(Wake::Input(Input::Lost), Wake::Said),
            recv(written) -> written => written.map_or(Wake::Input(Input::Lost), Wake::Written),
            recv(time) -> _ => Wake::Time,
        }
    }

    /// Returns how long until a frame is due; `None` if none is.
    fn until_drawing(&mut self) -> Option<Span> {
        if !self.terminal.has_room() {
            return self.terminal.room_in();
        }
        let runs = |run: &Option<Run>| {
            run.as_ref()
                .is_some_and(|run| run.is_open && !run.is_ended())
        };
        let is_running = runs(&self.run) || runs(&self.other);
        let left = |due: Span| Span(due.0.saturating_sub(self.since_drawn().0));
        if self.is_dirty {
            return Some(left(self.frame()));
        }
        let due = match is_running {
            _ if self.ui.run.playing.is_some() => Some(FRAME),
            true if self.ui.run.frozen.is_none() => Some(TICK),
            true => Some(FROZEN),
            false => self.is_recording().then_some(CLOCK),
        };
        let due = due.map(left);
        due.into_iter().chain(self.said_left()).min()
    }

    /// Returns whether a frame is to be drawn. What keys did is drawn at once, after all those that
    /// are there already: so what comes faster than it is drawn takes no frame each. But they are
    /// not waited for any longer than a frame stays.
    pub(super) fn is_due(&self) -> bool {
        let drawn = self.since_drawn();
        let is_urgent = self.is_urgent && (self.inputs.is_empty() || drawn >= FRAME);
        is_urgent || (self.is_dirty && drawn >= self.frame())
    }

    /// Returns how long a frame stays at least, whatever comes.
    pub(super) fn frame(&self) -> Span {
        let moves = self.ui.run.playing.is_some() || self.is_searching;
        if self.ui.run.frozen.is_some() && !moves {
            FROZEN
        } else {
            FRAME
        }
    }

    /// Returns how long ago the last frame was drawn.
    pub(super) fn since_drawn(&self) -> Span {
        Span(clock::monotonic().saturating_sub(self.drawn))
    }
}
