//! `mpviz render`: a trace as a film or a picture, the format by the name's ending.
//!
//! `endings` has the table of formats, `whole` writes files whole or not at all, `progress` says
//! how far it is.

pub(super) mod endings;
mod progress;
pub(super) mod whole;

use super::arguments::RenderArguments;
use super::arguments::film::FilmArguments;
use super::error::CliError;
use crate::record::film::{Film, Lines, USUAL};
use crate::record::script::acting;
use crate::record::script::perform::perform;
use crate::scenario::{PROGRAMS, TWINS, default_knobs};
use crate::trace::TraceError;
use crate::ui::Ui;
use crate::view::words::count;
use progress::Watched;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Returns what the help says of it.
pub(super) fn long_about() -> String {
    format!(
        "Makes a film or a picture of a trace, the format by the ending of FILE: {}.\n\n\
         A trace that was recorded with what its viewer did and said shows that; any other is \
         followed live. Times are those of the viewer's clock, which is the run's own where nobody \
         was recorded.",
        endings::listed()
    )
}

/// Makes what is asked for of a trace.
pub(super) fn render(arguments: &RenderArguments) -> Result<ExitCode, CliError> {
    whole::check(&arguments.film.output, arguments.film.replace)?;
    let lines = read(&arguments.file)?;
    let lines = match &arguments.film.script {
        None => lines,
        Some((path, script)) => {
            let size = arguments
                .film
                .options
                .size
                .or(lines.size())
                .unwrap_or(USUAL);
            perform(script, lines, acting(size), picture_ui()).map_err(|missed| {
                CliError::Missed {
                    path: path.clone(),
                    source: Box::new(missed),
                }
            })?
        }
    };
    make(lines, &arguments.film)?;
    Ok(ExitCode::SUCCESS)
}

/// Makes what is asked for of a run.
pub(super) fn make(lines: Lines, arguments: &FilmArguments) -> Result<(), CliError> {
    let ending = arguments.ending;
    let path = arguments.output.as_path();
    if let Some(make) = ending.trace {
        return whole::write(path, |out| make(&lines, out));
    }
    let mut film = Film::open(lines, arguments.options.clone(), picture_ui())?;
    match (ending.film, ending.still) {
        (Some(make), _) if arguments.at.is_none() => whole::write(path, |out| {
            make(&mut Watched::new(&mut film), arguments.extra, out)
        }),
        (_, Some(make)) => {
            let shot = film.still(arguments.at.as_ref())?;
            whole::write(path, |out| {
                use crate::record::shot::Frames;
                make(film.told(), &shot, arguments.extra, out)
            })
        }
        // No film and no picture: a row of the table that makes nothing.
        _ => Ok(()),
    }
}

/// Reads a trace as far as it can be read; what is left out is told.
fn read(path: &Path) -> Result<Lines, CliError> {
    let mut trace = super::open(path)?;
    let (lines, fault) = Lines::read(&mut trace);
    match fault {
        None => {}
        Some(fault @ TraceError::Cut { .. }) => {
            note(&format!(
                "`{}`: {fault}; what stands before it is shown",
                path.display()
            ));
        }
        Some(source) => {
            return Err(CliError::Trace {
                path: path.to_owned(),
                source,
            });
        }
    }
    if lines.unknown > 0 {
        let events = count(lines.unknown, "event", "events");
        note(&format!(
            "`{}`: {events} of kinds that this mpviz does not know: left out",
            path.display()
        ));
    }
    Ok(lines)
}

/// Tells something that is no error.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "mpviz: {}", crate::view::words::shown(text));
}

/// Returns a user interface that knows the programs.
pub(super) fn picture_ui() -> Ui {
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    for (knobs, program) in ui.picker.knobs.iter_mut().zip(PROGRAMS) {
        *knobs = default_knobs(program);
    }
    ui
}
