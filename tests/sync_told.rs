//! What locks tell on a stage: who holds one, who waits for whom, who ended a wait; and that a
//! loop over a free one fills no ring.
//!
//! One test, because a process joins a stage once.
#![cfg(feature = "tui")]

use mpviz::channel::{Arena, Batch, Collector};
use mpviz::event::words::{Operation, Outcome};
use mpviz::event::{ActorId, Event, Kind, ObjectId};
use mpviz::history::History;
use mpviz::runtime::{Lock, Process, Result, Semaphore, Value, probe};

const LOOP: u64 = 100_000;

#[test]
fn a_lock_tells_its_holders_and_a_loop_loses_nothing() {
    let arena = Arena::create().expect("an arena");
    let (to, from) = crossbeam_channel::unbounded::<Batch>();
    let collector = Collector::start(arena.clone(), to).expect("a collector");
    let actor = arena.control().next_actor();
    let slot = arena.reserve(actor, actor).expect("a ring");
    let (source, desk) = (file!(), String::new());
    let place = probe::Place {
        arena,
        actor,
        slot,
        source,
        desk,
    };
    probe::join_stage(place).expect("a stage");
    program().expect("it runs");
    let tally = collector.finish();
    let events: Vec<Event> = from.iter().flat_map(|batch| batch.events).collect();
    assert_eq!(tally.lost, 0, "a loop must not fill its ring");
    let mut history = History::default();
    events.iter().for_each(|event| history.apply(event));
    let named = |name: &str| {
        let found = history.objects().iter().find(|object| object.name == name);
        found.unwrap_or_else(|| panic!("{name} was not told"))
    };
    let (lock, hot) = (named("lock"), named("hot"));
    let child = events
        .iter()
        .find_map(|event| match event.kind {
            Kind::ForkReturned { child, .. } => Some(child),
            _ => None,
        })
        .expect("a child");
    let holders: Vec<_> = lock.holder.changes().map(|(_, who)| who).collect();
    let expected = [None, Some(actor), None, Some(child), None];
    assert_eq!(holders, expected);
    assert_eq!(
        wait_of(&events, child, lock.id),
        (Some(actor), Some(actor), Outcome::Done),
        "on whom, by whom, how"
    );
    let turns: u64 = events
        .iter()
        .map(|event| turns_of(&event.kind, hot.id))
        .sum();
    assert_eq!(turns, LOOP, "each turn is told or counted");
    let written = |event: &&Event| matches!(event.kind, Kind::ValueWritten { .. });
    let written: Vec<_> = events.iter().filter(written).map(|e| e.actor).collect();
    assert_eq!(written, [actor, child]);
}

fn program() -> Result<()> {
    let (lock, ready) = (Lock::named("lock")?, Semaphore::new(0)?);
    let value = Value::named("value", 1)?;
    lock.acquire();
    let child = Process::new().start(|| -> Result<()> {
        ready.release()?;
        lock.with(|| value.set(2));
        Ok(())
    })?;
    ready.acquire();
    while !child.pid()?.is_some_and(is_asleep) {
        std::thread::yield_now();
    }
    lock.release()?;
    child.join()?;
    let hot = Lock::named("hot")?;
    for _ in 0..LOOP {
        let _held = hot.guard();
    }
    // What was kept back is told with the next thing that is said.
    value.get();
    Ok(())
}

/// Returns how an actor waited for a lock: on whom, who ended it, and how.
fn wait_of(
    events: &[Event],
    who: ActorId,
    lock: ObjectId,
) -> (Option<ActorId>, Option<ActorId>, Outcome) {
    let mut own = events.iter().filter(|event| event.actor == who);
    let on = own.find_map(|event| match event.kind {
        Kind::Blocked {
            operation: Operation::Acquire,
            object: Some(object),
            on,
            ..
        } if object == lock => Some(on),
        _ => None,
    });
    let end = own.find_map(|event| match event.kind {
        Kind::Unblocked { outcome, waker } => Some((waker, outcome)),
        _ => None,
    });
    let (waker, outcome) = end.expect("the wait ended");
    (on.expect("it waited"), waker, outcome)
}

fn turns_of(kind: &Kind, lock: ObjectId) -> u64 {
    match *kind {
        Kind::LockTaken { object } if object == lock => 1,
        Kind::LockUsed { object, times } if object == lock => times,
        _ => 0,
    }
}

fn is_asleep(pid: u32) -> bool {
    let call = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
    // futex, on x86 and on ARM.
    matches!(call.split(' ').next(), Some("202" | "98"))
}
