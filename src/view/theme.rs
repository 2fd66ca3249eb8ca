//! The theme: which glyph and which colour each thing has. Nothing else in this room names either.
//!
//! A *mark* is a state or a point: a glyph, its ASCII form, its form on a life-line, its colour. A
//! *role* is everything else that has a look of its own: text, rules, bands, chips, strips. Both
//! tables stand in `looks`, for a dark and a light ground; the four depths of colour are made from
//! them when a theme is made, so that drawing only looks up.
//!
//! Structure is grey and colour means state. Without colour every fact still stands in a glyph, a
//! word, bold or reverse.

use super::colour::{colour_of, rgb_of_index};
use super::looks::{MARKS, ROLES, look_style, on};
pub use super::looks::{Mark, Role};
use super::signs::{ASCII, Signs, UNICODE};
use ratatui::style::{Color, Modifier, Style};

/// What the ground of the terminal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ground {
    /// Light text on a dark ground.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Depth {
    /// Every colour of the table.
    #[default]
    TrueColor,
    /// The 256 of xterm: the nearest.
    Indexed,
    /// The sixteen that the terminal's user has chosen.
    Sixteen,
    /// None, as `NO_COLOR` asks: bold, dim and reverse.
    None,
}

/// Which characters the terminal can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Charset {
    /// Block elements, box drawing, geometric shapes.
    #[default]
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// The looks of a terminal: ground, depth, characters.
///
/// ```
/// use mpviz::view::theme::{Mark, Role, Theme};
///
/// let theme = Theme::default();
/// assert_eq!(theme.glyph(Mark::Get), "░");
/// assert_ne!(theme.style(Role::Text), theme.style(Role::Dim));
/// ```
#[derive(Clone, Debug)]
pub struct Theme {
    ground: Ground,
    depth: Depth,
    charset: Charset,
    marks: Vec<Style>,
    roles: Vec<Style>,
    paper: Style,
}

impl Default for Theme {
    fn default() -> Theme {
        Theme::new(Ground::Dark, Depth::TrueColor, Charset::Unicode)
    }
}

impl Theme {
    /// Makes the theme of a terminal. Its own ground is left as it is.
    pub fn new(ground: Ground, depth: Depth, charset: Charset) -> Theme {
        Theme {
            ground,
            depth,
            charset,
            marks: MARKS.iter().map(|m| m.style(ground, depth)).collect(),
            roles: ROLES.iter().map(|r| r.style(ground, depth)).collect(),
            paper: Style::new(),
        }
    }

    /// Paints the ground too, for a screen whose own ground is another or is not known.
    pub fn with_paper(mut self) -> Theme {
        let (text, paper) = match self.ground {
            Ground::Dark => (0xC9CED4, 0x16181C),
            Ground::Light => (0x2B3036, 0xFCFCFA),
        };
        self.paper = look_style(on(text, paper), self.depth).unwrap_or_default();
        self
    }

    /// Returns the look of a role.
    #[inline]
    pub fn style(&self, role: Role) -> Style {
        self.roles[role as usize]
    }

    /// Returns the look of a mark.
    #[inline]
    pub fn mark(&self, mark: Mark) -> Style {
        self.marks[mark as usize]
    }

    /// Returns what is painted before everything else.
    pub fn paper(&self) -> Style {
        self.paper
    }

    /// Returns the glyph of a mark: one cell wide but for locks in ASCII.
    #[inline]
    pub fn glyph(&self, mark: Mark) -> &'static str {
        match self.charset {
            Charset::Unicode => mark.look().glyph,
            Charset::Ascii => mark.look().ascii,
        }
    }

    /// Returns the glyph of a mark on a life-line.
    pub fn life(&self, mark: Mark) -> &'static str {
        match self.charset {
            Charset::Unicode => mark.look().life,
            Charset::Ascii => mark.look().ascii,
        }
    }

    /// Returns every other sign.
    #[inline]
    pub fn signs(&self) -> &'static Signs {
        match self.charset {
            Charset::Unicode => &UNICODE,
            Charset::Ascii => &ASCII,
        }
    }

    /// Returns the characters that the terminal can show.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Returns how many colours the terminal has.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// Returns whether there is any colour at all.
    pub fn has_colour(&self) -> bool {
        self.depth != Depth::None
    }

    /// Returns a style at half strength: what came after the cursor.
    pub fn half(&self, style: Style) -> Style {
        match self.depth {
            Depth::None => style
                .remove_modifier(Modifier::BOLD)
                .add_modifier(Modifier::DIM),
            Depth::Sixteen => style
                .fg(if self.ground == Ground::Dark {
                    Color::DarkGray
                } else {
                    Color::Gray
                })
                .remove_modifier(Modifier::BOLD),
            Depth::TrueColor | Depth::Indexed => Style {
                fg: style.fg.map(|colour| self.mixed(colour)),
                bg: style.bg.map(|colour| self.mixed(colour)),
                ..style
            }
            .remove_modifier(Modifier::BOLD),
        }
    }

    /// Returns a colour halfway to the ground.
    fn mixed(&self, colour: Color) -> Color {
        let ground = match self.ground {
            Ground::Dark => 0x16181C,
            Ground::Light => 0xFCFCFA,
        };
        let (r, g, b) = match colour {
            Color::Rgb(r, g, b) => (r, g, b),
            Color::Indexed(index) => rgb_of_index(index),
            other => return other,
        };
        let [_, gr, gg, gb] = u32::to_be_bytes(ground);
        let half = |a: u8, b: u8| a / 2 + b / 2 + (a & b & 1);
        let rgb = u32::from_be_bytes([0, half(r, gr), half(g, gg), half(b, gb)]);
        colour_of(rgb, self.depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_has_a_look_in_every_theme() {
        for ground in [Ground::Dark, Ground::Light] {
            for depth in [
                Depth::TrueColor,
                Depth::Indexed,
                Depth::Sixteen,
                Depth::None,
            ] {
                let theme = Theme::new(ground, depth, Charset::Ascii);
                for &mark in Mark::ALL {
                    assert_eq!(theme.mark(mark).fg.is_some(), depth != Depth::None);
                    assert!(theme.glyph(mark).is_ascii(), "{mark:?}");
                    assert_eq!(theme.mark(mark).bg, None, "a mark has no ground of its own");
                }
            }
        }
    }

    #[test]
    fn half_strength_is_halfway_to_the_ground() {
        let theme = Theme::default();
        let half = theme.half(Style::new().fg(Color::Rgb(0xE6, 0x9F, 0)));
        assert_eq!(half.fg, Some(Color::Rgb(0x7E, 0x5B, 0x0E)));
    }

    /// How much lighter one colour is than another, as WCAG counts it.
    fn contrast(a: Color, b: Color) -> f64 {
        let luminance = |colour: Color| {
            let Color::Rgb(r, g, b) = colour else {
                panic!("no true colour: {colour}");
            };
            let part = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.040_45 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b) + 0.05
        };
        let (a, b) = (luminance(a), luminance(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn source_can_be_read_and_is_nearly_grey() {
        for ground in [Ground::Dark, Ground::Light] {
            let theme = Theme::new(ground, Depth::TrueColor, Charset::Unicode).with_paper();
            let paper = theme.paper().bg.unwrap();
            for role in [Role::Dim, Role::Keyword, Role::Literal, Role::Comment] {
                let ink = theme.style(role).fg.unwrap();
                let found = contrast(ink, paper);
                assert!(found >= 4.5, "{ground:?} {role:?}: {found:.2}");
                let Color::Rgb(r, g, b) = ink else {
                    panic!("no true colour: {ink}");
                };
                let span = r.max(g).max(b) - r.min(g).min(b);
                assert!(span < 64, "{ground:?} {role:?} is coloured like a state");
            }
        }
    }

    #[test]
    fn without_colour_nothing_has_a_colour() {
        let theme = Theme::new(Ground::Dark, Depth::None, Charset::Unicode);
        for style in theme.roles.iter().chain(&theme.marks) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }
}
