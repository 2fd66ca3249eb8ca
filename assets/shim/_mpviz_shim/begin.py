"""Interpreter start: hello to the log, the finder that patches modules as they come, fork's hooks.

All of this together may cost 1.5 ms, so nothing is imported that the interpreter has not loaded
by itself. In a sub-interpreter nothing happens.
"""
import sys

#: Which part patches which module.
PATCHES = {
    "multiprocessing.connection": "connection",
    "multiprocessing.forkserver": "helpers",
    "multiprocessing.managers": "helpers",
    "multiprocessing.pool": "pool",
    "multiprocessing.popen_forkserver": "popen",
    "multiprocessing.process": "process",
    "multiprocessing.queues": "queues",
    "multiprocessing.resource_tracker": "helpers",
    "multiprocessing.synchronize": "synchronize",
    "multiprocessing.util": "process_util",
    "concurrent.futures.process": "futures",
    "subprocess": "spawned",
    "billiard.connection": "connection",
    "billiard.pool": "billiard",
    "billiard.process": "process",
    "billiard.queues": "queues",
    "billiard.synchronize": "synchronize",
    "billiard.util": "process_util",
    "joblib.pool": "joblib",
}
for _loky in ("loky", "joblib.externals.loky"):
    PATCHES[_loky + ".process_executor"] = "futures"
    PATCHES[_loky + ".backend.queues"] = "loky"
    PATCHES[_loky + ".backend.resource_tracker"] = "helpers"
    PATCHES[_loky + ".backend.synchronize"] = "synchronize"


class Finder:
    """First on `sys.meta_path`: lets the others find a module, and patches it when it has run."""

    def __init__(self, load):
        self.load = load
        self.is_new = True

    def leave(self):
        """Takes our sitecustomize out of `sys.modules`, now that its own import is over."""
        self.is_new = False
        ours = self.load("settings").here + "/sitecustomize.py"
        if getattr(sys.modules.get("sitecustomize"), "__file__", None) == ours:
            del sys.modules["sitecustomize"]

    def find_spec(self, name, path=None, target=None):
        if self.is_new and name != "sitecustomize":
            try:
                self.leave()
            except Exception:
                pass
        if name not in PATCHES:
            return None
        spec = None
        for finder in sys.meta_path:
            if finder is self:
                continue
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find is not None else None
            if spec is not None:
                break
        try:
            self.take(name, spec)
        except Exception:
            pass
        return spec

    def take(self, name, spec):
        """Has a module patched once its loader has run it."""
        loader = spec.loader
        run = loader.exec_module

        def exec_module(module):
            if module.__name__ != name:
                # A loader of several modules, such as that of a zip file.
                return run(module)
            try:
                del loader.exec_module
            except AttributeError:
                pass
            run(module)
            self.patch(name, module)

        loader.exec_module = exec_module

    def patch(self, name, module):
        try:
            self.load(PATCHES[name]).patch(module)
        except Exception as error:
            try:
                self.load("log").mistake(error)
            except Exception:
                pass


def is_main_interpreter():
    """Whether this is no sub-interpreter: only the main one may ask about signals at all."""
    import _signal

    try:
        _signal.signal(0, 0)
    except ValueError as error:
        return "range" in str(error)
    except Exception:
        pass
    return True


def begin(here):
    """Starts the shim. `here` is the shim's directory, within the run's."""
    if not is_main_interpreter():
        return
    run = here[: here.rindex("/")]
    settings = load("settings")  # noqa: F821
    settings.run, settings.here = run, here
    if settings.is_elsewhere():
        return
    log = load("log")  # noqa: F821
    log.path = run + "/log"
    argv = getattr(sys, "orig_argv", None) or [sys.executable or "python", *sys.argv]
    log.hello(sys.version_info[:3], sys.implementation.name, argv)
    if not getattr(sys, "_is_gil_enabled", lambda: True)() and sys.version_info < (3, 14):
        log.off("events of a Python without GIL are told from 3.14 on")
        return
    load("forks").patch()  # noqa: F821
    finder = Finder(load)  # noqa: F821
    for name in PATCHES:
        module = sys.modules.get(name)
        if module is not None:
            finder.patch(name, module)
    sys.meta_path.insert(0, finder)
