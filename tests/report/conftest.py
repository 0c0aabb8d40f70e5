"""One synthetic plan, with everything a report must show and strings that try to break out of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trustctl.model.levels import Stage
from trustctl.model.origin import Layer, LineOrigin, Origin, Place
from trustctl.model.plan import (
    Action,
    Change,
    ChangeKind,
    DevicePlan,
    Flag,
    Own,
    Plan,
    Rule,
    Severity,
    Tier,
    Untouched,
)

HOSTILE = "\x1b]52;c;ZXZpbA==\x07 <script>alert(1)</script> ```\u202e ::set-output name=x::y \x9b31m\r\n</details>"
"""Clipboard escape, markup, fence, bidi override, CI order, C1, line break: none of it may act in any report."""


def origin(template: str, line: int, path: str, file: str, at: int) -> tuple[LineOrigin, ...]:
    """One line's origin."""
    value = Origin(Layer.BASELINE, Place(file, at))
    return (LineOrigin(Place(f"templates/cisco_ios/{template}", line), ((path, value),)),)


def vlan(number: int, name: str) -> Change:
    """A VLAN that is new."""
    return Change(
        summary=f"VLAN {number} {name}",
        topic="VLANs",
        kind=ChangeKind.ADD,
        section=(f"vlan {number}",),
        before=(),
        after=(f"vlan {number}", f" name {name}"),
        commands=(f"vlan {number}", f"name {name}", "exit"),
        undo=(f"no vlan {number}",),
        origin=origin("vlans.j2", 4, f"vlans.{name.lower()}.id", "inventory/baseline/vlans.yml", 8),
    )


def edge(port: str) -> Change:
    """An access port that gets storm control; like ports fold."""
    return Change(
        summary=f"{port}: storm control 5%",
        topic="Access ports",
        kind=ChangeKind.ADD,
        section=(f"interface {port}",),
        before=(),
        after=(" storm-control broadcast level 5.00",),
        commands=(f"interface {port}", "storm-control broadcast level 5.00", "exit"),
        undo=(f"interface {port}", "no storm-control broadcast level", "exit"),
        origin=origin("ports.j2", 31, "services.hardening.storm", "inventory/baseline/switch.yml", 22),
        flags=(Flag(Rule.CLIENT, Severity.LOW, f"computers on {port} may lose the network for a second"),),
    )


def trunk() -> Change:
    """An uplink that is narrowed."""
    return Change(
        summary="TenGigabitEthernet1/1/1: allow VLANs 10,20,30 instead of all",
        topic="Uplinks",
        kind=ChangeKind.REPLACE,
        section=("interface TenGigabitEthernet1/1/1",),
        before=(),
        after=(" switchport trunk allowed vlan 10,20,30",),
        commands=(
            "interface TenGigabitEthernet1/1/1",
            "switchport trunk allowed vlan 10,20,30",
            "exit",
        ),
        undo=("interface TenGigabitEthernet1/1/1", "no switchport trunk allowed vlan", "exit"),
        origin=origin("ports.j2", 12, "profiles.uplink.trunk", "inventory/baseline/ports.yml", 40),
        flags=(
            Flag(
                Rule.UPLINK,
                Severity.HIGH,
                "the trunk towards hth-core-01 carried all VLANs; VLAN 99 (printers) stands on it today",
            ),
        ),
    )


def description() -> Change:
    """A description whose old text tries to break out."""
    return Change(
        summary="GigabitEthernet1/0/9: description",
        topic="Access ports",
        kind=ChangeKind.REPLACE,
        section=("interface GigabitEthernet1/0/9",),
        before=(f" description {HOSTILE}",),
        after=(" description Library printer",),
        commands=("interface GigabitEthernet1/0/9", "description Library printer", "exit"),
        undo=("interface GigabitEthernet1/0/9", f"description {HOSTILE}", "exit"),
        origin=origin("ports.j2", 3, "switches.hth-sw-01.ports", "inventory/schools/heath/switches.yml", 17),
        own=(Own("description ", "description"),),
    )


def community() -> Change:
    """An open SNMP community that goes."""
    return Change(
        summary="SNMP community public, readable by everyone",
        topic="SNMP",
        kind=ChangeKind.REMOVE,
        section=(),
        before=("snmp-server community <observed:snmp.1> RO",),
        after=(),
        commands=("no snmp-server community <observed:snmp.1> RO",),
        undo=("snmp-server community <observed:snmp.1> RO",),
        flags=(Flag(Rule.DELETE, Severity.MEDIUM, "an old monitoring server may still read it"),),
    )


def radius() -> Change:
    """A RADIUS server with a secret."""
    return Change(
        summary="RADIUS server nps-1",
        topic="RADIUS",
        kind=ChangeKind.ADD,
        section=("radius server nps-1",),
        before=(),
        after=(
            "radius server nps-1",
            " address ipv4 10.1.20.11 auth-port 1812 acct-port 1813",
            " key <secret:radius/shared-key>",
        ),
        commands=(
            "radius server nps-1",
            "address ipv4 10.1.20.11 auth-port 1812 acct-port 1813",
            "key <secret:radius/shared-key>",
            "exit",
        ),
        undo=("no radius server nps-1",),
        origin=origin("radius.j2", 2, "services.radius[0]", "inventory/baseline/services.yml", 11),
        flags=(Flag(Rule.SECRET, Severity.LOW, "sets the shared key of RADIUS server nps-1"),),
    )


def device(name: str, stage: Stage, changes: tuple[Change, ...], **more: object) -> DevicePlan:
    """One device's part of the plan."""
    plan = DevicePlan(
        name=name,
        school="heath",
        kind="switch",
        platform="cisco_ios",
        engine="network",
        stage=stage,
        tier=Tier.A,
        action=Action.CHANGE if changes else Action.NONE,
        address="10.40.10.2",
        observed_source="live",
        observed_digest="sha256:" + "a" * 64,
        intended_digest="sha256:" + "b" * 64,
        target_digest="sha256:" + "c" * 64,
        changes=changes,
        commands=tuple(line for change in changes for line in change.commands),
        undo=tuple(line for change in reversed(changes) for line in change.undo),
    )
    return _with(plan, more)


def _with(plan: DevicePlan, more: dict[str, object]) -> DevicePlan:
    fields = {name: getattr(plan, name) for name in DevicePlan.__dataclass_fields__}
    return DevicePlan(**{**fields, **more})  # type: ignore[arg-type] - named by the test


def everything() -> Plan:
    """Seven devices: folded changes, every kind and severity, observe, refused, unreachable, hostile text."""
    ports = [f"GigabitEthernet1/0/{number}" for number in range(1, 25)]
    vlans = (vlan(20, "STAFF"), vlan(30, "STUDENT"))
    access = (*vlans, radius(), *(edge(port) for port in ports))
    left = (
        Untouched(
            ("interface GigabitEthernet1/0/48",), (" description CCTV recorder",), "stage ensure removes nothing"
        ),
        Untouched((), ("ip http server", f"banner {HOSTILE}"), "not managed by trustctl"),
    )
    return Plan(
        created=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        expires=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        inventory_commit="4f1c2d9a7b3e5f60718293a4b5c6d7e8f9012345",
        inventory_digest="sha256:" + "d" * 64,
        tool_version="0.1.0",
        digest="sha256:" + "e" * 64,
        notes=("1 waiver ends within 30 days: services.ntp (until 10 Dec 2026, owner J. Smith)",),
        overdue=(
            (
                "hth: the override of services.dns ended on 31 Aug 2026, 83 days ago, and still holds (Own resolver). "
                "Remove it, or give it a new `expires`. (inventory/schools/hth/school.yml:12)"
            ),
        ),
        devices=(
            device("hth-core-01", Stage.ENSURE, (*vlans, radius(), trunk()), untouched=left),
            device("hth-sw-01", Stage.ENSURE, (*access, description(), community()), untouched=left[:1]),
            device("hth-sw-02", Stage.ENSURE, access),
            device("hth-sw-03", Stage.OBSERVE, access, tier=Tier.B),
            device("hth-sw-04", Stage.ENSURE, ()),
            device(
                "hth-sw-05",
                Stage.ENSURE,
                (),
                action=Action.UNREACHABLE,
                reason="no answer from 10.40.10.7:22 within 10 s. Check power and the management VLAN, then plan again",
            ),
            device(
                "hth-sw-06",
                Stage.ENSURE,
                (),
                action=Action.REFUSED,
                reason=f"line 212 does not come back from its own tree: {HOSTILE}",
                tier=Tier.C,
            ),
        ),
    )


@pytest.fixture
def plan() -> Plan:
    """The synthetic plan."""
    return everything()


@pytest.fixture
def hostile() -> str:
    """The string that tries to break out."""
    return HOSTILE
