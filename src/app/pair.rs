//! Two runs on the screen: both live where both run, one keyboard for the selected one.
//!
//! Each has a session of its own: a stage, an arena, a supervisor. Nothing is shared, and whatever
//! a supervisor's death leaves to mpviz is told from the other's by its session (`stage/net.rs`),
//! so each holds its own processes as one alone does. A run that is not shown does not go on: who
//! leaves a comparison ends the run that goes away, and keeps it to be shown again if it has
//! ended by itself.

use super::piece::Piece;
use super::run::Run;
use super::screen::Screen;
use crate::event::program::Knobs;
use crate::scenario;
use crate::ui::pair::{Side, Stays, settings_beside};
use crate::ui::state::Fits;
use crate::view;
use ratatui::layout::Rect;
use std::mem::swap;

/// One of the two runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Which {
    /// The selected one, or the only one.
    Selected,
    /// The one beside it.
    Other,
}

impl Screen {
    /// Returns one of the runs.
    pub(super) fn one(&mut self, which: Which) -> Option<&mut Run> {
        match which {
            Which::Selected => self.run.as_mut(),
            Which::Other => self.other.as_mut(),
        }
    }

    /// Returns the run that another is compared with; the only one, if there is one.
    pub(super) fn upper(&self) -> Option<&Run> {
        match &self.ui.pair {
            Some(pair) if pair.side == Side::Lower => self.other.as_ref(),
            _ => self.run.as_ref(),
        }
    }

    /// Tells the user interface how far the other run reaches.
    pub(super) fn meet(&mut self) {
        self.ui.meet(self.other.as_ref().map(|run| &run.history));
    }

    /// Returns which panes have room.
    pub(super) fn fits(&self, area: Rect) -> Fits {
        let history = self.run.as_ref().map(|run| &run.history);
        match (history, &self.other) {
            (Some(history), Some(other)) => {
                let histories = [history, &other.history];
                let memories = [&self.memory, &self.other_memory];
                view::pair_fits(area, &self.ui, histories, memories)
            }
            _ => view::fits(area, history, &self.ui.run, &self.memory),
        }
    }

    /// Puts a run beside the one there is: one with these settings; or the one that was there
    /// before; or the one that follows from its settings.
    pub(super) fn compare(&mut self, settings: Option<(&'static str, Knobs)>) {
        if settings.is_none() && self.other.is_some() {
            self.ui.begin_pair(Side::Upper);
            return;
        }
        let piece = match settings {
            Some((name, knobs)) => scenario::find(name).map(|s| Piece::Scenario(s, knobs)),
            None => self
                .run
                .as_ref()
                .and_then(|run| run.piece.as_ref())
                .map(beside),
        };
        let Some(piece) = piece else {
            // A trace, which was refused.
            return;
        };
        self.other = None;
        match self.begin(piece) {
            Ok(run) => {
                self.ui.begin_pair(Side::Lower);
                self.other = self.run.replace(run);
                self.begin_lines();
                swap(&mut self.memory, &mut self.other_memory);
                self.is_dirty = true;
            }
            Err(error) => {
                self.ui.notice = Some(super::reasons(&error));
                self.lose_other();
            }
        }
    }

    /// Runs a program with two settings, beside each other.
    pub(super) fn run_pair(&mut self, name: &str, knobs: Knobs, beside: Knobs) {
        let Some(scenario) = scenario::find(name) else {
            return;
        };
        self.other = None;
        self.restart(Piece::Scenario(scenario, knobs));
        if self.run.is_none() {
            return;
        }
        match self.begin(Piece::Scenario(scenario, beside)) {
            Ok(run) => {
                self.other = Some(run);
                self.ui.begin_pair(Side::Upper);
                self.begin_lines();
            }
            Err(error) => self.ui.notice = Some(super::reasons(&error)),
        }
    }

    /// Selects the other run, as the user interface has done already.
    pub(super) fn switch(&mut self) {
        swap(&mut self.run, &mut self.other);
        swap(&mut self.memory, &mut self.other_memory);
    }

    /// Shows one run alone.
    pub(super) fn alone(&mut self, stays: Stays) {
        if stays == Stays::Other {
            self.switch();
        }
        if self.other.as_ref().is_some_and(|other| other.is_open) {
            self.other = None;
        }
        self.is_dirty = true;
    }

    /// Shows the other run alone, where the selected one could not be run again.
    pub(super) fn lose_selected(&mut self) {
        if self.ui.pair.take().is_some() && self.run.is_none() {
            self.switch();
            self.ui.begin_run();
            self.ui.screen = crate::ui::Screen::Picker;
        }
    }

    /// Shows the selected run alone, where there is nothing beside it any more.
    fn lose_other(&mut self) {
        self.ui.pair = None;
        self.ui.meet(None);
    }
}

/// Returns what is run beside a piece.
fn beside(piece: &Piece) -> Piece {
    match piece {
        Piece::Scenario(scenario, knobs) => {
            Piece::Scenario(scenario, settings_beside(scenario.program, knobs))
        }
        Piece::Foreign(foreign) => {
            let mut foreign = foreign.clone();
            foreign.seed = foreign.seed.wrapping_add(1);
            Piece::Foreign(foreign)
        }
        Piece::Attached(target) => Piece::Attached(target.clone()),
    }
}
