//! A wait that is told only where there is one.

use super::probe;
use super::time::Deadline;
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Kind, ObjectId};

/// An operation that may have to wait: `Blocked` is said when it does, `Unblocked` at its end if
/// it did.
pub(super) struct Wait {
    operation: Operation,
    object: ObjectId,
    deadline: Deadline,
    begun: bool,
}

impl Wait {
    /// Returns an operation that has not waited yet.
    pub(super) fn new(operation: Operation, object: ObjectId, deadline: Deadline) -> Wait {
        Wait {
            operation,
            object,
            deadline,
            begun: false,
        }
    }

    /// Says that it waits from here on, once.
    pub(super) fn begin(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        probe::say(|| Kind::Blocked {
            operation: self.operation,
            object: Some(self.object),
            on: None,
            timeout: self.deadline.left().map(Into::into),
        });
    }

    /// Says how it ended, if it has waited.
    pub(super) fn end(self, outcome: Outcome, waker: Option<ActorId>) {
        if self.begun {
            let waker = waker.filter(|&waker| waker != ActorId::MPVIZ);
            probe::say(|| Kind::Unblocked { outcome, waker });
        }
    }
}
