//! A run as a stream of batches, whether its program runs now or ran when its trace was written.

use super::lines::ViewerClock;
use super::piece::Piece;
use super::twin::PYTHON;
use crate::channel::{
    Arena, ArenaError, Batch, Collector, CollectorError, CollectorHandle, Voice, clock,
};
use crate::event::{Event, Kind, Time};
use crate::python::{Home, HomeError, Link, PythonVoice};
use crate::stage::{self, Stage, StageError};
use crate::trace::{self, TraceError};
use crossbeam_channel::{Receiver, Sender, bounded, never, unbounded};
use std::io::BufRead;
use std::path::PathBuf;

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
    /// What the program is to read can't be opened.
    #[error("cannot open `{}`", path.display())]
    Stdin {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no Python to run a twin.
    #[error("cannot run `{}`", PYTHON)]
    NoPython(#[source] std::io::Error),
    /// The scenario has no twin in Python.
    #[error("the scenario has no twin in Python")]
    NoTwin,
    /// There is no private directory, which a twin needs.
    #[error("cannot run the twin")]
    Home(#[from] HomeError),
    /// A twin could not be written into the private directory.
    #[error("cannot write the twin into a private directory")]
    Lesson(#[source] std::io::Error),
}

/// A run that goes on.
pub struct Session {
    batches: Receiver<Batch>,
    /// At its end when the program is over, but its last events may still be in the rings.
    over: Receiver<()>,
    live: Option<Box<Live>>,
    /// The clock of whoever watches it.
    clock: ViewerClock,
    /// What was wrong with a trace, once all before it was handed on.
    broken: Receiver<TraceError>,
}

struct Live {
    // Dropped in this order: first nothing runs any more, then nobody listens, then there is
    // nothing left to be read.
    stage: Stage,
    collector: Option<CollectorHandle>,
    /// What Python processes have told that the stage is to know.
    links: Receiver<Link>,
    home: Option<Home>,
    /// Why there is none, though there may be a Python.
    blind: Option<HomeError>,
    is_foreign: bool,
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
        let made = piece.python().map(|options| Home::make(&options));
        let (home, blind) = match made.transpose() {
            Ok(home) => (home, None),
            Err(error) if piece.is_foreign() => (None, Some(error)),
            Err(error) => return Err(error.into()),
        };
        // Before the run's clock begins.
        if let (Some(home), Some(program)) = (&home, piece.program()) {
            home.compile_for(program);
        }
        let arena = Arena::create()?;
        let clock = ViewerClock {
            origin: arena.origin(),
            speed: 1.0,
        };
        let (to, batches) = unbounded();
        let stage = piece.put_on(arena.clone(), home.as_ref(), terminal)?;
        // First what mpviz itself says; the receiver is ours, so it is there.
        let opening = Batch {
            events: stage.opening().to_vec(),
            horizon: Time::ZERO,
        };
        let sources = opening.events.iter().filter_map(|event| match &event.kind {
            Kind::SourceSeen { path, .. } => Some(path.to_string()),
            _ => None,
        });
        let sources = sources.collect();
        let _ = to.send(opening);
        let (links_to, links) = unbounded();
        let voice = home.as_ref().map(|home| -> Box<dyn Voice> {
            Box::new(PythonVoice::new(
                arena.clone(),
                home.path(),
                sources,
                links_to,
            ))
        });
        let collector = Some(Collector::start_with(arena, voice, to)?);
        let over = stage.over().clone();
        Ok(Session {
            batches,
            over,
            live: Some(Box::new(Live {
                stage,
                collector,
                links,
                home,
                blind,
                is_foreign: piece.is_foreign(),
            })),
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
            live.stage.link(live.links.try_iter().collect());
            stage::read_sources(events);
        }
    }

    /// Has the last events handed on. To be called once `over` is disconnected.
    pub fn finish(&mut self) {
        self.over = never();
        let Some(live) = &mut self.live else { return };
        if let Some(collector) = live.collector.take() {
            collector.finish();
        }
        // All that was in it is read.
        live.home = None;
    }

    /// Sends the program's group SIGINT, as `C-c` on a terminal does; returns whether that is
    /// done: a program that mpviz brings is ended at once.
    pub fn interrupt(&self) -> bool {
        let live = self.live.as_ref().filter(|live| live.is_foreign);
        if let Some(live) = live {
            live.stage.interrupt();
        }
        live.is_some()
    }

    /// Returns why nothing but the kernel's facts can be seen of a Python in it, if that is so.
    pub fn blind(&self) -> Option<&HomeError> {
        self.live.as_ref()?.blind.as_ref()
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

    /// Returns whether it is a run of a program that mpviz does not bring.
    pub fn is_foreign(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.is_foreign)
    }
}

/// Where a replay hands its batches on to.
pub(super) type To = Sender<Batch>;
