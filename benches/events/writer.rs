//! The writer's side: an event beside a clock read.

use crate::figures::{Aim, mean, median, print};
use crate::forked;
use mpviz::channel::{Arena, Collector, RingWriter, Tally, clock};
use mpviz::event::{ActorId, Kind, MessageId, ObjectId};
use std::hint::black_box;

/// Events in a burst: a quarter of a ring.
const BURST: u64 = 1000;
const ROUNDS: usize = 200;

/// What an event costs in bursts and paced, in a forked process. In ns.
pub(crate) struct Costs {
    pub(crate) clock: f64,
    pub(crate) burst: f64,
    pub(crate) paced: f64,
}

/// An event in this process, whose ring is warm.
pub(crate) fn warm() {
    let (arena, collector, batches) = channel();
    let mut writer = writer(&arena);
    let mut floor = Floor::default();
    let (mut events, mut floors, mut clocks) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        clocks.push(each(BURST, |_| _ = black_box(clock::monotonic())));
        floors.push(each(BURST, |n| floor.clock_and_copy(n)));
        events.push(each(BURST, |n| say(&mut writer, n)));
        until_drained();
    }
    print_lost(collector.finish());
    drop(batches);
    let peer = ("clock read and 48-byte copy", median(floors));
    print(
        "an event, warm, same process",
        median(events),
        "ns",
        Some(peer),
        &Aim::Ratio(1.5),
    );
    print(
        "  a clock read alone",
        median(clocks),
        "ns",
        None,
        &Aim::None,
    );
}

/// An event in a forked process.
pub(crate) fn forked() {
    let Costs {
        clock,
        burst,
        paced,
    } = costs();
    let peer = Some(("clock read", clock));
    print(
        "an event, forked writer, bursts",
        burst,
        "ns",
        peer,
        &Aim::Ratio(2.5),
    );
    print(
        "an event, forked writer, 200 per ms, mean",
        paced,
        "ns",
        peer,
        &Aim::Ratio(4.0),
    );
}

/// Measures in a forked process. Bursts are the median of bursts; paced is the mean of all, page
/// faults included.
pub(crate) fn costs() -> Costs {
    let (arena, collector, batches) = channel();
    let mut writer = writer(&arena);
    let numbers = forked::start(move || {
        let (mut bursts, mut clocks) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
        for _ in 0..ROUNDS {
            clocks.push(each(BURST, |_| _ = black_box(clock::monotonic())));
            bursts.push(each(BURST, |n| say(&mut writer, n)));
            until_drained();
        }
        let clock = median(clocks);
        vec![
            clock,
            median(bursts),
            paced(|n| say(&mut writer, n)) - clock,
        ]
    })
    .numbers();
    print_lost(collector.finish());
    drop(batches);
    match numbers[..] {
        [clock, burst, paced] => Costs {
            clock,
            burst,
            paced,
        },
        _ => panic!("the measuring child died"),
    }
}

/// Returns the mean cost in ns of 100,000 calls at a rate of 200 per ms; with one clock read.
fn paced(mut call: impl FnMut(u64)) -> f64 {
    let begin = clock::monotonic();
    let mut costs = Vec::with_capacity(100_000);
    for n in 0..100_000 {
        while clock::monotonic() < begin + n * 5_000 {
            std::hint::spin_loop();
        }
        let before = clock::monotonic();
        call(n);
        costs.push((clock::monotonic() - before) as f64);
    }
    mean(&costs)
}

/// Says so when the machine gave the collector no CPU for so long that a ring was full.
fn print_lost(tally: Tally) {
    if tally.lost > 0 {
        print(
            "  events lost, the collector had no CPU",
            tally.lost as f64,
            "",
            None,
            &Aim::None,
        );
    }
}

fn channel() -> (
    Arena,
    mpviz::channel::CollectorHandle,
    std::thread::JoinHandle<()>,
) {
    let arena = Arena::create().expect("an arena");
    let (to, batches) = crossbeam_channel::unbounded();
    let collector = Collector::start(arena.clone(), to).expect("a collector");
    let receiver = std::thread::spawn(move || batches.iter().for_each(drop));
    (arena, collector, receiver)
}

fn writer(arena: &Arena) -> RingWriter {
    let slot = arena.reserve(ActorId(1), ActorId(1)).expect("a slot");
    arena.writer(slot)
}

/// An event of 46 bytes.
#[inline]
pub(crate) fn say(writer: &mut RingWriter, n: u64) {
    let message = MessageId {
        sender: ActorId(1),
        number: n,
    };
    let kind = Kind::MessageReceived {
        object: ObjectId(4),
        message,
        end: None,
    };
    // A lost one is counted by the channel, and `print_lost` says so.
    _ = writer.publish(ActorId(1), None, Some(24), None, black_box(&kind));
}

/// Returns the mean cost in ns of `count` calls, after a few to warm up.
fn each(count: u64, mut call: impl FnMut(u64)) -> f64 {
    (0..count / 8).for_each(&mut call);
    let before = clock::monotonic();
    (0..count).for_each(&mut call);
    (clock::monotonic() - before) as f64 / count as f64
}

/// Spins for longer than the collector lets a ring wait.
fn until_drained() {
    let begin = clock::monotonic();
    while clock::monotonic() < begin + 9_000_000 {
        std::hint::spin_loop();
    }
}

/// The least that telling something can cost: a clock read, and a copy into a ring of slots.
struct Floor {
    ring: Vec<[u8; 64]>,
    what: [u8; 48],
}

impl Default for Floor {
    fn default() -> Floor {
        Floor {
            ring: vec![[0; 64]; 4096],
            what: [7; 48],
        }
    }
}

impl Floor {
    #[inline]
    fn clock_and_copy(&mut self, n: u64) {
        self.what[..8].copy_from_slice(&clock::monotonic().to_le_bytes());
        let slot = &mut self.ring[(n % 4096) as usize];
        slot[..48].copy_from_slice(black_box(&self.what));
        black_box(slot);
    }
}
