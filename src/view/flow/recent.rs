//! What just moved: for the lit paths, and for the last messages in words.
//!
//! Both look at the end of the log and never at all of it.

use crate::event::words::End;
use crate::event::{ActorId, Event, Kind, MessageId, ObjectId, Span, Tag, Time};
use crate::history::History;

/// The most events that a frame looks back.
const LOOK_BACK: usize = 512;

/// A step on a message's way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Into a queue's buffer.
    Put,
    /// Into a pipe.
    Sent,
    /// Out of a pipe.
    Received,
}

/// Something that moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Move {
    pub(super) step: Step,
    /// The queue, of a put; else the pipe.
    pub(super) object: ObjectId,
    /// The process that it moved from or to; of a queue's pipe, the one that put it.
    pub(super) process: ActorId,
    /// Of a duplex pipe, the end that it went into or came out of.
    pub(super) end: Option<End>,
    pub(super) message: Option<MessageId>,
}

/// Returns what an event moved.
pub(super) fn move_of(history: &History, event: &Event) -> Option<Move> {
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
pub(super) fn last_events(history: &History, t: Time) -> impl Iterator<Item = Event> {
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

/// What moved within a stretch that ends at `t`.
#[derive(Debug, Default)]
pub(super) struct Recent {
    moves: Vec<Move>,
}

impl Recent {
    /// Looks at the last `lit` before `t`. After the end of the run nothing is lit.
    pub(super) fn new(history: &History, t: Time, lit: Span) -> Recent {
        let mut recent = Recent::default();
        if lit == Span::ZERO || history.run().end_at(t).is_some() {
            return recent;
        }
        let since = t - lit;
        for event in last_events(history, t).take_while(|event| event.t > since) {
            recent.moves.extend(move_of(history, &event));
        }
        recent
    }

    /// Whether anything of a process moved.
    pub(super) fn any_of(&self, process: ActorId) -> bool {
        self.moves.iter().any(|m| m.process == process)
    }

    /// Whether anything took this step at this object.
    pub(super) fn any(&self, step: Step, object: Option<ObjectId>) -> bool {
        self.moves
            .iter()
            .any(|m| m.step == step && Some(m.object) == object)
    }

    /// Whether something of or for this process did.
    pub(super) fn of(&self, step: Step, object: Option<ObjectId>, process: ActorId) -> bool {
        self.moves
            .iter()
            .any(|m| m.step == step && Some(m.object) == object && m.process == process)
    }

    /// Whether something did at an end of a duplex pipe.
    pub(super) fn at_end(&self, step: Step, object: ObjectId, end: End) -> bool {
        self.moves
            .iter()
            .any(|m| m.step == step && m.object == object && m.end == Some(end))
    }
}

/// Returns the messages that moved last in any of these pipes and queues, the last one first.
pub(super) fn last_messages(
    history: &History,
    objects: &[ObjectId],
    t: Time,
    most: usize,
) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = Vec::with_capacity(most);
    for event in last_events(history, t) {
        if found.len() >= most {
            break;
        }
        let Some(moved) = move_of(history, &event) else {
            continue;
        };
        if let Some(message) = moved.message
            && objects.contains(&moved.object)
            && !found.contains(&message)
        {
            found.push(message);
        }
    }
    found
}
