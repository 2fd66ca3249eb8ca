//! The beginning of a run: MainProcess is forked into the keeper's group.

use super::Supervisor;
use crate::channel::Slot;
use crate::event::words::{Method, Stream};
use crate::event::{ActorId, Kind, Text};
use crate::runtime::error::{errno_name, errno_words};
use crate::stage::capture::identity_of;
use crate::stage::child::{Entrance, Main, child_main};
use crate::stage::handed;
use crate::stage::launch::Play;
use crate::stage::sys::{self, Forked};
use crate::stage::tree::number_of;
use rustix::process::Pid;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

impl Supervisor<'_> {
    /// Starts MainProcess, and says so, or why not.
    pub(super) fn start_main(&mut self) -> io::Result<()> {
        let actor = self.arena.control().next_actor();
        self.tell.say(
            ActorId::MPVIZ,
            None,
            Kind::ProcessForked {
                child: actor,
                name: Text::const_new("MainProcess"),
                method: Method::Stage,
                daemon: false,
                function: None,
            },
        );
        let started = self.fork_main(actor);
        let kind = match &started {
            Ok(pid) => Kind::ForkReturned {
                child: actor,
                pid: number_of(*pid),
            },
            Err(error) => Kind::ForkFailed {
                child: actor,
                error: Text::from(format!("{}: {}", errno_name(error), errno_words(error))),
            },
        };
        self.tell.say(ActorId::MPVIZ, None, kind);
        self.reaper.main = started?.into();
        Ok(())
    }

    fn fork_main(&mut self, actor: ActorId) -> io::Result<Pid> {
        let slot = self.arena.reserve(actor, actor);
        let slot = slot.ok_or_else(|| io::Error::from(rustix::io::Errno::NOMEM))?;
        let pid = self.fork_into(actor, slot);
        match pid {
            Ok(pid) => self.arena.announce(slot, number_of(pid)),
            Err(_) => self.arena.release(slot),
        }
        pid
    }

    /// Makes what MainProcess prints into; returns its end of it.
    fn stream(&mut self, stream: Stream) -> io::Result<OwnedFd> {
        let streams = self.brief.streams;
        let [stdout, stderr] = streams.terminals;
        let wants_terminal = match stream {
            Stream::Stdout => stdout,
            Stream::Stderr => stderr,
        };
        if wants_terminal && let Ok(end) = self.capture.terminal(stream, streams.size) {
            return Ok(end);
        }
        // Where there are no more terminals, as in a bare container, output comes all the same.
        Ok(self.capture.pipe(ActorId::MPVIZ, stream)?)
    }

    fn fork_into(&mut self, actor: ActorId, slot: Slot) -> io::Result<Pid> {
        // All that it forks share its streams.
        let stdout = self.stream(Stream::Stdout)?;
        let stderr = self.stream(Stream::Stderr)?;
        let streams = [&stdout, &stderr].map(|end| identity_of(end.as_fd()));
        let is_foreign = matches!(self.brief.play, Play::Exec { .. });
        let has_shim = self.brief.home.is_some();
        self.company.begin(actor, streams, is_foreign, has_shim);
        let knobs = match &self.brief.play {
            Play::Scenario { knobs, .. } => knobs.clone(),
            Play::Exec { .. } => Vec::new(),
        };
        let group = self.keepers[0].pid;
        // What both have: a number that only mpviz knows is something of ours here.
        let mut given = handed::noted();
        given.retain(|fd| self.brief.handed.binary_search(fd).is_ok());
        match sys::fork()? {
            Forked::Child => child_main(Main {
                play: &self.brief.play,
                run: self.run,
                entrance: Entrance {
                    name: self.brief.play.name(),
                    knobs,
                    seed: self.brief.seed,
                    pace: self.brief.pace,
                    arena: self.arena.clone(),
                    slot,
                    actor,
                    desk: self.desk.name().to_owned(),
                    home: self.brief.home.clone().map(Into::into),
                },
                group,
                stdin: self.stdin.as_fd(),
                stdout: stdout.as_fd(),
                stderr: stderr.as_fd(),
                handed: &given,
            }),
            Forked::Parent(pid) => {
                handed::close();
                // The child says and does so too: whoever is first.
                let _ = rustix::process::setpgid(Some(pid), Some(group));
                Ok(pid)
            }
        }
    }
}
