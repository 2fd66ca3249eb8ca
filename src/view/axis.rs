//! The axis: which stretch of time is on the screen, and where in it a moment stands.
//!
//! Positions are eighths of a cell, so that what begins within a cell can be drawn so. While a run
//! is live the axis starts at a round length, and goes to the next of 1, 2, 5, 10 … when its end is
//! reached: the past does not slide. Once the run has ended its length is as tight as a round
//! number allows.

use crate::event::{Span, Time};
use std::ops::Range;

/// Eighths of a cell.
pub const EIGHTHS: u32 = 8;

/// The shortest axis of a run that is live.
const LIVE_LEAST: Span = Span::millis(1_000);

/// The longest axis there is: nothing that is drawn overflows below it.
const LONGEST: Span = Span(u64::MAX / 4);

/// A stretch of time on a number of columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Axis {
    /// The moment at the left edge.
    pub start: Time,
    /// How long it is.
    pub length: Span,
    /// On how many columns.
    pub cols: u16,
}

impl Axis {
    /// Returns the axis of a run that is known up to `now`.
    pub fn of_run(now: Time, is_ended: bool, cols: u16) -> Axis {
        let length = if is_ended {
            // The badge of an end wants a column behind the end.
            let cells = u64::from(cols.max(3)) - 2;
            let wanted = u128::from(now.0) * u128::from(cols.max(3)) / u128::from(cells);
            round_up(
                Span(clamped(wanted)),
                &[10, 12, 15, 20, 25, 30, 40, 50, 60, 80],
            )
        } else {
            let wanted = now.since(Time::ZERO).max(Span(1));
            round_up(wanted, &[10, 20, 50]).max(LIVE_LEAST)
        };
        Axis {
            start: Time::ZERO,
            length,
            cols,
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

    /// Returns the distance of the labels, and how many digits they have behind the point, in the
    /// unit of [`Axis::unit`].
    pub fn step(&self) -> Span {
        let most = u64::from(self.cols / 9).clamp(1, 5);
        let least = Span(self.length.0.div_ceil(most).max(1));
        round_up(least, &[10, 20, 25, 50])
    }

    /// Returns the unit of the labels: nanoseconds and name.
    pub fn unit(&self) -> (u64, &'static str) {
        match self.length.0 {
            0..10_000 => (1, "ns"),
            10_000..100_000_000 => (1_000_000, "ms"),
            _ => (1_000_000_000, "s"),
        }
    }

    /// Returns the label of a moment: `0.5 s`, `0.25 ms`.
    pub fn label(&self, t: Time) -> String {
        let (unit, name) = self.unit();
        let step = self.step().0;
        let digits = (0..9).find(|&digits| (step * 10u64.pow(digits)).is_multiple_of(unit));
        let digits = digits.unwrap_or(0) as usize;
        format!("{:.digits$} {name}", t.0 as f64 / unit as f64)
    }
}

/// Returns the least length from `span` on whose first two digits are one of `steps`, which rise
/// from 10.
fn round_up(span: Span, steps: &[u64]) -> Span {
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

fn clamped(n: u128) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

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
