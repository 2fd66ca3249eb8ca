"""Recursion to its limit, tracing and profiling by the program itself, and many objects at once.

methods: fork spawn forkserver
processes: 2
messages: 102
"""

import multiprocessing as mp
import sys
import threading


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def downward(queue, depth):
    """Puts at every depth until there is no more."""
    try:
        queue.put(depth)
        queue.get()
        return downward(queue, depth + 1)
    except RecursionError:
        return "no deeper"


def child(writer, depth):
    # Too deep to be made anew; that is the sender's error.
    try:
        writer.send(nested(depth))
    except RecursionError:
        writer.send("too deep")


def main():
    mp.set_start_method(sys.argv[1])
    sys.setrecursionlimit(400)
    print(downward(mp.SimpleQueue(), 0))
    sys.setrecursionlimit(1000)
    reader, writer = mp.Pipe(duplex=False)
    process = mp.Process(target=child, args=(writer, 100_000))
    process.start()
    print(reader.recv())
    process.join()
    lines = set()

    def tracer(frame, event, argument):
        if frame.f_code.co_filename == __file__:
            lines.add(frame.f_lineno)
        return tracer

    def traced():
        writer.send("traced")
        return reader.recv()

    sys.settrace(tracer)
    print(traced())
    sys.settrace(None)
    print(len(lines))
    called = []
    sys.setprofile(lambda frame, event, argument: called.append(event))
    reader.poll(0)
    sys.setprofile(None)
    print("call" in called)
    queues = [mp.SimpleQueue() for _ in range(100)]
    threads = [threading.Thread(target=queue.put, args=(number,)) for number, queue in enumerate(queues)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(queue.get() for queue in queues))


if __name__ == "__main__":
    main()
