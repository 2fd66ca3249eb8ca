//! A page as its player reads it: frames, looks and colours, unpacked a second time.

use mpviz::event::Span;
use mpviz::record::html::page;
use mpviz::record::shot::Frames;
use serde_json::Value;
use std::collections::HashMap;

/// A cell of a page: its symbol, then colour, ground and whether it is bold, in each theme.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Seen {
    pub(crate) symbol: String,
    pub(crate) themes: [(String, String, bool); 2],
}

/// A page, unpacked.
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) data: Value,
    /// Each frame's time in ticks, and its cells, row by row.
    pub(crate) frames: Vec<(u64, Vec<Seen>)>,
}

/// Makes a film's page.
pub(crate) fn made(film: &mut dyn Frames) -> String {
    let mut page_bytes = Vec::new();
    page(film, &mut page_bytes).expect("a page");
    String::from_utf8(page_bytes).expect("text")
}

/// Makes a film's page and unpacks it.
pub(crate) fn unpacked(film: &mut dyn Frames) -> Page {
    let text = made(film);
    let data = data(&text);
    let themes = [
        colours(&text, "<style>"),
        colours(&text, "<style id=\"light\""),
    ];
    let frames = Stream::new(&data).frames(&themes);
    Page { text, data, frames }
}

/// Returns what the script of a page reads.
pub(crate) fn data(page: &str) -> Value {
    serde_json::from_str(between(page, "id=\"data\">", "</script>")).expect("JSON")
}

/// Returns what stands between two texts.
#[track_caller]
pub(crate) fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text
        .split_once(begin)
        .unwrap_or_else(|| panic!("no {begin}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end}")).0
}

/// Returns the colour of each class in a style sheet.
fn colours(page: &str, style: &str) -> HashMap<u64, String> {
    let Some((_, sheet)) = page.split_once(style) else {
        return HashMap::new();
    };
    let sheet = sheet.split("</style>").next().expect("a sheet");
    let rules = sheet.split(".c").skip(1).filter_map(|rule| {
        let (class, rest) = rule.split_once("{fill:")?;
        Some((class.parse().ok()?, rest.split_once('}')?.0.to_owned()))
    });
    rules.collect()
}

struct Stream<'a> {
    data: &'a Value,
    units: Vec<u16>,
    read: usize,
}

impl<'a> Stream<'a> {
    fn new(data: &'a Value) -> Stream<'a> {
        let packed = data["frames"].as_str().expect("frames");
        Stream {
            data,
            units: packed.encode_utf16().collect(),
            read: 0,
        }
    }

    fn number(&mut self) -> u64 {
        let (mut value, mut factor) = (0, 1);
        loop {
            let digit = u64::from(self.units[self.read]) - 61;
            self.read += 1;
            value += (digit & 31) * factor;
            if digit < 32 {
                return value;
            }
            factor *= 32;
        }
    }

    fn frames(mut self, themes: &[HashMap<u64, String>; 2]) -> Vec<(u64, Vec<Seen>)> {
        let of = |name: &str| self.data[name].as_u64().expect("a number");
        let (columns, height) = (of("columns") as usize, of("rows") as usize);
        let mut known: Vec<Vec<(u16, u64)>> = vec![vec![(32, 0); columns]];
        let (mut frame, mut tick, mut frames) = (vec![0; height], 0, Vec::new());
        while self.read < self.units.len() {
            tick += self.number();
            let before = frame.clone();
            let mut y = 0;
            for row in 0..self.number() {
                y += self.number() as usize + usize::from(row > 0);
                let code = self.number();
                if code.is_multiple_of(2) {
                    frame[y] = known.len() - 1 - code as usize / 2;
                    continue;
                }
                let zigzag = (code / 2) as isize;
                let near = if zigzag % 2 == 0 {
                    zigzag / 2
                } else {
                    -(zigzag + 1) / 2
                };
                let from = y.checked_add_signed(near).expect("a row");
                let new = self.changed(known[before[from]].clone());
                known.push(new);
                frame[y] = known.len() - 1;
            }
            let cells = frame.iter().flat_map(|&row| &known[row]);
            let seen = cells.map(|&cell| self.seen(cell, themes)).collect();
            frames.push((tick, seen));
        }
        frames
    }

    fn changed(&mut self, mut row: Vec<(u16, u64)>) -> Vec<(u16, u64)> {
        let mut x = 0;
        for _ in 0..self.number() {
            x += self.number() as usize;
            let cells = self.number() as usize;
            let mut looks = Vec::new();
            while looks.len() < cells {
                let look = self.number();
                looks.extend(vec![look; self.number() as usize]);
            }
            for look in looks {
                row[x] = (self.units[self.read], look);
                self.read += 1;
                x += 1;
            }
        }
        row
    }

    fn seen(&self, (unit, look): (u16, u64), themes: &[HashMap<u64, String>; 2]) -> Seen {
        let symbol = match unit {
            0xe000 => String::new(),
            0xe001..=0xf8ff => {
                let at = usize::from(unit) - 0xe001;
                self.data["clusters"][at]
                    .as_str()
                    .expect("a cluster")
                    .to_owned()
            }
            unit => String::from_utf16(&[unit]).expect("a character"),
        };
        let look = &self.data["looks"][look as usize];
        let weight = look[2].as_u64().expect("a weight");
        let theme = |light: usize| {
            let colour = |class: &Value| match class.as_u64() {
                None => "none".to_owned(),
                Some(class) => {
                    let own = themes[light].get(&class);
                    own.or(themes[0].get(&class)).expect("a class").clone()
                }
            };
            let is_bold = weight == 1 || weight == 2 + light as u64;
            (colour(&look[0]), colour(&look[1]), is_bold)
        };
        Seen {
            symbol,
            themes: [theme(0), theme(1)],
        }
    }
}

/// Returns how many ticks after the begin a shot comes.
pub(crate) fn tick(at: Span, fps: u32) -> u64 {
    (u128::from(at.0) * u128::from(fps) + 500_000_000) as u64 / 1_000_000_000
}
