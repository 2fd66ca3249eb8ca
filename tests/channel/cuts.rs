//! Many writers, threads and processes, that pass messages on; delays between stamp and publication.

use crate::Log;
use crate::forked::{self, Dice};
use mpviz::channel::{Published, RingWriter};
use mpviz::event::{ActorId, Event, Kind, MessageId, ObjectId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

const ROUNDS: u64 = 3000;
const MAILBOXES: usize = 3;

#[test]
fn no_message_is_received_before_it_is_sent_and_none_is_lost() {
    let log = Log::begin();
    let words = forked::shared_words();
    let mailboxes = &words[..MAILBOXES];
    let writer = |actor: u32| {
        let slot = log.arena.reserve(ActorId(actor), ActorId(actor)).unwrap();
        log.arena.writer(slot)
    };
    let children: Vec<_> = (1..=4)
        .map(|actor| {
            let mut writer = writer(actor);
            forked::start(move || pass_messages(&mut writer, mailboxes))
        })
        .collect();
    let threads: Vec<_> = (5..=8)
        .map(|actor| {
            let mut writer = writer(actor);
            std::thread::spawn(move || pass_messages(&mut writer, mailboxes))
        })
        .collect();
    for child in children {
        assert_eq!(child.exit_code(), 0);
    }
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 0);
    }
    let left: Vec<u64> = mailboxes
        .iter()
        .map(|m| m.load(Ordering::Acquire))
        .collect();
    check(&log.end(), left.iter().filter(|&&left| left != 0).count());
}

fn check(events: &[Event], left: usize) {
    let mut seqs: BTreeMap<ActorId, u32> = BTreeMap::new();
    let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        let next = seqs.entry(event.actor).or_default();
        assert_eq!(event.seq, *next, "lost or twice: {event:?}");
        *next += 1;
        match event.kind {
            Kind::MessageSent { message, .. } => assert!(sent.insert(message)),
            Kind::MessageReceived { message, .. } => {
                assert!(
                    sent.contains(&message),
                    "received before it was sent: {event:?}"
                );
                assert!(received.insert(message));
            }
            _ => panic!("{event:?}"),
        }
    }
    assert_eq!(sent.len() as u64, 8 * ROUNDS);
    assert_eq!(sent.len() - received.len(), left);
}

/// Puts a message into a mailbox, which says what was in there before.
fn pass_messages(writer: &mut RingWriter, mailboxes: &[AtomicU64]) -> u8 {
    let owner = writer.owner();
    let object = ObjectId(1);
    let mut dice = Dice(u64::from(owner.0) * 0x9e37_79b9);
    for number in 1..=ROUNDS {
        let mailbox = &mailboxes[dice.throw(MAILBOXES as u64) as usize];
        let message = MessageId {
            sender: owner,
            number,
        };
        let kind = Kind::MessageSent {
            object,
            message,
            bytes: 1,
            label: None,
            end: None,
        };
        if !say_slowly(writer, &mut dice, &kind) {
            return 1;
        }
        let before = mailbox.swap(u64::from(owner.0) << 32 | number, Ordering::AcqRel);
        if before != 0 {
            let sender = ActorId((before >> 32) as u32);
            let message = MessageId {
                sender,
                number: before & 0xffff_ffff,
            };
            let kind = Kind::MessageReceived {
                object,
                message,
                end: None,
            };
            if !say_slowly(writer, &mut dice, &kind) {
                return 1;
            }
        }
    }
    0
}

fn say_slowly(writer: &mut RingWriter, dice: &mut Dice, kind: &Kind) -> bool {
    let stamp = writer.now();
    let delay = if dice.throw(8) == 0 {
        dice.throw(200_000)
    } else {
        dice.throw(3000)
    };
    while writer.now().0 < stamp.0 + delay {
        std::hint::spin_loop();
    }
    writer.publish_at(stamp, writer.owner(), None, None, None, kind) == Published::Written
}
