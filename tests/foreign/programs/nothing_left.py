"""First calls of `os` when there is no descriptor left, no root and no right: nothing was loaded before.

processes: 4
gaps: unpaired
"""

import os
import resource
import sys
import tempfile


def tries():
    try:
        os.kill(99_999_999, 0)
    except OSError as error:
        print(type(error).__name__)
    try:
        os.waitpid(-1, 0)
    except OSError as error:
        print(type(error).__name__)
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), 9)
    print(os.waitpid(0, 0)[1])
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)


def no_descriptors():
    free = os.dup(1)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))


def another_user():
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def another_root():
    folder = tempfile.mkdtemp()
    if os.getuid() == 0:
        os.chroot(folder)
        os.chdir("/")


def main():
    for prepare in (no_descriptors, another_user, another_root):
        sys.stdout.flush()
        # Programs of their own: nothing of another's was loaded here. `os.spawnv` forks.
        number = os.posix_spawn(sys.executable, [sys.executable, __file__, prepare.__name__], os.environ)
        os.waitpid(number, 0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        globals()[sys.argv[1]]()
        print(sys.argv[1])
        tries()
    else:
        main()
