//! Starting a program: what std is told, what is told of it, and whose fault it is if it fails.

use super::program::Program;
use crate::event::words::Method;
use crate::event::{ActorId, Kind, Text};
use crate::runtime::error::{Error, Result};
use crate::runtime::fork::ForkSpec;
use crate::runtime::probe::Birth;
use crate::runtime::process::Child;
use crate::runtime::spawn::VARIABLE as SPAWNED;
use crate::runtime::{probe, program as programs, sys};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::io;
use std::process::Command;
use std::sync::Arc;

/// Returns what std is to start.
pub(super) fn command(program: &Program) -> Command {
    let (file, arguments) = program
        .argv
        .split_first()
        .map_or((OsStr::new(""), &[][..]), |(file, rest)| (file, rest));
    let mut command = Command::new(file);
    command.args(arguments);
    if let Some(folder) = &program.cwd {
        command.current_dir(folder);
    }
    match &program.env {
        Some(words) => {
            command.env_clear();
            command.envs(words.iter().map(|(name, value)| (name, value)));
        }
        // It means nothing to anybody but a spawned process itself.
        None if std::env::var_os(SPAWNED).is_some() => {
            command.env_remove(SPAWNED);
        }
        None => {}
    }
    if program.in_new_session {
        sys::in_new_session(&mut command);
    }
    command
}

/// Starts it, and tells so.
pub(super) fn spawn(
    command: &mut Command,
    program: &Program,
    actor: ActorId,
) -> Result<Arc<Child>> {
    let spec = ForkSpec {
        actor,
        name: Text::from(program.name()),
        numbers: Vec::new(),
        method: Method::Exec,
        daemon: false,
    };
    let start = |birth: &Birth| {
        command.envs(birth.invitation());
        // CPython looks for it in each folder of the path, and finds the folder itself.
        if program.argv[0].is_empty() {
            return Err(Errno::ACCESS.into());
        }
        // Between its fork and its exec std's child touches nothing of ours. Dropped, std's handle
        // neither waits nor kills: `Child` reaps.
        command.spawn().map(|child| child.id())
    };
    let file = program.argv[0].to_string_lossy();
    let started = programs::start(&spec, &format!("cannot run `{file}`"), start);
    let pid = started.map_err(|error| blame_folder(error, program))?;
    let parent = probe::process();
    probe::say_about(actor, || Kind::ProcessStarted {
        pid,
        parent,
        name: spec.name.clone(),
    });
    probe::say_about(actor, || Kind::ProcessExec {
        argv: program
            .argv
            .iter()
            .map(|arg| Text::from(arg.to_string_lossy()))
            .collect(),
    });
    Child::watch_program(actor, pid)
}

/// The system does not say what was not found, the program or the folder to start it in.
fn blame_folder(error: Error, program: &Program) -> Error {
    let Some(folder) = &program.cwd else {
        return error;
    };
    let reason = match std::fs::metadata(folder) {
        Err(reason) => reason,
        Ok(found) if !found.is_dir() => io::ErrorKind::NotADirectory.into(),
        Ok(_) => match rustix::fs::access(folder, rustix::fs::Access::EXEC_OK) {
            Err(reason) => reason.into(),
            Ok(()) => return error,
        },
    };
    Error::system(format!("cannot start in `{}`", folder.display()), reason)
}
