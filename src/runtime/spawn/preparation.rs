//! What a spawned process is prepared with: who it is, what it runs, what it was handed.
//!
//! It stands in a memory file whose descriptor the child inherits: the preparation, then the
//! arguments up to the end. Not in a pipe, as CPython has it: there the parent must write after the
//! child has started and waits for it while the arguments are larger than the pipe, and a child
//! that dies early leaves it with a broken one.
//!
//! A variable of the environment names the descriptor and the file's number. The variable stays in
//! the environment of whatever the child starts in its turn; but nobody else has that file under
//! that descriptor, so it means nothing there.

use crate::runtime::error::{Error, Result};
use crate::runtime::process::Parentage;
use crate::runtime::sys;
use rustix::fs::MemfdFlags;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;

/// The environment variable that makes the program a spawned process.
pub(in crate::runtime) const VARIABLE: &str = "MPVIZ_SPAWNED";

/// What a spawned process is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Preparation {
    /// The registered name of what it runs.
    pub(super) target: String,
    pub(super) parentage: Parentage,
    /// The descriptors that were handed over, by their numbers in the process.
    pub(super) descriptors: Vec<RawFd>,
}

/// A preparation as a spawned process has found it.
pub(super) struct Found {
    pub(super) preparation: Preparation,
    pub(super) arguments: Vec<u8>,
    pub(super) handed: Vec<OwnedFd>,
}

impl Preparation {
    /// Writes it and the arguments into a memory file.
    pub(super) fn write(&self, arguments: &[u8]) -> io::Result<OwnedFd> {
        let head = postcard::to_allocvec(self).map_err(io::Error::other)?;
        let mut file = File::from(rustix::fs::memfd_create(
            c"mpviz-spawn",
            MemfdFlags::CLOEXEC,
        )?);
        file.write_all(&head)?;
        file.write_all(arguments)?;
        file.rewind()?;
        Ok(file.into())
    }
}

/// Returns the variable and its value for a child that inherits this file.
pub(super) fn word(file: &OwnedFd) -> Result<(&'static str, String)> {
    let stat = rustix::fs::fstat(file)
        .map_err(|error| Error::system("cannot look at a memory file", error))?;
    let number = number_of(stat.st_dev, stat.st_ino);
    Ok((VARIABLE, format!("{}:{number}", file.as_raw_fd())))
}

fn number_of(device: u64, inode: u64) -> String {
    format!("{device}.{inode}")
}

/// Returns what this process was prepared with; `None` if it is no spawned one. What is wrong with
/// it ends the process.
pub(super) fn found() -> Option<io::Result<Found>> {
    let value = std::env::var_os(VARIABLE)?;
    let (fd, number) = parse(&value)?;
    // Somebody else's descriptor, or none: then the variable was inherited, and is not for us.
    let file = std::fs::metadata(format!("/proc/self/fd/{fd}")).ok()?;
    if number_of(file.dev(), file.ino()) != number {
        return None;
    }
    let file = sys::own(fd).ok()?;
    Some(read(file.into()))
}

fn parse(value: &OsStr) -> Option<(RawFd, &str)> {
    let (fd, number) = value.to_str()?.split_once(':')?;
    Some((fd.parse().ok()?, number))
}

fn read(mut file: File) -> io::Result<Found> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let (preparation, arguments) = decode(&bytes, file.as_raw_fd())?;
    let handed = preparation.descriptors.iter().map(|&fd| sys::own(fd));
    let handed = handed.collect::<io::Result<_>>()?;
    let arguments = arguments.to_vec();
    Ok(Found {
        preparation,
        arguments,
        handed,
    })
}

/// Reads a memory file's bytes; `file` is its own descriptor. Each descriptor is somebody's alone,
/// so none is named twice, and none is the file's or a standard stream.
fn decode(bytes: &[u8], file: RawFd) -> io::Result<(Preparation, &[u8])> {
    let (preparation, arguments): (Preparation, _) =
        postcard::take_from_bytes(bytes).map_err(io::Error::other)?;
    for (at, &fd) in preparation.descriptors.iter().enumerate() {
        if fd <= libc::STDERR_FILENO || fd == file || preparation.descriptors[..at].contains(&fd) {
            return Err(io::Error::other(format!(
                "descriptor {fd} can't have been handed over"
            )));
        }
    }
    Ok((preparation, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::words::Method;
    use crate::event::{ActorId, Text};
    use crate::runtime::fork::ForkSpec;

    #[test]
    fn a_variable_is_a_descriptor_and_a_file() {
        assert_eq!(parse(OsStr::new("7:1.2")), Some((7, "1.2")));
        for wrong in ["", "7", "seven:1.2"] {
            assert_eq!(parse(OsStr::new(wrong)), None, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_nobody_wrote_is_an_error_or_hands_over_each_descriptor_once(
            target in ".{0,8}",
            descriptors in proptest::collection::vec(-1..9, 0..4),
            flips in proptest::collection::vec((0usize..200, proptest::num::u8::ANY), 0..6),
            cut in 0usize..200,
        ) {
            let spec = ForkSpec {
                actor: ActorId(7),
                name: Text::from("child"),
                numbers: vec![1, 2],
                method: Method::Spawn,
                daemon: true,
            };
            let preparation = Preparation { target, parentage: Parentage::of_child(&spec), descriptors };
            let mut bytes = postcard::to_allocvec(&preparation).expect("bytes");
            bytes.extend_from_slice(b"arguments");
            bytes.truncate(cut);
            for (at, byte) in flips {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            if let Ok((found, arguments)) = decode(&bytes, 5) {
                proptest::prop_assert!(arguments.len() <= bytes.len());
                let mut owned: Vec<_> = found.descriptors.clone();
                owned.sort_unstable();
                owned.dedup();
                proptest::prop_assert_eq!(owned.len(), found.descriptors.len());
                proptest::prop_assert!(owned.iter().all(|&fd| fd > 2 && fd != 5));
            }
        }
    }
}
