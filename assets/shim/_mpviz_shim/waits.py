"""Waits for results that come through a condition of `threading`: futures of executors, `imap`.

The condition of such an object is given a class of ours, so that `result` and `next` stay what they
are; only a wait itself passes through here.
"""
from threading import Condition

ring, where = load("forks").parts()  # noqa: F821
tell = ring.tell
guard = load("guard")  # noqa: F821
swallow, unseen, outcome = guard.swallow, guard.unseen, guard.outcome
FETCH = 14


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


Awaited.__name__ = Awaited.__qualname__ = Condition.__name__
Awaited.__module__ = Condition.__module__
Awaited.wait.__doc__ = Condition.wait.__doc__


def is_awaited(condition, pool, key):
    """Has a condition tell. One that is no plain Condition stays as it is."""
    if type(condition) is Condition and pool:
        condition._mpviz = (pool, key)
        condition.__class__ = Awaited
