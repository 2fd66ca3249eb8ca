//! Rings as the shim writes them, read at any instant; and rings as nobody writes them.

use super::*;
use proptest::prelude::*;
use std::os::unix::fs::FileExt;

/// A writer of a ring file, as the shim is one.
pub(in crate::python) struct Writer {
    pub(in crate::python) file: File,
    next: u64,
    limit: u64,
    lost_from: u64,
    lost_to: u64,
    lost: u64,
    /// Whether some of what was written counts as lost.
    is_muddled: bool,
}

/// A file without a name.
pub(in crate::python) fn nameless() -> File {
    let fd = rustix::fs::memfd_create(c"ring", rustix::fs::MemfdFlags::CLOEXEC);
    File::from(fd.expect("a file"))
}

impl Writer {
    pub(in crate::python) fn new(file: File, pid: u32, ppid: u32, birth: u64) -> Writer {
        let mut header = [0u8; 128];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&pid.to_le_bytes());
        header[12..16].copy_from_slice(&16_384u32.to_le_bytes());
        header[16..24].copy_from_slice(&birth.to_le_bytes());
        header[24..28].copy_from_slice(&ppid.to_le_bytes());
        file.set_len(HEADER_BYTES + SLOTS * 64).expect("a length");
        file.write_all_at(&header, 0).expect("a header");
        Writer {
            file,
            next: 0,
            limit: 0,
            lost_from: 0,
            lost_to: 0,
            lost: 0,
            is_muddled: false,
        }
    }

    fn word(&self, at: u64) -> u64 {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, at).expect("a word");
        u64::from_le_bytes(bytes)
    }

    fn put(&self, at: u64, word: u64) {
        let bytes = word.to_le_bytes();
        self.file.write_all_at(&bytes, at).expect("a word");
    }

    /// Takes the next number; `None` if its event is lost. The rules are the shim's.
    fn number(&mut self) -> Option<u64> {
        let n = self.next;
        self.next += 1;
        if n < self.limit {
            return Some(n);
        }
        let tail = self.word(32);
        let is_losing = self.lost_from != 0 && self.lost_to == 0;
        let base = if is_losing && tail + 1 >= self.lost_from {
            n
        } else {
            tail
        };
        if n < base + SLOTS {
            self.limit = base + SLOTS;
            if is_losing {
                self.lost_to = n + 1;
                self.put(48, self.lost_to);
            }
            return Some(n);
        }
        self.limit = 0;
        if !is_losing && self.lost_from != 0 && tail + 1 < self.lost_to {
            // The reader has not come to the first gap: all from there on is lost.
            self.lost_to = 0;
            self.put(48, 0);
            self.is_muddled = true;
        } else if !is_losing {
            (self.lost_from, self.lost_to) = (n + 1, 0);
            self.put(48, 0);
            self.put(40, self.lost_from);
        }
        self.lost += 1;
        self.put(56, self.lost);
        None
    }

    /// Writes a slot with a number that was taken.
    fn write(&self, n: u64, mut slot: [u8; 64]) {
        let at = HEADER_BYTES + n % SLOTS * 64;
        slot[56..].copy_from_slice(&0u64.to_le_bytes());
        self.file.write_all_at(&slot[..56], at).expect("a slot");
        self.put(at + 56, n + 1);
    }

    /// Writes an event, with its text before it. Returns whether it is there.
    pub(in crate::python) fn tell(&mut self, slot: &Slot, words: &str) -> bool {
        let mut is_there = true;
        for piece in words.as_bytes().chunks(32) {
            match self.number() {
                Some(n) => self.write(n, text(slot, piece)),
                None => is_there = false,
            }
        }
        match self.number() {
            Some(n) => self.write(n, raw(slot)),
            None => is_there = false,
        }
        is_there
    }
}

/// A piece of the text of a fact, which is a slot's bytes, too.
fn text(slot: &Slot, piece: &[u8]) -> [u8; 64] {
    let mut bytes = raw(slot);
    bytes[8] = Word::Text.number();
    bytes[9] = u8::try_from(piece.len()).expect("a short one");
    bytes[24..56].fill(0);
    bytes[24..24 + piece.len()].copy_from_slice(piece);
    bytes
}

/// A slot's bytes, without the commit word.
pub(in crate::python) fn raw(slot: &Slot) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..8].copy_from_slice(&slot.t.to_le_bytes());
    (bytes[8], bytes[9]) = (slot.word.number(), slot.op);
    bytes[10..12].copy_from_slice(&slot.extra.to_le_bytes());
    bytes[12..16].copy_from_slice(&slot.line.to_le_bytes());
    bytes[16..24].copy_from_slice(&slot.thread.to_le_bytes());
    bytes[24..28].copy_from_slice(&slot.file.to_le_bytes());
    bytes[28..32].copy_from_slice(&slot.size.to_le_bytes());
    bytes[32..40].copy_from_slice(&slot.a.to_le_bytes());
    bytes[40..48].copy_from_slice(&slot.b.to_le_bytes());
    bytes[48..56].copy_from_slice(&slot.c.to_le_bytes());
    bytes
}

/// A fact of a thread.
pub(in crate::python) fn slot(t: u64, word: Word, thread: u64, a: u64) -> Slot {
    Slot {
        t,
        word,
        op: 0,
        extra: 0,
        line: 0,
        thread,
        file: 0,
        size: 0,
        a,
        b: 0,
        c: 0,
    }
}

/// What happens to a ring.
#[derive(Clone, Debug)]
enum Step {
    /// A thread tells so many facts.
    Tell(u64, u16),
    /// A number is taken by a thread that is interrupted then.
    Take(u64),
    /// The oldest of those is written.
    Fill,
    Read,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (1u64..4, 1u16..40).prop_map(|(thread, count)| Step::Tell(thread, count)),
        1 => (1u64..4, 2000u16..9000).prop_map(|(thread, count)| Step::Tell(thread, count)),
        1 => (4u64..6).prop_map(Step::Take),
        1 => Just(Step::Fill),
        4 => Just(Step::Read),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn every_fact_is_read_once_and_in_order_or_counted(steps in steps()) {
        let file = nameless();
        let mut writer = Writer::new(file.try_clone().unwrap(), 7, 1, 5);
        let mut ring = Ring::open(file).unwrap();
        let (mut facts, mut lost, mut now) = (Vec::new(), 0, 100);
        let (mut told, mut taken) = (Vec::new(), std::collections::VecDeque::new());
        let mut count = 0;
        for step in steps {
            now += 1;
            match step {
                Step::Tell(thread, times) => for _ in 0..times {
                    count += 1;
                    let slot = slot(now, Word::Taken, thread, count);
                    if writer.tell(&slot, "") {
                        told.push((thread, count));
                    }
                },
                Step::Take(thread) => {
                    count += 1;
                    if let Some(n) = writer.number() {
                        taken.push_back((n, thread, count));
                    }
                }
                Step::Fill => if let Some((n, thread, a)) = taken.pop_front() {
                    writer.write(n, raw(&slot(now, Word::Taken, thread, a)));
                    told.push((thread, a));
                },
                Step::Read => lost += ring.read(now, false, &mut facts).unwrap().lost,
            }
        }
        lost += ring.read(now, true, &mut facts).unwrap().lost;
        let read: Vec<(u64, u64)> =
            facts.iter().map(|fact| (fact.slot.thread, fact.slot.a)).collect();
        for thread in 1..4 {
            let of = |list: &[(u64, u64)]| -> Vec<u64> {
                list.iter().filter(|(of, _)| *of == thread).map(|&(_, a)| a).collect()
            };
            if writer.is_muddled {
                prop_assert!(of(&read).is_sorted());
            } else {
                prop_assert_eq!(of(&read), of(&told), "thread {}", thread);
            }
        }
        let (mut read, mut told) = (read, told);
        read.sort_unstable();
        told.sort_unstable();
        prop_assert!(read.windows(2).all(|pair| pair[0] != pair[1]), "read twice");
        prop_assert!(writer.is_muddled || read == told);
        // Of a slot that was taken last nobody knows.
        let unknown = taken.iter().filter(|&&(n, ..)| n >= ring.front).count();
        prop_assert_eq!(lost + (read.len() + unknown) as u64, count);
    }

    #[test]
    fn rubbish_in_a_ring_is_no_panic_and_no_flood(
        told in 0u16..200,
        scribbles in proptest::collection::vec((0u64..HEADER_BYTES + 400 * 64, any::<u8>()), 0..300),
        words in proptest::collection::vec((0u64..9, any::<u64>()), 0..4),
    ) {
        let file = nameless();
        let mut writer = Writer::new(file.try_clone().unwrap(), 7, 1, 5);
        let mut ring = Ring::open(file).unwrap();
        let mut facts = Vec::new();
        for n in 0..told {
            writer.tell(&slot(n.into(), Word::Send, 1, 3), "a text");
        }
        ring.read(1, false, &mut facts).unwrap();
        for (at, byte) in scribbles {
            writer.file.write_all_at(&[byte], at).unwrap();
        }
        for (at, word) in words {
            writer.put(at * 8, word);
        }
        for round in 0..4 {
            writer.tell(&slot(round, Word::Recv, 1, 3), "");
            if ring.read(round, round == 3, &mut facts).is_err() {
                break;
            }
        }
        prop_assert!(facts.len() <= usize::from(told) + MOST * 2);
    }

    #[test]
    fn any_bytes_are_a_ring_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..9000)) {
        let file = nameless();
        file.write_all_at(&bytes, 0).unwrap();
        prop_assert!(Ring::open(file).is_none());
    }
}

#[test]
fn a_text_belongs_to_the_next_fact_of_its_thread() {
    let file = nameless();
    let mut writer = Writer::new(file.try_clone().unwrap(), 7, 1, 5);
    let mut ring = Ring::open(file).unwrap();
    assert_eq!((ring.birth.pid, ring.birth.ppid, ring.birth.t), (7, 1, 5));
    let long = "é".repeat(40);
    writer.tell(&slot(1, Word::Start, 1, 1), &long);
    writer.tell(&slot(2, Word::Taken, 2, 1), "");
    writer.tell(&slot(3, Word::Taken, 1, 1), "");
    let mut facts = Vec::new();
    let found = ring.read(9, false, &mut facts).unwrap();
    assert_eq!(found.lost, 0);
    let texts: Vec<_> = facts.iter().map(|fact| fact.text.as_deref()).collect();
    assert_eq!(texts, [Some(long.as_str()), None, None]);
    assert_eq!(writer.word(32), 6, "what was read is given back");
}

/// A ring with its writer.
struct Told {
    writer: Writer,
    ring: Ring,
}

impl Told {
    fn new() -> Told {
        let file = nameless();
        let writer = Writer::new(file.try_clone().unwrap(), 7, 1, 5);
        let ring = Ring::open(file).unwrap();
        Told { writer, ring }
    }

    /// Tells facts of a thread without a text, until so many slots are left.
    fn fill(&mut self, left: u64) {
        while self.writer.next < SLOTS - left {
            assert!(self.writer.tell(&slot(1, Word::Taken, 9, 1), ""));
        }
    }

    /// Takes a number for a piece of text.
    fn piece(&mut self, thread: u64, piece: &str) -> Option<(u64, [u8; 64])> {
        let bytes = text(&slot(1, Word::Put, thread, 1), piece.as_bytes());
        self.writer.number().map(|n| (n, bytes))
    }

    fn put(&mut self, thread: u64, text: &str) -> bool {
        self.writer.tell(&slot(1, Word::Put, thread, 1), text)
    }

    /// Returns the texts of the puts that are new.
    fn texts(&mut self, now: u64, is_last: bool) -> Vec<Option<String>> {
        let mut facts = Vec::new();
        self.ring.read(now, is_last, &mut facts).unwrap();
        let puts = facts.into_iter().filter(|fact| fact.slot.word == Word::Put);
        puts.map(|fact| fact.text.map(String::from)).collect()
    }
}

#[test]
fn a_text_whose_fact_was_lost_is_no_others() {
    let mut told = Told::new();
    told.fill(1);
    assert!(!told.put(1, "lost"), "its text was the last that had room");
    assert_eq!(told.texts(1, false), []);
    // The next one may be a part of that; another thread's begins behind the gap.
    assert!(told.put(1, "one") && told.put(1, "two") && told.put(2, "three"));
    let texts = [None, Some("two".into()), Some("three".into())];
    assert_eq!(told.texts(2, false), texts);
}

#[test]
fn a_text_whose_beginning_was_lost_after_it_was_written_is_none() {
    let mut told = Told::new();
    told.fill(0);
    assert!(!told.put(9, ""));
    assert_eq!(told.texts(1, false), []);
    // It goes on behind the gap, until it is full again before that was seen.
    for _ in 1..SLOTS {
        assert!(told.put(9, ""));
    }
    let (n, bytes) = told.piece(1, "begin ").expect("a number");
    told.writer.write(n, bytes);
    assert!(!told.put(9, "") && told.writer.is_muddled);
    assert_eq!(told.texts(2, false), []);
    assert!(told.put(1, "and end") && told.put(1, "next"));
    assert_eq!(told.texts(3, false), [None, Some("next".into())]);
}

#[test]
fn a_text_whose_beginning_was_given_up_is_none() {
    let mut told = Told::new();
    // Its thread is stopped between taking a number and writing there.
    let (n, bytes) = told.piece(1, "begin ").expect("a number");
    assert!(told.put(2, "other"));
    assert_eq!(told.texts(1, false), [Some("other".into())]);
    assert_eq!(told.texts(2 + HOLE_LASTS, false), []);
    told.writer.write(n, bytes);
    assert!(told.put(1, "and end") && told.put(1, "next"));
    let texts = told.texts(3 + HOLE_LASTS, false);
    assert_eq!(texts, [None, Some("next".into())]);
}

#[test]
fn a_text_whose_fact_was_broken_off_is_no_others() {
    let mut told = Told::new();
    let (n, bytes) = told.piece(1, "broken").expect("a number");
    told.writer.write(n, bytes);
    let n = told.writer.number().expect("a number");
    let mut nothing = raw(&slot(1, Word::Put, 1, 1));
    nothing[8] = NOTHING;
    told.writer.write(n, nothing);
    assert!(told.put(1, "whole"));
    assert_eq!(told.texts(1, false), [Some("whole".into())]);
}

#[test]
fn what_a_dead_writer_has_left_behind_a_gap_has_no_text_of_before() {
    let mut told = Told::new();
    told.fill(1);
    assert!(!told.put(1, "lost"));
    assert_eq!(told.texts(1, false), []);
    assert!(told.put(1, "late"));
    // It was killed while it lost more: where that ends nobody says.
    told.writer.put(48, 0);
    assert_eq!(told.texts(2, true), [None]);
}

#[test]
fn a_ring_that_was_cut_off_is_read_as_far_as_it_goes() {
    let file = nameless();
    let mut writer = Writer::new(file.try_clone().unwrap(), 7, 1, 5);
    let mut ring = Ring::open(file).unwrap();
    for n in 0..100 {
        writer.tell(&slot(n, Word::Taken, 1, n), "");
    }
    writer.file.set_len(HEADER_BYTES + 10 * 64 + 30).unwrap();
    let mut facts = Vec::new();
    let _ = ring.read(9, false, &mut facts);
    assert!(facts.len() <= 10, "{}", facts.len());
    let _ = ring.read(9, true, &mut facts);
}
