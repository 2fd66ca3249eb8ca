//! The program of `mpviz run`: whether it can be run, before a screen is opened for it.

use super::error::CliError;
use crate::app::piece::{Foreign, Stdin};
use crate::python::interpreter::{self, Line};
use rustix::fs::{Access, access};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// How deep a `#!` line may name a script that has one itself, as the kernel has it.
const DEPTH_MAX: usize = 5;

/// Checks that a program is there and may be run, as a shell looks for it, that what its `#!` line
/// asks for is there, and that what it reads is.
///
/// # Errors
///
/// [`CliError::Program`], [`CliError::Interpreter`] or [`CliError::Open`], with the system's word.
pub(super) fn check(foreign: &Foreign) -> Result<(), CliError> {
    let program = foreign.argv.first().map_or(OsStr::new(""), |word| word);
    check_in(program, &interpreter::search_path())?;
    match &foreign.stdin {
        Stdin::File(path) => may_read(path).map_err(|source| CliError::Open {
            path: path.clone(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Checks without opening it: a pipe would lose its reader.
fn may_read(path: &Path) -> io::Result<()> {
    access(path, Access::READ_OK)?;
    match path.is_dir() {
        true => Err(io::ErrorKind::IsADirectory.into()),
        false => Ok(()),
    }
}

fn check_in(program: &OsStr, path: &OsStr) -> Result<(), CliError> {
    let found = interpreter::find(program, path).map_err(|source| CliError::Program {
        path: program.into(),
        source,
    })?;
    let mut script = found;
    for _ in 0..DEPTH_MAX {
        let Some(line) = interpreter::line_of(&script) else {
            return Ok(());
        };
        match asked_for(&line, path) {
            Ok(asked) => script = asked,
            Err((interpreter, source)) => {
                return Err(CliError::Interpreter {
                    path: script,
                    interpreter,
                    source,
                });
            }
        }
    }
    Ok(())
}

/// Finds what a `#!` line asks for. The kernel looks for it by its path, from here; `env` as a shell
/// does.
fn asked_for(line: &Line, path: &OsStr) -> Result<PathBuf, (PathBuf, io::Error)> {
    let direct = Path::new("./").join(&line.interpreter);
    let interpreter = interpreter::find(direct.as_os_str(), path)
        .map_err(|error| (line.interpreter.clone(), error))?;
    match line.asks_env() {
        Some(name) => interpreter::find(&name, path).map_err(|error| (PathBuf::from(&name), error)),
        None => Ok(interpreter),
    }
}

/// Returns what to do about a program that can't be run.
pub(super) fn hint(program: &Path, source: &io::Error) -> Option<String> {
    let text = program.display();
    let is_python = program.extension().is_some_and(|ending| ending == "py");
    let is_here = program.is_file();
    match source.kind() {
        io::ErrorKind::PermissionDenied if is_python && is_here => Some(format!(
            "it is no program by itself: `mpviz run -- python3 {text}`"
        )),
        io::ErrorKind::NotFound if is_python && is_here => Some(format!(
            "a file is no program by itself: `mpviz run -- python3 {text}`"
        )),
        io::ErrorKind::NotFound if is_here => {
            Some(format!("it is in this folder: `mpviz run -- ./{text}`"))
        }
        _ => None,
    }
}

/// Returns what to do about an interpreter that can't be run.
pub(super) fn interpreter_hint(interpreter: &Path) -> Option<String> {
    let text = interpreter.to_string_lossy();
    text.ends_with('\r')
        .then(|| "the script's lines end as on Windows, with CR LF: its first must not".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_a_first_line_asks_for_has_to_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str, mode: u32| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        };
        write("plain", "", 0o644);
        write("shell", "#!/bin/sh\n", 0o755);
        write(
            "nested",
            &format!("#!{}/shell\n", folder.path().display()),
            0o755,
        );
        write("missing", "#! /no/such/python -u\n", 0o755);
        write("windows", "#!/bin/sh\r\n", 0o755);
        write("by-env", "#!/usr/bin/env no-such-python\n", 0o755);
        write(
            "refused",
            &format!("#!{}/plain\n", folder.path().display()),
            0o755,
        );
        let path = std::env::join_paths([folder.path(), Path::new("/bin")]).unwrap();
        let refused = folder.path().join("plain").display().to_string();
        for (program, expected) in [
            ("shell", None),
            ("nested", None),
            ("missing", Some(("/no/such/python", libc::ENOENT))),
            ("windows", Some(("/bin/sh\r", libc::ENOENT))),
            ("by-env", Some(("no-such-python", libc::ENOENT))),
            ("refused", Some((refused.as_str(), libc::EACCES))),
        ] {
            let told = match check_in(OsStr::new(program), &path) {
                Ok(()) => None,
                Err(CliError::Interpreter {
                    interpreter,
                    source,
                    ..
                }) => Some((interpreter.display().to_string(), source.raw_os_error())),
                Err(error) => panic!("{program}: {error}"),
            };
            let expected = expected.map(|(path, errno)| (path.to_owned(), Some(errno)));
            assert_eq!(told, expected, "{program}");
        }
    }
}
