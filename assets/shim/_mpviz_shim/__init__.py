"""The shim: tells mpviz what a Python program's processes do, without changing the program.

Loaded by `sitecustomize` next door, never imported: `load(name)` gives a part. In reading order:

    begin      interpreter start: hello, the finder that patches modules as they come
    log        the run's log, a line per rare fact
    errors     whose an exception is: the shim's own, or the program's
    forks      os.fork, os.waitpid, os.kill and their kin: hooked from the start on
    kinds      the numbers of the contract with mpviz's reader
    mapped     the file of a ring
    ring       the process's ring: `tell`, `tell_text`, and the hooks that each message passes
    where      the line of the program's own source
    guard      hooks, and functions put in place of others
    settings   the run's directory and its options
    connection, sockets, queues, synchronize, conditions, process, process_util, popen, pool, futures,
    spawned, helpers, loky, billiard
               what they patch stands at the top of each
    old        a Python that is too old: says so

Every hook stamps and writes a cause before the operation and an effect after it.
"""
