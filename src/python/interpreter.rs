//! Which file a program is, and which Python runs it, where that can be told beforehand.
//!
//! A program is looked for as a shell does. It is a Python if it is called so, or if its `#!` line
//! names one; what a wrapper such as `uv run` will come to is not known before it runs.

use super::plain;
use rustix::fs::{Access, access};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where programs are looked for if nobody says so, as `execvp` has it.
const USUAL_PATH: &str = "/bin:/usr/bin";

/// So much of a file the kernel reads for its `#!` line.
const LINE_MAX: u64 = 256;

/// How deep a `#!` line may name a script that has one itself, as the kernel has it.
const DEPTH_MAX: usize = 5;

/// Returns where programs are looked for.
pub fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap_or_else(|| USUAL_PATH.into())
}

/// Finds a program as a shell does.
///
/// # Errors
///
/// The system's word: it is not there, or may not be run.
pub fn find(program: &OsStr, path: &OsStr) -> io::Result<PathBuf> {
    if program.is_empty() {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    if program.as_bytes().contains(&b'/') {
        return try_one(PathBuf::from(program));
    }
    let mut reason = io::Error::from_raw_os_error(libc::ENOENT);
    for folder in std::env::split_paths(path) {
        match try_one(folder.join(program)) {
            Ok(found) => return Ok(found),
            // One that may not be run is passed over, but tells more than none.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => reason = error,
            Err(_) => {}
        }
    }
    Err(reason)
}

/// Returns what a Python is to run, as a person calls it: its script without `.py`, or its module.
/// `None` if that is no Python, or its program is written in its arguments or read.
pub fn script_of(argv: &[OsString]) -> Option<String> {
    let (program, rest) = argv.split_first()?;
    let program = Path::new(program).file_name()?.to_str()?;
    if !program.starts_with("python") && !program.starts_with("pypy") {
        return None;
    }
    let mut rest = rest.iter().map(|word| word.to_string_lossy());
    while let Some(word) = rest.next() {
        let Some(options) = word.strip_prefix('-').filter(|word| !word.starts_with('-')) else {
            if word == "--help" || word == "--version" {
                return None;
            }
            if word == "--check-hash-based-pycs" {
                rest.next();
                continue;
            }
            let file = word.rsplit('/').find(|part| !part.is_empty())?;
            return Some(file.strip_suffix(".py").unwrap_or(file).to_owned());
        };
        // An option with a value ends its word: with the value, or before it.
        let Some(at) = options.find(['c', 'm', 'W', 'X']) else {
            match options {
                "" => return None,
                _ => continue,
            }
        };
        let value = &options[at + 1..];
        let value = match value {
            "" => rest.next()?.into_owned(),
            value => value.to_owned(),
        };
        match options.as_bytes()[at] {
            b'm' => return value.rsplit('.').next().map(str::to_owned),
            b'c' => return None,
            _ => {}
        }
    }
    None
}

fn try_one(path: PathBuf) -> io::Result<PathBuf> {
    let is_file = path.metadata()?.is_file();
    access(&path, Access::EXEC_OK)?;
    if is_file {
        Ok(path)
    } else {
        // What `execve` says of a folder.
        Err(io::Error::from_raw_os_error(libc::EACCES))
    }
}

/// The first line of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What the kernel runs.
    pub interpreter: PathBuf,
    /// The one argument that it is given, before the script's path.
    pub argument: Option<OsString>,
}

/// Returns the `#!` line of a file; `None` if it has none, or can't be read.
pub fn line_of(path: &Path) -> Option<Line> {
    let bytes = plain::read(path, LINE_MAX)?;
    let line = bytes.strip_prefix(b"#!")?;
    let line = trimmed(line.split(|&b| b == b'\n').next()?);
    let end = line.iter().position(|&b| is_blank(b));
    let (interpreter, argument) = line.split_at(end.unwrap_or(line.len()));
    if interpreter.is_empty() {
        return None;
    }
    let argument = trimmed(argument);
    Some(Line {
        interpreter: OsStr::from_bytes(interpreter).into(),
        argument: (!argument.is_empty()).then(|| OsStr::from_bytes(argument).into()),
    })
}

/// Whether the kernel parts words by it: a carriage return belongs to the interpreter's name.
fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn trimmed(mut line: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = line
        && is_blank(*first)
    {
        line = rest;
    }
    while let [rest @ .., last] = line
        && is_blank(*last)
    {
        line = rest;
    }
    line
}

impl Line {
    /// Returns the program that `env` is to find, if the line asks it and plainly says so.
    pub fn asks_env(&self) -> Option<OsString> {
        if self.interpreter.file_name()? != "env" {
            return None;
        }
        let argument = self.argument.as_ref()?.as_bytes();
        if argument.iter().any(|b| b"$\\'\"".contains(b)) {
            return None;
        }
        // With `-S` the words are parted by `env` itself.
        let words = argument.split(u8::is_ascii_whitespace);
        let mut words = words.filter(|word| !word.is_empty());
        loop {
            let word = words.next()?;
            let word = word.strip_prefix(b"-S").unwrap_or(word);
            match word {
                // `env` finds the program by another search path then, or from another folder.
                b"-C" | b"--chdir" => return None,
                _ if word.starts_with(b"PATH=") => return None,
                b"-u" | b"--unset" => drop(words.next()?),
                b"" | b"-" | b"-i" | b"-v" | b"-vS" | b"-iS" | b"--split-string" => {}
                b"--ignore-environment" | b"--debug" => {}
                _ if word.starts_with(b"-u") || word.starts_with(b"--unset=") => {}
                _ if word.starts_with(b"-") => return None,
                _ if word.contains(&b'=') => {}
                _ => return Some(OsStr::from_bytes(word).into()),
            }
        }
    }
}

/// Returns the Python that runs a program, if that can be told.
pub fn python_of(program: &OsStr, path: &OsStr) -> Option<PathBuf> {
    let mut found = find(program, path).ok()?;
    for _ in 0..DEPTH_MAX {
        // A wrapper that is called so (a version manager has one) becomes one.
        if is_python(found.file_name()?) {
            return Some(found);
        }
        let line = line_of(&found)?;
        found = match line.asks_env() {
            Some(name) => find(&name, path).ok()?,
            None => find(line.interpreter.as_os_str(), path).ok()?,
        };
    }
    None
}

/// Returns whether a file is called as a Python is: `python`, `python3`, `python3.13`, `python3.13t`.
fn is_python(name: &OsStr) -> bool {
    let Some(version) = name.as_bytes().strip_prefix(b"python") else {
        return false;
    };
    let version = version.strip_suffix(b"t").unwrap_or(version);
    version.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

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

    #[test]
    fn what_a_python_runs_is_told_by_its_arguments() {
        for (argv, expected) in [
            ("python3 a.py", Some("a")),
            (
                "/usr/bin/python3.11 -u -X dev dir/main.py --x",
                Some("main"),
            ),
            ("python -Wignore tool", Some("tool")),
            ("python3 -um pkg.tool -c", Some("tool")),
            ("python3 -mtool", Some("tool")),
            ("python3 dir/", Some("dir")),
            ("python3 -c pass", None),
            ("python3 -", None),
            ("python3", None),
            ("python3 --version", None),
            ("sh a.py", None),
        ] {
            let argv: Vec<OsString> = argv.split(' ').map(OsString::from).collect();
            assert_eq!(script_of(&argv).as_deref(), expected, "{argv:?}");
        }
    }

    #[test]
    fn a_python_is_told_by_its_name_or_by_a_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            path
        };
        let python = write("python3.11", "");
        let wrapper = write("python3", "#!/bin/sh\n");
        let direct = format!("#! {} -u\n", python.display());
        write("direct", &direct);
        write(
            "twice",
            &format!("#!{}\n", folder.path().join("direct").display()),
        );
        write("env", "");
        write("by-env", "#!/usr/bin/env python3\n");
        write("by-env-s", "#!/usr/bin/env -S A=1 python3.11 -u\n");
        write("by-env-u", "#!/usr/bin/env -S -u HOME -i python3.11 -u\n");
        write("by-env-ours", "#!/usr/bin/env -S PATH=/opt python3.11\n");
        write("by-env-words", "#!/usr/bin/env -S ${PYTHON} -u\n");
        write("shell", "#!/bin/sh\n");
        write("python-config", "#!/bin/sh\n");
        write("nothing", "");
        write("no-line", "#!\n");
        let path = std::env::join_paths([folder.path(), Path::new("/bin")]).unwrap();
        for (program, expected) in [
            ("python3.11", Some(&python)),
            ("python3", Some(&wrapper)),
            ("direct", Some(&python)),
            ("twice", Some(&python)),
            ("by-env", Some(&wrapper)),
            ("by-env-s", Some(&python)),
            ("by-env-u", Some(&python)),
            ("by-env-ours", None),
            ("by-env-words", None),
            ("shell", None),
            ("python-config", None),
            ("nothing", None),
            ("no-line", None),
            ("missing", None),
        ] {
            assert_eq!(
                python_of(OsStr::new(program), &path).as_ref(),
                expected,
                "{program}"
            );
        }
    }
}
