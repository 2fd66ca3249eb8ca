//! A voice: events that come to the collector by another way than through the rings of the arena.
//!
//! A program that can't write the arena's rings leaves its facts elsewhere; who reads them there
//! speaks at each cut, and what it says is merged into the cut. The promises of a cut hold for both
//! together, if a voice reads as the collector does: *after* the cut's time was taken it looks at
//! all that was published until then, and what it finds it says as of the cut that found it.
//!
//! Why that is enough: a cause is published before its operation, and an effect stamped after it.
//! So when an effect's stamp is not later than a cut, its cause was published before the cut, and
//! is found by it, in whichever of both places it stands. A cause that is found only now was
//! published after the last cut, so its effects were stamped after the last cut: it gets that cut's
//! time, before all others of that time, and its effects follow it. What is stamped after the cut
//! waits, in either place.
//!
//! Not here: who speaks.

use crate::event::{Event, Time};

/// A cut, as a voice is told of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The last horizon: nothing may be said to be before it.
    pub last: Time,
    /// This horizon: what is later waits for the next cut.
    pub horizon: Time,
    /// Whether there is no other cut after this one.
    pub is_last: bool,
}

/// What a voice says at a cut.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Told {
    /// In the order of the log: not before the last horizon, not after this one.
    pub events: Vec<Event>,
    /// How many of the first were stamped before the last horizon, and have its time instead.
    pub late: usize,
}

/// Who has events of its own to add.
pub trait Voice: Send {
    /// Adds its events to those of a cut. Called after the cut's time was taken and the rings were
    /// copied. What it says is believed to be within the moment and in order.
    fn speak(&mut self, moment: Moment, told: &mut Told);
}
