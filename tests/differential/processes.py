"""Process: names, states, and exit codes of every kind of end."""

import multiprocessing as mp
import sys

from canon import attempt, case, main, say


def nothing():
    pass


@case
def default_names():
    say("me", mp.current_process().name)
    for process in [mp.Process(), mp.Process(name="worker"), mp.Process()]:
        say("name", process.name)


@case
def names_of_grandchildren():
    def child():
        say("child", mp.current_process().name)
        grandchild = mp.Process(target=lambda: say("grandchild", mp.current_process().name))
        grandchild.start()
        grandchild.join()
        say("second grandchild", mp.Process().name)

    process = mp.Process(target=child)
    process.start()
    process.join()


def fail():
    raise EOFError


@case
def exit_codes():
    def code(what, target, *args):
        process = mp.Process(target=target, args=args)
        process.start()
        process.join()
        say(what, process.exitcode)

    code("returned", nothing)
    for n in [0, 3, 256, 257, -1]:
        code(f"exit {n}", sys.exit, n)
    code("error", fail)


@case
def join_before_start():
    process = mp.Process(target=nothing)
    say("exitcode", process.exitcode)
    say("pid", process.pid)
    attempt("join", process.join)


if __name__ == "__main__":
    main()
