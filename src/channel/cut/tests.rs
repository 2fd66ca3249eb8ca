//! Cuts step by step.
#![expect(
    clippy::cast_possible_truncation,
    reason = "the numbers of a test are small"
)]

use super::*;
use crate::channel::control::UNOBSERVED_MAX;
use crate::channel::ring::{Published, RingWriter};
use crate::event::ObjectId;
use crate::event::words::Role;

pub(super) fn arena() -> Arena {
    Arena::of_size(64 << 20).unwrap()
}

pub(super) fn writer(arena: &Arena, actor: u32) -> RingWriter {
    arena.writer(arena.reserve(ActorId(actor), ActorId(actor)).unwrap())
}

pub(super) fn taken(n: u32) -> Kind {
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
pub(super) fn say(writer: &mut RingWriter, kind: &Kind) {
    assert_eq!(
        writer.publish(writer.owner(), None, None, None, kind),
        Published::Written
    );
}

#[track_caller]
pub(super) fn say_at(writer: &mut RingWriter, t: Time, kind: &Kind) {
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
    let mut cuts = Cuts::new(arena.clone(), None);
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
    let mut cuts = Cuts::new(arena.clone(), None);
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
    let order = rest(&mut Cuts::new(arena, None));
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
    let mut cuts = Cuts::new(arena.clone(), None);
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
    let mut cuts = Cuts::new(arena.clone(), None);
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
    let mut cuts = Cuts::new(arena.clone(), None);
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
    let mut cuts = Cuts::new(arena.clone(), None);
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
    let mut cuts = Cuts::new(arena, None);
    let events = cuts.cut(true).events;
    assert_eq!(events.len(), RING_SLOTS + 1);
    assert_eq!(words(&events).last().unwrap(), "1 Gap ring full Some(7)");
    assert_eq!(
        (cuts.tally().lost, events[RING_SLOTS].by),
        (7, Some(ActorId::MPVIZ))
    );
}

#[test]
fn a_damaged_ring_is_dropped_and_told_once() {
    let arena = arena();
    let mut a = writer(&arena, 1);
    let mut cuts = Cuts::new(arena.clone(), None);
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
    let mut cuts = Cuts::new(arena.clone(), None);
    for n in 0..3 {
        say(&mut a, &taken(n));
    }
    super::super::ring::scribble(arena.ring(0), SLOT_BYTES + SLOTS_AT - 1, 251);
    assert_eq!(
        words(&cuts.cut(true).events),
        ["1 LockTaken 0", "1 Gap damaged None"]
    );
}
