"""Every lock and its kin, waited for and not, and a Value's."""
import multiprocessing
import time

from common import begin, descriptors, say


def work(lock, again, semaphore, condition, event, barrier, value):
    with lock:
        with again, again:
            semaphore.acquire()
    with condition:
        condition.notify_all()
    event.wait()
    barrier.wait()
    with value.get_lock():
        value.value += 1
    semaphore.release()


def main():
    begin()
    lock, again, semaphore = multiprocessing.Lock(), multiprocessing.RLock(), multiprocessing.Semaphore(2)
    condition, event, barrier = multiprocessing.Condition(), multiprocessing.Event(), multiprocessing.Barrier(2)
    bounded = multiprocessing.BoundedSemaphore(1)
    value = multiprocessing.Value("i", 1)
    parts = (lock, again, semaphore, condition, event, barrier, value)
    worker = multiprocessing.Process(target=work, args=parts)
    with condition:
        with lock:
            worker.start()
            time.sleep(0.05)
        condition.wait()
    event.set()
    say(event.is_set(), barrier.wait() in (0, 1))
    event.clear()
    worker.join()
    say(worker.exitcode, value.value, semaphore.get_value())
    say(lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.01), repr(lock))
    lock.release()
    for wrong in (lambda: again.release(), lambda: (bounded.release(), bounded.release())):
        try:
            wrong()
        except Exception as error:
            say(repr(error))
    say(descriptors())


if __name__ == "__main__":
    main()
