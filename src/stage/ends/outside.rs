//! Who else holds an end of a program's pipes: of one that mpviz is attached to, others may.
//!
//! That takes a look at every process of the machine, so it is rare and bounded. Until it was done
//! anybody may hold an end, and so it is as long as somebody near can't be looked into: who stands
//! above the program, or is of one of its sessions, and belongs to another user.
//! Invariant: looking takes less than 0.2 % of a core.

use super::{Holders, ends_told};
use crate::channel::clock;
use crate::event::ActorId;
use crate::event::words::End;
use crate::stage::kernel::Stat;
use crate::stage::sampler::Watched;
use crate::stage::tree;
use std::collections::{BTreeMap, BTreeSet};

/// How often it is looked again whether somebody outside still has an end, in ns.
const EVERY: u64 = 5_000_000_000;
/// The time between two looks, in times of what a look costs.
const SHARE: u64 = 500;
/// No process stands deeper.
const DEPTH_MAX: usize = 4096;

/// What is known of others.
#[derive(Default)]
pub(super) struct Outside {
    /// The pipes that were looked for, and who outside has which ends.
    known: BTreeMap<String, BTreeSet<End>>,
    /// When the next look may be, and when it is to be in any case where somebody has an end.
    rested: u64,
    again: u64,
}

impl Outside {
    /// Looks for pipes of which nothing is known, if it is time. Returns the CPU time that this
    /// took, in ns.
    pub(super) fn look(&mut self, links: Vec<&str>, processes: &BTreeMap<u32, Watched>) -> u64 {
        self.known.retain(|link, _| links.contains(&link.as_str()));
        let now = clock::monotonic();
        let is_new = links.iter().any(|&link| !self.known.contains_key(link));
        let is_old = now >= self.again && self.known.values().any(|ends| !ends.is_empty());
        if now < self.rested || !(is_new || is_old) {
            return 0;
        }
        let before = clock::thread_cpu();
        let ends = look_at_others(&links, processes);
        let none = |link: &&str| ((*link).to_owned(), BTreeSet::new());
        self.known = links.iter().map(none).collect();
        for (link, ends) in ends {
            self.known.entry(link).or_default().extend(ends);
        }
        let cost = clock::thread_cpu().saturating_sub(before);
        let now = clock::monotonic();
        self.rested = now + cost.saturating_mul(SHARE);
        self.again = now + EVERY;
        cost
    }

    /// Returns which ends somebody outside has, or may have.
    pub(super) fn holders(&self, link: &str) -> Holders {
        let may_be = BTreeSet::from([End::Read, End::Write]);
        let ends = self.known.get(link).unwrap_or(&may_be);
        ends.iter().map(|&end| (ActorId::MPVIZ, end)).collect()
    }
}

/// Returns which ends of the pipes the machine's other processes have, or may have.
fn look_at_others(
    links: &[&str],
    processes: &BTreeMap<u32, Watched>,
) -> BTreeMap<String, BTreeSet<End>> {
    let all: BTreeMap<u32, Stat> = tree::all().into_iter().map(|p| (p.pid, p)).collect();
    let ours = processes.keys().filter_map(|pid| all.get(pid));
    let sessions: BTreeSet<u32> = ours.clone().map(|process| process.session).collect();
    let mut above = BTreeSet::new();
    for process in ours {
        let mut parent = process.parent;
        for _ in 0..DEPTH_MAX {
            if !above.insert(parent) {
                break;
            }
            match all.get(&parent) {
                Some(process) => parent = process.parent,
                None => break,
            }
        }
    }
    let mut found: BTreeMap<String, BTreeSet<End>> = BTreeMap::new();
    let others = all.values().filter(|process| {
        !processes.contains_key(&process.pid) && !process.is_kernel && !process.is_dead()
    });
    for process in others {
        match ends_told(process.pid) {
            Ok(ends) => {
                let known = |(link, _): &(String, End)| links.contains(&link.as_str());
                for (link, end) in ends.into_iter().filter(known) {
                    found.entry(link).or_default().insert(end);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                if above.contains(&process.pid) || sessions.contains(&process.session) {
                    for &link in links {
                        let ends = found.entry(link.to_owned()).or_default();
                        ends.extend([End::Read, End::Write]);
                    }
                }
            }
            // It is gone.
            Err(_) => {}
        }
    }
    found
}
