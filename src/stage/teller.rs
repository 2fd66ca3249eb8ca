//! The stage's own voice: a ring writer that waits in memory rather than losing an event.
//!
//! What the supervisor has to say (who ended, who was adopted, what was printed) is nothing that
//! anybody could find out later, so a full ring makes it wait. Nobody else waits for it: reaping
//! goes on, only captured output is not read meanwhile.

use crate::channel::{Published, RingWriter};
use crate::event::{ActorId, Kind};
use std::collections::VecDeque;
use std::time::Duration;

/// The most slots that an event of the stage takes: a text of 4 KiB and its head.
const SLOTS_NEEDED: usize = 80;

/// How often a full ring is tried again.
pub(super) const RETRY_EVERY: Duration = Duration::from_millis(4);
/// How many times it is tried at the end.
const PATIENCE: u32 = 125;

/// Says events through a ring, in order, none lost.
pub(super) struct Teller {
    writer: RingWriter,
    waiting: VecDeque<Waiting>,
}

/// An event that is not written yet.
struct Waiting {
    actor: ActorId,
    by: Option<ActorId>,
    kind: Kind,
    /// Whether it is of the same moment as the one before it.
    is_same: bool,
}

impl Teller {
    pub(super) fn new(writer: RingWriter) -> Teller {
        Teller {
            writer,
            waiting: VecDeque::new(),
        }
    }

    /// Says an event, now or when there is room.
    pub(super) fn say(&mut self, actor: ActorId, by: Option<ActorId>, kind: Kind) {
        self.say_of(false, actor, by, kind);
    }

    /// Says an event of the same moment as the one before it.
    pub(super) fn say_again(&mut self, actor: ActorId, by: Option<ActorId>, kind: Kind) {
        self.say_of(true, actor, by, kind);
    }

    fn say_of(&mut self, is_same: bool, actor: ActorId, by: Option<ActorId>, kind: Kind) {
        self.waiting.push_back(Waiting {
            actor,
            by: by.filter(|&by| by != actor),
            kind,
            is_same,
        });
        self.flush();
    }

    /// Says what has waited, as far as there is room.
    pub(super) fn flush(&mut self) {
        while !self.waiting.is_empty() && self.writer.room() >= SLOTS_NEEDED {
            if let Some(next) = self.waiting.pop_front() {
                let t = match next.is_same {
                    true => self.writer.last_stamp(),
                    false => self.writer.stamp(),
                };
                // There is room, so it is written.
                let Waiting {
                    actor, by, kind, ..
                } = next;
                let written = self.writer.publish_at(t, actor, by, None, None, &kind);
                debug_assert_eq!(written, Published::Written);
            }
        }
    }

    /// Says all that waits; gives up after half a second without room, when nobody reads.
    pub(super) fn finish(&mut self) {
        for _ in 0..PATIENCE {
            self.flush();
            if !self.is_behind() {
                return;
            }
            std::thread::sleep(RETRY_EVERY);
        }
    }

    /// Returns whether something waits.
    pub(super) fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }
}
