"""A closet of AOS-CX joins: planned, applied under the automatic checkpoint, planned again, and taken back.

The switch is the lab's, over real SSH; what it has at first is what such a closet brings: somebody else's VLANs, a flat
uplink, TACACS, a community.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engineer import Engineer
from field import Field, meaning
from fir import PASSWORD, joins

from trustctl.lab.makes.aruba_aos_cx.model.hiding import hide

NAME = "fir-sw-a1-01"
SWITCHES = """\
switches:
  fir-sw-a1-01:
    platform: aruba_aos_cx
    model: JL725A
    role: access
    address: 192.168.250.11
    location: "Block A, floor 1"
    ports:
      - {ports: 1/1/1-4, profile: staff}
      - {ports: 1/1/5-6, profile: access-point, description: Access point}
      - {ports: 1/1/7, profile: printer, description: Printer}
      - {ports: 1/1/8, profile: camera, description: Camera}
      - {ports: 1/1/9-10, profile: staff, legacy_vlan: 803}
      - {ports: 1/1/28, profile: uplink, description: to the core}
    captured: captured/fir-sw-a1-01.cfg
"""
_ROOMS = "".join(f"interface 1/1/{number}\n    no shutdown\n    vlan access 803\n" for number in range(5, 28))
BOOT = f"""\
Current configuration:
!
!Version AOS-CX ML.10.18.1002
!export-password: default
hostname OLD-CLOSET-3
user admin group administrators password ciphertext {hide(PASSWORD, "a")}
ntp server 0.pool.ntp.org
ntp enable
!
!
!
!
!
!
ssh server vrf default
vlan 1
vlan 802
    name OLD-MGMT
vlan 803
    name OLD-CURRIC
spanning-tree
interface 1/1/1
    description Room 1
    no shutdown
    vlan access 803
interface 1/1/2
    no shutdown
    vlan access 803
    loop-protect
interface 1/1/3
    no shutdown
    vlan trunk native 803
    vlan trunk allowed all
interface 1/1/4
    shutdown
    vlan access 1
{_ROOMS}interface 1/1/28
    no shutdown
    vlan trunk native 1
    vlan trunk allowed 802-803
interface vlan 1
    no ip dhcp
interface vlan 802
    ip address 192.168.250.11/24
snmp-server vrf default
snmp-server system-location cupboard
snmp-server community public
ip route 0.0.0.0/0 192.168.250.1
!
!
!
!
!
https-server vrf default
"""


def _join(stage: str) -> Callable[[Engineer], None]:
    return joins(stage, NAME, ("switches.yml", SWITCHES), BOOT)


Site = tuple[Engineer, Field]


PRINTED_SINCE = {"spanning-tree mode mstp"}
"""What the way back spells out although it is the default."""


@pytest.mark.parametrize("stage", [pytest.param("ensure", marks=pytest.mark.long), "own"])
def test_a_closet_joins_and_is_taken_back(open_site: Callable[..., Site], stage: str) -> None:
    """Planned, applied, nothing left to do; the way back gives the very lines of before."""
    engineer, field = open_site("fir-", edit=_join(stage))
    before = meaning(field.lab.running(NAME))
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)

    planned = engineer.run("plan", "fir", "--out", plan, "--detailed-exitcode", *dial)
    assert planned.code == 2, planned
    applied = engineer.run("apply", plan, "--yes", *dial)
    assert applied.code == 0, applied
    assert "applied and verified" in applied.out
    assert meaning(field.lab.running(NAME)) == meaning(field.lab.startup(NAME) or "")

    again = engineer.run("plan", "fir", "--detailed-exitcode", *dial)
    assert again.code == 0, again

    (run,) = json.loads(engineer.run("history", "--json").out)
    back = engineer.run("rollback", run["run"], "--yes", *dial)
    assert back.code == 0, back
    assert set(meaning(field.lab.running(NAME))) - PRINTED_SINCE == set(before)
    assert not [entry for entry in field.configured(NAME) if PASSWORD in entry.line]


@pytest.mark.long
def test_a_change_that_cuts_us_off_is_taken_back_by_the_checkpoint(open_site: Callable[..., Site]) -> None:
    """The switch puts everything back when its time is over, and that is what is said, after reading it back."""
    engineer, field = open_site("fir-", edit=_join("ensure"))
    before = meaning(field.lab.running(NAME))
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)
    engineer.run("plan", "fir", "--out", plan, *dial)
    field.break_(NAME, "reject-line=9")

    failed = engineer.run("apply", plan, "--yes", *dial)
    assert failed.code == 4, failed
    assert "rolled back and verified" in failed.out
    assert meaning(field.lab.running(NAME)) == before
