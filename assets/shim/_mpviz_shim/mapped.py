"""The file of a ring: made under a hidden name, allocated, mapped for good; no descriptor is left."""
from posix import O_CLOEXEC, O_CREAT, O_EXCL, O_RDWR, close, dup, fstat, ftruncate, getppid
from posix import open as open_fd
from posix import posix_fallocate, rename, unlink
from sys import hexversion

HEAD = 4096
SLOTS = 16384
SIZE = HEAD + SLOTS * 64
FIRST = 65536
STEP = 262144


def _hidden(fd, inode, before):
    """Closes the descriptor that a mapping keeps: the lowest number that was free before."""
    try:
        if before != fd and fstat(before).st_ino == inode:
            close(before)
            return
    except OSError:
        pass
    # Another thread took that number: look for it.
    from posix import listdir

    for name in listdir("/proc/self/fd"):
        try:
            if int(name) != fd and fstat(int(name)).st_ino == inode:
                close(int(name))
        except OSError:
            pass


def _mapped(fd):
    """Maps the ring's file for good, and leaves no descriptor behind."""
    from mmap import mmap

    if hexversion >= 0x30D0000:
        return mmap(fd, SIZE, trackfd=False)
    inode = fstat(fd).st_ino
    before = dup(fd)
    close(before)
    ring = mmap(fd, SIZE)
    _hidden(fd, inode, before)
    # Freed, the mapping would close a number that the program may have used again. A code object
    # is not tracked by the collector before 3.13, so this circle is never found, not even at exit.
    keep = []
    code = (lambda: 0).__code__
    code = code.replace(co_consts=(None, keep))
    keep += [code, ring]
    return ring


def made(directory, pid, t, born, main):
    """Makes the ring's file under a hidden name, then shows it. Returns its path and the mapping.

    `t` is now, `born` when the process was, `main` its main thread.
    """
    from struct import pack_into

    name = "%d.%d" % (pid, t)
    unready = "%s/.%s" % (directory, name)
    path = "%s/%s" % (directory, name)
    fd = open_fd(unready, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    try:
        ftruncate(fd, SIZE)
        posix_fallocate(fd, 0, FIRST)
        ring = _mapped(fd)
        pack_into("<8sIIQII", ring, 0, b"MPVIZPY1", pid, SLOTS, born, getppid(), hexversion)
        pack_into("<Q", ring, 64, main)
        rename(unready, path)
        return path, ring
    except BaseException:
        try:
            unlink(unready)
        except OSError:
            pass
        raise
    finally:
        close(fd)


def grown(path, ring, allocated):
    """Has more of the file allocated. Returns how much of it is: as much as before if none is left."""
    until = min(allocated + STEP, SIZE)
    try:
        fd = open_fd(path, O_RDWR | O_CLOEXEC)
        try:
            posix_fallocate(fd, 0, until)
        finally:
            close(fd)
    except OSError:
        # Without the path (another root, another user) the kernel can still be asked for pages.
        try:
            ring.madvise(23, allocated, until - allocated)
        except (OSError, ValueError):
            return allocated
    return until
