//! One call, two returns: `fork` copies the process, and both go on from the same line.
//!
//! In the child it returns that it is the child, in the parent the child's pid. If the parent
//! ends first, the child is adopted: its parent's pid is another one from then on.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::process::{Fork, waitpid};
use crate::runtime::{Result, fork, getpid, getppid, println, sleep};

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    println!("current process ({}) starts ...", getpid());
    match fork()? {
        Fork::Child => {
            sleep(knobs.number("pause") as f64 / 1000.0)?;
            println!(
                "I am the child ({}) and my parent is ({}).",
                getpid(),
                getppid()
            );
        }
        Fork::Parent { pid } => {
            println!("I ({}) created a child ({pid}).", getpid());
            if knobs.word("wait") == "yes" {
                let code = waitpid(pid)?;
                println!("My child ({pid}) ended with exit code {code}.");
            }
        }
    }
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "fork",
    group: Group::Basics,
    title: "one call, two returns",
    about: "the parent prints and forks; both go on from the same line and print",
    watch: &[
        "fork is called once and returns twice",
        "the parent ends first: who adopts the child?",
        "each ends, and somebody reaps it",
    ],
    teaches: "fork, getpid and getppid, orphan, zombie, reaped",
    size: "0.2 s, 2 processes",
    knobs: &[
        Knob {
            name: "wait",
            help: "the parent waits for the child",
            range: Range::Word(&["no", "yes"]),
        },
        Knob {
            name: "pause",
            help: "ms that the child sleeps first; 0 is a race",
            range: Range::Number {
                min: 0,
                max: 10_000,
                default: 200,
            },
        },
    ],
    path: file!(),
    source: include_str!("fork.rs"),
};
