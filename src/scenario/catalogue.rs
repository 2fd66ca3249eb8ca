//! The catalogue: every scenario, in the order of the picker.

use super::{
    backpressure, call, communicate, fork, join_full_queue, join_only_last, killed_reader,
    killed_worker, orphan, pipe, pipe_no_eof, pool, pool_timed, process, processes, queue,
    queue_fan_in, queue_limits, stand_in, swallowed_exception, two_locks, zombie,
};
use crate::event::program::{Knob, Knobs, Program, Range};
use crate::runtime::Result;

/// A program with what describes it.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// What describes it.
    pub program: &'static Program,
    /// Its main function: what MainProcess runs.
    pub main: fn(&Knobs) -> Result<()>,
}

macro_rules! scenarios {
    ($($module:ident)*) => {
        &[$(Scenario { program: &$module::PROGRAM, main: $module::main }),*]
    };
}

/// Every scenario.
pub const ALL: &[Scenario] = scenarios! {
    fork process processes pool pool_timed call communicate queue queue_fan_in queue_limits pipe
    zombie orphan join_full_queue killed_reader pipe_no_eof swallowed_exception killed_worker
    two_locks join_only_last backpressure
};

/// The knob of those that have a fault on purpose.
pub(super) const FIXED: Knob = Knob {
    name: "fixed",
    help: "run the remedy",
    range: Range::Switch,
};

/// What describes every scenario.
pub const PROGRAMS: &[Program] = &programs();

const fn programs() -> [Program; ALL.len()] {
    let mut programs = [fork::PROGRAM; ALL.len()];
    let mut at = 0;
    while at < ALL.len() {
        programs[at] = *ALL[at].program;
        at += 1;
    }
    programs
}

/// Finds a scenario by its name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|scenario| scenario.program.name == name)
}

/// Returns a scenario's settings if nobody sets any. The program that `call` runs depends on what
/// is installed.
pub fn default_knobs(program: &Program) -> Knobs {
    let mut knobs = Knobs::of(program);
    if !stand_in::is_nslookup_installed() {
        // Other programs have no such knob.
        let _ = knobs.set(program, "program", "stand-in");
    }
    knobs
}

/// Returns the names nearest to one that is unknown, the nearest first, three at most.
pub fn nearest(name: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = ALL
        .iter()
        .map(|scenario| scenario.program.name)
        .map(|known| (distance(name, known), known))
        .filter(|&(distance, known)| {
            distance <= 1 + known.len() / 3 || (!name.is_empty() && known.contains(name))
        })
        .collect();
    names.sort_unstable();
    names.into_iter().map(|(_, known)| known).take(3).collect()
}

/// Levenshtein's distance: how many letters to change, add or take away. A name is cut at 64
/// characters: beyond that it is near to nothing.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().take(64).enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for scenario in ALL {
            let found = find(scenario.program.name).map(|found| found.program.path);
            assert_eq!(found, Some(scenario.program.path));
        }
    }

    #[test]
    fn a_mistyped_name_has_near_ones() {
        assert_eq!(nearest("pol"), ["pool", "fork"][..1]);
        assert_eq!(nearest("queue-fanin").first(), Some(&"queue-fan-in"));
        assert!(nearest("something-else").is_empty());
        assert!(nearest(&"x".repeat(1_000_000)).is_empty());
    }

    #[test]
    fn every_default_is_within_its_range() {
        for scenario in ALL {
            for knob in scenario.program.knobs {
                assert_eq!(
                    knob.check(&knob.default()),
                    Ok(()),
                    "{}",
                    scenario.program.name
                );
            }
        }
    }
}
