//! How the screen looks: what the options say, else what the environment says.

use crate::app::config::Settings;
use crate::view::{Charset, Depth, Ground, Theme};

/// The options that say how things look.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Looks {
    pub(super) theme: Option<Ground>,
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
            "always" => Colour::Always,
            _ => Colour::Auto,
        }
    }
}

impl Looks {
    /// Returns the theme.
    pub(super) fn theme(&self) -> Theme {
        let ground = self
            .theme
            .unwrap_or_else(|| ground_of(variable("COLORFGBG").as_deref()));
        let depth = match self.colour {
            Colour::Never => Depth::None,
            Colour::Sixteen => Depth::Sixteen,
            Colour::Many => Depth::Indexed,
            Colour::Always => Depth::TrueColor,
            Colour::Auto => depth_of(
                variable("NO_COLOR").as_deref(),
                variable("COLORTERM").as_deref(),
                variable("TERM").as_deref(),
            ),
        };
        let charset = if self.ascii || !is_utf8() {
            Charset::Ascii
        } else {
            Charset::Unicode
        };
        let theme = Theme::new(ground, depth, charset);
        // A ground that was asked for is painted, whatever the terminal's own is.
        if self.theme.is_some() && depth != Depth::None {
            theme.with_paper()
        } else {
            theme
        }
    }
}

impl Looks {
    /// Returns the looks where the settings say what no option says.
    pub(super) fn or(mut self, settings: &Settings) -> Looks {
        let theme = settings.theme.as_ref().map(|theme| theme.name.as_str());
        self.theme = self.theme.or(match theme {
            Some("light") => Some(Ground::Light),
            Some("dark") => Some(Ground::Dark),
            _ => None,
        });
        if self.colour == Colour::Auto {
            self.colour = Colour::of_word(settings.color);
        }
        self.ascii |= settings.ascii == Some(true);
        self
    }

    /// Returns the theme of a picture, which has all colours and knows no environment.
    pub(super) fn picture_theme(&self, ground: Ground) -> Theme {
        let charset = if self.ascii {
            Charset::Ascii
        } else {
            Charset::Unicode
        };
        Theme::new(ground, Depth::TrueColor, charset).with_paper()
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

fn depth_of(no_colour: Option<&str>, colour_term: Option<&str>, term: Option<&str>) -> Depth {
    let term = term.unwrap_or_default();
    match colour_term {
        _ if no_colour.is_some() => Depth::None,
        Some("truecolor" | "24bit") => Depth::TrueColor,
        _ if term.contains("direct") => Depth::TrueColor,
        _ if term.contains("256") => Depth::Indexed,
        _ if matches!(term, "" | "vt100" | "vt220") => Depth::None,
        _ => Depth::Sixteen,
    }
}

/// Whether the locale's characters are UTF-8, by the first variable that says anything.
fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        assert_eq!(
            depth_of(Some("1"), Some("truecolor"), Some("xterm")),
            Depth::None
        );
        assert_eq!(
            depth_of(None, Some("truecolor"), Some("xterm")),
            Depth::TrueColor
        );
        assert_eq!(depth_of(None, None, Some("xterm-256color")), Depth::Indexed);
        assert_eq!(depth_of(None, None, Some("xterm")), Depth::Sixteen);
        assert_eq!(depth_of(None, None, Some("vt100")), Depth::None);
    }

    #[test]
    fn the_environment_says_whether_the_ground_is_light() {
        assert_eq!(ground_of(Some("0;15")), Ground::Light);
        assert_eq!(ground_of(Some("15;default;0")), Ground::Dark);
        assert_eq!(ground_of(None), Ground::Dark);
    }
}
