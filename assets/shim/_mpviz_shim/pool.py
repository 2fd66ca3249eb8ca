"""`multiprocessing.pool`: what a pool is, and each task on its way: given, begun, ended, fetched: in the hands of who asked.

A task's key is its job and its place in it. Workers get proxies of the two queues, so `worker` is
the original; the two ends in the parent are `_quick_put` and `_quick_get`.
"""
from _thread import get_ident
from collections import deque
from itertools import count
from os import cpu_count
from types import FunctionType
from weakref import ref

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook, dressed, unseen = guard.swallow, guard.hook, guard.dressed, guard.unseen
around, outcome, OUTSIDE = guard.around, guard.outcome, guard.OUTSIDE
shown = load("connection").shown  # noqa: F821
connection = load("connection")  # noqa: F821
inside, QUIET = connection.inside, connection.QUIET
is_awaited = load("waits").is_awaited  # noqa: F821
settings = load("settings")  # noqa: F821
processes = load("process")  # noqa: F821
describe, named = processes.describe, processes.named
FOREVER = ring.FOREVER
FETCH, JOIN_POOL = 14, 10
TASKS, RESULTS, WORKERS = 2, 3, 4

REMEMBERED = 4096
#: The functions that run a pool's batches.
STARS = ("mapstar", "starmapstar")
#: The youngest jobs: job → the line that asked for it.
asked = {}
#: Threads that make a pool just now: ident → its number of processes.
making = {}


def key_of(job, place):
    """Returns a task's key."""
    return (job << 32 | place & 0xFFFFFFFF) & FOREVER


def name_of(func, args):
    """Returns the name of a task's function: of the user's own where it is a pool's batch."""
    try:
        if type(func) is FunctionType and func.__name__ in STARS and isinstance(args[0], tuple):
            func = args[0][0]
        if type(func).__name__ == "_TracebackCapturingWrapper":
            func = func.func
        if type(func).__name__ == "BatchedCalls":
            func = func.items[0][0]
        return named(func)[1]
    except Exception:
        return "?"


class End:
    """A worker's end of one of the pool's queues: the queue, but for one method."""

    def __init__(self, queue, name, method):
        self._queue = queue
        setattr(self, name, method)

    def __getattr__(self, name):
        return getattr(self._queue, name)


def _working(theirs):
    def worker(inqueue, outqueue, *args, **kwargs):
        try:
            pool = getattr(getattr(inqueue, "_reader", None), "_mpviz", 0)
            if pool:
                inqueue, outqueue = _ends(pool, inqueue, outqueue)
        except Exception as error:
            swallow(error)
        try:
            return theirs(inqueue, outqueue, *args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise

    return worker


def _ends(pool, inqueue, outqueue):
    take, give = inqueue.get, outqueue.put

    def get():
        try:
            task = take()
        except BaseException as error:
            unseen(error)
            raise
        try:
            if isinstance(task, tuple):
                tell_text(name_of(task[2], task[3]))
                tell(ring.TASK_START, 0, 0, 0, 0, 0, pool, key_of(task[0], task[1]), 0)
        except Exception as error:
            swallow(error)
        return task

    def put(result):
        try:
            job, place, (success, value) = result
            if not success:
                tell_text(describe(getattr(value, "exc", value)))
            outcome = 1 if success else 0
            tell(ring.TASK_END, outcome, 0, 0, 0, 0, pool, key_of(job, place), 0)
        except Exception as error:
            swallow(error)
        try:
            give(result)
        except BaseException as error:
            unseen(error)
            raise

    return End(inqueue, "get", get), End(outqueue, "put", put)


def _making(theirs):
    def __init__(self, processes=None, *args, **kwargs):
        me = get_ident()
        making[me] = processes
        # The queue that nudges the thread that looks after workers is nobody's business.
        inside[me] = QUIET
        try:
            theirs(self, processes, *args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise
        finally:
            inside.pop(me, None)
            making.pop(me, None)

    return __init__


def setting_up(self):
    """Before a pool's queues are made, which are told, as parts of it."""
    me = get_ident()
    return self, me, inside.pop(me, None)


def set_up(ticket, _, error):
    """After it."""
    self, me, outer = ticket
    if outer:
        inside[me] = outer
    if error is None:
        pool = self._inqueue._reader._mpviz
        size = max(making.get(me) or cpu_count() or 1, 0)
        results = self._outqueue._reader._mpviz
        of_results[results] = pool
        tell(ring.POOL, 1, 0, *where(OUTSIDE), 0, pool, size, results)
        self._quick_put = _giving(pool, self._quick_put)


def _giving(pool, theirs):
    values = settings.values()

    def put(task):
        try:
            if isinstance(task, tuple):
                name = name_of(task[2], task[3])
                if values:
                    name += shown(task[3])
                tell_text(name)
                place = asked.get(task[0], (0, 0))
                tell(ring.TASK_SUBMIT, 0, 0, *place, 0, pool, key_of(task[0], task[1]), 0)
        except Exception as error:
            swallow(error)
        try:
            theirs(task)
        except BaseException as error:
            unseen(error)
            raise

    return put


def fetched(job, place, spot=(0, 0), whole=0):
    """Tells that the program has a task's result; with `whole` those of all tasks of its job."""
    pool = getattr(job, "_mpviz", 0)
    if pool:
        tell(ring.TASK_FETCHED, whole, 0, *spot, 0, pool, key_of(job._job, place), 0)


def getting(self, *_, **__):
    """Before a job's result is asked for."""
    return self, where(OUTSIDE)


def got(ticket, _, error):
    """After it: the program has it, or the error that it is."""
    job, spot = ticket
    if error is None or error is getattr(job, "_value", None):
        fetched(job, 0, spot, 1)


def setting(self, i, result):
    """Before a result is handed to its job: a callback of the program's has it then."""
    return self, result[0]


def has_set(ticket, _, error):
    """After it."""
    job, success = ticket
    called = job._callback if success and job._success else job._error_callback
    if called and job._event.is_set():
        fetched(job, 0, (0, 0), 1)


class Items(deque):
    """The results that an iterator has for the program: tells of each that is taken."""

    __slots__ = ("job", "place", "places")

    def popleft(self):
        try:
            item = deque.popleft(self)
        except IndexError as error:
            unseen(error)
            raise
        try:
            fetched(self.job(), self.place(), where(3))
        except RecursionError:
            pass
        except Exception as error:
            swallow(error)
        return item


Items.__name__ = Items.__qualname__ = "deque"
Items.__module__ = "collections"


def arriving(self, place, *_):
    """Before a result is handed to an iterator that has them as they come."""
    items = self._items
    if type(items) is Items:
        items.places.append(place)


def asking(self, pool, *_, **__):
    """Before a job is made, which has no number yet."""
    return self, pool, where(OUTSIDE)


def has_asked(ticket, _, error):
    """A job was made by this line."""
    job, pool, place = ticket
    if error is None:
        asked[job._job] = place
        if len(asked) > REMEMBERED:
            for old in list(asked)[: REMEMBERED // 2]:
                asked.pop(old, None)
        reader = getattr(getattr(pool, "_inqueue", None), "_reader", None)
        job._mpviz = getattr(reader, "_mpviz", 0)
        # An `imap` waits by its condition, a `map` by an event, of which `wait` is hooked.
        if hasattr(job, "_cond"):
            if type(job._items) is deque:
                job._items = items = Items()
                items.job, items.places = ref(job), deque()
                is_sorted = type(job).__name__ != "IMapUnorderedIterator"
                items.place = count().__next__ if is_sorted else items.places.popleft
            is_awaited(job._cond, job._mpviz, key_of(job._job, 0))


def awaiting(self, timeout=None):
    """Before a job's results are waited for."""
    pool = getattr(self, "_mpviz", 0)
    if not pool or self._event.is_set():
        return None
    until = ring.until(timeout)
    tell(ring.BLOCK, FETCH, 0, *where(OUTSIDE), 0, pool, until, key_of(self._job, 0))
    return self, pool


def awaited(ticket, _, error):
    """After it."""
    job, pool = ticket
    tell(ring.UNBLOCK, outcome(error, job._event.is_set()), 0, 0, 0, 0, pool, 0, 0)


def joining(self):
    """Before a pool's workers are waited for."""
    pool = getattr(getattr(self._inqueue, "_reader", None), "_mpviz", 0)
    if not pool:
        return None
    tell(ring.BLOCK, JOIN_POOL, 0, *where(OUTSIDE), 0, pool, FOREVER, 0)
    return pool


def joined(pool, _, error):
    """After it."""
    tell(ring.UNBLOCK, outcome(error), 0, 0, 0, 0, pool, 0, 0)


#: A result queue's number → its pool's.
of_results = {}


def threaded(number, queue_of):
    """A thread's main function says what the thread is. `queue_of` finds its result queue."""

    def begins(*args, **_):
        pool = of_results.get(queue_of(args))
        if pool:
            tell(ring.THREAD, number, 0, 0, 0, 0, pool, 0, 0)
        return pool

    def ends(pool, _, error):
        tell(ring.THREAD_END, number, 0, 0, 0, 0, pool, 0, 0)

    return around(begins, ends)


def _of_queue(place):
    return lambda args: getattr(getattr(args[place], "_reader", None), "_mpviz", 0)


def _manage(kind):
    """The three threads of a pool; each has the pool's result queue among its arguments."""
    for name, number, place in (("_handle_tasks", TASKS, 2), ("_handle_results", RESULTS, 0)):
        theirs = getattr(kind, name)
        ours = dressed(threaded(number, _of_queue(place))(theirs), theirs)
        setattr(kind, name, staticmethod(ours))
    held = vars(kind).get("_handle_workers")
    if isinstance(held, classmethod):
        theirs = held.__func__
        ours = dressed(threaded(WORKERS, _of_queue(8))(theirs), theirs)
        kind._handle_workers = classmethod(ours)


def patch(module):
    """Patches `multiprocessing.pool`, or billiard's."""
    hook(module, "worker", _working)
    kind = module.Pool
    hook(kind, "__init__", _making)
    hook(kind, "_setup_queues", around(setting_up, set_up))
    hook(kind, "join", around(joining, joined))
    _manage(kind)
    for name in ("ApplyResult", "IMapIterator"):
        hook(getattr(module, name), "__init__", around(asking, has_asked))
    hook(module.ApplyResult, "wait", around(awaiting, awaited))
    hook(module.ApplyResult, "get", around(getting, got))
    for name in ("ApplyResult", "MapResult"):
        hook(getattr(module, name), "_set", around(setting, has_set))
    hook(module.IMapUnorderedIterator, "_set", around(arriving, None))
