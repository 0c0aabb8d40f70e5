"""From one complete configuration to another: the edits, for both directions.

`edits` knows nothing of intent or stages: undo is the same function called the other way round, so it comes from what
was observed and not from negating what was sent (DESIGN decision 4). What a line becomes is decided by its rule's kind;
nothing here builds a removal by putting `no` in front of something.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustctl.config.edit import Edit
from trustctl.config.rules import Kind, SectionRemoval
from trustctl.config.scope import DeviceFacts
from trustctl.config.sequence import align, entry_lines, same_order
from trustctl.config.statement import Section, Statement
from trustctl.model.plan import ChangeKind


def edits(before: Section, after: Section, facts: DeviceFacts) -> Iterator[Edit]:
    """The edits that turn `before` into `after`, unordered. Both are complete; unknown lines are left alone."""
    if before is after:
        return
    yield from _statements(before, after, facts)
    if before.ordered is not after.ordered and not same_order(before.ordered, after.ordered):
        yield from _ordered(before, after)
    for header, section in after.sections.items():
        old = before.sections.get(header)
        if old is not None:
            yield from edits(old, section, facts)
        elif section.rule.fixed:
            yield from edits(empty(section), section, facts)
        else:
            yield from _created(section, facts)
    for header, section in before.sections.items():
        if header not in after.sections:
            yield from _gone(before, section, facts)


def empty(section: Section) -> Section:
    """The same section with nothing in it."""
    return Section(rule=section.rule, path=section.path, captures=section.captures)


def lines_from(statement: Statement) -> tuple[str, ...]:
    """The lines that take a statement away, or go back to its default; empty if the rulebook knows no way."""
    removal = statement.removal()
    if removal or statement.rule.default is None:
        return removal
    return (statement.rule.default,)


def _statements(before: Section, after: Section, facts: DeviceFacts) -> Iterator[Edit]:
    old = before.statements
    new = after.statements
    for key, wanted in new.items():
        had = old.get(key)
        if had is wanted or (had is not None and had == wanted):
            continue
        if had is None or had.is_default:
            if not wanted.is_default:
                yield Edit(ChangeKind.ADD, after, wanted.rule, _set(wanted, facts), after=wanted)
            continue
        yield from _replaced(after, had, wanted, facts)
    yield from (
        Edit(ChangeKind.REMOVE, after, had.rule, _removal(had, new), before=had)
        for key, had in old.items()
        if key not in new and not had.is_default
    )


def _set(statement: Statement, facts: DeviceFacts) -> tuple[str, ...]:
    """The lines that set a statement that is at its default: a set absolutely, our own VLAN in its first line (H4)."""
    if statement.rule.kind is Kind.SET:
        return statement.absolute(facts.management_vlan)
    return statement.lines


def _replaced(section: Section, had: Statement, wanted: Statement, facts: DeviceFacts) -> Iterator[Edit]:
    rule = wanted.rule
    if rule.kind is Kind.SET and not wanted.is_default and (rule.add is not None or rule.exclusive):
        yield from _members(section, had, wanted)
        return
    if rule.kind is Kind.SET:
        lines = _set(wanted, facts)
    elif rule.clear_first:
        lines = (*lines_from(had), *wanted.lines)
    elif rule.kind is Kind.LIST and not rule.in_place:
        lines = (*wanted.lines, *lines_from(had))
    else:
        lines = wanted.lines
    yield Edit(ChangeKind.REPLACE, section, rule, lines, before=had, after=wanted)


def _members(section: Section, had: Statement, wanted: Statement) -> Iterator[Edit]:
    """A set changes by what comes, then by what goes (H1)."""
    plus = wanted.members - had.members
    minus = had.members - wanted.members
    if plus:
        lines = wanted.adding(plus)
        yield Edit(ChangeKind.ADD, section, wanted.rule, lines, before=had, after=wanted)
    if minus:
        lines = had.subtracting(minus)
        if lines:
            yield Edit(ChangeKind.REMOVE, section, wanted.rule, lines, before=had, after=wanted)


def _removal(had: Statement, new: dict[tuple[str, ...], Statement]) -> tuple[str, ...]:
    """The removal of a statement; members of an exclusive set that moved to another item have already left it."""
    if not had.rule.exclusive or had.rule.kind is not Kind.SET:
        return lines_from(had)
    moved = {member for other in new.values() if other.rule.id == had.rule.id for member in other.members}
    rest = frozenset(member for member in had.members if member not in moved)
    return had.subtracting(rest) if rest else ()  # type: ignore[arg-type]


def _ordered(before: Section, after: Section) -> Iterator[Edit]:
    entries = after.ordered or before.ordered
    alignment = align(before.ordered, after.ordered)
    rule = entries[0].rule
    kind = ChangeKind.REPLACE if before.ordered else ChangeKind.ADD
    if alignment.spacing and after.rule.resequence is not None:
        step = str(alignment.spacing)
        first = after.rule.resequence.print({**after.captures, "start": step, "step": step})
        yield Edit(kind, after, rule, (first,), at_top=True)
    lines = entry_lines(before.ordered, after.ordered, alignment)
    yield Edit(kind, after, rule, lines, had=tuple(before.ordered))


def _created(section: Section, facts: DeviceFacts) -> Iterator[Edit]:
    """A new section: its header, then all it holds; written-out defaults too, as a new section's may differ."""
    yield Edit(ChangeKind.ADD, section, section.rule, (), target=section)
    for statement in section.statements.values():
        yield Edit(ChangeKind.ADD, section, statement.rule, _set(statement, facts), after=statement)
    if section.ordered:
        yield from _ordered(empty(section), section)
    for child in section.sections.values():
        yield from _created(child, facts)


def _gone(parent: Section, section: Section, facts: DeviceFacts) -> Iterator[Edit]:
    rule = section.rule
    if rule.fixed or rule.removal is not SectionRemoval.NO or rule.remove is None:
        yield from edits(section, empty(section), facts)
        return
    lines = (rule.remove.print(section.captures),)
    yield Edit(ChangeKind.REMOVE, parent, rule, lines, target=section)
