//! Why the selected process does what it does, and what comes next.

use crate::event::{ActorId, Time};
use crate::history::History;

/// The two lines below everything. Each is one or two whole sentences.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Caption {
    /// Why it is as it is.
    pub why: String,
    /// What comes next, or who could change it. Empty if nothing does.
    pub next: String,
}

/// Returns the caption for the selected process, or for the whole run once that has ended.
pub fn caption(history: &History, selected: Option<ActorId>, t: Time) -> Caption {
    let _ = (history, selected, t);
    Caption::default()
}
