//! Two runs beside each other on a terminal: both with real processes, both at once, and nothing of
//! either stays behind.

mod common;

use common::pty::Pty;
use nix::sys::signal::Signal;

const USUAL: (u16, u16) = (120, 36);

/// Returns the rows of both runs at the top.
fn headers(screen: &str) -> [&str; 2] {
    let mut rows = screen.lines();
    [(); 2].map(|()| rows.next().unwrap_or_default())
}

/// Waits until the row of each run has its words.
#[track_caller]
fn until_headers(pty: &Pty, upper: &[&str], lower: &[&str]) -> String {
    let what = format!("{upper:?} above {lower:?}");
    pty.until(&what, |screen| {
        let [first, second] = headers(screen);
        upper.iter().all(|word| first.contains(word))
            && lower.iter().all(|word| second.contains(word))
    })
}

/// Waits until one run is shown, which goes on.
#[track_caller]
fn until_alone(pty: &Pty) {
    pty.until("one run alone", |screen| {
        let [first, second] = headers(screen);
        first.contains("● live") && second.contains("1 processes")
    });
}

#[test]
fn a_run_that_has_ended_is_run_beside_itself_with_the_next_seed() {
    let mut pty = Pty::start(USUAL, &["pool", "--pace", "23"]);
    pty.until_header(&["pool", "■ ended"]);
    pty.press("=");
    let screen = until_headers(
        &pty,
        &["pool --seed 42", "■ exit 0"],
        &["pool --seed 43", "■ exit 0"],
    );
    let tables = screen.matches("ForkPoolWorker-3").count();
    assert!(tables >= 2, "a table for each:\n{screen}");
    pty.wait_for_alone();
    // Back to the one there was, and beside each other again: the same two runs.
    pty.press("Esc");
    pty.until_header(&["pool", "■ ended"]);
    pty.press("=");
    until_headers(&pty, &["--seed 42", "■ exit 0"], &["--seed 43", "■ exit 0"]);
    pty.wait_for_alone();
    pty.quit();
}

#[test]
fn a_fault_hangs_while_its_fix_ends() {
    let mut pty = Pty::start(USUAL, &["two-locks", "--pace", "5"]);
    pty.until_header(&["two-locks", "● live", "▲ 1"]);
    let fault = pty.tag.living();
    pty.press("=");
    until_headers(
        &pty,
        &["two-locks", "● live", "▲"],
        &["two-locks --fixed", "■ exit 0", "no finding"],
    );
    // What hangs is still there, and nothing of its fix.
    pty.wait_for("only the fault to live", || pty_lives(&fault));
    pty.press("Up");
    pty.until_text("= only this one");
    pty.quit();
}

/// Returns whether all of these live.
fn pty_lives(pids: &[u32]) -> bool {
    let lives = |pid: &u32| common::tag::state(*pid).is_some_and(|state| state != 'Z');
    pids.iter().all(lives)
}

#[test]
fn both_are_picked_at_once_and_both_end_with_mpviz() {
    let mut pty = Pty::start(USUAL, &[]);
    pty.until_text("real processes, made visible");
    pty.press("/ two-locks Enter");
    pty.until_text("─ two-locks ─");
    pty.until_text("= compare with the fix");
    pty.press("Tab End 0.2");
    pty.until_text("0.2");
    pty.press("=");
    until_headers(
        &pty,
        &["two-locks", "● live"],
        &["two-locks --fixed", "● live"],
    );
    pty.until("three processes each", |screen| {
        headers(screen)
            .iter()
            .all(|row| row.contains("3 of 3 alive"))
    });
    // Two supervisors with their keepers, and six processes.
    assert!(pty.tag.living().len() >= 1 + 4 + 6);
    pty.quit();
}

#[test]
fn who_leaves_a_comparison_ends_what_is_shown_no_more() {
    let mut pty = Pty::start(USUAL, &["pipe", "--pace", "0.2"]);
    pty.until_header(&["pipe", "● live", "3 of 3 alive"]);
    let first = pty.tag.living();
    pty.press("=");
    until_headers(
        &pty,
        &["--seed 42", "3 of 3 alive"],
        &["--seed 43", "3 of 3 alive"],
    );
    let both = pty.tag.living();
    assert!(first.iter().all(|pid| both.contains(pid)) && both.len() > first.len());
    // Back to the first, which goes on.
    pty.press("Esc");
    until_alone(&pty);
    assert_eq!(pty.tag.living(), first);
    // And now the second alone, which has nothing of the first.
    pty.press("=");
    until_headers(
        &pty,
        &["--seed 42", "3 of 3 alive"],
        &["--seed 43", "3 of 3 alive"],
    );
    pty.press("=");
    until_alone(&pty);
    let second = pty.tag.living();
    let of_both: Vec<_> = second.iter().filter(|pid| first.contains(pid)).collect();
    assert_eq!(of_both, [&pty.pid()], "only mpviz itself is the same");
    pty.quit();
}

#[test]
fn a_killed_mpviz_leaves_nothing_of_either() {
    let mut pty = Pty::start(USUAL, &["pipe", "--pace", "0.2"]);
    pty.until_header(&["pipe", "● live", "3 of 3 alive"]);
    pty.press("=");
    until_headers(
        &pty,
        &["--seed 42", "3 of 3 alive"],
        &["--seed 43", "3 of 3 alive"],
    );
    pty.tag.living();
    pty.signal(Signal::SIGKILL);
    assert_eq!(pty.end(), -9);
    pty.nothing_is_left();
}

#[test]
fn changed_knobs_are_run_beside_the_run_that_there_is() {
    let mut pty = Pty::start(USUAL, &["pool", "--pace", "23"]);
    pty.until_header(&["pool", "■ ended"]);
    pty.press("e");
    pty.until_text("─ pool ─");
    // The pace is the run's own.
    pty.press("End 23 Home Right =");
    until_headers(
        &pty,
        &["pool --workers 3", "■ exit 0"],
        &["pool --workers 4", "■ exit 0"],
    );
    pty.wait_for_alone();
    pty.quit();
}

#[test]
fn two_traces_are_compared() {
    let trace = |name: &str| format!("{}/tests/view/pairs/{name}.mpt", env!("CARGO_MANIFEST_DIR"));
    let (fault, fix) = (trace("two-locks"), trace("two-locks-fixed"));
    let mut pty = Pty::start((80, 24), &["replay", &fault, &fix, "--speed", "0"]);
    until_headers(
        &pty,
        &["▎two-locks", "■ stopped", "▲ 1"],
        &["two-locks --fixed", "■ exit 0"],
    );
    pty.press("Tab");
    until_headers(&pty, &[" two-locks"], &["▎two-locks --fixed"]);
    pty.press("Space");
    until_headers(&pty, &["FROZEN at"], &["two-locks --fixed"]);
    pty.press("Esc");
    pty.until("no cursor", |screen| !screen.contains("FROZEN"));
    pty.press("Esc");
    pty.until_header(&["two-locks", "■ ended"]);
    pty.press("=");
    until_headers(&pty, &["▎two-locks"], &["two-locks --fixed", "■ exit 0"]);
    pty.wait_for_alone();
    pty.quit();
    let mut pty = Pty::start((80, 24), &["replay", &fault, "--speed", "0"]);
    pty.until_header(&["two-locks", "■ ended"]);
    pty.press("=");
    pty.until_text("`mpviz replay A B` compares two");
    pty.wait_for_alone();
    pty.quit();
}

#[test]
fn a_hundred_switches_while_both_run_leave_both_whole() {
    let mut pty = Pty::start((80, 24), &["pipe", "--pace", "0.2"]);
    pty.until_header(&["pipe", "● live", "3 of 3 alive"]);
    pty.press("=");
    until_headers(&pty, &["--seed 42", "● live"], &["--seed 43", "● live"]);
    for size in [(120, 36), (80, 24)].into_iter().cycle().take(100) {
        pty.press("Tab Down Up Tab Tab");
        pty.resize(size);
    }
    until_headers(
        &pty,
        &["--seed 42", "3 of 3 alive"],
        &["--seed 43", "3 of 3 alive"],
    );
    pty.quit();
}
