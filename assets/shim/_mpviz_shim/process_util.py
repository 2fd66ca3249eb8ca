"""`multiprocessing.util`: the moment when a process's own function is over, and helpers' starts.

`_exit_function` joins feeders and runs finalisers; in a child it is looked up at its end, in the
main process `atexit` has the original, so one of ours is registered after it and runs before it.
"""
import atexit
import sys

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell, tell_text = ring.tell, ring.tell_text
hook = load("guard").hook  # noqa: F821
child = load("process").child  # noqa: F821
_said = []


def finishing(error):
    """Tells once per process that its own function is over, and what it failed with."""
    me = parts.os.getpid()
    if me in _said:
        return
    _said[:] = [me]
    if error is not None and not isinstance(error, SystemExit):
        tell_text(describe(error))
        tell(ring.FAILED, 0, 0, 0, 0, 0, 0, 0, 0)
    tell(ring.FINISHING, 0, 0, 0, 0, 0, 0, 0, 0)


def describe(error):
    """Returns an exception in a line: its type and what it says."""
    try:
        said = str(error)
    except Exception:
        said = "?"
    name = type(error).__name__
    return name + ": " + said if said else name


def _exiting(theirs):
    def _exit_function(*args, **kwargs):
        try:
            if child:
                finishing(sys.exc_info()[1])
        except Exception as error:
            load("guard").swallow(error)  # noqa: F821
        return theirs(*args, **kwargs)

    return _exit_function


def _at_exit():
    try:
        finishing(getattr(sys, "last_value", None))
    except Exception:
        pass


def _spawning(theirs):
    def spawnv_passfds(path, args, passfds):
        mine = 0
        try:
            mine = parts.token()
            tell_text(parts.command(args))
            tell(ring.SPAWN, 0, 0, *where(2), 0, mine, 0, 0)
        except Exception as error:
            load("guard").swallow(error)  # noqa: F821
        try:
            pid = theirs(path, args, passfds)
        except BaseException:
            if mine:
                tell(ring.SPAWN_FAILED, 0, 0, 0, 0, 0, mine, 0, 0)
            raise
        if mine:
            tell(ring.SPAWNED, 0, 0, 0, 0, 0, mine, pid, 0)
        return pid

    return spawnv_passfds


def patch(module):
    """Patches `multiprocessing.util`, or billiard's."""
    hook(module, "_exit_function", _exiting)
    hook(module, "spawnv_passfds", _spawning)
    atexit.register(_at_exit)
