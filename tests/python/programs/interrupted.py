"""A signal's handler raises while each operation waits; the tracebacks are printed."""
import multiprocessing
import signal
import subprocess
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

from common import begin, descriptors, say


class Alarm(Exception):
    pass


def ring(*_):
    raise Alarm("rung")


def interrupted(name, operation):
    signal.setitimer(signal.ITIMER_REAL, 0.15)
    try:
        operation()
    except Alarm:
        lines = traceback.format_exc()
        # Where it struck within a Python loop is chance.
        say(name, lines if name not in ("communicate", "get with a timeout") else "")
    else:
        say(name, "was not interrupted")
    signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    begin()
    signal.signal(signal.SIGALRM, ring)
    lock, again, semaphore = multiprocessing.Lock(), multiprocessing.Lock(), multiprocessing.Semaphore(0)
    lock.acquire()
    items, simple = multiprocessing.Queue(1), multiprocessing.SimpleQueue()
    reader, writer = multiprocessing.Pipe()
    event = multiprocessing.Event()
    process = multiprocessing.Process(target=time.sleep, args=(60,), daemon=True)
    process.start()
    interrupted("acquire", lock.acquire)
    interrupted("acquire for a time", lambda: lock.acquire(timeout=20))
    interrupted("with", lambda: lock.__enter__())
    interrupted("semaphore", semaphore.acquire)
    interrupted("get", items.get)
    interrupted("get with a timeout", lambda: items.get(timeout=20))
    interrupted("simple get", simple.get)
    interrupted("recv", reader.recv)
    interrupted("send", lambda: writer.send_bytes(b"x" * 10000000))
    interrupted("poll", lambda: writer.poll(20))
    interrupted("event", event.wait)
    interrupted("join", process.join)
    items.put(1)
    interrupted("put", lambda: items.put(2))
    process.terminate()
    process.join()
    items.get()
    again.acquire()
    for wrong in (lambda: again.release() or again.release(), lambda: items.put(1, block="x") and 1 / 0):
        try:
            wrong()
        except Exception:
            say(traceback.format_exc())
    writer.close()
    try:
        reader.recv()
    except (EOFError, OSError):
        say("cut off")
    child = subprocess.Popen(["sleep", "60"], stdin=subprocess.PIPE)
    interrupted("wait", child.wait)
    interrupted("communicate", child.communicate)
    child.kill()
    child.wait()
    try:
        subprocess.run(["/nowhere/at/all"])
    except OSError:
        say(traceback.format_exc())
    say(descriptors())


if __name__ == "__main__":
    main()
