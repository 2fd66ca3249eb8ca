//! Things: whatever a question or a selection may be about.

use crate::event::{ActorId, MessageId, ObjectId, TaskId};

/// Something in a run that has an id of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Thing {
    /// A process or a thread.
    Actor(ActorId),
    /// A queue, pipe, lock, pool or the like.
    Object(ObjectId),
    /// A message.
    Message(MessageId),
    /// A task of a pool.
    Task(TaskId),
}

impl Thing {
    /// Returns the process or thread, if it is one.
    pub const fn actor(self) -> Option<ActorId> {
        match self {
            Thing::Actor(id) => Some(id),
            _ => None,
        }
    }

    /// Returns the queue, pipe, lock or pool, if it is one.
    pub const fn object(self) -> Option<ObjectId> {
        match self {
            Thing::Object(id) => Some(id),
            _ => None,
        }
    }
}

impl From<ActorId> for Thing {
    fn from(id: ActorId) -> Thing {
        Thing::Actor(id)
    }
}

impl From<ObjectId> for Thing {
    fn from(id: ObjectId) -> Thing {
        Thing::Object(id)
    }
}

impl From<MessageId> for Thing {
    fn from(id: MessageId) -> Thing {
        Thing::Message(id)
    }
}

impl From<TaskId> for Thing {
    fn from(id: TaskId) -> Thing {
        Thing::Task(id)
    }
}
