//! The shim, compiled beforehand: with the Python that is going to run, so that it starts fast.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How long it may take. It takes about 0.1 s, on a machine that is not very busy.
const WITHIN: Timespec = Timespec {
    tv_sec: 10,
    tv_nsec: 0,
};

/// No path is longer.
const PATH_MAX: usize = 4096;

/// What compiles the files that it is given, as `py_compile` does with `UNCHECKED_HASH`: their text
/// does not change, so nobody has to compare. Without importing it, it takes half the time. It says
/// which Python it is, in less than a pipe holds.
const COMPILE: &str = "\
import sys
from _frozen_importlib_external import MAGIC_NUMBER
from marshal import dumps
from posix import mkdir
for file in sys.argv[1:]:
    folder, _, name = file.rpartition('/')
    with open(file, 'rb') as source:
        code = compile(source.read(), file, 'exec', dont_inherit=True)
    folder += '/__pycache__'
    try:
        mkdir(folder, 0o700)
    except FileExistsError:
        pass
    place = '%s/%s.%s.pyc' % (folder, name[:-3], sys.implementation.cache_tag)
    with open(place, 'xb') as out:
        out.write(MAGIC_NUMBER + b'\\1' + bytes(11) + dumps(code))
sys.stdout.buffer.write(sys.executable.encode(sys.getfilesystemencoding(), 'surrogateescape'))
";

/// Compiles files, each into the `__pycache__` beside it; returns where the Python says that it is.
pub(super) fn compile(python: &Path, files: impl Iterator<Item = PathBuf>) -> io::Result<PathBuf> {
    let mut child = Command::new(python)
        // Isolated and without `site`: nothing of the user's is run for our sake.
        .args(["-I", "-S", "-c", COMPILE])
        .args(files)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let pid = Pid::from_raw(child.id().cast_signed()).ok_or(Errno::SRCH)?;
    let ended = pidfd_open(pid, PidfdFlags::empty()).and_then(|pidfd| {
        let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
        rustix::io::retry_on_intr(|| poll(&mut fds, Some(&WITHIN)))
    });
    if !ended.is_ok_and(|count| count > 0) {
        // Whatever a wrapper has started, too.
        let _ = kill_process_group(pid, Signal::KILL);
    }
    let (said, status) = (child.stdout.take(), child.wait()?);
    let mut path = vec![0; PATH_MAX];
    let count = said.map_or(Ok(0), |said| {
        // It is there, or does not come: what else has the pipe is not waited for.
        fcntl_setfl(&said, OFlags::NONBLOCK)?;
        rustix::io::retry_on_intr(|| rustix::io::read(&said, &mut *path))
    })?;
    path.truncate(count);
    match status.success() {
        true => Ok(PathBuf::from(OsString::from_vec(path))),
        false => Err(Errno::INVAL.into()),
    }
}
