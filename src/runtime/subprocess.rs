//! `subprocess`: another program, started, fed, read and waited for.

mod communicate;

use super::error::{Error, Result, errno_name};
use super::probe::{self, Birth};
use super::process::Child;
use super::time::Deadline;
use super::{pipe, sync};
use crate::event::words::{Class, End, Method, Operation, Part, Stream};
use crate::event::{ActorId, Kind, ObjectId, Text};
use rustix::process::Signal;
use std::os::fd::OwnedFd;
use std::panic::Location;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Runs a program, waits for it and returns its exit code, −N if signal N ended it:
/// `subprocess.call(argv)`.
///
/// ```
/// assert_eq!(mpviz::runtime::subprocess::call(["true"]).unwrap(), 0);
/// ```
///
/// # Errors
///
/// [`Error::System`] with the program's name if it can't be started, [`Error::Argument`] if `argv`
/// is empty.
#[track_caller]
pub fn call(program: impl Into<Program>) -> Result<i32> {
    Popen::start(program)?.wait()
}

/// A program to be started: what `Popen` takes.
#[derive(Clone, Debug)]
pub struct Program {
    argv: Vec<String>,
    name: Option<String>,
    piped: Vec<Part>,
}

impl Program {
    /// Returns a program with its arguments; its streams are this process's.
    pub fn new(argv: &[&str]) -> Program {
        Program {
            argv: argv.iter().map(|&arg| arg.to_owned()).collect(),
            name: None,
            piped: vec![],
        }
    }

    /// Returns what it is called: its file's name, if nothing else was said.
    pub fn name(&self) -> &str {
        let file = self.argv.first().map_or("", String::as_str);
        let short = file.rsplit('/').next().unwrap_or(file);
        self.name.as_deref().unwrap_or(short)
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: &str) -> Program {
        self.argv.push(argument.to_owned());
        self
    }

    /// Calls it something else than its file's name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Program {
        self.name = Some(name.to_owned());
        self
    }

    /// Connects its three standard streams to pipes: `stdin=PIPE, stdout=PIPE, stderr=PIPE`.
    #[must_use]
    pub fn piped(mut self) -> Program {
        self.piped = vec![Part::Stdin, Part::Stdout, Part::Stderr];
        self
    }
}

impl<const N: usize> From<[&str; N]> for Program {
    fn from(argv: [&str; N]) -> Program {
        Program::new(&argv)
    }
}

/// A started program: `subprocess.Popen`.
#[derive(Debug)]
pub struct Popen {
    object: ObjectId,
    child: Arc<Child>,
    stdin: Option<Pipe>,
    stdout: Option<Pipe>,
    stderr: Option<Pipe>,
}

/// This process's end of a stream of a started program.
#[derive(Debug)]
struct Pipe {
    fd: OwnedFd,
    object: ObjectId,
    end: End,
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let (object, end) = (self.object, self.end);
        probe::say(|| Kind::EndClosed { object, end });
    }
}

impl Popen {
    /// Starts a program.
    ///
    /// # Errors
    ///
    /// As [`call`].
    #[track_caller]
    pub fn start(program: impl Into<Program>) -> Result<Popen> {
        probe::enter(Location::caller());
        let program = program.into();
        let Some(file) = program.argv.first() else {
            let value = "empty".to_owned();
            return Err(Error::Argument {
                name: "argv",
                value,
                range: "a program at least",
            });
        };
        let name = program.name();
        let object = tell_created(name);
        let mut command = Command::new(file);
        command.args(&program.argv[1..]);
        let actor = probe::next_actor();
        let mut streams = Streams::open(&program, object, actor, &mut command)?;
        let child = spawn(&mut command, &program, name, actor)?;
        streams.tell_ends(actor);
        let [stdin, stdout, stderr] = streams.ours;
        Ok(Popen {
            object,
            child,
            stdin,
            stdout,
            stderr,
        })
    }

    /// Returns the pid.
    pub fn pid(&self) -> u32 {
        self.child.pid
    }

    /// Waits until it has ended; returns its exit code, −N if signal N ended it.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if somebody else has reaped it.
    #[track_caller]
    pub fn wait(&self) -> Result<i32> {
        probe::enter(Location::caller());
        self.wait_until(None)
    }

    /// Waits until it has ended, at most so long.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`], and it goes on; else as [`Popen::wait`].
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Result<i32> {
        probe::enter(Location::caller());
        self.wait_until(Some(timeout))
    }

    fn wait_until(&self, timeout: Option<Duration>) -> Result<i32> {
        let limit = timeout.unwrap_or_default();
        self.child
            .wait(Operation::Wait, Deadline::after(timeout))?
            .ok_or(Error::TimedOut {
                operation: "wait",
                limit,
            })
    }

    /// Returns how it ended; `None` while it runs.
    ///
    /// # Errors
    ///
    /// As [`Popen::wait`].
    pub fn poll(&self) -> Result<Option<i32>> {
        self.child.poll()
    }

    /// Writes `input` to its stdin and closes it, reads both outputs until their end, and waits:
    /// returns stdout and stderr, each empty where it was not piped.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if a pipe fails. A program that closes its stdin early is none.
    #[track_caller]
    pub fn communicate(&mut self, input: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
        probe::enter(Location::caller());
        communicate::communicate(self, input)
    }

    /// Ends it by SIGTERM.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if it may not be signalled. After its end this does nothing.
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.child.signal(Signal::TERM)
    }

    /// Ends it by SIGKILL.
    ///
    /// # Errors
    ///
    /// As [`Popen::terminate`].
    #[track_caller]
    pub fn kill(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.child.signal(Signal::KILL)
    }
}

fn tell_created(name: &str) -> ObjectId {
    let object = probe::next_object();
    probe::say(|| Kind::ObjectCreated {
        object,
        class: Class::Popen,
        name: Text::from(name),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: None,
    });
    object
}

/// The standard streams of a program that is about to start.
struct Streams {
    ours: [Option<Pipe>; 3],
    theirs: Vec<(ObjectId, End)>,
}

impl Streams {
    fn open(
        program: &Program,
        object: ObjectId,
        actor: ActorId,
        command: &mut Command,
    ) -> Result<Streams> {
        let mut streams = Streams {
            ours: [None, None, None],
            theirs: Vec::new(),
        };
        for (at, part) in [Part::Stdin, Part::Stdout, Part::Stderr]
            .into_iter()
            .enumerate()
        {
            let stdio = if program.piped.contains(&part) {
                let whole: sync::PartOf = Some((object, part));
                let (read, write, capacity) = pipe::kernel_pipe(pipe::Waiting::InCall)?;
                let pipe = pipe::tell_created(Class::Pipe, part.text(), whole, Some(capacity));
                let (ours, end, theirs, their_end) = if part == Part::Stdin {
                    (write, End::Write, read, End::Read)
                } else {
                    (read, End::Read, write, End::Write)
                };
                probe::say(|| Kind::EndOpened { object: pipe, end });
                streams.ours[at] = Some(Pipe {
                    fd: ours,
                    object: pipe,
                    end,
                });
                streams.theirs.push((pipe, their_end));
                Stdio::from(theirs)
            } else {
                inherited(part, actor)
            };
            match part {
                Part::Stdin => command.stdin(stdio),
                Part::Stdout => command.stdout(stdio),
                _ => command.stderr(stdio),
            };
        }
        Ok(streams)
    }

    /// Says which ends the program has, since it can't say so itself.
    fn tell_ends(&mut self, actor: ActorId) {
        for (object, end) in self.theirs.drain(..) {
            probe::say_about(actor, || Kind::EndOpened { object, end });
        }
    }
}

/// Returns a stream that is not piped: this process's own, or on a stage a pipe of its own to the
/// stage, so that what it prints can be told to be its.
fn inherited(part: Part, actor: ActorId) -> Stdio {
    let stream = match part {
        Part::Stdout => Stream::Stdout,
        Part::Stderr => Stream::Stderr,
        _ => return Stdio::inherit(),
    };
    probe::capture(actor, stream).map_or_else(Stdio::inherit, Stdio::from)
}

fn spawn(
    command: &mut Command,
    program: &Program,
    name: &str,
    actor: ActorId,
) -> Result<Arc<Child>> {
    let birth = Birth::of_process(actor);
    command.envs(birth.invitation());
    let text = Text::from(name);
    probe::say(|| Kind::ProcessForked {
        child: actor,
        name: text.clone(),
        method: Method::Exec,
        daemon: false,
    });
    // Between its fork and its exec std's child touches nothing of ours.
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            birth.forget();
            let reason = Text::from(errno_name(&error));
            probe::say(|| Kind::ForkFailed {
                child: actor,
                error: reason,
            });
            return Err(Error::system(
                format!("cannot run `{}`", program.argv[0]),
                error,
            ));
        }
    };
    let pid = child.id();
    birth.announce(pid);
    probe::say(|| Kind::ForkReturned { child: actor, pid });
    let parent = probe::process();
    probe::say_about(actor, || Kind::ProcessStarted {
        pid,
        parent,
        name: text,
    });
    probe::say_about(actor, || Kind::ProcessExec {
        argv: program.argv.iter().map(Text::from).collect(),
    });
    // Dropped, std's handle neither waits nor kills: `Child` reaps.
    drop(child);
    Child::watch_program(actor, pid)
}
