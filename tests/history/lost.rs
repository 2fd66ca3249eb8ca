//! Events that are missing: what was not told did not have to happen.

use super::told::{MAIN, OTHER, folded, forked, lock, started};
use mpviz::event::words::{GapReason, Method};
use mpviz::event::{ActorId, Kind, ObjectId, Time};
use mpviz::history::Code;

const LOCK: ObjectId = ObjectId(1);

/// Returns what is found of a child that ends after it took a lock, with a gap between.
#[track_caller]
fn check(gap: Option<GapReason>, expected: &[Code]) {
    let events = [
        (0, ActorId::MPVIZ, forked(MAIN, Method::Stage)),
        (1, MAIN, started(100, ActorId::MPVIZ)),
        (2, MAIN, lock(LOCK)),
        (10, MAIN, forked(OTHER, Method::Fork)),
        (11, OTHER, started(101, MAIN)),
        (12, OTHER, Kind::LockTaken { object: LOCK }),
    ];
    let gap = gap.map(|reason| Kind::Gap {
        reason,
        count: Some(1),
        since: Time(12),
    });
    let gap = gap.map(|gap| (13, OTHER, gap));
    let end = (20, OTHER, Kind::ProcessExited { code: Some(0) });
    let history = folded(events.into_iter().chain(gap).chain([end]));
    let found: Vec<Code> = history.findings().iter().map(|found| found.code).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_lock_is_lost_only_if_its_release_is_not_missing() {
    check(None, &[Code::LostLock]);
    check(Some(GapReason::Unpaired), &[Code::LostLock]);
    check(Some(GapReason::RingFull), &[]);
    check(Some(GapReason::Damaged), &[]);
}
