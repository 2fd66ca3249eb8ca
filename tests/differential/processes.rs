//! `Process`: names, states, and exit codes of every kind of end.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::{Error, Process, Result, current_process, exit};

pub(crate) const CASES: &[Case] = &[
    case!(default_names),
    case!(names_of_grandchildren),
    case!(exit_codes),
    case!(join_before_start),
];

fn default_names() -> Result<()> {
    say("me", &current_process().name);
    for process in [Process::new(), Process::named("worker"), Process::new()] {
        say("name", process.name());
    }
    Ok(())
}

fn names_of_grandchildren() -> Result<()> {
    let child = Process::new().start(|| -> Result<()> {
        say("child", &current_process().name);
        let grandchild = Process::new().start(|| say("grandchild", &current_process().name))?;
        grandchild.join()?;
        say("second grandchild", Process::new().name());
        Ok(())
    })?;
    child.join()
}

fn exit_codes() -> Result<()> {
    let code = |what: &str, process: Process| -> Result<()> {
        process.join()?;
        attempt(what, process.exitcode());
        Ok(())
    };
    code("returned", Process::new().start(|| ())?)?;
    for n in [0, 3, 256, 257, -1] {
        code(
            &format!("exit {n}"),
            Process::new().start(|| -> () { exit(n) })?,
        )?;
    }
    code(
        "error",
        Process::new().start(|| -> Result<()> { Err(Error::Eof) })?,
    )?;
    Ok(())
}

fn join_before_start() -> Result<()> {
    let process = Process::new();
    attempt("exitcode", process.exitcode());
    attempt("pid", process.pid());
    attempt("join", process.join());
    Ok(())
}
