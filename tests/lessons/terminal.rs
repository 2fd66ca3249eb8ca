//! A twin on a terminal: what it prints, line by line, until it ends or has said enough.

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// No twin is silent for longer than this.
const LIMIT: Duration = Duration::from_secs(60);

/// A program on a terminal of its own, so that each line is written when it is printed.
pub(crate) struct OnTerminal {
    child: Child,
    /// What is written; it ends when nobody has the terminal any more.
    written: Receiver<Vec<u8>>,
}

impl OnTerminal {
    pub(crate) fn start(mut command: Command) -> OnTerminal {
        let pty = nix::pty::openpty(None, None).expect("a terminal");
        for end in [&pty.master, &pty.slave] {
            fcntl_setfd(end, FdFlags::CLOEXEC).expect("it is open");
        }
        command
            .stdout(Stdio::from(pty.slave))
            .stderr(Stdio::piped())
            .process_group(0);
        let child = command.spawn().expect("python3 starts");
        // It has the terminal's other end.
        drop(command);
        let (sender, written) = mpsc::channel();
        let mut master = File::from(pty.master);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // A terminal that nobody has any more can't be read.
            while let Ok(count) = master.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        OnTerminal { child, written }
    }

    /// Reads until nobody has the terminal any more, or until so many lines are there, and all is
    /// ended. Returns the lines, whether it ended by itself, and what it says is wrong.
    pub(crate) fn lines(mut self, enough: Option<usize>) -> (Vec<String>, bool, String) {
        let mut text = Vec::new();
        let is_enough = |text: &[u8]| {
            let lines = text.iter().filter(|&&byte| byte == b'\n').count();
            enough.is_some_and(|enough| lines >= enough)
        };
        while !is_enough(&text) {
            match self.written.recv_timeout(LIMIT) {
                Ok(bytes) => text.extend(bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    text.extend(b"(nothing more came)\n");
                    break;
                }
            }
        }
        // Its first process is not reaped yet, so the number is still the group's.
        let group = Pid::from_child(&self.child);
        let ended = if enough.is_some() {
            let ended = self.child.try_wait().expect("a child");
            if ended.is_none() {
                kill_process_group(group, Signal::KILL).expect("it hangs");
            }
            ended.is_some()
        } else {
            true
        };
        let mut complaints = String::new();
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut complaints).expect("text");
        let status = self.child.wait().expect("its end");
        if ended && !status.success() {
            complaints.push_str(&status.to_string());
        }
        let text = String::from_utf8_lossy(&text).replace('\r', "");
        (text.lines().map(canonical).collect(), ended, complaints)
    }
}

/// Returns a line without what differs from run to run: `#` for a pid, no time and no
/// words of an error. Who has adopted a child may have a short pid.
pub(crate) fn canonical(line: &str) -> String {
    let (mut text, mut digits) = (String::new(), String::new());
    for c in line.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let is_alone = text.ends_with('(') && c == ')' && !digits.is_empty();
        let is_pid = digits.len() > 2 || is_alone;
        text.push_str(if is_pid { "#" } else { &digits });
        digits.clear();
        text.push(c);
    }
    let text = text.trim_end_matches('\n');
    for varies in [" runs ", " failed: ", " the last "] {
        if let Some((before, _)) = text.split_once(varies) {
            return format!("{before}{varies}...");
        }
    }
    text.to_owned()
}
