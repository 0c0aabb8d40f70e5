"""From the sheet that the child sent to the intended lines: ports filled in, paths turned into origins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trustctl.errors import RenderError
from trustctl.model.origin import LineOrigin, Origin, Place
from trustctl.model.plan import IntendedLine
from trustctl.model.school import School
from trustctl.model.switch import Port, Switch
from trustctl.render.batch import Group, Sheet
from trustctl.render.lines import check
from trustctl.render.stamps import DESCRIPTION, NAME, PORT_PATH

Values = tuple[tuple[str, Origin], ...]


class Origins:
    """Where the values of one school come from; each path is looked up once."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._known: dict[str, Values] = {}

    def of(self, paths: Iterable[str]) -> Values:
        """(path, origin) of those paths whose origin is known."""
        found: Values = ()
        for path in paths:
            if path not in self._known:
                origin = self._school.origin(path)
                self._known[path] = ((path, origin),) if origin else ()
            found += self._known[path]
        return found

    def of_port(self, port: str, attributes: Iterable[str], otherwise: Origin | None) -> Values:
        """The same for values of one port, under the names that a template gives them: `port.profile`.

        `otherwise` is the origin of the port as a whole. Ports with one origin then share their lines.
        """
        origins = self._school.origins
        found: list[tuple[str, Origin]] = []
        for attribute in attributes:
            origin = origins.get(port + attribute, otherwise)
            if origin:
                found.append((f"port{attribute}", origin))
        return tuple(found)

    def whole(self, port: str) -> Origin | None:
        """The origin of the port as a whole."""
        return self._school.origin(port)


def expand(sheet: Sheet, switch: Switch, origins: Origins) -> tuple[IntendedLine, ...]:
    """All lines of the device, in order, checked. Raises RenderError for a line that must not be sent."""
    made: list[IntendedLine] = []
    new: list[IntendedLine] = []
    at = 0
    try:
        for group in sheet.groups:
            between = _lines(sheet, at, group.start, origins)
            ports, fresh = _ports(sheet, group, switch, origins)
            made += between + ports
            new += between + fresh
            at = group.end
        rest = _lines(sheet, at, len(sheet.lines), origins)
    except (IndexError, TypeError, ValueError) as error:
        raise RenderError("the templates' process sent lines that do not fit", where=switch.name) from error
    # a line that several ports share is one object and is looked at once
    check([*new, *rest])
    return (*made, *rest)


def _lines(sheet: Sheet, start: int, end: int, origins: Origins) -> list[IntendedLine]:
    lines: list[IntendedLine] = []
    for number in range(start, end):
        file, line, paths = sheet.sources[sheet.marks[number]]
        lines.append(IntendedLine(sheet.lines[number], LineOrigin(Place(file, line), origins.of(paths))))
    return lines


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a shape: its text, with tokens if `is_open`, and what is known of its origin for every port."""

    text: str
    is_open: bool
    place: Place
    of_port: tuple[str, ...]
    shared: Values


@dataclass(frozen=True, slots=True)
class _Shape:
    """The lines of alike ports. `attributes` are those of the port that any line uses.

    `made` keeps the lines without tokens by the origins of these attributes.
    """

    lines: list[_Line]
    attributes: tuple[str, ...]
    made: dict[Values, list[IntendedLine | None]] = field(default_factory=dict["Values", "list[IntendedLine | None]"])


def _ports(
    sheet: Sheet, group: Group, switch: Switch, origins: Origins
) -> tuple[list[IntendedLine], list[IntendedLine]]:
    """All lines of the ports, and the distinct ones among them."""
    shapes = [_shape(sheet, start, end, origins) for start, end in group.shapes]
    made: list[IntendedLine] = []
    fresh: list[IntendedLine] = []
    for port, number in zip(switch.ports, group.shape_of, strict=True):
        shape = shapes[number]
        path = f"switches.{switch.name}.ports.{port.name}"
        own = origins.of_port(path, shape.attributes, origins.whole(path))
        complete = shape.made.get(own)
        if complete is None:
            complete = shape.made[own] = _complete(shape, own)
            fresh += [line for line in complete if line]
        for line, ready in zip(shape.lines, complete, strict=True):
            if ready is None:
                ready = _filled(line, port, own)  # noqa: PLW2901 - filled for this port
                fresh.append(ready)
            made.append(ready)
    return made, fresh


def _shape(sheet: Sheet, start: int, end: int, origins: Origins) -> _Shape:
    lines: list[_Line] = []
    for number in range(start, end):
        file, line, paths = sheet.sources[sheet.marks[number]]
        text = sheet.lines[number]
        of_port = tuple(path.removeprefix(PORT_PATH) for path in paths if path.startswith(PORT_PATH))
        shared = origins.of(path for path in paths if not path.startswith(PORT_PATH))
        lines.append(_Line(text, NAME in text or DESCRIPTION in text, Place(file, line), of_port, shared))
    return _Shape(lines, tuple(dict.fromkeys(attribute for line in lines for attribute in line.of_port)))


def _complete(shape: _Shape, own: Values) -> list[IntendedLine | None]:
    """The lines without tokens for ports whose attributes have these origins."""
    return [None if line.is_open else _line(line, line.text, own) for line in shape.lines]


def _filled(line: _Line, port: Port, own: Values) -> IntendedLine:
    return _line(line, line.text.replace(NAME, port.name).replace(DESCRIPTION, port.description), own)


def _line(line: _Line, text: str, own: Values) -> IntendedLine:
    mine = tuple(value for value in own if value[0].removeprefix("port") in line.of_port)
    return IntendedLine(text, LineOrigin(line.place, mine + line.shared))
