//! What the help says of each pane: in words, with samples drawn as the pane draws them.

use crate::ui::Pane;
use crate::view::signs::Signs;
use crate::view::theme::{Mark, Role};

/// What is on a pane.
pub(super) struct About {
    /// What it shows, and how it is read.
    pub(super) text: &'static str,
    pub(super) legend: &'static [(Sample, &'static str)],
}

/// Something that is drawn on a pane.
#[derive(Clone, Copy)]
pub(super) enum Sample {
    Mark(Mark),
    /// A sign, or a piece of a drawing, with its look.
    Sign(fn(&Signs) -> &'static str, Role),
    /// A text, with its look.
    Text(&'static str, Role),
}

/// Returns what is said of a pane.
pub(super) fn about(pane: Pane) -> About {
    match pane {
        Pane::Processes => About {
            text: "A row is a process; those that it made stand below it. Time goes from left to right: \
                   the lane shows what the process did, and its last words what it does now and for how \
                   long. A coloured stretch is a task. Below stand the queues and pipes, each with how \
                   much waited in it, and the locks, each with who held it.",
            legend: LANES,
        },
        Pane::Flow => About {
            text: "The way of the messages, from left to right: who puts, what the message waits in, \
                   who takes. What moved in the last half second is lit. Below a queue or pipe stands \
                   how full it is, below a lock who holds it.",
            legend: &[
                (Sample::Text(" url_1 ", Role::Chip), "a message that waits"),
                (
                    Sample::Sign(|signs| signs.lit, Role::Lit),
                    "something moved here just now",
                ),
                (Sample::Mark(Mark::LockFree), "a lock that nobody holds"),
                (Sample::Mark(Mark::LockHeld), "a lock that somebody holds"),
                (Sample::Mark(Mark::LockLost), "a lock whose holder is dead"),
                (Sample::Mark(Mark::Killed), "it was ended by a signal"),
            ],
        },
        Pane::Sequence => About {
            text: "Each process is a line downwards, and time goes down: what stands lower happened \
                   later. An arrow goes from who did something to whom it reached: a fork to its child, \
                   a message to its reader, an end to whoever waited for it.",
            legend: &[
                (Sample::Mark(Mark::Running), "computes"),
                (Sample::Mark(Mark::Asleep), "sleeps"),
                (Sample::Mark(Mark::Get), "waits: nothing to take"),
                (Sample::Mark(Mark::Message), "a message, put or taken"),
                (Sample::Mark(Mark::Exited), "ended by itself"),
                (Sample::Mark(Mark::Killed), "ended by a signal"),
            ],
        },
        Pane::Events => About {
            text: "What happened, a row each, the newest at the bottom: when, who, what. What the \
                   program prints stands among it, at the moment when it was printed.",
            legend: &[
                (
                    Sample::Sign(|signs| signs.gutter, Role::Strong),
                    "it is about what is selected",
                ),
                (
                    Sample::Sign(|signs| signs.output, Role::Text),
                    "the program printed this",
                ),
                (Sample::Mark(Mark::Message), "a message was put or taken"),
                (Sample::Mark(Mark::Result), "a result"),
                (Sample::Mark(Mark::Exited), "a process ended by itself"),
                (
                    Sample::Sign(|signs| signs.finding, Role::Finding),
                    "something is wrong",
                ),
            ],
        },
        Pane::Code => About {
            text: "The source of the program, with the processes at the lines where they are now. The \
                   same can be read in Python, and both side by side.",
            legend: &[
                (Sample::Text("def", Role::Keyword), "a word of the language"),
                (Sample::Text("'text'", Role::Literal), "a text or a number"),
            ],
        },
    }
}

/// What stands on lanes.
const LANES: &[(Sample, &str)] = &[
    (Sample::Mark(Mark::Running), "computes"),
    (Sample::Mark(Mark::Asleep), "sleeps"),
    (Sample::Mark(Mark::Get), "waits: nothing to take"),
    (Sample::Mark(Mark::Put), "waits: no room to put"),
    (Sample::Mark(Mark::Lock), "waits for a lock"),
    (Sample::Mark(Mark::Join), "waits for another's end"),
    (Sample::Text(" T1 ", Role::BandText), "works at task T1"),
    (Sample::Mark(Mark::Message), "a message, put or taken"),
    (Sample::Mark(Mark::Exited), "ended by itself"),
    (Sample::Mark(Mark::Killed), "ended by a signal"),
    (Sample::Mark(Mark::Zombie), "ended, nobody asked how"),
    (
        Sample::Sign(|signs| signs.finding, Role::Finding),
        "something is wrong here",
    ),
];
