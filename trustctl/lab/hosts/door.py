"""Sockets that belong to a lab's namespace, for a process that stays outside.

A network namespace is a property of a socket from its birth. So a small program stands inside the namespace, makes
sockets when it is asked to, and hands them out; connecting and speaking are done by whoever asked. The same file is
that program: `python door.py FD [GID..]` reads one request a line from the descriptor.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading

_WORDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
_LONGEST = 4096


class Door:
    """The outer side: hands out sockets of a namespace. `line` is the connection to the program inside."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._lock = threading.Lock()

    def open(self, kind: str = "tcp", *, source: str = "", port: int = 0) -> socket.socket:
        """A new socket of the namespace, `tcp` or `udp`, bound to a source address and port if they are given.

        Raises OSError as `bind` does, or if the namespace is gone.
        """
        request = json.dumps({"kind": kind, "source": source, "port": port}).encode() + b"\n"
        with self._lock:
            self._line.sendall(request)
            answer, descriptors, _, _ = socket.recv_fds(self._line, _LONGEST, 1)
        if not descriptors:
            problem = answer.decode(errors="replace").strip() or "the namespace of the lab is gone"
            raise OSError(problem)
        return socket.socket(fileno=descriptors[0])

    def close(self) -> None:
        """Let the program inside end."""
        self._line.close()


def _serve(line: socket.socket) -> None:
    """Answer each request with a socket, or with the text of an error."""
    with line, line.makefile("rb") as requests:
        for request in requests:
            try:
                made = _make(json.loads(request))
            except OSError as error:
                line.sendall(f"{error.strerror or error}\n".encode())
                continue
            with made:
                socket.send_fds(line, [b"ok"], [made.fileno()])


def _make(wanted: dict[str, object]) -> socket.socket:
    made = socket.socket(socket.AF_INET, _WORDS[str(wanted["kind"])])
    source, port = str(wanted["source"]), int(str(wanted["port"]))
    if source or port:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((source, port))
    return made


def main() -> None:
    """Serve requests on the descriptor that the first argument names, until the other side closes it."""
    os.chdir("/")
    _serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
