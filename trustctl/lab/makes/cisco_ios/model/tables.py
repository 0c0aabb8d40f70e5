"""All commands of all modes, in the order in which each mode prints them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.commands import (
    aaa,
    acl,
    interface,
    layer2,
    layer3,
    line,
    management,
    qos,
    system,
)
from trustctl.lab.makes.cisco_ios.model.grammar import Grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trustctl.lab.makes.cisco_ios.model.catalogue import Family
    from trustctl.lab.makes.cisco_ios.model.rules import Rule

PLACES: tuple[tuple[str, str], ...] = (
    # place, families that print it here (empty: all); the order of published running configurations
    ("version", ""),
    ("service", ""),
    ("hostname", ""),
    ("boot", ""),
    ("vrf", ""),
    ("logging-early", ""),
    ("enable", "ios12 ios15"),
    ("username", "ios12 ios15"),
    ("aaa", ""),
    ("clock", ""),
    ("switch", ""),
    ("ip-early", ""),
    ("dhcp", ""),
    ("names", ""),
    ("login", ""),
    ("vtp", ""),
    ("qos", ""),
    ("crypto", ""),
    ("license", ""),
    ("dot1x", ""),
    ("archive", ""),
    ("spanning-tree", ""),
    ("errdisable", ""),
    ("enable", "iosxe"),
    ("username", "iosxe"),
    ("redundancy", ""),
    ("vlan", ""),
    ("discovery", ""),
    ("ssh", "ios12 ios15"),
    ("policy", ""),
    ("interface", ""),
    ("ip-late", ""),
    ("ssh", "iosxe"),
    ("route", ""),
    ("acl", ""),
    ("source", ""),
    ("logging-late", ""),
    ("snmp", ""),
    ("servers", ""),
    ("control", ""),
    ("banner", ""),
    ("privilege", ""),
    ("line", ""),
    ("ntp", ""),
    ("end", ""),
)
ROWS_PER_PLACE = 1000.0

_GLOBAL: tuple[dict[str, tuple[Rule, ...]], ...] = (
    system.GLOBAL,
    aaa.GLOBAL,
    layer2.GLOBAL,
    layer3.GLOBAL,
    qos.GLOBAL,
    acl.GLOBAL,
    management.GLOBAL,
    line.GLOBAL,
    interface.GLOBAL,
)
_MODES: dict[str, tuple[Rule, ...]] = {
    "config-if": interface.MODE,
    **aaa.MODES,
    **acl.MODES,
    **layer2.MODES,
    **layer3.MODES,
    **qos.MODES,
    **line.MODES,
    **system.MODES,
    **management.MODES,
}
_SAME_TABLE = {"config-if-range": "config-if"}


def place_of(rank: float) -> str:
    """The place in the printed order that a rank of the global mode belongs to."""
    return PLACES[int(rank // ROWS_PER_PLACE)][0]


def rank_of(place: str, family: Family) -> float:
    """The first rank of a place of the global mode."""
    for number, (name, families) in enumerate(PLACES):
        if name == place and (not families or family in families.split()):
            return number * ROWS_PER_PLACE
    raise KeyError(place)


def ranked(rules: Sequence[Rule], family: Family, start: float) -> list[Rule]:
    """Rules of a family in the order of their table, from the rank `start` on."""
    return [
        replace(rule, rank=start + number)
        for number, rule in enumerate(rules)
        if rule.families is None or family in rule.families
    ]


def knows(mode: str) -> bool:
    """Whether there is a table for a mode."""
    return mode == "config" or _SAME_TABLE.get(mode, mode) in _MODES


@cache
def grammar(mode: str, family: Family) -> Grammar[Rule]:
    """The commands of a mode on a family of images."""
    return Grammar(ranked_rules(mode, family))


def ranked_rules(mode: str, family: Family) -> list[Rule]:
    """The rules of a mode on a family of images, each with its place in the printed order."""
    if mode != "config":
        return ranked(_MODES[_SAME_TABLE.get(mode, mode)], family, 0.0)
    rules: list[Rule] = []
    for topic in _GLOBAL:
        for place, rows in topic.items():
            offset = sum(len(other[place]) for other in _GLOBAL[: _GLOBAL.index(topic)] if place in other)
            rules += ranked(rows, family, rank_of(place, family) + offset)
    return rules
