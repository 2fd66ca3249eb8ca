//! The programs whose processes die: a queue, a pipe, a pool. Who gets something prints it.

use super::round::{Play, Sizes};
use mpviz::event::ActorId;
use mpviz::runtime::{
    Connection, Error, Pool, Process, Queue, Result, pipe_one_way, println, probe, run_main,
};
use mpviz::stage::Entrance;

/// MainProcess: plays what the entrance names.
pub(crate) fn run(entrance: Entrance) -> i32 {
    let knob = |name: &str| {
        let found = entrance.knobs.iter().find(|(knob, _)| knob == name);
        found.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
    };
    let Some(play) = Play::named(&entrance.name) else {
        return 2;
    };
    let sizes = Sizes {
        writers: knob("writers"),
        readers: knob("readers"),
        items: knob("items"),
        bytes: knob("bytes"),
        maxsize: knob("maxsize"),
    };
    let control = entrance.arena.control();
    let victim = u32::try_from(knob("victim")).unwrap_or(0);
    let event = u32::try_from(knob("event")).unwrap_or(0);
    control.set_fault(ActorId(victim), event);
    let place = probe::Place {
        arena: entrance.arena,
        actor: entrance.actor,
        slot: entrance.slot,
        source: file!(),
        desk: entrance.desk,
    };
    if probe::join_stage(place).is_err() {
        return 2;
    }
    run_main(|| match play {
        Play::Queue => queue(sizes),
        Play::Pipe => pipe(sizes),
        Play::Pool => pool(sizes),
    })
}

/// A message: who wrote it, its number, and something to make it long.
type Item = Option<(u64, u64, Vec<u8>)>;

/// Writers put numbered items; readers get until they get `None`.
fn queue(sizes: Sizes) -> Result<()> {
    let q: Queue<Item> = Queue::bounded("q", sizes.count(sizes.maxsize))?;
    let mut readers = Vec::new();
    for n in 0..sizes.readers {
        let reader = Process::named(&format!("reader-{n}")).start(|| read(&q))?;
        readers.push(reader);
    }
    let mut writers = Vec::new();
    for n in 0..sizes.writers {
        let name = format!("writer-{n}");
        writers.push(Process::named(&name).start(|| write(&q, n, sizes))?);
    }
    for writer in writers {
        writer.join()?;
    }
    for _ in 0..sizes.readers {
        q.put(None)?;
    }
    for reader in readers {
        reader.join()?;
    }
    Ok(())
}

fn write(q: &Queue<Item>, writer: u64, sizes: Sizes) -> Result<()> {
    for n in 0..sizes.items {
        q.put(Some((writer, n, vec![7; sizes.count(sizes.bytes)])))?;
    }
    Ok(())
}

fn read(q: &Queue<Item>) -> Result<()> {
    while let Some((writer, n, bytes)) = q.get()? {
        println!("got {writer} {n} {}", bytes.len());
    }
    Ok(())
}

/// A sender and a receiver; each closes the end that it does not use.
fn pipe(sizes: Sizes) -> Result<()> {
    let (mut read, mut write) = pipe_one_way("pipe")?;
    let sender = Process::named("sender").start(|| {
        read.close();
        send(&write, sizes)
    })?;
    let receiver = Process::named("receiver").start(|| {
        write.close();
        receive(&read);
    })?;
    read.close();
    write.close();
    sender.join()?;
    receiver.join()
}

fn send(to: &Connection, sizes: Sizes) -> Result<()> {
    for n in 0..sizes.items {
        match to.send(&Some((0u64, n, vec![7u8; sizes.count(sizes.bytes)]))) {
            Ok(()) => {}
            Err(error) => {
                println!("sender {}", error.kind());
                break;
            }
        }
    }
    Ok(())
}

fn receive(from: &Connection) {
    loop {
        match from.recv::<Item>() {
            Ok(Some((writer, n, bytes))) => println!("got {writer} {n} {}", bytes.len()),
            Ok(None) => {}
            Err(error) => {
                println!("receiver {}", error.kind());
                return;
            }
        }
    }
}

/// Tasks whose results are fetched in order.
fn pool(sizes: Sizes) -> Result<()> {
    fn double((n, bytes): (u64, Vec<u8>)) -> Result<(u64, Vec<u8>)> {
        Ok((n * 2, bytes))
    }
    let pool = Pool::new(sizes.count(sizes.readers))?;
    let bytes = vec![7; sizes.count(sizes.bytes)];
    let tasks = (0..sizes.items).map(|n| pool.apply_async(double, (n, bytes.clone())));
    let results = tasks.collect::<Result<Vec<_>>>()?;
    pool.close();
    for (n, result) in results.iter().enumerate() {
        match result.get() {
            Ok((double, bytes)) => println!("got 0 {n} {double} {}", bytes.len()),
            Err(Error::Task { text, .. }) => println!("task {n} {text}"),
            Err(error) => return Err(error),
        }
    }
    pool.join()
}
