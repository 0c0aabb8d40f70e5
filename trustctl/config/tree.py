"""The lossless tree of a configuration: every line of the text is in it, or is listed as ignored by a named rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from trustctl.config.classify import LineMeaning, Meaning, OpaqueMeaning, SectionMeaning
from trustctl.config.syntax import Wholeness
from trustctl.errors import LosslessError


class Status(StrEnum):
    """What became of a line."""

    PARSED = "parsed"
    """It is a node of the tree as it stands, whether the rulebook knows it or not."""
    NORMALISED = "normalised"
    """It is a node of the tree, read into another spelling by the rule that is named."""
    IGNORED = "ignored"
    """It means nothing, by the rule that is named."""


@dataclass(slots=True, eq=False)
class Node:
    """One line, with what hangs below it. `block` are the lines of text that belong to it (banner, certificate)."""

    number: int
    """Line number in the text, from 1."""
    raw: str
    text: str
    """The line without the blanks around it."""
    indent: int
    """Columns of indentation."""
    meaning: Meaning
    children: list[Node] = field(default_factory=list["Node"])
    block: tuple[str, ...] = ()
    """Raw lines that follow this one directly and belong to it."""
    body: tuple[str, ...] = ()
    """The text of a block without its delimiters."""

    @property
    def rule(self) -> str:
        """The id of the rule that the line falls under; empty if the rulebook does not know it."""
        meaning = self.meaning
        if isinstance(meaning, (LineMeaning, OpaqueMeaning)):
            return meaning.rule.id
        if isinstance(meaning, SectionMeaning):
            return meaning.headers[0].rule.id if meaning.headers else ""
        return ""

    @property
    def exact(self) -> bool:
        """Whether the line stands as the device prints it."""
        meaning = self.meaning
        return meaning.exact if isinstance(meaning, (LineMeaning, SectionMeaning)) else True


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one line: `node` unless it is ignored, `rule` unless it is parsed as it stands or not known."""

    number: int
    status: Status
    rule: str
    node: Node | None


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree of one text. `where` is the name of the file or device, for messages."""

    roots: tuple[Node, ...]
    ignored: tuple[tuple[int, str, str], ...]
    """(line number, raw line, name of the rule)."""
    count: int
    """Lines of the text."""
    newline: bool
    """Whether the text ends in a newline."""
    where: str
    whole: Wholeness = Wholeness.PART
    """How it is known that the text is all there."""

    def text(self) -> str:
        """The text that was parsed, put together from the tree; LosslessError if the tree does not hold every line."""
        lines: list[str | None] = [None] * self.count
        for number, raw, _ in self.ignored:
            self._place(lines, number, raw)
        for node in self.nodes():
            self._place(lines, node.number, node.raw)
            for offset, raw in enumerate(node.block, start=1):
                self._place(lines, node.number + offset, raw)
        whole = [self._held(number, raw) for number, raw in enumerate(lines, start=1)]
        return "\n".join(whole) + ("\n" if self.newline else "")

    def nodes(self) -> list[Node]:
        """All nodes, parents before children, in the order of the text."""
        found: list[Node] = []
        waiting = list(reversed(self.roots))
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting.extend(reversed(node.children))
        return found

    @property
    def account(self) -> tuple[Account, ...]:
        """What became of each line, in order."""
        entries = [Account(number, Status.IGNORED, name, None) for number, _, name in self.ignored]
        for node in self.nodes():
            status = Status.PARSED if node.exact else Status.NORMALISED
            count = 1 + len(node.block)
            entries.extend(Account(node.number + step, status, node.rule, node) for step in range(count))
        return tuple(sorted(entries, key=lambda entry: entry.number))

    @property
    def unknown(self) -> tuple[Node, ...]:
        """The nodes that the rulebook does not know."""
        return tuple(node for node in self.nodes() if node.meaning is None)

    def _place(self, lines: list[str | None], number: int, raw: str) -> None:
        if lines[number - 1] is not None:
            raise LosslessError("a line stands in the tree twice", where=f"{self.where}:{number}")
        lines[number - 1] = raw

    def _held(self, number: int, raw: str | None) -> str:
        if raw is None:
            raise LosslessError("a line is missing from the tree", where=f"{self.where}:{number}")
        return raw
