//! Five processes run side by side. They end in any order, whatever the order of their start.
//!
//! Joining only the last is a fault: "Process end." is then printed while others still run.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Process, Result, getpid, println, random, sleep};

fn run_proc(name: u64) -> Result<()> {
    println!("Child process {name} ({}) Running...", getpid());
    sleep(random())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    println!("Parent process {}.", getpid());
    let mut p_list = Vec::new();
    for i in 0..knobs.number("processes") {
        println!("Process will start.");
        p_list.push(Process::new().start(|| run_proc(i))?);
    }
    if knobs.word("join") == "last" {
        p_list = p_list.split_off(p_list.len() - 1);
    }
    for p in p_list {
        p.join()?;
    }
    println!("Process end.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "processes",
    group: Group::Basics,
    title: "five of them, in any order",
    about: "five Processes are started in a loop, then joined",
    watch: &[
        "five lanes: they run at the same time",
        "the order of ends is not the order of starts",
        "with --join last, \"Process end.\" comes too early",
    ],
    teaches: "Process, start in a loop, join all",
    size: "1 s, 6 processes",
    knobs: &[
        Knob {
            name: "processes",
            help: "how many",
            range: Range::Number {
                min: 1,
                max: 100,
                default: 5,
            },
        },
        Knob {
            name: "join",
            help: "all, or only the last",
            range: Range::Word(&["all", "last"]),
        },
    ],
    path: file!(),
    source: include_str!("processes.rs"),
};
