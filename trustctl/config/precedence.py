"""Which edit must be sent before which, by what the rulebook says: `needs`, `conflicts`, `displaces`.

Where many edits wait for many others (every port for every VLAN) they wait for one gate between them, so that the
number of edges stays proportional to the number of edits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from trustctl.config.edit import Edit
from trustctl.config.rules import Kind, LineRule, Ranking, SectionRule
from trustctl.config.statement import Statement


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """A point that is passed when all before it are sent; nothing is sent for it."""

    name: str


Node = Edit | Gate
Edge = tuple[Node, Node]
"""The first must be sent before the second."""


@dataclass(slots=True)
class Precedence:
    """The edges among some edits, and the edits that must be pulled forward to right before another."""

    edges: list[Edge] = field(default_factory=list[Edge])
    pulled: list[tuple[Edit, Edit]] = field(default_factory=list[tuple[Edit, Edit]])


def precedence(edits: Sequence[Edit], loses: Callable[[Edit], bool]) -> Precedence:
    """Work out the order that the rules demand."""
    return _Rules(edits, loses).work_out()


class _Rules:
    def __init__(self, edits: Sequence[Edit], loses: Callable[[Edit], bool]) -> None:
        self.edits = edits
        self.loses = loses
        self.found = Precedence()
        self.by_rule: dict[str, list[Edit]] = {}
        self.by_place: dict[tuple[str, tuple[str, ...]], list[Edit]] = {}
        self.by_top: dict[str, list[Edit]] = {}
        self.gates: dict[tuple[str, bool], Gate | None] = {}
        for edit in edits:
            self.by_rule.setdefault(edit.rule.id, []).append(edit)
            if edit.section.path:
                self.by_top.setdefault(edit.section.path[0], []).append(edit)
            self.by_place.setdefault((edit.rule.id, edit.section.path), []).append(edit)
            if edit.section.path and edit.section.rule.id != edit.rule.id:
                self.by_rule.setdefault(edit.section.rule.id, []).append(edit)

    def work_out(self) -> Precedence:
        for edit in self.edits:
            rule = edit.rule
            if isinstance(rule, LineRule):
                self._conflicts(edit, rule)
                self._displaces(edit, rule)
                self._superseded(edit, rule)
                self._turns(edit, rule)
                self._follows(edit)
                self._gains_first(edit, rule)
                self._leaves_first(edit, rule)
            else:
                self._goes_with(edit, rule)
            needed = rule.needs if rule is edit.section.rule else (*rule.needs, *edit.section.rule.needs)
            for name in needed:
                if name in self.by_rule:
                    self._needs(edit, name)
        self._ranked()
        return self.found

    def _ranked(self) -> None:
        """Items whose order counts come in that order, and before any of them goes."""
        for found in self.by_place.values():
            rule = found[0].rule
            if isinstance(rule, LineRule) and rule.ranked is Ranking.MENDED:
                comes = [edit for edit in found if not edit.removes]
                self.found.edges.extend(pairwise(comes))
                self.found.edges.extend((comes[-1], edit) for edit in found if edit.removes and comes)

    def _conflicts(self, edit: Edit, rule: LineRule) -> None:
        if edit.removes:
            return
        for name in rule.conflicts:
            for other in self.by_place.get((name, edit.section.path), ()):
                if other.removes:
                    self.found.pulled.append((other, edit))
                    self.found.edges.append((other, edit))

    def _goes_with(self, edit: Edit, rule: SectionRule) -> None:
        """What the device would take along is removed first: afterwards it refuses to remove what is gone."""
        if edit.removes:
            others = (one for name in rule.goes_with for one in self.by_rule.get(name, ()))
            self.found.edges.extend((edit, one) for one in others if one.removes and one.target is not None)

    def _displaces(self, edit: Edit, rule: LineRule) -> None:
        if rule.displaces and self.loses(edit):
            others = (one for name in rule.displaces for one in self.by_rule.get(name, ()))
            self.found.edges.extend((edit, one) for one in others if not one.removes)

    def _superseded(self, edit: Edit, rule: LineRule) -> None:
        """What a line had taken the place of comes back only when that line has gone."""
        if edit.removes:
            others = (one for name in rule.supersedes for one in self.by_place.get((name, edit.section.path), ()))
            self.found.edges.extend((edit, one) for one in others if not one.removes)

    def _turns(self, edit: Edit, rule: LineRule) -> None:
        """Lines that stand only before or only after this one turns, or that it wipes."""
        for name in (*rule.wipes, *rule.on_only, *rule.off_only):
            for other in self.by_place.get((name, edit.section.path), ()):
                self.found.edges.append((other, edit) if other.removes else (edit, other))

    def _gains_first(self, edit: Edit, rule: LineRule) -> None:
        """A set gains its new members before it loses old ones, whatever either waits for (H1).

        Not one of ports that have a setting each: what one port has says nothing about another.
        """
        each = rule.kind is Kind.SET and rule.pattern.types[rule.members].name.startswith("ports") and not rule.absorbs
        if rule.kind is Kind.SET and not rule.placed and not each and edit.removes and edit.after is not None:
            for other in self.by_place[rule.id, edit.section.path]:
                if not other.removes and other.after is edit.after:
                    self.found.edges.append((other, edit))

    def _leaves_first(self, edit: Edit, rule: LineRule) -> None:
        """A member is out of one item before it comes into another, which the device refuses otherwise."""
        if not rule.leaves_first or not edit.removes or edit.before is None:
            return
        left = edit.before.members - _members(edit.after)
        for other in self.by_rule[rule.id]:
            comes = _members(other.after) - _members(other.before)
            if not other.removes and other.after is not None and edit.before.bars(other.after) and left & comes:
                self.found.edges.append((edit, other))

    def _follows(self, edit: Edit) -> None:
        """A port leaves a bundle before that changes, which is copied to its ports, and joins when it is ready."""
        if edit.removes and edit.before is not None and edit.before.followed:
            for other in self.by_top.get(edit.before.followed, ()):
                self.found.edges.append((edit, other))
        if not edit.removes and edit.after is not None and edit.after.followed:
            for other in self.by_top.get(edit.section.path[0], ()):
                if other.rule.order < edit.rule.order:
                    self.found.edges.append((other, edit))

    def _needs(self, edit: Edit, name: str) -> None:
        sample = self.by_rule[name][0].rule
        contexts = sample.contexts if isinstance(sample, LineRule) and sample.id == name else ()
        if edit.section.path and edit.section.rule.context in contexts:
            self._needs_beside(edit, name)
            return
        if not edit.removes:
            self._wait(self._gate(name, removals=False), edit)
        gate = self._gate(name, removals=True)
        if gate is not None and not (edit.removes and edit.rule.id == name):
            self.found.edges.append((edit, gate))

    def _needs_beside(self, edit: Edit, name: str) -> None:
        """The needed line stands in the same section: only that one counts."""
        for other in self.by_place.get((name, edit.section.path), ()):
            if other is edit:
                continue
            if edit.removes and not other.removes:
                self.found.pulled.append((edit, other))
                self.found.edges.append((edit, other))
            elif other.removes:
                self.found.edges.append((edit, other))
            elif not edit.removes:
                self.found.edges.append((other, edit))

    def _wait(self, gate: Gate | None, edit: Edit) -> None:
        if gate is not None and gate.name not in {edit.rule.id, edit.section.rule.id}:
            self.found.edges.append((gate, edit))

    def _gate(self, name: str, *, removals: bool) -> Gate | None:
        """The gate that opens when all of a rule is set, or that opens the way for its removals."""
        key = (name, removals)
        if key in self.gates:
            return self.gates[key]
        gate: Gate | None = None
        if removals:
            members = [one for one in self.by_rule[name] if one.removes and one.rule.id == name]
        else:
            members = [one for one in self.by_rule[name] if not one.removes]
        if members:
            gate = Gate(name)
            self.found.edges.extend((gate, one) if removals else (one, gate) for one in members)
        self.gates[key] = gate
        return gate


def _members(statement: Statement | None) -> frozenset[int | str]:
    return frozenset(statement.members) if statement is not None else frozenset()
