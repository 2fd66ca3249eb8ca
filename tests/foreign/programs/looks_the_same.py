"""What introspection says of multiprocessing: names, signatures, what can be pickled, subclassed and patched.

methods: fork spawn forkserver
processes: 2
messages: 3
"""

import concurrent.futures
import concurrent.futures.process
import inspect
import multiprocessing as mp
import multiprocessing.connection
import multiprocessing.pool
import multiprocessing.process
import multiprocessing.queues
import multiprocessing.synchronize
import os
import pickle
import subprocess
import sys

ASKED = [
    mp.Process.start, mp.Process.join, mp.Process.__init__, mp.process.BaseProcess._bootstrap, mp.Pipe, mp.Queue,
    mp.connection.Pipe, mp.connection.Connection.send, mp.connection.Connection.recv,
    mp.connection.Connection._send_bytes, mp.connection.Connection._recv_bytes, mp.connection.Client,
    mp.connection.Listener.accept, mp.connection.wait, mp.queues.Queue.put, mp.queues.Queue.get, mp.queues.Queue.__init__,
    mp.queues.SimpleQueue.get, mp.queues.SimpleQueue.put, mp.queues.JoinableQueue.task_done, mp.pool.worker, mp.pool.Pool.__init__,
    mp.pool.Pool.map, mp.pool.Pool.apply_async, mp.pool.ApplyResult.get, mp.synchronize.Lock.__enter__, mp.synchronize.Lock,
    mp.synchronize.SemLock._make_methods, mp.synchronize.Condition.wait, concurrent.futures.process._process_worker,
    concurrent.futures.ProcessPoolExecutor.submit, concurrent.futures.ProcessPoolExecutor, subprocess.Popen.__init__,
    subprocess.Popen._execute_child, subprocess.Popen.wait, subprocess.Popen.communicate, subprocess.run, os.fork, os.waitpid,
]


class Own(mp.Process):
    """A subclass that does everything itself."""

    def __init__(self, queue):
        super().__init__(name="own")
        self.queue = queue

    def run(self):
        self.queue.put((type(self).__name__, self.name, mp.current_process() is self))

    def start(self):
        print("starting", self.name)
        super().start()


class OwnQueue(mp.queues.Queue):
    """A queue that counts."""

    def __init__(self):
        super().__init__(ctx=mp.get_context())
        self.puts = 0

    def put(self, *values, **options):
        self.puts += 1
        super().put(*values, **options)


def main():
    for thing in ASKED:
        try:
            signature = str(inspect.signature(thing))
        except ValueError:
            signature = "none"
        doc = (inspect.getdoc(thing) or "").split("\n")[0]
        print(thing.__module__, thing.__qualname__, signature, doc)
    for name in ("worker", "Pool"):
        print(pickle.loads(pickle.dumps(getattr(mp.pool, name))) is getattr(mp.pool, name))
    print(pickle.loads(pickle.dumps(concurrent.futures.process._process_worker)).__name__)
    mp.set_start_method(sys.argv[1])
    queue = mp.SimpleQueue()
    child = Own(queue)
    child.start()
    print(queue.get())
    child.join()
    own = OwnQueue()
    own.put("counted")
    print(own.get(), own.puts)
    # A patch of the program's own over it, as test suites have them.
    before = mp.connection.Connection.send
    told = []
    mp.connection.Connection.send = lambda self, value: (told.append(value), before(self, value))[1]
    reader, writer = mp.Pipe()
    writer.send("patched")
    print(reader.recv(), told)
    mp.connection.Connection.send = before
    print(type(queue).__name__, type(mp.Lock()).__name__, repr(mp.Lock()), repr(mp.Semaphore(2)))
    print(isinstance(reader, mp.connection.Connection), type(own._buffer).__mro__[-2].__name__)


if __name__ == "__main__":
    main()
