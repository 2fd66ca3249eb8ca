//! Two sorted lists of events become one: what came through the rings, and what a voice says.
//!
//! Each of both keeps its own order. Between them the log's holds: time, then what is late, then
//! causes before effects.

use super::order::LATE;
use crate::channel::voice::Told;
use crate::event::{Event, Time};
use std::cmp::Ordering;

/// Puts what was told among the events, both of which are sorted. `last` is the last horizon, the
/// time that late events have.
pub(super) fn merge(events: &mut Vec<Event>, told: Told, last: Time) {
    if told.events.is_empty() {
        return;
    }
    if events.is_empty() {
        *events = told.events;
        return;
    }
    let ours = std::mem::take(events);
    events.reserve(ours.len() + told.events.len());
    let mut late = told.late;
    let mut ours = ours.into_iter().peekable();
    let mut theirs = told.events.into_iter().peekable();
    // Within a list a rank may go down at one time, because what one writer says stays in its order;
    // it counts as the highest before it.
    let (mut our_floor, mut their_floor) = (Floor::default(), Floor::default());
    loop {
        let order = match (ours.peek(), theirs.peek()) {
            (None, _) => break,
            (_, None) => Ordering::Less,
            (Some(a), Some(b)) => {
                // Of its events of the last horizon's time it is not known here which are late: they
                // are taken for it, but after those of which it is known.
                let rank = if a.t == last { LATE } else { rank_of(a) };
                let a = (a.t, our_floor.at(a.t, rank), 1);
                let rank = if late > 0 { LATE } else { rank_of(b) };
                let b = (b.t, their_floor.at(b.t, rank), u8::from(late == 0) * 2);
                a.cmp(&b)
            }
        };
        if order == Ordering::Greater {
            late = late.saturating_sub(1);
            events.extend(theirs.next());
        } else {
            events.extend(ours.next());
        }
    }
    events.extend(theirs);
}

fn rank_of(event: &Event) -> u8 {
    LATE + 1 + event.kind.nature() as u8
}

/// The highest rank so far of those of one time.
#[derive(Default)]
struct Floor {
    t: Time,
    rank: u8,
}

impl Floor {
    fn at(&mut self, t: Time, rank: u8) -> u8 {
        self.rank = if t == self.t {
            self.rank.max(rank)
        } else {
            rank
        };
        self.t = t;
        self.rank
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ActorId, Kind, ObjectId};

    /// A list of `t` with `c` for a cause, `e` for an effect; the actor says which list it is of.
    fn list(actor: u32, text: &str) -> Vec<Event> {
        let event = |word: &str| {
            let (t, nature) = word.split_at(word.len() - 1);
            let object = ObjectId(1);
            Event {
                t: Time(t.parse().expect("a time")),
                actor: ActorId(actor),
                by: None,
                seq: 0,
                line: None,
                file: None,
                kind: match nature {
                    "c" => Kind::LockReleased { object },
                    _ => Kind::LockTaken { object },
                },
            }
        };
        text.split_whitespace().map(event).collect()
    }

    #[track_caller]
    fn check(ours: &str, theirs: &str, late: usize, expected: &str) {
        let mut events = list(1, ours);
        let told = Told {
            events: list(2, theirs),
            late,
        };
        merge(&mut events, told, Time(5));
        let shown: Vec<String> = events
            .iter()
            .map(|event| {
                let who = if event.actor.0 == 1 { "r" } else { "v" };
                format!("{who}{}", event.t.0)
            })
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn time_decides_then_what_is_late_then_the_nature() {
        check("", "5c 6e", 1, "v5 v6");
        check("7c", "", 0, "r7");
        check("6c 8c", "7c 9c", 0, "r6 v7 r8 v9");
        check("7e", "7c", 0, "v7 r7");
        check("7c", "7e", 0, "r7 v7");
        check("5e 6c", "5c 5e", 1, "v5 r5 v5 r6");
        check("7e 7c 8c", "7e 7e", 0, "r7 r7 v7 v7 r8");
        check("7c", "7e 7c", 0, "r7 v7 v7");
    }
}
