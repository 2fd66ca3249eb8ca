//! Output: a thread of its own writes what the terminal is told, a frame at a time, so that a
//! terminal that takes nothing stops nobody.
//!
//! The terminal is open here a second time, for writing without waiting: that holds for this open
//! file alone, where stdin, stdout and stderr are mostly one that the shell has too. Where it can't
//! be opened again stdout is written to, which waits, in this thread alone.
//!
//! Not here: what is written (`terminal`), and when (`screen`).

use super::terminal::ASK;
use crate::channel::clock;
use crate::event::Span;
use crate::stage::Hold;
use crossbeam_channel::{Receiver, Sender, bounded};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{QueueSelector, tcflush};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

/// Between two looks whether a terminal that takes nothing is to be waited for any longer.
const STEP: Span = Span::millis(20);
/// How long the end waits for a terminal that takes nothing: at most twice this.
const PATIENCE: Span = Span::millis(500);
/// Ends a control sequence that was cut.
const CANCEL: &[u8] = b"\x18";

/// Whether the terminal is ours. The panic hook asks it from any thread.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Held while a frame is written, so that none comes after the terminal was given back. Tells
/// whether one was cut.
static WRITING: Mutex<bool> = Mutex::new(false);
/// The terminal, open for writing.
static TTY: OnceLock<OwnedFd> = OnceLock::new();
/// How often the terminal was asked whether it is well, and how often it has answered.
static ASKED: AtomicUsize = AtomicUsize::new(0);
static ANSWERED: AtomicUsize = AtomicUsize::new(0);
/// Whether the terminal is ours, as supervisors know it.
static HOLD: OnceLock<Hold> = OnceLock::new();

/// What was written of a frame.
pub(super) struct Written {
    /// What the terminal failed with.
    result: io::Result<()>,
}

/// The thread that writes.
pub(super) struct Output {
    frames: Sender<String>,
    written: Receiver<Written>,
    is_writing: bool,
}

impl Output {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Output> {
        let (frames, to_write) = bounded::<String>(1);
        let (tell, written) = bounded(1);
        let write = move || {
            for frame in to_write {
                let result = write_frame(frame.as_bytes());
                if tell.send(Written { result }).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("output".into())
            .spawn(write)?;
        Ok(Output {
            frames,
            written,
            is_writing: false,
        })
    }

    /// Returns whether the last frame is written.
    pub(super) fn is_ready(&self) -> bool {
        !self.is_writing
    }

    /// Has a frame written. To be called when the last one is.
    pub(super) fn write(&mut self, frame: String) {
        debug_assert!(!self.is_writing);
        // The thread lives as long as this does.
        self.is_writing = self.frames.send(frame).is_ok();
    }

    /// Returns where it is told that a frame is written; [`Output::done`] wants to know.
    pub(super) fn written(&self) -> &Receiver<Written> {
        &self.written
    }

    /// Takes in that a frame is written.
    pub(super) fn done(&mut self, written: Written) -> io::Result<()> {
        self.is_writing = false;
        written.result
    }

    /// Waits for the frame that is being written, but not for long.
    pub(super) fn wait(&mut self) {
        if self.is_writing && self.written.recv_timeout(PATIENCE.into()).is_ok() {
            self.is_writing = false;
        }
    }
}

/// Takes the terminal: from now on it may be written to.
pub(super) fn take() -> io::Result<()> {
    if TTY.get().is_none() {
        // Another thread has opened it meanwhile, if it can't be set.
        let _ = TTY.set(open()?);
    }
    if HOLD.get().is_none() {
        let _ = HOLD.set(Hold::new()?);
    }
    TAKEN.store(true, Ordering::SeqCst);
    hold()?.take();
    Ok(())
}

/// Returns what supervisors are to know the terminal by.
pub(super) fn hold() -> io::Result<&'static Hold> {
    Ok(HOLD.get().ok_or(io::ErrorKind::NotConnected)?)
}

/// Opens the terminal again, for writing without waiting.
fn open() -> io::Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    match rustix::fs::open("/proc/self/fd/1", flags, Mode::empty()) {
        Ok(tty) => Ok(tty),
        // There is no /proc, or it is another user's terminal.
        Err(_) => io::stdout().as_fd().try_clone_to_owned(),
    }
}

/// Returns whether the terminal was ours, which it is no more.
pub(super) fn release() -> bool {
    TAKEN.swap(false, Ordering::SeqCst)
}

/// The terminal is given back: no supervisor is to do it again.
pub(super) fn end_hold() {
    if let Some(hold) = HOLD.get() {
        hold.end();
    }
}

/// The terminal has answered a question. From the thread that reads it.
pub(super) fn answered() {
    ANSWERED.fetch_add(1, Ordering::SeqCst);
}

/// Waits, but not for long, until the terminal has answered everything, and throws away what was typed
/// meanwhile: whoever reads it next would take an answer for keys. For a panic, after which nobody
/// else takes answers in; the terminal was ours until now.
pub(super) fn outlast_answers() {
    let begun = clock::monotonic();
    let waits = || clock::monotonic().saturating_sub(begun) < PATIENCE.0;
    while ANSWERED.load(Ordering::SeqCst) < ASKED.load(Ordering::SeqCst) && waits() {
        std::thread::sleep(STEP.into());
    }
    if let Some(tty) = TTY.get() {
        let _ = tcflush(tty, QueueSelector::IFlush);
    }
}

/// Writes at once, after the frame that is being written or the part of it that the terminal took. A
/// terminal that takes nothing is not waited for.
pub(super) fn write_now(bytes: &[u8]) -> io::Result<()> {
    write_soon(bytes, || true)?;
    Ok(())
}

/// Asks the terminal something at once, as long as it is ours: after a panic in another thread the
/// question would be written into what is told of it.
pub(super) fn ask_now(questions: &[u8]) -> io::Result<()> {
    if write_soon(questions, || TAKEN.load(Ordering::SeqCst))? {
        ASKED.fetch_add(1, Ordering::SeqCst);
    }
    Ok(())
}

/// Writes at once what is still wanted when its turn comes. Returns whether it was.
fn write_soon(bytes: &[u8], is_wanted: impl Fn() -> bool) -> io::Result<bool> {
    let begun = clock::monotonic();
    let mut waits = || clock::monotonic().saturating_sub(begun) < PATIENCE.0;
    let Some(mut was_cut) = written_frame(&mut waits) else {
        return Err(io::ErrorKind::TimedOut.into());
    };
    if !is_wanted() {
        return Ok(false);
    }
    let begun = clock::monotonic();
    let mut waits = || clock::monotonic().saturating_sub(begun) < PATIENCE.0;
    if std::mem::take(&mut *was_cut) {
        write(CANCEL, &mut waits)?;
    }
    match write(bytes, &mut waits)? {
        true => Ok(true),
        false => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Waits until no frame is being written.
fn written_frame(waits: &mut dyn FnMut() -> bool) -> Option<MutexGuard<'static, bool>> {
    loop {
        match WRITING.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if !waits() => return None,
            Err(TryLockError::WouldBlock) => std::thread::sleep(STEP.into()),
        }
    }
}

/// Writes a frame, as long as the terminal is ours.
fn write_frame(frame: &[u8]) -> io::Result<()> {
    let mut was_cut = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut is_ours = || TAKEN.load(Ordering::SeqCst);
    if !is_ours() {
        // mpviz is about to end.
        return Ok(());
    }
    *was_cut |= !write(frame, &mut is_ours)?;
    let questions = frame.windows(ASK.len()).filter(|at| *at == ASK.as_bytes());
    ASKED.fetch_add(questions.count(), Ordering::SeqCst);
    Ok(())
}

/// Writes bytes to the terminal, as [`write_to`] does.
fn write(bytes: &[u8], waits: &mut dyn FnMut() -> bool) -> io::Result<bool> {
    let tty = TTY.get().ok_or(io::ErrorKind::NotConnected)?;
    write_to(tty.as_fd(), bytes, waits)
}

/// Writes bytes, waiting for room as long as it `waits`, also where others made it that nobody waits.
/// Returns whether all are written.
pub(super) fn write_to(
    out: BorrowedFd<'_>,
    mut bytes: &[u8],
    waits: &mut dyn FnMut() -> bool,
) -> io::Result<bool> {
    while !bytes.is_empty() {
        match rustix::io::write(out, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if !waits() => return Ok(false),
            Err(Errno::AGAIN) => {
                let step = Timespec {
                    tv_sec: 0,
                    tv_nsec: i64::try_from(STEP.0).unwrap_or_default(),
                };
                // Whether it has room then is seen by writing.
                let _ = poll(&mut [PollFd::new(&out, PollFlags::OUT)], Some(&step));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}
