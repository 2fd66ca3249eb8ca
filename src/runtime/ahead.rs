//! What a queue's reader has read beyond its own message: whole messages, or the beginning of one.
//!
//! A `read` for each message is more than half of what a message costs. So a reader takes a page
//! of what lies ready, and leaves what follows its message in the read lock's page, for whoever
//! holds the lock next. Nobody touches it without the lock: a reader that is killed with the lock
//! takes all that is left along, as it does what is left in the pipe.

use super::error::{Error, Result};
use super::io;
use super::sync::Hold;
use super::time::Deadline;
use std::os::fd::BorrowedFd;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// Where in the page what was read ahead begins and ends, in bytes of what follows.
const RANGE: usize = 2;
const WORD: usize = 4;
/// How much is read at once: what the lock's page has room for.
const BYTES: usize = Hold::SPARE_WORDS * WORD - RANGE * WORD;

/// What was read ahead, in the hands of the lock's holder.
pub(super) struct Ahead<'a> {
    begin: &'a AtomicU32,
    end: &'a AtomicU32,
    words: &'a [AtomicU32],
}

/// Returns whether something was read ahead. Without the lock, it may change at once.
pub(super) fn is_something(spare: &[AtomicU32]) -> bool {
    matches!(spare, [begin, end, ..] if begin.load(Relaxed) < end.load(Relaxed))
}

/// How the messages of a pipe look.
pub(super) struct Form {
    /// The least bytes that one takes: its head is in them.
    pub(super) block: usize,
    /// Returns how many bytes one takes, told by its first block.
    pub(super) total: fn(&[u8]) -> Result<usize>,
}

impl<'a> Ahead<'a> {
    /// Returns what the last holder of the lock left.
    pub(super) fn of(hold: &Hold<'a>) -> Ahead<'a> {
        let (range, words) = hold.spare().split_at(RANGE);
        let (begin, end) = (&range[0], &range[1]);
        Ahead { begin, end, words }
    }

    /// Takes the next message out, head and padding and all, waiting until the deadline at most:
    /// then it is `false`. Once one has begun to come, it is read to its end. `waits` is called before
    /// each wait.
    ///
    /// # Errors
    ///
    /// [`Error::Eof`] if there is none and never will be, [`Error::CutMessage`] if its sender ended
    /// while it sent, and what `form` says of a first block.
    pub(super) fn receive(
        &self,
        form: &Form,
        fd: BorrowedFd<'_>,
        deadline: Deadline,
        message: &mut Vec<u8>,
        waits: &mut dyn FnMut(),
    ) -> Result<bool> {
        message.clear();
        Ok(self.take_whole(form, message)? || self.read_on(form, fd, deadline, message, waits)?)
    }

    /// Returns what part of the words holds bytes. A stranger's numbers are no range.
    fn range(&self) -> (usize, usize) {
        let [begin, end] = [self.begin, self.end].map(|at| at.load(Relaxed) as usize);
        if begin <= end && end <= BYTES {
            (begin, end)
        } else {
            (0, 0)
        }
    }

    /// Takes a message that is there as a whole.
    fn take_whole(&self, form: &Form, message: &mut Vec<u8>) -> Result<bool> {
        let (begin, end) = self.range();
        if end - begin < form.block {
            return Ok(false);
        }
        message.resize(form.block, 0);
        self.load(begin, message);
        let total = (form.total)(message)?;
        if end - begin < total {
            return Ok(false);
        }
        if total > form.block {
            message.resize(total, 0);
            self.load(begin, message);
        }
        self.set_begin(begin + total);
        Ok(true)
    }

    /// Reads a page on from what is there, takes the first message of it, and leaves the rest.
    fn read_on(
        &self,
        form: &Form,
        fd: BorrowedFd<'_>,
        deadline: Deadline,
        message: &mut Vec<u8>,
        waits: &mut dyn FnMut(),
    ) -> Result<bool> {
        let mut page = [0; BYTES];
        let (begin, end) = self.range();
        let mut got = end - begin;
        self.load(begin, &mut page[..got]);
        if got == 0 {
            match io::read_begun(fd, &mut page, deadline, waits)? {
                None => return Ok(false),
                Some(0) => return Err(Error::Eof),
                Some(count) => got = count,
            }
        }
        self.set_end(0);
        let wanted = form.block;
        got += io::read_at_least(fd, &mut page[got..], wanted.saturating_sub(got), waits)?;
        if got < wanted {
            return Err(Error::CutMessage { got, wanted });
        }
        let total = (form.total)(&page[..wanted])?;
        if total <= got {
            self.keep(&page[total..got]);
            message.clear();
            message.extend_from_slice(&page[..total]);
        } else {
            *message = io::read_on(fd, &page[..got], total, waits)?;
        }
        Ok(true)
    }

    /// Leaves bytes for the next holder of the lock.
    fn keep(&self, bytes: &[u8]) {
        let (whole, rest) = bytes.as_chunks::<WORD>();
        for (word, bytes) in self.words.iter().zip(whole) {
            word.store(u32::from_le_bytes(*bytes), Relaxed);
        }
        if let (Some(word), false) = (self.words.get(whole.len()), rest.is_empty()) {
            let mut last = [0; WORD];
            last[..rest.len()].copy_from_slice(rest);
            word.store(u32::from_le_bytes(last), Relaxed);
        }
        self.set_begin(0);
        self.set_end(bytes.len());
    }

    /// Copies bytes out, from byte `at` on.
    fn load(&self, at: usize, bytes: &mut [u8]) {
        let words = self.words.get(at / WORD..).unwrap_or_default();
        let word = |word: &AtomicU32| word.load(Relaxed).to_le_bytes();
        if at.is_multiple_of(WORD) && bytes.len().is_multiple_of(WORD) {
            // Most messages have the length of a block.
            for (bytes, from) in bytes.as_chunks_mut::<WORD>().0.iter_mut().zip(words) {
                *bytes = word(from);
            }
            return;
        }
        let all = words.iter().flat_map(word).skip(at % WORD);
        for (byte, from) in bytes.iter_mut().zip(all) {
            *byte = from;
        }
    }

    fn set_begin(&self, at: usize) {
        // No more than a page.
        self.begin.store(u32::try_from(at).unwrap_or(0), Relaxed);
    }

    fn set_end(&self, at: usize) {
        self.end.store(u32::try_from(at).unwrap_or(0), Relaxed);
    }
}
