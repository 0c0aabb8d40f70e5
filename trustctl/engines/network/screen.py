"""What a device printed since a moment, within bounds, scanned once: the cure for readers that re-scan it all."""

from __future__ import annotations

import re

from trustctl.engines.network.limits import Limits
from trustctl.errors import HostileOutputError

_ESCAPE = "\x1b"
_CODES = re.compile(r"(?:\x1b(?:\[[0-9;?]*[A-Za-z]|[=>78DEMc]|[()][A-Z0-9]))+")
"""A run of ECMA-48 control sequences and the VT100's own that switches send to a terminal."""
_NEXT_LINE = f"{_ESCAPE}E"
_CURSOR = re.compile(r"\x1b\[[0-9]*(?:;([0-9]*))?H")
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

    Before: `b"a\r\nb\r\r\n\x00c"`. After: `"a\nb\nc"`. Codes that move to the next line, or leave the cursor in column
    1 and text follows, end a line; others go.
    Before: `b"key\x1b[24;9H\x1b[24;1Hsw# \x1b[24;1H\x1b[24;5H"`. After: `"key\nsw# "`.
    """
    text = raw.decode("utf-8", "replace").replace("\x00", "")
    if _ESCAPE in text:
        text = _CODES.sub(_line_end, text)
    while "\r\r\n" in text:
        text = text.replace("\r\r\n", "\r\n")
    return text.replace("\r\n", "\n").replace("\r", "\n" if "\n" not in text else "")


def _line_end(codes: re.Match[str]) -> str:
    """What a run of terminal codes is in plain text: a line end or nothing. ProVision draws its prompt in both ways."""
    if _NEXT_LINE in codes[0]:
        return "\n"
    places = _CURSOR.findall(codes[0])
    text = codes.string
    on_a_line = text[codes.start() - 1 : codes.start()] not in {"", "\r", "\n"}
    text_follows = text[codes.end() : codes.end() + 1] not in {"", "\r", "\n"}
    return "\n" if places and places[-1] in {"", "1"} and on_a_line and text_follows else ""
