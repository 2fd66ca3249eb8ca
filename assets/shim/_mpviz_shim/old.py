"""A Python that is too old or not CPython: says so in the run's log, and does nothing else.

In the syntax of every Python from 2.7 on. `here` is the shim's directory.
"""
import json
import os
import platform
import sys
import time


def now():
    for name, unit in (("monotonic_ns", 1), ("monotonic", 1000000000)):
        clock = getattr(time, name, None)
        if clock is not None:
            return int(clock() * unit)
    with open("/proc/uptime") as file:
        return int(float(file.read().split()[0]) * 1000000000)


def say(fact):
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    fd = os.open(here[: here.rindex("/")] + "/log", flags, 0o600)  # noqa: F821
    try:
        os.write(fd, (json.dumps(fact) + "\n").encode("ascii"))
    finally:
        os.close(fd)


version = list(sys.version_info[:3])
impl = platform.python_implementation()
argv = [sys.executable or "python"] + list(getattr(sys, "argv", []))
hello = {"k": "hello", "pid": os.getpid(), "ppid": os.getppid(), "t": now(), "version": version}
hello.update(impl=impl.lower(), argv=[word[:200] for word in argv[:8]])
say(hello)
if impl != "CPython":
    why = "this is %s, and only CPython can be looked into" % impl
else:
    why = "Python %d.%d is too old: messages are seen from 3.9 on" % tuple(version[:2])
say({"k": "off", "pid": os.getpid(), "t": now(), "why": why})
