//! Messages: each with its stations.

use super::about::Few;
use crate::event::words::End;
use crate::event::{ActorId, MessageId, ObjectId, Text, Time};

/// A message on its way, from the put to the get.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// What it is, in a few characters.
    pub label: Text,
    /// Its size in the pipe, header included.
    pub bytes: u64,
    /// The queue that it travels through.
    pub queue: Option<ObjectId>,
    /// The pipe that it went into.
    pub pipe: Option<ObjectId>,
    /// The end that it went into, where the pipe is duplex.
    pub into: Option<End>,
    /// When the first event named it.
    pub known: Time,
    /// When it was put into the queue's buffer.
    pub put: Option<Time>,
    /// When it went into the pipe, and who wrote it there.
    pub sent: Option<(Time, ActorId)>,
    /// When it came out of the pipe, and who took it.
    pub received: Option<(Time, ActorId)>,
    /// When it was lost: its process ended while it was still in the buffer.
    pub lost: Option<Time>,
    /// Where it stands in the buffer: the buffer's position, and its own in there.
    pub(super) in_buffer: Option<(u32, u32)>,
    /// Where it stands among its pipe's messages.
    pub(super) in_pipe: Option<u32>,
    /// Whether it counts among its queue's items.
    pub(super) counted: bool,
    /// Positions in the log of its put, its send and its receive.
    pub(super) events: Few<3>,
}

impl Message {
    pub(super) fn new(id: MessageId, known: Time) -> Message {
        Message {
            id,
            label: Text::default(),
            bytes: 0,
            queue: None,
            pipe: None,
            into: None,
            known,
            put: None,
            sent: None,
            received: None,
            lost: None,
            in_buffer: None,
            in_pipe: None,
            counted: false,
            events: Few::default(),
        }
    }
}
