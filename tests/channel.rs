//! The channel as a program sees it: writers of all kinds on one side, a sorted log on the other.

use mpviz::channel::{Arena, Batch, Collector, Published};
use mpviz::event::{ActorId, Event, Kind, ObjectId};

fn collect(batches: &crossbeam_channel::Receiver<Batch>) -> Vec<Event> {
    batches.iter().flat_map(|batch| batch.events).collect()
}

#[test]
fn what_is_published_arrives() {
    let arena = Arena::create().unwrap();
    let (to, batches) = crossbeam_channel::unbounded();
    let collector = Collector::start(arena.clone(), to).unwrap();
    let slot = arena.reserve(ActorId(1), ActorId(1)).unwrap();
    let mut writer = arena.writer(slot);
    for n in 0..1000 {
        let kind = Kind::LockTaken {
            object: ObjectId(n),
        };
        assert_eq!(
            writer.publish(ActorId(1), None, Some(n), None, &kind),
            Published::Written
        );
    }
    let tally = collector.finish();
    let events = collect(&batches);
    assert_eq!(events.len(), 1000);
    assert_eq!(tally.events, 1000);
    assert!(events.iter().enumerate().all(|(n, e)| e.seq as usize == n));
}
