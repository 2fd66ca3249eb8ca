"""Conditions, events and barriers of `multiprocessing.synchronize`, and JoinableQueue's counting.

Each is made of semaphores, which are told only when they block, as waits for the whole. Nothing is
kept on an Event: it is pickled by its dictionary, and that must stay as it was.
"""
from _thread import get_ident

locks = load("synchronize")  # noqa: F821
ring, tell, where = locks.ring, locks.tell, locks.where
key_of, mark, inside = locks.key_of, locks.mark, locks.inside
guard = load("guard")  # noqa: F821
swallow, hook = guard.swallow, guard.hook
ACQUIRE, AWAIT, NOTIFY = 7, 16, 17
CONDITION, EVENT, BARRIER = 5, 6, 7


def adopt(condition, number, with_lock=True):
    """A condition's waits are waits for `number`, of which it is a part."""
    if with_lock:
        mark(condition._lock, ACQUIRE, number)
        condition._make_methods()
    mark(condition._sleeping_count, NOTIFY, number)
    mark(condition._woken_count, NOTIFY, number)
    mark(condition._wait_semaphore, AWAIT, number)


def made_within(theirs, self, args, kwargs):
    """Runs an `__init__` whose parts are not told. Returns whether the whole is to be."""
    me = get_ident()
    outer = inside.get(me)
    inside[me] = outer or True
    try:
        theirs(self, *args, **kwargs)
    finally:
        if not outer:
            inside.pop(me, None)
    return not outer


def _condition(theirs):
    def __init__(self, lock=None, **kwargs):
        tells = made_within(theirs, self, (lock,), kwargs)
        try:
            number = key_of(self._wait_semaphore)
            adopt(self, number, not tells)
            if tells:
                tell(ring.LOCK, CONDITION, 0, *where(2), 0, number, 0, key_of(self._lock))
                if lock is None:
                    locks.promote(self._lock)
                    self._make_methods()
                    tell(ring.LOCK, 2, 0, *where(2), 0, key_of(self._lock), 1, number)
        except Exception as error:
            swallow(error)

    return __init__


def _condition_again(theirs):
    def __setstate__(self, state):
        theirs(self, state)
        try:
            adopt(self, key_of(self._wait_semaphore), False)
        except Exception as error:
            swallow(error)

    return __setstate__


def _is_event(event):
    number = key_of(event._flag)
    mark(event._flag, AWAIT, number)
    adopt(event._cond, number)
    return number


def _event(theirs):
    def __init__(self, *args, **kwargs):
        tells = made_within(theirs, self, args, kwargs)
        try:
            number = _is_event(self)
            if tells:
                tell(ring.LOCK, EVENT, 0, *where(2), 0, number, 0, 0)
        except Exception as error:
            swallow(error)

    return __init__


def _event_again(self, state):
    self.__dict__.update(state)
    try:
        _is_event(self)
    except Exception as error:
        swallow(error)


def _flagging(value, theirs):
    def flag(self):
        try:
            tell(ring.COUNT, 0, 0, *where(2), 0, key_of(self._flag), value, 0)
        except Exception as error:
            swallow(error)
        return theirs(self)

    return flag


def _is_barrier(barrier):
    number = key_of(barrier._cond._wait_semaphore)
    adopt(barrier._cond, number)
    return number


def _barrier(theirs):
    def __init__(self, *args, **kwargs):
        tells = made_within(theirs, self, args, kwargs)
        try:
            number = _is_barrier(self)
            if tells:
                tell(ring.LOCK, BARRIER, 0, *where(2), 0, number, self._parties, 0)
        except Exception as error:
            swallow(error)

    return __init__


def _barrier_again(theirs):
    def __setstate__(self, state):
        theirs(self, state)
        try:
            _is_barrier(self)
        except Exception as error:
            swallow(error)

    return __setstate__


def joinable(queue, number):
    """The semaphores of `task_done` and `join` are a queue's own."""
    mark(queue._unfinished_tasks, AWAIT, number)
    adopt(queue._cond, number)


def counting(theirs):
    """Hooks `task_done`: tells how many tasks are not done yet."""

    def task_done(self):
        theirs(self)
        try:
            left = self._unfinished_tasks._semlock._get_value()
            tell(ring.COUNT, 0, 0, *where(2), 0, self._reader._mpviz, left, 0)
        except Exception as error:
            swallow(error)

    return task_done


def patch(module):
    """Patches the other half of `multiprocessing.synchronize`, or billiard's."""
    hook(module.Condition, "__init__", _condition)
    hook(module.Condition, "__setstate__", _condition_again)
    hook(module.Event, "__init__", _event)
    if "__setstate__" not in vars(module.Event):
        module.Event.__setstate__ = _event_again
    hook(module.Event, "set", lambda theirs: _flagging(1, theirs))
    hook(module.Event, "clear", lambda theirs: _flagging(0, theirs))
    if hasattr(module, "Barrier"):
        hook(module.Barrier, "__init__", _barrier)
        hook(module.Barrier, "__setstate__", _barrier_again)
