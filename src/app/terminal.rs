//! The terminal: taken over, drawn on, and given back as it was, however mpviz ends.

use crate::stage;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Position, Rect};
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::mem::ManuallyDrop;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, TryLockError};
use std::time::Duration;

/// Why there is no screen.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// stdout is no terminal.
    #[error("cannot open the screen: stdout is no terminal")]
    NoTerminal,
    /// The terminal can't do what a screen needs.
    #[error("cannot open the screen: a terminal of type `{0}` cannot move its cursor")]
    Dumb(String),
    /// The terminal refused.
    #[error("cannot open the screen")]
    Io(#[from] io::Error),
}

/// Whether the terminal is ours now. The panic hook asks it from any thread.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Held while a frame is written, so that none comes after the terminal was given back.
static DRAWING: Mutex<()> = Mutex::new(());

/// The terminal while it is ours.
pub(super) struct Terminal {
    /// Never dropped: at its end it would show the cursor, which `give_back` does, and panic where
    /// the terminal is gone, since it tells that on stderr.
    inner: ManuallyDrop<ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
    before: stage::Modes,
    raw: stage::Modes,
    /// Nobody knows what is on the screen.
    is_forgotten: bool,
}

impl Terminal {
    /// Takes the terminal over.
    pub(super) fn take() -> Result<Terminal, TerminalError> {
        check()?;
        let before = stage::Modes::of(io::stdout().as_fd())?;
        give_back_on_panic();
        enter()?;
        // From here on a failure gives it back: `Terminal` is dropped, or `Guard` is.
        let guard = Guard;
        let raw = stage::Modes::of(io::stdout().as_fd())?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout()));
        let inner = ManuallyDrop::new(ratatui::Terminal::new(backend)?);
        std::mem::forget(guard);
        Ok(Terminal {
            inner,
            before,
            raw,
            is_forgotten: false,
        })
    }

    /// Returns what the supervisor needs to give the terminal back should mpviz be killed.
    pub(super) fn for_stage(&self) -> io::Result<stage::Terminal> {
        let tty = io::stdout().as_fd().try_clone_to_owned()?;
        Ok(stage::Terminal {
            tty,
            before: self.before.clone(),
            raw: self.raw.clone(),
        })
    }

    /// Returns the area that a frame has.
    pub(super) fn area(&self) -> io::Result<Rect> {
        Ok(Rect::from((Position::ORIGIN, self.inner.size()?)))
    }

    /// Draws a frame: only the cells that changed are written, all at once.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let _drawing = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
        if !TAKEN.load(Ordering::SeqCst) {
            // Another thread panics: mpviz is about to end.
            return Ok(());
        }
        execute!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        if std::mem::take(&mut self.is_forgotten) {
            // Not `clear`: it asks the terminal for its cursor, and the thread that reads keys has
            // the answer.
            let area = self.inner.size()?.into();
            self.inner.resize(area)?;
        }
        self.inner.draw(draw)?;
        execute!(self.inner.backend_mut(), EndSynchronizedUpdate)
    }

    /// Forgets what is on the screen: the next frame is drawn whole.
    pub(super) fn forget(&mut self) {
        self.is_forgotten = true;
    }

    /// Gives the terminal back, stops mpviz as `C-z` does, and takes it over again when mpviz
    /// goes on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        enter()?;
        self.forget();
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back where there is no `Terminal` yet.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

fn check() -> Result<(), TerminalError> {
    if !io::stdout().is_terminal() {
        return Err(TerminalError::NoTerminal);
    }
    match std::env::var("TERM") {
        Ok(term) if term == "dumb" => Err(TerminalError::Dumb(term)),
        _ => Ok(()),
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        Hide
    )
}

/// Gives the terminal back, once. A terminal that is gone has nothing to be given.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _drawing = drawing_over();
        let mut out = io::stdout();
        let _ = execute!(
            out,
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// Waits for the frame that is being written, but not for long: whoever panics may be writing it.
fn drawing_over() -> Option<MutexGuard<'static, ()>> {
    for _ in 0..20 {
        match DRAWING.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    None
}

/// A panic in any thread gives the terminal back, tells itself there, and ends mpviz; the
/// supervisor then ends what runs.
fn give_back_on_panic() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
            std::process::exit(PANICKED);
        }));
    });
}

/// What `main` ends with when it panics, by Rust's convention.
const PANICKED: i32 = 101;

#[cfg(test)]
mod tests {
    use super::*;
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::fs::File;
    use std::io::Read;

    /// Set where the test runs itself again, on a terminal.
    const AGAIN: &str = "MPVIZ_TEST_PANIC";
    const NAME: &str = "app::terminal::tests::a_panic_in_any_thread_gives_the_terminal_back";

    #[test]
    fn a_panic_in_any_thread_gives_the_terminal_back() {
        if let Some(thread) = std::env::var_os(AGAIN) {
            let _terminal = Terminal::take().unwrap();
            if thread == "main" {
                panic!("a panic on purpose");
            }
            let other = std::thread::spawn(|| panic!("a panic on purpose"));
            let _ = other.join();
            unreachable!("the hook ends mpviz");
        }
        for thread in ["main", "other"] {
            check_panic(thread);
        }
    }

    fn check_panic(thread: &str) {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let tty = File::open(pair.master.tty_name().unwrap()).unwrap();
        let before = stage::Modes::of(tty.as_fd()).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args([NAME, "--exact", "--nocapture"]);
        command.env(AGAIN, thread);
        command.env("TERM", "xterm");
        let mut reader = pair.master.try_clone_reader().unwrap();
        let mut child = pair.slave.spawn_command(command).unwrap();
        assert_eq!(child.wait().unwrap().exit_code(), PANICKED as u32);
        assert!(stage::Modes::of(tty.as_fd()).unwrap() == before, "{thread}");
        // With nobody left on the other side what was written can be read to its end.
        drop((tty, pair.slave));
        let mut bytes = Vec::new();
        let _ = reader.read_to_end(&mut bytes);
        let said = String::from_utf8_lossy(&bytes);
        let (_, after) = said.split_once("\x1b[?1049h").expect("it was taken");
        let (given_back, told) = after.split_once("\x1b[?1049l").expect("it is given back");
        assert!(given_back.contains("\x1b[?2004l"), "{said:?}");
        assert!(told.contains("\x1b[?25h"), "{said:?}");
        // Told where it can be read, not on the screen that goes away.
        assert!(told.contains("a panic on purpose"), "{said:?}");
        assert!(!given_back.contains("a panic on purpose"), "{said:?}");
    }
}
