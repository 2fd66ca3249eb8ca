//! A process that is killed can't see to its children. They go on as orphans, adopted by another,
//! and nobody of the program knows them any more.
//!
//! The remedy: ask it to stop, so that it ends its children first.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Event, Process, Result, getpid, getppid, println, sleep};

fn work() -> Result<()> {
    for _ in 0..6 {
        println!("Worker ({}), my parent is ({}).", getpid(), getppid());
        sleep(0.5)?;
    }
    Ok(())
}

fn manage(stop: &Event) -> Result<()> {
    let worker = Process::named("worker").start(work)?;
    stop.wait()?;
    worker.terminate()?;
    worker.join()
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let stop = Event::named("stop")?;
    let manager = Process::named("manager").start(|| manage(&stop))?;
    sleep(1.2)?;
    if knobs.is_on("fixed") {
        stop.set()?;
    } else {
        manager.terminate()?;
    }
    manager.join()?;
    println!("The manager has ended.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "orphan",
    group: Group::Trouble,
    title: "the parent is gone",
    about: "a manager with a worker below it is terminated; the worker knows nothing of that",
    watch: &[
        "SIGTERM ends the manager alone, not the worker below it",
        "the worker prints another parent's pid: it was adopted",
        "the program has ended, and the worker still runs",
    ],
    teaches: "orphan, adopted, terminate, Event",
    size: "3 s, 3 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("orphan.rs"),
};
