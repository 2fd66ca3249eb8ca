//! `communicate`: all three streams at once, so that no full pipe blocks another.

use super::popen::Popen;
use super::streams::PipeReader;
use crate::event::Kind;
use crate::event::words::{Operation, Outcome};
use crate::runtime::error::{Error, Result};
use crate::runtime::time::Deadline;
use crate::runtime::{io, probe};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use std::os::fd::AsFd;
use std::time::Duration;

/// What was said so far. It outlives a timeout, so that a later call goes on where this one was.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// What is still to be written.
    rest: Vec<u8>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// Whether stdout and stderr were pipes.
    pub(super) had: [bool; 2],
}

/// Feeds stdin, reads stdout and stderr to their ends, and waits for the program; what came stands
/// in the program's `talk`.
pub(super) fn communicate(
    popen: &mut Popen,
    input: &[u8],
    timeout: Option<Duration>,
) -> Result<()> {
    if popen.talk.is_some() && !input.is_empty() {
        return Err(Error::State(
            "cannot send input after starting communication".into(),
        ));
    }
    let deadline = Deadline::after(timeout);
    let (object, on) = (popen.object, popen.child.actor);
    probe::say(|| Kind::Blocked {
        operation: Operation::Communicate,
        object: Some(object),
        on: Some(on),
        timeout: deadline.left().map(Into::into),
    });
    let ended = talk(popen, input, deadline);
    let outcome = match ended {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::TimedOut,
        Err(_) => Outcome::Failed,
    };
    let waker = (outcome == Outcome::Done).then_some(on);
    probe::say(|| Kind::Unblocked { outcome, waker });
    if ended? {
        Ok(())
    } else {
        Err(popen.expired(timeout))
    }
}

/// Returns whether all was said and the program has ended.
fn talk(popen: &mut Popen, input: &[u8], deadline: Deadline) -> Result<bool> {
    let had = [popen.stdout.is_some(), popen.stderr.is_some()];
    let mut talk = popen.talk.take().unwrap_or_else(|| Talk {
        had,
        ..Talk::default()
    });
    let before = std::mem::take(&mut talk.rest);
    let mut rest = if before.is_empty() { input } else { &before };
    let moved = move_all(popen, &mut talk, &mut rest, deadline);
    talk.rest = rest.to_vec();
    popen.talk = Some(talk);
    Ok(moved? && popen.child.wait(Operation::Wait, deadline)?.is_some())
}

/// Moves bytes until all streams are at their ends; returns whether they are.
fn move_all(
    popen: &mut Popen,
    talk: &mut Talk,
    rest: &mut &[u8],
    deadline: Deadline,
) -> Result<bool> {
    if rest.is_empty() {
        popen.stdin = None;
    }
    while popen.stdin.is_some() || popen.stdout.is_some() || popen.stderr.is_some() {
        let Some([can_write, can_read_out, can_read_err]) = ready(popen, deadline)? else {
            return Ok(false);
        };
        if can_write {
            feed(popen, rest)?;
        }
        if can_read_out {
            read(&mut popen.stdout, &mut talk.stdout)?;
        }
        if can_read_err {
            read(&mut popen.stderr, &mut talk.stderr)?;
        }
    }
    Ok(true)
}

/// Waits until some of the streams is ready; returns which, `None` if the time is over.
fn ready<'a>(popen: &'a Popen, deadline: Deadline) -> Result<Option<[bool; 3]>> {
    let stdin = popen
        .stdin
        .as_ref()
        .map(|end| (end.as_fd(), PollFlags::OUT));
    let reading =
        |end: &'a Option<PipeReader>| end.as_ref().map(|end| (end.as_fd(), PollFlags::IN));
    let streams = [stdin, reading(&popen.stdout), reading(&popen.stderr)];
    let mut fds = Vec::with_capacity(3);
    let mut which = Vec::with_capacity(3);
    for (at, stream) in streams.iter().enumerate() {
        if let Some((fd, flags)) = stream {
            fds.push(PollFd::new(fd, *flags));
            which.push(at);
        }
    }
    if !io::poll_until(&mut fds, deadline)? {
        return Ok(None);
    }
    let mut ready = [false; 3];
    for (fd, at) in fds.iter().zip(which) {
        ready[at] = !fd.revents().is_empty();
    }
    Ok(Some(ready))
}

/// Writes a piece of the input; after the last, closes stdin.
fn feed(popen: &mut Popen, rest: &mut &[u8]) -> Result<()> {
    let Some(stdin) = &popen.stdin else {
        return Ok(());
    };
    *rest = match stdin.write_piece(rest) {
        Ok(count) => &rest[count..],
        // It does not want its input: CPython too goes on without a word.
        Err(Errno::PIPE) => &[],
        Err(error) => return Err(Error::system("cannot write to a program's stdin", error)),
    };
    if rest.is_empty() {
        popen.stdin = None;
    }
    Ok(())
}

/// Reads what there is; at the end, closes the stream.
fn read(stream: &mut Option<PipeReader>, into: &mut Vec<u8>) -> Result<()> {
    let Some(end) = stream else { return Ok(()) };
    let mut piece = [0; 64 * 1024];
    match end.read_piece(&mut piece) {
        Ok(0) => *stream = None,
        Ok(count) => into.extend_from_slice(&piece[..count]),
        Err(error) => return Err(Error::system("cannot read a program's output", error)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::runtime::Error;
    use crate::runtime::subprocess::{PIPE, Popen, Program};
    use std::time::Duration;

    #[test]
    fn a_retry_writes_on_where_the_pipe_was_full() {
        let program = Program::new(["cat"]).stdin(PIPE).stdout(PIPE);
        let mut popen = Popen::start(program).unwrap();
        popen.send_signal(libc::SIGSTOP).unwrap();
        let input: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();
        let late = popen.communicate_timeout(&input, Duration::from_millis(1));
        assert!(matches!(late, Err(Error::TimeoutExpired(_))));
        popen.send_signal(libc::SIGCONT).unwrap();
        // Each of these may be late as well, and says again what came.
        let output = loop {
            match popen.communicate_timeout(b"", Duration::from_millis(1)) {
                Ok((output, _)) => break output,
                Err(Error::TimeoutExpired(_)) => {}
                Err(error) => panic!("{error}"),
            }
        };
        assert_eq!(output, input);
    }

    #[test]
    fn a_dropped_program_is_reaped_by_the_next_start() {
        let popen = Popen::start(Program::new(["cat"]).stdin(PIPE)).unwrap();
        let (pid, child) = (popen.pid(), popen.child.clone());
        drop(popen);
        // Its end, without reaping it.
        crate::runtime::io::wait_readable(&child.pidfd, super::Deadline::NEVER).unwrap();
        let is_there = || std::path::Path::new(&format!("/proc/{pid}")).exists();
        assert!(is_there());
        Popen::start(["true"]).unwrap().wait().unwrap();
        assert!(!is_there());
    }
}
