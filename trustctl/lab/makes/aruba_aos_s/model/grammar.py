"""How a line is read: words that may be cut short, values of a kind, and what is said of a line not understood.

A pattern names keywords, values as `{kind:limit}` or `{kind!:limit}` (the value belongs to the setting's identity),
optional parts in `[...]` and alternatives in `(a|b)`. Texts of errors: recorded on a 2530 (YA.16.11) by the authors of
the-maldridge/terraform-provider-aoss; which word an incomplete line quotes is [unverified].
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from trustctl.lab.makes.aruba_aos_s.model.kinds import KINDS, KindError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trustctl.lab.makes.aruba_aos_s.model.kinds import World

RuleT = TypeVar("RuleT")

_PIECE = re.compile(r"\{[^}]*\}|\[|\]|\(|\)|\||[^\s\[\]()|{}]+")
_TOKEN = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a line; `rest` is the line from here on."""

    text: str
    quoted: bool
    rest: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word understood: as it prints, and whether it is a value, and one that belongs to the identity."""

    text: str
    value: bool = False
    key: bool = False


@dataclass(frozen=True, slots=True)
class Match(Generic[RuleT]):
    """A line understood; `rule` is None if the line stops before one is complete (only an undoing line may)."""

    rule: RuleT | None
    words: tuple[Word, ...]
    left: tuple[Token, ...] = ()
    """Words behind a rule that takes more."""

    def values(self) -> list[str]:
        """The values, in order."""
        return [word.text for word in self.words if word.value]


@dataclass(frozen=True, slots=True)
class Misread:
    """A line not understood: what the switch prints, and how many words it got through."""

    text: str
    depth: int
    incomplete: bool = False


Item = tuple[str, str, bool]
"""`("word", text, False)` or `("value", kind, key)`."""


@dataclass(slots=True)
class _Node(Generic[RuleT]):
    words: dict[str, _Node[RuleT]] = field(default_factory=dict[str, "_Node[RuleT]"])
    values: list[tuple[str, bool, _Node[RuleT]]] = field(default_factory=list["tuple[str, bool, _Node[RuleT]]"])
    rule: RuleT | None = None
    open: bool = False


def tokens(line: str) -> list[Token]:
    """The words of a line; quotes hold words together."""
    return [
        Token(found[1] if found[2] is None else found[2], found[2] is None, line[found.start() :].rstrip())
        for found in _TOKEN.finditer(line)
    ]


@lru_cache(maxsize=2048)
def sequences(pattern: str) -> tuple[tuple[Item, ...], ...]:
    """Every form that a pattern stands for."""
    pieces = _PIECE.findall(pattern)
    found, rest = _alternatives(pieces)
    if rest:
        raise ValueError(f"a bracket too many in {pattern!r}")
    return tuple(tuple(one) for one in found)


def _alternatives(pieces: list[str]) -> tuple[list[list[Item]], list[str]]:
    done: list[list[Item]] = []
    here: list[list[Item]] = [[]]
    while pieces and pieces[0] not in {")", "]"}:
        piece, pieces = pieces[0], pieces[1:]
        if piece == "|":
            done += here
            here = [[]]
            continue
        if piece in {"(", "["}:
            inner, pieces = _alternatives(pieces)
            pieces = pieces[1:]
            choices = [*inner, []] if piece == "[" else inner
        else:
            choices = [[_item(piece)]]
        here = [before + choice for before in here for choice in choices]
    return done + here, pieces


def _item(piece: str) -> Item:
    if not piece.startswith("{"):
        return ("word", piece.lower(), False)
    return ("value", piece[1:-1].replace("!", ""), "!" in piece)


class Grammar(Generic[RuleT]):
    """All commands of one context. `partial`: a line may stop anywhere (it undoes all settings that begin so)."""

    def __init__(self, rules: Iterable[tuple[str, RuleT, bool]], *, partial: bool = False) -> None:
        self._root: _Node[RuleT] = _Node()
        self._partial = partial
        for pattern, rule, takes_more in rules:
            for items in sequences(pattern):
                self._add(items, rule, takes_more=takes_more)

    def _add(self, items: tuple[Item, ...], rule: RuleT, *, takes_more: bool) -> None:
        node = self._root
        for sort, text, key in items:
            if sort == "word":
                node = node.words.setdefault(text, _Node[RuleT]())
                continue
            found = next((after for kind, _, after in node.values if kind == text), None)
            if found is None:
                found = _Node[RuleT]()
                node.values.append((text, key, found))
            node = found
        if node.rule is None:
            node.rule = rule
        node.open = node.open or takes_more

    def read(self, line: list[Token], world: World) -> Match[RuleT] | Misread:
        """Understand a line, or say what the switch would."""
        return self._read(self._root, line, (), world)

    def _read(
        self, node: _Node[RuleT], line: list[Token], words: tuple[Word, ...], world: World
    ) -> Match[RuleT] | Misread:
        if not line or (node.open and node.rule is not None and not self._goes_on(node, line[0])):
            return self._ended(node, line, words)
        token = line[0]
        best: Misread | None = None
        after = self._keyword(node, token)
        if isinstance(after, tuple):
            found = self._read(after[1], line[1:], (*words, Word(after[0])), world)
            if isinstance(found, Match):
                return found
            best = found
        for kind, key, behind in node.values:
            found = self._value(kind, key, behind, line, words, world)
            if isinstance(found, Match):
                return found
            best = _better(best, found)
        if best is None or (isinstance(after, Misread) and best.depth <= len(words)):
            best = after if isinstance(after, Misread) else Misread(f"Invalid input: {token.text}", len(words))
        return best

    def _ended(self, node: _Node[RuleT], line: list[Token], words: tuple[Word, ...]) -> Match[RuleT] | Misread:
        if node.rule is not None:
            return Match(node.rule, words, tuple(line))
        if self._partial and words:
            return Match(None, words)
        last = words[-1].text if words else ""
        return Misread(f"Incomplete input: {last}", len(words), incomplete=True)

    def _goes_on(self, node: _Node[RuleT], token: Token) -> bool:
        return isinstance(self._keyword(node, token), tuple)

    def _keyword(self, node: _Node[RuleT], token: Token) -> tuple[str, _Node[RuleT]] | Misread | None:
        if token.quoted:
            return None
        low = token.text.lower()
        if low in node.words:
            return low, node.words[low]
        fitting = [word for word in node.words if word.startswith(low)]
        if len(fitting) == 1:
            return fitting[0], node.words[fitting[0]]
        return Misread(f"Ambiguous input: {token.text}", 0) if fitting else None

    def _value(
        self,
        kind: str,
        key: bool,  # noqa: FBT001 - a part of the pattern
        after: _Node[RuleT],
        line: list[Token],
        words: tuple[Word, ...],
        world: World,
    ) -> Match[RuleT] | Misread:
        name, _, limit = kind.partition(":")
        try:
            text = KINDS[name](line[0], limit, world)
        except KindError as error:
            return Misread(error.text, len(words) + (1 if error.sure else 0))
        left = [] if name in {"rest", "vlanlist"} else line[1:]
        return self._read(after, left, (*words, Word(text, value=True, key=key)), world)


def _better(before: Misread | None, after: Misread) -> Misread:
    return after if before is None or after.depth > before.depth else before
