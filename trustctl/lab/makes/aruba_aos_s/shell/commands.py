"""What a command outside configuration is to the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.grammar import Word
    from trustctl.lab.makes.aruba_aos_s.shell.session import Session


@dataclass(frozen=True, slots=True)
class Call:
    """A command with its words, in the session that typed it."""

    session: Session
    words: tuple[Word, ...]
    undo: bool = False

    @property
    def values(self) -> list[str]:
        """The values, in order."""
        return [word.text for word in self.words if word.value]

    def has(self, keyword: str) -> bool:
        """Whether the line has that keyword."""
        return any(word.text == keyword and not word.value for word in self.words)


Handler = Callable[[Call], "str | Awaitable[str]"]
"""Carries a command out and returns what it prints; it may talk to the user meanwhile."""


@dataclass(frozen=True, slots=True)
class Exec:
    """A command by its pattern. `looking`: operators may use it as well. `undo`: it is used behind `no`."""

    pattern: str
    run: Handler
    looking: bool = False
    undo: bool = False
