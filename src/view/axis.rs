//! The axis: which stretch of time is on the screen, and where in it a moment stands.
//!
//! Positions are eighths of a cell, so that what begins within a cell can be drawn so. While a run
//! is live the axis starts at a round length, and goes to the next of 1, 2, 5, 10 … when its end is
//! reached: the past does not slide. Once the run has ended its length is as tight as a round
//! number allows.

use crate::event::{Span, Time};
use crate::history::History;
use crate::ui::RunView;
use crate::ui::time::window::{round_up, whole_run};
use std::ops::Range;

/// Eighths of a cell.
pub const EIGHTHS: u32 = 8;

/// A stretch of time on a number of columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Axis {
    /// The moment at the left edge.
    pub start: Time,
    /// How long it is.
    pub length: Span,
    /// On how many columns.
    pub cols: u16,
    /// How long an axis of the whole run would be: times are told in its unit, also where only a
    /// window of it is on the axis.
    pub whole: Span,
}

impl Axis {
    /// Returns the axis of a run that is known up to `now`.
    pub fn of_run(now: Time, is_ended: bool, cols: u16) -> Axis {
        let length = whole_run(now, is_ended, cols);
        Axis {
            start: Time::ZERO,
            length,
            cols,
            whole: length,
        }
    }

    /// Returns the axis of what a view shows.
    pub fn of_view(history: &History, run: &RunView, cols: u16) -> Axis {
        let (start, length) = run.shown(history, cols);
        let reach = run.reach(history);
        let whole = Axis::of_run(reach.now, reach.is_ended, cols);
        Axis {
            start,
            length,
            cols,
            whole: whole.length,
        }
    }

    /// Returns the first moment after the axis.
    pub fn end(&self) -> Time {
        self.start + self.length
    }

    /// Returns the stretch of time that is on it.
    pub fn range(&self) -> Range<Time> {
        self.start..self.end()
    }

    /// Returns where a moment stands, in eighths of a cell from the left edge; those before and
    /// after the axis stand at its edges.
    #[inline]
    pub fn eighth(&self, t: Time) -> u32 {
        let whole = u32::from(self.cols) * EIGHTHS;
        let since = t.since(self.start).0;
        if since >= self.length.0 {
            return whole;
        }
        // In 64 bits where that is enough, which is up to 8 months on 200 columns.
        let at = match since.checked_mul(u64::from(whole)) {
            Some(product) => product / self.length.0.max(1),
            None => {
                clamped(u128::from(since) * u128::from(whole) / u128::from(self.length.0.max(1)))
            }
        };
        u32::try_from(at).unwrap_or(whole).min(whole)
    }

    /// Returns the column that a moment is in.
    #[inline]
    pub fn col(&self, t: Time) -> u16 {
        // A column is at most `cols`, which is a u16.
        u16::try_from(self.eighth(t) / EIGHTHS).unwrap_or(self.cols)
    }

    /// Returns the moment at the left edge of a column.
    pub fn time_of(&self, col: u16) -> Time {
        let since = u128::from(self.length.0) * u128::from(col) / u128::from(self.cols.max(1));
        self.start + Span(clamped(since))
    }

    /// Returns the distance of the labels. Where there is room only for the axis's own beginning
    /// that is the axis's length.
    pub fn step(&self) -> Span {
        // The longer the labels, the fewer there is room for.
        let steps = [5, 4, 3, 2, 1].map(|most| {
            let least = Span(self.length.0.div_ceil(most).max(1));
            round_up(least, &[10, 20, 25, 50])
        });
        let fits = |step: &&Span| {
            let wide = self.text(self.end(), self.digits(**step)).len() as u128 + 2;
            u128::from(self.cols) * u128::from(step.0) >= wide * u128::from(self.length.0)
        };
        *steps.iter().find(fits).unwrap_or(&steps[4])
    }

    /// Returns the moment of the first label: the first one on the axis that is a number of steps
    /// after the run's beginning.
    pub fn first_label(&self) -> Time {
        let step = self.step().0;
        Time(self.start.0.div_ceil(step).saturating_mul(step))
    }

    /// Returns the unit of the labels: nanoseconds and name.
    pub fn unit(&self) -> (u64, &'static str) {
        match self.whole.0 {
            0..10_000 => (1, "ns"),
            10_000..100_000_000 => (1_000_000, "ms"),
            _ => (1_000_000_000, "s"),
        }
    }

    /// Returns the label of a moment: `0.5 s`, `0.25 ms`.
    pub fn label(&self, t: Time) -> String {
        let digits = self.digits(self.step());
        let mut text = self.text(t, digits);
        if digits > 3 {
            // The cursor's label says the unit; here its room is wanted for digits.
            text.truncate(text.find(' ').unwrap_or(text.len()));
        }
        text
    }

    /// Returns a moment as the cursor's label says it, to a tenth of a column: `0.6204 s`.
    pub fn fine_label(&self, t: Time) -> String {
        // A column is about a hundredth of the axis.
        let fine = Span((self.length.0 / 1_000).max(1));
        let unit = self.unit().0;
        let digits = (0..9).find(|&digits| fine.0.saturating_mul(10u64.pow(digits)) >= unit);
        self.text(t, digits.unwrap_or(9) as usize)
    }

    /// Returns a moment with so many digits behind the point: cut, so that it is never later.
    fn text(&self, t: Time, digits: usize) -> String {
        let (unit, name) = self.unit();
        let whole = t.0 / unit;
        if digits == 0 {
            return format!("{whole} {name}");
        }
        let power = 10u128.pow(u32::try_from(digits.min(9)).unwrap_or(9));
        let part = u128::from(t.0 % unit) * power / u128::from(unit);
        format!("{whole}.{part:0digits$} {name}")
    }

    /// Returns how many digits behind the point tell moments apart that are `step` apart.
    fn digits(&self, step: Span) -> usize {
        let unit = self.unit().0;
        let digits = (0..9).find(|&n| step.0.saturating_mul(10u64.pow(n)).is_multiple_of(unit));
        digits.unwrap_or(9) as usize
    }
}

fn clamped(n: u128) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::time::window::LONGEST;

    #[track_caller]
    fn check(now_ms: u64, is_ended: bool, length_ms: u64, labels: &str) {
        let axis = Axis::of_run(Time(now_ms * 1_000_000), is_ended, 56);
        assert_eq!(axis.length, Span::millis(length_ms));
        let mut t = axis.start;
        let mut told = Vec::new();
        while t < axis.end() {
            told.push(axis.label(t));
            t = t + axis.step();
        }
        assert_eq!(told.join("  "), labels);
    }

    #[test]
    fn a_live_axis_goes_to_the_next_round_length() {
        check(0, false, 1_000, "0.0 s  0.2 s  0.4 s  0.6 s  0.8 s");
        check(1_480, false, 2_000, "0.0 s  0.5 s  1.0 s  1.5 s");
        check(2_000, false, 2_000, "0.0 s  0.5 s  1.0 s  1.5 s");
        check(2_001, false, 5_000, "0 s  1 s  2 s  3 s  4 s");
    }

    #[test]
    fn an_ended_axis_is_tight() {
        check(19, true, 20, "0 ms  5 ms  10 ms  15 ms");
        check(2_900, true, 4_000, "0 s  1 s  2 s  3 s");
    }

    #[test]
    fn every_moment_has_a_place() {
        for length in [1, 1_000, 2_000_000_000, LONGEST.0] {
            let axis = Axis {
                start: Time(5),
                length: Span(length),
                cols: 200,
                whole: Span(length),
            };
            assert_eq!(axis.eighth(Time::ZERO), 0);
            assert_eq!(axis.eighth(Time::NEVER), 1600);
            let middle = axis.eighth(Time(5 + length.div_ceil(2))) / EIGHTHS;
            assert_eq!(middle, if length == 1 { 200 } else { 100 });
            let _ = axis.label(Time::NEVER);
        }
    }

    #[test]
    fn a_column_holds_the_moment_that_it_begins_with() {
        let axis = Axis::of_run(Time(1_990_000_000), false, 57);
        for col in 0..57 {
            let t = axis.time_of(col);
            assert!(axis.col(t) == col || axis.col(t + Span(1)) == col);
        }
    }
}
