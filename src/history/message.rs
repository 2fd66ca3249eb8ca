//! Messages: each with its stations.
//!
//! There are many of them, so what a message may lack stands beside a bit that says whether it is
//! there, and what it never needs at the same time shares its place.

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
    /// When the first event named it. If that was its put, it is the put's time.
    pub known: Time,
    sent: Time,
    received: Time,
    lost: Time,
    sender: ActorId,
    receiver: ActorId,
    queue: ObjectId,
    pipe: ObjectId,
    /// The position of the buffer that it was put into.
    buffer: u32,
    /// Its place in there or, once it has one, among its pipe's messages.
    place: u32,
    /// Positions in the log of its put, its send and its receive.
    pub(super) events: Few<3>,
    /// The end that it went into, where the pipe is duplex.
    pub into: Option<End>,
    /// Whether it counts among its queue's items.
    pub(super) counted: bool,
    /// Bits: what is there.
    has: u8,
    stay: Stay,
}

// Every few events there is one more.
const _: () = assert!(size_of::<Message>() <= 120);

const PUT: u8 = 1;
const SENT: u8 = 2;
const RECEIVED: u8 = 4;
const LOST: u8 = 8;
const QUEUE: u8 = 16;
const PIPE: u8 = 32;

/// What a message's place is in.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stay {
    Nothing,
    Buffer,
    Pipe,
}

impl Message {
    pub(super) fn new(id: MessageId, known: Time) -> Message {
        Message {
            id,
            label: Text::default(),
            bytes: 0,
            known,
            sent: known,
            received: known,
            lost: known,
            sender: id.sender,
            receiver: id.sender,
            queue: ObjectId(0),
            pipe: ObjectId(0),
            buffer: 0,
            place: 0,
            events: Few::default(),
            into: None,
            counted: false,
            has: 0,
            stay: Stay::Nothing,
        }
    }

    /// Returns when it was put into the queue's buffer.
    #[inline]
    pub fn put(&self) -> Option<Time> {
        self.has(PUT).then_some(self.known)
    }

    /// Returns when it went into the pipe, and who wrote it there.
    #[inline]
    pub fn sent(&self) -> Option<(Time, ActorId)> {
        self.has(SENT).then_some((self.sent, self.sender))
    }

    /// Returns when it came out of the pipe, and who took it.
    #[inline]
    pub fn received(&self) -> Option<(Time, ActorId)> {
        self.has(RECEIVED).then_some((self.received, self.receiver))
    }

    /// Returns when it was lost: its process ended while it was still in the buffer.
    #[inline]
    pub fn lost(&self) -> Option<Time> {
        self.has(LOST).then_some(self.lost)
    }

    /// Returns the queue that it travels through.
    #[inline]
    pub fn queue(&self) -> Option<ObjectId> {
        self.has(QUEUE).then_some(self.queue)
    }

    /// Returns the pipe that it went into.
    #[inline]
    pub fn pipe(&self) -> Option<ObjectId> {
        self.has(PIPE).then_some(self.pipe)
    }

    fn has(&self, what: u8) -> bool {
        self.has & what != 0
    }

    /// Where it stands in its buffer: the buffer's position, and its own in there; `None` once it
    /// is in a pipe.
    pub(super) fn in_buffer(&self) -> Option<(u32, u32)> {
        (self.stay == Stay::Buffer).then_some((self.buffer, self.place))
    }

    /// Where it stands among its pipe's messages.
    pub(super) fn in_pipe(&self) -> Option<u32> {
        (self.stay == Stay::Pipe).then_some(self.place)
    }

    /// Says that it was put when it became known.
    pub(super) fn note_put(&mut self) {
        self.has |= PUT;
    }

    pub(super) fn note_sent(&mut self, t: Time, sender: ActorId) {
        (self.sent, self.sender) = (t, sender);
        self.has |= SENT;
    }

    pub(super) fn note_received(&mut self, t: Time, receiver: ActorId) {
        (self.received, self.receiver) = (t, receiver);
        self.has |= RECEIVED;
    }

    pub(super) fn note_lost(&mut self, t: Time) {
        self.lost = t;
        self.has |= LOST;
    }

    pub(super) fn note_queue(&mut self, queue: ObjectId) {
        self.queue = queue;
        self.has |= QUEUE;
    }

    pub(super) fn note_buffer(&mut self, buffer: u32, place: u32) {
        (self.buffer, self.place) = (buffer, place);
        self.stay = Stay::Buffer;
    }

    pub(super) fn note_pipe(&mut self, pipe: ObjectId, place: u32) {
        (self.pipe, self.place) = (pipe, place);
        self.has |= PIPE;
        self.stay = Stay::Pipe;
    }
}
