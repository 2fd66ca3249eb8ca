"""Signals in the middle of receives, gets, locks and joins: handlers that return, and ones that raise.

methods: fork spawn forkserver
exit: 130
processes: 3
messages: 3
"""

import multiprocessing as mp
import os
import signal
import sys
import threading


class Alarm(Exception):
    """Raised by a handler."""


def rings(number, frame):
    raise Alarm("it rings")


def counts(number, frame):
    counts.times += 1


counts.times = 0


def interrupted(what, *values):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        print(what.__name__, what(*values))
    except Alarm as error:
        print(what.__name__, error)


def sleeps(event):
    event.wait()


def waits(writer):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(21))
    reader, _ = mp.Pipe()
    writer.send("ready")
    reader.recv()


def main():
    mp.set_start_method(sys.argv[1])
    signal.signal(signal.SIGALRM, rings)
    reader, writer = mp.Pipe(duplex=False)
    held, event = mp.Lock(), mp.Event()
    held.acquire()
    child = mp.Process(target=sleeps, args=(event,))
    child.start()
    interrupted(reader.recv)
    interrupted(reader.poll, None)
    interrupted(mp.SimpleQueue().get)
    interrupted(mp.Queue().get)
    interrupted(held.acquire)
    interrupted(held.__enter__)
    interrupted(child.join)
    interrupted(mp.connection.wait, [reader])
    interrupted(mp.Event().wait)
    signal.signal(signal.SIGALRM, counts)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    later = threading.Timer(0.2, writer.send, ["after many"])
    later.start()
    print(reader.recv())
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(counts.times > 1)
    later.join()
    event.set()
    child.join()
    child = mp.Process(target=waits, args=(writer,))
    child.start()
    print(reader.recv())
    child.terminate()
    child.join()
    print(child.exitcode)
    writer.send("still in order")
    print(reader.recv())
    signal.signal(signal.SIGUSR1, lambda _, frame: print(frame.f_code.co_name, frame.f_lineno))
    os.kill(os.getpid(), signal.SIGUSR1)
    later = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1))
    pid = os.fork()
    if pid == 0:
        reader.recv()
        os._exit(0)
    later.start()
    later.join()
    writer.send("to the fork")
    print(os.waitpid(0, 0)[1])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        reader.recv()
    except KeyboardInterrupt:
        print("interrupted")
        raise


if __name__ == "__main__":
    main()
