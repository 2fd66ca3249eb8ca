//! What MainProcess does: takes its place on the stage and runs the scenario.

use crate::event::program::Knobs;
use crate::runtime::{self, probe};
use crate::scenario;
use crate::stage::Entrance;

/// The exit code of a MainProcess that was asked for something that is not there. The command line
/// checks names and knobs before, so only a different mpviz could ask.
const WRONG: i32 = 2;

/// Runs a scenario as MainProcess; returns its exit code.
pub fn main_process(entrance: Entrance) -> i32 {
    let Some(scenario) = scenario::find(&entrance.name) else {
        return WRONG;
    };
    let mut knobs = Knobs::of(scenario.program);
    knobs.seed = entrance.seed;
    knobs.pace = entrance.pace;
    for (name, value) in &entrance.knobs {
        if knobs.set(scenario.program, name, value).is_err() {
            return WRONG;
        }
    }
    let place = probe::Place {
        arena: entrance.arena,
        actor: entrance.actor,
        slot: entrance.slot,
        source: scenario.program.path,
        desk: entrance.desk,
    };
    // Nobody would see what it does: better not to do it.
    if probe::join_stage(place).is_err() {
        return WRONG;
    }
    runtime::run_main(|| (scenario.main)(&knobs))
}
