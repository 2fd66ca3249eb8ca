"""What a program can see of how it was started: paths, handlers, threads, environment, and its children's.

methods: fork spawn forkserver
processes: 2
messages: 1
short: yes
"""

import multiprocessing as mp
import os
import sys

# What mpviz is known to set.
OURS = {"PYTHONPATH", "MPVIZ_STAGE"}


def surroundings():
    import atexit
    import gc
    import resource
    import signal
    import threading
    import warnings
    import zlib

    handlers = {}
    for number in sorted(signal.valid_signals()):
        try:
            handlers[int(number)] = str(signal.getsignal(number))
        except ValueError:
            pass
    # Addresses differ from run to run.
    handlers = {number: handler.split(" at ")[0] for number, handler in handlers.items()}
    return {
        "path": [path.replace(os.getcwd(), "CWD") for path in sys.path],
        "environment": sorted((name, zlib.crc32(os.environb[name.encode()])) for name in set(os.environ) - OURS),
        "handlers": handlers,
        "mask": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "threads": [thread.name for thread in threading.enumerate()],
        "hooks": (sys.excepthook is sys.__excepthook__, threading.excepthook.__module__,
                  sys.displayhook is sys.__displayhook__, sys.gettrace(), sys.getprofile(), sys.unraisablehook
                  is sys.__unraisablehook__, sys.breakpointhook is sys.__breakpointhook__),
        "flags": str(sys.flags),
        "filters": len(warnings.filters),
        "recursion": sys.getrecursionlimit(),
        "switching": sys.getswitchinterval(),
        "collecting": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), len(gc.callbacks)),
        "umask": (os.umask(0o022), os.getcwd() == os.path.realpath(os.getcwd())),
        "limits": [resource.getrlimit(what) for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)],
        "arguments": sys.argv[1:],
        "main": sys.modules["__main__"].__spec__ is None,
        "exits": hasattr(atexit, "_ncallbacks"),
        "written": (sys.dont_write_bytecode, sys.pycache_prefix, sys.flags.no_user_site),
        "streams": (sys.stdout.errors, sys.stderr.errors, sys.stdin.errors, sys.stderr.line_buffering),
    }


def tells(writer):
    writer.send(surroundings())


def main():
    for name, value in surroundings().items():
        print(name, value)
    mp.set_start_method(sys.argv[1])
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=tells, args=(writer,))
    child.start()
    for name, value in reader.recv().items():
        print("child:", name, value)
    child.join()
    for name, value in surroundings().items():
        print("after:", name, value)


if __name__ == "__main__":
    main()
