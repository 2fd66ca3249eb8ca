//! Cuts of what nobody has chosen: random steps, random scribbles, threads as they happen to run.
#![expect(
    clippy::cast_possible_truncation,
    reason = "the numbers of a test are small"
)]

use super::tests::{arena, say, say_at, taken, writer};
use super::*;
use crate::channel::ring::{Published, RingWriter, scribble};
use crate::event::words::Stream;
use crate::event::{MessageId, ObjectId, Text};
use proptest::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64};

/// What a test does to one ring, in order.
#[derive(Clone, Debug)]
enum Step {
    Say(usize),
    Cut,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0usize..4090).prop_map(Step::Say),
        4 => (0usize..40).prop_map(Step::Say),
        1 => Just(Step::Cut),
    ];
    proptest::collection::vec(step, 0..600)
}

fn output(len: usize, n: u32) -> Kind {
    let letter = char::from(b'a' + u8::try_from(n % 26).unwrap());
    let text: Text = letter.to_string().repeat(len).into();
    Kind::Output {
        stream: Stream::Stdout,
        text,
        captured: false,
    }
}

proptest! {
    #[test]
    fn every_event_arrives_whole_or_is_counted(steps in steps()) {
        let arena = arena();
        let mut a = writer(&arena, 1);
        let mut cuts = Cuts::new(arena, None);
        let (mut said, mut events) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Say(len) => {
                    let kind = output(len, said.len() as u32);
                    let full = a.publish(ActorId(1), None, None, None, &kind) == Published::Full;
                    said.push((kind, full));
                }
                Step::Cut => events.extend(cuts.cut(false).events),
            }
        }
        events.extend(cuts.cut(true).events);
        let mut next = 0;
        for event in &events {
            if let Kind::Gap { count, .. } = event.kind {
                let lost = usize::try_from(count.unwrap()).unwrap();
                prop_assert!(lost > 0);
                prop_assert!(said[next..next + lost].iter().all(|(_, full)| *full));
                next += lost;
            } else {
                prop_assert_eq!((&event.kind, false), (&said[next].0, said[next].1));
                prop_assert_eq!(event.seq as usize, next);
                next += 1;
            }
        }
        prop_assert_eq!(next, said.len());
        prop_assert!(events.is_sorted_by_key(|event| event.t));
    }

    #[test]
    fn scribbling_into_a_ring_harms_no_one_else(
        scribbles in proptest::collection::vec((0usize..RING_SLOTS * SLOT_BYTES, any::<u8>()), 0..200),
        near in proptest::collection::vec((0usize..30 * SLOT_BYTES, any::<u8>()), 0..60),
        words in proptest::collection::vec((0usize..8, any::<u64>()), 0..4),
    ) {
        let arena = arena();
        let (mut broken, mut sound) = (writer(&arena, 1), writer(&arena, 2));
        let mut cuts = Cuts::new(arena.clone(), None);
        for n in 0..30 {
            say(&mut broken, &output(n * 13 % 50, n as u32));
            say(&mut sound, &taken(n as u32));
        }
        let ring = arena.ring(0);
        for &(at, byte) in scribbles.iter().chain(&near) {
            scribble(ring, at, byte);
        }
        let header = arena.header(0);
        for &(which, value) in &words {
            match which {
                0 => header.written.head.store(value, Ordering::Relaxed),
                1 => header.written.head.store(value % 5000, Ordering::Relaxed),
                2 => header.read.tail.store(value, Ordering::Relaxed),
                3 => header.written.lost.store(value, Ordering::Relaxed),
                4 => header.written.lost_since.store(value, Ordering::Relaxed),
                5 => header.owner.generation.store(value as u32, Ordering::Relaxed),
                6 => header.owner.released.store(value as u32, Ordering::Relaxed),
                _ => header.owner.actor.store(value as u32, Ordering::Relaxed),
            }
        }
        let mut events = Vec::new();
        for n in 30..40 {
            let _ = broken.publish(ActorId(1), None, None, None, &taken(n));
            say(&mut sound, &taken(n));
            events.extend(cuts.cut(n == 39).events);
        }
        let of_sound: Vec<u32> = events
            .iter()
            .filter(|e| e.actor == ActorId(2))
            .filter_map(|e| match e.kind {
                Kind::LockTaken { object } => Some(object.0),
                _ => None,
            })
            .collect();
        let expected: Vec<u32> = (0..40).collect();
        prop_assert!(expected.iter().all(|n| of_sound.contains(n)));
        prop_assert!(events.is_sorted_by_key(|event| event.t));
    }
}

proptest! {
    /// A ring that nobody of ours wrote: whatever stands in it, cuts end, and say no more than it
    /// can hold.
    #[test]
    fn a_ring_of_arbitrary_bytes_is_read_to_its_end(
        bytes in proptest::collection::vec(any::<u8>(), 0..8 * SLOT_BYTES),
        times in 1usize..40,
        head in 0u64..2 * RING_SLOTS as u64,
    ) {
        let arena = arena();
        let _writer = writer(&arena, 1);
        let ring = arena.ring(0);
        let places = (0..RING_SLOTS * SLOT_BYTES).zip(bytes.iter().cycle());
        for (at, &byte) in places.take(bytes.len() * times) {
            scribble(ring, at, byte);
        }
        arena.header(0).written.head.store(head, Ordering::Release);
        let mut cuts = Cuts::new(arena, None);
        let events: Vec<_> = (0..3).flat_map(|n| cuts.cut(n == 2).events).collect();
        prop_assert!(events.len() <= RING_SLOTS + 8, "{}", events.len());
        prop_assert!(events.is_sorted_by_key(|event| event.t));
    }
}

/// Writers that pass messages on through shared words, as fast as they can, with a delay between
/// stamp and publication now and then; cuts as fast as they can.
#[test]
fn every_cut_is_consistent() {
    const WRITERS: u32 = 3;
    const ROUNDS: u64 = 10_000;
    let arena = arena();
    let mailboxes: [AtomicU64; 2] = Default::default();
    let done = AtomicBool::new(false);
    let mut cuts = Cuts::new(arena.clone(), None);
    let events = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..=WRITERS)
            .map(|actor| {
                let writer = writer(&arena, actor);
                let mailboxes = &mailboxes;
                scope.spawn(move || pass_messages(writer, mailboxes, ROUNDS))
            })
            .collect();
        scope.spawn(|| {
            writers
                .into_iter()
                .for_each(|writer| writer.join().unwrap());
            done.store(true, Ordering::Release);
        });
        cut_until(&mut cuts, &done)
    });
    assert_consistent(&events);
    let told = |event: &&Event| !matches!(event.kind, Kind::Gap { .. });
    let count = events.iter().filter(told).count() as u64;
    assert_eq!(count + cuts.tally().lost, seqs(&events));
    assert!(
        cuts.tally().late > 20,
        "too few late events to mean anything"
    );
}

/// Returns how many events were said, by each actor's last `seq`.
fn seqs(events: &[Event]) -> u64 {
    let mut last = std::collections::BTreeMap::new();
    for event in events.iter().filter(|event| event.by.is_none()) {
        let before = last.insert(event.actor, event.seq);
        assert!(
            before.is_none_or(|before| before < event.seq),
            "twice, or out of order"
        );
    }
    last.values().map(|&seq| u64::from(seq) + 1).sum()
}

/// Cuts as fast as can be until it is done, and returns what was handed on: each event between the
/// horizons of its cut and of the one before.
pub(super) fn cut_until(cuts: &mut Cuts, done: &AtomicBool) -> Vec<Event> {
    let mut events = Vec::new();
    let mut horizon = Time::ZERO;
    loop {
        let is_last = done.load(Ordering::Acquire);
        let batch = cuts.cut(is_last);
        for event in &batch.events {
            assert!(horizon <= event.t && event.t <= batch.horizon);
        }
        horizon = batch.horizon;
        events.extend(batch.events);
        if is_last {
            return events;
        }
    }
}

pub(super) fn assert_consistent(events: &[Event]) {
    assert!(events.is_sorted_by_key(|event| event.t));
    let mut sent = std::collections::BTreeSet::new();
    for event in events {
        match event.kind {
            Kind::MessageSent { message, .. } => assert!(sent.insert(message)),
            Kind::MessageReceived { message, .. } => {
                assert!(
                    sent.contains(&message),
                    "{message:?} was received before it was sent"
                );
            }
            _ => {}
        }
    }
}

/// Where a writer of [`pass`] publishes.
pub(super) trait Place {
    fn owner(&self) -> ActorId;
    fn now(&self) -> Time;
    /// Publishes what was stamped before.
    fn publish(&mut self, t: Time, kind: &Kind);
    /// Returns whether nothing can be lost of the next few.
    fn has_room(&mut self) -> bool;
}

impl Place for RingWriter {
    fn owner(&self) -> ActorId {
        RingWriter::owner(self)
    }
    fn now(&self) -> Time {
        RingWriter::now(self)
    }
    fn publish(&mut self, t: Time, kind: &Kind) {
        say_at(self, t, kind);
    }
    fn has_room(&mut self) -> bool {
        self.room() >= 8
    }
}

fn pass_messages(mut writer: RingWriter, mailboxes: &[AtomicU64], rounds: u64) {
    pass(&mut writer, mailboxes, rounds);
}

pub(super) fn pass(writer: &mut impl Place, mailboxes: &[AtomicU64], rounds: u64) {
    let owner = writer.owner();
    let object = ObjectId(1);
    let limit = writer.now() + crate::event::Span::millis(10_000);
    for n in 0..rounds {
        let mailbox = &mailboxes[usize::from(n % 3 == 0)];
        // No message may be lost, or its receive would stand alone.
        while !writer.has_room() {
            assert!(writer.now() < limit, "the collector has ended");
            std::thread::yield_now();
        }
        let delay = if n % 7 == 0 { 2000 } else { 0 };
        let message = MessageId {
            sender: owner,
            number: n,
        };
        let kind = Kind::MessageSent {
            object,
            message,
            bytes: 1,
            label: None,
            end: None,
        };
        let stamp = writer.now();
        (0..delay).for_each(|_| std::hint::spin_loop());
        writer.publish(stamp, &kind);
        let other = mailbox.swap(u64::from(owner.0) << 32 | (n + 1), Ordering::AcqRel);
        if other != 0 {
            let stamp = writer.now();
            let sender = ActorId((other >> 32) as u32);
            let number = (other & 0xffff_ffff) - 1;
            let message = MessageId { sender, number };
            let kind = Kind::MessageReceived {
                object,
                message,
                end: None,
            };
            (0..delay).for_each(|_| std::hint::spin_loop());
            writer.publish(stamp, &kind);
        }
    }
}
