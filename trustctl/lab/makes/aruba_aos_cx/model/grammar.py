"""The command grammar: patterns as the command reference writes them, and a reader that refuses as AOS-CX does.

* `vlan trunk native` - keywords; any prefix that is not ambiguous will do
* `<vlan>`, `<1-60>`, `<word>` - arguments (`KINDS`); `<text>` takes the rest of the line
* `[tag]` - may be left out; `(sha|md5)` - one of; `{burst|prefer|key <1-65534>}` - any of them, in any order
* `/` - the words before it tell the setting from others; without it the whole line does
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network, IPv6Address, NetmaskValueError
from typing import Generic, TypeVar

from trustctl.lab.makes.aruba_aos_cx.model.names import canonical, is_port, port_list, vlan_list

INCOMPLETE = "% Command incomplete."
"""Refusals, as the AOS-CX Switch Simulator gave them on 10.15 to 10.18 (docs/sources.md)."""
AMBIGUOUS = "% Ambiguous command."
INVALID = "Invalid input: "
_PIECE = re.compile(r"<[^>]+>|[\[\]{}()|]|/(?=\s|$)|[^\s\[\]{}()|<>]+")
_TOKEN = re.compile(r'"[^"]*"|\S+')


def _parsed(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (ValueError, AddressValueError, NetmaskValueError):
        return False
    return True


def _prefix(text: str) -> bool:
    return "/" in text and _parsed(IPv4Interface, text)


def _network(text: str) -> bool:
    return "/" in text and _parsed(IPv4Network, text)


KINDS: dict[str, Callable[[str], bool]] = {
    "word": lambda _: True,
    "name": lambda text: re.fullmatch(r"[A-Za-z0-9_.:@/-]{1,64}", text) is not None,
    "number": str.isdigit,
    "vlan": lambda text: text.isdigit() and 1 <= int(text) <= 4094,  # noqa: PLR2004 - IEEE 802.1Q
    "vlans": lambda text: vlan_list(text) is not None,
    "port": lambda text: is_port(text) or canonical(text) is not None,
    "ports": lambda text: port_list(text) is not None,
    "lag": lambda text: re.fullmatch(r"lag\d+", text) is not None,
    "ip": lambda text: _parsed(IPv4Address, text),
    "ipv6": lambda text: _parsed(IPv6Address, text),
    "prefix": _prefix,
    "network": _network,
    "prefix6": lambda text: ":" in text and "/" in text,
    "host": lambda text: re.fullmatch(r"[A-Za-z0-9.:-]{1,255}", text) is not None,
    "mac": lambda text: re.fullmatch(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", text) is not None,
    "aclhost": lambda text: _parsed(IPv4Address, text.partition("/")[0]),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern: `word`, `argument`, `mark`, or a group (`seq`, `maybe`, `one`, `many`) of parts."""

    what: str
    text: str = ""
    parts: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A line that a pattern takes: its words in full, how many of them tell the setting, and the arguments."""

    words: tuple[str, ...]
    known: int
    arguments: tuple[str, ...]
    short: int = 0
    """How many keywords were shortened."""

    @property
    def key(self) -> str:
        """The words that tell the setting from others."""
        return " ".join(self.words[: self.known])


class MisreadError(Exception):
    """A line that no pattern takes: `text` is what the switch prints, `depth` how many words were understood."""

    def __init__(self, text: str, depth: int) -> None:
        super().__init__(text)
        self.text = text
        self.depth = depth


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> Piece:
    """A pattern as parts."""
    pieces = _PIECE.findall(pattern)
    parts, at = _parse(pieces, 0)
    if at != len(pieces):
        raise ValueError(f"bad pattern: {pattern}")
    return Piece("seq", parts=parts)


_CLOSING = {"[": "]", "(": ")", "{": "}"}
_GROUPS = {"[": "maybe", "(": "one", "{": "many"}


def _parse(pieces: list[str], at: int) -> tuple[tuple[Piece, ...], int]:
    """Parts until a closing bracket or a bar."""
    found: list[Piece] = []
    while at < len(pieces) and pieces[at] not in {"]", ")", "}", "|"}:
        piece = pieces[at]
        at += 1
        if piece in _CLOSING:
            choices: list[Piece] = []
            while True:
                inner, at = _parse(pieces, at)
                choices.append(Piece("seq", parts=inner))
                if pieces[at] != "|":
                    break
                at += 1
            at += 1
            found.append(Piece(_GROUPS[piece], parts=tuple(choices)))
        elif piece == "/":
            found.append(Piece("mark"))
        else:
            found.append(Piece("argument" if piece.startswith("<") else "word", piece.strip("<>")))
    return tuple(found), at


@dataclass(frozen=True, slots=True)
class _Path:
    """How far a line was read: words so far, which of them are arguments, the mark, and keywords that were short."""

    words: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    known: int | None = None
    short: int = 0


class _Reader:
    """Tries one pattern on one line."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.depth = 0
        self.wanting = False
        """Whether the line ended where the pattern goes on."""

    def seq(self, parts: tuple[Piece, ...], path: _Path) -> Iterator[_Path]:
        if not parts:
            yield path
            return
        for after in self.one(parts[0], path):
            yield from self.seq(parts[1:], after)

    def one(self, piece: Piece, path: _Path) -> Iterator[_Path]:
        if piece.what == "mark":
            yield _Path(path.words, path.arguments, len(path.words), path.short)
        elif piece.what in {"one", "maybe"}:
            for choice in piece.parts:
                yield from self.seq(choice.parts, path)
            if piece.what == "maybe":
                yield path
        elif piece.what == "many":
            for at, choice in enumerate(piece.parts):
                rest = Piece("many", parts=piece.parts[:at] + piece.parts[at + 1 :])
                for after in self.seq(choice.parts, path):
                    yield from self.one(rest, after)
            yield path
        else:
            yield from self._token(piece, path)

    def _token(self, piece: Piece, path: _Path) -> Iterator[_Path]:
        at = len(path.words)
        if at >= len(self.tokens):
            self.wanting = self.wanting or at == len(self.tokens)
            return
        token = self.tokens[at]
        if piece.what == "word":
            if not piece.text.startswith(token.lower()):
                return
            short = path.short + (piece.text != token.lower())
            after = _Path((*path.words, piece.text), path.arguments, path.known, short)
        elif piece.text == "text":
            rest = self.tokens[at:]
            words = (*path.words, *rest)
            after = _Path(words, (*path.arguments, " ".join(rest)), path.known, path.short)
        elif _takes(piece.text, token):
            after = _Path((*path.words, token), (*path.arguments, token), path.known, path.short)
        else:
            return
        self.depth = max(self.depth, len(after.words))
        yield after


def _takes(kind: str, token: str) -> bool:
    low, dash, high = kind.partition("-")
    if dash and low.isdigit():
        return token.isdigit() and int(low) <= int(token) <= int(high)
    return KINDS[kind](token)


R = TypeVar("R")


class Search(Generic[R]):
    """Collects what patterns make of a line, and chooses among the things that they belong to."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._best: tuple[R, Read] | None = None
        self._rivals: set[tuple[str, ...]] = set()
        self._depth = 0
        self._incomplete = False

    def offer(self, item: R, pattern: str, *, undo: bool = False) -> None:
        """Try one pattern."""
        found, deep, wanting = read(pattern, self._tokens, undo=undo)
        if found is not None:
            self._rivals.add(found.words if found.short else ())
            if self._best is None or found.short < self._best[1].short:
                self._best = (item, found)
        elif deep > self._depth:
            self._depth, self._incomplete = deep, wanting
        elif deep == self._depth:
            self._incomplete = self._incomplete or wanting

    def choose(self) -> tuple[R, Read]:
        """The thing whose pattern takes the line. Raises MisreadError."""
        tokens, depth = self._tokens, self._depth
        if self._best is None:
            if self._incomplete and depth == len(tokens):
                raise MisreadError(INCOMPLETE, depth)
            raise MisreadError(f"{INVALID}{tokens[min(depth, len(tokens) - 1)]}", depth)
        if self._best[1].short and len(self._rivals) > 1:
            raise MisreadError(AMBIGUOUS, len(tokens))
        return self._best


def tokens_of(line: str) -> list[str]:
    """The words of a line; a text in double quotes is one."""
    return _TOKEN.findall(line)


def read(pattern: str, tokens: list[str], *, undo: bool = False) -> tuple[Read | None, int, bool]:
    """A line by one pattern: what it says, how many words were understood, and whether only the end is missing.

    `undo` reads what follows `no`: it may stop anywhere behind the words that tell the setting.
    """
    reader = _Reader(tokens)
    best: _Path | None = None
    for path in reader.seq(compile_pattern(pattern).parts, _Path()):
        if len(path.words) == len(tokens) and (best is None or path.short < best.short):
            best = path
    if best is None and undo:
        best = _stopped(pattern, reader)
    if best is None:
        return None, reader.depth, reader.wanting and reader.depth == len(tokens)
    known = len(best.words) if best.known is None else best.known
    return Read(best.words, known, best.arguments, best.short), reader.depth, False


def _stopped(pattern: str, reader: _Reader) -> _Path | None:
    """A line that stops where the setting is told from others, or after what can be left out."""
    head, mark, _ = pattern.partition(" /")
    if not mark:
        return None
    for path in reader.seq(compile_pattern(head).parts, _Path()):
        if len(path.words) == len(reader.tokens):
            return _Path(path.words, path.arguments, len(path.words), path.short)
    return None
