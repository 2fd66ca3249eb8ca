//! Each process of a scenario is killed, at several instants: the run ends or goes on as the
//! program would without mpviz, and nothing is left.

use super::USUAL;
use super::common::pty::Pty;
use super::common::tag::send;
use super::told::Told;
use nix::sys::signal::Signal;
use serde_json::Value;

/// What becomes of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    /// It ends by itself, and mpviz with this code.
    Ends(i32),
    /// Somebody waits for ever: it goes on until it is told to end.
    GoesOn,
    /// Either, by what was lost with the process: a task, or a lock.
    Either,
}

use Then::{Either, Ends, GoesOn};

/// A scenario with its knobs, who is killed (the first whose name begins so), at its how manieth
/// event of which kind, and what follows.
const VICTIMS: &[(&str, &str, (&str, usize), Then)] = &[
    ("process", "MainProcess", ("ProcessCreated", 1), Ends(137)),
    ("processes", "MainProcess", ("ProcessForked", 3), Ends(137)),
    ("processes", "MainProcess", ("Blocked", 1), Ends(137)),
    ("processes", "Process-1", ("Slept", 1), Ends(0)),
    ("processes", "Process-5", ("ProcessStarted", 1), Ends(0)),
    ("queue", "MainProcess", ("Blocked", 1), GoesOn),
    ("queue", "writer", ("ProcessStarted", 1), Ends(0)),
    ("queue", "writer", ("Slept", 1), Ends(0)),
    ("queue", "writer", ("MessagePut", 3), Ends(0)),
    ("queue", "reader", ("ProcessStarted", 1), Ends(0)),
    ("queue", "reader", ("LockTaken", 1), Ends(0)),
    ("queue", "reader", ("Blocked", 3), Ends(0)),
    ("queue-fan-in", "MainProcess", ("Blocked", 1), GoesOn),
    ("pool", "MainProcess", ("Blocked", 1), Ends(137)),
    ("pool", "MainProcess", ("TaskSubmitted", 2), Either),
    ("pool", "ForkPoolWorker-1", ("ProcessStarted", 1), Either),
    ("pool", "ForkPoolWorker-1", ("Slept", 1), GoesOn),
    // With a worker more than tasks somebody waits for one, whoever comes first.
    (
        "pool --workers 6",
        "ForkPoolWorker-",
        ("Blocked", 1),
        Either,
    ),
    ("pipe", "MainProcess", ("Blocked", 1), Ends(137)),
    ("pipe", "sender", ("Slept", 2), Ends(0)),
    ("pipe", "receiver", ("Blocked", 2), Ends(0)),
];

fn parse(line: &str) -> Value {
    serde_json::from_str(line).expect("it is JSON")
}

/// Reads on until a process whose name begins so has told the how manieth event of a kind; returns
/// its start.
#[track_caller]
fn victim(told: &mut Told, name: &str, kind: &str, count: usize) -> Value {
    let name = format!("\"name\":\"{name}");
    let mut started: Vec<(Value, usize)> = Vec::new();
    loop {
        let line = told.until(|_| true);
        let event = parse(&line);
        if event["kind"] == "ProcessStarted" && line.contains(&name) {
            started.push((event.clone(), 0));
        }
        let mut by = started.iter_mut();
        if let Some((start, seen)) = by.find(|(start, _)| start["actor"] == event["actor"]) {
            *seen += usize::from(event["kind"] == kind);
            if *seen == count {
                return start.clone();
            }
        }
    }
}

#[test]
fn whoever_of_process_is_killed_nothing_is_left() {
    check("process");
}

#[test]
fn whoever_of_processes_is_killed_nothing_is_left() {
    check("processes");
}

#[test]
fn whoever_of_queue_is_killed_nothing_is_left() {
    check("queue");
    check("queue-fan-in");
}

#[test]
fn whoever_of_pool_is_killed_nothing_is_left() {
    check("pool");
}

#[test]
fn whoever_of_pipe_is_killed_nothing_is_left() {
    check("pipe");
}

/// Kills whoever of a scenario is to be killed, a run for each.
#[track_caller]
fn check(of: &str) {
    let is_of = |scenario: &str| scenario.split(' ').next() == Some(of);
    let victims = VICTIMS.iter().filter(|victim| is_of(victim.0));
    for &(scenario, name, (kind, count), then) in victims {
        let case = format!("{scenario}: {name} at {kind} {count}");
        // Slow enough that the victim lives when it is seen, whatever else the machine does.
        let pace = if matches!(then, Ends(_)) { "1" } else { "0.2" };
        let mut arguments: Vec<&str> = scenario.split(' ').collect();
        arguments.extend(["--pace", pace, "--json"]);
        let mut told = Told::start(&arguments);
        let started = victim(&mut told, name, kind, count);
        let pid = started["pid"]
            .as_u64()
            .and_then(|pid| u32::try_from(pid).ok());
        let pid = pid.expect("it has a pid");
        let is_alive = told.tag.living().contains(&pid);
        assert!(is_alive, "{case}: it has ended\n{}", told.seen);
        send(pid, Signal::SIGKILL);
        let exited = told.until(|line| {
            let event = parse(line);
            event["kind"] == "ProcessExited" && event["actor"] == started["actor"]
        });
        assert_eq!(parse(&exited)["code"], -9, "{case}\n{}", told.seen);
        if then == GoesOn {
            told.signal(Signal::SIGTERM);
        }
        if then == Either {
            // Whoever lives a second later waits for ever; that the run ended before is as well.
            told.signal(Signal::SIGINT);
        }
        let (code, error) = told.end();
        let expected = match then {
            Ends(code) => vec![Some(code)],
            GoesOn => vec![Some(143)],
            Either => vec![Some(130), Some(137), Some(0)],
        };
        assert!(expected.contains(&code), "{case}: {code:?}\n{}", told.seen);
        assert_eq!(error, "", "{case}");
    }
}

/// Kills a process of a scenario on the screen, once its row has this word.
#[track_caller]
fn check_screen(scenario: &str, name: &str, ready: &str) {
    let mut pty = Pty::start(USUAL, &[scenario, "--pace", "0.5"]);
    let row = |screen: &str, ready: &str| {
        let mut rows = screen.lines().filter(|row| row.contains(name));
        rows.find_map(|row| row.contains(ready).then(|| pid_of(row)).flatten())
    };
    let what = format!("`{ready}` in the row of {name}");
    let screen = pty.until(&what, |screen| row(screen, ready).is_some());
    let pid = row(&screen, ready).expect("it was there");
    assert!(pty.tag.living().contains(&pid), "not {pid}:\n{screen}");
    send(pid, Signal::SIGKILL);
    pty.until("who was killed", |screen| {
        row(screen, "SIGKILL") == Some(pid)
    });
    // It takes keys.
    pty.press("?");
    pty.until_text("freezes the view");
    pty.press("?");
    pty.until("no help", |screen| !screen.contains("freezes the view"));
    pty.quit();
}

/// Returns the pid that a row of the table begins with.
fn pid_of(row: &str) -> Option<u32> {
    let row = row.trim_start_matches([' ', '│', '├', '└']);
    row.split_whitespace().next()?.parse().ok()
}

#[test]
fn the_screen_shows_who_was_killed_and_lives_on() {
    for (scenario, name, ready) in [
        ("queue", "MainProcess", "join"),
        ("queue", "reader", "get"),
        ("queue", "writer", "sleep"),
        ("pool", "MainProcess", "join"),
        ("pool", "Worker-1", "sleep"),
        ("pipe", "sender", "sleep"),
    ] {
        check_screen(scenario, name, ready);
    }
}
