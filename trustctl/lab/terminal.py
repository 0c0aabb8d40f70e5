"""One terminal session: keys in, output out.

Output is collected and sent when the session waits, so that one answer is one write.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_PLAIN = re.compile(rb"[\x20-\x3e\x40-\x7e\x80-\xff]+")
_FLUSH_AT = 32_768
_CR, _LF, _NUL = 13, 10, 0
ARROWS = {ord("A"): 16, ord("B"): 14, ord("C"): 6, ord("D"): 2}
"""The last byte of a cursor key to the control key that does the same: ^P, ^N, ^F, ^B."""


class HungUp(Exception):  # noqa: N818 - the end of a session is not an error
    """The client is gone or the line was dropped: the session ends."""


class LineEnd(StrEnum):
    """What ended a line."""

    ENTER = "enter"
    BREAK = "^C"
    LEAVE = "^Z"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as typed and edited, and the key that ended it."""

    text: str
    end: LineEnd = LineEnd.ENTER


def encode(text: str) -> bytes:
    """Text as the bytes on the wire, a line break as CR LF; bytes that were no text come back as they were."""
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def decode(raw: bytes) -> str:
    """Bytes from the wire as text; bytes that are no text are kept as surrogates."""
    return raw.decode("utf-8", "surrogateescape")


class Terminal:
    """The keys and the screen of one session.

    `width` and `length` are what the device takes for the screen's size; 0 is no limit. `window` is what the client
    said it is. `send` takes bytes for the client; `pause` and `resume` are called by the transport when the client does
    not keep up.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.width = 80
        self.length = 24
        self.window: tuple[int, int] = (80, 24)
        self._send = send
        self._keys = bytearray()
        self._out = bytearray()
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._closed = False
        self._ended = False
        self._after_return = False
        self.silent = False
        """The wire is cut without a word: nothing more is sent."""

    def feed(self, data: bytes) -> None:
        """Keys from the client."""
        self._keys += data
        self._arrived.set()

    def hang_up(self) -> None:
        """The client is gone: whoever waits for a key gets HungUp."""
        self._closed = True
        self._arrived.set()
        self._writable.set()

    def hang_up_when_read(self) -> None:
        """No more keys will come: HungUp once those that wait are read, output still flows."""
        self._ended = True
        self._arrived.set()

    def pause(self) -> None:
        """The client does not keep up: `drain` waits."""
        self._writable.clear()

    def resume(self) -> None:
        """The client takes output again."""
        self._writable.set()

    def write(self, text: str) -> None:
        """Print text; a line break becomes CR LF."""
        self.write_bytes(encode(text))

    def write_bytes(self, raw: bytes) -> None:
        """Print bytes as they are."""
        self._out += raw
        if len(self._out) >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Send what was printed."""
        if self._out and not self._closed:
            self._send(bytes(self._out))
        self._out.clear()

    async def drain(self) -> None:
        """Send what was printed and wait until the client keeps up. Raises HungUp."""
        self.flush()
        await self._writable.wait()
        await asyncio.sleep(0)
        if self._closed:
            raise HungUp

    async def wait(self) -> None:
        """Wait until a key is there. Raises HungUp."""
        while not self._keys:
            if self._closed or self._ended:
                raise HungUp
            self.flush()
            self._arrived.clear()
            await self._arrived.wait()

    def pending(self) -> bool:
        """Whether keys wait to be read."""
        return bool(self._keys)

    def peek(self) -> int:
        """The key that waits first; only if one is `pending`."""
        return self._keys[0]

    async def key(self) -> int:
        """The next key; the LF or NUL after a CR, and every other NUL, is swallowed. Raises HungUp."""
        while True:
            await self.wait()
            byte = self._keys.pop(0)
            after_return, self._after_return = self._after_return, byte == _CR
            if byte == _NUL or (after_return and byte == _LF):
                continue
            return byte

    async def escaped(self) -> int:
        """The rest of a cursor key as the control key that does the same; NUL for any other sequence. Raises HungUp."""
        if await self.key() not in {ord("["), ord("O")}:
            return _NUL
        return ARROWS.get(await self.key(), _NUL)

    def take_plain(self, room: int) -> bytes:
        """The printable characters that wait now, at most `room`."""
        found = _PLAIN.match(self._keys)
        if found is None or room <= 0:
            return b""
        chunk = found[0][:room]
        del self._keys[: len(chunk)]
        self._after_return = False
        return chunk

    def take_raw(self, most: int) -> bytes:
        """The bytes that wait, at most that many, untouched."""
        raw = bytes(self._keys[:most])
        del self._keys[:most]
        return raw
