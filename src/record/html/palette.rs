//! The colours of a page: each a pair, of the dark and of the light ground, with a class of its own.
//!
//! A look is the text's colour, the ground's, where it is bold, and the lines below and through it. Which
//! of a pair is seen is decided by the style sheets alone, so that the script paints once for both.
//! Colours are those of the still picture (`record::svg`).

use crate::record::colour::{Rgb, hex, of_cell, of_paper};
use crate::record::shot::Paper;
use ratatui::buffer::Cell;
use ratatui::style::Modifier;
use std::collections::HashMap;
use std::fmt::Write;

/// A colour on the film's ground and on the other; `None` is the ground that is there already.
type Pair = (Option<Rgb>, Option<Rgb>);

/// What a cell looks like beside its character.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Look {
    /// The class of its text.
    pub(super) text: u16,
    /// The class of its ground, if it has one.
    pub(super) ground: Option<u16>,
    /// Whether it is bold: in neither, in both, on the film's ground alone, on the light one alone.
    pub(super) weight: u8,
    /// 1 for a line below, 2 for one through it.
    pub(super) lines: u8,
}

/// What classes the weights have.
pub(super) const WEIGHTS: [&str; 4] = ["", " b", " bd", " bl"];

/// The colours and looks of a film, numbered as they come.
#[derive(Debug)]
pub(super) struct Palette {
    paper: Paper,
    light: Option<Paper>,
    pairs: Vec<Pair>,
    classes: HashMap<Pair, u16>,
    looks: Vec<Look>,
    numbers: HashMap<Look, u16>,
}

impl Palette {
    pub(super) fn new(paper: Paper, light: Option<Paper>) -> Palette {
        let mut palette = Palette {
            paper,
            light,
            pairs: Vec::new(),
            classes: HashMap::new(),
            looks: Vec::new(),
            numbers: HashMap::new(),
        };
        // The look of a blank cell is the first.
        palette.look(&Cell::EMPTY, None, false);
        palette
    }

    /// Returns the number of a cell's look; without a light cell it looks the same on both grounds. What
    /// is not seen in a blank cell is not told apart.
    pub(super) fn look(&mut self, cell: &Cell, light: Option<&Cell>, is_seen: bool) -> u16 {
        let light = light.unwrap_or(cell);
        let light_paper = self.light.unwrap_or(self.paper);
        let (mut text, ground) = colours(cell, self.paper);
        let (mut light_text, light_ground) = colours(light, light_paper);
        let has = |modifier| {
            (
                cell.modifier.contains(modifier),
                light.modifier.contains(modifier),
            )
        };
        let has_any = |modifier| (cell.modifier | light.modifier).contains(modifier);
        let below = u8::from(has_any(Modifier::UNDERLINED));
        let lines = below + 2 * u8::from(has_any(Modifier::CROSSED_OUT));
        if !is_seen && lines == 0 {
            (text, light_text) = (of_paper(self.paper).0, of_paper(light_paper).0);
        }
        let look = Look {
            text: self.class((Some(text), Some(light_text))),
            ground: match (ground, light_ground) {
                (None, None) => None,
                pair => Some(self.class(pair)),
            },
            weight: match has(Modifier::BOLD) {
                _ if !is_seen => 0,
                (false, false) => 0,
                (true, true) => 1,
                (true, false) => 2,
                (false, true) => 3,
            },
            lines,
        };
        if let Some(&number) = self.numbers.get(&look) {
            return number;
        }
        let Ok(number) = u16::try_from(self.looks.len()) else {
            return 0; // More looks than a frame of the largest size has cells.
        };
        self.looks.push(look);
        self.numbers.insert(look, number);
        number
    }

    /// Returns a look by its number.
    pub(super) fn of(&self, number: u16) -> Look {
        self.looks[usize::from(number)]
    }

    /// Returns the looks as the script reads them: text, ground or -1, weight, lines.
    pub(super) fn looks(&self) -> Vec<(u16, i32, u8, u8)> {
        let told = |look: &Look| {
            let ground = look.ground.map_or(-1, i32::from);
            (look.text, ground, look.weight, look.lines)
        };
        self.looks.iter().map(told).collect()
    }

    /// Returns the style sheet of the classes, on the film's ground.
    pub(super) fn css(&self) -> String {
        let mut css = page_colours(self.paper);
        for (at, &(colour, _)) in self.pairs.iter().enumerate() {
            let _ = write!(css, ".c{at}{{fill:{}}}", fill(colour));
        }
        css.push('\n');
        css
    }

    /// Returns what is different on the light ground; nothing if there is none.
    pub(super) fn light_css(&self) -> String {
        let Some(paper) = self.light else {
            return String::new();
        };
        let mut css = page_colours(paper);
        for (at, &(dark, light)) in self.pairs.iter().enumerate() {
            if dark != light {
                let _ = write!(css, ".c{at}{{fill:{}}}", fill(light));
            }
        }
        css.push_str(
            "\nsvg text.bd{font-weight:normal!important}svg text.bl{font-weight:bold!important}",
        );
        css
    }

    fn class(&mut self, pair: Pair) -> u16 {
        if let Some(&class) = self.classes.get(&pair) {
            return class;
        }
        let Ok(class) = u16::try_from(self.pairs.len()) else {
            return 0;
        };
        self.pairs.push(pair);
        self.classes.insert(pair, class);
        class
    }
}

/// Returns a cell's colours; no ground if it is the paper's.
fn colours(cell: &Cell, paper: Paper) -> (Rgb, Option<Rgb>) {
    let (text, ground) = of_cell(cell, paper);
    (
        text,
        Some(ground).filter(|ground| *ground != of_paper(paper).1),
    )
}

fn fill(colour: Option<Rgb>) -> String {
    colour.map_or("none".to_owned(), hex)
}

/// Returns the colours of the page around the picture: one of two sets, by what the ground is.
fn page_colours(paper: Paper) -> String {
    let (_, ground) = of_paper(paper);
    let [r, g, b] = ground.map(u32::from);
    let is_dark = r * 3 + g * 6 + b < 1275;
    let (scheme, others) = if is_dark {
        (
            "dark",
            "--ground:#101215;--text:#c9ced4;--strong:#fff;--dim:#989fa7;--raised:#20252b;--rule:#262b31;\
             --edge:#5b636c;--accent:#56b4e9;--mark:#e69f00",
        )
    } else {
        (
            "light",
            "--ground:#f4f5f6;--text:#2b3036;--strong:#000;--dim:#4a5056;--raised:#e6ebf0;--rule:#d9dce0;\
             --edge:#868d94;--accent:#1470a4;--mark:#a56700",
        )
    };
    format!(
        ":root{{color-scheme:{scheme};--paper:{};{others}}}\n",
        hex(ground),
    )
}
