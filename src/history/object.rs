//! Objects: queues, pipes, locks, pools and their parts.

use super::steps::Steps;
use crate::event::words::{Class, End, Part};
use crate::event::{ActorId, ObjectId, Text, Time};

/// A queue, pipe, lock, pool or the like.
#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub class: Class,
    /// Its name as the program gave it; may be empty.
    pub name: Text,
    /// The object that it is a part of.
    pub part_of: Option<ObjectId>,
    /// What it is to that object.
    pub part: Option<Part>,
    /// Its parts, in order of making.
    pub parts: Vec<ObjectId>,
    /// The most items that it takes; `None` if there is no bound.
    pub maxsize: Option<u64>,
    /// The bytes that the kernel takes in each direction before a write waits.
    pub capacity: Option<u64>,
    /// Who made it.
    pub creator: ActorId,
    /// When.
    pub created: Time,
    /// Items in it. Of a queue: put and not received, so in buffers and in the pipe. Of a pipe:
    /// in the pipe.
    pub items: Steps<u32>,
    /// Bytes in the pipe, in both directions together.
    pub bytes: Steps<u64>,
    /// Who holds the lock. A holder that has ended is still told: see [`Object::lost_at`].
    pub holder: Steps<Option<ActorId>>,
    /// A semaphore's, a barrier's or a joinable queue's count.
    pub count: Steps<u64>,
    pub(super) display: Text,
    pub(super) into: [Steps<u64>; 2],
    pub(super) lost: Steps<Option<ActorId>>,
    pub(super) messages: Vec<u32>,
}

impl Object {
    /// Returns since when the lock is lost at `t`, and with whom: its holder ended without giving
    /// it back.
    pub fn lost_at(&self, t: Time) -> Option<(Time, ActorId)> {
        let (since, holder) = self.lost.change_at(t)?;
        Some((since, holder?))
    }

    /// Returns the bytes on their way that went into `end` of a duplex pipe.
    pub fn bytes_into(&self, end: End) -> &Steps<u64> {
        &self.into[usize::from(end == End::B)]
    }
}
