"""Lines that take the place of others without a word: `vlan access 10` turns a trunk into an access port.

A rule with `supersedes` names them. No line is sent for what goes by itself, and no target has it, whatever the stage.
"""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.config.statement import Key, Statement

NOTHING: frozenset[str] = frozenset()


def superseded(old: Mapping[Key, Statement], new: Mapping[Key, Statement]) -> frozenset[str]:
    """Ids of the rules whose lines in `old` go by themselves, as `new` has a line that takes their place."""
    named = {
        name
        for key, statement in new.items()
        if statement.rule.supersedes and old.get(key) != statement
        for name in statement.rule.supersedes
    }
    if not named:
        return NOTHING
    return frozenset(one.rule.id for key, one in old.items() if one.rule.id in named and key not in new)


def takes_over(statement: Statement, gone: frozenset[str]) -> bool:
    """Whether the statement takes the place of one of these rules, and so must be said even where it is the default."""
    return bool(gone) and not gone.isdisjoint(statement.rule.supersedes)
