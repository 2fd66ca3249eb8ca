//! What runs in the supervisor's children: the keeper, and MainProcess until it is the program's.
//!
//! The supervisor has one thread, so a child may do what its parent could. Nothing here returns
//! to the supervisor's code: a child ends by `_exit` or by becoming another program.

use super::dispositions;
use super::handed;
use super::launch::Play;
use super::sys;
use super::tree::number_of;
use crate::channel::desk::VARIABLE;
use crate::channel::{Arena, Slot};
use crate::event::{ActorId, Kind, Text};
use crate::python::home;
use crate::runtime::error::{errno_name, errno_words};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{SigSet, SigmaskHow, sigprocmask};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, getpid, setpgid};
use std::ffi::{CString, OsString};
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What MainProcess is given: a program of mpviz's, and its place in the arena.
#[derive(Debug)]
pub struct Entrance {
    /// The program's name.
    pub name: String,
    /// Each knob's name and value.
    pub knobs: Vec<(String, String)>,
    /// What random sleeps come from.
    pub seed: u64,
    /// How many times as fast as written sleeps and timeouts run; 0 leaves sleeps out.
    pub pace: f64,
    /// Where its events go.
    pub arena: Arena,
    /// The ring that the supervisor reserved for it. It is still to be announced and written.
    pub slot: Slot,
    /// Which actor it is.
    pub actor: ActorId,
    /// The name of the supervisor's socket, for `channel::desk`.
    pub desk: String,
    /// The private directory where Python tells what it does.
    pub home: Option<PathBuf>,
}

/// What MainProcess does, given by who knows the programs. Returns its exit code.
pub type Run = fn(Entrance) -> i32;

/// What MainProcess's end of the fork needs.
pub(super) struct Main<'a> {
    pub(super) play: &'a Play,
    pub(super) run: Run,
    pub(super) entrance: Entrance,
    pub(super) group: Pid,
    pub(super) stdin: BorrowedFd<'a>,
    pub(super) stdout: BorrowedFd<'a>,
    pub(super) stderr: BorrowedFd<'a>,
    /// What else it is given.
    pub(super) handed: &'a [RawFd],
}

/// The keeper: leads the program's group, or joins it, and holds the lifeline. When mpviz has
/// gone, the kernel kills the group, the keeper included.
pub(super) fn child_keeper(
    lifeline: BorrowedFd<'_>,
    ready: BorrowedFd<'_>,
    group: Option<Pid>,
) -> ! {
    // Nobody is to be told why: the supervisor learns from `ready` that it failed.
    let _ = child_keep(lifeline, ready, group);
    sys::exit_now(1)
}

fn child_keep(
    lifeline: BorrowedFd<'_>,
    ready: BorrowedFd<'_>,
    group: Option<Pid>,
) -> rustix::io::Result<()> {
    setpgid(None, group)?;
    // The program may signal its whole group; only SIGKILL and SIGSTOP are to reach the keeper.
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::all()), None);
    let _ = nix::sys::prctl::set_name(c"mpviz-keeper");
    sys::set_async_signal(lifeline, libc::SIGKILL)?;
    sys::set_async_group(lifeline, group.unwrap_or_else(getpid))?;
    fcntl(lifeline, FcntlArg::F_SETFL(OFlag::O_ASYNC)).map_err(from_nix)?;
    // If mpviz went before the signal was armed, no signal comes: look.
    let mut gone = [PollFd::new(&lifeline, PollFlags::IN)];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    if poll(&mut gone, Some(&at_once))? > 0 {
        return Err(rustix::io::Errno::PIPE);
    }
    rustix::io::write(ready, &[1])?;
    let keep = lifeline.as_raw_fd();
    sys::close_range(0, keep - 1)?;
    sys::close_range(keep + 1, i32::MAX)?;
    loop {
        rustix::event::pause();
    }
}

fn from_nix(errno: Errno) -> rustix::io::Errno {
    rustix::io::Errno::from_raw_os_error(errno as i32)
}

/// MainProcess: puts its streams in place, closes all that is not for it, and runs the program.
pub(super) fn child_main(main: Main<'_>) -> ! {
    // The supervisor says so too: whoever is first.
    let _ = setpgid(None, Some(main.group));
    let _ = nix::sys::prctl::set_name(c"MainProcess");
    if child_streams(&main).is_err() {
        sys::exit_now(126);
    }
    child_signals(main.play);
    // Nothing of ours stays open, and from here on nothing of ours is used but memory.
    if handed::child_close_but(main.handed).is_err() {
        sys::exit_now(126);
    }
    match main.play {
        Play::Scenario { .. } => {
            let run = main.run;
            let entrance = main.entrance;
            // A panic that got here was told by its hook; Python's code for it is 1, too.
            let code = catch_unwind(AssertUnwindSafe(|| run(entrance))).unwrap_or(1);
            sys::exit_now(code)
        }
        Play::Exec { argv } => child_exec(argv, &main.entrance),
    }
}

fn child_streams(main: &Main<'_>) -> rustix::io::Result<()> {
    rustix::stdio::dup2_stdin(main.stdin)?;
    rustix::stdio::dup2_stdout(main.stdout)?;
    rustix::stdio::dup2_stderr(main.stderr)
}

/// Undoes what mpviz, its starter or Rust's runtime did to signals. A scenario keeps two things
/// of Rust's: SIGPIPE is ignored, as in CPython, and a stack overflow is told. Any other program keeps
/// what its starter meant for it.
fn child_signals(play: &Play) {
    let kept: Vec<i32> = match play {
        Play::Scenario { .. } => vec![libc::SIGPIPE, libc::SIGSEGV, libc::SIGBUS],
        Play::Exec { .. } => {
            let kept = dispositions::KEPT.into_iter();
            kept.filter(|&signal| dispositions::is_ignored(signal))
                .collect()
        }
    };
    for signal in (1..=libc::SIGRTMAX()).filter(|s| !kept.contains(s)) {
        // SIGKILL, SIGSTOP and those that the C library keeps for itself refuse.
        let _ = sys::default_signal(signal);
    }
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None);
}

/// Becomes another program. It can't speak for itself afterwards, so it says all before.
fn child_exec(argv: &[OsString], entrance: &Entrance) -> ! {
    let pid = number_of(getpid());
    entrance.arena.announce(entrance.slot, pid);
    let mut writer = entrance.arena.writer(entrance.slot);
    let mut say = |kind: Kind| {
        // A fresh ring has room for these few.
        let _ = writer.publish(entrance.actor, None, None, None, &kind);
    };
    say(Kind::ProcessStarted {
        pid,
        parent: ActorId::MPVIZ,
        name: Text::from(&*entrance.name),
    });
    let told = argv.iter().map(|arg| Text::from(arg.to_string_lossy()));
    say(Kind::ProcessExec {
        argv: told.collect(),
    });
    let environment = environment(&entrance.desk, entrance.home.as_deref());
    let argv: Result<Vec<CString>, _> = argv.iter().map(|a| CString::new(a.as_bytes())).collect();
    let errno = match &argv {
        Ok(argv) if !argv.is_empty() => match nix::unistd::execvpe(&argv[0], argv, &environment) {
            Ok(never) => match never {},
            Err(errno) => errno,
        },
        // No program, or a zero byte in an argument.
        _ => Errno::EINVAL,
    };
    let error = std::io::Error::from(errno);
    say(Kind::Failed {
        error: Text::from(errno_name(&error)),
        text: Text::from(format!(
            "cannot run `{}`: {}",
            entrance.name,
            errno_words(&error)
        )),
    });
    // As shells do.
    let code = if errno == Errno::ENOENT { 127 } else { 126 };
    say(Kind::ProcessExiting { code });
    sys::exit_now(code)
}

/// Returns this process's environment with an invitation to join the stage, and with the shim
/// where Python finds it first.
fn environment(desk: &str, home: Option<&Path>) -> Vec<CString> {
    let is_ours =
        |name: &OsString| *name == VARIABLE || (home.is_some() && *name == home::VARIABLE);
    let mine = std::env::vars_os().filter(|(name, _)| !is_ours(name));
    let shim = home.map(|home| {
        let before = std::env::var_os(home::VARIABLE);
        let path = home::search_path_with(home, before);
        (home::VARIABLE.into(), path)
    });
    let invitation = (VARIABLE.into(), desk.into());
    let word = |(name, value): (OsString, OsString)| {
        let mut word = name;
        word.push("=");
        word.push(value);
        CString::new(word.into_encoded_bytes()).ok()
    };
    mine.chain([invitation])
        .chain(shim)
        .filter_map(word)
        .collect()
}
