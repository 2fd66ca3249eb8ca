//! What an event means, as one sentence about one actor.

use super::mark::Mark;
use crate::event::{ActorId, Event};
use crate::history::History;

/// A sentence: `●  Worker-1  takes T3, which waited 1.188 s`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// Its sign.
    pub mark: Mark,
    /// Whom it is about.
    pub actor: ActorId,
    /// The same by name, short: `Main`, `Worker-1`, `feeder`.
    pub who: String,
    /// What it says, without the name and without a full stop.
    pub text: String,
    /// Whether it is about the inner works: where room is scarce, it is left out first.
    pub detail: bool,
}

/// Returns what an event means; `None` for what is only bookkeeping.
///
/// It looks at what is known up to `event.t`, never at what came later.
pub fn sentence(history: &History, event: &Event) -> Option<Sentence> {
    let _ = (history, event);
    None
}

/// Returns an actor's name as it is: `MainProcess`, `ForkPoolWorker-1`, `feeder of writer-1`.
pub fn full_name(history: &History, actor: ActorId) -> String {
    let _ = (history, actor);
    String::new()
}

/// Returns an actor's name for narrow places: `Main`, `Worker-1`, `feeder`.
pub fn short_name(history: &History, actor: ActorId) -> String {
    let _ = (history, actor);
    String::new()
}
