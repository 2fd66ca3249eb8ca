"""Ends of pipes close when their last name goes: nothing else holds them, nor queues, pools and processes.

methods: fork spawn forkserver
processes: 3
messages: 6
tasks: 3
"""

import gc
import multiprocessing as mp
import sys
import weakref


class Told:
    """A message that can be referred to weakly."""


def nothing(*_):
    return None


def dropped(make):
    """Returns whether an object goes with its last name, without a collection."""
    gc.collect()
    gc.disable()
    thing = make()
    known = weakref.ref(thing)
    del thing
    is_gone = known() is None
    gc.enable()
    gc.collect()
    return is_gone, known() is None


def ended():
    process = mp.Process(target=nothing, args=(1,))
    process.start()
    process.join()
    return process


def used():
    queue = mp.SimpleQueue()
    queue.put(1)
    queue.get()
    return queue


def fed():
    queue = mp.Queue()
    queue.put(1)
    queue.get()
    queue.close()
    queue.join_thread()
    return queue


def pooled():
    pool = mp.Pool(1)
    pool.map(nothing, range(3))
    pool.close()
    pool.join()
    return pool


def main():
    mp.set_start_method(sys.argv[1])
    reader, writer = mp.Pipe(duplex=False)
    writer.send("the last")
    del writer
    print(reader.recv())
    try:
        reader.recv()
    except EOFError:
        print("its end")
    for make in (ended, used, fed, pooled, mp.Lock, mp.Queue, lambda: mp.Pipe()[0], mp.Condition, mp.Event):
        print(make.__name__, dropped(make))
    # A message is not kept.
    value = Told()
    known = weakref.ref(value)
    queue = mp.Queue()
    try:
        queue.put([value])
    finally:
        del value
    queue.close()
    queue.join_thread()
    del queue
    gc.collect()
    print("a message", known() is None)


if __name__ == "__main__":
    main()
