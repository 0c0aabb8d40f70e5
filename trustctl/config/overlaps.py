"""Networks and names that the target may not have, because something that stays, or is of another kind, holds them.

At stage `ensure` a school's old interface keeps its network; the device would refuse the trust's interface the same one
(`% 10.1.1.0 overlaps with Vlan40`). Such an address is left out of the target and reported, not sent to be refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trustctl.config.claims import Claim, Network, claimed, claims_network
from trustctl.config.statement import Section, Statement
from trustctl.model.plan import Flag, Rule, Severity


def withdraw(observed: Section, target: Section) -> Iterator[Flag]:
    """Take what cannot be had out of `target` (its changed sections are its own), with a flag for each.

    That is: addresses that something else holds, and sections whose name one of another kind has.
    """
    for header, section in list(target.sections.items()):
        taken = _taken(observed, section) if header not in observed.sections else ()
        if taken:
            yield _withhold(observed, target, section, taken)
    while True:
        found = _collision(observed, target)
        if found is None:
            return
        section, wanted, holder = found
        _put_back(observed, section, wanted)
        for other in list(section.statements.values()):
            if wanted.rule.id in other.rule.needs and wanted.key not in section.statements:
                _put_back(observed, section, other)
        yield _flag(section, wanted, holder)


def _taken(observed: Section, section: Section) -> tuple[Section, ...]:
    """The sections on the device that have what only one can have: this one's name in another kind, or its number."""
    rule = section.rule
    if not rule.unlike and not rule.unique:
        return ()
    return tuple(
        other
        for other in observed.sections.values()
        if (other.rule.id in rule.unlike and other.captures == section.captures)
        or (other.rule is rule and any(other.captures[name] == section.captures[name] for name in rule.unique))
    )


def _withhold(observed: Section, target: Section, section: Section, taken: tuple[Section, ...]) -> Flag:
    """Leave the device's own sections, and what refers to the name as it is: it would mean another list."""
    del target.sections[section.header]
    for other in taken:
        target.sections.setdefault(other.header, other)
    names = set(section.captures.values())
    for each in (target, *target.sections.values()):
        for statement in list(each.statements.values()):
            referred = {statement.captures.get(capture) for capture in statement.rule.refers}
            if referred & names:
                _put_back(observed, each, statement)
    same_kind = [other for other in taken if other.rule is section.rule]
    for other in same_kind:
        _keep_users(observed, target, other)
    if same_kind:
        same = " or ".join(section.rule.unique)
        why = f"refuses a second one of the same {same}; remove that one first, or give this one another"
    else:
        why = "refuses a second kind of that name; give the list another name in the template, or remove the other"
    has = " and ".join(f"`{other.header}`" for other in taken)
    return Flag(
        Rule.CLIENT,
        Severity.HIGH,
        f"`{section.header}` is not sent, nor what uses it: the device has {has}, and {why}",
    )


def _keep_users(observed: Section, target: Section, taken: Section) -> None:
    """What refers to a section that stays after all stays too."""
    names = set(taken.captures.values())
    for header, old in observed.sections.items():
        for key, statement in old.statements.items():
            referred = {statement.captures.get(capture) for capture in statement.rule.refers}
            if referred & names and header in target.sections:
                target.sections[header].statements.setdefault(key, statement)


def _flag(section: Section, wanted: Statement, holder: str) -> Flag:
    line = f"`{wanted.line}` of {section.header}"
    stays = f"{holder}, which stays, so the device would refuse it: it is not sent"
    if not claims_network(wanted.rule):
        return Flag(Rule.CLIENT, Severity.LOW, f"{line} is taken by {stays}; rename or remove the other first")
    why = f"{line} overlaps with {stays}, nor what needs it; renumber or remove the other first"
    return Flag(Rule.CLIENT, Severity.HIGH, why)


def _put_back(observed: Section, section: Section, wanted: Statement) -> None:
    """Give a statement the state that it has on the device."""
    old = observed.sections.get(section.header) if section.path else observed
    had = old.statements.get(wanted.key) if old is not None else None
    if had is wanted:
        return
    if had is None:
        del section.statements[wanted.key]
    else:
        section.statements[wanted.key] = had


def _collision(observed: Section, target: Section) -> tuple[Section, Statement, str] | None:
    """The first new address that meets one that stays: its section, itself, and who holds the other."""
    changed = [section for header, section in target.sections.items() if observed.sections.get(header) is not section]
    new = [(section, statement) for section in changed for statement in _new(observed, section)]
    if not new:
        return None
    fresh = {id(statement) for _, statement in new}
    staying = [
        (section, statement, network)
        for section in target.sections.values()
        for statement in section.statements.values()
        if statement.rule.claims and id(statement) not in fresh
        for network in claimed([statement], section)
    ]
    for section, statement in new:
        for network in claimed([statement], section):
            for holder, other, held in staying:
                where = _Where(holder is section, other.key == statement.key, once=other.rule.claims_once)
                if _collide(network, held, where):
                    return section, statement, f"`{other.line}` of {holder.header}"
    return None


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a claim is held, seen from a new one."""

    beside: bool
    """In the same section, where only one address may not stand twice."""
    same: bool
    """By what the new one replaces."""
    once: bool
    """The device takes no second address of a network in a section either."""


def _collide(new: Claim, held: Claim, where: _Where) -> bool:
    """Whether a new claim meets one that is held."""
    if not (isinstance(new, Network) and isinstance(held, Network)):
        return new == held and not (where.beside and where.same)
    if where.beside:
        return not where.same and (held.overlaps(new) if where.once else held.same_address(new))
    return held.overlaps(new)


def _new(observed: Section, section: Section) -> Iterator[Statement]:
    old = observed.sections.get(section.header)
    for key, statement in section.statements.items():
        if statement.rule.claims and (old is None or old.statements.get(key) is not statement):
            yield statement
