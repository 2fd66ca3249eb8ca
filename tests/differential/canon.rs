//! The canonical words of the Rust side: `canon.py` has the same.

use crate::case::Case;
use mpviz::runtime::{self, Error, Result};
use serde::Serialize;
use std::process::ExitCode;

/// Says a value, as JSON. A line is one write, so that those of several processes stay whole.
pub(crate) fn say<T: Serialize + ?Sized>(what: &str, value: &T) {
    let value = serde_json::to_string(value).expect("a value that JSON has");
    line(&format!("{what}: {value}"));
}

/// Says what an operation returned: its value, or CPython's name for its error.
pub(crate) fn attempt<T: Serialize>(what: &str, result: Result<T>) {
    match result {
        Ok(value) => say(what, &value),
        Err(error) => line(&format!("{what}: error {}", name_of(&error))),
    }
}

/// Returns the class name of an error, without its module.
pub(crate) fn name_of(error: &Error) -> &'static str {
    let kind = error.kind();
    kind.rsplit('.').next().unwrap_or(kind)
}

fn line(text: &str) {
    let bytes = format!("{text}\n");
    let written = rustix::io::write(rustix::stdio::stdout(), bytes.as_bytes());
    assert_eq!(written, Ok(bytes.len()), "a line is written in one");
}

/// Runs the Rust side of a case, as MainProcess of a program.
pub(crate) fn run(case: Case) -> ExitCode {
    let code = runtime::run_main(case.run);
    // As the kernel keeps it.
    ExitCode::from(u8::try_from(code & 0xff).expect("a byte"))
}
