//! The private directory of a run: the shim is unpacked into it, and Python writes into it what it
//! has to tell.
//!
//! ```text
//! shim/      first on PYTHONPATH
//! options    what is to be told beside the usual, as JSON
//! namespace  a link with the name of our namespace of pids: in another nothing is told
//! rings/     a ring for each process that tells something
//! log        long and rare facts, a line of JSON each
//! lesson/    a program that mpviz brings itself
//! lock       held by those who need the directory
//! ```
//!
//! It is gone after the run in every way. mpviz removes it once all is read; where mpviz is gone the
//! supervisor does, at its end; and where both were killed the next mpviz that makes one sweeps it
//! away.
//!
//! Invariant: nothing is removed but a directory of our own user with a name as they are given
//! here, whose owner (its pid and start are in the name) has ended, and which nobody holds. The
//! lock is for owners in another pid namespace and for supervisors that outlive mpviz.
//!
//! Not here: what is in the rings.

use super::compile::compile;
use super::interpreter;
use super::process;
use super::shim::{self, ShimFile};
use rustix::fs::{FlockOperation, flock, statvfs};
use rustix::io::Errno;
use serde::Serialize;
use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The variable that has Python find the shim.
pub const VARIABLE: &str = "PYTHONPATH";

/// A place with less room, in bytes, is taken only where none has more: a ring has up to 1 MiB.
const ROOM_WANTED: u64 = 16 << 20;

/// How many names are tried in a place: somebody may have taken the first.
const NAMES_MAX: u32 = 64;

/// How often it is tried to remove a directory that somebody still writes into.
const REMOVALS_MAX: u32 = 8;

/// What a program is to tell beside the usual.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Options {
    /// The values of messages, as a short `repr`.
    pub values: bool,
}

/// Why there is no directory, so that of Python nothing but the kernel's facts is seen.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// It can't be made in any place.
    #[error("cannot make a private directory in `{}`", place.display())]
    Make {
        /// The place that was tried first.
        place: PathBuf,
        /// Why not there.
        source: io::Error,
    },
    /// There is no place.
    #[error("there is no place for a private directory")]
    NoPlace,
}

/// The directory of one run. It is removed when this is dropped.
#[derive(Debug)]
pub struct Home {
    path: PathBuf,
    /// Held while the directory is needed.
    _lock: Option<File>,
    /// The Python that the shim was compiled for.
    python: OnceLock<PathBuf>,
}

impl Home {
    /// Makes the directory, with the shim and the options in it, in the first place that takes it:
    /// shared memory, the user's directory of the session, the one for temporary files. What runs
    /// of this user have left behind there is swept away.
    ///
    /// # Errors
    ///
    /// If no place takes it; the reason is the first one's.
    pub fn make(options: &Options) -> Result<Home, HomeError> {
        Home::make_in(&places(), shim::files(), options)
    }

    fn make_in(
        places: &[PathBuf],
        files: &[ShimFile],
        options: &Options,
    ) -> Result<Home, HomeError> {
        places.iter().for_each(|place| sweep(place));
        let (roomy, narrow): (Vec<_>, Vec<_>) = places.iter().partition(|place| has_room(place));
        let mut reason = None;
        for place in roomy.into_iter().chain(narrow) {
            match Home::make_at(place, files, options) {
                Ok(home) => return Ok(home),
                Err(source) => {
                    reason.get_or_insert(HomeError::Make {
                        place: place.clone(),
                        source,
                    });
                }
            }
        }
        Err(reason.unwrap_or(HomeError::NoPlace))
    }

    fn make_at(place: &Path, files: &[ShimFile], options: &Options) -> io::Result<Home> {
        let own = Owner::of_process(std::process::id());
        let own = own.ok_or_else(|| io::Error::from(Errno::SRCH))?;
        // From here on a failure removes what was made.
        let mut home = Home {
            path: make_folder(place, own)?,
            _lock: None,
            python: OnceLock::new(),
        };
        let folder = |name: &str| private().create(home.path.join(name));
        let lock = create(&home.path.join("lock"))?;
        flock(&lock, FlockOperation::NonBlockingLockShared)?;
        folder("shim")?;
        folder("rings")?;
        for file in files {
            let path = home.shim().join(file.path);
            if let Some(parent) = path.parent() {
                private().recursive(true).create(parent)?;
            }
            create(&path)?.write_all(file.text.as_bytes())?;
        }
        if let Ok(namespace) = std::fs::read_link("/proc/self/ns/pid") {
            symlink(namespace, home.path.join("namespace"))?;
        }
        let options = serde_json::to_vec(options)?;
        create(&home.path.join("options"))?.write_all(&options)?;
        home._lock = Some(lock);
        Ok(home)
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the folder that is to stand first on PYTHONPATH.
    pub fn shim(&self) -> PathBuf {
        shim_of(&self.path)
    }

    /// Returns the folder where rings appear.
    pub fn rings(&self) -> PathBuf {
        self.path.join("rings")
    }

    /// Returns the file of long and rare facts. It is there when the first was told.
    pub fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    /// Puts a program that mpviz brings into the directory; returns where it is.
    ///
    /// # Errors
    ///
    /// What the system says to it.
    pub fn put_lesson(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let folder = self.path.join("lesson");
        private().recursive(true).create(&folder)?;
        let path = folder.join(name);
        create(&path)?.write_all(text.as_bytes())?;
        Ok(path)
    }

    /// Compiles the shim beforehand for the Python that will run, if that can be told from the
    /// program. If that fails, the first Python does it: it starts a little later then.
    pub fn compile_for(&self, program: &OsStr) {
        let path = interpreter::search_path();
        // It is only for speed.
        let files = shim::files().iter().map(|file| self.shim().join(file.path));
        let python =
            interpreter::python_of(program, &path).and_then(|found| compile(&found, files).ok());
        if let Some(python) = python.filter(|python| python.is_absolute()) {
            // The first stays.
            let _ = self.python.set(python);
        }
    }

    /// Returns the Python that the shim was compiled for, as it calls itself: a wrapper that was
    /// found on the way is left out.
    pub fn python(&self) -> Option<&Path> {
        self.python.get().map(PathBuf::as_path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Returns the shim's folder in a run's directory.
fn shim_of(home: &Path) -> PathBuf {
    home.join("shim")
}

/// Returns the value of [`VARIABLE`] with the shim of a run's directory before what it is already.
pub fn search_path_with(home: &Path, before: Option<OsString>) -> OsString {
    let mut value = shim_of(home).into_os_string();
    // An empty one is none; after a colon it would be the current directory.
    if let Some(before) = before.filter(|before| !before.is_empty()) {
        value.push(":");
        value.push(before);
    }
    value
}

/// Holds a run's directory beside its owner; while what is returned lives, nobody sweeps it.
///
/// # Errors
///
/// What the system says to it.
pub fn hold(home: &Path) -> io::Result<File> {
    let lock = File::open(home.join("lock"))?;
    flock(&lock, FlockOperation::NonBlockingLockShared)?;
    Ok(lock)
}

/// Removes a run's directory, whose owner is gone. For the supervisor, at its end.
pub fn remove(home: &Path) {
    for _ in 0..REMOVALS_MAX {
        match std::fs::remove_dir_all(home) {
            // Somebody has made a file meanwhile.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            _ => return,
        }
    }
}

/// Returns the places for a directory, the best first.
fn places() -> Vec<PathBuf> {
    let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let session = session.filter(|path| path.is_absolute());
    let places = [
        Some(PathBuf::from("/dev/shm")),
        session,
        Some(std::env::temp_dir()),
    ];
    places.into_iter().flatten().collect()
}

fn has_room(place: &Path) -> bool {
    statvfs(place).is_ok_and(|stat| stat.f_bavail.saturating_mul(stat.f_frsize) >= ROOM_WANTED)
}

fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Makes a fresh folder; a name that is taken is left to whoever has it.
fn make_folder(place: &Path, own: Owner) -> io::Result<PathBuf> {
    let mut number = 0;
    loop {
        let path = place.join(own.name(number));
        match private().create(&path) {
            Ok(()) => {
                // An odd umask may have taken rights from us.
                std::fs::set_permissions(&path, Permissions::from_mode(0o700))?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < NAMES_MAX => {
                number += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The process that a directory belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Owner {
    pid: u32,
    /// When it started, in clock ticks since the machine did.
    start: u64,
}

impl Owner {
    /// Returns a process as an owner; `None` if it has ended, or can't be asked.
    fn of_process(pid: u32) -> Option<Owner> {
        let start = process::start_of(pid).ok().flatten()?;
        Some(Owner { pid, start })
    }

    /// Returns the name of its directory with this number.
    fn name(self, number: u32) -> String {
        format!("mpviz-{}-{}-{number}", self.pid, self.start)
    }

    /// Reads the name of a directory.
    fn of_name(name: &OsStr) -> Option<Owner> {
        let name = name.to_str()?;
        let mut numbers = name.strip_prefix("mpviz-")?.split('-');
        let owner = Owner {
            pid: numbers.next()?.parse().ok()?,
            start: numbers.next()?.parse().ok()?,
        };
        let number = numbers.next()?.parse().ok()?;
        // Written otherwise, it is not ours.
        (owner.name(number) == name).then_some(owner)
    }

    /// Returns whether it has not ended, as far as that can be told.
    fn may_live(self) -> bool {
        process::start_of(self.pid).map_or(true, |start| start == Some(self.start))
    }
}

/// Removes what runs of this user have left in a place.
fn sweep(place: &Path) {
    let own_uid = rustix::process::geteuid().as_raw();
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_left = Owner::of_name(&entry.file_name()).is_some_and(|owner| !owner.may_live());
        let is_ours = |path: &Path| {
            let data = path.symlink_metadata();
            data.is_ok_and(|data| data.is_dir() && data.uid() == own_uid)
        };
        if is_left && is_ours(&path) && !is_held(&path) {
            remove(&path);
        }
    }
}

/// Returns whether somebody needs a directory, or that can't be told.
fn is_held(home: &Path) -> bool {
    let lock = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(home.join("lock"));
    match lock {
        Ok(lock) => flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests;
