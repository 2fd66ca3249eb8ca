"""Changes of directory, environment, mask, user and root, each with messages before and after.

methods: fork spawn forkserver
processes: 7
messages: 3
gaps: unpaired
"""

import multiprocessing as mp
import os
import sys
import tempfile


def elsewhere(writer):
    writer.send("before")
    os.chdir("/")
    os.environ.clear()
    writer.send("in / without environment")
    inner = mp.get_context("fork").Process(target=writer.send, args=("a child without environment",))
    inner.start()
    inner.join()
    writer.send(inner.exitcode)
    inner = mp.get_context("spawn").Process(target=writer.send, args=("spawned without environment",))
    inner.start()
    inner.join()
    writer.send(inner.exitcode)


def another_user(writer):
    writer.send("before")
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    writer.send("as nobody")
    inner = mp.get_context("fork").Process(target=writer.send, args=("nobody's child",))
    inner.start()
    inner.join()
    writer.send(inner.exitcode)


def another_root(writer):
    writer.send("before")
    folder = tempfile.mkdtemp()
    if os.getuid() == 0:
        os.chroot(folder)
        os.chdir("/")
    pid = os.fork()
    if pid == 0:
        writer.send("a fork in another root")
        os._exit(3)
    writer.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def main():
    mp.set_start_method(sys.argv[1])
    for work in (elsewhere, another_user, another_root):
        reader, writer = mp.Pipe(duplex=False)
        child = mp.Process(target=work, args=(writer,), name=work.__name__)
        child.start()
        writer.close()
        while True:
            try:
                print(reader.recv())
            except EOFError:
                break
        child.join()
        print(child.exitcode)
    os.chdir("/")
    child = mp.Process(target=print, args=("from /",))
    child.start()
    child.join()


if __name__ == "__main__":
    main()
