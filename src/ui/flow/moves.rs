//! What moves: the steps on a message's way, from the end of the log.

use crate::event::words::End;
use crate::event::{ActorId, Event, Kind, MessageId, ObjectId, Tag, Time};
use crate::history::History;

/// The most events that a frame looks back.
const LOOK_BACK: usize = 512;

/// A step on a message's way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// Into a queue's buffer.
    Put,
    /// Into a pipe.
    Sent,
    /// Out of a pipe.
    Received,
}

/// Something that moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Move {
    pub(crate) step: Step,
    /// The queue, of a put; else the pipe.
    pub(crate) object: ObjectId,
    /// The process that it moved from or to; of a queue's pipe, the one that put it.
    pub(crate) process: ActorId,
    /// Of a duplex pipe, the end that it went into or came out of.
    pub(crate) end: Option<End>,
    pub(crate) message: Option<MessageId>,
}

/// Returns what an event moved.
pub(crate) fn move_of(history: &History, event: &Event) -> Option<Move> {
    let own = history.process_of(event.actor);
    let (step, object, process, end, message) = match event.kind {
        Kind::MessagePut {
            object, message, ..
        } => (Step::Put, object, own, None, Some(message)),
        Kind::MessageSent {
            object,
            message,
            end,
            ..
        } => {
            let sender = history.process_of(message.sender);
            (Step::Sent, object, sender, end, Some(message))
        }
        Kind::MessageReceived {
            object,
            message,
            end,
        } => (Step::Received, object, own, end, Some(message)),
        Kind::BytesWritten { object, .. } => (Step::Sent, object, own, None, None),
        Kind::BytesRead { object, .. } => (Step::Received, object, own, None, None),
        _ => return None,
    };
    Some(Move {
        step,
        object,
        process,
        end,
        message,
    })
}

/// Returns the events before and at `t` by which something moved or ended, the last one first.
pub(crate) fn last_events(history: &History, t: Time) -> impl Iterator<Item = Event> {
    let log = history.log();
    let moved = log
        .outlines_before(history.log_until(t), LOOK_BACK)
        .filter(|event| {
            matches!(
                event.tag,
                Tag::MessagePut
                    | Tag::MessageSent
                    | Tag::MessageReceived
                    | Tag::BytesWritten
                    | Tag::BytesRead
                    | Tag::EofSeen
                    | Tag::EndClosed
            )
        });
    moved.filter_map(|event| log.event(&event))
}
