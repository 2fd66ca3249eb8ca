"""Processes that multiprocessing starts for itself: resource tracker, fork server, manager's server.

Each says of itself what it is, when its main function is called.
"""
from _thread import get_ident

ring = load("forks").parts()[0]  # noqa: F821
guard = load("guard")  # noqa: F821
SERVER = 2
NUMBERS = {"resource_tracker": 1, "forkserver": SERVER}


def connecting(*_, **__):
    """Before a client asks the fork server for a child: from 3.14 on they shake hands."""
    me = get_ident()
    load("connection").handshakes[me] = True  # noqa: F821
    return me


def connected(me, _, error):
    """After it."""
    load("connection").handshakes.pop(me, None)  # noqa: F821


def _being(number):
    def begins(*_, **__):
        if number == SERVER:
            # From 3.14 on the server shakes hands with its clients, on this thread.
            load("connection").handshakes[get_ident()] = True  # noqa: F821
        ring.tell(ring.HELPER, number, 0, 0, 0, 0, 0, 0, 0)

    return guard.around(begins, None)


def patch(module):
    """Patches one of the three modules."""
    name = module.__name__.rpartition(".")[2]
    number = NUMBERS.get(name)
    if number:
        if number == SERVER:
            hook = guard.around(connecting, connected)
            guard.hook(module.ForkServer, "connect_to_new_process", hook)
            # The module has taken the methods of its one server already.
            module.connect_to_new_process = module._forkserver.connect_to_new_process
        module.main = guard.dressed(_being(number)(module.main), module.main)
        return
    theirs = vars(module.BaseManager)["_run_server"].__func__
    module.BaseManager._run_server = classmethod(guard.dressed(_being(3)(theirs), theirs))
