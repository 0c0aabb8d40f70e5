"""All configuration commands, by context."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.commands import (
    interfaces,
    layer2,
    lists,
    management,
    passwords,
    routing,
    security,
    system,
    trunks,
    vlans,
)
from trustctl.lab.makes.aruba_aos_s.model.grammar import Grammar

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Rule

_GLOBAL = (system, management, passwords, security, layer2, routing, trunks, lists)


@lru_cache(maxsize=16)
def rules(kind: str) -> tuple[Rule, ...]:
    """The commands of a context: `config`, `vlan`, `eth`, or the header of a section."""
    if kind == "vlan":
        return vlans.IN_VLAN
    if kind == "eth":
        return interfaces.ON_PORT
    if kind == "acl":
        return lists.IN_LIST
    if kind == "oobm":
        return routing.IN_OOBM
    opening = (*vlans.GLOBAL, *interfaces.GLOBAL)
    return (*opening, *(rule for module in _GLOBAL for rule in module.RULES))


@lru_cache(maxsize=16)
def grammar(kind: str, *, undo: bool) -> Grammar[Rule]:
    """The grammar of a context; `undo`: of lines behind `no`."""
    fitting = [rule for rule in rules(kind) if (rule.undo if undo else not rule.only_undo)]
    return Grammar([(rule.pattern, rule, rule.more) for rule in fitting], partial=undo and kind == "config")
