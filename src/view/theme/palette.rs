//! Palettes: the colours of everything, for every depth, by a name.
//!
//! Those that mpviz brings are files as a person writes them (`assets/themes`), so that the format
//! can do all that they do.

use super::{Depth, Ground, Mark, Role};
use crate::view::colour::{luminance, rgb_of};
use ratatui::style::Style;
use std::sync::OnceLock;

/// The colours of everything, for every depth.
#[derive(Clone, PartialEq, Debug)]
pub struct Palette {
    pub(super) name: String,
    pub(super) sets: [Set; 4],
}

/// The colours of everything, for one depth.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Set {
    pub(super) marks: [Style; Mark::ALL.len()],
    pub(super) roles: [Style; Role::ALL.len()],
    /// What is painted before everything else, where the ground is the theme's own.
    pub(super) paper: Style,
}

/// What a file's table says the look of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Mark(Mark),
    Role(Role),
    Paper,
}

impl Part {
    /// Returns every part there is.
    pub(super) fn all() -> impl Iterator<Item = Part> {
        let marks = Mark::ALL.iter().copied().map(Part::Mark);
        let roles = Role::ALL.iter().copied().map(Part::Role);
        marks.chain(roles).chain([Part::Paper])
    }

    /// Returns what a file calls it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Part::Mark(mark) => mark.look().word,
            Part::Role(role) => role.word(),
            Part::Paper => "paper",
        }
    }
}

impl Set {
    const fn bare() -> Set {
        Set {
            marks: [Style::new(); Mark::ALL.len()],
            roles: [Style::new(); Role::ALL.len()],
            paper: Style::new(),
        }
    }

    pub(super) fn of(&mut self, part: Part) -> &mut Style {
        match part {
            Part::Mark(mark) => &mut self.marks[mark as usize],
            Part::Role(role) => &mut self.roles[role as usize],
            Part::Paper => &mut self.paper,
        }
    }
}

/// The palettes that mpviz brings: name and file.
const BROUGHT: [(&str, &str); 4] = [
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    (
        "high-contrast-dark",
        include_str!("../../../assets/themes/high-contrast-dark.toml"),
    ),
    (
        "high-contrast-light",
        include_str!("../../../assets/themes/high-contrast-light.toml"),
    ),
];

impl Palette {
    /// The names of those that mpviz brings.
    pub const BROUGHT: [&'static str; 4] = [BROUGHT[0].0, BROUGHT[1].0, BROUGHT[2].0, BROUGHT[3].0];

    /// Returns one that mpviz brings. It is read when it is first asked for.
    pub fn brought(name: &str) -> Option<&'static Palette> {
        static READ: [OnceLock<Palette>; 4] = [const { OnceLock::new() }; 4];
        let at = BROUGHT.iter().position(|(known, _)| *known == name)?;
        let (name, text) = BROUGHT[at];
        // A test reads each, so that none can be wrong here; one that were would have no colours.
        Some(
            READ[at].get_or_init(|| Palette::parse(name, text).unwrap_or_else(|_| Palette::bare())),
        )
    }

    /// Returns the one that mpviz brings for a ground.
    pub fn of(ground: Ground, contrast: Contrast) -> &'static Palette {
        static BARE: OnceLock<Palette> = OnceLock::new();
        let name = match (contrast, ground) {
            (Contrast::Usual, Ground::Dark) => "dark",
            (Contrast::Usual, Ground::Light) => "light",
            (Contrast::High, Ground::Dark) => "high-contrast-dark",
            (Contrast::High, Ground::Light) => "high-contrast-light",
        };
        Palette::brought(name).unwrap_or_else(|| BARE.get_or_init(Palette::bare))
    }

    /// Returns one without any colour.
    pub(super) const fn bare() -> Palette {
        Palette {
            name: String::new(),
            sets: [const { Set::bare() }; 4],
        }
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns which ground it is for: it is light where its paper is.
    pub fn ground(&self) -> Ground {
        match luminance(self.paper()) > 0.2 {
            true => Ground::Light,
            false => Ground::Dark,
        }
    }

    /// Returns the colour of its paper.
    pub fn paper(&self) -> u32 {
        let paper = self.sets[Depth::TrueColor as usize].paper;
        paper.bg.and_then(rgb_of).unwrap_or(0)
    }
}

/// How far words and bars stand out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Contrast {
    /// As WCAG asks of every page.
    #[default]
    Usual,
    /// Much.
    High,
}
