"""Rendering alike ports once: 48 ports of a switch have perhaps six shapes.

A `for` over `switch.ports` runs once per shape, with holes where the name and the description stand; the parent process
fills the lines in for each port. That is exact because a template is a pure function of what it reads: a hole only lets
itself be written or tested for being empty, and a template that does anything else with it raises `HoleTouchedError`,
upon which every port is rendered by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NoReturn

from trustctl.model.switch import Port
from trustctl.render.trace import Node, Paths, PortRow, Stamp

NAME: Final = "\x02"
DESCRIPTION: Final = "\x03"
PORT_PATH: Final = "\x04"
"""Stands for the path of the port in the paths of a stamped line."""


class HoleTouchedError(Exception):
    """A template looked at a value that stands open."""


class Hole:
    """A value that differs between the ports of a shape."""

    __slots__ = ("filled", "token", "values")

    def __init__(self, token: str, values: Sequence[str]) -> None:
        self.token = token
        self.values = values
        self.filled = bool(values[0])

    def __bool__(self) -> bool:
        return self.filled

    def _touched(self, *_: object) -> NoReturn:
        raise HoleTouchedError

    __str__ = __repr__ = __len__ = __iter__ = __hash__ = _touched
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __getitem__ = _touched
    __add__ = __radd__ = __mod__ = __rmod__ = __mul__ = __rmul__ = __format__ = __getattr__ = _touched


def shapes(row: PortRow) -> Iterator[Node]:
    """The shapes of the ports, each with holes, and a `Stamp` in the recorder when the loop has ended."""
    recorder, powered = row.recorder, row.powered
    keys: dict[tuple[object, ...], int] = {}
    members: list[list[int]] = []
    stamp = Stamp([], [])
    for number, port in enumerate(row.ports):
        key = (
            id(port.profile),
            bool(port.description),
            port.access_vlan,
            port.voice_vlan,
            port.trunk_vlans,
            port.native_vlan,
            port.channel_group,
            powered[number],
            port.peer,
        )
        shape = keys.setdefault(key, len(keys))
        if shape == len(members):
            members.append([])
        members[shape].append(number)
        stamp.shape_of.append(shape)
    recorder.stamping = True
    for numbers in members:
        first = len(recorder.records)
        yield _shape([row.ports[number] for number in numbers], powered=powered[numbers[0]])
        stamp.written.append((first, len(recorder.records)))
    recorder.stamping = False
    recorder.stamps.append(stamp)


def _shape(ports: Sequence[Port], *, powered: bool) -> Node:
    node = Node(ports[0], PORT_PATH)
    node.memo["name"] = (Hole(NAME, [port.name for port in ports]), _path("name"))
    node.memo["description"] = (Hole(DESCRIPTION, [port.description for port in ports]), _path("description"))
    node.memo["powered"] = (powered, ())
    return node


def _path(attribute: str) -> Paths:
    return (f"{PORT_PATH}.{attribute}",)
