//! The collector: the thread that drains all rings, and when it does.
//!
//! While events flow it makes a cut about every 4 ms, more often when a ring fills faster. When
//! nothing comes any more it arms the bell, a word in the control page that it sleeps on, and the
//! first writer to see it armed wakes it. While the run lasts it also wakes four times a second,
//! to say how far everything is known; after the run nothing wakes it. With a [`voice`] it looks
//! more often while the run lasts: who is heard by it can't ring the bell.
//!
//! [`voice`]: super::voice
//!
//! A writer looks at the bell after it has published, without a fence between (which would cost
//! more than the rest of an event). So it may, in principle, still see the bell unarmed while the
//! collector does not see its event yet. Such a store becomes visible within microseconds; the
//! collector's first sleep after arming is short for that reason, and it looks again after it.

use super::arena::Arena;
use super::clock;
use super::control::{ARMED, QUIET, RUNG};
use super::cut::Cuts;
use super::futex;
use super::voice::Voice;
use crate::event::{Event, Span, Time};
use crossbeam_channel::Sender;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::thread::JoinHandle;

/// Between two cuts while events flow.
const NAP: Span = Span::millis(4);
/// Between two cuts at least.
const NAP_MIN: Span = Span::micros(250);
/// A ring should not have more slots in use than this when it is drained.
const FILL_AIM: usize = super::ring::RING_SLOTS / 4;
/// Between two horizons while nothing happens.
const HORIZON: Span = Span::millis(250);
/// Between two cuts at most, while somebody speaks who rings no bell.
const HEARD: Span = Span::millis(16);

/// What the collector hands on at a time.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// Sorted and final: no later batch has an event before these.
    pub events: Vec<Event>,
    /// Up to here everything is known: no later batch has an event before it.
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

/// The collector of an arena, which has one at most.
pub struct Collector {
    arena: Arena,
    cuts: Cuts,
    to: Sender<Batch>,
    stop: Arc<AtomicBool>,
    /// The horizon that was handed on last.
    told: Time,
    /// The last nap, which the next one is derived from.
    nap: Span,
}

/// The collector's thread, which goes on until it is finished, or this is dropped.
#[derive(Debug)]
pub struct CollectorHandle {
    thread: Option<JoinHandle<Tally>>,
    stop: Arc<AtomicBool>,
    arena: Arena,
}

impl Collector {
    /// Starts the collector's thread, which hands batches to `to` until it is finished or nobody
    /// receives them any more.
    pub fn start(arena: Arena, to: Sender<Batch>) -> Result<CollectorHandle, CollectorError> {
        Collector::start_with(arena, None, to)
    }

    /// Starts the collector's thread, as [`Collector::start`], with a voice whose events are part of
    /// its cuts.
    pub fn start_with(
        arena: Arena,
        voice: Option<Box<dyn Voice>>,
        to: Sender<Batch>,
    ) -> Result<CollectorHandle, CollectorError> {
        let stop = Arc::new(AtomicBool::new(false));
        let collector = Collector {
            arena: arena.clone(),
            cuts: Cuts::new(arena.clone(), voice),
            to,
            stop: Arc::clone(&stop),
            told: Time::ZERO,
            nap: NAP,
        };
        let thread = std::thread::Builder::new()
            .name("collector".to_owned())
            .spawn(move || collector.run())
            .map_err(CollectorError)?;
        Ok(CollectorHandle {
            thread: Some(thread),
            stop,
            arena,
        })
    }

    fn run(mut self) -> Tally {
        let mut quiet_cuts = 0;
        loop {
            // In this order, against `ring`: if `stop` is not seen here, the bell rings after it.
            self.arena
                .control()
                .bell
                .word
                .store(QUIET, Ordering::SeqCst);
            let is_last = self.stop.load(Ordering::SeqCst);
            let batch = self.cuts.cut(is_last);
            let is_quiet = batch.events.is_empty() && self.cuts.is_settled();
            quiet_cuts = if is_quiet { (quiet_cuts + 1).min(3) } else { 0 };
            let is_due = batch.horizon.since(self.told).0 >= HORIZON.0 * 4 / 5 || is_last;
            if !batch.events.is_empty() || is_due {
                self.told = batch.horizon;
                if self.to.send(batch).is_err() {
                    break;
                }
            }
            if is_last {
                break;
            }
            match quiet_cuts {
                0 => self.nap(),
                1 => self.sleep(Some(NAP)),
                2 => {
                    self.cuts.shrink();
                    self.sleep(Some(self.quiet()));
                }
                _ => self.sleep(self.cuts.is_live().then_some(self.quiet())),
            }
        }
        Tally {
            cpu_ns: clock::thread_cpu(),
            ..self.cuts.tally()
        }
    }

    /// Returns how long to sleep when nothing comes.
    fn quiet(&self) -> Span {
        if self.cuts.is_listening() {
            HEARD
        } else {
            HORIZON
        }
    }

    /// Sleeps until the next cut while events flow: no writer wakes it.
    fn nap(&mut self) {
        let fill = self.cuts.fullest().max(1);
        let aim = self.nap.0.saturating_mul(FILL_AIM as u64) / fill as u64;
        self.nap = Span(aim.clamp(NAP_MIN.0, NAP.0));
        futex::wait(
            &self.arena.control().bell.word,
            QUIET,
            Some(self.nap.into()),
        );
    }

    /// Sleeps until a writer rings, or for `timeout`.
    fn sleep(&mut self, timeout: Option<Span>) {
        self.nap = NAP;
        let bell = &self.arena.control().bell.word;
        if bell
            .compare_exchange(QUIET, ARMED, Ordering::SeqCst, Ordering::Relaxed)
            .is_err()
        {
            return;
        }
        // Forbids that the heads are read before the bell is armed: a writer whose event is not
        // seen here sees the bell armed.
        fence(Ordering::SeqCst);
        if !self.cuts.is_anything_new() {
            futex::wait(bell, ARMED, timeout.map(Into::into));
        }
    }
}

impl CollectorHandle {
    /// Drains everything that was published until now, hands it on, ends the thread and drops
    /// its sender. With a bounded channel, somebody must go on receiving meanwhile.
    pub fn finish(mut self) -> Tally {
        self.ring();
        let tally = self.thread.take().and_then(|thread| thread.join().ok());
        tally.unwrap_or_default()
    }

    /// Returns how many threads run unobserved, because no ring was free for them.
    pub fn unobserved(&self) -> u64 {
        self.arena.control().unobserved()
    }

    fn ring(&self) {
        self.stop.store(true, Ordering::SeqCst);
        let bell = &self.arena.control().bell.word;
        bell.store(RUNG, Ordering::SeqCst);
        futex::wake_all(bell);
    }
}

impl Drop for CollectorHandle {
    fn drop(&mut self) {
        self.ring();
    }
}
