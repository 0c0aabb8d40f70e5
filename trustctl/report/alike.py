"""What is alike although each device says it with its own address and port names."""

from __future__ import annotations

import re
from dataclasses import replace

from trustctl.inventory import ranges
from trustctl.model.plan import Change, DevicePlan, Flag
from trustctl.report.ports import is_port, short_port

_INTERFACE = "interface "
_THE_PORT = "the port"
_SAID_OF_PORTS = ("leads ", "is an uplink", "are uplinks")
"""What a reason says of the ports that it begins with."""
_LONGEST_PREFIX = 24
"""Of "Uplink Gi1/0/48: ", before the port's name."""


def port_of(change: Change) -> str | None:
    """The port that a change stands on, or None if it is not one of a row of like ports."""
    if not change.section or not change.section[-1].startswith(_INTERFACE):
        return None
    name = change.section[-1].removeprefix(_INTERFACE)
    return name if is_port(name) else None


def alike(flag: Flag, device: DevicePlan, port: str | None) -> Flag:
    """Before: "the session to 10.1.1.9 runs over it". After: "our session runs over it", the same on each device."""
    own = re.compile(rf"(?<![\d.]){re.escape(device.address)}(?!\d|\.\d)") if device.address else None
    why = flag.why
    if own:
        why = own.sub("the device", why).replace("the session to the device", "our session")
    return Flag(flag.rule, flag.severity, without_port(why, port))


def without_port(text: str, port: str | None) -> str:
    """Before: `Port Gi1/0/1: access VLAN 20`, `what 5 powers`. After: `access VLAN 20`, `what the port powers`.

    A port whose name is a number is only looked for once: behind it the same number means something else.
    """
    for name in dict.fromkeys((port, short_port(port))) if port is not None else ():
        whole = rf"(?<![\w/.-]){re.escape(name)}(?![\w/]|[.-]\d)"
        head = re.match(rf".{{0,{_LONGEST_PREFIX}}}?{whole}: ", text)
        text = text[head.end() :] if head else text
        if not name.isdigit():
            text = re.sub(whole, _THE_PORT, text)
        elif not head and len(re.findall(whole, text)) == 1:
            text = re.sub(rf"(?<!VLAN ){whole}", _THE_PORT, text)
    return text


def ports_first(flag: Flag) -> tuple[Flag, tuple[str, ...]]:
    """The flag without the ports that its reason begins with, and those ports.

    Before: "23,A3-A4 leads to another device". After: "the port leads to another device" and 23, A3, A4.
    """
    listed, _, rest = flag.why.partition(" ")
    try:
        ports = ranges.expand(listed)
    except ValueError:
        return flag, ()
    if not rest.startswith(_SAID_OF_PORTS) or not all(is_port(port) for port in ports):
        return flag, ()
    them = _THE_PORT if not rest.startswith("are ") else f"{_THE_PORT}s"
    return replace(flag, why=f"{them} {rest}"), tuple(ports)
