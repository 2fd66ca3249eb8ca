//! Ids: who and what an event is about.
//!
//! Ids are handed out in order of making from counters that all processes of a run share, and are
//! never used twice in a run. A pid is not an id: the kernel uses pids again.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// Returns the id as an index.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A process or a thread. 0 is mpviz itself; those of the program count from 1.
    ActorId;
    /// A queue, pipe, lock, pool or the like. Counts from 1.
    ObjectId;
    /// A task of a pool. Counts from 0, over all pools of a run.
    TaskId;
    /// A file of the program's own source, as told by `SourceSeen`. The first is 0.
    FileId;
}

impl ActorId {
    /// mpviz itself: collector, stage, supervisor, viewer.
    pub const MPVIZ: ActorId = ActorId(0);
}

/// A message: who put it, and the how-manyeth of that sender it is (from 1).
///
/// It travels in the message's own header, so that a receive names exactly the send it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MessageId {
    /// The actor that put or sent it, also where a feeder writes the pipe.
    pub sender: ActorId,
    /// The sender's own count.
    pub number: u64,
}

impl Serialize for MessageId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        (self.sender, self.number).serialize(s)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let (sender, number) = Deserialize::deserialize(d)?;
        Ok(MessageId { sender, number })
    }
}
