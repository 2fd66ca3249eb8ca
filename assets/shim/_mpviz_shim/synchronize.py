"""`multiprocessing.synchronize`: the program's locks each time, a queue's only when they block.

Each SemLock gets its own `acquire` and `release` in `_make_methods`, where the original puts the C
methods. `_mpviz` on a lock is None for one of the program's, else (operation, object): what a wait
for it is, and of what it is a part.
"""
from _thread import get_ident
from posix import getpid
from time import monotonic_ns as now
from zlib import crc32

ring = load("ring")  # noqa: F821
tell = ring.tell
where = load("where").where  # noqa: F821
guard = load("guard")  # noqa: F821
swallow, hook, graft, unseen = guard.swallow, guard.hook, guard.graft, guard.unseen
around, itself, outcome, OUTSIDE = guard.around, guard.itself, guard.outcome, guard.OUTSIDE
inside = load("connection").inside  # noqa: F821
BLOCK, UNBLOCK, TAKEN, RELEASED = ring.BLOCK, ring.UNBLOCK, ring.TAKEN, ring.RELEASED
FOREVER = ring.FOREVER
ACQUIRE = 7
CLASSES = {"Lock": 1, "RLock": 2, "Semaphore": 3, "BoundedSemaphore": 4}


def key_of(lock):
    """Returns a lock's key, which every process computes alike; 0 for no lock."""
    if getattr(lock, "_semlock", None) is None:
        return 0
    key = getattr(lock, "_mpviz_key", None)
    if key is None:
        # Under fork a semaphore's name is gone at once: children inherit the key itself.
        semlock = lock._semlock
        name = semlock.name or "%d %d %d" % (getpid(), now(), semlock.handle)
        key = lock._mpviz_key = crc32(name.encode()) or 1
    return key


def waiting(raw, operation, key, timeout, place):
    """Waits for a lock that was not free, and tells it."""
    try:
        tell(BLOCK, operation, 0, *place, 0, key, ring.until(timeout), 0)
    except Exception as error:
        swallow(error)
    try:
        got = raw(True, timeout)
    except BaseException as error:
        tell(UNBLOCK, outcome(error), 0, 0, 0, 0, key, 0, 0)
        unseen(error)
        raise
    try:
        tell(UNBLOCK, outcome(None, got), 0, 0, 0, 0, key, 0, 0)
    except RecursionError:
        pass
    return got


def may_wait(timeout):
    """Whether a timeout is one that the C method takes, and lets it wait."""
    return timeout is None or type(timeout) in (int, float) and timeout > 0


def _quiet(raw, operation, number):
    """`acquire` of a lock that is a part of something."""

    def acquire(block=True, timeout=None):
        try:
            if timeout is not None and not may_wait(timeout) or block is not True:
                return raw(block, timeout)
            return raw(False) or waiting(raw, operation, number, timeout, where(3))
        except BaseException as error:
            unseen(error)
            raise

    return acquire


def _told(raw, key):
    """`acquire` of the program's own lock."""

    def acquire(block=True, timeout=None):
        try:
            place = where(2)
            if block is not True or not may_wait(timeout):
                got = raw(block, timeout)
            else:
                got = raw(False) or waiting(raw, ACQUIRE, key, timeout, place)
        except BaseException as error:
            unseen(error)
            raise
        if got:
            try:
                tell(TAKEN, 0, 0, *place, 0, key, 0, 0)
            except RecursionError:
                # It is taken: the program must not be told otherwise.
                pass
        return got

    return acquire


def _releasing(raw, key):
    def release():
        try:
            tell(RELEASED, 0, 0, *where(2), 0, key, 0, 0)
        except RecursionError:
            pass
        try:
            return raw()
        except BaseException as error:
            unseen(error)
            raise

    return release


def promote(lock):
    """A lock is the program's own: it is told each time."""
    key = key_of(lock)
    lock._mpviz = None
    lock.acquire = _told(lock._semlock.acquire, key)
    lock.release = _releasing(lock._semlock.release, key)


def mark(lock, operation, number):
    """A lock is a part of something: it is told only when it is really waited for."""
    if getattr(lock, "_semlock", None) is None:
        return
    lock._mpviz = (operation, number)
    lock.acquire = _quiet(lock._semlock.acquire, operation, number)
    lock.release = lock._semlock.release


def unmark(lock):
    """A lock is never waited for: nothing is told of it."""
    lock._mpviz = ()
    lock.acquire = lock._semlock.acquire
    lock.release = lock._semlock.release


def has_methods(self, _, error):
    """After a lock got its methods."""
    if error is None:
        if get_ident() in inside:
            mark(self, ACQUIRE, key_of(self))
        else:
            promote(self)


def taken(self):
    """Tells that the program has one of its locks."""
    tell(TAKEN, 0, 0, *where(3), 0, key_of(self), 0, 0)


def leaving(self):
    """Tells that the program is about to give back one of its locks."""
    tell(RELEASED, 0, 0, *where(3), 0, key_of(self), 0, 0)


def blocks(self):
    """Tells that a lock is not free. Returns for what it is waited."""
    operation, number = self._mpviz or (ACQUIRE, key_of(self))
    tell(BLOCK, operation, 0, *where(3), 0, number, FOREVER, 0)
    return number


def unblocked(number, error=None):
    """Tells how the wait ended."""
    tell(UNBLOCK, outcome(error), 0, 0, 0, 0, number, 0, 0)


# Grafts, whose calls have the lines and columns of their models: see `guard.graft`. What is taken or
# to be given back is so, even if the stack has no room to tell it; and taking needs as much of the
# stack as giving back, which a call with a tuple does (3.11 counts other calls of C otherwise).
# fmt: off
def _entering(theirs, taken=taken, blocks=blocks, unblocked=unblocked, at_once=(False,)):
 def __enter__(self):
  if self._semlock.acquire(*at_once):
   try:
    if self._mpviz is None: taken(self)
   except RecursionError: pass
   return True
  number = blocks(self)
  try:
        got =  self._semlock.__enter__()
  except BaseException as error:
   unblocked(number, error)
   raise
  try:
   unblocked(number)
   if self._mpviz is None: taken(self)
  except RecursionError: pass
  return got
 return __enter__


def _leaving(theirs, leaving=leaving):
 def __exit__(self, *args):
  try:
   if self._mpviz is None: leaving(self)
  except RecursionError: pass
  if True:
        return self._semlock.__exit__(*args)
 return __exit__
# fmt: on


def _making(kind):
    def made(self, _, error):
        if error is None and getattr(self, "_mpviz", 0) is None:
            value = self._semlock._get_value()
            tell(ring.LOCK, kind, 0, *where(OUTSIDE), 0, key_of(self), value, 0)

    return around(itself, made)


def patch(module):
    """Patches `multiprocessing.synchronize`, or billiard's."""
    kind = module.SemLock
    hook(kind, "_make_methods", around(itself, has_methods))
    kind._mpviz = ()
    if not graft(kind, "__enter__", _entering, ("_semlock", "__enter__"), 7):
        hook(kind, "__enter__", lambda theirs: lambda self: self.acquire())
    if not graft(kind, "__exit__", _leaving, ("_semlock", "__exit__"), 4):
        hook(kind, "__exit__", lambda theirs: lambda self, *args: self.release())
    for name, number in CLASSES.items():
        holder = getattr(module, name)
        hook(holder, "__init__", _making(number))
    load("conditions").patch(module)  # noqa: F821
