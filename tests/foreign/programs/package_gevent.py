"""gevent: everything patched before anything else; subprocesses, forks, a pipe, and a queue fed by a greenlet.

needs: gevent
processes: 4
"""

import gevent.monkey

gevent.monkey.patch_all()

import multiprocessing as mp
import os
import subprocess
import sys
import threading

import gevent
import gevent.os


def child(writer):
    writer.send("from a child")
    gevent.sleep(0.01)
    writer.send("after a switch")


def main():
    jobs = [gevent.spawn(subprocess.check_output, ["sh", "-c", f"sleep 0.0{number}; echo {number}"]) for number in (3, 1, 2)]
    gevent.joinall(jobs)
    print([job.value for job in jobs])
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(4)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    reader, writer = mp.get_context("fork").Pipe(duplex=False)
    process = mp.get_context("fork").Process(target=child, args=(writer,))
    process.start()
    print(reader.recv(), reader.recv())
    process.join()
    print(process.exitcode)
    queue = mp.get_context("fork").SimpleQueue()
    putter = gevent.spawn(queue.put, "from a greenlet")
    putter.join()
    print(queue.get())
    seen = []
    thread = threading.Thread(target=lambda: seen.append(threading.current_thread().name), name="a greenlet too")
    thread.start()
    thread.join()
    print(seen)


if __name__ == "__main__":
    main()
