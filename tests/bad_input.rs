//! Bad input, and what it gets: wrong words, terminals that are none, traces that are broken,
//! limits, signals and kills. What the stage contains after kills has tests of its own (`stage`);
//! here is what needs the whole program.

mod common;

use common::pty::{Pty, comes};
use common::tag::{Tag, send};
use common::{mpviz, output};
use nix::sys::signal::Signal;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const USUAL: (u16, u16) = (120, 36);
/// Runs for half a minute, which no test waits for.
const LONG: &[&str] = &["pipe", "--pace", "0.2"];

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs mpviz, which is to fail with this exit code and say all this, on stderr alone.
#[track_caller]
fn check_fails(arguments: &[&str], code: i32, says: &[&str]) {
    let ran = output(arguments);
    let told = stderr(&ran);
    assert_eq!(ran.status.code(), Some(code), "{arguments:?}: {told}");
    for words in says {
        assert!(
            told.contains(words),
            "{arguments:?}: `{words}` is not in\n{told}"
        );
    }
    assert_eq!(stdout(&ran), "", "{arguments:?}");
}

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
fn check_closed_pipe(arguments: &[&str], read: usize) {
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

/// A folder with a trace in it.
struct Trace {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Trace {
    fn of(bytes: &[u8]) -> Trace {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.mpt");
        fs::write(&path, bytes).expect("it can be written");
        Trace {
            _folder: folder,
            path,
        }
    }

    fn name(&self) -> &str {
        self.path.to_str().expect("it is UTF-8")
    }
}

/// A good trace, as lines with their line ends.
fn good_lines() -> Vec<String> {
    let ran = output(&["process", "--pace", "23", "--json"]);
    assert_eq!(ran.status.code(), Some(0));
    stdout(&ran)
        .split_inclusive('\n')
        .map(str::to_owned)
        .collect()
}

/// Replays a broken trace as text and on the screen: it says what is wrong at which line, and all
/// before it is shown.
#[track_caller]
fn check_broken(lines: &[String], says: &[&str], shown: &str) {
    let trace = Trace::of(lines.concat().as_bytes());
    for form in ["--plain", "--json"] {
        let ran = output(&["replay", trace.name(), form]);
        let told = stderr(&ran);
        assert_eq!(ran.status.code(), Some(1), "{told}");
        for words in says {
            assert!(told.contains(words), "`{words}` is not in\n{told}");
        }
        assert!(
            stdout(&ran).contains(shown),
            "{form}: {shown} is not in\n{}",
            stdout(&ran)
        );
    }
    let pty = Pty::start(USUAL, &["replay", trace.name(), "--speed", "0"]);
    pty.until("what is wrong, and what was before", |screen| {
        says.iter().all(|words| screen.contains(words)) && screen.contains(shown)
    });
    pty.quit();
}

/// Returns where the program prints these words.
#[track_caller]
fn line_of(lines: &[String], words: &str) -> usize {
    let prints = |line: &String| line.contains("\"Output\"") && line.contains(words);
    lines.iter().position(prints).expect("it prints them")
}

#[test]
fn a_trace_cut_in_a_line_is_shown_up_to_there() {
    let mut lines = good_lines();
    let at = line_of(&lines, "Child process end");
    lines.truncate(at + 1);
    lines[at].truncate(20);
    check_broken(
        &lines,
        &[&format!("line {} is cut", at + 1)],
        "Run child process test",
    );
}

#[test]
fn a_trace_out_of_order_is_shown_up_to_there() {
    let mut lines = good_lines();
    let at = line_of(&lines, "Child process end");
    let late = lines[2].clone();
    lines.insert(at, late);
    let says = format!("line {} is out of order", at + 1);
    check_broken(&lines, &[&says], "Run child process test");
}

#[test]
fn a_trace_with_a_broken_line_is_shown_up_to_there() {
    for bad in [
        "{\"t\":1}\n",
        "no JSON\n",
        "[]\n",
        "{\"t\":-1,\"kind\":\"Output\"}\n",
    ] {
        let mut lines = good_lines();
        let at = line_of(&lines, "Child process end");
        lines.insert(at, bad.to_owned());
        let says = format!("line {} is no event", at + 1);
        check_broken(&lines, &[&says], "Run child process test");
    }
}

#[test]
fn a_trace_of_an_unknown_version_says_which_are_read() {
    let mut lines = good_lines();
    let header: serde_json::Value = serde_json::from_str(&lines[0]).expect("a header");
    let mut header = header.as_object().expect("it is an object").clone();
    let key = header
        .iter()
        .find(|(_, value)| **value == 1)
        .map(|(key, _)| key.clone());
    header.insert(key.expect("it has a format"), 99.into());
    lines[0] = serde_json::to_string(&header).expect("it is JSON") + "\n";
    let trace = Trace::of(lines.concat().as_bytes());
    for form in [&[][..], &["--plain"], &["--json"]] {
        let arguments = [&["replay", trace.name()], form].concat();
        check_fails(
            &arguments,
            1,
            &["cannot replay", "format 99, this mpviz reads 1", "hint: "],
        );
    }
    let mut pty = Pty::start(USUAL, &["replay", trace.name()]);
    pty.until_text("format 99");
    assert_eq!(pty.end(), 1);
    pty.nothing_is_left();
}

#[test]
fn an_unknown_kind_is_kept_and_does_no_harm() {
    let mut lines = good_lines();
    let at = line_of(&lines, "Child process end");
    let time =
        serde_json::from_str::<serde_json::Value>(&lines[at]).expect("an event")["t"].clone();
    let line =
        format!("{{\"t\":{time},\"actor\":1,\"seq\":9999,\"kind\":\"WindDrifted\",\"by_m\":3}}\n");
    lines.insert(at, line.clone());
    let trace = Trace::of(lines.concat().as_bytes());
    let plain = output(&["replay", trace.name(), "--plain"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    assert!(stdout(&plain).contains("Child process end"));
    let json = output(&["replay", trace.name(), "--json"]);
    assert!(
        stdout(&json).contains("\"WindDrifted\",\"by_m\":3"),
        "it is written back"
    );
    let pty = Pty::start(USUAL, &["replay", trace.name(), "--speed", "0"]);
    pty.until_header(&["process", "■ ended"]);
    pty.quit();
}

#[test]
fn a_name_of_a_million_characters_is_shown_cut() {
    let long = "n".repeat(1_000_000);
    let lines: Vec<_> = good_lines()
        .into_iter()
        .map(|line| line.replace("Process-1", &long))
        .collect();
    let trace = Trace::of(lines.concat().as_bytes());
    let plain = output(&["replay", trace.name(), "--plain"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    let longest = stdout(&plain)
        .lines()
        .map(str::len)
        .max()
        .unwrap_or_default();
    assert!(longest < 10_000, "a line of {longest} bytes");
    for size in [(60, 16), (80, 24), USUAL, (200, 60)] {
        let pty = Pty::start(size, &["replay", trace.name(), "--speed", "0"]);
        let screen = pty.until_header(&["process", "■ ended"]);
        assert!(screen.contains("nnnn"), "{screen}");
        pty.quit();
    }
}

#[test]
fn what_is_no_trace_is_said_to_be_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder_name = folder.path().to_str().expect("it is UTF-8");
    let missing = folder.path().join("missing.mpt");
    let empty = Trace::of(b"");
    let text = Trace::of(b"This is a letter.\nNot a trace.\n");
    let binary = Trace::of(&(0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    let other = Trace::of(b"{\"a\":1}\n");
    for (name, says) in [
        (empty.name(), "not a trace: it is empty"),
        (text.name(), "not a trace: line 1"),
        (binary.name(), "line 1"),
        (other.name(), "not a trace: line 1"),
        (folder_name, "directory"),
        (missing.to_str().expect("it is UTF-8"), "No such file"),
    ] {
        for form in [&[][..], &["--plain"], &["--json"]] {
            let arguments = [&["replay", name], form].concat();
            check_fails(&arguments, 1, &[says, name]);
        }
        let mut pty = Pty::start(USUAL, &["replay", name]);
        pty.until("what it is", |screen| {
            screen.replace('\n', "").contains(says)
        });
        assert_eq!(pty.end(), 1);
        pty.nothing_is_left();
    }
}

#[test]
fn output_with_escape_sequences_is_harmless() {
    // As a program prints it: a colour, a cleared screen, a title, a bell, and C1 controls.
    let evil = "\\u001b[31mRED\\u001b[2J\\u001b]0;TITLE\\u0007\\u009b5mC1\\u009d0;x\\u009c\\r\\u0008\\u0000";
    let lines: Vec<_> = good_lines()
        .into_iter()
        .map(|line| {
            line.replace("Child process end", evil)
                .replace("Process-1", &format!("P1{evil}"))
        })
        .collect();
    let trace = Trace::of(lines.concat().as_bytes());
    let plain = output(&["replay", trace.name(), "--plain"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    let text = stdout(&plain);
    let controls: Vec<_> = text
        .chars()
        .filter(|&c| c.is_control() && c != '\n')
        .collect();
    assert_eq!(controls, []);
    assert!(text.contains("RED") && text.contains("TITLE"), "{text}");
    let pty = Pty::start(USUAL, &["replay", trace.name(), "--speed", "0"]);
    let screen = pty.until_header(&["process", "■ ended"]);
    assert!(screen.contains("RED"), "{screen}");
    let bytes = pty.all_bytes();
    let written = String::from_utf8_lossy(&bytes);
    for bad in [
        "\x07", "\x08", "\0", "\x1b]", "\x1b[31m", "\u{9b}", "\u{9d}", "\u{9c}",
    ] {
        assert!(!written.contains(bad), "{bad:?} was written");
    }
    pty.quit();
}

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
/// name. Returns how many ended badly, and of these in how many it was the program itself.
#[track_caller]
fn check_limits(argv: &[&str], option: &str, limits: &[u32], name: &str) -> (usize, usize) {
    let (mut failed, mut inside) = (0, 0);
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
            inside += usize::from(told.contains("MainProcess"));
            assert!(told.contains(name), "{option}: `{name}` is not in\n{told}");
        }
        tag.nothing_is_left();
    }
    (failed, inside)
}

#[test]
fn few_file_descriptors_end_the_scenario_with_the_systems_error() {
    if !common::is_installed("prlimit", "util-linux") {
        return;
    }
    let limits: Vec<u32> = (8..=40).step_by(2).collect();
    let argv = ["prlimit", "LIMIT", env!("CARGO_BIN_EXE_mpviz")];
    let (failed, _) = check_limits(&argv, "--nofile", &limits, "Too many open files");
    assert!(
        (1..limits.len()).contains(&failed),
        "{failed} of {}",
        limits.len()
    );
}

#[test]
fn few_processes_end_the_scenario_with_the_systems_error() {
    if !nix::unistd::geteuid().is_root() {
        common::left_out("only root can become the plain user whom `ulimit -u` limits");
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
    let words = "Resource temporarily unavailable";
    let (failed, inside) = check_limits(&argv, "--nproc", &limits, words);
    assert!(
        0 < inside && inside < failed,
        "{inside} of {failed} failed in the program"
    );
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

#[test]
fn a_signal_gives_the_terminal_back_and_ends_everything() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
        let mut pty = long_run();
        pty.signal(signal);
        assert_eq!(pty.end(), 128 + signal as i32);
        pty.nothing_is_left();
    }
}

#[test]
fn a_killed_mpviz_gets_its_terminal_back_from_the_supervisor() {
    let mut pty = long_run();
    pty.signal(Signal::SIGKILL);
    assert_eq!(pty.end(), -9);
    pty.nothing_is_left();
}

/// Starts a run that goes on, and waits for its processes.
fn long_run() -> Pty {
    let mut pty = Pty::start(USUAL, LONG);
    pty.until_header(&["pipe", "● live"]);
    pty.until_text("rev: url0");
    pty.is_taken();
    assert!(pty.tag.living().len() >= 5);
    pty
}

/// Returns the supervisor: a child of mpviz, the only one.
#[track_caller]
fn supervisor_of(mpviz: u32) -> u32 {
    let path = format!("/proc/{mpviz}/task/{mpviz}/children");
    let mut found = None;
    let is_there = || {
        let children = fs::read_to_string(&path).unwrap_or_default();
        found = children
            .split_whitespace()
            .next()
            .and_then(|pid| pid.parse().ok());
        found.is_some()
    };
    assert!(comes(is_there), "mpviz has no child");
    found.expect("it was found")
}

#[test]
fn a_screen_says_that_its_supervisor_was_killed_and_stays() {
    let mut pty = long_run();
    send(supervisor_of(pty.pid()), Signal::SIGKILL);
    let screen = pty.until_text("the supervisor was killed");
    assert!(screen.contains("MainProcess"), "{screen}");
    let mpviz = pty.pid();
    pty.wait_for_alone();
    // It takes keys, and runs again.
    pty.press("r");
    pty.until("another run", |screen| {
        screen.contains("● live") && !screen.contains("the supervisor was killed")
    });
    assert_eq!(pty.pid(), mpviz);
    pty.quit();
}

#[test]
fn a_text_ends_with_an_error_when_its_supervisor_was_killed() {
    for form in ["--plain", "--json"] {
        let mut tag = Tag::new();
        let (name, value) = tag.variable();
        let mut command = mpviz(&[LONG, &[form]].concat());
        command
            .env(name, value)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("mpviz runs");
        // The first words of the program: its processes are there.
        let mut out = child.stdout.take().expect("it is piped");
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains("rev: url0") {
            let mut some = [0; 4096];
            let count = out.read(&mut some).expect("it writes");
            assert!(count > 0, "{}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&some[..count]);
        }
        tag.living();
        send(supervisor_of(child.id()), Signal::SIGKILL);
        out.read_to_end(&mut seen).expect("it writes");
        let ended = child.wait_with_output().expect("it is our child");
        assert_eq!(ended.status.code(), Some(1), "{form}");
        assert!(
            stderr(&ended).contains("the supervisor was killed"),
            "{}",
            stderr(&ended)
        );
        tag.nothing_is_left();
    }
}

#[test]
fn a_signal_ends_a_text_with_its_number() {
    for (form, signal) in [
        ("--plain", Signal::SIGINT),
        ("--json", Signal::SIGTERM),
        ("--plain", Signal::SIGHUP),
        ("--json", Signal::SIGKILL),
    ] {
        let mut tag = Tag::new();
        let (name, value) = tag.variable();
        let mut command = mpviz(&[LONG, &[form]].concat());
        command.env(name, value).stdout(Stdio::piped());
        let mut child = command.spawn().expect("mpviz runs");
        assert!(comes(|| tag.living().len() >= 5), "the program's processes");
        send(child.id(), signal);
        let mut out = child.stdout.take().expect("it is piped");
        out.read_to_end(&mut Vec::new()).expect("it can be read");
        let status = child.wait().expect("it is our child");
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        assert_eq!(code, Some(128 + signal as i32));
        tag.nothing_is_left();
    }
}

#[test]
fn no_shared_memory_is_left() {
    let shared = || {
        let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names
            .filter(|name| name.contains("mpviz"))
            .collect::<Vec<_>>()
    };
    let mut pty = long_run();
    assert_eq!(
        shared(),
        Vec::<String>::new(),
        "it has no name, so nothing can be left"
    );
    pty.signal(Signal::SIGKILL);
    pty.end();
    pty.nothing_is_left();
}

#[test]
fn a_full_disk_is_told_and_the_run_goes_on() {
    if File::options().write(true).open("/dev/full").is_err() {
        common::left_out("`/dev/full` is missing");
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
