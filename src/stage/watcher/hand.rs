//! The program in the viewer's hand: signals, stopping all of it, its pace.

use super::Watcher;
use crate::event::{ActorId, Kind, Text};
use crate::stage::sampler::Watched;
use crate::stage::sys;
use rustix::io::Errno;
use rustix::process::Signal;
use std::os::fd::AsFd;

impl Watcher {
    /// Sends a signal to a process, if it lives.
    pub(super) fn signal(&mut self, actor: ActorId, signal: i32) -> rustix::io::Result<()> {
        let mut watched = self.processes.values();
        let watched = watched.find(|watched| watched.actor == actor);
        let watched = watched.ok_or(Errno::SRCH)?;
        let number = Signal::from_named_raw(signal).ok_or(Errno::INVAL)?;
        // Asked first, so that none is told that the system refuses.
        sys::may_signal(watched.pidfd.as_fd())?;
        let kind = Kind::SignalSent { to: actor, signal };
        self.start.tell.say(ActorId::MPVIZ, None, kind);
        // Who was stopped before mpviz came stays so when it goes.
        let is_attached = self.start.holder.supervisor().is_none();
        let was_stopped = match self.start.arena.control().frozen() {
            true => self.were_stopped.contains(&actor),
            false => is_attached && watched.is_stopped(),
        };
        match number {
            Signal::STOP if was_stopped => {}
            Signal::STOP => drop(self.stopped.insert(actor)),
            Signal::CONT => drop(self.stopped.remove(&actor)),
            _ => {}
        }
        rustix::process::pidfd_send_signal(&watched.pidfd, number)?;
        self.sampler.hurry();
        Ok(())
    }

    /// Sends the program's group SIGINT, as `C-c` does.
    pub(super) fn interrupt(&self) {
        if let Some(group) = self.start.holder.group() {
            // The group stands as long as the supervisor does, by its keeper, which takes no
            // signal.
            let _ = rustix::process::kill_process_group(group, Signal::INT);
        }
    }

    /// Stops all processes, or lets them go on but for those that were stopped by themselves. The
    /// group is stopped as one, so nobody in it gets away; who has left it is stopped besides.
    pub(super) fn hold(&mut self, is_held: bool) {
        if is_held == self.start.arena.control().frozen() || (is_held && self.refuses()) {
            return;
        }
        let control = self.start.arena.control();
        let now = self.start.arena.now();
        let kind = if is_held {
            Kind::Frozen {}
        } else {
            Kind::Thawed {}
        };
        if is_held {
            self.start.tell.say(ActorId::MPVIZ, None, kind);
            control.set_frozen(true, now);
        } else {
            // Said before anybody can say a word.
            control.set_frozen(false, now);
            self.start.tell.say(ActorId::MPVIZ, None, kind);
        }
        let signal = if is_held { Signal::STOP } else { Signal::CONT };
        if let Some(group) = self.start.holder.group() {
            // Who has just ended needs no signal.
            let _ = rustix::process::kill_process_group(group, signal);
        }
        for watched in self.processes.values() {
            let was_stopped = self.were_stopped.contains(&watched.actor);
            let is_stopped = is_held || was_stopped || self.stopped.contains(&watched.actor);
            let signal = if is_stopped {
                Signal::STOP
            } else {
                Signal::CONT
            };
            let _ = rustix::process::pidfd_send_signal(&watched.pidfd, signal);
        }
        self.sampler.hurry();
    }

    /// Has sleeps and timeouts run so many times as fast as written, where somebody listens.
    pub(super) fn set_pace(&mut self, factor: f64) {
        if self.start.holder.supervisor().is_none() {
            return;
        }
        let kind = Kind::PaceChanged { factor };
        self.start.tell.say(ActorId::MPVIZ, None, kind);
        self.start.arena.control().set_pace(factor);
    }

    /// Looks who is stopped already, and whether all others may be stopped; if the system refuses
    /// it, that is said. Of ours it never does.
    fn refuses(&mut self) -> bool {
        if self.start.holder.supervisor().is_some() {
            return false;
        }
        let is_refused =
            |watched: &&Watched| sys::may_signal(watched.pidfd.as_fd()) == Err(Errno::PERM);
        let refused = self.processes.values().filter(is_refused).count();
        if refused > 0 {
            let text = format!(
                "{refused} of {} processes may not be stopped by this user: none is",
                self.processes.len()
            );
            let kind = Kind::Failed {
                error: Text::const_new("PermissionError"),
                text: Text::from(text),
            };
            self.start.tell.say(ActorId::MPVIZ, None, kind);
            return true;
        }
        let stopped = self
            .processes
            .values()
            .filter(|watched| watched.is_stopped());
        self.were_stopped = stopped.map(|watched| watched.actor).collect();
        false
    }

    /// Lets those go on that the viewer has stopped: the program is as it was.
    pub(super) fn let_go(&mut self) {
        self.hold(false);
        for watched in self.processes.values() {
            if self.stopped.contains(&watched.actor) {
                // Who has just ended needs no signal.
                let _ = rustix::process::pidfd_send_signal(&watched.pidfd, Signal::CONT);
            }
        }
    }
}
