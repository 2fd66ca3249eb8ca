//! Plain files that a program names: read without waiting for anybody, and without a trace.
//!
//! The path of a source may be a pipe's, a terminal's or a device's by now, or may become one while it
//! is looked at. To open a pipe waits for its writer, or lets go one that waits for its reader.

use rustix::fs::{CWD, Mode, OFlags, openat};
use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::path::Path;

/// What stands below these is another file in each process: not what the program means.
const PROCESS_OWN: [&str; 3] = ["/dev/fd", "/proc/self", "/proc/thread-self"];

/// Returns the beginning of a plain file, at most so many bytes; `None` if it is none, or can't be
/// read.
pub(crate) fn read(path: &Path, bytes_max: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = open(path)?;
    file.take(bytes_max).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn open(path: &Path) -> Option<File> {
    if PROCESS_OWN.iter().any(|own| path.starts_with(own)) {
        return None;
    }
    // A path's descriptor says what stands there and opens nothing; by it the same file is opened,
    // whatever has come to stand there.
    let place = openat(CWD, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let place = File::from(place);
    if !place.metadata().ok()?.is_file() {
        return None;
    }
    let same = format!("/proc/self/fd/{}", place.as_raw_fd());
    // Some of /proc's plain files wait, too.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = openat(CWD, same, flags, Mode::empty()).ok()?;
    Some(File::from(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::OFlag;
    use nix::sys::stat::Mode as Rights;

    #[test]
    fn a_plain_file_is_read_as_far_as_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "some text").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(read(&path, 100).unwrap(), b"some text");
        assert_eq!(read(&link, 4).unwrap(), b"some");
        // The program has another file at that number.
        let file = File::open(&path).unwrap();
        let number = format!("/dev/fd/{}", file.as_raw_fd());
        assert_eq!(read(Path::new(&number), 100), None);
    }

    #[test]
    fn what_is_no_plain_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, Rights::S_IRWXU).unwrap();
        let loose = folder.path().join("loose");
        std::os::unix::fs::symlink("nowhere", &loose).unwrap();
        let none = ["/dev/zero", "/dev/tty", "/", "/no/such/file"].map(Path::new);
        for path in none.into_iter().chain([&*pipe, &*loose]) {
            assert_eq!(read(path, 100), None, "{}", path.display());
        }
        // Nor is it opened: a writer that looks for a reader finds none.
        let writer = OFlag::O_WRONLY | OFlag::O_NONBLOCK;
        let writer = nix::fcntl::open(&pipe, writer, Rights::empty());
        assert_eq!(writer.err(), Some(nix::errno::Errno::ENXIO));
    }
}
