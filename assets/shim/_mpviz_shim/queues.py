"""`multiprocessing.queues`: what is put before the feeder has it, the feeder, and what a queue is.

The buffer between `put` and the feeder is replaced by a deque that tells of `append`. A queue's
locks are told only when they are really waited for (`synchronize.mark`).
"""
from _thread import get_ident
from collections import deque
from sys import _getframe

ring = load("ring")  # noqa: F821
tell, tell_fast, tell_text, is_own = ring.tell, ring.tell_fast, ring.tell_text, ring.is_own
places = load("where")  # noqa: F821
where, numbers, number_of = places.where, places.numbers, places.number_of
guard = load("guard")  # noqa: F821
swallow, hook, dressed, unseen = guard.swallow, guard.hook, guard.dressed, guard.unseen
settings = load("settings")  # noqa: F821
connection = load("connection")  # noqa: F821
feeders, inside, learn = connection.feeders, connection.inside, connection.learn
synchronize = load("synchronize")  # noqa: F821
conditions = load("conditions")  # noqa: F821
PUT = ring.PUT
QUEUE, JOINABLE, SIMPLE = 1, 2, 3
OP_PUT, OP_GET, OP_WRITE = 1, 2, 5
UNBOUNDED = (1 << 31) - 1


def buffer_type(sentinel, values, append=deque.append):
    """Returns the deque that tells what is put into it. `sentinel` ends the feeder."""

    class Buffer(deque):
        __slots__ = ("inode",)

        def append(self, item):
            if item is not sentinel:
                try:
                    if values:
                        tell_text(values(item))
                    frame = _getframe(2)
                    while frame is not None:
                        name = frame.f_code.co_filename
                        file = numbers.get(name)
                        if file is None:
                            file = number_of(name)
                        if file:
                            tell_fast(PUT | frame.f_lineno << 32, file, self.inode, 0)
                            break
                        frame = frame.f_back
                    else:
                        tell_fast(PUT, 0, self.inode, 0)
                except Exception as error:
                    if not is_own(error):
                        raise
            append(self, item)

    Buffer.__name__ = Buffer.__qualname__ = "deque"
    Buffer.__module__ = "collections"
    return Buffer


def shown(item):
    """Returns a short repr of a value, whatever its own `__repr__` does."""
    try:
        text = repr(item)
        return text if len(text) <= 60 else text[:59] + "…"
    except Exception:
        return "?"


def identify(queue):
    """Gives both ends and the locks of a queue their role. Returns its inode."""
    number = learn(queue._reader)
    learn(queue._writer)
    queue._reader._mpviz_queue = True
    mark = synchronize.mark
    mark(queue._rlock, OP_GET, number)
    if getattr(queue, "_wlock", None) is not None:
        mark(queue._wlock, OP_WRITE, number)
    if getattr(queue, "_sem", None) is not None:
        mark(queue._sem, OP_PUT, number)
    if getattr(queue, "_cond", None) is not None:
        conditions.joinable(queue, number)
    return number


def announce(queue, kind, depth=3):
    """Tells a new queue."""
    number = identify(queue)
    key = synchronize.key_of
    size = getattr(queue, "_maxsize", 0)
    size = 0 if size >= UNBOUNDED else size
    tell(ring.QUEUE, kind, 0, *where(depth), 0, number, size, key(queue._rlock))
    slots = getattr(queue, "_sem", None) if size else None
    tell(ring.QUEUE2, 0, 0, 0, 0, 0, number, key(getattr(queue, "_wlock", None)), key(slots))


def _making(kind, theirs):
    def __init__(self, *args, **kwargs):
        me = get_ident()
        outer = inside.get(me)
        inside[me] = outer or True
        try:
            theirs(self, *args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise
        finally:
            if not outer:
                inside.pop(me, None)
        try:
            # A JoinableQueue is told by its own `__init__`, which calls that of Queue.
            if not outer:
                announce(self, kind)
        except Exception as error:
            swallow(error)

    return __init__


def _rebuilding(theirs):
    def __setstate__(self, state):
        theirs(self, state)
        try:
            identify(self)
        except Exception as error:
            swallow(error)

    return __setstate__


def _resetting(buffer, theirs):
    def _reset(self, *args, **kwargs):
        theirs(self, *args, **kwargs)
        try:
            mine = buffer()
            mine.inode = getattr(self._writer, "_mpviz", None) or learn(self._writer)
            self._buffer = mine
        except Exception as error:
            swallow(error)

    return _reset


def _feeding(theirs):
    def _feed(buffer, *args, **kwargs):
        me = get_ident()
        number = getattr(buffer, "inode", 0)
        feeders[me] = number
        tell(ring.THREAD, 1, 0, 0, 0, 0, number, 0, 0)
        try:
            return theirs(buffer, *args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise
        finally:
            feeders.pop(me, None)
            tell(ring.THREAD_END, 1, 0, 0, 0, 0, number, 0, 0)

    return _feed


def _dropping(theirs):
    def _on_queue_feeder_error(e, obj):
        tell(ring.QDROP, 0, 0, 0, 0, 0, feeders.get(get_ident(), 0), 0, 0)
        return theirs(e, obj)

    return _on_queue_feeder_error


def feeds(kind):
    """The feeder of a kind of queue says what it is."""
    kind._feed = staticmethod(dressed(_feeding(kind._feed), kind._feed))


def patch(module):
    """Patches `multiprocessing.queues`, or billiard's."""
    values = shown if settings.values() else None
    buffer = buffer_type(module._sentinel, values)
    queue = module.Queue
    # Billiard has one more class below SimpleQueue, without locks.
    kinds = ((queue, QUEUE), (module.JoinableQueue, JOINABLE), (module.SimpleQueue, SIMPLE))
    for holder, kind in kinds:
        hook(holder, "__init__", lambda theirs, kind=kind: _making(kind, theirs))
        hook(holder, "__setstate__", _rebuilding)
    hook(module.JoinableQueue, "task_done", conditions.counting)
    reset = "_reset" if hasattr(queue, "_reset") else "_after_fork"
    hook(queue, reset, lambda theirs: _resetting(buffer, theirs))
    feeds(queue)
    error = getattr(queue, "_on_queue_feeder_error", None)
    if error is not None:
        queue._on_queue_feeder_error = staticmethod(dressed(_dropping(error), error))
