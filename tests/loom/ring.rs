//! A ring: what its collector reads is whole, in order, and counted where it did not fit; and a cut
//! never has an effect without its cause.
//!
//! The orderings are the channel's own file; what stands in here are the words, the slots and the
//! clock. Loom sees every access to a slot that the other side could make at the same time.

#[path = "../../src/channel/ends.rs"]
#[expect(dead_code, reason = "the words of the channel itself are not used here")]
mod ends;

use ends::Word;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering, fence};
use loom::thread;

impl Word for AtomicU64 {
    fn load(&self, ordering: Ordering) -> u64 {
        self.load(ordering)
    }
    fn store(&self, value: u64, ordering: Ordering) {
        self.store(value, ordering);
    }
}

/// So many slots.
const SLOTS: u64 = 2;

/// A ring of records of one slot each.
struct Ring {
    head: AtomicU64,
    tail: AtomicU64,
    slots: [UnsafeCell<u64>; SLOTS as usize],
}

impl Ring {
    fn new() -> Ring {
        Ring {
            head: AtomicU64::new(0),
            tail: AtomicU64::new(0),
            slots: [UnsafeCell::new(0), UnsafeCell::new(0)],
        }
    }

    fn slot(&self, at: u64) -> &UnsafeCell<u64> {
        &self.slots[usize::try_from(at % SLOTS).unwrap()]
    }

    /// The writer: puts a record behind `head`, or returns `false` if there is no room.
    fn push(&self, head: u64, record: u64) -> bool {
        if head - ends::given_back(&self.tail) >= SLOTS {
            return false;
        }
        // SAFETY: loom itself checks that nobody else is at this slot.
        self.slot(head).with_mut(|slot| unsafe { *slot = record });
        ends::publish(&self.head, head + 1);
        true
    }

    /// The collector: takes everything from `tail` on out; returns where the tail is then.
    fn drain(&self, tail: u64, into: &mut Vec<u64>) -> u64 {
        let head = ends::published(&self.head);
        for at in tail..head {
            // SAFETY: as above.
            into.push(self.slot(at).with(|slot| unsafe { *slot }));
        }
        ends::give_back(&self.tail, head);
        head
    }
}

#[test]
fn what_is_read_is_whole_and_in_order_and_the_rest_is_counted() {
    loom::model(|| {
        let ring = Arc::new(Ring::new());
        let writer = {
            let ring = Arc::clone(&ring);
            thread::spawn(move || {
                let (mut head, mut lost) = (0, Vec::new());
                for record in 1..=4 {
                    match ring.push(head, record) {
                        true => head += 1,
                        false => lost.push(record),
                    }
                }
                lost
            })
        };
        let mut read = Vec::new();
        let tail = ring.drain(0, &mut read);
        let tail = ring.drain(tail, &mut read);
        let lost = writer.join().unwrap();
        ring.drain(tail, &mut read);
        assert!(read.is_sorted(), "{read:?}");
        let mut all = [read, lost].concat();
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3, 4]);
    });
}

/// A clock that all see alike, as the machine's is: a later look at it comes after an earlier one.
struct Clock(AtomicU64);

impl Clock {
    fn now(&self) -> u64 {
        self.0.fetch_add(1, Ordering::AcqRel)
    }
}

#[test]
fn a_cut_with_an_effect_has_its_cause() {
    loom::model(|| {
        let clock = Arc::new(Clock(AtomicU64::new(1)));
        let rings = Arc::new([Ring::new(), Ring::new()]);
        // A message on its way: said before it is sent, and after it was received.
        let sent = Arc::new(AtomicU64::new(0));
        let sender = {
            let (clock, rings, sent) = (Arc::clone(&clock), Arc::clone(&rings), Arc::clone(&sent));
            thread::spawn(move || {
                assert!(rings[0].push(0, clock.now()));
                sent.store(1, Ordering::Release);
            })
        };
        let receiver = {
            let (clock, rings) = (Arc::clone(&clock), Arc::clone(&rings));
            thread::spawn(move || {
                if sent.load(Ordering::Acquire) == 1 {
                    assert!(rings[1].push(0, clock.now()));
                }
            })
        };
        // A cut, as `channel::cut` makes it; the effect's ring is looked at last.
        let cut = clock.now();
        fence(Ordering::SeqCst);
        let [mut causes, mut effects] = [Vec::new(), Vec::new()];
        rings[0].drain(0, &mut causes);
        rings[1].drain(0, &mut effects);
        let is_in = |of: &[u64]| of.iter().any(|&t| t <= cut);
        assert!(!is_in(&effects) || is_in(&causes), "{causes:?} {effects:?} at {cut}");
        sender.join().unwrap();
        receiver.join().unwrap();
    });
}
