"""Interface names: the forms people type, the form the device prints, and the order it prints them in."""

from __future__ import annotations

import re
from functools import lru_cache

TYPES: tuple[tuple[str, str, int], ...] = (
    # name as printed, short form of status tables, place in the running configuration
    ("Loopback", "Lo", 0),
    ("Port-channel", "Po", 1),
    ("Tunnel", "Tu", 2),
    ("FastEthernet", "Fa", 3),
    ("Ethernet", "Et", 3),
    ("GigabitEthernet", "Gi", 4),
    ("TwoGigabitEthernet", "Tw", 5),
    ("FiveGigabitEthernet", "Fi", 6),
    ("TenGigabitEthernet", "Te", 7),
    ("FortyGigabitEthernet", "Fo", 8),
    ("TwentyFiveGigE", "Twe", 9),
    ("HundredGigE", "Hu", 10),
    ("AppGigabitEthernet", "Ap", 11),
    ("Vlan", "Vl", 20),
)
"""Order as in published running configurations of Catalyst switches: virtual links first, SVIs last."""

VIRTUAL = frozenset({"Loopback", "Port-channel", "Tunnel", "Vlan"})
_LIMITS = {"Vlan": (1, 4094), "Port-channel": (1, 128), "Loopback": (0, 2147483647), "Tunnel": (0, 2147483647)}
_NAME = re.compile(r"([A-Za-z][A-Za-z-]*?)\s*(\d+(?:/\d+){0,3}(?:\.\d+)?)")
_BY_NAME = {name: (short, rank) for name, short, rank in TYPES}
_SHORT = {short.lower(): name for name, short, _ in TYPES}
_ALIASES = {"g": "GigabitEthernet", "t": "TenGigabitEthernet", "e": "Ethernet", "f": "FastEthernet"}


@lru_cache(maxsize=512)
def type_of(prefix: str) -> str | None:
    """The full type name that a typed prefix means, or None.

    Before: `gi`, `Gig`, `te`, `po`, `vl`.  After: `GigabitEthernet`, `GigabitEthernet`, `TenGigabitEthernet`, ...
    """
    low = prefix.lower()
    exact = _SHORT.get(low) or _ALIASES.get(low)
    if exact:
        return exact
    found = [name for name, _, _ in TYPES if name.lower().startswith(low)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=65536)
def full_name(text: str) -> str | None:
    """The name as the device prints it, or None if it is not an interface name.

    Before: `gi1/0/1`, `vlan 10`, `Po1`.  After: `GigabitEthernet1/0/1`, `Vlan10`, `Port-channel1`.
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        return None
    kind = type_of(match[1])
    if kind is None:
        return None
    number = match[2]
    limits = _LIMITS.get(kind)
    if limits is not None and (not number.isdigit() or not limits[0] <= int(number) <= limits[1]):
        return None
    return kind + (str(int(number)) if number.isdigit() else number)


@lru_cache(maxsize=65536)
def split_name(name: str) -> tuple[str, str]:
    """Type and number of a full name.  Before: `GigabitEthernet1/0/1`.  After: (`GigabitEthernet`, `1/0/1`)."""
    kind = name.rstrip("0123456789/.")
    return kind, name[len(kind) :]


def short_name(name: str) -> str:
    """The short form of tables and log lines.  Before: `GigabitEthernet1/0/1`.  After: `Gi1/0/1`."""
    kind, number = split_name(name)
    return _BY_NAME[kind][0] + number if kind in _BY_NAME else name


def is_virtual(name: str) -> bool:
    """Whether the interface exists only in the configuration (SVI, bundle, loopback)."""
    return split_name(name)[0] in VIRTUAL


@lru_cache(maxsize=65536)
def sort_key(name: str) -> tuple[int, ...]:
    """Where the interface stands in the running configuration: by member, module, type and port.

    Gi0/0 (management) and Gi1/0/1..48, Gi1/1/1.., Te1/1/1.. follow each other by slot, as a stack prints them.
    """
    kind, number = split_name(name)
    rank = _BY_NAME[kind][1] if kind in _BY_NAME else 15
    parts = tuple(int(part) for part in re.findall(r"\d+", number))
    if kind in VIRTUAL:
        return (rank, *parts)
    if kind == "FastEthernet" and parts == (0,):
        return (3, 0)
    if len(parts) == 3:  # noqa: PLR2004 - member/module/port
        if kind == "AppGigabitEthernet":
            return (4, parts[0], 9, rank, parts[2])
        return (4, parts[0], parts[1], rank, parts[2])
    return (4, 0, *parts[:-1], rank, parts[-1])


_RANGE_PART = re.compile(
    r"([A-Za-z][A-Za-z-]*)\s*((?:\d+/)*)(\d+)(?:\s*-\s*(?:[A-Za-z][A-Za-z-]*\s*)?((?:\d+/)*)(\d+))?"
)


def expand_range(text: str) -> list[str] | None:
    """The interfaces that `interface range` names, in order; None if the text is no range.

    Before: `gi1/0/1 - 3, te1/1/1`.  After: Gi1/0/1, Gi1/0/2, Gi1/0/3, Te1/1/1 in full.
    """
    names: list[str] = []
    kind: str | None = None
    for part in text.split(","):
        chunk = part.strip()
        if chunk[:1].isdigit() and kind is not None:
            chunk = kind + chunk
        match = _RANGE_PART.fullmatch(chunk)
        if match is None:
            return None
        kind = type_of(match[1])
        if kind is None or (match[4] and match[4] != match[2]):
            return None
        first, last = int(match[3]), int(match[5] or match[3])
        if last < first or last - first > 4094:  # noqa: PLR2004 - as many VLANs as there are
            return None
        for number in range(first, last + 1):
            name = full_name(f"{kind}{match[2]}{number}")
            if name is None:
                return None
            names.append(name)
    return names
