"""The two ends of a cable after a plan: read alike from every make, compared, and told at both ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from trustctl.config import read
from trustctl.config.names import PartNames
from trustctl.errors import TrustctlError, UnreachableError
from trustctl.inventory import load
from trustctl.model.levels import Stage
from trustctl.model.membership import Carried
from trustctl.model.plan import Flag, Observed, Plan, Rule, Severity
from trustctl.model.school import Trust
from trustctl.plan.build import DeviceInput, PlanHead, make_plan
from trustctl.plan.captured import read_captured
from trustctl.plan.links import differences
from trustctl.platforms import platform
from trustctl.platforms.carrying import Carrying, End
from trustctl.render import Renderer

ROOT = Path(__file__).parents[2]
TEMPLATES = [ROOT / "templates"]
HEAD = PlanHead(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "", "0")
SCHOOL_VLANS = frozenset({2, 3, 5, 10, 30, 999})

CISCO_IOS = """\
interface GigabitEthernet1/0/1
 switchport trunk native vlan 999
 switchport trunk allowed vlan 10,30
 switchport mode trunk
!
interface GigabitEthernet1/0/2
 switchport access vlan 30
 switchport mode access
 switchport voice vlan 10
!
interface GigabitEthernet1/0/3
 switchport mode trunk
 channel-group 2 mode active
!
interface Port-channel2
 switchport trunk allowed vlan 10
 switchport mode trunk
!
end
"""
ARUBA_AOS_S = """\
; JL256A Configuration Editor; Created on release #WC.16.10.0012
hostname "a"
trunk 25-26 trk1 lacp
vlan 1
   name "DEFAULT_VLAN"
   no untagged 1-24,Trk1
   no ip address
   exit
vlan 10
   name "M"
   tagged 1,Trk1
   no ip address
   exit
vlan 30
   untagged 2
   tagged 1
   no ip address
   exit
vlan 999
   untagged 1,Trk1
   no ip address
   exit
"""
ARUBA_AOS_CX = """\
!
!Version ArubaOS-CX PL.10.08.1010
hostname a
vlan 1,10,30,999
interface lag 1
    no shutdown
    vlan trunk native 999
    vlan trunk allowed 10,30
    lacp mode active
interface 1/1/1
    no shutdown
    vlan access 30
interface 1/1/2
    no shutdown
    lag 1
interface 1/1/3
    vlan trunk native 1
    vlan trunk allowed 10
"""
TEXTS = {
    "cisco_ios": (
        CISCO_IOS,
        {
            "GigabitEthernet1/0/1": End(Carried(999, frozenset({10, 30}))),
            "GigabitEthernet1/0/2": End(Carried(30, frozenset({10}))),
            "GigabitEthernet1/0/3": End(Carried(1, frozenset({10})), "Port-channel2", lacp=True),
            "GigabitEthernet1/0/9": None,
        },
    ),
    "aruba_aos_s": (
        ARUBA_AOS_S,
        {
            "1": End(Carried(999, frozenset({10, 30}))),
            "2": End(Carried(30, frozenset())),
            "25": End(Carried(999, frozenset({10})), "Trk1", lacp=True),
        },
    ),
    "aruba_aos_cx": (
        ARUBA_AOS_CX,
        {
            "1/1/1": End(Carried(30, frozenset())),
            "1/1/2": End(Carried(999, frozenset({10, 30})), "lag 1", lacp=True),
            "1/1/3": End(Carried(1, frozenset({10}))),
        },
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_make_says_what_its_ports_carry(name: str) -> None:
    """Whether the port, the VLAN or the bundle holds it: the answer has one form."""
    text, expected = TEXTS[name]
    found = platform(name, TEMPLATES)
    assert found.spec.membership is not None
    carrying = Carrying(read(text, found.rulebook, where="x"), found.spec.membership)
    assert {port: carrying.end(port) for port in expected} == expected


TRUNK = End(Carried(999, frozenset({10, 30})))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (TRUNK, []),
        (End(Carried(999, frozenset(range(1, 4095)) - {999})), ["carry: none here, 2, 3, 5 there"]),
        (End(Carried(999, frozenset({10, 30, 77}))), []),
        (End(Carried(3, frozenset({10, 30}))), ["native VLAN 999 here, 3 there"]),
        (End(Carried(None, frozenset({10, 30}))), []),
        (End(Carried(None, frozenset({10, 30, 999}))), ["native VLAN 999 here, none there"]),
        (End(Carried(999, frozenset({10}))), ["carry: 30 here, none there"]),
        (End(Carried(30, frozenset())), ["native VLAN 999 here, 30 there", "carry: 10 here, none there"]),
        (End(TRUNK.carried, "Trk1", lacp=True), ["bundle: no here, yes there"]),
    ],
)
def test_differences_of_two_ends(other: End, told: list[str]) -> None:
    """Only VLANs that the school has count; a native VLAN counts where frames of it would go wrong."""
    found = [one.told(first=True) for one in differences(TRUNK, other, SCHOOL_VLANS)]
    assert len(found) == len(told)
    assert all(one.endswith(text) for one, text in zip(found, told, strict=True))
    assert len(differences(other, TRUNK, SCHOOL_VLANS)) == len(told)


def test_one_end_without_lacp_is_told() -> None:
    """A static bundle against LACP does not come up."""
    ends = (End(TRUNK.carried, "Trk1", lacp=True), End(TRUNK.carried, "lag 1", lacp=False))
    assert [one.told(first=True) for one in differences(*ends, SCHOOL_VLANS)] == ["LACP: yes here, no there"]


@pytest.fixture(scope="module")
def trust() -> Trust:
    """The example trust."""
    return load(
        ROOT / "inventory",
        today=date(2026, 11, 22),
        names_of=lambda name: PartNames(platform(name, TEMPLATES).rulebook),
    )


Ash = Callable[..., Plan]


@pytest.fixture(scope="module")
def ash(trust: Trust) -> Ash:
    """Plans of ash's captured configurations: `ash(stages={...}, lost={...}, only={...})`."""
    school = trust.schools["ash"]
    pairs = [(school, switch) for switch in school.switches.values()]
    intended = {found.device: found for found in Renderer(TEMPLATES).render_all(trust, pairs)}

    def plan(
        stages: dict[str, Stage] | None = None,
        lost: dict[str, TrustctlError] | None = None,
        only: set[str] | None = None,
    ) -> Plan:
        inputs: list[DeviceInput] = []
        for _, switch in pairs:
            if only is not None and switch.name not in only:
                continue
            found: Observed | TrustctlError = (lost or {}).get(switch.name) or read_captured(
                ROOT / "inventory" / str(switch.captured), switch
            )
            device = replace(switch, stage=(stages or {}).get(switch.name, switch.stage))
            inputs.append(
                DeviceInput(device, school, platform(switch.platform, TEMPLATES), intended[switch.name], found)
            )
        return make_plan(trust, tuple(inputs), HEAD, None)

    return plan


def _links(plan: Plan) -> dict[str, list[Flag]]:
    found = {device.name: [flag for flag in device.flags if flag.rule is Rule.LINK] for device in plan.devices}
    return {name: flags for name, flags in found.items() if flags}


def test_a_plan_that_puts_both_ends_right_has_no_flag(ash: Ash) -> None:
    """The wrong trunk of the science block is corrected at both ends."""
    assert _links(ash()) == {}


def test_an_end_that_is_only_observed_is_told_at_both_ends(ash: Ash) -> None:
    """The end that is not written keeps its native VLAN 3; the flag names both ends and why."""
    flags = _links(ash(stages={"ash-sw-sci-01": Stage.OBSERVE}))
    assert set(flags) == {"ash-sw-core-01", "ash-sw-sci-01"}
    (core,), (science,) = flags["ash-sw-core-01"], flags["ash-sw-sci-01"]
    assert core.severity is Severity.HIGH
    assert core.why.startswith("Gi1/0/44 and its other end ash-sw-sci-01 Gi1/1/1 would not agree after this plan:")
    assert "native VLAN 999 here, 3 there" in core.why
    assert core.why.endswith("(ash-sw-sci-01 Gi1/1/1 is at stage observe)")
    assert "native VLAN 3 here, 999 there" in science.why


def test_an_end_that_nobody_could_read_is_not_taken_for_equal(ash: Ash) -> None:
    """Where the plan changes this end, it says that the other one could not be compared."""
    lost: dict[str, TrustctlError] = {"ash-sw-core-01": UnreachableError("no answer", where="ash-sw-core-01")}
    flags = _links(ash(lost=lost))
    assert "ash-sw-core-01" not in flags
    (flag,) = flags["ash-sw-a1-01"]
    assert flag.why == (
        "Gi1/0/49 changes what it carries, but its other end ash-sw-core-01 Gi1/0/41 cannot be reached: not compared"
    )


def test_an_end_outside_the_plan_is_told(ash: Ash) -> None:
    """A plan for one device only says that the other ends were not looked at."""
    flags = _links(ash(only={"ash-sw-sci-01"}))
    assert ["is not in this plan: not compared" in flag.why for flag in flags["ash-sw-sci-01"]] == [True]
