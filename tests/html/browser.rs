//! A page in Debian's Chromium: its picture beside stills, its keys, axe-core, its loading.
//!
//! It needs a browser and axe-core, so it runs where `MPVIZ_TEST_BROWSER` names axe-core's script.

use crate::common::takes::{Takes, recorded};
use crate::options;
use crate::read::made;
use mpviz::event::Span;
use mpviz::record::shot::{Caption, Named};
use mpviz::record::svg;
use ratatui::style::{Color, Modifier, Style};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The film that is looked at: a run, captions and marks, and at last a frame of everything that is
/// drawn in a way of its own.
fn film() -> Takes {
    let mut film = recorded(crate::POOL, (100, 30), options(10));
    let seconds = |s: u64| Span::millis(s * 1000);
    let named = |at, text: &str| Named {
        at: seconds(at),
        text: text.to_owned(),
    };
    film.told.marks = vec![named(1, "the workers start"), named(4, "one is done")];
    film.told.captions = vec![Caption {
        at: seconds(1),
        until: seconds(5),
        text: "Three workers, five tasks: two tasks wait.".to_owned(),
    }];
    let end = film.told.length;
    let mut last = film.shots.last().expect("a frame").clone();
    last.at = end;
    for frame in [&mut last.frame].into_iter().chain(&mut last.light) {
        for (at, c) in ('\u{2500}'..='\u{259f}')
            .chain('\u{2800}'..='\u{283f}')
            .enumerate()
        {
            let place = (at as u16 % 100, at as u16 / 100);
            frame[place].set_symbol(&c.to_string());
        }
        let style = Style::new()
            .fg(Color::Rgb(1, 200, 3))
            .bg(Color::Rgb(40, 4, 4));
        frame.set_string(0, 4, "gjpq|Ög fi -> != 字é 🦀 e\u{301}x", style);
        let odd = [
            Modifier::BOLD,
            Modifier::REVERSED,
            Modifier::UNDERLINED,
            Modifier::DIM,
            Modifier::CROSSED_OUT,
            Modifier::HIDDEN,
        ];
        for (at, modifier) in odd.into_iter().enumerate() {
            frame.set_string(
                at as u16 * 8,
                5,
                "gjp q",
                Style::new().add_modifier(modifier),
            );
        }
    }
    film.told.length = Span(end.0 + seconds(2).0);
    film.shots.push(last);
    film
}

#[test]
fn a_page_in_chromium() {
    let Some(axe) = std::env::var_os("MPVIZ_TEST_BROWSER") else {
        println!("not asked for");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    // What differs is looked at afterwards.
    let folder = folder.keep();
    let film = film();
    fs::write(folder.join("page.html"), made(&mut film.clone())).expect("written");
    let mut moments = Vec::new();
    for at in [
        0,
        film.shots.len() / 3,
        film.shots.len() / 2,
        film.shots.len() - 1,
    ] {
        let shot = &film.shots[at];
        let ms = shot.at.0.div_ceil(1_000_000);
        let name = format!("{}.{:03}", ms / 1000, ms % 1000);
        let title = &film.told.title;
        let light = (
            shot.light.as_ref().expect("both"),
            film.told.light.expect("both"),
        );
        let themes = [("dark", (&shot.frame, film.told.paper)), ("light", light)];
        for (theme, (frame, paper)) in themes {
            let still = svg::still(frame, paper, title);
            fs::write(folder.join(format!("{name}-{theme}.svg")), still).expect("written");
        }
        moments.push(name);
    }
    let (columns, rows) = film.told.size;
    let told = serde_json::json!({
        "width": columns * 9,
        "height": rows * 18,
        "moments": moments,
    });
    fs::write(folder.join("moments.json"), told.to_string()).expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/player.py");
    let proved = Command::new("python3")
        .arg(script)
        .arg(&folder)
        .arg(axe)
        .status();
    assert!(
        proved.expect("python3").success(),
        "see {}",
        folder.display()
    );
    fs::remove_dir_all(&folder).expect("removed");
}
