//! Unmodified Python programs that hang, on the screen: mpviz says what is wrong with them.

mod common;

use common::is_installed;
use common::pty::Pty;

const METHODS: &[&str] = &["fork", "spawn", "forkserver"];

/// Runs a program until a finding is raised; returns what the screen says of it, with whom it harms
/// and what is done about it.
fn finding(size: (u16, u16), program: &str, method: &str, code: &str) -> String {
    let path = format!("tests/foreign/stuck/{program}.py");
    let mut pty = Pty::start(size, &["run", "--", "python3", &path, method]);
    pty.until_header(&["● live"]);
    pty.until_header(&["▲ 1"]);
    pty.press("!");
    pty.until_text(code);
    pty.until_text("harm");
    let told = pty.until_text("fix");
    // What hangs is ended with mpviz.
    pty.quit();
    // A sentence goes on in the next row, below its first word.
    let rows = told.lines().skip_while(|row| !row.contains(code));
    let words = rows.flat_map(str::split_whitespace);
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_deadlock_of_two_locks_is_found() {
    if !is_installed("python3", "python3") {
        return;
    }
    for method in METHODS {
        for size in [(120, 36), (80, 24)] {
            let told = finding(size, "two_locks", method, "W01");
            for part in [
                "one",
                "two",
                "nobody of them can go on",
                "in the same order",
            ] {
                assert!(
                    told.contains(part),
                    "{method} {size:?}: no `{part}` in {told}"
                );
            }
        }
    }
}

#[test]
fn a_forgotten_end_of_a_pipe_is_found() {
    if !is_installed("python3", "python3") {
        return;
    }
    for method in METHODS {
        for size in [(120, 36), (80, 24)] {
            let told = finding(size, "forgotten_end", method, "W02");
            for part in ["reader", "EOF", "python3", "a copy of the end"] {
                assert!(
                    told.contains(part),
                    "{method} {size:?}: no `{part}` in {told}"
                );
            }
        }
    }
}
