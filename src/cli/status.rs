//! The exit statuses: each with what it means, for what ends with it and for the manual page.

use std::process::ExitCode;

/// An exit status of mpviz's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Status {
    pub(super) code: u8,
    /// When it ends so.
    pub(super) means: &'static str,
}

impl Status {
    /// Returns it as a program ends with it.
    pub(super) fn exit_code(self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

pub(super) const DONE: Status = Status {
    code: 0,
    means: "All that was asked for was done; of a program that was run: it ended well.",
};
pub(super) const FAILED: Status = Status {
    code: 1,
    means: "Something failed outside mpviz: a file can't be read or written or has a fault, or how the \
            program ended was not seen.",
};
pub(super) const USAGE: Status = Status {
    code: 2,
    means: "mpviz was used wrongly: an option, a value, a script, or no terminal for the screen.",
};

/// As `timeout` has it.
pub(super) const QUIET: Status = Status {
    code: 124,
    means: "The program hung, and was ended by `--limit`.",
};

/// These as shells have them.
pub(super) const NOT_EXECUTABLE: Status = Status {
    code: 126,
    means: "The program that was to be run is there, and can't be run.",
};
pub(super) const NOT_FOUND: Status = Status {
    code: 127,
    means: "The program that was to be run is not there.",
};

/// Every status of mpviz's own.
pub(super) const ALL: [Status; 6] = [DONE, FAILED, USAGE, QUIET, NOT_EXECUTABLE, NOT_FOUND];

/// What every other status is.
pub(super) const OTHERS: &str = "The exit status of the program that was run, which it keeps: 128+N if \
                                 signal N ended it, or ended mpviz.";
