r"""The language in which rules describe lines: one text that both reads a line and prints it.

    switchport access vlan {vlan:vlan}
    ip address {address:ipv4} {mask:ipv4} [secondary]
    username {name} [privilege {level:int}] secret {secret:secret}
    description {text...}

Literal words stand for themselves. `{name}` is one word, `{name...}` the rest of the line, `{name:type}` something that
`trustctl.config.captures` knows, `{name:one|two}` one of these words, `{name:=one}` this word, `{name:^one}` a word
that begins so. `[...]` may be missing: a group of literal words alone is itself a capture, named after its words
(`captures["secondary"]`). A literal word may stand in several spellings as `rw|RW`: all read, the first prints. A word
right before a capture belongs to the same word of the line: `vlan-ids={vlans:vlan-set}`. A bracket that stands in the
line is written `\[`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trustctl.config.captures import REST, WORD, CaptureType, capture_types, choice, starting
from trustctl.config.syntax import PLAIN
from trustctl.config.values import Members
from trustctl.model.notation import Notation

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\[)|(?P<close>\])|\{(?P<name>[a-z][a-z0-9_]*)(?::(?P<type>[^}.]+))?(?P<rest>\.\.\.)?\}|(?P<word>(?:\\[\[\]{}]|[^\s\[\]{}\\])+))"
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A word that stands for itself; the first spelling is the one that is printed."""

    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """A named value."""

    name: str
    type: CaptureType
    prefix: str = ""
    """What stands right before it, in the same word of the line."""


@dataclass(frozen=True, slots=True)
class Optional:
    """Items that may be missing together; `name` is set for a group of literal words alone."""

    items: tuple[Item, ...]
    name: str


Item = Literal | Capture | Optional


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. Two patterns of the same text are equal."""

    text: str
    items: tuple[Item, ...] = field(compare=False, repr=False)
    names: frozenset[str] = field(compare=False, repr=False)
    types: Mapping[str, CaptureType] = field(compare=False, repr=False)
    head: tuple[tuple[str, ...], ...] = field(compare=False, repr=False)
    """The spellings of the leading literal words (at most three), for the dispatch."""
    expressions: list[re.Pattern[str]] = field(default_factory=list[re.Pattern[str]], compare=False, repr=False)
    """Its regular expression once it was needed: compiling all of them takes long."""

    @property
    def required(self) -> frozenset[str]:
        """The captures that every line of this pattern has."""
        return frozenset(item.name for item in self.items if isinstance(item, Capture))

    def match(self, line: str, *, any_case: bool = False) -> dict[str, str] | None:
        """The normalised captures of a line with single blanks between its words, or None if it does not fit.

        A secret capture `key` also gives `key.encoding`. `any_case`: the words of the pattern in capitals or not.
        """
        if not self.expressions:
            self.expressions.append(re.compile(_regex(self.items, first=True)))
        expression = re.compile(_regex(self.items, first=True), re.IGNORECASE) if any_case else self.expressions[0]
        found = expression.fullmatch(line)
        if found is None:
            return None
        captures: dict[str, str] = {}
        for name, text in found.groupdict().items():
            if text is None:
                continue
            if name.endswith("__encoding"):
                captures[name.replace("__encoding", ".encoding")] = text
                continue
            kind = self.types.get(name)
            if kind is None or kind.normalise is None:
                captures[name] = text
                continue
            try:
                captures[name] = kind.normalise(text)
            except ValueError:
                return None
        return captures

    def print(self, captures: Mapping[str, str]) -> str:
        """The line with these captures; KeyError names a capture that is missing."""
        return " ".join(_print(self.items, captures))

    def print_members(self, name: str, members: Members) -> str:
        """The text of a set capture with these members; TypeError if the capture is not a set."""
        printer = self.types[name].print_members
        if printer is None:
            raise TypeError(f"the capture {name} of {self.text!r} is not a set")
        return printer(members)


_PLAIN_TYPES = capture_types(Notation(), PLAIN)


def printed_like(pattern: Pattern, types: Mapping[str, CaptureType]) -> Pattern:
    """The pattern with its untyped captures printed (and so read) as captures of these types are.

    Before: `no ip address {address}`, address as ipv4-mask    After: `no ip address {address:ipv4-mask}`
    """
    written = {name: kind for name, kind in types.items() if kind.write is not None}
    if all(pattern.types.get(name) is not WORD for name in written):
        return pattern
    items = _retyped(pattern.items, written)
    return replace(pattern, items=items, types={**pattern.types, **written}, expressions=[])


def _retyped(items: tuple[Item, ...], types: Mapping[str, CaptureType]) -> tuple[Item, ...]:
    found: list[Item] = []
    for item in items:
        if isinstance(item, Optional):
            found.append(replace(item, items=_retyped(item.items, types)))
        elif isinstance(item, Capture) and item.type is WORD and item.name in types:
            found.append(replace(item, type=types[item.name]))
        else:
            found.append(item)
    return tuple(found)


def compile_pattern(text: str, known: Mapping[str, CaptureType] = _PLAIN_TYPES) -> Pattern:
    """Read a pattern with the capture types of a platform; ValueError says what is wrong with it."""
    items = _parse(text, known)
    types: dict[str, CaptureType] = {}
    names: list[str] = []
    _collect(items, types, names)
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ValueError(f"the capture {', '.join(sorted(doubled))} stands twice")
    head: list[tuple[str, ...]] = []
    for item in items[:3]:
        if not isinstance(item, Literal):
            break
        head.append(item.spellings)
    return Pattern(text=text, items=items, names=frozenset(names), types=types, head=tuple(head))


def _parse(text: str, known: Mapping[str, CaptureType]) -> tuple[Item, ...]:
    stack: list[list[Item]] = [[]]
    position = 0
    while position < len(text.rstrip()):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"cannot read the pattern from {text[position:]!r} on")
        glued = position > 0 and not text[position].isspace()
        position = token.end()
        if token["open"]:
            stack.append([])
        elif token["close"]:
            if len(stack) == 1:
                raise ValueError("a ] without its [")
            items = tuple(stack.pop())
            stack[-1].append(Optional(items, _group_name(items)))
        elif token["name"]:
            kind = _capture_type(token["type"], known, rest=bool(token["rest"]))
            before = stack[-1].pop() if glued and stack[-1] and isinstance(stack[-1][-1], Literal) else None
            prefix = before.spellings[0] if isinstance(before, Literal) else ""
            stack[-1].append(Capture(token["name"], kind, prefix))
        else:
            word = token["word"]
            word = re.sub(r"\\([\[\]{}])", r"\1", word) if "\\" in word else word
            stack[-1].append(Literal(tuple(word.split("|"))))
    if len(stack) > 1:
        raise ValueError("a [ without its ]")
    return tuple(stack[0])


def _capture_type(name: str | None, known: Mapping[str, CaptureType], *, rest: bool) -> CaptureType:
    if name is None:
        return REST if rest else WORD
    if "|" in name or name.startswith("="):
        return choice(tuple(name.removeprefix("=").split("|")))
    if name.startswith("^"):
        return starting(name.removeprefix("^"))
    key = f"{name}..." if rest else name
    found = known.get(key)
    if found is None:
        raise ValueError(f"no capture type {key!r}; there are {', '.join(sorted(known))}")
    return found


def _group_name(items: tuple[Item, ...]) -> str:
    words: list[str] = []
    for item in items:
        if not isinstance(item, Literal):
            return ""
        words.append(re.sub(r"[^a-z0-9]", "_", item.spellings[0].lower()))
    return "_".join(words)


def _collect(items: tuple[Item, ...], types: dict[str, CaptureType], names: list[str]) -> None:
    for item in items:
        if isinstance(item, Capture):
            types[item.name] = item.type
            names.append(item.name)
        elif isinstance(item, Optional):
            if item.name:
                names.append(item.name)
            _collect(item.items, types, names)


def _regex(items: tuple[Item, ...], *, first: bool) -> str:
    """The expression for these items; `first` tells whether nothing stands before them in the line."""
    parts: list[str] = []
    for item in items:
        before = "" if first else " "
        if isinstance(item, Optional):
            inner = _regex(item.items, first=True)
            inner = f"(?P<{item.name}>{inner})" if item.name else inner
            parts.append(f"(?:{inner} )?" if first else f"(?: {inner})?")
            continue
        if isinstance(item, Literal):
            words = "|".join(re.escape(word) for word in item.spellings)
            parts.append(f"{before}(?:{words})" if len(item.spellings) > 1 else before + words)
        else:
            parts.append(before + re.escape(item.prefix) + item.type.regex.replace("NAME", item.name))
        first = False
    return "".join(parts)


def _print(items: tuple[Item, ...], captures: Mapping[str, str]) -> list[str]:
    words: list[str] = []
    for item in items:
        if isinstance(item, Literal):
            words.append(item.spellings[0])
        elif isinstance(item, Capture):
            encoding = captures.get(f"{item.name}.encoding")
            if encoding:
                words.append(encoding)
            value = captures[item.name]
            words.append(item.prefix + (item.type.write(value) if item.type.write is not None else value))
        elif item.name:
            if item.name in captures:
                words.append(captures[item.name])
        elif any(name in captures for name in _needed(item.items)):
            words.extend(_print(item.items, captures))
    return words


def _needed(items: tuple[Item, ...]) -> list[str]:
    return [item.name for item in items if not isinstance(item, Literal) and item.name]
