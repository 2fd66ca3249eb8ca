//! A `Pool` makes its workers once. A task waits in the queue until one of them is free; no worker
//! is made for it. After `close` no task is taken, and `join` waits for the workers' end.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Pool, Result, getpid, println, random, sleep};

fn run_task(name: u64) -> Result<()> {
    println!("Task {name} (pid = {}) is running...", getpid());
    sleep(random() * 3.0)?;
    println!("Task {name} end.");
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    println!("Current process {}.", getpid());
    let p = Pool::new(knobs.count("workers"))?;
    for i in 0..knobs.number("tasks") {
        p.apply_async(run_task, i)?;
    }
    println!("Waiting for all subprocesses done...");
    p.close();
    p.join()?;
    println!("All subprocesses done.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "pool",
    group: Group::Basics,
    title: "workers are made once",
    about: "a pool of three workers runs five tasks of random length",
    watch: &[
        "tasks 0 to 2 start at once, 3 and 4 wait in the inqueue",
        "the same worker, with the same pid, takes the next task",
        "close, join: the workers get a sentinel each and end",
    ],
    teaches: "Pool, apply_async, close, join",
    size: "3 s, 4 processes",
    knobs: &[
        Knob {
            name: "workers",
            help: "how many processes",
            range: Range::Number {
                min: 1,
                max: 64,
                default: 3,
            },
        },
        Knob {
            name: "tasks",
            help: "how many tasks",
            range: Range::Number {
                min: 0,
                max: 1000,
                default: 5,
            },
        },
    ],
    path: file!(),
    source: include_str!("pool.rs"),
};
