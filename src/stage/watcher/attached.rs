//! Watching a program that mpviz is attached to: who comes and goes is found here, and at the end
//! it is left as it was.

use super::{Ended, Watcher};
use crate::event::words::{Ending, Sight};
use crate::event::{ActorId, Kind, Text};
use crate::stage::attach;
use crate::stage::control::Reaped;
use crate::stage::sampler::Belongs;
use crate::stage::teller::Teller;

/// Whether a program that mpviz is attached to is still watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Attached {
    /// It goes on, or has a supervisor.
    On,
    /// Nobody lives any more, or the viewer leaves.
    Over,
}

impl Watcher {
    /// Says what can't be seen of a program that says nothing itself.
    pub(super) fn say_unseen(&mut self) {
        if self.start.holder.supervisor().is_some() {
            return;
        }
        let tell = &mut self.start.tell;
        for what in [Sight::Output, Sight::Messages] {
            unseen(
                tell,
                what,
                "the program ran before mpviz, and the kernel tells of processes and pipes alone",
            );
        }
        if !attach::tells_codes() {
            unseen(
                tell,
                Sight::ExitCodes,
                "before Linux 6.15 the kernel tells them to the parent, and to others only until it asks",
            );
        }
    }

    /// Finds who is new, and who is gone.
    pub(super) fn find(&mut self, now: u64) -> Attached {
        let Some(company) = self.start.holder.company() else {
            return Attached::On;
        };
        if self.stop_until.is_some() {
            return Attached::Over;
        }
        company.look(&mut self.start.tell, &[]);
        let is_over = company.is_over(now);
        for fresh in company.take_fresh() {
            self.ends.set_mute(fresh.actor, true);
            if self.processes.contains_key(&fresh.pid) {
                // It has ended, and its pid is another's.
                self.exited(fresh.pid);
            }
            if !self.begin(fresh.pid, fresh.actor, Belongs::Since(fresh.start))
                && let Some(company) = self.start.holder.company()
            {
                company.unwatched(fresh.pid);
            }
        }
        if is_over {
            Attached::Over
        } else {
            Attached::On
        }
    }

    /// Leaves the program, whether it goes on or not.
    pub(super) fn leave(mut self) {
        self.let_go();
        let left = match self.start.holder.company() {
            Some(company) => company.close_gone(),
            None => Vec::new(),
        };
        self.say_ends(|_: &Ended| true);
        let tell = &mut self.start.tell;
        for Reaped { child, parent } in left {
            let kind = Kind::ProcessReaped { child, code: None };
            tell.say(parent, Some(ActorId::MPVIZ), kind);
        }
        let ending = match self.stop_until {
            Some(_) => Ending::Left,
            None => Ending::Finished,
        };
        let code = self.main_code;
        tell.say(ActorId::MPVIZ, None, Kind::RunEnded { ending, code });
        tell.finish();
    }
}

/// Says what can't be seen of the whole program, and why.
fn unseen(tell: &mut Teller, what: Sight, why: &'static str) {
    let why = Text::const_new(why);
    tell.say(ActorId::MPVIZ, None, Kind::Unseen { what, why });
}
