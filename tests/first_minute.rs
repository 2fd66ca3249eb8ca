//! A newcomer's first minute: nothing is known but that the program is called mpviz.

mod common;

use common::pty::Pty;
use tempfile::TempDir;

const SMALL: (u16, u16) = (80, 24);
const GREETING: &str = "Pick a program and watch its processes";

/// Starts mpviz as somebody who has no settings, and whom it does not know.
fn newcomer(arguments: &[&str]) -> (Pty, TempDir) {
    let home = tempfile::tempdir().expect("a folder");
    (start(arguments, &home), home)
}

fn start(arguments: &[&str], home: &TempDir) -> Pty {
    let path = home.path().display().to_string();
    let none = [
        ("HOME", path.as_str()),
        ("XDG_CONFIG_HOME", ""),
        ("XDG_STATE_HOME", ""),
    ];
    Pty::start_with(SMALL, arguments, &none)
}

#[test]
fn a_newcomer_is_greeted_told_three_keys_and_led_to_a_run() {
    let (mut pty, home) = newcomer(&[]);
    let screen = pty.until_text(GREETING);
    let rows: Vec<&str> = screen.lines().take(3).map(str::trim).collect();
    assert!(rows[1].starts_with(GREETING), "{screen}");
    assert_eq!(
        rows[2],
        "↑ ↓ choose   Enter watch it run   ? all keys and signs"
    );
    // Every line fits, and the selected program is explained beside the list.
    assert!(
        screen.contains("─ fork ─") && screen.contains("knobs"),
        "{screen}"
    );
    pty.press("Enter");
    pty.until_header(&["fork", "■ ended"]);
    pty.press("s");
    let screen = pty.until_text("─ scenarios ─");
    assert!(!screen.contains(GREETING), "{screen}");
    pty.quit();
    // The next time mpviz knows them.
    let pty = start(&[], &home);
    let screen = pty.until_text("─ scenarios ─");
    assert!(!screen.contains(GREETING), "{screen}");
    pty.quit();
}

#[test]
fn the_help_of_each_pane_says_what_is_on_it_with_its_signs() {
    let (mut pty, _home) = newcomer(&["pool", "--pace", "4"]);
    pty.until_header(&["pool", "■ ended"]);
    for (key, head, words, sign) in [
        ("1", "─ 1 processes ─", "A row is a process", "█ computes"),
        (
            "2",
            "─ 2 flow ─",
            "The way of the messages",
            "◇ a lock that nobody holds",
        ),
        (
            "3",
            "─ 3 sequence ─",
            "time goes down",
            "● a message, put or taken",
        ),
        (
            "4",
            "─ 4 events ─",
            "the newest at the bottom",
            "» the program printed this",
        ),
        (
            "5",
            "─ 5 code ─",
            "The source of the program",
            "def a word of the language",
        ),
    ] {
        pty.press(key);
        pty.press("?");
        let screen = pty.until_text(words);
        // How far the words stand from their sign is the pane's.
        let told = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(sign), "no `{sign}`:\n{screen}");
        for text in [head, "─ keys ─"] {
            assert!(screen.contains(text), "no `{text}`:\n{screen}");
        }
        let said = screen.split("─ keys ─").next().expect("what is above");
        assert!(!said.contains('…'), "something is cut off:\n{screen}");
        pty.press("?");
        pty.until("no help", |screen| !screen.contains("─ keys ─"));
    }
    pty.quit();
}

/// Whoever names a scenario knows what to do.
#[test]
fn who_runs_a_scenario_at_once_is_not_greeted() {
    let (mut pty, _home) = newcomer(&["fork"]);
    pty.until_header(&["fork", "■ ended"]);
    pty.press("s");
    let screen = pty.until_text("─ scenarios ─");
    assert!(!screen.contains(GREETING), "{screen}");
    pty.quit();
}
