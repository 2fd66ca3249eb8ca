//! Time on the screen: the cursor, the window around it, playing, marks.
//!
//! The cursor is [`RunView::frozen`]: a moment, or none while the view is live. A window is a
//! stretch of the run that the lanes show; without one they show all of it. Where it begins is a
//! function of the window and the cursor alone (see [`Window::start`]), so whatever moves the
//! cursor away and back restores the screen.
//!
//! There is no clock in here: whoever has one says how much time has passed ([`play_on`]).
//!
//! Reading order: [`window`], [`step`] (which moments there are to go to), and the actions here.

pub mod step;
pub mod window;

use super::action::Action;
use super::state::RunView;
use crate::event::{Span, Time};
use crate::history::History;
pub use step::{Mark, MarkKind};
pub use window::{Window, whole_run};

/// What one frame of playing at the program's own speed takes.
const FRAME: Span = Span(1_000_000_000 / 30);
/// How many columns a large step takes.
const MANY_COLS: u64 = 10;

/// Which way playing goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// With time.
    On,
    /// Against it.
    Back,
}

/// How fast playing goes, beside the program itself: 1/16 to 16 times, in powers of two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Speed(i8);

impl Speed {
    const SLOWEST: Speed = Speed(-4);
    const FASTEST: Speed = Speed(4);

    fn slower(self) -> Speed {
        Speed(self.0.saturating_sub(1)).max(Speed::SLOWEST)
    }

    fn faster(self) -> Speed {
        Speed(self.0.saturating_add(1)).min(Speed::FASTEST)
    }

    /// Returns how much of the run passes while `span` does.
    pub const fn of(self, span: Span) -> Span {
        let shift = self.0.unsigned_abs() as u32;
        Span(if self.0 < 0 {
            span.0 >> shift
        } else {
            span.0.saturating_mul(1 << shift)
        })
    }

    /// Returns whether it is the program's own.
    pub const fn is_usual(self) -> bool {
        self.0 == 0
    }

    /// Returns how it is written: `1/4`, `1`, `8`.
    pub const fn text(self) -> &'static str {
        match self.0 {
            ..=-4 => "1/16",
            -3 => "1/8",
            -2 => "1/4",
            -1 => "1/2",
            0 => "1",
            1 => "2",
            2 => "4",
            3 => "8",
            4.. => "16",
        }
    }
}

/// Changes the view as an action about time asks. Returns `false` for any other action.
pub(super) fn update_time(run: &mut RunView, action: Action, history: &History) -> bool {
    let t = run.t(history);
    match action {
        Action::ToggleFreeze if run.frozen.is_some() => thaw(run),
        Action::ToggleFreeze => go_to(run, history, run.reach(history).now),
        Action::Live => {
            thaw(run);
            run.window = None;
        }
        Action::EventBefore => go_if(run, history, step::event_before(history, t)),
        Action::EventAfter => go_if(run, history, step::event_after(history, t)),
        Action::OwnEventBefore => go_if(run, history, step::own_event_before(run, history, t)),
        Action::OwnEventAfter => go_if(run, history, step::own_event_after(run, history, t)),
        Action::FrameBack => go_to(run, history, t - run.speed.of(FRAME)),
        Action::FrameOn => go_if(run, history, later(run, t, run.speed.of(FRAME))),
        Action::Earlier => go_to(run, history, t - col(run, history, 1)),
        Action::MuchEarlier => go_to(run, history, t - col(run, history, MANY_COLS)),
        Action::Later => go_if(run, history, later(run, t, col(run, history, 1))),
        Action::MuchLater => go_if(run, history, later(run, t, col(run, history, MANY_COLS))),
        Action::NextMark => go_if(run, history, step::mark_after(run, history, t)),
        Action::PreviousMark => go_if(run, history, step::mark_before(run, history, t)),
        Action::ZoomIn => run.zoom_in(history),
        Action::ZoomOut => run.zoom_out(history),
        Action::WholeRun => run.window = None,
        Action::Play => play(run, history, Direction::On),
        Action::PlayBack => play(run, history, Direction::Back),
        Action::Slower => run.speed = run.speed.slower(),
        Action::Faster => run.speed = run.speed.faster(),
        _ => return false,
    }
    true
}

/// Moves the cursor by what is played while `passed` passes on the wall. At the end of a run it
/// stops; where it reaches a run that goes on, the view is live again.
pub fn play_on(run: &mut RunView, passed: Span, history: &History) {
    let Some((direction, t)) = run.playing.zip(run.frozen) else {
        run.playing = None;
        return;
    };
    let by = run.speed.of(passed);
    let reach = run.reach(history);
    match direction {
        Direction::Back if t <= Time::ZERO + by => {
            move_to(run, Time::ZERO);
            run.playing = None;
        }
        Direction::Back => move_to(run, t - by),
        Direction::On if t + by < reach.now => move_to(run, t + by),
        Direction::On if reach.is_ended => {
            move_to(run, reach.now);
            run.playing = None;
        }
        Direction::On => thaw(run),
    }
}

/// Sets the cursor to a moment of the run; what is played stops.
pub fn go_to(run: &mut RunView, history: &History, t: Time) {
    run.playing = None;
    move_to(run, t.min(run.reach(history).now));
}

fn go_if(run: &mut RunView, history: &History, t: Option<Time>) {
    match t {
        Some(t) => go_to(run, history, t),
        // There is nothing there to go to; still, who steps does not want it to play on.
        None => run.playing = None,
    }
}

fn move_to(run: &mut RunView, t: Time) {
    run.frozen = Some(t);
    show_end(run);
}

/// Makes the view live again.
pub(super) fn thaw(run: &mut RunView) {
    run.frozen = None;
    run.finding = None;
    run.playing = None;
    show_end(run);
}

/// Scrolls what runs down with time to the moment that is shown.
fn show_end(run: &mut RunView) {
    run.row = None;
    run.proof = None;
}

/// Returns a moment after the cursor; from now on there is none.
fn later(run: &RunView, t: Time, by: Span) -> Option<Time> {
    run.frozen.map(|_| t + by)
}

/// Returns how long so many columns of the lanes are.
fn col(run: &RunView, history: &History, count: u64) -> Span {
    let length = run.shown(history, run.fits.lane_cols()).1;
    let one = (length.0 / u64::from(run.fits.lane_cols())).max(1);
    Span(one.saturating_mul(count))
}

/// Plays, or stops what is played that way.
fn play(run: &mut RunView, history: &History, direction: Direction) {
    if run.playing == Some(direction) {
        run.playing = None;
        return;
    }
    let reach = run.reach(history);
    match direction {
        Direction::Back => move_to(run, run.t(history)),
        // At the end it is played from the beginning; a run that goes on plays by itself.
        Direction::On if run.t(history) < reach.now => {}
        Direction::On if reach.is_ended => move_to(run, Time::ZERO),
        Direction::On => return,
    }
    run.playing = Some(direction);
}

#[cfg(test)]
mod tests;
