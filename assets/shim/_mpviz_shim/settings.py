"""Where the run's directory is, and its options: read at the first event, not at the start."""

from time import monotonic_ns as now

#: Set by `begin`: the run's directory, and the shim's below it.
run = here = None
#: When the interpreter came so far, in ns of the monotonic clock.
born = now()
_options = None


def values():
    """Whether values are to be shown: a short `repr` of what is put and sent."""
    global _options
    if _options is None:
        _options = {}
        try:
            with open(run + "/options", "rb") as file:
                text = file.read()
            import json

            _options = dict(json.loads(text))
        except Exception:
            pass
    return bool(_options.get("values"))
