//! Films as SVG: read back without a browser, and in Debian's Chromium where that is asked for.

mod browser;
#[path = "../common/mod.rs"]
mod common;
mod read;

use common::takes::{Takes, recorded};
use mpviz::event::Span;
use mpviz::record::film::Options;
use mpviz::record::svg;
use ratatui::style::Style;
use read::Document;
use std::path::Path;

/// A real run of a pool, of 1.7 s, made 30 s long.
pub(crate) fn pool(size: (u16, u16), fps: u32) -> Takes {
    let slow = Options {
        fps,
        speed: 1.7 / 30.0,
        longest_pause: Some(Span::millis(60_000)),
        ..Options::default()
    };
    recorded("view/plays/pool.mpt", size, slow)
}

/// Every trace that is a test of the history.
fn traces() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder of ours")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .filter(|name| name.ends_with(".mpt"))
        .map(|name| format!("traces/{name}"))
        .collect();
    names.sort();
    assert!(names.len() > 40);
    names
}

/// Checks that a film is a document as it should be, and that at every time its text is the frame's.
#[track_caller]
fn check(name: &str, film: Takes) -> String {
    let text = svg::film(&mut film.clone());
    assert_eq!(text, svg::film(&mut film.clone()), "{name}: other bytes");
    let document = Document::read(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
    for (at, shot) in film.shots.iter().enumerate() {
        let until = film
            .shots
            .get(at + 1)
            .map_or(shot.at.0 + 50_000_000, |next| next.at.0);
        for seconds in [shot.at.seconds(), Span((shot.at.0 + until) / 2).seconds()] {
            let told = document.rows(seconds, shot.frame.area);
            let drawn = read::texts(&shot.frame);
            assert_eq!(told, drawn, "{name}: at {seconds} s");
        }
    }
    text
}

#[test]
fn at_every_time_the_text_is_the_frames() {
    for name in traces() {
        let options = Options {
            fps: 2,
            ..Options::default()
        };
        check(&name, recorded(&name, (80, 24), options));
    }
}

#[test]
fn the_size_stays_small() {
    let mut film = pool((100, 30), 10);
    film.told.light = None;
    let text = check("pool", film);
    assert!(text.len() < 300_000, "{} bytes", text.len());
}

#[test]
fn a_small_screen_and_a_large_one_are_films_too() {
    for size in [(1, 1), (20, 5), (200, 60)] {
        check("pool", pool(size, 2));
    }
}

#[test]
fn what_is_odd_stands_where_it_should() {
    let rows = [
        "a<b>&\"'\u{1}\u{202e}x 字é🦀",
        "字字 ]]> <!-- e\u{301}x",
        "</text><script>alert(1)",
    ];
    let mut film = Takes::blank((30, 3));
    for (y, text) in (0..).zip(rows) {
        film = film.then(|frame| {
            frame.set_string(y, y, text, Style::new());
        });
    }
    check("odd", film);
}

#[test]
fn a_film_of_nothing_is_its_paper() {
    let text = svg::film(&mut Takes::blank((10, 2)));
    assert!(Document::read(&text).is_ok());
    assert!(!text.contains("<use") && text.contains("width=\"90\" height=\"36\""));
}
