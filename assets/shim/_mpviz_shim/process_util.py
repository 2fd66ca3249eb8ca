"""`multiprocessing.util`: the moment when a process's own function is over, and helpers' starts.

`_exit_function` joins feeders and runs finalisers: a child looks it up at its end, and `atexit` has
it in the main process, and from 3.13 on in children too.
"""
import atexit

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
guard = load("guard")  # noqa: F821
swallow, hook, unseen = guard.swallow, guard.hook, guard.unseen
around, OUTSIDE = guard.around, guard.OUTSIDE
process = load("process")  # noqa: F821


def _exiting(theirs):
    def _exit_function(*args, **kwargs):
        try:
            process.finishing(process.uncaught())
        except Exception as error:
            swallow(error)
        try:
            result = theirs(*args, **kwargs)
        except BaseException as error:
            unseen(error)
            raise
        process.exiting()
        return result

    return _exit_function


def spawning(path, args, passfds):
    """Before an interpreter is started for a child or a helper."""
    return parts.spawning(args, where(OUTSIDE))


def patch(module):
    """Patches `multiprocessing.util`, or billiard's."""
    theirs = module._exit_function
    hook(module, "_exit_function", _exiting)
    hook(module, "spawnv_passfds", around(spawning, parts.spawned))
    # The module has registered its own a moment ago; billiard has none.
    if module.__name__ == "multiprocessing.util":
        atexit.unregister(theirs)
        atexit.register(module._exit_function)
