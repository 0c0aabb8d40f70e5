"""What a device printed since a moment, within bounds, scanned once: the cure for readers that re-scan it all."""

from __future__ import annotations

import re

from trustctl.engines.network.limits import Limits
from trustctl.errors import HostileOutputError

_ESCAPE = "\x1b"
_LINE_STARTS = re.compile(r"\x1b(?:E|\[[0-9]*;1?H)")
_CODES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>78DMc]|[()][A-Z0-9])")
"""ECMA-48 control sequences and the VT100's own that switches send to a terminal."""
TAIL_BYTES = 2048
"""How much of the end is looked at for a prompt: a prompt, and the unasked messages that may follow it."""

HEAD_BYTES = 8192
"""How much of the beginning is looked at for the echo, behind what was left over from before."""


class Screen:
    """Bytes of one dialogue. Adding costs what is added; only the tail is ever looked at before the end."""

    def __init__(self, device: str, limits: Limits) -> None:
        self._device = device
        self._limits = limits
        self._chunks: list[bytes] = []
        self._head = b""
        self._tail = b""
        self._size = 0
        self._lines = 0
        self._line = 0
        self.echoed = False
        """Whether what was sent has been seen in it, or need not be (a password)."""

    def add(self, chunk: bytes) -> None:
        """Take more bytes. Raises HostileOutputError over a cap: bytes, lines, or bytes of one line."""
        self._chunks.append(chunk)
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[:HEAD_BYTES]
        self._tail = (self._tail + chunk)[-TAIL_BYTES:]
        self._size += len(chunk)
        ends = chunk.count(b"\n")
        self._lines += ends
        self._line = len(chunk) - chunk.rfind(b"\n") - 1 if ends else self._line + len(chunk)
        caps = (
            (self._size, self._limits.command_bytes, "bytes in one answer"),
            (self._lines, self._limits.lines, "lines in one answer"),
            (self._line, self._limits.line_bytes, "bytes in one line"),
        )
        for have, cap, what in caps:
            if have > cap:
                raise HostileOutputError(
                    f"the device sends without end: more than {cap:,} {what}",
                    where=self._device,
                    remedy="The session was cut. Look at the device on its console before trying again.",
                )

    @property
    def empty(self) -> bool:
        """Whether nothing has arrived."""
        return not self._size

    @property
    def head(self) -> str:
        """The beginning of the text, folded."""
        return fold(self._head)

    @property
    def tail(self) -> str:
        """The end of the text, folded."""
        return fold(self._tail)

    @property
    def text(self) -> str:
        """All of it, folded."""
        return fold(b"".join(self._chunks))


def fold(raw: bytes) -> str:
    r"""Return device bytes as text: line ends become `\n`, NUL goes, bytes that are no UTF-8 become U+FFFD.

    Before: `b"a\r\nb\r\r\n\x00c"`. After: `"a\nb\nc"`. What moves the cursor to column 1 or to the next line ends a
    line, other terminal codes go.  Before: `b"\x1b[24;1Hsw# \x1b[24;5H"`. After: `"\nsw# "`.
    """
    text = raw.decode("utf-8", "replace").replace("\x00", "")
    if _ESCAPE in text:
        text = _CODES.sub("", _LINE_STARTS.sub("\n", text))
    while "\r\r\n" in text:
        text = text.replace("\r\r\n", "\r\n")
    return text.replace("\r\n", "\n").replace("\r", "\n" if "\n" not in text else "")
