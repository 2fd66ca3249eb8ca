//! Colours: each that is seen has a number, and a cell's five are mixed from its two.

use super::super::colour::{Rgb, of_cell};
use super::super::shot::Paper;
use ratatui::buffer::Cell;
use ratatui::style::Modifier;
use std::collections::HashMap;

/// So many steps lead from a ground to an ink. Strokes stand on whole pixels, so that few are between:
/// eight look hardly better and make a film larger.
pub(super) const STEPS: u8 = 4;

/// The colours from a ground (0) to an ink ([`STEPS`]).
pub(super) type Ramp = [Ink; STEPS as usize + 1];

/// The number of a colour: they are counted in the order in which they first come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::record) struct Ink(u32);

impl Ink {
    /// Returns the number, as an index.
    pub(in crate::record) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The colours of a picture or film.
#[derive(Default)]
pub(in crate::record) struct Inks {
    colours: Vec<Rgb>,
    numbers: HashMap<Rgb, Ink>,
    ramps: HashMap<(Rgb, Rgb), Ramp>,
}

impl Inks {
    /// Returns every colour, in the order of their numbers.
    pub(in crate::record) fn colours(&self) -> &[Rgb] {
        &self.colours
    }

    /// Returns a colour's number.
    pub(super) fn ink(&mut self, colour: Rgb) -> Ink {
        // There are 2^24 colours.
        let next = Ink(u32::try_from(self.colours.len()).unwrap_or(u32::MAX));
        *self.numbers.entry(colour).or_insert_with(|| {
            self.colours.push(colour);
            next
        })
    }

    /// Returns the colours from a ground (0) to an ink ([`STEPS`]).
    pub(super) fn ramp(&mut self, ink: Rgb, ground: Rgb) -> Ramp {
        if let Some(&known) = self.ramps.get(&(ink, ground)) {
            return known;
        }
        let ramp = std::array::from_fn(|step| {
            let step = u8::try_from(step).unwrap_or(STEPS);
            self.ink(mixed(ink, ground, step))
        });
        self.ramps.insert((ink, ground), ramp);
        ramp
    }
}

/// Returns a colour so many steps from a ground to an ink.
fn mixed(ink: Rgb, ground: Rgb, step: u8) -> Rgb {
    std::array::from_fn(|part| {
        let (step, steps) = (u16::from(step), u16::from(STEPS));
        let sum = u16::from(ink[part]) * step + u16::from(ground[part]) * (steps - step);
        u8::try_from((sum + steps / 2) / steps).unwrap_or(u8::MAX)
    })
}

/// What a cell looks like, beside its symbol.
pub(super) struct Look {
    pub(super) ink: Rgb,
    pub(super) ground: Rgb,
    pub(super) is_bold: bool,
}

impl Look {
    pub(super) fn of(cell: &Cell, paper: Paper) -> Look {
        let (mut ink, ground) = of_cell(cell, paper);
        if cell.modifier.contains(Modifier::HIDDEN) {
            ink = ground;
        }
        Look {
            ink,
            ground,
            is_bold: cell.modifier.contains(Modifier::BOLD),
        }
    }
}
