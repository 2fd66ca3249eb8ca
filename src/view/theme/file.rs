//! A theme's file: read into a palette, or told why not.
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
use super::palette::{Palette, Part};
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

impl Palette {
    /// Reads a theme's file.
    ///
    /// # Errors
    ///
    /// The first thing in it that can't be so.
    pub fn parse(name: &str, text: &str) -> Result<Palette, Fault> {
        let entries = written::read(text)?;
        let inherits = entries.iter().find(|entry| entry.key == "inherits");
        let mut palette = match inherits {
            Some(entry) => inherited(name, entry)?,
            // The first of all inherits from nobody.
            None if name == Palette::BROUGHT[0] => Palette::bare(),
            None => Palette::brought(Palette::BROUGHT[0])
                .cloned()
                .unwrap_or_else(Palette::bare),
        };
        name.clone_into(&mut palette.name);
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
            palette.take(depth, written::entries(text, table.clone()), indexed_table)?;
        }
        Ok(palette)
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

fn inherited(name: &str, entry: &Entry<'_>) -> Result<Palette, Fault> {
    let DeValue::String(from) = &entry.value else {
        return Err(entry.wanted("the name of a theme that mpviz brings"));
    };
    // One that mpviz brings never inherits from itself, which would wait for itself.
    let found = Palette::BROUGHT.contains(&from.as_ref()) && from != name;
    let found = found.then(|| Palette::brought(from)).flatten();
    found.cloned().ok_or_else(|| {
        let what = format!("mpviz brings no theme `{}`", brief(from));
        entry.fault(what, near(from, Palette::BROUGHT))
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
mod tests {
    use super::*;
    use crate::view::theme::{Charset, Ground, Mark, Role, Theme};

    fn parsed(text: &str) -> Palette {
        Palette::parse("own", text).unwrap_or_else(|fault| panic!("{fault}"))
    }

    fn style(palette: &Palette, depth: Depth, role: Role) -> Style {
        Theme::of(palette, depth, Charset::Unicode).style(role)
    }

    #[test]
    fn what_mpviz_brings_can_be_read_and_says_everything() {
        for name in Palette::BROUGHT {
            let palette = Palette::brought(name).unwrap();
            assert_eq!(palette.name(), name);
            assert_eq!(palette.ground() == Ground::Light, name.ends_with("light"));
            assert_ne!(*palette, Palette::bare());
        }
        // The first inherits from nobody: it has every part in every table.
        let text = include_str!("../../../assets/themes/dark.toml");
        for entry in written::read(text).unwrap() {
            let DeValue::Table(table) = entry.value else {
                panic!("{} is no table", entry.key);
            };
            for part in Part::all() {
                assert!(
                    table.contains_key(part.word()),
                    "{}: {}",
                    entry.key,
                    part.word()
                );
            }
        }
        assert!(Palette::brought("darker").is_none());
    }

    #[test]
    fn what_a_file_does_not_say_is_inherited() {
        let light = Palette::brought("light").unwrap();
        let own = parsed("inherits = \"light\"\n[true]\ndim = \"#123456\"\n");
        assert_eq!(own.name(), "own");
        assert_eq!(own.ground(), Ground::Light);
        let expected = Style::new().fg(Color::Rgb(0x12, 0x34, 0x56));
        assert_eq!(style(&own, Depth::TrueColor, Role::Dim), expected);
        // The nearest of 256; the sixteen are inherited.
        let expected = Style::new().fg(Color::Indexed(23));
        assert_eq!(style(&own, Depth::Indexed, Role::Dim), expected);
        for depth in [Depth::Sixteen, Depth::None] {
            assert_eq!(own.sets[depth as usize], light.sets[depth as usize]);
        }
        assert_eq!(
            style(&own, Depth::TrueColor, Role::Text),
            style(light, Depth::TrueColor, Role::Text)
        );
        assert_eq!(parsed("").sets, Palette::brought("dark").unwrap().sets);
    }

    #[test]
    fn a_look_is_colours_and_attributes() {
        let own = parsed(
            "[256]\nchip = \"bold 16 on 215 underline\"\n\
             [true]\nchip = \"#102030 on white bold\"\nrunning = \"42\"\n\
             [16]\nchip = \"reverse bright-red\"\nselection = \"on default\"\n\
             [none]\nlit = \"bold reverse\"\nalarm = \"\"\n",
        );
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let rgb = Color::Rgb(0x10, 0x20, 0x30);
        let chip = |depth| style(&own, depth, Role::Chip);
        assert_eq!(chip(Depth::TrueColor), bold.fg(rgb).bg(Color::Gray));
        // Said above the table that it would follow from.
        let indexed = bold.add_modifier(Modifier::UNDERLINED);
        let indexed = indexed.fg(Color::Indexed(16)).bg(Color::Indexed(215));
        assert_eq!(chip(Depth::Indexed), indexed);
        let reversed = Style::new()
            .fg(Color::LightRed)
            .add_modifier(Modifier::REVERSED);
        assert_eq!(chip(Depth::Sixteen), reversed);
        assert_eq!(style(&own, Depth::None, Role::Alarm), Style::new());
        let running = Theme::of(&own, Depth::Indexed, Charset::Unicode).mark(Mark::Running);
        assert_eq!(running.fg, Some(Color::Indexed(42)));
    }

    #[track_caller]
    fn check(text: &str, told: &str, hint: Option<&str>) {
        let fault = Palette::parse("own", text).unwrap_err();
        assert_eq!(fault.to_string(), told);
        // Of several that are near, the nearest.
        let told = fault.hint.as_deref();
        assert_eq!(told.is_some(), hint.is_some(), "{told:?}");
        assert!(
            told.unwrap_or("").starts_with(hint.unwrap_or("")),
            "{told:?}"
        );
    }

    #[test]
    fn what_can_not_be_so_is_told_with_its_line_and_what_would_be() {
        let rgb = Some("a colour is `#RRGGBB`, by its parts of red, green and blue");
        let look = Some("a look is a colour, `on` and a colour for its ground, and attributes");
        let few = Some("a colour is such as `red`, `bright-red` or `default`");
        check(
            "\n[true]\nruning = \"#102030\"",
            "line 3: there is no part of a theme `runing`",
            Some("near to it: `running`"),
        );
        check(
            "[16]\n\n[true]\ntext = 3",
            "line 4: `text` is an integer, and must be a look such as \"#102030 on #FFFFFF bold\"",
            None,
        );
        for (text, what) in [
            (
                "[true]\ntext = \"#12345\"",
                "line 2: `#12345` is no colour of `[true]`",
            ),
            (
                "[true]\ntext = \"#+12345\"",
                "line 2: `#+12345` is no colour of `[true]`",
            ),
            (
                "[true]\ntext = \"gren\"",
                "line 2: `gren` is no colour of `[true]`",
            ),
            (
                "[true]\ntext = \"256\"",
                "line 2: `256` is no colour of `[true]`",
            ),
        ] {
            check(text, what, rgb);
        }
        check(
            "[256]\ntext = \"#123456\"",
            "line 2: `#123456` is no colour of `[256]`",
            Some("a colour is a number from 0 to 255"),
        );
        check(
            "[16]\ntext = \"17\"",
            "line 2: `17` is no colour of `[16]`",
            few,
        );
        check(
            "[16]\ntext = \"bright-gren\"",
            "line 2: `bright-gren` is no colour of `[16]`",
            Some("near to it: `bright-green`"),
        );
        check(
            "[none]\ntext = \"red\"",
            "line 2: `red` is no colour of `[none]`",
            Some("there are `bold`, `dim`, `underline`, `reverse`"),
        );
        check(
            "[true]\ntext = \"#102030 #405060\"",
            "line 2: `#405060` is a second colour",
            look,
        );
        check(
            "[true]\nstrip = \"#102030 on\"",
            "line 2: a colour must follow `on`",
            None,
        );
        check(
            "[true]\nrunning = \"#102030 on #405060\"",
            "line 2: `running` has a ground, and is drawn on others'",
            None,
        );
        check(
            "[128]\n",
            "line 1: there is no table `128`",
            Some("there are `inherits`, `true`"),
        );
        check(
            "# own\ninherits = \"drak\"",
            "line 2: mpviz brings no theme `drak`",
            Some("near to it: `dark`"),
        );
        check(
            "inherits = [\"dark\"]",
            "line 1: `inherits` is an array, and must be the name of a theme that mpviz brings",
            None,
        );
        check(
            "true = 3",
            "line 1: `true` is an integer, and must be a table",
            None,
        );
        check(
            "[true]\ntext = \"\"\ntext = \"\"",
            "line 3: duplicate key",
            None,
        );
        check("[true\n", "line 1: unclosed table, expected `]`", None);
    }
}
