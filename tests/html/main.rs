//! Films as pages: what is in them, whatever the film, and how they look and work in a browser.

#![expect(
    clippy::cast_possible_truncation,
    reason = "numbers of tests are small"
)]

mod browser;
#[path = "../common/mod.rs"]
mod common;
mod read;

use common::takes::{Takes, recorded};
use mpviz::event::Span;
use mpviz::record::cast::{Version, cast};
use mpviz::record::film::Options;
use mpviz::record::shot::{Caption, Named, Paper};
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier, Style};
use read::{Seen, between, data, made, tick, unpacked};
use std::io::Write;
use std::process::{Command, Stdio};

const POOL: &str = "view/plays/pool.mpt";

fn options(fps: u32) -> Options {
    Options {
        fps,
        ..Options::default()
    }
}

/// What is to be seen of a cell.
fn seen(cell: &Cell, light: &Cell, papers: [Paper; 2]) -> Seen {
    let hex = |colour: Color| match colour {
        Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        _ => None,
    };
    let theme = |cell: &Cell, paper: Paper| {
        let paper_ground = hex(paper.ground).expect("a colour");
        let mut text = hex(cell.fg).or(hex(paper.text)).expect("a colour");
        let mut ground = hex(cell.bg).unwrap_or(paper_ground.clone());
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut text, &mut ground);
        }
        let ground = if ground == paper_ground {
            "none".to_owned()
        } else {
            ground
        };
        (text, ground, cell.modifier.contains(Modifier::BOLD))
    };
    Seen {
        symbol: cell.symbol().to_owned(),
        themes: [theme(cell, papers[0]), theme(light, papers[1])],
    }
}

#[track_caller]
fn check_cells(film: &Takes) {
    let page = unpacked(&mut film.clone());
    assert_eq!(page.frames.len(), film.shots.len());
    let light = film.told.light.unwrap_or(film.told.paper);
    for (shot, (at, frame)) in film.shots.iter().zip(&page.frames) {
        assert_eq!(*at, tick(shot.at, film.told.fps));
        let cells = shot.frame.content.iter();
        let others = shot.light.as_ref().unwrap_or(&shot.frame).content.iter();
        for (place, ((cell, other), got)) in cells.zip(others).zip(frame).enumerate() {
            let wanted = seen(cell, other, [film.told.paper, light]);
            if wanted.symbol.trim().is_empty() {
                let grounds = |seen: &Seen| seen.themes.clone().map(|(_, ground, _)| ground);
                assert!(got.symbol.trim().is_empty(), "{place} at {at}: {got:?}");
                // Nothing stands there, so only what is behind it is seen.
                assert_eq!(grounds(got), grounds(&wanted), "{place} at {at}");
            } else {
                assert_eq!(*got, wanted, "{place} at {at}");
            }
        }
    }
}

#[test]
fn a_page_has_every_cell_of_every_frame_in_both_themes() {
    let traces = [
        POOL,
        "view/plays/pipe.mpt",
        "traces/trouble-two-locks.mpt",
        "traces/trouble-killed-reader.mpt",
    ];
    for trace in traces {
        check_cells(&recorded(trace, (100, 30), options(4)));
    }
    check_cells(&recorded(POOL, (200, 60), options(1)));
    check_cells(&recorded(POOL, (1, 1), options(3)));
}

#[test]
fn what_the_font_lacks_is_there_too() {
    let film = Takes::blank((12, 2))
        .then(|frame| {
            frame.set_string(0, 0, "a字 é 🦀 e\u{301}", Style::new());
            frame.set_string(0, 1, "\u{1d4d0}\u{5d0}\u{e000}", Style::new());
        })
        .then(|frame| {
            frame.set_string(0, 1, "字字字字字字", Style::new().bg(Color::Rgb(1, 2, 3)));
        });
    check_cells(&film);
    let page = made(&mut film.clone());
    assert!(page.contains("字</text>") && page.contains("🦀</text>"));
}

#[test]
fn looks_are_told_apart_where_they_are_seen() {
    let film = Takes::blank((8, 1)).then(|frame| {
        frame.set_string(0, 0, "x", Style::new().add_modifier(Modifier::REVERSED));
        frame.set_string(1, 0, "y", Style::new().add_modifier(Modifier::UNDERLINED));
        frame.set_string(2, 0, "z ", Style::new().fg(Color::Rgb(1, 2, 3)));
        frame.set_string(4, 0, "b", Style::new().add_modifier(Modifier::BOLD));
    });
    check_cells(&film);
    let page = made(&mut film.clone());
    // The line below the second, the reversed ground of the first, bold in its own face.
    assert!(
        page.contains("x=\"9\" y=\"2\" width=\"9\" height=\"1\"/>"),
        "{page}"
    );
    assert!(page.contains("x=\"0\" y=\"-14\" width=\"9\" height=\"18\"/>"));
    assert!(page.contains(" b\" x=\"36\" textLength=\"9\">b</text>"));
}

#[test]
fn the_same_film_gives_the_same_bytes() {
    let film = recorded(POOL, (80, 24), options(10));
    assert!(made(&mut film.clone()) == made(&mut film.clone()));
}

#[test]
fn hostile_text_is_text() {
    let hostile = "</script><script>alert(1)</script><!--\"'&amp;\u{2028}\u{202e}\u{0}]]>";
    let at = Span::millis(100);
    let text = hostile.to_owned();
    let mut film = Takes::blank((90, 2)).then(|_| {}).then(|frame| {
        for (x, c) in hostile.chars().enumerate() {
            frame[(x as u16, 0)].set_symbol(&c.to_string());
            frame[(x as u16, 1)].set_symbol(&format!("<{c}"));
        }
    });
    film.told.title = text.clone();
    film.told.marks.push(Named {
        at,
        text: text.clone(),
    });
    film.told.transcript.push(Named {
        at,
        text: text.clone(),
    });
    film.told.captions.push(Caption {
        at,
        until: at,
        text,
    });
    let page = unpacked(&mut film).text;
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert_eq!(page.matches("<!").count(), 1, "the document's type alone");
    for obeyed in ['\u{0}', '\u{2028}', '\u{202e}'] {
        assert!(!page.contains(obeyed), "{obeyed:?}");
    }
    let title = between(&page, "<title>", "</title>");
    assert!(
        title.starts_with("&lt;/script&gt;&lt;script&gt;alert(1)"),
        "{title}"
    );
    assert!(!between(&page, "<body", "</main>").contains("alert(1)</script>"));
}

#[test]
fn a_film_of_nothing_is_a_page_too() {
    for size in [(0, 0), (1, 1), (500, 200)] {
        let none = unpacked(&mut Takes::blank(size));
        assert!(none.frames.is_empty() && none.text.ends_with("</html>\n"));
        let one = unpacked(&mut Takes::blank(size).then(|_| {}));
        assert_eq!(one.frames.len(), 1, "{size:?}");
        assert_eq!(one.data["length"], 0);
    }
    // A light film alone, and frames that are smaller than they should be.
    let mut film =
        Takes::blank((4, 4)).then(|frame| frame.resize(ratatui::layout::Rect::new(0, 0, 2, 2)));
    film.told.paper.ground = Color::Rgb(0xfc, 0xfc, 0xfa);
    let page = unpacked(&mut film);
    assert!(page.text.contains("color-scheme:light") && !page.text.contains("id=\"theme\""));
    assert_eq!(page.frames[0].1.len(), 16);
}

#[test]
fn a_long_film_grows_by_its_changes() {
    let mut film = Takes::blank((120, 36));
    for n in 0..2000_u64 {
        film = film.then(|frame| {
            frame.set_string(0, 0, format!("{n:>6} of 2000"), Style::new());
            frame.set_string(0, 1, "─".repeat(120), Style::new());
        });
    }
    let data = data(&made(&mut film));
    let packed = data["frames"].as_str().expect("frames").len();
    assert!(packed < 2000 * 12, "{packed} bytes");
    assert_eq!(data["length"], 199_900);
}

#[test]
fn what_is_told_beside_is_there_without_the_script() {
    let page = made(&mut recorded(POOL, (100, 30), options(10)));
    let transcript = between(&page, "<ol id=\"transcript\">", "</ol>");
    assert!(transcript.lines().count() > 30);
    assert!(transcript.contains("<li><a href=\"?#t="), "{transcript}");
    let picture = between(&page, "<svg id=\"picture\"", "</svg>");
    assert!(
        picture.contains(">MainProcess<") || picture.contains(">pool<"),
        "{picture}"
    );
    let end = between(&page, "<noscript>", "</noscript>");
    assert!(end.contains("ended"), "{end}");
    // Nothing from elsewhere.
    for elsewhere in ["src=", "http://", "https://", "@import"] {
        let found = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!found.contains(elsewhere), "{elsewhere}");
    }
}

#[test]
fn a_page_runs_its_own_script_and_no_other() {
    let page = made(&mut Takes::blank((1, 1)));
    let script = between(&page, "</script>\n<script>", "</script>");
    let mut summing = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sha256sum");
    let mut input = summing.stdin.take().expect("a pipe");
    input.write_all(script.as_bytes()).expect("written");
    drop(input);
    let summed = summing.wait_with_output().expect("a sum");
    let summed = String::from_utf8(summed.stdout).expect("text");
    let digits = summed.split_whitespace().next().expect("a sum");
    let bits: Vec<u8> = digits
        .chars()
        .flat_map(|digit| {
            let digit = digit.to_digit(16).expect("hexadecimal") as u8;
            [3, 2, 1, 0].map(|bit| digit >> bit & 1)
        })
        .collect();
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let in_base64: String = bits
        .chunks(6)
        .map(|six| {
            let value = six.iter().fold(0, |value, bit| value * 2 + bit) << (6 - six.len());
            char::from(DIGITS[usize::from(value)])
        })
        .collect();
    let hash = between(&page, "script-src 'sha256-", "'");
    assert_eq!(
        hash,
        format!("{in_base64}="),
        "the script has changed: SCRIPT_HASH follows it"
    );
}

/// Of asciinema-player 3.17.0: its smallest script, and its style sheet.
const PEER: usize = 185_010 + 19_184;

#[test]
fn a_page_is_smaller_than_the_peers() {
    // The pool's run, stretched to half a minute.
    for (size, fps) in [((100, 30), 10), ((120, 36), 30)] {
        let stretched = Options {
            speed: 0.06,
            dwell: Some(Span::ZERO),
            longest_pause: Some(Span::millis(60_000)),
            ..options(fps)
        };
        let film = recorded(POOL, size, stretched);
        let seconds = film.told.length.0 / 1_000_000_000;
        assert!((28..=34).contains(&seconds), "{seconds} s");
        let (page, mut peer) = (made(&mut film.clone()), Vec::new());
        cast(&mut film.clone(), Version::V3, &mut peer).expect("a cast");
        let (ours, theirs) = (page.len(), PEER + peer.len());
        println!("{size:?}, {seconds} s: {ours} bytes, asciinema-player with its cast {theirs}");
        assert!(ours <= theirs, "{size:?}: {ours} bytes, {theirs}");
    }
}
