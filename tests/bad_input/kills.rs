//! Signals and kills: of mpviz, of its supervisor, of each process of a scenario.

use super::common::mpviz;
use super::common::pty::{Pty, comes};
use super::common::tag::{Tag, send};
use super::{LONG, USUAL, long_run, stderr, supervisor_of};
use nix::sys::signal::Signal;
use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

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
