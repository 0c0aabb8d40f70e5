"""One mapping of a platform's file: typed access to its keys, every mistake with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self, TypeVar

from trustctl.errors import RulebookError
from trustctl.inventory.yaml_document import Document, Value
from trustctl.model.origin import Place

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping in the document with its path. Every method raises RulebookError with the place of what is wrong."""

    document: Document
    path: tuple[str | int, ...]
    values: dict[str, Value]

    def error(self, key: str | None, problem: str, remedy: str = "") -> RulebookError:
        """Make an error at a key, or at the mapping itself."""
        path = self.path if key is None else (*self.path, key)
        place = self.document.place(path, key=key is None)
        return RulebookError(problem, where=f"{place.file}:{place.line}:{place.column}", remedy=remedy)

    def only(self, known: Sequence[str]) -> None:
        """Refuse a key that is not known."""
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                remedy = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(known)}."
                place = self.document.place((*self.path, key), key=True)
                where = f"{place}:{place.column}"
                raise RulebookError(f"unknown key {key!r}", where=where, remedy=remedy)

    def text(self, key: str, default: str = "") -> str:
        """A text; a number or a truth value as it is written."""
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise self.error(key, f"{key} must be a text")
        return ("true" if value else "false") if isinstance(value, bool) else str(value)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"{key} must be true or false")
        return value

    def number(self, key: str, default: int) -> int:
        """A whole number."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(key, f"{key} must be a whole number")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text is a list of one."""
        value = self.values.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, (dict, list, bool)) or item is None for item in items):
            raise self.error(key, f"{key} must be a list of texts")
        return tuple(str(item) for item in items)

    def word(self, key: str, kind: type[_Word], default: _Word | None) -> _Word:
        """One of the words of an enumeration; no default: it must be there."""
        text = self.text(key)
        if not text and default is not None:
            return default
        try:
            return kind(text)
        except ValueError as error:
            known = ", ".join(member.value for member in kind)
            raise self.error(key, f"{key} must be one of: {known}") from error

    def expression(self, key: str, text: str) -> re.Pattern[str]:
        """A regular expression that stands under `key`."""
        try:
            return re.compile(text)
        except re.error as error:
            raise self.error(key, f"the expression cannot be read: {error}") from error

    def entries(self, key: str) -> Iterator[tuple[str, Self]]:
        """The mappings below a key: by name, or by position for a list."""
        value = self.values.get(key)
        if value is None:
            return
        items: list[tuple[str | int, Value]]
        if isinstance(value, dict):
            items = list(value.items())
        elif isinstance(value, list):
            items = list(enumerate(value))
        else:
            raise self.error(key, f"{key} must hold entries")
        for name, item in items:
            if not isinstance(item, dict):
                place = self.document.place((*self.path, key, name))
                raise RulebookError(f"{name} must hold keys and values", where=f"{place}:{place.column}")
            yield str(name), replace(self, path=(*self.path, key, name), values=item)

    def below(self, key: str) -> Self:
        """The mapping under a key; an empty one if there is none."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, dict):
            raise self.error(key, f"{key} must hold keys and values")
        return replace(self, path=(*self.path, key), values=value or {})

    @property
    def place(self) -> Place:
        """Where the mapping stands."""
        return self.document.place(self.path, key=True)
