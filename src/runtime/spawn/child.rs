//! What a spawned process does: becomes who it was prepared to be, runs its target, ends.

use super::preparation::{Found, Preparation};
use super::registered;
use crate::event::words::Stream;
use crate::runtime::{context, exit, panic, print, probe};
use std::io;

/// Runs the target that this process was spawned for, and ends the process.
pub(super) fn run(found: io::Result<Found>) -> ! {
    panic::install_hook_in_child();
    let Found {
        preparation,
        arguments,
        handed,
    } = match found {
        Ok(found) => found,
        Err(error) => fail(&format!("cannot read what it was spawned with: {error}")),
    };
    let Preparation {
        target, parentage, ..
    } = preparation;
    context::force_start_method(context::StartMethod::Spawn);
    parentage.child_begin();
    // The first question joins the stage, where there is one, and says that this process lives.
    probe::is_on();
    let code = match registered(&target) {
        Some(target) => (target.run)(&arguments, handed),
        // The same file, and its own path: `spawnable!` depends on something that has changed.
        None => fail(&format!("no target `{target}` is registered")),
    };
    exit::end_process(code)
}

fn fail(message: &str) -> ! {
    print::write(Stream::Stderr, &format!("a spawned process: {message}\n"));
    exit::end_process(1)
}
