//! The pen of a terminal: how a character is written, and how one pen becomes another.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use std::fmt::Write;

/// What is seen of a blank, too.
const LINES: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);
/// Bold and dim, which end with one number. A player knows one of them at a time.
const WEIGHT: Modifier = Modifier::BOLD.union(Modifier::DIM);
/// Each modifier with the number that it begins with, and the one that it ends with.
const NUMBERS: [(Modifier, &str, &str); 7] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

/// How a character is written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Pen {
    text: Color,
    ground: Color,
    modifier: Modifier,
}

impl Pen {
    /// A terminal's own.
    pub(super) const PLAIN: Pen = Pen {
        text: Color::Reset,
        ground: Color::Reset,
        modifier: Modifier::empty(),
    };

    /// Returns how a cell is written. Of a blank only what is seen counts.
    pub(super) fn of(cell: &Cell, is_blank: bool) -> Pen {
        let mut modifier = cell.modifier;
        if modifier.contains(Modifier::RAPID_BLINK) {
            modifier |= Modifier::SLOW_BLINK;
        }
        if modifier.contains(WEIGHT) {
            modifier -= Modifier::BOLD;
        }
        modifier -= Modifier::RAPID_BLINK | Modifier::HIDDEN;
        let pen = Pen {
            text: cell.fg,
            ground: cell.bg,
            modifier,
        };
        if is_blank && !modifier.intersects(LINES) {
            let ground = cell.bg;
            return Pen {
                ground,
                ..Pen::PLAIN
            };
        }
        pen
    }

    /// Returns the pen nearest to this one that writes what `wanted` does.
    pub(super) fn towards(self, wanted: Pen, is_blank: bool) -> Pen {
        if is_blank && !wanted.modifier.intersects(LINES) {
            return Pen {
                text: self.text,
                ground: wanted.ground,
                modifier: self.modifier - LINES,
            };
        }
        wanted
    }

    /// Appends what makes this pen `to`, the shorter of two ways: what is different, or everything
    /// anew.
    pub(super) fn change(self, to: Pen, out: &mut String) {
        if self == to {
            return;
        }
        let (mut different, mut anew) = (String::new(), String::new());
        self.write(to, &mut different);
        Pen::PLAIN.write(to, &mut anew);
        // Nothing at all stands for 0, everything off.
        if !anew.is_empty() {
            anew.insert_str(0, "0;");
        }
        let numbers = if different.len() <= anew.len() {
            different
        } else {
            anew
        };
        let _ = write!(out, "\u{1b}[{numbers}m");
    }

    /// Appends the numbers of what is different.
    fn write(self, to: Pen, numbers: &mut String) {
        let mut has = self.modifier;
        for (modifier, _, end) in NUMBERS {
            if (has - to.modifier).intersects(modifier) {
                add(numbers, end);
                has -= if WEIGHT.contains(modifier) {
                    WEIGHT
                } else {
                    modifier
                };
            }
        }
        for (modifier, begin, _) in NUMBERS {
            if (to.modifier - has).intersects(modifier) {
                add(numbers, begin);
            }
        }
        if self.text != to.text {
            add(numbers, &colour(to.text, 30));
        }
        if self.ground != to.ground {
            add(numbers, &colour(to.ground, 40));
        }
    }
}

fn add(numbers: &mut String, number: &str) {
    if !numbers.is_empty() {
        numbers.push(';');
    }
    numbers.push_str(number);
}

/// Returns the numbers of a colour; `first` is 30 for the text, 40 for the ground.
fn colour(colour: Color, first: u16) -> String {
    let named = match colour {
        Color::Rgb(r, g, b) => return format!("{};2;{r};{g};{b}", first + 8),
        Color::Indexed(index) => return format!("{};5;{index}", first + 8),
        Color::Reset => 9,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
    };
    (first + named).to_string()
}
