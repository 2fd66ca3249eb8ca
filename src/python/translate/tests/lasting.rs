//! Numbers that the program uses again, or for long: pids, keys, inodes.

use super::*;

/// A program in which process 11 was a child of 10, started with a token, and has told something.
fn with_child() -> Run {
    let mut run = Run::new();
    run.tell(10, fact(Word::Taken, 9));
    run.tell_text(10, fact(Word::Start, 77), "one");
    let started = Slot {
        b: 11,
        ..fact(Word::Started, 77)
    };
    run.tell(10, started);
    run.tell(11, fact(Word::Taken, 8));
    run.translator.forget(11);
    run
}

/// Returns who lives under pid 11, in order.
fn lives_of_11(events: &[Event]) -> Vec<ActorId> {
    let is_start = |event: &&Event| matches!(event.kind, Kind::ProcessStarted { pid: 11, .. });
    let starts = events.iter().filter(is_start);
    starts.map(|event| event.actor).collect()
}

#[test]
fn a_pid_that_was_reaped_is_another_process_and_its_code_the_old_ones() {
    let mut run = with_child();
    // All of it at one cut, at which no slot gets free.
    for word in [Word::Reaped, Word::CodeRead] {
        run.tell(10, fact(word, 11));
    }
    run.tell(11, fact(Word::Taken, 7));
    run.tell(10, fact(Word::Reaped, 11));
    let events = run.events();
    let lives = lives_of_11(&events);
    let [first, second] = lives.as_slice() else {
        panic!("{lives:?}");
    };
    assert_ne!(first, second);
    let of = |kind: &Kind| match kind {
        Kind::ProcessReaped { child, .. } | Kind::ExitCodeRead { child, .. } => Some(*child),
        _ => None,
    };
    let told: Vec<_> = events.iter().filter_map(|event| of(&event.kind)).collect();
    assert_eq!(told, [*first, *first, *second]);
}

#[test]
fn a_pid_whose_owner_was_reaped_by_another_is_another_process() {
    let mut run = with_child();
    let mut events = run.events();
    // The supervisor says so, by the arena: the slot gets free.
    let arena = run.translator.arena.clone();
    let child = arena.actor_of_pid(11).expect("it is announced");
    let (to, batches) = crossbeam_channel::unbounded();
    let collector = crate::channel::Collector::start(arena.clone(), to).expect("a thread");
    let slot = arena.reserve(ActorId::MPVIZ, ActorId::MPVIZ);
    let code = None;
    let reaped = Kind::ProcessReaped { child, code };
    let mut writer = arena.writer(slot.expect("a slot"));
    let _ = writer.publish(ActorId::MPVIZ, None, None, None, &reaped);
    collector.finish();
    assert!(batches.iter().any(|batch| !batch.events.is_empty()));
    assert_eq!(arena.actor_of_pid(11), None);
    run.tell(10, fact(Word::CodeRead, 11));
    run.tell(11, fact(Word::Taken, 7));
    events.extend(run.events());
    let lives = lives_of_11(&events);
    assert!(
        lives.len() == 2 && lives[0] == child && lives[1] != child,
        "{lives:?}"
    );
    let is_read =
        |event: &Event| matches!(event.kind, Kind::ExitCodeRead { child: of, .. } if of == child);
    assert!(events.iter().any(is_read));
}

#[test]
fn a_process_without_a_slot_is_known_by_its_pid() {
    let mut run = Run::new();
    run.tell(10, fact(Word::Taken, 9));
    let arena = run.translator.arena.clone();
    while arena.reserve(ActorId(99), ActorId(98)).is_some() {}
    run.tell_text(10, fact(Word::Start, 77), "one");
    let started = Slot {
        b: 11,
        ..fact(Word::Started, 77)
    };
    run.tell(10, started);
    for _ in 0..2 {
        run.tell(11, fact(Word::Taken, 8));
        run.translator.forget(11);
    }
    run.tell(10, fact(Word::Reaped, 11));
    run.tell(11, fact(Word::Taken, 7));
    let lives = lives_of_11(&run.events());
    assert!(lives.len() == 2 && lives[0] != lives[1], "{lives:?}");
}

/// Makes so many locks or pipes that whatever is out of use is forgotten, and says what was made.
fn made_beside(run: &mut Run, word: Word, used: impl Fn(&mut Run)) {
    const MANY: u64 = 3 * 65_536;
    for key in 0..MANY {
        run.tell(10, fact(word, 1000 + key));
        if key % 30_000 == 0 {
            used(run);
            run.events();
        }
    }
    run.events();
}

/// Returns the classes of what was made.
fn classes(run: &mut Run) -> Vec<&'static str> {
    let class = |event: &Event| match event.kind {
        Kind::ObjectCreated { class, .. } => Some(class.text()),
        _ => None,
    };
    run.events().iter().filter_map(class).collect()
}

#[test]
fn a_lock_in_use_is_the_same_however_many_others_are_made() {
    let mut run = Run::new();
    run.queue(10);
    let semaphore = Slot {
        op: 3,
        b: 4,
        ..fact(Word::Lock, 60)
    };
    run.tell(10, semaphore);
    for key in [61, 62, 63] {
        run.tell(10, fact(Word::Lock, key));
    }
    run.tell(10, fact(Word::Taken, 61));
    run.tell(11, fact(Word::Taken, 62));
    run.block(12, 7, 62);
    made_beside(&mut run, Word::Lock, |run| {
        run.tell(10, fact(Word::Taken, 60))
    });
    // One that is taken now and then, one that is held, one that is waited for, and a queue's own.
    for key in [60, 61, 62, 51, 52] {
        run.tell(10, fact(Word::Released, key));
    }
    assert_eq!(classes(&mut run), [""; 0]);
    run.tell(10, fact(Word::Released, 63));
    assert_eq!(classes(&mut run), ["lock"], "it was out of use");
}

#[test]
fn a_pipe_in_use_is_the_same_however_many_others_are_made() {
    let mut run = Run::new();
    run.queue(10);
    for (one, other) in [(60, 61), (62, 63), (64, 65)] {
        let pair = Slot {
            b: other,
            ..fact(Word::Pipe, one)
        };
        run.tell(10, pair);
    }
    let send = |inode| Slot {
        b: 7,
        size: 20,
        ..fact(Word::Send, inode)
    };
    run.tell(10, send(60));
    run.block(11, 4, 63);
    made_beside(&mut run, Word::Pipe, |run| run.put(10, 1));
    // One with a message in it, one that is waited at, and a queue that is put into.
    run.tell(
        12,
        Slot {
            word: Word::Recv,
            ..send(61)
        },
    );
    run.tell(10, send(62));
    run.tell(
        11,
        Slot {
            word: Word::Recv,
            ..send(63)
        },
    );
    run.put(10, 2);
    assert_eq!(classes(&mut run), [""; 0]);
    run.tell(10, send(64));
    assert_eq!(classes(&mut run), ["pipe"], "it was out of use");
}
