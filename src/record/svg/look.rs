//! Cells as pictures see them: a symbol and its look in each theme, each pair of these once.

use super::super::colour::{self, Rgb};
use super::super::font::{BOLD, REGULAR};
use super::super::shape::{Shape, shape};
use super::super::shot::{Paper, Shot};
use ratatui::buffer::Cell;
use ratatui::style::Modifier;
use std::collections::HashMap;
use unicode_width::UnicodeWidthStr;

/// A colour in the dark theme, or in the only one, and in the light one if there are two. `None` is
/// the paper's ground.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Tint(pub(super) Option<Rgb>, pub(super) Option<Rgb>);

/// What holds in the dark theme, or in the only one, and in the light one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Holds(pub(super) bool, pub(super) bool);

/// What stands in a cell.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Sign {
    /// Nothing.
    Blank,
    /// Geometry.
    Shape(Shape),
    /// Text of the font that is brought along.
    Text(char),
    /// Text of the reader's fonts, of so many cells.
    Foreign(String, usize),
}

/// A cell without its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Look {
    /// What stands in it.
    pub(super) sign: Sign,
    /// The colour of that.
    pub(super) ink: Tint,
    /// The colour behind it.
    pub(super) ground: Tint,
    /// Whether it is bold.
    pub(super) bold: Holds,
    /// Whether there is a line below it.
    pub(super) underlined: bool,
    /// Whether there is a line through it.
    pub(super) crossed: bool,
}

impl Look {
    /// Returns how many columns it takes.
    pub(super) fn width(&self) -> usize {
        match &self.sign {
            Sign::Foreign(_, cells) => *cells,
            _ => 1,
        }
    }
}

/// The looks of a film, in the order in which they first came.
#[derive(Debug)]
pub(super) struct Looks {
    paper: Paper,
    light: Option<Paper>,
    known: HashMap<Cell, Vec<(Option<Cell>, u32)>>,
    looks: Vec<Look>,
}

impl Looks {
    /// Returns a table without any.
    pub(super) fn new(paper: Paper, light: Option<Paper>) -> Looks {
        Looks {
            paper,
            light,
            known: HashMap::new(),
            looks: Vec::new(),
        }
    }

    /// Returns a look.
    pub(super) fn get(&self, id: u32) -> &Look {
        &self.looks[id as usize]
    }

    /// Returns all of them.
    pub(super) fn all(&self) -> &[Look] {
        &self.looks
    }

    /// Writes the number of each cell's look, row by row; `cells` are those of the frame before, where
    /// the same cells stand already. Returns the rows that have changed.
    pub(super) fn read(
        &mut self,
        shot: &Shot,
        before: Option<&Shot>,
        cells: &mut Vec<u32>,
    ) -> Vec<usize> {
        let new = &shot.frame.content;
        let light = self
            .light
            .and(shot.light.as_ref())
            .map(|light| &light.content);
        let before = before
            .filter(|before| cells.len() == new.len() && before.frame.content.len() == new.len());
        let before_light = before.and_then(|before| before.light.as_ref());
        cells.resize(new.len(), 0);
        let width = usize::from(shot.frame.area.width).max(1);
        let mut rows = Vec::new();
        for (at, cell) in new.iter().enumerate() {
            let light = light.and_then(|light| light.get(at));
            let is_same = before.is_some_and(|before| {
                before.frame.content[at] == *cell
                    && before_light.and_then(|before| before.content.get(at)) == light
            });
            if is_same {
                continue;
            }
            let id = self.id(cell, light);
            if before.is_some() && cells[at] == id {
                continue;
            }
            cells[at] = id;
            if rows.last() != Some(&(at / width)) {
                rows.push(at / width);
            }
        }
        rows
    }

    fn id(&mut self, cell: &Cell, light: Option<&Cell>) -> u32 {
        if let Some(pairs) = self.known.get(cell)
            && let Some(&(_, id)) = pairs.iter().find(|(known, _)| known.as_ref() == light)
        {
            return id;
        }
        let look = self.look(cell, light);
        let id = match self.looks.iter().position(|known| *known == look) {
            Some(known) => known,
            None => {
                self.looks.push(look);
                self.looks.len() - 1
            }
        };
        let id = u32::try_from(id).unwrap_or(u32::MAX);
        let pairs = self.known.entry(cell.clone()).or_default();
        pairs.push((light.cloned(), id));
        id
    }

    fn look(&self, cell: &Cell, light: Option<&Cell>) -> Look {
        let (ink, ground) = colours(cell, self.paper);
        let (light_ink, light_ground) = match (light, self.light) {
            (Some(cell), Some(paper)) => colours(cell, paper),
            _ => (ink, ground),
        };
        let has = |modifier| {
            let first = cell.modifier.contains(modifier);
            let second = light.map_or(first, |light| light.modifier.contains(modifier));
            Holds(first, second)
        };
        let sign = sign(cell);
        let is_drawn = |holds: Holds| holds.0 || holds.1;
        let (underlined, crossed) = (
            is_drawn(has(Modifier::UNDERLINED)),
            is_drawn(has(Modifier::CROSSED_OUT)),
        );
        let is_blank = sign == Sign::Blank && !underlined && !crossed;
        let is_text = matches!(sign, Sign::Text(_) | Sign::Foreign(..));
        Look {
            // What is not seen is not told apart.
            ink: if is_blank {
                Tint(None, None)
            } else {
                Tint(Some(ink), Some(light_ink))
            },
            ground: Tint(ground, light_ground),
            bold: if is_text {
                has(Modifier::BOLD)
            } else {
                Holds(false, false)
            },
            sign,
            underlined,
            crossed,
        }
    }
}

fn sign(cell: &Cell) -> Sign {
    let symbol = cell.symbol();
    if symbol.trim().is_empty() || cell.modifier.contains(Modifier::HIDDEN) {
        return Sign::Blank;
    }
    if let Some(shape) = shape(symbol) {
        return Sign::Shape(shape);
    }
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if REGULAR.has(c) && BOLD.has(c) => Sign::Text(c),
        _ => Sign::Foreign(symbol.to_owned(), symbol.width().max(1)),
    }
}

/// Returns a cell's ink and ground, `None` for the paper's.
fn colours(cell: &Cell, paper: Paper) -> (Rgb, Option<Rgb>) {
    let (ink, ground) = colour::of_cell(cell, paper);
    let (_, of_paper) = colour::of_paper(paper);
    (ink, Some(ground).filter(|ground| *ground != of_paper))
}
