"""From the sheets that the child sends to the intended lines: ports filled in, paths turned into origins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trustctl.errors import RenderError
from trustctl.model.origin import LineOrigin, Origin, Place
from trustctl.model.plan import IntendedLine
from trustctl.model.school import School
from trustctl.model.switch import Device, Port
from trustctl.render.lines import HOSTS, check, check_host
from trustctl.render.sheet import Group, Sheet
from trustctl.render.stamps import DESCRIPTION, NAME, PORT_PATH

Values = tuple[tuple[str, Origin], ...]


@dataclass(frozen=True, slots=True)
class _PortLine:
    """A line of a port: its text, with tokens if `is_open`, and what is known of its origin for every port."""

    text: str
    is_open: bool
    place: Place
    attributes: tuple[str, ...]
    shared: Values


@dataclass(frozen=True, slots=True)
class _Made:
    """The lines of a shape for ports whose attributes have these origins; None where tokens must be filled in."""

    own: dict[str, Origin]
    lines: list[IntendedLine | None]


@dataclass(frozen=True, slots=True)
class _Shape:
    """The lines of alike ports. `attributes` are those of the port that any line uses."""

    lines: list[IntendedLine | _PortLine]
    attributes: tuple[str, ...]
    made: dict[tuple[int, ...], _Made] = field(default_factory=dict[tuple[int, ...], _Made])
    """By the identity of the origins, which `_Made.own` keeps alive."""


class Book:
    """The lines of one school's devices so far. Devices of a school share most lines, and here the objects."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._origins = dict(school.origins)
        self._values: dict[str, Values] = {}
        self._lines: list[IntendedLine | _PortLine] = []
        self._shapes: dict[tuple[int, ...], _Shape] = {}

    def expand(self, sheet: Sheet, switch: Device) -> tuple[IntendedLine, ...]:
        """All lines of the device, in order, checked. Raises RenderError for a line that must not be sent."""
        made: list[IntendedLine] = []
        new: list[IntendedLine] = []
        at = 0
        try:
            self._lines += [self._line(*line) for line in sheet.new]
            for group in sheet.groups:
                between = self._between(sheet, at, group.start)
                made += between
                new += between
                self._ports(sheet, group, switch, made, new)
                at = group.end
            rest = self._between(sheet, at, len(sheet.lines))
        except (IndexError, TypeError, ValueError) as error:
            raise RenderError(
                "the templates' process sent lines that do not fit", where=switch.name, remedy="report this as a fault"
            ) from error
        # a port line that was made before was looked at before
        (check_host if switch.kind in HOSTS else check)([*new, *rest])
        return (*made, *rest)

    def _line(self, text: str, file: str, line: int, paths: Sequence[str]) -> IntendedLine | _PortLine:
        attributes = tuple(path.removeprefix(PORT_PATH) for path in paths if path.startswith(PORT_PATH))
        is_open = NAME in text or DESCRIPTION in text
        if not (is_open or attributes):
            return IntendedLine(text, LineOrigin(Place(file, line), self._of(paths)))
        shared = self._of(path for path in paths if not path.startswith(PORT_PATH))
        return _PortLine(text, is_open, Place(file, line), attributes, shared)

    def _of(self, paths: Iterable[str]) -> Values:
        """(path, origin) of those paths whose origin is known."""
        found: Values = ()
        for path in paths:
            if path not in self._values:
                origin = self._school.origin(path)
                self._values[path] = ((path, origin),) if origin else ()
            found += self._values[path]
        return found

    def _between(self, sheet: Sheet, start: int, end: int) -> list[IntendedLine]:
        lines = [self._lines[number] for number in sheet.lines[start:end]]
        if not all(isinstance(line, IntendedLine) for line in lines):
            raise ValueError("a line of a port stands outside the ports")
        return [line for line in lines if isinstance(line, IntendedLine)]

    def _ports(
        self, sheet: Sheet, group: Group, switch: Device, made: list[IntendedLine], new: list[IntendedLine]
    ) -> None:
        """Add all lines of the ports to `made`, those that are made here to `new`."""
        shapes = [self._shape(tuple(sheet.lines[start:end])) for start, end in group.shapes]
        for port, number in zip(switch.ports, group.shape_of, strict=True):
            shape = shapes[number]
            ready = self._made(shape, f"{switch.path}.ports.{port.name}", new)
            for line, complete in zip(shape.lines, ready.lines, strict=True):
                if complete is None:
                    complete = _filled(line, port, ready.own)  # noqa: PLW2901 - filled in for this port
                    new.append(complete)
                made.append(complete)

    def _shape(self, numbers: tuple[int, ...]) -> _Shape:
        shape = self._shapes.get(numbers)
        if shape is None:
            lines = [self._lines[number] for number in numbers]
            used = (attribute for line in lines if isinstance(line, _PortLine) for attribute in line.attributes)
            shape = self._shapes[numbers] = _Shape(lines, tuple(dict.fromkeys(used)))
        return shape

    def _made(self, shape: _Shape, port: str, new: list[IntendedLine]) -> _Made:
        """The shape's lines for a port with this path; alike for ports whose values have the same origins.

        In the values, what belongs to the port has the name that a template gives it: `port.profile`.
        """
        whole = self._origins.get(port) or self._school.origin(port)
        origins = [self._origins.get(port + attribute, whole) for attribute in shape.attributes]
        key = tuple(map(id, origins))
        made = shape.made.get(key)
        if made is None:
            own = {name: origin for name, origin in zip(shape.attributes, origins, strict=True) if origin}
            lines = [_complete(line, own) for line in shape.lines]
            made = shape.made[key] = _Made(own, lines)
            new += [line for line in lines if line]
        return made


def _complete(line: IntendedLine | _PortLine, own: dict[str, Origin]) -> IntendedLine | None:
    if isinstance(line, IntendedLine):
        return line
    return None if line.is_open else IntendedLine(line.text, _origin(line, own))


def _filled(line: IntendedLine | _PortLine, port: Port, own: dict[str, Origin]) -> IntendedLine:
    if isinstance(line, IntendedLine):
        return line
    text = line.text.replace(NAME, port.name).replace(DESCRIPTION, port.description)
    return IntendedLine(text, _origin(line, own))


def _origin(line: _PortLine, own: dict[str, Origin]) -> LineOrigin:
    mine = tuple((f"port{name}", own[name]) for name in line.attributes if name in own)
    return LineOrigin(line.place, mine + line.shared)
