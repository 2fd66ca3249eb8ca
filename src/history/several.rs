//! Waits for one of several things: what they are for.
//!
//! The list stands in an event of its own, with the time of the wait's beginning.

use super::pipes::once_each;
use super::store::History;
use super::thing::Thing;
use crate::event::{ActorId, Time};

/// The things that a wait is for, where it is for one of several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Several {
    /// When the wait began.
    pub since: Time,
    /// Pipes that something may come out of, then processes that may end.
    pub things: Box<[Thing]>,
    /// How many descriptors there are besides, of which nothing is known.
    pub others: u32,
}

impl History {
    /// Returns who could end a wait for several things; nobody where some of them are not known.
    pub(super) fn movers_of_any(&self, began: Time, t: Time, who: ActorId) -> Vec<ActorId> {
        let several = self.several_of(who, began, t);
        let Some(several) = several.filter(|several| several.others == 0) else {
            return Vec::new();
        };
        let movers = several.things.iter().flat_map(|&thing| match thing {
            Thing::Actor(actor) => vec![actor],
            Thing::Object(object) => self.givers(object, t, who),
            Thing::Message(_) | Thing::Task(_) => Vec::new(),
        });
        once_each(movers)
    }

    /// Returns what a wait for several things was for that an actor was in from `began` on, as is
    /// known at `t`.
    pub fn several_of(&self, who: ActorId, began: Time, t: Time) -> Option<&Several> {
        let known = &self.actor(who)?.several;
        let until = known.partition_point(|several| several.since <= t);
        known[..until]
            .last()
            .filter(|several| several.since >= began)
    }
}
