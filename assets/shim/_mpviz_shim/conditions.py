"""Conditions, events and barriers of `multiprocessing.synchronize`, and JoinableQueue's counting.

Each is made of semaphores, which are told only when they block, as waits for the whole. Nothing is
kept on an Event: it is pickled by its dictionary, and that must stay as it was.
"""
from _thread import get_ident

locks = load("synchronize")  # noqa: F821
ring, tell, where = locks.ring, locks.tell, locks.where
key_of, mark, inside = locks.key_of, locks.mark, locks.inside
guard = load("guard")  # noqa: F821
swallow, hook, around = guard.swallow, guard.hook, guard.around
itself, OUTSIDE = guard.itself, guard.OUTSIDE
ACQUIRE, AWAIT, NOTIFY = 7, 16, 17
CONDITION, EVENT, BARRIER = 5, 6, 7
#: How deep the frame outside of a hook lies, for what `making` calls.
MADE = OUTSIDE + 1


def adopt(condition, number, with_lock=True):
    """A condition's waits are waits for `number`, of which it is a part."""
    if with_lock:
        mark(condition._lock, ACQUIRE, number)
        condition._make_methods()
    mark(condition._sleeping_count, NOTIFY, number)
    mark(condition._woken_count, NOTIFY, number)
    mark(condition._wait_semaphore, AWAIT, number)


def making(made):
    """Hooks an `__init__` whose parts are not told.

    `made(self, tells, lock)` is called at its end: whether the whole is to be told, and which lock
    was given.
    """

    def begins(self, lock=None, *_, **__):
        me = get_ident()
        outer = inside.get(me)
        inside[me] = outer or True
        return self, lock, me, not outer

    def ends(ticket, _, error):
        self, lock, me, tells = ticket
        if tells:
            inside.pop(me, None)
        if error is None:
            made(self, tells, lock)

    return around(begins, ends)


def made_again(has_state):
    """Hooks a `__setstate__`: `has_state(self)` is called at its end."""

    def ends(self, _, error):
        if error is None:
            has_state(self)

    return around(itself, ends)


def _condition(self, tells, lock):
    number = key_of(self._wait_semaphore)
    adopt(self, number, not tells)
    if tells:
        place = where(MADE)
        tell(ring.LOCK, CONDITION, 0, *place, 0, number, 0, key_of(self._lock))
        if lock is None:
            locks.promote(self._lock)
            self._make_methods()
            tell(ring.LOCK, 2, 0, *place, 0, key_of(self._lock), 1, number)


def _condition_again(self):
    adopt(self, key_of(self._wait_semaphore), False)


def _is_event(event):
    number = key_of(event._flag)
    mark(event._flag, AWAIT, number)
    adopt(event._cond, number)
    return number


def _event(self, tells, _):
    number = _is_event(self)
    if tells:
        tell(ring.LOCK, EVENT, 0, *where(MADE), 0, number, 0, 0)


def _event_again(self, state):
    self.__dict__.update(state)
    try:
        _is_event(self)
    except Exception as error:
        swallow(error)


def _flagging(value):
    def flagging(self):
        tell(ring.COUNT, 0, 0, *where(OUTSIDE), 0, key_of(self._flag), value, 0)

    return around(flagging, None)


def _is_barrier(barrier):
    number = key_of(barrier._cond._wait_semaphore)
    adopt(barrier._cond, number)
    return number


def _barrier(self, tells, _):
    number = _is_barrier(self)
    if tells:
        tell(ring.LOCK, BARRIER, 0, *where(MADE), 0, number, self._parties, 0)


def joinable(queue, number):
    """The semaphores of `task_done` and `join` are a queue's own."""
    mark(queue._unfinished_tasks, AWAIT, number)
    adopt(queue._cond, number)


def counted(self, _, error):
    """After `task_done`: tells how many tasks are not done yet."""
    if error is None:
        left = self._unfinished_tasks._semlock._get_value()
        tell(ring.COUNT, 0, 0, *where(OUTSIDE), 0, self._reader._mpviz, left, 0)


def patch(module):
    """Patches the other half of `multiprocessing.synchronize`, or billiard's."""
    hook(module.Condition, "__init__", making(_condition))
    hook(module.Condition, "__setstate__", made_again(_condition_again))
    hook(module.Event, "__init__", making(_event))
    if "__setstate__" not in vars(module.Event):
        module.Event.__setstate__ = _event_again
    hook(module.Event, "set", _flagging(1))
    hook(module.Event, "clear", _flagging(0))
    if hasattr(module, "Barrier"):
        hook(module.Barrier, "__init__", making(_barrier))
        hook(module.Barrier, "__setstate__", made_again(_is_barrier))
