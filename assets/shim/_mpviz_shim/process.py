"""`multiprocessing.process`: starts, a child's first and last words, joins and codes read."""
import sys
from sys import modules
from time import monotonic_ns as now
from types import BuiltinFunctionType, ClassMethodDescriptorType, FunctionType, MethodDescriptorType
from types import MethodType, MethodWrapperType, WrapperDescriptorType

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
token = parts.token
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook, dressed, graft = guard.swallow, guard.hook, guard.dressed, guard.graft
around, outcome, unseen, OUTSIDE = guard.around, guard.outcome, guard.unseen, guard.OUTSIDE
FOREVER = ring.FOREVER
OWN = ("multiprocessing", "concurrent", "billiard", "loky", "joblib")
METHODS = {"fork": 1, "spawn": 2, "forkserver": 3, "loky": 2, "loky_init_main": 2}


def method_of(process):
    """Returns the start method's number, without deciding on one."""
    name = getattr(process, "_start_method", None)
    if name is None:
        package = type(process)._bootstrap.__module__.partition(".")[0]
        default = modules[package + ".context"]._default_context
        name = (default._actual_context or default._default_context)._name
    return METHODS.get(name, 0)


#: What is asked for its name without running anything of the program's.
PLAIN = (FunctionType, MethodType, BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType,
         MethodWrapperType, ClassMethodDescriptorType, type)


def is_partial(target):
    """Whether a callable is one of `functools.partial`, asked as carefully."""
    return type(target).__name__ == "partial" and type(target).__module__ == "functools"


def named(target):
    """Returns a callable's module and name: those of what a partial calls; of an odd one those that
    `functools.update_wrapper` gave it, else its type's."""
    for _ in range(8):
        if not is_partial(target):
            break
        target = target.func
    if not issubclass(type(target), PLAIN):
        try:
            own = object.__getattribute__(target, "__dict__")
            if type(own) is dict and type(own.get("__qualname__")) is str:
                return own.get("__module__") or "", own["__qualname__"]
        except AttributeError:
            pass
        target = type(target)
    return getattr(target, "__module__", None) or "", target.__qualname__


def function_of(process):
    """Returns NUL and the function that a process is to run, or nothing: a pool's own goes without saying."""
    try:
        module, name = named(type(process).run if process._target is None else process._target)
        if module.partition(".")[0] in OWN:
            return ""
        return "\0" + name.rpartition("<locals>.")[2]
    except Exception:
        return ""


def starting(self):
    """Before `start`: who is to be started."""
    if self._popen is not None:
        return None
    mine = token()
    place = where(OUTSIDE)
    tell_text(self._name + function_of(self))
    tell(ring.START, method_of(self), int(bool(self.daemon)), *place, 0, mine, 0, 0)
    return self, mine


def started(ticket, _, error):
    """After `start`."""
    process, mine = ticket
    if error is None:
        tell(ring.STARTED, 0, 0, 0, 0, 0, mine, process._popen.pid, 0)
    else:
        tell_text(describe(error))
        tell(ring.START_FAILED, 0, 0, 0, 0, 0, mine, 0, 0)


#: Integers that a child keeps.
kept = []


def _settle():
    """Takes the single places that the fork left free in full pools of Python's allocator.

    Some of what hooks added to its parent has filled a pool from which the fork then gave back an
    integer or two. Were these places the first, the program's integers would take turns in them, a
    pool taken out of its list and put back for each: two hundredths of a loop that computes.
    """
    kept.extend([now() for _ in range(16)])


def _booting(theirs):
    def _bootstrap(self, *args, **kwargs):
        try:
            _settle()
            tell_text(self._name)
            tell(ring.BOOT, method_of(self), 0, 0, 0, 0, self._parent_pid, 0, 0)
            last.process, last.code, last.failure, last.finished = self, None, None, False
            last.outer = id(sys.exc_info()[1])
        except Exception as error:
            swallow(error)
        try:
            code = theirs(self, *args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise
        try:
            last.code = code
            if last.finished:
                exiting()
            else:
                # From 3.13 on feeders are joined after this function, by `atexit`.
                finishing(last.failure if code == 1 else None)
        except Exception as error:
            swallow(error)
        return code

    return _bootstrap


class Last:
    """What is known of this process's end: whose it is, its code, what its function raised in words."""

    process = code = failure = None
    #: The number of the exception that its parent was handling when it forked.
    outer = None
    finished = False


last = Last()


def uncaught():
    """Returns in words what ends this process, asked while its end is under way; None if nothing does."""
    if last.process is None:
        error = getattr(sys, "last_value", None)
    else:
        error = sys.exc_info()[1]
        if id(error) == last.outer:
            return None
    return None if error is None or isinstance(error, SystemExit) else describe(error)


def finishing(failure):
    """Tells once that the process's own function is over, and what it failed with."""
    if last.finished:
        return
    last.finished = True
    if failure is not None:
        tell_text(failure)
        tell(ring.FAILED, 0, 0, 0, 0, 0, 0, 0, 0)
    tell(ring.FINISHING, 0, 0, 0, 0, 0, 0, 0, 0)


def exiting():
    """Tells the code with which a child is about to exit, once its feeders are done."""
    if last.code is not None:
        code, last.code = last.code, None
        tell(ring.EXITING, 0, 0, 0, 0, 0, 0, code & FOREVER, 0)


def describe(error):
    """Returns an exception in a line: its type and what it says."""
    try:
        said = str(error)
    except Exception:
        said = "?"
    name = type(error).__name__
    return name + ": " + said if said else name


def failing(error):
    """Remembers in words what a process's function raised, where its end comes too late to ask: kept
    itself, it would live too long."""
    if sys.hexversion >= 0x30D0000 and last.process is not None and not isinstance(error, SystemExit):
        last.failure = describe(error)


# fmt: off
def _running(theirs, failing=failing):
 def run(self):
  try:



        if self._target:
            self._target(*self._args, **self._kwargs)
  except BaseException as error:
   failing(error)
   raise
 return run
# fmt: on


def joining(self, timeout=None):
    """Before `join`, if the process is not known to be over."""
    if self._popen is None or self._popen.returncode is not None:
        return None
    pid = self._popen.pid
    tell(ring.BLOCK, 8, 0, *where(OUTSIDE), 0, pid, ring.until(timeout), 0)
    return self, pid


def joined(ticket, _, error):
    """After `join`."""
    process, pid = ticket
    gone = process._popen is None or process._popen.returncode is not None
    tell(ring.UNBLOCK, outcome(error, gone), 0, 0, 0, 0, pid, 0, 0)


def reading(self):
    """Before `exitcode` is read."""
    return self


def read(process, code, error):
    """After `exitcode` was read: told the first time that it is known."""
    popen = process._popen
    if code is not None and error is None and not hasattr(popen, "_mpviz_read"):
        popen._mpviz_read = True
        tell(ring.CODE_READ, 0, 0, *where(OUTSIDE), 0, popen.pid, code & FOREVER, 0)


def patch(module):
    """Patches `multiprocessing.process`, or billiard's."""
    kind = module.BaseProcess
    hook(kind, "start", around(starting, started))
    hook(kind, "_bootstrap", _booting)
    graft(kind, "run", _running, ("_target", "_args", "_kwargs"), 1)
    hook(kind, "join", around(joining, joined))
    theirs = kind.exitcode
    exitcode = dressed(around(reading, read)(theirs.fget), theirs.fget)
    kind.exitcode = property(exitcode, doc=theirs.__doc__)
