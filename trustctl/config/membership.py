"""Sets whose members stand in one section of the device only: a port's untagged VLAN, where it is stored in the VLAN.

Setting a member in one section takes it out of the other by itself; a member that leaves and is set nowhere goes home.
A bundle takes its members' own memberships away and has memberships itself. `place_members` works out where the
members of a target stand, `settle` what a device makes of its sets by itself when its bundles change. Both know only
what the rules say: `LineRule.moves`, `home`, `excludes`, `absorbs` and `into`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from trustctl.config.build import make_statement
from trustctl.config.classify import SectionMeaning, classifier
from trustctl.config.grammar import interface_in
from trustctl.config.rules import ROOT, LineRule, Rulebook
from trustctl.config.scope import DeviceFacts
from trustctl.config.statement import Section, Statement
from trustctl.config.values import Members
from trustctl.errors import RenderError
from trustctl.model.plan import Flag, Rule, Severity

Names = frozenset[str]
_Sets = dict[str, dict[str, Names]]
"""Rule id -> canonical header of a section at the top -> the members of its set."""


@dataclass(frozen=True, slots=True)
class Bundles:
    """The members of all bundles, and the names of the bundles."""

    members: Names = frozenset()
    names: Names = frozenset()
    absorbed: Names = frozenset()
    """Ids of the rules in whose sets the members have no place."""


def place_members(
    observed: Section,
    target: Section,
    intended: Section,
    rulebook: Rulebook,
    ours: Callable[[Section, LineRule], bool],
) -> tuple[Section, list[Flag]]:
    """The target with each member where it will stand; what is the same stays the very same object.

    `ours` says whether a line of a section may be claimed at all. Raises RenderError if the intent puts one member in
    two places.
    """
    if not rulebook.moving:
        return target, []
    work = _Placing(rulebook, observed, target, intended, ours)
    work.absorb()
    work.claim()
    work.exclude()
    work.bring_home()
    gone = bundles(observed, rulebook).names - bundles(target, rulebook).names
    return _without(_written(target, work.goal, rulebook), gone), work.flags


def settle(before: Section, after: Section, rulebook: Rulebook) -> Section:
    """What the device makes of `before` by itself once its bundles are those of `after`."""
    if not rulebook.moving:
        return before
    old, new = bundles(before, rulebook), bundles(after, rulebook)
    if old == new:
        return before
    goal = _sets(before, rulebook)
    for rule_id in new.absorbed:
        for header, members in goal.get(rule_id, {}).items():
            goal[rule_id][header] = members - new.members - (old.names - new.names)
    loose = (old.members - new.members) | (new.names - old.names)
    for rule in rulebook.moving:
        if rule.id in new.absorbed and rule.home:
            placed = _all(goal, rule.id)
            _add(goal, rule, loose - placed)
    return _without(_written(before, goal, rulebook), old.names - new.names)


def cut_off(before: Section, after: Section, rulebook: Rulebook, facts: DeviceFacts) -> Names:
    """The uplinks that carry the management interface, where a bundle's line takes it off all of them.

    A new bundle starts without its ports' memberships; the lines that give it its own come later, and never arrive.
    """
    if not rulebook.moving or bundles(before, rulebook) == bundles(after, rulebook):
        return frozenset()
    carried = _carriers(before, rulebook, facts) & _leading(before, rulebook, facts)
    settled = settle(before, after, rulebook)
    left = _carriers(settled, rulebook, facts) & _leading(after, rulebook, facts)
    return carried if not left else frozenset()


def _carriers(root: Section, rulebook: Rulebook, facts: DeviceFacts) -> Names:
    """The members of the management interface's sets."""
    here = {header for header, one in root.sections.items() if _is_management(one, header, facts)}
    return frozenset(
        member
        for sets in _sets(root, rulebook).values()
        for header, members in sets.items()
        if header in here
        for member in members
    )


def _is_management(section: Section, header: str, facts: DeviceFacts) -> bool:
    return facts.management_interface is not None and (
        interface_in(section.rule.grammar, header) == facts.management_interface
    )


def _leading(root: Section, rulebook: Rulebook, facts: DeviceFacts) -> Names:
    """The uplinks, and the bundles that have one of them or whose ports are uplinks."""
    found = set(facts.uplinks)
    for statement in root.statements.values():
        if statement.rule.absorbs and not statement.absent and statement.rule.into:
            name = statement.captures[statement.rule.into]
            members = {str(member) for member in statement.members}
            if name in found or members & found:
                found |= {name, *members}
    return frozenset(found)


def places(root: Section, rulebook: Rulebook) -> Mapping[str, Mapping[str, str]]:
    """For each rule whose members move: in which section (by its header) each member stands."""
    sets = _sets(root, rulebook)
    return {
        rule.id: {member: header for header, members in sets.get(rule.id, {}).items() for member in members}
        for rule in rulebook.moving
    }


def bundles(root: Section, rulebook: Rulebook) -> Bundles:
    """The bundles of a configuration."""
    members: set[str] = set()
    names: set[str] = set()
    absorbed = frozenset(name for rule in rulebook.lines.values() for name in rule.absorbs)
    for statement in root.statements.values():
        if statement.rule.absorbs and not statement.absent:
            members.update(str(member) for member in statement.members)
            if statement.rule.into:
                names.add(statement.captures[statement.rule.into])
    return Bundles(frozenset(members), frozenset(names), absorbed)


@dataclass(slots=True)
class _Placing:
    """The sets of a target while it is worked out where each member stands."""

    rulebook: Rulebook
    observed: Section
    target: Section
    intended: Section
    ours: Callable[[Section, LineRule], bool]
    goal: _Sets = field(init=False)
    wanted: _Sets = field(init=False)
    flags: list[Flag] = field(default_factory=list[Flag])

    def __post_init__(self) -> None:
        self.goal = _sets(self.target, self.rulebook)
        self.wanted = _sets(self.intended, self.rulebook, self.ours)

    def absorb(self) -> None:
        """Members of bundles have no place of their own; a bundle that is gone has none either."""
        old, new = bundles(self.observed, self.rulebook), bundles(self.target, self.rulebook)
        for rule_id in new.absorbed:
            for header, members in self.goal.get(rule_id, {}).items():
                if refused := self.wanted.get(rule_id, {}).get(header, frozenset()) & new.members:
                    self.flags.append(_in_bundle(self.rulebook.lines[rule_id], header, refused))
                self.goal[rule_id][header] = members - new.members - (old.names - new.names)

    def claim(self) -> None:
        """What the intent puts somewhere leaves every other section."""
        for rule in self.rulebook.moving:
            claimed: dict[str, str] = {}
            for header, members in self.wanted.get(rule.id, {}).items():
                for member in members:
                    if member in claimed:
                        raise self._twice(rule, member, claimed[member], header)
                    claimed[member] = header
            for header, members in self.goal.get(rule.id, {}).items():
                gone = {member for member in members if claimed.get(member, header) != header}
                self.goal[rule.id][header] = members - gone

    def exclude(self) -> None:
        """In one section a member stands in one of two sets that exclude each other: where the intent puts it."""
        for rule in self.rulebook.lines.values():
            for name in rule.excludes:
                for header, members in self.goal.get(rule.id, {}).items():
                    other = self.goal.get(name, {}).get(header, frozenset())
                    for member in members & other:
                        here = member in self.wanted.get(rule.id, {}).get(header, frozenset())
                        there = member in self.wanted.get(name, {}).get(header, frozenset())
                        if here and there:
                            raise self._twice(rule, member, header, header)
                        loser = rule.id if there else name
                        self.goal[loser][header] = self.goal[loser][header] - {member}

    def bring_home(self) -> None:
        """A member that left its place and is set nowhere goes home, as every port needs a VLAN."""
        old, new = bundles(self.observed, self.rulebook), bundles(self.target, self.rulebook)
        before = _sets(self.observed, self.rulebook)
        for rule in self.rulebook.moving:
            if not rule.home:
                continue
            absorbs = rule.id in new.absorbed
            loose = (old.members - new.members) | (new.names - old.names) if absorbs else frozenset[str]()
            lost = new.members | (old.names - new.names) if absorbs else frozenset[str]()
            beside = frozenset(member for name in rule.excludes for member in _all(self.goal, name))
            stood = _all(before, rule.id)
            known = stood | loose | frozenset(member for name in rule.excludes for member in _all(before, name))
            homeless = known - _all(self.goal, rule.id) - lost
            stays_out = (homeless - stood - loose) | _taken_out(self.intended, rule)
            _add(self.goal, rule, homeless - (stays_out & beside))

    def _twice(self, rule: LineRule, member: str, first: str, second: str) -> RenderError:
        section = self.intended.sections[second]
        statement = section.sourced((rule.id,)) if (rule.id,) in section.statements else None
        where = str(statement.origin.template) if statement is not None and statement.origin is not None else second
        text = f"in `{first}` and in `{second}`" if first != second else f"in two ways in `{first}`"
        return RenderError(
            f"the intent sets {member} {text}: it can stand in one place only",
            where=where,
            remedy="Correct the port in the inventory, or the template.",
        )


def _in_bundle(rule: LineRule, header: str, names: Names) -> Flag:
    listed = rule.grammar.notation.print_ports(names)
    why = f"{listed} belongs to a bundle, so it has no VLANs of its own: `{header}` is set on the bundle only"
    return Flag(Rule.CLIENT, Severity.MEDIUM, why)


def _taken_out(intended: Section, rule: LineRule) -> Names:
    """What the intent says stands nowhere (`no untagged 5` in the home section)."""
    section = intended.sections.get(rule.home)
    statement = section.statements.get((rule.id, "no")) if section is not None else None
    return frozenset(str(member) for member in statement.members) if statement is not None else frozenset()


def _rules(rulebook: Rulebook) -> Iterator[LineRule]:
    names = {name for rule in rulebook.lines.values() for name in (*rule.excludes, *rule.absorbs)}
    yield from (rule for rule in rulebook.lines.values() if rule.moves or rule.id in names)


def _sets(root: Section, rulebook: Rulebook, ours: Callable[[Section, LineRule], bool] | None = None) -> _Sets:
    """The sets of the sections at the top, for the rules that take part."""
    found: _Sets = {}
    for rule in _rules(rulebook):
        for header, section in root.sections.items():
            statement = section.statements.get((rule.id,))
            if statement is None or statement.absent or section.absent or (ours and not ours(section, rule)):
                continue
            found.setdefault(rule.id, {})[header] = frozenset(str(member) for member in statement.members)
    return found


def _all(sets: _Sets, rule_id: str) -> Names:
    return frozenset(member for members in sets.get(rule_id, {}).values() for member in members)


def _add(sets: _Sets, rule: LineRule, members: Names) -> None:
    if members:
        held = sets.setdefault(rule.id, {})
        held[rule.home] = held.get(rule.home, frozenset()) | members


def _written(root: Section, goal: _Sets, rulebook: Rulebook) -> Section:
    """The same root with these sets; sections that do not change stay the very same object."""
    changed: dict[str, dict[str, Names]] = {}
    held = _sets(root, rulebook)
    for rule_id, by_header in goal.items():
        for header, members in by_header.items():
            if members != held.get(rule_id, {}).get(header, frozenset()):
                changed.setdefault(header, {})[rule_id] = members
    if not changed:
        return root
    sections = dict(root.sections)
    for header, sets in changed.items():
        section = sections.get(header) or _opened(header, rulebook)
        statements = dict(section.statements)
        for rule_id, members in sets.items():
            _put(statements, rulebook.lines[rule_id], members)
        sections[header] = replace(section, statements=statements, origin_of=None, shared=None)
    return replace(root, sections=sections, shared=None)


def _without(root: Section, gone: Names) -> Section:
    """The same root without the sections of bundles that are no more: their settings go with them."""
    lost = [header for header, one in root.sections.items() if interface_in(one.rule.grammar, header) in gone]
    if not lost:
        return root
    kept = {header: one for header, one in root.sections.items() if header not in lost}
    return replace(root, sections=kept, shared=None)


def _put(statements: dict[tuple[str, ...], Statement], rule: LineRule, members: Names) -> None:
    old = statements.get((rule.id,))
    if not members:
        statements.pop((rule.id,), None)
    elif old is not None:
        statements[(rule.id,)] = old.with_members(members)
    else:
        text = rule.pattern.print_members(rule.members, cast("Members", members))
        statements[(rule.id,)] = make_statement(rule, rule.pattern, {rule.members: text})


def _opened(header: str, rulebook: Rulebook) -> Section:
    meaning = classifier(rulebook).meaning(ROOT, header)
    if not isinstance(meaning, SectionMeaning):
        raise TypeError(f"no rule opens the home section {header!r}")
    return Section(meaning.headers[0].rule, (header,), meaning.headers[0].captures)


def ports_named(members: Iterable[int | str]) -> Names:
    """The members of a set of ports."""
    return frozenset(str(member) for member in members)
