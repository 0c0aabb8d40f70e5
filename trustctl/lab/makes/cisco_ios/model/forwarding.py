"""How the network sees an IOS switch (`lab.forwarding.Forwarder`): its gateways, filters and vty lines."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from trustctl.lab.forwarding import Interface
from trustctl.lab.makes.cisco_ios.model import switching
from trustctl.lab.makes.cisco_ios.model.access import permits
from trustctl.lab.makes.cisco_ios.model.commands.addresses import interface_addresses
from trustctl.lab.makes.cisco_ios.model.commands.database import exists
from trustctl.lab.makes.cisco_ios.model.interfaces import split_name
from trustctl.lab.makes.cisco_ios.model.login import ssh_line
from trustctl.lab.makes.cisco_ios.model.switching import carries, is_up, owner_of, vrf_of

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch


def routes_unseen(switch: IosSwitch) -> bool:
    """Whether the switch routes although no `ip routing` line says so, judged when it first boots."""
    root = switch.root
    routed = any(True for _ in root.starting("ip route "))
    return routed and not root.value("ip default-gateway") and not root.has("ip routing")


def untagged_vlan(switch: IosSwitch, port: str) -> int | None:
    """The access or native VLAN, if the port carries it."""
    vlan = switching.untagged_vlan(switch, port)
    return vlan if vlan is not None and carries(switch, port, vlan) else None


def default_address(switch: IosSwitch) -> str | None:
    """The first interface address that is not shut down, one towards the gateway first."""
    hop = switching.next_hop(switch, switch.spec.station)
    found = [
        address
        for node in switch.root.starting("interface ")
        if not node.has("shutdown")
        for address in interface_addresses(node)
    ]
    if hop and hop[:1].isdigit():
        found.sort(key=lambda address: IPv4Address(hop) not in address.network)
    return str(found[0].ip) if found else None


def described(switch: IosSwitch, name: str) -> Interface:
    """An interface as the network sees it."""
    kind, number = split_name(name)
    return Interface(name, int(number) if kind == "Vlan" else None, vrf_of(switch, name))


def interface_of(switch: IosSwitch, address: str) -> Interface | None:
    """The interface that has an address."""
    name = owner_of(switch, address)
    return None if name is None else described(switch, name)


def interface_towards(switch: IosSwitch, address: str, table: str) -> Interface | None:
    """The interface in whose network an address is."""
    name = switching.interface_towards(switch, address, table)
    return None if name is None else described(switch, name)


def next_hop(switch: IosSwitch, destination: str, table: str) -> str | Interface | None:
    """Where packets for a destination go."""
    hop = switching.next_hop(switch, destination, vrf=table)
    return described(switch, hop) if hop is not None and not hop[:1].isdigit() else hop


def why_down(switch: IosSwitch, interface: Interface) -> str:
    """Why an interface is down; empty if it is up."""
    name = interface.name
    if is_up(switch, name):
        return ""
    node = switch.root.get(f"interface {name}")
    if node is not None and node.has("shutdown"):
        return "it is shut down"
    kind, number = split_name(name)
    if kind != "Vlan":
        return "it has no link"
    if not exists(switch, int(number)):
        return f"VLAN {number} does not exist or is not active"
    return f"no port that is up carries VLAN {number}"


def filtered(switch: IosSwitch, interface: Interface, source: str, address: str) -> str:
    """Why packets do not get past the interface; empty if they do."""
    node = switch.root.get(f"interface {interface.name}")
    for group in node.starting("ip access-group ") if node is not None else ():
        words = group.text.split()
        if words[3] == "in" and not permits(switch.root, words[2], source, address):
            return f"access list {words[2]} on {interface.name} keeps the station out"
    return ""


def turned_away(switch: IosSwitch, source: str, address: str) -> str:
    """Why a packet that arrives does not become a session; empty if it does."""
    line = ssh_line(switch)
    if line is None:
        return "no vty line takes SSH (transport input)"
    for setting in line.starting("access-class "):
        words = setting.text.split()
        if words[2] == "in" and not permits(switch.root, words[1], source, address):
            return f"access list {words[1]} on the vty lines keeps the station out"
    return ""
