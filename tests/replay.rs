//! A replay of the file that a screen run wrote draws that run's last screen, cell by cell.

mod common;

use common::pty::{Cell, Pty};
use std::path::Path;

const USUAL: (u16, u16) = (120, 36);
const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 60);

/// Runs a scenario on a screen, plays its file on another of the same size at each of the speeds,
/// and compares the two.
#[track_caller]
fn check(size: (u16, u16), scenario: &[&str], speeds: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.mpt");
    let file = path.to_str().expect("its name is text");
    let mut live = Pty::start(size, &[scenario, &["-o", file]].concat());
    live.until_header(&[scenario[0], "■ ended"]);
    live.wait_for("the end of the file", || !has_open(live.pid(), &path));
    for speed in speeds {
        let mut replay = Pty::start(size, &["replay", file, "--speed", speed]);
        replay.until_header(&[scenario[0], "■ ended"]);
        // Either may still have a frame to draw, or a key's: what must come is waited for.
        let what = || {
            format!(
                "replay at {speed}:\n{}live:\n{}",
                replay.text(),
                live.text()
            )
        };
        let is_same = common::pty::comes(|| differences(&live, &replay).is_empty());
        assert!(is_same, "{}\n{}", differences(&live, &replay), what());
        // Then all is known, and a frame that is drawn anew is the same once more.
        for pty in [&mut live, &mut replay] {
            draw_anew(pty);
        }
        assert_eq!(differences(&live, &replay), "");
        replay.quit();
    }
    live.quit();
}

/// Returns whether a process has a file open.
fn has_open(pid: u32, path: &Path) -> bool {
    let folder = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("it lives");
    let mut targets = folder.flatten().map(|fd| std::fs::read_link(fd.path()));
    targets.any(|target| target.is_ok_and(|target| target == path))
}

/// Opens the help and closes it again: both are drawn at once.
#[track_caller]
fn draw_anew(pty: &mut Pty) {
    let before = pty.text();
    pty.press("?");
    pty.until("the help", |screen| screen != before);
    pty.press("?");
    pty.until("the run again", |screen| screen == before);
}

/// Returns each cell that is not the same, a line for each.
fn differences(live: &Pty, replay: &Pty) -> String {
    let (live, replay) = (live.cells(), replay.cells());
    let shape = |cells: &[Vec<Cell>]| (cells.len(), cells.first().map(Vec::len));
    assert_eq!(shape(&live), shape(&replay));
    let mut lines = String::new();
    for (y, (live, replay)) in live.iter().zip(&replay).enumerate() {
        for (x, (live, replay)) in live.iter().zip(replay).enumerate() {
            if live != replay {
                lines += &format!("row {y}, column {x}: live {live:?}, replay {replay:?}\n");
            }
        }
    }
    lines
}

#[test]
fn a_replay_of_pool_ends_with_the_runs_last_screen() {
    check(USUAL, &["pool", "--pace", "4"], &["0", "10"]);
}

#[test]
fn a_replay_of_fork_ends_with_the_runs_last_screen() {
    check(USUAL, &["fork", "--pace", "10"], &["0", "1"]);
}

#[test]
fn a_replay_of_queue_fan_in_ends_with_the_runs_last_screen() {
    check(USUAL, &["queue-fan-in", "--pace", "4"], &["0", "10"]);
}

#[test]
fn a_replay_of_pipe_ends_with_the_runs_last_screen() {
    check(USUAL, &["pipe", "--pace", "10"], &["0", "10"]);
}

#[test]
fn a_replay_on_a_small_screen_ends_with_the_runs_last_screen() {
    check(SMALL, &["queue-limits", "--pace", "4"], &["0"]);
    check(SMALL, &["pool", "--pace", "0"], &["0"]);
}

#[test]
fn a_replay_on_a_large_screen_ends_with_the_runs_last_screen() {
    check(LARGE, &["queue", "--pace", "4"], &["0"]);
}
