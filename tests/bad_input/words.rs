//! Wrong words on the command line; no terminal, a dumb one, no stdin, a reader that has gone.

use super::common::mpviz;
use super::common::pty::Pty;
use super::common::tag::Tag;
use super::{USUAL, check_fails, stderr, stdout};
use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

#[test]
fn an_unknown_scenario_gets_the_nearest_names() {
    for name in ["pol", "pool-timd", "queue-fanin"] {
        check_fails(
            &[name],
            2,
            &["there is no scenario", name, "hint: near to it: `"],
        );
    }
    check_fails(&["pol"], 2, &["`pool`"]);
    check_fails(&["list", "queue-fanin"], 2, &["near to it: `queue-fan-in`"]);
    check_fails(&["something-else"], 2, &["`mpviz list` shows all"]);
    check_fails(&["pol", "--plain"], 2, &["`pool`"]);
}

#[test]
fn a_knob_out_of_its_range_gets_the_range() {
    for (arguments, range) in [
        (&["pool", "--workers", "65"][..], "1 to 64"),
        (&["pool", "--workers", "-1"], "1 to 64"),
        (&["pool", "--workers", "many"], "1 to 64"),
        (&["pool", "--workers", "99999999999999999999999"], "1 to 64"),
        (&["pool", "--workers", "0", "--json"], "1 to 64"),
        (&["fork", "--wait", "maybe"], "no, yes"),
        (&["fork", "--pace", "1001"], "0 to 1000"),
        (&["fork", "--pace", "NaN"], "0 to 1000"),
        (&["fork", "--seed", "-1"], "2^64-1"),
        (&["replay", "x.mpt", "--speed", "-1"], "0 to 1000"),
        (&["fork", "--plain", "--limit", "0"], "0.1 to 86400"),
        (&["fork", "--plain", "--limit", "-5"], "0.1 to 86400"),
        (&["fork", "--json", "--limit", "soon"], "0.1 to 86400"),
        (&["fork", "--json", "--limit", "NaN"], "0.1 to 86400"),
        (&["fork", "--json", "--limit", "inf"], "0.1 to 86400"),
        (&["fork", "--plain", "--limit", ""], "0.1 to 86400"),
        (&["fork", "--plain", "--limit", "86401"], "0.1 to 86400"),
        (
            &["run", "--plain", "--limit", "0.05", "true"],
            "0.1 to 86400",
        ),
    ] {
        let range = [range];
        check_fails(arguments, 2, &range);
    }
    check_fails(
        &["pool", "--workers", "65"],
        2,
        &["`mpviz list pool`", "65"],
    );
    check_fails(&["pool", "--no-such-knob", "1"], 2, &["--no-such-knob"]);
    // A switch has no value, and the screen no limit.
    check_fails(&["zombie", "--fixed", "yes"], 2, &["too many", "yes"]);
    check_fails(&["pool", "--fixed"], 2, &["--fixed"]);
    check_fails(&["pool", "--limit", "5"], 2, &["--plain|--json|--quiet"]);
}

#[test]
fn without_a_terminal_it_says_so_and_names_plain() {
    for arguments in [&[][..], &["pool"]] {
        check_fails(arguments, 2, &["stdout is no terminal", "--plain"]);
    }
}

#[test]
fn a_dumb_terminal_is_told_to_use_plain() {
    let mut pty = Pty::start_with(USUAL, &["pool"], &[("TERM", "dumb")]);
    assert_eq!(pty.end(), 2);
    let told = pty.until_text("--plain");
    assert!(told.contains("dumb"), "{told}");
    assert!(
        !pty.all_bytes().contains(&0x1b),
        "no sequence for a dumb terminal"
    );
    pty.nothing_is_left();
}

#[test]
fn stdin_may_be_closed() {
    for form in ["--plain", "--json"] {
        let mut command = Command::new("sh");
        command.arg("-c").arg("exec \"$0\" \"$@\" <&-");
        command.args([env!("CARGO_BIN_EXE_mpviz"), "process", "--pace", "23", form]);
        let ran = command.output().expect("a shell runs");
        assert_eq!((ran.status.code(), stderr(&ran).as_str()), (Some(0), ""));
        assert!(stdout(&ran).contains("MainProcess"));
    }
}

#[test]
fn a_screen_without_stdin_opens_or_says_why_not() {
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    for closed in ["<&-", "</dev/null"] {
        let script = format!("exec {mpviz} process --pace 23 {closed}");
        let mut pty = Pty::command(USUAL, &["sh", "-c", &script], &[]);
        // Keys come from the terminal itself then.
        pty.until_header(&["process", "■ ended"]);
        pty.press("q");
        assert_eq!(pty.end(), 0, "{}", pty.text());
        pty.nothing_is_left();
    }
}

/// Starts mpviz with a pipe for stdout, of which so many bytes are read before it is closed.
#[track_caller]
pub(crate) fn check_closed_pipe(arguments: &[&str], read: usize) {
    let mut tag = Tag::new();
    let (name, value) = tag.variable();
    let mut command = mpviz(arguments);
    command
        .env(name, value)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("mpviz runs");
    let mut out = child.stdout.take().expect("it is piped");
    out.read_exact(&mut vec![0; read])
        .expect("it writes so much");
    drop(out);
    let ended = child.wait_with_output().expect("it is our child");
    assert_eq!(
        (ended.status.code(), stderr(&ended).as_str()),
        (Some(0), ""),
        "{arguments:?}"
    );
    tag.nothing_is_left();
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for read in [0, 1, 40] {
        check_closed_pipe(&["pipe", "--pace", "4", "--plain"], read);
        check_closed_pipe(&["pipe", "--pace", "4", "--json"], read);
        check_closed_pipe(&["list"], read);
        check_closed_pipe(&["list", "pool"], read);
        check_closed_pipe(&["--help"], read);
    }
}

#[test]
fn a_full_disk_is_told_and_the_run_goes_on() {
    if File::options().write(true).open("/dev/full").is_err() {
        eprintln!("left out: `/dev/full` is missing");
        return;
    }
    let pty = Pty::start(USUAL, &["process", "--pace", "23", "-o", "/dev/full"]);
    let screen = pty.until_text("No space left");
    assert!(screen.contains("/dev/full"), "{screen}");
    pty.until_header(&["process", "■ ended"]);
    pty.quit();
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("it was there");
    let ran = mpviz(&["process", "--pace", "23", "--plain"])
        .stdout(full)
        .output()
        .expect("mpviz runs");
    assert_eq!(ran.status.code(), Some(1));
    assert!(stderr(&ran).contains("No space left"), "{}", stderr(&ran));
}
