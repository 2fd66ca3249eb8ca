//! Objects: queues, pipes, locks, pools and their parts.

use super::spans::Spans;
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
    /// Of a shared value or array: positions in the log of what was written.
    pub written: Steps<u32>,
    /// Its name as a person says it.
    pub(super) display: Text,
    /// Whether its making was told; else it was only heard of.
    pub(super) told: bool,
    /// Whether somebody has said that an end was opened.
    pub(super) ends_told: bool,
    /// Bytes on their way into end `a` and into end `b`.
    pub(super) into: [Steps<u64>; 2],
    /// Whom the lock was lost with, from the loss until it is given back.
    pub(super) lost: Steps<Option<ActorId>>,
    /// The position of the finding that it is lost.
    pub(super) found_lost: Option<u32>,
    /// Of a queue: how many items were lost in buffers.
    pub(super) lost_items: u64,
    /// How often its holder holds it, if it is an rlock.
    pub(super) taken: u32,
    /// Of a queue: positions of its messages, in the order in which they came.
    pub(super) queued: Vec<u32>,
    /// Of a pipe: positions of the messages that went into it, in order.
    pub(super) piped: Vec<u32>,
    /// When each of `piped` was in it.
    pub(super) transit: Spans,
    /// Who had which end, and when.
    pub(super) holds: Vec<(ActorId, End)>,
    /// Whether somebody outside of the program has the read end, or may have it, and the write end.
    pub(super) outside: Steps<(bool, bool)>,
    pub(super) hold_spans: Spans,
    /// Of a pool: positions of the tasks that were handed to it, in order.
    pub(super) tasks: Vec<u32>,
    /// Positions of a queue's buffers.
    pub(super) buffers: Vec<usize>,
    /// Positions in the log of the events about it.
    pub(super) events: Vec<u32>,
}

/// What a process has put into a queue and not yet sent.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Buffer {
    pub(super) process: ActorId,
    /// The queue's position.
    pub(super) queue: usize,
    /// Positions of the messages, in the order in which they were put.
    pub(super) messages: Vec<u32>,
    pub(super) stays: Spans,
}

impl Object {
    pub(super) fn new(id: ObjectId, class: Class, creator: ActorId, created: Time) -> Object {
        Object {
            id,
            class,
            name: Text::default(),
            part_of: None,
            part: None,
            parts: Vec::new(),
            maxsize: None,
            capacity: None,
            creator,
            created,
            items: Steps::default(),
            bytes: Steps::default(),
            holder: Steps::default(),
            count: Steps::default(),
            written: Steps::default(),
            display: Text::default(),
            told: false,
            ends_told: false,
            into: [Steps::default(), Steps::default()],
            lost: Steps::default(),
            found_lost: None,
            lost_items: 0,
            taken: 0,
            queued: Vec::new(),
            piped: Vec::new(),
            transit: Spans::default(),
            holds: Vec::new(),
            outside: Steps::default(),
            hold_spans: Spans::default(),
            tasks: Vec::new(),
            buffers: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Returns whether the stage has found it with processes that say nothing: then it is known who
    /// holds it, and not what is in it.
    pub fn is_found(&self) -> bool {
        self.class == Class::Pipe && self.creator == ActorId::MPVIZ
    }

    /// Returns whether somebody outside of the program has an end of it at `t`, or may have it.
    pub fn is_outside_at(&self, t: Time, end: End) -> bool {
        let (read, write) = self.outside.at(t).unwrap_or_default();
        match end {
            End::Read => read,
            _ => write,
        }
    }

    /// Returns whether it is a lock that one holds at a time, or has one inside.
    pub fn is_lock(&self) -> bool {
        matches!(
            self.class,
            Class::Lock | Class::RLock | Class::Condition | Class::Value | Class::Array
        )
    }

    /// Returns whether its holder may take it again: all such locks but the plain one.
    pub(super) fn is_recursive(&self) -> bool {
        self.is_lock() && self.class != Class::Lock
    }

    /// Returns whether it is a queue of any kind: a buffer or none, two locks and a pipe.
    pub fn is_queue(&self) -> bool {
        matches!(
            self.class,
            Class::Queue | Class::SimpleQueue | Class::JoinableQueue
        )
    }

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
