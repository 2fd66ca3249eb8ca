//! `config.toml`: what can be set, declared once.
//!
//! From this one table come the reading, its errors, and the commented file that `mpviz config`
//! prints. What an option of the command line says counts more than what stands here.

use super::file::{self, Wrong};
use super::places::Places;
use crate::ui::RunView;
use crate::ui::layout::LayoutError;
use crate::ui::written::{self, Entry, Fault, brief, near};
use std::fmt::Write;
use toml::de::DeValue;

/// What can be set; by default as mpviz is without a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The theme's name, and its line in the file; `auto` lets the terminal say.
    pub theme: Option<Named>,
    /// How many colours, as `--color` has it.
    pub color: &'static str,
    /// Whether all is drawn in ASCII; `None` asks the locale.
    pub ascii: Option<bool>,
    /// Whether the mouse is mpviz's while it is on the screen.
    pub mouse: bool,
    /// How the panes share the screen, in words; without any it follows the terminal's size.
    pub layout: Option<String>,
    /// Whether what is chosen on the screen is kept for the next time.
    pub remember: bool,
}

/// A name that the file says. Whoever knows such names says whether it is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Its line, from 1.
    pub line: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: None,
            color: "auto",
            ascii: None,
            mouse: true,
            layout: None,
            remember: true,
        }
    }
}

/// What `--color` and `color` may be.
pub const COLOURS: &[&str] = &["auto", "never", "16", "256", "true", "always"];

/// A setting: its name, its default as it is written, what it is, and how it is read.
struct Setting {
    name: &'static str,
    usual: &'static str,
    help: &'static str,
    set: fn(&mut Settings, &Entry<'_>) -> Result<(), Fault>,
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "theme",
        usual: "\"auto\"",
        help: "The ground and colours to draw with: \"auto\" follows the terminal; else \"dark\",\n\
               \"light\", or the name of another theme.",
        set: |settings, entry| {
            settings.theme = Some(name(entry)?);
            Ok(())
        },
    },
    Setting {
        name: "color",
        usual: "\"auto\"",
        help: "How many colours: \"auto\", \"never\", \"16\", \"256\", \"true\" or \"always\".\n\
               NO_COLOR means never.",
        set: |settings, entry| {
            settings.color = word(entry, COLOURS)?;
            Ok(())
        },
    },
    Setting {
        name: "ascii",
        usual: "\"auto\"",
        help: "Whether to draw with ASCII characters only: true, false, or \"auto\", which asks\n\
               the locale.",
        set: |settings, entry| {
            settings.ascii = match &entry.value {
                DeValue::Boolean(is_so) => Some(*is_so),
                DeValue::String(word) if word == "auto" => None,
                _ => return Err(entry.wanted("true, false or \"auto\"")),
            };
            Ok(())
        },
    },
    Setting {
        name: "mouse",
        usual: "true",
        help: "Whether clicks and the wheel are for mpviz. With Shift they are always the\n\
               terminal's own.",
        set: |settings, entry| {
            settings.mouse = switch(entry)?;
            Ok(())
        },
    },
    Setting {
        name: "layout",
        usual: "\"auto\"",
        help: "How the panes share the screen: \"auto\" follows its size; else words such as \"zoom\",\n\
               \"focus=flow\", \"hide=code\" or \"table=400\" (in thousandths of the screen).",
        set: |settings, entry| {
            let named = name(entry)?.name;
            let layout = if named == "auto" { "" } else { &named };
            settings.layout = Some(layout.to_owned());
            let arranged = RunView::default().arrange(layout);
            arranged.map_err(|error| match error {
                LayoutError::Nothing => entry.fault(error.to_string(), None),
                LayoutError::Word { word } => {
                    let what = format!("`{}` says nothing of a layout", brief(&word));
                    entry.fault(what, Some(LAYOUTS.to_owned()))
                }
            })
        },
    },
    Setting {
        name: "remember",
        usual: "true",
        help: "Whether the theme, the layout and the knobs chosen on the screen are kept for the\n\
               next time.",
        set: |settings, entry| {
            settings.remember = switch(entry)?;
            Ok(())
        },
    },
];

/// What may stand in a layout.
const LAYOUTS: &str = "`focus=PANE`, `middle=PANE`, `lower=PANE`, `hide=PANE`, `zoom`, `list=source`, \
                       `list=twin`, `list=both` do, and `table=N`, `middle=N`, `sequence=N`, \
                       `code=N` in thousandths of the screen";

fn switch(entry: &Entry<'_>) -> Result<bool, Fault> {
    match &entry.value {
        DeValue::Boolean(is_on) => Ok(*is_on),
        _ => Err(entry.wanted("true or false")),
    }
}

/// Reads a word that is one of a few; a number may stand without quotes.
fn word(entry: &Entry<'_>, known: &[&'static str]) -> Result<&'static str, Fault> {
    let word = match &entry.value {
        DeValue::String(word) => word,
        DeValue::Integer(number) => number.as_str(),
        _ => return Err(entry.wanted("a word in quotes")),
    };
    let found = known.iter().find(|&&known| known == word);
    found.copied().ok_or_else(|| {
        let what = format!("`{}` can't be `{}`", entry.key, brief(word));
        entry.fault(what, near(word, known.iter().copied()))
    })
}

fn name(entry: &Entry<'_>) -> Result<Named, Fault> {
    let DeValue::String(name) = &entry.value else {
        return Err(entry.wanted("a name in quotes"));
    };
    Ok(Named {
        name: name.clone().into_owned(),
        line: entry.line,
    })
}

impl Settings {
    /// Reads the file of a person; the defaults where there is none.
    ///
    /// # Errors
    ///
    /// If there is one that is not as it must be.
    pub fn read(places: &Places) -> Result<Settings, Wrong> {
        let read = file::read(places.settings(), places, Settings::parse)?;
        Ok(read.unwrap_or_default())
    }

    /// Reads what stands in such a file.
    ///
    /// # Errors
    ///
    /// The first thing that can't be so.
    pub fn parse(text: &str) -> Result<Settings, Fault> {
        let mut settings = Settings::default();
        for entry in written::read(text)? {
            let known = || SETTINGS.iter().map(|setting| setting.name);
            let found = SETTINGS.iter().find(|setting| setting.name == entry.key);
            let setting = found.ok_or_else(|| {
                let mut fault = entry.unknown("setting", known());
                if entry.key == "keys" {
                    fault.hint = Some("keys are bound in `keys.toml`, beside this file".to_owned());
                }
                fault
            })?;
            (setting.set)(&mut settings, &entry)?;
        }
        Ok(settings)
    }

    /// Returns a file that changes nothing and explains everything.
    pub fn commented() -> String {
        let mut text = String::new();
        for setting in SETTINGS {
            for line in setting.help.lines() {
                // Writing into a text does not fail.
                let _ = writeln!(text, "# {line}");
            }
            let _ = writeln!(text, "#{} = {}\n", setting.name, setting.usual);
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_file_is_the_defaults() {
        let text = Settings::commented();
        assert_eq!(Settings::parse(&text), Ok(Settings::default()));
        // With every setting uncommented, too, and none is missing.
        let is_setting = |line: &&str| line.starts_with('#') && !line.starts_with("# ");
        let lines: Vec<_> = text.lines().filter(is_setting).collect();
        assert_eq!(lines.len(), SETTINGS.len());
        let bare = lines.join("\n").replace('#', "");
        let written = Settings::parse(&bare).unwrap();
        // Who writes it wants no other that was chosen on the screen before.
        assert_eq!(written.theme.as_ref().unwrap().name, "auto");
        assert_eq!(written.layout.as_deref(), Some(""));
        let usual = Settings {
            theme: None,
            layout: None,
            ..written
        };
        assert_eq!(usual, Settings::default(), "{bare}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 88),
            "{text}"
        );
    }

    #[test]
    fn each_setting_is_set() {
        let text = "theme = \"solar\"\ncolor = 256\nascii = true\nmouse = false\n\
                    layout = \"zoom focus=flow\"\nremember = false\n";
        let named = |name: &str, line| {
            let name = name.to_owned();
            Some(Named { name, line })
        };
        let expected = Settings {
            theme: named("solar", 1),
            color: "256",
            ascii: Some(true),
            mouse: false,
            layout: Some("zoom focus=flow".to_owned()),
            remember: false,
        };
        assert_eq!(Settings::parse(text), Ok(expected));
    }

    #[test]
    fn what_can_not_be_so_is_told_with_its_line_and_what_would_be() {
        for (text, told, hint) in [
            (
                "\nthme = \"dark\"",
                "line 2: there is no setting `thme`",
                Some("near to it: `theme`"),
            ),
            (
                "mouse = \"yes\"",
                "line 1: `mouse` is a string, and must be true or false",
                None,
            ),
            (
                "color = \"allways\"",
                "line 1: `color` can't be `allways`",
                Some("near to it: `always`"),
            ),
            (
                "color = [16]",
                "line 1: `color` is an array, and must be a word in quotes",
                None,
            ),
            (
                "color = \"red\"",
                "line 1: `color` can't be `red`",
                Some("there are `auto`, `never`, `16`, `256`, `true`, `always`"),
            ),
            (
                "\nlayout = \"zoom hide=cod\"",
                "line 2: `hide=cod` says nothing of a layout",
                Some(LAYOUTS),
            ),
            (
                "theme = 3",
                "line 1: `theme` is an integer, and must be a name in quotes",
                None,
            ),
            (
                "mouse = true\nmouse = false",
                "line 2: `mouse` stands there twice",
                Some("one of the two lines must go"),
            ),
            (
                "[keys]\n\"q\" = \"quit\"",
                "line 1: there is no setting `keys`",
                Some("keys are bound in `keys.toml`, beside this file"),
            ),
        ] {
            let fault = Settings::parse(text).unwrap_err();
            assert_eq!(fault.to_string(), told);
            assert_eq!(fault.hint.as_deref(), hint, "{text}");
        }
    }
}
