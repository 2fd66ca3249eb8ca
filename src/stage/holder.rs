//! Who holds the processes of a run: what a watcher asks of its supervisor, or does without one.

use super::company::Company;
use super::control::{Order, Word, hear, tell};
use super::net::Net;
use rustix::process::Pid;
use std::io;
use std::os::fd::BorrowedFd;

/// Who holds the processes of a run.
pub(super) enum Holder {
    /// A supervisor: they live below it, and it finds, reaps and ends them.
    Supervisor {
        net: Net,
        /// The program's process group, which stands as long as the supervisor.
        group: Pid,
    },
    /// Nobody of ours: they ran before, and will go on. The watcher finds them itself.
    Nobody(Box<Company>),
}

impl Holder {
    /// Returns the supervisor's pid.
    pub(super) fn supervisor(&self) -> Option<u32> {
        self.net().map(Net::pid)
    }

    /// Returns the supervisor's control socket and its pidfd.
    pub(super) fn fds(&self) -> Option<(BorrowedFd<'_>, BorrowedFd<'_>)> {
        self.net().map(|net| (net.control(), net.pidfd()))
    }

    /// Returns the program's process group, if it is ours.
    pub(super) fn group(&self) -> Option<Pid> {
        match self {
            Holder::Supervisor { group, .. } => Some(*group),
            Holder::Nobody(_) => None,
        }
    }

    /// Returns those who are found by the watcher itself.
    pub(super) fn company(&mut self) -> Option<&mut Company> {
        match self {
            Holder::Supervisor { .. } => None,
            Holder::Nobody(company) => Some(company),
        }
    }

    /// Kills the supervisor, however it is.
    pub(super) fn kill_supervisor(&self) {
        if let Some(net) = self.net() {
            net.kill_supervisor();
        }
    }

    /// Tells the supervisor what is wanted of it.
    pub(super) fn order(&self, order: Order) {
        if let Some(net) = self.net() {
            // If it is gone, that is noticed; if it does not read, it is ended in time.
            let _ = tell(net.control(), &order, &[]);
        }
    }

    /// Hears the supervisor's next word; `None` after its last.
    pub(super) fn hear(&self) -> io::Result<Option<Word>> {
        let Some(net) = self.net() else {
            return Ok(None);
        };
        Ok(hear::<Word>(net.control())?.map(|(word, _)| word))
    }

    /// Ends all that is left of a run of ours, and reaps it; `reaped` is told each pid and status.
    pub(super) fn cut(&mut self, reaped: impl FnMut(u32, i32)) {
        if let Holder::Supervisor { net, .. } = self {
            net.cut(reaped);
        }
    }

    fn net(&self) -> Option<&Net> {
        match self {
            Holder::Supervisor { net, .. } => Some(net),
            Holder::Nobody(_) => None,
        }
    }
}
