"""Ends of every kind: by `os._exit`, by signals, by an exception, in the middle of a receive; and their codes.

methods: fork spawn forkserver
order: any
exit: 12
processes: 9
messages: 8
"""

import multiprocessing as mp
import os
import signal
import sys


def at_once(queue):
    queue.put("at once")
    os._exit(7)


def killed(queue):
    queue.put("killed")
    os.kill(os.getpid(), signal.SIGKILL)


def waits(ready, reader):
    # Not by the queue: killed before it gives the lock back, nobody else could put.
    ready.send("waits")
    reader.recv()


def says_exit(queue):
    queue.put("says")
    sys.exit("a sentence as its code")


def raises(queue):
    queue.put("raises")
    raise ValueError("nobody catches it")


def dumps_core(queue):
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    queue.put("aborts")
    os.abort()


def main():
    mp.set_start_method(sys.argv[1])
    queue = mp.SimpleQueue()
    for work in (at_once, killed, says_exit, raises, dumps_core):
        child = mp.Process(target=work, args=(queue,), name=work.__name__)
        child.start()
        print(queue.get())
        child.join()
        print(child.exitcode)
    reader, writer = mp.Pipe(duplex=False)
    told, ready = mp.Pipe(duplex=False)
    for end in ("terminate", "kill"):
        child = mp.Process(target=waits, args=(ready, reader), name=end)
        child.start()
        print(told.recv())
        getattr(child, end)()
        child.join()
        print(child.exitcode)
    writer.close()
    child = mp.Process(target=waits, args=(ready, reader), name="at its end")
    child.start()
    print(told.recv())
    child.join()
    print(child.exitcode)
    sys.stdout.flush()
    os._exit(12)


if __name__ == "__main__":
    main()
