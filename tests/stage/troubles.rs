//! What can go wrong around a run: a lost supervisor or keeper, limits, crowds, the terminal.

use super::Case;
use super::house::{House, User, send, until_stopped, wait_for};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::os::fd::AsFd;

pub(crate) fn cases() -> Vec<Case> {
    let tests: &[(&str, fn())] = &[
        ("a lost supervisor is told", a_lost_supervisor_is_told),
        (
            "a stopped supervisor can be stopped",
            a_stopped_supervisor_can_be_stopped,
        ),
        ("a lost keeper is replaced", a_lost_keeper_is_replaced),
        ("the launching thread may end", the_launching_thread_may_end),
        ("a crowd is ended", a_crowd_is_ended),
        ("few descriptors are an error", few_descriptors_are_an_error),
        ("few processes are an error", few_processes_are_an_error),
        (
            "a killed viewer's terminal is given back",
            a_killed_viewers_terminal_is_given_back,
        ),
        (
            "a terminal that was given back is left alone",
            a_terminal_that_was_given_back_is_left_alone,
        ),
        (
            "another's terminal is left alone",
            anothers_terminal_is_left_alone,
        ),
        (
            "typing the hidden argument does nothing",
            typing_the_hidden_argument_does_nothing,
        ),
    ];
    let case = |&(name, test): &(&str, fn())| -> Case { (name.to_owned(), Box::new(test)) };
    tests.iter().map(case).collect()
}

/// Returns how the run ended, which is the last thing told.
#[track_caller]
fn ending(house: &House) -> Value {
    let ends = house.events(&["RunEnded"]);
    assert_eq!(ends.len(), 1);
    let last = house.seen.last().expect("there are lines");
    assert!(last.contains("RunEnded"), "{last}");
    ends[0]["ending"].clone()
}

fn a_lost_supervisor_is_told() {
    let mut house = House::open(User::Same, &["told-sleeper"]);
    house.until(|line| line.contains("Sampled"));
    send(house.supervisor, Signal::SIGKILL);
    assert_eq!(house.finish(), 0);
    house.expect_nobody();
    assert_eq!(ending(&house), "supervisor lost");
    assert_eq!(house.events(&["RunEnded"])[0]["code"], -9);
    let exits = house.events(&["ProcessExited", "ProcessReaped"]);
    let kinds: Vec<_> = exits
        .iter()
        .map(|event| (&event["kind"], &event["code"]))
        .collect();
    let killed = json!(-9);
    // Seen by its pidfd, then by the reap, which says it once more.
    assert_eq!(kinds.first(), Some(&(&json!("ProcessExited"), &killed)));
    assert_eq!(kinds.last(), Some(&(&json!("ProcessReaped"), &killed)));
}

fn a_stopped_supervisor_can_be_stopped() {
    let mut house = House::open(User::Same, &["tree"]);
    house.until_ready();
    send(house.supervisor, Signal::SIGSTOP);
    until_stopped(house.supervisor);
    house.order("stop");
    house.expect_nobody();
    assert_eq!(house.finish(), 0);
    assert_eq!(ending(&house), "stopped");
}

fn keepers(house: &House) -> BTreeSet<u32> {
    let is_keeper = |pid: &u32| {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm"));
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        name.is_ok_and(|name| name == "mpviz-keeper\n")
            && state.is_ok_and(|stat| !stat.contains(") Z "))
    };
    house.living().into_iter().filter(is_keeper).collect()
}

fn a_lost_keeper_is_replaced() {
    let mut house = House::open(User::Same, &["tree"]);
    house.until_ready();
    let before = keepers(&house);
    assert_eq!(before.len(), 1);
    before.iter().for_each(|&pid| send(pid, Signal::SIGKILL));
    wait_for("another keeper", || {
        let now = keepers(&house);
        now.len() == 1 && now != before
    });
    // The new one holds as the first did.
    for (pid, signal) in [
        (house.viewer(), Signal::SIGSTOP),
        (house.supervisor, Signal::SIGSTOP),
        (house.supervisor, Signal::SIGKILL),
        (house.viewer(), Signal::SIGKILL),
    ] {
        send(pid, signal);
        if signal == Signal::SIGSTOP {
            until_stopped(pid);
        }
    }
    house.expect_nobody();
}

fn the_launching_thread_may_end() {
    let mut house = House::open_with(User::Same, &["finish"], |viewer| {
        viewer.env("THREAD", "1");
    });
    assert_eq!(house.finish(), 0);
    house.expect_nobody();
    assert_eq!(ending(&house), "finished");
}

fn a_crowd_is_ended() {
    let mut house = House::open_with(User::Same, &["crowd"], |viewer| {
        viewer.env("LIVE_MAX", "20");
    });
    assert_eq!(house.finish(), 0);
    house.expect_nobody();
    assert_eq!(ending(&house), "stopped");
    let failed = house.events(&["Failed"]);
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["error"], "too many processes");
    let text = failed[0]["text"].as_str().expect("it is one");
    assert!(text.ends_with("at most 20 may: the run is ended"), "{text}");
}

/// Runs under a limit: there is an error with the system's words, or a run with an end. Returns
/// how far it came.
#[track_caller]
fn runs_under(user: User, name: &str, limit: u32, words: &str) -> Ran {
    let mut house = House::open_with(user, &["finish"], |viewer| {
        viewer.env(name, limit.to_string());
    });
    let code = house.finish();
    house.expect_nobody();
    house.expect_no_zombie();
    if house.supervisor == 0 {
        let said = house.seen.first().expect("there is a line");
        assert!(said.contains(words), "{name} {limit}: {said}");
        assert_eq!(code, 1);
        return Ran::NotLaunched;
    }
    assert_eq!(code, 0);
    if ending(&house) == "finished" {
        return Ran::Finished;
    }
    assert_eq!(ending(&house), "not started");
    let failed = house.events(&["ForkFailed"]);
    let error = failed[0]["error"].as_str().expect("it is one");
    // The system's error, and its name.
    assert!(error.starts_with('E') && error.ends_with(words), "{error}");
    Ran::NotStarted
}

/// How far a run came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ran {
    NotLaunched,
    NotStarted,
    Finished,
}

fn few_descriptors_are_an_error() {
    // Below seven a program has not even its own: std, the arena, a folder to look into.
    let ran: Vec<Ran> = (5..=30)
        .map(|n| runs_under(User::Same, "NOFILE", n, "Too many open files"))
        .collect();
    assert_eq!(
        (ran[0], ran[25]),
        (Ran::NotLaunched, Ran::Finished),
        "{ran:?}"
    );
    assert!(ran.contains(&Ran::NotStarted), "{ran:?}");
}

fn few_processes_are_an_error() {
    // Root is not limited.
    let &[_, user] = User::all() else { return };
    let ran: Vec<Ran> = (2..=12)
        .map(|n| runs_under(user, "NPROC", n, "Resource temporarily unavailable"))
        .collect();
    assert_eq!(
        (ran[0], ran[10]),
        (Ran::NotLaunched, Ran::Finished),
        "{ran:?}"
    );
}

/// A viewer with a terminal; what the terminal is told comes out of the file.
fn with_terminal(settings: &[(&str, &str)]) -> (House, nix::pty::OpenptyResult) {
    let pty = nix::pty::openpty(None, None).expect("there are some left");
    let path = std::fs::read_link(format!("/proc/self/fd/{}", {
        use std::os::fd::AsRawFd;
        pty.slave.as_raw_fd()
    }))
    .expect("it has a name");
    let mut house = House::open_with(User::Same, &["sleeper"], |viewer| {
        viewer.env("TTY", path).envs(settings.iter().copied());
    });
    house.until_ready();
    (house, pty)
}

fn modes(pty: &nix::pty::OpenptyResult) -> nix::libc::tcflag_t {
    let modes = nix::sys::termios::tcgetattr(pty.slave.as_fd()).expect("it is a terminal");
    modes.local_flags.bits()
}

/// Returns all that a terminal was told.
fn told(pty: nix::pty::OpenptyResult) -> String {
    let mut screen = std::fs::File::from(pty.master);
    let mut said = Vec::new();
    drop(pty.slave);
    // Ends with an error when nobody has the other side any more.
    let _ = screen.read_to_end(&mut said);
    String::from_utf8(said).expect("it is text")
}

fn a_killed_viewers_terminal_is_given_back() {
    let cooked = modes(&nix::pty::openpty(None, None).expect("there are some left"));
    let (mut house, pty) = with_terminal(&[]);
    assert_ne!(modes(&pty), cooked, "the viewer has set it");
    send(house.viewer(), Signal::SIGKILL);
    house.expect_nobody();
    assert_eq!(modes(&pty), cooked);
    let said = told(pty);
    for sequence in [
        "\x1b[?1049l",
        "\x1b[?25h",
        "\x1b[?2004l",
        "\x1b[?1006l",
        "\x1b[0m",
    ] {
        assert!(
            said.contains(sequence),
            "{sequence:?} is missing in {said:?}"
        );
    }
}

fn a_terminal_that_was_given_back_is_left_alone() {
    let (mut house, pty) = with_terminal(&[("GIVEN_BACK", "1")]);
    let before = modes(&pty);
    send(house.viewer(), Signal::SIGKILL);
    house.expect_nobody();
    assert_eq!(modes(&pty), before);
    assert_eq!(told(pty), "\x1b[?1049h\x1b[?25l");
}

fn anothers_terminal_is_left_alone() {
    let (mut house, pty) = with_terminal(&[]);
    // Neither what it was nor what the viewer made of it: an editor has it by now.
    let mut other = nix::sys::termios::tcgetattr(pty.slave.as_fd()).expect("it is one");
    other
        .local_flags
        .insert(nix::sys::termios::LocalFlags::ISIG);
    let now = nix::sys::termios::SetArg::TCSANOW;
    nix::sys::termios::tcsetattr(pty.slave.as_fd(), now, &other).expect("it is one");
    let before = modes(&pty);
    send(house.viewer(), Signal::SIGKILL);
    house.expect_nobody();
    assert_eq!(modes(&pty), before);
    assert_eq!(told(pty), "\x1b[?1049h\x1b[?25l");
}

fn typing_the_hidden_argument_does_nothing() {
    let own = std::env::current_exe().expect("it has a path");
    let output = std::process::Command::new(own)
        .arg(mpviz::stage::SUPERVISOR_ARG)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("it can be run");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((output.stdout.len(), output.stderr.len()), (0, 0));
}
