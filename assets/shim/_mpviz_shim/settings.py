"""Where the run's directory is, and its options: read when they are first asked for."""

from posix import readlink
from time import monotonic_ns as now

#: Set by `begin`: the run's directory, and the shim's below it.
run = here = None
#: When the interpreter came so far, in ns of the monotonic clock.
born = now()
_values = None


def is_elsewhere():
    """Whether this process is in another namespace of pids than mpviz: its numbers mean others there."""
    try:
        return readlink(run + "/namespace") != readlink("/proc/self/ns/pid")
    except OSError:
        return False


def values():
    """Whether values are to be shown: a short `repr` of what is put and sent."""
    global _values
    if _values is None:
        _values = False
        try:
            with open(run + "/options", "rb") as file:
                # One object with plain values; `json` would cost every interpreter 3 ms.
                _values = b'"values":true' in b"".join(file.read().split())
        except Exception:
            pass
    return _values
