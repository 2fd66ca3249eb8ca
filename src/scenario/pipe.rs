//! A duplex pipe has two ends, and both send and receive. `recv` learns that nothing will come any
//! more, by EOF, only when every copy of the other end is closed: a forked child has copies of
//! both, so each process closes what it does not use.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Connection, Error, Process, Result, getpid, pipe, println, random, sleep};

fn proc_send(a: &Connection, b: &mut Connection, knobs: &Knobs) -> Result<()> {
    if knobs.word("end") == "eof" {
        b.close();
    }
    for i in 0..knobs.number("urls") {
        println!("Process({}) send: url{i}", getpid());
        a.send(&format!("url{i}"))?;
        if knobs.word("reply") == "yes" {
            println!("Process({}) rev: {}", getpid(), a.recv::<String>()?);
        }
        sleep(random())?;
    }
    Ok(())
}

fn proc_recv(a: &mut Connection, b: &Connection, knobs: &Knobs) -> Result<()> {
    if knobs.word("end") == "eof" {
        a.close();
    }
    loop {
        let url = match b.recv::<String>() {
            Err(Error::Eof) => break,
            received => received?,
        };
        println!("Process({}) rev: {url}", getpid());
        if knobs.word("reply") == "yes" {
            b.send(&format!("{url} ok"))?;
        }
        sleep(random())?;
    }
    println!("Process({}) got EOF.", getpid());
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let (mut a, mut b) = pipe("pipe")?;
    let sender = Process::named("sender").start(|| proc_send(&a, &mut b, knobs))?;
    let receiver = Process::named("receiver").start(|| proc_recv(&mut a, &b, knobs))?;
    if knobs.word("end") == "eof" {
        a.close();
        b.close();
    }
    sender.join()?;
    if knobs.word("end") == "eof" {
        receiver.join()
    } else {
        receiver.terminate()
    }
}

pub(super) const PROGRAM: Program = Program {
    name: "pipe",
    group: Group::Basics,
    title: "two ends, EOF",
    about: "ten urls are sent into one end of a pipe, with pauses; the other end receives them",
    watch: &[
        "recv waits for a message, messages wait for recv",
        "who holds a copy of which end",
        "EOF comes when the last copy of the other end is closed",
    ],
    teaches: "Pipe, send, recv, close, EOFError",
    size: "5 s, 3 processes",
    knobs: &[
        Knob {
            name: "end",
            help: "how it ends: by EOF, or the receiver is terminated",
            range: Range::Word(&["eof", "terminate"]),
        },
        Knob {
            name: "reply",
            help: "each url is answered",
            range: Range::Word(&["no", "yes"]),
        },
        Knob {
            name: "urls",
            help: "how many are sent",
            range: Range::Number {
                min: 0,
                max: 1000,
                default: 10,
            },
        },
    ],
    path: file!(),
    source: include_str!("pipe.rs"),
};
