"""joblib's own pool, of its backend `multiprocessing`: its queues are `SimpleQueue`s in all but class."""
queues = load("queues")  # noqa: F821
pools = load("pool")  # noqa: F821
conditions = load("conditions")  # noqa: F821
guard = load("guard")  # noqa: F821
hook, around = guard.hook, guard.around


def _made(self, tells, _):
    if tells:
        queues.announce(self, queues.SIMPLE)
        # It has taken the methods of its locks already.
        self._make_methods()


def _made_again(self):
    queues.identify(self)
    self._make_methods()


def patch(module):
    """Patches `joblib.pool`."""
    queue = module.CustomizablePicklingQueue
    hook(queue, "__init__", conditions.making(_made))
    hook(queue, "__setstate__", conditions.made_again(_made_again))
    hook(module.PicklingPool, "_setup_queues", around(pools.setting_up, pools.set_up))
