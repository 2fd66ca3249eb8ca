//! A reader of what the renderer writes: strict about XML, and just wise enough to say which text
//! stands in which cell at which time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// An element with what is in it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

/// A document, which is as XML wants it.
#[derive(Debug)]
pub(crate) struct Document {
    root: Element,
    /// Where what has a name stands among the definitions.
    names: BTreeMap<String, usize>,
}

/// What there may be in a film.
const NAMES: &[&str] = &[
    "svg", "title", "desc", "style", "rect", "defs", "g", "use", "animate", "path", "text",
];

impl Document {
    /// Reads a document; the error says what is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Document, String> {
        let mut open = vec![Element::default()];
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            let before = unescaped(&rest[..at])?;
            open.last_mut()
                .ok_or("too many ends")?
                .text
                .push_str(&before);
            let end = rest.find('>').ok_or("a tag without an end")?;
            let tag = &rest[at + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                let done = open.pop().ok_or("an end without a begin")?;
                if done.name != name {
                    return Err(format!("</{name}> ends <{}>", done.name));
                }
                open.last_mut().ok_or("too many ends")?.children.push(done);
                continue;
            }
            let element = Element::read(tag.trim_end_matches('/'))?;
            if tag.ends_with('/') {
                open.last_mut()
                    .ok_or("behind the end")?
                    .children
                    .push(element);
            } else {
                open.push(element);
            }
        }
        let mut all = open.pop().ok_or("nothing")?;
        match (open.len(), all.children.len(), rest.trim()) {
            (0, 1, "") => {}
            left => return Err(format!("not one whole document: {left:?}")),
        }
        let root = all.children.remove(0);
        let defs = root.children.iter().find(|child| child.name == "defs");
        let defined = defs.map_or(&[][..], |defs| &defs.children);
        let named =
            |(at, child): (usize, &Element)| Some((child.attributes.get("id")?.clone(), at));
        let names = defined.iter().enumerate().filter_map(named).collect();
        let document = Document { root, names };
        document.check()?;
        Ok(document)
    }

    /// Checks that names are there once, and that what is referred to is there.
    fn check(&self) -> Result<(), String> {
        let mut names = Vec::new();
        let mut wanted = Vec::new();
        self.root.walk(&mut |element| {
            names.extend(element.attributes.get("id").cloned());
            wanted.extend(element.attributes.get("href").cloned());
            if element.name == "animate" {
                wanted.extend(element.list("values"));
            }
        });
        names.sort();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("`{}` is there twice", twice[0]));
        }
        for href in wanted {
            let name = href.strip_prefix('#').ok_or("a reference to elsewhere")?;
            if names.binary_search(&name.to_owned()).is_err() {
                return Err(format!("there is no `{href}`"));
            }
        }
        Ok(())
    }

    /// Returns the rows of text at a time, for those who see it move.
    pub(crate) fn rows(&self, seconds: f64, area: Rect) -> Vec<String> {
        let mut cells = vec![vec![' '; area.width.into()]; area.height.into()];
        for child in &self.root.children {
            let class = child.attributes.get("class").map(String::as_str);
            if child.name == "g" && class != Some("S") {
                self.draw(child, (0.0, 0.0), seconds, &mut cells);
            }
        }
        cells
            .into_iter()
            .map(|row| row.into_iter().collect())
            .collect()
    }

    fn draw(&self, element: &Element, at: (f64, f64), seconds: f64, cells: &mut [Vec<char>]) {
        let number = |name: &str| -> f64 {
            let value = element.attributes.get(name);
            value.map_or(0.0, |value| value.parse().expect("a number"))
        };
        let mut at = at;
        match element.name.as_str() {
            "g" => {
                if let Some(moved) = element.attributes.get("transform") {
                    let moved = moved.strip_prefix("translate(0 ").expect("a way down");
                    at.1 += moved
                        .trim_end_matches(')')
                        .parse::<f64>()
                        .expect("a number");
                }
            }
            "use" => {
                at = (at.0 + number("x"), at.1 + number("y"));
                let href = element.children.first().map_or_else(
                    || element.attributes["href"].clone(),
                    |animate| animate.shown(seconds),
                );
                let wanted = self.named(&href[1..]).expect("it is there");
                self.draw(wanted, at, seconds, cells);
                return;
            }
            "text" => {
                let chars = element.text.chars().count();
                let is_foreign = element
                    .attributes
                    .get("class")
                    .is_some_and(|class| class.ends_with('M'));
                let x = at.0 + number("x");
                if is_foreign {
                    // Its first cell; what stands there is not told by characters.
                    let column = ((x - 9.0) / 9.0).ceil() as usize;
                    write(cells, column, at.1, "\u{fffd}");
                    return;
                }
                if chars > 1 {
                    assert_eq!(
                        number("textLength"),
                        chars as f64 * 9.0,
                        "{:?}",
                        element.text
                    );
                }
                write(cells, (x / 9.0) as usize, at.1, &element.text);
            }
            _ => {}
        }
        for child in &element.children {
            self.draw(child, at, seconds, cells);
        }
    }

    fn named(&self, name: &str) -> Option<&Element> {
        let is_defs = |child: &&Element| child.name == "defs";
        let defs = self.root.children.iter().find(is_defs)?;
        defs.children.get(*self.names.get(name)?)
    }
}

impl Element {
    fn read(tag: &str) -> Result<Element, String> {
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        if !NAMES.contains(&name) {
            return Err(format!("<{name}> has no business here"));
        }
        let mut attributes = BTreeMap::new();
        while !rest.is_empty() {
            let (name, after) = rest.split_once("=\"").ok_or(format!("no value: {rest}"))?;
            let (value, after) = after.split_once('"').ok_or(format!("no end: {rest}"))?;
            if name.starts_with("on") || attributes.contains_key(name) {
                return Err(format!("`{name}` in <{tag}>"));
            }
            attributes.insert(name.to_owned(), unescaped(value)?);
            rest = after.trim_start();
        }
        Ok(Element {
            name: name.to_owned(),
            attributes,
            ..Element::default()
        })
    }

    fn walk<'a>(&'a self, look: &mut impl FnMut(&'a Element)) {
        look(self);
        self.children.iter().for_each(|child| child.walk(look));
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.attributes[name]
            .split(';')
            .map(str::to_owned)
            .collect()
    }

    /// Returns which value an animation has at a time, in its first round.
    fn shown(&self, seconds: f64) -> String {
        let length: f64 = self.attributes["dur"]
            .trim_end_matches('s')
            .parse()
            .expect("a length");
        let times: Vec<f64> = self
            .list("keyTimes")
            .iter()
            .map(|time| time.parse().expect("a time"))
            .collect();
        let values = self.list("values");
        assert!(times[0] == 0.0 && times.is_sorted() && times.len() == values.len());
        let begun = times.partition_point(|time| time * length <= seconds + 1e-9);
        values[begun - 1].clone()
    }
}

fn unescaped(text: &str) -> Result<String, String> {
    let bad = |c: char| c.is_control() && c != '\n' || ['\u{fffe}', '\u{ffff}'].contains(&c);
    if let Some(c) = text.chars().find(|&c| bad(c)) {
        return Err(format!("{c:?} is not of XML"));
    }
    let mut parts = text.split('&');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').ok_or(format!("no entity: &{part}"))?;
        whole.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            _ => return Err(format!("no entity: &{name};")),
        });
        whole.push_str(rest);
    }
    Ok(whole)
}

fn write(cells: &mut [Vec<char>], column: usize, baseline: f64, text: &str) {
    let row = &mut cells[((baseline - 14.0) / 18.0) as usize];
    for (at, c) in text.chars().enumerate() {
        if c != ' ' {
            assert_eq!(row[column + at], ' ', "two characters in one cell");
            row[column + at] = c;
        }
    }
}

/// Returns a frame's rows of text: geometry is blank, and what the font lacks a sign of that.
pub(crate) fn texts(frame: &Buffer) -> Vec<String> {
    let row = |y| {
        let cell = |x| {
            let symbol = frame[(x, y)].symbol();
            let mut chars = symbol.chars();
            match (chars.next(), chars.next()) {
                (Some('\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}'), None) => ' ',
                (Some(c), None) if mpviz::record::font::REGULAR.has(c) => c,
                _ if symbol.trim().is_empty() => ' ',
                _ => '\u{fffd}',
            }
        };
        (0..frame.area.width).map(cell).collect()
    };
    (0..frame.area.height).map(row).collect()
}
