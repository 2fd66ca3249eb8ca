//! The share of a group that is busy, at many moments at once.
//!
//! A moment asks some of the members what they do. Most have few intervals, so each is walked once
//! for all moments: where an interval begins and where it ends one is added and taken away, and the
//! sums of that are how many do it at each moment.

use crate::event::{ActorId, Time};
use crate::history::{History, StateClass};

/// The most members that are asked; of more, so many, evenly spread: no lane tells the 64th part of
/// its height.
const ASKED_MOST: usize = 64;
/// A lane with more intervals than this for each moment is asked at each moment instead.
const INTERVALS_MOST: usize = 2;

/// The level of a moment at which no member lives.
pub(super) const GONE: u8 = u8::MAX;

/// Returns how many eighths of the members are busy at each of some moments, which rise: those that
/// compute or are in a task.
pub(super) fn levels(history: &History, members: &[ActorId], moments: &[Time]) -> Vec<u8> {
    let asked = members.len().min(ASKED_MOST);
    let mut sums = Sums {
        alive: vec![0; moments.len() + 1],
        busy: vec![0; moments.len() + 1],
    };
    for at in 0..asked {
        sums.add(history, members[at * members.len() / asked], moments);
    }
    let (mut alive, mut busy) = (0, 0);
    let changes = sums.alive.iter().zip(&sums.busy).take(moments.len());
    let level = |(more_alive, more_busy): (&i32, &i32)| {
        alive += more_alive;
        busy += more_busy;
        let busy = usize::try_from(busy).unwrap_or(0);
        match alive {
            0 => GONE,
            // At most eight eighths.
            _ => u8::try_from((busy * 8).div_ceil(asked.max(1))).unwrap_or(8),
        }
    };
    changes.map(level).collect()
}

/// How many more there are at each moment than at the one before.
struct Sums {
    alive: Vec<i32>,
    busy: Vec<i32>,
}

impl Sums {
    fn add(&mut self, history: &History, member: ActorId, moments: &[Time]) {
        let (Some(&first), Some(&last)) = (moments.first(), moments.last()) else {
            return;
        };
        let lane = history.lane(member);
        let stretch = first..Time(last.0.saturating_add(1));
        let has_bands = !history.bands(member).is_empty();
        if has_bands || lane.count(stretch.clone()) > INTERVALS_MOST * moments.len() {
            return self.ask(history, member, moments);
        }
        for interval in lane.between(stretch) {
            let from = moments.partition_point(|&t| t < interval.start);
            let to = moments.partition_point(|&t| t < interval.end);
            let class = interval.state.class();
            self.count(from, to, class, class == StateClass::Running);
        }
    }

    fn ask(&mut self, history: &History, member: ActorId, moments: &[Time]) {
        let has_bands = !history.bands(member).is_empty();
        let classes = history.lane(member).classes_at(moments.iter().copied());
        for (at, (&t, class)) in moments.iter().zip(classes).enumerate() {
            let is_in_task = has_bands && history.band_at(member, t).is_some();
            let is_busy = class == Some(StateClass::Running) || is_in_task;
            // Who is not there is no one who lives.
            let class = class.unwrap_or(StateClass::Zombie);
            self.count(at, at + 1, class, is_busy);
        }
    }

    fn count(&mut self, from: usize, to: usize, class: StateClass, is_busy: bool) {
        let is_alive = i32::from(class != StateClass::Zombie);
        let is_busy = i32::from(is_busy);
        self.alive[from] += is_alive;
        self.alive[to] -= is_alive;
        self.busy[from] += is_busy;
        self.busy[to] -= is_busy;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::words::Method;
    use crate::event::{Event, Kind, ObjectId, TaskId};

    /// The same, asked one by one.
    fn plain(history: &History, members: &[ActorId], t: Time) -> u8 {
        let asked = members.len().min(ASKED_MOST);
        let (mut alive, mut busy) = (0, 0);
        for at in 0..asked {
            let id = members[at * members.len() / asked];
            let state = history.lane(id).at(t).map(|now| now.state.class());
            alive += usize::from(state.is_some_and(|class| class != StateClass::Zombie));
            let is_busy = state == Some(StateClass::Running) || history.band_at(id, t).is_some();
            busy += usize::from(is_busy);
        }
        match alive {
            0 => GONE,
            _ => u8::try_from((busy * 8).div_ceil(asked)).unwrap(),
        }
    }

    #[test]
    fn levels_are_what_each_moment_says_by_itself() {
        let mut history = History::default();
        let mut dice = 11u64;
        let mut below = |most: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % most
        };
        for seq in 0..6000u32 {
            let actor = ActorId(u32::try_from(below(100)).unwrap() + 1);
            let task = TaskId(u32::try_from(below(40)).unwrap());
            let kind = match below(9) {
                0 => Kind::ProcessForked {
                    child: ActorId(actor.0 + 1),
                    name: "worker".into(),
                    method: Method::Fork,
                    daemon: false,
                    function: None,
                },
                1 if seq > 4000 => Kind::ProcessExited { code: Some(0) },
                2 => Kind::TaskSubmitted {
                    pool: ObjectId(1),
                    task,
                    function: "f".into(),
                },
                3 if actor.0 > 50 => Kind::TaskStarted { task },
                4 => Kind::TaskFinished {
                    task,
                    ok: true,
                    error: None,
                },
                5 | 6 => Kind::Slept { until: Time::NEVER },
                _ => Kind::Woke {},
            };
            history.apply(&Event {
                t: Time(u64::from(seq) * 10),
                actor,
                by: None,
                seq,
                line: None,
                file: None,
                kind,
            });
        }
        let members: Vec<ActorId> = (1..=99).map(ActorId).collect();
        for (first, step, count) in [(0, 700, 90), (30_000, 1, 200), (59_000, 500, 5), (5, 9, 0)] {
            let moments: Vec<Time> = (0..count).map(|n| Time(first + n * step)).collect();
            let expected: Vec<u8> = moments
                .iter()
                .map(|&t| plain(&history, &members, t))
                .collect();
            assert_eq!(levels(&history, &members, &moments), expected);
        }
        assert_eq!(levels(&history, &[], &[Time(5)]), [GONE]);
    }
}
