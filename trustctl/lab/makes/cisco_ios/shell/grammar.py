"""The tree of exec commands: abbreviations, ambiguity, and IOS's error for each way to get it wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_T = TypeVar("_T")
_WORD = re.compile(r"\S+")

USER, ENABLED = 1, 15
"""The two privilege levels that the lab tells apart."""


class CommandError(Exception):
    """A command that the switch refuses; `text` is what it prints, ending in a newline."""

    def __init__(self, text: str) -> None:
        super().__init__(text.strip())
        self.text = text


def invalid_input(column: int) -> CommandError:
    """The caret error; `column` counts from the start of the terminal line, prompt included."""
    return CommandError(f"{' ' * column}^\n% Invalid input detected at '^' marker.\n\n")


INCOMPLETE = "% Incomplete command.\n\n"


@dataclass(frozen=True, slots=True)
class Words:
    """What a command was given behind its keywords.

    `text` is the rest of the line as typed, `list` its words, `start` the column where it starts.
    """

    text: str = ""
    start: int = 0

    @property
    def list(self) -> tuple[str, ...]:
        """The words, split at blanks."""
        return tuple(self.text.split())

    def refuse(self, index: int = 0) -> CommandError:
        """The caret error at the word with that index (past the end: behind the last)."""
        spans = [found.start() for found in _WORD.finditer(self.text)]
        column = spans[index] if index < len(spans) else len(self.text)
        return invalid_input(self.start + column)


@dataclass(slots=True)
class _Node(Generic[_T]):
    children: dict[str, _Node[_T]] = field(default_factory=dict[str, "_Node[_T]"])
    handler: _T | None = None
    takes_words: bool = False
    level: int = USER


class Grammar(Generic[_T]):
    """Commands by their keywords; a handler is anything, the shell knows how to call it."""

    def __init__(self) -> None:
        self._root: _Node[_T] = _Node()

    def add(self, keywords: str, handler: _T, *, takes_words: bool = False, level: int = ENABLED) -> None:
        """Teach a command: `show running-config`. `takes_words` lets more words follow; `level` is who may use it."""
        node = self._root
        for keyword in keywords.split():
            child = node.children.setdefault(keyword, _Node(level=level))
            child.level = min(child.level, level)
            node = child
        node.handler = handler
        node.takes_words = takes_words

    def reserve(self, keywords: Sequence[str], *, level: int = USER) -> None:
        """Keywords that make an abbreviation ambiguous and that the lab does not carry out."""
        for keyword in keywords:
            self._root.children.setdefault(keyword, _Node(level=level))

    def find(self, line: str, *, level: int, column: int) -> tuple[_T, Words, str]:
        """The handler for a line, the words left for it, and the keywords in full.

        `column` is where the line starts on the terminal. Raises CommandError as IOS words it.
        """
        node, spelled, end = self._root, "", 0
        for found in _WORD.finditer(line):
            matches = _matches(node.children, found[0].lower(), level)
            if not matches:
                if node.handler is not None and node.takes_words:
                    return node.handler, Words(line[found.start() :].rstrip(), column + found.start()), spelled
                raise invalid_input(column + found.start())
            if len(matches) > 1:
                raise CommandError(f'% Ambiguous command:  "{line.strip()}"\n')
            node, end = node.children[matches[0]], found.end()
            spelled = f"{spelled} {matches[0]}".lstrip()
        if node.handler is None:
            raise CommandError(INCOMPLETE)
        return node.handler, Words("", column + end), spelled

    def help(self, line: str, *, level: int) -> str:
        """What `?` prints: the keywords that may stand here."""
        node = self._root
        words = line.split()
        part = "" if not words or line.endswith(" ") else words.pop().lower()
        for word in words:
            matches = _matches(node.children, word.lower(), level)
            if len(matches) != 1:
                return "% Unrecognized command"
            node = node.children[matches[0]]
        names = sorted(name for name, child in node.children.items() if name.startswith(part) and child.level <= level)
        if part:
            return "  ".join(names) if names else "% Unrecognized command"
        lines = [f"  {name}" for name in names]
        if node.handler is not None:
            lines += (["  WORD"] if node.takes_words else []) + ["  <cr>"]
        return "\n".join(lines) + "\n"


def _matches(children: Mapping[str, object], word: str, level: int) -> list[str]:
    """The keywords that a word may mean; an exact one wins over longer ones."""
    allowed = [name for name, child in children.items() if isinstance(child, _Node) and child.level <= level]
    if word in allowed:
        return [word]
    return [name for name in allowed if name.startswith(word)]
