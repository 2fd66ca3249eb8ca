//! A run, as mpviz holds it.

use super::control::{Brief, Word, hear, tell};
use super::handed;
use super::holder::Holder;
use super::launch::{Launch, Play, SUPERVISOR_ARG, StageError};
use super::net::Net;
use super::opening;
use super::teller::Teller;
use super::tree;
use super::watcher::{Note, Start, Watcher};
use crate::channel::Arena;
use crate::event::words::Sight;
use crate::event::{ActorId, Event, Kind};
use crate::python::Link;
use crossbeam_channel::{Receiver, Sender};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::Pid;
use std::io;
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a supervisor has to set itself up. It takes some milliseconds.
const PATIENCE: Timespec = Timespec {
    tv_sec: 10,
    tv_nsec: 0,
};

/// How long the watcher has to answer. It takes some microseconds.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);

/// A program on the stage. Its events come through the arena; dropping it ends the run.
#[derive(Debug)]
pub struct Stage {
    opening: Vec<Event>,
    supervisor: u32,
    notes: Sender<Vec<Note>>,
    wake: Arc<OwnedFd>,
    /// At its end when the watcher is.
    over: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Stage {
    /// Starts a run. To be called on mpviz's main thread: when the calling thread ends, the
    /// supervisor looks whether mpviz has.
    pub fn launch(launch: Launch) -> Result<Stage, StageError> {
        nix::sys::prctl::set_child_subreaper(true)
            .map_err(|errno| make("mpviz a reaper")(Errno::from_raw_os_error(errno as i32)))?;
        launch.arena.control().set_seed(launch.seed);
        launch.arena.control().set_pace(launch.pace);
        for _ in &launch.sources {
            // Files that the program names itself come after these.
            launch.arena.control().next_file();
        }
        let is_foreign = matches!(launch.play, Play::Exec { .. });
        let handed = if is_foreign {
            handed::noted()
        } else {
            Vec::new()
        };
        let (net, lifeline_end) = spawn()?;
        if is_foreign {
            // The supervisor has them.
            handed::close();
        }
        let group = set_up(&net, &launch, lifeline_end, handed)?;
        let opening = opening::events(&launch, net.pid());
        let holder = Holder::Supervisor { net, group };
        Stage::watch(opening, holder, launch.arena, launch.live_max)
    }

    /// Starts the watcher of a run.
    pub(super) fn watch(
        opening: Vec<Event>,
        holder: Holder,
        arena: Arena,
        live_max: usize,
    ) -> Result<Stage, StageError> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK);
        let wake = Arc::new(wake.map_err(make("an eventfd"))?);
        let slot = arena.reserve(ActorId::MPVIZ, ActorId::MPVIZ);
        let slot = slot.ok_or_else(|| make("a ring")(Errno::NOMEM))?;
        let (notes, inbox) = crossbeam_channel::unbounded();
        let (running, over) = crossbeam_channel::bounded(0);
        let supervisor = holder.supervisor().unwrap_or(0);
        let watcher = Watcher::new(Start {
            holder,
            tell: Teller::new(arena.writer(slot)),
            arena,
            notes: inbox,
            wake: Arc::clone(&wake),
            live_max,
        });
        let watcher = watcher.map_err(make("an epoll"))?;
        let thread = std::thread::Builder::new()
            .name("watcher".to_owned())
            .spawn(move || {
                watcher.run();
                drop::<Sender<()>>(running);
            });
        let thread = thread.map_err(|source| StageError::Make {
            what: "a thread",
            source,
        })?;
        Ok(Stage {
            opening,
            supervisor,
            notes,
            wake,
            over,
            thread: Some(thread),
        })
    }

    /// Returns the run's first events, to be put before those that come through the arena.
    pub fn opening(&self) -> &[Event] {
        &self.opening
    }

    /// Returns the supervisor's pid; 0 without one.
    pub fn supervisor(&self) -> u32 {
        self.supervisor
    }

    /// Sees to the processes that these events tell of. To be called with every batch.
    pub fn follow(&self, events: &[Event]) {
        let notes: Vec<Note> = events.iter().filter_map(note_of).collect();
        if !notes.is_empty() {
            self.note(notes);
        }
    }

    /// Sees to what Python processes have told. To be called after each [`Stage::follow`].
    pub fn link(&self, links: Vec<Link>) {
        if !links.is_empty() {
            self.note(links.into_iter().map(Note::Link).collect());
        }
    }

    /// Returns whether nothing of the run is left and `RunEnded` was said.
    pub fn is_over(&self) -> bool {
        use crossbeam_channel::TryRecvError;
        self.over.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// Returns what is at its end (disconnected) when the run is over, for a `select!`.
    pub fn over(&self) -> &Receiver<()> {
        &self.over
    }

    /// Begins to end the run and returns at once: `RunEnded` will tell.
    pub fn begin_stop(&self) {
        self.note(vec![Note::Stop]);
    }

    /// Ends the run: everything is killed and reaped; a program that mpviz is only attached to is
    /// left as it was. It takes some milliseconds, and less than a second in any case but one: a
    /// tracker of Python's that removes what has names has 5 s. Does nothing if the run is over.
    pub fn stop(&mut self) {
        self.begin_stop();
        self.wait();
    }

    /// Waits until the run is over by itself.
    pub fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            // If it panicked, its net has ended the run.
            let _ = thread.join();
        }
    }

    /// Waits until the run is over, but no longer than `timeout`; returns whether it is.
    pub fn wait_for(&self, timeout: Duration) -> bool {
        use crossbeam_channel::RecvTimeoutError;
        self.over.recv_timeout(timeout) == Err(RecvTimeoutError::Disconnected)
    }

    /// Sends a signal to a process of the run.
    ///
    /// # Errors
    ///
    /// What the system says to it: `ESRCH` for a process that has ended, `EPERM` for one that may
    /// not be signalled.
    pub fn signal(&self, actor: ActorId, signal: i32) -> io::Result<()> {
        let (answer, said) = crossbeam_channel::bounded(1);
        self.note(vec![Note::Signal {
            actor,
            signal,
            answer,
        }]);
        // The watcher waits for nobody. If it has gone, so has the process.
        let said = said.recv_timeout(ANSWER_WITHIN).unwrap_or(Err(Errno::SRCH));
        said.map_err(io::Error::from)
    }

    /// Sends the program's group SIGINT, as `C-c` on a terminal does.
    pub fn interrupt(&self) {
        self.note(vec![Note::Interrupt]);
    }

    /// Stops all processes of the run, or lets them go on.
    pub fn hold(&self, is_held: bool) {
        self.note(vec![Note::Hold { is_held }]);
    }

    /// Has sleeps and timeouts run `factor` times as fast as written from now on.
    pub fn set_pace(&self, factor: f64) {
        self.note(vec![Note::Pace(factor)]);
    }

    fn note(&self, notes: Vec<Note>) {
        // If the watcher is gone, the run is over.
        let _ = self.notes.send(notes);
        // It counts wake-ups, and can't be full.
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
    }
}

/// Returns what the watcher is to know of an event.
fn note_of(event: &Event) -> Option<Note> {
    let actor = event.actor;
    match event.kind {
        Kind::ProcessStarted { pid, .. } => Some(Note::Started {
            pid,
            actor,
            is_found: event.by == Some(ActorId::MPVIZ),
        }),
        // Its parent's word: it may die before it says one itself. The supervisor sees to its own.
        Kind::ForkReturned { child, pid } if actor != ActorId::MPVIZ => Some(Note::Started {
            pid,
            actor: child,
            is_found: false,
        }),
        Kind::ObjectCreated { object, part, .. } => part.map(|part| Note::Made { object, part }),
        Kind::EndOpened { object, .. } if event.by.is_some() => Some(Note::Given { actor, object }),
        Kind::ProcessExec { .. } => Some(Note::Exec { actor }),
        Kind::Unseen {
            what: Sight::Messages,
            ..
        } if actor != ActorId::MPVIZ => Some(Note::Hidden { actor }),
        _ => None,
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns the error of what could not be made, of the system's.
fn make(what: &'static str) -> impl Fn(Errno) -> StageError {
    move |errno| StageError::Make {
        what,
        source: errno.into(),
    }
}

/// Runs mpviz's own file again as the supervisor. Returns it with the lifeline's read end.
fn spawn() -> Result<(Net, OwnedFd), StageError> {
    let (control, control_end) = socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )
    .map_err(make("a control socket"))?;
    let (lifeline_end, lifeline) = pipe_with(PipeFlags::CLOEXEC).map_err(make("a lifeline"))?;
    let supervisor = Command::new("/proc/self/exe")
        .arg0("mpviz")
        .arg(SUPERVISOR_ARG)
        .stdin(Stdio::from(control_end))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(StageError::Spawn)?;
    let net = Net::new(supervisor, control, lifeline).map_err(|source| StageError::Make {
        what: "a pidfd",
        source,
    })?;
    Ok((net, lifeline_end))
}

/// Tells the supervisor what is to be run, and waits until the stage stands.
/// Returns the program's process group.
fn set_up(
    net: &Net,
    launch: &Launch,
    lifeline_end: OwnedFd,
    handed: Vec<RawFd>,
) -> Result<Pid, StageError> {
    let lost = |error: io::Error| StageError::Lost(error);
    let terminal = launch.terminal.as_ref();
    let brief = Brief {
        play: launch.play.clone(),
        seed: launch.seed,
        pace: launch.pace,
        has_stdin: launch.stdin.is_some(),
        streams: launch.streams,
        home: launch.home.clone().map(Into::into),
        handed,
        viewer: std::process::id(),
        manner: terminal.map(|terminal| terminal.manner.clone()),
    };
    let arena = launch.arena.fd().ok_or_else(|| lost(Errno::BADF.into()))?;
    let mut fds = vec![arena, lifeline_end.as_fd()];
    fds.extend(terminal.map(|terminal| terminal.tty.as_fd()));
    fds.extend(terminal.map(|terminal| terminal.hold.as_fd()));
    fds.extend(launch.stdin.as_ref().map(AsFd::as_fd));
    tell(net.control(), &brief, &fds).map_err(|error| match error.raw_os_error() {
        Some(libc::EPIPE | libc::ECONNRESET) => lost(error),
        _ => StageError::Tell(error),
    })?;
    let mut answer = [PollFd::from_borrowed_fd(net.control(), PollFlags::IN)];
    let ready = rustix::io::retry_on_intr(|| poll(&mut answer, Some(&PATIENCE)));
    if ready.map_err(|errno| lost(errno.into()))? == 0 {
        return Err(lost(Errno::TIMEDOUT.into()));
    }
    match hear::<Word>(net.control()).map_err(lost)? {
        // From here on nobody waits for the supervisor: it may be stopped.
        Some((Word::Ready { group }, _)) => {
            fcntl_setfl(net.control(), OFlags::NONBLOCK).map_err(|errno| lost(errno.into()))?;
            tree::pid_of(group).ok_or_else(|| lost(Errno::SRCH.into()))
        }
        Some((Word::Refused { attempt, errno }, _)) => Err(StageError::Refused {
            attempt,
            source: io::Error::from_raw_os_error(errno),
        }),
        Some((Word::Drained { .. } | Word::CleansUp { .. } | Word::Over { .. }, _)) | None => {
            Err(lost(Errno::PIPE.into()))
        }
    }
}
