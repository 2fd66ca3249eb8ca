//! A process that has ended stays in the kernel's table, as a zombie, until its parent asks how it
//! ended. A parent that works on and never asks collects them.
//!
//! The remedy: join the children.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Process, Result, getpid, println, random, sleep};

fn work(i: u32) -> Result<()> {
    println!("Child {i} ({}) works.", getpid());
    sleep(f64::from(i) * 0.4 + random() * 0.3)
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let mut children = Vec::new();
    for i in 1..=3 {
        children.push(Process::named(&format!("child-{i}")).start(|| work(i))?);
    }
    if knobs.is_on("fixed") {
        for child in &children {
            child.join()?;
        }
    }
    println!("The parent goes on with other work.");
    sleep(3.0)?;
    println!("The parent ends.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "zombie",
    group: Group::Trouble,
    title: "ended, and not reaped",
    about: "a parent starts three children, then works on and asks for none of them",
    watch: &[
        "a child has ended, and its row says zombie",
        "only the parent can take it out of the table: join reaps",
        "with --fixed the parent joins first, and there is no zombie",
    ],
    teaches: "zombie, reaped, join",
    size: "3 s, 4 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("zombie.rs"),
};
