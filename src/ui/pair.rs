//! Two runs beside each other: which of them is selected, and what they have in common.
//!
//! [`Ui::run`] is always the view of the selected run; the other's waits in [`Pair::other`]. What
//! the two have in common (cursor, window, marks, panes) is the selected one's, and goes along when
//! the other is selected. The cursor may go as far as the longer of the two: see [`Reach`].
//!
//! Which history belongs to which view is the app's: [`Effect::Switch`] tells it that the selected
//! run is the other one now.

use super::action::Action;
use super::state::{Focus, Pane, RunView, Screen, Ui};
use super::update::{Effect, update};
use crate::event::Time;
use crate::event::program::{Knob, Knobs, Program, Range};
use crate::history::{History, Run};

/// Two runs beside each other.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    /// Which of the two is selected.
    pub side: Side,
    /// The view of the one that is not.
    pub other: RunView,
    /// The view that there was before, of the upper run: going back restores it.
    before: RunView,
}

/// A place in a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The run that the other is compared with.
    Upper,
    /// The run beside it.
    Lower,
}

impl Side {
    const fn other(self) -> Side {
        match self {
            Side::Upper => Side::Lower,
            Side::Lower => Side::Upper,
        }
    }
}

/// Which run stays when two are no longer compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stays {
    /// The one that was selected.
    Selected,
    /// The one that was not.
    Other,
}

/// How far a run reaches, and whether it goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reach {
    /// Up to when it is known.
    pub now: Time,
    /// Whether it has ended.
    pub is_ended: bool,
}

impl Reach {
    /// Returns how far a run reaches.
    pub fn of(history: &History) -> Reach {
        Reach {
            now: history.now(),
            is_ended: history.run().ended.is_some(),
        }
    }
}

impl RunView {
    /// Returns how far the axis reaches: as far as the run, and the one beside it if there is one.
    pub fn reach(&self, history: &History) -> Reach {
        let own = Reach::of(history);
        self.beside.map_or(own, |beside| Reach {
            now: own.now.max(beside.now),
            is_ended: own.is_ended && beside.is_ended,
        })
    }

    /// Returns this view of one run with what it has in common with the view of another.
    #[must_use]
    pub fn along(&self, with: &RunView) -> RunView {
        RunView {
            focus: with.focus,
            layout: with.layout,
            listing: with.listing,
            fits: with.fits,
            frozen: with.frozen,
            window: with.window,
            playing: with.playing,
            speed: with.speed,
            marks: with.marks.clone(),
            beside: None,
            ..self.clone()
        }
    }
}

impl Ui {
    /// Puts a run beside the one that is shown, and selects one of the two.
    pub fn begin_pair(&mut self, side: Side) {
        let before = RunView {
            beside: None,
            ..self.run.clone()
        };
        let selected = before.selected;
        self.begin_run();
        let fresh = self.run.clone();
        let upper = RunView {
            selected,
            ..fresh.clone()
        };
        let other;
        (self.run, other) = match side {
            Side::Upper => (upper, fresh),
            Side::Lower => (fresh, upper),
        };
        self.pair = Some(Pair {
            side,
            other,
            before,
        });
    }

    /// Says how far the other run reaches by now, if there is one.
    pub fn meet(&mut self, other: Option<&History>) {
        self.run.beside = match self.pair {
            Some(_) => other.map(Reach::of),
            None => None,
        };
    }

    /// Selects the other run.
    pub(crate) fn switch(&mut self) -> Option<Effect> {
        let pair = self.pair.as_mut()?;
        let next = pair.other.along(&self.run);
        pair.other = std::mem::replace(&mut self.run, next);
        pair.side = pair.side.other();
        Some(Effect::Switch)
    }

    /// Shows one run alone: the selected one, at the moment that was shown.
    fn end_pair(&mut self) -> Option<Effect> {
        self.pair = None;
        self.run.beside = None;
        Some(Effect::Alone(Stays::Selected))
    }

    /// Shows the upper run as it was before.
    fn leave_pair(&mut self) -> Option<Effect> {
        let pair = self.pair.take()?;
        // The terminal may have another size by now.
        let fits = self.run.fits;
        self.run = RunView {
            fits,
            ..pair.before
        };
        Some(Effect::Alone(match pair.side {
            Side::Upper => Stays::Selected,
            Side::Lower => Stays::Other,
        }))
    }
}

/// Changes the state as an action asks while two runs are compared, and says what is left to do.
/// With one run it is [`update()`].
pub fn update_pair(
    ui: &mut Ui,
    action: Action,
    history: Option<&History>,
    other: Option<&History>,
) -> Option<Effect> {
    ui.meet(other);
    let (Some(pair), Some(other)) = (&ui.pair, other) else {
        return update(ui, action, history);
    };
    if action == Action::OpenPalette && ui.palette.is_none() {
        ui.notice = None;
        ui.open_palette(history, Some(other));
        return None;
    }
    if ui.palette.is_some() && action == Action::Confirm {
        ui.notice = None;
        let chosen = ui.choose(history, Some(other))?;
        return update_pair(ui, chosen, history, Some(other));
    }
    if ui.help.is_some()
        || ui.palette.is_some()
        || ui.screen != Screen::Run
        || ui.run.asked.is_some()
        || ui.run.line.is_some()
    {
        return update(ui, action, history);
    }
    let (side, focus, selected) = (pair.side, ui.run.focus, ui.run.selected);
    let is_in_table = focus == Pane::Processes;
    match action {
        Action::Compare => {
            ui.notice = None;
            return ui.end_pair();
        }
        // One key goes to and fro; the other panes have their numbers.
        Action::NextPane if is_in_table => {
            ui.notice = None;
            return ui.switch();
        }
        _ => {}
    }
    let effect = update(ui, action, history);
    match (action, side) {
        (Action::Back, _) if ui.screen == Screen::Picker => {
            ui.screen = Screen::Run;
            ui.leave_pair()
        }
        // Beyond the last row of the one table comes the first of the other.
        (Action::Down, Side::Upper) | (Action::Up, Side::Lower)
            if is_in_table && ui.run.selected == selected =>
        {
            let switched = ui.switch();
            ui.run.selected = None;
            update(ui, action, Some(other));
            switched
        }
        _ => effect,
    }
}

/// Returns the settings that a run is compared with: of a twin in Python, ours; where there is a
/// fault on purpose and its remedy, the other of the two; else the next seed.
pub fn settings_beside(program: &Program, knobs: &Knobs) -> Knobs {
    let mut beside = knobs.clone();
    if knobs.python {
        // The runtime tells the truth if both do the same.
        beside.python = false;
    } else if has_fix(program) {
        let other = if knobs.is_on(FIX) { "no" } else { "yes" };
        // It is a switch, and a switch may be both.
        let _ = beside.set(program, FIX, other);
    } else {
        beside.seed = knobs.seed.wrapping_add(1);
    }
    beside
}

/// Returns whether a program has a fault on purpose, and its remedy.
pub fn has_fix(program: &Program) -> bool {
    let is_fix = |knob: &Knob| knob.name == FIX && matches!(knob.range, Range::Switch);
    program.knobs.iter().any(is_fix)
}

/// What a run of a twin says of itself.
const PYTHON: &str = "python";

/// The knob that runs the remedy.
const FIX: &str = "fixed";

/// Compares what is picked: settings that were changed with the run that there is of the same
/// program; else the fault with its fix, or one seed with the next.
pub(super) fn compare_picked(ui: &mut Ui, history: Option<&History>) -> Option<Effect> {
    let program = ui.programs.get(ui.picker.selected)?;
    if !ui.picker.lists(program) {
        return None;
    }
    if let Err(notice) = ui.picker.keep_typed(program) {
        ui.notice = Some(notice);
        return None;
    }
    let mut knobs = ui.picker.knobs.get(ui.picker.selected)?.clone();
    let is_changing = matches!(ui.picker.focus, Focus::Knob(_));
    let run = history.map(History::run);
    if is_changing && run.is_some_and(|run| run.program == *program.name && !is_of(run, &knobs)) {
        ui.picker.focus = Focus::List;
        return Some(Effect::Compare(Some((program.name, knobs))));
    }
    if has_fix(program) && !knobs.python {
        // The fault stands above its fix.
        let _ = knobs.set(program, FIX, "no");
    }
    let beside = settings_beside(program, &knobs);
    ui.picker.focus = Focus::List;
    ui.pair = None;
    ui.begin_run();
    Some(Effect::RunPair(program.name, knobs, beside))
}

/// Returns whether a run has these settings.
fn is_of(run: &Run, knobs: &Knobs) -> bool {
    let has =
        |(name, value): (&str, &str)| run.knobs.iter().any(|(n, v)| *n == *name && *v == *value);
    let is_python = has((PYTHON, "yes"));
    let is_drawn = run.seed == knobs.seed && run.pace.total_cmp(&knobs.pace).is_eq();
    // A twin has neither seed nor pace.
    is_python == knobs.python && (is_python || is_drawn) && knobs.iter().all(has)
}

#[cfg(test)]
mod tests;
