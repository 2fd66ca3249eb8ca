"""`multiprocessing.queues`: what is put before the feeder has it, the feeder, and what a queue is.

The buffer between `put` and the feeder is replaced by a deque that tells of `append`. A queue's
locks are told only when they are really waited for (`synchronize.mark`).
"""
from _thread import get_ident
from collections import deque

ring = load("ring")  # noqa: F821
tell = ring.tell
where = load("where").where  # noqa: F821
guard = load("guard")  # noqa: F821
hook, dressed, unseen = guard.hook, guard.dressed, guard.unseen
settings = load("settings")  # noqa: F821
connection = load("connection")  # noqa: F821
feeders, learn = connection.feeders, connection.learn
synchronize = load("synchronize")  # noqa: F821
conditions = load("conditions")  # noqa: F821
QUEUE, JOINABLE, SIMPLE = 1, 2, 3
OP_PUT, OP_GET, OP_WRITE, OP_JOIN = 1, 2, 5, 9
UNBOUNDED = (1 << 31) - 1


def buffer_type(sentinel, values):
    """Returns the deque that tells what is put into it. `sentinel` ends the feeder."""

    class Buffer(deque):
        __slots__ = ("inode", "place")
        append = connection.appending(sentinel, values, deque.append)

    Buffer.__name__ = Buffer.__qualname__ = "deque"
    Buffer.__module__ = "collections"
    return Buffer


def identify(queue):
    """Gives both ends and the locks of a queue their role. Returns its inode."""
    number = learn(queue._reader)
    learn(queue._writer)
    queue._reader._mpviz_queue = True
    mark = synchronize.mark
    mark(queue._rlock, OP_GET, number)
    if getattr(queue, "_wlock", None) is not None:
        mark(queue._wlock, OP_WRITE, number)
    slots = getattr(queue, "_sem", None)
    if slots is not None:
        if getattr(queue, "_maxsize", 0) < UNBOUNDED:
            mark(slots, OP_PUT, number)
        else:
            # Nobody waits for one of so many: not even asked.
            synchronize.unmark(slots)
    if getattr(queue, "_cond", None) is not None:
        conditions.joinable(queue, number)
    return number


def announce(queue, kind):
    """Tells a new queue."""
    number = identify(queue)
    key = synchronize.key_of
    size = getattr(queue, "_maxsize", 0)
    size = 0 if size >= UNBOUNDED else size
    tell(ring.QUEUE, kind, 0, *where(conditions.MADE), 0, number, size, key(queue._rlock))
    slots = getattr(queue, "_sem", None) if size else None
    tell(ring.QUEUE2, 0, 0, 0, 0, 0, number, key(getattr(queue, "_wlock", None)), key(slots))


def _making(kind):
    def made(self, tells, _):
        # A JoinableQueue is told by its own `__init__`, which calls that of Queue.
        if tells:
            announce(self, kind)

    return conditions.making(made)


def _resetting(buffer):
    def has_reset(self, _, error):
        if error is None:
            mine = buffer()
            mine.place = 1
            mine.inode = getattr(self._writer, "_mpviz", None) or learn(self._writer)
            self._buffer = mine

    return guard.around(guard.itself, has_reset)


def _feeding(theirs):
    def _feed(buffer, *args, **kwargs):
        me = get_ident()
        number = getattr(buffer, "inode", 0)
        feeders[me] = [number, 0]
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


def drop(*_):
    """Tells that the feeder gives up the item that it has taken out."""
    feeder = feeders.get(get_ident())
    if feeder is not None:
        feeder[1] += 1
        tell(ring.QDROP, 0, 0, 0, 0, 0, feeder[0], 0, feeder[1])


def joining(thread_of):
    """Before an ending process waits for a feeder that is not done."""
    thread = thread_of()
    if thread is None or not thread.is_alive():
        return None
    number = feeders.get(thread.ident, (0,))[0]
    tell(ring.BLOCK, OP_JOIN, 0, *where(guard.OUTSIDE), 0, number, ring.FOREVER, 0)
    return number


def joined(number, _, error):
    """After it."""
    tell(ring.UNBLOCK, guard.outcome(error), 0, 0, 0, 0, number, 0, 0)


def feeds(kind):
    """The feeder of a kind of queue says what it is, and an ending process that it waits for it."""
    ours = guard.around(joining, joined)(kind._finalize_join)
    kind._finalize_join = staticmethod(dressed(ours, kind._finalize_join))
    kind._feed = staticmethod(dressed(_feeding(kind._feed), kind._feed))


def patch(module):
    """Patches `multiprocessing.queues`, or billiard's."""
    values = connection.shown if settings.values() else None
    buffer = buffer_type(module._sentinel, values)
    queue = module.Queue
    # Billiard has one more class below SimpleQueue, without locks.
    kinds = ((queue, QUEUE), (module.JoinableQueue, JOINABLE), (module.SimpleQueue, SIMPLE))
    for holder, kind in kinds:
        hook(holder, "__init__", _making(kind))
        hook(holder, "__setstate__", conditions.made_again(identify))
    hook(module.JoinableQueue, "task_done", guard.around(guard.itself, conditions.counted))
    reset = "_reset" if hasattr(queue, "_reset") else "_after_fork"
    hook(queue, reset, _resetting(buffer))
    feeds(queue)
    if values:
        hook(module.SimpleQueue, "put", connection.valued)
    error = getattr(queue, "_on_queue_feeder_error", None)
    if error is not None:
        ours = guard.around(drop, None)(error)
        queue._on_queue_feeder_error = staticmethod(dressed(ours, error))
