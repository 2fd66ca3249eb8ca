"""loky's own queues, which multiprocessing's are the base of: how they are rebuilt, and their feeder."""
queues = load("queues")  # noqa: F821
made_again = load("conditions").made_again  # noqa: F821
hook = load("guard").hook  # noqa: F821


def patch(module):
    """Patches `loky.backend.queues`, or joblib's copy."""
    for kind in (module.Queue, module.SimpleQueue):
        hook(kind, "__setstate__", made_again(queues.identify))
    queues.feeds(module.Queue)
