//! A theme's file: read into a scheme, or told why not.
//!
//! ```toml
//! inherits = "light"            # one that mpviz brings; "dark" if nothing is said
//!
//! [true]                        # then [256], [16], [none]
//! running = "#336600"
//! chip = "#000000 on #FFCC00 bold"
//! ```
//!
//! What `[256]` does not say is the nearest of what `[true]` says; everything else that is not said
//! is inherited.

use super::Depth;
use super::scheme::{Part, Scheme};
use crate::ui::written::{self, Entry, Fault, brief, near};
use crate::view::colour::indexed;
use ratatui::style::{Color, Modifier, Style};
use toml::de::{DeTable, DeValue};

/// The tables of a file, by depth.
const TABLES: [(&str, Depth); 4] = [
    ("true", Depth::TrueColor),
    ("256", Depth::Indexed),
    ("16", Depth::Sixteen),
    ("none", Depth::None),
];

/// The sixteen, by their numbers.
const NAMES: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

const ATTRIBUTES: [(&str, Modifier); 4] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

impl Scheme {
    /// Reads a theme's file.
    ///
    /// # Errors
    ///
    /// The first thing in it that can't be so.
    pub fn parse(name: &str, text: &str) -> Result<Scheme, Fault> {
        let entries = written::read(text)?;
        let inherits = entries.iter().find(|entry| entry.key == "inherits");
        let mut scheme = match inherits {
            Some(entry) => inherited(name, entry)?,
            // The first of all inherits from nobody.
            None if name == Scheme::BROUGHT[0] => Scheme::bare(),
            None => Scheme::brought(Scheme::BROUGHT[0])
                .cloned()
                .unwrap_or_else(Scheme::bare),
        };
        name.clone_into(&mut scheme.name);
        let is_said = |depth| {
            let table = entries
                .iter()
                .find(|entry| table_of(&entry.key) == Some(depth));
            match table.map(|entry| &entry.value) {
                Some(DeValue::Table(table)) => Some(table),
                _ => None,
            }
        };
        let indexed_table = is_said(Depth::Indexed);
        for entry in &entries {
            if entry.key == "inherits" {
                continue;
            }
            let Some(depth) = table_of(&entry.key) else {
                let known = TABLES.map(|(word, _)| word);
                return Err(entry.unknown("table", ["inherits"].into_iter().chain(known)));
            };
            let DeValue::Table(table) = &entry.value else {
                return Err(entry.wanted("a table"));
            };
            scheme.take(depth, written::entries(text, table.clone()), indexed_table)?;
        }
        Ok(scheme)
    }

    /// Takes what a table says.
    fn take(
        &mut self,
        depth: Depth,
        entries: Vec<Entry<'_>>,
        indexed_table: Option<&DeTable<'_>>,
    ) -> Result<(), Fault> {
        for entry in entries {
            let Some(part) = Part::all().find(|part| part.word() == entry.key) else {
                return Err(entry.unknown("part of a theme", Part::all().map(Part::word)));
            };
            let DeValue::String(words) = &entry.value else {
                return Err(entry.wanted("a look such as \"#102030 on #FFFFFF bold\""));
            };
            let style = style_of(words, depth, &entry)?;
            if let Part::Mark(_) = part
                && (style.bg.is_some() || style.add_modifier.contains(Modifier::REVERSED))
            {
                let what = format!("`{}` has a ground, and is drawn on others'", entry.key);
                return Err(entry.fault(what, None));
            }
            *self.sets[depth as usize].of(part) = style;
            let is_own = || {
                let mut keys = indexed_table.into_iter().flat_map(|table| table.keys());
                keys.any(|key| *key.get_ref() == entry.key)
            };
            if depth == Depth::TrueColor && !is_own() {
                *self.sets[Depth::Indexed as usize].of(part) = Style {
                    fg: style.fg.map(indexed),
                    bg: style.bg.map(indexed),
                    ..style
                };
            }
        }
        Ok(())
    }
}

fn table_of(word: &str) -> Option<Depth> {
    let found = TABLES.iter().find(|(known, _)| *known == word);
    found.map(|&(_, depth)| depth)
}

fn inherited(name: &str, entry: &Entry<'_>) -> Result<Scheme, Fault> {
    let DeValue::String(from) = &entry.value else {
        return Err(entry.wanted("the name of a theme that mpviz brings"));
    };
    // One that mpviz brings never inherits from itself, which would wait for itself.
    let found = Scheme::BROUGHT.contains(&from.as_ref()) && from != name;
    let found = found.then(|| Scheme::brought(from)).flatten();
    found.cloned().ok_or_else(|| {
        let what = format!("mpviz brings no theme `{}`", brief(from));
        entry.fault(what, near(from, Scheme::BROUGHT))
    })
}

/// Reads a look such as `#102030 on #FFFFFF bold`.
fn style_of(words: &str, depth: Depth, entry: &Entry<'_>) -> Result<Style, Fault> {
    let mut style = Style::new();
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        if let Some(&(_, attribute)) = ATTRIBUTES.iter().find(|(known, _)| *known == word) {
            style = style.add_modifier(attribute);
        } else if word == "on" {
            let Some(word) = words.next() else {
                return Err(entry.fault("a colour must follow `on`", None));
            };
            style.bg = Some(colour_of(word, depth, entry)?);
        } else if style.fg.is_some() {
            let what = format!("`{}` is a second colour", brief(word));
            let hint = "a look is a colour, `on` and a colour for its ground, and attributes";
            return Err(entry.fault(what, Some(hint.into())));
        } else {
            style.fg = Some(colour_of(word, depth, entry)?);
        }
    }
    Ok(style)
}

/// Reads a colour; one that its table's terminals have.
fn colour_of(word: &str, depth: Depth, entry: &Entry<'_>) -> Result<Color, Fault> {
    let found = if let Some(digits) = word.strip_prefix('#') {
        let is_hex = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let rgb = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex);
        rgb.map(|rgb| {
            let [_, r, g, b] = rgb.to_be_bytes();
            Color::Rgb(r, g, b)
        })
    } else if word.starts_with(|c: char| c.is_ascii_digit()) {
        word.parse().ok().map(Color::Indexed)
    } else {
        let found = NAMES.iter().find(|(known, _)| *known == word);
        found.map(|&(_, colour)| colour)
    };
    let is_shown = |colour: &Color| match colour {
        Color::Rgb(..) => depth == Depth::TrueColor,
        Color::Indexed(_) => matches!(depth, Depth::TrueColor | Depth::Indexed),
        _ => depth != Depth::None,
    };
    found.filter(is_shown).ok_or_else(|| {
        let what = format!(
            "`{}` is no colour of `[{}]`",
            brief(word),
            TABLES[depth as usize].0
        );
        let names = || NAMES.map(|(name, _)| name).into_iter();
        let hint = match depth {
            Depth::TrueColor => {
                Some("a colour is `#RRGGBB`, by its parts of red, green and blue".into())
            }
            Depth::Indexed => Some("a colour is a number from 0 to 255".into()),
            Depth::Sixteen if word.starts_with(|c: char| c.is_alphabetic()) => near(word, names())
                .or_else(|| Some("a colour is such as `red`, `bright-red` or `default`".into())),
            Depth::Sixteen => Some("a colour is such as `red`, `bright-red` or `default`".into()),
            Depth::None => near(word, ATTRIBUTES.map(|(name, _)| name)),
        };
        entry.fault(what, hint)
    })
}

#[cfg(test)]
mod tests;
