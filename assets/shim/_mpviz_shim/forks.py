"""Hooks on `os`: fork, waiting for children, signals to others.

They stand in every interpreter from its start on, so this part loads the ring only when one of
them is first called. By then the program may have no descriptors left, or another root or user:
that is told if it can be, and nothing else.
"""
import os
import posix
import sys

errors = load("errors")  # noqa: F821
swallow = errors.swallow
_loaded = {}
#: Why the ring could not be loaded, once that is told.
_failed = []
#: Dictionaries by thread, which a forked child empties: their threads are not there any more.
cleared_by_fork = []


def _parts():
    """Returns the ring and `where`, loaded at the first event."""
    if not _loaded:
        try:
            ring = load("ring")  # noqa: F821
            where = load("where").where  # noqa: F821
            load("guard")  # noqa: F821
        except OSError as error:
            if errors.is_own(error, False) and not _failed:
                _failed.append(error.strerror)
                load("log").off("it can't be loaded: %s" % error.strerror)  # noqa: F821
            raise
        ring.directory = load("settings").run + "/rings"  # noqa: F821
        _loaded.update(ring=ring, where=where)
    return _loaded["ring"], _loaded["where"]


def token():
    """Returns a number that joins a cause with its outcome, unique in this process."""
    return _loaded["ring"].token()


def _replace(name, make):
    theirs = getattr(os, name, None)
    if theirs is None:
        return
    ours = make(theirs)
    ours.__dict__.pop("__wrapped__", None)
    ours.__name__ = ours.__qualname__ = theirs.__name__
    ours.__module__ = theirs.__module__
    ours.__doc__ = theirs.__doc__
    ours.__wrapped__ = theirs
    setattr(os, name, ours)
    # Pickled by reference, it is looked for where it says that it is from.
    if getattr(posix, name, None) is theirs:
        setattr(posix, name, ours)


def _hooked(before, after):
    """Returns what makes hooks: tell `before`, do, tell `after`, as those of `guard.around`.

    `theirs` is called from a frame that looks like the caller's. From 3.12 on a fork beside threads
    warns, and whether that is seen depends on the file, the line and the module of the frame that
    forks; and a handler of a signal that comes then is given that frame.
    """

    def make(theirs):
        call = lambda args, kwargs: theirs(*args, **kwargs)  # noqa: E731

        def hooked(*args, **kwargs):
            ticket = None
            try:
                ticket = before(*args, **kwargs)
            except RecursionError:
                pass
            except Exception as error:
                swallow(error)
            doing = _as_caller(call, sys._getframe())
            try:
                result = doing(args, kwargs)
            except BaseException as error:
                # This frame and the one that called are ours.
                trace = error.__traceback__.tb_next
                error.__traceback__ = trace and trace.tb_next
                if ticket is not None:
                    try:
                        after(ticket, None, error)
                    except Exception as mistake:
                        swallow(mistake)
                if sys.hexversion < 0x30B0000:
                    # A bare `raise` has a copy of its own of the traceback.
                    raise error
                raise
            if ticket is not None:
                try:
                    after(ticket, result, None)
                except RecursionError:
                    pass
                except Exception as error:
                    swallow(error)
            return result

        return hooked

    return make


#: The code of calls that look like their callers, by what calls and where, with the callers' own.
_looks = {}


def _as_caller(call, frame):
    """Returns a function as if it stood where a frame was called from."""
    caller = frame.f_back
    if caller is None:
        return call
    try:
        own, line = caller.f_code, caller.f_lineno or 1
        known = _looks.get((id(own), line))
        if known is None:
            names = {"co_filename": own.co_filename, "co_name": own.co_name}
            if hasattr(own, "co_qualname"):
                names["co_qualname"] = own.co_qualname
            code = call.__code__.replace(co_firstlineno=line, **names)
            if len(_looks) >= 256:
                _looks.clear()
            _looks[id(own), line] = known = own, code
        return type(call)(known[1], caller.f_globals, own.co_name, None, call.__closure__)
    except Exception:
        # An audit hook of the program's does not want it, or the stack ends here.
        return call


def forking():
    """Before a fork."""
    ring, where = _parts()
    mine = token()
    ring.tell(ring.FORK, 0, 0, *where(3), 0, mine, 0, 0)
    return mine


def forked(mine, result, error):
    """After a fork, in the parent."""
    if error is None:
        pid = result[0] if isinstance(result, tuple) else result
        if pid > 0:
            ring = _loaded["ring"]
            ring.tell(ring.FORKED, 0, 0, 0, 0, 0, mine, pid, 0)


def spawning(argv, place):
    """Before a program is started. Returns its token."""
    ring = _loaded["ring"]
    mine = token()
    ring.tell_text(command(argv))
    ring.tell(ring.SPAWN, 0, 0, *place, 0, mine, 0, 0)
    return mine


def spawned(mine, pid, error):
    """After a program was started, or not."""
    ring = _loaded["ring"]
    if error is None:
        ring.tell(ring.SPAWNED, 0, 0, 0, 0, 0, mine, pid, 0)
    else:
        ring.tell(ring.SPAWN_FAILED, 0, 0, 0, 0, 0, mine, 0, 0)


def _posix_spawning(path, argv, *args, **kwargs):
    _, where = _parts()
    # One of subprocess is told there.
    if _is_inner(sys._getframe(1)):
        return None
    return spawning(argv, where(3))


def command(argv):
    """Returns a command as a text: its words, joined by NUL; nothing of an iterator, which can be
    read only once."""
    if isinstance(argv, (str, bytes)) or hasattr(argv, "__fspath__"):
        argv = [argv]
    elif not isinstance(argv, (list, tuple)):
        argv = ()
    words = []
    for word in argv:
        word = os.fspath(word)
        words.append(word.decode("utf-8", "replace") if isinstance(word, bytes) else word)
    return "\0".join(words)


def exit_code(status):
    """Returns a wait status as an exit code: -N for a signal."""
    return -(status & 127) if status & 127 else status >> 8 & 255


def _reaped(pid, status):
    if pid > 0 and (status & 127) != 127:
        ring = _loaded["ring"]
        ring.tell(ring.REAPED, 0, 0, 0, 0, 0, pid, exit_code(status) & ring.FOREVER, 0)


def _is_inner(hook):
    """Returns whether a hook was called by a library whose own calls are told elsewhere."""
    caller = hook.f_back
    return caller is not None and load("where").is_inner(caller.f_code.co_filename)  # noqa: F821


def _wait_begins(pid, options):
    ring, where = _parts()
    # Waits of multiprocessing and subprocess are told where the program asks for them.
    if options & os.WNOHANG or _is_inner(sys._getframe(2)):
        return 0
    # Of a group of processes it may be any.
    pid = pid if pid > 0 else ring.FOREVER
    ring.tell(ring.BLOCK, 11, 0, *where(4), 0, pid, ring.FOREVER, 0)
    return pid


def _wait_for(pid, options, *_):
    return _wait_begins(pid, options)


def _wait_for_any(options=0):
    return _wait_begins(-1, options)


def _wait_ends(pid, error):
    if pid:
        ring = _loaded["ring"]
        outcome = load("guard").outcome(error)  # noqa: F821
        ring.tell(ring.UNBLOCK, outcome, 0, 0, 0, 0, pid, 0, 0)


def _waited(pid, result, error):
    _wait_ends(pid, error)
    if error is None:
        _reaped(result[0], result[1])


def _killing(pid, signal, depth=3):
    if signal and pid > 0:
        ring, where = _parts()
        ring.tell(ring.SIGNAL, 0, 0, *where(depth), 0, pid, int(signal), 0)


def _killing_group(group, signal):
    # Of the group its leader is known; who else is in it is the kernel's.
    if group > 1:
        _killing(group, signal, 4)


def _running_command(*_):
    """Before a command of the shell, which the program waits for: any child it may be."""
    ring, where = _parts()
    ring.tell(ring.BLOCK, 11, 0, *where(3), 0, ring.FOREVER, ring.FOREVER, 0)
    return ring.FOREVER


def _ran_command(pid, _, error):
    _wait_ends(pid, error)


def _wait_by_id(kind, number, options):
    pid = number if kind == os.P_PID else -1
    return options, _wait_begins(pid, options)


def _waited_by_id(ticket, result, error):
    options, pid = ticket
    _wait_ends(pid, error)
    if result is None or options & os.WNOWAIT or not options & os.WEXITED:
        return
    code = result.si_status if result.si_code == os.CLD_EXITED else -result.si_status
    if result.si_code in (os.CLD_EXITED, os.CLD_KILLED, os.CLD_DUMPED):
        ring = _loaded["ring"]
        ring.tell(ring.REAPED, 0, 0, 0, 0, 0, result.si_pid, code & ring.FOREVER, 0)


def _in_child():
    del _failed[:]
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
    for name in ("fork", "forkpty"):
        _replace(name, _hooked(forking, forked))
    for name in ("posix_spawn", "posix_spawnp"):
        _replace(name, _hooked(_posix_spawning, spawned))
    for name in ("waitpid", "wait4"):
        _replace(name, _hooked(_wait_for, _waited))
    for name in ("wait", "wait3"):
        _replace(name, _hooked(_wait_for_any, _waited))
    _replace("waitid", _hooked(_wait_by_id, _waited_by_id))
    _replace("system", _hooked(_running_command, _ran_command))
    _replace("kill", _hooked(_killing, None))
    _replace("killpg", _hooked(_killing_group, None))
    os.register_at_fork(after_in_child=_in_child)


parts = _parts
