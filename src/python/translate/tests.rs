//! Facts and the events that they are: small programs, told as their shims would.

mod lasting;

use super::*;
use crate::event::words::{Operation, Outcome};
use crate::event::{MessageId, Span};
use proptest::prelude::*;

/// A run whose facts are given by hand.
struct Run {
    translator: Translator,
    t: u64,
}

/// A fact without what it does not need.
fn fact(word: Word, a: u64) -> Slot {
    Slot {
        t: 0,
        word,
        op: 0,
        extra: 0,
        line: 0,
        thread: 1,
        file: 0,
        size: 0,
        a,
        b: 0,
        c: 0,
    }
}

impl Run {
    fn new() -> Run {
        let arena = Arena::create().expect("an arena");
        let translator = Translator::new(arena, Vec::new());
        Run { translator, t: 0 }
    }

    /// A thread of a process tells a fact, a millisecond after the last one.
    fn tell(&mut self, pid: u32, slot: Slot) {
        self.tell_text(pid, slot, "");
    }

    fn tell_text(&mut self, pid: u32, slot: Slot, text: &str) {
        self.t += 1_000_000;
        let birth = Birth {
            pid,
            ppid: 1,
            t: 1,
            main_thread: 1,
        };
        let thread = u32::try_from(slot.thread).expect("a small one");
        let text = (!text.is_empty()).then(|| text.into());
        let fact = Fact { slot, thread, text };
        let left = self.translator.take(Time(self.t), pid, &birth, fact);
        assert_eq!(left, None);
    }

    /// Goes on at the time of the last fact, but for `span`.
    fn soon(&mut self, span: Span) {
        self.t = self.t - 1_000_000 + span.0;
    }

    fn events(&mut self) -> Vec<Event> {
        self.translator.end_cut(Time(self.t))
    }

    /// What was said, in a few words; without how processes begin.
    fn said(&mut self) -> Vec<String> {
        let events = self.events();
        events.iter().filter_map(word).collect()
    }

    /// A queue with inode 50, read lock 51, write lock 52.
    fn queue(&mut self, pid: u32) {
        let queue = Slot {
            op: 1,
            c: 51,
            ..fact(Word::Queue, 50)
        };
        self.tell(pid, queue);
        let more = Slot {
            b: 52,
            ..fact(Word::Queue2, 50)
        };
        self.tell(pid, more);
    }

    fn send(&mut self, pid: u32, crc: u64) {
        let send = Slot {
            b: crc,
            size: 20,
            ..fact(Word::Send, 50)
        };
        self.tell(pid, send);
    }

    /// An item with a number is put into the buffer of the queue.
    fn put(&mut self, pid: u32, number: u64) {
        let put = Slot {
            c: number,
            ..fact(Word::Put, 50)
        };
        self.tell(pid, put);
    }

    /// The feeder, thread 2, sends the item with a number, or gives it up.
    fn feed(&mut self, pid: u32, word: Word, number: u64) {
        let fed = Slot {
            op: 1,
            thread: 2,
            b: number,
            c: number,
            size: 20,
            ..fact(word, 50)
        };
        self.tell(pid, fed);
    }

    fn recv(&mut self, pid: u32, crc: u64) {
        let recv = Slot {
            b: crc,
            size: 20,
            ..fact(Word::Recv, 50)
        };
        self.tell(pid, recv);
    }

    fn block(&mut self, pid: u32, op: u8, a: u64) {
        let block = Slot {
            op,
            b: u64::MAX,
            ..fact(Word::Block, a)
        };
        self.tell(pid, block);
    }
}

fn word(event: &Event) -> Option<String> {
    let id = |id: &MessageId| format!("{}.{}", id.sender, id.number);
    let what = match &event.kind {
        Kind::MessagePut { message, .. } => format!("put {}", id(message)),
        Kind::MessageSent { message, .. } => format!("sent {}", id(message)),
        Kind::MessageReceived { message, .. } => format!("received {}", id(message)),
        Kind::Blocked { operation, .. } => format!("blocked {}", operation.text()),
        Kind::Unblocked { outcome, .. } => format!("unblocked {}", outcome.text()),
        Kind::LockTaken { .. } => "taken".to_owned(),
        Kind::LockReleased { .. } => "released".to_owned(),
        Kind::Gap { reason, count, .. } => format!("gap {} {count:?}", reason.text()),
        Kind::ThreadStarted { role, .. } => format!("thread {}", role.text()),
        _ => return None,
    };
    Some(format!("{} {what}", event.actor))
}

/// Returns what became of each item by the number that the feeder has it by, and how many could not be
/// paired, where these words of a program were lost.
fn fed(puts: &[u64], feeds: &[(Word, u64)]) -> (Vec<String>, u64) {
    let mut run = Run::new();
    run.queue(10);
    let feeder = Slot {
        op: 1,
        thread: 2,
        ..fact(Word::Thread, 50)
    };
    run.tell(10, feeder);
    for &number in puts {
        run.put(10, number);
    }
    for &(word, number) in feeds {
        run.feed(10, word, number);
    }
    let events = run.events();
    let unpaired = events.iter().map(|event| match event.kind {
        Kind::Gap { count, .. } => count.unwrap_or(0),
        _ => 0,
    });
    let unpaired = unpaired.sum();
    let sent = events
        .iter()
        .filter(|event| matches!(event.kind, Kind::MessageSent { .. }));
    (sent.filter_map(word).collect(), unpaired)
}

#[test]
fn where_words_were_lost_the_others_still_pair() {
    let send = |number| (Word::Send, number);
    let (sent, unpaired) = fed(&[1, 2, 3], &[send(1), send(2), send(3)]);
    assert_eq!((sent.len(), unpaired), (3, 0));
    let [first, second, third] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    // A put: its item is nobody's, and the next one's put is its own.
    let (told, unpaired) = fed(&[1, 3], &[send(1), send(2), send(3)]);
    assert_eq!((&told[0], &told[2], unpaired), (first, second, 1));
    // A send: what was put is sent by nobody.
    let (told, unpaired) = fed(&[1, 2, 3], &[send(1), send(3)]);
    assert_eq!((&told[0], &told[1], unpaired), (first, third, 1));
    // An item that can't be pickled, and one whose put was broken off.
    let (told, unpaired) = fed(&[1, 2, 3], &[send(1), (Word::Dropped, 2), send(3)]);
    assert_eq!((&told[0], &told[1], unpaired), (first, third, 1));
    let (told, unpaired) = fed(&[1, 1, 2], &[send(1), send(2)]);
    assert_eq!((&told[0], &told[1], unpaired), (second, third, 1));
}

#[test]
fn a_put_is_the_feeders_send_is_the_receive() {
    let mut run = Run::new();
    run.queue(10);
    run.put(10, 1);
    let feeder = Slot {
        op: 1,
        thread: 2,
        ..fact(Word::Thread, 50)
    };
    run.tell(10, feeder);
    let send = Slot {
        op: 1,
        thread: 2,
        b: 7,
        c: 1,
        size: 20,
        ..fact(Word::Send, 50)
    };
    run.tell(10, send);
    run.block(11, 4, 50);
    run.recv(11, 7);
    let said = [
        "1 put 1.1",
        "2 thread feeder",
        "2 sent 1.1",
        "2 blocked idle",
        "3 taken",
        "3 blocked get",
        "3 received 1.1",
        "3 released",
        "3 unblocked done",
    ];
    assert_eq!(run.said(), said);
}

#[test]
fn a_wait_of_microseconds_is_none_unless_a_cut_has_said_it() {
    let mut run = Run::new();
    run.queue(10);
    run.send(10, 7);
    run.block(11, 4, 50);
    run.soon(Span::micros(5));
    run.recv(11, 7);
    assert_eq!(run.said(), ["1 sent 1.1", "2 received 1.1"]);
    run.send(10, 8);
    run.block(11, 4, 50);
    assert_eq!(run.said(), ["1 sent 1.2", "2 taken", "2 blocked get"]);
    run.soon(Span::micros(5));
    run.recv(11, 8);
    let said = ["2 received 1.2", "2 released", "2 unblocked done"];
    assert_eq!(run.said(), said);
}

#[test]
fn who_waits_for_the_read_lock_waits_for_its_holder() {
    let mut run = Run::new();
    run.queue(10);
    run.block(11, 4, 50);
    run.block(12, 2, 50);
    let events = run.events();
    let on = events.iter().rev().find_map(|event| match event.kind {
        Kind::Blocked { operation, on, .. } => Some((operation, on)),
        _ => None,
    });
    assert_eq!(on, Some((Operation::Acquire, Some(ActorId(2)))));
    // Its holder gets something; the other has the lock then.
    run.send(10, 1);
    run.recv(11, 1);
    run.tell(12, fact(Word::Unblock, 50));
    let events = run.events();
    let holder = events.iter().rev().find_map(|event| match event.kind {
        Kind::LockTaken { .. } => Some(event.actor),
        _ => None,
    });
    assert_eq!(holder, Some(ActorId(3)));
    let is_done = |event: &Event| matches!(event.kind, Kind::Unblocked { outcome, .. } if outcome == Outcome::Done);
    assert_eq!(events.iter().filter(|event| is_done(event)).count(), 2);
}

#[test]
fn messages_told_in_another_order_than_they_were_written_are_paired_all_the_same() {
    let mut run = Run::new();
    for (pid, crc) in [(10, 1), (11, 2), (10, 3)] {
        run.send(pid, crc);
    }
    for crc in [2, 1, 3] {
        run.recv(12, crc);
    }
    let said = run.said();
    assert_eq!(
        said[3..],
        ["3 received 2.1", "3 received 1.1", "3 received 1.2"]
    );
}

#[test]
fn an_accept_is_of_whom_the_kernel_names_not_of_whoever_was_about_to_connect_first() {
    let mut run = Run::new();
    for (pid, inode) in [(10, 60), (11, 70), (10, 80)] {
        let connect = Slot {
            b: 5,
            ..fact(Word::Connect, inode)
        };
        run.tell(pid, connect);
    }
    for (inode, pid) in [(71, 11), (61, 10), (81, 10), (91, 99)] {
        let accept = Slot {
            b: 5,
            c: pid,
            ..fact(Word::Accept, inode)
        };
        run.tell(12, accept);
    }
    for (inode, crc) in [(60, 1), (70, 2), (80, 3)] {
        let send = Slot {
            b: crc,
            size: 20,
            ..fact(Word::Send, inode)
        };
        run.tell(if inode == 70 { 11 } else { 10 }, send);
    }
    for (inode, crc) in [(71, 2), (61, 1), (81, 3)] {
        let recv = Slot {
            b: crc,
            size: 20,
            ..fact(Word::Recv, inode)
        };
        run.tell(12, recv);
    }
    let said = run.said();
    assert_eq!(
        said[said.len() - 3..],
        ["3 received 2.1", "3 received 1.1", "3 received 1.2"]
    );
}

#[test]
fn what_nobody_has_sent_is_counted() {
    let mut run = Run::new();
    run.send(10, 1);
    run.recv(11, 99);
    run.recv(11, 1);
    let said = run.said();
    let expected = [
        "1 sent 1.1",
        "2 received 0.1",
        "2 received 1.1",
        "2 gap unpaired Some(1)",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_message_that_others_passed_was_taken_by_somebody_else_and_is_counted() {
    let mut run = Run::new();
    for crc in 0..100 {
        run.send(10, crc);
    }
    for crc in 1..100 {
        run.recv(11, crc);
    }
    let said = run.said();
    assert_eq!(said.last().expect("a gap"), "2 gap unpaired Some(1)");
}

#[test]
fn a_write_that_has_no_room_waits_until_its_thread_goes_on() {
    let mut run = Run::new();
    let big = Slot {
        size: 70_000,
        ..fact(Word::Send, 50)
    };
    run.tell(10, big);
    run.tell(10, fact(Word::Unblock, 50));
    let said = ["1 sent 1.1", "1 blocked send", "1 unblocked done"];
    assert_eq!(run.said(), said);
}

#[test]
fn a_write_that_has_no_room_goes_on_when_somebody_has_read() {
    let mut run = Run::new();
    let send = Slot {
        size: 40_000,
        b: 1,
        ..fact(Word::Send, 50)
    };
    let recv = Slot {
        word: Word::Recv,
        ..send
    };
    run.tell(10, send);
    run.tell(10, send);
    // The writer took so little time that it says no more: it computes, or sleeps.
    run.tell(11, recv);
    let said = run.said();
    let of_writer: Vec<_> = said.iter().filter(|word| word.starts_with("1 ")).collect();
    assert_eq!(
        of_writer,
        [
            "1 sent 1.1",
            "1 sent 1.2",
            "1 blocked send",
            "1 unblocked done"
        ]
    );
    run.tell(11, recv);
    assert_eq!(run.said(), ["2 received 1.2"]);
}

#[test]
fn where_somebody_reads_who_tells_nothing_no_write_waits_for_room() {
    let mut run = Run::new();
    let big = Slot {
        size: 65_000,
        ..fact(Word::Send, 50)
    };
    for _ in 0..20 {
        run.tell(10, big);
    }
    let said = run.said();
    let waits = said.iter().filter(|word| word.contains("blocked send"));
    assert_eq!(waits.count(), usize::from(pipes::AGAINST_MAX));
    // Until one reads who tells: then what is told is all again.
    run.recv(11, 9);
    run.tell(10, big);
    run.tell(10, big);
    let said = run.said();
    assert!(said.contains(&"1 blocked send".to_owned()), "{said:?}");
}

#[test]
fn after_a_loss_nobody_waits_or_holds_until_it_is_told_again() {
    let mut run = Run::new();
    run.queue(10);
    run.tell(10, fact(Word::Taken, 9));
    run.block(10, 4, 50);
    run.events();
    run.translator
        .lose(Time(run.t), 10, GapReason::RingFull, Some(3));
    let said = ["1 released", "1 unblocked done", "1 gap ring full Some(3)"];
    assert_eq!(run.said(), said);
    // It computes and gives nothing back; another takes the lock and waits for nobody.
    run.tell(10, fact(Word::Put, 50));
    run.block(11, 7, 9);
    let events = run.events();
    let waits_for = events.iter().find_map(|event| match event.kind {
        Kind::Blocked { on, .. } => Some(on),
        _ => None,
    });
    assert_eq!(waits_for, Some(None));
}

#[test]
fn a_child_has_one_actor_whoever_tells_of_it_first() {
    for is_child_first in [false, true] {
        let mut run = Run::new();
        run.tell(10, fact(Word::Taken, 9));
        run.tell_text(10, fact(Word::Start, 77), "one");
        let started = Slot {
            b: 11,
            ..fact(Word::Started, 77)
        };
        if !is_child_first {
            run.tell(10, started);
        }
        run.tell_text(11, fact(Word::Boot, 10), "one");
        if is_child_first {
            run.tell(10, started);
        }
        let events = run.events();
        let about = |kind: &Kind| match kind {
            Kind::ProcessForked { child, .. } => Some(("forked", *child)),
            Kind::ForkReturned { child, pid: 11 } => Some(("returned", *child)),
            _ => None,
        };
        let told: Vec<_> = events.iter().filter_map(|e| about(&e.kind)).collect();
        let child = ActorId(2);
        assert_eq!(told, [("forked", child), ("returned", child)]);
        let is_start = |event: &&Event| {
            event.actor == child && matches!(event.kind, Kind::ProcessStarted { pid: 11, .. })
        };
        assert_eq!(events.iter().filter(is_start).count(), 1);
    }
}

#[test]
fn a_pools_queues_are_its_parts() {
    let mut run = Run::new();
    for inode in [50, 60] {
        let queue = Slot {
            op: 3,
            ..fact(Word::Queue, inode)
        };
        run.tell(10, queue);
    }
    let pool = Slot {
        op: 1,
        b: 2,
        c: 60,
        ..fact(Word::Pool, 50)
    };
    run.tell(10, pool);
    let parts: Vec<_> = run
        .events()
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::ObjectCreated { part, .. } => Some(part.map(|part| part.text())),
            _ => None,
        })
        .collect();
    let expected = [
        None,
        Some("inqueue"),
        Some("pipe"),
        Some("outqueue"),
        Some("pipe"),
    ];
    assert_eq!(parts, expected);
}

fn any_slot() -> impl Strategy<Value = Slot> {
    let small = || 0u64..8;
    let numbers = (1u8..=40, 0u8..20, small(), small(), small());
    (numbers, 0u64..4, any::<u32>(), any::<bool>()).prop_map(|(numbers, thread, size, is_max)| {
        let (word, op, a, b, c) = numbers;
        Slot {
            op,
            thread,
            size,
            b: if is_max { u64::MAX } else { b },
            c,
            ..fact(Word::from_number(word).expect("a word"), a)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    /// Whatever is told: nothing panics, what is said is sorted, and no event has its place twice.
    #[test]
    fn any_facts_are_events(
        facts in proptest::collection::vec((1u32..6, any_slot(), 0u8..10), 0..300),
    ) {
        let mut run = Run::new();
        let mut last = Time::ZERO;
        for (pid, slot, cut) in facts {
            run.tell_text(pid, slot, "a text");
            if cut == 0 {
                for event in run.events() {
                    prop_assert!(last <= event.t && event.actor != TAKEN_BACK);
                    last = event.t;
                }
            }
        }
        run.events();
    }
}
