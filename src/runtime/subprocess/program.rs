//! What is to be run: a program with its arguments, its streams, its place.

use crate::event::words::Part;
use crate::runtime::error::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where a standard stream of a program goes to or comes from: what Python's `stdin=`, `stdout=`
/// and `stderr=` take.
///
/// ```
/// use mpviz::runtime::subprocess::{DEVNULL, PIPE, Program, STDOUT, run};
///
/// let loud = Program::new(["sh", "-c", "echo out; echo err >&2"]);
/// let done = run(loud.stdin(DEVNULL).stdout(PIPE).stderr(STDOUT)).unwrap();
/// assert_eq!(done.stdout.as_deref(), Some(&b"out\nerr\n"[..]));
/// assert_eq!(done.stderr, None);
/// ```
#[derive(Clone, Debug, Default)]
pub enum Redirect {
    /// This process's own stream: `None`.
    #[default]
    Inherit,
    /// A pipe to this process: `subprocess.PIPE`.
    Pipe,
    /// Nowhere, and from nowhere: `subprocess.DEVNULL`.
    Null,
    /// Where its stdout goes: `subprocess.STDOUT`, for stderr alone.
    Stdout,
    /// An open file, or another program's pipe.
    File(Arc<OwnedFd>),
}

/// A pipe to this process.
pub const PIPE: Redirect = Redirect::Pipe;
/// Nowhere, and from nowhere.
pub const DEVNULL: Redirect = Redirect::Null;
/// Where stdout goes, for stderr.
pub const STDOUT: Redirect = Redirect::Stdout;

impl From<OwnedFd> for Redirect {
    fn from(fd: OwnedFd) -> Redirect {
        Redirect::File(Arc::new(fd))
    }
}

impl From<File> for Redirect {
    fn from(file: File) -> Redirect {
        OwnedFd::from(file).into()
    }
}

impl From<super::PipeReader> for Redirect {
    /// What another program prints, as in `Popen(…, stdin=p1.stdout)`. This process has no copy of
    /// the end any more, so that the other program learns when nobody reads.
    fn from(reader: super::PipeReader) -> Redirect {
        reader.into_fd().into()
    }
}

/// A program to be started: what `Popen` takes.
///
/// ```
/// use mpviz::runtime::subprocess::{DEVNULL, Program, call};
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// let ls = Program::new(["ls", "-l"]).arg("fd").cwd("/proc/self").stdout(DEVNULL);
/// assert_eq!(call(ls)?, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) argv: Vec<OsString>,
    name: Option<String>,
    /// Of stdin, stdout and stderr.
    pub(super) redirects: [Redirect; 3],
    pub(super) cwd: Option<PathBuf>,
    pub(super) env: Option<Vec<(OsString, OsString)>>,
    pub(super) in_new_session: bool,
}

impl Program {
    /// Returns a program with its arguments; its streams are this process's. A program without a
    /// slash in its name is looked for in the folders of `PATH`.
    pub fn new<A: AsRef<OsStr>>(argv: impl IntoIterator<Item = A>) -> Program {
        Program {
            argv: argv.into_iter().map(|a| a.as_ref().to_owned()).collect(),
            name: None,
            redirects: Default::default(),
            cwd: None,
            env: None,
            in_new_session: false,
        }
    }

    /// Returns what it is called: its file's name, if nothing else was said.
    pub fn name(&self) -> &str {
        let file = self.argv.first().and_then(|file| file.to_str());
        let file = file.unwrap_or_default();
        let short = file.rsplit('/').next().unwrap_or(file);
        self.name.as_deref().unwrap_or(short)
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Program {
        self.argv.push(argument.as_ref().to_owned());
        self
    }

    /// Calls it something else than its file's name, on the screen.
    #[must_use]
    pub fn named(mut self, name: &str) -> Program {
        self.name = Some(name.to_owned());
        self
    }

    /// Sets where its stdin comes from: `stdin=`.
    #[must_use]
    pub fn stdin(mut self, redirect: impl Into<Redirect>) -> Program {
        self.redirects[0] = redirect.into();
        self
    }

    /// Sets where its stdout goes to: `stdout=`.
    #[must_use]
    pub fn stdout(mut self, redirect: impl Into<Redirect>) -> Program {
        self.redirects[1] = redirect.into();
        self
    }

    /// Sets where its stderr goes to: `stderr=`. [`STDOUT`] is where stdout goes.
    #[must_use]
    pub fn stderr(mut self, redirect: impl Into<Redirect>) -> Program {
        self.redirects[2] = redirect.into();
        self
    }

    /// Connects its three standard streams to pipes: `stdin=PIPE, stdout=PIPE, stderr=PIPE`.
    #[must_use]
    pub fn piped(self) -> Program {
        self.stdin(PIPE).stdout(PIPE).stderr(PIPE)
    }

    /// Starts it in another folder: `cwd=`.
    #[must_use]
    pub fn cwd(mut self, folder: impl AsRef<Path>) -> Program {
        self.cwd = Some(folder.as_ref().to_owned());
        self
    }

    /// Gives it this environment *instead of* this process's: `env=`. It is looked for in the
    /// `PATH` of that one. On a stage one variable of mpviz's is added.
    #[must_use]
    pub fn env<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        words: impl IntoIterator<Item = (N, V)>,
    ) -> Program {
        let words = words.into_iter();
        let words =
            words.map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned()));
        self.env = Some(words.collect());
        self
    }

    /// Makes it the leader of a session of its own: `start_new_session=True`. A signal to this
    /// process's group, such as Ctrl-C's, does not reach it then.
    #[must_use]
    pub fn new_session(mut self) -> Program {
        self.in_new_session = true;
        self
    }

    /// Feeds it these bytes and then an end of file: `run(…, input=…)`.
    #[must_use]
    pub fn input(self, input: impl Into<Vec<u8>>) -> Run {
        Run::from(self).input(input)
    }

    /// Ends it when it runs for longer: `run(…, timeout=…)`.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Run {
        Run::from(self).timeout(timeout)
    }

    /// Makes an exit code that is not 0 an error: `run(…, check=True)`.
    #[must_use]
    pub fn check(self) -> Run {
        Run::from(self).check()
    }

    /// Reads what it prints to stdout and stderr: `run(…, capture_output=True)`.
    #[must_use]
    pub fn capture_output(self) -> Run {
        Run::from(self).capture_output()
    }

    /// Checks what the system can't be told.
    pub(super) fn validate(&self) -> Result<()> {
        let wrong = |name, value: &OsStr, range| {
            let value = format!("`{}`", value.to_string_lossy().escape_default());
            Err(Error::Argument { name, value, range })
        };
        if self.argv.is_empty() {
            return wrong("argv", "".as_ref(), "a program at least");
        }
        let has_zero = |text: &OsStr| text.as_encoded_bytes().contains(&0);
        if let Some(zero) = self.argv.iter().find(|text| has_zero(text)) {
            return wrong("argv", zero, "without a zero byte");
        }
        if let Some(zero) = self.cwd.as_ref().filter(|text| has_zero(text.as_os_str())) {
            return wrong("cwd", zero.as_os_str(), "without a zero byte");
        }
        for (name, value) in self.env.iter().flatten() {
            if name.as_encoded_bytes().contains(&b'=') {
                return wrong("env", name, "names without a `=`");
            }
            if let Some(zero) = [name, value].into_iter().find(|text| has_zero(text)) {
                return wrong("env", zero, "without a zero byte");
            }
        }
        // Neither is there anything that it could stand for; CPython finds the descriptor −2 bad.
        for (at, part) in [Part::Stdin, Part::Stdout].into_iter().enumerate() {
            if matches!(self.redirects[at], Redirect::Stdout) {
                let attempt = format!("cannot redirect {} to where stdout goes", part.text());
                return Err(Error::system(attempt, rustix::io::Errno::BADF));
            }
        }
        Ok(())
    }
}

impl<const N: usize> From<[&str; N]> for Program {
    fn from(argv: [&str; N]) -> Program {
        Program::new(argv)
    }
}

impl From<&[&str]> for Program {
    fn from(argv: &[&str]) -> Program {
        Program::new(argv)
    }
}

impl From<Vec<String>> for Program {
    fn from(argv: Vec<String>) -> Program {
        Program::new(argv)
    }
}

impl From<&str> for Program {
    /// A program without arguments.
    fn from(file: &str) -> Program {
        Program::new([file])
    }
}

/// A program to be run to its end: what `subprocess.run` and the like take. [`Program::input`],
/// [`Program::timeout`], [`Program::check`] and [`Program::capture_output`] make one, too.
///
/// ```
/// use mpviz::runtime::subprocess::{Run, run};
///
/// let failing = Run::from(["sh", "-c", "echo no >&2; exit 1"]).capture_output().check();
/// let error = run(failing).unwrap_err();
/// assert_eq!(error.kind(), "subprocess.CalledProcessError");
/// ```
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) program: Program,
    pub(super) input: Option<Vec<u8>>,
    pub(super) timeout: Option<Duration>,
    pub(super) check: bool,
    captures: bool,
}

impl<P: Into<Program>> From<P> for Run {
    fn from(program: P) -> Run {
        Run {
            program: program.into(),
            input: None,
            timeout: None,
            check: false,
            captures: false,
        }
    }
}

impl Run {
    /// As [`Program::input`].
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Run {
        self.input = Some(input.into());
        self
    }

    /// As [`Program::timeout`].
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Run {
        self.timeout = Some(timeout);
        self
    }

    /// As [`Program::check`].
    #[must_use]
    pub fn check(mut self) -> Run {
        self.check = true;
        self
    }

    /// As [`Program::capture_output`].
    #[must_use]
    pub fn capture_output(mut self) -> Run {
        self.captures = true;
        self
    }

    /// Redirects what is fed and captured into pipes.
    pub(super) fn redirect(&mut self) -> Result<()> {
        let wanted = [self.input.is_some(), self.captures, self.captures];
        let names = ["stdin", "stdout", "stderr"];
        let streams = self.program.redirects.iter_mut().zip(wanted).zip(names);
        for ((redirect, wanted), name) in streams {
            if !wanted {
                continue;
            }
            if !matches!(redirect, Redirect::Inherit) {
                return Err(Error::Argument {
                    name,
                    value: "redirected".to_owned(),
                    range: "left alone where there is an input or the output is captured",
                });
            }
            *redirect = PIPE;
        }
        Ok(())
    }
}
