"""A Queue, a bounded JoinableQueue and a SimpleQueue, with a feeder that can't pickle one item."""
import multiprocessing
import queue

from common import begin, descriptors, say


class Stubborn:
    def __reduce__(self):
        raise ValueError("stays here")


def work(given, done, simple):
    while True:
        item = given.get()
        given.task_done()
        if item is None:
            break
        done.put(item * 2)
    simple.put(descriptors())


def main():
    begin()
    given, done = multiprocessing.JoinableQueue(3), multiprocessing.Queue()
    simple = multiprocessing.SimpleQueue()
    worker = multiprocessing.Process(target=work, args=(given, done, simple), name="worker")
    worker.start()
    for number in range(20):
        given.put(number)
    given.put(None)
    given.join()
    say(sorted(done.get() for _ in range(20)))
    try:
        done.get(timeout=0.01)
    except queue.Empty:
        say("empty")
    say(simple.get())
    worker.join()
    say(worker.exitcode)
    given.put("x" * 70000)
    say(len(given.get()))
    given.task_done()
    for number in range(3):
        given.put(number)
    try:
        given.put(3, timeout=0.01)
    except queue.Full:
        say("full")
    for number in range(3):
        say(given.get())
    say(descriptors())


if __name__ == "__main__":
    main()
