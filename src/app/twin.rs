//! The twin of a scenario, run: real Python on the stage, in the place of ours.
//!
//! A twin takes the scenario's knobs, each by its name. It takes no seed and no pace: its sleeps are
//! those that Python draws, as they are written.

use super::session::SessionError;
use crate::channel::Arena;
use crate::event::program::{Knobs, Program, Range};
use crate::python::{Home, HomeError, interpreter};
use crate::scenario::{STAND_IN_TWIN, TWINS};
use crate::stage::{Launch, Source, Streams};
use std::ffi::{OsStr, OsString};

/// The Python that runs a twin, looked for as a shell does.
pub const PYTHON: &str = "python3";

/// The name under which a run tells that it is that of a twin, with the value `yes`.
pub const KNOB: &str = "python";

/// Returns whether there is a Python to run twins.
pub fn is_python_there() -> bool {
    interpreter::find(OsStr::new(PYTHON), &interpreter::search_path()).is_ok()
}

/// Returns what the stage needs to know of a program's twin.
pub(super) fn launch(
    program: &'static Program,
    knobs: &Knobs,
    arena: Arena,
    home: Option<&Home>,
) -> Result<Launch, SessionError> {
    let path = interpreter::search_path();
    interpreter::find(OsStr::new(PYTHON), &path).map_err(SessionError::NoPython)?;
    let twin = TWINS.iter().find(|twin| twin.of == program.name);
    let twin = twin.ok_or(SessionError::NoTwin)?;
    let home = home.ok_or(HomeError::NoPlace)?;
    let file = home
        .put_lesson(twin.file, twin.source)
        .map_err(SessionError::Lesson)?;
    if twin.source.contains(STAND_IN_TWIN.import) {
        home.put_lesson(STAND_IN_TWIN.file, STAND_IN_TWIN.source)
            .map_err(SessionError::Lesson)?;
    }
    // Where `python3` is a version manager's wrapper, its processes are none of the lesson's.
    let python = home.python().map_or(PYTHON.into(), OsString::from);
    let mut argv = vec![python, file.clone().into_os_string()];
    argv.extend(arguments(program, knobs).map(OsString::from));
    let mut launch = Launch::exec(argv, arena);
    program.name.clone_into(&mut launch.name);
    // Nothing comes from it; a run beside it is told by what was set otherwise.
    launch.seed = knobs.seed;
    launch.title = format!("in Python: {}", program.title);
    let values = knobs.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
    launch.knobs = values.collect();
    launch.knobs.push((KNOB.to_owned(), "yes".to_owned()));
    launch.sources = vec![Source {
        path: file.to_string_lossy().into_owned(),
        text: twin.source.to_owned(),
    }];
    // Into a pipe it would print all at its end.
    launch.streams = Streams {
        terminals: [true; 2],
        size: Streams::USUAL,
    };
    Ok(launch)
}

/// Returns the knobs as the twin takes them.
fn arguments(program: &'static Program, knobs: &Knobs) -> impl Iterator<Item = String> {
    program.knobs.iter().flat_map(move |knob| {
        let name = format!("--{}", knob.name);
        let value = knobs.word(knob.name);
        match knob.range {
            Range::Switch if value == "yes" => vec![name],
            Range::Switch => Vec::new(),
            _ => vec![name, value.to_owned()],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{default_knobs, find};

    fn words(name: &str, set: &[(&str, &str)]) -> String {
        let program = find(name).unwrap().program;
        let mut knobs = default_knobs(program);
        for (name, value) in set {
            knobs.set(program, name, value).unwrap();
        }
        arguments(program, &knobs).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn knobs_are_written_as_a_twin_reads_them() {
        assert_eq!(words("pool", &[("tasks", "4")]), "--workers 3 --tasks 4");
        assert_eq!(words("two-locks", &[]), "");
        assert_eq!(words("two-locks", &[("fixed", "yes")]), "--fixed");
    }

    #[test]
    fn every_scenario_has_a_twin_to_be_run() {
        for program in crate::scenario::PROGRAMS {
            assert!(TWINS.iter().any(|twin| twin.of == program.name));
            let is_knob = program.knobs.iter().any(|knob| knob.name == KNOB);
            assert!(!is_knob, "{} has a knob of that name", program.name);
        }
    }
}
