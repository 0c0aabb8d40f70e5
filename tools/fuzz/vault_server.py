"""A server on loopback that answers every request with the same bytes: what Vault may say, or what stands there."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread

_EMPTY = 204
_STATUSES = (200, 200, 200, 200, 204, 301, 400, 403, 404, 405, 429, 500, 503)
_GOOD = b'{"data": {"data": {"value": "x"}, "metadata": {"version": 1}, "ttl": 900, "renewable": true}}'


class Answers:
    """Listens on a free port; `body` is what is answered next, its first byte choosing the status."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.body = b""
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while request := connection.recv(65536):
                head = request.split(b"\r\n", 1)[0]
                # signing in mostly succeeds, so that what lies behind it is reached as well
                good = self.body[1:2] < b"\x80" and (b"/lookup-self" in head or b"/renew-self" in head)
                status = 200 if good else _STATUSES[(self.body or b"\0")[0] % len(_STATUSES)]
                body = _GOOD if good else b"" if status == _EMPTY else self.body[2:]
                line = (
                    f"HTTP/1.1 {status} X\r\nLocation: /v1/x\r\nRetry-After: 0\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                connection.sendall(line.encode() + body)


def seeds() -> tuple[bytes, ...]:
    """Good answers."""
    return (
        b"\0\0" + _GOOD,
        b"\x07\0" + b'{"errors": ["permission denied"]}',
        b"\0\0" + b'{"data": {"keys": ["a", "b/"]}}',
    )
