//! The supervisor: mpviz run again, with a single thread, in a session of its own.
//!
//! It starts the program, adopts its orphans, reaps them, captures what is printed, and ends all
//! of it when mpviz says so or is gone. It is gone when the control socket is at its end; the
//! signal for a parent's death is the second trigger.
//! Invariant: it alone reaps what it adopted, so a pid below it is not reused behind its back.

mod end;
mod keeper;
mod start;
mod trackers;

use self::keeper::Keeper;
use super::capture::Capture;
use super::child::Run;
use super::company::Company;
use super::control::{Brief, Order, Word, hear, tell};
use super::desk::Desk;
use super::handed;
use super::reaper::{Reaper, Tree};
use super::teller::{RETRY_EVERY, Teller};
use super::terminal::Hold;
use super::tree::number_of;
use crate::channel::desk::Request;
use crate::channel::{Arena, clock};
use crate::event::{ActorId, Kind};
use crate::python::home::hold;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{getpid, getppid};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// How often orphans are looked for if nothing else happens.
const LOOK_EVERY: Duration = Duration::from_nanos(LOOK_EVERY_NS);
const LOOK_EVERY_NS: u64 = 250_000_000;
/// How often the keeper is replaced: whoever kills it again and again has our rights anyway.
const KEEPERS_MAX: usize = 16;

/// Runs a supervisor: the program's `main` when its first argument is
/// [`super::SUPERVISOR_ARG`]. `run` is what MainProcess does.
pub fn main(run: Run) -> ExitCode {
    handed::note();
    match take_control().and_then(|control| supervise(control, run)) {
        Ok(()) => ExitCode::SUCCESS,
        // mpviz was told, or is gone; a person who typed the argument has nothing to expect.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Moves the control socket away from the place of stdin.
fn take_control() -> io::Result<OwnedFd> {
    let control = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    rustix::stdio::dup2_stdin(null()?)?;
    Ok(control)
}

fn null() -> rustix::io::Result<OwnedFd> {
    use rustix::fs::{Mode, OFlags};
    rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
}

fn supervise(control: OwnedFd, run: Run) -> io::Result<()> {
    let mut attempt = "read what is to be run";
    let set_up = match hear::<Brief>(control.as_fd()) {
        Ok(None) => return Ok(()),
        Ok(Some((brief, fds))) => {
            Supervisor::set_up(&control, brief, &mut fds.into_iter(), run, &mut attempt)
        }
        Err(error) => Err(error),
    };
    let mut supervisor = match set_up {
        Ok(supervisor) => supervisor,
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(libc::EINVAL);
            let attempt = attempt.to_owned();
            tell(control.as_fd(), &Word::Refused { attempt, errno }, &[])?;
            return Err(error);
        }
    };
    let group = supervisor
        .keepers
        .first()
        .map_or(0, |keeper| number_of(keeper.pid));
    tell(control.as_fd(), &Word::Ready { group }, &[])?;
    let ending = supervisor.play();
    supervisor.close(ending)
}

/// Why the run is at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Why {
    /// The last process is gone.
    Finished,
    /// mpviz wants it.
    Stopped,
    /// mpviz is gone.
    Alone,
    /// Somebody else wants the supervisor to end.
    Told,
    /// MainProcess could not be started.
    NotStarted,
}

struct Supervisor<'a> {
    control: &'a OwnedFd,
    brief: Brief,
    run: Run,
    arena: Arena,
    lifeline: OwnedFd,
    /// The terminal, and whether mpviz has it.
    terminal: Option<(OwnedFd, Hold)>,
    /// What MainProcess reads.
    stdin: OwnedFd,
    signals: SignalFd,
    desk: Desk,
    company: Company,
    capture: Capture,
    /// The last one watches; those before it have died and hold the group's number.
    keepers: Vec<Keeper>,
    tell: Teller,
    reaper: Reaper,
    /// When it is looked for orphans again, by the clock.
    next_look: u64,
    /// Holds the private directory of the run, so that nobody sweeps it.
    _home: Option<File>,
}

impl<'a> Supervisor<'a> {
    fn set_up(
        control: &'a OwnedFd,
        brief: Brief,
        fds: &mut dyn Iterator<Item = OwnedFd>,
        run: Run,
        attempt: &mut &'static str,
    ) -> io::Result<Supervisor<'a>> {
        let missing = || io::Error::from(rustix::io::Errno::BADF);
        *attempt = "set itself up";
        let signals = block_signals()?;
        nix::unistd::setsid()?;
        nix::sys::prctl::set_child_subreaper(true)?;
        nix::sys::prctl::set_pdeathsig(Signal::SIGTERM)?;
        let _ = nix::sys::prctl::set_name(c"mpviz-super");
        *attempt = "map the arena";
        let memory = fds.next().ok_or_else(missing)?;
        let arena = Arena::attach(memory.try_clone()?).map_err(io_error)?;
        let lifeline = fds.next().ok_or_else(missing)?;
        let terminal = match brief.manner {
            Some(_) => fds.next().zip(fds.next().map(Hold::from_fd)),
            None => None,
        };
        let stdin = match fds.next().filter(|_| brief.has_stdin) {
            Some(stdin) => stdin,
            None => null()?,
        };
        let slot = arena.reserve(ActorId::MPVIZ, ActorId::MPVIZ);
        let slot = slot.ok_or_else(missing)?;
        *attempt = "capture output";
        let desk = Desk::new()?;
        *attempt = "start the keeper";
        let keeper = Keeper::start(&lifeline, None)?;
        let mut reaper = Reaper::new(arena.clone(), number_of(getpid()));
        reaper.keepers.push(number_of(keeper.pid));
        // While mpviz lives nobody sweeps it in any case.
        let home = brief.home.as_deref().map(Path::new);
        let home = home.and_then(|home| hold(home).ok());
        Ok(Supervisor {
            control,
            run,
            lifeline,
            terminal,
            stdin,
            signals,
            desk,
            company: Company::new(arena.clone(), memory, number_of(getpid())),
            capture: Capture::default(),
            tell: Teller::new(arena.writer(slot)),
            reaper,
            next_look: 0,
            _home: home,
            keepers: vec![keeper],
            arena,
            brief,
        })
    }

    /// Starts MainProcess, and sees to the run until it is at its end.
    fn play(&mut self) -> Why {
        if self.start_main().is_err() {
            return Why::NotStarted;
        }
        loop {
            self.company.look(&mut self.tell, &self.reaper.keepers);
            self.say_lines();
            self.tell.flush();
            if self.reap() == Tree::Gone {
                return Why::Finished;
            }
            if let Some(why) = self.wait() {
                return why;
            }
        }
    }

    /// Waits until there is something to do, and does it; returns why the run is to end, if it is.
    fn wait(&mut self) -> Option<Why> {
        let mut fds = vec![
            PollFd::new(&self.signals, PollFlags::IN),
            PollFd::new(self.control, PollFlags::IN),
        ];
        if let Some(keeper) = self.keepers.last() {
            fds.push(PollFd::new(&keeper.pidfd, PollFlags::IN));
        }
        let first_request = fds.len();
        fds.extend(
            self.desk
                .sockets()
                .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)),
        );
        // While the ring is full, who prints waits, as it would for a slow terminal.
        let behind = self.tell.is_behind();
        if !behind {
            fds.extend(
                self.capture
                    .ends()
                    .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)),
            );
        }
        let now = clock::monotonic();
        let due = self.company.due().unwrap_or(u64::MAX).min(self.next_look);
        let due = Duration::from_nanos(due.saturating_sub(now));
        let timeout = timespec(if behind {
            RETRY_EVERY
        } else {
            due.min(LOOK_EVERY)
        });
        let count = match poll(&mut fds, Some(&timeout)) {
            Ok(count) => count,
            Err(rustix::io::Errno::INTR) => return None,
            // No memory to wait with; nothing was lost by it.
            Err(_) => 0,
        };
        let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        drop(fds);
        if ready[first_request..].iter().any(|&ready| ready) {
            self.answer();
        }
        if ready[0]
            && let Some(why) = self.hear_signals()
        {
            return Some(why);
        }
        if ready[1]
            && let Some(why) = self.hear_orders()
        {
            return Some(why);
        }
        if first_request == 3 && ready[2] {
            self.replace_keeper();
        }
        if count == 0 && clock::monotonic() >= self.next_look {
            self.next_look = clock::monotonic().saturating_add(LOOK_EVERY_NS);
            self.reaper.look(&mut self.tell, None);
            self.desk.reopen();
        }
        None
    }

    /// Answers all requests that have come.
    fn answer(&mut self) {
        for (asker, request) in self.desk.take() {
            match request {
                Request::Pipe(actor, stream) => self.capture.give(&asker, actor, stream),
                Request::Flush => self.capture.flush(asker),
                Request::Join { layout, claim } => {
                    self.company.join(&mut self.tell, &asker, layout, claim);
                }
            }
        }
    }

    fn hear_signals(&mut self) -> Option<Why> {
        while let Ok(Some(signal)) = self.signals.read_signal() {
            if i32::try_from(signal.ssi_signo) == Ok(libc::SIGCHLD) {
                continue;
            }
            // The death signal comes too when merely the thread has ended that started us.
            if getppid().map(number_of) != Some(self.brief.viewer) {
                return Some(Why::Alone);
            }
            if signal.ssi_pid != self.brief.viewer {
                return Some(Why::Told);
            }
        }
        None
    }

    fn hear_orders(&mut self) -> Option<Why> {
        match hear::<Order>(self.control.as_fd()) {
            Ok(Some((Order::Stop, _))) => Some(Why::Stopped),
            Ok(Some((Order::Look { since }, _))) => {
                self.reaper.look(&mut self.tell, Some(since));
                None
            }
            Ok(Some((Order::Drain { actor }, _))) => {
                self.say_lines();
                // If it is gone, that is noticed.
                let _ = tell(self.control.as_fd(), &Word::Drained { actor }, &[]);
                None
            }
            // Gone, or broken: then it can't tell us to end any more.
            Ok(None) | Err(_) => Some(Why::Alone),
        }
    }

    fn replace_keeper(&mut self) {
        let group = self.keepers.first().map(|keeper| keeper.pid);
        if self.keepers.len() >= KEEPERS_MAX {
            return;
        }
        if let Ok(keeper) = Keeper::start(&self.lifeline, group) {
            self.reaper.keepers.push(number_of(keeper.pid));
            self.keepers.push(keeper);
        }
    }

    /// Reaps all that have ended, and tells so after what they printed.
    fn reap(&mut self) -> Tree {
        let (ended, tree) = self.reaper.reap();
        if !ended.is_empty() {
            self.say_lines();
            ended.iter().for_each(|end| self.company.reaped(end.pid));
            self.reaper.say(&mut self.tell, &ended, tree);
        }
        tree
    }

    /// Tells a line, with who printed it where that is known.
    fn say_line(&mut self, writer: ActorId, kind: Kind) {
        let writer = match &kind {
            Kind::Output { stream, .. } if writer == ActorId::MPVIZ => self.company.writer(*stream),
            _ => writer,
        };
        self.tell.say(writer, Some(ActorId::MPVIZ), kind);
    }

    /// Tells the lines that have come, as far as the ring has room; returns whether that was all.
    fn say_lines(&mut self) -> bool {
        let mut lines = Vec::new();
        while !self.tell.is_behind() {
            let any = self.capture.read(&mut lines);
            for (writer, kind) in lines.drain(..) {
                self.say_line(writer, kind);
            }
            if any {
                // A pipe may have come to its end: its descriptor is free.
                self.desk.reopen();
            } else if !self.tell.is_behind() {
                self.capture.told();
                return true;
            }
        }
        false
    }
}

/// Takes signals by a descriptor from here on.
fn block_signals() -> io::Result<SignalFd> {
    let mut set = SigSet::empty();
    for signal in [
        Signal::SIGCHLD,
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGHUP,
        Signal::SIGQUIT,
    ] {
        set.add(signal);
    }
    set.thread_block()?;
    let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
    Ok(SignalFd::with_flags(&set, flags)?)
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

/// Returns the system's error below an error of another room.
fn io_error(error: impl std::error::Error + 'static) -> io::Error {
    let mut below: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = below {
        if let Some(errno) = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::raw_os_error)
        {
            return io::Error::from_raw_os_error(errno);
        }
        below = error.source();
    }
    io::Error::from(rustix::io::Errno::INVAL)
}
