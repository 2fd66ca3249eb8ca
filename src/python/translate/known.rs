//! What is known by a number of the program's, a lock by its key or a pipe by its inode.
//!
//! Nobody says when such a number is out of use, so what nobody has used while many others were made
//! is forgotten, unless it is kept for a reason. A look-up costs a mark.

use std::cell::Cell;
use std::collections::HashMap;

/// What is known by number.
pub(super) struct Known<V> {
    by_key: HashMap<u64, Entry<V>>,
    /// After so many more it is looked what is out of use.
    left: usize,
    window: usize,
}

struct Entry<V> {
    value: V,
    /// Whether it was made or looked up since the last look.
    is_used: Cell<bool>,
}

impl<V: Copy> Known<V> {
    /// Makes an empty one; what is not used while `window` others are made may be forgotten.
    pub(super) fn new(window: usize) -> Known<V> {
        Known {
            by_key: HashMap::new(),
            left: window,
            window,
        }
    }

    /// Returns what has a number. It is in use.
    pub(super) fn get(&self, key: u64) -> Option<V> {
        let entry = self.by_key.get(&key)?;
        entry.is_used.set(true);
        Some(entry.value)
    }

    /// Returns everything, in no order.
    pub(super) fn values(&self) -> impl Iterator<Item = V> {
        self.by_key.values().map(|entry| entry.value)
    }

    /// From here on a number is another thing's.
    pub(super) fn insert(&mut self, key: u64, value: V) {
        self.left = self.left.saturating_sub(1);
        let is_used = Cell::new(true);
        self.by_key.insert(key, Entry { value, is_used });
    }

    /// Returns whether it is time to forget.
    pub(super) fn is_due(&self) -> bool {
        self.left == 0
    }

    /// Forgets what was not used since the last time and is not kept.
    pub(super) fn forget(&mut self, is_kept: impl Fn(u64, V) -> bool) {
        self.by_key
            .retain(|&key, entry| entry.is_used.take() || is_kept(key, entry.value));
        // The more is in use the rarer, so that what it costs for each that is made does not grow.
        self.left = self.window.max(self.by_key.len() / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: u64 = 100;

    /// Makes so many from a number on, while `used` are looked up and `kept` are kept.
    fn make(known: &mut Known<u64>, from: u64, count: u64, used: &[u64], kept: &[u64]) {
        for key in from..from + count {
            if known.is_due() {
                known.forget(|key, value| key == value && kept.contains(&key));
            }
            known.insert(key, key);
            assert!(used.iter().all(|&key| known.get(key) == Some(key)));
        }
    }

    #[test]
    fn what_is_used_or_kept_stays_and_the_others_make_room() {
        let mut known = Known::new(100);
        make(&mut known, 0, 3, &[], &[]);
        make(&mut known, 3, 20 * WINDOW, &[0], &[1]);
        assert_eq!(known.by_key.get(&2).map(|entry| entry.value), None);
        assert_eq!((known.get(0), known.get(1)), (Some(0), Some(1)));
        assert!(known.values().count() <= 2 * 100 + 2);
        let last = 3 + 20 * WINDOW - 1;
        assert_eq!(known.get(last - WINDOW + 1), Some(last - WINDOW + 1));
    }

    #[test]
    fn what_is_not_used_stays_for_as_many_others_as_are_said() {
        let mut known = Known::new(100);
        make(&mut known, 0, WINDOW + WINDOW / 2, &[], &[]);
        assert_eq!(known.get(WINDOW / 2), Some(WINDOW / 2));
        // However many are in use, none of them is forgotten.
        let mut known = Known::new(100);
        let used: Vec<u64> = (0..3 * WINDOW).collect();
        make(&mut known, 0, 3 * WINDOW, &[], &used);
        assert!(used.iter().all(|&key| known.get(key) == Some(key)));
        make(&mut known, 3 * WINDOW, 5 * WINDOW, &used, &[]);
    }
}
