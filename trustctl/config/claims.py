"""Networks and names that no two statements may hold at one moment: the holder gives one up before the next takes it.

Two VLANs never have one name, so one is renamed before the other gets its name, also where it is deleted later.
Switches refuse an address whose network another interface holds (`% 10.1.1.0 overlaps with Vlan1`), and a primary
address that is a secondary one of the same interface. So an edit that loses a network goes before the edit that gains
it. Where two edits wait for each other (two VLANs swap their networks) one of them takes its address off first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Interface

from trustctl.config.edit import Edit
from trustctl.config.rules import LineRule
from trustctl.config.statement import Section, Statement
from trustctl.errors import RenderError
from trustctl.model.plan import ChangeKind

Edge = tuple[Edit, Edit]
"""The first must be sent before the second."""


@dataclass(frozen=True, slots=True)
class Untangled:
    """The edits with what had to be added, and the order that they must keep."""

    edits: list[Edit]
    edges: list[Edge]


@dataclass(frozen=True, slots=True)
class Network:
    """A network with the address in it, in the space where it is the only one."""

    interface: IPv4Interface
    space: str = ""
    """The VRF; empty for the device's own routing table."""

    def overlaps(self, other: Network) -> bool:
        """Whether the device refuses one beside the other."""
        return self.space == other.space and self.interface.network.overlaps(other.interface.network)

    def same_address(self, other: Network) -> bool:
        """Whether both are the same address."""
        return self.space == other.space and self.interface.ip == other.interface.ip


Claim = Network | str
"""A network; or a name, behind the id of the rule that gives it."""


def untangle(edits: list[Edit], on_management: Callable[[Edit], bool]) -> Untangled:
    """Order the edits by what they lose and gain; a knot is cut off the management path where possible.

    Raises RenderError where no order keeps us an address (`LineRule.claims_once`).
    """
    hops = _hops(edits)
    holders = [edit for edit in edits if _loses(edit) or _gains(edit)]
    if len(holders) < 2:  # noqa: PLR2004 - one edit waits for nobody
        return Untangled(edits, hops)
    extra, edges, cut = _renamed(holders)
    while True:
        waits = _waits(holders, cut)
        _refuse_cut(waits, on_management)
        knot = _knot(waits)
        if not knot:
            break
        edit = min(knot, key=lambda one: (on_management(one), holders.index(one)))
        added, order = _clear(edit)
        cut[edit] = added[0]
        extra.extend(added)
        edges.extend(order)
    edges.extend((first, second) for second, firsts in waits.items() for first in firsts)
    return Untangled([*edits, *extra], [*edges, *hops])


def _hops(edits: list[Edit]) -> list[Edge]:
    """A route through an address that was ours waits until we gave it up, whatever else would come first."""
    lost: dict[str, list[Edit]] = {}
    for edit in edits:
        for claim in _loses(edit):
            if isinstance(claim, Network):
                lost.setdefault(str(claim.interface.ip), []).append(edit)
    edges: list[Edge] = []
    for edit in edits:
        new = edit.after
        if new is not None and not edit.removes:
            hops = [new.captures.get(name, "") for name in new.rule.next_hops]
            edges.extend((losing, edit) for hop in hops for losing in lost.get(hop, []) if losing is not edit)
    return edges


def _renamed(holders: list[Edit]) -> tuple[list[Edit], list[Edge], dict[Edit, Edit]]:
    """Take the name off what is deleted, where another gets it: ports leave an old VLAN after the new one came."""
    gained = {claim for edit in holders for claim in _gains(edit) if isinstance(claim, str)}
    cut: dict[Edit, Edit] = {}
    for edit in holders:
        if edit.target is None or not edit.removes:
            continue
        for statement in edit.target.statements.values():
            if not gained.isdisjoint(claimed([statement], edit.target)):
                removal = statement.removal()
                cut[edit] = Edit(ChangeKind.REMOVE, edit.target, statement.rule, removal, before=statement, clears=True)
    return list(cut.values()), [(release, edit) for edit, release in cut.items()], cut


def _waits(holders: list[Edit], cut: dict[Edit, Edit]) -> dict[Edit, list[Edit]]:
    """For each gaining edit, what must be sent before it: the losers of its network, or what clears them early."""
    waits: dict[Edit, list[Edit]] = {}
    for gaining in holders:
        gained = _gains(gaining)
        firsts = [
            cut.get(losing, losing)
            for losing in holders
            if losing is not gaining
            and any(_collide(losing, lost, gaining, new) for lost in _loses(losing) for new in gained)
        ]
        if firsts:
            waits[gaining] = firsts
    return waits


def _collide(losing: Edit, lost: Claim, gaining: Edit, gained: Claim) -> bool:
    if isinstance(lost, str) or isinstance(gained, str):
        return lost == gained
    if losing.target is None and losing.section.path == gaining.section.path:
        return lost.overlaps(gained) if _once(losing) else lost.same_address(gained)
    return lost.overlaps(gained)


def _once(edit: Edit) -> bool:
    return isinstance(edit.rule, LineRule) and edit.rule.claims_once


def _refuse_cut(waits: dict[Edit, list[Edit]], on_management: Callable[[Edit], bool]) -> None:
    """Raises RenderError where our own address would have to go before the new one of its network can come."""
    for edit, firsts in waits.items():
        for first in firsts:
            if _once(first) and first.section.path == edit.section.path and on_management(first):
                new, old = (one.line if one is not None else "" for one in (edit.after, first.before))
                raise RenderError(
                    f"the device takes `{new}` only when `{old}` is gone, and the session of trustctl runs over that",
                    where=edit.section.header,
                    remedy="Change the address at the device's console and in the inventory, then plan again.",
                )


def _knot(waits: dict[Edit, list[Edit]]) -> list[Edit]:
    """Edits that wait for each other in a ring; empty if there is no ring."""
    settled: set[Edit] = set()
    for start in waits:
        trail: list[Edit] = []
        edit: Edit | None = start
        while edit is not None and edit not in settled:
            if edit in trail:
                return trail[trail.index(edit) :]
            trail.append(edit)
            edit = next((first for first in waits.get(edit, []) if first not in settled), None)
            if edit is None:
                settled.add(trail.pop())
                edit = trail.pop() if trail else None
    return []


def _clear(edit: Edit) -> tuple[list[Edit], list[Edge]]:
    """Take the old address off before anything else, and what hangs on it; the first edit returned releases it.

    No switch removes a primary address while a secondary one stands, so those go first and those that stay come back.
    """
    had = edit.before
    if had is None:
        return [], []
    release = Edit(ChangeKind.REMOVE, edit.section, edit.rule, had.removal(), before=had, clears=True)
    added = [release]
    edges: list[Edge] = [(release, edit)]
    for statement in edit.section.statements.values():
        if statement.rule.claims and statement.key != had.key and statement.rule.id != had.rule.id:
            aside = Edit(
                ChangeKind.REMOVE, edit.section, statement.rule, statement.removal(), before=statement, clears=True
            )
            back = Edit(ChangeKind.ADD, edit.section, statement.rule, statement.lines, after=statement, clears=True)
            added += [aside, back]
            edges += [(aside, release), (edit, back)]
    return added, edges


def claimed(statements: Iterable[Statement | None], section: Section) -> list[Claim]:
    """What these statements claim in a section."""
    found: list[Claim] = []
    for statement in statements:
        if statement is None or not statement.rule.claims or statement.is_default:
            continue
        parts = [statement.captures.get(name, "") for name in statement.rule.claims]
        if not all(parts):
            continue
        if not claims_network(statement.rule):
            found.append(f"{statement.rule.id} {parts[0]}")
            continue
        within = section.statements.get((statement.rule.claims_in,))
        found.append(Network(IPv4Interface("/".join(parts)), str(within.value) if within is not None else ""))
    return found


def claims_network(rule: LineRule) -> bool:
    """Whether what a rule claims is a network: its first capture is an address, with its mask or length or not."""
    return rule.pattern.types[rule.claims[0]].name.startswith("ipv4")


def _loses(edit: Edit) -> list[Claim]:
    if edit.target is not None:
        return claimed(edit.target.statements.values(), edit.target) if edit.removes else []
    if isinstance(edit.rule, LineRule) and edit.rule.wipes and edit.was is not None:
        return claimed((one for one in edit.was.statements.values() if one.rule.id in edit.rule.wipes), edit.was)
    if edit.before is None or (edit.after is not None and edit.after == edit.before):
        return []
    return claimed([edit.before], edit.was or edit.section)


def _gains(edit: Edit) -> list[Claim]:
    return [] if edit.after is None or edit.removes else claimed([edit.after], edit.section)
