//! The keymap as a table to be read: place by place, each action with its keys.

use super::{Keymap, Place};
use crate::ui::action::Action;
use crate::ui::key::Key;

/// A row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// Its keys there, the one that is shown first; none where a person has taken them away.
    pub keys: Vec<Key>,
    /// Whether a person has had a hand in it.
    pub is_own: bool,
}

impl Keymap {
    /// Returns what stands in the table of a place, or of everywhere, in the order of the help.
    pub fn rows(&self, table: Option<Place>) -> Vec<Row> {
        let row = |&action: &Action| {
            let all = || {
                let here = self.bindings.iter().filter(|b| b.table == table);
                here.filter(|b| b.action == Some(action))
            };
            all().next()?;
            let mut keys: Vec<Key> = Vec::new();
            let mut is_own = false;
            for binding in all() {
                let counts = self.decides(table, binding.key) == Some(action);
                is_own |= binding.is_own || !counts;
                if counts && !keys.contains(&binding.key) {
                    keys.push(binding.key);
                }
            }
            Some(Row {
                action,
                keys,
                is_own,
            })
        };
        Action::ALL.iter().filter_map(row).collect()
    }

    /// Returns what a key asks for by what the tables say, whether or not characters are typed.
    fn decides(&self, table: Option<Place>, key: Key) -> Option<Action> {
        if let Some(place) = table {
            return self.action(place, key);
        }
        let here = self
            .bindings
            .iter()
            .find(|b| b.table.is_none() && b.key == key);
        here.and_then(|binding| binding.action)
    }
}
