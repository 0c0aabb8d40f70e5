"""The way from loopback to a host's SSH port: one listener per host, and a copy of bytes in both directions."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

from trustctl.lab.hosts.door import Door

LOOPBACK = "127.0.0.1"
SSH_PORT = 22
_PIECE = 65_536
_CONNECT_SECONDS = 10.0
_LINGER_ZERO = struct.pack("ii", 1, 0)
"""Closing then sends a reset at once (socket(7), SO_LINGER)."""


class Forwarder:
    """Listeners on loopback, each leading to port 22 of a host; the lab's management station is the source address.

    A host that refuses resets the caller. One that does not answer leaves the caller waiting, as on a real network.
    """

    def __init__(self, door: Door, station: str) -> None:
        self._door = door
        self._station = station
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lab-forward", daemon=True)
        self._servers: dict[str, asyncio.Server] = {}
        self._places: dict[str, tuple[str, int]] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, name: str, address: str, port: int = 0) -> int:
        """Listen for a host; the port of loopback (a free one unless it is given). Raises OSError."""
        return asyncio.run_coroutine_threadsafe(self._open(name, address, port), self._loop).result(_CONNECT_SECONDS)

    def reopen(self, name: str) -> None:
        """Listen again where `shut` ended it. Raises OSError."""
        self.open(name, *self._places[name])

    def shut(self, name: str) -> None:
        """Stop listening for a host: callers are refused. Open sessions stay."""
        asyncio.run_coroutine_threadsafe(self._shut(name), self._loop).result(_CONNECT_SECONDS)

    def close(self) -> None:
        """Stop listening, cut all sessions, and end the thread."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_CONNECT_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self, name: str, address: str, port: int) -> int:
        async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await self._lead(reader, writer, address)
            _abort(writer)

        server = await asyncio.start_server(call, LOOPBACK, port)
        self._servers[name] = server
        self._places[name] = (address, int(server.sockets[0].getsockname()[1]))
        return self._places[name][1]

    async def _shut(self, name: str) -> None:
        server = self._servers.pop(name, None)
        if server is not None:
            server.close()

    async def _close(self) -> None:
        for name in tuple(self._servers):
            await self._shut(name)
        calls = tuple(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> None:
        """Connect to the host and copy until both sides are done. Raises OSError if the host refuses."""
        try:
            far = await self._dial(address)
        except TimeoutError:
            await reader.read()  # nobody answers: wait until the caller has had enough
            return
        away, back = await asyncio.open_connection(sock=far)
        try:
            await asyncio.gather(_copy(reader, back), _copy(away, writer))
        finally:
            _abort(back)

    async def _dial(self, address: str) -> socket.socket:
        far = self._door.open("tcp", source=self._station)
        far.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._loop.sock_connect(far, (address, SSH_PORT))
        except BaseException:
            far.close()
            raise
        return far


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close a connection at once; a caller whom nobody answered sees a reset, not an orderly end."""
    raw = writer.get_extra_info("socket")
    if raw is not None and not writer.transport.is_closing():
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    writer.transport.abort()
