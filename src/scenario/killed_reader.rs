//! A reader waits inside `get` with the queue's read lock in its hand. Killed there, it takes the
//! lock along: nobody can ever get again, though an item is there.
//!
//! The remedy: a sentinel, an item that says "end", instead of a signal.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Process, Queue, Result, println, sleep};

fn read(name: &str, q: &Queue<Option<String>>) -> Result<()> {
    while let Some(item) = q.get()? {
        println!("{name} gets {item}.");
    }
    println!("{name} got the sentinel.");
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let q = Queue::named("q")?;
    let first = Process::named("reader-1").start(|| read("reader-1", &q))?;
    q.put(Some("A".to_owned()))?;
    sleep(1.0)?;
    if knobs.is_on("fixed") {
        q.put(None)?;
    } else {
        first.terminate()?;
    }
    first.join()?;
    let second = Process::named("reader-2").start(|| read("reader-2", &q))?;
    q.put(Some("B".to_owned()))?;
    q.put(None)?;
    second.join()
}

pub(super) const PROGRAM: Program = Program {
    name: "killed-reader",
    group: Group::Trouble,
    title: "it took the lock along",
    about: "a reader is terminated while it waits in get; another one is to go on in its place",
    watch: &[
        "reader-1 waits in get, and holds the read lock",
        "SIGTERM ends it: the lock is lost",
        "reader-2 waits for the lock, with an item in the pipe",
    ],
    teaches: "Queue, read lock, terminate, sentinel",
    size: "hangs, 3 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("killed_reader.rs"),
};
