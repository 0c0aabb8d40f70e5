"""Devices of different makes in one network: VLANs over their cables, link, neighbours, ping."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from typing_at import Typist

from trustctl.errors import UsageError
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault
from trustctl.lab.makes import device_class, known
from trustctl.lab.spec import DeviceSpec, Link

CORE = """hostname core
lldp run
vtp mode transparent
username admin privilege 15 password 0 pw
vlan 10
 name PUPIL
vlan 99
 name MGMT
interface GigabitEthernet1/0/1
 description to the firewall
 switchport trunk allowed vlan 10,99
 switchport mode trunk
interface GigabitEthernet1/0/24
 description to the edge
 switchport trunk native vlan 1
 switchport trunk allowed vlan 1,10,99
 switchport mode trunk
interface Vlan99
 ip address 10.20.99.1 255.255.255.0
ip default-gateway 10.20.99.254
line vty 0 4
 login local
 transport input ssh
end
"""
EDGE = """; J9773A Configuration Editor; Created on release #YA.16.11.0026
hostname "edge"
ip default-gateway 10.20.99.254
interface 24
   name "to the core"
   exit
vlan 1
   untagged 1-28
   no ip address
   exit
vlan 10
   tagged 24
   no ip address
   exit
vlan 99
   tagged 24
   ip address 10.20.99.2 255.255.255.0
   exit
"""
BEHIND = EDGE.replace('"edge"', '"behind"').replace("10.20.99.2 ", "10.20.99.3 ")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Station - core (IOS) - edge (AOS-S) - behind (AOS-S)."""
    specs = [
        DeviceSpec("core", "cisco_ios", "C9200L-24P-4G", boot=CORE, attachment="Gi1/0/1", base_mac="0011.2233.4400"),
        DeviceSpec("edge", "aruba_aos_s", boot=EDGE, base_mac="883a30-1a2020"),
        DeviceSpec("behind", "aruba_aos_s", boot=BEHIND, base_mac="883a30-1b3030"),
    ]
    links = [Link("core", "Gi1/0/24", "edge", "24"), Link("edge", "25", "behind", "24")]
    with Lab(specs, links=links, minute_seconds=0.2) as running:
        running.device_edit("edge", ["vlan 99 tagged 25", "vlan 10 tagged 25"])
        yield running


def test_a_trunk_carries_what_both_ends_carry(lab: Lab) -> None:
    """As wired all are reached; either end taking the VLAN off loses what is behind, and heals."""
    assert lab.reachable("behind").path == ("behind", "edge", "core")
    lab.device_edit("core", ["interface gi1/0/24", "switchport trunk allowed vlan remove 99"])
    assert not lab.reachable("edge").ok
    assert not lab.reachable("behind").ok
    lab.device_edit("core", ["interface gi1/0/24", "switchport trunk allowed vlan add 99"])
    assert lab.reachable("behind").ok
    lab.device_edit("edge", ["no vlan 99 tagged 25"])
    assert lab.reachable("edge").ok
    assert "VLAN 99" in lab.reachable("behind").why


def test_untagged_frames_join_whatever_vlans_the_ends_say(lab: Lab) -> None:
    """Untagged on both ends works with the same VLAN, and joins two different ones, as in reality."""
    lab.device_edit("edge", ["vlan 99 untagged 24"])
    assert not lab.reachable("edge").ok
    lab.device_edit("core", ["interface gi1/0/24", "switchport trunk native vlan 99"])
    assert lab.reachable("edge").ok
    lab.device_edit("edge", ["vlan 77", "untagged 24"])
    assert not lab.reachable("edge").ok
    lab.device_edit("edge", ["no vlan 99 ip address", "vlan 77", "ip address 10.20.99.2/24"])
    assert lab.reachable("edge").ok
    assert not lab.reachable("behind").ok


def test_link_needs_both_ends(lab: Lab) -> None:
    """A port that is shut at one end is dark at the other, whatever the make."""
    edge = lab._device("edge").forwarder
    assert edge.port_up("24")
    lab.device_edit("core", ["interface gi1/0/24", "shutdown"])
    assert not edge.port_up("24")
    assert edge.port_up("25")
    assert not lab.reachable("edge").ok
    assert lab.reachable("core").ok
    lab.device_edit("core", ["interface gi1/0/24", "no shutdown"])
    lab.device_edit("edge", ["interface 24 disable"])
    assert not lab._device("core").forwarder.port_up("GigabitEthernet1/0/24")
    assert not lab.reachable("edge").ok
    lab.device_edit("edge", ["interface 24 enable"])
    assert lab.reachable("behind").ok


def test_a_joined_trunk_group_drops_the_uplink(lab: Lab) -> None:
    """A port that joins a new trunk group loses its VLANs: everything behind is gone, until they are given again."""
    lab.device_edit("edge", ["trunk 24 trk1 lacp"])
    assert not lab.reachable("edge").ok
    lab.device_edit("edge", ["vlan 99 tagged Trk1"])
    assert lab.reachable("behind").ok


def test_a_reboot_takes_those_behind_along(lab: Lab) -> None:
    """While the switch between boots, nobody behind it is reached; then all are again."""
    lab.console_save("edge")
    lab.break_("edge", Fault.parse("reboot"))
    assert not lab.reachable("behind").ok
    assert lab.reachable("core").ok
    end = time.monotonic() + 5
    while not lab.reachable("behind").ok and time.monotonic() < end:
        time.sleep(0.02)
    assert lab.reachable("behind").ok


def test_neighbours_hear_each_other(lab: Lab) -> None:
    """LLDP crosses the cable: each shows the other's name, port and address in its own form."""
    core, edge = (_typist(lab, name) for name in ("core", "edge"))
    seen = core.type(b"show lldp neighbors\n", b"Total entries displayed: 1")
    assert b"edge                Gi1/0/24       120        B               24" in seen
    assert b"IP: 10.20.99.2" in core.type(b"show lldp neighbors detail\n", b"Total entries displayed: 1")
    table = edge.type(b"show lldp info remote-device\n", b"# ").replace(b"\r", b"")
    assert b"  24        | 001122-334400      Gi1/0/24           Gigabi... core" in table
    assert b"  25        | 883a30-1b3030      24                 to the... behind" in table
    detail = edge.type(b"show lldp info remote-device 24\n", b"Address : 10.20.99.1")
    assert b"SysName      : core" in detail
    for one in (core, edge):
        one.transport.close()


def test_ping_crosses_makes(lab: Lab) -> None:
    """A switch pings another over the trunk, until the VLAN is taken off."""
    core = _typist(lab, "core")
    assert b"100 percent" in core.type(b"ping 10.20.99.3\n", b"ms\r\n")
    lab.device_edit("edge", ["no vlan 99 tagged 25"])
    assert b"Success rate is 0 percent" in core.type(b"ping 10.20.99.3\n", b"(0/5)")
    core.transport.close()


def _typist(lab: Lab, name: str) -> Typist:
    one = Typist(lab.endpoints[name][1], "admin", "pw")
    if name != "core":
        one.until(b"\x1b[24;27H")
        one.channel.sendall(b" ")
    one.until(b"#")
    one.type(b"no page\n" if name != "core" else b"terminal length 0\n", b"#")
    return one


def test_makes_are_found_by_platform() -> None:
    """Every folder is a make; another name is refused with those that there are."""
    assert {"cisco_ios", "aruba_aos_s"} <= set(known())
    assert device_class("aruba_aos_s").ssh_version.startswith("Mocana")
    with pytest.raises(UsageError, match="mikrotik"):
        device_class("mikrotik")


def test_a_fault_that_means_nothing_is_refused(lab: Lab) -> None:
    """A make says which faults it has no idea of."""
    with pytest.raises(UsageError, match="locked"):
        lab.break_("edge", Fault.parse("locked=fred"))


def test_two_hundred_of_them() -> None:
    """They start in seconds, each with its own port."""
    start = time.monotonic()
    specs = [DeviceSpec(f"sw-{at:03}", "aruba_aos_s", boot=EDGE, attachment="24") for at in range(200)]
    with Lab(specs) as lab:
        assert time.monotonic() - start < 15
        assert len({port for _, port in lab.endpoints.values()}) == 200
