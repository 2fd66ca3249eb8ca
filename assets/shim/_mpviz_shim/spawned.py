"""`subprocess`: programs that are started, and waits for them. What is reaped, `os.waitpid` says."""
import sys

parts = load("forks")  # noqa: F821
ring, where = parts.parts()
tell, tell_text = ring.tell, ring.tell_text
guard = load("guard")  # noqa: F821
swallow, hook = guard.swallow, guard.hook
FOREVER = ring.FOREVER
WAIT, COMMUNICATE = 11, 12


def _executing(theirs):
    def _execute_child(self, args, *rest, **kwargs):
        mine = 0
        try:
            mine = parts.token()
            tell_text(parts.command(args))
            tell(ring.SPAWN, 0, 0, *where(2), 0, mine, 0, 0)
        except Exception as error:
            swallow(error)
        try:
            theirs(self, args, *rest, **kwargs)
        except BaseException:
            if mine:
                tell(ring.SPAWN_FAILED, 0, 0, 0, 0, 0, mine, 0, 0)
            raise
        if mine:
            tell(ring.SPAWNED, 0, 0, 0, 0, 0, mine, self.pid, 0)

    return _execute_child


def _waiting(module, operation, theirs):
    inner = module.__file__

    def wait(self, *args, **kwargs):
        pid = 0
        try:
            if self.returncode is None and sys._getframe(1).f_code.co_filename != inner:
                pid = self.pid
                timeout = kwargs.get("timeout")
                until = ring.until(timeout)
                tell(ring.BLOCK, operation, 0, *where(2), 0, pid, until, 0)
        except Exception as error:
            swallow(error)
        try:
            result = theirs(self, *args, **kwargs)
        except BaseException as error:
            if pid:
                outcome = 7 if isinstance(error, Exception) else 6
                outcome = 3 if isinstance(error, module.TimeoutExpired) else outcome
                tell(ring.UNBLOCK, outcome, 0, 0, 0, 0, pid, 0, 0)
            raise
        if pid:
            tell(ring.UNBLOCK, 0, 0, 0, 0, 0, pid, 0, 0)
        return result

    return wait


def patch(module):
    """Patches `subprocess`."""
    hook(module.Popen, "_execute_child", _executing)
    hook(module.Popen, "wait", lambda theirs: _waiting(module, WAIT, theirs))
    hook(module.Popen, "communicate", lambda theirs: _waiting(module, COMMUNICATE, theirs))
