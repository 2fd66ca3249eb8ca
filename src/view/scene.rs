//! What a frame is drawn from.

use super::axis::Axis;
use super::memory::Memory;
use super::theme::Theme;
use crate::event::{ActorId, Span, Time};
use crate::history::{Finding, History, Thing};
use crate::ui::{Keymap, RunView, Ui, selection};

/// Everything that a frame is a function of.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// What is known of the run; `None` while there was none.
    pub history: Option<&'a History>,
    /// The state of the user interface.
    pub ui: &'a Ui,
    /// The looks.
    pub theme: &'a Theme,
    /// Which key does what.
    pub keymap: &'a Keymap,
    /// Where the events come from.
    pub feed: Feed,
    /// What is remembered from frame to frame.
    pub memory: &'a Memory,
}

/// Where the events come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Feed {
    /// From a program that runs.
    #[default]
    Live,
    /// From a trace.
    Replay,
}

/// What the panes of a run are drawn from: the history as of a moment.
///
/// A pane's one entry is `draw_*(brush, area, moment)`; `area` is what lies below its head.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// What is known.
    pub history: &'a History,
    /// What is selected, and where the panes are scrolled to.
    pub run: &'a RunView,
    /// The moment that is shown.
    pub t: Time,
    /// Where the cursor stands: at that moment, but behind the end of a run that is shorter than
    /// the one beside it.
    pub cursor: Time,
    /// What happened after it, up to `t`, is new: it is strong, a path is lit.
    pub fresh: Time,
    /// Whether the run has ended at `t`.
    pub is_ended: bool,
    /// The stretch of time that the table shows.
    pub axis: Axis,
    /// What is remembered from frame to frame.
    pub memory: &'a Memory,
}

/// How long a finding is raised.
const RAISED: Span = Span::millis(3000);
/// How long new things stay strong.
const FRESH: Span = Span::millis(500);

impl<'a> Moment<'a> {
    /// Returns the moment that a view of a run shows, on an axis of `cols` columns.
    pub fn of(history: &'a History, run: &'a RunView, cols: u16, memory: &'a Memory) -> Moment<'a> {
        memory.turn_to(history);
        let cursor = run.t(history);
        let t = match run.beside {
            Some(_) => cursor.min(history.now()),
            None => cursor,
        };
        let axis = Axis::of_view(history, run, cols);
        // Half a second of viewing, and no more than a tenth of the window.
        let fresh = FRESH.min(Span(axis.length.0 / 10));
        Moment {
            history,
            run,
            t,
            cursor,
            fresh: t - fresh,
            is_ended: history.run().end_at(t).is_some(),
            axis,
            memory,
        }
    }

    /// Returns whether something that happened at `t` is new.
    pub fn is_fresh(&self, t: Time) -> bool {
        self.fresh < t && t <= self.t
    }

    /// Returns the finding that is being raised: the newest, for three seconds of the run; not any
    /// more when the run has ended, and not while one is looked at, or the view is frozen to look at
    /// something else.
    pub fn raised(&self) -> Option<&'a Finding> {
        let known = self.history.findings_until(self.t);
        let newest = self.history.findings()[..known].last()?;
        let is_new = self.t.since(newest.since) < RAISED;
        let looks_elsewhere = self.run.frozen.is_some() && self.run.selected.is_some();
        let is_raised = is_new && !self.is_ended && !looks_elsewhere;
        (is_raised && self.run.finding.is_none()).then_some(newest)
    }

    /// Returns the newest finding of the selection that is known; where nothing is selected, the
    /// newest that still holds, and at the end of the run the newest of all.
    pub fn finding_of_selection(&self) -> Option<&'a Finding> {
        let known = self.history.findings_until(self.t);
        let mut findings = self.history.findings()[..known].iter().rev();
        match self.run.selected {
            Some(selected) => findings.find(|finding| finding.is_about(selected)),
            None => findings
                .find(|finding| self.is_ended || finding.until.is_none_or(|until| until > self.t)),
        }
    }

    /// Returns the row of the table that stands for what is selected.
    pub fn home(&self) -> Option<Thing> {
        self.run.home(self.history)
    }

    /// Returns the process that is selected, or that what is selected is of.
    pub fn selected_process(&self) -> Option<ActorId> {
        let actor = selection::actor_of(self.history, self.run.selected?, self.t)?;
        Some(self.history.process_of(actor))
    }
}
