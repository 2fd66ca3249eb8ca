"""The process's ring: a mapped file of 64-byte slots, each written by one `pack_into`.

Layout, kinds and the rules of allocation and loss are the contract with mpviz's reader
(`src/python/slot.rs`). No system call, no lock and no descriptor for an event; the commit word
that `pack_into` writes last makes a slot true, so what a killed process has told is all there.
Invariant: a slot is touched only where the file's space is allocated, as a full /dev/shm would
answer a touch with SIGBUS.
"""
from _thread import _count as thread_count
from _thread import allocate_lock, get_ident
from itertools import count
from posix import getpid
from sys import _getframe
from time import monotonic_ns as now
from time import sleep

log = load("log")  # noqa: F821
mapped = load("mapped")  # noqa: F821
is_own = load("errors").is_own  # noqa: F821
settings = load("settings")  # noqa: F821
HEAD, SLOTS, SIZE = mapped.HEAD, mapped.SLOTS, mapped.SIZE
globals().update({name: value for name, value in vars(load("kinds")).items()  # noqa: F821
                  if name.isupper() or name == "until"})

#: Set by `forks`: the directory of the rings.
directory = None

#: A message is told to be no larger.
SIZE_MAX = (1 << 32) - 1
#: Numbers that join a cause with its outcome, per process image.
token = count(1).__next__


def _make():
    ring = path = None
    limit = allocated = 0
    step = count().__next__
    pack = pack_sent = pack_put = pack_receives = pack_received = text = unpack = put = None
    guard = allocate_lock()
    main = get_ident()
    born = settings.born
    silent = False
    lost_from = lost_to = lost = 0

    def tell(kind, op, extra, line, file, size, a, b, c):
        """Writes an event. It never fails for a reason of its own."""
        n = -1
        try:
            n = step()
            if n >= limit and not room(n):
                return
            pack(ring, 4096 + (n & 16383) * 64, now(), kind, op, extra, line, get_ident(), file,
                 size, a, b, c, n + 1)
        except BaseException as error:
            fill(n)
            if not isinstance(error, Exception) or not is_own(error):
                raise

    def tell_text(words):
        """Writes a text before its event."""
        try:
            data = words.encode("utf-8", "replace")
        except Exception:
            return
        for at in range(0, min(len(data), 256), 32):
            part = data[at : at + 32]
            n = -1
            try:
                n = step()
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
            if n < 0:
                # Its number was taken and not kept. Without other threads it is the one before the
                # next; with them that may be in the middle of being written.
                n = step()
                blank(n)
                n = n - 1 if thread_count() == 0 else -1
            blank(n)
        except Exception:
            pass

    def blank(n):
        if 0 <= n < limit:
            at = 4096 + (n & 16383) * 64
            if unpack(ring, at + 56)[0] != n + 1:
                pack(ring, at, now(), 0, 0, 0, 0, get_ident(), 0, 0, 0, 0, 0, n + 1)

    def room(n):
        """Returns whether slot `n` can be written: makes the ring, its space, or counts a loss."""
        if silent or guard.locked() and is_held():
            return False
        with guard:
            try:
                return make_room(n)
            except RecursionError:
                # It has room where the stack has.
                return False
            except Exception as error:
                if not is_own(error, not isinstance(error, OSError)):
                    raise
                why = getattr(error, "strerror", None) or "%s: %s" % (type(error).__name__, error)
                fall_silent("its ring can't be made: " + why)
                return False

    def is_held():
        """Whether this thread makes room already. Waits until no other does."""
        nonlocal guard
        frame = _getframe(1)
        while frame is not None:
            if frame.f_code is make_room.__code__:
                return True
            frame = frame.f_back
        for turn in range(200):
            if thread_count() == 0:
                break
            sleep(0.01 if turn > 100 else 0)
            if not guard.locked():
                return False
        # Whoever had it is gone: an exception was thrown in, or this is a fork that nobody told of.
        guard = allocate_lock()
        return False

    def make_room(n):
        nonlocal ring, path, limit, allocated, lost_from, lost_to, lost
        nonlocal pack, pack_sent, pack_put, pack_receives, pack_received, text, unpack, put, silent
        if ring is None:
            if settings.is_elsewhere():
                # A fork into another namespace: mpviz sees that itself.
                silent = True
                return False
            from struct import Struct

            # Native order is the same bytes as "<" where this runs, and twice as fast. In the hot
            # ones kind, op and extra are one constant, and what is 0 is not packed.
            pack = Struct("@QBBHIQIIQQQQ").pack_into
            pack_sent = Struct("@QIIQIIQQQQ").pack_into
            pack_put = Struct("@QIIQI4xQ8xQQ").pack_into
            pack_receives = Struct("@QIIQI4xQQ8xQ").pack_into
            pack_received = Struct("@QI4xQ4xIQQ8xQ").pack_into
            text = Struct("@QBBHIQ32sQ").pack_into
            word = Struct("@Q")
            unpack, put = word.unpack_from, word.pack_into
            path, ring = mapped.made(directory, getpid(), now(), born, main)
            allocated = mapped.FIRST
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
        nonlocal allocated
        while allocated < SIZE and n >= (allocated - HEAD) // 64:
            if lost and lost & 63:
                return False
            before, allocated = allocated, mapped.grown(path, ring, allocated)
            if allocated == before:
                return False
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
        nonlocal ring, path, limit, allocated, step, guard, lost_from, lost_to, lost
        nonlocal main, born, silent
        ring = path = None
        silent = False
        limit = allocated = lost_from = lost_to = lost = 0
        step = count().__next__
        guard = allocate_lock()
        main, born = get_ident(), now()

    def hot(feeders, numbers, number_of, learn, crc32):
        """Returns the hooks that each message passes: what `tell` does, written out in each.

        `feeders` are the threads that feed queues, with the items that they took; `numbers` and `number_of` are `where`'s; `learn`
        finds a connection's number. A call less is a twentieth of a message.
        """
        sent, fed = 24, 24 | 1 << 8
        received, receives, is_put = 25, 13 | 4 << 8, 22

        def before_send(self, buf):
            """Tells a message before it is written. Returns when, 0 if it was not told."""
            n = -1
            try:
                try:
                    number = self._mpviz
                except AttributeError:
                    number = learn(self)
                if not number:
                    return 0
                me = get_ident()
                word, line, file, item = sent, 0, 0, 0
                feeder = feeders.get(me)
                if feeder is not None:
                    word = fed
                    feeder[1] = item = feeder[1] + 1
                else:
                    frame = _getframe(2).f_back
                    while frame is not None:
                        name = frame.f_code.co_filename
                        file = numbers.get(name)
                        if file is None:
                            file = number_of(name)
                        if file:
                            line = frame.f_lineno
                            break
                        frame = frame.f_back
                size = len(buf)
                if size <= 256:
                    check = crc32(buf)
                else:
                    check = crc32(buf[:256])
                    if size > SIZE_MAX:
                        size = SIZE_MAX
                n = step()
                if n >= limit and not room(n):
                    return 0
                t = now()
                pack_sent(ring, 4096 + (n & 16383) * 64, t, word, line, me, file, size, number, check,
                          item, n + 1)
                return t
            except BaseException as error:
                fill(n)
                if not isinstance(error, Exception) or not is_own(error):
                    raise
            return 0

        def before_recv(self):
            """Tells that a message is waited for; returns the connection's number, or 0."""
            n = -1
            number = 0
            try:
                try:
                    number = self._mpviz
                except AttributeError:
                    number = learn(self)
                if not number:
                    return 0
                line = file = 0
                frame = _getframe(2).f_back
                while frame is not None:
                    name = frame.f_code.co_filename
                    file = numbers.get(name)
                    if file is None:
                        file = number_of(name)
                    if file:
                        line = frame.f_lineno
                        break
                    frame = frame.f_back
                n = step()
                if n < limit or room(n):
                    pack_receives(ring, 4096 + (n & 16383) * 64, now(), receives, line, get_ident(),
                                  file, number, FOREVER, n + 1)
            except BaseException as error:
                fill(n)
                if not isinstance(error, Exception) or not is_own(error):
                    raise
            return number

        def after_recv(number, buf, size):
            """Tells the message that came."""
            n = -1
            try:
                if size <= 256:
                    check = crc32(buf.getvalue())
                else:
                    check = crc32(buf.getbuffer()[:256])
                    if size > SIZE_MAX:
                        size = SIZE_MAX
                n = step()
                if n < limit or room(n):
                    pack_received(ring, 4096 + (n & 16383) * 64, now(), received, get_ident(), size,
                                  number, check, n + 1)
            except BaseException as error:
                fill(n)
                if not isinstance(error, Exception) or not is_own(error):
                    raise

        def appending(sentinel, values, append):
            """Returns the `append` of a queue's buffer, which ends with `sentinel`."""

            def put(self, item):
                if item is sentinel:
                    return append(self, item)
                place = self.place
                n = -1
                try:
                    if values:
                        tell_text(values(item))
                    line = file = 0
                    frame = _getframe(1).f_back
                    while frame is not None:
                        name = frame.f_code.co_filename
                        file = numbers.get(name)
                        if file is None:
                            file = number_of(name)
                        if file:
                            line = frame.f_lineno
                            break
                        frame = frame.f_back
                    n = step()
                    if n < limit or room(n):
                        pack_put(ring, 4096 + (n & 16383) * 64, now(), is_put, line, get_ident(),
                                 file, self.inode, place, n + 1)
                except RecursionError:
                    # It is put: the stack has no room to tell it.
                    pass
                except BaseException as error:
                    fill(n)
                    if not isinstance(error, Exception) or not is_own(error):
                        raise
                # The feeder counts what it takes out, so each item is known by its number.
                self.place = place + 1
                append(self, item)

            return put

        return before_send, before_recv, after_recv, appending

    return tell, tell_text, forget, fall_silent, hot


tell, tell_text, forget, fall_silent, hot = _make()
