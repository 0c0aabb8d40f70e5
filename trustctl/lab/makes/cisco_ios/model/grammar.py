"""The command grammar: patterns a network engineer can read, and a parser that errs the way IOS does.

A pattern is written as the command reference writes it:

* `switchport mode` - keywords, which people may shorten to any unambiguous prefix
* `WORD`, `LINE`, `IP`, `IFACE`, `VLANS`, `<1-4094>` - arguments (`trustctl.lab.makes.cisco_ios.model.arguments`)
* `[edge]` - may be left out; `(access|trunk)` - one of; `{prefer|version <1-4>}` - any number of, in any order
* `/` - what stands before it identifies the setting, what follows is its value: entering the command again replaces the
  value, and the `no` form may stop here. Without `/` the whole line is the setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, TypeVar

from trustctl.lab.makes.cisco_ios.model.arguments import Argument, argument

_PIECE = re.compile(r"<-?\d+-\d+>|[\[\]{}()|/]|[^\s\[\]{}()|/]+(?:/[^\s\[\]{}()|/]+)*")
_TOKEN = re.compile(r"\S+")
_MEMO_LIMIT = 50_000


class Patterned(Protocol):
    """Anything that a grammar can map a command to."""

    @property
    def pattern(self) -> str:
        """The command's pattern."""
        ...

    @property
    def has_no(self) -> bool:
        """Whether the command has a `no` form at all."""
        ...


R = TypeVar("R", bound=Patterned)


class Fault(Enum):
    """The three ways in which IOS does not understand a line."""

    INVALID = "invalid"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Misread:
    """Why a line was not understood. `column` is where the first wrong word starts; `depth` counts understood words."""

    fault: Fault
    column: int
    depth: int


@dataclass(frozen=True, slots=True)
class Match(Generic[R]):
    """A line that was understood: its rule, the words in full, and the part of them that identifies the setting."""

    rule: R
    words: tuple[str, ...]
    identity: str


class _State:
    """One position in one pattern."""

    __slots__ = ("arguments", "empty", "final", "keywords", "undoable")

    def __init__(self) -> None:
        self.keywords: list[tuple[str, _State]] = []
        self.arguments: list[tuple[Argument, _State]] = []
        self.empty: list[_State] = []
        self.final: int | None = None
        self.undoable: int | None = None


class _Step:
    """All positions that are possible after the words read so far."""

    __slots__ = ("arguments", "final", "keywords", "shortened", "undoable")

    def __init__(self, states: list[_State]) -> None:
        words: dict[str, list[_State]] = {}
        arguments: dict[Argument, list[_State]] = {}
        seen: set[int] = set()
        finals: list[int] = []
        undoables: list[int] = []
        queue = list(states)
        while queue:
            state = queue.pop()
            if id(state) in seen:
                continue
            seen.add(id(state))
            queue.extend(state.empty)
            for word, after in state.keywords:
                words.setdefault(word, []).append(after)
            for kind, after in state.arguments:
                arguments.setdefault(kind, []).append(after)
            if state.final is not None:
                finals.append(state.final)
            if state.undoable is not None:
                undoables.append(state.undoable)
        self.keywords: dict[str, list[_State] | _Step] = dict(words)
        self.arguments: list[tuple[Argument, list[_State] | _Step]] = sorted(
            arguments.items(), key=lambda item: item[0].priority
        )
        self.shortened: dict[str, str | None] = {}
        self.final = min(finals, default=None)
        self.undoable = min(undoables, default=None)

    def keyword(self, token: str) -> str | None:
        """The keyword that a token means; `""` if none, None if several."""
        low = token.lower()
        if low in self.keywords:
            return low
        if low not in self.shortened:
            found = [word for word in self.keywords if word.startswith(low)]
            self.shortened[low] = found[0] if len(found) == 1 else "" if not found else None
        return self.shortened[low]

    def by_keyword(self, word: str) -> _Step:
        """The step after a keyword."""
        after = self.keywords[word]
        if not isinstance(after, _Step):
            after = self.keywords[word] = _Step(after)
        return after

    def by_argument(self, index: int) -> _Step:
        """The step after the argument with this index."""
        kind, after = self.arguments[index]
        if not isinstance(after, _Step):
            after = _Step(after)
            self.arguments[index] = (kind, after)
        return after


class _Pattern:
    """Turns one pattern into states."""

    def __init__(self, pattern: str, number: int, *, undoable: bool) -> None:
        self._pieces: list[str] = _PIECE.findall(pattern)
        self._at = 0
        self._number = number
        self._undoable = undoable
        self._marked = "/" not in self._pieces
        self.start = _State()
        end = self._sequence(self.start)
        end.final = number
        if undoable:
            end.undoable = number

    def _sequence(self, state: _State) -> _State:
        while self._at < len(self._pieces) and self._pieces[self._at] not in {"]", "}", ")", "|"}:
            state = self._piece(state)
        return state

    def _mark(self, state: _State) -> None:
        self._marked = True
        if self._undoable:
            state.undoable = self._number

    def _piece(self, state: _State) -> _State:
        piece = self._pieces[self._at]
        self._at += 1
        if piece == "/":
            self._mark(state)
            return state
        if piece in {"[", "(", "{"}:
            return self._group(piece, state)
        after = _State()
        if self._undoable and self._marked and "/" in self._pieces:
            after.undoable = self._number
        kind = argument(piece)
        if kind is None:
            state.keywords.append((piece.lower(), after))
        else:
            state.arguments.append((kind, after))
        return after

    def _group(self, opening: str, state: _State) -> _State:
        before = _State()
        state.empty.append(before)
        after = before if opening == "{" else _State()
        if after is not before and self._undoable and self._marked and "/" in self._pieces:
            after.undoable = self._number
        while True:
            self._sequence(before).empty.append(after)
            closing = self._pieces[self._at]
            self._at += 1
            if closing != "|":
                break
        if opening == "[":
            before.empty.append(after)
        return after


def _identity_length(pattern: str) -> int | None:
    """Number of words before `/`; None if the whole line is the identity. A group there is a choice of single words."""
    pieces: list[str] = _PIECE.findall(pattern)
    if "/" not in pieces:
        return None
    length, depth = 0, 0
    for piece in pieces[: pieces.index("/")]:
        if piece == "(":
            depth += 1
            length += 1
        elif piece == ")":
            depth -= 1
        elif piece in {"[", "{"}:
            raise ValueError(f"what identifies a setting cannot be optional: {pattern}")
        elif not depth:
            length += 1
    return length


class Grammar(Generic[R]):
    """The commands of one mode."""

    def __init__(self, rules: list[R]) -> None:
        self._rules = rules
        self._lengths = [_identity_length(rule.pattern) for rule in rules]
        self._start = _Step(
            [_Pattern(rule.pattern, number, undoable=rule.has_no).start for number, rule in enumerate(rules)]
        )
        self._memo: dict[tuple[str, int, bool], Match[R] | Misread] = {}

    def read(self, line: str, start: int, *, undo: bool) -> Match[R] | Misread:
        """Understand `line` from column `start`; `undo` for the rest of a `no` or `default` line."""
        key = (line, start, undo)
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) > _MEMO_LIMIT:
                self._memo.clear()
            found = self._memo[key] = self._read(line, start, undo=undo)
        return found

    def _read(self, line: str, start: int, *, undo: bool) -> Match[R] | Misread:
        tokens = [(match[0], match.start()) for match in _TOKEN.finditer(line, start)]
        step = self._start
        words: list[str] = []
        at = 0
        while at < len(tokens):
            token, column = tokens[at]
            word = step.keyword(token)
            if word:
                step = step.by_keyword(word)
                words.append(word)
                at += 1
                continue
            for index, (kind, _) in enumerate(step.arguments):
                taken = kind.take(line, tokens, at)
                if taken is not None:
                    words.append(taken[0])
                    at = taken[1]
                    step = step.by_argument(index)
                    break
            else:
                fault = Fault.AMBIGUOUS if word is None else Fault.INVALID
                return Misread(fault, column, len(words))
        number = step.undoable if undo else step.final
        if number is None:
            return Misread(Fault.INCOMPLETE, len(line), len(words))
        length = self._lengths[number]
        identity = " ".join(words if length is None else words[:length])
        return Match(self._rules[number], tuple(words), identity)
