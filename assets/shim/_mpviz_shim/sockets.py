"""Listeners and clients of `multiprocessing.connection`: whose connect an accept is.

The kernel tells who connected to a Unix socket; of one process the k-th accept is the k-th connect. Of
other sockets the client tells its port as soon as it has one, and the listener that of whom it let in.

Both functions are grafted like the two of `connection`, so their lines and columns are their
models'.
"""
from os import fsencode, fstat
from sys import byteorder
from zlib import crc32

ring = load("ring")  # noqa: F821
tell = ring.tell
where = load("where").where  # noqa: F821
guard = load("guard")  # noqa: F821
swallow, graft = guard.swallow, guard.graft


# AF_INET and AF_INET6.
INTERNET = (2, 10)
# Marks a port, which is no pid.
PORT = 1 << 32


def address_of(address):
    """Returns the same number for an address as the listener and as its clients write it."""
    if isinstance(address, tuple):
        name = b"port %d" % address[1]
    else:
        name = address if isinstance(address, bytes) else fsencode(address)
    return crc32(name)


def connecting(socket, address):
    """Tells of a client before it connects."""
    try:
        number = fstat(socket.fileno()).st_ino
        tell(ring.CONNECT, 0, 0, *where(3), 0, number, address_of(address), 0)
        return number
    except Exception as error:
        swallow(error)
        return 0


def connected(socket, number):
    """Tells of a client that has connected which port it has, if it has one."""
    try:
        if number and socket.family in INTERNET:
            tell(ring.CONNECT, 1, 0, 0, 0, 0, number, 0, PORT | socket.getsockname()[1])
    except Exception as error:
        swallow(error)


def client_of(socket):
    """Returns the port of whoever connected, else the pid, or 0."""
    try:
        if socket.family in INTERNET:
            return PORT | socket.getpeername()[1]
        # SOL_SOCKET and SO_PEERCRED.
        return int.from_bytes(socket.getsockopt(1, 17, 4), byteorder)
    except Exception:
        return 0


def accepted(listener, connection, client):
    """Tells of a client that was let in. Returns its connection."""
    try:
        connection._mpviz = number = fstat(connection._handle).st_ino
        tell(ring.ACCEPT, 0, 0, *where(3), 0, number, address_of(listener._address), client)
    except Exception as error:
        swallow(error)
    return connection


def refused(error, number):
    """Tells that a connect failed, after it was told."""
    if number:
        tell(ring.UNBLOCK, 7 if isinstance(error, Exception) else 6, 0, 0, 0, 0, number, 0, 0)


# fmt: off
def _connecting(theirs, connecting=connecting, connected=connected, refused=refused):
 def SocketClient(address):
  told = 0
  try:

    # (as many lines as the model's docstring)
    family = address_type(address)  # noqa: F821
    with socket.socket( getattr(socket, family) ) as s:  # noqa: F821, E201, E202
        s.setblocking(True); told = connecting(s, address)  # noqa: E702
        s.connect(address); connected(s, told)  # noqa: E702
        return Connection(s.detach())  # noqa: F821
  except BaseException as error:
   refused(error, told)
   raise
 return SocketClient


def _accepting(theirs, accepted=accepted, client_of=client_of):
 def accept(self):
        s, self._last_accepted = self._socket.accept()
        s.setblocking(True); client = client_of(s)  # noqa: E702
        return accepted(self, Connection(s.detach()), client)  # noqa: F821
 return accept
# fmt: on


def patch(module):
    """Patches the other half of `multiprocessing.connection`, or billiard's."""
    client = ("address_type", "socket", "getattr", "setblocking", "connect", "Connection", "detach")
    graft(module, "SocketClient", _connecting, client, 1)
    listener = ("_socket", "accept", "_last_accepted", "setblocking", "Connection", "detach")
    graft(module.SocketListener, "accept", _accepting, listener, 0)
