//! What is found, in real runs: in faulty programs just what is wrong with them, in their remedies
//! and in every scenario nothing else.
//!
//! The faulty programs are this program run again, under `mpviz run`; so it has a `main` of its
//! own, and takes a filter and `--list` as other tests do. With `--record FOLDER` it writes their
//! traces.

#[path = "../common/mod.rs"]
mod common;
mod programs;

use common::Ran;
use programs::PROGRAMS;
use std::process::ExitCode;

/// Scenarios, with what may be found: each run finds one of these.
const SCENARIOS: &[(&str, &[&str])] = &[
    ("fork", &["P02", "P01"]),
    ("fork --wait yes", &[""]),
    ("process", &[""]),
    ("processes", &[""]),
    ("processes --join last", &["P06", ""]),
    ("pool", &["R03"]),
    ("pool-timed", &["R03"]),
    ("queue", &["L01", "Q02", "L01 Q02"]),
    ("queue-fan-in", &["L01", "Q02", "L01 Q02"]),
    ("queue-limits", &[""]),
    ("pipe", &[""]),
    ("call", &[""]),
    ("communicate", &[""]),
];

/// Scenarios of trouble that end by themselves, and those that hang.
const TROUBLE: &[(&str, &str)] = &[
    ("zombie", "P01 P01 P01"),
    ("orphan", "P03"),
    ("swallowed-exception", "R02 R03"),
    ("join-only-last", "P06"),
    ("backpressure", "Q02"),
    ("join-full-queue", "Q01"),
    ("killed-reader", "L01"),
    ("pipe-no-eof", "W02"),
    ("killed-worker", "R01"),
    ("two-locks", "W01"),
];

const SEEDS: std::ops::Range<u32> = 1..4;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, name, rest @ ..] = arguments.as_slice()
        && word == "--program"
    {
        let (_, program, _) = PROGRAMS
            .iter()
            .find(|(known, ..)| known == name)
            .expect("a program of this name");
        let is_fixed = !rest.is_empty();
        let code = mpviz::runtime::run_main(|| program(is_fixed));
        return ExitCode::from(u8::try_from(code).unwrap_or(1));
    }
    if let [word, folder] = arguments.as_slice()
        && word == "--record"
    {
        record(folder);
        return ExitCode::SUCCESS;
    }
    run_tests(&arguments)
}

/// A test's name, and what it does.
type Test = (String, Box<dyn Fn()>);

fn tests() -> Vec<Test> {
    let mut tests: Vec<Test> = Vec::new();
    for &(name, _, codes) in PROGRAMS {
        tests.push((
            format!("program_{name}"),
            Box::new(move || match name {
                "starved" => starves(codes),
                _ => finds(name, &of_program(name, false), &[codes]),
            }),
        ));
        tests.push((
            format!("program_{name}_fixed"),
            Box::new(move || finds(name, &of_program(name, true), &[""])),
        ));
    }
    for &(scenario, codes) in SCENARIOS {
        tests.push((
            format!("scenario_{}", scenario.replace(" --", "_")),
            Box::new(move || {
                for seed in SEEDS {
                    finds(scenario, &of_scenario(scenario, seed, "10"), codes);
                }
            }),
        ));
    }
    for &(scenario, codes) in TROUBLE {
        tests.push((
            format!("trouble_{scenario}"),
            Box::new(move || finds(scenario, &of_scenario(scenario, 1, "2"), &[codes])),
        ));
        tests.push((
            format!("trouble_{scenario}_fixed"),
            Box::new(move || {
                let fixed = format!("{scenario} --fixed");
                finds(scenario, &of_scenario(&fixed, 1, "2"), &[""]);
            }),
        ));
    }
    tests
}

/// Who gets a lock is the kernel's to say: the greedy one nearly always, not always.
fn starves(codes: &str) {
    let is_found = (0..5).any(|_| {
        let ran = of_program("starved", false);
        finds("starved", &ran, &[codes, ""]);
        !ran.history.findings().is_empty()
    });
    assert!(is_found, "nobody starved in five runs");
}

fn of_program(name: &str, is_fixed: bool) -> Ran {
    let fixed: &[&str] = if is_fixed { &["--fixed"] } else { &[] };
    ended(&arguments(&own_file(), name, fixed))
}

fn of_scenario(scenario: &str, seed: u32, pace: &str) -> Ran {
    let seed = seed.to_string();
    let words: Vec<&str> = scenario.split(' ').collect();
    let more = ["--seed", &seed, "--pace", pace, "--limit", "1"];
    ended(&[&words[..], &more, &["--json"]].concat())
}

/// Runs it; one that hangs is ended, and says so on stderr.
fn ended(arguments: &[&str]) -> Ran {
    let output = common::output(arguments);
    common::read(&output)
}

/// Writes the traces of the faulty programs.
fn record(folder: &str) {
    for (name, ..) in PROGRAMS {
        let me = own_file();
        let output = common::output(&arguments(&me, name, &[]));
        // Where this file stands on a machine is nobody's business.
        let trace = String::from_utf8(output.stdout).expect("a trace is a text");
        let file = me.rsplit('/').next().unwrap_or(&me);
        let trace = trace.replace(&me, "faulty").replace(file, "faulty");
        let path = format!("{folder}/found-{name}.mpt");
        std::fs::write(path, trace).expect("a trace is written");
    }
}

fn own_file() -> String {
    let me = std::env::current_exe().expect("own file");
    me.to_str().expect("a text").to_owned()
}

fn arguments<'a>(me: &'a str, name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let run = ["run", "--limit", "2", "--json", "--", me, "--program", name];
    [&run, more].concat()
}

#[expect(clippy::print_stdout, reason = "what a test harness does")]
fn run_tests(arguments: &[String]) -> ExitCode {
    let filters: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let wanted = |name: &str| filters.is_empty() || filters.iter().any(|f| name.contains(*f));
    let tests: Vec<Test> = tests()
        .into_iter()
        .filter(|(name, _)| wanted(name))
        .collect();
    if arguments.iter().any(|argument| argument == "--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", tests.len());
    let mut failed = 0u8;
    for (name, test) in tests {
        let passed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(test)).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed = failed.saturating_add(u8::from(!passed));
    }
    ExitCode::from(failed)
}

fn finds(what: &str, ran: &Ran, allowed: &[&str]) {
    let mut codes: Vec<&str> = ran
        .history
        .findings()
        .iter()
        .map(|finding| finding.code.text())
        .collect();
    codes.sort_unstable();
    let codes = codes.join(" ");
    assert!(
        allowed.contains(&codes.as_str()),
        "{what}: found {codes:?}, not one of {allowed:?}: {:#?}",
        ran.history.findings()
    );
}
