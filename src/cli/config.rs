//! `mpviz config`: where the files are, and a commented one with every default.

use super::error::CliError;
use super::list::printed;
use crate::app::config::{Places, Settings};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Prints a file of settings that changes nothing and explains everything.
pub(super) fn print(places: &Places, mut out: impl Write) -> Result<ExitCode, CliError> {
    printed(print_to(places, &mut out))
}

fn print_to(places: &Places, out: &mut impl Write) -> io::Result<()> {
    for (what, path) in [
        ("Settings of mpviz:", places.settings()),
        ("keys of your own: ", places.keys()),
        ("themes:           ", places.themes()),
        ("what mpviz keeps: ", places.state()),
    ] {
        writeln!(out, "# {what} {}", told(places, path))?;
    }
    writeln!(out, "#")?;
    writeln!(
        out,
        "# Here each setting stands with its default. Without the `#` before it, it counts;\n\
         # an option of the command line counts more.\n"
    )?;
    out.write_all(Settings::commented().as_bytes())?;
    out.flush()
}

fn told(places: &Places, path: Option<PathBuf>) -> String {
    match path {
        None => "nowhere, as neither HOME nor XDG's variables are set".to_owned(),
        Some(path) if path.exists() => places.told(&path),
        Some(path) => format!("{} (not there)", places.told(&path)),
    }
}
