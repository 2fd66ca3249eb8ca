//! A tree beside a plain list.

use super::*;

/// Inserts rows at positions that look like none, and compares with a plain list.
#[test]
fn a_row_is_found_wherever_others_come_between() {
    let (mut tree, mut plain) = (Tree::default(), Vec::new());
    let mut dice = 7u64;
    for id in 0..3000u32 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // Often at one spot, where numbers run out.
        let at = match dice >> 62 {
            0 => plain.len() / 2,
            1 => 0,
            2 => plain.len(),
            _ => usize::try_from(dice >> 33).unwrap() % (plain.len() + 1),
        };
        let life = tree.insert(at, ActorId(id), 0, Time(id.into()));
        assert_eq!(life, id);
        plain.insert(at, ActorId(id));
    }
    assert_eq!(tree.ids(), plain);
    for (row, id) in plain.iter().enumerate() {
        assert_eq!(tree.row_of(id.0), Some(row));
    }
    assert_eq!(tree.row_of(3000), None);
}

#[test]
fn what_is_told_of_an_end_later_changes_the_stamp() {
    let mut history = History::default();
    let stamp = |history: &History| history.tree_stamp(Time(9));
    let mut seen = vec![stamp(&history)];
    let life = history.tree.insert(0, ActorId(1), 0, Time(1));
    seen.push(stamp(&history));
    history.tree.insert(1, ActorId(2), 1, Time(20));
    assert_eq!(seen.last(), Some(&stamp(&history)), "not known at 9");
    assert!(history.tree.end(life, Time(3), false));
    seen.push(stamp(&history));
    assert!(!history.tree.end(life, Time(4), false));
    assert_eq!(seen.last(), Some(&stamp(&history)), "nothing new");
    assert!(!history.tree.end(life, Time(4), true));
    seen.push(stamp(&history));
    assert!((1..seen.len()).all(|at| !seen[..at].contains(&seen[at])));
    assert_eq!(history.tree()[0].ended, Time(3));
    assert_eq!(history.living_at(Time(2)), [ActorId(1)]);
    assert_eq!(history.living_at(Time(3)), []);
    assert_eq!(history.living_at(Time(20)), [ActorId(2)]);
}
