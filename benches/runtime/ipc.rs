//! The same flows over the crate ipc-channel: bytes from one process to another, and the messages of
//! four writers to one reader. It has no feeder and says no events.

use ipc_channel::ipc;
use mpviz::channel::clock;
use mpviz::runtime::{self, Process, Result};

/// What ipc-channel does in the place of a subject.
pub(crate) struct Peer {
    /// The subject's name.
    pub(crate) of: &'static str,
    /// How many times as fast as it we are to be.
    pub(crate) aim: f64,
    count: u32,
    round: fn(u32) -> Result<f64>,
}

pub(crate) const PEERS: &[Peer] = &[
    Peer {
        of: "pipe_16",
        aim: 2.0,
        count: 100_000,
        round: bytes,
    },
    Peer {
        of: "queue_4_to_1",
        aim: 1.5,
        count: 100_000,
        round: four_writers,
    },
];

/// One round in a process of its own, off a stage: prints nanoseconds per message.
pub(crate) fn round(name: &str) {
    let peer = PEERS.iter().find(|peer| peer.of == name).expect("a peer");
    let code = runtime::run_main(|| -> Result<()> {
        eprintln!("{}", (peer.round)(peer.count)?);
        Ok(())
    });
    std::process::exit(code);
}

fn bytes(count: u32) -> Result<f64> {
    let (sender, receiver) = ipc::bytes_channel().expect("a channel");
    let child = Process::new().start(|| {
        for _ in 0..=count {
            sender.send(&[7; 16]).expect("sent");
        }
    })?;
    receiver.recv().expect("received");
    let begin = clock::monotonic();
    for _ in 0..count {
        assert_eq!(receiver.recv().expect("received").len(), 16);
    }
    let took = clock::monotonic() - begin;
    child.join()?;
    Ok(took as f64 / f64::from(count))
}

fn four_writers(count: u32) -> Result<f64> {
    let (sender, receiver) = ipc::channel::<String>().expect("a channel");
    let begin = clock::monotonic();
    let mut children = Vec::new();
    for _ in 0..4 {
        children.push(Process::new().start(|| {
            for _ in 0..count / 4 {
                sender.send("0123456789abcdef".to_owned()).expect("sent");
            }
        })?);
    }
    for _ in 0..count {
        receiver.recv().expect("received");
    }
    for child in children {
        child.join()?;
    }
    let took = clock::monotonic() - begin;
    Ok(took as f64 / f64::from(count))
}
