"""One YAML file as plain values whose positions are known: read in one pass over the C parser's events.

The limits hold while the events arrive, so a hostile file is refused before anything is built from it: docs/sources.md
has the measurements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, cast

import yaml

from trustctl.inventory.problem import Problem, visible
from trustctl.inventory.yaml_scalars import Scalar, plain
from trustctl.model.origin import Place

SIZE_CAP = 5 * 1024 * 1024
"""Bytes of one file."""
DEPTH_CAP = 40
"""Levels of nesting."""

Value = Scalar | list["Value"] | dict[str, "Value"]
Path = Sequence[str | int]


class Mark(NamedTuple):
    """Where a value and its key stand (from 0), and the same for what is inside it."""

    key_line: int
    key_column: int
    line: int
    column: int
    inside: dict[str, Mark] | list[Mark] | None


class _Position(Protocol):
    line: int
    column: int


class _Event(Protocol):
    """What all parser events have in common; the stubs of PyYAML leave it untyped."""

    start_mark: _Position
    anchor: str | None
    tag: str | None
    value: str
    style: str | None
    implicit: object


def _kind(event: _Event) -> object:
    """The class of an event; without the protocol, which hides that it is one of PyYAML's."""
    return event.__class__


class _RefusedError(Exception):
    """The event stream broke a limit."""

    def __init__(self, at: _Position, code: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.at, self.code, self.problem, self.remedy = at, code, problem, remedy


@dataclass(frozen=True, slots=True)
class Document:
    """The values of one file and where each stands. `file` is the name used in messages."""

    file: str
    value: dict[str, Value]
    text: str = field(repr=False)
    root: Mark = field(repr=False)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Position of the value at `path` (of its key if `key`); of the nearest parent if there is none."""
        mark = self.root
        for step in path:
            inside = mark.inside
            below: Mark | None = None
            if isinstance(inside, dict):
                below = inside.get(str(step))
            elif isinstance(inside, list) and isinstance(step, int) and step < len(inside):
                below = inside[step]
            if below is None:
                key = True
                break
            mark = below
        if key:
            return Place(self.file, mark.key_line + 1, mark.key_column + 1)
        return Place(self.file, mark.line + 1, mark.column + 1)

    def value_at(self, path: Path) -> Value:
        """The value at a path; None if there is none."""
        value: object = self.value
        for step in path:
            if isinstance(value, dict):
                value = cast("dict[str | int, Value]", value).get(step)
            elif isinstance(value, list) and isinstance(step, int):
                items = cast("list[Value]", value)
                value = items[step] if step < len(items) else None
            else:
                return None
        return cast("Value", value)

    def problem(self, path: Path, code: str, problem: str, remedy: str = "", *, key: bool = False) -> Problem:
        """A problem with the value (or key) at `path`, with its source line."""
        place = self.place(path, key=key)
        return Problem(place, code, dotted(path), problem, remedy, source_line(self.text, place.line))


def dotted(path: Path) -> str:
    """A path as messages show it.  Before: ("ports", 3, "profile").  After: `ports[3].profile`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def source_line(text: str, line: int) -> str:
    """Line `line` (from 1) of a file, made visible."""
    lines = text.split("\n", line)
    return visible(lines[line - 1].rstrip("\r")) if len(lines) >= line else ""


def read_document(data: bytes, file: str) -> tuple[Document | None, list[Problem]]:
    """Read one file. None for the document if it cannot be understood at all; otherwise duplicate keys are listed."""
    if len(data) > SIZE_CAP:
        return None, [
            Problem(
                Place(file, 1),
                "yaml_too_large",
                "",
                f"the file has {len(data)} bytes, more than {SIZE_CAP}",
                "Split it: one folder per school.",
            )
        ]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [
            Problem(
                Place(file, line),
                "yaml_not_utf8",
                "",
                f"byte {error.start} is not UTF-8",
                "Save the file as UTF-8.",
            )
        ]
    problems: list[Problem] = []
    try:
        root_value, root = _Builder(file, text, problems).document()
    except _RefusedError as refused:
        place = Place(file, refused.at.line + 1, refused.at.column + 1)
        source = source_line(text, place.line)
        return None, [Problem(place, refused.code, "", refused.problem, refused.remedy, source)]
    except yaml.YAMLError as error:
        return None, [_syntax(error, file, text)]
    if not isinstance(root_value, dict):
        found = "nothing" if root_value is None else "a list" if isinstance(root_value, list) else "a single value"
        return None, [
            Problem(Place(file, 1), "wrong_type", "", f"the file holds {found}", "Start it with keys, such as `name:`.")
        ]
    return Document(file, root_value, text, root), problems


def _syntax(error: yaml.YAMLError, file: str, text: str) -> Problem:
    """A syntax error at its own place, without PyYAML's quotation of the file."""
    mark = cast("_Position | None", getattr(error, "problem_mark", None))
    begun = cast("_Position | None", getattr(error, "context_mark", None))
    if mark and begun and mark.line >= text.count("\n"):
        mark = begun  # something that is never closed: tell where it begins, not where the file ends
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "not well-formed YAML"
    if not mark:
        position = cast("int", getattr(error, "position", 0))
        place = Place(file, text.count("\n", 0, position) + 1)
    else:
        place = Place(file, mark.line + 1, mark.column + 1)
    remedy = "Check the indentation (blanks, no tabs), quotes and colons here and on the line above."
    if isinstance(error, yaml.reader.ReaderError):
        remedy = "Remove that character: a person cannot see it."
    return Problem(place, "yaml_syntax", "", visible(str(what)), remedy, source_line(text, place.line))


class _Builder:
    """Turns the event stream into values and marks, and refuses what the inventory does not allow."""

    def __init__(self, file: str, text: str, problems: list[Problem]) -> None:
        self._file = file
        self._text = text
        self._problems = problems
        loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        self._events = cast("Iterator[_Event]", yaml.parse(text, Loader=loader))
        self._depth = 0

    def document(self) -> tuple[Value, Mark]:
        """The one document of the stream."""
        empty: tuple[Value, Mark] = (None, Mark(0, 0, 0, 0, None))
        found: tuple[Value, Mark] | None = None
        for event in self._events:
            if _kind(event) is yaml.DocumentStartEvent:
                if found is not None:
                    raise _RefusedError(
                        event.start_mark, "yaml_documents", "a second document starts here", "Remove the `---` line."
                    )
                found = self._node(next(self._events), None)
        return found or empty

    def _node(self, event: _Event, key: _Position | None) -> tuple[Value, Mark]:
        kind = _kind(event)
        at = event.start_mark
        if kind is yaml.AliasEvent or event.anchor is not None:
            raise _RefusedError(at, "yaml_alias", "anchors and aliases are not allowed", "Write the value out.")
        if event.tag is not None:
            raise _RefusedError(at, "yaml_tag", "tags are not allowed", "Remove the word that starts with `!`.")
        inside: dict[str, Mark] | list[Mark] | None = None
        value: Value
        if kind is yaml.ScalarEvent:
            value = event.value if event.style else plain(event.value)
        else:
            self._depth += 1
            if self._depth > DEPTH_CAP:
                raise _RefusedError(
                    at, "yaml_depth", f"nested more than {DEPTH_CAP} levels deep", "Flatten the structure."
                )
            value, inside = self._mapping() if kind is yaml.MappingStartEvent else self._sequence()
            self._depth -= 1
        start = key or at
        return value, Mark(start.line, start.column, at.line, at.column, inside)

    def _sequence(self) -> tuple[list[Value], list[Mark]]:
        values: list[Value] = []
        marks: list[Mark] = []
        for event in self._events:
            if _kind(event) is yaml.SequenceEndEvent:
                break
            value, mark = self._node(event, None)
            values.append(value)
            marks.append(mark)
        return values, marks

    def _mapping(self) -> tuple[dict[str, Value], dict[str, Mark]]:
        values: dict[str, Value] = {}
        marks: dict[str, Mark] = {}
        for event in self._events:
            if _kind(event) is yaml.MappingEndEvent:
                break
            at = event.start_mark
            if _kind(event) is not yaml.ScalarEvent or event.tag is not None or event.anchor is not None:
                raise _RefusedError(at, "yaml_key", "a key must be a plain word", "Write `word: value`.")
            name = event.value
            value, mark = self._node(next(self._events), at)
            if name in marks:
                self._duplicate(name, at, marks[name])
                continue
            values[name] = value
            marks[name] = mark
        return values, marks

    def _duplicate(self, name: str, at: _Position, first: Mark) -> None:
        place = Place(self._file, at.line + 1, at.column + 1)
        self._problems.append(
            Problem(
                place,
                "duplicate_key",
                visible(name, 60),
                f"the key '{visible(name, 60)}' stands here a second time; the first is on line {first.key_line + 1}",
                "Remove one of them.",
                source_line(self._text, place.line),
            )
        )
