//! How the screen looks: what the options say, else what the environment says.

use super::error::CliError;
use crate::app::config::themes::{self, NoTheme};
use crate::app::config::{Settings, Settled};
use crate::app::looks::{Choice, Looks as ScreenLooks};
use crate::ui::written::{Fault, brief};
use crate::view::{Charset, Contrast, Depth, Ground, Scheme, Theme};

/// The options that say how things look.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Looks {
    /// The theme's name.
    pub(super) theme: Option<String>,
    pub(super) colour: Colour,
    pub(super) ascii: bool,
    /// The mouse stays the terminal's.
    pub(super) no_mouse: bool,
}

/// `--color`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Colour {
    /// As many as the terminal says that it has.
    #[default]
    Auto,
    /// None.
    Never,
    /// Sixteen.
    Sixteen,
    /// 256.
    Many,
    /// All.
    Always,
}

impl Colour {
    /// Returns what a word means.
    pub(super) fn of_word(word: &str) -> Colour {
        match word {
            "never" => Colour::Never,
            "16" => Colour::Sixteen,
            "256" => Colour::Many,
            "true" | "always" => Colour::Always,
            _ => Colour::Auto,
        }
    }
}

impl Looks {
    /// Returns how the screen looks; what no option says, the settings do.
    ///
    /// # Errors
    ///
    /// If an option names a theme that there is not. One whose file is wrong is told on the screen.
    pub(super) fn of_screen(&self, settled: &mut Settled) -> Result<ScreenLooks, CliError> {
        let colour = match self.colour {
            Colour::Auto => Colour::of_word(settled.settings.color),
            colour => colour,
        };
        let depth = match colour {
            Colour::Never => Depth::None,
            Colour::Sixteen => Depth::Sixteen,
            Colour::Many => Depth::Indexed,
            Colour::Always => Depth::TrueColor,
            Colour::Auto => depth_of(&variable),
        };
        let charset = if self.is_ascii(&settled.settings) {
            Charset::Ascii
        } else {
            Charset::Unicode
        };
        let ground = ground_of(variable("COLORFGBG").as_deref());
        Ok(ScreenLooks::new(
            self.choice(settled)?,
            depth,
            charset,
            ground,
        ))
    }

    fn choice(&self, settled: &mut Settled) -> Result<Choice, CliError> {
        let named = settled.settings.theme.clone();
        let name = match (&self.theme, &named) {
            (Some(name), _) => name.as_str(),
            (None, Some(named)) => named.name.as_str(),
            (None, None) => {
                // It was chosen on the screen. One that is gone by now nobody has asked for.
                let kept = settled.keeper.state.theme.as_deref();
                if let Some(Ok(palette)) = kept.map(|name| themes::find(name, &settled.places)) {
                    return Ok(Choice::Own(Box::new(palette)));
                }
                themes::ASKED[0]
            }
        };
        let usual = Choice::OfTerminal(Contrast::Usual);
        let why = match name {
            "auto" => return Ok(usual),
            "high-contrast" => return Ok(Choice::OfTerminal(Contrast::High)),
            name => match themes::find(name, &settled.places) {
                Ok(scheme) => return Ok(Choice::Own(Box::new(scheme))),
                Err(why) => why,
            },
        };
        match (why, &named) {
            (NoTheme::Wrong(wrong), _) => settled.wrong.push(wrong),
            (NoTheme::Unknown { near, .. }, Some(named)) if self.theme.is_none() => {
                settled.doubt(Fault {
                    line: Some(named.line),
                    what: format!("there is no theme `{}`", brief(&named.name)),
                    hint: near,
                });
            }
            (why, _) => return Err(why.into()),
        }
        Ok(usual)
    }

    /// Returns whether text and screen are ASCII: an option says so, the settings, or the locale.
    pub(super) fn is_ascii(&self, settings: &Settings) -> bool {
        self.ascii || settings.ascii.unwrap_or_else(|| !is_utf8(&variable))
    }

    /// Returns the theme of a picture, which has all colours and knows no environment.
    pub(super) fn picture_theme(&self, scheme: &Scheme) -> Theme {
        let charset = if self.ascii {
            Charset::Ascii
        } else {
            Charset::Unicode
        };
        Theme::of(scheme, Depth::TrueColor, charset).with_paper()
    }
}

/// Returns how many columns and rows the terminal has that mpviz prints on, if it is one.
pub(super) fn own_size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The last number of `COLORFGBG` is the ground's colour: 7 and 15 are white.
fn ground_of(colours: Option<&str>) -> Ground {
    match colours.and_then(|colours| colours.rsplit(';').next()) {
        Some("7" | "15") => Ground::Light,
        _ => Ground::Dark,
    }
}

/// What an environment says, by the name of a variable.
type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Returns how many colours the terminal has, as far as the environment tells. Where a terminal is
/// reached by ssh, often TERM alone does.
fn depth_of(variable: Variables<'_>) -> Depth {
    let says = |name: &str| variable(name).unwrap_or_default();
    let is_set = |name: &str| variable(name).is_some();
    let term = says("TERM");
    let is_term = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
    // GNU screen hands on what its own terminal said, and shows no more than 256 itself.
    let is_within_screen = is_set("STY");
    let is_true = matches!(says("COLORTERM").as_str(), "truecolor" | "24bit")
        || term.contains("direct")
        || is_term(TRUE_COLOURS)
        || ["WT_SESSION", "KONSOLE_VERSION"].into_iter().any(is_set)
        || TRUE_PROGRAMS.contains(&says("TERM_PROGRAM").as_str());
    if is_set("NO_COLOR") || is_term(NO_COLOURS) || term.ends_with("-m") || term.ends_with("-mono")
    {
        Depth::None
    } else if is_true && !is_within_screen {
        Depth::TrueColor
    } else if term.contains("256") || is_true || is_term(&["tmux"]) {
        Depth::Indexed
    } else if term.is_empty() {
        // Nobody knows what this is.
        Depth::None
    } else {
        Depth::Sixteen
    }
}

/// Terminals that have all colours, by how their TERM begins.
const TRUE_COLOURS: &[&str] = &[
    "xterm-kitty",
    "xterm-ghostty",
    "alacritty",
    "foot",
    "wezterm",
    "contour",
    "rio",
];
/// The same, by the TERM_PROGRAM that they set.
const TRUE_PROGRAMS: [&str; 4] = ["iTerm.app", "WezTerm", "ghostty", "vscode"];
/// Terminals that have none.
const NO_COLOURS: &[&str] = &["vt1", "vt2", "vt3", "vt4", "vt5", "dumb"];

/// Whether the locale's characters are UTF-8, by the first variable that says anything.
fn is_utf8(variable: Variables<'_>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An environment such as `TERM=xterm STY=1`; what is empty counts as not set.
    fn environment(text: &'static str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let mut pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(known, value)| *known == name && !value.is_empty());
            found.map(|(_, value)| value.to_owned())
        }
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        for (variables, expected) in [
            ("TERM=xterm COLORTERM=truecolor", Depth::TrueColor),
            ("TERM=xterm COLORTERM=24bit", Depth::TrueColor),
            ("TERM=xterm-256color", Depth::Indexed),
            ("TERM=xterm-256color COLORTERM=1", Depth::Indexed),
            ("TERM=xterm", Depth::Sixteen),
            ("TERM=linux", Depth::Sixteen),
            ("TERM=screen", Depth::Sixteen),
            ("TERM=nobody-knows-it", Depth::Sixteen),
            // By ssh there is TERM alone.
            ("TERM=xterm-kitty", Depth::TrueColor),
            ("TERM=foot-extra", Depth::TrueColor),
            ("TERM=xterm-direct", Depth::TrueColor),
            ("TERM=xterm-256color WT_SESSION=1-2", Depth::TrueColor),
            (
                "TERM=xterm-256color TERM_PROGRAM=iTerm.app",
                Depth::TrueColor,
            ),
            (
                "TERM=xterm-256color TERM_PROGRAM=Apple_Terminal",
                Depth::Indexed,
            ),
            // Within others.
            ("TERM=tmux", Depth::Indexed),
            (
                "TERM=tmux-256color COLORTERM=truecolor TMUX=/t",
                Depth::TrueColor,
            ),
            (
                "TERM=screen-256color COLORTERM=truecolor STY=1",
                Depth::Indexed,
            ),
            ("TERM=screen COLORTERM=truecolor STY=1", Depth::Indexed),
            ("TERM=vt100", Depth::None),
            ("TERM=vt220-8bit COLORTERM=", Depth::None),
            ("TERM=xterm-mono", Depth::None),
            ("TERM=", Depth::None),
            ("NO_COLOR=1 TERM=xterm COLORTERM=truecolor", Depth::None),
            ("NO_COLOR= TERM=xterm COLORTERM=truecolor", Depth::TrueColor),
        ] {
            assert_eq!(depth_of(&environment(variables)), expected, "{variables}");
        }
    }

    #[test]
    fn the_environment_says_whether_the_ground_is_light() {
        assert_eq!(ground_of(Some("0;15")), Ground::Light);
        assert_eq!(ground_of(Some("15;default;0")), Ground::Dark);
        assert_eq!(ground_of(Some("7")), Ground::Light);
        assert_eq!(ground_of(Some("default;default")), Ground::Dark);
        assert_eq!(ground_of(None), Ground::Dark);
    }

    #[test]
    fn the_locale_says_whether_there_is_more_than_ascii() {
        for (variables, expected) in [
            ("LANG=en_US.UTF-8", true),
            ("LANG=C.utf8", true),
            ("LANG=ja_JP.UTF-8", true),
            ("LANG=ja_JP.eucJP", false),
            ("LANG=ja_JP.SJIS", false),
            ("LANG=C", false),
            ("LANG=POSIX", false),
            ("LANG=", false),
            // The first that says anything counts.
            ("LC_ALL=C LC_CTYPE=en_US.UTF-8 LANG=en_US.UTF-8", false),
            ("LC_ALL= LC_CTYPE=ja_JP.eucJP LANG=ja_JP.UTF-8", false),
            ("LC_CTYPE=C.UTF-8 LANG=C", true),
        ] {
            assert_eq!(is_utf8(&environment(variables)), expected, "{variables}");
        }
    }
}
