//! The keymap: which key asks for what, where.
//!
//! There is one, and everything that names a key reads it: the loop, the line of keys at the
//! bottom, the help.

use super::action::Action;
use super::key::Key;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Where a key is pressed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// A run is on the screen.
    Run,
    /// The list of scenarios.
    Picker,
    /// The filter of that list is being typed.
    Filter,
    /// The knobs of a scenario.
    Knobs,
    /// The question which signal to send.
    Signal,
    /// The name of a mark, or a caption, is being typed.
    Line,
    /// The help.
    Help,
}

impl Place {
    /// Every place, in the order of the help.
    pub const ALL: [Place; 7] = [
        Place::Run,
        Place::Picker,
        Place::Knobs,
        Place::Filter,
        Place::Signal,
        Place::Line,
        Place::Help,
    ];

    /// Returns the name of its table in a keymap.
    pub const fn name(self) -> &'static str {
        match self {
            Place::Run => "run",
            Place::Picker => "picker",
            Place::Filter => "filter",
            Place::Knobs => "knobs",
            Place::Signal => "signal",
            Place::Line => "line",
            Place::Help => "help",
        }
    }

    /// Returns whether a key without an action types its character here.
    const fn types(self) -> bool {
        matches!(self, Place::Filter | Place::Knobs | Place::Line)
    }

    fn from_name(name: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.name() == name)
    }
}

/// Why a text is no keymap.
#[derive(Debug, thiserror::Error)]
pub enum KeymapError {
    /// It is no TOML of tables of texts.
    #[error("no keymap")]
    Toml(#[from] toml::de::Error),
    /// It has a table for a place that there is not.
    #[error("`{table}` is no place; there are everywhere, {}", places())]
    NoSuchPlace {
        /// The table.
        table: String,
    },
    /// It names a key that there is not.
    #[error("`{key}` in `{table}` is no key")]
    NoSuchKey {
        /// The table.
        table: String,
        /// The key.
        key: String,
    },
    /// It names an action that there is not.
    #[error("`{action}` of key `{key}` in `{table}` is no action")]
    NoSuchAction {
        /// The table.
        table: String,
        /// The key.
        key: String,
        /// The action.
        action: String,
    },
}

/// Which key asks for what, where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keymap {
    /// In the order of the text, so that the first key of an action is the one that is shown.
    keys: Vec<(Option<Place>, Key, Action)>,
}

/// The keymap that mpviz brings.
const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// Returns the places, as an error lists them.
fn places() -> String {
    Place::ALL.map(Place::name).join(", ")
}

impl Keymap {
    /// Returns the keymap that mpviz brings, read once.
    pub fn brought() -> &'static Keymap {
        static BROUGHT: OnceLock<Keymap> = OnceLock::new();
        // A test reads it, so that it can't be wrong here; if it were, C-c still quits.
        BROUGHT.get_or_init(|| {
            Keymap::parse(DEFAULT).unwrap_or_else(|_| Keymap {
                keys: Key::parse("C-c")
                    .map(|key| (None, key, Action::Quit))
                    .into_iter()
                    .collect(),
            })
        })
    }

    /// Reads a keymap.
    pub fn parse(text: &str) -> Result<Keymap, KeymapError> {
        // A map that keeps the order of the text would be a dependency more; the spans keep it.
        let tables: BTreeMap<String, BTreeMap<toml::Spanned<String>, String>> =
            toml::from_str(text)?;
        let mut keys = Vec::new();
        for (table, entries) in tables {
            let place = match table.as_str() {
                "everywhere" => None,
                name => Some(
                    Place::from_name(name).ok_or_else(|| KeymapError::NoSuchPlace {
                        table: table.clone(),
                    })?,
                ),
            };
            for (key, action) in entries {
                let at = key.span().start;
                let name = key.into_inner();
                let Some(key) = Key::parse(&name) else {
                    return Err(KeymapError::NoSuchKey { table, key: name });
                };
                let Some(asked) = Action::from_name(&action) else {
                    return Err(KeymapError::NoSuchAction {
                        table,
                        key: name,
                        action,
                    });
                };
                keys.push((at, (place, key, asked)));
            }
        }
        keys.sort_by_key(|&(at, _)| at);
        Ok(Keymap {
            keys: keys.into_iter().map(|(_, key)| key).collect(),
        })
    }

    /// Returns what a key asks for at a place.
    pub fn action(&self, place: Place, key: Key) -> Option<Action> {
        let of = |place: Option<Place>| {
            self.keys
                .iter()
                .find(|&&(p, k, _)| p == place && k == key)
                .map(|&(.., action)| action)
        };
        if let Some(action) = of(Some(place)) {
            return Some(action);
        }
        match key.typed() {
            Some(c) if place.types() && !(place == Place::Knobs && is_command(c)) => {
                Some(Action::Type(c))
            }
            _ => of(None),
        }
    }

    /// Returns the key that is shown for an action at a place: the first of the keymap.
    pub fn key_of(&self, place: Place, action: Action) -> Option<Key> {
        self.keys_of(place, action).next()
    }

    /// Returns every key that asks for an action at a place.
    pub fn keys_of(&self, place: Place, action: Action) -> impl Iterator<Item = Key> + '_ {
        self.keys
            .iter()
            .filter(move |&&(p, key, a)| {
                a == action && (p.is_none() || p == Some(place)) && {
                    self.action(place, key) == Some(action)
                }
            })
            .map(|&(_, key, _)| key)
    }
}

/// Values of knobs are numbers or are stepped through: letters stay free for commands there.
const fn is_command(c: char) -> bool {
    !(c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(place: Place, key: &str, expected: Option<Action>) {
        let key = Key::parse(key).unwrap();
        assert_eq!(Keymap::brought().action(place, key), expected);
    }

    #[test]
    fn the_keymap_that_mpviz_brings_is_one() {
        let keymap = Keymap::parse(DEFAULT).unwrap();
        assert!(keymap.keys.len() > 50);
    }

    #[test]
    fn keys_ask_for_what_the_keymap_says() {
        check(Place::Run, "q", Some(Action::Quit));
        check(Place::Run, "C-c", Some(Action::Quit));
        check(Place::Run, "3", Some(Action::ShowSequence));
        check(Place::Run, "D", None);
        check(Place::Picker, "3", None);
        check(Place::Knobs, "3", Some(Action::Type('3')));
        check(Place::Knobs, "q", Some(Action::Quit));
        check(Place::Knobs, "j", Some(Action::Down));
    }

    #[test]
    fn where_text_is_typed_letters_are_letters() {
        check(Place::Filter, "q", Some(Action::Type('q')));
        check(Place::Filter, "?", Some(Action::Type('?')));
        check(Place::Filter, "Space", Some(Action::Type(' ')));
        check(Place::Filter, "C-c", Some(Action::Quit));
    }

    #[test]
    fn the_first_key_of_an_action_is_shown() {
        let keymap = Keymap::brought();
        let shown = |place, action| keymap.key_of(place, action).map(|key| key.to_string());
        assert_eq!(shown(Place::Run, Action::Up).as_deref(), Some("Up"));
        assert_eq!(
            shown(Place::Picker, Action::EditKnobs).as_deref(),
            Some("Tab")
        );
        assert_eq!(shown(Place::Knobs, Action::Filter), None);
    }

    #[test]
    fn a_wrong_keymap_says_what_is_wrong() {
        let cases = [
            ("[run]\n\"qq\" = \"quit\"", "`qq` in `run` is no key"),
            (
                "[run]\n\"q\" = \"leave\"",
                "`leave` of key `q` in `run` is no action",
            ),
            (
                "[walk]\n\"q\" = \"quit\"",
                "`walk` is no place; there are everywhere, run, picker, knobs, filter, signal, line, help",
            ),
            ("run = 3", "no keymap"),
        ];
        for (text, expected) in cases {
            assert_eq!(Keymap::parse(text).unwrap_err().to_string(), expected);
        }
    }
}
