//! A film as one page with a player: `.html`.
//!
//! The page needs nothing but itself: its policy forbids every other source, and its script runs by
//! the hash that stands there. The picture is an SVG of rows, each painted as a still picture is,
//! first by `paint` and then by the script from the frames that `stream` has packed. Text is text,
//! so that it can be found and selected; what is told beside the frames are lists of links, which
//! are there without the script too. The same film gives the same bytes.

mod paint;
mod palette;
mod row;
mod stream;
mod text;

use self::palette::Palette;
use self::row::{Reader, Row};
use self::stream::{Characters, Stream};
use self::text::{attribute, escaped, json, seconds};
use super::font::{BOLD, REGULAR, data_url};
use super::shot::{Frames, Named, Told};
use crate::event::Span;
use std::fmt::Write as _;
use std::io::{self, Write};

const SCRIPT: &str = include_str!("../../assets/player/player.js");
const STYLE: &str = include_str!("../../assets/player/player.css");
/// Of the compacted script: what the page lets run.
const SCRIPT_HASH: &str = "sha256-Mc5H1GZnXRYpdoFnGiR32aU5dcnqtc5cPc1+1G7mW3A=";

/// Writes the film's page.
///
/// # Errors
///
/// What the writer fails with.
pub fn page(film: &mut dyn Frames, out: &mut dyn Write) -> io::Result<()> {
    let told = film.told().clone();
    let mut palette = Palette::new(told.paper, told.light);
    let mut reader = Reader::new(told.size);
    let mut stream = Stream::new(told.size);
    let mut first: Option<Vec<Row>> = None;
    let mut last = Vec::new();
    while let Some(shot) = film.next() {
        last = reader.rows(shot, &mut palette);
        stream.frame(text::tick(shot.at, told.fps), &last);
        first.get_or_insert_with(|| last.clone());
    }
    let first = first.unwrap_or_else(|| reader.blank());
    if last.is_empty() {
        last = reader.blank();
    }
    let page = Page {
        told: &told,
        palette: &palette,
        reader: &reader,
        frames: stream.finish(),
        characters: stream.characters(&palette, &reader),
    };
    out.write_all(page.text(&first, &last).as_bytes())
}

/// Everything that a page is put together from.
struct Page<'a> {
    told: &'a Told,
    palette: &'a Palette,
    reader: &'a Reader,
    frames: String,
    characters: Characters,
}

impl Page<'_> {
    fn text(&self, first: &[Row], last: &[Row]) -> String {
        let mut page = String::with_capacity(self.frames.len() + (64 << 10));
        self.head(&mut page);
        self.picture(&mut page, first);
        self.controls(&mut page);
        page.push_str("</figure>\n");
        if first != last {
            self.end(&mut page, last);
        }
        self.lists(&mut page);
        page.push_str("</main>\n");
        page.push_str(HELP);
        let _ = writeln!(
            page,
            "<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n</body>\n</html>",
            self.data(),
            script(),
        );
        page
    }

    fn head(&self, page: &mut String) {
        let title = escaped(&self.told.title);
        let _ = write!(
            page,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             script-src '{SCRIPT_HASH}'; style-src 'unsafe-inline'; font-src data:; img-src data:; \
             base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"generator\" content=\"mpviz {}\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<style>\n{}{}{}</style>\n",
            env!("CARGO_PKG_VERSION"),
            self.fonts(),
            compact(STYLE),
            self.palette.css(),
        );
        let light = self.palette.light_css();
        if !light.is_empty() {
            let _ = writeln!(
                page,
                "<style id=\"light\" media=\"(prefers-color-scheme: light)\">{light}</style>"
            );
        }
        let class = if self.told.captions.is_empty() {
            ""
        } else {
            " class=\"captioned\""
        };
        let _ = write!(
            page,
            "</head>\n<body{class}>\n<main>\n<h1>{title}</h1>\n<figure aria-label=\"Film\">\n"
        );
    }

    /// The part of the fonts that the film uses.
    fn fonts(&self) -> String {
        let mut fonts = String::new();
        let faces = [
            (REGULAR, "normal", &self.characters.regular),
            (BOLD, "bold", &self.characters.bold),
        ];
        for (face, weight, characters) in faces {
            if characters.iter().any(|&c| face.has(c)) {
                let _ = writeln!(
                    fonts,
                    "@font-face{{font-family:Film;font-weight:{weight};src:url({})}}",
                    data_url(&face.subset(characters.iter().copied())),
                );
            }
        }
        fonts
    }

    /// The picture, with the first frame in it.
    fn picture(&self, page: &mut String, rows: &[Row]) {
        page.push_str("<div id=\"stage\" tabindex=\"-1\" role=\"region\" aria-label=\"Picture\">");
        self.svg(page, " id=\"picture\"", "What the screen shows", rows);
        page.push_str("</div>\n<p id=\"said\" aria-live=\"polite\"></p>\n");
    }

    fn svg(&self, page: &mut String, id: &str, label: &str, rows: &[Row]) {
        let (width, height) = self.told.size;
        let (width, height) = (
            u32::from(width) * paint::WIDTH,
            u32::from(height) * paint::HEIGHT,
        );
        let _ = write!(
            page,
            "<svg{id} xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{label}\">",
        );
        // All grounds first: a letter may stand out of its row.
        for is_ground in [true, false] {
            page.push_str("<g>");
            for (y, row) in rows.iter().enumerate() {
                let baseline = y * 18 + 14;
                let _ = write!(page, "<g transform=\"translate(0 {baseline})\">");
                if is_ground {
                    paint::grounds(page, row, self.palette);
                } else {
                    paint::signs(page, row, self.palette, self.reader);
                }
                page.push_str("</g>");
            }
            page.push_str("</g>");
        }
        page.push_str("</svg>");
    }

    /// Without the script: the last picture too.
    fn end(&self, page: &mut String, rows: &[Row]) {
        page.push_str("<noscript><div id=\"end\"><h2>At the end</h2>");
        self.svg(page, "", "What the screen shows at the end", rows);
        page.push_str("</div></noscript>\n");
    }

    fn controls(&self, page: &mut String) {
        page.push_str("<div id=\"controls\" role=\"group\" aria-label=\"Player\" hidden>\n");
        let has_lines = !self.told.transcript.is_empty();
        if has_lines {
            button(page, "back", "Previous line (p)", BACK);
        }
        button(page, "play", "Play (space)", PLAY);
        if has_lines {
            button(page, "next", "Next line (n)", NEXT);
        }
        let length = text::milliseconds(self.told.length);
        let _ = write!(
            page,
            "<span id=\"time\"></span>\n<div id=\"track\"><div id=\"ticks\"></div>\
             <input id=\"seek\" type=\"range\" min=\"0\" max=\"{length}\" step=\"10\" value=\"0\" \
             aria-label=\"Time\"></div>\n\
             <select id=\"speed\" aria-label=\"Speed\" title=\"Speed (&lt; and &gt;)\">"
        );
        for (value, name) in SPEEDS {
            let selected = if *value == "1" { " selected" } else { "" };
            let _ = write!(page, "<option value=\"{value}\"{selected}>{name}</option>");
        }
        page.push_str("</select>\n");
        if self.told.light.is_some() {
            button(page, "theme", "Light or dark (t)", THEME);
        }
        button(page, "zoom", "Full size (z)", ZOOM);
        button(page, "keys", "Keys (?)", KEYS);
        page.push_str("</div>\n");
    }

    /// Marks, captions and transcript, as links to their moments.
    fn lists(&self, page: &mut String) {
        let told = self.told;
        let has_marks = !told.marks.is_empty() || !told.captions.is_empty();
        let has_lines = !told.transcript.is_empty();
        if !has_marks && !has_lines {
            return;
        }
        let class = if has_marks && has_lines {
            " class=\"both\""
        } else {
            ""
        };
        let _ = writeln!(page, "<div id=\"told\"{class}>");
        if has_marks {
            page.push_str("<div>\n");
            self.list(page, "marks", "Marks", &told.marks, &[]);
            let captions: Vec<Named> = told
                .captions
                .iter()
                .map(|caption| Named {
                    at: caption.at,
                    text: caption.text.clone(),
                })
                .collect();
            let until: Vec<Span> = told.captions.iter().map(|caption| caption.until).collect();
            self.list(page, "captions", "Captions", &captions, &until);
            page.push_str("</div>\n");
        }
        self.list(page, "transcript", "Transcript", &told.transcript, &[]);
        page.push_str("</div>\n");
    }

    fn list(&self, page: &mut String, id: &str, name: &str, items: &[Named], until: &[Span]) {
        if items.is_empty() {
            return;
        }
        let _ = write!(
            page,
            "<section aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{name}</h2>\n<ol id=\"{id}\">\n"
        );
        for (at, item) in items.iter().enumerate() {
            let until = until.get(at).map_or(String::new(), |&until| {
                format!(" data-until=\"{}\"", text::milliseconds(until))
            });
            let _ = writeln!(
                page,
                "<li{until}><a href=\"?#t={}\">{} s</a> {}</li>",
                text::address(item.at, self.told.fps),
                seconds(item.at),
                escaped(&item.text),
            );
        }
        page.push_str("</ol>\n</section>\n");
    }

    /// What the script reads, as JSON that cannot end its element.
    fn data(&self) -> String {
        let told = self.told;
        let (columns, rows) = told.size;
        let shapes = paint::shapes(&self.characters.all);
        json(&serde_json::json!({
            "columns": columns,
            "rows": rows,
            "fps": told.fps.max(1),
            "length": text::milliseconds(told.length),
            "looks": self.palette.looks(),
            "shapes": shapes.boxes,
            "curves": shapes.curves,
            "shades": shapes.shades,
            "clusters": self.reader.clusters(),
            "frames": self.frames,
        }))
    }
}

const SPEEDS: &[(&str, &str)] = &[
    ("0.25", "0.25×"),
    ("0.5", "0.5×"),
    ("1", "1×"),
    ("1.5", "1.5×"),
    ("2", "2×"),
    ("4", "4×"),
    ("8", "8×"),
];

// Icons of 20 units: paths of what is drawn.
const BACK: &str = "<path d=\"M4 4h2v12H4zM16 4v12L7 10z\"/>";
const PLAY: &str = "<path class=\"play\" d=\"M5 3v14l12-7z\"/><path class=\"pause\" d=\"M5 3h3.5v14H5zM11.5 3H15v14h-3.5z\"/>";
const NEXT: &str = "<path d=\"M14 4h2v12h-2zM4 4v12l9-6z\"/>";
const THEME: &str =
    "<path d=\"M10 2a8 8 0 1 0 0 16a8 8 0 1 0 0-16zm0 1.8v12.4a6.2 6.2 0 1 1 0-12.4z\"/>";
const ZOOM: &str = "<path d=\"M3 3h5.5v1.8H4.8v3.7H3zM11.5 15.2h3.7v-3.7H17V17h-5.5zM11.5 3H17v5.5h-1.8V4.8h-3.7zM3 11.5h1.8v3.7h3.7V17H3z\"/>";
const KEYS: &str = "<path d=\"M9 14h2v2H9zM6 7.5a4 4 0 1 1 5.5 3.7c-.4.2-.5.4-.5.8v.8H9V12c0-1.3.6-2 1.6-2.5A2 2 0 1 0 8 7.5z\"/>";

const HELP: &str = "<dialog id=\"help\" aria-labelledby=\"help-title\">\n<h2 id=\"help-title\">Keys</h2>\n<dl>\n\
<dt><kbd>space</kbd></dt><dd>play or pause</dd>\n\
<dt><kbd>←</kbd> <kbd>→</kbd></dt><dd>five seconds back or on</dd>\n\
<dt><kbd>,</kbd> <kbd>.</kbd></dt><dd>one picture back or on</dd>\n\
<dt><kbd>p</kbd> <kbd>n</kbd></dt><dd>previous or next line of the transcript</dd>\n\
<dt><kbd>m</kbd> <kbd>M</kbd></dt><dd>next or previous mark</dd>\n\
<dt><kbd>&lt;</kbd> <kbd>&gt;</kbd></dt><dd>slower or faster</dd>\n\
<dt><kbd>0</kbd> to <kbd>9</kbd></dt><dd>to the tenths of the film</dd>\n\
<dt><kbd>z</kbd></dt><dd>full size, to be scrolled</dd>\n\
<dt><kbd>t</kbd></dt><dd>light or dark, where there are both</dd>\n\
<dt><kbd>?</kbd></dt><dd>these keys</dd>\n</dl>\n\
<button id=\"close\" type=\"button\">Close</button>\n</dialog>\n";

fn button(page: &mut String, id: &str, label: &str, icon: &str) {
    let name = label.split(" (").next().unwrap_or(label);
    let pressed = if id == "zoom" {
        " aria-pressed=\"false\""
    } else {
        ""
    };
    let _ = writeln!(
        page,
        "<button id=\"{id}\" type=\"button\" aria-label=\"{}\" title=\"{}\"{pressed}>\
         <svg viewBox=\"0 0 20 20\" aria-hidden=\"true\">{icon}</svg></button>",
        attribute(name),
        attribute(label),
    );
}

/// Returns the script as the page has it.
fn script() -> String {
    compact(SCRIPT)
}

/// Returns a source without indentation, empty lines and lines that are a comment.
fn compact(source: &str) -> String {
    let mut compacted = String::with_capacity(source.len());
    for line in source.lines().map(str::trim) {
        let is_comment = line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
        if !line.is_empty() && !is_comment {
            compacted.push_str(line);
            compacted.push('\n');
        }
    }
    compacted
}
