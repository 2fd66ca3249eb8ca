//! The program of `mpviz run`: whether it can be run, before a screen is opened for it.

use super::error::CliError;
use rustix::fs::{Access, access};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Where programs are looked for if nobody says so, as `execvp` has it.
const USUAL_PATH: &str = "/bin:/usr/bin";

/// Checks that a program is there and may be run, as a shell looks for it.
///
/// # Errors
///
/// [`CliError::Program`] with the system's word.
pub(super) fn check(program: &OsStr) -> Result<(), CliError> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| USUAL_PATH.into());
    find(program, &path).map_err(|source| CliError::Program {
        path: program.into(),
        source,
    })
}

fn find(program: &OsStr, path: &OsStr) -> io::Result<()> {
    if program.is_empty() {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    if program.as_bytes().contains(&b'/') {
        return try_one(Path::new(program));
    }
    let mut reason = io::Error::from_raw_os_error(libc::ENOENT);
    for folder in std::env::split_paths(path) {
        match try_one(&folder.join(program)) {
            Ok(()) => return Ok(()),
            // One that may not be run is passed over, but tells more than none.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => reason = error,
            Err(_) => {}
        }
    }
    Err(reason)
}

fn try_one(path: &Path) -> io::Result<()> {
    let is_file = path.metadata()?.is_file();
    access(path, Access::EXEC_OK)?;
    if is_file {
        Ok(())
    } else {
        // What `execve` says of a folder.
        Err(io::Error::from_raw_os_error(libc::EACCES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_as_a_shell_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("plain"), "").unwrap();
        let path = std::env::join_paths([folder.path(), Path::new("/bin")]).unwrap();
        let errno = |program: &str| {
            let found = find(OsStr::new(program), &path);
            found.err().and_then(|error| error.raw_os_error())
        };
        let plain = folder.path().join("plain").display().to_string();
        for (program, expected) in [
            ("sh", None),
            ("/bin/sh", None),
            ("", Some(libc::ENOENT)),
            ("no-such-program", Some(libc::ENOENT)),
            ("/no/such/program", Some(libc::ENOENT)),
            ("/etc/passwd/x", Some(libc::ENOTDIR)),
            ("plain", Some(libc::EACCES)),
            (&plain, Some(libc::EACCES)),
            ("/", Some(libc::EACCES)),
        ] {
            assert_eq!(errno(program), expected, "{program}");
        }
    }
}
