//! A reader learns that nothing will come any more only when every copy of the pipe's write end is
//! closed. A fork copies it: here the parent keeps one that it never uses.
//!
//! The remedy: each process closes the end that it does not use.

use super::FIXED;
use crate::event::program::{Group, Knobs, Program};
use crate::runtime::{Connection, Error, Process, Result, pipe_one_way, println, random, sleep};

fn write(w: &Connection) -> Result<()> {
    for line in ["one", "two", "three"] {
        w.send(line)?;
        sleep(random())?;
    }
    Ok(())
}

fn read(r: &Connection, w: &mut Connection) -> Result<()> {
    w.close();
    loop {
        match r.recv::<String>() {
            Ok(line) => println!("The reader got {line}."),
            Err(Error::Eof) => break,
            Err(other) => return Err(other),
        }
    }
    println!("The reader got EOF.");
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let (r, mut w) = pipe_one_way("pipe")?;
    let writer = Process::named("writer").start(|| write(&w))?;
    let reader = Process::named("reader").start(|| read(&r, &mut w))?;
    if knobs.is_on("fixed") {
        w.close();
    }
    writer.join()?;
    println!("The writer has ended.");
    reader.join()
}

pub(super) const PROGRAM: Program = Program {
    name: "pipe-no-eof",
    group: Group::Trouble,
    title: "a write end left open",
    about: "a writer sends three lines and ends; the reader reads until EOF, which never comes",
    watch: &[
        "the writer has ended, and its copy of the write end with it",
        "the reader waits in recv: somebody could still write",
        "who holds the last copy? the parent, which joins the reader",
    ],
    teaches: "Pipe, copies of ends, EOF, close",
    size: "hangs, 3 processes",
    knobs: &[FIXED],
    path: file!(),
    source: include_str!("pipe_no_eof.rs"),
};
