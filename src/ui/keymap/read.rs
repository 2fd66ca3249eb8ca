//! Reading a keymap: tables of keys, and what is wrong with them, line by line.

use super::{Binding, Place};
use crate::event::names::nearest;
use crate::ui::action::Action;
use crate::ui::key::Key;
use crate::ui::written::{self, Entry, Fault, brief, near};
use toml::de::DeValue;

/// The table of what holds in every place.
pub(super) const EVERYWHERE: &str = "everywhere";

/// What a key is bound to that is to do nothing.
pub(super) const NOTHING: &str = "none";

/// Returns the lines of a keymap in their order. No place has two for one key.
pub(super) fn bindings(text: &str, is_own: bool) -> Result<Vec<Binding>, Fault> {
    let mut bindings: Vec<Binding> = Vec::new();
    for table in written::read(text)? {
        let place = place_of(&table)?;
        let DeValue::Table(entries) = table.value else {
            continue;
        };
        for entry in written::entries(text, entries) {
            let binding = binding(place, &entry, is_own)?;
            let same = |other: &&Binding| other.table == place && other.key == binding.key;
            if let Some(other) = bindings.iter().find(same) {
                let what = format!("`{}` is bound twice in `{}`", entry.key, table.key);
                let hint = format!("line {} binds it first", other.line);
                let hint = match Key::parse(&entry.key) {
                    Some(key) if key.to_string() != entry.key => {
                        format!("{hint}: on a terminal it is `{key}`")
                    }
                    _ => hint,
                };
                return Err(entry.fault(what, Some(hint)));
            }
            bindings.push(binding);
        }
    }
    bindings.sort_by_key(|binding| binding.line);
    Ok(bindings)
}

/// Returns which place a table is of.
fn place_of(table: &Entry<'_>) -> Result<Option<Place>, Fault> {
    if !matches!(table.value, DeValue::Table(_)) {
        let what = format!("`{}` stands in no table", brief(&table.key));
        let hint = "a key stands below its place: `[everywhere]`, `[run]`, `[picker]` …";
        return Err(table.fault(what, Some(hint.to_owned())));
    }
    if table.key == EVERYWHERE {
        return Ok(None);
    }
    let known = || {
        let places = Place::ALL.iter().map(|place| place.name());
        std::iter::once(EVERYWHERE).chain(places)
    };
    let place = Place::from_name(&table.key);
    place
        .map(Some)
        .ok_or_else(|| table.unknown("place", known()))
}

fn binding(place: Option<Place>, entry: &Entry<'_>, is_own: bool) -> Result<Binding, Fault> {
    let Some(key) = Key::parse(&entry.key) else {
        let what = format!("there is no key `{}`", brief(&entry.key));
        return Err(entry.fault(what, Some(key_hint(&entry.key))));
    };
    let DeValue::String(name) = &entry.value else {
        return Err(entry.wanted("an action in quotes"));
    };
    let action = match Action::from_name(name) {
        None if name == NOTHING => None,
        None => {
            let what = format!("there is no action `{}`", brief(name));
            let known = Action::ALL.iter().map(|action| action.name());
            let hint = near(name, known.chain([NOTHING]));
            let hint = hint.unwrap_or_else(|| "`mpviz keys` shows all there are".to_owned());
            return Err(entry.fault(what, Some(hint)));
        }
        action => action,
    };
    Ok(Binding {
        table: place,
        key,
        action,
        is_own,
        line: entry.line,
    })
}

/// Returns what would be right in the place of a key that is none.
fn key_hint(name: &str) -> String {
    let lower = name.to_lowercase();
    let prefixes = ["ctrl-", "ctrl+", "control-", "control+", "c+", "^"];
    let held = prefixes.iter().find_map(|&p| lower.strip_prefix(p));
    if let Some(key) = held.and_then(|rest| Key::parse(&format!("C-{rest}"))) {
        return format!("it is written `{key}`");
    }
    let is_near = name.chars().count() > 2 && !nearest(name, Key::names()).is_empty();
    let near = near(name, Key::names()).filter(|_| is_near);
    near.unwrap_or_else(|| {
        "a key is one character, `C-` before one for Control, or a name such as `PageUp`".to_owned()
    })
}
