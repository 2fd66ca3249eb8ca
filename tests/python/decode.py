"""Reads what the shim told: the rings and the log of a run's directory, in the order of time.

    python3 decode.py DIR      prints a line per event

Written from the contract alone, so it knows nothing of the shim's code. `Run(DIR)` has `log` (the
log's objects), `rings` (pid → list of rings) and `events` (all of them, by time). For tests: nothing
is removed, and no tail is moved.
"""
import json
import os
import struct
import sys

HEAD, SLOTS = 4096, 16384
SLOT = struct.Struct("<QBBHIQIIQQQQ")
TEXT_SLOT = struct.Struct("<QBBHIQ32sQ")
HEADER = struct.Struct("<8sIIQIIQQQQ")
KINDS = """NOTHING TEXT BOOT START STARTED START_FAILED FORK FORKED SPAWN SPAWNED SPAWN_FAILED REAPED
CODE_READ BLOCK UNBLOCK PIPE QUEUE QUEUE2 LOCK TAKEN RELEASED COUNT PUT QDROP SEND RECV EOF CONNECT
ACCEPT POOL TASK_SUBMIT TASK_START TASK_END TASK_FETCHED THREAD THREAD_END FINISHING EXITING SIGNAL
HELPER FAILED""".split()


class Event:
    """One event with its text. `kind` is a name of the contract's table."""

    def __init__(self, pid, slot, fields, text):
        self.pid, self.slot, self.text = pid, slot, text
        (self.t, kind, self.op, self.extra, self.line, self.thread, self.file, self.size,
         self.a, self.b, self.c, _) = fields
        self.kind = KINDS[kind] if kind < len(KINDS) else "KIND%d" % kind

    def __repr__(self):
        parts = ["%d %d %s" % (self.t, self.pid, self.kind)]
        for name in ("op", "extra", "size", "a", "b", "c", "line"):
            value = getattr(self, name)
            if value:
                value = -1 if value == (1 << 64) - 1 else value
                parts.append("%s=%d" % (name, value))
        if self.text:
            parts.append(repr(self.text))
        return " ".join(parts)


class Ring:
    """A process image's ring: its header, its events, and how many slots stayed empty."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        (magic, self.pid, slots, self.born, self.ppid, self.version, self.tail, self.lost_from,
         self.lost_to, self.lost) = HEADER.unpack_from(data)
        if magic != b"MPVIZPY1" or slots != SLOTS:
            raise ValueError("%s is no ring" % path)
        self.events, self.holes, self.mistakes = [], 0, []
        texts, empty, last = {}, 0, 0
        for n in range(SLOTS):
            at = HEAD + n * 64
            fields = SLOT.unpack_from(data, at)
            if fields[-1] != n + 1:
                empty += 1
                if fields[-1] > n + 1:
                    self.mistakes.append("slot %d has the commit word %d" % (n, fields[-1]))
                continue
            self.holes += empty
            empty = 0
            thread = fields[5]
            if fields[1] == 0:
                continue
            if fields[1] == 1:
                part = TEXT_SLOT.unpack_from(data, at)[6][: fields[2]]
                texts[thread] = texts.get(thread, b"") + part
                continue
            text = texts.pop(thread, b"").decode("utf-8", "replace")
            self.events.append(Event(self.pid, n, fields, text))


class Run:
    """All that a run's directory holds."""

    def __init__(self, directory):
        self.log, self.rings = [], {}
        try:
            with open(os.path.join(directory, "log")) as file:
                self.log = [json.loads(line) for line in file]
        except FileNotFoundError:
            pass
        folder = os.path.join(directory, "rings")
        for name in sorted(os.listdir(folder)):
            if not name.startswith("."):
                ring = Ring(os.path.join(folder, name))
                self.rings.setdefault(ring.pid, []).append(ring)
        rings = [ring for several in self.rings.values() for ring in several]
        self.events = [event for ring in rings for event in ring.events]
        self.events.sort(key=lambda event: event.t)
        self.files = {fact["id"]: fact["path"] for fact in self.log if fact["k"] == "file"}
        self.pairs = self._pairs()

    def of(self, *kinds):
        """Returns the events of these kinds."""
        return [event for event in self.events if event.kind in kinds]

    def _pairs(self):
        """Returns (end written to, end read from) for both directions of duplex pipes."""
        ends = {}
        for event in self.of("PIPE"):
            if event.b:
                ends[event.a], ends[event.b] = event.b, event.a
        # Of sockets the k-th accept of a client belongs to its k-th connect that did not fail; a port is one client's.
        failed = {event.a for event in self.of("UNBLOCK") if event.op in (6, 7)}
        waiting = {}
        ports = {event.a: event.c for event in self.of("CONNECT") if event.op == 1}
        for event in self.of("CONNECT"):
            if event.a not in failed and event.op == 0:
                waiting.setdefault(event.b, []).append(event)
        for event in self.of("ACCEPT"):
            of_client = [one for one in waiting.get(event.b, []) if event.c in (0, one.pid, ports.get(one.a))]
            if of_client:
                waiting[event.b].remove(of_client[0])
                client = of_client[0].a
                ends[event.a], ends[client] = client, event.a
        return ends

    def messages(self):
        """Pairs the k-th receive of each pipe with its k-th send.

        Returns (pairs, sends that nobody received, mistakes in words).
        """
        sent, got, mistakes = {}, [], []
        for event in self.of("SEND"):
            sent.setdefault(self.pairs.get(event.a, event.a), []).append(event)
        taken = {}
        for event in self.of("RECV"):
            k = taken.get(event.a, 0)
            taken[event.a] = k + 1
            sends = sent.get(event.a, [])
            if k >= len(sends):
                mistakes.append("nobody sent %r" % event)
                continue
            send = sends[k]
            if (send.size, send.b) != (event.size, event.b):
                mistakes.append("%r is not what %r has" % (event, send))
            if send.t > event.t:
                mistakes.append("%r before %r" % (event, send))
            got.append((send, event))
        left = [send for number, sends in sent.items() for send in sends[taken.get(number, 0):]]
        return got, left, mistakes


def main(directory):
    """Prints a run."""
    run = Run(directory)
    for fact in run.log:
        print(json.dumps(fact))
    start = run.events[0].t if run.events else 0
    for event in run.events:
        event.t -= start
        name = os.path.basename(run.files.get(event.file, "")) if event.file else ""
        print(event, name)
    pairs, left, mistakes = run.messages()
    print("%d messages paired, %d not received" % (len(pairs), len(left)))
    for mistake in mistakes:
        print(mistake)


if __name__ == "__main__":
    main(sys.argv[1])
