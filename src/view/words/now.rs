//! What a process or an object does at a time, in a few words: the table's last column.

use super::sign::Sign;
use crate::event::{ActorId, ObjectId, Span, TaskId, Time};
use crate::history::History;

/// What an actor does: `T3  asleep in run_task(3)  0.28 s`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Now {
    /// The sign of its state.
    pub sign: Sign,
    /// The task that it runs; its band goes before the words.
    pub task: Option<TaskId>,
    /// The longest form first: the first that fits is drawn.
    pub words: Words,
    /// For how long it has done so, where that is worth telling.
    pub lasts: Option<Span>,
    /// Since when: it is strong for half a second after it.
    pub since: Time,
    /// Whether it ended badly, or waits for what can never come: the words have the state's colour.
    pub bad: bool,
}

/// Words in up to three lengths, the longest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words(pub Vec<String>);

impl Words {
    /// Returns the longest form that has at most `width` columns, else the shortest.
    pub fn fitting(&self, width: usize) -> &str {
        let _ = width;
        self.0.first().map_or("", String::as_str)
    }
}

/// Returns what an actor does at `t`; `None` where it does not exist yet.
pub fn now_words(history: &History, actor: ActorId, t: Time) -> Option<Now> {
    let _ = (history, actor, t);
    None
}

/// Returns what an object is like at `t`; `None` where it does not exist yet.
///
/// `1 item: url_6`, `empty: all results fetched`, `held by reader`, `full: 64 of 64 KiB`.
pub fn object_words(history: &History, object: ObjectId, t: Time) -> Option<Now> {
    let _ = (history, object, t);
    None
}
