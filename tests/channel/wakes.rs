//! Who sleeps on a shared word, and what wakes it.

use crate::forked;
use mpviz::channel::futex::Woken;
use mpviz::channel::{Arena, Batch, Collector, Published, clock};
use mpviz::event::words::Ending;
use mpviz::event::{ActorId, Kind, ObjectId, Time};
use std::sync::atomic::Ordering;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_change_of_pace_wakes_a_sleeper_in_another_process() {
    let arena = Arena::create().unwrap();
    let words = forked::shared_words();
    let child = forked::start(|| {
        let control = arena.control();
        while control.pace() != 4.0 {
            let turn = control.turn();
            words[0].store(1, Ordering::Release);
            if control.pace() != 4.0 && control.wait_turn(turn, Some(MINUTE)) == Woken::TimedOut {
                return 1;
            }
        }
        0
    });
    wait_for(|| words[0].load(Ordering::Acquire) == 1);
    arena.control().set_pace(4.0);
    assert_eq!(child.exit_code(), 0);
}

#[test]
fn a_closed_gate_lets_as_many_pass_as_it_is_told() {
    let arena = Arena::create().unwrap();
    let words = forked::shared_words();
    arena.control().close_gate();
    let child = forked::start(|| {
        for n in 1..=5 {
            arena.control().pass_gate();
            words[0].store(n, Ordering::Release);
        }
        0
    });
    arena.control().step(2);
    wait_for(|| words[0].load(Ordering::Acquire) == 2);
    arena.control().step(1);
    wait_for(|| words[0].load(Ordering::Acquire) == 3);
    assert!(!arena.control().gate_is_open());
    arena.control().open_gate();
    assert_eq!(child.exit_code(), 0);
    assert_eq!(words[0].load(Ordering::Acquire), 5);
}

#[test]
fn a_freeze_is_time_that_does_not_count() {
    let arena = Arena::create().unwrap();
    let control = arena.control();
    control.set_frozen(true, Time(100));
    control.set_frozen(true, Time(150));
    assert_eq!((control.frozen(), control.frozen_ns(Time(170))), (true, 70));
    control.set_frozen(false, Time(200));
    control.set_frozen(true, Time(1000));
    assert_eq!(control.frozen_ns(Time(1001)), 101);
    control.set_frozen(false, Time(1001));
    assert_eq!(
        (control.frozen(), control.frozen_ns(Time(5000))),
        (false, 101)
    );
}

#[test]
fn a_sleeping_collector_sees_an_event_at_once_and_horizons_go_on_until_the_end() {
    let arena = Arena::create().unwrap();
    let (to, batches) = crossbeam_channel::unbounded::<Batch>();
    let collector = Collector::start(arena.clone(), to).unwrap();
    let mut writer = arena.writer(arena.reserve(ActorId(1), ActorId(1)).unwrap());
    // Two horizons without an event: the collector is in its long sleep.
    let first = batches.recv_timeout(MINUTE).unwrap();
    let second = batches.recv_timeout(MINUTE).unwrap();
    assert!(first.events.is_empty() && second.events.is_empty());
    assert!(first.horizon < second.horizon);
    let kind = Kind::LockTaken {
        object: ObjectId(1),
    };
    assert_eq!(
        writer.publish(ActorId(1), None, None, None, &kind),
        Published::Written
    );
    assert_eq!(batches.recv_timeout(MINUTE).unwrap().events[0].kind, kind);
    // After the end of the run nothing but an event wakes it: there are no more horizons.
    let end = Kind::RunEnded {
        ending: Ending::Finished,
        code: Some(0),
    };
    assert_eq!(
        writer.publish(ActorId(1), None, None, None, &end),
        Published::Written
    );
    while !batches
        .recv_timeout(MINUTE)
        .unwrap()
        .events
        .iter()
        .any(|e| e.kind == end)
    {}
    let after: Vec<Batch> =
        std::iter::from_fn(|| batches.recv_timeout(Duration::from_secs(1)).ok()).collect();
    assert!(after.len() <= 1, "{after:?}");
    assert_eq!(
        writer.publish(ActorId(1), None, None, None, &kind),
        Published::Written
    );
    assert_eq!(batches.recv_timeout(MINUTE).unwrap().events[0].kind, kind);
    let last = arena.now();
    collector.finish();
    assert!(batches.iter().last().unwrap().horizon >= last);
}

fn wait_for(is_so: impl Fn() -> bool) {
    let limit = clock::monotonic() + 60_000_000_000;
    while !is_so() {
        assert!(clock::monotonic() < limit, "it never came to be so");
        std::thread::yield_now();
    }
}
