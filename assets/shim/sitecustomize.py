"""Found first on PYTHONPATH by `site`: loads the shim, then hands on to the next sitecustomize.

Every Python reads this file, from 2.7 on, so it is written in what they have in common. What does
the work is in `_mpviz_shim/`, loaded by `_load` and kept out of `sys.modules`. Nothing here may
fail aloud; only the next sitecustomize's own errors pass.
"""
import sys


def _load(name):
    """Returns the shim's part of that name: from its own compiled file, else compiled and stored."""
    import marshal
    import posix
    from _frozen_importlib_external import MAGIC_NUMBER

    source = _here + "/_mpviz_shim/" + name + ".py"
    stored = "%s/_mpviz_shim/__pycache__/%s.%s.pyc" % (_here, name, sys.implementation.cache_tag)
    code = None
    try:
        fd = posix.open(stored, posix.O_RDONLY | posix.O_CLOEXEC)
        try:
            data = posix.read(fd, 1 << 20)
        finally:
            posix.close(fd)
        if data[:4] == MAGIC_NUMBER:
            code = marshal.loads(memoryview(data)[16:])
    except Exception:
        pass
    if code is None:
        with open(source, "rb") as file:
            text = file.read()
        code = compile(text, source, "exec", dont_inherit=True)
        _store(stored, source, MAGIC_NUMBER, marshal.dumps(code))
    part = type(sys)("_mpviz_shim." + name)
    part.__file__ = source
    part.load = _part
    exec(code, part.__dict__)
    return part


def _store(stored, source, magic, code):
    """Writes a compiled file by a rename, so that no one reads half of it."""
    import posix

    try:
        facts = posix.stat(source)
        head = magic + b"\0\0\0\0"
        for number in (int(facts.st_mtime), facts.st_size):
            head += (number & 0xFFFFFFFF).to_bytes(4, "little")
        try:
            posix.mkdir(stored[: stored.rindex("/")], 0o700)
        except OSError:
            pass
        unready = "%s.%d" % (stored, posix.getpid())
        flags = posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_CLOEXEC
        fd = posix.open(unready, flags, 0o600)
        try:
            posix.write(fd, head + code)
        finally:
            posix.close(fd)
        posix.rename(unready, stored)
    except Exception:
        pass


def _part(name):
    """Returns a part of the shim: of two threads that load it at once, both get the same one."""
    part = _parts.get(name)
    if part is None:
        part = _parts.setdefault(name, _load(name))
    return part


def _leave():
    """Takes this file's directory off `sys.path`, so that a program finds nothing of ours."""
    sys.path[:] = [entry for entry in sys.path if entry != _here]
    sys.path_importer_cache.pop(_here, None)


def _tidy():
    """Removes the compiled file of this one where a prefix has put it elsewhere."""
    import posix

    stored = globals().get("__cached__") or ""
    if getattr(sys, "pycache_prefix", None) and stored.startswith(sys.pycache_prefix):
        posix.unlink(stored)
        while len(stored) > len(sys.pycache_prefix):
            stored = stored[: stored.rindex("/")]
            posix.rmdir(stored)


def _hand_on():
    """Runs the sitecustomize that would have been found without ours; without one, ours stays."""
    ours = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError as error:
        if getattr(error, "name", "sitecustomize") != "sitecustomize":
            raise
        if "No module named" not in str(error):
            raise
        if ours is not None:
            sys.modules["sitecustomize"] = ours


_parts = {}
_here = __file__[: __file__.rindex("/")]
try:
    _leave()
    if sys.version_info < (3, 9) or sys.implementation.name != "cpython":
        with open(_here + "/_mpviz_shim/old.py") as _file:
            exec(compile(_file.read(), _file.name, "exec"), {"here": _here})
    else:
        _part("begin").begin(_here)
        _tidy()
except Exception:
    pass
_hand_on()
