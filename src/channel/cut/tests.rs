//! What a cut promises, by small examples.

#![expect(
    clippy::cast_possible_truncation,
    reason = "the numbers of a test are small"
)]

use super::*;
use crate::channel::ring::{Published, RingWriter};
use crate::event::words::{Role, Stream};
use crate::event::{MessageId, ObjectId, Text};
use proptest::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64};

fn arena() -> Arena {
    Arena::of_size(64 << 20).unwrap()
}

fn writer(arena: &Arena, actor: u32) -> RingWriter {
    arena.writer(arena.reserve(ActorId(actor), ActorId(actor)).unwrap())
}

fn taken(n: u32) -> Kind {
    Kind::LockTaken {
        object: ObjectId(n),
    }
}

fn released(n: u32) -> Kind {
    Kind::LockReleased {
        object: ObjectId(n),
    }
}

/// Publishes what the writer says about its owner.
#[track_caller]
fn say(writer: &mut RingWriter, kind: &Kind) {
    assert_eq!(
        writer.publish(writer.owner(), None, None, None, kind),
        Published::Written
    );
}

#[track_caller]
fn say_at(writer: &mut RingWriter, t: Time, kind: &Kind) {
    assert_eq!(
        writer.publish_at(t, writer.owner(), None, None, None, kind),
        Published::Written
    );
}

/// Every event that a last cut hands on, as `actor kind`.
fn rest(cuts: &mut Cuts) -> Vec<String> {
    words(&cuts.cut(true).events)
}

fn words(events: &[Event]) -> Vec<String> {
    let word = |event: &Event| {
        let more = match &event.kind {
            Kind::Gap { reason, count, .. } => format!(" {} {count:?}", reason.text()),
            Kind::LockTaken { object } | Kind::LockReleased { object } => format!(" {object}"),
            _ => String::new(),
        };
        format!("{} {}{more}", event.actor, event.kind.name())
    };
    events.iter().map(word).collect()
}

#[test]
fn a_late_event_gets_the_time_of_the_cut_that_it_missed() {
    let arena = arena();
    let (mut a, mut b) = (writer(&arena, 1), writer(&arena, 2));
    let mut cuts = Cuts::new(arena.clone());
    let stamp = arena.now();
    say(&mut b, &taken(1));
    let first = cuts.cut(false);
    assert_eq!(words(&first.events), ["2 LockTaken 1"]);
    // Late ones come first, whatever their nature: nothing that follows from them is late.
    say_at(&mut a, stamp, &taken(2));
    say_at(&mut b, first.horizon, &released(3));
    let second = cuts.cut(false);
    assert_eq!(words(&second.events), ["1 LockTaken 2", "2 LockReleased 3"]);
    assert_eq!(second.events[0].t, first.horizon);
    assert_eq!(cuts.tally().late, 1);
}

#[test]
fn an_event_stamped_after_the_cut_waits_for_the_next() {
    let arena = arena();
    let (mut a, mut b) = (writer(&arena, 1), writer(&arena, 2));
    let mut cuts = Cuts::new(arena.clone());
    say(&mut a, &taken(1));
    // As if it were stamped between the cut's time and its look at the ring.
    let later = arena.now() + crate::event::Span::millis(5);
    say_at(&mut a, later, &taken(2));
    let bound = later + crate::event::Span::millis(1);
    cuts.take_up_waiting();
    let cut = arena.now();
    assert!(cut < later, "the machine stood still for 5 ms");
    let copied = cuts.copy_out(0).unwrap();
    cuts.find_records(0, copied, bound);
    assert_eq!(words(&cuts.hand_on(cut)), ["1 LockTaken 1"]);
    assert!(!cuts.is_settled());
    while arena.now() <= later {
        std::hint::spin_loop();
    }
    say(&mut b, &taken(3));
    assert_eq!(
        words(&cuts.cut(false).events),
        ["1 LockTaken 2", "2 LockTaken 3"]
    );
    assert!(cuts.is_settled());
}

#[test]
fn at_one_time_causes_come_before_effects_and_a_ring_keeps_its_order() {
    let arena = arena();
    let (mut a, mut b, mut c) = (writer(&arena, 1), writer(&arena, 2), writer(&arena, 3));
    let t = arena.now();
    say_at(&mut a, t, &taken(1));
    say_at(&mut a, t, &released(1));
    say_at(&mut b, t, &released(2));
    say_at(&mut b, t, &Kind::Thawed {});
    say_at(&mut c, t, &taken(2));
    let order = rest(&mut Cuts::new(arena));
    let expected = [
        "2 LockReleased 2",
        "2 Thawed",
        "1 LockTaken 1",
        "1 LockReleased 1",
        "3 LockTaken 2",
    ];
    assert_eq!(order, expected);
}

#[test]
fn a_ring_is_free_again_when_its_thread_has_ended() {
    let arena = arena();
    let mut cuts = Cuts::new(arena.clone());
    let (process, thread) = (ActorId(1), ActorId(2));
    let main = arena.reserve(process, process).unwrap();
    let old = arena.reserve(thread, process).unwrap();
    let mut writer = arena.writer(old);
    let role = Role::Feeder;
    say(
        &mut writer,
        &Kind::ThreadStarted {
            process,
            role,
            object: None,
        },
    );
    say(&mut writer, &Kind::ThreadEnded {});
    assert_eq!(
        words(&cuts.cut(false).events),
        ["2 ThreadStarted", "2 ThreadEnded"]
    );
    let new = arena.reserve(ActorId(3), ActorId(3)).unwrap();
    assert_eq!((new.idx, new.generation), (old.idx, old.generation + 1));
    // Who still holds the old slot changes nothing.
    arena.announce(old, 77);
    arena.release(old);
    say(&mut arena.writer(new), &taken(4));
    assert_eq!(words(&cuts.cut(false).events), ["3 LockTaken 4"]);
    assert_eq!(arena.actor_of_pid(77), None);
    arena.announce(new, 77);
    arena.announce(new, 78);
    arena.announce(main, 79);
    assert_eq!(arena.actor_of_pid(77), Some(ActorId(3)));
    assert_eq!(arena.actor_of_pid(78), None);
    assert_eq!(arena.actor_of_pid(79), Some(process));
    assert_eq!(arena.actor_of_pid(0), None);
}

#[test]
fn a_reaped_process_gives_all_its_rings_back_and_only_those() {
    let arena = arena();
    let mut cuts = Cuts::new(arena.clone());
    let (parent, child) = (ActorId(1), ActorId(2));
    let mut of_parent = arena.writer(arena.reserve(parent, parent).unwrap());
    let of_child = arena.reserve(child, child).unwrap();
    let of_thread = arena.reserve(ActorId(3), child).unwrap();
    say(&mut arena.writer(of_thread), &taken(1));
    say(
        &mut of_parent,
        &Kind::ProcessReaped {
            child,
            code: Some(0),
        },
    );
    say(&mut arena.writer(of_child), &taken(2));
    let mut seen = words(&cuts.cut(false).events);
    seen.sort();
    assert_eq!(seen, ["1 ProcessReaped", "2 LockTaken 2", "3 LockTaken 1"]);
    let taken: Vec<usize> = arena.control().taken.below(arena.slot_count()).collect();
    assert_eq!(taken, [0]);
    assert_eq!(arena.ready().collect::<Vec<_>>(), taken);
}

#[test]
fn a_slot_that_was_given_back_unused_is_free_again() {
    let arena = arena();
    let mut cuts = Cuts::new(arena.clone());
    let slot = arena.reserve(ActorId(1), ActorId(1)).unwrap();
    cuts.cut(false);
    assert!(!cuts.is_anything_new());
    arena.release(slot);
    assert!(cuts.is_anything_new());
    cuts.cut(false);
    assert!(!cuts.is_anything_new());
    assert_eq!(
        arena.reserve(ActorId(2), ActorId(2)).unwrap().generation,
        slot.generation + 1
    );
}

#[test]
fn who_gets_no_ring_is_told_of_by_name() {
    let arena = arena();
    let mut cuts = Cuts::new(arena.clone());
    for n in 1..=252 {
        assert!(arena.reserve(ActorId(n), ActorId(1)).is_some(), "slot {n}");
    }
    assert!(arena.reserve(ActorId(900), ActorId(1)).is_none());
    assert!(arena.reserve(ActorId(901), ActorId(1)).is_none());
    assert_eq!(arena.control().unobserved(), 2);
    let gaps = ["900 Gap no ring None", "901 Gap no ring None"];
    assert_eq!(words(&cuts.cut(false).events), gaps);
    assert_eq!(words(&cuts.cut(false).events), [""; 0]);
    for n in 0..100 {
        assert!(arena.reserve(ActorId(1000 + n), ActorId(1)).is_none());
    }
    let gaps = words(&cuts.cut(true).events);
    assert_eq!(gaps.len(), UNOBSERVED_MAX - 2 + 1);
    assert_eq!(gaps.last().unwrap(), "0 Gap no ring None");
}

#[test]
fn what_a_silent_writer_lost_is_told_at_the_end() {
    let arena = arena();
    let mut a = writer(&arena, 1);
    let results: Vec<Published> = (0..RING_SLOTS as u32 + 7)
        .map(|n| a.publish(ActorId(1), None, None, None, &taken(n)))
        .collect();
    let full = results
        .iter()
        .filter(|&&result| result == Published::Full)
        .count();
    assert_eq!(full, 7);
    let mut cuts = Cuts::new(arena);
    let events = cuts.cut(true).events;
    assert_eq!(events.len(), RING_SLOTS + 1);
    assert_eq!(words(&events).last().unwrap(), "1 Gap ring full Some(7)");
    assert_eq!(
        (cuts.tally().lost, events[RING_SLOTS].by),
        (7, Some(ActorId::MPVIZ))
    );
}

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
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_event_arrives_whole_or_is_counted(steps in steps()) {
        let arena = arena();
        let mut a = writer(&arena, 1);
        let mut cuts = Cuts::new(arena);
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
        let mut cuts = Cuts::new(arena.clone());
        for n in 0..30 {
            say(&mut broken, &output(n * 13 % 50, n as u32));
            say(&mut sound, &taken(n as u32));
        }
        let ring = arena.ring(0);
        for &(at, byte) in scribbles.iter().chain(&near) {
            super::super::ring::scribble(ring, at, byte);
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

#[test]
fn a_damaged_ring_is_dropped_and_told_once() {
    let arena = arena();
    let mut a = writer(&arena, 1);
    let mut cuts = Cuts::new(arena.clone());
    for n in 0..4 {
        say(&mut a, &taken(n));
    }
    // The third record claims to be longer than all that is published.
    super::super::ring::scribble(arena.ring(0), 2 * SLOT_BYTES + SLOTS_AT, 200);
    let gap = "1 Gap damaged None".to_owned();
    let expected = ["1 LockTaken 0".to_owned(), "1 LockTaken 1".to_owned(), gap];
    assert_eq!(words(&cuts.cut(false).events), expected);
    say(&mut a, &taken(9));
    assert!(!cuts.is_anything_new());
    assert_eq!(words(&cuts.cut(true).events), [""; 0]);
    assert_eq!(cuts.tally().damaged, 1);
}

#[test]
fn a_record_that_cannot_be_decoded_ends_its_ring() {
    let arena = arena();
    let mut a = writer(&arena, 1);
    let mut cuts = Cuts::new(arena.clone());
    for n in 0..3 {
        say(&mut a, &taken(n));
    }
    super::super::ring::scribble(arena.ring(0), SLOT_BYTES + SLOTS_AT - 1, 251);
    assert_eq!(
        words(&cuts.cut(true).events),
        ["1 LockTaken 0", "1 Gap damaged None"]
    );
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
    let mut cuts = Cuts::new(arena.clone());
    let mut events: Vec<Event> = Vec::new();
    let mut horizon = Time::ZERO;
    std::thread::scope(|scope| {
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
        while {
            let is_last = done.load(Ordering::Acquire);
            let batch = cuts.cut(is_last);
            for event in &batch.events {
                assert!(horizon <= event.t && event.t <= batch.horizon);
            }
            horizon = batch.horizon;
            events.extend(batch.events);
            !is_last
        } {}
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

fn assert_consistent(events: &[Event]) {
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

fn pass_messages(mut writer: RingWriter, mailboxes: &[AtomicU64], rounds: u64) {
    let owner = writer.owner();
    let object = ObjectId(1);
    let limit = writer.now() + crate::event::Span::millis(10_000);
    for n in 0..rounds {
        let mailbox = &mailboxes[usize::from(n % 3 == 0)];
        // No message may be lost, or its receive would stand alone.
        while writer.room() < 8 {
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
        say_at(&mut writer, stamp, &kind);
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
            say_at(&mut writer, stamp, &kind);
        }
    }
}
