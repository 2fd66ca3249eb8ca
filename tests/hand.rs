//! The running program taken in hand, on a terminal: signals, stopping one process or all, the
//! pace.

mod common;

use common::pty::Pty;
use mpviz::channel::clock;

const USUAL: (u16, u16) = (120, 36);
/// A parent that sleeps and joins, and a child that sleeps for half a minute.
const LONG: &[&str] = &["pipe", "--pace", "0.2"];

fn long_run() -> Pty {
    let pty = Pty::start(USUAL, LONG);
    pty.until_header(&["pipe", "● live"]);
    pty.until_text("rev: url0");
    pty
}

/// Returns the row of a process, name and all.
fn row<'a>(screen: &'a str, name: &str) -> &'a str {
    let is_it = |row: &&str| {
        row.split(['├', '└'])
            .nth(1)
            .is_some_and(|row| row.contains(name))
    };
    let row = screen.lines().skip(2).find(is_it).unwrap_or_default();
    // Its pid and name come first.
    row.trim_start()
}

#[test]
fn a_signal_is_asked_for_chosen_and_sent() {
    let mut pty = long_run();
    pty.press("K");
    pty.until_text("no process is selected");
    pty.press("Down Down K");
    pty.until_text("send SIGTERM to sender");
    pty.press("Down");
    pty.until_text("send SIGKILL to sender");
    pty.press("Esc");
    pty.until("no question", |screen| !screen.contains("send SIGKILL"));
    pty.press("K Enter");
    let screen = pty.until_text("sends SIGTERM to sender");
    assert!(!screen.contains("was not sent"), "{screen}");
    pty.until("it ends", |screen| {
        row(screen, "sender").contains("SIGTERM")
    });
    // Whoever has ended can't be signalled, and the system says so.
    pty.press("K Enter");
    pty.until_text("SIGTERM was not sent: No such process");
    pty.quit();
}

#[test]
fn a_process_is_stopped_and_goes_on() {
    let mut pty = long_run();
    pty.press("Down Down T");
    pty.until("it is stopped", |screen| {
        row(screen, "sender").contains("stopped")
    });
    let state = |pty: &Pty| {
        let screen = pty.text();
        let pid = row(&screen, "sender").split(|c: char| !c.is_ascii_digit());
        let pid = pid.filter_map(|word| word.parse::<u32>().ok()).next();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.expect("a pid")));
        let stat = stat.expect("it lives");
        stat.rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next())
    };
    assert_eq!(state(&pty), Some('T'));
    pty.press("T");
    pty.until("it goes on", |screen| {
        !row(screen, "sender").contains("stopped")
    });
    pty.wait_for("the kernel has it go on", || state(&pty) != Some('T'));
    pty.quit();
}

#[test]
fn the_whole_program_is_stopped_and_no_time_passes_for_it() {
    let mut pty = Pty::start(USUAL, &["pipe", "--pace", "2"]);
    pty.until_text("rev: url0");
    pty.press("P");
    let screen = pty.until_header(&["program stopped"]);
    let told = screen.matches("rev: url").count();
    // Each of its sleeps is shorter than half a second.
    let begin = clock::monotonic();
    pty.wait_for("two seconds pass", || {
        clock::monotonic() - begin > 2_000_000_000
    });
    let screen = pty.text();
    assert!(screen.contains("program stopped"), "{screen}");
    assert_eq!(screen.matches("rev: url").count(), told, "{screen}");
    pty.press("P");
    pty.until_header(&["pipe", "■ ended"]);
    pty.quit();
}

#[test]
fn the_pace_changes_while_it_runs() {
    let mut pty = long_run();
    pty.press(") ) ) )");
    pty.until_text("sleeps run 2 times as fast from here on");
    pty.until_header(&["pace"]);
    // At its old pace this would take half a minute.
    pty.press(") ) )");
    pty.until_header(&["pipe", "■ ended"]);
    // Nothing runs any more, and that is said.
    pty.press("P");
    pty.until_text("the program has ended");
    pty.quit();
}

#[test]
fn a_trace_has_nobody_to_signal() {
    let mut pty = Pty::start(USUAL, &["replay", "tests/traces/pool.mpt", "--speed", "0"]);
    pty.until_header(&["● replay", "3 of 4 alive"]);
    pty.press("Down K Enter");
    pty.until_text("this is a trace");
    pty.quit();
}
