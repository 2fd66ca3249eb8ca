//! Two processes need the same two locks. Each takes one, then waits for the one that the other
//! has: a deadlock.
//!
//! The remedy: all take the locks in the same order.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Lock, Process, Result, println, sleep};

fn work(name: &str, first: &Lock, second: &Lock) -> Result<()> {
    first.acquire();
    println!("{name} has its first lock.");
    sleep(0.5)?;
    second.acquire();
    println!("{name} has both.");
    sleep(0.5)?;
    second.release()?;
    first.release()
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let (a, b) = (Lock::named("a")?, Lock::named("b")?);
    let (first, second) = if knobs.is_on("fixed") {
        (&a, &b)
    } else {
        (&b, &a)
    };
    let one = Process::named("one").start(|| work("one", &a, &b))?;
    let two = Process::named("two").start(|| work("two", first, second))?;
    one.join()?;
    two.join()?;
    println!("Both have ended.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "two-locks",
    group: Group::Trouble,
    title: "a deadlock",
    about: "one takes lock a, then b; two takes lock b, then a; each waits for the other",
    watch: &[
        "each holds one lock and waits for the other's",
        "a circle of two: neither can ever go on",
        "with --fixed both begin with a, and one simply waits first",
    ],
    teaches: "Lock, acquire, deadlock, order of locks",
    size: "hangs, 3 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("two_locks.rs"),
};
