//! Who holds the ends of a foreign program's pipes, as the kernel says.
//!
//! The runtime tells of its own ends. A program that a subprocess became does not: it may close
//! its stdin early, or leave its stdout to a child. Its standard streams are known by their
//! place, so their pipes are known by their inodes, and the links in `/proc/PID/fd` tell who has
//! them. A pipe is never opened to look: an end held even for microseconds swallows an EPIPE or
//! delays an end of file.

use super::sampler::Watched;
use super::teller::Teller;
use crate::event::words::{End, Part};
use crate::event::{ActorId, Kind, ObjectId};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

/// The pipes that are looked at.
#[derive(Default)]
pub(super) struct Ends {
    /// Which standard stream an object is.
    places: BTreeMap<ObjectId, u32>,
    pipes: BTreeMap<ObjectId, Pipe>,
}

struct Pipe {
    /// Its link, such as `pipe:[4711]`.
    link: String,
    last: Option<Vec<(ActorId, End)>>,
}

impl Ends {
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
            self.pipes.insert(object, Pipe { link, last: None });
        }
    }

    /// Looks who holds what, and tells what is another than the last time. What nobody holds any
    /// more is told once, and forgotten.
    pub(super) fn sample(&mut self, processes: &BTreeMap<u32, Watched>, tell: &mut Teller) {
        if self.pipes.is_empty() {
            return;
        }
        let mut found: BTreeMap<ObjectId, Vec<(ActorId, End)>> = BTreeMap::new();
        for (pid, watched) in processes {
            for (link, end) in ends_of(*pid) {
                let object = self.pipes.iter().find(|(_, pipe)| pipe.link == link);
                if let Some((&object, _)) = object {
                    found.entry(object).or_default().push((watched.actor, end));
                }
            }
        }
        self.pipes.retain(|&object, pipe| {
            let mut holders = found.remove(&object).unwrap_or_default();
            holders.sort_unstable();
            holders.dedup();
            let is_held = !holders.is_empty();
            if pipe.last.as_ref() != Some(&holders) {
                pipe.last = Some(holders.clone());
                let kind = Kind::EndsSampled { object, holders };
                tell.say(ActorId::MPVIZ, None, kind);
            }
            is_held
        });
    }
}

/// Returns the links of a process's pipes, and which end each is: the link's own permissions say
/// for what it is open.
fn ends_of(pid: u32) -> Vec<(String, End)> {
    let Ok(folder) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    let end_of = |entry: std::fs::DirEntry| {
        let link = std::fs::read_link(entry.path()).ok()?;
        let link = link.to_str().filter(|link| link.starts_with("pipe:"))?;
        let is_read = entry.path().symlink_metadata().ok()?.mode() & 0o400 != 0;
        let end = if is_read { End::Read } else { End::Write };
        Some((link.to_owned(), end))
    };
    folder.flatten().filter_map(end_of).collect()
}
