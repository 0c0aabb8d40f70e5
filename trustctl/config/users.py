"""Sections that something on the device still uses: a VLAN whose port the intent does not name is not deleted.

Some devices move such a port by themselves (AOS-CX: into VLAN 1), which no plan would show and no undo bring back. A
section rule with `used_by` names the lines and sections that can use it.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustctl.config.grammar import interface_in
from trustctl.config.rules import Kind, SectionRule
from trustctl.config.statement import Section, Statement
from trustctl.model.plan import Flag, Rule, Severity

_MOST_NAMED = 3


def keep_used(observed: Section, target: Section) -> Iterator[Flag]:
    """Put back into `target` (its changed sections are its own) what was to go and is used, with a flag for each."""
    for header, section in observed.sections.items():
        if header in target.sections or not section.rule.used_by:
            continue
        users = list(_users(section, target))
        if users:
            target.sections[header] = section
            yield _flag(section, users)


def _users(section: Section, target: Section) -> Iterator[str]:
    values = set(section.captures.values())
    for other in target.sections.values():
        if _configures(other, section.rule, values):
            yield f"`{other.header}`"
            continue
        for statement in other.statements.values():
            if statement.rule.id in section.rule.used_by and _names(statement, values):
                yield f"`{statement.line}` of {other.header}"


def _configures(other: Section, rule: SectionRule, values: set[str]) -> bool:
    """Whether a section is the interface of what is to go: `interface vlan 50` of VLAN 50."""
    if other.rule.id not in rule.used_by:
        return False
    grammar = other.rule.grammar
    number = grammar.notation.vlan_of(interface_in(grammar, other.header))
    return str(number) in values


def _names(statement: Statement, values: set[str]) -> bool:
    counted = statement.rule.kind is Kind.SET and not statement.is_default
    named = {str(member) for member in statement.members} if counted else set[str]()
    return not values.isdisjoint({*named, *statement.captures.values()})


def _flag(section: Section, users: list[str]) -> Flag:
    more = f" and {len(users) - _MOST_NAMED} more" if len(users) > _MOST_NAMED else ""
    why = (
        f"`{section.header}` stays, as {', '.join(users[:_MOST_NAMED])}{more} still uses it: say in the "
        "inventory what that shall be, and it goes with the next plan"
    )
    return Flag(Rule.CLIENT, Severity.LOW, why)
