//! The order of the log: time first, and what comes first at one time.

use crate::channel::ring::SLOTS_AT;
use crate::event::Nature;
use crate::event::kind::{KINDS, Tag};

/// A record's place in the log.
#[derive(Clone, Copy)]
pub(super) struct Due {
    pub(super) t: u64,
    /// From the top: 8 bits rank, 8 unused, 32 bits slot number in `staging`, 16 bits source.
    order: u64,
}

/// The rank of a late event.
pub(super) const LATE: u8 = 0;

impl Due {
    pub(super) fn new(t: u64, rank: u8, at: usize, source: usize) -> Due {
        // Both numbers fit: sources are at most 4032, and staging holds at most all rings.
        let order = u64::from(rank) << 56 | (at as u64) << 16 | source as u64;
        Due { t, order }
    }

    /// The order of these is the log's order. One number, because that compares without a branch.
    pub(super) fn key(&self) -> u128 {
        u128::from(self.t) << 64 | u128::from(self.order)
    }

    pub(super) fn rank(self) -> u8 {
        self.order.to_be_bytes()[0]
    }

    pub(super) fn at(self) -> usize {
        (self.order >> 16 & 0xffff_ffff) as usize
    }

    pub(super) fn source(self) -> usize {
        (self.order & 0xffff) as usize
    }
}

/// Returns where a record stands among those of its time, from its raw head.
pub(super) fn rank(record: &[u8]) -> u8 {
    let tag = record[SLOTS_AT - 1];
    // A captured line is an effect, and the stage says it about another.
    if tag == Tag::Output as u8 && record[12..16] == [0; 4] {
        return LATE + 1 + Nature::Effect as u8;
    }
    RANKS[usize::from(tag)]
}

/// The rank of each tag; of those that no kind has, any.
const RANKS: [u8; 256] = {
    let mut ranks = [LATE + 1; 256];
    let mut tag = 0;
    while tag < KINDS.len() {
        ranks[tag] = LATE + 1 + KINDS[tag].nature as u8;
        tag += 1;
    }
    ranks
};
