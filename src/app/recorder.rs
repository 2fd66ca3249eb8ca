//! The recorder: writes a run's trace beside the screen, in a thread of its own.
//!
//! What was handed over is on disk at most a second later, so that a crash loses no more. When the
//! disk is full the run goes on; what stands in the file until then opens.

use crate::channel::clock;
use crate::event::{Event, Kind, Span, Time};
use crate::runtime::error::{errno_name, errno_words};
use crate::trace::{Flush, Header, Packer, Writer};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What was handed over is on disk so much later, at most.
const FLUSH: Span = Span::millis(500);

/// Why a trace can't be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", path.display())]
pub(super) struct RecordError {
    /// The file.
    path: PathBuf,
    /// Why.
    source: io::Error,
}

impl RecordError {
    /// Returns what kind of failure it is.
    pub(super) fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

/// A trace that is being written.
pub(super) struct Recorder {
    path: PathBuf,
    to: Option<Sender<Item>>,
    written: Arc<Written>,
    thread: Option<JoinHandle<()>>,
    /// Whether a failure was told already.
    is_told: bool,
}

/// Events, and up to when everything is known.
struct Item {
    events: Vec<Event>,
    horizon: Time,
}

/// How far it is. The thread writes, the screen reads.
#[derive(Debug, Default)]
struct Written {
    bytes: AtomicU64,
    has_failed: AtomicBool,
    error: Mutex<Option<io::Error>>,
}

/// What becomes of a file that is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Existing {
    /// It is replaced.
    Replaced,
    /// It stays, and the file can't be created.
    Kept,
}

impl Recorder {
    /// Creates the file, a compressed one if its name ends so. `size` is the screen's.
    pub(super) fn create(
        path: &Path,
        existing: Existing,
        size: (u16, u16),
    ) -> Result<Recorder, RecordError> {
        let fail = |source| RecordError {
            path: path.to_owned(),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true);
        let file = match existing {
            // It is emptied when there is something to write.
            Existing::Replaced => options.create(true).truncate(false).open(path),
            Existing::Kept => options.create_new(true).open(path),
        };
        let file = file.map_err(fail)?;
        let replaced = file.try_clone().map_err(fail)?;
        let written = Arc::new(Written::default());
        let counted = Counted {
            file,
            written: written.clone(),
        };
        let is_packed = path.extension().is_some_and(|ending| ending == "zst");
        let out = match is_packed {
            true => Out::Packed(Packer::new(counted).map_err(fail)?),
            false => Out::Plain(BufWriter::with_capacity(1 << 16, counted)),
        };
        let (to, items) = unbounded();
        let told = written.clone();
        let thread = std::thread::Builder::new()
            .name("recorder".into())
            .spawn(move || {
                if let Err(error) = write(out, &replaced, size, &items) {
                    if let Ok(mut place) = told.error.lock() {
                        *place = Some(error);
                    }
                    told.has_failed.store(true, Ordering::Release);
                }
            })
            .map_err(fail)?;
        Ok(Recorder {
            path: path.to_owned(),
            to: Some(to),
            written,
            thread: Some(thread),
            is_told: false,
        })
    }

    /// Returns the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Hands over events, and that everything up to `horizon` is known.
    pub(super) fn take(&self, events: Vec<Event>, horizon: Time) {
        if let Some(to) = &self.to {
            // Whoever can't write any more does not listen.
            let _ = to.send(Item { events, horizon });
        }
    }

    /// Returns how many bytes are in the file.
    pub(super) fn bytes(&self) -> u64 {
        self.written.bytes.load(Ordering::Relaxed)
    }

    /// Returns whether it can't be written any more.
    pub(super) fn has_failed(&self) -> bool {
        self.written.has_failed.load(Ordering::Acquire)
    }

    /// Returns what is to be told of a failure, once.
    pub(super) fn failure(&mut self) -> Option<String> {
        if self.is_told || !self.has_failed() {
            return None;
        }
        self.is_told = true;
        let place = self.written.error.lock().ok()?;
        let error = place.as_ref()?;
        let path = self.path.display();
        let (name, words) = (errno_name(error), errno_words(error));
        Some(format!("`{path}` is no longer written: {name}: {words}"))
    }

    fn error(&self) -> Option<io::Error> {
        self.written.error.lock().ok()?.take()
    }

    /// Writes what is left; returns how many bytes it is in all. What failed is an error, even if it
    /// was told already.
    pub(super) fn finish(mut self) -> Result<u64, RecordError> {
        self.end();
        match self.error() {
            None => Ok(self.bytes()),
            Some(source) => Err(RecordError {
                path: self.path.clone(),
                source,
            }),
        }
    }

    fn end(&mut self) {
        self.to = None;
        if let Some(thread) = self.thread.take() {
            // It does not panic; if it did, what it had written stands.
            let _ = thread.join();
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.end();
    }
}

/// Writes what comes until nobody sends any more.
fn write(out: Out, file: &File, size: (u16, u16), items: &Receiver<Item>) -> io::Result<()> {
    let Ok(first) = items.recv() else {
        return Ok(());
    };
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    let started = first
        .events
        .iter()
        .find(|event| matches!(event.kind, Kind::RunStarted { .. }));
    let header = Header::of(started.map(|event| &event.kind)).with_size(size);
    let mut writer = Writer::new(out, &header, Flush::AtEnd)?;
    writer.batch(&first.events, first.horizon)?;
    writer.flush()?;
    // Since when something waits to be handed on.
    let mut waits: Option<u64> = None;
    loop {
        let item = match waits {
            None => items.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(since) => items.recv_timeout(left(since).into()),
        };
        match item {
            Ok(item) => {
                writer.batch(&item.events, item.horizon)?;
                waits = waits.or_else(|| Some(clock::monotonic()));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return writer.finish()?.finish(),
        }
        if waits.is_some_and(|since| left(since) == Span::ZERO) {
            writer.flush()?;
            waits = None;
        }
    }
}

/// Returns how long what came at a moment of the machine's clock may still wait.
fn left(since: u64) -> Span {
    Span(
        FLUSH
            .0
            .saturating_sub(clock::monotonic().saturating_sub(since)),
    )
}

/// The file, as it is written.
enum Out {
    Plain(BufWriter<Counted>),
    Packed(Packer<Counted>),
}

impl Out {
    /// Writes its end.
    fn finish(self) -> io::Result<()> {
        match self {
            Out::Plain(mut out) => out.flush(),
            Out::Packed(mut out) => out.finish(),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Plain(out) => out.write(bytes),
            Out::Packed(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Plain(out) => out.flush(),
            Out::Packed(out) => out.flush(),
        }
    }
}

/// A file that says how much is in it.
struct Counted {
    file: File,
    written: Arc<Written>,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        let more = u64::try_from(count).unwrap_or(0);
        self.written.bytes.fetch_add(more, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
