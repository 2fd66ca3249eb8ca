//! What waits at pipes tell on a stage: for what somebody waits who waits for several things, and
//! who ended it; where the runtime can't know, the history does.
//!
//! One test, because a process joins a stage once.
#![cfg(feature = "tui")]

use mpviz::channel::{Arena, Batch, Collector};
use mpviz::event::words::Operation;
use mpviz::event::{ActorId, Event, Kind, ObjectId, Time};
use mpviz::history::{History, State};
use mpviz::runtime::{Process, Result, Semaphore, pipe, pipe_one_way, probe, wait};

/// More than a pipe takes.
const LARGE: usize = 300_000;

#[test]
fn a_wait_tells_for_what_it_is_and_who_ended_it() {
    let arena = Arena::create().expect("an arena");
    let (to, from) = crossbeam_channel::unbounded::<Batch>();
    let collector = Collector::start(arena.clone(), to).expect("a collector");
    let main = arena.control().next_actor();
    let slot = arena.reserve(main, main).expect("a ring");
    let (source, desk) = (file!(), String::new());
    let place = probe::Place {
        arena,
        actor: main,
        slot,
        source,
        desk,
    };
    probe::join_stage(place).expect("a stage");
    program().expect("it runs");
    collector.finish();
    let events: Vec<Event> = from.iter().flat_map(|batch| batch.events).collect();
    let mut history = History::default();
    events.iter().for_each(|event| history.apply(event));
    let named = |name: &str| {
        let found = history.objects().iter().find(|object| object.name == name);
        found.unwrap_or_else(|| panic!("{name} was not told")).id
    };
    let actor = |name: &str| {
        let found = history.actors().find(|actor| actor.name == name);
        found.unwrap_or_else(|| panic!("{name} was not told")).id
    };
    let (waiter, last) = (actor("waiter"), actor("last"));
    let (news, talk) = (named("news"), named("talk"));
    assert_eq!(
        lists(&events, waiter),
        [
            (vec![news, talk], vec![last], 1),
            (vec![news], vec![last], 0)
        ]
    );
    let by = Some((main, false));
    assert_eq!(
        wakers(&history, waiter),
        [
            (Operation::Poll, by),
            (Operation::Poll, by),
            (Operation::Send, by),
            (Operation::Poll, Some((last, true))),
        ],
        "who, and whether it was told"
    );
}

/// The waiter waits, and looks at nobody; the others wait for it to sleep.
fn program() -> Result<()> {
    let (news, news_in) = pipe_one_way("news")?;
    let (orders_out, orders) = pipe_one_way("orders")?;
    let (talk, mut talk_there) = pipe("talk")?;
    let (seen, end) = (Semaphore::new(0)?, Semaphore::new(0)?);
    let waiter = Process::named("waiter").start(|| {
        let talk = &talk;
        let (silent, _writer) = std::io::pipe().expect("a pipe");
        let stranger = std::os::fd::OwnedFd::from(silent);
        let last = Process::named("last").start(|| end.acquire())?;
        let first = wait(&[&news, talk, &last.sentinel()?, &stranger], None)?;
        assert_eq!(first, [0]);
        assert_eq!(news.recv::<String>()?, "one");
        seen.release()?;
        assert!(news.poll(None)?);
        assert_eq!(news.recv::<String>()?, "two");
        seen.release()?;
        // Several could read it: who took the one before is who takes this.
        orders.send_bytes(b"small")?;
        orders.send_bytes(&vec![0; LARGE])?;
        seen.release()?;
        // Others have the other end of `news`, so its end never comes.
        assert_eq!(wait(&[&last.sentinel()?, &news], None)?, [0]);
        last.join()
    })?;
    let pid = waiter.pid()?.expect("it was started");
    talk_there.close();
    until_in_poll(pid);
    news_in.send("one")?;
    seen.acquire();
    until_in_poll(pid);
    news_in.send("two")?;
    seen.acquire();
    assert_eq!(orders_out.recv_bytes()?, b"small");
    until_in_poll(pid);
    assert_eq!(orders_out.recv_bytes()?.len(), LARGE);
    seen.acquire();
    until_in_poll(pid);
    end.release()?;
    waiter.join()?;
    assert_eq!(waiter.exitcode()?, Some(0));
    Ok(())
}

/// Returns what each wait for several things was for.
fn lists(events: &[Event], who: ActorId) -> Vec<(Vec<ObjectId>, Vec<ActorId>, u32)> {
    let own = events.iter().filter(|event| event.actor == who);
    let list = |event: &Event| match &event.kind {
        Kind::WaitListed {
            objects,
            actors,
            others,
        } => Some((objects.clone(), actors.clone(), *others)),
        _ => None,
    };
    own.filter_map(list).collect()
}

/// Returns each wait of an actor at pipes, with who ended it and whether that was told.
fn wakers(history: &History, who: ActorId) -> Vec<(Operation, Option<(ActorId, bool)>)> {
    let ends = history.log().iter();
    let ends = ends.filter(|end| end.actor == who && matches!(end.kind, Kind::Unblocked { .. }));
    ends.filter_map(|end| {
        let before = history.lane(who).at(Time(end.t.0 - 1))?;
        let State::Waiting(wait) = before.state else {
            return None;
        };
        let waker = history.waker(who, wait, before.start, &end.kind, end.t);
        let waker = waker.map(|waker| (waker.who, waker.is_told));
        let at_a_pipe = matches!(wait.operation, Operation::Poll | Operation::Send);
        at_a_pipe.then_some((wait.operation, waker))
    })
    .collect()
}

/// Waits until a child sleeps in the call by which the runtime waits at descriptors.
#[track_caller]
fn until_in_poll(pid: u32) {
    for _ in 0..20_000 {
        let call = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
        // poll and ppoll on x86, ppoll on ARM.
        if matches!(call.split(' ').next(), Some("7" | "271" | "73")) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    panic!("it does not wait");
}
