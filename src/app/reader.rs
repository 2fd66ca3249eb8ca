//! What the terminal sends: keys, the mouse, pasted text, and answers.
//!
//! An answer says that the terminal has caught up with what it was told (`link`); libraries that
//! read terminals keep such answers to themselves, or wait behind them for keys that never come.
//! Not here: what becomes of keys (`input`).

mod parse;

use self::parse::{Parser, Token};
use super::ask::Answer;
use crossterm::event::Event;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};

/// How long the rest of a control sequence may take, before what came of it is a key.
const REST_NS: i64 = 25_000_000;
/// How long the rest of a paste may take.
const PASTE_NS: i64 = 999_000_000;

/// Reads the terminal.
pub(super) struct Reader<F> {
    /// The terminal, where stdin is none.
    tty: Option<OwnedFd>,
    parser: Parser,
    on_answer: F,
}

impl<F: FnMut(Option<Answer>)> Reader<F> {
    /// Opens the terminal, and has answers told: that it has caught up, or what it says.
    pub(super) fn open(on_answer: F) -> io::Result<Reader<F>> {
        let tty = match io::stdin().is_terminal() {
            true => None,
            false => Some(std::fs::File::open("/dev/tty")?.into()),
        };
        Ok(Reader {
            tty,
            parser: Parser::default(),
            on_answer,
        })
    }

    /// Waits for what comes next.
    pub(super) fn read(&mut self) -> io::Result<Event> {
        let mut is_over = false;
        loop {
            match self.parser.next(is_over) {
                Some(Token::Event(event)) => return Ok(event),
                Some(Token::Answer) => (self.on_answer)(None),
                Some(Token::Said(answer)) => (self.on_answer)(Some(answer)),
                None => is_over = !self.more()?,
            }
        }
    }

    /// Waits for bytes. Returns whether any came while what is begun may still go on.
    fn more(&mut self) -> io::Result<bool> {
        let stdin = io::stdin();
        let tty = self.tty.as_ref().map_or(stdin.as_fd(), OwnedFd::as_fd);
        let rest = self.parser.is_within().map(|is_paste| Timespec {
            tv_sec: 0,
            tv_nsec: if is_paste { PASTE_NS } else { REST_NS },
        });
        match poll(&mut [PollFd::new(&tty, PollFlags::IN)], rest.as_ref()) {
            Ok(0) => return Ok(false),
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
        let mut bytes = [0; 4096];
        match rustix::io::read(tty, &mut bytes) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.parser.feed(&bytes[..count]);
                Ok(true)
            }
            Err(Errno::INTR | Errno::AGAIN) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}
