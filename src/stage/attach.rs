//! Attaching: watching a program that runs already, and nothing else.
//!
//! There is no supervisor then, and nothing holds the program: mpviz finds its processes
//! (`company`), watches them from outside, and leaves them as they were. A pid alone is no
//! process: a [`Target`] knows when its process started, and no other that has its pid is taken
//! for it.

use super::company::Company;
use super::holder::Holder;
use super::kernel::{self, Stat};
use super::launch::StageError;
use super::live::Stage;
use super::{opening, sys, tree};
use crate::channel::Arena;
use rustix::process::PidfdFlags;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

/// No process stands deeper.
const DEPTH_MAX: usize = 4096;

/// A process that lives, to be watched with all that live below it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    pid: u32,
    /// When it started, in clock ticks since the machine did.
    start: u64,
    name: String,
    title: String,
}

/// Why a process can't be watched.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("there is no process {pid}")]
    Nobody {
        /// The pid.
        pid: u32,
    },
    /// It was there, and has ended since.
    #[error("process {pid} has ended")]
    Gone {
        /// The pid.
        pid: u32,
    },
    /// It has ended and was not reaped: there is nothing to watch.
    #[error("process {pid} has ended already: it is a zombie that process {parent} does not reap")]
    Zombie {
        /// The pid.
        pid: u32,
        /// Its parent's.
        parent: u32,
    },
    /// It is a thread of a process.
    #[error("{pid} is a thread of process {process}")]
    Thread {
        /// The thread's number.
        pid: u32,
        /// The pid of its process.
        process: u32,
    },
    /// It is the kernel's own.
    #[error("process {pid} is a thread of the kernel: it runs no program")]
    Kernel {
        /// The pid.
        pid: u32,
    },
    /// It is mpviz.
    #[error("process {pid} is mpviz itself: it would watch itself watching")]
    Itself {
        /// The pid.
        pid: u32,
    },
    /// mpviz is below it.
    #[error("mpviz itself runs below process {pid}: it would watch itself watching")]
    Above {
        /// The pid.
        pid: u32,
    },
    /// The system does not tell.
    #[error("process {pid} can't be watched")]
    System {
        /// The pid.
        pid: u32,
        /// What it says.
        source: io::Error,
    },
}

impl Target {
    /// Looks whether a process is there and can be watched.
    ///
    /// # Errors
    ///
    /// Why it can't.
    pub fn open(pid: u32) -> Result<Target, Refusal> {
        let number = tree::pid_of(pid).ok_or(Refusal::Nobody { pid })?;
        if let Some(process) = kernel::process_of(pid).filter(|&process| process != pid) {
            return Err(Refusal::Thread { pid, process });
        }
        // Held while it is looked at, so that what is read is of one process.
        let pidfd = rustix::process::pidfd_open(number, PidfdFlags::empty());
        let pidfd = pidfd.map_err(|errno| match errno {
            rustix::io::Errno::SRCH => Refusal::Nobody { pid },
            errno => Refusal::System {
                pid,
                source: errno.into(),
            },
        })?;
        let hidden = || Refusal::System {
            pid,
            source: io::ErrorKind::PermissionDenied.into(),
        };
        let stat = kernel::stat(pid).ok_or_else(hidden)?;
        check(&stat)?;
        let argv = kernel::arguments(pid);
        let name = kernel::name_of(pid, &argv).into_string();
        let mut title = format!("attached to {pid}");
        if !argv.is_empty() {
            title = format!("{title}: {}", argv.join(" "));
        }
        let us = rustix::process::geteuid().as_raw();
        let owner = std::fs::metadata(format!("/proc/{pid}")).map(|file| file.uid());
        if let Some(owner) = owner.ok().filter(|&owner| owner != us) {
            title = format!("{title} (of user {owner})");
        }
        if super::sampler::has_ended(pidfd.as_fd()) {
            return Err(Refusal::Gone { pid });
        }
        Ok(Target {
            pid,
            start: stat.start,
            name,
            title,
        })
    }

    /// Checks that it is still the same process.
    fn check(&self) -> Result<(), Refusal> {
        let stat = kernel::stat(self.pid).filter(|stat| stat.start == self.start);
        check(&stat.ok_or(Refusal::Gone { pid: self.pid })?)
    }
}

/// Checks that a process is one to be watched.
fn check(stat: &Stat) -> Result<(), Refusal> {
    let pid = stat.pid;
    if stat.is_kernel {
        return Err(Refusal::Kernel { pid });
    }
    if stat.is_dead() {
        let parent = stat.parent;
        return Err(Refusal::Zombie { pid, parent });
    }
    let us = std::process::id();
    if pid == us {
        return Err(Refusal::Itself { pid });
    }
    let mut above = kernel::stat(us).map(|stat| stat.parent);
    for _ in 0..DEPTH_MAX {
        match above {
            Some(parent) if parent == pid => return Err(Refusal::Above { pid }),
            Some(parent) => above = kernel::stat(parent).map(|stat| stat.parent),
            None => break,
        }
    }
    Ok(())
}

impl Stage {
    /// Begins to watch a process and all that live below it, now and later. Dropping the stage
    /// leaves them as they were.
    ///
    /// # Errors
    ///
    /// If the process is gone, or what the watcher needs can't be made.
    pub fn attach(target: &Target, arena: Arena) -> Result<Stage, StageError> {
        target.check()?;
        let company = Company::attached(arena.clone(), target.pid, target.start);
        let opening = opening::attached(&target.name, &target.title);
        let holder = Holder::Nobody(Box::new(company));
        Stage::watch(opening, holder, arena, usize::MAX)
    }
}

/// Returns whether the kernel tells the exit code of a process that somebody else has reaped.
pub(super) fn tells_codes() -> bool {
    let own = tree::pid_of(std::process::id());
    let own = own.and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok());
    own.is_some_and(|pidfd| sys::reaped_status(pidfd.as_fd()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::process::{Command, Stdio};

    #[track_caller]
    fn refused(pid: u32) -> String {
        Target::open(pid).expect_err("it is refused").to_string()
    }

    #[test]
    fn what_is_no_program_to_be_watched_is_refused_with_its_reason() {
        let own = std::process::id();
        assert!(refused(own).contains("is mpviz itself"));
        let parent = kernel::stat(own).expect("it lives").parent;
        if parent != 0 {
            assert!(refused(parent).contains("mpviz itself runs below"));
        }
        for nobody in [0, u32::MAX, i32::MAX.unsigned_abs()] {
            assert_eq!(refused(nobody), format!("there is no process {nobody}"));
        }
        // A thread of the kernel, where one is seen: a container has none.
        if kernel::stat(2).is_some_and(|stat| stat.is_kernel) {
            assert!(refused(2).contains("a thread of the kernel"));
        }
        let (to, thread) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let other = std::thread::spawn(move || {
            to.send(rustix::thread::gettid()).expect("it is heard");
            let _ = ended.recv();
        });
        let thread = tree::number_of(thread.recv().expect("it says so"));
        let said = format!("{thread} is a thread of process {own}");
        assert_eq!(refused(thread), said);
        drop(end);
        other.join().expect("it ends");
    }

    #[test]
    fn one_that_has_ended_is_none_to_be_watched() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo; read x"]).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it runs");
        // In the middle of its exec it has no arguments.
        let said = child.stdout.as_mut().expect("its stdout");
        said.read_exact(&mut [0]).expect("it is there");
        let pid = child.id();
        let target = Target::open(pid).expect("it lives");
        assert_eq!(target.name, "sh");
        assert_eq!(
            target.title,
            format!("attached to {pid}: sh -c echo; read x")
        );
        target.check().expect("it is the same");
        drop(child.stdin.take());
        // Waited for, and left a zombie.
        let number = tree::pid_of(pid).expect("it is one");
        let options =
            rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(rustix::process::WaitId::Pid(number), options).expect("it ends");
        assert!(refused(pid).contains("it is a zombie"), "{}", refused(pid));
        child.wait().expect("it is reaped");
        let gone = target.check().expect_err("it is gone");
        assert_eq!(gone.to_string(), format!("process {pid} has ended"));
    }
}
