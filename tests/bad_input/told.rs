//! A run as text, read line by line while it goes on.

use super::common::mpviz;
use super::common::tag::{Tag, send};
use nix::sys::signal::Signal;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// mpviz, and what it has told.
pub(crate) struct Told {
    pub(crate) tag: Tag,
    child: Child,
    lines: Receiver<String>,
    pub(crate) seen: String,
}

impl Told {
    /// Starts mpviz.
    pub(crate) fn start(arguments: &[&str]) -> Told {
        let tag = Tag::new();
        let (name, value) = tag.variable();
        let mut command = mpviz(arguments);
        command
            .env(name, value)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("mpviz runs");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let (to, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        Told {
            tag,
            child,
            lines,
            seen: String::new(),
        }
    }

    /// Returns the pid of mpviz.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends mpviz a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Reads lines up to one of that kind, and returns it.
    #[track_caller]
    pub(crate) fn until(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("it never came; what came is\n{}", self.seen);
            };
            self.seen += &line;
            self.seen.push('\n');
            if is_it(&line) {
                return line;
            }
        }
    }

    /// Waits for the end, of which nothing may be left. Returns the exit code, `None` for a
    /// signal, and what was said on stderr.
    #[track_caller]
    pub(crate) fn end(&mut self) -> (Option<i32>, String) {
        loop {
            use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.seen = format!("{}{line}\n", self.seen),
                Err(Disconnected) => break,
                Err(Timeout) => panic!("it never ended; what came is\n{}", self.seen),
            }
        }
        let mut error = String::new();
        let stderr = self.child.stderr.as_mut().expect("it is piped");
        stderr.read_to_string(&mut error).expect("it is text");
        let status = self.child.wait().expect("it is our child");
        self.tag.nothing_is_left();
        (status.code(), error)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // The tag ends whoever is left; mpviz itself is to be reaped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
