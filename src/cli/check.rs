//! `mpviz check`: whether a file is right; what is wrong with it, at which line; what is in it.

mod cast;

use super::error::CliError;
use crate::app::reasons;
use crate::event::Time;
use crate::record::check::{self, Report};
use crate::record::check_cast;
use crate::trace::{Header, TraceError};
use crate::view::words::{count, seconds, shown};
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// So much of the first line says what a file is.
const FIRST_MAX: u64 = 1 << 16;

/// Checks a file and prints what was found. What it is goes by its content.
pub(super) fn check(path: &Path, mut out: impl Write) -> Result<ExitCode, CliError> {
    let mut input = super::input(path)?;
    let mut first = Vec::new();
    let mut beginning = (&mut input).take(FIRST_MAX);
    // What can't be read is told where it is read for its sake.
    let _ = beginning.read_until(b'\n', &mut first);
    let is_cast = check_cast::is_cast(&first);
    let input = Box::new(io::Cursor::new(first).chain(input));
    if is_cast {
        return cast::check(path, input, out);
    }
    let mut trace = super::read_trace(path, input)?;
    let (report, error) = check::check(&mut trace);
    let faults = report.fault_count + u64::from(error.is_some());
    let printed = print(&mut out, path, trace.header(), &report, error.as_ref());
    match printed.and_then(|()| out.flush()) {
        // A reader that has gone had enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::List(error)),
        _ if faults > 0 => Err(CliError::Faulty {
            path: path.to_owned(),
            faults,
        }),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn print(
    out: &mut impl Write,
    path: &Path,
    header: &Header,
    report: &Report,
    error: Option<&TraceError>,
) -> io::Result<()> {
    let path = shown(&path.to_string_lossy()).into_owned();
    let (format, version) = (header.format, shown(&header.mpviz));
    writeln!(
        out,
        "{path}: a trace of format {format}, written by mpviz {version}"
    )?;
    for (name, value) in rows(header, report) {
        writeln!(out, "  {name:<10}  {}", shown(&value))?;
    }
    for fault in &report.faults {
        writeln!(out, "line {}: {}", fault.line, fault.what)?;
    }
    let others = report.fault_count - report.faults.len() as u64;
    if others > 0 {
        writeln!(out, "and {}", count(others, "other fault", "other faults"))?;
    }
    match error {
        Some(error) => writeln!(out, "{}", reasons(error)),
        None if report.fault_count == 0 => writeln!(out, "nothing is wrong"),
        None => Ok(()),
    }
}

/// Returns what there is in a trace, as names with values.
fn rows(header: &Header, report: &Report) -> Vec<(&'static str, String)> {
    let history = &report.history;
    let run = history.run();
    let program = match run.program.is_empty() {
        true => header.program.as_str(),
        false => run.program.as_str(),
    };
    let length = seconds(history.now().since(Time::ZERO));
    let end = match &run.ended {
        None => "its end is not told".to_owned(),
        Some(ended) => match ended.code {
            Some(code) => format!("{}, exit code {code}", ended.ending.text()),
            None => ended.ending.text().to_owned(),
        },
    };
    let mut rows = vec![
        ("run", format!("{program}, {length}, {end}")),
        ("events", report.events.to_string()),
        ("processes", history.processes().len().to_string()),
    ];
    if !report.unknown.is_empty() {
        let kinds = report.unknown.iter();
        let kinds: Vec<_> = kinds.map(|(name, n)| format!("{name} ({n})")).collect();
        rows.push(("unknown", kinds.join(", ")));
    }
    if !run.gaps.is_empty() {
        let lost: u64 = run.gaps.iter().filter_map(|gap| gap.count).sum();
        let gaps = count(run.gaps.len() as u64, "gap", "gaps");
        rows.push((
            "missing",
            format!("{gaps}, {}", count(lost, "event", "events")),
        ));
    }
    let viewer = &report.viewer;
    if viewer.recordings > 0 {
        let length = seconds(viewer.recorded);
        rows.push(("recordings", format!("{}, {length}", viewer.recordings)));
    }
    if viewer.actions > 0 {
        rows.push(("keys", viewer.actions.to_string()));
    }
    if viewer.captions > 0 {
        rows.push(("captions", viewer.captions.to_string()));
    }
    if !viewer.marks.is_empty() {
        let names = viewer.marks.iter().filter(|name| !name.is_empty());
        let names: Vec<_> = names.map(|name| name.as_str()).collect();
        let names = match names.is_empty() {
            true => String::new(),
            false => format!(": {}", names.join(", ")),
        };
        rows.push(("marks", format!("{}{names}", viewer.marks.len())));
    }
    rows
}
