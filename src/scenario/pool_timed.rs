//! Each task of a pool measures how long it ran, and says where: in which process.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::time::time;
use crate::runtime::{Pool, Result, getpid, println, random, sleep};

fn long_time_task(name: u64) -> Result<()> {
    println!("Run task {name} ({})...", getpid());
    let start = time();
    sleep(random() * 3.0)?;
    let end = time();
    println!("Task {name} runs {:.2} seconds.", end - start);
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    println!("Parent process {}.", getpid());
    let p = match knobs.count("workers") {
        0 => Pool::with_default_size()?,
        n => Pool::new(n)?,
    };
    for i in 0..knobs.number("tasks") {
        p.apply_async(long_time_task, i)?;
    }
    println!("Waiting for all subprocesses done...");
    p.close();
    p.join()?;
    println!("All subprocesses done.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "pool-timed",
    group: Group::Basics,
    title: "how long each task ran",
    about: "a pool of four runs five tasks; each prints its name, its pid and how long it ran",
    watch: &[
        "what a task prints agrees with the length of its bar",
        "the fifth task goes to the worker that is free first",
        "the whole takes as long as the longest chain, not the sum",
    ],
    teaches: "Pool, its default size, measuring",
    size: "3 s, 5 processes",
    knobs: &[
        Knob {
            name: "workers",
            help: "how many; 0 is one for each CPU",
            range: Range::Number {
                min: 0,
                max: 64,
                default: 4,
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
    source: include_str!("pool_timed.rs"),
};
