"""Hooks on `os`: fork, waiting for children, signals to others.

They stand in every interpreter from its start on, so this part loads the ring only when one of
them is first called.
"""
import os
import posix
import sys
from itertools import count

#: Tokens that join a cause with its outcome, per process.
token = count(1).__next__
_loaded = {}


def _parts():
    """Returns the ring and `where`, loaded at the first event."""
    if not _loaded:
        ring = load("ring")  # noqa: F821
        ring.directory = load("settings").run + "/rings"  # noqa: F821
        _loaded["where"] = load("where").where  # noqa: F821
        _loaded["ring"] = ring
    return _loaded["ring"], _loaded["where"]


def _swallow(error):
    load("guard").swallow(error)  # noqa: F821


def _replace(name, make):
    theirs = getattr(os, name, None)
    if theirs is None:
        return
    ours = make(theirs)
    ours.__name__ = ours.__qualname__ = theirs.__name__
    ours.__module__ = theirs.__module__
    ours.__doc__ = theirs.__doc__
    ours.__wrapped__ = theirs
    setattr(os, name, ours)
    # Pickled by reference, it is looked for where it says that it is from.
    if getattr(posix, name, None) is theirs:
        setattr(posix, name, ours)


def _forking(theirs):
    def fork():
        mine = 0
        try:
            ring, where = _parts()
            mine = token()
            ring.tell(ring.FORK, 0, 0, *where(2), 0, mine, 0, 0)
        except Exception as error:
            _swallow(error)
        result = theirs()
        try:
            pid = result[0] if isinstance(result, tuple) else result
            if pid > 0 and mine:
                ring.tell(ring.FORKED, 0, 0, 0, 0, 0, mine, pid, 0)
        except Exception as error:
            _swallow(error)
        return result

    return fork


def _in_child():
    ring = _loaded.get("ring")
    if ring is not None:
        try:
            ring.forget()
        except Exception:
            pass


def patch():
    """Sets the hooks of the start."""
    _replace("fork", _forking)
    _replace("forkpty", _forking)
    os.register_at_fork(after_in_child=_in_child)


parts = _parts
