"""The arguments of commands: what a device accepts at a place, and the form in which it keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.interfaces import full_name

if TYPE_CHECKING:
    from collections.abc import Callable

Tokens = list[tuple[str, int]]
"""Words of a line with their columns."""

_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_VLANS = re.compile(r"\d+(?:[-,]\d+)*,?")
_MAC = re.compile(r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}")
_IPV6 = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:.]*(?:/\d{1,3})?")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")


def _quad(token: str) -> str | None:
    if _QUAD.fullmatch(token) is None:
        return None
    parts = [int(part) for part in token.split(".")]
    return ".".join(map(str, parts)) if max(parts) <= 255 else None  # noqa: PLR2004 - a byte


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda token: token if pattern.fullmatch(token) else None


def _range(low: int, high: int) -> Callable[[str], str | None]:
    def check(token: str) -> str | None:
        if not token.isascii() or not token.isdigit() or not low <= int(token) <= high:
            return None
        return str(int(token))

    return check


def _quoted(line: str, tokens: Tokens, at: int) -> tuple[str, int] | None:
    """A name in quotes: kept in them only if it has blanks."""
    column = tokens[at][1]
    end = line.find('"', column + 1)
    if end < 0:
        return None
    text = line[column + 1 : end]
    following = next((number for number, (_, start) in enumerate(tokens) if start > end), len(tokens))
    return (f'"{text}"' if " " in text else text), following


@dataclass(frozen=True, slots=True)
class Argument:
    """One kind of argument. Where several kinds fit a word, the lowest `priority` wins."""

    name: str
    priority: int
    check: Callable[[str], str | None]
    """The kept form of a word, or None if the word is not acceptable here."""

    def take(self, line: str, tokens: Tokens, at: int) -> tuple[str, int] | None:
        """Read the argument at word `at`: its kept form and the index of the next word; None if it does not fit."""
        token, column = tokens[at]
        if self.name == "LINE":
            return line[column:].rstrip(), len(tokens)
        if self.name == "NAME" and token.startswith('"'):
            return _quoted(line, tokens, at)
        if self.name == "IFACE" and token.replace("-", "").isalpha() and at + 1 < len(tokens):
            kept = self.check(f"{token}{tokens[at + 1][0]}")
            return None if kept is None else (kept, at + 2)
        kept = self.check(token)
        return None if kept is None else (kept, at + 1)


_KINDS = {
    kind.name: kind
    for kind in (
        Argument("IP", 1, _quad),
        Argument("MASK", 1, _quad),
        Argument("WILD", 1, _quad),
        Argument("MAC", 1, lambda token: token.lower() if _MAC.fullmatch(token) else None),
        Argument("VLANS", 2, _matching(_VLANS)),
        Argument("DECIMAL", 2, _matching(_DECIMAL)),
        Argument("IPV6", 3, _matching(_IPV6)),
        Argument("IFACE", 4, full_name),
        Argument("WORD", 8, lambda token: token),
        Argument("NAME", 8, lambda token: token),
        Argument("LINE", 9, lambda token: token),
    )
}
_NUMBERS: dict[str, Argument] = {}
_NUMBER = re.compile(r"<(\d+)-(\d+)>")


def argument(piece: str) -> Argument | None:
    """The argument that a piece of a pattern stands for, or None if the piece is a keyword."""
    number = _NUMBER.fullmatch(piece)
    if number is None:
        return _KINDS.get(piece)
    if piece not in _NUMBERS:
        _NUMBERS[piece] = Argument(piece, 0, _range(int(number[1]), int(number[2])))
    return _NUMBERS[piece]
