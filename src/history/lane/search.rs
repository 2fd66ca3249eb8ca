//! Searches through the starts of a lane, which rise: how many of them are in front of a moment.
//!
//! A search through memory that was not touched for long is dear at every step, so it begins where
//! the answer is likely: where it would be if all intervals were of one length, or where the
//! answer before was. From there it goes in steps that double, so a bad guess costs no more than
//! twice a plain search.

use crate::event::Time;

/// Returns how many starts are in front, which are those before `t`, or up to it.
#[inline]
pub(super) fn place(starts: &[Time], t: Time, is_in_front: impl Fn(Time) -> bool) -> usize {
    let (Some(&first), Some(&last)) = (starts.first(), starts.last()) else {
        return 0;
    };
    if is_in_front(last) {
        return starts.len();
    }
    let most = starts.len() - 1;
    let guess =
        u128::from(t.since(first).0) * most as u128 / u128::from(last.since(first).0.max(1));
    let guess = usize::try_from(guess).map_or(most, |guess| guess.min(most));
    if is_in_front(starts[guess]) {
        onward(starts, guess + 1, is_in_front)
    } else {
        back(starts, guess, is_in_front)
    }
}

/// Returns how many starts are in front, where the first `known` are.
#[inline]
pub(super) fn onward(starts: &[Time], known: usize, is_in_front: impl Fn(Time) -> bool) -> usize {
    let rest = &starts[known..];
    let mut step = 1;
    while rest.get(step - 1).is_some_and(|&start| is_in_front(start)) {
        step *= 2;
    }
    let (low, high) = (step / 2, step.min(rest.len()));
    known + low + rest[low..high].partition_point(|&start| is_in_front(start))
}

/// Returns how many starts are in front, where those from `known` on are not.
#[inline]
fn back(starts: &[Time], known: usize, is_in_front: impl Fn(Time) -> bool) -> usize {
    let mut step = 1;
    while step <= known && !is_in_front(starts[known - step]) {
        step *= 2;
    }
    let (low, high) = (known.saturating_sub(step), known - step / 2);
    low + starts[low..high].partition_point(|&start| is_in_front(start))
}
