//! The twins: every scenario once more in Python, in `assets/lessons`.
//!
//! They stand beside the sources of the lessons and not in them, so that a lesson says nothing but
//! itself.

use crate::event::twin::Twin;

/// What the twins of `call` and `communicate` import beside themselves.
#[derive(Clone, Copy, Debug)]
pub struct Imported {
    /// The line that imports it.
    pub import: &'static str,
    /// The name of its file.
    pub file: &'static str,
    /// Its text.
    pub source: &'static str,
}

/// The stand-in for `nslookup`, in Python.
pub const STAND_IN_TWIN: Imported = Imported {
    import: "import stand_in\n",
    file: "stand_in.py",
    source: include_str!("../../assets/lessons/stand_in.py"),
};

macro_rules! twins {
    ($($of:literal $file:literal,)*) => {
        &[$(Twin {
            of: $of,
            file: concat!($file, ".py"),
            source: include_str!(concat!("../../assets/lessons/", $file, ".py")),
            pairs: include_str!(concat!("../../assets/lessons/", $file, ".pairs")),
        }),*]
    };
}

/// The twin of every scenario, with its file. A file is called as the scenario is, but for that of
/// `queue`: in a folder with a `queue.py` Python could not import its own module of that name.
pub const TWINS: &[Twin] = twins! {
    "fork" "fork",
    "process" "process",
    "processes" "processes",
    "pool" "pool",
    "pool-timed" "pool-timed",
    "call" "call",
    "communicate" "communicate",
    "queue" "queue-one-to-one",
    "queue-fan-in" "queue-fan-in",
    "queue-limits" "queue-limits",
    "pipe" "pipe",
    "zombie" "zombie",
    "orphan" "orphan",
    "join-full-queue" "join-full-queue",
    "killed-reader" "killed-reader",
    "pipe-no-eof" "pipe-no-eof",
    "swallowed-exception" "swallowed-exception",
    "killed-worker" "killed-worker",
    "two-locks" "two-locks",
    "join-only-last" "join-only-last",
    "backpressure" "backpressure",
};
