"""Values and arrays in memory that processes share."""

import multiprocessing as mp

from canon import attempt, case, main, say


def start(target):
    process = mp.Process(target=target)
    process.start()
    return process


def child(target):
    start(target).join()


@case
def value_of_each_type():
    for code, number in [
        ("b", -128), ("B", 255), ("h", -32768), ("H", 65535), ("i", -(2**31)), ("I", 2**32 - 1),
        ("q", -(2**63)), ("Q", 2**64 - 1), ("f", 0.5), ("d", -0.1),
    ]:
        value = mp.Value(code, number)
        say("is", value.value)
        value.value = type(number)(1)
        say("then", value.value)


@case
def value_starts_at_zero():
    say("i", mp.Value("i").value)
    say("d", mp.Value("d").value)


@case
def value_of_a_child():
    value = mp.Value("i", 1)

    def target():
        say("child", value.value)
        value.value = 2

    child(target)
    say("parent", value.value)


@case
def value_whose_update_is_lost():
    value, read, write = mp.Value("i", 0), mp.Semaphore(0), mp.Semaphore(0)

    def target():
        seen = value.value
        read.release()
        write.acquire()
        value.value = seen + 1

    processes = [start(target) for _ in range(2)]
    for _ in processes:
        read.acquire()
    for process in processes:
        write.release()
    for process in processes:
        process.join()
    say("value", value.value)


@case
def value_updated_under_its_lock():
    value = mp.Value("i", 0)

    def target():
        for _ in range(200):
            with value.get_lock():
                value.value += 1

    processes = [start(target) for _ in range(4)]
    for process in processes:
        process.join()
    say("value", value.value)


@case
def value_has_an_rlock():
    value = mp.Value("i", 7)
    with value.get_lock():
        with value.get_lock():
            say("value", value.value)
        child(lambda: attempt("child", value.get_lock().acquire, False))
    attempt("released too often", value.get_lock().release)


@case
def value_with_a_given_rlock():
    lock = mp.RLock()
    value = mp.Value("i", 7, lock=lock)
    with lock:
        say("value", value.value)
        child(lambda: attempt("child", value.get_lock().acquire, False))


@case
def value_with_a_plain_lock_waits_for_itself():
    lock = mp.Lock()
    value = mp.Value("i", 7, lock=lock)
    say("value", value.value)

    def target():
        with lock:
            value.value

    process = start(target)
    process.join(0.3)
    say("hangs", process.exitcode is None)
    process.kill()
    process.join()


@case
def value_without_its_lock():
    value = mp.Value("i", 7)
    with value.get_lock():
        child(lambda: say("child", value.get_obj().value))


@case
def value_without_a_lock():
    value = mp.Value("i", 7, lock=False)

    def target():
        value.value += 1

    child(target)
    say("value", value.value)
    raw = mp.RawValue("d", 1.5)
    raw.value *= 2
    say("raw", raw.value)


@case
def array_items():
    array = mp.Array("i", [1, 2, 3])
    say("len", len(array))
    say("items", [array[at] for at in range(3)])
    attempt("beyond", lambda: array[3])
    array[1] = 20
    say("set", array[1])
    attempt("set beyond", array.__setitem__, 3, 1)
    say("all", array[:])


@case
def array_slices():
    array = mp.Array("i", [1, 2, 3, 4])
    say("middle", array[1:3])
    say("from", array[2:])
    say("to", array[:2])
    say("beyond the end", array[2:100])
    say("behind the end", array[9:])
    say("none", array[3:1])


@case
def array_slices_set():
    array = mp.Array("i", [1, 2, 3, 4])

    def put(what, first, end, values):
        attempt(what, array.__setitem__, slice(first, end), values)
        say("all", array[:])

    put("same", 1, 3, [20, 30])
    put("too few", 1, 3, [9])
    put("too many", 1, 3, [9, 9, 9])
    put("clamped", 3, 100, [40])
    put("none", 2, 2, [])


@case
def array_of_zeros():
    array = mp.Array("d", 3)
    say("all", array[:])
    say("len", len(array))


@case
def array_of_none():
    array = mp.Array("i", 0)
    say("len", len(array))
    say("all", array[:])
    attempt("first", lambda: array[0])


@case
def array_of_a_child():
    array = mp.Array("h", range(4))

    def target():
        for at in range(len(array)):
            array[at] *= -10

    child(target)
    say("all", array[:])


@case
def array_under_its_lock():
    array = mp.Array("i", 2)

    def target():
        for _ in range(100):
            with array.get_lock():
                array[0] += 1
                array[1] -= 1

    processes = [start(target) for _ in range(3)]
    for process in processes:
        process.join()
    say("all", array[:])


@case
def array_without_a_lock():
    array = mp.RawArray("B", [1, 2, 3])

    def target():
        array[1] = 200

    child(target)
    say("all", array[:])
    attempt("beyond", lambda: array[3])
    say("slice", array[1:])


if __name__ == "__main__":
    main()
