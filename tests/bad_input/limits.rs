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
    fs::copy(env!("CARGO_BIN_EXE_mpviz"), &path).expect("it can be copied");
    for path in [folder.path(), &path] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    path
}

/// Under a limit every run comes to an end by itself, well or with the system's error and its
/// name. Returns how many ended badly.
#[track_caller]
fn check_limits(argv: &[&str], option: &str, limits: &[u32], name: &str) -> usize {
    let mut failed = 0;
    for limit in limits {
        let mut tag = Tag::new();
        let (variable, value) = tag.variable();
        let option = format!("{option}={limit}");
        let argv: Vec<&str> = argv
            .iter()
            .map(|&word| if word == "LIMIT" { &option } else { word })
            .collect();
        let mut command = Command::new(argv[0]);
        command
            .args(&argv[1..])
            .args(["pool", "--pace", "23", "--plain"]);
        let ran = command.env(variable, value).output().expect("it runs");
        let told = stdout(&ran) + &stderr(&ran);
        assert!(!told.contains("panicked"), "{option}:\n{told}");
        if ran.status.code() != Some(0) {
            failed += 1;
            assert!(told.contains(name), "{option}: `{name}` is not in\n{told}");
        }
        tag.nothing_is_left();
    }
    failed
}

#[test]
fn few_file_descriptors_end_the_scenario_with_the_systems_error() {
    if !common::is_installed("prlimit", "util-linux") {
        return;
    }
    let limits: Vec<u32> = (8..=40).step_by(2).collect();
    let argv = ["prlimit", "LIMIT", env!("CARGO_BIN_EXE_mpviz")];
    let failed = check_limits(&argv, "--nofile", &limits, "Too many open files");
    assert!(
        (1..limits.len()).contains(&failed),
        "{failed} of {}",
        limits.len()
    );
}

#[test]
fn few_processes_end_the_scenario_with_the_systems_error() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("left out: only root can become the plain user whom `ulimit -u` limits");
        return;
    }
    if !common::is_installed("setpriv", "util-linux") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let program = program_for_all(&folder);
    let program = program.to_str().expect("it is UTF-8");
    let user = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    let argv = [&user[..], &["prlimit", "LIMIT", program]].concat();
    let limits: Vec<u32> = (1..=16).collect();
    let failed = check_limits(
        &argv,
        "--nproc",
        &limits,
        "Resource temporarily unavailable",
    );
    assert!(failed > 0, "no limit was low enough");
}

#[test]
fn a_screen_lives_on_when_descriptors_run_out() {
    let program = env!("CARGO_BIN_EXE_mpviz");
    let mut told = 0;
    for limit in (8..=26).rev().step_by(2) {
        let script = format!("ulimit -n {limit} && exec {program}");
        let mut pty = Pty::command(USUAL, &["sh", "-c", &script], &[]);
        let screen = pty.until("a screen, or why there is none", |screen| {
            screen.contains("─ fork ─") || screen.contains("Too many open files")
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
            screen.contains("■ ended") || screen.contains("Too many open files")
        });
        told += usize::from(screen.contains("Too many open files"));
        // It takes keys.
        pty.press("?");
        pty.until_text("shows the keys");
        pty.press("?");
        pty.until("no help", |screen| !screen.contains("shows the keys"));
        pty.quit();
    }
    assert!(told > 0, "no limit was low enough");
}
