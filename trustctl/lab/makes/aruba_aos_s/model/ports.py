"""Port names, and the lists that people type and the switch prints: `1-4,A1-A4,1/A1-1/A4,Trk1-Trk3,C1i-C3i`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_NAME = re.compile(r"(?:(\d+)/)?([A-Z]?)(\d+)(i?)", re.IGNORECASE)
_TRUNK = re.compile(r"trk(\d+)", re.IGNORECASE)
_LAST_TRUNK = 144


class NoPortError(Exception):
    """A text in a list of ports that names none; `text` is what the switch quotes."""

    def __init__(self, text: str) -> None:
        super().__init__(f"no port {text}")
        self.text = text


def canonical(text: str) -> str | None:
    """A port as the switch prints it, whether it has it or not.  Before: `a1`, `trk2`, `1/a1`.  After: `A1`, `Trk2`."""
    trunk = _TRUNK.fullmatch(text)
    if trunk is not None:
        return f"Trk{int(trunk[1])}" if 1 <= int(trunk[1]) <= _LAST_TRUNK else None
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    member = f"{int(found[1])}/" if found[1] else ""
    return f"{member}{found[2].upper()}{int(found[3])}{found[4].lower()}"


def is_trunk(port: str) -> bool:
    """Whether a port is a trunk group."""
    return port.startswith("Trk")


def sort_key(port: str) -> tuple[int, int, str, str, int]:
    """The order of printing: by stack member, plain ports before lettered slots, trunk groups last."""
    if is_trunk(port):
        return (1, 0, "", "", int(port[3:]))
    found = _NAME.fullmatch(port)
    if found is None:
        return (2, 0, port, "", 0)
    return (0, int(found[1] or 0), found[2].upper(), found[4], int(found[3]))


def parse(text: str, have: Collection[str]) -> list[str]:
    """The ports of a list, in order. Raises NoPortError with the part that names no port of `have`."""
    if text.lower() == "all":
        return sorted((port for port in have if not is_trunk(port)), key=sort_key)
    found: list[str] = []
    for part in text.split(","):
        found += _range(part.strip(), have)
    return found


def _range(part: str, have: Collection[str]) -> list[str]:
    first, dash, last = part.partition("-")
    start = canonical(first)
    if start is None or start not in have:
        raise NoPortError(first)
    if not dash:
        return [start]
    stop = canonical(last)
    if stop is not None and last.isdigit() and not first.isdigit():
        stop = canonical(first.rstrip("0123456789iI") + last)
    if stop is None or stop not in have:
        raise NoPortError(last)
    low, high = sort_key(start), sort_key(stop)
    if low[:-1] != high[:-1] or low > high:
        raise NoPortError(part)
    return [
        port for port in sorted(have, key=sort_key) if low <= sort_key(port) <= high and sort_key(port)[:-1] == low[:-1]
    ]


def mentioned(text: str) -> list[str]:
    """Every port that a list names, whether a switch has it or not; what is no port is left out."""
    found: list[str] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start, stop = canonical(first), canonical(last or first)
        if start is None or stop is None or sort_key(start)[:-1] != sort_key(stop)[:-1]:
            continue
        stem, tail = _stem(start)
        found += [f"{stem}{number}{tail}" for number in range(sort_key(start)[-1], sort_key(stop)[-1] + 1)]
    return found


def _stem(port: str) -> tuple[str, str]:
    tail = "i" if port.endswith("i") else ""
    return port.removesuffix("i").rstrip("0123456789"), tail


def written(ports: Iterable[str]) -> str:
    """A list as the switch prints it.  Before: {1, 2, 3, A1, Trk1, Trk2}.  After: `1-3,A1,Trk1-Trk2`."""
    parts: list[str] = []
    run: list[str] = []
    for port in sorted(set(ports), key=sort_key):
        if run and not _follows(run[-1], port):
            parts.append(_run(run))
            run = []
        run.append(port)
    return ",".join([*parts, _run(run)] if run else parts)


def _follows(before: str, after: str) -> bool:
    low, high = sort_key(before), sort_key(after)
    return low[:-1] == high[:-1] and high[-1] == low[-1] + 1


def _run(run: list[str]) -> str:
    return run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"


def numbers(ids: Iterable[int]) -> str:
    """A list of VLAN ids as the switch prints it: `1-3,10`."""
    parts: list[tuple[int, int]] = []
    for number in sorted(set(ids)):
        if parts and parts[-1][1] == number - 1:
            parts[-1] = (parts[-1][0], number)
        else:
            parts.append((number, number))
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in parts)


def parse_numbers(text: str) -> list[int] | None:
    """The VLAN ids of a list such as `10,20-22`; None if it is none."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            return None
        low, high = int(first), int(last or first)
        if not 1 <= low <= high <= 4094:  # noqa: PLR2004 - the last VLAN id of IEEE 802.1Q
            return None
        found += range(low, high + 1)
    return found
