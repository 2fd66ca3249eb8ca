//! What is to be recorded, and into what.

use super::film::{FilmArguments, film_arguments, replace, script, size};
use super::{LIMIT, foreign, scenario_piece, seconds};
use crate::app::piece::{Piece, Stdin};
use crate::cli::error::CliError;
use crate::cli::looks::Looks;
use crate::cli::render::whole::Replace;
use crate::event::Span;
use crate::record::script::Script;
use clap::ArgMatches;
use clap::parser::ValueSource;
use std::path::{Path, PathBuf};

/// A run that is to be recorded.
#[derive(Debug)]
pub(in crate::cli) struct RecordArguments {
    pub(in crate::cli) piece: Piece,
    pub(in crate::cli) limit: Option<Span>,
    /// The screen's size.
    pub(in crate::cli) size: Option<(u16, u16)>,
    pub(in crate::cli) script: Option<(PathBuf, Script)>,
    pub(in crate::cli) output: RecordOutput,
}

/// What a run is recorded into.
#[derive(Debug)]
pub(in crate::cli) enum RecordOutput {
    /// The trace itself.
    Trace {
        path: PathBuf,
        is_packed: bool,
        replace: Replace,
    },
    /// What is made of it.
    Film(Box<FilmArguments>),
}

/// What only a film has.
const OF_FILMS: &[&str] = &[
    "theme",
    "fps",
    "speed",
    "longest-pause",
    "dwell",
    "hold",
    "from",
    "to",
    "at",
    "view",
    "select",
    "title",
    "captions",
    "no-captions",
    "keys",
    "cast-version",
];

/// Reads the arguments of `mpviz record`.
pub(super) fn record_arguments(
    record: &ArgMatches,
    looks: &Looks,
) -> Result<RecordArguments, CliError> {
    let (matches, piece, limit) = match record.subcommand() {
        Some((name, run)) => (run, scenario_piece(name, run)?, Some(LIMIT)),
        None => (record, program_piece(record)?, None),
    };
    let path = matches
        .get_one::<PathBuf>("output")
        .ok_or(CliError::NoOutput)?;
    let limit = match matches.get_one::<String>("limit") {
        Some(value) => Some(seconds("--limit", value)?),
        None => limit,
    };
    let output = match packed(path) {
        Some(is_packed) => {
            let is_said =
                |name: &&&str| matches.value_source(name) == Some(ValueSource::CommandLine);
            if let Some(name) = OF_FILMS.iter().find(is_said) {
                return Err(CliError::NotOf {
                    option: format!("--{name}"),
                    ending: if is_packed { "mpt.zst" } else { "mpt" },
                    why: "a trace is drawn when it is rendered",
                });
            }
            RecordOutput::Trace {
                path: path.clone(),
                is_packed,
                replace: replace(matches),
            }
        }
        None => RecordOutput::Film(Box::new(film_arguments(matches, path, looks)?)),
    };
    Ok(RecordArguments {
        piece,
        limit,
        size: size(matches)?,
        script: script(matches)?,
        output,
    })
}

fn program_piece(record: &ArgMatches) -> Result<Piece, CliError> {
    let is_said = ["program", "module"].map(|name| record.contains_id(name));
    if !is_said.contains(&true) {
        return Err(CliError::NoPiece);
    }
    foreign(record, Stdin::Own).map(Piece::Foreign)
}

/// Returns whether a trace is compressed, by its name; `None` if it is the name of no trace.
fn packed(path: &Path) -> Option<bool> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    if name.ends_with(".mpt") {
        return Some(false);
    }
    name.ends_with(".mpt.zst").then_some(true)
}
