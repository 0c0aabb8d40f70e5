"""The edits of sets whose members stand in one place: what is sent, what happens by itself, and in which order.

Members that are uplinks get edits of their own, so that the safe order can put them behind the others'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from trustctl.config.edit import Edit
from trustctl.config.grammar import interface_in
from trustctl.config.membership import places, settle
from trustctl.config.rules import LineRule, Rulebook
from trustctl.config.scope import DeviceFacts
from trustctl.config.statement import Section, Statement
from trustctl.model.plan import ChangeKind

Edge = tuple[Edit, Edit]
"""The first must be sent before the second."""
_Places = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Moves:
    """Where the members of such sets stand before and after; `before` is settled: its bundles are those of `after`."""

    before: Section
    was: _Places
    will: _Places
    uplinks: frozenset[str]

    @classmethod
    def between(cls, before: Section, after: Section, rulebook: Rulebook, facts: DeviceFacts) -> Moves:
        """The moves from one complete configuration to another."""
        settled = settle(before, after, rulebook)
        return cls(settled, places(settled, rulebook), places(after, rulebook), facts.uplinks)

    def edits(self, section: Section, had: Statement | None, wanted: Statement | None) -> Iterator[Edit]:
        """The edits of one set in one section: what comes, then what goes and is set nowhere else."""
        statement = wanted or had
        if statement is None:
            return
        rule = statement.rule
        old, new = _names(had), _names(wanted)
        for members in self._split(new - old):
            if wanted is not None:
                lines = wanted.adding(members)
                leaves = self._leaves(rule, section, members)
                yield Edit(
                    ChangeKind.ADD, section, rule, lines, before=had, after=wanted, members=members, leaves=leaves
                )
        gone = frozenset(member for member in old - new if not self._taken_over(rule, section, member))
        for members in self._split(gone):
            if had is not None:
                lines = had.subtracting(members)
                yield Edit(ChangeKind.REMOVE, section, rule, lines, before=had, after=wanted, members=members)

    def _split(self, members: frozenset[str]) -> Iterator[frozenset[str]]:
        yield from (part for part in (members - self.uplinks, members & self.uplinks) if part)

    def _leaves(self, rule: LineRule, section: Section, members: frozenset[str]) -> tuple[Section, ...]:
        """The sections that these members leave by themselves when they are set in this one."""
        stood = self.was.get(rule.id, {})
        headers = {
            stood[member]: None for member in sorted(members) if stood.get(member, section.header) != section.header
        }
        return tuple(self.before.sections[header] for header in headers)

    def _taken_over(self, rule: LineRule, section: Section, member: str) -> bool:
        """Whether another set takes the member, so that no line is needed for it to leave this one."""
        if self.will.get(rule.id, {}).get(member, section.header) != section.header:
            return True
        others = (section.statements.get((name,)) for name in rule.excludes)
        return any(member in other.members for other in others if other is not None)


def membership_edges(edits: Sequence[Edit]) -> Iterator[Edge]:
    """The order that a port is never without a VLAN in: bundles, tagged, moves, then what goes."""
    sets = [edit for edit in edits if isinstance(edit.rule, LineRule) and edit.members]
    bundles = [edit for edit in edits if isinstance(edit.rule, LineRule) and edit.rule.absorbs]
    removals = [edit for edit in edits if edit.target is not None and edit.removes]
    for bundle in bundles:
        yield from ((bundle, edit) for edit in sets if edit.rule.id in _absorbed(bundle))
        yield from _own_settings(bundle, edits)
    for edit in sets:
        yield from ((edit, other) for other in sets if other is not edit and _before(edit, other))
        if not edit.removes:
            yield from ((edit, removal) for removal in removals if removal.target is not edit.section)


def _own_settings(bundle: Edit, edits: Sequence[Edit]) -> Iterator[Edge]:
    """What a port has of its own goes before it joins a bundle, and comes when it has left: a member takes none."""
    before, after = _names(bundle.before), _names(bundle.after)
    moved = before - after if bundle.removes else after - before
    for edit in edits:
        own = isinstance(edit.rule, LineRule) and not edit.rule.absorbs and edit.rule.id not in _absorbed(bundle)
        if own and edit.removes is not bundle.removes and not moved.isdisjoint(_ports_of(edit)):
            yield (bundle, edit) if bundle.removes else (edit, bundle)


def _ports_of(edit: Edit) -> frozenset[str]:
    """The port that the section configures, and the ports that come into or leave a set."""
    header = edit.section.path[0] if edit.section.path else ""
    section = frozenset({interface_in(edit.rule.grammar, header)} if header else ())
    before, after = (_names(one) if _is_set(one) else frozenset[str]() for one in (edit.before, edit.after))
    return section | (before - after if edit.removes else after - before)


def _is_set(statement: Statement | None) -> TypeGuard[Statement]:
    return statement is not None and isinstance(statement.value, frozenset)


def _absorbed(edit: Edit) -> tuple[str, ...]:
    return edit.rule.absorbs if isinstance(edit.rule, LineRule) else ()


def _before(edit: Edit, other: Edit) -> bool:
    """Whether members must come into one set before they come into or leave the other."""
    if edit.removes or edit.members.isdisjoint(other.members):
        return False
    rule, next_rule = edit.rule, other.rule
    if not isinstance(rule, LineRule) or not isinstance(next_rule, LineRule):
        return False
    related = next_rule.id == rule.id or next_rule.id in rule.excludes
    return related and (other.removes or (next_rule.moves and not rule.moves))


def _names(statement: Statement | None) -> frozenset[str]:
    return frozenset(str(member) for member in statement.members) if statement is not None else frozenset()
