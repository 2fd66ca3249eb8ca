//! What lanes answer, beside what a plain walk over the same changes finds.

use super::*;
use crate::event::ObjectId;
use crate::event::words::Operation;

const ASLEEP: State = State::Asleep { until: Time(9) };

fn state(letter: &str) -> Option<State> {
    match letter {
        "S" => Some(State::Starting),
        "R" => Some(State::Running),
        "A" => Some(ASLEEP),
        "Z" => Some(State::Zombie),
        "G" => Some(State::Waiting(Wait {
            operation: Operation::Get,
            object: Some(ObjectId(1)),
            on: None,
            timeout: None,
        })),
        "-" => None,
        _ => panic!("no state `{letter}`"),
    }
}

fn letter(state: Option<State>) -> &'static str {
    match state.map(|state| state.class()) {
        None => "-",
        Some(StateClass::Starting) => "S",
        Some(StateClass::Running) => "R",
        Some(StateClass::Asleep) => "A",
        Some(StateClass::Zombie) => "Z",
        Some(_) => "G",
    }
}

/// `changes` are `t:state`, with `-` for the end.
fn lane(changes: &str) -> Lane {
    let mut lane = Lane::new();
    for change in changes.split_whitespace() {
        let (t, to) = change.split_once(':').unwrap();
        let t = Time(t.parse().unwrap());
        match state(to) {
            Some(state) => lane.enter(t, state),
            None => lane.leave(t),
        }
    }
    lane
}

/// `states` is the answer at t = 0, 1, 2, …
#[track_caller]
fn check(changes: &str, states: &str) {
    let lane = lane(changes);
    let times = 0..states.split_whitespace().count() as u64;
    let answers: Vec<&str> = times
        .map(|t| letter(lane.at(Time(t)).map(|interval| interval.state)))
        .collect();
    assert_eq!(answers.join(" "), states);
}

/// `intervals` are the answer, `start-end` with the state's letter.
#[track_caller]
fn check_between(changes: &str, range: Range<u64>, intervals: &str) {
    let lane = lane(changes);
    let answers: Vec<String> = lane
        .between(Time(range.start)..Time(range.end))
        .map(|interval| {
            let end = match interval.end {
                Time::NEVER => String::new(),
                end => end.0.to_string(),
            };
            let state = letter(Some(interval.state));
            format!("{}-{end}{state}", interval.start.0)
        })
        .collect();
    assert_eq!(answers.join(" "), intervals);
}

#[test]
fn a_state_holds_until_the_next() {
    check("", "- -");
    check("1:S 2:R 4:G 5:Z 7:-", "- S R R G Z Z - -");
    check("1:R 3:R 5:A", "- R R R R A");
}

#[test]
fn a_state_without_length_leaves_no_trace() {
    check("1:R 2:G 2:R 3:A", "- R R A");
    assert_eq!(lane("1:R 2:G 2:R 3:A").len(), 2);
    check("1:S 1:R", "- R");
    check("1:R 1:-", "- -");
    assert_eq!(lane("1:R 1:-"), Lane::new());
    check("1:R 2:Z 2:-", "- R -");
    assert_eq!(lane("1:R 2:Z 2:-").len(), 1);
}

#[test]
fn a_lane_that_ended_does_not_go_on() {
    check("1:R 3:- 4:R 5:G", "- R R - - -");
    check("1:-", "- -");
}

#[test]
fn intervals_are_given_where_they_touch_the_range() {
    let changes = "1:R 4:G 6:A 9:-";
    check_between(changes, 0..20, "1-4R 4-6G 6-9A");
    check_between(changes, 4..6, "4-6G");
    check_between(changes, 3..5, "1-4R 4-6G");
    check_between(changes, 5..5, "");
    check_between(changes, 9..20, "");
    check_between(changes, Range { start: 8, end: 2 }, "");
    check_between("1:R 4:G", 5..9, "4-G");
}

/// A lane of `count` states of changing length, with some of no length among them, and what a
/// plain walk sums up.
fn long_lane(count: u64) -> (Lane, Vec<(u64, StateClass)>) {
    let mut lane = Lane::new();
    let mut plain = Vec::new();
    let mut t = 3;
    for n in 0..count {
        let state = match n % 5 {
            0 | 2 => State::Running,
            1 => state("G").unwrap(),
            3 => State::Asleep { until: Time(n) },
            _ => State::Zombie,
        };
        lane.enter(Time(t), state);
        let length = (n * 7919) % 13;
        plain.extend(std::iter::repeat_n((0, state.class()), length as usize));
        t += length;
    }
    for (at, entry) in plain.iter_mut().enumerate() {
        entry.0 = 3 + at as u64;
    }
    lane.leave(Time(t));
    (lane, plain)
}

fn plain_shares(plain: &[(u64, StateClass)], range: Range<u64>) -> Shares {
    let mut shares = Shares::default();
    for (_, class) in plain.iter().filter(|(t, _)| range.contains(t)) {
        shares.add(Some(*class), 1);
    }
    shares
}

#[test]
fn shares_are_what_a_plain_walk_sums_up() {
    let (lane, plain) = long_lane(1000);
    for n in 0..1500u64 {
        let a = (n * 31) % 6100;
        let b = a + (n * n) % 977;
        let shares = lane.shares(Time(a)..Time(b));
        assert_eq!(shares, plain_shares(&plain, a..b), "{a}..{b}");
    }
    let whole = Time::ZERO..Time::NEVER;
    assert_eq!(lane.shares(whole).total(), plain.len() as u64);
}

#[test]
fn columns_are_the_shares_of_their_stretches() {
    let (lane, _) = long_lane(1000);
    for (start, width) in [(0, 1), (0, 61), (17, 700), (5990, 3), (9000, 5)] {
        let columns: Vec<Shares> = lane.columns(Time(start), Span(width), 120).collect();
        let expected: Vec<Shares> = (0..120)
            .map(|n| lane.shares(Time(start + n * width)..Time(start + (n + 1) * width)))
            .collect();
        assert_eq!(columns, expected, "from {start}, {width} each");
    }
}

/// Numbers of no pattern, the same in every run.
fn dice(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |most| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    }
}

#[test]
fn a_profile_is_the_shares_of_its_stretches() {
    for seed in 0..400 {
        let mut below = dice(seed);
        let mut lane = Lane::new();
        let mut t = below(50);
        for _ in 0..below(200) {
            let letter = ["S", "R", "A", "Z", "G"][usize::try_from(below(5)).unwrap()];
            lane.enter(Time(t), state(letter).unwrap());
            t += below(30) * below(9);
        }
        if below(2) == 0 {
            lane.leave(Time(t));
        }
        let start = below(t + 100);
        let mut ends = vec![start];
        for _ in 0..below(100) {
            let width = below(60) * below(60);
            ends.push(ends.last().unwrap() + width);
        }
        let stretches = ends.windows(2);
        let expected: Vec<Shares> = stretches
            .map(|ends| lane.shares(Time(ends[0])..Time(ends[1])))
            .collect();
        let ends = ends[1..].iter().map(|&end| Time(end));
        let profile: Vec<Shares> = lane.profile(Time(start), ends).collect();
        assert_eq!(profile, expected, "seed {seed}");
    }
}

#[test]
fn a_stretch_that_ends_before_it_begins_has_no_time() {
    let lane = lane("1:R 4:G");
    let ends = [6, 5, 2, 8].map(Time).into_iter();
    let profile: Vec<u64> = lane.profile(Time(2), ends).map(|s| s.total()).collect();
    assert_eq!(profile, [4, 0, 0, 2]);
}

#[test]
fn what_still_lasts_counts_to_the_end_of_the_range() {
    let shares = lane("1:R 4:G").shares(Time(2)..Time(10));
    assert_eq!(shares.of(StateClass::Running), 2);
    assert_eq!(shares.of(StateClass::Taking), 6);
    assert_eq!(shares.most(), Some(StateClass::Taking));
    assert_eq!(lane("5:R").shares(Time(0)..Time(5)).most(), None);
}

#[test]
fn the_state_of_a_moment_is_what_a_plain_walk_finds() {
    for count in [0, 1, 2, 3, 16, 17, 400] {
        let (lane, plain) = long_lane(count);
        let end = 3 + plain.len() as u64;
        for t in 0..end + 3 {
            let known = lane.at(Time(t)).map(|interval| interval.state.class());
            let at = t
                .checked_sub(3)
                .and_then(|at| plain.get(usize::try_from(at).unwrap()));
            assert_eq!(known, at.map(|&(_, class)| class), "{t} of {count}");
        }
    }
}

/// Lanes of every pace: many short states, and few that last for seconds.
fn lanes_of_every_pace() -> Vec<Lane> {
    let pace = |pace: u64| {
        let mut lane = Lane::new();
        for n in 0..200u64 {
            let letter = ["S", "G", "R", "A", "G", "Z"][usize::try_from(n * n % 6).unwrap()];
            lane.enter(Time(3 + n * pace), state(letter).unwrap());
        }
        lane.leave(Time(3 + 200 * pace));
        lane
    };
    [1, 2, 90_000, 400_000_000, 7_000_000_000].map(pace).into()
}

/// Every moment at which something begins, and those beside it.
fn moments_of(lane: &Lane) -> Vec<Time> {
    let starts = lane.between(Time::ZERO..Time::NEVER);
    let starts = starts.flat_map(|interval| [interval.start, interval.end]);
    let around = |t: Time| [t - Span(1), t, t + Span(1)];
    let mut all: Vec<Time> = starts.flat_map(around).chain([Time::ZERO]).collect();
    all.sort_unstable();
    all
}

#[test]
fn the_classes_of_many_moments_are_those_of_each() {
    for lane in lanes_of_every_pace() {
        let moments = moments_of(&lane);
        for step in [1, 2, 5, 31, 250] {
            let asked = || moments.iter().copied().step_by(step);
            let class = |t| lane.at(t).map(|interval| interval.state.class());
            let each: Vec<_> = asked().map(class).collect();
            assert_eq!(lane.classes_at(asked()).collect::<Vec<_>>(), each);
        }
    }
}

#[test]
fn what_is_around_a_moment_is_what_is_found_from_moment_to_moment() {
    for lane in lanes_of_every_pace() {
        for t in moments_of(&lane) {
            let (now, earlier) = lane.around(t);
            assert_eq!(now, lane.at(t), "{t:?}");
            let before = |t: Time| lane.at(Time(t.0.checked_sub(1)?));
            let plain = std::iter::successors(before(t), |last| before(last.start));
            let earlier: Vec<Interval> = earlier.collect();
            let classes: Vec<StateClass> = lane.classes_before(t).collect();
            let each: Vec<StateClass> = earlier.iter().map(|last| last.state.class()).collect();
            assert_eq!(classes, each);
            assert_eq!(earlier, plain.collect::<Vec<_>>());
            let plain = std::iter::successors(lane.at(t), |last| lane.at(last.end));
            assert_eq!(lane.from(t).collect::<Vec<_>>(), plain.collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_lane_of_any_pace_adds_up() {
    for lane in lanes_of_every_pace() {
        let moments = moments_of(&lane);
        for (at, &from) in moments.iter().enumerate().step_by(37) {
            for &to in moments[at..].iter().step_by(29) {
                let mut plain = Shares::default();
                for interval in lane.between(from..to) {
                    let (start, end) = (interval.start.max(from), interval.end.min(to));
                    plain.add(Some(interval.state.class()), end.since(start).0);
                }
                assert_eq!(lane.shares(from..to), plain, "{from:?} to {to:?}");
            }
        }
    }
}
