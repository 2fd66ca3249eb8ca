//! The theme: which glyph and which colour each thing has. Nothing else in this room names either.
//!
//! A *mark* is a state or a point: a glyph, its ASCII form, its form on a life-line. A *role* is
//! everything else that has a look of its own: text, rules, bands, chips, strips. Both tables stand
//! in `looks`; their colours are a [`Palette`]'s, one that mpviz brings or a person's own, with a set
//! for each depth of colour, so that drawing only looks up.
//!
//! Structure is grey and colour means state. Without colour every fact still stands in a glyph, a
//! word, bold or reverse.

mod file;
mod palette;
#[cfg(test)]
mod sight;
#[cfg(test)]
mod tests;

use super::colour::{BARS, WORDS, contrast, luminance, rgb_of, weakened};
pub use super::looks::{Mark, Role};
use super::signs::{ASCII, NARROW, Signs, UNICODE};
pub use palette::{Contrast, Palette};
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

impl Ground {
    /// Returns what a ground of the colour `0xRRGGBB` is: light where black stands out more from it
    /// than white.
    pub fn of_colour(rgb: u32) -> Ground {
        if luminance(rgb) > 0.179 {
            Ground::Light
        } else {
            Ground::Dark
        }
    }
}

/// How many colours the terminal has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Depth {
    /// Every colour of the table.
    #[default]
    TrueColor,
    /// The 256 of xterm.
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
    /// As `Unicode`, where the terminal draws what Unicode calls ambiguous two cells wide, as many
    /// in East Asia do: none of that.
    Narrow,
    /// ASCII alone.
    Ascii,
}

/// The looks of a terminal: palette, depth, characters.
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
    depth: Depth,
    charset: Charset,
    marks: [Style; Mark::ALL.len()],
    roles: [Style; Role::ALL.len()],
    /// What is painted before everything else; nothing where the ground is the terminal's own.
    paper: Style,
    /// The paper, whether it is painted or not.
    own_paper: Style,
    /// The colour of the ground, to which what is weak is near.
    ground: u32,
    /// Colours, and what they are at half strength.
    weak: Vec<(Color, Color)>,
}

impl Default for Theme {
    fn default() -> Theme {
        Theme::new(Ground::Dark, Depth::TrueColor, Charset::Unicode)
    }
}

impl Theme {
    /// Makes the usual theme of a terminal. Its own ground is left as it is.
    pub fn new(ground: Ground, depth: Depth, charset: Charset) -> Theme {
        Theme::of(Palette::of(ground, Contrast::Usual), depth, charset)
    }

    /// Makes the theme of a palette. The terminal's own ground is left as it is.
    pub fn of(palette: &Palette, depth: Depth, charset: Charset) -> Theme {
        let set = &palette.sets[depth as usize];
        let ground = set.paper.bg.and_then(rgb_of).unwrap_or(palette.paper());
        let mut weak: Vec<(Color, Color)> = Vec::new();
        for style in set.marks.iter().chain(&set.roles) {
            if let Some(fg) = style.fg
                && !weak.iter().any(|&(known, _)| known == fg)
            {
                weak.push((fg, weakened(fg, ground, BARS)));
            }
        }
        Theme {
            depth,
            charset,
            marks: set.marks,
            roles: set.roles,
            paper: Style::new(),
            own_paper: set.paper,
            ground,
            weak,
        }
    }

    /// Paints the ground too, for a screen whose own ground is another or is not known.
    pub fn with_paper(mut self) -> Theme {
        self.paper = self.own_paper;
        self
    }

    /// Returns whether words and bars can be told from a ground of the colour `0xRRGGBB`, which is
    /// the terminal's own.
    pub fn is_read_on(&self, ground: u32) -> bool {
        let stands_out = |style: &Style, least| {
            let fg = style.fg.and_then(rgb_of);
            fg.is_none_or(|fg| contrast(fg, ground) >= least)
        };
        let words = [Role::Text, Role::Dim, Role::Strong];
        words
            .iter()
            .all(|&role| stands_out(&self.style(role), WORDS))
            && self.marks.iter().all(|mark| stands_out(mark, BARS))
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
            Charset::Narrow => mark.look().narrow,
            Charset::Ascii => mark.look().ascii,
        }
    }

    /// Returns the glyph of a mark on a life-line.
    pub fn life(&self, mark: Mark) -> &'static str {
        match self.charset {
            Charset::Unicode => mark.look().life,
            Charset::Narrow => mark.look().narrow,
            Charset::Ascii => mark.look().ascii,
        }
    }

    /// Returns every other sign.
    #[inline]
    pub fn signs(&self) -> &'static Signs {
        match self.charset {
            Charset::Unicode => &UNICODE,
            Charset::Narrow => &NARROW,
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
        if matches!(self.depth, Depth::Sixteen | Depth::None) {
            return style
                .remove_modifier(Modifier::BOLD)
                .add_modifier(Modifier::DIM);
        }
        let known = |fg: Color| self.weak.iter().find(|&&(known, _)| known == fg);
        let weak =
            |fg| known(fg).map_or_else(|| weakened(fg, self.ground, BARS), |&(_, weak)| weak);
        Style {
            fg: style.fg.map(weak),
            // A ground only carries what is on it.
            bg: style.bg.map(|bg| weakened(bg, self.ground, 1.0)),
            ..style
        }
        .remove_modifier(Modifier::BOLD)
    }
}
