"""Ends with daemonic threads in a receive, a queue that nobody reads, a pool that is not closed, a child that runs on.

methods: fork spawn forkserver
processes: 4
tasks: 1
"""

import atexit
import multiprocessing as mp
import sys
import threading


def waits(reader):
    reader.recv()


def main():
    mp.set_start_method(sys.argv[1])
    reader, writer = mp.Pipe(duplex=False)
    threading.Thread(target=waits, args=(reader,), daemon=True).start()
    queue = mp.Queue()
    queue.put(b"x" * 1_000_000)
    queue.cancel_join_thread()
    pool = mp.Pool(1)
    print(pool.apply(abs, (-1,)))
    daemon = mp.Process(target=waits, args=(reader,), daemon=True, name="daemon")
    daemon.start()
    atexit.register(print, "at exit")
    late = mp.Process(target=print, args=("a child that nobody joins", reader.fileno() > 2), name="late")
    late.start()
    main.kept = (pool, queue, daemon, writer)


if __name__ == "__main__":
    main()
