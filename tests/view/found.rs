//! Findings on the screen: raised, gone through, and gone back from.

use crate::look::{DARK, Look, told};
use mpviz::view::{Charset, Depth, Ground};

const MONO: (Ground, Depth, Charset) = (Ground::Dark, Depth::None, Charset::Unicode);

/// Two processes that wait for each other's lock, since 0.51 s.
const LOCKS: Look = Look {
    play: Some("../../traces/trouble-two-locks"),
    known: Some(800.0),
    selected: None,
    frozen: None,
    theme: DARK,
    keys: "",
};

#[track_caller]
fn check(name: &str, size: (u16, u16), look: Look) {
    let (width, height) = size;
    insta::assert_snapshot!(format!("{name}-{width}x{height}"), told(&look.at(size)));
}

#[test]
fn the_newest_is_raised() {
    for size in [(80, 24), (120, 36)] {
        check("found-raised", size, LOCKS);
        check(
            "found-raised-mono",
            size,
            Look {
                theme: MONO,
                ..LOCKS
            },
        );
    }
}

#[test]
fn one_that_is_looked_at_says_all() {
    for size in [(60, 16), (80, 24), (120, 36)] {
        check("found-looked-at", size, Look { keys: "!", ..LOCKS });
    }
    let mono = Look {
        keys: "!",
        theme: MONO,
        ..LOCKS
    };
    check("found-looked-at-mono", (80, 24), mono);
}

#[test]
fn at_the_end_it_stands_below_what_the_run_was() {
    let ended = Look {
        play: Some("../../traces/trouble-swallowed-exception"),
        known: None,
        ..LOCKS
    };
    check("found-ended", (80, 24), ended);
    check("found-ended", (120, 36), ended);
}

#[test]
fn going_back_restores_the_screen() {
    let size = (120, 36);
    for (play, keys) in [
        ("", "! Esc"),
        ("", "! ! Esc"),
        ("Down", "Down ! Esc"),
        ("Space", "Space ! Esc"),
    ] {
        let before = Look {
            keys: play,
            ..LOCKS
        };
        let after = Look { keys, ..LOCKS };
        assert_eq!(told(&before.at(size)), told(&after.at(size)), "{keys}");
    }
}

#[test]
fn where_nothing_is_wrong_it_says_so() {
    let fine = Look {
        play: Some("pipe"),
        known: None,
        keys: "!",
        ..LOCKS
    };
    assert!(told(&fine.at((80, 24))).contains("nothing wrong is known of the program"));
}
