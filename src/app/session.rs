//! A run as a stream of batches, whether its program runs now or ran when its trace was written.

use super::lines::ViewerClock;
use super::piece::Piece;
use crate::channel::{Arena, ArenaError, Batch, Collector, CollectorError, CollectorHandle, clock};
use crate::event::{Event, Time};
use crate::stage::{self, Stage, StageError};
use crate::trace::{self, TraceError};
use crossbeam_channel::{Receiver, Sender, bounded, never, unbounded};
use std::io::BufRead;

/// Why a run could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There is no memory to be shared.
    #[error("cannot make the event channel")]
    Arena(#[from] ArenaError),
    /// The stage could not be set up.
    #[error("cannot start the program")]
    Stage(#[from] StageError),
    /// The collector's thread could not be started.
    #[error("cannot start the collector")]
    Collector(#[from] CollectorError),
    /// The replay's thread could not be started.
    #[error("cannot start a thread")]
    Thread(#[from] std::io::Error),
}

/// A run that goes on.
pub struct Session {
    batches: Receiver<Batch>,
    /// At its end when the program is over, but its last events may still be in the rings.
    over: Receiver<()>,
    live: Option<Live>,
    /// The clock of whoever watches it.
    clock: ViewerClock,
    /// What was wrong with a trace, once all before it was handed on.
    broken: Receiver<TraceError>,
}

struct Live {
    // Dropped in this order: first nothing runs any more, then nobody listens.
    stage: Stage,
    collector: Option<CollectorHandle>,
}

impl Session {
    /// Starts a piece. To be called on the main thread, as [`Stage::launch`].
    ///
    /// # Errors
    ///
    /// What of the stage or the channel could not be set up.
    pub fn start(
        piece: &Piece,
        terminal: Option<stage::Terminal>,
    ) -> Result<Session, SessionError> {
        let arena = Arena::create()?;
        let clock = ViewerClock {
            origin: arena.origin(),
            speed: 1.0,
        };
        let (to, batches) = unbounded();
        let stage = piece.put_on(arena.clone(), terminal)?;
        // First what mpviz itself says; the receiver is ours, so it is there.
        let opening = Batch {
            events: stage.opening().to_vec(),
            horizon: Time::ZERO,
        };
        let _ = to.send(opening);
        let collector = Some(Collector::start(arena, to)?);
        let over = stage.over().clone();
        Ok(Session {
            batches,
            over,
            live: Some(Live { stage, collector }),
            clock,
            broken: never(),
        })
    }

    /// Plays a trace, at its own pace times `speed`; with 0 as fast as it can be read.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn replay(
        trace: trace::Reader<Box<dyn BufRead + Send>>,
        speed: f64,
    ) -> Result<Session, SessionError> {
        let (to, batches) = unbounded();
        let (tell, broken) = bounded(1);
        let origin = clock::monotonic();
        std::thread::Builder::new()
            .name("replay".into())
            .spawn(move || {
                if let Err(error) = super::replay::play(trace, origin, speed, &to) {
                    // Nobody asks any more if the receiver is gone.
                    let _ = tell.send(error);
                }
            })?;
        Ok(Session {
            batches,
            over: never(),
            live: None,
            clock: ViewerClock { origin, speed },
            broken,
        })
    }

    /// Returns where the batches come from: disconnected after the last.
    pub fn batches(&self) -> &Receiver<Batch> {
        &self.batches
    }

    /// Returns what is disconnected when [`Session::finish`] is to be called.
    pub fn over(&self) -> &Receiver<()> {
        &self.over
    }

    /// Sees to what a batch tells of, and reads the sources that it names. To be called with each,
    /// before it is shown.
    pub fn follow(&self, events: &mut [Event]) {
        if let Some(live) = &self.live {
            live.stage.follow(events);
            stage::read_sources(events);
        }
    }

    /// Has the last events handed on. To be called once `over` is disconnected.
    pub fn finish(&mut self) {
        self.over = never();
        if let Some(collector) = self.live.as_mut().and_then(|live| live.collector.take()) {
            collector.finish();
        }
    }

    /// Ends the program, if it still runs; its last events still come.
    pub fn stop(&mut self) {
        if let Some(live) = &mut self.live {
            live.stage.stop();
        }
        self.finish();
    }

    /// Returns what was wrong with the trace, after its last batch.
    pub fn broken(&self) -> Option<TraceError> {
        self.broken.try_recv().ok()
    }

    /// Returns what the program runs on, if it does not come from a trace.
    pub fn stage(&self) -> Option<&Stage> {
        self.live.as_ref().map(|live| &live.stage)
    }

    /// Returns the clock of whoever watches it.
    pub(super) fn clock(&self) -> ViewerClock {
        self.clock
    }

    /// Returns whether the program runs now.
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }
}

/// Where a replay hands its batches on to.
pub(super) type To = Sender<Batch>;
