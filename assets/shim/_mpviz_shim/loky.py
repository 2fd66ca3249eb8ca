"""loky's own queues, which multiprocessing's are the base of: how they are rebuilt, and their feeder."""
queues = load("queues")  # noqa: F821
hook = load("guard").hook  # noqa: F821


def patch(module):
    """Patches `loky.backend.queues`, or joblib's copy."""
    hook(module.Queue, "__setstate__", queues._rebuilding)
    hook(module.SimpleQueue, "__setstate__", queues._rebuilding)
    queues.feeds(module.Queue)
