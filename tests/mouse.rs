//! The mouse, paste and copy on a terminal: the bytes that terminals send, and those that they
//! should not.

mod common;

use common::pty::Pty;
use mpviz::channel::clock;
use std::fmt::Write as _;

const USUAL: (u16, u16) = (120, 36);

/// Opens the list of scenarios, at one that ends soon, by the mouse.
fn ended_run() -> Pty {
    let mut pty = Pty::start(USUAL, &[]);
    pty.until_text("─ fork ─");
    let place = find(&pty, "processes  ");
    click(&mut pty, place);
    pty.until_text("─ processes ─");
    click(&mut pty, place);
    click(&mut pty, place);
    pty.until_header(&["processes", "■ ended"]);
    pty
}

/// Returns the column and row, from 1, where a text stands first.
#[track_caller]
fn find(pty: &Pty, text: &str) -> (usize, usize) {
    let screen = pty.text();
    let mut rows = screen.lines().enumerate();
    let found = rows.find_map(|(y, row)| Some((y, row.find(text)?, row)));
    let (y, at, row) = found.unwrap_or_else(|| panic!("no `{text}` on\n{screen}"));
    (row[..at].chars().count() + 1, y + 1)
}

fn click(pty: &mut Pty, (x, y): (usize, usize)) {
    pty.send(format!("\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m").as_bytes());
}

#[test]
fn what_is_clicked_twice_runs_and_opens_and_the_wheel_scrolls() {
    let mut pty = ended_run();
    let row = find(&pty, "Process-3");
    click(&mut pty, row);
    pty.until_text("▎├");
    click(&mut pty, row);
    click(&mut pty, row);
    pty.until_text("Esc closes");
    let closes = find(&pty, "Esc closes");
    click(&mut pty, closes);
    pty.until("the card to close", |screen| !screen.contains("Esc closes"));
    // The wheel over the events goes back among them.
    let (x, y) = find(&pty, "4 events");
    let wheel = format!("\x1b[<64;{x};{}M", y + 2);
    // More than there are: it ends at the first.
    for _ in 0..30 {
        pty.send(wheel.as_bytes());
    }
    pty.until_text("makes Process-1");
    // With Control over the lanes it zooms, and a drag on the bar of the whole run scrubs.
    let (_, y) = find(&pty, "Process-3");
    pty.send(format!("\x1b[<80;40;{y}M").as_bytes());
    pty.until_text("whole run");
    let (x, y) = find(&pty, "whole run");
    let (from, to) = (x + 20, x + 30);
    pty.send(format!("\x1b[<0;{from};{y}M\x1b[<32;{to};{y}M\x1b[<0;{to};{y}m").as_bytes());
    pty.until_header(&["FROZEN"]);
    pty.quit();
}

#[test]
fn the_mouse_is_the_terminals_again_by_a_key_by_an_option_and_at_the_end() {
    const ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
    const OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";
    let count = |pty: &Pty, what: &[u8]| {
        let bytes = pty.all_bytes();
        bytes
            .windows(what.len())
            .filter(|part| *part == what)
            .count()
    };
    let mut pty = ended_run();
    assert_eq!((count(&pty, ON), count(&pty, OFF)), (1, 0));
    pty.press("M");
    pty.until_text("the mouse is the terminal's");
    assert_eq!((count(&pty, ON), count(&pty, OFF)), (1, 1));
    pty.press("M");
    pty.until_text("the mouse is mpviz's");
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
    pty.is_as_before();
    pty.wait_for("the mouse to be given back", || count(&pty, OFF) == 2);
    assert_eq!(count(&pty, ON), 2);

    let pty = Pty::start(USUAL, &["--no-mouse"]);
    pty.until_text("─ fork ─");
    assert_eq!(count(&pty, ON), 0);
    pty.quit();
}

#[test]
fn mouse_bytes_that_make_no_sense_do_nothing() {
    let mut pty = ended_run();
    for bytes in [
        "\x1b[<0;0;0M",
        "\x1b[<0;65535;65535M\x1b[<32;65535;65535M\x1b[<0;65535;65535m",
        "\x1b[<99999999;1;1M",
        "\x1b[<0;99999999999999999999;3M",
        "\x1b[<;;M",
        "\x1b[<0M",
        "\x1b[<-1;-1;-1M",
        "\x1b[<32;5;5M\x1b[<0;5;5m\x1b[<0;5;5m",
        "\x1b[M\x7f\x7f\x7f",
        "\x1b[M   ",
        "\x1b[<0;5;5x",
    ] {
        pty.send(bytes.as_bytes());
    }
    // Keys are keys afterwards. Some of the above may have been one that opened something.
    pty.press("Esc Esc Esc");
    let frames = pty.frames();
    pty.press("4");
    pty.until_frame_after(frames);
    pty.press("C-c");
    assert_eq!(pty.end(), 0);
    pty.is_as_before();
}

#[test]
fn a_megabyte_of_paste_is_neither_obeyed_nor_waited_for() {
    let mut pty = ended_run();
    let much = "n o q x ".repeat(MEGABYTE / 8);
    // Where nothing is typed, a pasted text is no keys: `q` would end it.
    pty.send(format!("\x1b[200~{much}\x1b[201~").as_bytes());
    pty.until_text("nothing is typed here");
    // Where something is typed, its first line is, as far as that makes sense.
    pty.press("4 /");
    pty.until_text("keep");
    pty.send(format!("\x1b[200~exit\n{much}\x1b[201~").as_bytes());
    pty.until_text("exit ");
    pty.until_text(" found");
    // One line of a megabyte fills the field, which says so.
    pty.send(format!("\x1b[200~{much}\x1b[201~").as_bytes());
    pty.until_text("no more than");
    pty.press("Esc");
    pty.until("the filter to be gone", |screen| {
        !screen.contains("n o q x")
    });
    pty.press("C-c");
    assert_eq!(pty.end(), 0);
    pty.is_as_before();
}

/// How much is typed at once by a terminal that does not say that it is pasted.
const MEGABYTE: usize = 1 << 20;

/// Types a megabyte into a field that `opens`, and leaves it with Esc: soon after the last of it, and with
/// no more frames than there was time for.
#[track_caller]
fn check_typed(pty: &mut Pty, opens: &str, shows: &str, is_left: impl Fn(&str) -> bool) {
    pty.press(opens);
    pty.until_text(shows);
    let much = "keys, q as well ".repeat(MEGABYTE / 16);
    let frames = pty.frames();
    let begun = clock::monotonic();
    pty.send(much.as_bytes());
    pty.until_text("no more than");
    pty.press("Esc");
    pty.until("the field to be left", is_left);
    let now = clock::monotonic();
    let took = (now - begun) / 1_000_000;
    let drawn = (pty.frames() - frames) as u64;
    // A frame stays 33 ms where it can.
    assert!(
        drawn <= took / 25 + 10,
        "{opens}: {drawn} frames in {took} ms"
    );
}

#[test]
fn a_megabyte_that_is_typed_fills_a_field_and_no_more() {
    let mut pty = ended_run();
    check_typed(&mut pty, "4 /", "keep", |screen| {
        !screen.contains("no more than")
    });
    check_typed(&mut pty, ":", "a few letters", |screen| {
        !screen.contains("actions ─")
    });
    // Where they are keys they are obeyed, and do not stop what comes behind them.
    pty.send("hljk+-".repeat(MEGABYTE / 6).as_bytes());
    pty.press("?");
    pty.until_text("─ keys ─");
    pty.press("Esc");
    pty.until("the help to close", |screen| !screen.contains("─ keys ─"));
    // So it is in the list of scenarios.
    pty.press("s");
    pty.until_text("basics");
    pty.send("jk".repeat(MEGABYTE / 2).as_bytes());
    check_typed(&mut pty, "/", "filter", |screen| {
        !screen.contains("no more than")
    });
    pty.quit();
}

#[test]
fn two_runs_that_are_compared_have_the_mouse_too() {
    let mut pty = ended_run();
    pty.press("=");
    let headers =
        |screen: &str| -> Vec<String> { screen.lines().take(2).map(str::to_owned).collect() };
    pty.until("both to end", |screen| {
        headers(screen).iter().all(|row| row.contains("■ exit 0"))
    });
    // The new one is selected, below.
    pty.until("the lower one to be selected", |screen| {
        headers(screen)[1].starts_with('▎')
    });
    let screen = pty.text();
    let rows_of = |text: &str| -> Vec<usize> {
        let rows = screen.lines().enumerate();
        rows.filter(|(_, row)| row.contains(text))
            .map(|(y, _)| y + 1)
            .collect()
    };
    // Tables first, upper and lower; what other panes say of it stands further down.
    let rows = rows_of("Process-3  ");
    let [upper, lower] = rows[..2] else {
        panic!("a table for each:\n{screen}");
    };
    let is_marked = |screen: &str, y: usize| {
        screen
            .lines()
            .nth(y - 1)
            .is_some_and(|row| row.starts_with('▎'))
    };
    // A click in the table of the other run selects that run and the process.
    click(&mut pty, (14, upper));
    pty.until("the upper one to be selected", |screen| {
        headers(screen)[0].starts_with('▎') && is_marked(screen, upper) && !is_marked(screen, lower)
    });
    click(&mut pty, (14, lower));
    pty.until("the lower one to be selected again", |screen| {
        headers(screen)[1].starts_with('▎') && is_marked(screen, lower)
    });
    // The wheel over a table goes on in it, wherever the keys go.
    pty.send(format!("\x1b[<65;14;{lower}M").as_bytes());
    pty.until("the next process", |screen| is_marked(screen, lower + 1));
    // With Control it zooms: both have one axis. Then a drag moves time in both.
    pty.send(format!("\x1b[<80;50;{lower}M").as_bytes());
    pty.until_text("whole run");
    let axis = |screen: &str| screen.lines().nth(2).unwrap_or_default().to_owned();
    let before = axis(&pty.text());
    pty.send(format!("\x1b[<0;60;{upper}M\x1b[<32;50;{upper}M\x1b[<0;50;{upper}m").as_bytes());
    pty.until("the axis to move", |screen| axis(screen) != before);
    // The mouse may be anywhere when a size changes, and one of the runs goes.
    pty.send(format!("\x1b[<0;60;{lower}M").as_bytes());
    for size in [(1, 1), (60, 16), (200, 60), (120, 36)] {
        let frames = pty.frames();
        pty.resize(size);
        pty.until_frame_after(frames);
        pty.send(b"\x1b[<32;40;9M");
    }
    pty.send(b"\x1b[<0;40;9m");
    pty.press("=");
    pty.until("one run alone", |screen| {
        !headers(screen)[1].contains("exit 0")
    });
    pty.quit();
}

#[test]
fn sizes_may_change_in_the_middle_of_a_drag() {
    let mut pty = ended_run();
    let (x, y) = find(&pty, "4 events");
    let x = x + 30;
    pty.send(format!("\x1b[<0;{x};{y}M").as_bytes());
    for size in [(1, 1), (60, 16), (200, 60), (3, 40), (80, 24)] {
        let frames = pty.frames();
        pty.resize(size);
        pty.until_frame_after(frames);
        pty.send(format!("\x1b[<32;{x};{}M", y - 2).as_bytes());
    }
    pty.send(format!("\x1b[<0;{x};{y}m").as_bytes());
    pty.until_header(&["processes"]);
    for pane in ["1 processes", "4 events"] {
        pty.until_text(pane);
    }
    pty.quit();
}

#[test]
fn what_a_pane_shows_is_copied_by_the_terminal() {
    let mut pty = ended_run();
    pty.press("4");
    pty.press("y");
    let screen = pty.until_text("copied ");
    let shown: Vec<&str> = screen.lines().collect();
    let head = shown
        .iter()
        .position(|row| row.contains("4 events"))
        .expect("the pane");
    let bytes = pty.all_bytes();
    let begin = b"\x1b]52;c;";
    let at = bytes.windows(begin.len()).position(|part| part == begin);
    let rest = &bytes[at.expect("it is copied") + begin.len()..];
    let end = rest.iter().position(|&byte| byte == 7).expect("it ends");
    let copied = String::from_utf8(decoded(&rest[..end])).expect("it is text");
    let width = copied.lines().next().expect("a head").chars().count();
    let mut told = String::new();
    for (row, copied) in shown[head..].iter().zip(copied.lines()) {
        let row: String = row.chars().take(width).collect();
        // The head said that the keys go elsewhere when it was drawn before.
        assert_eq!(row.trim_end(), copied);
        let _ = writeln!(told, "{copied}");
    }
    assert!(told.contains("exit 0"), "{copied}");
    let count = format!(
        "copied {} lines of events ({} bytes)",
        copied.lines().count(),
        copied.len()
    );
    assert!(screen.contains(&count), "{count}\n{screen}");
    pty.quit();
}

/// Returns the bytes of base64.
fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for four in text.chunks(4) {
        assert_eq!(four.len(), 4, "it is padded");
        let bits = four
            .iter()
            .fold(0u32, |bits, &byte| bits << 6 | u32::from(digit(byte)));
        let count = four.iter().filter(|&&byte| byte != b'=').count() - 1;
        bytes.extend_from_slice(&bits.to_be_bytes()[1..=count]);
    }
    bytes
}
