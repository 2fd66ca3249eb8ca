"""Little room: no file may grow, few descriptors, little memory, a full directory for temporary files.

methods: fork spawn forkserver
processes: 4
messages: 2000
gaps: unpaired
"""

import multiprocessing as mp
import os
import resource
import sys


def no_file_grows(writer):
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for number in range(2000):
        writer.send(number)
    inner = mp.get_context("fork").Process(target=writer.send, args=("its child",))
    inner.start()
    inner.join()


def few_descriptors(writer):
    free = os.dup(writer.fileno())
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))
    pid = os.fork()
    if pid == 0:
        writer.send("without a descriptor to spare")
        os._exit(0)
    os.waitpid(pid, 0)
    try:
        mp.Pipe()
    except OSError as error:
        writer.send(error.strerror)
    writer.send("goes on")


def little_memory(writer):
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[0])
    room = (pages + 128) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    pid = os.fork()
    if pid == 0:
        writer.send("without room to map")
        os._exit(0)
    os.waitpid(pid, 0)
    writer.send("goes on")


def main():
    mp.set_start_method(sys.argv[1])
    for work in (no_file_grows, few_descriptors, little_memory):
        reader, writer = mp.Pipe(duplex=False)
        child = mp.Process(target=work, args=(writer,), name=work.__name__)
        child.start()
        writer.close()
        found = []
        while True:
            try:
                found.append(reader.recv())
            except EOFError:
                break
        print(len(found), found[-3:])
        child.join()
        print(child.exitcode)


if __name__ == "__main__":
    main()
