"""Forks by hand: from a thread, in a worker, in a child's child, each of which sends through one pipe.

methods: fork spawn forkserver
processes: 6
messages: 5
short: yes
"""

import multiprocessing as mp
import os
import sys
import threading


def forked(work, *values):
    """Does the work in a fork, and returns its exit code."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        work(*values)
        os._exit(len(values))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def from_worker(writer, lock):
    """A worker that forks, and whose fork forks."""

    def deeper():
        with lock:
            writer.send("a fork of a fork")

    def deep():
        with lock:
            writer.send("a fork of a worker")
        forked(deeper)

    forked(deep)
    with lock:
        writer.send("the worker")


def main():
    mp.set_start_method(sys.argv[1])
    reader, writer = mp.Pipe(duplex=False)
    lock = mp.Lock()
    worker = mp.Process(target=from_worker, args=(writer, lock), name="worker")
    worker.start()
    worker.join()
    print([reader.recv() for _ in range(3)], worker.exitcode)
    # A fork that goes on as if it were the program, and ends by its exception.
    pid = os.fork()
    if pid == 0:
        writer.send("it goes on")
        raise SystemExit(5)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), reader.recv())
    sys.stdout.flush()
    codes = []

    def in_thread():
        codes.append(forked(lambda *values: writer.send(values), "from", "a thread"))

    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()
    print(reader.recv(), codes)


if __name__ == "__main__":
    main()
