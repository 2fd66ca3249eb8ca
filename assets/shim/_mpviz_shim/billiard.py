"""`billiard.pool`, which celery is built on: a worker's tasks, between `wait_for_job` and `outq`.

The parent's side reads and writes its pipes by itself, so only what workers do is told.
"""
from os import cpu_count
from sys import _getframe

ring, where = load("forks").parts()  # noqa: F821
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook, around, unseen = guard.swallow, guard.hook, guard.around, guard.unseen
pools = load("pool")  # noqa: F821
key_of, name_of, End = pools.key_of, pools.name_of, pools.End
describe = load("process").describe  # noqa: F821
READY, TASK = 1, 2


def called(func, args):
    """Returns a task's name: celery's own where it is one of its tasks."""
    name = name_of(func, args)
    if "trace_task" in name and args and isinstance(args[0], str):
        return args[0]
    return name


def _waiting(pool, theirs):
    def wait_for_job(*args, **kwargs):
        try:
            request = theirs(*args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise
        try:
            if request and request[0] == TASK:
                job, place, func, args, _ = request[1]
                tell_text(called(func, args))
                tell(ring.TASK_START, 0, 0, 0, 0, 0, pool, key_of(job, place or 0), 0)
        except Exception as error:
            swallow(error)
        return request

    return wait_for_job


def _putting(pool, theirs):
    def put(item):
        try:
            if item[0] == READY:
                job, place, (success, value) = item[1][:3]
                if not success:
                    tell_text(describe(getattr(value, "exception", value)))
                outcome = 1 if success else 0
                tell(ring.TASK_END, outcome, 0, 0, 0, 0, pool, key_of(job, place or 0), 0)
        except Exception as error:
            swallow(error)
        try:
            return theirs(item)
        except BaseException as error:
            unseen(error)
            raise

    return put


def looping(self, *_, **__):
    """Before a worker's loop: puts our ends in place of its own."""
    pool = self.inq._reader._mpviz
    results = self.outq._writer._mpviz
    # Celery's pool has a queue for each worker, which only the worker knows as a pool's.
    if results not in pools.of_results:
        pools.of_results[results] = pool
        tell(ring.POOL, 1, 0, 0, 0, 0, pool, 1, results)
    self.wait_for_job = _waiting(pool, self.wait_for_job)
    self.outq = End(self.outq, "put", _putting(pool, self.outq.put))


def setting_up(self, *_, **__):
    """Before a pool's queues are made, in its `__init__`."""
    size = _getframe(2).f_locals.get("processes") or cpu_count() or 1
    return self, size, where(guard.OUTSIDE)


def set_up(ticket, _, error):
    """After it: celery's own pools have none at this point."""
    pool, size, place = ticket
    if error is None and getattr(pool, "_inqueue", None) is not None:
        number, results = pool._inqueue._reader._mpviz, pool._outqueue._reader._mpviz
        pools.of_results[results] = number
        tell(ring.POOL, 1, 0, *place, 0, number, size, results)


def patch(module):
    """Patches `billiard.pool`."""
    hook(module.Pool, "_setup_queues", around(setting_up, set_up))
    hook(module.Worker, "workloop", around(looping, None))
