"""The harness itself: each of these cases differs from its Rust side, and that must be found."""

import sys

from canon import attempt, case, main, say


@case
def another_value():
    say("a", 1)
    say("b", [1, "é"])


@case
def another_error():
    attempt("get", int, "no number")


@case
def python_says_more():
    say("a", 1)
    say("b", 2)


@case
def ours_says_more():
    say("a", 1)


@case
def another_exit_code():
    say("a", 1)
    sys.exit(3)


@case
def an_unhandled_error():
    raise ValueError("nobody handles it")


if __name__ == "__main__":
    main()
