//! `mpviz check` of a cast.

use crate::cli::error::CliError;
use crate::record::check_cast::{self, CastReport};
use crate::view::words::{count, seconds, shown};
use std::io::{self, BufRead, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

/// Checks a cast and prints what was found.
pub(super) fn check(
    path: &Path,
    input: impl BufRead,
    mut out: impl Write,
) -> Result<ExitCode, CliError> {
    let report = check_cast::check(input).map_err(|source| CliError::Open {
        path: path.to_owned(),
        source,
    })?;
    match print(&mut out, path, &report).and_then(|()| out.flush()) {
        // A reader that has gone had enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::List(error)),
        _ if report.fault_count > 0 => Err(CliError::Faulty {
            path: path.to_owned(),
            faults: report.fault_count,
        }),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn print(out: &mut impl Write, path: &Path, report: &CastReport) -> io::Result<()> {
    let path = shown(&path.to_string_lossy()).into_owned();
    match report.version {
        0 => writeln!(out, "{path}: a cast")?,
        version => writeln!(out, "{path}: a cast of version {version}")?,
    }
    for (name, value) in rows(report) {
        writeln!(out, "  {name:<10}  {}", shown(&value))?;
    }
    for fault in &report.faults {
        writeln!(out, "{}", shown(&fault.to_string()))?;
    }
    match report.fault_count - report.faults.len() as u64 {
        0 if report.fault_count == 0 => writeln!(out, "nothing is wrong"),
        0 => Ok(()),
        others => writeln!(out, "and {}", count(others, "other fault", "other faults")),
    }
}

/// Returns what there is in a cast, as names with values.
fn rows(report: &CastReport) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if !report.title.is_empty() {
        rows.push(("title", report.title.clone()));
    }
    if let Some((columns, lines)) = report.size {
        rows.push(("size", format!("{columns}x{lines}")));
    }
    if report.version > 0 {
        rows.push(("length", seconds(report.length)));
        rows.push(("outputs", report.outputs.to_string()));
    }
    if !report.marks.is_empty() {
        let names = report.marks.iter().filter(|name| !name.is_empty());
        let names: Vec<&str> = names.map(String::as_str).collect();
        let names = match names.is_empty() {
            true => String::new(),
            false => format!(": {}", names.join(", ")),
        };
        rows.push(("marks", format!("{}{names}", report.marks.len())));
    }
    if !report.others.is_empty() {
        let others = report.others.iter();
        let others: Vec<String> = others.map(|(code, n)| format!("{code} ({n})")).collect();
        rows.push(("others", others.join(", ")));
    }
    rows
}
