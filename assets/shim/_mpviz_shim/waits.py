"""Waits for results that come through a condition of `threading`: futures of executors, `imap`.

The condition of such an object is given a class of ours, so that `result` and `next` stay what they
are; only a wait itself passes through here.
"""
from sys import _getframe
from threading import Condition, Event

ring, where = load("forks").parts()  # noqa: F821
tell = ring.tell
guard = load("guard")  # noqa: F821
swallow, unseen, outcome = guard.swallow, guard.unseen, guard.outcome
FETCH = 14
#: What gives a future's result, its error or itself to the program: the code of `Future`'s methods.
giving = []


class Awaited(Condition):
    """A condition that tells who waits for which task of which pool."""

    def wait(self, timeout=None):
        pool = 0
        try:
            pool, key = self._mpviz
            tell(ring.BLOCK, FETCH, 0, *where(2), 0, pool, ring.until(timeout), key)
        except Exception as error:
            swallow(error)
        try:
            done = Condition.wait(self, timeout)
        except BaseException as error:
            if pool:
                tell(ring.UNBLOCK, outcome(error), 0, 0, 0, 0, pool, 0, 0)
            unseen(error)
            raise
        if pool:
            tell(ring.UNBLOCK, outcome(None, done), 0, 0, 0, 0, pool, 0, 0)
        return done


    def __exit__(self, *args):
        try:
            if self._mpviz_future is not None:
                code = _getframe(1).f_code
                if any(code is one for one in giving):
                    given(self)
        except Exception as error:
            swallow(error)
        finally:
            # Not returned: as the lock's own, it never holds an error back.
            self._lock.__exit__(*args)

    _mpviz_future = None


def given(condition):
    """Tells, once, that the program has the result of a future that is done."""
    future = condition._mpviz_future()
    if future is not None and future._state == "FINISHED":
        condition._mpviz_future = None
        pool, key = condition._mpviz
        tell(ring.TASK_FETCHED, 0, 0, *where(3), 0, pool, key, 0)


Awaited.__name__ = Awaited.__qualname__ = Condition.__name__
Awaited.__module__ = Condition.__module__
Awaited.wait.__doc__ = Condition.wait.__doc__


class AwaitedEvent(Event):
    """An event that tells who waits for some of a pool's tasks: `wait` and `as_completed`."""

    def wait(self, timeout=None):
        try:
            tell(ring.BLOCK, FETCH, 0, *where(2), 0, self._mpviz, ring.until(timeout), 0)
        except Exception as error:
            swallow(error)
        try:
            done = Event.wait(self, timeout)
        except BaseException as error:
            tell(ring.UNBLOCK, outcome(error), 0, 0, 0, 0, self._mpviz, 0, 0)
            unseen(error)
            raise
        tell(ring.UNBLOCK, outcome(None, done), 0, 0, 0, 0, self._mpviz, 0, 0)
        return done


AwaitedEvent.__name__ = AwaitedEvent.__qualname__ = Event.__name__
AwaitedEvent.__module__ = Event.__module__
AwaitedEvent.wait.__doc__ = Event.wait.__doc__


def installing(futures, *_):
    """Before several futures are waited for. Returns the pool of the first that has one."""
    for future in futures:
        pool, _ = getattr(future._condition, "_mpviz", (0, 0))
        if pool:
            return pool
    return None


def installed(pool, waiter, _):
    """After it: what is waited on tells."""
    event = getattr(waiter, "event", None)
    if type(event) is Event:
        event._mpviz = pool
        event.__class__ = AwaitedEvent


def is_awaited(condition, pool, key, future=None):
    """Has a condition tell, of its `future` also that it was taken. One that is no plain Condition
    stays as it is."""
    if type(condition) is Condition and pool:
        condition._mpviz = (pool, key)
        condition._mpviz_future = future
        condition.__class__ = Awaited
