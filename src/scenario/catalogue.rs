//! The catalogue: every scenario, in the order of the picker.

use super::{
    backpressure, call, communicate, fork, join_full_queue, join_only_last, killed_reader,
    killed_worker, orphan, pipe, pipe_no_eof, pool, pool_timed, process, processes, queue,
    queue_fan_in, queue_limits, stand_in, swallowed_exception, two_locks, zombie,
};
use crate::event::names;
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
    names::nearest(name, ALL.iter().map(|scenario| scenario.program.name))
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
