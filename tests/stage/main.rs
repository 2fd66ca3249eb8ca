//! The stage with real processes: whatever is killed, in whatever order, nothing stays behind.
//!
//! This program runs itself again: as the viewer, which launches a stage and prints its events,
//! and, by the stage, as the supervisor, whose MainProcess is one of [`plays`]. So it has a `main`
//! of its own; it takes a filter and `--list` as other tests do.

mod endings;
mod house;
mod output;
mod plays;
mod troubles;
mod viewer;

use std::panic::catch_unwind;
use std::process::ExitCode;

/// A test: its name, and what panics if it fails.
type Case = (String, Box<dyn Fn() + std::panic::RefUnwindSafe>);

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some(mpviz::stage::SUPERVISOR_ARG) => mpviz::stage::supervisor::main(plays::run),
        Some("view") => viewer::main(&args[1..]),
        _ => run_tests(&args),
    }
}

#[expect(clippy::print_stdout, reason = "what a test harness does")]
fn run_tests(args: &[String]) -> ExitCode {
    nix::sys::prctl::set_child_subreaper(true).expect("as a subreaper this adopts what stays");
    let exact = args.iter().any(|arg| arg == "--exact");
    let filters: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    let is_wanted = |name: &str| {
        let matches = |filter: &&String| match exact {
            true => name == filter.as_str(),
            false => name.contains(filter.as_str()),
        };
        filters.is_empty() || filters.iter().any(matches)
    };
    let cases: Vec<Case> = endings::cases()
        .into_iter()
        .chain(output::cases())
        .chain(troubles::cases())
        .collect();
    let wanted: Vec<&Case> = cases.iter().filter(|(name, _)| is_wanted(name)).collect();
    if args.iter().any(|arg| arg == "--list") {
        wanted.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", wanted.len());
    let mut failed = Vec::new();
    for (name, case) in &wanted {
        let passed = catch_unwind(case).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        if !passed {
            failed.push(name);
        }
    }
    house::clean_up();
    println!(
        "\n{} passed; {} failed\n",
        wanted.len() - failed.len(),
        failed.len()
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        println!("failed: {failed:#?}");
        ExitCode::FAILURE
    }
}
