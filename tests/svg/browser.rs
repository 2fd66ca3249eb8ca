//! Films in Debian's Chromium: no pixel differs from a still of the moment, in either theme, and
//! those who want less motion see the last frame.
//!
//! It needs a browser, so it runs where `MPVIZ_TEST_BROWSER` is set.

use crate::common::takes::{Takes, recorded};
use crate::pool;
use mpviz::event::Span;
use mpviz::record::film::Options;
use mpviz::record::svg;
use ratatui::style::{Color, Modifier, Style};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A film that ends with a frame of everything that is drawn in a way of its own.
fn odd() -> Takes {
    let options = Options {
        fps: 10,
        ..Options::default()
    };
    let mut film = recorded("view/plays/pool.mpt", (100, 30), options);
    let mut last = film.shots.last().expect("a frame").clone();
    for frame in [&mut last.frame].into_iter().chain(&mut last.light) {
        let geometry = ('\u{2500}'..='\u{259f}').chain('\u{2800}'..='\u{28ff}');
        for (at, c) in geometry.enumerate() {
            let at = u16::try_from(at).expect("few");
            frame[(at % 100, at / 100)].set_symbol(&c.to_string());
        }
        let style = Style::new()
            .fg(Color::Rgb(1, 200, 3))
            .bg(Color::Rgb(40, 4, 4));
        frame.set_string(0, 5, "gjpq|Ög fi -> != 字é 🦀 e\u{301}x", style);
        for (at, modifier) in (0..).zip(Modifier::all()) {
            frame.set_string(at * 8, 6, "gjp q", Style::new().add_modifier(modifier));
        }
    }
    let end = film.told.length;
    last.at = end;
    film.told.length = Span(end.0 + 1_000_000_000);
    film.shots.push(last);
    film
}

/// A film that is soon at its end, and stays there: it is seen as an image, which cannot be stopped.
fn short() -> Takes {
    let mut film = odd();
    let last = film.shots.len() - 1;
    film.shots.drain(3..last);
    for (at, shot) in (0..).zip(&mut film.shots) {
        shot.at = Span(at * 100_000_000);
    }
    film.told.length = Span(3_600_000_000_000);
    film
}

#[test]
fn a_film_in_chromium() {
    if std::env::var_os("MPVIZ_TEST_BROWSER").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut cases = String::from("[");
    for (name, film) in [
        ("pool", pool((100, 30), 10)),
        ("odd", odd()),
        ("short", short()),
    ] {
        write_case(folder.path(), name, film, &mut cases);
    }
    cases.pop();
    cases.push(']');
    fs::write(folder.path().join("cases.json"), cases).expect("it is written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/film.py");
    let ran = Command::new("python3")
        .arg(script)
        .arg(folder.path())
        .status()
        .expect("Python is there");
    assert!(ran.success());
}

/// Writes a film and stills of a dozen of its moments, and says what they are.
fn write_case(folder: &Path, name: &str, mut film: Takes, cases: &mut String) {
    let size = film.told.size;
    let file = format!("{name}.svg");
    fs::write(folder.join(&file), svg::film(&mut film)).expect("it is written");
    let _ = write!(
        cases,
        "{{\"film\":\"{file}\",\"size\":[{},{}],\"stills\":[",
        size.0 * 9,
        size.1 * 18
    );
    let last = film.shots.len() - 1;
    let step = (last / 12).max(1);
    for at in (0..last).step_by(step).chain([last]) {
        let shot = &film.shots[at];
        let until = film
            .shots
            .get(at + 1)
            .map_or(film.told.length, |next| next.at);
        let middle = Span((shot.at.0 + until.0) / 2).seconds();
        let still = format!("{name}-{at}.svg");
        fs::write(folder.join(&still), svg::picture(shot, &film.told)).expect("it is written");
        let _ = write!(cases, "{{\"at\":{middle},\"file\":\"{still}\"}},");
    }
    cases.pop();
    cases.push_str("]},");
}
