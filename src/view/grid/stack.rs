//! The stack: parts of the screen one below the other, and how many rows each has.
//!
//! Each has what it wants as long as those below keep what they can't do without; the last has what
//! is left. A part that nobody needs goes where there is no room for it.

/// A part of the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// With fewer rows it can't be used.
    pub(super) least: u16,
    /// How many it has.
    pub(super) want: Want,
    /// Whether it stays where there is little room.
    pub(super) need: Need,
}

/// How many rows a part wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Want {
    /// So many.
    Rows(u16),
    /// Half of what is left.
    Half,
    /// Half of what is left, but so many at least, and so many at most.
    HalfWithin(u16, u16),
}

/// How much a part is needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Need {
    /// It goes before others lose anything.
    Some,
    /// Others become smaller first.
    More,
    /// It stays.
    Most,
}

/// Returns the rows of each part, of `rows` in all; 0 for one that has no room.
pub(super) fn share<const N: usize>(rows: u16, parts: &[Option<Part>; N]) -> [u16; N] {
    let mut kept = *parts;
    let needed = |kept: &[Option<Part>]| {
        let parts = kept.iter().flatten();
        let needed = parts.filter(|part| part.need > Need::Some);
        needed.map(|part| part.least).sum::<u16>()
    };
    while needed(&kept) > rows {
        let goes = |part: &Option<Part>| part.is_some_and(|part| part.need == Need::More);
        match kept.iter().rposition(goes) {
            Some(at) => kept[at] = None,
            None => break,
        }
    }
    let mut heights = [0; N];
    let mut left = rows;
    for at in 0..N {
        let Some(part) = kept[at] else { continue };
        let below = &kept[at + 1..];
        let room = left.saturating_sub(needed(below));
        if part.need == Need::Some && room < part.least {
            continue;
        }
        let want = match part.want {
            _ if below.iter().all(Option::is_none) => left,
            Want::Rows(rows) => rows,
            Want::Half => left / 2,
            Want::HalfWithin(least, most) => (left / 2).clamp(least, most.max(least)),
        };
        heights[at] = want.max(part.least).min(room);
        left -= heights[at];
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(least: u16, want: u16, need: Need) -> Option<Part> {
        Some(Part {
            least,
            want: Want::Rows(want),
            need,
        })
    }

    #[track_caller]
    fn check(rows: u16, lower: Need, expected: [u16; 3]) {
        let parts = [
            part(4, 9, Need::More),
            part(4, 10, Need::More),
            part(3, 0, lower),
        ];
        assert_eq!(share(rows, &parts), expected, "{rows}");
    }

    #[test]
    fn the_last_has_what_is_left() {
        check(40, Need::Some, [9, 10, 21]);
        check(22, Need::Some, [9, 10, 3]);
        check(21, Need::Some, [9, 10, 0]);
        check(15, Need::Some, [9, 6, 0]);
    }

    #[test]
    fn who_is_needed_keeps_the_least() {
        check(21, Need::Most, [9, 9, 3]);
        check(13, Need::Most, [6, 4, 3]);
        check(10, Need::Most, [7, 0, 3]);
        check(4, Need::Most, [0, 0, 4]);
    }
}
