//! A `Process` runs a function in a process of its own. It is made first, then started, and `join`
//! waits until it has ended. Nothing comes back but the exit code.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Process, Result, getpid, println, sleep};

fn run_proc(name: &str, work_ms: u64) -> Result<()> {
    println!("Run child process {name} ({})...", getpid());
    sleep(work_ms as f64 / 1000.0)
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    println!("Parent process {}.", getpid());
    let p = Process::new();
    println!("Child process will start.");
    let p = p.start(|| run_proc("test", knobs.number("work")))?;
    p.join()?;
    let code = p.exitcode()?.unwrap_or_default();
    println!("Child process end, exit code {code}.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "process",
    group: Group::Basics,
    title: "start, join, exit code",
    about: "one Process with a target and an argument is started and joined",
    watch: &[
        "the process object is made before there is a process",
        "the parent is blocked in join; the child's end wakes it",
        "the exit code is all that comes back",
    ],
    teaches: "Process, start, join, exitcode",
    size: "0.5 s, 2 processes",
    knobs: &[Knob {
        name: "work",
        help: "ms that the child takes",
        range: Range::Number {
            min: 0,
            max: 60_000,
            default: 500,
        },
    }],
    path: file!(),
    source: include_str!("process.rs"),
};
