//! The company of a program that mpviz is attached to: who lives below a process.
//!
//! It is nobody's but its own. Whoever was below it stays one of its processes when another adopts
//! it, so the search begins at the process itself, at those that were adopted outside, and goes
//! down. A pid may be another's before that is noticed, so it is looked when each started.

use super::{Company, GONE_AFTER, Member, exec};
use crate::channel::Arena;
use crate::event::{ActorId, Kind};
use crate::stage::control::Reaped;
use crate::stage::kernel::{self, Stat};
use crate::stage::teller::Teller;
use crate::stage::tree;
use std::collections::BTreeSet;

/// Where the search begins, and what it found.
pub(super) struct Tree {
    /// The process itself, and those that were adopted by others outside.
    tops: BTreeSet<u32>,
    /// Who is new since that was asked.
    fresh: Vec<Fresh>,
    /// Since when nobody lives any more.
    empty: Option<u64>,
}

/// A process that was found.
pub(in crate::stage) struct Fresh {
    pub(in crate::stage) pid: u32,
    pub(in crate::stage) actor: ActorId,
    /// When it started, in clock ticks since the machine did.
    pub(in crate::stage) start: u64,
}

impl Company {
    /// Returns the company of a process that started at `start`. Nobody is told of yet.
    pub(in crate::stage) fn attached(arena: Arena, pid: u32, start: u64) -> Company {
        let mut company = Company::empty(arena, None, 0);
        company.is_searching = true;
        let mut top = Member::new(ActorId::MPVIZ, ActorId::MPVIZ, true);
        top.start = start;
        company.members.insert(pid, top);
        company.tree = Some(Tree {
            tops: BTreeSet::from([pid]),
            fresh: Vec::new(),
            empty: None,
        });
        company
    }

    /// Returns who was found since this was asked last.
    pub(in crate::stage) fn take_fresh(&mut self) -> Vec<Fresh> {
        let tree = self.tree.as_mut();
        tree.map_or_else(Vec::new, |tree| std::mem::take(&mut tree.fresh))
    }

    /// A process has ended, or it can't be seen when it will.
    pub(in crate::stage) fn ended(&mut self, pid: u32) {
        if let Some(member) = self.members.get_mut(&pid) {
            member.has_ended = true;
        }
        self.pace.hurry();
    }

    /// Returns whether nobody has lived for so long that it is known who was reaped.
    pub(in crate::stage) fn is_over(&mut self, now: u64) -> bool {
        let lives = self.members.values().any(|member| !member.has_ended);
        let Some(tree) = &mut self.tree else {
            return false;
        };
        if lives {
            tree.empty = None;
            return false;
        }
        now.saturating_sub(*tree.empty.get_or_insert(now)) >= 2 * GONE_AFTER
    }

    /// Nobody is watched any more. Returns who is gone of whom that was not said yet.
    pub(in crate::stage) fn close_gone(&mut self) -> Vec<Reaped> {
        let gone = self.gone.drain(..).map(|(_, _, member)| member);
        let reaped = |Member { actor, parent, .. }: Member| Reaped {
            child: actor,
            parent,
        };
        gone.map(reaped).collect()
    }

    /// Looks who is there, who was adopted, and who is gone.
    pub(super) fn search_tree(&mut self, tell: &mut Teller, now: u64) {
        let tops = self.tree.as_ref().map(|tree| tree.tops.clone());
        let mut seen = BTreeSet::new();
        for top in tops.unwrap_or_default() {
            self.see_top(tell, top, now, &mut seen);
        }
        // Who is no child of anybody here any more was adopted by somebody outside, or is gone.
        while let Some(pid) = self.adopted_outside(tell, &seen) {
            self.see_top(tell, pid, now, &mut seen);
        }
        let left = self.take_left(|pid| seen.contains(pid));
        if let Some(tree) = &mut self.tree {
            tree.tops.retain(|pid| self.members.contains_key(pid));
        }
        let left = left.into_iter();
        let told = left.filter(|(_, left)| left.actor != ActorId::MPVIZ);
        self.gone.extend(told.map(|(pid, left)| (now, pid, left)));
    }

    /// Sees one whose parent is not one of the program, and all below it.
    fn see_top(&mut self, tell: &mut Teller, pid: u32, now: u64, seen: &mut BTreeSet<u32>) {
        let Some(stat) = kernel::stat(pid) else {
            return;
        };
        let Some(member) = self.members.get_mut(&pid) else {
            return;
        };
        if member.start != stat.start {
            return;
        }
        if member.actor == ActorId::MPVIZ {
            // The process itself, which nobody has spoken of yet.
            self.greet(tell, pid, None, stat.start);
        } else {
            member.has_ended |= stat.is_dead();
            member.look(tell, pid, now);
        }
        seen.insert(pid);
        let mut parents = vec![pid];
        while let Some(parent) = parents.pop() {
            for pid in tree::children_of(parent) {
                let has_room = seen.len() < self.arena.slot_count();
                let is_to_see = has_room || self.members.contains_key(&pid);
                if is_to_see && !seen.contains(&pid) && self.see_child(tell, pid, parent, now) {
                    seen.insert(pid);
                    parents.push(pid);
                }
            }
        }
    }

    /// Sees a child of one of the program; returns whether it is there.
    fn see_child(&mut self, tell: &mut Teller, pid: u32, parent: u32, now: u64) -> bool {
        let Some(above) = self.members.get(&parent).map(|member| member.actor) else {
            return false;
        };
        if let Some(member) = self.members.get_mut(&pid) {
            if !member.has_ended && member.is_watched {
                if member.below != Some(parent) {
                    member.below = Some(parent);
                    member.parent = above;
                    tell.say(member.actor, Some(ActorId::MPVIZ), adopted(above, parent));
                }
                member.look(tell, pid, now);
                return true;
            }
            let stat = kernel::stat(pid);
            if let Some(stat) = stat.filter(|stat| stat.start == member.start) {
                member.has_ended |= stat.is_dead();
                return true;
            }
            let left = self.members.remove(&pid);
            self.gone.extend(left.map(|left| (now, pid, left)));
        }
        if self.returns(pid) {
            return self.see_child(tell, pid, parent, now);
        }
        let stat = kernel::stat(pid).filter(|stat| stat.parent == parent);
        if let Some(stat) = &stat {
            self.greet(tell, pid, Some(parent), stat.start);
            self.pace.found();
        }
        stat.is_some()
    }

    /// Makes an actor for a process, and says that it lives.
    fn greet(&mut self, tell: &mut Teller, pid: u32, below: Option<u32>, start: u64) {
        let above = below.and_then(|parent| self.members.get(&parent));
        let parent = above.map_or(ActorId::MPVIZ, |above| above.actor);
        let argv = kernel::arguments(pid);
        let name = kernel::name_of(pid, &argv);
        let actor = self.arena.control().next_actor();
        let by = Some(ActorId::MPVIZ);
        tell.say(actor, by, Kind::ProcessStarted { pid, parent, name });
        // One with its parent's arguments is a fork of it so far.
        if !argv.is_empty() && above.is_none_or(|above| above.argv != argv) {
            tell.say(actor, by, exec(argv.clone()));
        }
        let mut member = Member::new(actor, parent, true);
        (member.argv, member.below, member.start) = (argv, below, start);
        self.members.insert(pid, member);
        if let Some(tree) = &mut self.tree {
            tree.fresh.push(Fresh { pid, actor, start });
        }
    }

    /// A process can't be watched: that it ends is seen by its disappearing.
    pub(in crate::stage) fn unwatched(&mut self, pid: u32) {
        if let Some(member) = self.members.get_mut(&pid) {
            member.is_watched = false;
        }
    }

    /// Finds one that lives and was not seen below anybody, and says who has adopted it.
    fn adopted_outside(&mut self, tell: &mut Teller, seen: &BTreeSet<u32>) -> Option<u32> {
        let unseen = self.members.iter_mut().filter(|(pid, member)| {
            !seen.contains(pid) && member.actor != ActorId::MPVIZ && !member.is_outside
        });
        for (&pid, member) in unseen {
            let stat = kernel::stat(pid).filter(|stat| stat.start == member.start);
            // Who has moved to another of the program is seen there next time.
            let has_moved =
                |stat: &Stat| member.below != Some(stat.parent) && !seen.contains(&stat.parent);
            let Some(stat) = stat.filter(has_moved) else {
                continue;
            };
            member.is_outside = true;
            member.below = None;
            member.parent = ActorId::MPVIZ;
            let kind = adopted(ActorId::MPVIZ, stat.parent);
            tell.say(member.actor, Some(ActorId::MPVIZ), kind);
            if let Some(tree) = &mut self.tree {
                tree.tops.insert(pid);
            }
            return Some(pid);
        }
        None
    }
}

fn adopted(adopter: ActorId, ppid: u32) -> Kind {
    Kind::ProcessAdopted {
        adopter,
        ppid,
        since: None,
    }
}
