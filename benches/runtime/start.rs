//! Starting a process and joining it: by fork, with an empty target.
//!
//! Other figures of the same kind, without an aim: eight processes at a time, a process by spawn,
//! another program by `call`.

use crate::Subject;
use mpviz::channel::clock;
use mpviz::runtime::subprocess::call;
use mpviz::runtime::{Process, Result};

pub(crate) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "start_and_join",
        operations: (1_000, 300),
        aim: 8.0,
        round: one_by_one,
    },
    Subject {
        name: "start_8_and_join",
        operations: (1_000, 300),
        aim: 8.0,
        round: eight_at_a_time,
    },
    Subject {
        name: "spawn_and_join",
        operations: (200, 10),
        aim: 8.0,
        round: spawned,
    },
    Subject {
        name: "call_true",
        operations: (300, 300),
        aim: 1.0,
        round: called,
    },
];

/// What is spawned.
pub(crate) fn nothing() {}

fn timed(count: u32, run: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begin = clock::monotonic();
    run()?;
    Ok((clock::monotonic() - begin) as f64 / f64::from(count))
}

fn one_by_one(count: u32) -> Result<f64> {
    timed(count, || {
        for _ in 0..count {
            Process::new().start(nothing)?.join()?;
        }
        Ok(())
    })
}

fn eight_at_a_time(count: u32) -> Result<f64> {
    timed(count, || {
        for _ in 0..count / 8 {
            let started = (0..8).map(|_| Process::new().start(nothing));
            let started = started.collect::<Result<Vec<_>>>()?;
            started.iter().try_for_each(Process::join)?;
        }
        Ok(())
    })
}

fn spawned(count: u32) -> Result<f64> {
    timed(count, || {
        for _ in 0..count {
            Process::new().spawn(nothing, ())?.join()?;
        }
        Ok(())
    })
}

fn called(count: u32) -> Result<f64> {
    timed(count, || {
        for _ in 0..count {
            call(["true"])?;
        }
        Ok(())
    })
}
