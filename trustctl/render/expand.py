"""From the sheet that the child sent to the intended lines: ports filled in, paths turned into origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trustctl.errors import RenderError
from trustctl.model.origin import LineOrigin, Origin, Place
from trustctl.model.plan import IntendedLine
from trustctl.model.school import School
from trustctl.model.switch import Port, Switch
from trustctl.render.batch import Group, Sheet
from trustctl.render.stamps import DESCRIPTION, NAME, PORT_PATH

Values = tuple[tuple[str, Origin], ...]


class Origins:
    """Where the values of one school come from; each path is looked up once."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._known: dict[str, Values] = {}

    def of(self, paths: Sequence[str]) -> Values:
        """(path, origin) of those paths whose origin is known."""
        found: Values = ()
        for path in paths:
            found += self._known.get(path) or self._one(path)
        return found

    def _one(self, path: str) -> Values:
        origin = self._school.origin(path)
        self._known[path] = found = ((path, origin),) if origin else ()
        return found


def expand(sheet: Sheet, switch: Switch, origins: Origins) -> tuple[IntendedLine, ...]:
    """All lines of the device, in order. Raises RenderError if the sheet does not fit the device."""
    made: list[IntendedLine] = []
    at = 0
    try:
        for group in sheet.groups:
            made += _lines(sheet, at, group.start, origins)
            made += _ports(sheet, group, switch, origins)
            at = group.end
        made += _lines(sheet, at, len(sheet.lines), origins)
    except (IndexError, TypeError, ValueError) as error:
        raise RenderError("the templates' process sent lines that do not fit", where=switch.name) from error
    return tuple(made)


def _lines(sheet: Sheet, start: int, end: int, origins: Origins) -> list[IntendedLine]:
    lines: list[IntendedLine] = []
    for number in range(start, end):
        file, line, paths = sheet.sources[sheet.marks[number]]
        lines.append(IntendedLine(sheet.lines[number], LineOrigin(Place(file, line), origins.of(paths))))
    return lines


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a shape: complete if it is the same for each port, else the parts that are."""

    complete: IntendedLine | None
    text: str
    open: bool
    place: Place
    of_port: tuple[str, ...]
    shared: Values


def _ports(sheet: Sheet, group: Group, switch: Switch, origins: Origins) -> list[IntendedLine]:
    shapes = [[_prepare(sheet, number, origins) for number in range(*shape)] for shape in group.shapes]
    made: list[IntendedLine] = []
    for port, shape in zip(switch.ports, group.shape_of, strict=True):
        made += _stamp(shapes[shape], port, f"switches.{switch.name}.ports.{port.name}", origins)
    return made


def _prepare(sheet: Sheet, number: int, origins: Origins) -> _Line:
    file, line, paths = sheet.sources[sheet.marks[number]]
    text, place = sheet.lines[number], Place(file, line)
    of_port = tuple(path.removeprefix(PORT_PATH) for path in paths if path.startswith(PORT_PATH))
    shared = origins.of([path for path in paths if not path.startswith(PORT_PATH)])
    is_open = NAME in text or DESCRIPTION in text
    complete = None if is_open or of_port else IntendedLine(text, LineOrigin(place, shared))
    return _Line(complete, text, is_open, place, of_port, shared)


def _stamp(shape: Sequence[_Line], port: Port, path: str, origins: Origins) -> list[IntendedLine]:
    """The lines of one port."""
    made: list[IntendedLine] = []
    own: dict[tuple[str, ...], Values] = {}
    for line in shape:
        if line.complete:
            made.append(line.complete)
            continue
        values = own.get(line.of_port)
        if values is None:
            values = own[line.of_port] = origins.of([path + attribute for attribute in line.of_port])
        text = line.text.replace(NAME, port.name).replace(DESCRIPTION, port.description) if line.open else line.text
        made.append(IntendedLine(text, LineOrigin(line.place, values + line.shared)))
    return made
