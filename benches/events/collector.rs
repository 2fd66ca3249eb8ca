//! The collector's side: what an event costs it, and how soon it hands one on.

use crate::figures::{Aim, median, print};
use crate::forked;
use crate::writer::say;
use mpviz::channel::{Arena, Batch, Collector, clock};
use mpviz::event::ActorId;
use mpviz::history::History;
use std::time::Duration;

const WRITERS: u32 = 8;
/// Per writer and ms.
const RATE: u64 = 170;
const MILLISECONDS: u64 = 3000;

/// Eight forked writers at 170,000 events per second each.
pub(crate) fn eight_writers() {
    let arena = Arena::create().expect("an arena");
    let (to, batches) = crossbeam_channel::unbounded::<Batch>();
    let collector = Collector::start(arena.clone(), to).expect("a collector");
    let receiver = std::thread::spawn(move || {
        let (mut count, mut history) = (0, History::default());
        for batch in batches {
            batch.events.iter().for_each(|event| history.apply(event));
            history.advance(batch.horizon);
            count += batch.events.len() as u64;
        }
        (count, clock::thread_cpu())
    });
    let begin = clock::monotonic();
    let forked: Vec<_> = (1..=WRITERS)
        .map(|nth| {
            let slot = arena.reserve(ActorId(nth), ActorId(nth)).expect("a slot");
            let mut writer = arena.writer(slot);
            forked::start(move || {
                for ms in 0..MILLISECONDS {
                    sleep_until(begin + ms * 1_000_000);
                    (0..RATE).for_each(|n| say(&mut writer, ms * RATE + n));
                }
                vec![]
            })
        })
        .collect();
    forked.into_iter().for_each(|child| drop(child.numbers()));
    let elapsed = (clock::monotonic() - begin) as f64;
    let tally = collector.finish();
    let (count, fold_ns) = receiver.join().expect("the receiver's count");
    let per_event = tally.cpu_ns as f64 / count as f64;
    let share = tally.cpu_ns as f64 / elapsed * 100.0;
    print(
        "8 writers x 170,000 events/s: lost",
        tally.lost as f64,
        "",
        None,
        &Aim::Most(0.0),
    );
    print(
        "  collector's thread, of a core",
        share,
        "%",
        None,
        &Aim::Most(7.0),
    );
    print("  collector, per event", per_event, "ns", None, &Aim::None);
    let fold = fold_ns as f64 / count as f64;
    print("  fold, per event", fold, "ns", None, &Aim::None);
    print(
        "  collector and fold, per event",
        per_event + fold,
        "ns",
        None,
        &Aim::Most(50.0),
    );
    print(
        "  late events, per million",
        tally.late as f64 / count as f64 * 1e6,
        "",
        None,
        &Aim::None,
    );
    print(
        "  events per cut",
        count as f64 / tally.cuts as f64,
        "",
        None,
        &Aim::None,
    );
}

/// From the stamp of an event until its batch is received, when nothing happened before.
pub(crate) fn first_sight() {
    let arena = Arena::create().expect("an arena");
    let (to, batches) = crossbeam_channel::unbounded::<Batch>();
    let collector = Collector::start(arena.clone(), to).expect("a collector");
    let slot = arena.reserve(ActorId(1), ActorId(1)).expect("a slot");
    let mut writer = arena.writer(slot);
    let seer = std::thread::spawn({
        let arena = arena.clone();
        move || {
            let seen = batches.iter().filter(|batch| !batch.events.is_empty());
            seen.map(|batch| arena.now().since(batch.events[0].t).0 as f64 / 1e3)
                .collect::<Vec<_>>()
        }
    });
    let (mut floors, pair) = (vec![], Handover::new());
    for n in 0..100 {
        std::thread::sleep(Duration::from_millis(25));
        say(&mut writer, n);
        std::thread::sleep(Duration::from_millis(5));
        floors.push(pair.microseconds());
    }
    collector.finish();
    let latencies = seer.join().expect("the latencies");
    let peer = Some(("hand-over to a sleeping thread", median(floors)));
    print(
        "first sight, idle machine, median",
        median(latencies.clone()),
        "us",
        peer,
        &Aim::Most(1000.0),
    );
    let worst = latencies.into_iter().fold(0.0, f64::max);
    print("  the worst of 100", worst, "us", None, &Aim::None);
}

/// What waking a thread costs on this machine: a time sent to one that sleeps in `recv`.
struct Handover {
    to: crossbeam_channel::Sender<u64>,
    back: crossbeam_channel::Receiver<f64>,
}

impl Handover {
    fn new() -> Handover {
        let (to, from) = crossbeam_channel::bounded(1);
        let (reply, back) = crossbeam_channel::bounded(1);
        std::thread::spawn(move || {
            for sent in from {
                let microseconds = (clock::monotonic() - sent) as f64 / 1e3;
                if reply.send(microseconds).is_err() {
                    break;
                }
            }
        });
        Handover { to, back }
    }

    fn microseconds(&self) -> f64 {
        self.to.send(clock::monotonic()).expect("the other thread");
        self.back.recv().expect("the other thread")
    }
}

fn sleep_until(t: u64) {
    let now = clock::monotonic();
    if now < t {
        std::thread::sleep(Duration::from_nanos(t - now));
    }
}
