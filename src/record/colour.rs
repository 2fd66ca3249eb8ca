//! The colours of a cell as every picture has them: reversed, dimmed, and the paper's own where the
//! cell names none.

use super::shot::Paper;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Red, green and blue.
pub(super) type Rgb = [u8; 3];

/// The text of a paper that names none.
const TEXT: Rgb = [255, 255, 255];
/// The ground of a paper that names none.
const GROUND: Rgb = [0, 0, 0];

/// Returns the colours of a paper: of its text, and of its ground.
pub(super) fn of_paper(paper: Paper) -> (Rgb, Rgb) {
    (
        rgb(paper.text).unwrap_or(TEXT),
        rgb(paper.ground).unwrap_or(GROUND),
    )
}

/// Returns the colours of a cell on a paper: of what stands in it, and of what is behind.
pub(super) fn of_cell(cell: &Cell, paper: Paper) -> (Rgb, Rgb) {
    let (text, ground) = of_paper(paper);
    let mut ink = rgb(cell.fg).unwrap_or(text);
    let mut ground = rgb(cell.bg).unwrap_or(ground);
    if cell.modifier.contains(Modifier::REVERSED) {
        (ink, ground) = (ground, ink);
    }
    if cell.modifier.contains(Modifier::DIM) {
        ink = dimmed(ink, ground);
    }
    (ink, ground)
}

/// Returns a colour two fifths of the way to the ground.
fn dimmed(ink: Rgb, ground: Rgb) -> Rgb {
    std::array::from_fn(|part| {
        let sum = u16::from(ink[part]) * 3 + u16::from(ground[part]) * 2;
        u8::try_from(sum / 5).unwrap_or(u8::MAX)
    })
}

/// Returns a colour's parts; `None` for the paper's. Pictures are made with a theme of all colours,
/// so no others come.
pub(super) fn rgb(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        _ => None,
    }
}

/// Returns a colour as style sheets write it.
pub(super) fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}
