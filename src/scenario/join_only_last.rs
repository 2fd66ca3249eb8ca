//! After a loop, the variable is the last process that was started. Joining it waits for that one
//! alone, and the parent goes on while the others still work.
//!
//! The remedy: keep them all, and join them all.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Process, Result, Value, println, random, sleep};

fn work(i: u32, done: &Value<u32>) -> Result<()> {
    sleep(f64::from(5 - i) * 0.4 + random() * 0.2)?;
    done.get_lock().with(|| done.set(done.get() + 1));
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let done = Value::new(0)?;
    let mut processes = Vec::new();
    for i in 1..=4 {
        processes.push(Process::new().start(|| work(i, &done))?);
    }
    if !knobs.is_on("fixed") {
        processes = processes.split_off(3);
    }
    for p in processes {
        p.join()?;
    }
    println!("{} of 4 are done.", done.get());
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "join-only-last",
    group: Group::Trouble,
    title: "the others still work",
    about: "four processes are started in a loop; only the last one is joined, and their work is counted",
    watch: &[
        "the parent waits for Process-4 alone",
        "it counts what is done while others still work",
        "at its end it joins them all the same, too late",
    ],
    teaches: "Process, join all, Value",
    size: "2 s, 5 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("join_only_last.rs"),
};
