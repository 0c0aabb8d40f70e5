"""Names of interfaces and lists of VLANs, as AOS-CX reads and writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PORT = re.compile(r"^(\d+)/(\d+)/(\d+)(?::(\d+))?$")
_BUNDLE = re.compile(r"^lag ?(\d+)$")
_FIRST, _LAST = 1, 4094


def is_port(name: str) -> bool:
    """Whether a name is one of a physical port: `1/1/24`."""
    return _PORT.match(name) is not None


def bundle_number(name: str) -> int | None:
    """The number of a LAG: of `lag1` or `lag 1`."""
    found = _BUNDLE.match(name)
    return int(found[1]) if found else None


def canonical(written: str) -> str | None:
    """A port or LAG as `show` prints it (`1/1/1`, `lag1`); None if it is no name of one."""
    text = written.strip().lower()
    found = _PORT.match(text)
    if found is not None:
        base = "/".join(str(int(part)) for part in found.groups()[:3])
        return f"{base}:{int(found[4])}" if found[4] else base
    number = bundle_number(text)
    return None if number is None else f"lag{number}"


def natural(name: str) -> tuple[int, ...]:
    """A key that sorts ports by member, slot and number."""
    return tuple(int(part) for part in re.findall(r"\d+", name))


def port_list(text: str) -> list[str] | None:
    """The ports of a range such as `1/1/1-1/1/4,1/1/8`; None if it is not one."""
    ports: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, stop = _PORT.match(first), _PORT.match(last or first)
        if start is None or stop is None or start.groups()[:2] != stop.groups()[:2] or int(stop[3]) < int(start[3]):
            return None
        if first == (last or first):
            ports.append(first)
        else:
            ports += [f"{start[1]}/{start[2]}/{number}" for number in range(int(start[3]), int(stop[3]) + 1)]
    return ports


def print_ports(names: Iterable[str]) -> str:
    """Ports as a list with ranges: `1/1/1-1/1/4,lag1`."""
    runs: list[list[str]] = []
    for name in sorted(set(names), key=lambda each: (not is_port(each), natural(each))):
        key = natural(name)
        if runs and is_port(name) and is_port(runs[-1][-1]):
            before = natural(runs[-1][-1])
            if key[:2] == before[:2] and len(key) == len(before) == 3 and key[2] == before[2] + 1:  # noqa: PLR2004 - member, slot, port
                runs[-1].append(name)
                continue
        runs.append([name])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


@lru_cache(maxsize=4096)
def vlan_list(text: str) -> frozenset[int] | None:
    """The VLANs of a list such as `1,10-12`; None if it is none, or names an id outside 1 to 4094."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            return None
        start, stop = int(first), int(last or first)
        if not _FIRST <= start <= stop <= _LAST:
            return None
        found.update(range(start, stop + 1))
    return frozenset(found)


def print_vlans(vlans: Iterable[int]) -> str:
    """VLANs as a list with ranges: `1,42,48-49`."""
    runs: list[list[int]] = []
    for vlan in sorted(set(vlans)):
        if runs and vlan == runs[-1][-1] + 1:
            runs[-1].append(vlan)
        else:
            runs.append([vlan])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
