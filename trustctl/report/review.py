"""A plan as a reviewer reads it: by meaning, and each thing once.

A Review is worked out from a Plan and holds nothing of its own; text, Markdown and HTML are forms of it.
Change -> shape (the port's name left out) -> the same shape on many ports and devices is one Edit -> Edits that stand
on exactly the same targets share one Block -> Blocks of one topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Action, Change, ChangeKind, DevicePlan, Flag, Own, Plan, Rule, Severity
from trustctl.report.alike import alike, port_of, ports_first, without_port
from trustctl.report.ports import port_ranges

_COMMA = ", "
_MORE = re.compile(r"and \d+ more settings?")
_ORDER = list(Severity)
_RULES = list(Rule)


@dataclass(frozen=True, slots=True)
class Target:
    """Where an edit stands: a device, and its ports in plan order (full names; empty: the device as a whole)."""

    device: str
    ports: tuple[str, ...] = ()

    @property
    def ranges(self) -> tuple[str, ...]:
        """The ports in short form, runs joined."""
        return port_ranges(self.ports)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change, shown once however many ports and devices get it. `context` is the section it stands in."""

    kind: ChangeKind
    summary: str
    context: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    flags: tuple[Flag, ...]
    origin: tuple[LineOrigin, ...]
    diff: tuple[str, ...] = ()
    """Of a file on a server: its unified diff, in place of `before` and `after`."""

    @property
    def severity(self) -> Severity:
        """The weight of its heaviest flag."""
        return max((flag.severity for flag in self.flags), key=_ORDER.index, default=Severity.NONE)


@dataclass(frozen=True, slots=True)
class Block:
    """Edits that all stand on the same targets."""

    targets: tuple[Target, ...]
    edits: tuple[Edit, ...]

    @property
    def ports(self) -> int:
        """How many ports the targets have together."""
        return sum(len(target.ports) for target in self.targets)


@dataclass(frozen=True, slots=True)
class Described:
    """A description, host name or location that changes on a device or some of its ports; "" for none.

    These stand apart: each port and device has its own, and it would keep apart what is otherwise the same everywhere.
    `what` is the word for it.
    """

    what: str
    target: Target
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Everything of one meaning: "VLANs", "Uplinks", "RADIUS". The counts are of changes, before folding."""

    name: str
    blocks: tuple[Block, ...]
    described: tuple[Described, ...]
    counts: Mapping[ChangeKind, int]

    @property
    def changes(self) -> int:
        """How many changes, before folding."""
        return sum(self.counts.values())

    @property
    def severity(self) -> Severity:
        """The weight of its heaviest flag."""
        edits = (edit for block in self.blocks for edit in block.edits)
        return max((edit.severity for edit in edits), key=_ORDER.index, default=Severity.NONE)


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason for a second look, with everything it applies to."""

    rule: Rule
    severity: Severity
    why: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """What the plan leaves as it is for one reason: (device, section, lines) and how many lines in all."""

    why: str
    parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]

    @property
    def lines(self) -> int:
        """How many lines are left alone; a section without lines counts as one."""
        return sum(max(1, len(lines)) for _, _, lines in self.parts)

    @property
    def devices(self) -> int:
        """On how many devices."""
        return len({device for device, _, _ in self.parts})


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The lines that devices are sent and would be sent to undo, in order; devices with equal lines share one."""

    devices: tuple[str, ...]
    applies: bool
    commands: tuple[str, ...]
    undo: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The counts of the headline."""

    devices: int
    changed: int
    changes: int
    not_applied: int
    """Changes on devices at stage observe, and of refused ones: shown only."""
    removes: int
    reloads: int
    """Devices with a change that takes effect at, or causes, a reload."""
    risk: Severity
    at_risk: int
    """Flags with that severity."""
    without_undo: int
    """Devices that would be written to with a change that no command takes back."""
    unreachable: int
    refused: int


@dataclass(frozen=True, slots=True)
class Review:
    """A plan, folded and counted. `titles` gives a school's name for its slug, where the caller knows it."""

    plan: Plan
    schools: tuple[str, ...]
    titles: Mapping[str, str]
    numbers: Numbers
    topics: tuple[Topic, ...]
    risks: tuple[Risk, ...]
    left_alone: tuple[LeftAlone, ...]
    dialogues: tuple[Dialogue, ...]
    everyone: frozenset[str]
    """The devices with changes."""

    def title(self, school: str) -> str:
        """A school's name, or its slug where the name is not known."""
        return self.titles.get(school, school)


def review(plan: Plan, titles: Mapping[str, str] | None = None) -> Review:
    """Fold and count a plan. The plan is not changed; nothing is left out."""
    return Review(
        plan=plan,
        schools=tuple(dict.fromkeys(device.school for device in plan.devices)),
        titles=titles or {},
        numbers=_numbers(plan),
        topics=_topics(plan.devices),
        risks=_risks(plan.devices),
        left_alone=_left_alone(plan.devices),
        dialogues=_dialogues(plan.changed),
        everyone=frozenset(device.name for device in plan.changed),
    )


def _numbers(plan: Plan) -> Numbers:
    changes = [change for device in plan.devices for change in device.changes]
    flags = [flag for device in plan.devices for flag in _all_flags(device)]
    risk = plan.risk
    return Numbers(
        devices=len(plan.devices),
        changed=len(plan.changed),
        changes=len(changes),
        not_applied=sum(len(device.changes) for device in plan.devices if not device.applies),
        removes=sum(change.kind is ChangeKind.REMOVE for change in changes),
        reloads=sum(any(flag.rule is Rule.RELOAD for flag in _all_flags(device)) for device in plan.devices),
        risk=risk,
        at_risk=sum(flag.severity is risk for flag in flags),
        without_undo=sum(_lacks_undo(device) for device in plan.changed if device.applies),
        unreachable=sum(device.action is Action.UNREACHABLE for device in plan.devices),
        refused=sum(device.action is Action.REFUSED for device in plan.devices),
    )


def _lacks_undo(device: DevicePlan) -> bool:
    return any(change.commands and not change.undo for change in device.changes)


def _all_flags(device: DevicePlan) -> tuple[Flag, ...]:
    return (*device.flags, *(flag for change in device.changes for flag in change.flags))


def _own(change: Change) -> Own | None:
    """The line in a change that is each port's or device's own; None if there is none."""
    if port_of(change) is not None:
        return next(iter(change.own), None)
    lines = (*change.before, *change.after)
    found = () if change.section else change.own
    return next((own for own in found if all(line.startswith(own.start) for line in lines)), None)


def _described(change: Change, start: str) -> tuple[str, str]:
    """The text behind `start` before and after; two empty texts if the change is not about it."""
    found = [
        next((line.strip().removeprefix(start) for line in lines if line.lstrip().startswith(start)), "")
        for lines in (change.before, change.after)
    ]
    return found[0], found[1]


def _shape(change: Change, device: DevicePlan) -> Edit:
    """The change without its device's address and its port's name and description; equal shapes are shown as one.

    The summary is not part of the shape: `_summary` makes one for all of them.
    """
    port, own = port_of(change), _own(change)
    before, after = (
        tuple(
            line
            for line in lines
            if (port is None or line != change.section[-1]) and not (own and line.lstrip().startswith(own.start))
        )
        for lines in (change.before, change.after)
    )
    kind = change.kind
    if port is not None and kind is ChangeKind.REPLACE and after and not before:
        kind = ChangeKind.ADD
    return Edit(
        kind=kind,
        summary="" if port is not None else change.summary,
        context=change.section if port is None else change.section[:-1],
        before=before,
        after=after,
        flags=tuple(alike(flag, device, port) for flag in change.flags),
        origin=(),
        diff=change.diff,
    )


def _summary(changes: Sequence[Change]) -> str:
    """What the summaries of changes of one shape have in common.

    Before: "Port Gi1/0/1: description A to B, BPDU guard enable", "Port Gi1/0/2: BPDU guard enable".
    After: "BPDU guard enable".
    """
    each = [without_port(change.summary, port_of(change)).split(_COMMA) for change in changes]
    shared = [part for part in each[0] if all(part in others for others in each[1:])]
    own = tuple(f"{own.what} " for change in changes for own in change.own)
    named = [part for part in shared if not part.startswith(own) and not _MORE.fullmatch(part)]
    if len(named) < len(each[0]) and any(_MORE.fullmatch(part) for parts in each for part in parts):
        named.append("and more")
    return _COMMA.join(named) or "settings"


def _targets(places: Iterable[tuple[str, str | None]]) -> tuple[Target, ...]:
    ports: dict[str, list[str]] = {}
    for device, port in places:
        on_device = ports.setdefault(device, [])
        if port is not None and port not in on_device:
            on_device.append(port)
    return tuple(Target(device, tuple(names)) for device, names in ports.items())


def _topics(devices: Iterable[DevicePlan]) -> tuple[Topic, ...]:
    gathered: dict[str, list[tuple[DevicePlan, Change]]] = {}
    for device in devices:
        for change in device.changes:
            gathered.setdefault(change.topic, []).append((device, change))
    topics = [_topic(name, found) for name, found in gathered.items()]
    return tuple(sorted(topics, key=lambda topic: (-_ORDER.index(topic.severity), -topic.changes)))


def _topic(name: str, found: Sequence[tuple[DevicePlan, Change]]) -> Topic:
    shapes: dict[Edit, list[tuple[str, Change]]] = {}
    described: dict[tuple[str, str, str, str], list[str]] = {}
    counts: dict[ChangeKind, int] = {}
    for device, change in found:
        counts[change.kind] = counts.get(change.kind, 0) + 1
        port, own, shape = port_of(change), _own(change), _shape(change, device)
        old, new = _described(change, own.start) if own else ("", "")
        if own and old != new:
            described.setdefault((own.what, device.name, old, new), []).extend([port] if port else [])
        if not own or shape.before or shape.after:
            shapes.setdefault(shape, []).append((device.name, change))
    return Topic(
        name=name,
        blocks=_blocks(shapes),
        described=tuple(
            Described(what, Target(device, tuple(ports)), old, new)
            for (what, device, old, new), ports in described.items()
        ),
        counts=counts,
    )


def _blocks(shapes: Mapping[Edit, list[tuple[str, Change]]]) -> tuple[Block, ...]:
    by_targets: dict[tuple[Target, ...], list[Edit]] = {}
    for shape, places in shapes.items():
        changes = [change for _, change in places]
        edit = replace(shape, summary=shape.summary or _summary(changes), origin=changes[0].origin)
        targets = _targets((device, port_of(change)) for device, change in places)
        by_targets.setdefault(targets, []).append(edit)
    blocks = (Block(targets, tuple(edits)) for targets, edits in by_targets.items())
    return tuple(sorted(blocks, key=lambda block: (block.ports > 0, -len(block.targets), -block.ports)))


def _risks(devices: Iterable[DevicePlan]) -> tuple[Risk, ...]:
    found: dict[Flag, list[tuple[str, str | None]]] = {}
    for device in devices:
        for flag in device.flags:
            found.setdefault(alike(flag, device, None), []).append((device.name, None))
        for change in device.changes:
            for flag in change.flags:
                said, ports = ports_first(alike(flag, device, port_of(change)))
                for port in ports or (port_of(change),):
                    found.setdefault(said, []).append((device.name, port))
    risks = [Risk(flag.rule, flag.severity, flag.why, _targets(places)) for flag, places in found.items()]
    return tuple(sorted(risks, key=lambda risk: (-_ORDER.index(risk.severity), _RULES.index(risk.rule))))


def _left_alone(devices: Iterable[DevicePlan]) -> tuple[LeftAlone, ...]:
    found: dict[str, list[tuple[str, tuple[str, ...], tuple[str, ...]]]] = {}
    for device in devices:
        for part in device.untouched:
            found.setdefault(part.why, []).append((device.name, part.section, part.lines))
    return tuple(LeftAlone(why, tuple(parts)) for why, parts in found.items())


def _dialogues(devices: Iterable[DevicePlan]) -> tuple[Dialogue, ...]:
    same: dict[tuple[bool, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for device in devices:
        same.setdefault((device.applies, device.commands, device.undo), []).append(device.name)
    return tuple(Dialogue(tuple(names), *lines) for lines, names in same.items())
