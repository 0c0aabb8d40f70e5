"""Names of interfaces on IOS-like devices: abbreviations, classes, ranges."""

from __future__ import annotations

import re
from functools import lru_cache

_TYPES = (
    "GigabitEthernet",
    "FastEthernet",
    "Ethernet",
    "TenGigabitEthernet",
    "Tunnel",
    "TwoGigabitEthernet",
    "TwentyFiveGigE",
    "FiveGigabitEthernet",
    "FortyGigabitEthernet",
    "FiftyGigE",
    "HundredGigE",
    "FourHundredGigE",
    "AppGigabitEthernet",
    "Wlan-GigabitEthernet",
    "Embedded-Service-Engine",
    "Port-channel",
    "Vlan",
    "Loopback",
    "Serial",
    "Dialer",
    "Null",
    "Async",
    "ATM",
    "BDI",
    "BVI",
    "Cellular",
    "Dot11Radio",
    "Multilink",
    "Virtual-Template",
    "Virtual-Access",
    "VirtualPortGroup",
    "Bluetooth",
    "StackPort",
    "nve",
    "LISP",
    "pseudowire",
    "ucse",
)
"""Longer names after the ones that a short prefix means: `Tw` is TwoGigabitEthernet, `Twe` TwentyFiveGigE."""

_LOGICAL = {
    "Vlan": "svi",
    "Port-channel": "port-channel",
    "Loopback": "loopback",
    "Tunnel": "tunnel",
}
_VIRTUAL = frozenset(
    {"Dialer", "Null", "BDI", "BVI", "Multilink", "Virtual-Template", "Virtual-Access", "VirtualPortGroup"}
    | {"nve", "LISP", "pseudowire"}
)
INTERFACE_CLASSES = ("physical", "svi", "port-channel", "loopback", "tunnel", "subinterface", "virtual")
"""`physical` cannot be removed by a `no` form; all others can."""

_NAME = re.compile(r"([A-Za-z][A-Za-z-]*) ?([0-9]+(?:/[0-9]+){0,3}(?::[0-9]+)?(?:\.[0-9]+)?)")
_END = r"(?:([A-Za-z][A-Za-z-]*) ?)?((?:[0-9]+/){0,3})([0-9]+)(\.[0-9]+)?"
_PART = re.compile(rf"{_END}(?: ?- ?{_END})?")
_LONGEST_RANGE = 4096


@lru_cache(maxsize=1024)
def interface_type(text: str) -> str:
    """The full type that an abbreviation means; a type that is not known is given back as it is.

    Before: "gi"    After: "GigabitEthernet"
    """
    lower = text.lower()
    for name in _TYPES:
        if name.lower() == lower:
            return name
    for name in _TYPES:
        if name.lower().startswith(lower):
            return name
    return text


@lru_cache(maxsize=16384)
def normalise_interface(text: str) -> str:
    """The interface's name as the device prints it; ValueError if it is none.

    Before: "gi1/0/1", "GigabitEthernet 1/0/1"    After: "GigabitEthernet1/0/1"
    """
    found = _NAME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an interface name")
    numbers = "/".join(str(int(number)) for number in re.split(r"/", found[2].partition(":")[0].partition(".")[0]))
    rest = found[2][len(found[2].partition(":")[0].partition(".")[0]) :]
    return f"{interface_type(found[1])}{numbers}{rest}"


@lru_cache(maxsize=16384)
def interface_class(name: str) -> str:
    """The class (`INTERFACE_CLASSES`) of a normalised name."""
    kind = name.rstrip("0123456789/.:")
    if kind in _LOGICAL and "." not in name:
        return _LOGICAL[kind]
    if "." in name:
        return "subinterface"
    return "virtual" if kind in _VIRTUAL else "physical"


def expand_interfaces(text: str) -> list[str]:
    """The names that an `interface range` names, in its order; ValueError if it is not one.

    Before: "gi1/0/1 - 3 , te1/1/1"    After: ["GigabitEthernet1/0/1", ".../2", ".../3", "TenGigabitEthernet1/1/1"]
    """
    names: list[str] = []
    kind = ""
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{text!r} is not a range of interfaces")
        kind = interface_type(found[1]) if found[1] else kind
        if not kind:
            raise ValueError(f"{text!r} does not begin with an interface type")
        prefix, first, last = found[2], int(found[3]), int(found[7] or found[3])
        other_type = found[5] is not None and interface_type(found[5]) != kind
        if other_type or (found[6] and found[6] != prefix) or not first <= last <= first + _LONGEST_RANGE:
            raise ValueError(f"{part.strip()!r} is not a range of interfaces")
        names.extend(
            normalise_interface(f"{kind}{prefix}{number}{found[4] or ''}") for number in range(first, last + 1)
        )
    return names
