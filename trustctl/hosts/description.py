"""A host description: what a Linux host shall have, or has, as one text that a person can read and compare.

    topic Time role=base
    package chrony
    file /etc/chrony/chrony.conf owner=root group=root mode=0644 check="chronyd -p -f {}"
        server 10.250.20.11 iburst
    service chrony enabled=yes running=yes restart=/etc/chrony/chrony.conf

A line at the margin begins a resource: its kind, its name, and words `key=value`, quoted as a shell quotes. Lines with
four blanks before them are the content of the file above. `topic` heads the resources that follow it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trustctl.errors import LosslessError
from trustctl.hosts.kinds import ABSENT, COMMON, KINDS, PRESENT, UNTOLD, Kind

INDENT = "    "
"""Before each line of a file's content."""

Key = tuple[str, str]
"""Kind and name: what one resource is told from another by."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The heading of the resources below it.

    `armed`: they belong to the way in (SSH, firewall, sudo, PAM, network), and a change of them is armed on the host.
    `flag`, `weight` and `why`: the risk that a change of any of them carries (a `model.plan.Rule` and `Severity`).
    """

    name: str = ""
    role: str = ""
    armed: bool = False
    flag: str = ""
    weight: str = "medium"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that a host has, or shall have."""

    kind: str
    name: str
    attrs: tuple[tuple[str, str], ...] = ()
    content: tuple[str, ...] | None = None
    """The lines of a file, without their ends; None for what is no file, and for a file that is not there."""
    topic: Topic = Topic()
    at: int = 0
    """Index of its first line in the text that it was read from."""

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return (self.kind, self.name)

    @property
    def spec(self) -> Kind:
        """What its kind may carry."""
        return KINDS[self.kind]

    @property
    def state(self) -> str:
        """`present`, `absent` or `untold`."""
        return self.get("state", PRESENT)

    @property
    def absent(self) -> bool:
        """Whether it is not there, or shall not be."""
        return self.state == ABSENT

    @property
    def untold(self) -> bool:
        """Whether it could not be read."""
        return self.state == UNTOLD

    def get(self, word: str, default: str = "") -> str:
        """The value of a word, or `default`."""
        return next((value for key, value in self.attrs if key == word), default)

    def values(self, word: str) -> tuple[str, ...]:
        """The members of a word that is a list.  Before: `groups=sudo,adm`.  After: ("sudo", "adm")."""
        return tuple(part for part in self.get(word).split(",") if part)

    def having(self, **words: str) -> Resource:
        """The same resource with these words set instead."""
        kept = [(key, value) for key, value in self.attrs if key not in words]
        return replace(self, attrs=(*kept, *words.items()))

    @property
    def header(self) -> str:
        """Its first line."""
        words = [self.kind, shlex.quote(self.name), *(f"{key}={shlex.quote(value)}" for key, value in self.attrs)]
        return " ".join(words)

    @property
    def lines(self) -> tuple[str, ...]:
        """All its lines, as `parse` reads them."""
        return (self.header, *(f"{INDENT}{line}" for line in self.content or ()))


Description = Mapping[Key, Resource]
"""A whole host, in the order in which things are done."""


def parse(lines: Sequence[str], where: str = "") -> dict[Key, Resource]:
    """Read a description. Raises LosslessError with the line for anything that is not understood, or stands twice."""
    return _Reader(where).read(lines)


def text_lines(text: str) -> list[str]:
    """The lines of a description's text. Only the newline ends a line: a file may hold any other character."""
    return text.removesuffix("\n").split("\n") if text else []


def write(resources: Iterable[Resource]) -> str:
    """A description as text, the topics' headings left out: what a host has is in no topic."""
    return "".join(f"{line}\n" for resource in resources for line in resource.lines)


class _Reader:
    def __init__(self, where: str) -> None:
        self._where = where
        self._topic = Topic()
        self._found: dict[Key, Resource] = {}

    def read(self, lines: Sequence[str]) -> dict[Key, Resource]:
        at = 0
        while at < len(lines):
            end = at + 1
            while end < len(lines) and lines[end].startswith(INDENT):
                end += 1
            self._one(lines, at, end)
            at = end
        return self._found

    def _one(self, lines: Sequence[str], at: int, end: int) -> None:
        kind, name, words = self._header(lines[at], at)
        if kind == "topic":
            self._topic = self._heading(name, words, at)
            if end > at + 1:
                raise self._error("a topic has no lines of its own", at + 1)
            return
        if kind not in KINDS:
            raise self._error(f"there is no kind {kind!r}; there are {', '.join(KINDS)}", at)
        content = tuple(line[len(INDENT) :] for line in lines[at + 1 : end])
        resource = Resource(kind, name, tuple(words.items()), content or None, self._topic, at)
        if resource.spec.content and resource.state == PRESENT:
            resource = replace(resource, content=content)
        self._check(resource, at)
        if resource.key in self._found:
            raise self._error(f"{kind} {name} stands in it twice", at)
        self._found[resource.key] = resource

    def _header(self, line: str, at: int) -> tuple[str, str, dict[str, str]]:
        try:
            kind, name, *rest = shlex.split(line)
        except ValueError:
            raise self._error("expected: KIND NAME key=value ...", at) from None
        words: dict[str, str] = {}
        for word in rest:
            key, equals, value = word.partition("=")
            if not equals or key in words:
                raise self._error(f"{word!r} is not key=value, or stands twice", at)
            words[key] = value
        return kind, name, words

    def _heading(self, name: str, words: Mapping[str, str], at: int) -> Topic:
        unknown = words.keys() - {"role", "armed", "flag", "weight", "why"}
        if unknown:
            raise self._error(f"a topic has no {', '.join(sorted(unknown))}", at)
        return Topic(
            name,
            words.get("role", ""),
            words.get("armed") == "yes",
            words.get("flag", ""),
            words.get("weight", "medium"),
            words.get("why", ""),
        )

    def _check(self, resource: Resource, at: int) -> None:
        kind = resource.spec
        unknown = {key for key, _ in resource.attrs} - kind.compared - kind.process - COMMON
        if unknown:
            raise self._error(f"a {kind.title} has no {', '.join(sorted(unknown))}", at)
        if resource.state not in {PRESENT, ABSENT, UNTOLD}:
            raise self._error(f"state={resource.state} is none of {PRESENT}, {ABSENT}, {UNTOLD}", at)
        if resource.content is not None and (not kind.content or resource.state != PRESENT):
            raise self._error(f"a {kind.title} that is {resource.state} has no lines of its own", at)

    def _error(self, problem: str, at: int) -> LosslessError:
        return LosslessError(problem, where=f"{self._where}:{at + 1}" if self._where else f"line {at + 1}")
