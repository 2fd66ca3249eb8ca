"""The program that `call.py` and `communicate.py` run: `nslookup`, or this file, which answers two
questions from example data, so that the lessons work on every machine and offline.
"""

import shutil
import sys
import time

CHOICES = ["nslookup", "stand-in"]

# A real look-up takes its time, too, and the lesson is about waiting for it.
LOOK_UP = 0.1

ANSWERS = {
    ("www.python.org", "a"): (
        "www.python.org\tcanonical name = dualstack.python.example.\n"
        "Address: 192.0.2.223\n"
    ),
    ("python.org", "mx"): "python.org\tmail exchanger = 50 mail.python.example.\n",
}


def default():
    return CHOICES[0] if shutil.which("nslookup") else CHOICES[1]


def choose(choice):
    """Returns the command and its name."""
    if choice == "nslookup":
        return ["nslookup"], "nslookup"
    return [sys.executable, __file__], "nslookup stand-in"


def answer(host, query):
    time.sleep(LOOK_UP)
    print("Server:\t\tstand-in (example data, no network)\n")
    found = ANSWERS.get((host, query))
    print(found or f"** the stand-in knows no answer for {host}\n")
    return found is not None


def questions(lines):
    query, all_known = "a", True
    for line in map(str.strip, lines):
        if line == "exit":
            break
        if line.startswith("set q="):
            query = line[len("set q="):]
        elif line:
            all_known = answer(line, query) and all_known
    return all_known


if __name__ == "__main__":
    hosts = sys.argv[1:]
    known = answer(hosts[0], "a") if hosts else questions(sys.stdin)
    sys.exit(0 if known else 1)
