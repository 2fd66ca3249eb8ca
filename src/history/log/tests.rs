//! What comes out of the log is what went in. Events of every kind go through it in
//! `tests/history`.

use super::*;
use crate::event::kind::KINDS;
use crate::event::words::Stream;
use crate::event::{ActorId, FileId, Kind, MessageId, ObjectId, TaskId, Text};

fn event(t: u64, kind: Kind) -> Event {
    Event {
        t: Time(t),
        actor: ActorId(1),
        by: None,
        seq: 3,
        line: None,
        file: None,
        kind,
    }
}

fn output(t: u64, len: usize) -> Event {
    let text = Text::from("é".repeat(len / 2));
    event(
        t,
        Kind::Output {
            stream: Stream::Stdout,
            text,
            captured: false,
        },
    )
}

fn sent(t: u64) -> Event {
    event(
        t,
        Kind::MessageSent {
            object: ObjectId(4),
            message: MessageId {
                sender: ActorId(2),
                number: t,
            },
            bytes: 21,
            label: None,
            end: None,
        },
    )
}

#[track_caller]
fn check(events: &[Event]) {
    let mut log = Log::default();
    events.iter().for_each(|event| log.push(event));
    assert_eq!(log.len(), events.len());
    assert_eq!(log.iter().collect::<Vec<_>>(), events);
    let backwards: Vec<Event> = events.iter().rev().cloned().collect();
    assert_eq!(log.iter().rev().collect::<Vec<_>>(), backwards);
    for (at, event) in events.iter().enumerate() {
        assert_eq!(log.get(at).as_ref(), Some(event));
        assert_eq!(log.time(at), Some(event.t));
        let until = events.partition_point(|other| other.t <= event.t);
        assert_eq!(log.until(event.t), until);
    }
    assert_eq!(log.get(events.len()), None);
    assert_eq!(log.time(events.len()), None);
    assert_eq!(log.until(Time::NEVER), events.len());
}

#[test]
fn events_come_back_in_order_and_by_position() {
    check(&[]);
    check(&[sent(5)]);
    let many: Vec<Event> = (0..1000).map(|n| sent(n * n)).collect();
    check(&many);
}

#[test]
fn events_of_one_time_stay_together() {
    let many: Vec<Event> = (0..100).map(|n| sent(n / 40 * 7)).collect();
    check(&many);
}

#[test]
fn texts_of_any_length_come_back_whole() {
    let many: Vec<Event> = (0..5000).step_by(7).map(|len| output(9, len)).collect();
    check(&many);
}

#[test]
fn a_text_that_is_cut_between_characters_is_seen_to_be_cut() {
    for letter in ["a", "é", "€", "🦀"] {
        let long = |count| {
            let mut long = output(9, 0);
            long.kind = Kind::Output {
                stream: Stream::Stdout,
                text: letter.repeat(count).into(),
                captured: true,
            };
            long
        };
        let around = 220 / letter.len()..280 / letter.len();
        check(&around.map(long).collect::<Vec<_>>());
    }
}

#[test]
fn heads_of_every_width_come_back() {
    let ends = |bits: u32| [(1u64 << bits) - 1, 1 << bits];
    let all = || [0].into_iter().chain((8..64).step_by(8).flat_map(ends));
    let small = |n: u64| u32::try_from(n).ok();
    let mut many = Vec::new();
    for since in all().chain([u64::MAX / 2]) {
        for actor in all().filter_map(small) {
            for seq in all().filter_map(small) {
                for line in [None, Some(1), Some(0xffff), Some(0x1_0000)] {
                    let kind = Kind::TaskStarted { task: TaskId(seq) };
                    let (actor, t) = (ActorId(actor), 1 << 40);
                    let first = event(t, Kind::Woke {});
                    let mut other = event(t + since, kind);
                    (other.actor, other.seq, other.line) = (actor, seq, line);
                    many.push([first, other]);
                }
            }
        }
    }
    for pair in many {
        let mut log = Log::default();
        pair.iter().for_each(|event| log.push(event));
        assert_eq!(log.iter().collect::<Vec<_>>(), pair);
        assert_eq!(log.time(1), Some(pair[1].t));
        let outline = log.outline(1).expect("it is there");
        let tag = pair[1].kind.tag();
        assert_eq!((outline.actor, outline.tag), (pair[1].actor, tag));
    }
}

#[test]
fn what_the_ring_form_cannot_say_comes_back_too() {
    let mut odd = sent(3);
    odd.by = Some(ActorId(u32::MAX));
    let mut odder = sent(4);
    odder.line = Some(0);
    let mut oddest = sent(5);
    oddest.file = Some(FileId(70_000));
    let mut huge = sent(u64::MAX);
    (huge.actor, huge.seq, huge.line) = (ActorId(u32::MAX), u32::MAX, Some(u32::MAX));
    huge.by = Some(ActorId(u32::MAX - 1));
    huge.file = Some(FileId(65_533));
    check(&[sent(1), odd, odder, sent(5), oddest, huge]);
}

#[test]
fn a_range_gives_what_there_is_of_it() {
    let mut log = Log::default();
    (0..40).for_each(|n| log.push(&sent(n)));
    let times = |range: Range<usize>| log.range(range).map(|event| event.t.0).collect::<Vec<_>>();
    assert_eq!(times(14..18), [14, 15, 16, 17]);
    assert_eq!(times(38..90), [38, 39]);
    assert!(times(90..95).is_empty());
    let reversed = Range { start: 20, end: 10 };
    assert!(times(reversed).is_empty());
    let mut both = log.range(10..14);
    assert_eq!(both.len(), 4);
    let ends = (both.next_back(), both.next(), both.nth(1), both.next());
    let ends = [ends.0, ends.1, ends.2, ends.3].map(|end| end.map(|event| event.t.0));
    assert_eq!(ends, [Some(13), Some(10), Some(12), None]);
}

/// Lists are cut by a small ring form without a sign of it, so kinds with lists stand aside.
#[test]
fn kinds_with_lists_stand_aside() {
    let with_lists: Vec<&str> = KINDS
        .iter()
        .filter(|kind| kind.fields.iter().any(|field| field.ty.starts_with("Vec")))
        .map(|kind| kind.name)
        .collect();
    assert_eq!(
        with_lists,
        ["RunStarted", "ProcessExec", "WaitListed", "EndsSampled"]
    );
}
