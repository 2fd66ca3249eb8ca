//! The same faults in real Python: each twin, run by `--python`, has the finding of its scenario, and
//! none with its remedy.

use super::common::{Ran, is_installed, mpviz, read};

/// Each scenario, and what is wrong in it. Not here: `join-only-last`, as who has printed a line is not
/// known while several processes hold the stream.
const FAULTS: &[(&str, &[&str])] = &[
    ("zombie", &["P01", "P01", "P01"]),
    ("orphan", &["P03"]),
    ("join-full-queue", &["Q01"]),
    ("killed-reader", &["L01"]),
    ("pipe-no-eof", &["W02"]),
    ("killed-worker", &["R01"]),
    ("two-locks", &["W01"]),
    ("backpressure", &["Q02"]),
    ("swallowed-exception", &["R02", "R03"]),
];

/// Runs a twin, until it has ended or nobody in it does anything any more.
fn twin(arguments: &[&str]) -> Ran {
    let options = ["--python", "--json", "--limit", "3"];
    let mut command = mpviz(&[arguments, &options].concat());
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            command.env_remove(name);
        }
    }
    read(&command.output().expect("mpviz runs"))
}

fn found(ran: &Ran) -> Vec<&'static str> {
    let findings = ran.history.findings().iter();
    let mut codes: Vec<_> = findings.map(|finding| finding.code.text()).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn a_fault_in_real_python_is_found_and_its_remedy_is_none() {
    if !is_installed("python3", "python3") {
        return;
    }
    let wrong = std::thread::scope(|scope| {
        let runs: Vec<_> = FAULTS
            .iter()
            .map(|(name, expected)| {
                scope.spawn(move || {
                    let (fault, remedy) = (found(&twin(&[name])), found(&twin(&[name, "--fixed"])));
                    let is_so = fault == *expected && remedy.is_empty();
                    (!is_so).then(|| format!("{name}: {fault:?}, with its remedy {remedy:?}"))
                })
            })
            .collect();
        let wrong = runs
            .into_iter()
            .filter_map(|run| run.join().expect("no panic"));
        wrong.collect::<Vec<_>>()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
