"""A hundred children that only exit, by fork, by subprocess and by posix_spawn, and one that sends after them.

processes: 102
messages: 1
"""

import multiprocessing as mp
import os
import subprocess


def main():
    codes = 0
    for number in range(60):
        pid = os.fork()
        if pid == 0:
            os._exit(number)
        codes += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    for number in range(20):
        codes += subprocess.call(["sh", "-c", f"exit {number}"])
    for number in range(20):
        pid = os.posix_spawn("/bin/sh", ["sh", "-c", f"exit {number}"], os.environ)
        codes += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(codes)
    queue = mp.get_context("fork").SimpleQueue()
    child = mp.get_context("fork").Process(target=queue.put, args=("the last",))
    child.start()
    print(queue.get())
    child.join()


if __name__ == "__main__":
    main()
