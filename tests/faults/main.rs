//! Faults: a process of a program dies at an instrumented step, and what CPython promises holds.
//!
//! Each round plays one of [`plays`] on a stage, with sizes and a victim from the round's seed: an
//! actor and the number of the event before which its process kills itself. What is checked
//! (`checks`): no message comes twice, each writer's order is kept, nothing is lost that CPython
//! would not lose, a hang is one that CPython has too and the history says why (`stuck`), and
//! nothing is left behind.
//!
//! `MPVIZ_TEST_FAULTS` is the number of rounds, or which: `FROM..TO`, the latter left out. The program runs itself again as the supervisor, so it has a `main` of its own.

mod checks;
mod plays;
mod round;
mod stuck;

use round::Round;
use std::ops::Range;
use std::panic::catch_unwind;
use std::process::ExitCode;

/// How many rounds are played if nobody says otherwise.
const ROUNDS: u64 = 150;
const NAME: &str = "whoever_dies_at_whatever_step_no_promise_is_broken";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some(mpviz::stage::SUPERVISOR_ARG) => mpviz::stage::supervisor::main(plays::run),
        _ => run_tests(&args),
    }
}

#[expect(clippy::print_stdout, reason = "what a test harness does")]
fn run_tests(args: &[String]) -> ExitCode {
    let filter = args.iter().find(|arg| !arg.starts_with("--"));
    if filter.is_some_and(|filter| !NAME.contains(filter.as_str())) {
        return ExitCode::SUCCESS;
    }
    if args.iter().any(|arg| arg == "--list") {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    let seeds = std::env::var("MPVIZ_TEST_FAULTS").ok();
    let seeds = seeds.map_or(0..ROUNDS, |text| {
        range(&text).expect("FROM..TO or a number")
    });
    let mut tally = round::Tally::default();
    let mut failed = Vec::new();
    for seed in seeds {
        let round = Round::of(seed);
        match catch_unwind(|| round.play()) {
            Ok(ended) => tally.count(&round, ended),
            Err(_) => {
                println!(
                    "FAILED: MPVIZ_TEST_FAULTS={seed}..{} is {round:?}",
                    seed + 1
                );
                failed.push(seed);
            }
        }
        if failed.len() == 5 {
            break;
        }
    }
    println!("{tally}");
    // A test that kills nobody, or that never sees what a death does, shows nothing.
    let shows = tally.shows_something() || !failed.is_empty();
    if failed.is_empty() && shows {
        println!("test {NAME} ... ok");
        ExitCode::SUCCESS
    } else {
        println!("test {NAME} ... FAILED");
        ExitCode::FAILURE
    }
}

/// Reads `FROM..TO`, or a number of rounds.
fn range(text: &str) -> Option<Range<u64>> {
    match text.split_once("..") {
        Some((from, to)) => Some(from.parse().ok()?..to.parse().ok()?),
        None => Some(0..text.parse().ok()?),
    }
}
