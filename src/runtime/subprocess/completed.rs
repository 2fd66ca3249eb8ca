//! What a program that was run leaves behind, and the errors that tell of it.

use crate::runtime::error::{Error, Result};
use std::fmt;
use std::time::Duration;

/// A program that has ended: `subprocess.CompletedProcess`.
///
/// ```
/// use mpviz::runtime::subprocess::{Program, run};
///
/// let done = run(Program::new(["echo", "hello"]).capture_output()).unwrap();
/// assert_eq!((done.returncode, done.stdout.as_deref()), (0, Some(&b"hello\n"[..])));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompletedProcess {
    /// What was run.
    pub args: Vec<String>,
    /// Its exit code, −N if signal N ended it.
    pub returncode: i32,
    /// What it printed to stdout, if that was a pipe.
    pub stdout: Option<Vec<u8>>,
    /// What it printed to stderr, if that was a pipe of its own.
    pub stderr: Option<Vec<u8>>,
}

impl CompletedProcess {
    pub(super) fn new(args: &[String], returncode: i32) -> CompletedProcess {
        CompletedProcess {
            args: args.to_vec(),
            returncode,
            stdout: None,
            stderr: None,
        }
    }

    /// Makes an exit code that is not 0 an error: `completed.check_returncode()`.
    ///
    /// ```
    /// use mpviz::runtime::subprocess::run;
    ///
    /// let done = run(["false"]).unwrap();
    /// assert_eq!(done.check_returncode().unwrap_err().kind(), "subprocess.CalledProcessError");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::CalledProcess`].
    pub fn check_returncode(&self) -> Result<()> {
        match self.returncode {
            0 => Ok(()),
            _ => Err(Error::CalledProcess(Box::new(self.clone()))),
        }
    }
}

impl fmt::Display for CompletedProcess {
    /// As CPython's CalledProcessError words it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "command {:?} ", self.args)?;
        match self.returncode {
            code @ 0.. => write!(f, "returned non-zero exit status {code}"),
            code => match nix::sys::signal::Signal::try_from(-code) {
                Ok(signal) => write!(f, "died with {signal}, signal {}", -code),
                Err(_) => write!(f, "died with unknown signal {}", -code),
            },
        }
    }
}

/// A program that did not end, or fall silent, in time: what `subprocess.TimeoutExpired` says.
///
/// ```
/// use mpviz::runtime::Error;
/// use mpviz::runtime::subprocess::{Program, run};
/// use std::time::Duration;
///
/// let slow = Program::new(["sh", "-c", "echo begun; exec sleep 60"]).capture_output();
/// match run(slow.timeout(Duration::from_millis(500))) {
///     Err(Error::TimeoutExpired(expired)) => assert_eq!(expired.args[0], "sh"),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expired {
    /// What is run.
    pub args: Vec<String>,
    /// The time that it had.
    pub timeout: Duration,
    /// What it had printed to stdout; `None` if nothing.
    pub stdout: Option<Vec<u8>>,
    /// What it had printed to stderr; `None` if nothing.
    pub stderr: Option<Vec<u8>>,
}

impl fmt::Display for Expired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (args, timeout) = (&self.args, self.timeout);
        write!(f, "command {args:?} timed out after {timeout:?}")
    }
}

/// Makes a text of what a program printed, as CPython does with `text=True`: UTF-8, and each end
/// of a line is `\n`.
///
/// ```
/// use mpviz::runtime::subprocess::text;
///
/// assert_eq!(text("a\r\nb\rc".into()).unwrap(), "a\nb\nc");
/// assert_eq!(text(vec![b'a', 0xff]).unwrap_err().kind(), "UnicodeDecodeError");
/// ```
///
/// # Errors
///
/// [`Error::NotText`] (UnicodeDecodeError) if it is no UTF-8.
pub fn text(bytes: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(bytes).map_err(|error| Error::NotText(error.utf8_error()))?;
    Ok(if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    })
}
