//! A ring file: what one process image has told, from where it was read last.
//!
//! The shim maps the file and writes; here it is read by `pread` alone, because who maps a
//! stranger's file is killed when that one makes it shorter. A slot counts when its commit word was
//! seen; only *then* is it read, whole, a second time: a read that goes through memory upwards may
//! else see the commit word of a slot whose beginning it has read before it was written.
//!
//! The writer never writes over what was not read, so it is told: the first number not read stands
//! in the header. Slots that were taken and are not written yet (*holes*) hold up nobody: what stands
//! behind them is read, and they are looked at again. One that stays is given up and counted.
//!
//! The header, of 4096 bytes: magic at 0; pid u32 at 8; slots u32 at 12; birth of the process u64 at 16 (ns);
//! its parent u32 at 24; `sys.hexversion` u32 at 28; the first number not read u64 at 32, which the reader
//! alone writes; the first number lost, plus 1, u64 at 40 and the first that is not, plus 1, u64 at 48 (0:
//! none so far); how many were lost u64 at 56; the main thread u64 at 64. Slot `n` stands in place `n` modulo
//! their number.
//!
//! What finds no room is lost and counted, and the writer goes on losing until all before the gap has been
//! read: there is one gap at a time. A second one before the first was read makes one of both. Space is
//! allocated before it is touched, so that a full memory file system is an error and no SIGBUS.

use super::slot::{SLOT_BYTES, Slot, Word, commit_of, decode, ident_of, text_of, u32_at, u64_at};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// Slots in a ring.
pub(super) const SLOTS: u64 = 16_384;
/// Bytes before the first slot.
pub(super) const HEADER_BYTES: u64 = 4096;
const MAGIC: &[u8; 8] = b"MPVIZPY1";
const TAIL_AT: u64 = 32;
/// So many slots are looked at first, and so many at a time while all of them are there.
const FEW: usize = 16;
const MANY: usize = 512;
/// No number is higher.
const NUMBER_MAX: u64 = 1 << 56;
/// So many facts are read at a time: more than a ring holds is only there while it is written.
const MOST: usize = 2 * 16_384;
/// So long a hole may become a slot, in ns.
const HOLE_LASTS: u64 = 1_000_000_000;
/// A program has no more threads than this between taking a slot and writing it.
const HOLES_MAX: usize = 4096;
/// Threads of one ring that are told apart.
const THREADS_MAX: usize = 4096;
/// The kind of a slot whose fact was broken off.
const NOTHING: u8 = 0;
/// The longest text of a fact.
const TEXT_MAX: usize = 8192;

/// Why a ring is not read any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Damaged;

/// What the header says that does not change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Birth {
    pub(super) pid: u32,
    pub(super) ppid: u32,
    /// `CLOCK_MONOTONIC` ns.
    pub(super) t: u64,
    /// The main thread's ident; 0 if that is not known.
    pub(super) main_thread: u64,
}

/// A fact, with the text that goes with it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Fact {
    pub(super) slot: Slot,
    /// The thread's place among the ring's.
    pub(super) thread: u32,
    pub(super) text: Option<Box<str>>,
}

/// A ring file.
pub(super) struct Ring {
    file: File,
    pub(super) birth: Birth,
    /// The first number that was never looked at, but for holes behind it.
    front: u64,
    /// Numbers before `front` that were not written when they were looked at, and since when.
    holes: BTreeMap<u64, u64>,
    /// The first number not read, as the writer was told.
    tail: u64,
    /// How many the writer has lost, as far as it was told on.
    lost_told: u64,
    /// How many numbers were skipped because they were lost.
    skipped: u64,
    /// How many of these were written before they were lost.
    lost_late: u64,
    threads: Vec<Thread>,
    /// Until when a thread that was not seen yet may have lost the beginning of a text.
    cut_until: u64,
    /// When it is read, as the writer's clock has it.
    now: u64,
    /// Whether the writer was losing facts when that was looked at.
    is_losing: bool,
    /// How many times nothing was there.
    idle: u32,
    buffer: Vec<u8>,
}

struct Thread {
    ident: u64,
    /// The pieces of its next fact's text.
    text: Vec<u8>,
    /// Whether some of them may be lost, or another's: a piece does not say which it is. Then that fact
    /// has no text.
    is_cut: bool,
}

/// What a read has found besides facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Found {
    /// How many facts were lost since the last read.
    pub(super) lost: u64,
    /// How many were read before the first that was lost.
    pub(super) whole: usize,
}

impl Ring {
    /// Takes up a ring file; `None` if it is none.
    pub(super) fn open(file: File) -> Option<Ring> {
        let mut header = [0; 128];
        let len = read_at(&file, &mut header, 0);
        let birth = Birth {
            pid: u32_at(&header, 8),
            ppid: u32_at(&header, 24),
            t: u64_at(&header, 16),
            main_thread: u64_at(&header, 64),
        };
        let is_ring = len == header.len()
            && header.starts_with(MAGIC)
            && u64::from(u32_at(&header, 12)) == SLOTS
            && file.metadata().is_ok_and(|metadata| metadata.is_file());
        is_ring.then(|| Ring {
            file,
            birth,
            front: 0,
            holes: BTreeMap::new(),
            tail: 0,
            lost_told: 0,
            skipped: 0,
            lost_late: 0,
            threads: Vec::new(),
            cut_until: 0,
            now: 0,
            is_losing: false,
            idle: 0,
            buffer: Vec::new(),
        })
    }

    /// Reads what is new, in the order of its numbers but for holes that were filled. `now` is the
    /// monotonic clock, read before; `is_last` if the writer is gone.
    pub(super) fn read(
        &mut self,
        now: u64,
        is_last: bool,
        into: &mut Vec<Fact>,
    ) -> Result<Found, Damaged> {
        let count = into.len();
        self.now = now;
        self.read_holes(into)?;
        let most = count + MOST;
        while self.read_ahead(now, into, most)? {}
        let mut found = Found::default();
        self.idle = if into.len() > count { 0 } else { self.idle + 1 };
        // A writer that can't go on has lost something; it says so where we rarely look.
        if self.is_losing || self.idle % 16 < 2 || is_last {
            found.whole = into.len() - count;
            found.lost = self.read_lost(now, is_last, into, most)?;
        }
        if is_last {
            found.lost += self.read_rest(into)?;
        }
        let holes = self.holes.len();
        self.holes
            .retain(|_, since| !is_last && now.saturating_sub(*since) <= HOLE_LASTS);
        let given_up = holes - self.holes.len();
        if given_up > 0 {
            self.cut_texts(true);
        }
        found.lost += given_up as u64;
        self.give_back();
        Ok(found)
    }

    /// Looks at the slots that follow; returns whether it is worth to go on.
    fn read_ahead(&mut self, now: u64, into: &mut Vec<Fact>, most: usize) -> Result<bool, Damaged> {
        let mut wanted = FEW;
        loop {
            let at = self.front % SLOTS;
            let room = usize::try_from(SLOTS - at).unwrap_or(FEW);
            let slots = wanted.min(room);
            let mut bytes = std::mem::take(&mut self.buffer);
            bytes.resize(MANY * SLOT_BYTES, 0);
            let place = &mut bytes[..slots * SLOT_BYTES];
            let result = self.read_some(place, now, into);
            self.buffer = bytes;
            let seen = result?;
            if seen < slots {
                return Ok(false);
            }
            if wanted == MANY {
                // Nobody writes faster than we read, but for one who scribbles.
                return Ok(into.len() < most);
            }
            wanted = MANY;
        }
    }

    /// Reads into `place` as many slots as it takes, from `front` on, and moves `front` behind the
    /// last one that is there. Returns how many that is.
    fn read_some(
        &mut self,
        place: &mut [u8],
        now: u64,
        into: &mut Vec<Fact>,
    ) -> Result<usize, Damaged> {
        let from = self.front;
        let offset = HEADER_BYTES + from % SLOTS * SLOT_BYTES as u64;
        // What the file has not yet is not written yet.
        let len = read_at(&self.file, place, offset);
        place[len..].fill(0);
        let mut seen = 0;
        let mut is_there = [false; MANY];
        for (nth, slot) in place.chunks_exact(SLOT_BYTES).enumerate() {
            let number = from + nth as u64;
            let commit = commit_of(slot);
            if commit == number + 1 {
                is_there[nth] = true;
                seen = nth + 1;
            } else if commit != 0
                && (commit > number || !(number + 1 - commit).is_multiple_of(SLOTS))
            {
                // A later lap stands here only after a range that was lost.
                if self.lost_range().is_none_or(|(lost, _)| lost > number) {
                    return Err(Damaged);
                }
                break;
            }
        }
        if is_there[..seen].contains(&false)
            && let Some((lost, _)) = self.lost_range()
            && (from..from + seen as u64).contains(&lost)
        {
            // What stands behind a range that was lost is read when that was skipped.
            seen = usize::try_from(lost - from).unwrap_or(0);
        }
        if seen == 0 {
            return Ok(0);
        }
        // The commit words were seen: now all before them is there, too.
        let len = read_at(&self.file, &mut place[..seen * SLOT_BYTES], offset);
        if len < seen * SLOT_BYTES {
            return Err(Damaged);
        }
        for nth in 0..seen {
            let number = from + nth as u64;
            let bytes = place[nth * SLOT_BYTES..].first_chunk().ok_or(Damaged)?;
            if is_there[nth] {
                self.take(bytes, number, into)?;
            } else {
                self.holes.insert(number, now);
            }
        }
        self.front = from + seen as u64;
        if self.holes.len() > HOLES_MAX {
            return Err(Damaged);
        }
        Ok(seen)
    }

    /// Looks again at the slots that were not written.
    fn read_holes(&mut self, into: &mut Vec<Fact>) -> Result<(), Damaged> {
        if self.holes.is_empty() {
            return Ok(());
        }
        let holes: Vec<u64> = self.holes.keys().copied().collect();
        for number in holes {
            let mut bytes = [0; SLOT_BYTES];
            let offset = HEADER_BYTES + number % SLOTS * SLOT_BYTES as u64;
            read_at(&self.file, &mut bytes, offset);
            if commit_of(&bytes) == number + 1 {
                read_at(&self.file, &mut bytes, offset);
                self.holes.remove(&number);
                self.take(&bytes, number, into)?;
            }
        }
        Ok(())
    }

    /// Returns the range of numbers that were never written because the ring was full; its end is
    /// `None` while that lasts.
    fn lost_range(&self) -> Option<(u64, Option<u64>)> {
        let mut header = [0; 24];
        read_at(&self.file, &mut header, 40);
        let from = u64_at(&header, 0).checked_sub(1)?;
        Some((from, u64_at(&header, 8).checked_sub(1)))
    }

    /// Skips what was lost. Returns how many facts that were, as far as it was not said before.
    fn read_lost(
        &mut self,
        now: u64,
        is_last: bool,
        into: &mut Vec<Fact>,
        most: usize,
    ) -> Result<u64, Damaged> {
        let range = self.lost_range();
        let mut lost = [0; 8];
        read_at(&self.file, &mut lost, 56);
        let lost = u64::from_le_bytes(lost);
        if self.lost_range() != range {
            // They belong together, so they are read again soon.
            self.is_losing = true;
            return Ok(0);
        }
        if !is_last && range.is_some_and(|(from, _)| from > self.front) {
            // What was told before it is read first.
            self.is_losing = true;
            return Ok(0);
        }
        // It has room once all before was read, and soon tells from where on it writes again.
        self.is_losing = range.is_some_and(|(_, to)| to.is_none());
        match range {
            // No program tells so much.
            Some((_, Some(to))) if to > NUMBER_MAX => return Err(Damaged),
            Some((from, Some(to))) if from <= self.front && self.front < to => {
                self.skipped = self.skipped.saturating_add(to - self.front);
                self.front = to;
                // What was lost only after it was written is not in the writer's own count.
                let late = self.skipped.saturating_sub(lost);
                self.cut_texts(late > self.lost_late);
                self.lost_late = late;
                while self.read_ahead(now, into, most)? {}
            }
            _ => {}
        }
        let lost = lost.saturating_add(self.lost_late);
        let untold = lost.saturating_sub(self.lost_told);
        self.lost_told = self.lost_told.max(lost);
        Ok(untold)
    }

    /// Reads whatever else is there: the writer is gone, and nobody will fill what stands before it or
    /// end a range that was lost. Returns how many numbers were taken for nothing, as far as that is known.
    fn read_rest(&mut self, into: &mut Vec<Fact>) -> Result<u64, Damaged> {
        let mut rest = BTreeMap::new();
        let mut bytes = vec![0; MANY * SLOT_BYTES];
        for at in (0..SLOTS).step_by(MANY) {
            let len = read_at(
                &self.file,
                &mut bytes,
                HEADER_BYTES + at * SLOT_BYTES as u64,
            );
            for (slot, at) in bytes[..len].chunks_exact(SLOT_BYTES).zip(at..) {
                let number = commit_of(slot).checked_sub(1);
                let is_new = |n: &u64| *n >= self.front && n % SLOTS == at;
                if let (Some(number), Some(slot)) = (number.filter(is_new), slot.first_chunk()) {
                    rest.insert(number, *slot);
                }
            }
        }
        let Some((&last, _)) = rest.last_key_value() else {
            return Ok(0);
        };
        // What was lost is counted, but from there on nobody knows what else was taken.
        let known = match self.lost_range() {
            Some((from, to)) if to.is_none_or(|to| to > self.front) => from.min(last + 1),
            _ => last + 1,
        };
        let begin = self.front;
        if known > begin + SLOTS {
            return Err(Damaged);
        }
        self.front = known.max(begin);
        let mut next = begin;
        for (&number, bytes) in &rest {
            if number != next {
                self.cut_texts(true);
            }
            next = number + 1;
            self.take(bytes, number, into)?;
        }
        Ok(self.front - begin - rest.range(..self.front).count() as u64)
    }

    /// Tells the writer what was read.
    fn give_back(&mut self) {
        let first_hole = self.holes.keys().next().copied();
        let tail = first_hole.unwrap_or(self.front);
        if tail != self.tail {
            self.tail = tail;
            // If it can't be told it finds its ring full, and counts what it loses.
            let _ = self.file.write_all_at(&tail.to_le_bytes(), TAIL_AT);
        }
    }

    fn take(
        &mut self,
        bytes: &[u8; SLOT_BYTES],
        number: u64,
        into: &mut Vec<Fact>,
    ) -> Result<(), Damaged> {
        if commit_of(bytes) != number + 1 {
            return Err(Damaged);
        }
        if bytes[8] == NOTHING {
            let place = self.thread_of(ident_of(bytes));
            // Its text stood before it.
            self.threads[place].text.clear();
            self.threads[place].is_cut = false;
            return Ok(());
        }
        let slot = decode(bytes).ok_or(Damaged)?;
        let place = self.thread_of(slot.thread);
        let thread = &mut self.threads[place];
        if slot.word == Word::Text {
            let piece = text_of(bytes);
            if !thread.is_cut && thread.text.len() + piece.len() <= TEXT_MAX {
                thread.text.extend_from_slice(piece);
            }
            return Ok(());
        }
        thread.is_cut = false;
        let text = (!thread.text.is_empty()).then(|| {
            let text = std::mem::take(&mut thread.text);
            String::from_utf8_lossy(&text).into_owned().into_boxed_str()
        });
        if slot.word == Word::ThreadEnd {
            // The same number may be another thread's from here on.
            thread.ident = u64::MAX;
        }
        let thread = u32::try_from(place).unwrap_or(0);
        into.push(Fact { slot, thread, text });
        Ok(())
    }

    /// Facts were lost here, perhaps some that were written. A writer tells no more of a text of which it
    /// finds no room for a piece: without those, what begins behind the gap is whole.
    fn cut_texts(&mut self, were_any_written: bool) {
        if were_any_written {
            self.cut_until = self.now.saturating_add(HOLE_LASTS);
        }
        for thread in &mut self.threads {
            thread.is_cut |= were_any_written || !thread.text.is_empty();
            thread.text.clear();
        }
    }

    /// Returns the place of a thread. Beyond all bounds the last place is many threads'.
    fn thread_of(&mut self, ident: u64) -> usize {
        let known = self
            .threads
            .iter()
            .rposition(|thread| thread.ident == ident);
        if let Some(place) = known {
            return place;
        }
        if self.threads.len() < THREADS_MAX {
            self.threads.push(Thread {
                ident,
                text: Vec::new(),
                is_cut: self.now < self.cut_until,
            });
        }
        self.threads.len() - 1
    }
}

/// Reads what there is, up to the end of `into`; nothing if it can't be read.
fn read_at(file: &File, into: &mut [u8], offset: u64) -> usize {
    let mut len = 0;
    while len < into.len() {
        match file.read_at(&mut into[len..], offset + len as u64) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    len
}

#[cfg(test)]
pub(in crate::python) mod tests;
