"""Whose an exception is: the shim's own are swallowed, the program's pass.

An exception that a signal's handler raises within a hook is the program's: it passes, as it would
from the operation itself. So does one that another thread throws in. Ours are told apart by where
they were raised and by what they are. Loaded at the interpreter's start, so that what a hook does
with an error needs no file: the program may have no descriptors left, or another root or user.
"""
from os import __file__ as _os_file
from sys import _getframe

_home = __file__[: __file__.rindex("/") + 1]
_loader = _home[: _home.rindex("/_mpviz_shim/")] + "/sitecustomize.py"
_struct = _os_file[: _os_file.rindex("/") + 1] + "struct.py"
#: Of which modules the classes of our own errors are.
_KINDS = ("builtins", "struct", "zlib")


def is_own(error, is_mistake=True):
    """Whether an error arose in the shim's own code, or in an import that it has asked for."""
    kind = type(error)
    # What a thread throws into another is mostly a class of the program's, and has no words.
    if kind.__module__ not in _KINDS or not error.args and kind is not MemoryError:
        return False
    # It comes from a hook, so its first frame is ours.
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if not name.startswith((_home, "<frozen ")) and name not in (_loader, _struct):
            return False
        trace = trace.tb_next
    if is_mistake and kind is not RecursionError:
        try:
            load("log").mistake(error)  # noqa: F821
        except Exception:
            pass
    return True


def swallow(error):
    """To be called in `except Exception as error`: raises it again unless it is the shim's own."""
    if not is_own(error):
        raise error


def unseen(error):
    """Takes the caller's frame off an exception's traceback; to be followed by a bare `raise`.

    So no frame of ours is seen by the program. Before 3.11 a bare `raise` has a copy of its own of
    the traceback, and one frame shows.
    """
    try:
        trace = error.__traceback__
        if trace is not None and trace.tb_frame is _getframe(1):
            error.__traceback__ = trace.tb_next
    except Exception:
        pass
