"""What hooks share: errors of ours are swallowed, replaced functions look like those they replace.

An exception that a signal's handler raises within a hook is the program's: it passes, as it would
from the operation itself. Ours are told apart by where they were raised.
"""
from types import FunctionType

ring = load("ring")  # noqa: F821
is_own = ring.is_own


def swallow(error):
    """To be called in `except Exception as error`: raises it again unless it is the shim's own."""
    if not is_own(error):
        raise error


def dressed(ours, theirs):
    """Gives a hook what names and describes the function that it stands for."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        try:
            setattr(ours, name, getattr(theirs, name))
        except Exception:
            pass
    try:
        ours.__dict__.update(getattr(theirs, "__dict__", {}))
    except Exception:
        pass
    ours.__wrapped__ = theirs
    return ours


def hook(holder, name, make):
    """Replaces `holder.name` by what `make` makes of it. Nothing happens if there is none."""
    theirs = getattr(holder, name, None)
    if theirs is None:
        return
    setattr(holder, name, dressed(make(theirs), theirs))


def graft(holder, name, make, calls, shift):
    """Puts our own version of a function in place of `holder.name`, as if it stood in its file.

    So no frame of ours is in a traceback, and no call is paid for. `make` is given the function
    and a name space; it returns ours, written so that each statement that can raise has the column,
    and `shift` lines lower the line, of its model. `calls` are the names that the model uses: a
    model that uses others is not the one we know, and is wrapped by the caller instead: False.
    """
    theirs = getattr(holder, name, None)
    code = getattr(theirs, "__code__", None)
    if code is None or not set(code.co_names) == set(calls):
        return False
    ours = make(theirs)
    names = {"co_filename": code.co_filename, "co_name": code.co_name}
    names["co_firstlineno"] = code.co_firstlineno - shift
    if hasattr(code, "co_qualname"):
        names["co_qualname"] = code.co_qualname
    made = FunctionType(ours.__code__.replace(**names), theirs.__globals__, theirs.__name__,
                        theirs.__defaults__, ours.__closure__)
    made.__kwdefaults__ = theirs.__kwdefaults__
    setattr(holder, name, dressed(made, theirs))
    return True
