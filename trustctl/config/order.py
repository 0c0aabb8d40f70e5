"""The order in which edits are sent, such that every prefix of the list leaves the device reachable.

1. What is new and what is corrected, by the rulebook's weights: definitions before their uses.
2. Uplinks: first what they gain, then what they lose.
3. What goes, in the reverse order, unless the management path still leans on it.
4. The management path itself, then what it leaned on.

Within that, `needs`, `conflicts` and claimed networks decide which of two edits must come first.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cache

from trustctl.config.claims import Edge, untangle
from trustctl.config.edit import Edit
from trustctl.config.hazards import ManagementPath, becomes, flags_of, interface_of, touches_management
from trustctl.config.rules import HazardWhen, LineRule, SectionRemoval
from trustctl.config.statement import Section
from trustctl.model.plan import ChangeKind, Flag

SortKey = tuple[object, ...]


class Phase(IntEnum):
    """When an edit is sent; a later phase waits for the earlier ones."""

    ORDINARY = 0
    UPLINK_GAINS = 1
    UPLINK_LOSES = 2
    REMOVALS = 3
    MANAGEMENT = 4
    MANAGEMENT_MOVES = 5
    """A management address is replaced: whoever comes by the old one is cut, so it is the last that is set."""
    MANAGEMENT_LOSES = 6


def in_safe_order(
    edits: Iterable[Edit], path: ManagementPath, sections: Mapping[str, Section]
) -> tuple[list[Edit], dict[Edit, tuple[Flag, ...]]]:
    """Return the edits in send order (with temporary removals where a knot must be cut) and the flags of each.

    `sections` are the top-level sections before and after, for their weights.
    """
    listed = list(edits)
    flags = {edit: flags_of(edit, path) for edit in listed}
    managing = {edit for edit in listed if touches_management(flags[edit])}
    untangled = untangle(listed, managing.__contains__)
    for edit in untangled.edits:
        if edit not in flags:
            flags[edit] = flags_of(edit, path)
            if touches_management(flags[edit]):
                managing.add(edit)
    keys = {
        edit: _key(edit, _phase(edit, path, edit in managing), sections, number)
        for number, edit in enumerate(untangled.edits)
    }
    edges = [*untangled.edges, *_edges(untangled.edits, keys)]
    return _sorted(untangled.edits, keys, edges), flags


def _phase(edit: Edit, path: ManagementPath, managing: bool) -> Phase:  # noqa: FBT001 - a fact, not a switch
    uplink = interface_of(edit.target or edit.section) in path.facts.uplinks
    loses = _loses(edit)
    if managing and (loses or not uplink) and not edit.clears:
        if loses:
            return Phase.MANAGEMENT_LOSES
        moves = edit.kind is ChangeKind.REPLACE and isinstance(edit.rule, LineRule) and bool(edit.rule.claims)
        return Phase.MANAGEMENT_MOVES if moves else Phase.MANAGEMENT
    if uplink:
        return Phase.UPLINK_LOSES if loses else Phase.UPLINK_GAINS
    if edit.removes and not edit.clears and (edit.target is not None or not edit.section.path):
        return Phase.REMOVALS
    return Phase.MANAGEMENT if managing else Phase.ORDINARY


def _loses(edit: Edit) -> bool:
    """Whether something stops working: a removal, or a switch that is turned the way that its rule warns of."""
    value = becomes(edit)
    if value is not None:
        warned = HazardWhen.ON if value else HazardWhen.OFF
        switched = {when for hazard in edit.rule.hazards for when in hazard.when} & {HazardWhen.ON, HazardWhen.OFF}
        if switched:
            return warned in switched
    return edit.removes


_DIGITS = re.compile(r"(\d+)")


@cache
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key in which numbers count as numbers.

    Before: "Gi1/0/10", "Gi1/0/9"    After: "Gi1/0/9" sorts before "Gi1/0/10"
    """
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _DIGITS.split(text.lower()) if part)


def _key(edit: Edit, phase: Phase, sections: Mapping[str, Section], number: int) -> SortKey:
    section = edit.section
    sign = -1 if phase in {Phase.UPLINK_LOSES, Phase.REMOVALS, Phase.MANAGEMENT_LOSES} else 1
    weight = edit.rule.order * (-1 if edit.removes else 1)
    part = 2 if edit.removes and not edit.clears else 0 if edit.target is section or edit.at_top or edit.clears else 1
    if not section.path:
        name = natural(edit.target.header) if edit.target is not None else ()
        return (phase, sign * edit.rule.order, name, part, weight, number, 0)
    top = sections[section.path[0]]
    name = natural(" ".join(section.path))
    if top.rule.removal is SectionRemoval.NEVER:
        name = tuple((kind, -value, text) for kind, value, text in name)
    return (phase, sign * top.rule.order, name, part, weight, number, 0)


def _just_before(key: SortKey) -> SortKey:
    return (*key[:-1], -1)


def _edges(edits: Sequence[Edit], keys: dict[Edit, SortKey]) -> list[Edge]:
    """Which edit must come before which, by `needs` and `conflicts`; pulls removals forward where they must precede."""
    by_rule: dict[str, list[Edit]] = {}
    for edit in edits:
        by_rule.setdefault(edit.rule.id, []).append(edit)
        if edit.section.path and edit.section.rule.id != edit.rule.id:
            by_rule.setdefault(edit.section.rule.id, []).append(edit)
    edges: list[Edge] = []
    for edit in edits:
        rule = edit.rule
        if isinstance(rule, LineRule):
            if _loses(edit):
                edges.extend((edit, one) for name in rule.displaces for one in by_rule.get(name, ()) if not one.removes)
            for other in (one for name in rule.conflicts for one in by_rule.get(name, ())):
                if not edit.removes and other.removes and other.section.path == edit.section.path:
                    keys[other] = _just_before(keys[edit])
                    edges.append((other, edit))
        needed = rule.needs if rule is edit.section.rule else (*rule.needs, *edit.section.rule.needs)
        for name in needed:
            for other in by_rule.get(name, ()):
                edges.extend(_needs(edit, other, name, keys))
    return edges


def _needs(edit: Edit, other: Edit, name: str, keys: dict[Edit, SortKey]) -> list[Edge]:
    """The edges between an edit and one of the rule that it needs."""
    if other is edit:
        return []
    local = isinstance(other.rule, LineRule) and edit.section.path and other.rule.id == name
    if local and edit.section.rule.context in other.rule.contexts:  # type: ignore[union-attr]
        if other.section.path != edit.section.path:
            return []
        if edit.removes and not other.removes:
            keys[edit] = _just_before(keys[other])
            return [(edit, other)]
    if other.removes and other.rule.id == name:
        return [(edit, other)]
    if not other.removes and not edit.removes:
        return [(other, edit)]
    return []


def _sorted(edits: Sequence[Edit], keys: Mapping[Edit, SortKey], edges: Iterable[Edge]) -> list[Edit]:
    """A topological order that prefers the smaller key; a ring among the rules is cut at the smallest key."""
    following: dict[Edit, list[Edit]] = {}
    waiting: dict[Edit, int] = dict.fromkeys(edits, 0)
    for first, second in set(edges):
        following.setdefault(first, []).append(second)
        waiting[second] += 1
    numbered = {edit: number for number, edit in enumerate(edits)}
    heap = [(keys[edit], numbered[edit]) for edit in edits if not waiting[edit]]
    heapq.heapify(heap)
    done: list[Edit] = []
    placed: set[Edit] = set()
    while len(done) < len(edits):
        if not heap:
            stuck = min((edit for edit in edits if edit not in placed), key=lambda edit: keys[edit])
            heap.append((keys[stuck], numbered[stuck]))
        edit = edits[heapq.heappop(heap)[1]]
        if edit in placed:
            continue
        placed.add(edit)
        done.append(edit)
        for second in following.get(edit, ()):
            waiting[second] -= 1
            if not waiting[second] and second not in placed:
                heapq.heappush(heap, (keys[second], numbered[second]))
    return done
