"""Several threads in each of several processes at the same queues, and a thread that starts processes.

methods: fork spawn forkserver
processes: 3
messages: 606
short: yes
"""

import multiprocessing as mp
import sys
import threading


def adds(todo, done):
    def work():
        while (number := todo.get()) is not None:
            done.put(number * 2)
            todo.task_done()
        todo.task_done()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    mp.set_start_method(sys.argv[1])
    todo, done = mp.JoinableQueue(), mp.Queue()
    children = [mp.Process(target=adds, args=(todo, done), name=f"adder {number}") for number in range(2)]

    def starts():
        for child in children:
            child.start()

    starter = threading.Thread(target=starts)
    starter.start()
    starter.join()

    def puts(first):
        for number in range(first, 300, 3):
            todo.put(number)

    putters = [threading.Thread(target=puts, args=(first,)) for first in range(3)]
    for thread in putters:
        thread.start()
    found = [done.get() for _ in range(300)]
    for thread in putters:
        thread.join()
    for _ in range(6):
        todo.put(None)
    todo.join()
    for child in children:
        child.join()
    print(sum(found), len(set(found)), [child.exitcode for child in children])


if __name__ == "__main__":
    main()
