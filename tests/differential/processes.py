"""Process: names, states, and exit codes of every kind of end."""

import multiprocessing as mp
import os
import signal
import sys
import time
from multiprocessing.connection import wait

from canon import attempt, case, main, say


def nothing():
    pass


def start(target=nothing, **options):
    process = mp.Process(target=target, **options)
    process.start()
    return process


def long_sleep():
    time.sleep(60)


def state(process):
    """All that can be asked, after close too."""
    attempt("pid", lambda: process.pid)
    attempt("exitcode", lambda: process.exitcode)
    attempt("is_alive", process.is_alive)


@case
def default_names():
    say("me", mp.current_process().name)
    for process in [mp.Process(), mp.Process(name="worker"), mp.Process()]:
        say("name", process.name)


@case
def names_of_grandchildren():
    def child():
        say("child", mp.current_process().name)
        grandchild = start(lambda: say("grandchild", mp.current_process().name))
        grandchild.join()
        say("second grandchild", mp.Process().name)

    start(child).join()


@case
def renamed():
    process = mp.Process(target=lambda: say("inside", mp.current_process().name))
    process.name = "other"
    process.start()
    process.join()
    process.name = "third"
    say("outside", process.name)


def fail():
    raise EOFError


def code(what, target, *args):
    process = start(target, args=args)
    process.join()
    say(what, process.exitcode)


@case
def exit_codes():
    code("returned", nothing)
    for n in [0, 3, 256, 257, -1]:
        code(f"exit {n}", sys.exit, n)
    code("error", fail)
    code("text", sys.exit, "no such file")
    code("bare exit", os._exit, 7)
    code("abort", os.abort)


@case
def exit_codes_of_signals():
    for number in [1, 2, 3, 6, 8, 9, 10, 11, 14, 15]:
        # Python has a handler of its own for 2.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        code(f"signal {number}", lambda: os.kill(os.getpid(), number))


@case
def exit_in_a_grandchild():
    def child():
        process = start(sys.exit, args=(5,))
        process.join()
        sys.exit(process.exitcode + 1)

    code("child", child)


@case
def error_of_the_main_process():
    say("before", 1)
    raise ValueError("nobody handles it")


@case
def exit_of_the_main_process():
    start(lambda: say("child", 1)).join()
    sys.exit(9)


@case
def terminate_and_kill():
    for end in ["terminate", "kill"]:
        process = start(long_sleep)
        getattr(process, end)()
        process.join()
        say(end, process.exitcode)


@case
def join_before_start():
    process = mp.Process(target=nothing)
    state(process)
    attempt("join", process.join)
    attempt("join, timeout", process.join, 0.1)


@case
def signals_before_start():
    process = mp.Process(target=nothing)
    attempt("terminate", process.terminate)
    attempt("kill", process.kill)


@case
def signals_after_the_end():
    process = start()
    process.join()
    attempt("terminate", process.terminate)
    attempt("kill", process.kill)
    say("exitcode", process.exitcode)


@case
def started_twice():
    process = start()
    attempt("start", process.start)


@case
def states_over_a_life():
    process = mp.Process(target=long_sleep)
    say("before", process.is_alive())
    process.start()
    say("running", [process.is_alive(), process.exitcode, process.pid is not None])
    process.kill()
    process.join()
    say("after", [process.is_alive(), process.exitcode, process.pid is not None])


@case
def join_with_timeouts():
    process = start(long_sleep)
    for timeout in [0, 0.000001, 0.05]:
        attempt("join", process.join, timeout)
        say("exitcode", process.exitcode)
    process.terminate()
    attempt("join", process.join, 10)
    attempt("again", process.join)
    attempt("and again", process.join, 0)
    say("exitcode", process.exitcode)


@case
def close_of_a_running_process():
    process = start(long_sleep)
    attempt("close", process.close)
    say("is_alive", process.is_alive())
    process.kill()
    process.join()
    attempt("close", process.close)
    attempt("again", process.close)


@case
def use_after_close():
    process = start(name="gone", daemon=True)
    process.join()
    process.close()
    state(process)
    attempt("join", process.join)
    attempt("terminate", process.terminate)
    attempt("kill", process.kill)
    attempt("sentinel", lambda: process.sentinel)
    say("name", process.name)
    say("daemon", process.daemon)


@case
def close_before_start():
    process = mp.Process(target=nothing)
    attempt("close", process.close)
    state(process)
    attempt("start", process.start)


@case
def daemon_rules():
    process = mp.Process(target=long_sleep)
    say("default", process.daemon)
    process.daemon = True
    say("set", process.daemon)
    process.start()
    attempt("set again", lambda: setattr(process, "daemon", False))
    say("still", process.daemon)
    process.kill()
    process.join()


@case
def daemons_have_no_children():
    def daemon():
        say("me", mp.current_process().daemon)
        process = mp.Process(target=nothing)
        say("child's", process.daemon)
        attempt("start", process.start)

    start(daemon, daemon=True).join()


@case
def daemons_end_with_their_parent():
    reader, writer = mp.Pipe(duplex=False)

    def middle():
        start(long_sleep, daemon=True)

    process = start(middle)
    process.join()
    writer.close()
    # Its last copy was the daemon's.
    attempt("recv", reader.recv)
    say("exitcode", process.exitcode)


@case
def other_children_are_joined_at_the_end():
    def slow():
        time.sleep(0.1)
        say("child", "done")

    def middle():
        start(slow)
        say("middle", "returns")

    start(middle).join()
    say("main", "joined")


@case
def terminate_spares_grandchildren():
    reader, writer = mp.Pipe(duplex=False)
    started, start_it = mp.Pipe(duplex=False)

    def grandchild():
        start_it.send_bytes(b"")
        time.sleep(0.1)
        writer.send_bytes(b"still here")

    def middle():
        start(grandchild)
        time.sleep(60)

    process = start(middle)
    started.recv_bytes()
    process.terminate()
    process.join()
    say("middle", process.exitcode)
    say("grandchild", reader.recv_bytes().decode())


@case
def asked_by_another_process():
    process = start(long_sleep)

    def sibling():
        attempt("join", process.join)
        attempt("is_alive", process.is_alive)
        attempt("exitcode", lambda: process.exitcode)
        attempt("close", process.close)
        attempt("terminate", process.terminate)

    start(sibling).join()
    process.join()
    say("exitcode", process.exitcode)


@case
def made_by_another_process():
    process = mp.Process(target=nothing)
    start(lambda: attempt("start", process.start)).join()


@case
def sentinels():
    process = mp.Process(target=long_sleep)
    attempt("before", lambda: process.sentinel)
    process.start()
    say("running", wait([process.sentinel], 0.05))
    process.kill()
    say("ended", len(wait([process.sentinel])))
    process.join()
    say("reaped", len(wait([process.sentinel], 0)))


@case
def first_of_several():
    slow, quick = start(long_sleep), start()
    sentinels = [slow.sentinel, quick.sentinel]
    say("ended", [sentinels.index(ready) for ready in wait(sentinels)])
    slow.kill()


@case
def active_children():
    say("none", len(mp.active_children()))
    one, two = start(long_sleep, name="one"), start(long_sleep, name="two")
    say("both", sorted(child.name for child in mp.active_children()))
    one.kill()
    one.join()
    say("left", sorted(child.name for child in mp.active_children()))
    for child in mp.active_children():
        child.terminate()
        child.join()
    say("exitcode", two.exitcode)
    say("none", len(mp.active_children()))


@case
def parent_process():
    say("of main", mp.parent_process() is None)
    main_pid = os.getpid()

    def grandchild():
        say("of a grandchild", mp.parent_process().name)

    def child():
        parent = mp.parent_process()
        say("name", parent.name)
        say("pid", parent.pid == main_pid)
        say("is_alive", parent.is_alive())
        attempt("join", parent.join, 0.05)
        start(grandchild).join()

    start(child, name="child").join()


@case
def parent_that_ended():
    reader, writer = mp.Pipe(duplex=False)

    def grandchild():
        parent = mp.parent_process()
        parent.join()
        say("is_alive", parent.is_alive())
        writer.send_bytes(b"")

    def child():
        start(grandchild)
        os._exit(0)

    start(child).join()
    reader.recv_bytes()


@case
def reaped_by_another():
    process = start(sys.exit, args=(3,))
    os.waitpid(process.pid, 0)
    attempt("join", process.join)
    attempt("exitcode", lambda: process.exitcode)


@case
def a_child_has_a_copy():
    value = [1]

    def child():
        value[0] += 1
        say("child", value[0])

    start(child).join()
    say("parent", value[0])


if __name__ == "__main__":
    main()
