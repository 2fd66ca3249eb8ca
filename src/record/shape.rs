//! Characters that are drawn as geometry, so that they join whatever the font: blocks, shades, lines.

/// What a character looks like that is drawn as geometry. Fractions are of the cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Shape {
    /// A part of the cell, in eighths from its left, top, and its width and height.
    Block(u8, u8, u8, u8),
    /// The whole cell, so much of it inked.
    Shade(f64),
    /// Quarters of the cell: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
    Quarters(u8),
    /// Dots in two columns and four rows: bits 0 to 2 and 6 are the left column from the top, bits
    /// 3 to 5 and 7 the right.
    Dots(u8),
    /// Strokes from the middle: up, right, down, left; 0 none, 1 thin, 2 thick, 3 double.
    Strokes([u8; 4]),
    /// A thin stroke that turns round: from the middle of the left or right edge to the middle of
    /// the upper or lower one.
    Turn {
        /// Whether it meets the right edge.
        is_right: bool,
        /// Whether it meets the lower edge.
        is_down: bool,
    },
    /// Thin strokes from corner to corner.
    Diagonals {
        /// From the lower left.
        rises: bool,
        /// From the upper left.
        falls: bool,
    },
    /// A broken stroke, across or down.
    Dashes {
        /// Whether it goes down.
        is_down: bool,
        /// How many dashes are in a cell.
        count: u8,
        /// Whether it is thick.
        is_thick: bool,
    },
}

/// Column and row of each of [`Shape::Dots`], by its bit.
pub(super) const DOTS: [(u8, u8); 8] = [
    (0, 0),
    (0, 1),
    (0, 2),
    (1, 0),
    (1, 1),
    (1, 2),
    (0, 3),
    (1, 3),
];

/// Returns the geometry of a cell's symbol; `None` if it is a text.
pub(super) fn shape(symbol: &str) -> Option<Shape> {
    use Shape::{Block, Dots, Quarters, Shade, Strokes};
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return None;
    };
    let eighths = |first: u32| u8::try_from(u32::from(c) - first + 1).unwrap_or(8);
    Some(match c {
        '█' => Block(0, 0, 8, 8),
        '▁'..='▇' => {
            let height = eighths(u32::from('▁'));
            Block(0, 8 - height, 8, height)
        }
        '▉'..='▏' => Block(0, 0, 8 - eighths(u32::from('▉')), 8),
        '▐' => Block(4, 0, 4, 8),
        '▕' => Block(7, 0, 1, 8),
        '▔' => Block(0, 0, 8, 1),
        '░' => Shade(0.25),
        '▒' => Shade(0.5),
        '▓' => Shade(0.75),
        '▀' => Block(0, 0, 8, 4),
        '▖' => Quarters(4),
        '▗' => Quarters(8),
        '▘' => Quarters(1),
        '▙' => Quarters(13),
        '▚' => Quarters(9),
        '▛' => Quarters(7),
        '▜' => Quarters(11),
        '▝' => Quarters(2),
        '▞' => Quarters(6),
        '▟' => Quarters(14),
        '\u{2800}'..='\u{28ff}' => Dots(u8::try_from(u32::from(c) - 0x2800).unwrap_or(0)),
        '┄' => dashes(false, 3, false),
        '┅' => dashes(false, 3, true),
        '┆' => dashes(true, 3, false),
        '┇' => dashes(true, 3, true),
        '┈' => dashes(false, 4, false),
        '┉' => dashes(false, 4, true),
        '┊' => dashes(true, 4, false),
        '┋' => dashes(true, 4, true),
        '╌' => dashes(false, 2, false),
        '╍' => dashes(false, 2, true),
        '╎' => dashes(true, 2, false),
        '╏' => dashes(true, 2, true),
        '╭' => turn(true, true),
        '╮' => turn(false, true),
        '╰' => turn(true, false),
        '╯' => turn(false, false),
        '╱' => diagonals(true, false),
        '╲' => diagonals(false, true),
        '╳' => diagonals(true, true),
        '─' => Strokes([0, 1, 0, 1]),
        '│' => Strokes([1, 0, 1, 0]),
        '┌' => Strokes([0, 1, 1, 0]),
        '┐' => Strokes([0, 0, 1, 1]),
        '└' => Strokes([1, 1, 0, 0]),
        '┘' => Strokes([1, 0, 0, 1]),
        '├' => Strokes([1, 1, 1, 0]),
        '┤' => Strokes([1, 0, 1, 1]),
        '┬' => Strokes([0, 1, 1, 1]),
        '┴' => Strokes([1, 1, 0, 1]),
        '┼' => Strokes([1, 1, 1, 1]),
        '━' => Strokes([0, 2, 0, 2]),
        '┃' => Strokes([2, 0, 2, 0]),
        '┏' => Strokes([0, 2, 2, 0]),
        '┓' => Strokes([0, 0, 2, 2]),
        '┗' => Strokes([2, 2, 0, 0]),
        '┛' => Strokes([2, 0, 0, 2]),
        '┣' => Strokes([2, 2, 2, 0]),
        '┫' => Strokes([2, 0, 2, 2]),
        '┳' => Strokes([0, 2, 2, 2]),
        '┻' => Strokes([2, 2, 0, 2]),
        '╋' => Strokes([2, 2, 2, 2]),
        _ => return mixed(c).map(Strokes),
    })
}

const fn dashes(is_down: bool, count: u8, is_thick: bool) -> Shape {
    Shape::Dashes {
        is_down,
        count,
        is_thick,
    }
}

const fn turn(is_right: bool, is_down: bool) -> Shape {
    Shape::Turn { is_right, is_down }
}

const fn diagonals(rises: bool, falls: bool) -> Shape {
    Shape::Diagonals { rises, falls }
}

/// Returns the strokes of the lines that are not the same all over, in the order of the code chart.
fn mixed(c: char) -> Option<[u8; 4]> {
    const MIXED: &[(char, [u8; 4])] = &[
        ('┝', [1, 2, 1, 0]),
        ('┞', [2, 1, 1, 0]),
        ('┟', [1, 1, 2, 0]),
        ('┠', [2, 1, 2, 0]),
        ('┡', [2, 2, 1, 0]),
        ('┢', [1, 2, 2, 0]),
        ('┥', [1, 0, 1, 2]),
        ('┦', [2, 0, 1, 1]),
        ('┧', [1, 0, 2, 1]),
        ('┨', [2, 0, 2, 1]),
        ('┩', [2, 0, 1, 2]),
        ('┪', [1, 0, 2, 2]),
        ('┭', [0, 1, 1, 2]),
        ('┮', [0, 2, 1, 1]),
        ('┯', [0, 2, 1, 2]),
        ('┰', [0, 1, 2, 1]),
        ('┱', [0, 1, 2, 2]),
        ('┲', [0, 2, 2, 1]),
        ('┵', [1, 1, 0, 2]),
        ('┶', [1, 2, 0, 1]),
        ('┷', [1, 2, 0, 2]),
        ('┸', [2, 1, 0, 1]),
        ('┹', [2, 1, 0, 2]),
        ('┺', [2, 2, 0, 1]),
        ('┽', [1, 1, 1, 2]),
        ('┾', [1, 2, 1, 1]),
        ('┿', [1, 2, 1, 2]),
        ('╀', [2, 1, 1, 1]),
        ('╁', [1, 1, 2, 1]),
        ('╂', [2, 1, 2, 1]),
        ('╃', [2, 1, 1, 2]),
        ('╄', [2, 2, 1, 1]),
        ('╅', [1, 1, 2, 2]),
        ('╆', [1, 2, 2, 1]),
        ('╇', [2, 2, 1, 2]),
        ('╈', [1, 2, 2, 2]),
        ('╉', [2, 1, 2, 2]),
        ('╊', [2, 2, 2, 1]),
        ('┍', [0, 2, 1, 0]),
        ('┎', [0, 1, 2, 0]),
        ('┑', [0, 0, 1, 2]),
        ('┒', [0, 0, 2, 1]),
        ('┕', [1, 2, 0, 0]),
        ('┖', [2, 1, 0, 0]),
        ('┙', [1, 0, 0, 2]),
        ('┚', [2, 0, 0, 1]),
        ('═', [0, 3, 0, 3]),
        ('║', [3, 0, 3, 0]),
        ('╒', [0, 3, 1, 0]),
        ('╓', [0, 1, 3, 0]),
        ('╔', [0, 3, 3, 0]),
        ('╕', [0, 0, 1, 3]),
        ('╖', [0, 0, 3, 1]),
        ('╗', [0, 0, 3, 3]),
        ('╘', [1, 3, 0, 0]),
        ('╙', [3, 1, 0, 0]),
        ('╚', [3, 3, 0, 0]),
        ('╛', [1, 0, 0, 3]),
        ('╜', [3, 0, 0, 1]),
        ('╝', [3, 0, 0, 3]),
        ('╞', [1, 3, 1, 0]),
        ('╟', [3, 1, 3, 0]),
        ('╠', [3, 3, 3, 0]),
        ('╡', [1, 0, 1, 3]),
        ('╢', [3, 0, 3, 1]),
        ('╣', [3, 0, 3, 3]),
        ('╤', [0, 3, 1, 3]),
        ('╥', [0, 1, 3, 1]),
        ('╦', [0, 3, 3, 3]),
        ('╧', [1, 3, 0, 3]),
        ('╨', [3, 1, 0, 1]),
        ('╩', [3, 3, 0, 3]),
        ('╪', [1, 3, 1, 3]),
        ('╫', [3, 1, 3, 1]),
        ('╬', [3, 3, 3, 3]),
        ('╴', [0, 0, 0, 1]),
        ('╵', [1, 0, 0, 0]),
        ('╶', [0, 1, 0, 0]),
        ('╷', [0, 0, 1, 0]),
        ('╸', [0, 0, 0, 2]),
        ('╹', [2, 0, 0, 0]),
        ('╺', [0, 2, 0, 0]),
        ('╻', [0, 0, 2, 0]),
        ('╼', [0, 2, 0, 1]),
        ('╽', [1, 0, 2, 0]),
        ('╾', [0, 1, 0, 2]),
        ('╿', [2, 0, 1, 0]),
    ];
    MIXED
        .iter()
        .find(|(known, _)| *known == c)
        .map(|&(_, strokes)| strokes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_and_block_is_geometry() {
        for c in ('\u{2500}'..='\u{259f}').chain('\u{2800}'..='\u{28ff}') {
            assert!(shape(&c.to_string()).is_some(), "{c}");
        }
        assert_eq!(shape("a"), None);
        assert_eq!(shape("──"), None, "one character alone");
        assert_eq!(shape(""), None);
    }

    #[test]
    fn no_two_lines_are_the_same() {
        let all: Vec<Shape> = ('\u{2500}'..='\u{259f}')
            .filter_map(|c| shape(&c.to_string()))
            .collect();
        for (at, shape) in all.iter().enumerate() {
            assert!(!all[..at].contains(shape), "{shape:?}");
        }
    }
}
