//! What the stage is to know of Python processes: which link in `/proc/PID/fd` is an end of which
//! object, and who has told something.

use crate::event::words::End;
use crate::event::{ActorId, ObjectId};

/// A note for the stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    /// A process tells what it does with pipes of its own, by its shim.
    Speaks(ActorId),
    /// A descriptor with this link, such as `pipe:[4711]`, is an end of an object: `end` of a duplex
    /// pipe, else the one that the link is open for.
    Pipe {
        /// The object.
        object: ObjectId,
        /// The link's text.
        link: String,
        /// The end, where the pipe is duplex.
        end: Option<End>,
    },
}
