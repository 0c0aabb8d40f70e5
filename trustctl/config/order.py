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

from trustctl.config.claims import untangle
from trustctl.config.edit import Edit
from trustctl.config.hazards import ManagementPath, becomes, flags_of, leaves_management, ports_of, touches_management
from trustctl.config.moves import membership_edges
from trustctl.config.precedence import Edge, Node, precedence
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
    demanded = precedence(untangled.edits, _loses)
    for edit, other in demanded.pulled:
        keys[edit] = _just_before(keys[other])
    return _restoring(
        _sorted(untangled.edits, keys, [*untangled.edges, *demanded.edges, *membership_edges(untangled.edits)])
    ), flags


def _restoring(ordered: list[Edit]) -> list[Edit]:
    """Put what a switched-off flag had displaced right behind it: until `login local` is back, nobody can log in.

    The terminal lines that we come by (high `order`) are first.
    """
    for off in [edit for edit in ordered if edit.removes and isinstance(edit.rule, LineRule) and edit.rule.displaces]:
        names = off.rule.displaces if isinstance(off.rule, LineRule) else ()
        back = [edit for edit in ordered if edit.rule.id in names and not edit.removes]
        back.sort(key=lambda edit: -edit.section.rule.order)
        rest = [edit for edit in ordered if edit not in back]
        at = rest.index(off) + 1
        ordered = [*rest[:at], *back, *rest[at:]]
    return ordered


def _phase(edit: Edit, path: ManagementPath, managing: bool) -> Phase:  # noqa: FBT001 - a fact, not a switch
    uplink = not ports_of(edit).isdisjoint(path.facts.uplinks)
    loses = _loses(edit) or leaves_management(edit, path)
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


def _sorted(edits: Sequence[Edit], keys: Mapping[Edit, SortKey], edges: Iterable[Edge]) -> list[Edit]:
    """A topological order that prefers the smaller key; a ring among the rules is cut at the smallest key."""
    following: dict[Node, list[Node]] = {}
    waiting: dict[Node, int] = dict.fromkeys(edits, 0)
    for first, second in edges:
        following.setdefault(first, []).append(second)
        waiting[second] = waiting.get(second, 0) + 1
        waiting.setdefault(first, 0)
    numbered: dict[Node, int] = {node: number for number, node in enumerate(waiting)}
    nodes = list(waiting)
    heap = [(_rank(node, keys), numbered[node]) for node in nodes if not waiting[node]]
    heapq.heapify(heap)
    done: list[Edit] = []
    placed: set[Node] = set()
    while len(done) < len(edits):
        if not heap:
            stuck = min((edit for edit in edits if edit not in placed), key=lambda edit: keys[edit])
            heap.append((keys[stuck], numbered[stuck]))
        node = nodes[heapq.heappop(heap)[1]]
        if node in placed:
            continue
        placed.add(node)
        if isinstance(node, Edit):
            done.append(node)
        for second in following.get(node, ()):
            waiting[second] -= 1
            if not waiting[second] and second not in placed:
                heapq.heappush(heap, (_rank(second, keys), numbered[second]))
    return done


def _rank(node: Node, keys: Mapping[Edit, SortKey]) -> SortKey:
    """A gate is passed as soon as it opens."""
    return keys[node] if isinstance(node, Edit) else ()
