//! Paths between stations: thin at rest, thick and lit where something just moved.
//!
//! Lines are laid into a grid of arms first, each cell knowing to which sides it goes on, and drawn
//! afterwards; so lines that meet become a fork without anybody having to know of the other.

use crate::view::pen::Pen;
use crate::view::signs::Turns;
use crate::view::theme::Role;

const NORTH: u8 = 1;
const EAST: u8 = 2;
const SOUTH: u8 = 4;
const WEST: u8 = 8;

/// Whether something just moved along a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    /// Nothing moves.
    Rest,
    /// Something moved in the last half second.
    Lit,
}

impl Ink {
    /// Returns [`Ink::Lit`] if `lit`.
    pub(super) fn lit(lit: bool) -> Ink {
        if lit { Ink::Lit } else { Ink::Rest }
    }
}

/// Lines, laid out and not yet drawn.
pub(super) struct Paths {
    width: u16,
    height: u16,
    /// The arms at rest in the low four bits, the lit ones in the high four.
    arms: Vec<u8>,
    heads: Vec<(u16, u16, Ink, bool)>,
}

impl Paths {
    /// Returns an empty grid of the pen's size.
    pub(super) fn new(pen: &Pen<'_, '_>) -> Paths {
        let (width, height) = (pen.width(), pen.height());
        let cells = usize::from(width) * usize::from(height);
        Paths {
            width,
            height,
            arms: vec![0; cells],
            heads: Vec::new(),
        }
    }

    fn add(&mut self, x: u16, y: u16, arms: u8, ink: Ink) {
        if x < self.width && y < self.height {
            let at = usize::from(y) * usize::from(self.width) + usize::from(x);
            self.arms[at] |= match ink {
                Ink::Rest => arms,
                Ink::Lit => arms << 4,
            };
        }
    }

    /// Lays a line along a row, from the middle of one cell to the middle of the other, and on to
    /// the cells' outer edges where `open` says so (left, right).
    pub(super) fn along(&mut self, y: u16, from: u16, to: u16, open: (bool, bool), ink: Ink) {
        for x in from..=to {
            let mut arms = 0;
            if x > from || open.0 {
                arms |= WEST;
            }
            if x < to || open.1 {
                arms |= EAST;
            }
            self.add(x, y, arms, ink);
        }
    }

    /// Lays a line along a column, between the middles of two cells, in whichever order.
    pub(super) fn down(&mut self, x: u16, from: u16, to: u16, ink: Ink) {
        let (top, bottom) = (from.min(to), from.max(to));
        for y in top..=bottom {
            let mut arms = 0;
            if y > top {
                arms |= NORTH;
            }
            if y < bottom {
                arms |= SOUTH;
            }
            self.add(x, y, arms, ink);
        }
    }

    /// Sets an arrow's head, to the right or to the left.
    pub(super) fn head(&mut self, x: u16, y: u16, to_right: bool, ink: Ink) {
        self.heads.push((x, y, ink, to_right));
    }

    /// Lays a line along a row that ends in a head at `to`: `──►`.
    pub(super) fn arrow(&mut self, y: u16, from: u16, to: u16, ink: Ink) {
        if to > from {
            self.along(y, from, to - 1, (true, true), ink);
        }
        self.head(to, y, true, ink);
    }

    /// Draws everything.
    pub(super) fn draw(&self, pen: &mut Pen<'_, '_>) {
        let theme = pen.theme();
        let (rest, lit) = (theme.style(Role::Dim), theme.style(Role::Lit));
        let signs = theme.signs();
        for y in 0..self.height {
            for x in 0..self.width {
                let arms = self.arms[usize::from(y) * usize::from(self.width) + usize::from(x)];
                let (bright, dark) = (arms >> 4, arms & 15);
                if bright != 0 {
                    let all = bright | dark;
                    let mixed = signs
                        .mixed_turns
                        .iter()
                        .find(|m| (m.0, m.1) == (all, bright));
                    let sign = match mixed {
                        Some(&(.., sign)) => sign,
                        None => shape(bright, &signs.lit_turns, signs.lit, signs.lit_upright),
                    };
                    pen.sign(x, y, sign, lit);
                } else if dark != 0 {
                    let sign = shape(dark, &signs.turns, signs.rule, signs.upright);
                    pen.sign(x, y, sign, rest);
                }
            }
        }
        for &(x, y, ink, to_right) in &self.heads {
            let sign = if to_right {
                signs.arrow
            } else {
                signs.arrow_left
            };
            pen.sign(x, y, sign, if ink == Ink::Lit { lit } else { rest });
        }
    }
}

fn shape(arms: u8, turns: &Turns, rule: &'static str, upright: &'static str) -> &'static str {
    const NE: u8 = NORTH | EAST;
    const NW: u8 = NORTH | WEST;
    const SE: u8 = SOUTH | EAST;
    const SW: u8 = SOUTH | WEST;
    const NSE: u8 = NORTH | SOUTH | EAST;
    const NSW: u8 = NORTH | SOUTH | WEST;
    const SEW: u8 = SOUTH | EAST | WEST;
    const NEW: u8 = NORTH | EAST | WEST;
    match arms {
        NE => turns.right_up,
        NW => turns.left_up,
        SE => turns.right_down,
        SW => turns.left_down,
        NSE => turns.fork_right,
        NSW => turns.fork_left,
        SEW => turns.fork_down,
        NEW => turns.fork_up,
        15 => turns.cross,
        a if a & (EAST | WEST) != 0 => rule,
        _ => upright,
    }
}
