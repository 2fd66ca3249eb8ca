"""The end of the stack, wherever it comes: what was taken is given back, what was sent and put is there.

methods: fork spawn forkserver
order: any
messages: 3000
processes: 2
gaps: unpaired, ring full
"""

import multiprocessing as mp
import sys

MANY = 3000


def deeper(act):
    """Acts, one call deeper each time, until the stack ends."""

    def down():
        act()
        down()

    try:
        down()
    except RecursionError:
        pass


def takes(locks):
    print([lock.acquire(timeout=20) for lock in locks])


def main():
    mp.set_start_method(sys.argv[1])
    locks = [mp.Lock(), mp.RLock(), mp.Semaphore(1), mp.Condition()]
    for lock in locks:

        def act(lock=lock):
            with lock:
                pass

        deeper(act)
    child = mp.Process(target=takes, args=(locks,))
    child.start()
    child.join()
    reader, writer = mp.Pipe(duplex=False)
    count = [0]

    def sends():
        writer.send_bytes(b"x")
        count[0] += 1

    deeper(sends)
    left = 0
    while reader.poll():
        reader.recv_bytes()
        left += 1
    print("sent", left == count[0])
    for _ in range(MANY):
        writer.send_bytes(b"x")
    left, count[0] = MANY, 0

    def receives():
        if count[0] < MANY:
            reader.recv_bytes()
            count[0] += 1

    deeper(receives)
    while reader.poll():
        reader.recv_bytes()
        count[0] += 1
    print("received", count[0] == MANY)
    queue = mp.Queue(MANY)
    count[0] = 0

    def puts():
        if count[0] < MANY:
            queue.put(count[0])
            count[0] += 1

    deeper(puts)
    print("put", [queue.get(timeout=20) for _ in range(count[0])] == list(range(count[0])))


if __name__ == "__main__":
    main()
