//! Stress: many at once, and much of it; nothing is lost, and nothing grows.
//!
//! `MPVIZ_TEST_STRESS=all` does it in full: a million messages between 64 writers and 64 readers, a
//! million tasks on 64 workers, a thousand processes. Otherwise a share of it. What forks here
//! does so from a program with one thread, so it has a `main` of its own.

mod kept;
mod pool;
mod processes;
mod queue;

use std::panic::catch_unwind;
use std::process::ExitCode;

/// A test: its name, and what panics if it fails.
type Case = (&'static str, fn(u64));

const CASES: [Case; 3] = [
    (
        "a_queue_of_64_writers_and_64_readers_loses_nothing",
        queue::many_at_once,
    ),
    ("a_pool_of_64_does_every_task_once", pool::many_tasks),
    ("processes_leave_nothing_behind", processes::many_in_turn),
];

/// Which part of it is done if nobody says otherwise.
const SHARE: u64 = 20;

#[expect(clippy::print_stdout, reason = "what a test harness does")]
fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let filter = args.iter().find(|arg| !arg.starts_with("--"));
    let is_all = std::env::var("MPVIZ_TEST_STRESS").is_ok_and(|value| value == "all");
    let share = if is_all { 1 } else { SHARE };
    let mut is_ok = true;
    for (name, case) in CASES {
        if filter.is_some_and(|filter| !name.contains(filter.as_str())) {
            continue;
        }
        if args.iter().any(|arg| arg == "--list") {
            println!("{name}: test");
            continue;
        }
        let passed = catch_unwind(|| case(share)).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        is_ok &= passed;
    }
    if is_ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
