"""The way to the management station through other switches."""

from __future__ import annotations

import pytest

from trustctl.lab.fabric import Fabric
from trustctl.lab.forwarding import Reachability
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG
from trustctl.lab.spec import DeviceSpec, Link

TRUNK = " switchport trunk allowed vlan 10,99\n switchport mode trunk\n"


def _switch(
    name: str, host: int, ports: tuple[str, ...], *, attachment: str | None = None, extra: str = ""
) -> IosSwitch:
    trunks = "".join(f"interface {port}\n{TRUNK}" for port in ports)
    boot = (
        f"hostname {name}\nvtp mode transparent\nvlan 10\nvlan 99\n name Management\n{trunks}"
        f"interface Vlan99\n ip address 10.1.99.{host} 255.255.255.0\nip default-gateway 10.1.99.254\n{extra}end\n"
    )
    return IosSwitch(DeviceSpec(name, "cisco_ios", model="C9200L-24P-4G", boot=boot, attachment=attachment))


@pytest.fixture
def chain() -> tuple[Fabric, IosSwitch, IosSwitch, IosSwitch]:
    """Station - core - middle - edge, all on one management VLAN."""
    core = _switch("core", 1, ("GigabitEthernet1/1/1", "GigabitEthernet1/1/2"), attachment="Gi1/1/1")
    middle = _switch("middle", 2, ("GigabitEthernet1/1/1", "GigabitEthernet1/1/2"))
    edge = _switch("edge", 3, ("GigabitEthernet1/1/1",))
    links = [Link("core", "Gi1/1/2", "middle", "Gi1/1/1"), Link("middle", "Gi1/1/2", "edge", "Gi1/1/1")]
    return Fabric([core, middle, edge], links), core, middle, edge


def _type(switch: IosSwitch, *lines: str) -> None:
    mode = CONFIG
    for line in lines:
        reply = switch.configure(mode, line)
        assert not reply.refused, line
        mode = reply.mode


def test_the_path_names_the_switches_on_the_way(chain: tuple[Fabric, IosSwitch, IosSwitch, IosSwitch]) -> None:
    """As booted all are reached, each over those before it."""
    _, core, middle, edge = chain
    assert edge.reachable() == Reachability(ok=True, path=("edge", "middle", "core"))
    assert middle.reachable().path == ("middle", "core")
    assert core.reachable().path == ("core",)


def test_a_cut_on_the_way_takes_those_behind_it(chain: tuple[Fabric, IosSwitch, IosSwitch, IosSwitch]) -> None:
    """Taking the management VLAN off a trunk loses the switches behind it, is told at once, and heals."""
    fabric, core, middle, edge = chain
    lost: list[str] = []
    fabric.on_lost.append(lambda switch, _why: lost.append(switch.spec.name))
    assert edge.reachable().ok
    _type(middle, "interface gi1/1/2", "switchport trunk allowed vlan remove 99")
    assert lost == ["edge"]
    assert "VLAN 99" in edge.reachable().why
    assert core.reachable().ok
    assert middle.reachable().ok
    _type(middle, "interface gi1/1/2", "switchport trunk allowed vlan add 99")
    assert edge.reachable().ok


@pytest.mark.parametrize(
    ("lines", "reached"),
    [
        (("interface gi1/1/1", "shutdown"), set()),
        (("interface gi1/1/2", "shutdown"), {"core"}),
        (("no vlan 99",), set()),
        (("interface gi1/1/2", "switchport trunk native vlan 99"), {"core"}),
        (("interface gi1/1/2", "switchport mode access"), {"core"}),
        (("interface gi1/1/2", "no switchport trunk allowed vlan"), {"core", "middle", "edge"}),
        (("interface vlan 99", "shutdown"), {"middle", "edge"}),
        (("no ip default-gateway",), {"middle", "edge"}),
    ],
)
def test_changes_on_the_core(
    chain: tuple[Fabric, IosSwitch, IosSwitch, IosSwitch], lines: tuple[str, ...], reached: set[str]
) -> None:
    """Each change on the core loses exactly the switches that a real network would lose."""
    fabric, core, middle, edge = chain
    _type(core, *lines)
    assert {name for name in ("core", "middle", "edge") if fabric.reachable(name).ok} == reached
    assert {switch.spec.name for switch in (core, middle, edge) if switch.reachable().ok} == reached


def test_a_routing_core_is_the_gateway_of_the_others() -> None:
    """Where the core is the gateway, its own route to the station carries all the others."""
    core = IosSwitch(
        DeviceSpec(
            "core",
            "cisco_ios",
            model="C9300-24P",
            attachment="Gi1/0/1",
            boot="hostname core\nip routing\nvtp mode transparent\nvlan 2,99\n"
            "interface GigabitEthernet1/0/1\n switchport access vlan 2\n switchport mode access\n"
            f"interface GigabitEthernet1/0/24\n{TRUNK}"
            "interface Vlan2\n ip address 10.9.0.2 255.255.255.252\n"
            "interface Vlan99\n ip address 10.1.99.254 255.255.255.0\n"
            "ip route 0.0.0.0 0.0.0.0 10.9.0.1\nend\n",
            management_address="10.1.99.254",
        )
    )
    edge = _switch("edge", 3, ("GigabitEthernet1/1/1",))
    fabric = Fabric([core, edge], [Link("core", "Gi1/0/24", "edge", "Gi1/1/1")])
    assert fabric.reachable("core").ok
    assert fabric.reachable("edge") == Reachability(ok=True, path=("edge", "core"))
    _type(core, "no ip route 0.0.0.0 0.0.0.0 10.9.0.1")
    assert not fabric.reachable("core").ok
    assert "no route" in fabric.reachable("edge").why
    _type(core, "ip route 0.0.0.0 0.0.0.0 10.9.0.1", "interface vlan 99", "shutdown")
    assert not fabric.reachable("edge").ok


def test_a_bundle_carries_while_one_member_is_up() -> None:
    """A bundle loses the switches behind it only when its last member goes."""
    members = "".join(f"interface GigabitEthernet1/1/{port}\n{TRUNK} channel-group 1 mode active\n" for port in (1, 2))
    boot = (
        f"hostname edge\nvtp mode transparent\nvlan 99\ninterface Port-channel1\n{TRUNK}{members}"
        "interface Vlan99\n ip address 10.1.99.3 255.255.255.0\nip default-gateway 10.1.99.254\nend\n"
    )
    edge = IosSwitch(DeviceSpec("edge", "cisco_ios", model="C9200L-24P-4G", boot=boot, attachment="Po1"))
    assert edge.reachable().ok
    _type(edge, "interface gi1/1/1", "shutdown")
    assert edge.reachable().ok
    _type(edge, "interface gi1/1/2", "shutdown")
    assert not edge.reachable().ok
    _type(edge, "interface range gi1/1/1-2", "no shutdown")
    assert edge.reachable().ok
    _type(edge, "interface po1", "switchport trunk allowed vlan 10")
    assert "VLAN 99" in edge.reachable().why


def test_untagged_frames_join_different_vlans(chain: tuple[Fabric, IosSwitch, IosSwitch, IosSwitch]) -> None:
    """Where native VLANs differ, untagged frames of one VLAN are in the other VLAN at the far end."""
    _, _core, middle, edge = chain
    _type(middle, "interface gi1/1/2", "switchport trunk native vlan 99")
    assert not edge.reachable().ok
    _type(edge, "interface gi1/1/1", "switchport trunk native vlan 99")
    assert edge.reachable().ok
    _type(edge, "interface gi1/1/1", "switchport trunk native vlan 10")
    assert not edge.reachable().ok
    _type(edge, "interface vlan 99", "no ip address")
    _type(edge, "interface vlan 10", "ip address 10.1.99.3 255.255.255.0")
    assert edge.reachable() == Reachability(ok=True, path=("edge", "middle", "core"))


def test_a_port_is_dark_once_its_far_end_is_shut(chain: tuple[Fabric, IosSwitch, IosSwitch, IosSwitch]) -> None:
    """Shutting one end of a cable takes the link of the other; an SVI with no port left goes down."""
    fabric, core, middle, edge = chain
    assert edge.port_up("GigabitEthernet1/1/1")
    _type(middle, "interface gi1/1/2", "shutdown")
    assert not edge.port_up("GigabitEthernet1/1/1")
    assert core.port_up("GigabitEthernet1/1/2")
    assert edge.reachable().why == "Vlan99 is down: no port that is up carries VLAN 99"
    assert fabric.answers("middle", "10.1.99.1")
    assert not fabric.answers("middle", "10.1.99.3")
    _type(middle, "interface gi1/1/2", "no shutdown")
    assert fabric.answers("middle", "10.1.99.3")
