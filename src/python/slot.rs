//! A slot of a ring file: one raw fact in 64 bytes, as the shim writes it.
//!
//! Little endian: time u64, kind u8, op u8, extra u16, line u32, thread u64, file u32, size u32,
//! a u64, b u64, c u64, commit u64. In a text slot 32 bytes of UTF-8 stand from `file` to `c`. The
//! commit word is the slot's number plus 1; it is written last.

/// Bytes of a slot.
pub(super) const SLOT_BYTES: usize = 64;
/// Where the commit word stands.
const COMMIT_AT: usize = 56;

macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal,)*) => {
        /// What a fact is about. The numbers are the shim's.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Word { $($(#[doc = $doc])* $name,)* }

        impl Word {
            /// Returns the word with a number.
            pub(super) fn from_number(number: u8) -> Option<Word> {
                match number {
                    $($number => Some(Word::$name),)*
                    _ => None,
                }
            }

            /// Returns its number, as the shim writes it.
            #[cfg(test)]
            pub(super) fn number(self) -> u8 {
                match self { $(Word::$name => $number,)* }
            }
        }
    };
}

words! {
    /// A piece of the text of the thread's next fact.
    Text = 1,
    /// A child's first word. Text: its name; op: method; a: pid of its logical parent.
    Boot = 2,
    /// A process is about to be started. Text: its name, and after a NUL its function; a: token; op:
    /// method; extra bit 0: daemon.
    Start = 3,
    /// It was. a: token; b: pid.
    Started = 4,
    /// It was not. a: token; text: error.
    StartFailed = 5,
    /// A bare fork is about to be made. a: token.
    Fork = 6,
    /// It was. a: token; b: pid.
    Forked = 7,
    /// A program is about to be started. Text: arguments, joined by NUL; a: token.
    Spawn = 8,
    /// It was. a: token; b: pid.
    Spawned = 9,
    /// It was not. a: token; text: error.
    SpawnFailed = 10,
    /// A child's end was taken note of. a: pid; b: exit code.
    Reaped = 11,
    /// A child's exit code was read. a: pid; b: exit code.
    CodeRead = 12,
    /// An operation begins that may wait. op: which; a: on what; b: timeout in ns; c: task key.
    Block = 13,
    /// It is over. op: outcome.
    Unblock = 14,
    /// A pipe was made. a, b: inodes of a pair, b 0 if it is one-way; c: capacity.
    Pipe = 15,
    /// A queue was made. op: class; a: inode; b: most items; c: key of its read lock.
    Queue = 16,
    /// More of it. a: inode; b: key of its write lock; c: key of the semaphore of its free places.
    Queue2 = 17,
    /// A lock or its kin was made. op: class; a: key; b: value; c: what it is a part of.
    Lock = 18,
    /// A lock was taken. a: key.
    Taken = 19,
    /// A lock is given back. a: key.
    Released = 20,
    /// A count is another. a: key or inode; b: value.
    Count = 21,
    /// An item is put into a queue's buffer. a: inode; c: its number there, from 1; text: the item.
    Put = 22,
    /// A feeder gives up an item. a: inode; c: the item's number.
    Dropped = 23,
    /// A message goes into a pipe. a: inode; b: crc; size; op 1: by a feeder, c: the item's number;
    /// text: the message.
    Send = 24,
    /// A message came out of a pipe. a: inode; b: crc; size.
    Recv = 25,
    /// Nothing will come any more. a: inode.
    Eof = 26,
    /// A connection is about to be made. a: inode; b: crc of the address. With op 1 it was made, and has
    /// a port of its own. a: inode; c: the port, and bit 32.
    Connect = 27,
    /// One was accepted. a: inode; b: crc of the address; c: the pid of whoever connected, or
    /// its port and bit 32; 0 where the kernel does not say.
    Accept = 28,
    /// A pool was made. op: class; a: key; b: processes; c: inode of its outqueue.
    Pool = 29,
    /// A task is handed to a pool. a: pool; b: task; text: function.
    TaskSubmit = 30,
    /// A worker begins a task. a: pool; b: task; text: function.
    TaskStart = 31,
    /// A worker has ended a task. a: pool; b: task; op 1: it went well; text: error.
    TaskEnd = 32,
    /// The program has a result. a: pool; b: task, op 1: and all tasks of its job.
    TaskFetched = 33,
    /// What this thread is for. op: role; a: object.
    Thread = 34,
    /// This thread ends.
    ThreadEnd = 35,
    /// The process's own function is over.
    Finishing = 36,
    /// The process is about to end. b: exit code.
    Exiting = 37,
    /// A signal is sent. a: pid; b: signal.
    Signal = 38,
    /// This process is one of multiprocessing's own. op: which.
    Helper = 39,
    /// Nobody handled an exception. Text: `Type: message`.
    Failed = 40,
}

/// A committed slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slot {
    pub(super) t: u64,
    pub(super) word: Word,
    pub(super) op: u8,
    pub(super) extra: u16,
    pub(super) line: u32,
    pub(super) thread: u64,
    pub(super) file: u32,
    pub(super) size: u32,
    pub(super) a: u64,
    pub(super) b: u64,
    pub(super) c: u64,
}

/// Returns the commit word of a slot's bytes; 0 if they are too few.
pub(super) fn commit_of(bytes: &[u8]) -> u64 {
    u64_at(bytes, COMMIT_AT)
}

/// Returns the thread that a slot is of, whatever is in it.
pub(super) fn ident_of(bytes: &[u8; SLOT_BYTES]) -> u64 {
    u64_at(bytes, 16)
}

/// Takes a slot apart; `None` if its kind is unknown.
pub(super) fn decode(bytes: &[u8; SLOT_BYTES]) -> Option<Slot> {
    Some(Slot {
        t: u64_at(bytes, 0),
        word: Word::from_number(bytes[8])?,
        op: bytes[9],
        extra: u16::from_le_bytes([bytes[10], bytes[11]]),
        line: u32_at(bytes, 12),
        thread: ident_of(bytes),
        file: u32_at(bytes, 24),
        size: u32_at(bytes, 28),
        a: u64_at(bytes, 32),
        b: u64_at(bytes, 40),
        c: u64_at(bytes, 48),
    })
}

/// Returns the piece of text in a text slot.
pub(super) fn text_of(bytes: &[u8; SLOT_BYTES]) -> &[u8] {
    let used = usize::from(bytes[9]).min(32);
    &bytes[24..24 + used]
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
    u64::from_le_bytes(*word.unwrap_or(&[0; 8]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
    u32::from_le_bytes(*word.unwrap_or(&[0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_one_word_and_the_others_are_none() {
        for number in 0..=u8::MAX {
            let word = Word::from_number(number);
            assert_eq!(word.is_some(), (1..=40).contains(&number), "{number}");
            assert!(word.is_none_or(|word| word.number() == number));
        }
    }

    #[test]
    fn a_slot_is_read_as_it_is_written() {
        let mut bytes = [0; SLOT_BYTES];
        bytes[..8].copy_from_slice(&7u64.to_le_bytes());
        (bytes[8], bytes[9]) = (24, 1);
        bytes[12..16].copy_from_slice(&33u32.to_le_bytes());
        bytes[16..24].copy_from_slice(&0xabcdu64.to_le_bytes());
        bytes[28..32].copy_from_slice(&21u32.to_le_bytes());
        bytes[56..].copy_from_slice(&5u64.to_le_bytes());
        let slot = decode(&bytes).expect("a slot");
        assert_eq!((slot.t, slot.word, slot.op), (7, Word::Send, 1));
        assert_eq!((slot.line, slot.thread, slot.size), (33, 0xabcd, 21));
        assert_eq!(commit_of(&bytes), 5);
        bytes[8] = 99;
        assert_eq!(decode(&bytes), None);
    }
}
