//! A process that has put items ends only when its feeder has written them all into the pipe. A
//! pipe takes 64 KiB: who joins the process before taking the items out waits for ever.
//!
//! The remedy: take all items out, then join.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Process, Queue, Result, println, sleep};

const ITEMS: usize = 50;

fn write(q: &Queue<String>) -> Result<()> {
    for i in 1..=ITEMS {
        q.put(format!("item_{i} {}", "x".repeat(4000)))?;
    }
    println!("The writer has put {ITEMS} items.");
    Ok(())
}

fn drain(q: &Queue<String>) -> Result<()> {
    for _ in 0..ITEMS {
        q.get()?;
        sleep(0.03)?;
    }
    println!("The parent has got {ITEMS} items.");
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let q = Queue::named("q")?;
    let writer = Process::named("writer").start(|| write(&q))?;
    if knobs.is_on("fixed") {
        drain(&q)?;
        writer.join()
    } else {
        writer.join()?;
        drain(&q)
    }
}

pub(super) const PROGRAM: Program = Program {
    name: "join-full-queue",
    group: Group::Trouble,
    title: "join before draining",
    about: "a writer puts 200 KB into a queue; its parent joins it before it gets the items",
    watch: &[
        "the pipe fills up, and the feeder waits for room",
        "the writer's code is done, but it can't end before its feeder",
        "a circle: the parent joins the writer, which waits for the parent",
    ],
    teaches: "Queue, feeder, 64 KiB, deadlock",
    size: "hangs, 2 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("join_full_queue.rs"),
};
