//! The subset is read back by a parser of its own here; browsers read it in `tests/browser`.

use super::*;
use crate::view::signs::UNICODE;

/// Reads a made font with the code that reads ours.
fn read(font: Vec<u8>) -> Face {
    Face {
        packed: &[],
        file: Box::leak(Box::new(OnceLock::from(font))),
    }
}

const TEXT: &str = "aäÅzé»►○⇡▮Ж�";

#[test]
fn a_subset_has_its_characters_and_no_others() {
    for face in [REGULAR, BOLD] {
        let subset = read(face.subset(TEXT.chars()));
        for c in ' '..='\u{ffff}' {
            assert_eq!(subset.has(c), TEXT.contains(c), "{c:?}");
        }
        for c in TEXT.chars() {
            let (ours, theirs) = (face.outline(face.glyph(c)), subset.outline(subset.glyph(c)));
            assert_eq!(ours.len().next_multiple_of(2), theirs.len(), "{c:?}");
            // What is put together has its parts, each the same as in the whole.
            for at in parts(ours) {
                let ours = face.outline(number(ours, at));
                let theirs = subset.outline(number(theirs, at));
                assert!(theirs.starts_with(ours) && !ours.is_empty(), "{c:?}");
            }
            if parts(ours).is_empty() {
                assert!(theirs.starts_with(ours), "{c:?}");
            }
        }
    }
}

#[test]
fn a_subset_is_as_the_format_wants_it() {
    let font = REGULAR.subset(TEXT.chars());
    assert_eq!(sum(&font), 0xb1b0_afba, "the sum of a whole file");
    let subset = read(font);
    let glyphs = usize::from(number(subset.table(b"maxp"), 4));
    assert_eq!(subset.table(b"loca").len(), (glyphs + 1) * 2);
    assert_eq!(subset.table(b"hmtx").len(), 2 + glyphs * 2);
    let names: Vec<&[u8]> = (0..10)
        .map(|at| part(subset.file(), 12 + at * 16, 4))
        .collect();
    assert!(names.is_sorted());
}

#[test]
fn the_same_characters_give_the_same_bytes() {
    let twice: String = TEXT.chars().rev().chain(TEXT.chars()).collect();
    assert_eq!(REGULAR.subset(twice.chars()), REGULAR.subset(TEXT.chars()));
}

#[test]
fn nothing_is_a_font_too() {
    let empty = read(REGULAR.subset("字".chars()));
    assert!(!empty.has('字') && !empty.has('a'));
    assert_eq!(number(empty.table(b"maxp"), 4), 1);
}

#[test]
fn it_is_small() {
    let letters = REGULAR.subset((' '..='~').chain("►◄▲▼»…⇡●■".chars()));
    assert!(letters.len() < 9_000, "{}", letters.len());
}

#[test]
fn the_font_has_every_sign_that_is_no_geometry() {
    let signs = format!("{UNICODE:?}");
    let text = signs
        .chars()
        .filter(|c| !('\u{2500}'..='\u{259f}').contains(c));
    for c in text {
        assert!(REGULAR.has(c) && BOLD.has(c), "{c:?}");
    }
    for c in '\u{20}'..='\u{7e}' {
        assert!(REGULAR.has(c) && BOLD.has(c), "{c:?}");
    }
}

#[test]
fn every_character_is_one_cell_wide() {
    for face in [REGULAR, BOLD] {
        for c in ('\u{20}'..='\u{ffff}').filter(|&c| face.has(c)) {
            let glyph = usize::from(face.glyph(c));
            let whole = usize::from(number(face.table(b"hhea"), 34));
            let at = glyph.min(whole - 1) * 4;
            assert_eq!(number(face.table(b"hmtx"), at), ADVANCE, "{c:?}");
        }
    }
}

#[test]
fn bytes_become_a_url() {
    assert_eq!(data_url(b"Man"), "data:font/ttf;base64,TWFu");
    assert_eq!(data_url(b"Ma"), "data:font/ttf;base64,TWE=");
    assert_eq!(data_url(b"M"), "data:font/ttf;base64,TQ==");
}
