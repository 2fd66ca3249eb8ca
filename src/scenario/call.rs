//! `call` runs another program, waits for its end and returns its exit code. What the program
//! prints goes where ours goes.

use super::stand_in;
use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::subprocess::call;
use crate::runtime::{Result, println};

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let nslookup = stand_in::choose(knobs.word("program"))?;
    println!("$ {} www.python.org", nslookup.name());
    let r = call(nslookup.arg("www.python.org"))?;
    println!("Exit code: {r}");
    Ok(())
}

pub(super) const PROGRAM: Program = Program {
    name: "call",
    group: Group::Basics,
    title: "run a program, wait for it",
    about: "a subprocess is called and waited for; its exit code is printed",
    watch: &[
        "the parent is blocked in wait until the program ends",
        "the program's own output, on its own row",
        "the exit code: 0 is success, anything else is not",
    ],
    teaches: "subprocess.call, exec, exit code",
    size: "a moment, 2 processes",
    knobs: &[Knob {
        name: "program",
        help: "what is run; the stand-in works offline",
        range: Range::Word(stand_in::CHOICES),
    }],
    path: file!(),
    source: include_str!("call.rs"),
};
