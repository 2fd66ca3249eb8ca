//! Who is missing from a listing of children, and who is gone.
//!
//! The kernel lists children one by one, while some of them go and others come: one listing may leave
//! out a process that lives. So it is asked itself, before it is taken for gone and again before that
//! is told.

use super::{Company, GONE_AFTER, HEARD_AFTER, Member};
use crate::stage::kernel;
use crate::stage::teller::Teller;
use std::collections::BTreeMap;

impl Company {
    /// Takes out all who were not seen and are not there.
    pub(super) fn take_left(&mut self, is_seen: impl Fn(&u32) -> bool) -> Vec<(u32, Member)> {
        let mut is_missed = false;
        let (kept, left): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut self.members)
            .into_iter()
            .partition(|(pid, member)| {
                let is_seen = is_seen(pid);
                let is_there = is_seen || member.is_there(*pid);
                is_missed |= is_there && !is_seen;
                is_there
            });
        self.members = kept;
        if is_missed {
            // Below it nobody was looked for.
            self.pace.hurry();
        }
        left.into_iter().collect()
    }

    /// Returns whether a process is one that seemed to be gone, which is known again then.
    pub(super) fn returns(&mut self, pid: u32) -> bool {
        let is_it = |(_, gone, member): &(u64, u32, Member)| *gone == pid && member.is_there(pid);
        let Some(place) = self.gone.iter().position(is_it) else {
            return false;
        };
        let (_, _, member) = self.gone.remove(place);
        self.members.insert(pid, member);
        self.is_stale = true;
        true
    }

    /// Says who was reaped by a parent that does not say so.
    pub(super) fn tell_gone(&mut self, tell: &mut Teller, now: u64) {
        let is_attached = self.tree.is_some();
        for (since, pid, member) in std::mem::take(&mut self.gone) {
            let age = now.saturating_sub(since);
            let is_voiced = self.arena.is_voiced(member.actor);
            // Once somebody has said it, the slot is free for another.
            let is_said = !is_attached && self.arena.actor_of_pid(pid) != Some(member.actor);
            let waits = age < if is_voiced { HEARD_AFTER } else { GONE_AFTER };
            if is_said {
                continue;
            }
            if waits {
                self.gone.push((since, pid, member));
            } else if !self.members.contains_key(&pid) && member.is_there(pid) {
                self.members.insert(pid, member);
                self.is_stale = true;
                self.pace.hurry();
            } else {
                member.say_gone(tell);
            }
        }
    }
}

impl Member {
    /// Returns whether it has not been reaped, as far as that is known.
    fn is_there(&self, pid: u32) -> bool {
        self.start != 0 && kernel::is_there(pid, self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Arena;
    use crate::event::ActorId;
    use std::process::{Child, Command, Stdio};

    /// A process that waits, a child of this one, until its stdin is closed.
    fn waiting() -> Child {
        let mut command = Command::new("cat");
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        command.spawn().expect("it runs")
    }

    fn end(mut child: Child) {
        drop(child.stdin.take());
        child.wait().expect("it ends");
    }

    /// Returns a company of one process, and another that is in it and in no listing below that.
    fn company(is_attached: bool, top: u32, missing: u32) -> (Company, Teller) {
        let arena = Arena::create().expect("an arena");
        let slot = arena.reserve(ActorId::MPVIZ, ActorId::MPVIZ);
        let tell = Teller::new(arena.writer(slot.expect("a slot")));
        let actor = arena.control().next_actor();
        let slot = arena.reserve(actor, actor).expect("a slot");
        arena.announce(slot, missing);
        let started = kernel::stat(top).expect("it lives").start;
        let mut company = match is_attached {
            true => Company::attached(arena, top, started),
            false => {
                let mut company = Company::empty(arena, None, top);
                company.is_searching = true;
                company
            }
        };
        let mut member = Member::new(actor, ActorId::MPVIZ, true);
        member.know_start(missing);
        member.below = Some(std::process::id());
        company.members.insert(missing, member);
        (company, tell)
    }

    #[test]
    fn one_that_lives_is_not_gone_because_a_listing_leaves_it_out() {
        for is_attached in [true, false] {
            let (top, missing) = (waiting(), waiting());
            let pid = missing.id();
            let (mut company, mut tell) = company(is_attached, top.id(), pid);
            company.search(&mut tell, &[], 1);
            assert!(company.members.contains_key(&pid), "{is_attached}");
            assert!(company.gone.is_empty());
            end(missing);
            company.search(&mut tell, &[], 2);
            assert!(!company.members.contains_key(&pid), "{is_attached}");
            assert_eq!(company.gone.len(), 1, "{is_attached}");
            company.tell_gone(&mut tell, u64::MAX);
            assert!(company.gone.is_empty() && !company.members.contains_key(&pid));
            end(top);
        }
    }

    #[test]
    fn one_that_seemed_to_be_gone_is_asked_before_that_is_told() {
        for is_seen_again in [true, false] {
            let (top, missing) = (waiting(), waiting());
            let pid = missing.id();
            let (mut company, mut tell) = company(true, top.id(), pid);
            let member = company.members.remove(&pid).expect("it is known");
            let actor = member.actor;
            company.gone.push((0, pid, member));
            if is_seen_again {
                assert!(company.returns(pid) && !company.returns(pid));
            }
            company.tell_gone(&mut tell, u64::MAX);
            let known = company.members.get(&pid).map(|member| member.actor);
            assert_eq!((known, company.gone.len()), (Some(actor), 0));
            end(missing);
            end(top);
        }
    }

    /// Another process may have the pid of one that is gone.
    #[test]
    fn one_that_started_at_another_time_is_another() {
        let (top, missing) = (waiting(), waiting());
        let pid = missing.id();
        let (mut company, mut tell) = company(true, top.id(), pid);
        company.members.get_mut(&pid).expect("it is known").start += 1;
        company.search(&mut tell, &[], 1);
        assert_eq!(company.gone.len(), 1);
        assert!(!company.returns(pid));
        end(missing);
        end(top);
    }
}
