//! The fold per event, and what the questions of a frame cost with little and with much behind them.
//!
//! `cargo bench --bench history` prints each figure with its aim. The events are those of two
//! writers and a reader at a queue, as the runtime says them: ten per message.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures with a clock and prints"
)]

use mpviz::event::words::{Class, Method, Operation, Outcome, Part, Role};
use mpviz::event::{ActorId, Event, Kind, MessageId, ObjectId, Span, Text, Time};
use mpviz::history::{History, Lane, StateClass};
use std::hint::black_box;
use std::time::Instant;

const QUEUE: ObjectId = ObjectId(1);
const PIPE: ObjectId = ObjectId(2);
const READ_LOCK: ObjectId = ObjectId(3);
const WRITE_LOCK: ObjectId = ObjectId(4);
const READER: ActorId = ActorId(2);
const WRITERS: [ActorId; 2] = [ActorId(3), ActorId(5)];
const FEEDERS: [ActorId; 2] = [ActorId(4), ActorId(6)];

fn main() {
    fold_per_event();
    if std::env::var_os("MPVIZ_FOLD_ONLY").is_some() {
        return;
    }
    bytes_per_event();
    frame_of_lanes();
    depth_at_moments();
    open_at_moments();
}

/// The events of a run in the making.
struct Play {
    t: u64,
    /// How much each actor has said.
    said: [u32; 8],
    events: Vec<Event>,
}

impl Play {
    fn say(&mut self, actor: ActorId, kind: Kind) {
        self.t += 700;
        let said = &mut self.said[actor.index()];
        *said += 1;
        self.events.push(Event {
            t: Time(self.t),
            actor,
            by: None,
            seq: *said,
            line: self.t.is_multiple_of(3).then_some(17),
            file: None,
            kind,
        });
    }

    /// A queue with its parts, a reader, two writers with their feeders.
    fn begun() -> Play {
        let mut play = Play {
            t: 0,
            said: [0; 8],
            events: Vec::new(),
        };
        let main = ActorId(1);
        play.process(ActorId::MPVIZ, main);
        play.object(QUEUE, Class::Queue, None);
        play.object(PIPE, Class::Pipe, Some(Part::Pipe));
        play.object(READ_LOCK, Class::Lock, Some(Part::ReadLock));
        play.object(WRITE_LOCK, Class::Lock, Some(Part::WriteLock));
        play.process(main, READER);
        for (writer, feeder) in WRITERS.into_iter().zip(FEEDERS) {
            play.process(main, writer);
            let role = Role::Feeder;
            let object = Some(QUEUE);
            play.say(
                feeder,
                Kind::ThreadStarted {
                    process: writer,
                    role,
                    object,
                },
            );
        }
        play
    }

    fn process(&mut self, parent: ActorId, child: ActorId) {
        let name = Text::const_new("writer");
        self.say(
            parent,
            Kind::ProcessForked {
                child,
                name: name.clone(),
                method: Method::Fork,
                daemon: false,
                function: None,
            },
        );
        let pid = child.0;
        self.say(child, Kind::ProcessStarted { pid, parent, name });
    }

    fn object(&mut self, object: ObjectId, class: Class, part: Option<Part>) {
        self.say(
            ActorId(1),
            Kind::ObjectCreated {
                object,
                class,
                name: Text::const_new(if part.is_none() { "q" } else { "" }),
                part_of: part.map(|_| QUEUE),
                part,
                maxsize: None,
                capacity: Some(65536),
            },
        );
    }

    /// One message, from the put to the get.
    fn message(&mut self, n: u64) {
        let from = usize::from(n % 2 == 1);
        let (writer, feeder) = (WRITERS[from], FEEDERS[from]);
        let message = MessageId {
            sender: writer,
            number: n / 2 + 1,
        };
        let bytes = 21;
        let label = Text::const_new("url_1");
        self.blocked(READER, Operation::Get, QUEUE);
        self.say(READER, Kind::LockTaken { object: READ_LOCK });
        self.say(
            writer,
            Kind::MessagePut {
                object: QUEUE,
                message,
                bytes,
                label,
            },
        );
        self.say(feeder, Kind::LockTaken { object: WRITE_LOCK });
        self.say(
            feeder,
            Kind::MessageSent {
                object: PIPE,
                message,
                bytes,
                label: None,
                end: None,
            },
        );
        self.say(feeder, Kind::LockReleased { object: WRITE_LOCK });
        self.say(
            READER,
            Kind::MessageReceived {
                object: PIPE,
                message,
                end: None,
            },
        );
        self.say(READER, Kind::LockReleased { object: READ_LOCK });
        self.unblocked(READER);
        self.say(
            writer,
            Kind::Slept {
                until: Time(self.t),
            },
        );
        self.say(writer, Kind::Woke {});
    }

    fn blocked(&mut self, actor: ActorId, operation: Operation, object: ObjectId) {
        self.say(
            actor,
            Kind::Blocked {
                operation,
                object: Some(object),
                on: None,
                timeout: None,
            },
        );
    }

    fn unblocked(&mut self, actor: ActorId) {
        let outcome = Outcome::Done;
        self.say(
            actor,
            Kind::Unblocked {
                outcome,
                waker: None,
            },
        );
    }
}

/// As the collector hands them on: a batch of some thousand events every 4 ms, in memory that was
/// used before.
fn fold_per_event() {
    let [mut fold, mut floor] = [f64::MAX; 2];
    for _ in 0..3 {
        let mut history = History::default();
        let mut plain = Vec::new();
        fold = fold.min(per_event(&mut |event| history.apply(event)));
        floor = floor.min(per_event(&mut |event: &Event| plain.push(event.clone())));
        assert_eq!(history.odd(), 0, "the events make sense");
        assert_eq!(history.messages().len(), 120_000);
    }
    print("fold, per event", fold, "ns", 30.0);
    print(
        "  beside it: the event into a plain Vec",
        floor,
        "ns",
        f64::MAX,
    );
}

/// Returns the CPU time per event of what is done with 120,000 messages' events.
fn per_event(take: &mut dyn FnMut(&Event)) -> f64 {
    let mut play = Play::begun();
    let (mut ns, mut count) = (0.0, 0);
    for n in 0..120_000 {
        play.message(n);
        if play.events.len() > 5000 {
            count += play.events.len();
            let begin = cpu_ns();
            play.events.iter().for_each(&mut *take);
            ns += cpu_ns() - begin;
            play.events.clear();
        }
    }
    play.events.iter().for_each(take);
    ns / count as f64
}

/// How much more of the machine's memory is in use when all events have been taken in. Beside it a
/// copy, whose lists have no spare room.
fn bytes_per_event() {
    let mut history = History::default();
    let before = resident();
    per_event(&mut |event| history.apply(event));
    let kept = resident() - before;
    let before = resident();
    let copy = history.clone();
    let copied = resident() - before;
    let count = black_box(&copy).log().len() as f64;
    print("memory, per event", kept / count, "B", 64.0);
    print(
        "  beside it: a copy without spare room",
        copied / count,
        "B",
        f64::MAX,
    );
}

/// Returns how many bytes of memory this process has in use.
fn resident() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("statm is there");
    let pages = pages.split(' ').nth(1).and_then(|n| n.parse().ok());
    let pages: f64 = pages.expect("statm tells the resident pages");
    pages * rustix::param::page_size() as f64
}

/// A lane of `count` intervals, as long as any other.
fn history_of(count: u64) -> History {
    let mut play = Play::begun();
    let width = 2_000_000_000_000 / count;
    for n in 0..count / 2 {
        play.t = n * 2 * width + 1_000_000;
        play.blocked(READER, Operation::Get, QUEUE);
        play.t += width;
        play.unblocked(READER);
    }
    let mut history = History::default();
    play.events.iter().for_each(|event| history.apply(event));
    history
}

/// 60 lanes of 200 columns, from the first moment to the last.
fn columns(lane: &Lane, end: Time) -> u64 {
    let width = Span(end.0 / 200);
    (0..60)
        .flat_map(|_| lane.columns(black_box(Time::ZERO), width, 200))
        .map(|shares| shares.of(StateClass::Taking))
        .sum()
}

/// 60 lanes of a window with four intervals in each.
fn window(lane: &Lane, end: Time) -> usize {
    let middle = end.0 / 2;
    let width = end.0 * 4 / lane.len() as u64;
    (0..60)
        .map(|_| {
            lane.between(black_box(Time(middle))..Time(middle + width))
                .count()
        })
        .sum()
}

fn frame_of_lanes() {
    let few = history_of(1000);
    let many = history_of(1_000_000);
    let [little, much] = [&few, &many].map(|history| {
        let lane = history.lane(READER);
        time(|| columns(lane, history.now()))
    });
    print(
        "60 lanes x 200 columns, 1,000 intervals each",
        little / 1e3,
        "us",
        4000.0,
    );
    print("  the same with 1,000,000", much / 1e3, "us", 4000.0);
    let [little, much] = [&few, &many].map(|history| {
        let lane = history.lane(READER);
        time(|| window(lane, history.now()))
    });
    print(
        "60 lanes zoomed to 4 intervals, of 1,000",
        little / 1e3,
        "us",
        100.0,
    );
    print("  the same, of 1,000,000", much / 1e3, "us", 100.0);
}

fn depth_at_moments() {
    let mut play = Play::begun();
    (0..100_000).for_each(|n| play.message(n));
    let mut history = History::default();
    play.events.iter().for_each(|event| history.apply(event));
    let end = history.now();
    let items = &history.object(QUEUE).expect("the queue").items;
    let width = end.0 / 200;
    let peaks = time(|| {
        (0..200u64)
            .filter_map(|n| items.peak(Time(n * width)..Time((n + 1) * width)))
            .sum::<u32>()
    });
    print("200 peaks of 200,000 depths", peaks / 1e3, "us", 100.0);
}

/// What is in a pipe at a moment, when a million messages went through it.
fn open_at_moments() {
    let mut play = Play::begun();
    (0..200_000).for_each(|n| play.message(n));
    let mut history = History::default();
    play.events.iter().for_each(|event| history.apply(event));
    let middle = history.messages()[100_000].sent().expect("it was sent").0;
    let one = time(|| history.in_pipe(PIPE, None, black_box(middle)).len());
    print(
        "what is in the pipe, after 200,000 messages",
        one,
        "ns",
        1500.0,
    );
    assert_eq!(history.in_pipe(PIPE, None, middle).len(), 1);
}

/// Returns the CPU time that this thread has used, in ns.
fn cpu_ns() -> f64 {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    used.tv_sec as f64 * 1e9 + used.tv_nsec as f64
}

/// Returns the shortest of many runs, in ns.
fn time<T>(mut what: impl FnMut() -> T) -> f64 {
    (0..50)
        .map(|_| {
            let begin = Instant::now();
            black_box(what());
            begin.elapsed().as_nanos() as f64
        })
        .fold(f64::MAX, f64::min)
}

fn print(what: &str, figure: f64, unit: &str, aim: f64) {
    let verdict = if figure <= aim { "ok" } else { "MISSED" };
    let aim = if aim == f64::MAX {
        "-".to_owned()
    } else {
        format!("{aim} {unit}")
    };
    println!("{what:52} {figure:10.1} {unit:3}  aim {aim:>8}  {verdict}");
}
