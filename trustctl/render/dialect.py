"""How the models of one platform differ in what they print and accept: `templates/<platform>/dialects.yml`.

The file has two tables. `dialects` is a list; the first entry whose `models` pattern matches the whole model name
applies, its other keys are the words that templates write (`dialect.portfast`). `timezones` gives, for an IANA name,
the lines that set it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from trustctl.errors import RenderError
from trustctl.inventory.yaml_document import DEPTH_CAP
from trustctl.platforms.roots import place_name

FILE = "dialects.yml"
_MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Dialects:
    """The tables of one platform and where they were read."""

    where: str
    entries: tuple[Mapping[str, object], ...]
    timezones: Mapping[str, tuple[str, ...]]

    def words(self, model: str) -> Mapping[str, object]:
        """The words of a model. Raises RenderError if no entry matches."""
        for entry in self.entries:
            if re.fullmatch(str(entry["models"]), model, re.IGNORECASE):
                return entry
        raise RenderError(
            f"no dialect is known for model {model}",
            where=self.where,
            remedy="add an entry whose `models` pattern matches it, or correct the model in the inventory",
        )

    def clock(self, timezone: str) -> tuple[str, ...]:
        """The lines that set a time zone. Raises RenderError if it is not in the table."""
        if timezone not in self.timezones:
            raise RenderError(
                f"time zone {timezone} is not known on this platform",
                where=self.where,
                remedy=f"add it under `timezones`, or use one of {', '.join(self.timezones)}",
            )
        return self.timezones[timezone]


def load_dialects(roots: Sequence[Path], platform: str) -> Dialects:
    """The tables of a platform, from the first root that has them. Raises RenderError if they are not well formed."""
    for root in roots:
        path = root / platform / FILE
        if path.is_file():
            return _read(path, place_name(root, f"{platform}/{FILE}"))
    raise RenderError(
        f"platform {platform} has no {FILE}",
        where=", ".join(str(root) for root in roots),
        remedy="correct the platform in the inventory, or add its folder to templates/",
    )


def _read(path: Path, where: str) -> Dialects:
    with path.open("rb") as file:
        text = file.read(_MAX_BYTES + 1)
    if len(text) > _MAX_BYTES:
        raise RenderError(f"{FILE} is larger than {_MAX_BYTES} bytes", where=where, remedy="shorten it")
    try:
        _check_depth(text, where)
        document: object = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise RenderError(f"not valid YAML: {error}", where=where, remedy="correct the file") from error
    tables = _table(document, where)
    entries = tuple(_table(entry, where) for entry in _list(tables.get("dialects"), where))
    if any(not isinstance(entry.get("models"), str) for entry in entries):
        raise RenderError("an entry of `dialects` has no `models`", where=where, remedy="add the pattern")
    zones = _table(tables.get("timezones", {}), where)
    return Dialects(
        where, entries, {name: tuple(str(line) for line in _list(lines, where)) for name, lines in zones.items()}
    )


def _check_depth(text: bytes, where: str) -> None:
    """Refuse what the C loader would not survive: it crashes the process on deep nesting (docs/sources.md)."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_CAP:
            raise RenderError(f"nested more than {DEPTH_CAP} levels deep", where=where, remedy="flatten it")


def _table(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise RenderError("a table of names and values is expected", where=where, remedy="correct the file")
    return {str(key): item for key, item in cast("dict[object, object]", value).items()}


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise RenderError("a list is expected", where=where, remedy="correct the file")
    return cast("list[object]", value)
