"""Exceptions that another thread throws into one that does nothing but use a lock.

gaps: ring full
"""

import ctypes
import multiprocessing as mp
import threading
import time


class Stop(Exception):
    """Thrown by another thread."""


def thrown_in():
    lock, turns = mp.Lock(), [0]

    def work():
        try:
            while True:
                lock.acquire()
                lock.release()
                turns[0] += 1
        except Stop:
            print("stopped")

    for _ in range(20):
        turns[0] = 0
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        while turns[0] < 10:
            time.sleep(0.001)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stop))
        thread.join(20)
        # It may have been stopped in between.
        lock.acquire(False)
        lock.release()


if __name__ == "__main__":
    thrown_in()
