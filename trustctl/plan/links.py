"""The two ends of each declared cable, as they will be after the plan: what crosses has to be the same at both.

An end that will not be written (stage observe, refused) stays as it was read; one that nobody could read cannot be
compared, which is said where the plan changes the other end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from trustctl.config import Config
from trustctl.model.levels import Stage
from trustctl.model.plan import Action, DevicePlan, Flag, Rule, Severity
from trustctl.model.school import School
from trustctl.platforms import Platform
from trustctl.platforms.carrying import Carrying, End


@dataclass(frozen=True, slots=True)
class Compared:
    """One device's part of a plan with the configurations that it was made from; None where there are none."""

    plan: DevicePlan
    platform: Platform
    observed: Config | None = None
    target: Config | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """One end of a cable: before the plan and after it; None where nobody can tell."""

    device: str
    port: str
    before: End | None
    after: End | None
    why: str
    """Why it will not be what the inventory means, or why nobody can tell; empty if neither."""

    @property
    def place(self) -> str:
        """Before: device and port.  After: `ash-sw-a1-01 Gi1/0/49`."""
        return f"{self.device} {self.port}"


def with_link_flags(devices: tuple[Compared, ...], schools: Mapping[str, School]) -> tuple[DevicePlan, ...]:
    """The plans, with a flag at both ends of each cable whose ends would not agree."""
    known = {device.plan.name: device for device in devices}
    flags: dict[str, list[Flag]] = {}
    states: dict[tuple[str, bool], Carrying | None] = {}
    for school in schools.values():
        carried = frozenset(vlan.id for vlan in school.vlans.values())
        for link in school.links:
            a, b = (_side(known, states, end) for end in (link.a, link.b))
            for side, flag in _judged(a, b, carried):
                if flag not in flags.setdefault(side.device, []):
                    flags[side.device].append(flag)
    return tuple(
        replace(device.plan, flags=(*device.plan.flags, *flags.get(device.plan.name, ()))) for device in devices
    )


def _side(
    known: Mapping[str, Compared], states: dict[tuple[str, bool], Carrying | None], end: tuple[str, str]
) -> _Side:
    device, port = end
    compared = known.get(device)
    if compared is None:
        return _Side(device, port, None, None, "is not in this plan")
    short = compared.platform.notation.short(port)
    plan = compared.plan
    if compared.observed is None:
        unreachable = plan.action is Action.UNREACHABLE
        return _Side(device, short, None, None, "cannot be reached" if unreachable else "could not be read")
    if compared.platform.spec.membership is None:
        return _Side(device, short, None, None, f"is of a platform ({plan.platform}) whose ports cannot be compared")
    written = plan.applies
    before, after = (_carrying(compared, states, target=target) for target in (False, written))
    why = ""
    if not written and plan.action is not Action.NONE:
        why = "is at stage observe" if plan.stage is Stage.OBSERVE else "is refused"
    first, then = (state.end(port) if state else None for state in (before, after))
    return _Side(device, short, first, then, why if then else "does not say what its port carries")


def _carrying(compared: Compared, states: dict[tuple[str, bool], Carrying | None], *, target: bool) -> Carrying | None:
    key = (compared.plan.name, target)
    if key not in states:
        config, membership = compared.target if target else compared.observed, compared.platform.spec.membership
        states[key] = Carrying(config, membership) if config is not None and membership is not None else None
    return states[key]


def _judged(a: _Side, b: _Side, vlans: frozenset[int]) -> Iterator[tuple[_Side, Flag]]:
    if a.after is None or b.after is None:
        for side, other in ((a, b), (b, a)):
            if side.after is not None and side.before != side.after and other.after is None:
                why = f"{side.port} changes what it carries, but its other end {other.place} {other.why}: not compared"
                yield side, Flag(Rule.LINK, Severity.MEDIUM, why)
        return
    found = differences(a.after, b.after, vlans)
    if not found:
        return
    was = a.before is not None and b.before is not None and differences(a.before, b.before, vlans) == found
    severity = Severity.MEDIUM if was else Severity.HIGH
    for side, other in ((a, b), (b, a)):
        text = "; ".join(one.told(side is a) for one in found)
        blame = next((f" ({one.place} {one.why})" for one in (side, other) if one.why), "")
        yield (
            side,
            Flag(Rule.LINK, severity, f"{side.port} and its other end {other.place} {_then(was=was)}: {text}{blame}"),
        )


def _then(*, was: bool) -> str:
    return "do not agree today, nor after this plan" if was else "would not agree after this plan"


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the ends differ: what each end has."""

    what: str
    a: str
    b: str

    def told(self, first: bool) -> str:  # noqa: FBT001 - which end speaks
        """Before: native VLAN, 3, 999.  After: `native VLAN 3 here, 999 there`."""
        here, there = (self.a, self.b) if first else (self.b, self.a)
        return f"{self.what} {here} here, {there} there"


def differences(a: End, b: End, vlans: frozenset[int]) -> tuple[Difference, ...]:
    """How the two ends of a cable differ, as far as VLANs are concerned that the school has.

    A native VLAN that is tagged at the other end is told as such: both carry it, and no frame gets through.
    """
    found: list[Difference] = []
    natives = (a.carried.untagged, b.carried.untagged)
    if natives[0] != natives[1] and (None not in natives or _carries(a, b, natives, vlans)):
        found.append(Difference("native VLAN", *(str(native or "none") for native in natives)))
    only_a, only_b = (
        sorted((mine.carried.vlans - theirs.carried.vlans - set(natives)) & vlans) for mine, theirs in ((a, b), (b, a))
    )
    if only_a or only_b:
        found.append(Difference("VLANs that the other end does not carry:", *(_list(one) for one in (only_a, only_b))))
    if (a.bundle is None) != (b.bundle is None):
        found.append(Difference("bundle:", *("yes" if end.bundle else "no" for end in (a, b))))
    elif a.bundle is not None and a.lacp != b.lacp:
        found.append(Difference("LACP:", *("yes" if end.lacp else "no" for end in (a, b))))
    return tuple(found)


def _carries(a: End, b: End, natives: tuple[int | None, int | None], vlans: frozenset[int]) -> bool:
    """Whether the one native VLAN that there is means something at the other end."""
    native = natives[0] or natives[1]
    return native in vlans and native in (a.carried.tagged | b.carried.tagged)


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
