"""Odd conduct: every descriptor closed, another directory, an empty environment, threads that fork."""
import multiprocessing
import os
import sys
import threading
import time

from common import begin, say


def work(items):
    os.chdir("/")
    os.environ.clear()
    items.put(os.getcwd())


def forks(results):
    pid = os.fork()
    if not pid:
        end = results._writer
        end.send_bytes(b"from a thread's child")
        os._exit(0)
    os.waitpid(pid, 0)


def main():
    begin()
    items = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=work, args=(items,))
    process.start()
    process.join()
    say(items.get())
    threads = [threading.Thread(target=forks, args=(items,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say([items._reader.recv_bytes() for _ in range(3)])
    # A thread that was joined may be in its last instructions: then Python warns of the fork.
    while len(os.listdir("/proc/self/task")) > 1:
        time.sleep(0.001)
    pid = os.fork()
    if not pid:
        os.closerange(3, 256)
        reader, writer = multiprocessing.Pipe(duplex=False)
        writer.send("after all was closed")
        text = "%s %d %d" % (reader.recv(), reader.fileno(), writer.fileno())
        os.write(1, (text + "\n").encode())
        os.execv(sys.executable, [sys.executable, "-c", "import os; os.write(1, b'executed\\n')"])
    os.waitpid(pid, 0)
    say(sorted(name for name in os.environ if name.startswith(("MPVIZ", "_MPVIZ"))))
    say([entry for entry in sys.path if "mpviz" in entry.lower()])
    say([name for name in sys.modules if "mpviz" in name])


if __name__ == "__main__":
    main()
