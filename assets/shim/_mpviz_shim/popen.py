"""`multiprocessing.popen_forkserver`: the code that the fork server hands on is what is reaped.

Under fork and spawn the parent's own `os.waitpid` says it (`forks`).
"""
ring = load("ring")  # noqa: F821
guard = load("guard")  # noqa: F821


def _polling(theirs):
    def poll(self, *args, **kwargs):
        known = self.returncode is not None
        code = theirs(self, *args, **kwargs)
        if code is not None and not known:
            ring.tell(ring.REAPED, 0, 0, 0, 0, 0, self.pid, code & ring.FOREVER, 0)
        return code

    return poll


def patch(module):
    """Patches `multiprocessing.popen_forkserver`."""
    guard.hook(module.Popen, "poll", _polling)
