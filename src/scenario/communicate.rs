//! `Popen` starts a program with a pipe on each of its standard streams. `communicate` writes its
//! input, closes it, reads both outputs to their ends and waits: so no full pipe can block.

use super::stand_in;
use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::subprocess::Popen;
use crate::runtime::{Result, println};

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let nslookup = stand_in::choose(knobs.word("program"))?;
    println!("$ {}", nslookup.name());
    let mut p = Popen::start(nslookup.piped())?;
    let (output, err) = p.communicate(b"set q=mx\npython.org\nexit\n")?;
    println!("{}", String::from_utf8_lossy(&output));
    if !err.is_empty() {
        println!("stderr: {}", String::from_utf8_lossy(&err));
    }
    println!("Exit code: {}", p.wait()?);
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "communicate",
    group: Group::Basics,
    title: "stdin, stdout, stderr",
    about: "a subprocess gets its input through a pipe, and its outputs are read through two",
    watch: &[
        "bytes go through three pipes",
        "closing stdin is how the program learns that no more will come",
        "the outputs end with an EOF, then the exit code is there",
    ],
    teaches: "Popen, PIPE, communicate, EOF",
    size: "a moment, 2 processes",
    knobs: &[Knob {
        name: "program",
        help: "what is run; the stand-in works offline",
        range: Range::Word(stand_in::CHOICES),
    }],
    path: file!(),
    source: include_str!("communicate.rs"),
};
