//! `mpviz record`: a run without a screen, into a trace, a film or a picture.

use super::arguments::record::{RecordArguments, RecordOutput};
use super::error::CliError;
use super::program;
use super::render::{make, note, picture_ui, whole};
use crate::app::piece::Piece;
use crate::app::record::{Ended, RecordError, record as run};
use crate::app::session::Session;
use crate::event::Kind;
use crate::record::film::{Lines, USUAL};
use crate::record::script::acting;
use crate::trace::{Flush, Header, Packer, Writer};
use std::io::{self, Write};
use std::process::ExitCode;

/// Records a run, and makes of it what is asked for.
pub(super) fn record(arguments: RecordArguments) -> Result<ExitCode, CliError> {
    if let Piece::Foreign(foreign) = &arguments.piece {
        program::check(foreign)?;
    }
    let (path, replace) = match &arguments.output {
        RecordOutput::Trace { path, replace, .. } => (path, *replace),
        RecordOutput::Film(film) => (&film.output, film.replace),
    };
    whole::check(path, replace)?;
    let size = arguments.size.unwrap_or(USUAL);
    let session = Session::start(&arguments.piece, None)?;
    super::note_blind(&session);
    let (script_path, script) = arguments.script.unzip();
    let recorded = run(session, arguments.limit, script, acting(size), picture_ui());
    let recorded = recorded.map_err(|error| match error {
        RecordError::Missed(source) => CliError::Missed {
            path: script_path.unwrap_or_default(),
            source,
        },
        RecordError::Signals(source) => CliError::Signals(source),
    })?;
    match &arguments.output {
        RecordOutput::Trace {
            path, is_packed, ..
        } => {
            let lines = &recorded.lines;
            whole::write(path, |out| match is_packed {
                true => {
                    let mut packed = Packer::new(out)?;
                    write_trace(lines, size, &mut packed)?;
                    packed.finish()
                }
                false => write_trace(lines, size, out),
            })?;
        }
        RecordOutput::Film(film) => make(recorded.lines, film)?,
    }
    Ok(match recorded.ended {
        // What was recorded may have failed; recording it has not.
        Ended::Done => ExitCode::SUCCESS,
        Ended::Quiet(limit) => {
            note(&format!(
                "nobody computed, slept or moved anything for {} s: the program was ended, and is recorded so far",
                limit.seconds()
            ));
            ExitCode::SUCCESS
        }
        Ended::Signal(signal) => super::exit_status(-signal),
        Ended::SupervisorLost => return Err(CliError::SupervisorLost),
    })
}

fn write_trace(lines: &Lines, size: (u16, u16), out: &mut dyn Write) -> io::Result<()> {
    let begin = |kind: &&Kind| matches!(kind, Kind::RunStarted { .. });
    let began = lines.events.iter().map(|event| &event.kind).find(begin);
    let header = Header::of(began).with_size(size);
    let mut writer = Writer::new(out, &header, Flush::AtEnd)?;
    writer.batch(&lines.events, lines.horizon)?;
    writer.finish().map(drop)
}
