"""A school's wireless controller joins: from a stranger's networks to the trust's, and back, by the command line.

The lab's controller refuses changes to a network that is on, cuts clients off when a network leaves the air, and lets
access points join again when their tags change; it shares no code with the rules that are judged here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import pytest
from engineer import Done, Engineer
from field import Field, meaning

pytestmark = pytest.mark.timeout(300)

NAME = "ash-wlc-01"
INVENTORY = """controllers:
  ash-wlc-01:
    platform: cisco_9800
    model: C9800-L-F-K9
    address: 192.168.99.30
    location: Server room
    groups:
      sports: {title: Sports hall, ssids: [guest]}
    access_points:
      ash-ap-hall-01: {mac: "00:00:5e:00:53:01", location: Hall}
      ash-ap-sports-01: {mac: "00:00:5e:00:53:02", group: sports}
    captured: captured/ash-wlc-01.cfg
"""
FOUND = """version 17.9
service timestamps debug datetime msec
service timestamps log datetime msec
service password-encryption
!
hostname ASH-WLC1
!
vrf definition Mgmt-intf
 !
 address-family ipv4
 exit-address-family
!
{enable}
aaa new-model
!
aaa authentication login default local
aaa authorization exec default local
aaa session-id common
vtp mode off
!
archive
 path flash:arch
 maximum 5
!
{user}
!
vlan 5
 name WIFI
!
vlan 99
 name MGMT
!
interface TenGigabitEthernet0/1/0
 description to core
 switchport trunk native vlan 999
 switchport trunk allowed vlan 5,99
 switchport mode trunk
!
interface GigabitEthernet0
 description Service port
 vrf forwarding Mgmt-intf
 ip address 10.41.1.10 255.255.255.0
 negotiation auto
!
interface Vlan99
 ip address 192.168.99.30 255.255.255.0
!
ip http server
ip http secure-server
ip ssh version 2
!
ip route 0.0.0.0 0.0.0.0 192.168.99.1
ip route vrf Mgmt-intf 0.0.0.0 0.0.0.0 10.41.1.1
!
line con 0
line vty 0 4
 transport input ssh
line vty 5 15
 transport input ssh
!
wireless management interface Vlan99
wireless country GB
wireless profile policy OldWifi
 vlan 5
 no shutdown
wireless tag policy trust
 wlan "Ash Wifi" policy OldWifi
wlan "Ash Wifi" 1 "Ash Wifi"
 security wpa psk set-key ascii 0 Playground.1998
 no security wpa akm dot1x
 security wpa akm psk
 no shutdown
ap 0000.5e00.5301
 policy-tag trust
!
end
"""


@dataclass
class Story:
    """What was said, what the controller held, what became of its clients, step by step."""

    engineer: Engineer
    site: Field
    done: dict[str, Done] = field(default_factory=dict[str, Done])
    held: dict[str, str] = field(default_factory=dict[str, str])
    suffered: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    seen: int = 0

    def step(self, name: str, *arguments: object) -> Done:
        """Run a command; remember how it ended and what the controller holds now."""
        self.done[name] = self.engineer.run(*arguments)
        self.look(name)
        return self.done[name]

    def look(self, name: str) -> None:
        """Remember what the controller holds, and what happened on the air since the last look."""
        self.held[name] = self.site.lab.running(NAME)
        everything = self.site.lab.suffered(NAME)
        self.suffered[name] = everything[self.seen :]
        self.seen = len(everything)


def _with_controller(engineer: Engineer) -> None:
    school = engineer.inventory / "schools" / "ash"
    (school / "wireless.yml").write_text(INVENTORY)
    theirs = (school / "captured" / "ash-sw-lib-01.cfg").read_text()
    lines = {
        name: next(line for line in theirs.split("\n") if line.startswith(start))
        for name, start in (("enable", "enable secret"), ("user", "username netadmin"))
    }
    (school / "captured" / f"{NAME}.cfg").write_text(FOUND.format(**lines))
    engineer.edit(
        "schools/ash/switches.yml", "links:\n", f"links:\n  - {{a: ash-sw-core-01 1/0/47, b: {NAME} 0/1/0}}\n"
    )


@pytest.fixture(scope="module")
def story(open_site: Callable[..., tuple[Engineer, Field]]) -> Story:
    """Tell it once."""
    engineer, site = open_site(NAME, edit=_with_controller)
    told = Story(engineer, site)
    told.look("before")
    dial = ("ash", "--limit", NAME, "--endpoints", site.endpoints)
    told.step("plan", "plan", *dial, "--out", "joins.json", "--detailed-exitcode")
    told.step("apply", "apply", "joins.json", "--yes", "--endpoints", site.endpoints)
    told.step("again", "plan", *dial, "--detailed-exitcode")
    engineer.edit("baseline/wireless.yml", "vlan: student-wifi", "vlan: student-wifi, isolation: true")
    told.step("small plan", "plan", *dial, "--out", "small.json", "--detailed-exitcode")
    told.step("small", "apply", "small.json", "--yes", "--endpoints", site.endpoints)
    told.step("history", "history", "--json")
    runs = cast("list[dict[str, str]]", told.done["history"].json)
    for name, run in zip(("small back", "back"), runs, strict=False):
        told.step(name, "rollback", run["run"], "--yes", "--endpoints", site.endpoints)
    return told


def test_it_joins(story: Story) -> None:
    """The plan is applied, and the second one is empty."""
    assert story.done["plan"].code == 2, str(story.done["plan"])
    assert story.done["apply"].code == 0, str(story.done["apply"])
    assert story.done["again"].code == 0, str(story.done["again"])
    assert "wlan trust-staff 101 trust-staff" in story.held["apply"]


def test_what_the_school_had_stays_on_the_air(story: Story) -> None:
    """At stage ensure nobody who is connected today is cut off, but access points of a tag that grows join again."""
    suffered = story.suffered["apply"]
    assert not [one for one in suffered if one.startswith("cut off")]
    assert {"rejoined wireless tag policy trust", "rejoined ap 0000.5e00.5301"} <= set(suffered)
    assert 'wlan "Ash Wifi" 1' in story.held["apply"]
    assert "CLIENT" in story.done["plan"].out


def test_the_service_port_is_not_touched(story: Story) -> None:
    """The second way in, with its own routing table, is as it was."""
    port = re.search(r"^interface GigabitEthernet0\n(?: .*\n)+", story.held["before"], re.MULTILINE)
    assert port
    assert port[0] in story.held["apply"]
    assert "ip route vrf Mgmt-intf 0.0.0.0 0.0.0.0 10.41.1.1" in story.held["apply"]


def test_a_small_change_cuts_off_one_network_only(story: Story) -> None:
    """The network that changes is off while it changes; no other client and no access point notices."""
    assert story.done["small"].code == 0, str(story.done["small"])
    assert story.suffered["small"] == ("cut off trust-student",)
    assert "high" in story.done["small plan"].out.lower()


def test_both_runs_go_back(story: Story) -> None:
    """Rolled back in turn, the controller has what it had after the first run, then what it had before."""
    assert story.done["small back"].code == 0, str(story.done["small back"])
    assert meaning(story.held["small back"]) == meaning(story.held["apply"])
    assert story.done["back"].code == 0, str(story.done["back"])
    assert meaning(story.held["back"]) == meaning(story.held["before"])


def test_no_key_is_printed(story: Story) -> None:
    """Neither the trust's keys nor those that the controller prints in clear show up in anything that was said."""
    said = "\n".join(done.out + done.err for done in story.engineer.said)
    assert "Playground.1998" not in said
    assert "Kv-lab-Things-93be" not in said
    assert "Kv-lab-Things-93be" in story.held["apply"]
