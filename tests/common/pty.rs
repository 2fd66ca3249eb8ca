//! mpviz on a real terminal of its own: keys in, screen out.
//!
//! The screen is what a terminal makes of the bytes (vt100). A condition is looked at between
//! frames only, so a half-drawn one is never taken for the screen. Nothing here waits for an amount
//! of time: what must come is waited for, with a limit that no machine should reach.

use super::tag::{Tag, send, state};
use mpviz::stage::Modes;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;
use tempfile::TempDir;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at something that nobody announces.
const STEP: Duration = Duration::from_millis(5);

/// A terminal, and mpviz on it.
pub(crate) struct Pty {
    /// Who belongs to this start.
    pub(crate) tag: Tag,
    pid: u32,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    /// The terminal's other side: it keeps its modes while nobody else has it open.
    tty: File,
    shown: Arc<Shown>,
    before: Modes,
    /// What this mpviz reads and keeps of a person; gone with it.
    _settled: TempDir,
}

/// What the terminal shows.
struct Shown {
    terminal: Mutex<Terminal>,
    changed: Condvar,
}

struct Terminal {
    parser: vt100::Parser<Watch>,
    /// All bytes that came.
    bytes: Vec<u8>,
    is_closed: bool,
}

/// Knows whether a frame is being drawn, and what the emulator does not know of.
#[derive(Default)]
struct Watch {
    is_drawing: bool,
    /// How many frames were drawn to their end.
    frames: usize,
}

impl vt100::Callbacks for Watch {
    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        last: char,
    ) {
        if first == Some(b'?') && params.iter().any(|param| param == &[2026]) {
            self.is_drawing = last == 'h';
            self.frames += usize::from(last == 'l');
        }
    }
}

/// A cell, as far as it is seen: its characters, colours, and whether bold, dim, italic, underlined,
/// inverse. Of a blank the ground is seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) foreground: vt100::Color,
    pub(crate) background: vt100::Color,
    pub(crate) marks: [bool; 5],
}

impl Pty {
    /// Starts mpviz on a terminal of so many columns and rows.
    pub(crate) fn start(size: (u16, u16), arguments: &[&str]) -> Pty {
        Pty::start_with(size, arguments, &[])
    }

    /// Starts mpviz with more variables in its environment.
    pub(crate) fn start_with(
        size: (u16, u16),
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Pty {
        let argv = [&[env!("CARGO_BIN_EXE_mpviz")], arguments].concat();
        Pty::command(size, &argv, variables)
    }

    /// Starts any program.
    pub(crate) fn command(
        (width, height): (u16, u16),
        argv: &[&str],
        variables: &[(&str, &str)],
    ) -> Pty {
        let tag = Tag::new();
        let size = PtySize {
            rows: height,
            cols: width,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let path = pair.master.tty_name().expect("it has a name");
        let tty = File::options()
            .read(true)
            .write(true)
            .custom_flags(nix::libc::O_NOCTTY)
            .open(path)
            .expect("it can be opened");
        let before = Modes::of(tty.as_fd()).expect("it has modes");
        let mut command = CommandBuilder::new(argv[0]);
        command.args(&argv[1..]);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        for name in ["NO_COLOR", "COLORTERM", "COLORFGBG", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let settled = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        for name in super::SETTLED {
            command.env(name, settled.path());
        }
        for (name, value) in variables.iter().copied().chain([tag.variable()]) {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("it starts");
        let shown = Arc::new(Shown {
            terminal: Mutex::new(Terminal {
                parser: vt100::Parser::new_with_callbacks(
                    not_zero(height),
                    not_zero(width),
                    1000,
                    Watch::default(),
                ),
                bytes: Vec::new(),
                is_closed: false,
            }),
            changed: Condvar::new(),
        });
        let reader = pair.master.try_clone_reader().expect("it can be read");
        let to = Arc::clone(&shown);
        std::thread::spawn(move || show(reader, &to));
        Pty {
            tag,
            pid: child.process_id().expect("it has a pid"),
            keys: pair.master.take_writer().expect("it can be written"),
            master: pair.master,
            tty,
            shown,
            before,
            _settled: settled,
        }
    }

    /// Returns the pid of mpviz.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Presses keys: names as in the keymap (`Enter`, `Down`, `C-z`), parted by blanks. What is no
    /// name is typed as it is.
    pub(crate) fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.send(&bytes_of(key));
        }
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.keys.write_all(bytes).expect("the terminal is there");
        self.keys.flush().expect("the terminal is there");
    }

    /// Sends mpviz a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid, signal);
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, (width, height): (u16, u16)) {
        // The terminal is locked, so nothing is drawn between its two halves.
        let mut terminal = self.lock();
        let (rows, cols) = (not_zero(height), not_zero(width));
        terminal.parser.set_size(rows, cols);
        let size = PtySize {
            rows: height,
            cols: width,
            ..PtySize::default()
        };
        self.master.resize(size).expect("it takes a size");
    }

    fn lock(&self) -> MutexGuard<'_, Terminal> {
        self.shown.terminal.lock().expect("nobody panics with it")
    }

    /// Waits until the screen is so, as text: a line per row.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let mut text = String::new();
        self.until_screen(what, |screen| {
            text = contents(screen);
            is_so(&text)
        });
        text
    }

    /// Waits until a text is on the screen; returns the screen.
    #[track_caller]
    pub(crate) fn until_text(&self, text: &str) -> String {
        self.until(&format!("`{text}`"), |screen| screen.contains(text))
    }

    /// Waits until a knob in the picker has a value.
    #[track_caller]
    pub(crate) fn until_knob(&self, name: &str, value: &str) {
        let has = |row: &str| {
            let mut words = row.split_whitespace();
            words.any(|word| word == name) && words.next() == Some(value)
        };
        let what = format!("`{name}` is `{value}`");
        self.until(&what, |screen| screen.lines().any(has));
    }

    /// Waits until a text is in the header; returns the screen.
    #[track_caller]
    pub(crate) fn until_header(&self, words: &[&str]) -> String {
        self.until(&format!("{words:?} in the first row"), |screen| {
            let header = screen.lines().next().unwrap_or_default();
            words.iter().all(|word| header.contains(word))
        })
    }

    /// Waits until the screen is so, while no frame is half drawn.
    #[track_caller]
    pub(crate) fn until_screen(&self, what: &str, mut is_so: impl FnMut(&vt100::Screen) -> bool) {
        let mut terminal = self.lock();
        let (next, waited) = self
            .shown
            .changed
            .wait_timeout_while(terminal, PATIENCE, |terminal| {
                let is_whole = !terminal.parser.callbacks().is_drawing;
                let is_met = is_whole && is_so(terminal.parser.screen());
                !is_met && !terminal.is_closed
            })
            .expect("nobody panics with it");
        terminal = next;
        let is_met = is_so(terminal.parser.screen());
        let text = contents(terminal.parser.screen());
        let bytes = &terminal.bytes[terminal.bytes.len().saturating_sub(400)..];
        let bytes = bytes.escape_ascii().to_string();
        drop(terminal);
        let how = if waited.timed_out() {
            "in vain"
        } else {
            "until the terminal was closed"
        };
        assert!(
            is_met,
            "waited {how} for {what}; the screen is\n{text}\nafter …{bytes}"
        );
    }

    /// Returns the screen as text.
    pub(crate) fn text(&self) -> String {
        contents(self.lock().parser.screen())
    }

    /// Returns all that was ever written, with what has scrolled away.
    pub(crate) fn all_bytes(&self) -> Vec<u8> {
        self.lock().bytes.clone()
    }

    /// Returns how many frames were drawn.
    pub(crate) fn frames(&self) -> usize {
        self.lock().parser.callbacks().frames
    }

    /// Waits for a frame after so many.
    #[track_caller]
    pub(crate) fn until_frame_after(&self, frames: usize) {
        self.wait_for("a frame", || self.frames() > frames);
    }

    /// Returns every cell of the screen, row by row.
    pub(crate) fn cells(&self) -> Vec<Vec<Cell>> {
        cells(self.lock().parser.screen())
    }

    /// Waits until something is so that nobody announces.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, is_so: impl FnMut() -> bool) {
        if !comes(is_so) {
            panic!("waited in vain for {what}; the screen is\n{}", self.text());
        }
    }

    /// Waits until mpviz is stopped, as by `C-z`.
    #[track_caller]
    pub(crate) fn until_stopped(&self) {
        self.wait_for("mpviz to stop", || state(self.pid) == Some('T'));
    }

    /// Waits for the end of mpviz; returns its exit code, −N for a signal.
    #[track_caller]
    pub(crate) fn end(&self) -> i32 {
        let pid = Pid::from_raw(i32::try_from(self.pid).expect("it is a pid"));
        let mut code = None;
        self.wait_for("mpviz to end", || {
            code = match waitpid(pid, Some(WaitPidFlag::WNOHANG)).expect("it is our child") {
                WaitStatus::Exited(_, code) => Some(code),
                WaitStatus::Signaled(_, signal, _) => Some(-(signal as i32)),
                _ => None,
            };
            code.is_some()
        });
        code.expect("it has ended")
    }

    /// Checks that the terminal is as it was: modes, screen, cursor, paste and mouse reports. What
    /// mpviz wrote last may still be on its way.
    #[track_caller]
    pub(crate) fn is_as_before(&self) {
        self.wait_for("the terminal's modes as before", || {
            Modes::of(self.tty.as_fd()).expect("it has modes") == self.before
        });
        self.until_screen("the other screen, a cursor and no reports", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
    }

    /// Checks that the terminal is mpviz's: other modes, other screen, no cursor.
    #[track_caller]
    pub(crate) fn is_taken(&self) {
        assert_ne!(
            Modes::of(self.tty.as_fd()).expect("it has modes"),
            self.before
        );
        let terminal = self.lock();
        let screen = terminal.parser.screen();
        assert!(screen.alternate_screen() && screen.hide_cursor());
    }

    /// Waits until mpviz alone is left of its run.
    #[track_caller]
    pub(crate) fn wait_for_alone(&mut self) {
        let pid = self.pid;
        let alone = comes(|| self.tag.living() == [pid]);
        assert!(
            alone,
            "others than mpviz live; the screen is\n{}",
            self.text()
        );
    }

    /// Presses `q` and checks that mpviz ends well and leaves nothing.
    #[track_caller]
    pub(crate) fn quit(mut self) {
        self.tag.living();
        self.press("q");
        assert_eq!(self.end(), 0);
        self.nothing_is_left();
    }

    /// Checks that nobody lives any more, and that the terminal is as it was.
    #[track_caller]
    pub(crate) fn nothing_is_left(&mut self) {
        self.tag.nothing_is_left();
        self.is_as_before();
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // The tag ends whoever is left; mpviz itself is to be reaped.
        send(self.pid, Signal::SIGKILL);
        let pid = Pid::from_raw(i32::try_from(self.pid).expect("it is a pid"));
        let _ = waitpid(pid, None);
    }
}

/// Waits until something is so; `false` if it never is.
pub(crate) fn comes(mut is_so: impl FnMut() -> bool) -> bool {
    let mut waited = Duration::ZERO;
    while !is_so() {
        if waited > PATIENCE {
            return false;
        }
        std::thread::sleep(STEP);
        waited += STEP;
    }
    true
}

/// Returns a screen as text: a line per row, without the blanks at its end.
pub(crate) fn contents(screen: &vt100::Screen) -> String {
    let (_, cols) = screen.size();
    screen
        .rows(0, cols.get())
        .fold(String::new(), |mut text, row| {
            let _ = writeln!(text, "{}", row.trim_end());
            text
        })
}

fn cells(screen: &vt100::Screen) -> Vec<Vec<Cell>> {
    let (rows, cols) = screen.size();
    let cell = |row, col| {
        let cell = screen.cell(row, col).expect("it is on the screen");
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        let is_ground = text == " " && !cell.underline() && !cell.inverse();
        if is_ground {
            return Cell {
                text: text.to_owned(),
                foreground: vt100::Color::Default,
                background: cell.bgcolor(),
                marks: [false; 5],
            };
        }
        Cell {
            text: text.to_owned(),
            foreground: cell.fgcolor(),
            background: cell.bgcolor(),
            marks: [
                cell.bold(),
                cell.dim(),
                cell.italic(),
                cell.underline(),
                cell.inverse(),
            ],
        }
    };
    let row = |row| (0..cols.get()).map(|col| cell(row, col)).collect();
    (0..rows.get()).map(row).collect()
}

fn show(mut reader: Box<dyn Read + Send>, shown: &Shown) {
    let mut buffer = [0; 1 << 14];
    loop {
        // It fails when nobody has the other side any more.
        let count = reader.read(&mut buffer).unwrap_or(0);
        let Ok(mut terminal) = shown.terminal.lock() else {
            return;
        };
        terminal.parser.process(&buffer[..count]);
        terminal.bytes.extend_from_slice(&buffer[..count]);
        terminal.is_closed = count == 0;
        shown.changed.notify_all();
        if terminal.is_closed {
            return;
        }
    }
}

fn not_zero(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has rows and columns")
}

fn bytes_of(key: &str) -> Vec<u8> {
    let named: &[u8] = match key {
        "Enter" => b"\r",
        "Esc" => b"\x1b",
        "Tab" => b"\t",
        "BackTab" => b"\x1b[Z",
        "Space" => b" ",
        "Backspace" => b"\x7f",
        "Up" => b"\x1b[A",
        "Down" => b"\x1b[B",
        "Right" => b"\x1b[C",
        "Left" => b"\x1b[D",
        "Home" => b"\x1b[H",
        "End" => b"\x1b[F",
        "PageUp" => b"\x1b[5~",
        "PageDown" => b"\x1b[6~",
        _ => match key.strip_prefix("C-").map(str::as_bytes) {
            Some([letter]) => return vec![letter & 0x1f],
            _ => key.as_bytes(),
        },
    };
    named.to_vec()
}
