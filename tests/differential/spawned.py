"""Processes by spawn: what gets there, what does not, and the rules of contexts."""

import multiprocessing as mp
import os
import sys

from canon import attempt, case, main, say

SPAWN = mp.get_context("spawn")
CHANGED = [0]


def join(process):
    process.join()
    say("exitcode", process.exitcode)


def run(target, *args, **kwargs):
    # Not SPAWN's Process: that one has another default name.
    mp.set_start_method("spawn", force=True)
    process = mp.Process(target=target, args=args, **kwargs)
    process.start()
    join(process)


def end(code):
    sys.exit(code)


def fail():
    raise EOFError


def nothing():
    pass


@case
def exit_codes():
    run(nothing)
    for code in [0, 3, 256, 257, -1]:
        run(end, code)
    run(fail)


def who():
    me, parent = mp.current_process(), mp.parent_process()
    say("me", [me.name, me.daemon, me.pid == os.getpid()])
    say("parent", [parent.name, parent.pid == os.getppid(), parent.is_alive()])


@case
def who_it_is():
    run(who)
    run(who, name="worker")
    run(who, daemon=True)


def spawns_one():
    say("me", mp.current_process().name)
    run(who)


@case
def from_a_spawned_process():
    run(spawns_one)


@case
def from_a_forked_process():
    process = mp.Process(target=spawns_one)
    process.start()
    join(process)


def start_method_there():
    say("there", mp.get_start_method(allow_none=True))


@case
def start_method_in_the_child():
    for method in ["fork", "spawn"]:
        mp.set_start_method(method, force=True)
        process = SPAWN.Process(target=start_method_there)
        process.start()
        join(process)


@case
def start_method_set_twice():
    mp.set_start_method(None, force=True)
    say("nothing yet", mp.get_start_method(allow_none=True))
    attempt("set", mp.set_start_method, "spawn")
    attempt("again", mp.set_start_method, "spawn")
    say("is", mp.get_start_method())
    attempt("forced", mp.set_start_method, "fork", force=True)
    say("is", mp.get_start_method())
    mp.set_start_method(None, force=True)
    say("asked", mp.get_start_method() in ["fork", "forkserver"])
    attempt("set after asking", mp.set_start_method, "spawn")


@case
def start_method_unknown():
    attempt("unknown", mp.set_start_method, "clone", force=True)


def add(a, b):
    say("sum", a + b)


def texts(one, two, three):
    say("texts", [one, two, three])


@case
def arguments():
    run(add, 3, 4)
    run(texts, "a", "", "ü" * 10)


def length(data):
    say("length", len(data))


@case
def large_argument():
    run(length, b"x" * (1 << 24))


def append(items):
    items.append(1)
    say("there", items)


@case
def arguments_are_copies():
    items = [7]
    run(append, items)
    say("here", items)


def tell_changed():
    say("there", CHANGED[0])


@case
def memory_stays_behind():
    CHANGED[0] = 5
    process = mp.get_context("fork").Process(target=tell_changed)
    process.start()
    join(process)
    run(tell_changed)


UNNAMED = lambda: None


@case
def target_without_a_name():
    process = SPAWN.Process(target=UNNAMED)
    attempt("start", process.start)


def raise_value(value):
    with value.get_lock():
        value.value += 5


@case
def value():
    value = SPAWN.Value("i", 2)
    run(raise_value, value)
    say("here", value.value)


def hold(lock, event):
    lock.acquire()
    event.set()


@case
def lock_and_event():
    lock, event = SPAWN.Lock(), SPAWN.Event()
    run(hold, lock, event)
    say("set", event.is_set())
    attempt("acquire", lock.acquire, block=False)
    attempt("release", lock.release)
    attempt("acquire", lock.acquire, block=False)


def hand_on(source, to):
    for _ in range(3):
        to.put(source.get() * 2)


@case
def queues():
    source, to = SPAWN.Queue(2), SPAWN.SimpleQueue()
    process = SPAWN.Process(target=hand_on, args=(source, to))
    process.start()
    for n in range(3):
        source.put(n)
    for _ in range(3):
        say("get", to.get())
    say("qsize", source.qsize())
    join(process)


def do_tasks(q):
    for _ in range(2):
        q.get()
        q.task_done()
    attempt("too often", q.task_done)


@case
def a_joinable_queue():
    q = SPAWN.JoinableQueue()
    q.put(1)
    q.put(2)
    process = SPAWN.Process(target=do_tasks, args=(q,))
    process.start()
    q.join()
    # What the other one says comes first: it may still be about to.
    join(process)
    say("joined", True)


@case
def queue_made_under_fork():
    process = SPAWN.Process(target=nothing, args=(mp.get_context("fork").Queue(),))
    attempt("start", process.start)


@case
def queue_in_a_message():
    mp.set_start_method("spawn", force=True)
    _reader, writer = mp.Pipe(duplex=False)
    attempt("send", writer.send, mp.Queue())


def answer(end, writer):
    end.send(end.recv().upper())
    writer.send_bytes(b"one way")


@case
def connections():
    a, b = mp.Pipe()
    reader, writer = mp.Pipe(duplex=False)
    process = SPAWN.Process(target=answer, args=(b, writer))
    process.start()
    a.send("text")
    say("recv", a.recv())
    say("recv", reader.recv_bytes().decode())
    join(process)
def meet(lock, condition, rlock, places, barrier, array):
    attempt("unheld", condition.wait, 0)
    with lock:
        # The condition's lock is this very lock.
        attempt("held", condition.wait, 0)
    with rlock:
        array[1] = 7
    places.release()
    barrier.wait()


@case
def all_of_synchronize():
    lock, rlock = SPAWN.Lock(), SPAWN.RLock()
    condition = SPAWN.Condition(lock)
    places, barrier = SPAWN.Semaphore(2), SPAWN.Barrier(2)
    array = SPAWN.Array("i", [1, 2, 3])
    process = SPAWN.Process(target=meet, args=(lock, condition, rlock, places, barrier, array))
    process.start()
    attempt("met", lambda: barrier.wait() < 2)
    process.join()
    say("value", places.get_value())
    say("all", array[:])
    attempt("acquire", rlock.acquire, False)
    say("exit", process.exitcode)


@case
def lock_made_under_fork():
    lock = mp.get_context("fork").Lock()
    process = SPAWN.Process(target=hold, args=(lock, SPAWN.Event()))
    attempt("start", process.start)


@case
def lock_in_a_message():
    mp.set_start_method("spawn", force=True)
    reader, writer = mp.Pipe(duplex=False)
    attempt("send", writer.send, mp.Lock())
    attempt("send after", writer.send, 1)
    attempt("recv", reader.recv)


def spawn_nothing():
    process = SPAWN.Process(target=nothing)
    attempt("start", process.start)


@case
def daemon_has_no_children():
    run(spawn_nothing, daemon=True)


def wait_for_ever(event):
    event.set()
    SPAWN.Event().wait()


@case
def ended_by_signals():
    for end in ["terminate", "kill"]:
        event = SPAWN.Event()
        process = SPAWN.Process(target=wait_for_ever, args=(event,))
        process.start()
        event.wait()
        say("alive", process.is_alive())
        getattr(process, end)()
        join(process)


def die_early(code):
    os._exit(code)


@case
def left_by_exit():
    run(die_early, 9)


@case
def joined_at_exit():
    # Nobody joins it: the end of MainProcess does.
    SPAWN.Process(target=add, args=(1, 2)).start()


def command_line():
    say("last", sys.argv[-1])


@case
def command_line_is_the_parents():
    run(command_line)


def descriptors():
    # 0 to 2 and what lists them; CPython's resource tracker has some more.
    say("few", len(os.listdir("/proc/self/fd")) < 15)


@case
def descriptors_stay_behind():
    kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
    run(descriptors)
    say("kept", len(kept))


def fork_in_between():
    pid = os.fork()
    if pid:
        say("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    else:
        say("copy", None)
        os._exit(6)


@case
def target_that_forks():
    process = mp.Process(target=fork_in_between)
    process.start()
    join(process)
    run(fork_in_between)


def close_all():
    for fd in range(64):
        try:
            os.close(fd)
        except OSError:
            pass


@case
def target_that_closes_all():
    process = mp.Process(target=close_all)
    process.start()
    join(process)
    run(close_all)


def close_all_and_fail():
    close_all()
    raise EOFError


@case
def target_that_closes_all_and_fails():
    # Not by spawn: there CPython's interpreter ends, too, and finds 120 for a stderr that is gone.
    process = mp.Process(target=close_all_and_fail)
    process.start()
    join(process)


@case
def target_that_ends_the_process():
    process = mp.Process(target=die_early, args=(3,))
    process.start()
    join(process)


def index_out_of_range():
    [][1]


@case
def target_that_panics():
    process = mp.Process(target=index_out_of_range)
    process.start()
    join(process)
    run(index_out_of_range)


if __name__ == "__main__":
    main()
