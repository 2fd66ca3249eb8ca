//! The keymap: which key asks for what, where.
//!
//! There is one, and everything that names a key reads it: the loop, the line of keys at the
//! bottom, the help, the palette, `mpviz keys`. What a person has written lies over what mpviz
//! brings (see [`Keymap::with`]); the two are read and checked by the same code.

mod check;
mod place;
mod read;
mod table;

pub use place::Place;
pub use table::Row;

use super::action::Action;
use super::key::Key;
use super::written::Fault;
use std::sync::OnceLock;

/// Which key asks for what, where.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keymap {
    /// What a person has written, then what mpviz brings, each in the order of its text: so the
    /// first key of an action is the one that is shown.
    bindings: Vec<Binding>,
}

/// A line of a keymap.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Binding {
    /// The table; `None` is `everywhere`.
    table: Option<Place>,
    key: Key,
    /// `None` where the key is to do nothing.
    action: Option<Action>,
    /// Whether a person has written it.
    is_own: bool,
    /// Its line, from 1.
    line: usize,
}

/// The keymap that mpviz brings.
const DEFAULT: &str = include_str!("../../assets/keymap.toml");

impl Keymap {
    /// Returns the keymap that mpviz brings, read once.
    pub fn brought() -> &'static Keymap {
        static BROUGHT: OnceLock<Keymap> = OnceLock::new();
        // A test reads it, so that it can't be wrong here; if it were, C-c still quits.
        BROUGHT.get_or_init(|| {
            Keymap::parse(DEFAULT).unwrap_or_else(|_| Keymap {
                bindings: Key::parse("C-c")
                    .map(|key| Binding {
                        table: None,
                        key,
                        action: Some(Action::Quit),
                        is_own: false,
                        line: 1,
                    })
                    .into_iter()
                    .collect(),
            })
        })
    }

    /// Reads a keymap that stands for itself.
    ///
    /// # Errors
    ///
    /// The first thing in it that can't be so.
    pub fn parse(text: &str) -> Result<Keymap, Fault> {
        let bindings = read::bindings(text, false)?;
        Ok(Keymap { bindings })
    }

    /// Returns this keymap with what a person has written over it: where their text says what a
    /// key does, be it in one place or everywhere, this one is not asked any more.
    ///
    /// # Errors
    ///
    /// The first thing in the text that can't be so. Among it is what would leave no key for
    /// leaving a place, or mpviz.
    pub fn with(&self, text: &str) -> Result<Keymap, Fault> {
        let mut bindings = read::bindings(text, true)?;
        bindings.extend_from_slice(&self.bindings);
        let keymap = Keymap { bindings };
        check::check(&keymap, self)?;
        Ok(keymap)
    }

    /// Returns what a key asks for at a place.
    pub fn action(&self, place: Place, key: Key) -> Option<Action> {
        let found = |is_own, table| {
            self.bindings
                .iter()
                .find(|b| b.is_own == is_own && b.table == table && b.key == key)
        };
        let within = |is_own| {
            let outer = place.outer().and_then(|outer| found(is_own, Some(outer)));
            found(is_own, Some(place)).or(outer)
        };
        if let Some(binding) = within(true) {
            return binding.action;
        }
        if let Some(c) = key.typed()
            && place.types(c)
        {
            return Some(Action::Type(c));
        }
        let binding = found(true, None)
            .or_else(|| within(false))
            .or_else(|| found(false, None));
        binding.and_then(|binding| binding.action)
    }

    /// Returns the key that is shown for an action at a place: the first of the keymap.
    pub fn key_of(&self, place: Place, action: Action) -> Option<Key> {
        self.keys_of(place, action).next()
    }

    /// Returns every key that asks for an action at a place.
    pub fn keys_of(&self, place: Place, action: Action) -> impl Iterator<Item = Key> + '_ {
        let counts = move |at: usize, binding: &Binding| {
            let is_here = binding.table.is_none_or(|table| place.is_within(table));
            is_here
                && binding.action == Some(action)
                && self.action(place, binding.key) == Some(action)
                // A key that both texts have is told once.
                && !self.bindings[..at].iter().any(|earlier| {
                    earlier.key == binding.key && earlier.action == binding.action
                        && earlier.table.is_none_or(|table| place.is_within(table))
                })
        };
        self.bindings
            .iter()
            .enumerate()
            .filter(move |&(at, binding)| counts(at, binding))
            .map(|(_, binding)| binding.key)
    }

    /// Returns whether an action can be asked for at a place, by some key of this keymap.
    pub fn has(&self, place: Place, action: Action) -> bool {
        self.bindings.iter().any(|binding| {
            binding.action == Some(action)
                && binding.table.is_none_or(|table| place.is_within(table))
        })
    }
}

#[cfg(test)]
mod tests;
