"""Every text that people may write into the inventory, found by walking the models of its files.

A field that a model gets tomorrow is among them by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

import yaml
from pydantic import BaseModel

from trustctl.inventory.schema import KINDS

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "inventory"
ITEM, VALUE, KEY = "[]", "*", "{}"
"""Steps of a pattern: any item of a list, any value of a mapping, the mapping's own keys."""
_TEXTS = (str, IPv4Address, IPv4Network, date, object)
_SENTINEL = "ZQhostileQZ"

Pattern = tuple[str, ...]
Steps = tuple[str | int, ...]


Beside = tuple[tuple[int, str, str], ...]
"""What must stand beside a step of a pattern, by its depth: the word that says which of several models is meant."""


def _below(annotation: Any) -> Iterator[tuple[Pattern, Beside]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _below(arguments[0])
    elif origin in {Union, UnionType}:
        for one in arguments:
            yield from _below(one)
    elif origin is list:
        yield from _under(ITEM, arguments[0])
    elif origin is dict:
        yield from _under(KEY, arguments[0])
        yield from _under(VALUE, arguments[1])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        told = tuple((0, name, value) for name, value in _tellers(annotation))
        for name, info in annotation.model_fields.items():
            for pattern, beside in _under(name, info.annotation):
                yield pattern, (*told, *beside)
    elif annotation in _TEXTS:
        yield (), ()


def _under(step: str, annotation: Any) -> Iterator[tuple[Pattern, Beside]]:
    for rest, beside in _below(annotation):
        yield (step, *rest), tuple((depth + 1, name, value) for depth, name, value in beside)


def _tellers(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The fields of a model that may have one value only."""
    for name, info in model.model_fields.items():
        values = get_args(info.annotation) if get_origin(info.annotation) is Literal else ()
        if len(values) == 1:
            yield name, str(values[0])


def patterns() -> dict[tuple[str, Pattern], Beside]:
    """(kind of file, pattern) of every text, in the models' order, and what must stand beside it."""
    found: dict[tuple[str, Pattern], Beside] = {}
    for kind, model in KINDS.items():
        for pattern, beside in _below(model):
            found.setdefault((kind, pattern), beside)
    return found


@dataclass(frozen=True)
class Place:
    """One text of the inventory, and a file in which it can be replaced by any other."""

    kind: str
    pattern: Pattern
    file: str
    template: str = field(repr=False)
    """The file with a sentinel in its place."""
    line: int
    column: int

    @property
    def name(self) -> str:
        """As the test names it: `switches:switches.*.ports[].description`."""
        return name_of(self.kind, self.pattern)

    def document(self, text: str) -> str:
        """The file with this text in the place, in quotes."""
        return self.template.replace(_SENTINEL, quoted(text))

    def raw(self, text: str) -> str:
        """The file with this text as it is, which may mean anything to YAML."""
        return self.template.replace(_SENTINEL, text)


def quoted(text: str) -> str:
    """A text between YAML's double quotes, everything but printable ASCII escaped: the file itself stays harmless."""
    return '"' + "".join(_ESCAPED.get(char) or _code(char) for char in text) + '"'


_ESCAPED = {'"': '\\"', "\\": "\\\\"}


def _code(char: str) -> str:
    return char if " " <= char <= "~" else f"\\U{ord(char):08X}"


def matches(value: object, pattern: Pattern, path: Steps = ()) -> Iterator[Steps]:
    """The path of every text of a pattern in a file's values."""
    if not pattern:
        yield path
    elif pattern[0] == ITEM and isinstance(value, list):
        for index, one in enumerate(cast("list[object]", value)):
            yield from matches(one, pattern[1:], (*path, index))
    elif isinstance(value, dict):
        inside = cast("dict[str, object]", value)
        if pattern[0] == KEY:
            yield from ((*path, key) for key in inside)
        elif pattern[0] == VALUE:
            for key, one in inside.items():
                yield from matches(one, pattern[1:], (*path, key))
        elif pattern[0] in inside:
            yield from matches(inside[pattern[0]], pattern[1:], (*path, pattern[0]))


def _alone(pattern: Pattern, beside: Beside) -> object:
    """The least that has the sentinel at a pattern: nothing else stands there but what says which model is meant."""
    if not pattern:
        return _SENTINEL
    told = {name: value for depth, name, value in beside if depth == 0}
    below = tuple((depth - 1, name, value) for depth, name, value in beside if depth > 0)
    if pattern[0] == ITEM:
        return [_alone(pattern[1:], below)]
    if pattern[0] == KEY:
        return {_SENTINEL: None}
    return {**told, "some-name" if pattern[0] == VALUE else pattern[0]: _alone(pattern[1:], below)}


def _place(kind: str, pattern: Pattern, beside: Beside) -> Place:
    text = yaml.dump(_alone(pattern, beside), Dumper=yaml.CSafeDumper, sort_keys=False, width=10**6, allow_unicode=True)
    before, _, _ = text.partition(_SENTINEL)
    return Place(kind, pattern, f"{kind}.yml", text, before.count("\n") + 1, len(before) - before.rfind("\n"))


def alone() -> list[Place]:
    """Every text of the models, each in a file that holds nothing else."""
    return [_place(kind, pattern, beside) for (kind, pattern), beside in patterns().items()]


def _school_files(kind: str) -> Callable[[Path], Iterable[Path]]:
    return lambda folder: (folder / "schools").glob(f"*/{kind}.yml")


KINDS_OF: Mapping[str, Callable[[Path], Iterable[Path]]] = {
    "trust": lambda folder: [folder / "trust.yml"],
    "baseline": lambda folder: (folder / "baseline").glob("*.yml"),
    **{kind: _school_files(kind) for kind in ("school", "switches", "wireless", "servers")},
}
"""Kind of file -> the files of that kind in an inventory's folder."""


def name_of(kind: str, pattern: Pattern) -> str:
    """As tests name a text: `switches:switches.*.ports[].description`."""
    return f"{kind}:{'.'.join(pattern)}".replace(".[]", "[]")
