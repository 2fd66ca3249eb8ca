//! Side by side with CPython: each case runs once on `python3` and once on the runtime, and what the
//! two say is compared line by line.
//!
//! A case is a function of one name in two files, `<area>.py` and `<area>.rs`, and a line in the
//! area's table. Both say what they see by `say` and `attempt` (`canon.py`, `canon.rs`), a line each,
//! in canonical words: JSON for values, CPython's class name for errors. The exit code counts too;
//! stderr does not.
//!
//!     cargo test --test differential            # all
//!     cargo test --test differential pipes/     # those whose `area/case` contains this
//!
//! To add a case: the two functions (Python's has `@case` above it) and its line in the table. To add
//! an area: its two files, and a line in `AREAS`. No area may be called as a module of Python's
//! library is, or that module could not be imported beside it.
//!
//! Not here: waits for an amount of time. A case that is about a hang gives its own call a timeout;
//! one that hangs by mistake is ended after ten seconds and has failed.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program prints its verdicts"
)]

mod canon;
mod case;
mod mismatch;
mod pipes;
mod pool;
mod popen;
mod processes;
mod queues;
mod run;
mod spawned;
mod sync;
mod values;

use case::{Area, Case};
use run::{Outcome, Python};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// All areas, with the table of each.
const AREAS: &[Area] = &[
    Area::new("mismatch", mismatch::CASES),
    Area::new("pipes", pipes::CASES),
    Area::new("popen", popen::CASES),
    Area::new("pool", pool::CASES),
    Area::new("processes", processes::CASES),
    Area::new("queues", queues::CASES),
    Area::new("spawned", spawned::CASES),
    Area::new("sync", sync::CASES),
    Area::new("values", values::CASES),
];

/// As many cases run at a time: most of them wait most of the time.
const AT_A_TIME: usize = 2;

fn main() -> ExitCode {
    mpviz::runtime::spawn::begin(spawned::targets());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, area, name] = arguments.as_slice()
        && flag == "--case"
    {
        return canon::run(find(area, name));
    }
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    if run::ignores_keys() {
        return run::again_with_keys(&arguments);
    }
    let filters: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let Some(python) = Python::find() else {
        eprintln!("python3 (3.11 or later) is missing: the differential cases are left out");
        let all = std::env::var_os("MPVIZ_TEST_ALL").is_some_and(|all| all == "1");
        return ExitCode::from(u8::from(all));
    };
    let mut wrong = tables_that_differ();
    let todo: Vec<(&Area, &Case)> = AREAS
        .iter()
        .flat_map(|area| area.cases.iter().map(move |case| (area, case)))
        .filter(|(_, case)| case.holds_for(python.version))
        .filter(|(area, case)| {
            let name = format!("{}/{}", area.name, case.name);
            filters.is_empty() || filters.iter().any(|filter| name.contains(*filter))
        })
        .collect();
    wrong.extend(run_all(&python, &todo, !filters.is_empty()));
    for line in &wrong {
        println!("{line}");
    }
    let (major, minor) = python.version;
    println!(
        "{} cases, python3 {major}.{minor}: {} differ",
        todo.len(),
        wrong.len()
    );
    ExitCode::from(u8::from(!wrong.is_empty()))
}

fn find(area: &str, name: &str) -> Case {
    let area = AREAS.iter().find(|known| known.name == area);
    let case = area.and_then(|area| area.cases.iter().find(|case| case.name == name));
    *case.unwrap_or_else(|| panic!("no case {name} there"))
}

/// Runs cases, some at a time; returns a line for each that differs, in the tables' order.
fn run_all(python: &Python, todo: &[(&Area, &Case)], is_verbose: bool) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((area, case)) = todo.get(at) else {
                        break;
                    };
                    if let Some(line) = verdict(python, area, case, is_verbose) {
                        found.lock().expect("no panic").push((at, line));
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().expect("no panic");
    found.sort();
    found.into_iter().map(|(_, line)| line).collect()
}

/// Runs a case on both sides; returns what is wrong with it.
fn verdict(python: &Python, area: &Area, case: &Case, is_verbose: bool) -> Option<String> {
    let theirs = python.run(area.name, case.name);
    let ours = run::ours(area.name, case.name);
    let difference = difference(&theirs, &ours);
    let name = format!("{}/{}", area.name, case.name);
    match (area.name, difference) {
        // This area shows that differences are found: each of its cases must have the one it names.
        ("mismatch", found) => {
            let wanted = mismatch::wanted(case.name);
            let same = found.as_deref() == Some(wanted);
            (!same).then(|| format!("{name}: not found: {wanted}; found: {found:?}"))
        }
        (_, None) => None,
        (_, Some(text)) if is_verbose => {
            let (theirs, ours) = (theirs.complaints, ours.complaints);
            Some(format!(
                "{name}: {text}\n-- python3's stderr:\n{theirs}-- our stderr:\n{ours}--"
            ))
        }
        (_, Some(text)) => Some(format!("{name}: {text}")),
    }
}

/// Returns the first line in which two outcomes differ, as both sides have it.
fn difference(theirs: &Outcome, ours: &Outcome) -> Option<String> {
    let count = theirs.lines.len().max(ours.lines.len());
    let line = |outcome: &Outcome, at: usize| {
        let line = outcome.lines.get(at);
        line.map_or_else(|| "nothing".to_owned(), |line| format!("`{line}`"))
    };
    let differs = |&at: &usize| theirs.lines.get(at) != ours.lines.get(at);
    let at = (0..count).find(differs);
    let same = || {
        // Two that hang do not agree, they are both wrong.
        let hung = theirs.lines.last().filter(|last| last.contains(run::HUNG));
        hung.map(|_| format!("both sides {}", run::HUNG))
    };
    at.map_or_else(same, |at| {
        Some(format!(
            "line {}: python3 says {}, ours {}",
            at + 1,
            line(theirs, at),
            line(ours, at)
        ))
    })
}

/// Returns a line for each case that stands in one of its area's two files only.
fn tables_that_differ() -> Vec<String> {
    let mut wrong = Vec::new();
    for area in AREAS {
        let file = run::folder().join(format!("{}.py", area.name));
        let text = std::fs::read_to_string(&file).expect("an area has its Python file");
        let mut theirs: Vec<&str> = text
            .split("@case\ndef ")
            .skip(1)
            .filter_map(|rest| rest.split('(').next())
            .collect();
        for case in area.cases {
            match theirs.iter().position(|name| *name == case.name) {
                Some(at) => drop(theirs.remove(at)),
                None => wrong.push(format!(
                    "{}/{}: no such case in Python",
                    area.name, case.name
                )),
            }
        }
        let left = theirs.into_iter();
        wrong.extend(left.map(|name| format!("{}/{name}: not in the table", area.name)));
    }
    wrong
}
