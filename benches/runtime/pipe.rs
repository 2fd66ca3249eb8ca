//! Pipes: one way with small and with large messages, and to and fro.

use super::Subject;
use mpviz::channel::clock;
use mpviz::runtime::{Process, Result, pipe, pipe_one_way};

pub(crate) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "pipe_16",
        operations: (300_000, 60_000),
        aim: 3.0,
        round: |count| one_way(16, count),
    },
    Subject {
        name: "pipe_64k",
        operations: (10_000, 10_000),
        aim: 1.5,
        round: |count| one_way(1 << 16, count),
    },
    Subject {
        name: "pipe_16m",
        operations: (40, 40),
        aim: 1.5,
        round: |count| one_way(1 << 24, count),
    },
    Subject {
        name: "pipe_ping_pong",
        operations: (20_000, 20_000),
        aim: 1.67,
        round: ping_pong,
    },
];

fn one_way(bytes: usize, count: u32) -> Result<f64> {
    let (reader, mut writer) = pipe_one_way("bench")?;
    let message = vec![7; bytes];
    let child = Process::new().start(|| -> Result<()> {
        for _ in 0..=count {
            writer.send_bytes(&message)?;
        }
        Ok(())
    })?;
    writer.close();
    reader.recv_bytes()?;
    let begin = clock::monotonic();
    for _ in 0..count {
        assert_eq!(reader.recv_bytes()?.len(), bytes);
    }
    let took = clock::monotonic() - begin;
    child.join()?;
    Ok(took as f64 / f64::from(count))
}

fn ping_pong(count: u32) -> Result<f64> {
    let (a, b) = pipe("bench")?;
    let child = Process::new().start(|| -> Result<()> {
        for _ in 0..=count {
            b.send_bytes(&b.recv_bytes()?)?;
        }
        Ok(())
    })?;
    let round = || -> Result<()> {
        a.send_bytes(b"0123456789abcdef")?;
        a.recv_bytes().map(|_| ())
    };
    round()?;
    let begin = clock::monotonic();
    for _ in 0..count {
        round()?;
    }
    let took = clock::monotonic() - begin;
    child.join()?;
    Ok(took as f64 / f64::from(count))
}
