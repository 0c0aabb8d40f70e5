"""Lines that take the place of others without a word: `vlan access 10` turns a trunk into an access port.

A rule with `supersedes` names them. No line is sent for what goes by itself, and no target has it, whatever the stage.
Where such lines go and nothing takes their place, the default of the rule that can do so ends them: a port that is a
trunk no more is told `vlan access 1`, never a trunk of every VLAN on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from trustctl.config.defaults import default_statement
from trustctl.config.rules import Kind, LineRule, Rulebook
from trustctl.config.statement import Key, Section, Statement

NOTHING: frozenset[str] = frozenset()


def superseded(old: Mapping[Key, Statement], new: Mapping[Key, Statement]) -> frozenset[str]:
    """Ids of the rules whose lines in `old` go by themselves, as `new` has a line that takes their place.

    A flag that is off (`no ip dhcp`) takes nothing's place.
    """
    named = {
        name
        for key, statement in new.items()
        if statement.rule.supersedes and statement.value is not False and old.get(key) != statement
        for name in statement.rule.supersedes
    }
    if not named:
        return NOTHING
    return frozenset(one.rule.id for key, one in old.items() if one.rule.id in named and key not in new)


def takes_over(statement: Statement, gone: frozenset[str]) -> bool:
    """Whether the statement takes the place of one of these rules, and so must be said even where it is the default."""
    return bool(gone) and not gone.isdisjoint(statement.rule.supersedes)


@lru_cache(maxsize=16)
def _takers(rulebook: Rulebook) -> Mapping[str, LineRule]:
    """By the id of a rule without a default: the rule whose default takes the place of its lines."""
    return {
        name: rule
        for rule in rulebook.lines.values()
        if rule.kind is Kind.SINGLE and rule.default is not None
        for name in rule.supersedes
        if rulebook.lines[name].default is None
    }


def fallback(
    rulebook: Rulebook, section: Section, left: Mapping[Key, Statement], new: Mapping[Key, Statement]
) -> tuple[Statement | None, tuple[str, ...]]:
    """What ends lines in `left` in whose place nothing of `new` stands: a default to say, and the ids of what it ends.

    No default is said where a flag ends them that does not stand beside them, as a port that routes has no VLANs.
    """
    takers = _takers(rulebook)
    taker = next((takers[one.rule.id] for one in left.values() if one.rule.id in takers), None) if takers else None
    if taker is None:
        return None, ()
    family = (taker.id, *taker.supersedes)
    if any(one.rule.id in family for one in new.values()):
        return None, ()
    on = any(one.value is True and taker.id in one.rule.off_only for one in new.values())
    if on or any(one.value is False and taker.id in one.rule.off_only for one in left.values()):
        return None, family
    return default_statement(rulebook, section, (taker.id,)), family
