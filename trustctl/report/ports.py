"""Port names as people say them, whichever make they are of: `Gi1/0/1`, `1/1/1`, `24`, `A1`, `2/A1`, `Trk1`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"(?P<kind>[A-Za-z][A-Za-z-]+ ?)?(?P<path>(?:\d+/)*)(?P<slot>[A-Za-z]?)(?P<number>\d+)")
_SLOT = re.compile(r"(?:^|/)[A-Za-z]$")

_NOT_PORTS = {"vlan", "loopback", "tunnel", "vxlan", "bdi", "bvi", "dialer", "null", "nve"}
"""Interfaces that are numbered and no row of like ports."""

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
    return f"{_SHORT[found['kind']]}{name.removeprefix(found['kind'])}"


def is_port(name: str) -> bool:
    """Whether an interface name is one of a row of like ports: numbered, and not a routed VLAN interface."""
    found = _NAME.fullmatch(name)
    return found is not None and (found["kind"] or "").strip().lower() not in _NOT_PORTS


def port_ranges(names: Iterable[str]) -> tuple[str, ...]:
    """Runs of ports joined; those whose names have no word of their own come first, as "ports".

    Before: `GigabitEthernet1/0/1`, `.../2`, `.../4`, `Vlan20`. After: `Gi1/0/1-2,4`, `Vlan20`.
    Before: `1`, `2`, `A1`, `A2`, `Trk1`. After: `ports 1-2,A1-A2`, `Trk1`.
    """
    rows: dict[str, list[tuple[int, int]]] = {}
    others: list[str] = []
    for name in names:
        found = _NAME.fullmatch(short_port(name))
        if found is None:
            others.append(name)
            continue
        number = int(found["number"])
        row = rows.setdefault(found.group().removesuffix(found["number"]), [])
        if row and row[-1][1] + 1 == number:
            row[-1] = (row[-1][0], number)
        else:
            row.append((number, number))
    bare = [stem for stem in rows if not re.match(r"[A-Za-z-]{2}", stem)]
    one = len(bare) == 1 and len(rows[bare[0]]) == 1 and len(set(rows[bare[0]][0])) == 1
    spelt = ",".join(_row(stem, rows[stem]) for stem in bare)
    plain = [f"{'port' if one else 'ports'} {spelt}"] if bare else []
    return (*plain, *(_row(stem, rows[stem]) for stem in rows if stem not in bare), *others)


def _row(stem: str, row: Iterable[tuple[int, int]]) -> str:
    """Before: "Gi1/0/" with (1, 2) and (4, 4), "2/A" with (1, 4). After: "Gi1/0/1-2,4", "2/A1-A4"."""
    slot = stem[-1:] if _SLOT.search(stem) else ""
    return stem + ",".join(str(low) if low == high else f"{low}-{slot}{high}" for low, high in row)
