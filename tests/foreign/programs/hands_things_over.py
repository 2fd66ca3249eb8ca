"""What can be handed to a child or sent: connections, sockets, queues, locks, pools' results, shared memory.

methods: fork spawn forkserver
processes: 3
messages: 5
tasks: 1
"""

import multiprocessing as mp
import multiprocessing.reduction
import multiprocessing.shared_memory
import os
import socket
import sys


def takes(connection, queue, condition, memory):
    passed = connection.recv()
    passed.send("by a connection that was sent")
    server = connection.recv()
    server.sendall(b"by a socket that was sent")
    server.close()
    number = mp.reduction.recv_handle(connection) if sys.version_info >= (3, 8) else None
    os.write(number, b"by a descriptor that was sent")
    os.close(number)
    block = mp.shared_memory.SharedMemory(memory)
    block.buf[:4] = b"mine"
    block.close()
    queue.put(os.getpid() == mp.current_process().pid)
    with condition:
        condition.notify_all()


def main():
    mp.set_start_method(sys.argv[1])
    mine, other = mp.Pipe()
    queue, condition = mp.Queue(), mp.Condition()
    block = mp.shared_memory.SharedMemory(create=True, size=16)
    child = mp.Process(target=takes, args=(other, queue, condition, block.name))
    with condition:
        child.start()
        reader, writer = mp.Pipe(duplex=False)
        mine.send(writer)
        print(reader.recv())
        here, there = socket.socketpair()
        mine.send(there)
        print(here.recv(100))
        first, second = os.pipe()
        mp.reduction.send_handle(mine, second, child.pid)
        print(os.read(first, 100))
        print(queue.get(), condition.wait(30))
    child.join()
    print(bytes(block.buf[:4]), child.exitcode)
    block.close()
    block.unlink()
    shared = mp.shared_memory.ShareableList([1, "two", 3.0, None])
    with mp.Pool(1) as pool:
        print(pool.apply(list, (shared,)))
    shared.shm.close()
    shared.shm.unlink()
    for thing in (mp.Queue(), mp.Lock(), mp.Pool):
        try:
            mine.send(thing)
            print("sent")
        except (RuntimeError, AttributeError, TypeError) as error:
            print(type(error).__name__, error)


if __name__ == "__main__":
    main()
