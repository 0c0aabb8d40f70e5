"""Does trustctl understand a configuration? The check behind `trustctl platform check`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trustctl.config.digest import differences, digest
from trustctl.config.masking import unmasked
from trustctl.config.parse import parse
from trustctl.config.read import read
from trustctl.config.rewrites import rewrites
from trustctl.config.rules import Rulebook
from trustctl.config.statement import Config
from trustctl.config.syntax import Wholeness
from trustctl.config.tree import Status, Tree
from trustctl.errors import LosslessError
from trustctl.secrets.redact_syntax import mask_line


@dataclass(frozen=True, slots=True)
class RewriteCheck:
    """One harmless rewrite of the text, and the lines in which we then saw a difference: there must be none."""

    name: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What came of one file. A refused file has a reason and nothing else."""

    where: str
    refused: str = ""
    """Why it is refused; empty if it is not. `where` then names the line."""
    partial: bool = False
    """It is not a device's whole output but a part, as people write it."""
    whole: Wholeness = Wholeness.PART
    """How it is known that the text is all there."""
    lines: int = 0
    parsed: int = 0
    """Lines that stand in the tree as they are written, the unknown ones included."""
    normalised: int = 0
    """Lines that stand in the tree in another spelling."""
    ignored: tuple[tuple[str, int], ...] = ()
    """(rule, lines) for the lines that mean nothing."""
    lossless: bool = False
    """The text comes back from its tree."""
    self_equal: bool = False
    """The canonical form equals itself, also when it is printed and read again."""
    rewrites: tuple[RewriteCheck, ...] = ()
    unknown: tuple[tuple[int, str], ...] = ()
    """(line number, line) for the lines that the rulebook does not know, secrets masked."""

    @property
    def understood(self) -> bool:
        """Lossless, equal to itself, and equal after every harmless rewrite. Unknown lines do not count against it."""
        return self.lossless and self.self_equal and not any(each.differences for each in self.rewrites)


def check_file(text: str, rulebook: Rulebook, *, where: str = "") -> FileCheck:
    """Check one configuration; a refusal is a result, not an error.

    A text that no device printed (it has none of the lines by which the platform's output is known) is checked as a
    part of a configuration, and says so.
    """
    partial = not rulebook.grammar.syntax.device_text.search(text) and bool(text.strip())
    try:
        tree = parse(text, rulebook, captured=not partial, where=where)
        lossless = tree.text() == text.replace("\r\n", "\n")
        config = read(tree, rulebook)
        return _checked(tree, config, rulebook, where, lossless=lossless, captured=not partial)
    except LosslessError as error:
        return FileCheck(where=error.where, refused=error.problem)


def _checked(
    tree: Tree, config: Config, rulebook: Rulebook, where: str, *, lossless: bool, captured: bool
) -> FileCheck:
    account = tree.account
    ignored: dict[str, int] = {}
    for entry in account:
        if entry.status is Status.IGNORED:
            ignored[entry.rule] = ignored.get(entry.rule, 0) + 1
    return FileCheck(
        where=where,
        partial=not captured,
        whole=tree.whole,
        lines=tree.count,
        parsed=sum(entry.status is Status.PARSED for entry in account),
        normalised=sum(entry.status is Status.NORMALISED for entry in account),
        ignored=tuple(sorted(ignored.items())),
        lossless=lossless and len(account) == tree.count,
        self_equal=_self_equal(config, rulebook),
        rewrites=tuple(_rewritten(tree, config, rulebook, captured=captured)),
        unknown=tuple((node.number, mask_line(node.text)) for node in tree.unknown),
    )


def _self_equal(config: Config, rulebook: Rulebook) -> bool:
    """Whether the canonical form reads back as itself; lines that no rule knows have no canonical form."""
    root = config.root.copy()
    for section in root.walk():
        section.unknown.clear()
    known = replace(config, root=root)
    again = read(parse(unmasked(known), rulebook, captured=False), rulebook)
    return not differences(config, config) and not differences(known, again) and digest(known) == digest(again)


def _rewritten(tree: Tree, config: Config, rulebook: Rulebook, *, captured: bool) -> list[RewriteCheck]:
    own = digest(config)
    found: list[RewriteCheck] = []
    for name, text in rewrites(tree, rulebook):
        other = read(parse(text, rulebook, captured=captured), rulebook)
        moved = differences(config, other)
        if not moved and digest(other) != own:
            moved = ("the digest differs",)
        found.append(RewriteCheck(name, moved))
    return found
