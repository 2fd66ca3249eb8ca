//! Several writers, one reader. Each writer's items arrive in its own order; across writers
//! nothing is promised.

use crate::event::program::{Group, Knob, Knobs, Program, Range};
use crate::runtime::{Process, Queue, Result, getpid, println, random, sleep};

fn proc_write(q: &Queue<String>, urls: &[String]) -> Result<()> {
    println!("Process({}) is writing...", getpid());
    for url in urls {
        q.put(url.clone())?;
        println!("Put {url} to queue...");
        sleep(random())?;
    }
    Ok(())
}

fn proc_read(q: &Queue<String>) -> Result<()> {
    println!("Process({}) is reading...", getpid());
    loop {
        let url = q.get()?;
        println!("Get {url} from queue.");
    }
}

pub(super) fn main(knobs: &Knobs) -> Result<()> {
    let (writers, items) = (knobs.number("writers"), knobs.number("items"));
    let q = Queue::named("q")?;
    let mut writing = Vec::new();
    for w in 0..writers {
        let urls: Vec<_> = (1..=items)
            .map(|i| format!("url_{}", w * items + i))
            .collect();
        let writer = Process::named(&format!("writer-{}", w + 1));
        writing.push(writer.start(|| proc_write(&q, &urls))?);
    }
    let reader = Process::named("reader").start(|| proc_read(&q))?;
    for writer in writing {
        writer.join()?;
    }
    // The reader's loop has no end: it can't be joined, only ended.
    reader.terminate()
}

pub(super) const PROGRAM: Program = Program {
    name: "queue-fan-in",
    group: Group::Basics,
    title: "two writers, one reader",
    about: "two processes put three urls each into a queue, a third gets until the parent ends it",
    watch: &[
        "the reader waiting in get, and what wakes it",
        "each writer keeps its own order, the mixture is chance",
        "what SIGTERM does to a reader inside get",
    ],
    teaches: "Queue, order, read lock, terminate",
    size: "2 s, 4 processes",
    knobs: &[
        Knob {
            name: "writers",
            help: "how many processes put",
            range: Range::Number {
                min: 1,
                max: 64,
                default: 2,
            },
        },
        Knob {
            name: "items",
            help: "how many each puts",
            range: Range::Number {
                min: 0,
                max: 1000,
                default: 3,
            },
        },
    ],
    path: file!(),
    source: include_str!("queue_fan_in.rs"),
};
