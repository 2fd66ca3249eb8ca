//! A terminal that takes bytes only when it is told to.

use crate::common::tag::{Tag, send};
use mpviz::stage::Modes;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long what must come is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const SIZE: (u16, u16) = (36, 120);

/// A terminal with mpviz on it, of which nothing is read but what is taken.
pub(crate) struct Held {
    pub(crate) tag: Tag,
    pid: u32,
    /// How many bytes at most are to be read next.
    ask: Option<Sender<usize>>,
    bytes: Receiver<Vec<u8>>,
    /// Whether a read was asked for that brought nothing yet.
    is_asked: bool,
    keys: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    tty: Option<File>,
    before: Modes,
    parser: vt100::Parser,
    /// Whether it answers when it is asked whether it is well.
    pub(crate) answers: bool,
    /// The last bytes, in which a question may begin.
    tail: Vec<u8>,
    /// How many frames were taken, and how many bytes.
    pub(crate) frames: usize,
    pub(crate) taken: usize,
}

impl Held {
    /// Starts mpviz.
    pub(crate) fn start(arguments: &[&str]) -> Held {
        let tag = Tag::new();
        let size = PtySize {
            rows: SIZE.0,
            cols: SIZE.1,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let tty = File::options()
            .read(true)
            .write(true)
            .custom_flags(nix::libc::O_NOCTTY | nix::libc::O_NONBLOCK)
            .open(pair.master.tty_name().expect("it has a name"))
            .expect("it can be opened");
        let before = Modes::of(tty.as_fd()).expect("it has modes");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mpviz"));
        command.args(arguments);
        for name in ["NO_COLOR", "COLORTERM", "COLORFGBG", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        let variables = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
        for (name, value) in variables.into_iter().chain([tag.variable()]) {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("it starts");
        let mut reader = pair.master.try_clone_reader().expect("it can be read");
        let (ask, asked) = channel::<usize>();
        let (to, bytes) = channel();
        std::thread::spawn(move || {
            for count in asked {
                let mut buffer = vec![0; count];
                // It fails when nobody has the other side any more.
                let count = reader.read(&mut buffer).unwrap_or(0);
                buffer.truncate(count);
                if to.send(buffer).is_err() || count == 0 {
                    return;
                }
            }
        });
        let [rows, columns] = [SIZE.0, SIZE.1].map(|n| n.try_into().expect("no empty screen"));
        Held {
            tag,
            pid: child.process_id().expect("it has a pid"),
            ask: Some(ask),
            bytes,
            is_asked: false,
            keys: Some(pair.master.take_writer().expect("it can be written")),
            master: Some(pair.master),
            tty: Some(tty),
            before,
            parser: vt100::Parser::new(rows, columns, 0),
            answers: true,
            tail: Vec::new(),
            frames: 0,
            taken: 0,
        }
    }

    /// Takes so many bytes at most; none if none come within a while.
    fn take(&mut self, count: usize, within: Duration) -> bool {
        if !self.is_asked {
            let ask = self.ask.as_ref().expect("the terminal is there");
            ask.send(count).expect("it is read");
            self.is_asked = true;
        }
        let Ok(bytes) = self.bytes.recv_timeout(within) else {
            return false;
        };
        self.is_asked = false;
        for byte in &bytes {
            self.tail.push(*byte);
            if self.tail.ends_with(b"\x1b[5n") && self.answers {
                self.press("\x1b[0n");
            }
            self.frames += usize::from(self.tail.ends_with(b"\x1b[?2026l"));
            if *byte == b'n' || *byte == b'l' {
                self.tail.clear();
            }
        }
        self.taken += bytes.len();
        self.parser.process(&bytes);
        !bytes.is_empty()
    }

    /// Takes all that comes until a text is on the screen.
    #[track_caller]
    pub(crate) fn until_text(&mut self, text: &str) {
        while !self.text().contains(text) {
            // One by one, so that it is seen in which frame it came.
            let came = self.take(256, PATIENCE);
            assert!(came, "waited in vain for `{text}` on\n{}", self.text());
        }
    }

    pub(crate) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    pub(crate) fn press(&mut self, keys: &str) {
        let to = self.keys.as_mut().expect("the terminal is there");
        to.write_all(keys.as_bytes()).expect("it takes keys");
        to.flush().expect("it takes keys");
    }

    /// Ends mpviz as `kill` does.
    pub(crate) fn terminate(&self) {
        send(self.pid, Signal::SIGTERM);
    }

    /// Fills what the kernel keeps for the terminal, so that nobody can write to it.
    pub(crate) fn fill(&mut self) {
        let tty = self.tty.as_mut().expect("it is there");
        let full = loop {
            if let Err(error) = tty.write(&[0; 256]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock);
    }

    /// Takes the terminal away.
    pub(crate) fn vanish(&mut self) {
        (self.keys, self.master, self.tty) = (None, None, None);
        // The thread that reads has it too, until nothing can be asked for any more.
        assert!(!self.is_asked);
        self.ask = None;
    }

    /// Waits for the end of mpviz; returns its exit code, −N for a signal.
    #[track_caller]
    pub(crate) fn end(&mut self) -> i32 {
        let pid = Pid::from_raw(i32::try_from(self.pid).expect("it is a pid"));
        let mut code = None;
        let ended = crate::common::pty::comes(|| {
            code = match waitpid(pid, Some(WaitPidFlag::WNOHANG)).expect("it is our child") {
                WaitStatus::Exited(_, code) => Some(code),
                WaitStatus::Signaled(_, signal, _) => Some(-(signal as i32)),
                _ => None,
            };
            code.is_some()
        });
        assert!(ended, "mpviz did not end; the screen is\n{}", self.text());
        self.tag.nothing_is_left();
        code.expect("it has ended")
    }

    /// Returns whether the terminal has the modes from before.
    pub(crate) fn has_modes_from_before(&self) -> bool {
        let tty = self.tty.as_ref().expect("it is there");
        Modes::of(tty.as_fd()).expect("it has modes") == self.before
    }

    /// Waits until nothing of the program lives any more, while nothing is taken.
    #[track_caller]
    pub(crate) fn until_alone(&mut self) {
        let pid = self.pid;
        assert!(crate::common::pty::comes(|| self.tag.living() == [pid]));
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        send(self.pid, Signal::SIGKILL);
        let _ = waitpid(Pid::from_raw(self.pid.cast_signed()), None);
    }
}
