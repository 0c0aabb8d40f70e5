"""Port lists as people write them: `1/0/1-24,1/0/30`, `Te1/1/1-2`, `A1-A24`, `2/A1-A4`, `1/1/1-1/1/24`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ITEM = re.compile(
    r"(?P<stem>(?P<types>[A-Za-z]*)(?P<path>(?:\d{1,3}/){0,3})(?P<slot>[A-Za-z]?))(?P<first>\d{1,4})"
    r"(?:-(?:(?P=stem)|(?P=path)(?P=slot)|(?P=slot))?(?P<last>\d{1,4}))?"
)
_NAME = re.compile(r"(?P<stem>.*?)(?P<number>\d+)")
LIMIT = 1024
"""Ports of one list."""


def expand(text: str) -> list[str]:
    """The ports of a list, in order.  Before: `1/0/1-3,1/1/1`.  After: 1/0/1, 1/0/2, 1/0/3, 1/1/1.

    Raises ValueError with the part that cannot be read, runs backwards or names a port again.
    """
    ports: list[str] = []
    for part in text.split(","):
        item = _ITEM.fullmatch(part.strip())
        if item is None:
            raise ValueError(f"'{part.strip()[:40]}' is not a port or a range of ports")
        first = int(item["first"])
        last = int(item["last"]) if item["last"] else first
        if last < first:
            raise ValueError(f"the range '{part.strip()}' runs backwards")
        if len(ports) + last - first >= LIMIT:
            raise ValueError(f"'{text[:40]}' names more than {LIMIT} ports")
        ports.extend(f"{item['stem']}{number}" for number in range(first, last + 1))
    if len(set(ports)) != len(ports):
        twice = next(port for port in ports if ports.count(port) > 1)
        raise ValueError(f"'{twice}' stands twice in the list")
    return ports


def compress(ports: Iterable[str]) -> str:
    """The shortest list of ports that are in order.  Before: 1/0/1, 1/0/2, 1/0/3, 1/1/1.  After: `1/0/1-3,1/1/1`."""
    runs: list[tuple[str, int, int]] = []
    for port in ports:
        match = _NAME.fullmatch(port)
        if match is None:
            raise ValueError(f"'{port}' does not end in a number")
        stem, number = match["stem"], int(match["number"])
        if runs and runs[-1][0] == stem and runs[-1][2] == number - 1:
            runs[-1] = (stem, runs[-1][1], number)
        else:
            runs.append((stem, number, number))
    return ",".join(f"{stem}{first}" if first == last else f"{stem}{first}-{last}" for stem, first, last in runs)
