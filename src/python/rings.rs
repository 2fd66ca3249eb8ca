//! All ring files of a run: found in the directory, read at each cut, given up when their process is
//! gone.
//!
//! The directory is looked through only when its time of change is another, and for a while after:
//! that time has the grain of the kernel's tick, so a second change may leave it as it was.

use super::process;
use super::ring::{Damaged, Fact, Found, Ring};
use crate::channel::clock;
use rustix::fs::{AtFlags, Mode, OFlags, openat, statat, unlinkat};
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

/// So long after a change the directory is looked through at each cut, in ns.
const GRAIN: u64 = 30_000_000;
/// So often it is looked whether a quiet ring's process is gone, in ns.
const GONE_EVERY: u64 = 200_000_000;
/// So many descriptors are left to the rest of mpviz.
const FDS_SPARED: u64 = 256;
/// So many rings are read at a time; later ones wait.
const RINGS_MAX: usize = 4000;

/// What was read of one ring at a cut.
pub(super) struct Reading {
    /// The ring's number, which no other has.
    pub(super) source: u32,
    pub(super) facts: Vec<Fact>,
    pub(super) lost: u64,
    /// How many of the facts come before the first that was lost.
    pub(super) whole: usize,
    pub(super) is_damaged: bool,
    /// Whether nothing more will come.
    pub(super) is_over: bool,
}

/// A ring, and what becomes of it.
pub(super) struct Source {
    pub(super) number: u32,
    pub(super) ring: Ring,
    name: String,
    is_damaged: bool,
    /// Whether its process became another image, which has a ring of its own.
    is_replaced: bool,
    looked: u64,
}

/// The rings of a directory.
pub(super) struct Rings {
    folder: Option<OwnedFd>,
    /// Names that are being read, or were no rings.
    known: BTreeSet<String>,
    sources: Vec<Source>,
    next_number: u32,
    changed: (i64, i64),
    changed_at: u64,
}

impl Rings {
    /// Takes up the directory; without one there are no rings.
    pub(super) fn open(folder: &Path) -> Rings {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Rings {
            folder: rustix::fs::open(folder, flags, Mode::empty()).ok(),
            known: BTreeSet::new(),
            sources: Vec::new(),
            next_number: 0,
            changed: (0, 0),
            changed_at: 0,
        }
    }

    /// Returns the rings that are read, by number.
    pub(super) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Reads all that is new, and forgets the rings of those who are gone. `now` is the monotonic
    /// clock, read before.
    pub(super) fn read(&mut self, now: u64, is_last: bool) -> Vec<Reading> {
        self.find(now);
        let mut readings = Vec::new();
        for source in &mut self.sources {
            // Asked first: what was written before its end is read then.
            let is_over = is_last || source.is_over(now);
            let mut facts = Vec::new();
            let found = match source.is_damaged {
                true => Ok(Found::default()),
                false => source.ring.read(now, is_over, &mut facts),
            };
            let is_damaged = found == Err(Damaged);
            source.is_damaged |= is_damaged;
            let Found { lost, whole } = found.unwrap_or_default();
            if !facts.is_empty() {
                source.looked = now;
            }
            if !facts.is_empty() || is_over || is_damaged || lost > 0 {
                readings.push(Reading {
                    source: source.number,
                    facts,
                    lost,
                    whole,
                    is_damaged,
                    is_over,
                });
            }
        }
        readings
    }

    /// Forgets rings of which nothing will come any more, and removes their files.
    pub(super) fn forget(&mut self, numbers: &[u32]) {
        let (folder, known) = (&self.folder, &mut self.known);
        self.sources.retain(|source| {
            let is_over = numbers.contains(&source.number);
            if is_over && let Some(folder) = folder {
                // Whoever made the directory removes what is left.
                let _ = unlinkat(folder, &source.name, AtFlags::empty());
                known.remove(&source.name);
            }
            !is_over
        });
    }

    fn find(&mut self, now: u64) {
        let Some(folder) = &self.folder else {
            return;
        };
        let Ok(stat) = rustix::fs::fstat(folder) else {
            return;
        };
        #[expect(
            clippy::useless_conversion,
            reason = "the types of times differ between machines"
        )]
        let changed = (
            i64::try_from(stat.st_mtime).unwrap_or(0),
            i64::try_from(stat.st_mtime_nsec).unwrap_or(0),
        );
        if changed != self.changed {
            self.changed = changed;
            self.changed_at = now;
        } else if now.saturating_sub(self.changed_at) > GRAIN {
            return;
        }
        let Ok(entries) = rustix::fs::Dir::read_from(folder) else {
            return;
        };
        let mut names = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name().to_str().unwrap_or("");
            let is_new = !name.starts_with('.') && !self.known.contains(name);
            if is_new && self.sources.len() + names.len() < RINGS_MAX {
                names.push(name.to_owned());
            }
        }
        names.sort_by_key(|name| birth_of(name));
        for name in names {
            self.take_up(name, now);
        }
    }

    fn take_up(&mut self, name: String, now: u64) {
        let Some(folder) = &self.folder else {
            return;
        };
        // Whatever stands there, it is not followed nor waited for.
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let is_plain = statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|stat| {
            rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::RegularFile
        });
        let file = match is_plain {
            true => openat(folder, &name, flags, Mode::empty()),
            false => Err(Errno::NOENT),
        };
        let is_short = match &file {
            Ok(file) => is_near_limit(file),
            Err(error) => matches!(*error, Errno::MFILE | Errno::NFILE),
        };
        if is_short {
            // Until descriptors are free again its process finds its ring full, and counts.
            self.changed_at = now;
            return;
        }
        let ring = file.ok().and_then(|file| Ring::open(File::from(file)));
        let pid = pid_of(&name);
        self.known.insert(name.clone());
        let Some(ring) = ring.filter(|ring| Some(ring.birth.pid) == pid) else {
            return;
        };
        for other in &mut self.sources {
            other.is_replaced |= other.ring.birth.pid == ring.birth.pid;
        }
        self.sources.push(Source {
            number: self.next_number,
            ring,
            name,
            is_damaged: false,
            is_replaced: false,
            looked: now,
        });
        self.next_number += 1;
    }
}

impl Source {
    /// Returns whether nobody writes any more.
    fn is_over(&mut self, now: u64) -> bool {
        if self.is_replaced {
            return true;
        }
        if now.saturating_sub(self.looked) < GONE_EVERY {
            return false;
        }
        self.looked = now;
        !may_write(self.ring.birth.pid)
    }
}

/// Returns whether so many descriptors are open that the rest is for others.
fn is_near_limit(fd: &OwnedFd) -> bool {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let number = u64::try_from(fd.as_raw_fd()).unwrap_or(u64::MAX);
    limit.is_some_and(|limit| number.saturating_add(FDS_SPARED.min(limit / 2)) > limit)
}

/// Returns whether a process may still write: a zombie can't.
fn may_write(pid: u32) -> bool {
    !matches!(process::start_of(pid), Ok(None))
}

fn pid_of(name: &str) -> Option<u32> {
    name.split_once('.')?.0.parse().ok()
}

fn birth_of(name: &str) -> u64 {
    let birth = name.split_once('.').and_then(|(_, t)| t.parse().ok());
    birth.unwrap_or(u64::MAX)
}

/// Returns the monotonic clock in ns.
pub(super) fn now() -> u64 {
    clock::monotonic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_may_write_whatever_it_is_called() {
        let named = std::thread::spawn(|| {
            // As the kernel cuts `a测试多进程.py`.
            let name = c"a\xe6\xb5\x8b\xe8\xaf\x95\xe5\xa4\x9a\xe8\xbf\x9b\xe7\xa8";
            rustix::thread::set_name(name).expect("a name");
            let me = rustix::thread::gettid().as_raw_nonzero();
            may_write(me.get().unsigned_abs())
        });
        assert!(named.join().expect("it ends"));
    }
}
