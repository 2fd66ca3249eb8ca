//! The channel as a program sees it: writers in threads and in processes on one side, a sorted log
//! on the other.
//!
//! Children are forked beside the other tests' threads, so all they do is to write rings and
//! shared words, and `_exit`: nothing that takes a lock.
#![expect(
    unsafe_code,
    reason = "forks, and a page of words shared with the children"
)]
#![expect(
    clippy::cast_possible_truncation,
    reason = "the numbers of a test are small"
)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arena;
mod cuts;
mod forked;
mod kills;
mod wakes;

use mpviz::channel::{Arena, Batch, Collector, CollectorHandle};
use mpviz::event::{Event, Time};

/// A collector whose batches are checked as they come, and kept.
struct Log {
    arena: Arena,
    collector: CollectorHandle,
    receiver: std::thread::JoinHandle<Vec<Event>>,
}

impl Log {
    fn begin() -> Log {
        let arena = Arena::create().unwrap();
        let (to, batches) = crossbeam_channel::unbounded::<Batch>();
        let collector = Collector::start(arena.clone(), to).unwrap();
        let receiver = std::thread::spawn(move || {
            let (mut events, mut horizon) = (Vec::new(), Time::ZERO);
            for batch in batches {
                assert!(horizon <= batch.horizon);
                assert!(
                    batch
                        .events
                        .iter()
                        .all(|e| horizon <= e.t && e.t <= batch.horizon)
                );
                horizon = batch.horizon;
                events.extend(batch.events);
            }
            assert!(events.is_sorted_by_key(|event| event.t));
            events
        });
        Log {
            arena,
            collector,
            receiver,
        }
    }

    fn end(self) -> Vec<Event> {
        let tally = self.collector.finish();
        let events = self.receiver.join().unwrap();
        assert_eq!(tally.events, events.len() as u64);
        assert_eq!(tally.damaged, 0);
        events
    }
}
