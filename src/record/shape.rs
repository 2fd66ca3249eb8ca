//! Characters that are drawn as geometry, so that they join whatever the font: blocks, shades, lines.

/// What a character looks like that is drawn as geometry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Shape {
    /// A part of the cell, in eighths from its left, top, and its width and height.
    Block(u8, u8, u8, u8),
    /// The whole cell, so much of it inked.
    Shade(f64),
    /// Strokes from the middle: up, right, down, left; 0 none, 1 thin, 2 thick.
    Strokes([u8; 4]),
    /// A broken stroke, across or down.
    Dashes {
        /// Whether it goes down.
        is_down: bool,
    },
}

/// Returns the geometry of a cell's symbol; `None` if it is a text.
pub(super) fn shape(symbol: &str) -> Option<Shape> {
    use Shape::{Block, Dashes, Shade, Strokes};
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
        '┄' | '╌' | '╍' => Dashes { is_down: false },
        '┆' | '╎' => Dashes { is_down: true },
        '─' => Strokes([0, 1, 0, 1]),
        '│' => Strokes([1, 0, 1, 0]),
        '┌' | '╭' => Strokes([0, 1, 1, 0]),
        '┐' | '╮' => Strokes([0, 0, 1, 1]),
        '└' | '╰' => Strokes([1, 1, 0, 0]),
        '┘' | '╯' => Strokes([1, 0, 0, 1]),
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

/// Returns the strokes of the lines that are thick in part: U+2500 to U+254B, in the order of the
/// code chart, each quadruple of a corner or tee in its own pattern.
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
    ];
    MIXED
        .iter()
        .find(|(known, _)| *known == c)
        .map(|&(_, strokes)| strokes)
}
