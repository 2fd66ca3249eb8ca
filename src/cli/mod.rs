//! The command line: arguments in, one of the program's ways out.
//!
//! `definition` says what there is to be said, `arguments` reads it, `completions` and `manual` tell it to
//! shells and readers, [`error`] says how mpviz fails, `status` with which exit status, `list` what `mpviz
//! list` prints, `program` whether what `mpviz run` is to run can be run. Here is only which way is taken.
//! Two first arguments are hidden: mpviz runs its own file again as the supervisor, and as the stand-in for
//! `nslookup`.

mod arguments;
mod check;
mod completions;
mod config;
mod definition;
pub mod error;
mod keys;
mod list;
mod looks;
mod manual;
mod program;
mod record;
mod render;
mod spelled;
mod status;
mod version;

use crate::app::config::Settled;
use crate::app::piece::Piece;
use crate::app::printer::Sheet;
use crate::app::screen::{self, Ended, Opening};
use crate::app::session::Session;
use crate::app::text::{self, Form, Told};
use crate::app::{TerminalError, play};
use crate::event::Span;
use crate::event::words::Ending;
use crate::scenario::stand_in;
use crate::stage::{self, SUPERVISOR_ARG, Target};
use crate::trace;
use arguments::{AttachArguments, Command, ReplayArguments, RunArguments, Show};
use error::CliError;
use signal_hook::consts::SIGPIPE;
use spelled::Spelled;
use std::fs::File;
use std::io::{self, BufRead, Read, StdoutLock};
use std::path::Path;
use std::process::ExitCode;

/// Runs the program.
pub fn main() -> ExitCode {
    stage::settle_signals();
    let mut hidden = std::env::args_os().skip(1);
    match hidden.next() {
        Some(first) if first == SUPERVISOR_ARG => {
            return stage::supervisor::main(play::main_process);
        }
        Some(first) if first == stand_in::ARGUMENT => {
            let arguments: Vec<_> = hidden
                .map(|arg| arg.to_string_lossy().into_owned())
                .collect();
            return stand_in::main(&arguments, io::stdin().lock(), io::stdout().lock()).into();
        }
        _ => {}
    }
    stage::note_handed();
    match arguments::parse(std::env::args_os()).and_then(run) {
        Ok(code) => code,
        Err(error) => error.tell(),
    }
}

fn run((command, is_ascii): (Command, bool)) -> Result<ExitCode, CliError> {
    match command {
        Command::Picker(looks) => screen(Opening::Picker, &looks, None),
        Command::List(name) => {
            let settled = settled();
            list::print(name.as_deref(), out(is_ascii, &settled))
        }
        Command::Keys => keys::print(&settled(), io::stdout().lock()),
        Command::Config => {
            let settled = settled();
            config::print(&settled.places, io::stdout().lock())
        }
        Command::Run(run) => run_piece(run, is_ascii),
        Command::Attach(attach) => attach_to(attach, is_ascii),
        Command::Replay(replay) => run_replay(&replay, is_ascii),
        Command::Check(file) => check::check(&file, io::stdout().lock()),
        Command::Render(render) => render::render(&render),
        Command::Record(record) => record::record(*record),
        Command::Completions(shell) => completions::print(&shell, io::stdout().lock()),
        Command::Manual => manual::print(io::stdout().lock()),
    }
}

/// Reads what is settled; what is wrong with it is told at once.
fn settled() -> Settled {
    let settled = Settled::read();
    for wrong in &settled.wrong {
        error::tell_wrong(wrong);
    }
    settled
}

fn run_piece(run: RunArguments, is_ascii: bool) -> Result<ExitCode, CliError> {
    if let Piece::Foreign(foreign) = &run.piece {
        program::check(foreign)?;
    }
    match run.show {
        Show::Screen(looks) => screen(Opening::Run(run.piece), &looks, run.output),
        Show::Text(form, limit) => {
            let out = text_out(form, is_ascii, &settled());
            let session = Session::start(&run.piece, None)?;
            note_blind(&session);
            tell(session, None, form, limit, out)
        }
    }
}

fn attach_to(attach: AttachArguments, is_ascii: bool) -> Result<ExitCode, CliError> {
    let target = Target::open(attach.pid).map_err(CliError::Attach)?;
    let piece = Piece::Attached(target);
    match attach.show {
        Show::Screen(looks) => screen(Opening::Run(piece), &looks, attach.output),
        Show::Text(form, limit) => {
            let out = text_out(form, is_ascii, &settled());
            let told = text::tell(Session::start(&piece, None)?, None, form, limit, out)?;
            Ok(match told {
                // How the program ended is not mpviz's own success or failure: it was watched.
                Told::Ended(..) | Told::ReaderGone { .. } => ExitCode::SUCCESS,
                told => status_of(told)?,
            })
        }
    }
}

/// Tells why messages of a Python are not visible, if that is so.
fn note_blind(session: &Session) {
    if let Some(error) = session.blind() {
        let why = crate::app::reasons(error);
        render::note(&format!("messages of Python are not visible: {why}"));
    }
}

fn run_replay(replay: &ReplayArguments, is_ascii: bool) -> Result<ExitCode, CliError> {
    let trace = open(&replay.file)?;
    let header = trace.header().clone().of_now();
    match &replay.show {
        Show::Screen(looks) => {
            let beside = replay.beside.as_deref().map(open).transpose()?;
            let session = Session::replay(trace, replay.speed)?;
            let opening = match beside {
                None => Opening::Replay(session),
                Some(trace) => Opening::ReplayPair(session, Session::replay(trace, replay.speed)?),
            };
            screen(opening, looks, None)
        }
        Show::Text(form, limit) => {
            let out = text_out(*form, is_ascii, &settled());
            let session = Session::replay(trace, 0.0)?;
            tell(session, Some(header), *form, *limit, out)
        }
    }
}

/// Opens a trace and reads its header.
fn open(path: &Path) -> Result<trace::Reader<Box<dyn BufRead + Send>>, CliError> {
    read_trace(path, input(path)?)
}

/// Reads the header of a trace.
fn read_trace(
    path: &Path,
    input: Box<dyn BufRead + Send>,
) -> Result<trace::Reader<Box<dyn BufRead + Send>>, CliError> {
    let fail = |source| CliError::Trace {
        path: path.to_owned(),
        source,
    };
    trace::Reader::new(input).map_err(fail)
}

/// Opens a file, unpacked if it is packed.
fn input(path: &Path) -> Result<Box<dyn BufRead + Send>, CliError> {
    let unopened = |source| CliError::Open {
        path: path.to_owned(),
        source,
    };
    let input: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let open = || {
            let file = File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            Ok(file)
        };
        Box::new(open().map_err(&unopened)?)
    };
    trace::pack::open(input).map_err(unopened)
}

fn tell(
    session: Session,
    header: Option<trace::Header>,
    form: Form,
    limit: Option<Span>,
    out: impl FnOnce(Sheet) -> Spelled<Sheet>,
) -> Result<ExitCode, CliError> {
    status_of(text::tell(session, header, form, limit, out)?)
}

/// Returns where text is printed: in ASCII if that is asked for, or if the locale has no more.
fn out(is_ascii: bool, settled: &Settled) -> Spelled<StdoutLock<'static>> {
    Spelled::new(io::stdout().lock(), is_ascii_asked(is_ascii, settled))
}

fn is_ascii_asked(is_ascii: bool, settled: &Settled) -> bool {
    let looks = looks::Looks {
        ascii: is_ascii,
        ..looks::Looks::default()
    };
    looks.is_ascii(&settled.settings)
}

/// The same for a run, on a sheet; a trace for programs is UTF-8 everywhere.
fn text_out(
    form: Form,
    is_ascii: bool,
    settled: &Settled,
) -> impl FnOnce(Sheet) -> Spelled<Sheet> + use<> {
    let is_ascii = form != Form::Json && is_ascii_asked(is_ascii, settled);
    move |sheet| Spelled::new(sheet, is_ascii)
}

fn status_of(told: Told) -> Result<ExitCode, CliError> {
    Ok(match told {
        Told::Quiet(limit) => return Err(CliError::Quiet { limit }),
        Told::Ended(Ending::SupervisorLost, _) => return Err(CliError::SupervisorLost),
        Told::Ended(_, Some(code)) => exit_status(code),
        // Nobody saw how MainProcess ended, which is not success.
        Told::Ended(_, None) | Told::Unfinished => ExitCode::FAILURE,
        Told::ReaderGone {
            is_foreign: false, ..
        } => ExitCode::SUCCESS,
        // The program's own code, or that of one whose output nobody reads.
        Told::ReaderGone { code, .. } => exit_status(code.unwrap_or(-SIGPIPE)),
        Told::Signal(signal) => exit_status(-signal),
    })
}

/// Returns an exit code as a shell tells it: 128+N for signal N.
fn exit_status(code: i32) -> ExitCode {
    let status = if code < 0 { 128 - code } else { code };
    ExitCode::from(u8::try_from(status & 0xff).unwrap_or(u8::MAX))
}

fn screen(
    opening: Opening,
    looks: &looks::Looks,
    record: Option<std::path::PathBuf>,
) -> Result<ExitCode, CliError> {
    let mut settled = Settled::read_for_screen();
    settled.settings.mouse &= !looks.no_mouse;
    let options = screen::Options {
        looks: looks.of_screen(&mut settled)?,
        record,
        settled,
    };
    let left = screen::run(opening, options);
    if let Ok(left) = &left {
        for why in [&left.unkept, &left.unrecorded].into_iter().flatten() {
            render::note(why);
        }
    }
    match left.map(|left| left.ended) {
        Ok(Ended::Quit(Some(code))) => Ok(exit_status(code)),
        Ok(Ended::Quit(None)) => Ok(ExitCode::SUCCESS),
        // However it is noticed: the signal that tells it may come later.
        Ok(Ended::TerminalLost) => Ok(exit_status(-libc::SIGHUP)),
        Ok(Ended::Signal(signal)) => Ok(exit_status(-signal)),
        Err(screen::ScreenError::Terminal(error @ TerminalError::Io(_))) => {
            Err(CliError::Screen(error.into()))
        }
        Err(error) => Err(CliError::Screen(error)),
    }
}
