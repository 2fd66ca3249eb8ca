"""The process's ring: a mapped file of 64-byte slots, each written by one `pack_into`.

Layout, kinds and the rules of allocation and loss are the contract with mpviz's reader
(`src/python/slot.rs`). No system call, no lock and no descriptor for an event; the commit word
that `pack_into` writes last makes a slot true, so what a killed process has told is all there.
Invariant: a slot is touched only where the file's space is allocated, as a full /dev/shm would
answer a touch with SIGBUS.
"""
from _thread import allocate_lock, get_ident
from itertools import count
from posix import O_CLOEXEC, O_CREAT, O_EXCL, O_RDWR, close, dup, fstat, ftruncate, getpid, getppid
from posix import open as open_fd
from posix import posix_fallocate, rename, unlink
from sys import hexversion
from time import monotonic_ns as now

log = load("log")  # noqa: F821

HEAD = 4096
SLOTS = 16384
SIZE = HEAD + SLOTS * 64
FIRST = 65536
STEP = 262144

#: Set by `begin`: the directory of the rings.
directory = None

# Numbers of kinds, in the contract's order.
NOTHING, TEXT, BOOT, START, STARTED, START_FAILED, FORK, FORKED = range(8)
SPAWN, SPAWNED, SPAWN_FAILED, REAPED, CODE_READ, BLOCK, UNBLOCK, PIPE = range(8, 16)
QUEUE, QUEUE2, LOCK, TAKEN, RELEASED, COUNT, PUT, QDROP = range(16, 24)
SEND, RECV, EOF, CONNECT, ACCEPT, POOL, TASK_SUBMIT, TASK_START = range(24, 32)
TASK_END, TASK_FETCHED, THREAD, THREAD_END, FINISHING, EXITING, SIGNAL, HELPER = range(32, 40)
FAILED = 40

FOREVER = (1 << 64) - 1


#: Numbers that join a cause with its outcome, per process image.
token = count(1).__next__


def until(timeout):
    """Returns a timeout in seconds as the slots have it, in ns."""
    if timeout is None:
        return FOREVER
    try:
        return min(max(0, int(timeout * 1e9)), FOREVER)
    except (OverflowError, ValueError, TypeError):
        return FOREVER


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


def _made(pid, born, main):
    """Makes the ring's file under a hidden name, then shows it. Returns its path and the mapping."""
    from struct import pack_into

    name = "%d.%d" % (pid, born)
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


def _make():
    ring = path = None
    limit = allocated = 0
    step = count().__next__
    pack = pack8 = text = unpack = put = None
    guard = allocate_lock()
    owner = 0
    main = get_ident()
    silent = False
    lost_from = lost_to = lost = 0

    def tell(kind, op, extra, line, file, size, a, b, c):
        """Writes an event. It never fails for a reason of its own."""
        n = step()
        try:
            if n >= limit and not room(n):
                return
            pack(ring, 4096 + (n & 16383) * 64, now(), kind, op, extra, line, get_ident(), file,
                 size, a, b, c, n + 1)
        except BaseException as error:
            fill(n)
            if not isinstance(error, Exception) or not is_own(error):
                raise

    def tell_fast(word, sizes, a, b):
        """Writes an event of the hot kind; returns its time, or 0 if it was lost.

        `word` is kind | op << 8 | extra << 16 | line << 32, `sizes` file | size << 32: eight words
        are packed in half the time that the twelve fields of `tell` take.
        """
        n = step()
        try:
            if n >= limit and not room(n):
                return 0
            t = now()
            pack8(ring, 4096 + (n & 16383) * 64, t, word, get_ident(), sizes, a, b, 0, n + 1)
            return t
        except BaseException as error:
            fill(n)
            if not isinstance(error, Exception) or not is_own(error):
                raise
        return 0

    def tell_text(words):
        """Writes a text before its event."""
        try:
            data = words.encode("utf-8", "replace")
        except Exception:
            return
        for at in range(0, min(len(data), 256), 32):
            part = data[at : at + 32]
            n = step()
            try:
                if n >= limit and not room(n):
                    return
                text(ring, 4096 + (n & 16383) * 64, now(), 1, len(part), 0, 0, get_ident(), part,
                     n + 1)
            except BaseException as error:
                fill(n)
                if not isinstance(error, Exception) or not is_own(error):
                    raise

    def fill(n):
        """An event was broken off: its slot must not stay open, as the reader would wait for it."""
        try:
            if n < limit:
                at = 4096 + (n & 16383) * 64
                if unpack(ring, at + 56)[0] != n + 1:
                    pack(ring, at, now(), 0, 0, 0, 0, get_ident(), 0, 0, 0, 0, 0, n + 1)
        except Exception:
            pass

    def is_own(error):
        """Whether an error arose in the shim's own code, not in a signal's handler within it."""
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        if not trace.tb_frame.f_code.co_filename.startswith(home):
            return False
        if not silent:
            try:
                log.mistake(error)
            except Exception:
                pass
        return True

    def room(n):
        """Returns whether slot `n` can be written: makes the ring, its space, or counts a loss."""
        nonlocal owner
        if silent:
            return False
        me = get_ident()
        if owner == me:
            return False
        if not guard.acquire(True, 1):
            return False
        owner = me
        try:
            return make_room(n)
        except Exception as error:
            if not is_own(error):
                raise
            fall_silent("%s: %s" % (type(error).__name__, error))
            return False
        finally:
            owner = 0
            guard.release()

    def make_room(n):
        nonlocal ring, path, limit, allocated, pack, pack8, text, unpack, put
        nonlocal lost_from, lost_to, lost
        if ring is None:
            from struct import Struct

            # Native order is the same bytes as "<" where this runs, and twice as fast.
            pack = Struct("@QBBHIQIIQQQQ").pack_into
            pack8 = Struct("@8Q").pack_into
            text = Struct("@QBBHIQ32sQ").pack_into
            word = Struct("@Q")
            unpack, put = word.unpack_from, word.pack_into
            path, ring = _made(getpid(), now(), main)
            allocated = FIRST
        if n < limit:
            return True
        tail = unpack(ring, 32)[0]
        losing = lost_from and not lost_to
        # It goes on losing until the reader has come to the gap, so that there is one gap.
        base = n if losing and tail + 1 >= lost_from else tail
        if n < base + SLOTS and has_space(n):
            limit = base + SLOTS
            if allocated < SIZE:
                limit = min(limit, (allocated - HEAD) // 64)
            if losing:
                lost_to = n + 1
                put(ring, 48, lost_to)
            return True
        # While it loses, each event asks again.
        limit = 0
        if not losing:
            if lost_from and tail + 1 < lost_to:
                # The reader has not come to the first gap yet: from there on all is lost.
                lost_to = 0
                put(ring, 48, 0)
            else:
                lost_from, lost_to = n + 1, 0
                put(ring, 48, 0)
                put(ring, 40, lost_from)
        lost += 1
        put(ring, 56, lost)
        return False

    def has_space(n):
        """Whether slot `n` has space, which is asked for in steps, and not each time if refused."""
        while allocated < SIZE and n >= (allocated - HEAD) // 64:
            if (lost and lost & 63) or not grow():
                return False
        return True

    def grow():
        nonlocal allocated
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
                return False
        allocated = until
        return True

    def fall_silent(why):
        nonlocal silent, limit
        silent = True
        limit = 0
        try:
            log.off(why)
        except Exception:
            pass

    def forget():
        """In a forked child: its own ring is made at its first event. The parent's stays mapped."""
        nonlocal ring, path, limit, allocated, step, guard, owner, lost_from, lost_to, lost, main
        ring = path = None
        limit = allocated = lost_from = lost_to = lost = owner = 0
        step = count().__next__
        guard = allocate_lock()
        main = get_ident()

    home = __file__[: __file__.rindex("/")]
    return tell, tell_fast, tell_text, forget, fall_silent, is_own


tell, tell_fast, tell_text, forget, fall_silent, is_own = _make()
