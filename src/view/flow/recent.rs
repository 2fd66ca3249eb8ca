//! What just moved: for the lit paths, and for the last messages in words.
//!
//! Both look at the end of the log and never at all of it.

use crate::event::words::End;
use crate::event::{ActorId, MessageId, ObjectId, Span, Time};
use crate::history::History;
pub(super) use crate::ui::flow::{Move, Step, last_events, move_of};

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
