"""The last look at rendered text: only lines that a device may be sent leave this room.

The text comes from a child process in which templates ran, so nothing of it is taken for granted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from trustctl.errors import RenderError
from trustctl.model.plan import IntendedLine

MAX_LENGTH: Final = 200
MAX_HOST_LENGTH: Final = 1000
"""Of a line in a file on a Linux server: a public key is that long."""
HOSTS: Final = ("linux", "windows", "hyperv", "directory")
"""Kinds of devices whose lines describe them and are not sent as they are."""
BANNER: Final = re.compile(r"banner [a-z-]+ (\^C|\S)")
"""The first line of a banner; the group is the delimiter that ends it, alone on its line."""
_REFUSED = re.compile(r"[^\x20-\x7e\n]|[?^]|^ *(?:do\b|[!;#])", re.MULTILINE | re.IGNORECASE)
"""What would not reach a device as one configuration line (`do` runs an EXEC command, `!` is a comment)."""
_REFUSED_IN_BANNER = re.compile(r"[^\x20-\x7e]|[?^]")


def check(lines: Sequence[IntendedLine]) -> None:
    """Raise RenderError for the first line that no device may be sent.

    A banner's body may hold any printable text without the delimiter; everything else must be a configuration line.
    """
    plain: list[IntendedLine] = []
    delimiter = ""
    opened: IntendedLine | None = None
    for line in lines:
        if delimiter:
            if line.text == delimiter:
                delimiter = ""
            else:
                _check_body(line)
        elif line.text.startswith("banner") and (banner := BANNER.fullmatch(line.text)):
            delimiter, opened = banner[1], line
        else:
            plain.append(line)
    if delimiter and opened:
        raise RenderError("a banner does not end", where=_where(opened), remedy="end it with its delimiter alone")
    # one search over all lines; the lines are looked at one by one only to name the bad one
    texts = [line.text for line in plain]
    if max(map(len, texts), default=0) > MAX_LENGTH or _REFUSED.search("\n".join(texts)):
        for line in plain:
            _check_line(line)


def check_host(lines: Sequence[IntendedLine]) -> None:
    """Raise RenderError for the first line that is not of printable ASCII, or too long, in a host's description."""
    for line in lines:
        if len(line.text) > MAX_HOST_LENGTH or not (line.text.isascii() and line.text.isprintable()):
            raise RenderError(
                f"a line of a host's description is longer than {MAX_HOST_LENGTH} characters, or has others than "
                f"printable ASCII: {ascii(line.text)[:90]}",
                where=_where(line),
                remedy="write shorter lines of printable ASCII",
            )


def _where(line: IntendedLine) -> str:
    return str(line.origin.template)


def _check_line(line: IntendedLine) -> None:
    _check_length(line)
    found = _REFUSED.search(line.text)
    if found:
        raise RenderError(
            f"a line has {found[0].strip() or ascii(found[0])}, which would not reach the device as configuration: "
            f"{ascii(line.text)[:90]}",
            where=_where(line),
            remedy="write configuration lines of printable ASCII; comments, `do`, `?` and `^` are refused",
        )


def _check_body(line: IntendedLine) -> None:
    _check_length(line)
    found = _REFUSED_IN_BANNER.search(line.text)
    if found:
        raise RenderError(
            f"a banner line has {found[0]!a}, which no device may be sent: {ascii(line.text)[:90]}",
            where=_where(line),
            remedy="use printable ASCII without `?` and `^`",
        )


def _check_length(line: IntendedLine) -> None:
    if len(line.text) > MAX_LENGTH:
        raise RenderError(
            f"a line has {len(line.text)} characters; at most {MAX_LENGTH} are sent",
            where=_where(line),
            remedy="shorten it, or write it as several lines",
        )
