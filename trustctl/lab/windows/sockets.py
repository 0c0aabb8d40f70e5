"""The sockets of a Windows host: one at a port of the loopback, and the end of one that another thread reads."""

from __future__ import annotations

import socket
import struct

from trustctl.lab.certificates import LOOPBACK

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER so that closing resets the connection."""


def bound(port: int) -> socket.socket:
    """A socket at a port, which does not listen yet; 0: any free port. Raises OSError."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((LOOPBACK, port))
    return found


def end(one: socket.socket, *, reset: bool = False) -> None:
    """End a connection, or a listener's waiting, from another thread than the one that reads it."""
    try:
        if reset:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        # SSLSocket.shutdown would also take TLS off: the thread that reads would get ciphertext for a request
        socket.socket.shutdown(one, socket.SHUT_RDWR)
    except OSError:
        # it is over already
        return
