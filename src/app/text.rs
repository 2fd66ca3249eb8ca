//! A run as text: sentences for people and pipes (`--plain`), their end alone (`--quiet`), the trace for
//! programs (`--json`).

use super::printer::{Printer, Sheet};
use super::session::Session;
use crate::channel::Batch;
use crate::event::words::Ending;
use crate::event::{Event, Kind, Span};
use crate::history::History;
use crate::record::plain::Plain;
use crate::stage::is_ignored;
use crate::trace::{Flush, Header, TraceError, Writer};
use crossbeam_channel::{Receiver, RecvError, after, bounded, never, select};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

/// So long a reader is waited for once a signal is to end all.
const PATIENCE: Duration = Duration::from_secs(1);

/// Which text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A sentence per event.
    Plain,
    /// The trace.
    Json,
    /// What was found to be wrong, and how it went.
    Quiet,
}

/// How it went.
#[derive(Debug)]
pub enum Told {
    /// To the end; MainProcess's exit code, if it was seen.
    Ended(Ending, Option<i32>),
    /// To the end of a trace that does not tell the end of its run.
    Unfinished,
    /// Nobody reads any more.
    ReaderGone {
        /// Whether a program was run for it that mpviz does not bring.
        is_foreign: bool,
        /// MainProcess's exit code, if it had ended by then.
        code: Option<i32>,
    },
    /// A signal ended it.
    Signal(i32),
    /// Nobody did anything any more for as long as the limit allows: it was ended.
    Quiet(Span),
}

/// Why the text is not whole.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// It can't be written.
    #[error("cannot write the text")]
    Write(#[source] io::Error),
    /// The trace has a fault; everything before it was told.
    #[error("cannot replay the trace further")]
    Trace(#[from] TraceError),
    /// Signals can't be watched for.
    #[error("cannot watch for signals")]
    Signals(#[source] io::Error),
}

/// Tells a run to the end, a line as soon as it is known. As a trace it has the `header`; else that
/// of its first event. Ends it once nobody in it has computed,
/// slept or moved anything for as long as `limit`. `out` makes of a sheet what is written on it.
///
/// # Errors
///
/// If the text can't be written, or the trace that is told has a fault.
pub fn tell<W: Write>(
    mut session: Session,
    header: Option<Header>,
    form: Form,
    limit: Option<Span>,
    out: impl FnOnce(Sheet) -> W,
) -> Result<Told, TextError> {
    let mut ear = Ear::new(watch_signals().map_err(TextError::Signals)?);
    let (mut printer, sheet) = Printer::begin().map_err(TextError::Write)?;
    let mut teller = match form {
        Form::Plain => Teller::Plain(Plain::new(out(sheet))),
        Form::Quiet => Teller::Plain(Plain::summary(out(sheet))),
        Form::Json => Teller::Json(Json::Waits(out(sheet), header)),
    };
    let mut history = History::default();
    let mut limit = limit;
    let mut was_quiet = None;
    loop {
        select! {
            recv(session.batches()) -> batch => match batch {
                Ok(mut batch) => {
                    session.follow(&mut batch.events);
                    teller.tell(&batch, &mut history).map_err(TextError::Write)?;
                    if let Some(span) = limit.filter(|limit| history.is_quiet_for(*limit)) {
                        was_quiet = limit.take();
                        session.stop();
                        teller.quiet(&history, span).map_err(TextError::Write)?;
                    }
                    if let Err(left) = hand_on(&printer, &mut ear, &mut session) {
                        return left.told(&mut session, &history);
                    }
                }
                Err(_) => break,
            },
            recv(session.over()) -> _ => session.finish(),
            recv(printer.ended()) -> ended => {
                return Left::of(ended).told(&mut session, &history);
            }
            recv(ear.signals) -> signal => {
                if let Some(signal) = ear.hear(signal, &mut session) {
                    return Ok(Told::Signal(signal));
                }
            }
        }
    }
    teller.finish(&history).map_err(TextError::Write)?;
    let printed = hand_on(&printer, &mut ear, &mut session);
    printer.close();
    if let Err(left) = printed.and_then(|()| wait(&printer, &mut ear, &mut session)) {
        return left.told(&mut session, &history);
    }
    if let Some(signal) = ear.ended_by {
        return Ok(Told::Signal(signal));
    }
    if let Some(error) = session.broken() {
        return Err(error.into());
    }
    if let Some(limit) = was_quiet {
        return Ok(Told::Quiet(limit));
    }
    Ok(match &history.run().ended {
        Some(ended) => Told::Ended(ended.ending, ended.code),
        None => Told::Unfinished,
    })
}

/// Hands what was told to the printer, when that has a place for it.
fn hand_on(printer: &Printer, ear: &mut Ear, session: &mut Session) -> Result<(), Left> {
    let Some(to) = printer.to().filter(|_| printer.has_any()) else {
        return Ok(());
    };
    loop {
        select! {
            send(to, printer.take()) -> sent => {
                return sent.map_err(|_| Left::of(printer.ended().recv()));
            }
            recv(ear.signals) -> signal => ear.heard(signal, session)?,
            recv(ear.patience()) -> _ => return Err(Left::Signal(ear.ended_by.unwrap_or(SIGTERM))),
        }
    }
}

/// Waits until all is printed.
fn wait(printer: &Printer, ear: &mut Ear, session: &mut Session) -> Result<(), Left> {
    loop {
        select! {
            recv(printer.ended()) -> ended => return match ended {
                Ok(Ok(())) => Ok(()),
                ended => Err(Left::of(ended)),
            },
            recv(ear.signals) -> signal => ear.heard(signal, session)?,
            recv(ear.patience()) -> _ => return Err(Left::Signal(ear.ended_by.unwrap_or(SIGTERM))),
        }
    }
}

/// Hears signals.
struct Ear {
    signals: Receiver<i32>,
    was_interrupted: bool,
    /// The signal that ends the run.
    ended_by: Option<i32>,
}

impl Ear {
    fn new(signals: Receiver<i32>) -> Ear {
        Ear {
            signals,
            was_interrupted: false,
            ended_by: None,
        }
    }

    /// Takes a signal; returns it if mpviz is to end at once.
    fn hear(&mut self, signal: Result<i32, RecvError>, session: &mut Session) -> Option<i32> {
        let signal = signal.unwrap_or(SIGTERM);
        // The first is the program's own affair, as a shell's `C-c` is.
        let is_passed_on = signal == SIGINT && !self.was_interrupted && session.interrupt();
        self.was_interrupted |= is_passed_on;
        if is_passed_on {
            return None;
        }
        if self.ended_by.is_some() {
            return Some(signal);
        }
        // How it ends is told, too; but whoever can't wait for that need not.
        self.ended_by = Some(signal);
        session.stop();
        None
    }

    fn heard(&mut self, signal: Result<i32, RecvError>, session: &mut Session) -> Result<(), Left> {
        match self.hear(signal, session) {
            Some(signal) => Err(Left::Signal(signal)),
            None => Ok(()),
        }
    }

    /// Returns when a reader is not waited for any more: once a signal is to end all.
    fn patience(&self) -> Receiver<Instant> {
        match self.ended_by {
            Some(_) => after(PATIENCE),
            None => never(),
        }
    }
}

/// Why the rest of the text is not printed.
enum Left {
    Signal(i32),
    Failed(io::Error),
}

impl Left {
    fn of(ended: Result<io::Result<()>, RecvError>) -> Left {
        Left::Failed(match ended {
            Ok(Err(error)) => error,
            // It has printed all that it was given, or is gone.
            _ => ErrorKind::BrokenPipe.into(),
        })
    }

    /// Ends the run. A reader that has gone is no error: it had enough.
    fn told(self, session: &mut Session, history: &History) -> Result<Told, TextError> {
        session.stop();
        match self {
            Left::Signal(signal) => Ok(Told::Signal(signal)),
            Left::Failed(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Told::ReaderGone {
                is_foreign: session.is_foreign(),
                code: history.run().ended.and_then(|ended| ended.code),
            }),
            Left::Failed(error) => Err(TextError::Write(error)),
        }
    }
}

enum Teller<W: Write> {
    Plain(Plain<W>),
    Json(Json<W>),
}

/// A trace, which begins with the first events.
enum Json<W: Write> {
    Waits(W, Option<Header>),
    Writes(Writer<W>),
    Failed,
}

impl<W: Write> Json<W> {
    /// Returns the writer; a header of before the first events if it is not there yet.
    fn writer(&mut self, events: &[Event]) -> io::Result<&mut Writer<W>> {
        if let Json::Waits(..) = self
            && let Json::Waits(out, header) = std::mem::replace(self, Json::Failed)
        {
            let is_start = |event: &&Event| matches!(event.kind, Kind::RunStarted { .. });
            let started = events.iter().find(is_start).map(|event| &event.kind);
            let header = header.unwrap_or_else(|| Header::of(started));
            *self = Json::Writes(Writer::new(out, &header, Flush::EachLine)?);
        }
        match self {
            Json::Writes(writer) => Ok(writer),
            _ => Err(ErrorKind::BrokenPipe.into()),
        }
    }
}

impl<W: Write> Teller<W> {
    fn tell(&mut self, batch: &Batch, history: &mut History) -> io::Result<()> {
        match self {
            // A sentence is said in the light of what is known at its event, so one at a time.
            Teller::Plain(plain) => {
                for event in &batch.events {
                    history.apply(event);
                    plain.tell(history)?;
                }
                history.advance(batch.horizon);
                plain.tell(history)
            }
            Teller::Json(writer) => {
                for event in &batch.events {
                    history.apply(event);
                }
                history.advance(batch.horizon);
                let writer = writer.writer(&batch.events)?;
                writer.batch(&batch.events, batch.horizon)
            }
        }
    }

    /// Says that the program is ended, because nobody has done anything for so long.
    fn quiet(&mut self, history: &History, limit: Span) -> io::Result<()> {
        match self {
            Teller::Plain(plain) => plain.quiet(history, limit),
            // A trace has events alone.
            Teller::Json(_) => Ok(()),
        }
    }

    fn finish(self, history: &History) -> io::Result<()> {
        match self {
            Teller::Plain(plain) => plain.finish(history).map(drop),
            Teller::Json(mut json) => {
                json.writer(&[])?;
                match json {
                    Json::Writes(writer) => writer.finish().map(drop),
                    _ => Ok(()),
                }
            }
        }
    }
}

pub(super) fn watch_signals() -> io::Result<Receiver<i32>> {
    let taken = [SIGTERM, SIGHUP, SIGINT];
    let taken = taken.into_iter().filter(|&signal| !is_ignored(signal));
    let mut signals = Signals::new(taken)?;
    let (to, watched) = bounded(1);
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for signal in signals.forever() {
                if to.send(signal).is_err() {
                    return;
                }
            }
        })?;
    Ok(watched)
}
