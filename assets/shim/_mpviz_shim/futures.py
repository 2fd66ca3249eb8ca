"""`concurrent.futures.process`: an executor's tasks, as a pool's: given, begun, ended, fetched.

A task's key is its work id. Workers get proxies of their queues, so `_process_worker` is the
original.
"""
from _thread import get_ident
from sys import _getframe

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook = guard.swallow, guard.hook
pools = load("pool")  # noqa: F821
name_of, End, shown, describe = pools.name_of, pools.End, pools.shown, pools.describe
connection = load("connection")  # noqa: F821
inside, QUIET = connection.inside, connection.QUIET
settings = load("settings")  # noqa: F821


def _working(theirs):
    def _process_worker(call_queue, result_queue, *args, **kwargs):
        try:
            pool = getattr(getattr(call_queue, "_reader", None), "_mpviz", 0)
            if pool:
                call_queue, result_queue = _ends(pool, call_queue, result_queue)
        except Exception as error:
            swallow(error)
        return theirs(call_queue, result_queue, *args, **kwargs)

    return _process_worker


def called(item):
    """Returns the name of an item's function: the user's own where it is a chunk of `map`."""
    func, args = item.fn, item.args
    inner = getattr(func, "func", None)
    if getattr(inner, "__name__", None) == "_process_chunk" and func.args:
        func = func.args[0]
    return name_of(func, args)


def _ends(pool, calls, results):
    take, give = calls.get, results.put

    def get(*args, **kwargs):
        item = take(*args, **kwargs)
        try:
            if hasattr(item, "work_id"):
                tell_text(called(item))
                tell(ring.TASK_START, 0, 0, 0, 0, 0, pool, item.work_id, 0)
        except Exception as error:
            swallow(error)
        return item

    def put(item, *args, **kwargs):
        try:
            if hasattr(item, "work_id"):
                failed = item.exception is not None
                if failed:
                    tell_text(describe(getattr(item.exception, "exc", item.exception)))
                tell(ring.TASK_END, 0 if failed else 1, 0, 0, 0, 0, pool, item.work_id, 0)
        except Exception as error:
            swallow(error)
        give(item, *args, **kwargs)

    return End(calls, "get", get), End(results, "put", put)


def _making(theirs):
    def __init__(self, *args, **kwargs):
        theirs(self, *args, **kwargs)
        try:
            pool = self._call_queue._reader._mpviz
            results = self._result_queue._reader._mpviz
            tell(ring.POOL, 3, 0, *where(2), 0, pool, self._max_workers, results)
        except Exception as error:
            swallow(error)

    return __init__


def _nudging(theirs):
    """The pipe that wakes the manager is nobody's business."""

    def __init__(self):
        me = get_ident()
        outer = inside.get(me)
        inside[me] = QUIET
        try:
            theirs(self)
        finally:
            if outer is None:
                inside.pop(me, None)

    return __init__


def _asking(theirs):
    values = settings.values()

    def __init__(self, future, fn, args, kwargs):
        theirs(self, future, fn, args, kwargs)
        try:
            # `submit` makes the item while it holds the lock of the count.
            executor = _getframe(1).f_locals["self"]
            pool = executor._call_queue._reader._mpviz
            tell_text(called(self) + (shown(args) if values else ""))
            tell(ring.TASK_SUBMIT, 0, 0, *where(2), 0, pool, executor._queue_count, 0)
        except Exception as error:
            swallow(error)

    return __init__


def _running(theirs):
    def run(self):
        pool = getattr(self.call_queue._reader, "_mpviz", 0)
        tell(ring.THREAD, 5, 0, 0, 0, 0, pool, 0, 0)
        try:
            theirs(self)
        finally:
            tell(ring.THREAD_END, 5, 0, 0, 0, 0, pool, 0, 0)

    return run


def _fetching(theirs):
    def process_result_item(self, result_item):
        try:
            if hasattr(result_item, "work_id"):
                pool = self.call_queue._reader._mpviz
                tell(ring.TASK_FETCHED, 0, 0, 0, 0, 0, pool, result_item.work_id, 0)
        except Exception as error:
            swallow(error)
        return theirs(self, result_item)

    return process_result_item


def patch(module):
    """Patches `concurrent.futures.process`, or loky's `process_executor`."""
    hook(module, "_process_worker", _working)
    hook(module.ProcessPoolExecutor, "__init__", _making)
    hook(module._ThreadWakeup, "__init__", _nudging)
    hook(module._WorkItem, "__init__", _asking)
    manager = module._ExecutorManagerThread
    hook(manager, "run", _running)
    hook(manager, "process_result_item", _fetching)
