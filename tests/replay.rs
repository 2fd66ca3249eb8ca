//! The file that a screen run wrote draws that run's last screen, cell by cell.

mod common;

use common::pty::{Cell, Pty};
use mpviz::event::program::Group;
use mpviz::scenario::PROGRAMS;
use std::path::Path;

/// Returns the cells of an ended run, once nothing is left to be drawn: keys come last.
#[track_caller]
fn last_screen(pty: &mut Pty, program: &str) -> Vec<Vec<Cell>> {
    pty.until_header(&[program, "■ ended"]);
    pty.press("?");
    pty.until_text("A row is a process");
    pty.press("?");
    pty.until("no help", |screen| !screen.contains("A row is a process"));
    pty.cells()
}

fn text(row: &[Cell]) -> String {
    row.iter().map(|cell| cell.text.as_str()).collect()
}

/// Runs a scenario on the screen, replays what it wrote, and compares the two.
#[track_caller]
fn check(program: &str, knobs: &[&str], size: (u16, u16)) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.mpt");
    let file = file.to_str().expect("it is UTF-8");
    let variables = [("COLORTERM", "truecolor")];
    let arguments = [&[program, "--pace", "23", "-o", file], knobs].concat();
    let mut live = Pty::start_with(size, &arguments, &variables);
    // The sign of the recording goes with it.
    live.until_header(&[program, "■ ended"]);
    live.press("R");
    live.until("no sign", |screen| !screen.contains("● rec "));
    let expected = last_screen(&mut live, program);
    live.quit();
    let mut replay = Pty::start_with(size, &["replay", file, "--speed", "0"], &variables);
    let drawn = last_screen(&mut replay, program);
    for (at, (drawn, expected)) in drawn.iter().zip(&expected).enumerate() {
        let (drawn_text, expected_text) = (text(drawn), text(expected));
        assert_eq!(drawn_text, expected_text, "{program}: text of row {at}");
        for (col, (drawn, expected)) in drawn.iter().zip(expected).enumerate() {
            assert_eq!(
                drawn, expected,
                "{program}: row {at}, column {col}: {drawn_text}"
            );
        }
    }
    assert_eq!(drawn.len(), expected.len());
    replay.quit();
}

#[test]
fn a_replay_draws_the_last_screen_of_its_run() {
    for program in PROGRAMS {
        // One with a fault may hang; with its remedy each ends.
        let knobs: &[&str] = match program.group {
            Group::Basics => &[],
            Group::Trouble => &["--fixed"],
        };
        check(program.name, knobs, (120, 36));
    }
}

#[test]
fn it_does_so_at_every_size() {
    for size in [(60, 16), (80, 24), (200, 60)] {
        check("queue-fan-in", &[], size);
    }
}

#[test]
fn a_replay_takes_its_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.mpt");
    let file = file.to_str().expect("it is UTF-8");
    let ran = common::output(&["pipe", "--pace", "23", "--json"]);
    std::fs::write(file, ran.stdout).expect("it can be written");
    let replay = Pty::start((120, 36), &["replay", file, "--speed", "0.05"]);
    replay.until_header(&["pipe", "● replay"]);
    replay.quit();
    let replay = Pty::start((120, 36), &["replay", file]);
    replay.until_header(&["pipe", "■ ended"]);
    replay.quit();
}

#[test]
fn a_replay_that_took_its_time_ends_with_the_same_screen_without_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.mpt");
    let file = path.to_str().expect("it is UTF-8");
    for (program, pace, speed) in [
        ("pool", "4", "10"),
        ("fork", "10", "1"),
        ("pipe", "10", "5"),
    ] {
        let live = Pty::start((120, 36), &[program, "--pace", pace, "-o", file]);
        live.until_header(&[program, "■ ended"]);
        live.wait_for("the end of the run in the file", || has_end(&path));
        let replay = Pty::start((120, 36), &["replay", file, "--speed", speed]);
        replay.until_header(&[program, "■ ended"]);
        // Each may have a last frame to draw.
        // The header of the one says that it is recorded.
        let same = common::pty::comes(|| live.cells()[1..] == replay.cells()[1..]);
        assert!(same, "live:\n{}replay:\n{}", live.text(), replay.text());
        replay.quit();
        live.quit();
    }
}

/// Returns whether a file has the end of its run.
fn has_end(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.contains("\"RunEnded\"")
}

#[test]
fn a_replay_as_text_says_what_the_run_said() {
    let trace = common::output(&["queue", "--pace", "23", "--json"]).stdout;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.mpt");
    std::fs::write(&path, &trace).expect("it can be written");
    let file = path.to_str().expect("it is UTF-8");
    let again = common::output(&["replay", file, "--json"]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&again.stdout),
        String::from_utf8_lossy(&trace)
    );
    let piped = common::mpviz(&["replay", "-", "--plain"])
        .stdin(std::fs::File::open(&path).expect("it is there"))
        .output()
        .expect("mpviz runs");
    let plain = common::output(&["replay", file, "--plain"]);
    assert_eq!(
        String::from_utf8_lossy(&piped.stdout),
        String::from_utf8_lossy(&plain.stdout)
    );
    assert!(String::from_utf8_lossy(&plain.stdout).contains("reader"));
}
