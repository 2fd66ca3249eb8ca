//! Where text is printed: by a thread of its own, so that a reader who takes nothing (a pager, a
//! terminal that is held) does not keep mpviz from hearing signals.
//!
//! What is told is written on a sheet, and each sheet handed to the thread, which has no more than one
//! beside the one that it prints. A stdout that a program has made nonblocking, as it shares a terminal
//! with us, is waited for.

use super::output;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::cell::RefCell;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::rc::Rc;

/// What is to be printed.
#[derive(Debug)]
pub struct Sheet(Rc<RefCell<Vec<u8>>>);

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Prints sheets.
pub(super) struct Printer {
    sheet: Rc<RefCell<Vec<u8>>>,
    to: Option<Sender<Vec<u8>>>,
    ended: Receiver<io::Result<()>>,
}

impl Printer {
    /// Begins to print on stdout. Returns the sheet, too.
    pub(super) fn begin() -> io::Result<(Printer, Sheet)> {
        let sheet = Rc::new(RefCell::new(Vec::new()));
        let (to, sheets) = bounded(1);
        let (end, ended) = bounded(1);
        std::thread::Builder::new()
            .name("printer".into())
            .spawn(move || {
                // Whoever does not listen any more has left.
                let _ = end.send(print(&sheets));
            })?;
        let printer = Printer {
            sheet: sheet.clone(),
            to: Some(to),
            ended,
        };
        Ok((printer, Sheet(sheet)))
    }

    /// Returns whether something is to be handed on.
    pub(super) fn has_any(&self) -> bool {
        !self.sheet.borrow().is_empty()
    }

    /// Takes what is to be handed on.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.sheet.borrow_mut())
    }

    /// Returns where sheets are handed to; none when no more come.
    pub(super) fn to(&self) -> Option<&Sender<Vec<u8>>> {
        self.to.as_ref()
    }

    /// No more sheets come.
    pub(super) fn close(&mut self) {
        self.to = None;
    }

    /// Returns where it is told, once, that all is printed, or that it can't be.
    pub(super) fn ended(&self) -> &Receiver<io::Result<()>> {
        &self.ended
    }
}

fn print(sheets: &Receiver<Vec<u8>>) -> io::Result<()> {
    let stdout = io::stdout();
    let out = stdout.as_fd();
    for sheet in sheets {
        output::write_to(out, &sheet, &mut || true)?;
    }
    Ok(())
}
