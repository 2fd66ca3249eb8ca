"""`multiprocessing.process`: starts, a child's first and last words, joins and codes read."""
from sys import modules

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
token = parts.token
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook, dressed, graft = guard.swallow, guard.hook, guard.dressed, guard.graft
FOREVER = ring.FOREVER
METHODS = {"fork": 1, "spawn": 2, "forkserver": 3}


def method_of(process):
    """Returns the start method's number, without deciding on one."""
    name = getattr(process, "_start_method", None)
    if name is None:
        package = type(process)._bootstrap.__module__.partition(".")[0]
        default = modules[package + ".context"]._default_context
        name = (default._actual_context or default._default_context)._name
    return METHODS.get(name, 0)


def _starting(theirs):
    def start(self):
        mine = 0
        try:
            if self._popen is None:
                mine = token()
                place = where(2)
                tell_text(self._name)
                tell(ring.START, method_of(self), int(bool(self.daemon)), *place, 0, mine, 0, 0)
        except Exception as error:
            swallow(error)
        try:
            theirs(self)
        except BaseException as error:
            if mine:
                tell_text("%s: %s" % (type(error).__name__, error))
                tell(ring.START_FAILED, 0, 0, 0, 0, 0, mine, 0, 0)
            raise
        if mine:
            tell(ring.STARTED, 0, 0, 0, 0, 0, mine, self._popen.pid, 0)

    return start


def _booting(theirs):
    def _bootstrap(self, *args, **kwargs):
        try:
            tell_text(self._name)
            tell(ring.BOOT, method_of(self), 0, 0, 0, 0, self._parent_pid, 0, 0)
            last.process, last.code, last.error, last.finished = self, None, None, False
        except Exception as error:
            swallow(error)
        code = theirs(self, *args, **kwargs)
        try:
            last.code = code
            if last.finished:
                exiting()
            else:
                # From 3.13 on feeders are joined after this function, by `atexit`.
                finishing(None)
        except Exception as error:
            swallow(error)
        return code

    return _bootstrap


class Last:
    """What is known of this process's end: whose it is, its error, its code."""

    process = code = error = None
    finished = False


last = Last()


def finishing(error):
    """Tells once that the process's own function is over, and what it failed with."""
    if last.finished:
        return
    last.finished = True
    error = last.error or error
    last.error = None
    if error is not None and not isinstance(error, SystemExit):
        tell_text(describe(error))
        tell(ring.FAILED, 0, 0, 0, 0, 0, 0, 0, 0)
    tell(ring.FINISHING, 0, 0, 0, 0, 0, 0, 0, 0)


def exiting():
    """Tells the code with which a child is about to exit, once its feeders are done."""
    if last.code is not None:
        tell(ring.EXITING, 0, 0, 0, 0, 0, 0, last.code & FOREVER, 0)


def describe(error):
    """Returns an exception in a line: its type and what it says."""
    try:
        said = str(error)
    except Exception:
        said = "?"
    name = type(error).__name__
    return name + ": " + said if said else name


def failing(error):
    """Remembers what a process's function raised."""
    last.error = error


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


def _joining(theirs):
    def join(self, timeout=None):
        pid = 0
        try:
            if self._popen is not None and self._popen.returncode is None:
                pid = self._popen.pid
                until = ring.until(timeout)
                tell(ring.BLOCK, 8, 0, *where(2), 0, pid, until, 0)
        except Exception as error:
            swallow(error)
        try:
            theirs(self, timeout)
        except BaseException as error:
            if pid:
                tell(ring.UNBLOCK, 7 if isinstance(error, Exception) else 6, 0, 0, 0, 0, pid, 0, 0)
            raise
        if pid:
            gone = self._popen is None or self._popen.returncode is not None
            tell(ring.UNBLOCK, 0 if gone else 3, 0, 0, 0, 0, pid, 0, 0)

    return join


def _reading(theirs):
    def exitcode(self):
        code = theirs(self)
        try:
            if code is not None and not hasattr(self._popen, "_mpviz_read"):
                self._popen._mpviz_read = True
                tell(ring.CODE_READ, 0, 0, *where(2), 0, self._popen.pid, code & FOREVER, 0)
        except Exception as error:
            swallow(error)
        return code

    return exitcode


def patch(module):
    """Patches `multiprocessing.process`, or billiard's."""
    kind = module.BaseProcess
    hook(kind, "start", _starting)
    hook(kind, "_bootstrap", _booting)
    graft(kind, "run", _running, ("_target", "_args", "_kwargs"), 1)
    hook(kind, "join", _joining)
    theirs = kind.exitcode
    kind.exitcode = property(dressed(_reading(theirs.fget), theirs.fget), doc=theirs.__doc__)
