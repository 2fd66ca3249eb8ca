//! No more processes, no more file descriptors.

use super::common;
use super::common::pty::Pty;
use super::common::tag::Tag;
use super::{USUAL, stderr, stdout};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

/// Returns the program where a plain user may run it.
fn program_for_all(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("mpviz");
    // By a process of its own: a file that this one writes would be busy for as long as a child
    // that another test forks meanwhile has not yet become its program.
    let mut copy = Command::new("cp");
    let copied = copy.arg(env!("CARGO_BIN_EXE_mpviz")).arg(&path).status();
    assert!(copied.expect("cp runs").success(), "it can be copied");
    for path in [folder.path(), &path] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    path
}

/// Returns what runs a program as a user whom nobody else is, so that only its own processes
/// count: of this test process, and of one test in it.
fn plain(test: u32) -> [String; 6] {
    let user = 20_000 + std::process::id() % 15_000 * 2 + test;
    let words = [
        "setpriv",
        "--reuid",
        "--regid",
        "--clear-groups",
        // What is root's it can't read.
        "env",
        "HOME=/",
    ];
    words.map(|word| match word {
        "--reuid" | "--regid" => format!("{word}={user}"),
        word => word.to_owned(),
    })
}

/// Returns whether this test can be the plain user; root is exempt from `ulimit -u`.
#[expect(clippy::print_stderr, reason = "it says what is left out")]
fn is_plain_possible() -> bool {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("left out: only root can become the plain user whom `ulimit -u` limits");
        return false;
    }
    common::is_installed("setpriv", "util-linux") && common::is_installed("prlimit", "util-linux")
}

/// Under each limit a run comes to an end by itself: well, or with the system's error. With some
/// mpviz says it itself, with some its program does, by the error's name and with exit code 1.
#[track_caller]
fn check_limits(argv: &[&str], option: &str, limits: &[u32], name: &str, text: &str) {
    let (mut by_mpviz, mut by_program) = (0, 0);
    for limit in limits {
        for form in ["--plain", "--json"] {
            let mut tag = Tag::new();
            let (variable, value) = tag.variable();
            let option = format!("{option}={limit}");
            let argv = argv
                .iter()
                .map(|&word| if word == "LIMIT" { &option } else { word });
            let argv: Vec<&str> = argv.chain(["--pace", "23", form]).collect();
            let mut command = Command::new(argv[0]);
            let command = command.args(&argv[1..]).env(variable, value);
            let ran = command.output().expect("it runs");
            let told = stdout(&ran) + &stderr(&ran);
            assert!(!told.contains("panicked"), "{option}:\n{told}");
            if ran.status.code() != Some(0) {
                assert_eq!(ran.status.code(), Some(1), "{option}:\n{told}");
                assert!(told.contains(text), "{option}: `{text}` is not in\n{told}");
                let is_named = stdout(&ran).contains(&format!("{name}: {text}"));
                let is_mpviz = stderr(&ran).starts_with("mpviz: cannot ");
                assert!(is_named || is_mpviz, "{option}: no `{name}` in\n{told}");
                by_program += usize::from(is_named);
                by_mpviz += usize::from(is_mpviz);
            }
            tag.nothing_is_left();
        }
    }
    assert!(by_mpviz > 0, "no limit was too low for mpviz");
    assert!(by_program > 0, "no limit was too low for the program");
}

const TOO_MANY: &str = "Too many open files";
const UNAVAILABLE: &str = "Resource temporarily unavailable";

#[test]
fn few_file_descriptors_end_the_scenario_with_the_systems_error() {
    if !common::is_installed("prlimit", "util-linux") {
        return;
    }
    let limits: Vec<u32> = (5..=45).step_by(4).collect();
    let mpviz = ["prlimit", "LIMIT", env!("CARGO_BIN_EXE_mpviz")];
    for scenario in [
        &["pool", "--workers", "40"],
        &["processes", "--processes", "40"],
    ] {
        let argv = [&mpviz[..], scenario].concat();
        check_limits(&argv, "--nofile", &limits, "EMFILE", TOO_MANY);
    }
}

#[test]
fn few_processes_end_the_scenario_with_the_systems_error() {
    if !is_plain_possible() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let program = program_for_all(&folder);
    let program = program.to_str().expect("it is UTF-8");
    let limits: Vec<u32> = (1..=14).collect();
    let user = plain(0);
    let user = user.each_ref().map(String::as_str);
    let pool = &["pool", "--workers", "10"];
    for scenario in [pool, &["processes", "--processes", "20"]] {
        let argv = [&user[..], &["prlimit", "LIMIT", program], scenario].concat();
        check_limits(&argv, "--nproc", &limits, "EAGAIN", UNAVAILABLE);
    }
}

/// Runs a scenario on the screen under limits, in that order: it does not open and says why, or
/// it opens, shows the run's end, and lives. Under some the program's error is seen, by its name.
#[track_caller]
fn check_screens(argv: &[&str], option: &str, limits: &[u32], name: &str, text: &str) {
    let (mut closed, mut seen) = (0, 0);
    for limit in limits {
        let option = format!("{option}={limit}");
        let argv = argv
            .iter()
            .map(|&word| if word == "LIMIT" { &option } else { word });
        let argv: Vec<&str> = argv.chain(["--pace", "23"]).collect();
        let mut pty = Pty::command(USUAL, &argv, &[]);
        let screen = pty.until("the run's end, or why it can't be", |screen| {
            screen.contains("■ ended") || screen.contains("mpviz: cannot ")
        });
        if screen.contains("mpviz: cannot ") {
            // It may be wrapped, also at a space.
            let joined = |text: &str| text.split_whitespace().collect::<String>();
            let said = pty.until(text, |screen| joined(screen).contains(&joined(text)));
            assert!(!said.contains("draw"), "{said}");
            assert_eq!(pty.end(), 1, "{said}");
            pty.nothing_is_left();
            closed += 1;
            continue;
        }
        seen += usize::from(screen.contains(name));
        // It takes keys.
        pty.press("?");
        pty.until_text("─ keys ─");
        pty.press("?");
        pty.until("no help", |screen| !screen.contains("─ keys ─"));
        pty.quit();
    }
    assert!(closed > 0, "no limit was too low for mpviz");
    assert!(seen > 0, "`{name}` was never seen");
}

#[test]
fn a_screen_lives_on_when_its_program_gets_no_descriptors() {
    if common::is_installed("prlimit", "util-linux") {
        let mpviz = env!("CARGO_BIN_EXE_mpviz");
        let argv = ["prlimit", "LIMIT", mpviz, "processes", "--processes", "40"];
        let limits: Vec<u32> = (5..=41).step_by(4).collect();
        check_screens(&argv, "--nofile", &limits, "EMFILE", TOO_MANY);
    }
}

#[test]
fn a_screen_lives_on_when_its_program_gets_no_processes() {
    if is_plain_possible() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = program_for_all(&folder);
        let program = program.to_str().expect("it is UTF-8");
        let user = plain(1);
        let user = user.each_ref().map(String::as_str);
        let argv = [&user[..], &["prlimit", "LIMIT", program, "pool"]].concat();
        let limits: Vec<u32> = (1..=14).collect();
        check_screens(&argv, "--nproc", &limits, "EAGAIN", UNAVAILABLE);
    }
}

#[test]
fn a_picker_lives_on_when_descriptors_run_out() {
    let program = env!("CARGO_BIN_EXE_mpviz");
    let mut told = 0;
    for limit in (8..=26).rev().step_by(2) {
        let script = format!("ulimit -n {limit} && exec {program}");
        let mut pty = Pty::command(USUAL, &["sh", "-c", &script], &[]);
        let screen = pty.until("a screen, or why there is none", |screen| {
            screen.contains("─ fork ─") || screen.contains(TOO_MANY)
        });
        if !screen.contains("─ fork ─") {
            assert_eq!(pty.end(), 1, "{screen}");
            pty.nothing_is_left();
            continue;
        }
        pty.press("Down Down Down");
        pty.until_text("─ pool ─");
        pty.press("Tab End 23 Enter");
        let screen = pty.until("the end, or why there is none", |screen| {
            screen.contains("■ ended") || screen.contains(TOO_MANY)
        });
        told += usize::from(screen.contains(TOO_MANY));
        // It takes keys.
        pty.press("?");
        pty.until_text("─ keys ─");
        pty.press("?");
        pty.until("no help", |screen| !screen.contains("─ keys ─"));
        pty.quit();
    }
    assert!(told > 0, "no limit was low enough");
}
