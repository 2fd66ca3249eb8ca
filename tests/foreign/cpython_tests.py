"""Runs tests of CPython's own packages by unittest, and writes each one's outcome to a file.

    python3 cpython_tests.py list MODULE…          what classes there are, a line each
    python3 cpython_tests.py run FILE NAME…        lines of JSON: begun, then ended with its outcome

The file is opened, written and closed for each line: tests count descriptors, and fork. Children by
spawn import this file as their main module, so that it does nothing then.
"""

import importlib
import json
import pkgutil
import sys
import traceback
import unittest


def tell(path, **line):
    with open(path, "a") as file:
        file.write(json.dumps(line) + "\n")


class Result(unittest.TestResult):
    """Writes down what comes of each test."""

    def __init__(self, path):
        super().__init__()
        self.path, self.test, self.what, self.why = path, None, "", ""

    def startTest(self, test):
        super().startTest(test)
        self.test, self.what, self.why = test, "ok", ""
        tell(self.path, begun=test.id())

    def stopTest(self, test):
        super().stopTest(test)
        if self.test is test:
            tell(self.path, ended=test.id(), outcome=self.what, why=self.why)
        self.test = None

    def _came(self, test, what, why=""):
        # What stands outside of a test, such as a `setUpClass`, has an end only; so has, in some
        # versions, a test that is skipped by its class.
        if self.test is not test:
            tell(self.path, ended=test.id(), outcome=what, why=why)
        elif self.what == "ok":
            self.what, self.why = what, why

    def addError(self, test, err):
        self._came(test, "error", "".join(traceback.format_exception(*err)))

    def addFailure(self, test, err):
        self._came(test, "failure", "".join(traceback.format_exception(*err)))

    def addSkip(self, test, reason):
        self._came(test, "skipped", reason)

    def addExpectedFailure(self, test, err):
        self._came(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        self._came(test, "unexpected success")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._came(test, "failure", "".join(traceback.format_exception(*err)))


def classes(suite):
    """Returns the names of the classes of a suite, in order, with how many tests each has."""
    found = {}
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            for name, count in classes(item).items():
                found[name] = found.get(name, 0) + count
        else:
            name = f"{type(item).__module__}.{type(item).__qualname__}"
            found[name] = found.get(name, 0) + 1
    return found


def listed(name):
    """Returns the names of the classes of a module, or of a package's modules."""
    module = importlib.import_module(name)
    names = [name]
    if hasattr(module, "__path__"):
        parts = [part.name for part in pkgutil.iter_modules(module.__path__)]
        names = [f"{name}.{part}" for part in parts if part.startswith("test_")]
    found = {}
    for part in names:
        module = importlib.import_module(part)
        suite = unittest.TestLoader().loadTestsFromModule(module)
        # A class that was imported from elsewhere is named by where it can be loaded from.
        for own, count in classes(suite).items():
            found[f"{part}.{own.rsplit('.', 1)[-1]}"] = count
    return found


def main():
    how, *rest = sys.argv[1:]
    if how == "list":
        for module in rest:
            try:
                for name, count in listed(module).items():
                    print(name, count)
            except ImportError as error:
                print("-", module, error)
            except unittest.SkipTest as error:
                print("-", module, error)
    else:
        path, *names = rest
        suite = unittest.TestLoader().loadTestsFromNames(names)
        suite.run(Result(path))
        tell(path, over=True)


if __name__ == "__main__":
    main()
