//! Queues with their feeders: one writer, four, and many writers with many readers.

use super::Subject;
use mpviz::channel::clock;
use mpviz::runtime::{Process, Queue, Result};

pub(crate) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "queue_1_to_1",
        operations: (200_000, 20_000),
        aim: 8.0,
        round: |count| flow(1, 1, count),
    },
    Subject {
        name: "queue_4_to_1",
        operations: (200_000, 20_000),
        aim: 8.0,
        round: |count| flow(4, 1, count),
    },
    Subject {
        name: "queue_64_to_64",
        operations: (1_000_000, 64_000),
        aim: 8.0,
        round: |count| flow(64, 64, count),
    },
];

/// Moves `count` items from writers to readers; with one reader it is this process.
fn flow(writers: u32, readers: u32, count: u32) -> Result<f64> {
    let q: Queue<String> = Queue::named("bench")?;
    let begin = clock::monotonic();
    let (each, taken) = (count / writers, count / readers);
    let mut children = Vec::new();
    for _ in 0..writers {
        children.push(Process::new().start(|| -> Result<()> {
            for _ in 0..each {
                q.put("0123456789abcdef".to_owned())?;
            }
            Ok(())
        })?);
    }
    let read = || -> Result<()> {
        for _ in 0..taken {
            q.get()?;
        }
        Ok(())
    };
    if readers == 1 {
        read()?;
    } else {
        for _ in 0..readers {
            children.push(Process::new().start(read)?);
        }
    }
    for child in children {
        child.join()?;
    }
    let took = clock::monotonic() - begin;
    Ok(took as f64 / f64::from(count))
}
