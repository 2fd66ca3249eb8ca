"""`concurrent.futures.process`: an executor's tasks, as a pool's: given, begun, ended, fetched: in the hands of who asked.

A task's key is its work id. Workers get proxies of their queues, so `_process_worker` is the
original.
"""
from _thread import get_ident
from sys import _getframe
from types import FunctionType
from weakref import ref

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook, unseen = guard.swallow, guard.hook, guard.unseen
around, OUTSIDE = guard.around, guard.OUTSIDE
MANAGER = 5
pools = load("pool")  # noqa: F821
name_of, End, shown, describe = pools.name_of, pools.End, pools.shown, pools.describe
connection = load("connection")  # noqa: F821
inside, QUIET = connection.inside, connection.QUIET
waits = load("waits")  # noqa: F821
is_awaited = waits.is_awaited
settings = load("settings")  # noqa: F821
is_partial = load("process").is_partial  # noqa: F821


def _working(theirs):
    def _process_worker(call_queue, result_queue, *args, **kwargs):
        try:
            pool = getattr(getattr(call_queue, "_reader", None), "_mpviz", 0)
            if pool:
                call_queue, result_queue = _ends(pool, call_queue, result_queue)
        except Exception as error:
            swallow(error)
        try:
            return theirs(call_queue, result_queue, *args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise

    return _process_worker


def called(item):
    """Returns the name of an item's function: the user's own where it is a chunk of `map`."""
    func, args = item.fn, item.args
    if is_partial(func) and type(func.func) is FunctionType and func.args:
        if func.func.__name__ == "_process_chunk":
            func = func.args[0]
    return name_of(func, args)


def _ends(pool, calls, results):
    take, give = calls.get, results.put

    def get(*args, **kwargs):
        try:
            item = take(*args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise
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
        try:
            give(item, *args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise

    return End(calls, "get", get), End(results, "put", put)


def making(self, *_, **__):
    """Before an executor is made."""
    return self, where(OUTSIDE)


def made(ticket, _, error):
    """After it was made; its workers are not yet."""
    executor, place = ticket
    if error is None:
        pool = executor._call_queue._reader._mpviz
        results = executor._result_queue._reader._mpviz
        kind = 4 if "loky" in type(executor)._start_executor_manager_thread.__module__ else 3
        tell(ring.POOL, kind, 0, *place, 0, pool, executor._max_workers, results)


def nudging(self):
    """Before the pipe is made that wakes the manager, which is nobody's business."""
    me = get_ident()
    outer = inside.get(me)
    inside[me] = QUIET
    return me, outer


def nudged(ticket, _, error):
    """After it."""
    me, outer = ticket
    if outer is None:
        inside.pop(me, None)


def asking(self, future, fn, args, kwargs):
    """Before a work item is made: `submit` does it while it holds the lock of the count."""
    executor = _getframe(2).f_locals["self"]
    pool = executor._call_queue._reader._mpviz
    self.fn, self.args = fn, args
    tell_text(called(self) + (shown(args) if settings.values() else ""))
    tell(ring.TASK_SUBMIT, 0, 0, *where(OUTSIDE), 0, pool, executor._queue_count, 0)
    is_awaited(future._condition, pool, executor._queue_count, ref(future))


def running(self):
    """Before the manager thread's own function."""
    pool = getattr(self.call_queue._reader, "_mpviz", 0)
    tell(ring.THREAD, MANAGER, 0, 0, 0, 0, pool, 0, 0)
    return pool


def ran(pool, _, error):
    """After it."""
    tell(ring.THREAD_END, MANAGER, 0, 0, 0, 0, pool, 0, 0)


def handing(self, result_item):
    """Before a result is handed to its future: a callback of the program's has it then."""
    item = self.pending_work_items.get(getattr(result_item, "work_id", None))
    if item is not None and item.future._done_callbacks:
        pool = self.call_queue._reader._mpviz
        tell(ring.TASK_FETCHED, 0, 0, 0, 0, 0, pool, result_item.work_id, 0)
        # What the callback asks it then is known.
        item.future._condition._mpviz_future = None


def patch(module):
    """Patches `concurrent.futures.process`, or loky's `process_executor`."""
    hook(module, "_process_worker", _working)
    hook(module.ProcessPoolExecutor, "__init__", around(making, made))
    hook(module._ThreadWakeup, "__init__", around(nudging, nudged))
    hook(module._SafeQueue, "_on_queue_feeder_error", around(load("queues").drop, None))
    hook(module._WorkItem, "__init__", around(asking, None))
    future = getattr(module, "Future", None) or module._base.Future
    for name in ("result", "exception", "add_done_callback"):
        code = getattr(getattr(future, name), "__code__", None)
        if code is not None and not any(code is one for one in waits.giving):
            waits.giving.append(code)
    base = getattr(module, "_base", None)
    if base is not None:
        hook(base, "_create_and_install_waiters", around(waits.installing, waits.installed))
    manager = module._ExecutorManagerThread
    hook(manager, "run", around(running, ran))
    hook(manager, "process_result_item", around(handing, None))
