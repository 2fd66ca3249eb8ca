//! The terminal: taken over, drawn on, and given back as it was, however mpviz ends.

use super::output::{self, Output};
use crate::record::escape::{Listener, Screen};
use crate::stage;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::Once;

/// Begins and ends a frame that the terminal is to show all at once. Terminals that don't know it
/// show what comes, as it comes; so none is asked.
const BEGIN: &str = "\u{1b}[?2026h";
const END: &str = "\u{1b}[?2026l";
/// Has the terminal tell of the mouse: presses and the wheel, drags, by numbers of any size. Not of
/// each move: nothing is made of that.
const MOUSE: &str = "\u{1b}[?1000h\u{1b}[?1002h\u{1b}[?1006h";
const NO_MOUSE: &str = "\u{1b}[?1006l\u{1b}[?1002l\u{1b}[?1000l";
/// Before the first frame: nothing of what stood there.
const CLEAR: &str = "\u{1b}[m\u{1b}[2J";

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

/// The terminal while it is ours.
pub(super) struct Terminal {
    output: Output,
    /// What it shows, as far as it was told.
    screen: Screen,
    /// The cells of the frame.
    buffer: Buffer,
    /// What is told with the next frame, before it.
    aside: String,
    /// Whether the terminal tells of the mouse.
    has_mouse: bool,
    before: stage::Modes,
    raw: stage::Modes,
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
        let output = Output::start()?;
        std::mem::forget(guard);
        Ok(Terminal {
            output,
            screen: Screen::new(0, 0, Listener::Terminal),
            buffer: Buffer::empty(Rect::ZERO),
            aside: String::new(),
            has_mouse: false,
            before,
            raw,
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
        let (width, height) = crossterm::terminal::size()?;
        Ok(Rect::new(0, 0, width, height))
    }

    /// Returns the way out: a frame may be drawn when it is ready.
    pub(super) fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Draws a frame: only what changed is written, all at once. To be called when the output is
    /// ready.
    pub(super) fn draw(&mut self, area: Rect, draw: impl FnOnce(&mut Buffer, Rect)) {
        let mut frame = std::mem::take(&mut self.aside);
        let is_new = self.buffer.area != area;
        if is_new {
            self.screen = Screen::new(area.width, area.height, Listener::Terminal);
            self.screen.forget_cursor();
        }
        self.buffer.resize(area);
        self.buffer.reset();
        draw(&mut self.buffer, area);
        let drawn = self.screen.draw(&self.buffer);
        if is_new || !drawn.is_empty() {
            frame.push_str(BEGIN);
            if is_new {
                frame.push_str(CLEAR);
            }
            frame.push_str(drawn);
            frame.push_str(self.screen.lay_pen_down());
            frame.push_str(END);
        }
        self.screen.forget_cursor();
        if !frame.is_empty() {
            self.output.write(frame);
        }
    }

    /// Tells the terminal something, with the next frame.
    pub(super) fn tell(&mut self, what: &str) {
        self.aside.push_str(what);
    }

    /// Returns the cells of the last frame.
    pub(super) fn shown(&self) -> &Buffer {
        &self.buffer
    }

    /// Has the terminal tell of the mouse, or keep it to itself.
    pub(super) fn set_mouse(&mut self, has_mouse: bool) {
        self.has_mouse = has_mouse;
        self.tell(if has_mouse { MOUSE } else { NO_MOUSE });
    }

    /// Returns whether the terminal tells of the mouse.
    pub(super) fn has_mouse(&self) -> bool {
        self.has_mouse
    }

    /// Forgets what is on the screen: the next frame is drawn whole.
    pub(super) fn forget(&mut self) {
        self.screen.forget();
    }

    /// Gives the terminal back, stops mpviz as `C-z` does, and takes it over again when mpviz
    /// goes on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.output.wait();
        give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        enter()?;
        // A frame that was cut is out by now.
        self.output.wait();
        if self.has_mouse {
            self.tell(MOUSE);
        }
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
    let mut bytes = Vec::new();
    queue!(bytes, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    output::take()?;
    let guard = Guard;
    enable_raw_mode()?;
    output::write_now(&bytes)?;
    std::mem::forget(guard);
    Ok(())
}

/// Gives the terminal back, once. A terminal that is gone has nothing to be given, one that takes
/// nothing is not waited for.
fn give_back() {
    if output::release() {
        let mut bytes = Vec::new();
        let told = queue!(
            bytes,
            EndSynchronizedUpdate,
            Print(NO_MOUSE),
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = told.and_then(|()| output::write_now(&bytes));
        let _ = disable_raw_mode();
    }
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
        assert!(given_back.contains(NO_MOUSE), "{said:?}");
        assert!(told.contains("\x1b[?25h"), "{said:?}");
        // Told where it can be read, not on the screen that goes away.
        assert!(told.contains("a panic on purpose"), "{said:?}");
        assert!(!given_back.contains("a panic on purpose"), "{said:?}");
    }
}
