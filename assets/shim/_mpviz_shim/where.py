"""The line of the program's own source from which a hook was reached.

Frames of multiprocessing and its kin are passed over. A file is named in slots by the crc32 of its
name, which is told to the log before its first use.
"""
from os import __file__ as os_file
import sys
from sys import _getframe
from zlib import crc32

log = load("log")  # noqa: F821

_library = os_file[: os_file.rindex("/") + 1]
_inner = tuple(
    _library + name
    for name in ("multiprocessing/", "concurrent/futures/", "threading.py", "queue.py",
                 "subprocess.py", "contextlib.py", "weakref.py")
)
_outer = ("/loky/", "/billiard/", "/joblib/")
_home = __file__[: __file__.rindex("/") + 1]

#: A file's name → its number, 0 for a file that is passed over.
numbers = {}


def is_inner(name):
    """Whether a file is a library's, in which no program's line is looked for."""
    if name == "<string>":
        # A program given by -c; else something that a library made up.
        return getattr(sys, "argv", [""])[0] != "-c"
    if name.startswith(_inner) or name.startswith(_home) or name.startswith("<frozen"):
        return True
    return "-packages/" in name and any(part in name for part in _outer)


def number_of(name):
    """Returns a file's number, and tells it if it is new; 0 if it is passed over."""
    number = 0
    if not is_inner(name):
        number = crc32(name.encode("utf-8", "surrogateescape")) or 1
        try:
            log.file(number, name)
        except OSError:
            pass
    numbers[name] = number
    return number


def where(depth=2):
    """Returns the line and the number of its file, (0, 0) if no frame is the program's."""
    try:
        frame = _getframe(depth)
    except ValueError:
        return 0, 0
    while frame is not None:
        name = frame.f_code.co_filename
        number = numbers.get(name)
        if number is None:
            number = number_of(name)
        if number:
            return frame.f_lineno or 0, number
        frame = frame.f_back
    return 0, 0
