"""`multiprocessing.util`: the moment when a process's own function is over, and helpers' starts.

`_exit_function` joins feeders and runs finalisers: a child looks it up at its end, and `atexit` has
it in the main process, and from 3.13 on in children too.
"""
import atexit
import sys

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook = guard.swallow, guard.hook
process = load("process")  # noqa: F821


def _exiting(theirs):
    def _exit_function(*args, **kwargs):
        try:
            process.finishing(sys.exc_info()[1] or getattr(sys, "last_value", None))
        except Exception as error:
            swallow(error)
        result = theirs(*args, **kwargs)
        process.exiting()
        return result

    return _exit_function


def _spawning(theirs):
    def spawnv_passfds(path, args, passfds):
        mine = 0
        try:
            mine = parts.token()
            tell_text(parts.command(args))
            tell(ring.SPAWN, 0, 0, *where(2), 0, mine, 0, 0)
        except Exception as error:
            swallow(error)
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
    theirs = module._exit_function
    hook(module, "_exit_function", _exiting)
    hook(module, "spawnv_passfds", _spawning)
    # The module has registered its own a moment ago.
    atexit.unregister(theirs)
    atexit.register(module._exit_function)
