"""Processes in many ways: daemons, failures, signals, forks, subprocesses, a manager."""
import multiprocessing
import os
import signal
import subprocess
import sys
import time

from common import begin, descriptors, say


def fail():
    sys.stderr = open(os.devnull, "w")
    raise KeyError("missing")


def leave(code):
    sys.exit(code)


def sleep():
    time.sleep(60)


def change(shared):
    shared["key"] = 1


def main():
    begin()
    for target, args in ((fail, ()), (leave, (7,)), (os._exit, (9,))):
        process = multiprocessing.Process(target=target, args=args)
        process.start()
        process.join()
        say(target.__name__, process.exitcode)
    process = multiprocessing.Process(target=sleep, daemon=True)
    process.start()
    process.join(0.01)
    say(process.is_alive())
    process.terminate()
    process.join()
    say(process.exitcode == -signal.SIGTERM)
    pid = os.fork()
    if not pid:
        os._exit(3)
    say(os.waitpid(pid, 0)[1] >> 8)
    say(subprocess.run(["sh", "-c", "echo hello; exit 2"], capture_output=True).returncode)
    try:
        subprocess.run(["/nowhere/at/all"])
    except OSError as error:
        say(error)
    with multiprocessing.Manager() as manager:
        shared = manager.dict()
        process = multiprocessing.Process(target=change, args=(shared,))
        process.start()
        process.join()
        say(dict(shared))
    say(descriptors())


if __name__ == "__main__":
    main()
