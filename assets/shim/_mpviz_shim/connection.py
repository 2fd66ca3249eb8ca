"""`multiprocessing.connection`: every message passes through two methods of `Connection`.

Queues, pipes, pools, executors, managers all send and receive here. Both methods are grafted: they
do what their models do, and tell. A Connection keeps its inode (`_mpviz`), 0 if nothing is told of
it; `_mpviz_queue` says that it is a queue's.
"""
from _thread import get_ident
from os import fstat
from sys import _getframe
from time import monotonic_ns as now
from zlib import crc32

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell = ring.tell
guard = load("guard")  # noqa: F821
swallow, hook, graft, unseen = guard.swallow, guard.hook, guard.graft, guard.unseen
places = load("where")  # noqa: F821
EOF, BLOCK, UNBLOCK, PIPE = ring.EOF, ring.BLOCK, ring.UNBLOCK, ring.PIPE

#: Threads that feed queues: ident → the queue's inode, and how many items it has taken out.
feeders = {}
#: Threads that make an object with parts of its own just now: what they make is not told, nor, if
#: the value is QUIET, what passes through it.
inside = {}
QUIET = "quiet"
parts.cleared_by_fork += [feeders, inside]


#: Threads that shake hands with a fork server just now: nothing is told of that.
handshakes = {}
parts.cleared_by_fork.append(handshakes)


def shown(item):
    """Returns a short repr of a value, whatever its own `__repr__` does."""
    try:
        text = repr(item)
        return text if len(text) <= 60 else text[:59] + "…"
    except Exception:
        return "?"


def learn(self):
    """Returns the inode of a connection, and keeps it there."""
    if handshakes and get_ident() in handshakes:
        self._mpviz = 0
        return 0
    try:
        self._mpviz = number = fstat(self._handle).st_ino
        return number
    except Exception:
        return 0


def failed(number, error):
    """Tells how a wait that was broken off ended."""
    if isinstance(error, EOFError):
        tell(EOF, 0, 0, 0, 0, 0, number, 0, 0)
    elif isinstance(error, BrokenPipeError) or isinstance(error, ConnectionError):
        tell(UNBLOCK, 5, 0, 0, 0, 0, number, 0, 0)
    else:
        tell(UNBLOCK, 7 if isinstance(error, Exception) else 6, 0, 0, 0, 0, number, 0, 0)


#: The first three are called by the grafts below, the last makes the `append` of queues' buffers.
before_send, before_recv, after_recv, appending = ring.hot(
    feeders, places.numbers, places.number_of, learn, crc32)


def after_send(self):
    """Tells that a write is over that took long."""
    tell(UNBLOCK, 0, 0, 0, 0, 0, getattr(self, "_mpviz", 0), 0, 0)


def too_long(number):
    """Tells that a message is longer than the program takes: it stays where it is."""
    tell(UNBLOCK, 7, 0, 0, 0, 0, number, 0, 0)


def send_failed(self, error):
    """Tells that a write was broken off."""
    feeder = feeders.get(get_ident())
    if feeder is not None:
        # It is given up, which is told of the same item.
        feeder[1] -= 1
    failed(getattr(self, "_mpviz", 0), error)


#: With --values: what a thread is about to send, until it is told.
unsent = {}


def valued(theirs):
    """Hooks what is given an object to send: remembers how it looks."""

    def before(self, obj, *_):
        me = get_ident()
        unsent[me] = shown(obj)
        return me

    def after(me, _, error):
        unsent.pop(me, None)

    return guard.around(before, after)(theirs)


def before_valued_send(self, buf):
    """Before a send, with --values: tells the value unless it was told where it was put."""
    text = unsent.pop(get_ident(), None) if unsent else None
    if text is not None and getattr(self, "_mpviz", None):
        ring.tell_text(text)
    return before_send(self, buf)


values = load("settings").values()  # noqa: F821
before = before_valued_send if values else before_send


# The two grafts below are indented and numbered as their models are: a statement that can raise has
# the same column, and its line is the model's plus the prologue's. See `guard.graft`.
# fmt: off
def _sending(theirs, before_send=before, after_send=after_send, failed=send_failed, now=now):
 def _send_bytes(self, buf):

  then = before_send(self, buf)
  try:
   n = len(buf)
   if n > 0x7fffffff:
            pre_header = struct.pack("!i", -1)  # noqa: F821
            header = struct.pack("!Q", n)  # noqa: F821
            self._send(pre_header)
            self._send(header)
            self._send(buf)
   else:

            header = struct.pack("!i", n)  # noqa: F821
            if n > 16384:


                self._send(header)
                self._send(buf)
            else:




                self._send(header + buf)
  except BaseException as error:
   if then: failed(self, error)
   raise
  if then and now() - then > 50000:
   try: after_send(self)
   except RecursionError: pass
 return _send_bytes


def _receiving(theirs, before_recv=before_recv, after_recv=after_recv, too_long=too_long, failed=failed):
 def _recv_bytes(self, maxsize=None):
  number = before_recv(self)
  try:
        buf = self._recv(4)
        size, = struct.unpack("!i", buf.getvalue())  # noqa: F821
        if size == -1:
            buf = self._recv(8)
            size, = struct.unpack("!Q", buf.getvalue())  # noqa: F821
        if maxsize is not None and size > maxsize: buf = None
        else:
          buf =self._recv(size)
  except BaseException as error:
   if number: failed(number, error)
   raise
  try:
   if number:
    if buf is None: too_long(number)
    else: after_recv(number, buf, size)
  except RecursionError: pass
  return buf
 return _recv_bytes
# fmt: on


def _wrapped_send(theirs):
    def _send_bytes(self, buf):
        then = before(self, buf)
        try:
            theirs(self, buf)
        except BaseException as error:
            if then:
                send_failed(self, error)
            unseen(error)
            raise
        if then and now() - then > 50000:
            after_send(self)

    return _send_bytes


def _wrapped_recv(theirs):
    def _recv_bytes(self, maxsize=None):
        number = before_recv(self)
        try:
            buf = theirs(self, maxsize)
        except BaseException as error:
            if number:
                failed(number, error)
            unseen(error)
            raise
        try:
            if number:
                if buf is None:
                    too_long(number)
                else:
                    after_recv(number, buf, buf.tell())
        except RecursionError:
            pass
        return buf

    return _recv_bytes


def _polling(theirs):
    def _poll(self, timeout):
        if timeout is not None and timeout <= 0:
            return theirs(self, timeout)
        number = 0
        try:
            number = getattr(self, "_mpviz", None)
            if number is None:
                number = learn(self)
            if number:
                until = ring.until(timeout)
                operation = 2 if hasattr(self, "_mpviz_queue") else 15
                tell(BLOCK, operation, 0, *where(2), 0, number, until, 0)
        except Exception as error:
            swallow(error)
        try:
            ready = theirs(self, timeout)
        except BaseException as error:
            if number:
                failed(number, error)
            unseen(error)
            raise
        if number:
            empty = 2 if hasattr(self, "_mpviz_queue") else 3
            tell(UNBLOCK, 0 if ready else empty, 0, 0, 0, 0, number, 0, 0)
        return ready

    return _poll


def waiting(object_list, timeout=None):
    """Before `wait`, where the program itself calls it."""
    if places.is_inner(_getframe(guard.OUTSIDE - 1).f_code.co_filename):
        return None
    if timeout is not None and timeout <= 0:
        return None
    # An iterator can be read only once.
    known = object_list if isinstance(object_list, (list, tuple, set)) else ()
    numbers = [learn(one) for one in known if hasattr(one, "_handle")]
    number = numbers[0] if numbers else 0
    tell(BLOCK, 15, 0, *where(guard.OUTSIDE), 0, number, ring.until(timeout), 0)
    return number


def waited(number, ready, error):
    """After it."""
    tell(UNBLOCK, guard.outcome(error, bool(ready)), 0, 0, 0, 0, number, 0, 0)


def _piping(theirs):
    # Billiard's takes two more.
    def Pipe(duplex=True, *more, **named):
        try:
            ends = theirs(duplex, *more, **named)
        except BaseException as error:
            guard.unseen(error)
            raise
        try:
            state = inside.get(get_ident())
            if state is QUIET:
                ends[0]._mpviz = ends[1]._mpviz = 0
            elif not state:
                first, second = learn(ends[0]), learn(ends[1])
                tell(PIPE, 0, 0, *where(2), 0, first, second if duplex else 0, 0)
        except Exception as error:
            swallow(error)
        return ends

    return Pipe


def patch(module):
    """Patches `multiprocessing.connection`, or billiard's."""
    kind = module.Connection
    if not graft(kind, "_send_bytes", _sending, ("len", "struct", "pack", "_send"), 3):
        hook(kind, "_send_bytes", _wrapped_send)
    if not graft(kind, "_recv_bytes", _receiving, ("_recv", "struct", "unpack", "getvalue"), 2):
        hook(kind, "_recv_bytes", _wrapped_recv)
    hook(kind, "_poll", _polling)
    if values:
        hook(kind, "send", valued)
    hook(module, "Pipe", _piping)
    hook(module, "wait", guard.around(waiting, waited))
    load("sockets").patch(module)  # noqa: F821
