//! A writer and a reader share a queue. The reader would wait for ever: it is terminated.
//!
//! That works, and does harm: a reader that dies inside `get` takes the queue's read lock along.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Process, Queue, Result, getpid, println, random, sleep};

fn write(q: &Queue<String>, items: usize) -> Result<()> {
    println!("Process to write: {}", getpid());
    for value in ('A'..='Z').cycle().take(items) {
        println!("Put {value} to queue...");
        q.put(value.to_string())?;
        sleep(random())?;
    }
    Ok(())
}

fn read(q: &Queue<String>) -> Result<()> {
    println!("Process to read: {}", getpid());
    loop {
        let value = q.get()?;
        println!("Get {value} from queue.");
    }
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let q = Queue::named("q")?;
    let pw = Process::named("writer").start(|| write(&q, knobs.count("items")))?;
    let pr = Process::named("reader").start(|| read(&q))?;
    pw.join()?;
    // The reader's loop has no end: it can't be joined, only ended.
    pr.terminate()
}

pub(super) const PROGRAM: Program = Program {
    name: "queue",
    group: Group::Basics,
    title: "one writer, one reader",
    about: "a writer puts A, B and C; a reader gets for ever; the parent ends the reader",
    watch: &[
        "an item's way: put, buffer, feeder, pipe, get",
        "the reader is blocked in get and holds the read lock",
        "SIGTERM ends it: exit code -15",
    ],
    teaches: "Queue, put, get, terminate",
    size: "2 s, 3 processes",
    knobs: &[Knob {
        name: "items",
        help: "how many are put",
        range: Range::Number {
            min: 0,
            max: 1000,
            default: 3,
        },
    }],
    path: file!(),
    source: include_str!("queue.rs"),
};
