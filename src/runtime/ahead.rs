//! What a queue's reader has read beyond its own message: whole messages, or the beginning of one.
//!
//! A `read` for each message is more than half of what a message costs. So a reader takes a page
//! of what lies ready, and leaves what follows its message in the read lock's page, for whoever
//! holds the lock next. Nobody touches it without the lock: a reader that is killed with the lock
//! takes all that is left along, as it does what is left in the pipe.

use super::error::{Error, Result};
use super::io;
use super::message::{self, BLOCK, HEAD, INLINE, Opened};
use super::sync::Hold;
use super::time::Deadline;
use crate::event::MessageId;
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

impl<'a> Ahead<'a> {
    /// Returns what the last holder of the lock left.
    pub(super) fn of(hold: &Hold<'a>) -> Ahead<'a> {
        let (range, words) = hold.spare().split_at(RANGE);
        let (begin, end) = (&range[0], &range[1]);
        Ahead { begin, end, words }
    }

    /// Takes the next message, as `io::read_message` does of a pipe whose messages are all its own.
    ///
    /// # Errors
    ///
    /// [`Error::Eof`] if there is none and never will be, [`Error::CutMessage`] if its sender ended
    /// while it sent, [`Error::MessageTooLong`] if what comes is no message.
    pub(super) fn receive(
        &self,
        fd: BorrowedFd<'_>,
        deadline: Deadline,
        waits: &mut dyn FnMut(),
    ) -> Result<Option<(MessageId, Vec<u8>)>> {
        match self.take_whole()? {
            Some(message) => Ok(Some(message)),
            None => self.read_on(fd, deadline, waits),
        }
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
    fn take_whole(&self) -> Result<Option<(MessageId, Vec<u8>)>> {
        let (begin, end) = self.range();
        if end - begin < BLOCK {
            return Ok(None);
        }
        let mut block = [0; BLOCK];
        self.load(begin, &mut block);
        let (opened, inline) = message::open(&block);
        let length = checked_length(&opened)?;
        let total = message::bytes_in_pipe(length);
        if end - begin < total {
            return Ok(None);
        }
        let mut value = Vec::with_capacity(length);
        value.extend_from_slice(&inline[..length.min(INLINE)]);
        if length > INLINE {
            value.resize(length, 0);
            self.load(begin + BLOCK, &mut value[INLINE..]);
        }
        self.set_begin(begin + total);
        Ok(Some((opened.id, value)))
    }

    /// Reads a page on from what is there, takes the first message of it, and leaves the rest.
    fn read_on(
        &self,
        fd: BorrowedFd<'_>,
        deadline: Deadline,
        waits: &mut dyn FnMut(),
    ) -> Result<Option<(MessageId, Vec<u8>)>> {
        let mut page = [0; BYTES];
        let (begin, end) = self.range();
        let mut got = end - begin;
        self.load(begin, &mut page[..got]);
        if got == 0 {
            match io::read_begun(fd, &mut page, deadline, waits)? {
                None => return Ok(None),
                Some(0) => return Err(Error::Eof),
                Some(count) => got = count,
            }
        }
        self.set_end(0);
        got += io::read_at_least(fd, &mut page[got..], BLOCK.saturating_sub(got), waits)?;
        let Some(block) = page[..got].first_chunk::<BLOCK>() else {
            return Err(Error::CutMessage { got, wanted: BLOCK });
        };
        let (opened, _) = message::open(block);
        let length = checked_length(&opened)?;
        let total = message::bytes_in_pipe(length);
        let value = if total <= got {
            self.keep(&page[total..got]);
            page[HEAD..HEAD + length].to_vec()
        } else {
            io::read_value(fd, &page[HEAD..got], length, waits)?
        };
        Ok(Some((opened.id, value)))
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

fn checked_length(opened: &Opened) -> Result<usize> {
    let (bytes, max) = (opened.length, message::MAX);
    if bytes > max {
        // No sender of ours writes that: what comes is no message, and what follows neither.
        return Err(Error::MessageTooLong { bytes, max });
    }
    Ok(bytes)
}
