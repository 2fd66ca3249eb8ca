//! Writers that are killed at any instant.

use crate::Log;
use crate::forked::{self, Dice};
use mpviz::channel::{Published, RingWriter};
use mpviz::event::words::Stream;
use mpviz::event::{ActorId, Event, Kind, Text};
use std::sync::atomic::{AtomicU64, Ordering};

const CHILDREN: u32 = 40;

#[test]
fn what_a_killed_writer_has_published_arrives_whole() {
    let log = Log::begin();
    let counts = forked::shared_words();
    let mut dice = Dice(7);
    for n in 1..=CHILDREN {
        let slot = log.arena.reserve(ActorId(n), ActorId(n)).unwrap();
        let mut writer = log.arena.writer(slot);
        let count = &counts[n as usize];
        let mut child = forked::start(move || talk(&mut writer, count));
        let enough = dice.throw(3000);
        while count.load(Ordering::Acquire) < enough {
            std::thread::yield_now();
        }
        child.kill();
    }
    let events = log.end();
    for n in 1..=CHILDREN {
        let of_child: Vec<&Event> = events.iter().filter(|e| e.actor == ActorId(n)).collect();
        let published = counts[n as usize].load(Ordering::Acquire);
        check(&of_child, published);
    }
}

/// `published` were for certain; one more may have been published and not counted.
fn check(events: &[&Event], published: u64) {
    let mut next = 0;
    let mut lost = 0;
    for event in events {
        if let Kind::Gap { count, .. } = event.kind {
            lost += count.unwrap();
            continue;
        }
        assert!(event.seq >= next, "out of order, or twice");
        next = event.seq + 1;
        match &event.kind {
            Kind::Output { text, .. } => assert_eq!(text, &words(event.seq)),
            other => panic!("{other:?}"),
        }
    }
    let said = events.iter().filter(|e| e.by.is_none()).count() as u64 + lost;
    assert!(
        said == published || said == published + 1,
        "{said} of {published}"
    );
}

/// Talks until it is killed, mostly in records of many slots.
fn talk(writer: &mut RingWriter, count: &AtomicU64) -> u8 {
    let (owner, stream) = (writer.owner(), Stream::Stdout);
    // Made before, or the child would be killed while it holds malloc's lock, which is harmless,
    // but in the wrong place most of the time.
    let texts: Vec<Kind> = (0..50)
        .map(|seq| Kind::Output {
            stream,
            text: words(seq),
            captured: false,
        })
        .collect();
    for seq in 0..u64::from(u32::MAX) {
        let kind = &texts[(seq % 50) as usize];
        // Lost ones are counted in the ring.
        let (Published::Written | Published::Full) = writer.publish(owner, None, None, None, kind);
        count.store(seq + 1, Ordering::Release);
    }
    1
}

fn words(seq: u32) -> Text {
    let nth = (seq % 50) as usize;
    char::from(b'A' + nth as u8)
        .to_string()
        .repeat(nth * nth)
        .into()
}
