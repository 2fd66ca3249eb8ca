"""The shim: tells mpviz what a Python program's processes do, without changing the program.

Loaded by `sitecustomize` next door, never imported: `load(name)` gives a part. In reading order:

    begin      interpreter start: hello, the hooks on `os`, the finder that patches late
    log        the run's log, a line per rare fact
    ring       the process's ring: `tell` and `tell_text`
    where      the line of the program's own source
    guard      what a hook does with errors; grafting a function in place of another
    forks      os.fork, os.waitpid, os.kill and their kin
    connection, queues, process, popen, synchronize, pool, futures, spawned, helpers
               a file per patched module of the standard library

Every hook stamps and writes a cause before the operation and an effect after it.
"""
