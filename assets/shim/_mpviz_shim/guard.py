"""What hooks share: they tell and do, errors of ours are swallowed, and they look like those they replace."""
from types import FunctionType

errors = load("errors")  # noqa: F821
swallow, unseen = errors.swallow, errors.unseen


def around(before, after):
    """Returns what makes hooks for `hook`: tell `before`, do, tell `after`.

    `before(*args)` returns a ticket; for None nothing more is told. `after(ticket, result, error)`
    is called when it is over. What a hook's `where` is to start from is `OUTSIDE`. Where the stack
    has no room for a hook, nothing is told, and what was done stays done.
    """

    def make(theirs):
        def hooked(*args, **kwargs):
            ticket = None
            try:
                ticket = before(*args, **kwargs)
            except RecursionError:
                pass
            except Exception as error:
                swallow(error)
            try:
                result = theirs(*args, **kwargs)
            except BaseException as error:
                if ticket is not None:
                    try:
                        after(ticket, None, error)
                    except Exception as mistake:
                        swallow(mistake)
                unseen(error)
                raise
            if ticket is not None:
                try:
                    after(ticket, result, None)
                except RecursionError:
                    pass
                except Exception as error:
                    swallow(error)
            return result

        return hooked

    return make


def itself(self, *_, **__):
    """A `before` of methods of which only the end is told."""
    return self


#: How deep the frame outside of a hook made by `around` lies, for `where` in its `before`.
OUTSIDE = 3


def outcome(error, done=True):
    """Returns how a wait ended, as UNBLOCK has it: done or timed out, or what broke it off."""
    if error is None:
        return 0 if done else 3
    return 7 if isinstance(error, Exception) else 6


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
    model that uses others, or other constants, is not the one we know, and is wrapped by the caller
    instead: False.
    """
    theirs = getattr(holder, name, None)
    code = getattr(theirs, "__code__", None)
    if code is None or set(code.co_names) != set(calls):
        return False
    ours = make(theirs)
    known = (None, theirs.__doc__, *ours.__code__.co_consts)
    if not all(constant in known for constant in code.co_consts):
        return False
    names = {"co_filename": code.co_filename, "co_name": code.co_name}
    names["co_firstlineno"] = code.co_firstlineno - shift
    if hasattr(code, "co_qualname"):
        names["co_qualname"] = code.co_qualname
    made = FunctionType(ours.__code__.replace(**names), theirs.__globals__, theirs.__name__,
                        theirs.__defaults__, ours.__closure__)
    made.__kwdefaults__ = theirs.__kwdefaults__
    setattr(holder, name, dressed(made, theirs))
    return True
