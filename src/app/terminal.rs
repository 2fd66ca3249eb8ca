//! The terminal: taken over, drawn on, and given back as it was, however mpviz ends.

use super::link::Link;
use super::output::{self, Output, Written};
use crate::channel::clock;
use crate::event::Span;
use crate::record::escape::{Listener, Screen};
use crate::stage;
use crossbeam_channel::Receiver;
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
/// Asks the terminal whether it is well: it answers when it has come that far.
pub(super) const ASK: &str = "\u{1b}[5n";

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
    link: Link,
    /// What it shows, as far as it was told.
    screen: Screen,
    size: (u16, u16),
    /// Room for the cells of the next frame.
    spare: Buffer,
    /// What is told with the next frame, before it.
    aside: String,
    /// Whether the terminal tells of the mouse.
    has_mouse: bool,
    /// The rows that are told first, and from which row on the others are.
    first: Vec<usize>,
    next: usize,
    manner: stage::Manner,
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
        let shell = stage::Shell::of_this_process();
        let output = Output::start()?;
        std::mem::forget(guard);
        Ok(Terminal {
            output,
            link: Link::default(),
            screen: Screen::new(0, 0, Listener::Terminal),
            size: (0, 0),
            spare: Buffer::empty(Rect::ZERO),
            aside: String::new(),
            has_mouse: false,
            first: Vec::new(),
            next: 0,
            manner: stage::Manner { before, raw, shell },
        })
    }

    /// Asks the terminal something. One that takes nothing now will not answer.
    pub(super) fn ask(&self, questions: &str) {
        let _ = output::ask_now(questions.as_bytes());
    }

    /// Returns what the supervisor needs to give the terminal back should mpviz be killed.
    pub(super) fn for_stage(&self) -> io::Result<stage::Terminal> {
        let tty = io::stdout().as_fd().try_clone_to_owned()?;
        Ok(stage::Terminal {
            tty,
            hold: output::hold()?.try_clone()?,
            manner: self.manner.clone(),
        })
    }

    /// Returns the area that a frame has.
    pub(super) fn area(&self) -> io::Result<Rect> {
        let told = rustix::termios::tcgetwinsize(io::stdout())?;
        // A serial line knows no size.
        let or = |told: u16, name: &str, usual: u16| match told {
            0 => std::env::var(name).map_or(usual, |text| text.parse().unwrap_or(usual)),
            told => told,
        };
        let (width, height) = (or(told.ws_col, "COLUMNS", 80), or(told.ws_row, "LINES", 24));
        Ok(Rect::new(0, 0, width, height))
    }

    /// Returns where it is told that a frame is written; [`Terminal::written`] wants to know.
    pub(super) fn tells_written(&self) -> &Receiver<Written> {
        self.output.written()
    }

    /// Takes in that a frame is written.
    pub(super) fn written(&mut self, written: Written) -> io::Result<()> {
        self.output.done(written)
    }

    /// Takes in that the terminal has caught up with a frame, and when.
    pub(super) fn answered(&mut self, at: u64) {
        self.link.answered(at);
    }

    /// Returns whether a frame may be drawn now: the terminal has taken, and as far as it says so
    /// shown, what was drawn before.
    pub(super) fn has_room(&mut self) -> bool {
        self.output.is_ready() && self.link.room(clock::monotonic()).is_some()
    }

    /// Returns how long until there is room even if nothing comes; `None` if there never is.
    pub(super) fn room_in(&self) -> Option<Span> {
        let at = self.link.lost_at().filter(|_| self.output.is_ready())?;
        Some(Span(at.saturating_sub(clock::monotonic())))
    }

    /// Returns whether the terminal is told a frame in slices.
    pub(super) fn is_slow(&self) -> bool {
        self.link.is_slow()
    }

    /// Has the rows in which two frames differ told before all others.
    pub(super) fn prefer(&mut self, before: &Buffer, after: &Buffer) {
        let width = usize::from(after.area.width).max(1);
        let rows = before
            .content
            .chunks(width)
            .zip(after.content.chunks(width));
        let differing = rows.enumerate().filter(|(_, (a, b))| a != b);
        for (y, _) in differing {
            if !self.first.contains(&y) {
                self.first.push(y);
            }
        }
    }

    /// Returns a frame without anything on it.
    pub(super) fn blank(&mut self, area: Rect) -> Buffer {
        let mut cells = std::mem::take(&mut self.spare);
        cells.resize(area);
        cells.reset();
        cells
    }

    /// Draws a frame: only what changed is told, all at once if there is room for it. Returns whether
    /// there was. To be called when there is any.
    pub(super) fn draw(&mut self, cells: Buffer) -> bool {
        let now = clock::monotonic();
        let room = self.link.room(now).unwrap_or_default();
        let mut frame = std::mem::take(&mut self.aside);
        let area = cells.area;
        let is_new = self.size != (area.width, area.height);
        if is_new {
            self.size = (area.width, area.height);
            self.screen = Screen::new(area.width, area.height, Listener::Terminal);
            self.screen.forget_cursor();
        }
        let height = usize::from(area.height);
        let others = (self.next..height).chain(0..self.next.min(height));
        let others = others.filter(|y| !self.first.contains(y));
        let rows = self.first.iter().copied().chain(others);
        let (drawn, ended) = self.screen.draw_within(&cells, rows, room);
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
        match ended {
            None => (self.next, self.first) = (0, Vec::new()),
            Some(row) if self.first.contains(&row) => {}
            Some(row) => self.next = row,
        }
        self.spare = cells;
        if !frame.is_empty() {
            if self.link.asks_way(now) {
                frame.insert_str(0, ASK);
            }
            frame.push_str(ASK);
            self.link.told(frame.len(), now);
            self.output.write(frame);
        }
        ended.is_none()
    }

    /// Waits for what is being written, but not for long. Returns whether an answer will still come.
    pub(super) fn settle(&mut self) -> bool {
        self.output.wait();
        self.link.is_expecting(clock::monotonic())
    }

    /// Tells the terminal something, with the next frame.
    pub(super) fn tell(&mut self, what: &str) {
        self.aside.push_str(what);
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
        give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        enter()?;
        // A frame that was cut is out by now.
        self.output.wait();
        if self.has_mouse {
            self.tell(MOUSE);
        }
        self.link.forget();
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
        leave();
    }
}

fn leave() {
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
    output::end_hold();
}

/// A panic in any thread gives the terminal back, tells itself there, and ends mpviz; the
/// supervisor then ends what runs.
fn give_back_on_panic() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if output::release() {
                output::outlast_answers();
                leave();
            }
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
