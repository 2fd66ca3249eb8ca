"""joblib: loky's processes, multiprocessing's, big arrays by shared memory, an error, and nested calls.

needs: joblib loky
tasks: 62
processes: 3
"""

import joblib
import loky


def square(number):
    return number * number


def fails(number):
    raise ValueError(f"no square of {number}")


def outer(number):
    return sum(joblib.Parallel(n_jobs=2, prefer="threads")(joblib.delayed(square)(each) for each in range(number)))


def main():
    # How many make one task is else as the machine is busy.
    each = {"n_jobs": 2, "batch_size": 1}
    print(joblib.Parallel(**each)(joblib.delayed(square)(number) for number in range(20)))
    print(joblib.Parallel(**each, backend="multiprocessing")(joblib.delayed(square)(number) for number in range(20)))
    print(joblib.Parallel(n_jobs=2)(joblib.delayed(square)(number) for number in range(4)))
    print(joblib.Parallel(**each)(joblib.delayed(outer)(number) for number in range(6)))
    print(list(joblib.Parallel(**each, return_as="generator")(joblib.delayed(len)(b"x" * 2_000_000) for _ in range(3))))
    try:
        joblib.Parallel(n_jobs=2)(joblib.delayed(fails)(number) for number in range(3))
    except ValueError as error:
        # Which of them is told first is a race.
        print(str(error).split(" of ")[0])
    executor = loky.get_reusable_executor(max_workers=2)
    print(list(executor.map(square, range(10))), executor.submit(lambda: "not importable").result())
    try:
        executor.submit(fails, 1).result()
    except ValueError as error:
        print(error)
    executor.shutdown()


if __name__ == "__main__":
    main()
