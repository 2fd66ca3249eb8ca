//! Who holds the ends of a foreign program's pipes, as the kernel says.
//!
//! The runtime tells of its own ends. A program that a subprocess became does not: it may close
//! its stdin early, or leave its stdout to a child. Its standard streams are known by their
//! place, so their pipes are known by their inodes, and the links in `/proc/PID/fd` tell who has
//! them. A pipe is never opened to look: an end held even for microseconds swallows an EPIPE or
//! delays an end of file.
//!
//! Of a program that the runtime has no part in, the pipes themselves are found so: one that two
//! of its processes share, both ends of it among them, or that one of them waits in and could itself
//! end the wait, is made an object here. Its number is in the order of finding. Those of a Python
//! program with its shim are told (`Link::Pipe`): by the links that both its ends have.

mod outside;

use self::outside::Outside;
use super::kernel;
use super::sampler::Watched;
use super::teller::Teller;
use crate::channel::Arena;
use crate::event::words::{Class, End, Part};
use crate::event::{ActorId, Kind, ObjectId, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::MetadataExt;

/// The pipes that are looked at.
#[derive(Default)]
pub(super) struct Ends {
    /// Which standard stream an object is.
    places: BTreeMap<ObjectId, u32>,
    pipes: BTreeMap<ObjectId, Pipe>,
    /// Who says nothing of its pipes.
    mute: BTreeSet<ActorId>,
    /// Who says which pipes it makes, but not who holds them.
    voiced: BTreeSet<ActorId>,
    /// The other link of a duplex pipe, whose first is the pipe's own.
    others: BTreeMap<ObjectId, String>,
    /// How many pipes were found.
    count: u32,
    /// Pipes that somebody was seen to wait in.
    waited: BTreeSet<String>,
    /// Where others than the program's processes may have an end: without a supervisor.
    outside: Option<Outside>,
}

/// Who has which end.
pub(super) type Holders = BTreeSet<(ActorId, End)>;

struct Pipe {
    /// Its link, such as `pipe:[4711]`.
    link: String,
    last: Option<Vec<(ActorId, End)>>,
    /// Whether it was told by its link: the end that the link is of, where it is duplex.
    told: Option<Told>,
}

/// What was told of a pipe.
#[derive(Clone, Copy)]
struct Told {
    end: Option<End>,
    /// How often it was looked for: it is told a moment before it is held, or after.
    looks: u32,
}

/// So often a pipe that was told is looked for, before nobody holds it any more.
const LOOKS: u32 = 8;
/// So many pipes are looked at, as far as they were told.
const TOLD_MAX: usize = 4096;

impl Ends {
    /// `has_outside` says whether others than the program's processes may hold an end.
    pub(super) fn new(has_outside: bool) -> Ends {
        Ends {
            outside: has_outside.then(Outside::default),
            ..Ends::default()
        }
    }

    /// Returns whether a process says nothing of what it does.
    pub(super) fn is_mute(&self, actor: ActorId) -> bool {
        self.mute.contains(&actor)
    }

    /// Returns the object that a link of a descriptor leads to. One that is none, and that somebody
    /// waits in, may become one.
    pub(super) fn waited_in(&mut self, link: &str) -> Option<ObjectId> {
        let pipe = self.pipes.iter().find(|(_, pipe)| pipe.link == link);
        if pipe.is_none() {
            self.waited.insert(link.to_owned());
        }
        pipe.map(|(&object, _)| object)
    }

    /// A process can't say which pipes it makes, or can from now on.
    pub(super) fn set_mute(&mut self, actor: ActorId, is_mute: bool) {
        if is_mute {
            self.mute.insert(actor);
        } else {
            self.mute.remove(&actor);
        }
    }

    /// An object was made that is a part of another.
    pub(super) fn made(&mut self, object: ObjectId, part: Part) {
        let place = match part {
            Part::Stdin => 0,
            Part::Stdout => 1,
            Part::Stderr => 2,
            _ => return,
        };
        self.places.insert(object, place);
    }

    /// A process was given an end of an object as one of its standard streams.
    pub(super) fn given(&mut self, object: ObjectId, pid: u32) {
        let Some(place) = self.places.get(&object) else {
            return;
        };
        let link = std::fs::read_link(format!("/proc/{pid}/fd/{place}"));
        let Some(link) = link.ok().and_then(|link| link.to_str().map(str::to_owned)) else {
            return;
        };
        if link.starts_with("pipe:") {
            self.pipes.insert(object, Pipe::new(link));
        }
    }

    /// A process tells which pipes it makes, by its shim.
    pub(super) fn set_voiced(&mut self, actor: ActorId) {
        self.mute.remove(&actor);
        self.voiced.insert(actor);
    }

    /// An object has a descriptor with this link; of a duplex pipe it is one end.
    pub(super) fn linked(&mut self, object: ObjectId, link: String, end: Option<End>) {
        // Whoever had that link has gone.
        self.pipes.retain(|_, pipe| pipe.link != link);
        self.others.retain(|_, other| *other != link);
        if self.pipes.len() >= TOLD_MAX {
            return;
        }
        if end == Some(End::B) && self.pipes.contains_key(&object) {
            self.others.insert(object, link);
            return;
        }
        let mut pipe = Pipe::new(link);
        pipe.told = Some(Told { end, looks: 0 });
        self.pipes.insert(object, pipe);
    }

    /// Looks who holds what, and tells what is another than the last time. What nobody holds any
    /// more is told once, and forgotten. Returns how much CPU time went into looking outside, in ns,
    /// which has a share of its own.
    pub(super) fn sample(
        &mut self,
        processes: &BTreeMap<u32, Watched>,
        arena: &Arena,
        tell: &mut Teller,
    ) -> u64 {
        if self.pipes.is_empty() && self.mute.is_empty() {
            return 0;
        }
        let mut found: BTreeMap<String, Holders> = BTreeMap::new();
        for (pid, watched) in processes {
            for (link, end) in ends_of(*pid) {
                found.entry(link).or_default().insert((watched.actor, end));
            }
        }
        for (link, holders) in &found {
            let is_known = self.pipes.values().any(|pipe| pipe.link == *link)
                || self.others.values().any(|other| other == link)
                || !link.starts_with("pipe:");
            let is_it = is_shared(holders) || (has_both(holders) && self.waited.contains(link));
            if !is_known && is_it && self.are_mute(holders) {
                self.discover(link, arena, tell);
            }
        }
        self.waited.clear();
        let mut cost = 0;
        if let Some(outside) = &mut self.outside {
            let links = self.pipes.values().map(|pipe| pipe.link.as_str());
            cost = outside.look(links.collect(), processes);
            for (link, holders) in &mut found {
                holders.extend(outside.holders(link));
            }
        }
        let others = &mut self.others;
        self.pipes.retain(|&object, pipe| {
            let holders = found.remove(&pipe.link).unwrap_or_default();
            let other = others.get(&object).and_then(|other| found.remove(other));
            let holders = pipe.ends(holders, other.unwrap_or_default());
            let is_ours = |&(who, _): &(ActorId, End)| who != ActorId::MPVIZ;
            let is_held = holders.iter().any(is_ours) || pipe.is_new();
            if pipe.last.as_ref() != Some(&holders) {
                pipe.last = Some(holders.clone());
                let kind = Kind::EndsSampled { object, holders };
                tell.say(ActorId::MPVIZ, None, kind);
            }
            if !is_held {
                others.remove(&object);
            }
            is_held
        });
        cost
    }

    /// Returns whether a pipe is one of which nobody says who made it. Pipes that only Pythons with
    /// their shim have are told, or are the library's own.
    fn are_mute(&self, holders: &Holders) -> bool {
        let is_mute = |(actor, _): &(ActorId, End)| self.mute.contains(actor);
        let is_voiced = |(actor, _): &(ActorId, End)| self.voiced.contains(actor);
        holders.iter().any(is_mute) && holders.iter().all(|who| is_mute(who) || is_voiced(who))
    }

    /// Makes an object of a pipe that nobody has spoken of.
    fn discover(&mut self, link: &str, arena: &Arena, tell: &mut Teller) {
        self.count += 1;
        let object = arena.control().next_object();
        let made = Kind::ObjectCreated {
            object,
            class: Class::Pipe,
            name: Text::from(format!("pipe {}", self.count)),
            part_of: None,
            part: None,
            maxsize: None,
            capacity: None,
        };
        tell.say(ActorId::MPVIZ, None, made);
        self.pipes.insert(object, Pipe::new(link.to_owned()));
    }
}

impl Pipe {
    fn new(link: String) -> Pipe {
        Pipe {
            link,
            last: None,
            told: None,
        }
    }

    /// Returns who has which end, of whom holds its link and of whom holds the other one.
    fn ends(&self, own: Holders, other: Holders) -> Vec<(ActorId, End)> {
        let Some(Told { end: Some(end), .. }) = self.told else {
            return own.into_iter().collect();
        };
        let opposite = if end == End::A { End::B } else { End::A };
        let own = own.into_iter().map(|(actor, _)| (actor, end));
        let other = other.into_iter().map(|(actor, _)| (actor, opposite));
        let ends: Holders = own.chain(other).collect();
        ends.into_iter().collect()
    }

    /// Returns whether it was told just now, and counts that it was looked for.
    fn is_new(&mut self) -> bool {
        self.told.as_mut().is_some_and(|told| {
            told.looks += 1;
            told.looks < LOOKS
        })
    }
}

/// Returns whether a pipe leads from one process to another. What comes from outside, and what
/// mpviz captures, has one end here; with what a process made for itself nobody waits for anybody.
fn is_shared(holders: &Holders) -> bool {
    let first = holders.first().map(|&(actor, _)| actor);
    let are_two = holders.iter().any(|&(actor, _)| Some(actor) != first);
    are_two && has_both(holders)
}

fn has_both(holders: &Holders) -> bool {
    let one_has = |wanted: End| holders.iter().any(|&(_, end)| end == wanted);
    one_has(End::Read) && one_has(End::Write)
}

/// Returns the links of a process's pipes, and which end each is: the link's own permissions say
/// for what it is open.
fn ends_of(pid: u32) -> Vec<(String, End)> {
    ends_told(pid).unwrap_or_default()
}

/// The same; an error where that is not told.
fn ends_told(pid: u32) -> io::Result<Vec<(String, End)>> {
    let ends = ends_in(&format!("/proc/{pid}"));
    if ends.as_ref().is_ok_and(|ends| !ends.is_empty()) {
        return ends;
    }
    // A main thread that has ended has none.
    kernel::other_folder(pid).map_or(ends, |folder| ends_in(&folder))
}

/// Returns the same of a process or a thread, by its folder in `/proc`.
fn ends_in(folder: &str) -> io::Result<Vec<(String, End)>> {
    let folder = std::fs::read_dir(format!("{folder}/fd"))?;
    let end_of = |entry: std::fs::DirEntry| {
        let link = std::fs::read_link(entry.path()).ok()?;
        let is_one = |link: &&str| link.starts_with("pipe:") || link.starts_with("socket:");
        let link = link.to_str().filter(is_one)?;
        let is_read = entry.path().symlink_metadata().ok()?.mode() & 0o400 != 0;
        let end = if is_read { End::Read } else { End::Write };
        Some((link.to_owned(), end))
    };
    Ok(folder.flatten().filter_map(end_of).collect())
}
