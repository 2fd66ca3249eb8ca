//! The terminal, as the supervisor gives it back when mpviz was killed.
//!
//! mpviz itself sets and resets the terminal (`app`). Only if it is gone without a word does the
//! supervisor act, and only if nobody else has taken the terminal over since.

use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// What mpviz tells its supervisor of the terminal.
#[derive(Debug)]
pub struct Terminal {
    /// The terminal, open for writing.
    pub tty: OwnedFd,
    /// Its modes before mpviz changed them.
    pub before: Modes,
    /// Its modes as mpviz set them.
    pub raw: Modes,
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

/// Ends what mpviz may have switched on: synchronised output, mouse reports, focus reports,
/// bracketed paste, enhanced keys, the other screen, colours; and shows the cursor.
const RESET: &[u8] = b"\x1b[?2026l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\
\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m";

/// Gives the terminal back, if it has the modes that mpviz set, or those from before (a shell
/// that noticed earlier). With any other modes somebody else has it by now.
pub(super) fn give_back(tty: BorrowedFd<'_>, before: &Modes, raw: &Modes) {
    let Ok(now) = Modes::of(tty) else { return };
    if now != *raw && now != *before {
        return;
    }
    // A stopped terminal (C-s) would take no bytes, and there are processes to end.
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    let mut ready = [PollFd::new(&tty, PollFlags::OUT)];
    if poll(&mut ready, Some(&patience)).is_ok_and(|n| n > 0) {
        // What could not be done for it, nobody is left to be told.
        let _ = rustix::io::write(tty.as_fd(), RESET);
    }
    if now == *raw {
        let _ = before.apply(tty);
    }
}
