//! The timeline: which moment of the viewer's clock a moment of the film shows.
//!
//! It is made of pieces, in each of which the one goes evenly with the other. Cuts leave pieces
//! out; speeds and the longest pause make them shorter; dwelling makes those between two beats
//! longer that are too short to be seen. Everything is counted in whole nanoseconds, so that it is
//! the same on every machine.

use super::lines::shortened;
use crate::event::{Span, Time};

/// What a timeline is made of.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The stretches of the viewer's clock that are shown, in order.
    pub(super) shown: Vec<(Time, Time)>,
    /// Moments at which something happens that is told, in order.
    pub(super) beats: Vec<Time>,
    /// From when on it is shown so many times as fast, in order.
    pub(super) speeds: Vec<(Time, f64)>,
    /// All of it is shown so many times as fast.
    pub(super) speed: f64,
    /// Longer than this, in the film, nothing happens at no time.
    pub(super) longest_pause: Option<Span>,
    /// So long, in the film, it stays at each beat if there is time enough.
    pub(super) dwell: Span,
}

/// A film that dwells is at most so many times as long as without.
const DWELLS_TIMES: u64 = 2;
/// Or so long, if that is more.
const DWELLS_LEAST: Span = Span::millis(20_000);

/// See the file's own page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Timeline {
    pieces: Vec<Piece>,
    length: Span,
}

/// A stretch of the film that shows a stretch of the viewer's clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Piece {
    /// Where it begins in the film.
    begin: Span,
    /// How long it is there.
    takes: Span,
    /// Where it begins by the viewer's clock.
    since: Time,
    /// How long it is there.
    lasts: Span,
    /// Whether it lies between two beats.
    is_between: bool,
}

impl Timeline {
    /// Makes the timeline.
    pub(super) fn of(plan: &Plan) -> Timeline {
        let mut pieces = Vec::new();
        for &(since, until) in &plan.shown {
            cut(&mut pieces, plan, since, until);
        }
        dwell(&mut pieces, plan.dwell);
        let mut length = Span::ZERO;
        for piece in &mut pieces {
            piece.begin = length;
            length = Span(length.0.saturating_add(piece.takes.0));
        }
        Timeline { pieces, length }
    }

    /// Returns how long the film is.
    pub(super) fn length(&self) -> Span {
        self.length
    }

    /// Returns the moment of the viewer's clock that a moment of the film shows.
    pub(super) fn viewer(&self, film: Span) -> Time {
        let begun = self.pieces.partition_point(|piece| piece.begin <= film);
        let Some(piece) = begun.checked_sub(1).and_then(|at| self.pieces.get(at)) else {
            return Time::ZERO;
        };
        let into = film.0 - piece.begin.0;
        piece.since + scaled(Span(into.min(piece.takes.0)), piece.takes, piece.lasts)
    }

    /// Returns the moment of the film at which the viewer's clock is seen to reach `at`: where that
    /// is cut, the next one that is shown. `None` after the end.
    pub(super) fn film(&self, at: Time) -> Option<Span> {
        let over = |piece: &Piece| piece.since + piece.lasts < at;
        let piece = self.pieces.get(self.pieces.partition_point(over))?;
        let into = at.since(piece.since);
        Some(Span(
            piece.begin.0 + scaled(into, piece.lasts, piece.takes).0,
        ))
    }
}

/// Returns how much of `to` is so far as `part` is of `of`.
fn scaled(part: Span, of: Span, to: Span) -> Span {
    if of == Span::ZERO {
        return to;
    }
    let scaled = u128::from(part.0) * u128::from(to.0) / u128::from(of.0);
    Span(u64::try_from(scaled).unwrap_or(u64::MAX))
}

/// Adds the pieces of a stretch that is shown.
fn cut(pieces: &mut Vec<Piece>, plan: &Plan, since: Time, until: Time) {
    let first = plan.beats.partition_point(|&beat| beat <= since);
    let last = plan.beats.partition_point(|&beat| beat < until);
    let inner = plan.beats.get(first..last).unwrap_or(&[]);
    let is_beat = |t: Time| plan.beats.binary_search(&t).is_ok();
    let mut from = since;
    for &to in inner.iter().chain([&until]) {
        if to == from && to != until {
            continue;
        }
        let lasts = to.since(from);
        let begun = plan.speeds.partition_point(|&(at, _)| at <= from);
        let speed = plan.speeds[..begun].last().map_or(1.0, |&(_, speed)| speed);
        let takes = shortened(lasts, speed * plan.speed);
        pieces.push(Piece {
            begin: Span::ZERO,
            takes: plan.longest_pause.map_or(takes, |most| takes.min(most)),
            since: from,
            lasts,
            is_between: lasts > Span::ZERO && is_beat(from) && is_beat(to),
        });
        from = to;
    }
}

/// Makes the pieces between beats as long as `least`, or as far as the film may grow.
fn dwell(pieces: &mut [Piece], least: Span) {
    let sum = |pieces: &[Piece]| {
        let takes = pieces.iter().map(|piece| piece.takes.0);
        takes.fold(0u64, u64::saturating_add)
    };
    let whole = sum(pieces);
    let most = whole.saturating_mul(DWELLS_TIMES).max(DWELLS_LEAST.0);
    let mut between: Vec<u64> = pieces
        .iter()
        .filter(|piece| piece.is_between)
        .map(|piece| piece.takes.0)
        .collect();
    between.sort_unstable();
    // As high as water stands that is poured over them: the lowest are filled first.
    let mut left = most.saturating_sub(whole);
    let mut level = between.first().copied().unwrap_or(0);
    for (below, &next) in (1u64..).zip(between.iter().skip(1).chain([&u64::MAX])) {
        let to = next.min(least.0).max(level);
        let fits = level.saturating_add(left / below);
        let risen = to.min(fits);
        left -= (risen - level).saturating_mul(below).min(left);
        level = risen;
        if level < next {
            break;
        }
    }
    for piece in pieces.iter_mut().filter(|piece| piece.is_between) {
        piece.takes = piece.takes.max(Span(level));
    }
}

#[cfg(test)]
mod tests;
