//! The terminal, as the supervisor gives it back when mpviz was killed.
//!
//! mpviz itself sets and resets the terminal (`app`). Only if it is gone while it had the terminal
//! does a supervisor act, one of them if there are two, and only if no other program has taken the
//! terminal over since. A shell that was quicker is none: it stands at a prompt that nobody sees.

use super::kernel::{self, Stat};
use nix::sys::termios::{FlushArg, SetArg, Termios, tcflush, tcgetattr, tcsetattr};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::termios::{tcgetwinsize, tcsetwinsize};
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// What mpviz tells its supervisor of the terminal.
#[derive(Debug)]
pub struct Terminal {
    /// The terminal, open for writing.
    pub tty: OwnedFd,
    /// Whether mpviz has it.
    pub hold: Hold,
    /// How it is given back.
    pub manner: Manner,
}

/// How a terminal is given back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manner {
    /// Its modes before mpviz changed them.
    pub before: Modes,
    /// Its modes as mpviz set them.
    pub raw: Modes,
    /// Who has it when mpviz is gone.
    pub shell: Option<Shell>,
}

/// Whether mpviz has the terminal, known to all its processes: an eventfd that counts while it
/// does. Of those who give the terminal back the one that takes the count has to, so that it is done
/// once: done again it would have the cursor where it was before mpviz, above what was told since.
#[derive(Debug)]
pub struct Hold(OwnedFd);

impl Hold {
    /// Makes one of a terminal that mpviz has not.
    pub fn new() -> io::Result<Hold> {
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        Ok(Hold(eventfd(0, flags)?))
    }

    /// Returns the same one, as it came from another process.
    pub(super) fn from_fd(fd: OwnedFd) -> Hold {
        Hold(fd)
    }

    /// Returns it once more, for the supervisor.
    pub fn try_clone(&self) -> io::Result<Hold> {
        Ok(Hold(self.0.try_clone()?))
    }

    /// mpviz has the terminal from now on.
    pub fn take(&self) {
        // The only error is a counter that is full: it counts.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    /// mpviz has it no more. Returns whether it had.
    pub fn end(&self) -> bool {
        // The only error is that there is no count.
        rustix::io::read(&self.0, &mut [0u8; 8]).is_ok()
    }
}

impl AsFd for Hold {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The shell that started mpviz as a job: it has a process group of its own in mpviz's session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shell {
    pid: u32,
    /// When it started: no other process has its pid and this.
    start: u64,
}

impl Shell {
    /// Returns that of this process; `None` if there is none, or no shell that knows of jobs.
    pub fn of_this_process() -> Option<Shell> {
        let this = kernel::stat(std::process::id())?;
        let mut parent = kernel::stat(this.parent)?;
        // `sh -c` and the like are of the same job.
        while parent.session == this.session && parent.group == this.group {
            parent = kernel::stat(parent.parent)?;
        }
        (parent.session == this.session).then_some(Shell {
            pid: parent.pid,
            start: parent.start,
        })
    }

    fn stat(self) -> Option<Stat> {
        kernel::stat(self.pid).filter(|now| now.start == self.start)
    }

    /// Returns whether it has the terminal itself. The terminal answers that only to those of its
    /// session.
    fn is_at_prompt(self) -> bool {
        self.stat().is_some_and(|now| now.group == now.foreground)
    }

    /// Returns whether it waits, and has taken all signals.
    fn is_idle(self) -> bool {
        let is_asleep = self.stat().is_none_or(|now| now.state == b'S');
        is_asleep && kernel::pending(self.pid).is_none_or(|signals| signals == 0)
    }
}

/// The modes of a terminal, to be compared and passed on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Modes {
    flags: [u32; 4],
    characters: Vec<u8>,
}

impl Modes {
    /// Reads a terminal's modes.
    pub fn of(tty: BorrowedFd<'_>) -> io::Result<Modes> {
        let modes: libc::termios = tcgetattr(tty)?.into();
        Ok(Modes {
            flags: [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag],
            characters: modes.c_cc.to_vec(),
        })
    }

    /// Gives a terminal these modes, at once. Its speed stays.
    pub fn apply(&self, tty: BorrowedFd<'_>) -> io::Result<()> {
        let mut modes: libc::termios = tcgetattr(tty)?.into();
        [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag] = self.flags;
        for (place, &character) in modes.c_cc.iter_mut().zip(&self.characters) {
            *place = character;
        }
        Ok(tcsetattr(tty, SetArg::TCSANOW, &Termios::from(modes))?)
    }
}

/// Ends what mpviz switches on, but for bracketed paste: synchronised output, mouse reports, the other
/// screen, colours; and shows the cursor.
const RESET: &[u8] = b"\x1b[?2026l\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?1049l\x1b[?25h\x1b[0m";
/// Ends bracketed paste. A shell that reads a line has it on.
const NO_PASTE: &[u8] = b"\x1b[?2004l";

/// How long a shell is waited for that is to see that its window has another size.
const SEEN_STEP: Duration = Duration::from_millis(10);
const SEEN_STEPS: u32 = 20;

/// Gives the terminal back, if mpviz had it and no other program has it now. Its modes are those that
/// mpviz set, or those from before (a shell that noticed earlier), or any others that the shell has
/// set for the line that it reads by now: these stay, and it is told to draw its prompt again.
pub(super) fn give_back(tty: BorrowedFd<'_>, hold: &Hold, manner: &Manner) {
    if !hold.end() {
        return;
    }
    let Ok(now) = Modes::of(tty) else { return };
    let is_untouched = now == manner.raw || now == manner.before;
    if !is_untouched && !manner.shell.is_some_and(Shell::is_at_prompt) {
        return;
    }
    // A stopped terminal (C-s) would take no bytes, and there are processes to end.
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    let mut ready = [PollFd::new(&tty, PollFlags::OUT)];
    if poll(&mut ready, Some(&patience)).is_ok_and(|n| n > 0) {
        let paste = if is_untouched { NO_PASTE } else { b"" };
        // What could not be done for it, nobody is left to be told.
        let _ = rustix::io::write(tty, &[paste, RESET].concat());
    }
    // The shell may have come meanwhile. If not, what was typed was for mpviz.
    if Modes::of(tty).is_ok_and(|now| now == manner.raw) {
        let _ = tcflush(tty, FlushArg::TCIFLUSH);
        let _ = manner.before.apply(tty);
    }
    if let Some(shell) = manner.shell.filter(|shell| shell.is_at_prompt()) {
        let _ = redraw(tty, shell);
    }
}

/// Has a shell draw its prompt again: a line editor does when the window has another size, and not
/// if it is told of a change that it does not find. So there is one row more until it has seen that.
/// To a shell without a line editor it means nothing.
fn redraw(tty: BorrowedFd<'_>, shell: Shell) -> io::Result<()> {
    let size = tcgetwinsize(tty)?;
    let mut other = size;
    other.ws_row = size.ws_row.saturating_add(1);
    tcsetwinsize(tty, other)?;
    // SIGWINCH comes with it.
    for _ in 0..SEEN_STEPS {
        std::thread::sleep(SEEN_STEP);
        if shell.is_idle() {
            break;
        }
    }
    // Unless somebody has changed it meanwhile.
    if tcgetwinsize(tty)? == other {
        tcsetwinsize(tty, size)?;
    }
    Ok(())
}
