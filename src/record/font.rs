//! The font of pictures, brought along (`assets/fonts`, packed by `build.rs`): regular and bold, each character one cell wide.
//!
//! A picture of text brings the part of the font that it uses: [`Face::subset`] cuts it out, as a
//! whole font file that browsers take. What the font lacks (other scripts, emoji) is the reader's
//! fonts' in SVG and HTML, and a box in rasters. Lines, blocks and braille are geometry
//! (`shape`), not characters.
//!
//! The tables are those of the OpenType specification, 1.9: `glyf` and `loca` (outlines), `cmap`
//! (characters), `hmtx` (widths), and those that are copied as they are.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A font file of ours: outlines of type `glyf`, a `loca` of short form, a `cmap` of form 4.
#[derive(Clone, Copy, Debug)]
pub struct Face {
    packed: &'static [u8],
    file: &'static OnceLock<Vec<u8>>,
}

macro_rules! face {
    ($file:literal) => {
        Face {
            packed: include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".packed")),
            file: {
                static FILE: OnceLock<Vec<u8>> = OnceLock::new();
                &FILE
            },
        }
    };
}

/// Of text.
pub const REGULAR: Face = face!("regular.ttf");

/// Of bold text.
pub const BOLD: Face = face!("bold.ttf");

/// The width of every character, in thousandths of the font's size.
pub const ADVANCE: u16 = 600;

impl Face {
    /// Returns the whole file, for rasterisers.
    pub fn file(self) -> &'static [u8] {
        let unpacked = || miniz_oxide::inflate::decompress_to_vec(self.packed).unwrap_or_default();
        self.file.get_or_init(unpacked)
    }

    /// Returns whether the font can draw a character.
    ///
    /// ```
    /// use mpviz::record::font::{BOLD, REGULAR};
    ///
    /// assert!(REGULAR.has('a') && BOLD.has('►'));
    /// assert!(!REGULAR.has('字'));
    /// ```
    pub fn has(self, character: char) -> bool {
        self.glyph(character) != 0
    }

    /// Returns a font file with these characters and no others, as far as the font has them. The same
    /// characters give the same bytes.
    pub fn subset(self, characters: impl IntoIterator<Item = char>) -> Vec<u8> {
        let characters: BTreeMap<char, u16> = characters
            .into_iter()
            .map(|character| (character, self.glyph(character)))
            .filter(|&(_, glyph)| glyph != 0)
            .collect();
        let kept = self.kept(&characters);
        let place = |glyph: u16| {
            kept.iter()
                .position(|&known| known == glyph)
                .map_or(0, short)
        };
        let (outlines, offsets) = self.outlines(&kept, place);
        let mut head = self.table(b"head").to_vec();
        put(&mut head, 8, &[0; 4]); // the checksum of the whole, below
        let mut widths_head = self.table(b"hhea").to_vec();
        put(&mut widths_head, 34, &1_u16.to_be_bytes());
        let mut limits = self.table(b"maxp").to_vec();
        put(&mut limits, 4, &short(kept.len()).to_be_bytes());
        // In the order of their names, as a font's directory wants them.
        file(&[
            (b"OS/2", self.table(b"OS/2").to_vec()),
            (b"cmap", characters_table(&characters, place)),
            (b"glyf", outlines),
            (b"head", head),
            (b"hhea", widths_head),
            (b"hmtx", self.widths(&kept)),
            (b"loca", offsets),
            (b"maxp", limits),
            (b"name", vec![0, 0, 0, 0, 0, 6]), // no names
            (b"post", self.table(b"post").to_vec()),
        ])
    }

    /// Returns the glyphs to keep, in their new order: the one for what is missing, those of the
    /// characters, and the parts that these are put together from.
    fn kept(self, characters: &BTreeMap<char, u16>) -> Vec<u16> {
        let mut kept = vec![0];
        for &glyph in characters.values() {
            if !kept.contains(&glyph) {
                kept.push(glyph);
            }
        }
        let mut seen = 0;
        while seen < kept.len() {
            let outline = self.outline(kept[seen]);
            for at in parts(outline) {
                let part = number(outline, at);
                if !kept.contains(&part) {
                    kept.push(part);
                }
            }
            seen += 1;
        }
        kept
    }

    /// Returns the outlines of glyphs, and where each begins.
    fn outlines(self, kept: &[u16], place: impl Fn(u16) -> u16) -> (Vec<u8>, Vec<u8>) {
        let (mut outlines, mut offsets) = (Vec::new(), vec![0, 0]);
        for &glyph in kept {
            let mut outline = self.outline(glyph).to_vec();
            for at in parts(&outline) {
                let part = place(number(&outline, at));
                put(&mut outline, at, &part.to_be_bytes());
            }
            outlines.extend(outline);
            outlines.resize(outlines.len().next_multiple_of(2), 0);
            offsets.extend(short(outlines.len() / 2).to_be_bytes());
        }
        (outlines, offsets)
    }

    /// Returns the table of widths: one for all, then each glyph's left edge.
    fn widths(self, kept: &[u16]) -> Vec<u8> {
        let table = self.table(b"hmtx");
        let whole = usize::from(number(self.table(b"hhea"), 34));
        let mut widths = ADVANCE.to_be_bytes().to_vec();
        for &glyph in kept {
            let glyph = usize::from(glyph);
            let at = match glyph.checked_sub(whole) {
                None => glyph * 4 + 2,
                Some(behind) => whole * 4 + behind * 2,
            };
            widths.extend(number(table, at).to_be_bytes());
        }
        widths
    }

    /// Returns a character's glyph; 0 for what the font lacks.
    fn glyph(self, character: char) -> u16 {
        let Ok(code) = u16::try_from(u32::from(character)) else {
            return 0;
        };
        let cmap = self.table(b"cmap");
        let map = part(cmap, long(cmap, 8), usize::MAX);
        let segments = usize::from(number(map, 6) / 2);
        let column = |which: usize, segment: usize| {
            // Between the columns of ends and of begins stand two bytes of nothing.
            14 + (which * segments + segment) * 2 + if which > 0 { 2 } else { 0 }
        };
        let Some(segment) = (0..segments).find(|&at| number(map, column(0, at)) >= code) else {
            return 0;
        };
        let first = number(map, column(1, segment));
        let Some(behind) = code.checked_sub(first) else {
            return 0;
        };
        let delta = number(map, column(2, segment));
        match number(map, column(3, segment)) {
            0 => code.wrapping_add(delta),
            offset => {
                let at = column(3, segment) + usize::from(offset) + usize::from(behind) * 2;
                match number(map, at) {
                    0 => 0,
                    glyph => glyph.wrapping_add(delta),
                }
            }
        }
    }

    /// Returns the bytes of a glyph's outline.
    fn outline(self, glyph: u16) -> &'static [u8] {
        let offsets = self.table(b"loca");
        let offset = |glyph: usize| usize::from(number(offsets, glyph * 2)) * 2;
        let (from, to) = (offset(glyph.into()), offset(usize::from(glyph) + 1));
        part(self.table(b"glyf"), from, to.saturating_sub(from))
    }

    fn table(self, name: &[u8; 4]) -> &'static [u8] {
        (0..usize::from(number(self.file(), 4)))
            .map(|entry| 12 + entry * 16)
            .find(|&at| part(self.file(), at, 4) == name)
            .map_or(&[], |at| {
                part(
                    self.file(),
                    long(self.file(), at + 8),
                    long(self.file(), at + 12),
                )
            })
    }
}

/// Returns a font's bytes as a URL that holds them.
pub fn data_url(font: &[u8]) -> String {
    let mut url = "data:font/ttf;base64,".to_owned();
    base64(font, &mut url);
    url
}

/// Writes bytes as base64.
pub fn base64(bytes: &[u8], url: &mut String) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit > three.len() {
                url.push('=');
            } else {
                url.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
            }
        }
    }
}

/// Returns where in an outline the numbers of the glyphs stand that it is put together from.
fn parts(outline: &[u8]) -> Vec<usize> {
    const WIDE_ARGUMENTS: u16 = 0x1;
    const SCALE: u16 = 0x8;
    const MORE: u16 = 0x20;
    const TWO_SCALES: u16 = 0x40;
    const MATRIX: u16 = 0x80;
    let mut parts = Vec::new();
    let is_simple = number(outline, 0) < 0x8000;
    if outline.is_empty() || is_simple {
        return parts;
    }
    let mut at = 10;
    loop {
        let flags = number(outline, at);
        parts.push(at + 2);
        at += if flags & WIDE_ARGUMENTS != 0 { 8 } else { 6 };
        at += match flags {
            flags if flags & MATRIX != 0 => 8,
            flags if flags & TWO_SCALES != 0 => 4,
            flags if flags & SCALE != 0 => 2,
            _ => 0,
        };
        if flags & MORE == 0 {
            return parts;
        }
    }
}

/// Returns a `cmap`: stretches of characters whose glyphs follow each other, too.
fn characters_table(characters: &BTreeMap<char, u16>, place: impl Fn(u16) -> u16) -> Vec<u8> {
    let mut stretches: Vec<(u16, u16, u16)> = Vec::new(); // first, last, glyph of the first
    for (&character, &glyph) in characters {
        let code = short(u32::from(character) as usize);
        let glyph = place(glyph);
        match stretches.last_mut() {
            Some((first, last, begin))
                if *last + 1 == code && *begin + (code - *first) == glyph =>
            {
                *last = code;
            }
            _ => stretches.push((code, code, glyph)),
        }
    }
    // The last one is there for those who search.
    stretches.push((u16::MAX, u16::MAX, 0));
    let count = short(stretches.len());
    let power = count.ilog2();
    let mut map = Vec::new();
    let mut push = |value: u16| map.extend(value.to_be_bytes());
    // One table: for Windows and all others, of Unicode; it begins after these 12 bytes.
    for value in [0, 1, 3, 1, 0, 12] {
        push(value);
    }
    for value in [4, 16 + count * 8, 0, count * 2] {
        push(value);
    }
    let searched = 2 << power;
    push(searched);
    push(short(power as usize));
    push(count * 2 - searched);
    stretches.iter().for_each(|&(_, last, _)| push(last));
    push(0);
    stretches.iter().for_each(|&(first, ..)| push(first));
    for &(first, _, glyph) in &stretches {
        push(if first == u16::MAX {
            1
        } else {
            glyph.wrapping_sub(first)
        });
    }
    stretches.iter().for_each(|_| push(0));
    map
}

/// Returns a font file of these tables.
fn file(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = short(tables.len());
    let power = count.ilog2();
    let mut file = vec![0, 1, 0, 0];
    for value in [
        count,
        16 << power,
        short(power as usize),
        (count - (1 << power)) * 16,
    ] {
        file.extend(value.to_be_bytes());
    }
    let mut at = file.len() + tables.len() * 16;
    let mut head = 0;
    for (name, table) in tables {
        if *name == b"head" {
            head = at;
        }
        file.extend(*name);
        file.extend(sum(table).to_be_bytes());
        for value in [at, table.len()] {
            file.extend(u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes());
        }
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(sum(&file));
    put(&mut file, head + 8, &adjustment.to_be_bytes());
    file
}

/// Returns a checksum as fonts have them: of numbers of four bytes.
fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(4).fold(0, |sum, chunk| {
        let mut four = [0; 4];
        four[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(four))
    })
}

/// Returns a stretch of bytes, as much of it as there is.
fn part(bytes: &[u8], from: usize, length: usize) -> &[u8] {
    let rest = bytes.get(from..).unwrap_or_default();
    &rest[..length.min(rest.len())]
}

/// Returns a number of two bytes.
fn number(bytes: &[u8], at: usize) -> u16 {
    match part(bytes, at, 2) {
        &[high, low] => u16::from_be_bytes([high, low]),
        _ => 0,
    }
}

/// Returns a number of four bytes.
fn long(bytes: &[u8], at: usize) -> usize {
    usize::from(number(bytes, at)) << 16 | usize::from(number(bytes, at + 2))
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

/// Returns a number that the font's own limits keep below 65,536.
fn short(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
