"""From one complete configuration to another: the edits, for both directions.

`edits` knows nothing of intent or stages: undo is the same function called the other way round, so it comes from what
was observed and not from negating what was sent. What a line becomes is decided by its rule's kind;
nothing here builds a removal by putting `no` in front of something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from trustctl.config.defaults import default_statement
from trustctl.config.edit import Edit
from trustctl.config.moves import Moves
from trustctl.config.ranks import at_the_end, put_back
from trustctl.config.rules import Kind, Ranking, Rulebook, SectionRemoval
from trustctl.config.scope import DeviceFacts
from trustctl.config.sequence import align, entry_lines, same_order
from trustctl.config.statement import Key, Section, Statement
from trustctl.config.supersede import fallback, superseded, takes_over
from trustctl.config.values import InOrder, Members
from trustctl.model.plan import ChangeKind


def edits(before: Section, after: Section, rulebook: Rulebook, facts: DeviceFacts) -> Iterator[Edit]:
    """The edits that turn `before` into `after`, unordered. Both are complete; unknown lines are left alone."""
    moves = Moves.between(before, after, rulebook, facts)
    return _Transition(rulebook, facts, displaced(before, after), moves).sections(moves.before, after)


def displaced(before: Section, after: Section) -> frozenset[str]:
    """Ids of the rules whose lines the device drops by itself on the way, because of what is switched on at the top."""
    return frozenset(
        name
        for key, statement in after.statements.items()
        if statement.rule.displaces and statement.value is True and before.statements.get(key) != statement
        for name in statement.rule.displaces
    )


def empty(section: Section) -> Section:
    """The same section with nothing in it."""
    return Section(rule=section.rule, path=section.path, captures=section.captures)


def lines_from(statement: Statement, section: Section, rulebook: Rulebook) -> tuple[str, ...]:
    """The lines that take a statement away, or go back to its default; empty if the rulebook knows no way."""
    removal = statement.removal()
    if removal or statement.rule.default is None:
        return removal
    default = default_statement(rulebook, section, statement.key)
    return default.lines if default is not None else ()


@dataclass(frozen=True, slots=True)
class _Transition:
    rulebook: Rulebook
    facts: DeviceFacts
    displaced: frozenset[str]
    moves: Moves

    def sections(self, before: Section, after: Section) -> Iterator[Edit]:
        """What is in both: statements, entries, and the sections below."""
        if before is after:
            return
        yield from self._statements(before, after)
        if before.ordered is not after.ordered and not same_order(before.ordered, after.ordered):
            yield from self._ordered(before, after)
        if before.sections is after.sections:
            return
        for header, section in after.sections.items():
            old = before.sections.get(header)
            if old is section:
                continue
            if old is not None:
                yield from self.sections(old, section)
            elif section.rule.fixed:
                yield from self.sections(empty(section), section)
            else:
                yield from self._created(section)
        for header, section in before.sections.items():
            if header not in after.sections:
                yield from self._gone(before, section)

    def _statements(self, before: Section, after: Section) -> Iterator[Edit]:
        if before.statements is after.statements:
            return
        new = _by_value(after.statements)
        old = _not_wiped(_by_value(before.statements), new)
        gone = superseded(old, new)
        moved = put_back(old, new)
        for key, wanted in new.items():
            had = old.get(key)
            if had is not None and key in moved:
                lines = (*lines_from(had, after, self.rulebook), *at_the_end(wanted))
                yield Edit(ChangeKind.REPLACE, after, wanted.rule, lines, had, wanted, put_back=True, was=before)
                continue
            if had is wanted or (had is not None and (had == wanted or _differ_in_name(had, wanted))):
                continue
            if wanted.rule.placed:
                yield from self.moves.edits(after, had, wanted)
            elif had is not None and not had.is_default:
                yield from (replace(edit, was=before) for edit in self._replaced(after, had, wanted))
            elif takes_over(wanted, gone):
                yield Edit(ChangeKind.ADD, after, wanted.rule, self._set(wanted), after=wanted)
            elif not wanted.is_default:
                yield replace(self._from_default(after, had, wanted), was=before)
        left = {key: had for key, had in old.items() if key not in new and had.rule.id not in gone}
        yield from (replace(edit, was=before) for edit in self._lost(after, left, new))

    def _lost(self, after: Section, left: Mapping[Key, Statement], new: Mapping[Key, Statement]) -> Iterator[Edit]:
        """What is there no more, and does not go by itself."""
        instead, ended = fallback(self.rulebook, after, left, new)
        if instead is not None:
            yield Edit(ChangeKind.ADD, after, instead.rule, instead.lines, after=instead)
        for had in left.values():
            if had.is_default or had.rule.id in self.displaced or had.rule.id in ended:
                continue
            if had.rule.placed:
                yield from self.moves.edits(after, had, None)
            else:
                yield Edit(ChangeKind.REMOVE, after, had.rule, self._removal(had, after, new), before=had)

    def _set(self, statement: Statement) -> tuple[str, ...]:
        """The lines that set a statement from its default: a set absolutely, our VLAN in its first line (H4)."""
        if statement.rule.kind is Kind.SET:
            return statement.absolute(self.facts.management_vlan)
        return at_the_end(statement) if statement.rule.ranked is Ranking.MENDED else statement.lines

    def _from_default(self, section: Section, had: Statement | None, wanted: Statement) -> Edit:
        """Set what is at its default, whether the device wrote that out (`had`) or not."""
        kind = ChangeKind.ADD if had is None else ChangeKind.REPLACE
        assumed = default_statement(self.rulebook, section, wanted.key) if had is None else None
        return Edit(kind, section, wanted.rule, self._set(wanted), before=had, after=wanted, assumed=assumed)

    def _replaced(self, section: Section, had: Statement, wanted: Statement) -> Iterator[Edit]:
        rule = wanted.rule
        if isinstance(wanted.value, InOrder) and isinstance(had.value, InOrder):
            yield from _in_order(section, had, wanted, had.value, wanted.value)
            return
        if rule.accumulates and not wanted.is_default:
            yield from _members(section, had, wanted, _moved(section.statements, wanted))
            return
        if rule.displaces and wanted.is_default:
            # spelt out or not: what hangs on it goes first, and what it displaced comes back
            yield Edit(ChangeKind.REMOVE, section, rule, had.removal(), before=had)
            return
        if rule.clear_first and had.followed != wanted.followed and had.followed and wanted.followed:
            yield Edit(ChangeKind.REMOVE, section, rule, had.removal(), before=had, clears=True)
            yield Edit(ChangeKind.REPLACE, section, rule, wanted.lines, before=had, after=wanted)
            return
        if rule.kind is Kind.SET:
            lines = self._set(wanted)
        elif rule.clear_first or _another_form(had, wanted):
            lines = (*lines_from(had, section, self.rulebook), *wanted.lines)
        elif rule.kind is Kind.LIST and not rule.in_place:
            lines = (*wanted.lines, *lines_from(had, section, self.rulebook))
        else:
            lines = _restated(had, wanted)
        yield Edit(ChangeKind.REPLACE, section, rule, lines, before=had, after=wanted)

    def _removal(self, had: Statement, section: Section, new: Mapping[Key, Statement]) -> tuple[str, ...]:
        """The removal of a statement; members of an exclusive set that moved to another item have already left it."""
        if not had.rule.exclusive or had.rule.kind is not Kind.SET:
            return lines_from(had, section, self.rulebook)
        moved = _moved(new, had)
        rest = cast("Members", frozenset(member for member in had.members if member not in moved))
        return had.subtracting(rest) if rest else ()

    def _ordered(self, before: Section, after: Section) -> Iterator[Edit]:
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

    def _created(self, section: Section) -> Iterator[Edit]:
        """A new section: its header, then all it holds; written-out defaults too, as a new section's may differ."""
        yield Edit(ChangeKind.ADD, section, section.rule, (), target=section)
        for statement in section.statements.values():
            if statement.rule.placed:
                yield from self.moves.edits(section, None, statement)
            else:
                yield Edit(ChangeKind.ADD, section, statement.rule, self._set(statement), after=statement)
        if section.ordered:
            yield from self._ordered(empty(section), section)
        for child in section.sections.values():
            yield from self._created(child)

    def _gone(self, parent: Section, section: Section) -> Iterator[Edit]:
        rule = section.rule
        if rule.fixed or rule.removal is not SectionRemoval.NO or rule.remove is None:
            yield from self.sections(section, empty(section))
            return
        lines = (rule.remove.print(section.captures),)
        yield Edit(ChangeKind.REMOVE, parent, rule, lines, target=section)


def _restated(had: Statement, wanted: Statement) -> tuple[str, ...]:
    """The lines of a new value, with the defaults of what only the old one spelt out."""
    rule = wanted.rule
    spelt = {name: text for name, text in rule.restate.items() if name in had.captures}
    if not spelt or rule.kind is Kind.BLOCK:
        return wanted.lines
    captures = {**spelt, **wanted.captures}
    named = {name for name in captures if not name.endswith(".encoding")}
    form = next((form for form in (rule.pattern, *rule.also) if form.names >= named and form.required <= named), None)
    return (form.print(captures),) if form is not None else wanted.lines


def _another_form(had: Statement, wanted: Statement) -> bool:
    """Whether the new value is of a form that the device refuses beside the old one."""
    forms = wanted.rule.one_of
    old, new = ({name for name in forms if name in statement.captures} for statement in (had, wanted))
    return bool(old and new) and old != new


def _not_wiped(old: dict[Key, Statement], new: Mapping[Key, Statement]) -> dict[Key, Statement]:
    """What is left of `old` where a value changes that takes others with it: those that stay must be set again."""
    wiped = {
        name
        for statements, others in ((old, new), (new, old))
        for key, statement in statements.items()
        if statement.rule.wipes and others.get(key) != statement
        for name in statement.rule.wipes
    }
    if not wiped:
        return old
    return {key: one for key, one in old.items() if one.rule.id not in wiped or key not in new}


def _by_value(statements: dict[Key, Statement]) -> dict[Key, Statement]:
    """The same statements; one that is told apart by a secret (an SNMP community) under the secret itself.

    Its key holds a token that only counts positions, so in another configuration it may stand for another secret.
    """
    named = [statement for statement in statements.values() if named_by_secret(statement)]
    if not named:
        return statements
    found = dict(statements)
    for statement in named:
        del found[statement.key]
        values = tuple(secret.value for secret in statement.secrets)
        found[(*statement.key, *values) if statement.secrets[0].name else (*statement.open_identity, *values)] = (
            statement
        )
    return found


def named_by_secret(statement: Statement) -> bool:
    """Whether a secret tells the statement from the others of its rule."""
    rule = statement.rule
    return bool(statement.secrets) and any(spec.capture in rule.identity for spec in rule.secrets)


def _differ_in_name(had: Statement, wanted: Statement) -> bool:
    """Whether two statements that `_by_value` put under one key differ only in the position that their tokens count."""
    return had.key != wanted.key and had.value == wanted.value and not had.absent and not wanted.absent


def _moved(statements: Mapping[Key, Statement], item: Statement) -> frozenset[int | str]:
    """For an exclusive set: the members that other items of its rule take over, which need no line to leave it."""
    if not item.rule.exclusive:
        return frozenset()
    others = (one for one in statements.values() if one.rivals(item) and not item.bars(one))
    return frozenset(member for other in others for member in other.members)


def _in_order(section: Section, had: Statement, wanted: Statement, held: InOrder, goal: InOrder) -> Iterator[Edit]:
    """A set in order changes by what is appended: what is new, and what comes too early taken out and put back."""
    kept = 0
    for word in held.order:
        kept += kept < len(goal) and word == goal.order[kept]
    lines: list[str] = []
    new: list[str] = []
    for word in (*goal.order[kept:], ""):
        if word and word not in held:
            new.append(word)
            continue
        if new:
            lines.extend(wanted.adding(InOrder(new)))
            new = []
        if word:
            lines.extend((*had.subtracting(InOrder([word])), *wanted.adding(InOrder([word]))))
    if lines:
        yield Edit(ChangeKind.ADD, section, wanted.rule, tuple(lines), before=had, after=wanted)
    if gone := held - goal:
        minus = InOrder(word for word in held.order if word in gone)
        yield Edit(ChangeKind.REMOVE, section, wanted.rule, had.subtracting(minus), before=had, after=wanted)


def _members(section: Section, had: Statement, wanted: Statement, moved: frozenset[int | str]) -> Iterator[Edit]:
    """A set changes by what comes, then by what goes (H1)."""
    plus = wanted.members - had.members
    minus = cast("Members", frozenset(one for one in had.members if one not in wanted.members and one not in moved))
    if plus:
        yield Edit(ChangeKind.ADD, section, wanted.rule, wanted.adding(plus), before=had, after=wanted)
    if minus:
        lines = had.subtracting(minus)
        if lines:
            yield Edit(ChangeKind.REMOVE, section, wanted.rule, lines, before=had, after=wanted)
