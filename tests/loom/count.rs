//! The counter that locks are made of: nobody is let in too often, and nobody sleeps on.
//!
//! The protocol is the runtime's own file; what stands in here are its words and the kernel. Loom
//! takes `SeqCst` for less than it is (acquire and release), so each load is a
//! read-modify-write that changes nothing: those have one order.
//!
//! A sleeper of the runtime looks again after a second, whoever wakes it. Here it does not, so a
//! wake-up that is lost is a deadlock, which loom finds.

#[path = "../../src/runtime/sync/protocol.rs"]
mod protocol;

use loom::sync::atomic::AtomicU32;
use loom::sync::atomic::Ordering::SeqCst;
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use protocol::{Word, Words};

struct Model {
    words: [AtomicU32; 3],
    kernel: Mutex<Sleepers>,
    woken: Condvar,
    /// How many have taken one and not given it back.
    inside: AtomicU32,
    most: u32,
}

/// What the kernel knows of a word: who sleeps on it, and who of them is to wake.
#[derive(Default)]
struct Sleepers {
    asleep: u32,
    to_wake: u32,
}

impl Model {
    fn new(value: u32, most: u32) -> Arc<Model> {
        Arc::new(Model {
            words: [value, 0, 0].map(AtomicU32::new),
            kernel: Mutex::new(Sleepers::default()),
            woken: Condvar::new(),
            inside: AtomicU32::new(0),
            most,
        })
    }

    fn take(&self) {
        if protocol::take(self).is_none() {
            let never = || false;
            let left = protocol::wait(self, never, || None);
            assert!(left.is_some(), "it has all the time there is");
        }
        self.enter();
    }

    /// Gives up where it would go to sleep for the second time.
    fn take_in_time(&self) -> bool {
        let mut looks = 0;
        let is_over = || {
            looks += 1;
            looks > 1
        };
        let taken = protocol::wait(self, is_over, || None).is_some();
        if taken {
            self.enter();
        }
        taken
    }

    fn enter(&self) {
        let inside = self.inside.fetch_add(1, SeqCst) + 1;
        assert!(inside <= self.most, "{inside} are inside");
    }

    fn give(&self) {
        self.inside.fetch_sub(1, SeqCst);
        assert!(protocol::give(self, self.most).is_some());
    }
}

impl Words for Model {
    fn load(&self, word: Word) -> u32 {
        self.words[word as usize].fetch_add(0, SeqCst)
    }
    fn store(&self, word: Word, value: u32) {
        self.words[word as usize].swap(value, SeqCst);
    }
    fn swap(&self, word: Word, value: u32) -> u32 {
        self.words[word as usize].swap(value, SeqCst)
    }
    fn add(&self, word: Word, change: u32) {
        self.words[word as usize].fetch_add(change, SeqCst);
    }
    fn exchange(&self, word: Word, current: u32, new: u32) -> Result<u32, u32> {
        self.words[word as usize].compare_exchange(current, new, SeqCst, SeqCst)
    }
    fn sleep(&self) {
        let mut kernel = self.kernel.lock().unwrap();
        if self.load(Word::Value) != 0 {
            return;
        }
        kernel.asleep += 1;
        while kernel.to_wake == 0 {
            kernel = self.woken.wait(kernel).unwrap();
        }
        kernel.to_wake -= 1;
        kernel.asleep -= 1;
    }
    fn wake(&self) -> bool {
        let mut kernel = self.kernel.lock().unwrap();
        let is_one = kernel.asleep > kernel.to_wake;
        if is_one {
            kernel.to_wake += 1;
            self.woken.notify_one();
        }
        is_one
    }
}

/// Tries every order with at most so many changes from one thread to another that are forced.
fn check(forced: usize, program: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(forced);
    builder.check(program);
}

fn turns(model: &Arc<Model>, count: u32) -> thread::JoinHandle<()> {
    let model = Arc::clone(model);
    thread::spawn(move || {
        for _ in 0..count {
            model.take();
            model.give();
        }
    })
}

#[test]
fn two_take_turns_at_a_lock() {
    check(5, || {
        let model = Model::new(1, 1);
        let other = turns(&model, 2);
        for _ in 0..2 {
            model.take();
            model.give();
        }
        other.join().unwrap();
        assert_eq!(model.load(Word::Value), 1);
        assert_eq!(model.load(Word::Waiters), 0);
    });
}

#[test]
fn three_take_turns_at_a_lock() {
    check(3, || {
        let model = Model::new(1, 1);
        let others = [turns(&model, 1), turns(&model, 1)];
        model.take();
        model.give();
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(model.load(Word::Value), 1);
    });
}

#[test]
fn who_gives_twice_wakes_two() {
    check(3, || {
        let model = Model::new(0, 2);
        let others = [0, 1].map(|_| {
            let model = Arc::clone(&model);
            thread::spawn(move || model.take())
        });
        for _ in 0..2 {
            assert!(protocol::give(&*model, 2).is_some());
        }
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(model.load(Word::Value), 0);
    });
}

#[test]
fn who_gives_up_takes_no_wake_up_along() {
    check(3, || {
        let model = Model::new(1, 1);
        let waits = turns(&model, 1);
        let gives_up = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                if model.take_in_time() {
                    model.give();
                }
            })
        };
        model.take();
        model.give();
        waits.join().unwrap();
        gives_up.join().unwrap();
        assert_eq!(model.load(Word::Value), 1);
    });
}

#[test]
fn a_wake_up_that_another_relies_on_is_not_forgotten() {
    check(6, || {
        // Held from the beginning, by who gives it back below.
        let model = Model::new(0, 1);
        let waits = {
            let model = Arc::clone(&model);
            thread::spawn(move || model.take())
        };
        let takes_what_is_free = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                if protocol::take(&*model).is_some() {
                    assert!(protocol::give(&*model, 1).is_some());
                }
            })
        };
        assert!(protocol::give(&*model, 1).is_some());
        waits.join().unwrap();
        takes_what_is_free.join().unwrap();
    });
}
