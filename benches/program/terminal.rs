//! A program on a terminal of its own.

use mpviz::channel::clock;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long anything may take to appear.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// The terminal's rows and columns.
const SIZE: (u16, u16) = (36, 120);

/// Returns a screen to write into what a program wrote.
pub(crate) fn screen() -> vt100::Parser {
    let [rows, columns] = [SIZE.0, SIZE.1].map(|n| NonZero::new(n).expect("no empty screen"));
    vt100::Parser::new(rows, columns, 0)
}

/// A program on a terminal.
pub(crate) struct Terminal {
    /// When it was asked for, by the clock in ns.
    begin: u64,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    /// What it wrote, and when that was read, by the clock in ns.
    output: Receiver<(u64, Vec<u8>)>,
    seen: Vec<u8>,
}

impl Terminal {
    pub(crate) fn open(argv: &[&str]) -> Terminal {
        Terminal::open_with(argv, &[])
    }

    /// Opens one with more variables in the environment. What whoever measures has settled for
    /// themselves is not there.
    pub(crate) fn open_with(argv: &[&str], variables: &[(&str, &str)]) -> Terminal {
        let size = PtySize {
            rows: SIZE.0,
            cols: SIZE.1,
            pixel_width: 0,
            pixel_height: 0,
        };
        let begin = clock::monotonic();
        let pair = native_pty_system().openpty(size).expect("a pty");
        let mut command = CommandBuilder::new(argv[0]);
        command.args(&argv[1..]);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let nowhere = "/dev/null/nowhere";
        let bare = [("XDG_CONFIG_HOME", nowhere), ("XDG_STATE_HOME", nowhere)];
        for (name, value) in bare.iter().chain(variables) {
            command.env(name, value);
        }
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let (to, output) = channel();
        std::thread::spawn(move || {
            // It lives as long as the terminal is read.
            let _master = pair.master;
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if to
                    .send((clock::monotonic(), buffer[..count].to_vec()))
                    .is_err()
                {
                    return;
                }
            }
        });
        Terminal {
            begin,
            child,
            writer,
            output,
            seen: Vec::new(),
        }
    }

    /// Returns the nanoseconds from the start to the moment at which enough is seen.
    pub(crate) fn time(argv: &[&str], enough: impl Fn(&[u8]) -> bool) -> f64 {
        Terminal::open(argv).shows(enough)
    }

    /// Returns the nanoseconds from its start to the moment at which enough is seen, and ends it.
    pub(crate) fn shows(mut self, enough: impl Fn(&[u8]) -> bool) -> f64 {
        let at = self.wait(enough);
        let took = at - self.begin;
        self.end();
        took as f64
    }

    /// Waits until enough is seen of all that was written; returns when that was read.
    pub(crate) fn wait(&mut self, enough: impl Fn(&[u8]) -> bool) -> u64 {
        let mut at = clock::monotonic();
        while !enough(&self.seen) {
            let more;
            (at, more) = self.more(PATIENCE).expect("the program draws");
            self.seen.extend(more);
        }
        at
    }

    /// Returns what it writes next, and when that was read; `None` if nothing comes.
    pub(crate) fn more(&mut self, within: Duration) -> Option<(u64, Vec<u8>)> {
        self.output.recv_timeout(within).ok()
    }

    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).expect("typed");
        self.writer.flush().expect("typed");
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().expect("a pid")
    }

    pub(crate) fn end(mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
