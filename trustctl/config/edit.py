"""Edit: the smallest step from one configuration to another, before steps are ordered and grouped."""

from __future__ import annotations

from dataclasses import dataclass

from trustctl.config.rules import Kind, LineRule, SectionRule
from trustctl.config.statement import Section, Statement
from trustctl.model.plan import ChangeKind


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """Lines that are sent in one section for one purpose.

    `before` and `after` are the statement's states (None: it was not or will not be there). For a section that comes
    or goes, `rule` is its SectionRule and `target` the section itself; the line that removes a section stands in its
    parent, so `section` is the parent then. `clears` marks a removal on the way to a new value: the device refuses
    the new value while the old one stands somewhere.
    """

    kind: ChangeKind
    section: Section
    rule: LineRule | SectionRule
    lines: tuple[str, ...]
    before: Statement | None = None
    after: Statement | None = None
    target: Section | None = None
    clears: bool = False
    at_top: bool = False
    """The lines are sent at the top, before the section is entered (`ip access-list resequence`)."""
    assumed: Statement | None = None
    """The default that holds where `before` is None: a trunk without a list carries every VLAN."""
    members: frozenset[str] = frozenset()
    """For a set whose members move: those that this edit is about."""
    leaves: tuple[Section, ...] = ()
    """The sections, as they were, that these members leave by themselves."""
    put_back: bool = False
    """It takes out what stands too early in a list whose order counts, and puts it at the end."""
    was: Section | None = None
    """The section as it was, where the edit takes something away that other statements of it give a meaning."""
    had: tuple[Statement, ...] = ()
    """For an ordered section: its entries before."""

    @property
    def path(self) -> tuple[str, ...]:
        """The section in which the lines are sent."""
        return () if self.at_top else self.section.path

    @property
    def rule_kind(self) -> Kind | None:
        """The kind of its line rule; None for a section that comes or goes."""
        return self.rule.kind if isinstance(self.rule, LineRule) else None

    @property
    def removes(self) -> bool:
        """Whether it takes something away and puts nothing in its place."""
        return self.kind is ChangeKind.REMOVE

    @property
    def statement(self) -> Statement | None:
        """The statement it is about: as it will be, or as it was."""
        return self.after or self.before
