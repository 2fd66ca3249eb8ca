"""The run's log: rare long facts, a line of JSON each, by one open, one write and one close.

No descriptor is kept, so a program that closes all of them, or changes its directory, changes
nothing here. `json` would cost a program's start 3 ms, so a line is put together by hand.
"""
from posix import O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY, close, getpid, getppid
from posix import open as open_fd
from posix import write
from time import monotonic_ns as now

#: Set by `begin`: the path of the log.
path = None


def text(value):
    """Returns a string as JSON writes it, in ASCII."""
    if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
        return '"' + value + '"'
    units = value.encode("utf-16-be", "replace")
    out = []
    for at in range(0, len(units), 2):
        unit = units[at] << 8 | units[at + 1]
        plain = 32 <= unit < 127 and unit not in (34, 92)
        out.append(chr(unit) if plain else "\\u%04x" % unit)
    return '"' + "".join(out) + '"'


def _append(line):
    fd = open_fd(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    try:
        write(fd, line.encode("ascii"))
    finally:
        close(fd)


def hello(version, impl, argv):
    """A Python interpreter has started."""
    words = ",".join([text(str(word)[:200]) for word in argv[:8]])
    fact = '{"k":"hello","pid":%d,"ppid":%d,"t":%d,"version":[%d,%d,%d],"impl":%s,"argv":[%s]}\n'
    _append(fact % (getpid(), getppid(), now(), *version, text(impl), words))


def file(number, name):
    """A file's number, before its first use in a slot."""
    _append('{"k":"file","id":%d,"path":%s}\n' % (number, text(name)))


def off(why):
    """The shim falls silent in this process."""
    _append('{"k":"off","pid":%d,"t":%d,"why":%s}\n' % (getpid(), now(), text(why)))


_said = []


def mistake(error):
    """An error of the shim's own was swallowed: told the first few times, for who mends it."""
    if len(_said) < 5:
        _said.append(1)
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        why = "%s: %s (%s, line %d)" % (type(error).__name__, error,
                                        trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        _append('{"k":"mistake","pid":%d,"t":%d,"why":%s}\n' % (getpid(), now(), text(why)))
