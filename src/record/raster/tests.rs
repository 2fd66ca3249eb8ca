//! Pixels: what joins, what is cut off, what is drawn anew.

use super::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

const PAPER: Paper = Paper {
    text: Color::Rgb(200, 200, 200),
    ground: Color::Rgb(0, 0, 0),
};

/// Draws rows of text on a canvas of their size.
fn drawn(rows: &[&str], scale: u16) -> Raster {
    let frame = Buffer::with_lines(rows.iter().copied());
    let area = *frame.area();
    let mut raster = Raster::new((area.width, area.height), PAPER, Scale(scale));
    raster.draw(&frame);
    raster
}

impl Raster {
    /// Returns the red of each pixel, which says how much of it is inked.
    fn reds(&self) -> Vec<u8> {
        let colours = self.inks().colours();
        self.pixels()
            .iter()
            .map(|ink| colours[ink.index()][0])
            .collect()
    }

    /// Returns whether a pixel is wholly inked.
    fn has(&self, x: usize, y: usize) -> bool {
        self.reds()[y * self.pixel_size().0 + x] == 200
    }

    /// Returns the picture as rows of `.:#`.
    fn rows(&self) -> String {
        let mut text = String::new();
        for row in self.reds().chunks(self.pixel_size().0) {
            text.extend(row.iter().map(|&red| match red {
                0 => '.',
                1..=75 => '-',
                76..=150 => '+',
                _ => '#',
            }));
            text.push('\n');
        }
        text
    }
}

#[test]
fn letters_stand_on_whole_pixels() {
    insta::assert_snapshot!(drawn(&["nHeo0"], 1).rows());
}

#[test]
fn lines_join_across_cells_at_every_scale() {
    for scale in 1..=3 {
        let raster = drawn(&["┌─┐", "│╋│", "└─┘"], scale);
        let (width, height) = raster.cell();
        let line = usize::from(scale);
        let (mid_x, mid_y) = ((width - line) / 2, (height - line) / 2);
        for x in mid_x..2 * width + mid_x + line {
            for thin in 0..line {
                assert!(raster.has(x, mid_y + thin), "{scale}: top {x}");
                assert!(raster.has(x, 2 * height + mid_y + thin), "{scale}: bottom");
            }
        }
        for y in mid_y..2 * height + mid_y + line {
            for thin in 0..line {
                assert!(raster.has(mid_x + thin, y), "{scale}: left {y}");
                assert!(raster.has(2 * width + mid_x + thin, y), "{scale}: right");
            }
        }
        // The thick cross fills its own cell from edge to edge, three lines wide.
        for x in width..2 * width {
            for y in (0..3 * line).map(|at| height + mid_y - line + at) {
                assert!(raster.has(x, y), "{scale}: cross {x} {y}");
            }
        }
    }
}

#[test]
fn blocks_of_eighths_grow_by_whole_pixels_and_fill_the_cell() {
    let inked = |text: &str| {
        let reds = drawn(&[text], 1).reds();
        assert!(reds.iter().all(|red| [0, 200].contains(red)), "{text}");
        reds.iter().filter(|&&red| red == 200).count()
    };
    let across: Vec<usize> = "▏▎▍▌▋▊▉█"
        .chars()
        .map(|c| inked(&c.to_string()) / 18)
        .collect();
    assert_eq!(across, [1, 2, 3, 5, 6, 7, 8, 9]);
    let up: Vec<usize> = "▁▂▃▄▅▆▇█"
        .chars()
        .map(|c| inked(&c.to_string()) / 9)
        .collect();
    assert_eq!(up, [2, 4, 7, 9, 11, 13, 16, 18]);
}

#[test]
fn dashes_go_on_in_the_next_cell() {
    let dashes = |text: &str| -> String {
        let raster = drawn(&[text], 1);
        let row = 8 * 18;
        let mark = |&red: &u8| if red == 200 { '#' } else { '.' };
        raster.reds()[row..row + 18].iter().map(mark).collect()
    };
    assert_eq!(dashes("┄┄"), "##.##.##.##.##.##.");
    assert_eq!(dashes("╌╌"), "###.####.###.####.");
}

#[test]
fn shapes_that_turn_and_slant_meet_their_neighbours() {
    insta::assert_snapshot!(drawn(&["╭─╮╳", "╰═╯⣿"], 1).rows());
}

#[test]
fn only_what_changed_is_drawn_and_told() {
    let mut raster = drawn(&["abc", "def"], 1);
    let mut frame = Buffer::with_lines(["abc", "dxf"]);
    raster.draw(&frame);
    assert_eq!(raster.changed(), [(1, 1)]);
    raster.draw(&frame);
    assert_eq!(raster.changed(), []);
    frame.set_string(0, 0, "a", Style::new().fg(Color::Rgb(1, 2, 3)));
    raster.draw(&frame);
    assert_eq!(raster.changed(), [(0, 0)]);
}

/// However a picture came to be, it is the same as if it had been drawn at once.
#[track_caller]
fn same_as_new(frames: &[Buffer]) {
    let mut raster = Raster::new((12, 2), PAPER, Scale::default());
    for frame in frames {
        raster.draw(frame);
        let mut new = Raster::new((12, 2), PAPER, Scale::default());
        new.draw(frame);
        assert_eq!(raster.reds(), new.reds());
    }
}

#[test]
fn wide_characters_come_and_go() {
    let texts = [
        "ab字cd",
        "a字bcd",
        "abxycd",
        "字字字字字字",
        " 字字字字字字",
        "🦀",
        "e\u{301}\u{200d}x",
        "",
    ];
    let frames = texts.map(|text| {
        let mut frame = Buffer::empty(Rect::new(0, 0, 12, 2));
        frame.set_string(0, 1, text, Style::new());
        frame
    });
    same_as_new(&frames);
}

#[test]
fn what_the_font_lacks_is_a_box_of_its_width() {
    insta::assert_snapshot!(drawn(&["字\u{e000}"], 1).rows());
}

#[test]
fn a_frame_of_another_size_is_cut_off_or_has_paper_around_it() {
    let raster = |lines: Vec<&'static str>| {
        let mut raster = Raster::new((3, 2), PAPER, Scale::default());
        raster.draw(&Buffer::with_lines(lines));
        raster.reds()
    };
    assert_eq!(
        raster(vec!["abcd", "efgh", "ijkl"]),
        raster(vec!["abc", "efg"])
    );
    assert_eq!(raster(vec!["a"]), raster(vec!["a  ", "   "]));
    assert_eq!(raster(vec![]), raster(vec!["   ", "   "]));
}

#[test]
fn no_size_and_every_size_have_pixels() {
    for (size, pixels) in [
        ((0, 0), (9, 18)),
        ((1, 1), (9, 18)),
        ((500, 200), (4500, 3600)),
    ] {
        let raster = Raster::new(size, PAPER, Scale::default());
        assert_eq!(raster.pixel_size(), pixels);
    }
    let raster = Raster::new((u16::MAX, 1), PAPER, Scale(SCALE_MOST));
    assert_eq!(
        raster.pixel_size(),
        (910 * 72, 144),
        "within the formats' bounds"
    );
}

#[test]
fn looks_change_ink_and_ground() {
    let colours = |modifier: Modifier| {
        let mut frame = Buffer::empty(Rect::new(0, 0, 1, 1));
        let style = Style::new()
            .fg(Color::Rgb(80, 80, 80))
            .add_modifier(modifier);
        frame.set_string(0, 0, "▌", style);
        let mut raster = Raster::new((1, 1), PAPER, Scale::default());
        raster.draw(&frame);
        let reds = raster.reds();
        (reds[0], reds[8], reds[16 * 9 + 8])
    };
    assert_eq!(colours(Modifier::empty()), (80, 0, 0));
    assert_eq!(colours(Modifier::REVERSED), (0, 80, 80));
    assert_eq!(colours(Modifier::DIM), (48, 0, 0));
    assert_eq!(colours(Modifier::HIDDEN), (0, 0, 0));
    assert_eq!(colours(Modifier::UNDERLINED), (80, 0, 80));
}

#[test]
fn every_character_of_the_screen_is_drawn() {
    let text = "µ·»×…↑↓⇡─━┄┆┏┓└├┤┴┷┹┺┻╌╍╭╮╰╳▁▂▃▄▅▆▇█▉▊▋▌▍▎▏░▒▓▕■▲►◄◆◇○●▮✓─│";
    for c in text.chars().chain('!'..='~') {
        let mut glyphs = Glyphs::new((9, 18));
        let steps = glyphs.coverage(&c.to_string(), false, 1);
        assert!(steps.iter().any(|&step| step > 0), "{c} is empty");
        assert_ne!(steps, glyphs.coverage("\u{e000}", false, 1), "{c} is a box");
    }
}
