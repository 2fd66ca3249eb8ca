//! From an id to a position, without trust in ids.
//!
//! Ids count up from small numbers, so a table that is indexed by them is the fastest map. But a
//! trace may say 4 billion: ids far beyond the number of ids seen so far go into a hash map.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// No position.
pub(super) const NONE: u32 = u32::MAX;
/// Up to here ids are near from the start.
const NEAR: usize = 1 << 12;
/// And up to this many times as many as were seen.
const NEAR_PER_SEEN: usize = 4;

/// A hash map for ids: a multiplication, not a defence against chosen keys.
pub(super) type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;

/// Returns a position in half the space. More than 4 billion things do not fit into memory; if
/// they did, the last of them would share a position that is none.
#[inline]
pub(super) fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(NONE)
}

/// A map from ids to positions.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Index {
    near: Vec<u32>,
    far: IdMap<u32, u32>,
    seen: usize,
}

impl Index {
    /// Returns the position of `id`.
    #[inline]
    pub(super) fn get(&self, id: u32) -> Option<usize> {
        match self.near.get(id as usize) {
            Some(&at) if at != NONE => Some(at as usize),
            _ if self.far.is_empty() => None,
            _ => self.far.get(&id).map(|&at| at as usize),
        }
    }

    /// Remembers the position of an `id` that has none.
    pub(super) fn insert(&mut self, id: u32, position: usize) {
        let position = narrow(position);
        let slot = id as usize;
        if slot < NEAR + NEAR_PER_SEEN * self.seen {
            if self.near.len() <= slot {
                self.near.resize(slot + 1, NONE);
            }
            self.near[slot] = position;
        } else {
            self.far.insert(id, position);
        }
        self.seen += 1;
    }
}

/// Multiplies and folds, as FxHash does.
#[derive(Clone, Copy, Default)]
pub(super) struct IdHasher(u64);

impl IdHasher {
    fn add(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.add(u64::from(byte));
        }
    }
    fn write_u32(&mut self, n: u32) {
        self.add(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.add(n);
    }
}

/// Returns the hash map's hash of a key, for the test of its spread.
#[cfg(test)]
fn hash_of(key: impl std::hash::Hash) -> u64 {
    let mut hasher = IdHasher::default();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_four_billion_takes_one_place() {
        let mut index = Index::default();
        index.insert(u32::MAX, 0);
        index.insert(1, 1);
        index.insert(4_000_000_000, 2);
        assert_eq!(index.get(u32::MAX), Some(0));
        assert_eq!(index.get(1), Some(1));
        assert_eq!(index.get(4_000_000_000), Some(2));
        assert_eq!(index.get(2), None);
        assert!(index.near.len() <= NEAR);
    }

    #[test]
    fn ids_that_count_up_stay_near() {
        let mut index = Index::default();
        for id in 0..100_000 {
            index.insert(id, id as usize);
        }
        assert!(index.far.is_empty());
        assert!((0..100_000).all(|id| index.get(id) == Some(id as usize)));
    }

    #[test]
    fn neighbours_hash_apart() {
        let mut seen: Vec<u64> = (0..1000u32).map(|n| hash_of((n, n)) & 0xffff).collect();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() > 900, "{} of 1000 are different", seen.len());
    }
}
