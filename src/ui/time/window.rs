//! Windows: a stretch of the run on the lanes, from all of it to a microsecond.
//!
//! Lengths are 1, 2 or 5 times a power of ten, so zooming in and out again ends where it began.

use crate::event::{Span, Time};
use crate::history::History;
use crate::ui::state::{Fits, RunView};

/// The shortest window.
pub const SHORTEST: Span = Span(1_000);
/// The longest there is: nothing that is drawn overflows below it.
pub const LONGEST: Span = Span(u64::MAX / 4);

/// The shortest axis of a run that is live.
const LIVE_LEAST: Span = Span::millis(1_000);

/// A place in a window is a part of its length, in this many parts. Fine enough that no moment is
/// lost in any window that fits a day.
const PLACES: u128 = 1 << 48;

/// A stretch of the run, laid around a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// The moment that it was laid around.
    around: Time,
    /// Where that moment stands in it.
    place: u64,
    /// How long it is.
    length: Span,
}

impl Window {
    /// Returns the window of a length in which a moment stands `since` after its beginning.
    pub fn new(around: Time, since: Span, length: Span) -> Window {
        let length = Span(length.0.clamp(SHORTEST.0, LONGEST.0));
        let place = (u128::from(since.0.min(length.0)) * PLACES + u128::from(length.0 / 2))
            / u128::from(length.0);
        Window {
            around,
            place: u64::try_from(place).unwrap_or(0),
            length,
        }
    }

    /// Returns the window from a moment on.
    pub fn from(start: Time, length: Span) -> Window {
        Window::new(start, Span::ZERO, length)
    }

    /// Returns how long it is.
    pub fn length(&self) -> Span {
        self.length
    }

    /// Returns its first moment while the cursor stands at `cursor`: where it was laid, as long as
    /// the cursor is in there; else so many halves of its length further that it is.
    pub fn start(&self, cursor: Time) -> Time {
        let length = i128::from(self.length.0);
        let home = i128::from(self.around.0) - i128::from(self.since());
        let inside = i128::from(cursor.0) - home;
        let start = if (0..length).contains(&inside) {
            home
        } else {
            // Then the cursor is in its middle half.
            let half = length / 2;
            home + (4 * inside - length).div_euclid(2 * length) * half
        };
        Time(u64::try_from(start.max(0)).unwrap_or(u64::MAX))
    }
}

/// Returns how long the axis of a whole run is that is known up to `now`, on `cols` columns. While
/// it is live that is a round length, and the next of 1, 2, 5, 10 … when its end is reached: the
/// past does not slide. Once it has ended it is as tight as a round number allows.
pub fn whole_run(now: Time, is_ended: bool, cols: u16) -> Span {
    if is_ended {
        // The badge of an end wants a column behind the end.
        let cells = u64::from(cols.max(3)) - 2;
        let wanted = u128::from(now.0) * u128::from(cols.max(3)) / u128::from(cells);
        let wanted = Span(u64::try_from(wanted).unwrap_or(u64::MAX));
        round_up(wanted, &[10, 12, 15, 20, 25, 30, 40, 50, 60, 80])
    } else {
        let wanted = now.since(Time::ZERO).max(Span(1));
        round_up(wanted, &[10, 20, 50]).max(LIVE_LEAST)
    }
}

/// Returns the least length from `span` on whose first two digits are one of `steps`, which rise
/// from 10.
pub fn round_up(span: Span, steps: &[u64]) -> Span {
    let mut power = 1u64;
    loop {
        for &step in steps {
            // In tenths, so that lengths of one digit are possible too.
            let length = step.saturating_mul(power) / 10;
            if length >= span.0 && length > 0 {
                return Span(length.min(LONGEST.0));
            }
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return LONGEST,
        }
    }
}

/// Returns the longest length of a window that is shorter than `span`.
fn next_below(span: Span) -> Span {
    let mut below = SHORTEST;
    let mut power = SHORTEST.0;
    loop {
        for step in [1, 2, 5] {
            let length = power.saturating_mul(step);
            if length >= span.0 {
                return below;
            }
            below = Span(length);
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return below,
        }
    }
}

impl Fits {
    /// Returns how many columns the lanes have; before anybody said so, a usual number.
    pub fn lane_cols(self) -> u16 {
        match self.lanes {
            0 => 100,
            cols => cols,
        }
    }
}

impl RunView {
    /// Returns where the stretch begins that lanes of `cols` columns show, and how long it is.
    pub fn shown(&self, history: &History, cols: u16) -> (Time, Span) {
        match self.window {
            Some(window) => (window.start(self.t(history)), window.length),
            None => {
                let reach = self.reach(history);
                (Time::ZERO, whole_run(reach.now, reach.is_ended, cols))
            }
        }
    }

    /// Shows a stretch of the run; all of it where that is no longer. The cursor goes no further
    /// than it must to be in there.
    pub(in crate::ui) fn show_window(&mut self, history: &History, start: Time, length: Span) {
        let reach = self.reach(history);
        let whole = whole_run(reach.now, reach.is_ended, self.fits.lane_cols());
        let length = Span(length.0.max(SHORTEST.0));
        if length >= whole {
            self.window = None;
            return;
        }
        let last = length.0 - 1;
        // Half of it at least has something to show.
        let start = start.min(Time(reach.now.0.saturating_sub(length.0 / 2)));
        let t = self.t(history);
        let inside = Time(t.0.clamp(start.0, start.0.saturating_add(last))).min(reach.now);
        if inside != t {
            super::go_to(self, history, inside);
        }
        self.window = Some(Window::new(inside, inside.since(start), length));
    }

    /// Returns the stretch that is shown after zooming in or out by a step, so that a moment stays
    /// where it stands.
    pub(in crate::ui) fn zoomed_at(&self, history: &History, t: Time, is_in: bool) -> (Time, Span) {
        let (start, length) = self.shown(history, self.fits.lane_cols());
        let other = match is_in {
            true => next_below(length),
            false => round_up(Span(length.0.saturating_add(1)), &[10, 20, 50]),
        };
        let before =
            u128::from(t.since(start).0) * u128::from(other.0) / u128::from(length.0.max(1));
        let before = u64::try_from(before).unwrap_or(u64::MAX);
        (Time(t.0.saturating_sub(before)), other)
    }

    pub(super) fn zoom_in(&mut self, history: &History) {
        let (start, length) = self.shown(history, self.fits.lane_cols());
        if length > SHORTEST {
            let shorter = next_below(length);
            self.window = Some(self.zoomed(history, start, length, shorter));
        }
    }

    pub(super) fn zoom_out(&mut self, history: &History) {
        let Some(window) = self.window else { return };
        let (start, length) = (window.start(self.t(history)), window.length);
        let reach = self.reach(history);
        let whole = whole_run(reach.now, reach.is_ended, self.fits.lane_cols());
        let longer = round_up(Span(length.0.saturating_add(1)), &[10, 20, 50]);
        self.window = (longer < whole).then(|| self.zoomed(history, start, length, longer));
    }

    /// Returns the window of another length in which the cursor stands where it stands now.
    fn zoomed(&self, history: &History, start: Time, length: Span, other: Span) -> Window {
        let t = self.t(history);
        let place = match self.window {
            // The same moment at the same place: that way nothing is rounded twice.
            Some(window) if window.around == t && window.home_is_shown() => window.place,
            _ => Window::new(t, t.since(start), length).place,
        };
        Window {
            around: t,
            place,
            length: other,
        }
    }
}

impl Window {
    /// Returns how long after its beginning the moment stands that it was laid around.
    fn since(&self) -> u64 {
        let since = (u128::from(self.length.0) * u128::from(self.place) + PLACES / 2) / PLACES;
        u64::try_from(since).unwrap_or(u64::MAX)
    }

    /// Returns whether it begins where it was laid, and not at the beginning of the run because
    /// that comes first.
    fn home_is_shown(&self) -> bool {
        self.since() <= self.around.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a window of 100 ms that was laid around 1.000 s begins while the cursor stands at
    /// each of some moments, all in ms.
    #[track_caller]
    fn check(since: u64, cursors: &[u64], starts: &[u64]) {
        let window = Window::new(Time(1_000_000_000), Span::millis(since), Span::millis(100));
        let begins = cursors.iter().map(|&at| window.start(Time(at * 1_000_000)));
        let begins: Vec<u64> = begins.map(|start| start.0 / 1_000_000).collect();
        assert_eq!(begins, starts);
    }

    #[test]
    fn a_window_stays_while_the_cursor_is_in_it() {
        check(40, &[960, 1000, 1059], &[960, 960, 960]);
    }

    #[test]
    fn it_goes_on_by_halves_to_where_the_cursor_is_in_the_middle() {
        check(40, &[1060, 1084, 1085, 1135], &[1010, 1010, 1060, 1110]);
        check(40, &[959, 935, 934], &[910, 910, 860]);
    }

    #[test]
    fn it_does_not_begin_before_the_run() {
        check(40, &[0, 30, 90], &[0, 0, 60]);
    }

    #[test]
    fn lengths_go_from_the_longest_to_a_microsecond_and_back() {
        let mut length = Span(2_000_000_000);
        let mut lengths = vec![length];
        while length > SHORTEST {
            length = next_below(length);
            lengths.push(length);
        }
        assert_eq!(lengths.len(), 20);
        for pair in lengths.windows(2) {
            let back = round_up(Span(pair[1].0 + 1), &[10, 20, 50]);
            assert_eq!(back, pair[0]);
        }
    }

    #[test]
    fn a_place_is_kept_to_the_nanosecond() {
        for (length, since) in [(1_000, 333), (5_000_000_000, 4_999_999_999), (20_000, 1)] {
            let around = Time(7_000_000_000);
            let window = Window::new(around, Span(since), Span(length));
            assert_eq!(window.start(around), around - Span(since));
        }
    }
}
