//! Documents of frames and films that are made here; whole screens are in `tests/film_svg`.

use super::*;
use crate::record::shot::{Caption, Frames, Named};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

const PAPER: Paper = Paper {
    text: Color::Rgb(1, 2, 3),
    ground: Color::Rgb(9, 9, 9),
};
const LIGHT: Paper = Paper {
    text: Color::Rgb(40, 40, 40),
    ground: Color::Rgb(255, 255, 255),
};

fn row(text: &str, style: Style) -> Buffer {
    let width = u16::try_from(text.width()).unwrap();
    let mut frame = Buffer::empty(Rect::new(0, 0, width, 1));
    frame.set_string(0, 0, text, style);
    frame
}

fn drawn(text: &str, style: Style) -> String {
    let svg = still(&row(text, style), PAPER, "");
    let from = svg.find("/>\n").unwrap() + 3;
    svg[from..].trim_end().trim_end_matches("</svg>").to_owned()
}

/// A film of rows of text, a frame a tenth of a second.
struct Rows {
    told: Told,
    shots: std::vec::IntoIter<Shot>,
    shown: Option<Shot>,
}

impl Rows {
    fn new(rows: &[&str]) -> Rows {
        let shots: Vec<Shot> = (0..)
            .zip(rows)
            .map(|(at, text)| Shot {
                at: Span::millis(at * 100),
                frame: row(text, Style::new()),
                light: None,
            })
            .collect();
        let size = shots
            .first()
            .map_or((0, 0), |shot| (shot.frame.area.width, 1));
        let told = Told {
            title: "t".to_owned(),
            size,
            length: Span::millis(100 * u64::try_from(rows.len()).unwrap()),
            fps: 10,
            paper: PAPER,
            light: None,
            marks: vec![Named {
                at: Span::millis(50),
                text: "a < b".to_owned(),
            }],
            captions: vec![Caption {
                at: Span::ZERO,
                until: Span::ZERO,
                text: "first".to_owned(),
            }],
            transcript: Vec::new(),
        };
        Rows {
            told,
            shots: shots.into_iter(),
            shown: None,
        }
    }
}

impl Frames for Rows {
    fn told(&self) -> &Told {
        &self.told
    }

    fn next(&mut self) -> Option<&Shot> {
        self.shown = self.shots.next();
        self.shown.as_ref()
    }
}

#[test]
fn text_is_text_and_blocks_are_geometry() {
    assert_eq!(
        drawn("a<b  █░─", Style::new()),
        "<g transform=\"translate(0 14)\"><path d=\"M45 -14h9v18h-9zM63 -6h9v1h-9z\"/>\
         <path opacity=\".25\" d=\"M54 -14h9v18h-9z\"/><text textLength=\"27\">a&lt;b</text></g>\n"
    );
}

#[test]
fn a_frame_of_no_size_is_a_picture_too() {
    let frame = Buffer::empty(Rect::new(0, 0, 0, 0));
    assert!(still(&frame, PAPER, "").ends_with("</svg>\n"));
}

#[test]
fn every_modifier_has_its_look() {
    let with = |modifier| still(&row("x", Style::new().add_modifier(modifier)), PAPER, "");
    let reversed = with(Modifier::REVERSED);
    assert!(
        reversed.contains("<text class=\"a\">x</text>"),
        "{reversed}"
    );
    assert!(
        reversed.contains("<path d=\"M0 -14h9v18h-9z\"/>")
            && reversed.contains(".a{color:#090909}"),
        "{reversed}"
    );
    let bold = with(Modifier::BOLD);
    assert!(bold.contains("<text class=\"B\">") && bold.contains("font-weight:700;src:"));
    assert!(with(Modifier::DIM).contains(".a{color:#040405}"));
    assert!(with(Modifier::UNDERLINED).contains("<path d=\"M0 2h9v1h-9z\"/>"));
    assert!(with(Modifier::CROSSED_OUT).contains("<path d=\"M0 -5h9v1h-9z\"/>"));
    assert!(!with(Modifier::HIDDEN).contains("<text"));
}

#[test]
fn what_the_font_lacks_stands_in_the_middle_of_its_cells() {
    assert!(
        drawn("a字 b", Style::new())
            .contains("<text>a</text><text class=\"M\" x=\"18\">字</text><text x=\"36\">b</text>")
    );
}

#[test]
fn both_themes_are_in_one_document() {
    let style = |colour| Style::new().fg(colour);
    let shot = Shot {
        at: Span::ZERO,
        frame: row("x", style(Color::Rgb(255, 0, 0))),
        light: Some(row(
            "x",
            style(Color::Rgb(0, 0, 255)).add_modifier(Modifier::BOLD),
        )),
    };
    let told = Told {
        light: Some(LIGHT),
        ..Rows::new(&["x"]).told
    };
    let svg = picture(&shot, &told);
    assert!(svg.contains("<text class=\"a L\">x</text>"), "{svg}");
    assert!(svg.contains(
        ".a{color:#f00}\n@media(prefers-color-scheme:light){svg{color:#282828}.P{fill:#fff}"
    ));
    assert!(svg.contains(".L{font-weight:700}.a{color:#00f}}"));
    // It is drawn in either weight, so both are there.
    assert_eq!(svg.matches("@font-face").count(), 2);
}

#[test]
fn a_film_draws_once_what_stays() {
    let title = "What stays as it is, from the first frame to the last, is drawn once:";
    let rows = [0, 1, 0, 0].map(|at| format!("{title} {at}"));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let svg = film(&mut Rows::new(&rows));
    assert_eq!(svg.matches(title).count(), 1);
    assert!(svg.contains(
        "<use href=\"#a\" x=\"630\" y=\"14\"><animate attributeName=\"href\" dur=\"0.4s\" \
         repeatCount=\"indefinite\" calcMode=\"discrete\" values=\"#a;#b;#a\" keyTimes=\"0;.25;.5\"/></use>"
    ), "{svg}");
    assert!(
        svg.contains("<g class=\"S\">\n<use href=\"#a\" x=\"630\" y=\"14\"/>"),
        "the last"
    );
    assert!(svg.contains("<desc>0.0 s: first\n0.0 s: a &lt; b</desc>"));
}

#[test]
fn a_film_of_one_frame_is_a_picture() {
    let one = film(&mut Rows::new(&["ab"]));
    let mut rows = Rows::new(&["ab"]);
    let told = rows.told.clone();
    assert_eq!(one, picture(rows.next().unwrap(), &told));
    assert!(!one.contains("<animate"));
    assert!(film(&mut Rows::new(&[])).ends_with("</svg>\n"));
}

#[test]
fn the_same_frames_give_the_same_bytes() {
    let rows = ["ab 0", "ab 1", "xy 字", "ab 1", "    "];
    assert_eq!(film(&mut Rows::new(&rows)), film(&mut Rows::new(&rows)));
}

#[test]
fn nothing_that_is_said_gets_out_of_its_place() {
    let mut rows = Rows::new(&["]]><script>", "\"'&<!--</t"]);
    rows.told.title = "</title><script>alert(1)</script>\u{0}\u{fffe}".to_owned();
    let svg = film(&mut rows);
    assert!(!svg.contains("<script") && !svg.contains("]]>") && !svg.contains("<!--"));
    let bad = |c: char| c.is_control() && c != '\n' || c == '\u{fffe}';
    assert!(!svg.contains(bad));
}
