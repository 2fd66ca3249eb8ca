"""The canonical words of the Python side: canon.rs has the same. Imports little, it starts often."""

import json
import os
import sys

CASES = {}


def case(function):
    """Marks a case: a function of the same name is its Rust side."""
    CASES[function.__name__] = function
    return function


def line(text):
    # One write, so that the lines of several processes stay whole.
    os.write(1, (text + "\n").encode())


def say(what, value):
    """Says a value, as JSON."""
    line(f"{what}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}")


def attempt(what, call, *args, **kwargs):
    """Says what a call returned: its value, or the class name of its error. Returns the value."""
    try:
        value = call(*args, **kwargs)
    except Exception as error:
        line(f"{what}: error {type(error).__name__}")
        return None
    say(what, value)
    return value


def main():
    """Runs the case that the command line names. The last line of each area."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing and multiprocessing.get_start_method(allow_none=True) is None:
        # Before 3.14 that is the default.
        multiprocessing.set_start_method("fork")
    CASES[sys.argv[1]]()
