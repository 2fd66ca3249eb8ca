//! A still picture: a frame's cells as SVG.
//!
//! Text is text, so that it can be found and read aloud; each run of one look is stretched to its
//! cells, whatever font the reader has. Blocks, bars and lines are drawn as geometry, so that they
//! join. The same cells give the same bytes.

use super::shape::{Shape, shape};
use super::shot::Paper;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// A cell's width and height, in the picture's units.
const CELL: (f64, f64) = (9.0, 18.0);
/// The baseline of a text below the top of its cell.
const BASELINE: f64 = 13.5;
const FONT: &str = "DejaVu Sans Mono, Menlo, Consolas, monospace";

/// Returns the frame as an SVG document.
pub fn still(frame: &Buffer, paper: Paper, title: &str) -> String {
    let area = frame.area();
    let (width, height) = (
        f64::from(area.width) * CELL.0,
        f64::from(area.height) * CELL.1,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONT}\" font-size=\"15\" role=\"img\"><title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        escaped(title),
        hex(paper.ground, "#000000"),
    );
    for y in 0..area.height {
        let row: Vec<&Cell> = (0..area.width)
            .filter_map(|x| frame.cell((area.x + x, area.y + y)))
            .collect();
        draw_row(&mut svg, &row, f64::from(y) * CELL.1, paper);
    }
    svg.push_str("</svg>\n");
    svg
}

/// What a cell looks like, as far as it can be drawn with its neighbours.
#[derive(Clone, PartialEq)]
struct Look {
    text: String,
    ground: Option<String>,
    is_bold: bool,
}

fn look(cell: &Cell, paper: Paper) -> Look {
    let default_text = hex(paper.text, "#ffffff");
    let text = hex(cell.fg, &default_text);
    let ground = Some(hex(cell.bg, "")).filter(|ground| !ground.is_empty());
    let is_bold = cell.modifier.contains(Modifier::BOLD);
    if cell.modifier.contains(Modifier::REVERSED) {
        let paper_ground = hex(paper.ground, "#000000");
        return Look {
            text: ground.unwrap_or(paper_ground),
            ground: Some(text),
            is_bold,
        };
    }
    Look {
        text,
        ground,
        is_bold,
    }
}

fn draw_row(svg: &mut String, row: &[&Cell], top: f64, paper: Paper) {
    let looks: Vec<Look> = row.iter().map(|cell| look(cell, paper)).collect();
    for run in runs(&looks, |a, b| a.ground == b.ground) {
        if let Some(ground) = &looks[run.start].ground {
            rect(svg, left(run.start), top, left(run.len()), CELL.1, ground);
        }
    }
    let shapes: Vec<Option<Shape>> = row.iter().map(|cell| shape(cell.symbol())).collect();
    for (x, shape) in shapes.iter().enumerate() {
        if let Some(shape) = shape {
            draw_shape(svg, shape, left(x), top, &looks[x].text);
        }
    }
    // Text: of one look, and not interrupted by shapes or by more than one blank.
    let mut x = 0;
    while x < row.len() {
        if shapes[x].is_some() || row[x].symbol().trim().is_empty() {
            x += 1;
            continue;
        }
        let begin = x;
        let mut text = String::new();
        while x < row.len()
            && shapes[x].is_none()
            && looks[x].text == looks[begin].text
            && looks[x].is_bold == looks[begin].is_bold
            && !(text.ends_with(' ') && row[x].symbol().trim().is_empty())
        {
            text.push_str(row[x].symbol());
            // A wide character covers the cell after it.
            x += row[x].symbol().width().max(1);
        }
        let trimmed = text.trim_end();
        let cells = trimmed.width();
        let bold = if looks[begin].is_bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" textLength=\"{}\" fill=\"{}\"{bold} xml:space=\"preserve\">{}</text>",
            left(begin),
            top + BASELINE,
            left(cells),
            looks[begin].text,
            escaped(trimmed),
        );
    }
}

/// Returns the stretches of neighbours that are alike.
fn runs<T>(items: &[T], alike: impl Fn(&T, &T) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if alike(&items[run.start], item) => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

fn draw_shape(svg: &mut String, shape: &Shape, x: f64, y: f64, colour: &str) {
    let (width, height) = CELL;
    let middle = (x + width / 2.0, y + height / 2.0);
    let mut line = |from: (f64, f64), to: (f64, f64), thickness: f64, dash: &str| {
        let _ = writeln!(
            svg,
            "<path d=\"M{} {}L{} {}\" stroke=\"{colour}\" stroke-width=\"{thickness}\"{dash}/>",
            from.0, from.1, to.0, to.1,
        );
    };
    match *shape {
        Shape::Block(left, top, wide, high) => {
            let of = |eighths: u8, whole: f64| f64::from(eighths) * whole / 8.0;
            let (w, h) = (of(wide, width), of(high, height));
            rect(svg, x + of(left, width), y + of(top, height), w, h, colour);
        }
        Shape::Shade(ink) => {
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
                 fill=\"{colour}\" fill-opacity=\"{ink}\"/>",
            );
        }
        Shape::Strokes(strokes) => {
            let ends = [
                (middle.0, y),
                (x + width, middle.1),
                (middle.0, y + height),
                (x, middle.1),
            ];
            for (end, stroke) in ends.into_iter().zip(strokes) {
                match stroke {
                    0 => {}
                    1 => line(middle, end, 1.0, ""),
                    _ => line(middle, end, 2.5, ""),
                }
            }
        }
        Shape::Dashes { is_down: false } => {
            line(
                (x, middle.1),
                (x + width, middle.1),
                1.2,
                " stroke-dasharray=\"2 1\"",
            );
        }
        Shape::Dashes { is_down: true } => {
            line(
                (middle.0, y),
                (middle.0, y + height),
                1.2,
                " stroke-dasharray=\"4 2\"",
            );
        }
    }
}

fn rect(svg: &mut String, x: f64, y: f64, width: f64, height: f64, fill: &str) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>",
    );
}

/// Returns the picture's x of a column, and so the width of as many cells.
fn left(cells: usize) -> f64 {
    cells as f64 * CELL.0
}

/// Returns a colour as SVG writes it; `default` for the terminal's own. A picture is made with a
/// theme of all colours, so no others come.
fn hex(colour: Color, default: &str) -> String {
    match colour {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        _ => default.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no other control characters.
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    const PAPER: Paper = Paper {
        text: Color::Rgb(1, 2, 3),
        ground: Color::Rgb(9, 9, 9),
    };

    #[test]
    fn text_keeps_its_cells_and_blocks_are_geometry() {
        let mut frame = Buffer::empty(Rect::new(0, 0, 10, 1));
        frame.set_string(0, 0, "a<b  █░─", Style::new());
        let svg = still(&frame, PAPER, "t");
        assert!(svg.contains("textLength=\"27\" fill=\"#010203\" xml:space=\"preserve\">a&lt;b<"));
        assert!(
            svg.contains("<rect x=\"45\" y=\"0\" width=\"9\" height=\"18\" fill=\"#010203\"/>")
        );
        assert!(svg.contains("fill-opacity=\"0.25\""));
        assert_eq!(svg.matches("<path").count(), 2);
    }

    #[test]
    fn a_frame_of_no_size_is_a_picture_too() {
        let frame = Buffer::empty(Rect::new(0, 0, 0, 0));
        assert!(still(&frame, PAPER, "").ends_with("</svg>\n"));
    }

    #[test]
    fn what_is_reversed_changes_places() {
        let mut frame = Buffer::empty(Rect::new(0, 0, 1, 1));
        frame.set_string(0, 0, "x", Style::new().add_modifier(Modifier::REVERSED));
        let svg = still(&frame, PAPER, "");
        assert!(
            svg.contains("fill=\"#090909\" xml:space")
                && svg.contains("height=\"18\" fill=\"#010203\"/>")
        );
    }
}
