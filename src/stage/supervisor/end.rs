//! The end of a run: whatever is left is ended, told and reaped.

use super::{Supervisor, Why, timespec};
use crate::event::words::Ending;
use crate::python::home::remove;
use crate::stage::control::{Word, tell};
use crate::stage::reaper::Tree;
use crate::stage::teller::RETRY_EVERY;
use crate::stage::tree::number_of;
use crate::stage::{terminal, tree};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::getpid;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

/// After this long, what still lives can't be killed (a process of another user, a broken disk).
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);
/// How long a stopped mpviz is waited for to make room for what is left to tell of a run that it ends
/// itself, in ns. It is at most what pipes hold. Of a run that ended by itself all is told, as long as
/// mpviz is there.
const TELL_WITHIN: u64 = 2_000_000_000;

impl Supervisor<'_> {
    /// Ends whatever is left, and tells mpviz how it went.
    pub(super) fn close(mut self, why: Why) -> io::Result<()> {
        // With the lifeline the program ends, perhaps before the control socket does.
        let why = if is_cut(self.lifeline.as_fd()) {
            Why::Alone
        } else {
            why
        };
        if why == Why::Alone
            && let (Some((tty, hold)), Some(manner)) = (&self.terminal, &self.brief.manner)
        {
            terminal::give_back(tty.as_fd(), hold, manner);
        }
        self.end_all();
        let deadline = self.arena.now().0 + TELL_WITHIN;
        loop {
            let was_all = self.say_lines();
            self.tell.flush();
            let is_told = was_all && !self.tell.is_behind();
            let has_ended_itself = matches!(why, Why::Finished | Why::NotStarted);
            let is_over = match has_ended_itself {
                true => is_cut(self.lifeline.as_fd()),
                false => self.arena.now().0 > deadline,
            };
            if is_told || why == Why::Alone || is_over {
                break;
            }
            std::thread::sleep(RETRY_EVERY);
        }
        for (writer, kind) in self.capture.rest() {
            self.say_line(writer, kind);
        }
        let left = self.company.close();
        for keeper in &self.keepers {
            keeper.end();
        }
        if why == Why::Alone
            && let Some(home) = &self.brief.home
        {
            // Nobody is left to read what is in it.
            remove(Path::new(home));
        }
        let ending = match why {
            Why::Finished => Ending::Finished,
            Why::Stopped => Ending::Stopped,
            Why::Alone | Why::Told => Ending::SupervisorLost,
            Why::NotStarted => Ending::NotStarted,
        };
        let code = self.reaper.main_code;
        let over = Word::Over { ending, code, left };
        tell(self.control.as_fd(), &over, &[])
    }

    /// Kills all that lives below, and reaps, until there is none.
    fn end_all(&mut self) {
        let own = number_of(getpid());
        let deadline = self.arena.now().0 + u64::try_from(GIVE_UP_AFTER.as_nanos()).unwrap_or(0);
        let mut told = false;
        while self.reap() == Tree::Lives && self.arena.now().0 < deadline {
            if !told {
                self.reaper.tell_kill(&mut self.tell);
                told = true;
                self.end_all_but_trackers();
            }
            tree::kill_group(number_of(self.keepers[0].pid));
            // Who was adopted a moment ago is killed before it can fork again.
            for _ in 0..32 {
                tree::kill_children(&tree::children_of(own));
                if self.reap() == Tree::Gone {
                    return;
                }
            }
            tree::kill(&tree::children_of(own), own);
            let mut child = [PollFd::new(&self.signals, PollFlags::IN)];
            // Interrupted or not: the next round looks.
            let _ = poll(&mut child, Some(&timespec(Duration::from_millis(2))));
            while let Ok(Some(_)) = self.signals.read_signal() {}
        }
    }
}

/// Returns whether mpviz, the lifeline's only writer, is gone.
fn is_cut(lifeline: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(lifeline, PollFlags::IN)];
    poll(&mut fds, Some(&timespec(Duration::ZERO))).is_ok_and(|count| count > 0)
}
