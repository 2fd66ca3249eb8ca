//! What a terminal says of itself, and when: at once, late, never, or nonsense. No answer becomes a
//! key, no key gets lost, and the screen looks as is right for it.

#[path = "common/mod.rs"]
mod common;

use common::pty::Pty;
use unicode_width::UnicodeWidthStr;
use vt100::Color;

const USUAL: (u16, u16) = (80, 24);
const RUN: [&str; 5] = ["--color", "always", "pool", "--pace", "23"];
const WHITE: &[u8] = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\";
const BLACK: &[u8] = b"\x1b]11;rgb:0000/0000/0000\x07";
/// What a VT220 says of itself: it comes last.
const LAST: &[u8] = b"\x1b[?62;22c";

/// The text of the light theme, and of the dark one.
const ON_LIGHT: Color = Color::Rgb(0x2B, 0x30, 0x36);
const ON_DARK: Color = Color::Rgb(0xC9, 0xCE, 0xD4);

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Starts a run on a terminal that gives answers when it is asked.
fn answering(arguments: &[&str], variables: &[(&str, &str)], answers: &[&[u8]]) -> Pty {
    let mut pty = Pty::start_with(USUAL, arguments, variables);
    pty.wait_for("the questions", || has(&pty.all_bytes(), b"\x1b[c"));
    for answer in answers {
        pty.send(answer);
    }
    pty
}

fn inks(pty: &Pty) -> Vec<Color> {
    let cells = pty.cells().into_iter().flatten();
    let seen = cells.filter(|cell| !cell.text.trim().is_empty());
    seen.map(|cell| cell.foreground).collect()
}

fn grounds(pty: &Pty) -> Vec<Color> {
    let cells = pty.cells().into_iter().flatten();
    cells.map(|cell| cell.background).collect()
}

#[track_caller]
fn is_light(pty: &Pty, is_light: bool) {
    // A frame may be there by half.
    pty.wait_for("the theme for its ground", || {
        let inks = inks(pty);
        inks.contains(&ON_LIGHT) == is_light && inks.contains(&ON_DARK) != is_light
    });
}

#[test]
fn a_terminal_that_says_its_ground_is_drawn_on_with_the_theme_for_it() {
    for (ground, light) in [(WHITE, true), (BLACK, false)] {
        let pty = answering(&RUN, &[], &[ground, LAST]);
        pty.until_header(&["■ ended"]);
        is_light(&pty, light);
        // Its own ground stays.
        assert!(grounds(&pty).contains(&Color::Default));
        pty.quit();
    }
    // What it says counts more than what a variable says.
    let pty = answering(&RUN, &[("COLORFGBG", "0;15")], &[BLACK, LAST]);
    pty.until_header(&["■ ended"]);
    is_light(&pty, false);
    pty.quit();
}

#[test]
fn a_ground_on_which_nothing_could_be_read_is_painted() {
    let grey = b"\x1b]11;rgb:80/80/80\x1b\\";
    let pty = answering(&RUN, &[], &[grey, LAST]);
    pty.until_header(&["■ ended"]);
    assert!(!grounds(&pty).contains(&Color::Default), "{}", pty.text());
    pty.quit();
}

#[test]
fn a_terminal_that_says_nothing_is_not_waited_for() {
    let pty = answering(&RUN, &[], &[]);
    pty.until_header(&["■ ended"]);
    is_light(&pty, false);
    pty.quit();
    let pty = answering(&RUN, &[("COLORFGBG", "0;15")], &[]);
    pty.until_header(&["■ ended"]);
    is_light(&pty, true);
    pty.quit();
    // Nor one that only says what it is.
    let pty = answering(&RUN, &[], &[LAST]);
    pty.until_header(&["■ ended"]);
    is_light(&pty, false);
    pty.quit();
}

#[test]
fn what_a_terminal_says_late_counts_and_is_no_key() {
    let mut pty = answering(&RUN, &[], &[]);
    pty.until_header(&["■ ended"]);
    // Nothing comes after the sentence that sums it up.
    let before = pty.until_text("The run took");
    // Cut where it hurts, as a slow line does it.
    for part in WHITE.chunks(7) {
        pty.send(part);
    }
    pty.send(b"\x1b[2;6R");
    pty.send(LAST);
    is_light(&pty, true);
    assert_eq!(pty.text(), before);
    pty.quit();
}

#[test]
fn nonsense_is_no_answer_and_no_key() {
    let nonsense: [&[u8]; 8] = [
        b"\x1b]11;rgb:zz/\xff/q\x07",
        b"\x1b]11;\x1b\\",
        b"\x1b]4;1;rgb:0/0/0\x07",
        b"\x1b[2;300R",
        b"\x1b[99999999999;1R",
        b"\x1bP1$r0m\x1b\\",
        b"\x1b[?1;2;3",
        LAST,
    ];
    let mut pty = answering(&RUN, &[], &nonsense);
    pty.until_header(&["■ ended"]);
    is_light(&pty, false);
    let before = pty.text();
    pty.press("?");
    pty.until("the help", |text| text != before);
    pty.press("Esc");
    pty.until("as before", |text| text == before);
    pty.quit();
}

#[test]
fn what_is_typed_before_and_between_answers_is_typed() {
    // Before anything is read.
    let mut pty = Pty::start(USUAL, &[]);
    pty.send(b"/zom");
    pty.wait_for("the questions", || has(&pty.all_bytes(), b"\x1b[c"));
    pty.send(b"b");
    pty.send(BLACK);
    pty.send(b"i");
    pty.send(b"\x1b[2;6R");
    pty.send(b"e");
    pty.send(LAST);
    pty.until("the filter", |text| {
        text.contains("zombie") && !text.contains("orphan")
    });
    pty.press("Esc Esc");
    pty.quit();
}

#[test]
fn a_terminal_that_draws_ambiguous_characters_wide_is_drawn_nothing_ambiguous_on() {
    let pty = answering(&RUN, &[], &[BLACK, b"\x1b[2;11R", LAST]);
    let text = pty.until("the end", |text| text.contains("ended"));
    for c in text.chars() {
        let sign = c.to_string();
        assert_eq!(sign.width_cjk(), sign.width(), "{c} in\n{text}");
    }
    assert!(!text.is_ascii(), "{text}");
    pty.quit();
    // One of them wide is enough.
    let pty = answering(&RUN, &[], &[BLACK, b"\x1b[2;7R", LAST]);
    let text = pty.until("the end", |text| text.contains("ended"));
    assert_eq!(text.width_cjk(), text.width(), "{text}");
    pty.quit();
    let pty = answering(&RUN, &[], &[BLACK, b"\x1b[2;6R", LAST]);
    pty.until_header(&["■ ended"]);
    pty.quit();
}

#[test]
fn where_the_locale_is_not_utf_8_the_screen_is_ascii() {
    for locale in ["C", "ja_JP.eucJP"] {
        let pty = Pty::start_with(USUAL, &RUN, &[("LANG", locale)]);
        let text = pty.until("the end", |text| text.contains("ended"));
        assert!(text.is_ascii(), "{text}");
        // How wide what is not drawn would be is not asked, and nothing of it is written.
        let bytes = pty.all_bytes();
        assert!(bytes.is_ascii() && !has(&bytes, b"\x1b[6n"));
        assert!(has(&bytes, b"\x1b]11;?"));
        pty.quit();
    }
    let pty = Pty::start_with(USUAL, &RUN, &[("LC_ALL", "ja_JP.UTF-8"), ("LANG", "C")]);
    pty.until_header(&["■ ended"]);
    pty.quit();
}

#[test]
fn what_is_not_wanted_is_not_asked() {
    let asked = |arguments: &[&str], variables: &[(&str, &str)]| {
        let pty = Pty::start_with(USUAL, arguments, variables);
        pty.until("a list", |text| text.contains("scenarios"));
        let bytes = pty.all_bytes();
        pty.quit();
        [b"\x1b]11;?".as_slice(), b"\x1b[6n", b"\x1b[c"].map(|part| has(&bytes, part))
    };
    assert_eq!(asked(&[], &[]), [true, true, true]);
    assert_eq!(asked(&["--theme", "light"], &[]), [false, true, true]);
    assert_eq!(
        asked(&["--theme", "high-contrast"], &[]),
        [true, true, true]
    );
    assert_eq!(asked(&["--ascii"], &[]), [true, false, true]);
    let mute = asked(&["--ascii"], &[("NO_COLOR", "1")]);
    assert_eq!(mute, [false, false, false]);
}

#[test]
fn the_next_theme_comes_by_a_key() {
    let mut pty = answering(&RUN, &[], &[BLACK, LAST]);
    pty.until_header(&["■ ended"]);
    is_light(&pty, false);
    pty.press("C-t");
    pty.until_text("theme: light");
    is_light(&pty, true);
    assert!(!grounds(&pty).contains(&Color::Default));
    for name in ["high-contrast-dark", "high-contrast-light", "dark"] {
        pty.press("C-t");
        pty.until_text(&format!("theme: {name}"));
    }
    is_light(&pty, false);
    pty.quit();
}

#[test]
fn a_theme_that_is_wrong_is_a_notice_and_the_usual_one() {
    let home = tempfile::tempdir().unwrap();
    let themes = home.path().join("mpviz/themes");
    std::fs::create_dir_all(&themes).unwrap();
    std::fs::write(themes.join("own.toml"), "\n[true]\ntxt = \"#000000\"\n").unwrap();
    let home = home.path().to_str().unwrap();
    let variables = [("XDG_CONFIG_HOME", home), ("HOME", home)];
    let arguments = [&["--theme", "own"], &RUN[..]].concat();
    let pty = Pty::start_with((120, 36), &arguments, &variables);
    pty.until_text("line 3: there is no part of a theme `txt`");
    pty.until_header(&["■ ended"]);
    is_light(&pty, false);
    pty.quit();
    // An option that names none is an error, and no screen.
    let pty = Pty::start_with(USUAL, &["--theme", "drak"], &variables);
    assert_eq!(pty.end(), 2);
    // It is written, and may still be on its way.
    pty.until_text("there is no theme `drak`");
}
