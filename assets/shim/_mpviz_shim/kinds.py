"""Numbers of the contract with mpviz's reader (`src/python/slot.rs`): kinds in its order, and units."""

NOTHING, TEXT, BOOT, START, STARTED, START_FAILED, FORK, FORKED = range(8)
SPAWN, SPAWNED, SPAWN_FAILED, REAPED, CODE_READ, BLOCK, UNBLOCK, PIPE = range(8, 16)
QUEUE, QUEUE2, LOCK, TAKEN, RELEASED, COUNT, PUT, QDROP = range(16, 24)
SEND, RECV, EOF, CONNECT, ACCEPT, POOL, TASK_SUBMIT, TASK_START = range(24, 32)
TASK_END, TASK_FETCHED, THREAD, THREAD_END, FINISHING, EXITING, SIGNAL, HELPER = range(32, 40)
FAILED = 40

FOREVER = (1 << 64) - 1


def until(timeout):
    """Returns a timeout in seconds as the slots have it, in ns."""
    if timeout is None:
        return FOREVER
    try:
        return min(max(0, int(timeout * 1e9)), FOREVER)
    except (OverflowError, ValueError, TypeError):
        return FOREVER
