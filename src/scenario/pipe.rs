//! A duplex pipe has two ends, and both send and receive. `recv` learns that nothing will come any
//! more, by EOF, only when every copy of the other end is closed: a forked child has copies of
//! both, so each process closes what it does not use.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Connection, Error, Process, Result, getpid, pipe, println, random, sleep};

fn proc_send(a: &Connection, urls: u64, reply: bool) -> Result<()> {
    for i in 0..urls {
        println!("Process({}) send: url{i}", getpid());
        a.send(&format!("url{i}"))?;
        if reply {
            println!("Process({}) rev: {}", getpid(), a.recv::<String>()?);
        }
        sleep(random())?;
    }
    Ok(())
}

fn proc_recv(b: &Connection, reply: bool) -> Result<()> {
    loop {
        let url = match b.recv::<String>() {
            Err(Error::Eof) => break,
            received => received?,
        };
        println!("Process({}) rev: {url}", getpid());
        if reply {
            b.send(&format!("{url} ok"))?;
        }
        sleep(random())?;
    }
    println!("Process({}) got EOF.", getpid());
    Ok(())
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let (urls, reply, eof) = (
        knobs.number("urls"),
        knobs.word("reply") == "yes",
        knobs.word("end") == "eof",
    );
    let (mut a, mut b) = pipe("pipe")?;
    let sender = Process::named("sender").start(|| {
        if eof {
            b.close();
        }
        proc_send(&a, urls, reply)
    })?;
    let receiver = Process::named("receiver").start(|| {
        if eof {
            a.close();
        }
        proc_recv(&b, reply)
    })?;
    if eof {
        a.close();
        b.close();
    }
    sender.join()?;
    if eof {
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
