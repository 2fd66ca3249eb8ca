"""`multiprocessing.popen_forkserver`: the code that the fork server hands on is what is reaped.

Under fork and spawn the parent's own `os.waitpid` says it (`forks`).
"""
ring = load("ring")  # noqa: F821
guard = load("guard")  # noqa: F821


def polling(self, *_, **__):
    """Before a poll of a process that is not known to be over."""
    return self if self.returncode is None else None


def polled(popen, code, _):
    """After it."""
    if code is not None:
        ring.tell(ring.REAPED, 0, 0, 0, 0, 0, popen.pid, code & ring.FOREVER, 0)


def patch(module):
    """Patches `multiprocessing.popen_forkserver`."""
    guard.hook(module.Popen, "poll", guard.around(polling, polled))
