//! A queue without a bound takes whatever is put. If the reader is slower than the writer, items
//! pile up: they need memory, are old when they are read, and some are never read at all.
//!
//! The remedy: a bounded queue. Full, it makes the writer wait.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Event, Process, Queue, Result, println, sleep};
use std::time::Duration;

const A_SECOND: Duration = Duration::from_secs(1);

fn write(q: &Queue<Option<u32>>, stop: &Event) -> Result<()> {
    for i in 1.. {
        q.put(Some(i))?;
        sleep(0.02)?;
        if stop.is_set() {
            break;
        }
    }
    q.put(None)
}

fn read(q: &Queue<Option<u32>>) -> Result<()> {
    while let Some(i) = q.get()? {
        println!("The reader works on {i}.");
        sleep(0.1)?;
    }
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let q = if knobs.is_on("fixed") {
        Queue::bounded("q", 3)?
    } else {
        Queue::named("q")?
    };
    let stop = Event::named("stop")?;
    let writer = Process::named("writer").start(|| write(&q, &stop))?;
    let reader = Process::named("reader").start(|| read(&q))?;
    sleep(2.0)?;
    stop.set()?;
    writer.join()?;
    // It is closing time: the reader has a second for what is left.
    reader.join_timeout(A_SECOND)?;
    if reader.is_alive()? {
        println!("Nobody will read the last {} items.", q.qsize());
        reader.terminate()?;
    }
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "backpressure",
    group: Group::Trouble,
    title: "a queue without a bound",
    about: "a writer puts five times as fast as the reader gets; after two seconds both are to end",
    watch: &[
        "the queue grows and grows: nothing slows the writer down",
        "the reader works on items that are a second old",
        "with --fixed a full queue makes the writer wait",
    ],
    teaches: "Queue(maxsize), backpressure",
    size: "3 s, 3 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("backpressure.rs"),
};
