//! A worker that is killed takes its task along. The pool starts another worker, but no other does
//! the task again: `get` waits for ever.
//!
//! The remedy: a task minds its time itself, and fails. `get` then hands the error over.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Error, Pool, Result, active_children, println, sleep};

fn work((task, limit): (u32, f64)) -> Result<u32> {
    let needs: f64 = if task == 0 { 60.0 } else { 0.5 };
    sleep(needs.min(limit))?;
    if needs > limit {
        return Err(Error::State("no time left".to_owned()));
    }
    Ok(task * 100)
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let fixed = knobs.is_on("fixed");
    let limit = if fixed { 1.0 } else { 60.0 };
    let p = Pool::new(1)?;
    let mut results = Vec::new();
    for task in 0..3 {
        results.push(p.apply_async(work, (task, limit))?);
    }
    sleep(1.0)?;
    if !fixed {
        println!("Task 0 takes too long: its worker is killed.");
        active_children()[0].kill()?;
    }
    for (task, result) in results.into_iter().enumerate() {
        match result.get() {
            Ok(number) => println!("Task {task} brought {number}."),
            Err(error) => println!("Task {task} failed: {error}."),
        }
    }
    p.close();
    p.join()
}

pub(super) const PROGRAM: Program = Program {
    name: "killed-worker",
    group: Group::Trouble,
    title: "it took its task along",
    about: "task 0 takes too long, and the parent kills the worker that runs it; then it gets all results",
    watch: &[
        "the killed worker has a successor, which does tasks 1 and 2",
        "task 0 is lost: its band ends with its worker",
        "the parent waits for its result, and nobody will send it",
    ],
    teaches: "Pool, kill, lost task, get",
    size: "hangs, 3 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("killed_worker.rs"),
};
