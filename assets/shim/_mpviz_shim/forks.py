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
#: Dictionaries by thread, which a forked child empties: their threads are not there any more.
cleared_by_fork = []


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


def _spawning(theirs):
    def posix_spawn(path, argv, *args, **kwargs):
        mine = 0
        try:
            ring, where = _parts()
            # One of subprocess is told there.
            if not _is_inner(sys._getframe(1)):
                mine = token()
                words = () if iter(argv) is argv else argv
                ring.tell_text(command(words))
                ring.tell(ring.SPAWN, 0, 0, *where(2), 0, mine, 0, 0)
        except Exception as error:
            _swallow(error)
        try:
            pid = theirs(path, argv, *args, **kwargs)
        except BaseException:
            if mine:
                ring.tell(ring.SPAWN_FAILED, 0, 0, 0, 0, 0, mine, 0, 0)
            raise
        if mine:
            ring.tell(ring.SPAWNED, 0, 0, 0, 0, 0, mine, pid, 0)
        return pid

    return posix_spawn


def command(argv):
    """Returns a command as a text: its words, joined by NUL."""
    if isinstance(argv, (str, bytes)) or hasattr(argv, "__fspath__"):
        argv = [argv]
    words = []
    for word in argv:
        word = os.fspath(word)
        words.append(word.decode("utf-8", "replace") if isinstance(word, bytes) else word)
    return "\0".join(words)


def exit_code(status):
    """Returns a wait status as an exit code: -N for a signal."""
    return -(status & 127) if status & 127 else status >> 8 & 255


def _reaped(ring, pid, status):
    if pid > 0 and (status & 127) != 127:
        ring.tell(ring.REAPED, 0, 0, 0, 0, 0, pid, exit_code(status) & ring.FOREVER, 0)


def _is_inner(frame):
    return load("where").is_inner(frame.f_code.co_filename)  # noqa: F821


def _waiting(theirs, blocks):
    """Hooks os.waitpid and its kin. `blocks` says of the arguments on whom a call waits for ever."""

    def waitpid(*args, **kwargs):
        target = None
        try:
            ring, where = _parts()
            target = blocks(*args, **kwargs)
            if target is not None:
                # Waits of multiprocessing and subprocess are told where the program asks for them.
                if _is_inner(sys._getframe(1)):
                    target = None
                else:
                    until = ring.FOREVER
                    ring.tell(ring.BLOCK, 11, 0, *where(2), 0, target & until, until, 0)
        except TypeError:
            target = None
        except Exception as error:
            _swallow(error)
        try:
            result = theirs(*args, **kwargs)
        except BaseException as error:
            if target is not None:
                outcome = 7 if isinstance(error, Exception) else 6
                ring.tell(ring.UNBLOCK, outcome, 0, 0, 0, 0, target & ring.FOREVER, 0, 0)
            raise
        try:
            if target is not None:
                ring.tell(ring.UNBLOCK, 0, 0, 0, 0, 0, target & ring.FOREVER, 0, 0)
            _reaped(ring, result[0], result[1])
        except Exception as error:
            _swallow(error)
        return result

    return waitpid


def _of_pid(pid, options, *_):
    return None if options & os.WNOHANG else pid


def _of_any(options=0):
    return None if options & os.WNOHANG else -1


def _killing(theirs):
    def kill(pid, signal):
        try:
            if signal and pid > 0:
                ring, where = _parts()
                ring.tell(ring.SIGNAL, 0, 0, *where(2), 0, pid, int(signal), 0)
        except Exception as error:
            _swallow(error)
        return theirs(pid, signal)

    return kill


def _in_child():
    ring = _loaded.get("ring")
    if ring is not None:
        try:
            ring.forget()
            for threads in cleared_by_fork:
                threads.clear()
        except Exception:
            pass


def patch():
    """Sets the hooks of the start."""
    _replace("fork", _forking)
    _replace("forkpty", _forking)
    _replace("posix_spawn", _spawning)
    _replace("posix_spawnp", _spawning)
    _replace("waitpid", lambda theirs: _waiting(theirs, _of_pid))
    _replace("wait4", lambda theirs: _waiting(theirs, _of_pid))
    _replace("wait", lambda theirs: _waiting(theirs, _of_any))
    _replace("wait3", lambda theirs: _waiting(theirs, _of_any))
    _replace("kill", _killing)
    os.register_at_fork(after_in_child=_in_child)


parts = _parts
