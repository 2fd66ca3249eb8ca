//! A file that appears whole or not at all.
//!
//! It is written without a name and gets one when it is whole; where the file system has no files
//! without a name, under a name of its own beside it. What is no file (a device, a pipe) is written
//! as it is.

use crate::cli::error::CliError;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Replace {
    /// If somebody at a terminal says yes.
    IfAsked,
    /// Without asking.
    Yes,
}

/// Checks that a file can be written, before there is work for it.
pub(in crate::cli) fn check(path: &Path, replace: Replace) -> Result<(), CliError> {
    let fail = |source: io::Error| CliError::Write {
        path: path.to_owned(),
        source,
    };
    match fs::metadata(path) {
        Ok(known) if known.is_dir() => Err(fail(io::Error::from_raw_os_error(libc::EISDIR))),
        Ok(known) if known.is_file() && replace == Replace::IfAsked && !is_wanted(path) => {
            Err(CliError::Exists {
                path: path.to_owned(),
            })
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Nothing is left of it, and where it can't be made it is said now.
            WholeFile::create(path).map(drop).map_err(fail)
        }
        Err(error) => Err(fail(error)),
    }
}

/// Asks whether a file is to be replaced, if there is somebody to ask.
fn is_wanted(path: &Path) -> bool {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    let mut answer = String::new();
    let _ = write!(
        io::stderr(),
        "`{}` is there: replace it? [y/N] ",
        path.display()
    );
    let is_read = io::stdin().read_line(&mut answer).is_ok();
    is_read && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Writes a file whole or not at all.
pub(in crate::cli) fn write(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let written = || {
        let mut file = WholeFile::create(path)?;
        fill(&mut file.out)?;
        file.finish()
    };
    written().map_err(|source| CliError::Write {
        path: path.to_owned(),
        source,
    })
}

/// A file that is not there yet.
struct WholeFile {
    out: BufWriter<File>,
    /// Where it is to be.
    path: PathBuf,
    state: State,
}

/// Where what was written stands.
#[derive(PartialEq)]
enum State {
    /// Nowhere: it has no name.
    Nameless,
    /// Beside where it is to be.
    Beside(PathBuf),
    /// In its place.
    There,
}

impl WholeFile {
    fn create(path: &Path) -> io::Result<WholeFile> {
        // A link stays one: what it points to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let is_special = fs::metadata(&path).is_ok_and(|known| !known.is_file());
        let (file, state) = if is_special {
            (File::options().write(true).open(&path)?, State::There)
        } else {
            match nameless(&path) {
                Ok(file) => (file, State::Nameless),
                Err(_) => {
                    let beside = beside(&path);
                    let file = File::options().write(true).create_new(true).open(&beside)?;
                    (file, State::Beside(beside))
                }
            }
        };
        Ok(WholeFile {
            out: BufWriter::with_capacity(1 << 16, file),
            path,
            state,
        })
    }

    /// Puts it in its place.
    fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        if self.state == State::Nameless {
            // A name can be given, but not another's: so it gets one of its own first.
            let beside = beside(&self.path);
            let link = format!("/proc/self/fd/{}", self.out.get_ref().as_raw_fd());
            linkat(CWD, link, CWD, &beside, AtFlags::SYMLINK_FOLLOW)?;
            self.state = State::Beside(beside);
        }
        if let State::Beside(beside) = &self.state {
            fs::rename(beside, &self.path)?;
            self.state = State::There;
        }
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let State::Beside(beside) = &self.state {
            // Nothing half done is left behind.
            let _ = fs::remove_file(beside);
        }
    }
}

/// Opens a file without a name in the folder of a path.
fn nameless(path: &Path) -> io::Result<File> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = openat(CWD, folder, flags, Mode::from_raw_mode(0o666))?;
    Ok(file.into())
}

/// Returns a name beside a path that nobody else has.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.half", std::process::id()))
}
