"""Port names as people say them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"(?P<kind>[A-Za-z][A-Za-z-]*?)(?P<path>(?:\d+/)*)(?P<number>\d+)")

_SHORT = {
    "FastEthernet": "Fa",
    "GigabitEthernet": "Gi",
    "TwoGigabitEthernet": "Tw",
    "FiveGigabitEthernet": "Fi",
    "TenGigabitEthernet": "Te",
    "TwentyFiveGigE": "Twe",
    "FortyGigabitEthernet": "Fo",
    "HundredGigE": "Hu",
    "Port-channel": "Po",
}


def short_port(name: str) -> str:
    """Before: `GigabitEthernet1/0/1`. After: `Gi1/0/1`. A name of another shape stays as it is."""
    found = _NAME.fullmatch(name)
    if found is None or found["kind"] not in _SHORT:
        return name
    return f"{_SHORT[found['kind']]}{found['path']}{found['number']}"


def is_port(name: str) -> bool:
    """Whether an interface name is one of a row of like ports: numbered, and not a routed VLAN interface."""
    found = _NAME.fullmatch(name)
    return found is not None and found["kind"] in _SHORT


def port_ranges(names: Iterable[str]) -> tuple[str, ...]:
    """Before: `GigabitEthernet1/0/1`, `.../2`, `.../4`, `Vlan20`. After: `Gi1/0/1-2,4`, `Vlan20`."""
    runs: list[tuple[str, int, int]] = []
    others: list[str] = []
    for name in names:
        found = _NAME.fullmatch(short_port(name))
        if found is None:
            others.append(name)
            continue
        stem, number = found["kind"] + found["path"], int(found["number"])
        if runs and runs[-1][0] == stem and runs[-1][2] + 1 == number:
            runs[-1] = (stem, runs[-1][1], number)
        else:
            runs.append((stem, number, number))
    return (*_joined(runs), *others)


def _joined(runs: Iterable[tuple[str, int, int]]) -> list[str]:
    """Before: ("Gi1/0/", 1, 2), ("Gi1/0/", 4, 4). After: "Gi1/0/1-2,4"."""
    rows: dict[str, list[str]] = {}
    for stem, low, high in runs:
        rows.setdefault(stem, []).append(str(low) if low == high else f"{low}-{high}")
    return [stem + ",".join(numbers) for stem, numbers in rows.items()]
