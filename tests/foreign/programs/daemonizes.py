"""A daemon by two forks and a session of its own, which closes everything, uses a pool and writes a file.

processes: 5
tasks: 8
"""

import multiprocessing as mp
import os
import tempfile


def square(number):
    return number * number


def daemon(path):
    os.chdir("/")
    os.umask(0o077)
    os.closerange(0, 1024)
    for _ in range(3):
        os.open("/dev/null", os.O_RDWR)
    with mp.get_context("fork").Pool(2) as pool:
        found = pool.map(square, range(8))
    with open(path + ".new", "w") as file:
        file.write(f"{sum(found)} {sorted(map(int, os.listdir('/proc/self/fd')))[:3]}")
    os.rename(path + ".new", path)
    os._exit(0)


def main():
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "written")
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        os.dup2(writer, 2)
        daemon(path)
    os.close(writer)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    # Nobody can wait for it but by what it does.
    import time

    for _ in range(2000):
        if os.path.exists(path):
            break
        time.sleep(0.01)
    with open(path) as file:
        print(file.read())
    os.unlink(path)
    os.rmdir(folder)
    os.close(reader)


if __name__ == "__main__":
    main()
