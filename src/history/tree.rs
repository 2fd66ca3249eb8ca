//! The tree of processes in little memory: what a list of ten thousand asks of each at every frame.
//!
//! A process knows all of this itself, but a walk through processes reads two cache lines of each;
//! a row here is a third of one. Rows stand in the order of [`History::processes`].

use super::actor::Exit;
use super::store::History;
use crate::event::{ActorId, Time};

/// A process in the tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeRow {
    /// Which process.
    pub id: ActorId,
    /// How deep it stands.
    pub depth: u32,
    /// When the first event named it.
    pub known: Time,
    /// When it ended, or could not be made; [`Time::NEVER`] while it lives.
    pub ended: Time,
    /// Whether it then ended with an exit code that is not 0, or was never made.
    pub is_bad: bool,
}

impl TreeRow {
    /// Returns whether it has ended at `t`.
    pub fn has_ended(&self, t: Time) -> bool {
        self.ended <= t
    }
}

impl History {
    /// Returns the rows of the tree, in the order of [`History::processes`].
    pub fn tree(&self) -> &[TreeRow] {
        &self.tree
    }

    pub(super) fn insert_in_tree(&mut self, at: usize, id: ActorId, depth: u32, known: Time) {
        self.rows.insert(at, id);
        self.tree.insert(
            at,
            TreeRow {
                id,
                depth,
                known,
                ended: Time::NEVER,
                is_bad: false,
            },
        );
    }

    /// Says in the tree that a process is over. A thread has no row.
    pub(super) fn end_in_tree(&mut self, id: ActorId, t: Time, is_bad: bool) {
        if let Some(at) = self.rows.iter().position(|&row| row == id) {
            let row = &mut self.tree[at];
            row.ended = row.ended.min(t);
            row.is_bad |= is_bad;
        }
    }

    /// Says in the tree how a process ended, which may be told later than its end.
    pub(super) fn code_in_tree(&mut self, id: ActorId, exit: Exit) {
        if exit.code.is_some_and(|code| code != 0) {
            self.end_in_tree(id, exit.t, true);
        }
    }
}
