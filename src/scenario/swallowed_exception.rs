//! An error in a pool's task travels to the parent as the task's result. If nobody fetches the
//! result, nobody learns of the error.
//!
//! The remedy: `get` every result.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Pool, println, random, sleep};
use std::error::Error;

fn double(text: String) -> Result<u32, Box<dyn Error>> {
    sleep(random())?;
    let number: u32 = text.parse()?;
    Ok(2 * number)
}

pub(super) fn main(knobs: &Knobs) -> crate::runtime::Result<()> {
    let p = Pool::new(2)?;
    let mut results = Vec::new();
    for text in ["1", "2", "four", "8"] {
        results.push(p.apply_async(double, text.to_owned())?);
    }
    p.close();
    if knobs.is_on("fixed") {
        for result in results {
            match result.get() {
                Ok(number) => println!("Got {number}."),
                Err(error) => println!("A task failed: {error}."),
            }
        }
    }
    p.join()?;
    println!("All tasks are done.");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "swallowed-exception",
    group: Group::Trouble,
    title: "an unseen error",
    about: "a pool of two runs four tasks; one of them fails, and the program says that all are done",
    watch: &[
        "one task ends with an error, and its worker goes on",
        "no result is fetched: the program prints that all is done",
        "with --fixed, get hands the error over",
    ],
    teaches: "Pool, apply_async, AsyncResult, get",
    size: "2 s, 3 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("swallowed_exception.rs"),
};
