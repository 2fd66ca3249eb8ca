//! Every end of a run, for every kind of tree: nothing stays behind.

use super::Case;
use super::house::{House, User, send, until_stopped};
use nix::sys::signal::Signal;

/// How a run comes to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// The viewer's stage is told to stop.
    Stop,
    /// The viewer drops its stage.
    Drop,
    /// The viewer's main thread panics.
    Panic,
    /// Signals, in this order, to the viewer (`v`) or the supervisor (`s`).
    Signals(&'static [(char, Signal)]),
}

const ENDS: &[(&str, End)] = {
    use Signal::{SIGKILL as KILL, SIGSTOP as STOP, SIGTERM as TERM};
    &[
        ("stop", End::Stop),
        ("drop", End::Drop),
        ("panic", End::Panic),
        ("term-viewer", End::Signals(&[('v', TERM)])),
        ("term-supervisor", End::Signals(&[('s', TERM)])),
        ("kill-viewer", End::Signals(&[('v', KILL)])),
        ("kill-supervisor", End::Signals(&[('s', KILL)])),
        (
            "stop-kill-viewer",
            End::Signals(&[('v', STOP), ('v', KILL)]),
        ),
        (
            "stop-kill-supervisor",
            End::Signals(&[('s', STOP), ('s', KILL)]),
        ),
        ("kill-both", End::Signals(&[('v', KILL), ('s', KILL)])),
        (
            "kill-both-supervisor-first",
            End::Signals(&[('s', KILL), ('v', KILL)]),
        ),
        (
            "stop-both-kill-viewer-first",
            End::Signals(&[('v', STOP), ('s', STOP), ('v', KILL), ('s', KILL)]),
        ),
        (
            "stop-both-kill-supervisor-first",
            End::Signals(&[('s', STOP), ('v', STOP), ('s', KILL), ('v', KILL)]),
        ),
    ]
};

impl End {
    fn kills(self, whom: char) -> bool {
        match self {
            End::Signals(signals) => signals.contains(&(whom, Signal::SIGKILL)),
            _ => false,
        }
    }
}

/// Each play, and whether it has processes that leave the program's group.
const PLAYS: &[(&str, bool)] = &[
    ("sleeper", false),
    ("tree", false),
    ("respawner", false),
    ("daemon", true),
    ("setsid-respawner", true),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for &user in User::all() {
        for &(play, leaves_group) in PLAYS {
            for &(name, end) in ENDS {
                // What is left, and documented: a daemon of its own, when both are killed.
                let is_hole = leaves_group && end.kills('v') && end.kills('s');
                if !is_hole {
                    let case = move || check(user, play, end);
                    cases.push((format!("{user:?}::{play}::{name}"), Box::new(case)));
                }
            }
        }
    }
    cases
}

#[track_caller]
fn check(user: User, play: &str, end: End) {
    let mut house = House::open(user, &[play]);
    house.until_ready();
    match end {
        End::Stop => house.order("stop"),
        End::Drop => house.order("drop"),
        End::Panic => house.order("panic"),
        End::Signals(signals) => {
            for &(whom, signal) in signals {
                let pid = match whom {
                    'v' => house.viewer(),
                    _ => house.supervisor,
                };
                send(pid, signal);
                if signal == Signal::SIGSTOP {
                    until_stopped(pid);
                }
            }
        }
    }
    house.expect_nobody();
    if !(end.kills('v') && end.kills('s')) {
        house.expect_no_zombie();
    }
}
