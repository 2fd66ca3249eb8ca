//! State that belongs to one process and starts anew in each forked child.
//!
//! A fork copies the memory in whatever state other threads had it: a mutex that one of them held
//! stays locked in the child for ever. So what the runtime keeps per process is never carried
//! over: the first use in a child makes a new one, and the parent's copy is left alone, never
//! locked, never dropped.
#![expect(unsafe_code, reason = "hands out references behind an atomic pointer")]

use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// How many forks lie between the first process and this one.
static GENERATION: AtomicU32 = AtomicU32::new(1);

/// Marks this process as a new one. Called once in each child, before anything else.
pub(super) fn child_begin() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

struct Slot<T> {
    generation: u32,
    value: T,
}

/// A value of which each process has its own, made at its first use there.
pub(super) struct ForkLocal<T> {
    slot: AtomicPtr<Slot<T>>,
    make: fn() -> T,
}

impl<T: Send + Sync> ForkLocal<T> {
    /// Returns one that is made by `make`.
    pub(super) const fn new(make: fn() -> T) -> Self {
        ForkLocal {
            slot: AtomicPtr::new(std::ptr::null_mut()),
            make,
        }
    }

    /// Returns this process's value.
    pub(super) fn get(&self) -> &T {
        let generation = GENERATION.load(Ordering::Relaxed);
        // Acquire pairs with the Release of the exchange below: the slot's contents are visible.
        let mut current = self.slot.load(Ordering::Acquire);
        loop {
            if !current.is_null() {
                // SAFETY: a slot that was published is never freed while `self` lives (see drop).
                let slot = unsafe { &*current };
                if slot.generation == generation {
                    return &slot.value;
                }
            }
            let fresh = Box::into_raw(Box::new(Slot {
                generation,
                value: (self.make)(),
            }));
            match self
                .slot
                .compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire)
            {
                // SAFETY: just published, and never freed while `self` lives.
                Ok(_) => return unsafe { &(*fresh).value },
                Err(newer) => {
                    // SAFETY: `fresh` was not published; this is its only owner.
                    drop(unsafe { Box::from_raw(fresh) });
                    current = newer;
                }
            }
        }
    }
}

impl<T> Drop for ForkLocal<T> {
    fn drop(&mut self) {
        let current = *self.slot.get_mut();
        if current.is_null() {
            return;
        }
        // SAFETY: `&mut self` is the only way in, so nobody has a reference into the slot.
        let slot = unsafe { Box::from_raw(current) };
        if slot.generation != GENERATION.load(Ordering::Relaxed) {
            // Another process's state, copied at a moment nobody knows: leave it alone.
            std::mem::forget(slot);
        }
    }
}
