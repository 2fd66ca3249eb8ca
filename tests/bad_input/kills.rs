//! Signals and kills: of mpviz, and of its supervisor.

use super::common::is_installed;
use super::common::tag::{Tag, send};
use super::told::Told;
use super::{LONG, long_run, supervisor_of};
use nix::sys::signal::Signal;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// The signals that end mpviz in order.
const SIGNALS: [Signal; 3] = [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT];

#[test]
fn a_signal_gives_the_terminal_back_and_ends_everything() {
    for signal in SIGNALS {
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
        let mut told = Told::start(&[LONG, &[form]].concat());
        told.until(|line| line.contains("rev: url0"));
        told.tag.living();
        send(supervisor_of(told.pid()), Signal::SIGKILL);
        let (code, error) = told.end();
        assert_eq!(code, Some(1), "{form}: {error}");
        assert!(error.contains("the supervisor was killed"), "{error}");
    }
}

#[test]
fn a_signal_ends_a_text_with_its_number() {
    for form in ["--plain", "--json"] {
        for signal in SIGNALS {
            let mut told = Told::start(&[LONG, &[form]].concat());
            told.until(|line| line.contains("rev: url0"));
            assert!(told.tag.living().len() >= 5, "{}", told.seen);
            told.signal(signal);
            let ended = told.end();
            assert_eq!(ended, (Some(128 + signal as i32), String::new()), "{form}");
        }
        let mut told = Told::start(&[LONG, &[form]].concat());
        told.until(|line| line.contains("rev: url0"));
        told.tag.living();
        told.signal(Signal::SIGKILL);
        assert_eq!(told.end(), (None, String::new()), "{form}");
    }
}

/// A terminal emulator that is gone all at once: the last word of its command line is the program,
/// and it ends as that program does.
const VANISHING: &str = r"
import os, pty, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
termios.tcsetwinsize(terminal, (36, 120))
seen = b''
while b'url0' not in seen:
    seen += os.read(terminal, 65536)
print('seen', flush=True)
sys.stdin.readline()
os.close(terminal)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
";

#[test]
fn a_terminal_that_vanishes_ends_everything() {
    if !is_installed("python3", "python3") {
        return;
    }
    let mut tag = Tag::new();
    let (name, value) = tag.variable();
    let mut emulator = Command::new("python3")
        .args(["-c", VANISHING, env!("CARGO_BIN_EXE_mpviz")])
        .args(LONG)
        .env(name, value)
        .env("TERM", "xterm-256color")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let stdout = emulator.stdout.take().expect("it is piped");
    let mut said = String::new();
    let read = BufReader::new(stdout).read_line(&mut said);
    assert_eq!((read.expect("it is text"), &*said), (5, "seen\n"));
    assert!(tag.living().len() >= 6, "python3, mpviz and its run");
    drop(emulator.stdin.take());
    let ended = emulator.wait().expect("it is our child");
    assert_eq!(ended.code(), Some(128 + Signal::SIGHUP as i32));
    tag.nothing_is_left();
}

#[test]
fn no_shared_memory_is_left() {
    // Other runs may have a directory there: a program of theirs may be Python.
    let shared = |pid: u32| {
        let own = format!("mpviz-{pid}-");
        let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names
            .filter(|name| name.starts_with(&own))
            .collect::<Vec<_>>()
    };
    let mut pty = long_run();
    assert_eq!(
        shared(pty.pid()),
        Vec::<String>::new(),
        "it has no name, so nothing can be left"
    );
    pty.signal(Signal::SIGKILL);
    pty.end();
    pty.nothing_is_left();
}
