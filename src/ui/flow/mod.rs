//! What there is in a flow, before it is drawn: which object has the room, who stands on which
//! side, what moved, and all of it in reading order.
//!
//! The view draws it; the selection walks through it.

mod choose;
mod moves;
mod order;
mod sides;

pub(crate) use choose::{candidates, chosen, part, root};
pub(crate) use moves::{Move, Step, last_events, move_of};
pub(crate) use order::{neighbour, things_of};
pub(crate) use sides::{first_reader, readers, writers};
