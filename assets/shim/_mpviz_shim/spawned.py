"""`subprocess`: programs that are started, and waits for them. What is reaped, `os.waitpid` says."""
import sys

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell = ring.tell
guard = load("guard")  # noqa: F821
hook, around, outcome, OUTSIDE = guard.hook, guard.around, guard.outcome, guard.OUTSIDE
WAIT, COMMUNICATE = 11, 12


def executing(self, args, *_, **__):
    """Before a child is made for a command."""
    return self, parts.spawning(args, where(OUTSIDE))


def executed(ticket, _, error):
    """After it was made, or not."""
    popen, mine = ticket
    parts.spawned(mine, popen.pid, error)


def _waiting(module, operation):
    inner = module.__file__

    def waiting(self, *args, **kwargs):
        # `communicate` and `run` wait by themselves: only the outermost wait is told.
        if self.returncode is not None:
            return None
        if sys._getframe(OUTSIDE - 1).f_code.co_filename == inner and operation == WAIT:
            return None
        timeout = kwargs.get("timeout", args[-1] if args else None)
        timeout = timeout if isinstance(timeout, (int, float)) else None
        tell(ring.BLOCK, operation, 0, *where(OUTSIDE), 0, self.pid, ring.until(timeout), 0)
        return self.pid

    def waited(pid, _, error):
        is_late = isinstance(error, module.TimeoutExpired)
        tell(ring.UNBLOCK, 3 if is_late else outcome(error), 0, 0, 0, 0, pid, 0, 0)

    return around(waiting, waited)


def patch(module):
    """Patches `subprocess`."""
    hook(module.Popen, "_execute_child", around(executing, executed))
    hook(module.Popen, "wait", _waiting(module, WAIT))
    hook(module.Popen, "communicate", _waiting(module, COMMUNICATE))
