"""VLAN lists as IOS reads, collapses and wraps them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

ALL = frozenset(range(1, 4095))
"""All VLANs that an 802.1Q trunk can carry."""
RESERVED = frozenset(range(1002, 1006))
"""Token Ring and FDDI VLANs: always there, never to be changed."""
_PART = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_WRAP = 79
"""Published running configurations break a trunk's VLAN list so that a line of values stays below this width."""


@lru_cache(maxsize=4096)
def parse(text: str) -> frozenset[int] | None:
    """The VLANs of a list; None if the list is malformed or leaves 1-4094.

    Before: `10,20-22`.  After: {10, 20, 21, 22}.
    """
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        first = int(match[1])
        last = int(match[2] or first)
        if not 1 <= first <= last <= 4094:  # noqa: PLR2004 - the last 802.1Q VLAN
            return None
        found.update(range(first, last + 1))
    return frozenset(found)


def runs(vlans: Collection[int]) -> list[str]:
    """Sorted parts of a list; two neighbours stay apart, three become a range.

    Before: {1, 2, 10, 11, 12}.  After: [`1`, `2`, `10-12`].
    """
    parts: list[str] = []
    ordered = sorted(vlans)
    index = 0
    while index < len(ordered):
        last = index
        while last + 1 < len(ordered) and ordered[last + 1] == ordered[last] + 1:
            last += 1
        if last - index >= 2:  # noqa: PLR2004 - a range needs three
            parts.append(f"{ordered[index]}-{ordered[last]}")
        else:
            parts.extend(str(vlan) for vlan in ordered[index : last + 1])
        index = last + 1
    return parts


def collapse(vlans: Collection[int]) -> str:
    """The list on one line.  Before: {10, 20, 21, 22}.  After: `10,20-22`."""
    return ",".join(runs(vlans))


def wrapped(prefix: str, vlans: Collection[int], *, width: int = _WRAP) -> list[str]:
    """The lines of a long list: the first replaces, the others add.

    Before: prefix `switchport trunk allowed vlan`, many VLANs.
    After: `switchport trunk allowed vlan 1,3,...`, `switchport trunk allowed vlan add 77,79,...`.
    """
    lines: list[str] = []
    current = f"{prefix} "
    start = len(current)
    for part in runs(vlans):
        text = part if len(current) == start else f",{part}"
        if len(current) + len(text) > width and len(current) > start:
            lines.append(current)
            current = f"{prefix} add "
            start = len(current)
            text = part
        current += text
    lines.append(current)
    return lines
