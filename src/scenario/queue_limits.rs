//! A bounded queue makes a fast writer wait: backpressure. `put` and `get` wait for ever, for a
//! time, or not at all; when the time is over they fail with Full or Empty.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Error, Process, Queue, Result, println, sleep};
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(200);

fn write(q: &Queue<String>, items: u64) -> Result<()> {
    for i in 1..=items {
        q.put(format!("item_{i}"))?;
        println!("Put item_{i}.");
    }
    tell("put_nowait", q.put_nowait("one more".into()))?;
    tell(
        "put, timeout 0.2 s",
        q.put_timeout("one more".into(), SHORT),
    )
}

fn read(q: &Queue<String>, items: u64) -> Result<()> {
    for _ in 0..items {
        sleep(0.5)?;
        println!("Get {}.", q.get()?);
    }
    sleep(0.5)?;
    loop {
        tell("get_nowait", q.get_nowait().map(drop))?;
        if q.is_empty()? {
            break;
        }
    }
    tell("get, timeout 0.2 s", q.get_timeout(SHORT).map(drop))
}

fn tell(what: &str, outcome: Result<()>) -> Result<()> {
    match outcome {
        Ok(()) => println!("{what}: done."),
        Err(Error::Full { .. }) => println!("{what}: Full."),
        Err(Error::Empty { .. }) => println!("{what}: Empty."),
        Err(other) => return Err(other),
    }
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let q = Queue::bounded("q", knobs.count("maxsize"))?;
    let items = knobs.number("items");
    let writer = Process::named("writer").start(|| write(&q, items))?;
    let reader = Process::named("reader").start(|| read(&q, items))?;
    writer.join()?;
    reader.join()
}

pub(super) const PROGRAM: Program = Program {
    name: "queue-limits",
    group: Group::Basics,
    title: "Full, Empty, backpressure",
    about: "a fast writer and a slow reader share a queue that takes few items",
    watch: &[
        "the writer waits in put: the queue is full",
        "Full and Empty: at once, or when the time is over",
        "each get gives a place back and wakes the writer",
    ],
    teaches: "Queue(maxsize), timeout, Full, Empty",
    size: "3 s, 3 processes",
    knobs: &[
        Knob {
            name: "maxsize",
            help: "how many items the queue takes",
            range: Range::Number {
                min: 1,
                max: 100,
                default: 2,
            },
        },
        Knob {
            name: "items",
            help: "how many are put",
            range: Range::Number {
                min: 1,
                max: 100,
                default: 5,
            },
        },
    ],
    path: file!(),
    source: include_str!("queue_limits.rs"),
};
