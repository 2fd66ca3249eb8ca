//! When a program is quiet: a case is who does what, and since when nothing goes on.

use super::told::{MAIN, OTHER, folded, forked, lock, started};
use mpviz::event::words::{KernelState, Method, Operation, Outcome, Role};
use mpviz::event::{ActorId, Kind, ObjectId, Span, Time};
use mpviz::history::State;

const THREAD: ActorId = ActorId(3);
const LOCK: ObjectId = ObjectId(1);

/// MainProcess waits for a lock at 20, and a child of it at 30.
fn stuck() -> Vec<(u64, ActorId, Kind)> {
    vec![
        (0, ActorId::MPVIZ, forked(MAIN, Method::Stage)),
        (1, MAIN, started(100, ActorId::MPVIZ)),
        (2, MAIN, lock(LOCK)),
        (10, MAIN, forked(OTHER, Method::Fork)),
        (11, OTHER, started(101, MAIN)),
        (20, MAIN, waits(None)),
        (30, OTHER, waits(None)),
    ]
}

fn waits(timeout: Option<Span>) -> Kind {
    Kind::Blocked {
        operation: Operation::Acquire,
        object: Some(LOCK),
        on: None,
        timeout,
    }
}

fn goes_on() -> Kind {
    Kind::Unblocked {
        outcome: Outcome::Done,
        waker: None,
    }
}

fn sampled(state: KernelState, cpu: u64) -> Kind {
    Kind::Sampled {
        state,
        cpu: Span(cpu),
        memory: 0,
        run_delay: None,
    }
}

/// A thread of the child begins.
fn thread(role: Role) -> Kind {
    Kind::ThreadStarted {
        process: OTHER,
        role,
        object: None,
    }
}

/// Checks since when it is quiet at 100, after what is stuck and what follows.
#[track_caller]
fn check(follows: Vec<(u64, ActorId, Kind)>, quiet_since: Option<u64>) {
    let mut history = folded(stuck().into_iter().chain(follows));
    history.advance(Time(100));
    assert_eq!(history.quiet_since(), quiet_since.map(Time));
    for span in 0..120 {
        let expected = quiet_since.is_some_and(|since| span <= 100 - since);
        assert_eq!(history.is_quiet_for(Span(span)), expected, "for {span}");
    }
}

#[test]
fn it_is_quiet_when_all_wait_for_ever() {
    check(vec![], Some(30));
    let asleep = KernelState::Sleeping;
    let samples = |cpu| {
        vec![
            (40, MAIN, sampled(asleep, 7)),
            (50, MAIN, sampled(asleep, cpu)),
        ]
    };
    check(samples(7), Some(30));
    // Used since the last look: a thread that says nothing computes.
    check(samples(8), Some(50));
}

#[test]
fn it_is_not_quiet_while_one_goes_on() {
    check(vec![(40, OTHER, goes_on())], None);
    let slept = Kind::Slept { until: Time(1000) };
    check(vec![(40, OTHER, goes_on()), (41, OTHER, slept)], None);
    let limited = waits(Some(Span(1000)));
    check(vec![(40, OTHER, goes_on()), (41, OTHER, limited)], None);
    let runs = sampled(KernelState::Running, 7);
    check(vec![(40, OTHER, runs)], None);
    check(vec![(40, MAIN, forked(ActorId(9), Method::Fork))], None);
}

#[test]
fn a_wait_within_one_that_is_limited_ends_with_it() {
    let outer = waits(Some(Span(1000)));
    let inner = Kind::Blocked {
        operation: Operation::Read,
        object: None,
        on: None,
        timeout: None,
    };
    let nested = vec![
        (40, OTHER, goes_on()),
        (41, OTHER, outer),
        (42, OTHER, inner),
    ];
    check(nested, None);
}

#[test]
fn a_thread_counts_unless_it_only_serves() {
    check(vec![(40, THREAD, thread(Role::Other))], None);
    for role in [Role::Feeder, Role::WorkerHandler, Role::ResultHandler] {
        check(vec![(40, THREAD, thread(role))], Some(40));
    }
    let ended = vec![
        (40, THREAD, thread(Role::Other)),
        (50, THREAD, Kind::ThreadEnded {}),
    ];
    check(ended, Some(50));
}

#[test]
fn who_has_ended_or_is_stopped_does_nothing() {
    let exited = Kind::ProcessExited { code: Some(0) };
    check(vec![(40, OTHER, exited.clone())], Some(40));
    let stopped = vec![
        (40, OTHER, goes_on()),
        (50, OTHER, sampled(KernelState::Stopped, 7)),
    ];
    check(stopped, Some(40));
    // Nobody is left: the run is about to end by itself.
    check(vec![(40, OTHER, exited.clone()), (50, MAIN, exited)], None);
}

/// What the lane of MainProcess comes to after these samples, which says of nothing that it waits.
fn lane_after(samples: &[(u64, KernelState, u64)]) -> Vec<(u64, State)> {
    let told = stuck().into_iter().take(2);
    let samples = samples
        .iter()
        .map(|&(t, state, cpu)| (t, MAIN, sampled(state, cpu)));
    let history = folded(told.chain(samples));
    let lane = history.lane(MAIN);
    let intervals = lane.between(Time::ZERO..Time::NEVER);
    intervals.map(|now| (now.start.0, now.state)).collect()
}

#[test]
fn who_sleeps_without_a_word_is_seen_to() {
    use KernelState::{Running, Sleeping};
    const MS: u64 = 1_000_000;
    let starts = [(0, State::Starting), (1, State::Running)];
    let check = |samples: &[(u64, KernelState, u64)], then: &[(u64, State)]| {
        assert_eq!(lane_after(samples), [&starts[..], then].concat());
    };
    let once = (250 * MS, Sleeping, 10 * MS);
    check(&[once], &[]);
    // It has computed between the two.
    check(&[once, (500 * MS, Sleeping, 20 * MS)], &[]);
    let again = (500 * MS, Sleeping, 10 * MS);
    check(&[once, again], &[(500 * MS, State::Still)]);
    check(
        &[once, again, (750 * MS, Running, 15 * MS)],
        &[(500 * MS, State::Still), (750 * MS, State::Running)],
    );
}
